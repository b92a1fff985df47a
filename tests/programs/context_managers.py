# contextlib: generators as context managers, ExitStack, suppress, redirection, closing, async forms.
import asyncio
import contextlib
import io


@contextlib.contextmanager
def tag(name):
    print(f"<{name}>")
    try:
        yield name.upper()
    except ValueError as error:
        print("handled", error)
    finally:
        print(f"</{name}>")


with tag("a") as a, tag("b"):
    print(a)
    raise ValueError("inside")
try:
    with tag("c"):
        raise KeyError("passes")
except KeyError as error:
    print(repr(error))


@tag("decorated")
def function():
    return "result"


print(function(), function())
with contextlib.ExitStack() as stack:
    for n in range(3):
        stack.enter_context(tag(str(n)))
    stack.callback(print, "callback", end="\n")
    stack.push(lambda *error: print("pushed", error[0]) or True)
    raise RuntimeError("swallowed by push")
with contextlib.suppress(ZeroDivisionError):
    1 / 0
out = io.StringIO()
with contextlib.redirect_stdout(out):
    print("captured")
print(repr(out.getvalue()))


class Closable:
    def close(self):
        print("closed")


with contextlib.closing(Closable()), contextlib.nullcontext(5) as five:
    print(five)


@contextlib.contextmanager
def twice():
    yield 1
    yield 2


for action in (lambda: twice().__enter__() and None, lambda: exec("with 5: pass"), lambda: exec("with twice(): pass", globals())):
    try:
        action()
    except (RuntimeError, TypeError) as error:
        print(type(error).__name__, error)


class Both:
    def __enter__(self):
        print("enter")
        raise ValueError("in enter")

    def __exit__(self, *error):
        print("never called")


try:
    with Both():
        pass
except ValueError as error:
    print(error)


class Raises:
    def __enter__(self):
        return self

    def __exit__(self, kind, value, trace):
        raise OSError("from exit") from value


try:
    with Raises():
        raise ValueError("original")
except OSError as error:
    print(error, repr(error.__cause__), repr(error.__context__))


@contextlib.asynccontextmanager
async def session(name):
    print("open", name)
    try:
        yield name
    finally:
        await asyncio.sleep(0)
        print("shut", name)


async def main():
    async with session("s") as name, contextlib.AsyncExitStack() as stack:
        await stack.enter_async_context(session("inner"))
        stack.push_async_callback(asyncio.sleep, 0)
        print("in", name)
    try:
        async with session("failing"):
            raise LookupError("lost")
    except LookupError as error:
        print(error)


asyncio.run(main())


def returns():
    with tag("returning"):
        return "early"


def breaks():
    for i in range(3):
        with tag(f"loop{i}"):
            if i == 1:
                break
    return i


print(returns(), breaks())
