# Exceptions: chaining, groups, notes, finally, with, tracebacks as data.
import traceback


def fail(kind):
    raise kind("failed")


try:
    try:
        fail(KeyError)
    except KeyError as error:
        raise ValueError("outer") from error
except ValueError as error:
    print(repr(error), repr(error.__cause__), error.__suppress_context__)
try:
    try:
        1 / 0
    finally:
        {}["missing"]
except KeyError as error:
    print(error, "|", error.__context__)


def order(how):
    try:
        if how == "raise":
            raise RuntimeError
        if how == "return":
            return "returned"
    except RuntimeError:
        return "handled"
    else:
        print("else", end=" ")
    finally:
        print("finally", end=" ")
    return "end"


print([order(how) for how in ("raise", "return", "")])


def swallow():
    for i in range(3):
        try:
            raise ValueError(i)
        except ValueError:
            continue
        finally:
            print("f", i, end=" ")
    return i


print(swallow())
error = ValueError("base")
error.add_note("first note")
error.add_note("second note")
print("".join(traceback.format_exception(error)), end="")
try:
    raise ExceptionGroup("many", [ValueError(1), TypeError(2), ExceptionGroup("deep", [OSError(3), ValueError(4)])])
except* ValueError as group:
    print("values", group.exceptions)
except* (TypeError, OSError) as group:
    print("others", group.exceptions)
group = ExceptionGroup("g", [ValueError(1), KeyError(2)])
print(group.split(KeyError), group.subgroup(lambda e: isinstance(e, ValueError)))


class Suppress:
    def __init__(self, *kinds):
        self.kinds = kinds

    def __enter__(self):
        return self

    def __exit__(self, kind, value, trace):
        print("exit with", kind and kind.__name__)
        return kind is not None and issubclass(kind, self.kinds)


with Suppress(ZeroDivisionError) as a, Suppress(KeyError):
    1 / 0
try:
    with Suppress(KeyError):
        raise IndexError("passes")
except IndexError as error:
    print(error)


class Custom(Exception):
    def __init__(self, code, text):
        super().__init__(code, text)
        self.code = code

    def __str__(self):
        return f"[{self.code}] {self.args[1]}"


try:
    raise Custom(7, "custom")
except Exception as error:
    frames = traceback.extract_tb(error.__traceback__)
    print(error, error.args, [frame.line for frame in frames])


def deep(n):
    return deep(n + 1)


try:
    deep(0)
except RecursionError as error:
    print(error)
for text in ("None.x", "[][1]", "{}[1]", "int('x')", "undefined", "len(5)", "1 + 'a'", "[].pop()", "'a'.foo", "(1)()"):
    try:
        eval(text)
    except Exception as error:
        print(f"{text}: {type(error).__name__}: {error}")
try:
    import nothing_of_this_name
except ImportError as error:
    print(error, error.name)
e = OSError(2, "No such file", "name")
print(type(e).__name__, e.errno, e.filename, e)
