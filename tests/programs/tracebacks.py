# Tracebacks as text: the traceback module, carets, chains, groups, recursion, notes, suggestions.
import io
import sys
import traceback


def outer(x):
    return inner(x) + 1


def inner(x):
    return {"a": [1, 2]}["a"][x]["key"]


def show(function, *arguments):
    try:
        function(*arguments)
    except BaseException:
        print(traceback.format_exc().replace(__file__, "FILE"))


show(outer, 0)
show(outer, 5)


def chained():
    try:
        int("x")
    except ValueError as error:
        raise RuntimeError("wrapped") from error


def during():
    try:
        int("y")
    except ValueError:
        undefined_name


def hidden():
    try:
        int("z")
    except ValueError:
        raise KeyError("alone") from None


def grouped():
    raise ExceptionGroup("several", [ValueError("one"), TypeError("two")])


def recursive(n=0):
    return recursive(n + 1)


def noted():
    error = ValueError("with notes")
    error.add_note("a note\nof two lines")
    raise error


def multi_line():
    return sum(
        [
            1,
            None + 2,
        ]
    )


class Thing:
    colour = 1


for function in (chained, during, hidden, grouped, noted, multi_line):
    show(function)
show(lambda: Thing().color)
show(lambda: prnt(1))
show(compile, "a b", "<source>", "exec")
show(exec, "def f():\n    return 1\n  x")
try:
    recursive()
except RecursionError:
    lines = traceback.format_exc().splitlines()
    print(lines[0], lines[-2:], len(lines) < 30)
try:
    outer(0)
except TypeError as error:
    tb = traceback.TracebackException.from_exception(error, capture_locals=True)
    print([frame.name for frame in tb.stack], tb.stack[-1].locals, tb.exc_type_str)
    print(traceback.format_exception_only(error), traceback.extract_tb(error.__traceback__)[1].colno)
    tb = error.__traceback__
    while tb.tb_next:
        tb = tb.tb_next
    print(tb.tb_lineno, tb.tb_frame.f_code.co_name, tb.tb_frame.f_locals)
saved, sys.stderr = sys.stderr, io.StringIO()
sys.excepthook(ValueError, ValueError("by hook"), None)
traceback.print_stack()
traceback.print_exception(OSError(2, "gone"))
said, sys.stderr = sys.stderr.getvalue(), saved
print(said.replace(__file__, "FILE"))


def annotated(a, b):
    return a.value.other + (a / b) * b[0](1)


show(annotated, 1, 2)
show(lambda: (1).x.y.z)
show(lambda: [1, 2, 3][4] + {}["k"])
show(lambda: len(1, 2))
show(lambda: "é中" + 1)
