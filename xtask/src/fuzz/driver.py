"""Reads inputs in a Python: one after the other from standard input, each behind its length in four bytes.

Says "ready", then a line for each: "ok", or "slow" where it had to be interrupted. What the input is, the argument says: "marshal"
for anything that marshal may read, "bytecode" for a marshalled code object that is to run. Whatever an input raises
is fine; that it ends the process, or goes on when it is interrupted, is not.
"""

import builtins
import gc
import io
import marshal
import os
import resource
import signal
import sys
import types

PATIENCE = 0.4
MEMORY = 3 << 30

replies = os.dup(1)
nowhere = os.open(os.devnull, os.O_WRONLY)
os.dup2(nowhere, 1)
inputs = os.fdopen(os.dup(0), "rb")
os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


class Interrupted(BaseException):
    pass


interruptions = 0


def interrupt(number, frame):
    global interruptions
    interruptions += 1
    if interruptions > 3:
        # Whoever catches everything in a loop has been interrupted all the same.
        os.write(replies, b"slow\n")
        os._exit(0)
    raise Interrupted


HARMLESS = {
    "compile", "exec", "import", "marshal.loads", "marshal.dumps", "code.__new__", "function.__new__",
    "object.__getattr__", "object.__setattr__", "object.__delattr__", "sys._getframe", "builtins.id", "gc.get_objects",
    "gc.get_referrers", "gc.get_referents", "sys.settrace", "sys.setprofile", "sys.unraisablehook", "sys.monitoring.register_callback", "marshal.load",
}
armed = False


def refuse(event, arguments):
    if armed and event not in HARMLESS and not (event == "open" and arguments[1] in ("r", "rb", None)):
        raise PermissionError(event)


sys.addaudithook(refuse)

ALLOWED = set(
    "math itertools functools operator collections collections.abc string types enum dataclasses typing contextlib abc"
    " re decimal fractions bisect heapq copy statistics textwrap json struct array weakref __future__ annotationlib"
    " string.templatelib keyword inspect dis traceback warnings".split()
)
for name in sorted(ALLOWED):
    __import__(name)

tame_sys = types.ModuleType("sys")
for name in ("_getframe", "exc_info", "exception", "getrefcount", "getsizeof", "intern", "maxsize", "version_info"):
    setattr(tame_sys, name, getattr(sys, name))


def tame_import(name, globals=None, locals=None, fromlist=(), level=0):
    if name == "sys":
        return tame_sys
    if level == 0 and name in ALLOWED:
        return __import__(name, globals, locals, fromlist, level)
    raise ImportError(name)


WILD = {"open", "input", "breakpoint", "exit", "quit", "help", "__import__"}
tame = {name: value for name, value in vars(builtins).items() if name not in WILD}
tame["__import__"] = tame_import


def tame_range(*arguments):
    """Native loops are not interrupted: none shall be endless."""
    found = range(*arguments)
    return found if found.start.bit_length() < 64 and len(found[: 1 << 20]) < 1 << 20 else range(3)


tame["range"] = tame_range


class Anything:
    attribute = 1

    def __init__(self, *arguments, **keywords):
        self.arguments = arguments

    def __call__(self, *arguments, **keywords):
        return arguments

    def __enter__(self):
        return self

    def __exit__(self, *arguments):
        return True

    async def __aenter__(self):
        return self

    async def __aexit__(self, *arguments):
        return False

    def __iter__(self):
        return iter((1, "a", self))

    def __await__(self):
        yield 1

    def __getattr__(self, name):
        return name

    def __missing__(self, key):
        return key

    def __eq__(self, other):
        return False

    def __hash__(self):
        return 7


def values():
    """Values that an input finds under the names it does not know."""

    def generator(x=3):
        while x:
            x -= 1
            yield x

    async def coroutine(*arguments):
        return await Anything()

    async def asynchronous():
        yield 1

    return [
        Anything(), 3, "text", [1, 2, 3], {"a": 1, 2: 3}, (4, 5), {6, 7}, None, 1.5, b"bytes", generator, coroutine,
        asynchronous, Anything, int, len, ValueError, ValueError("x"), range(5), 1 << 70, generator(), 2j, True, print,
        lambda *a, **k: a, ExceptionGroup("g", [KeyError(1), ValueError(2)]), iter([1]), asynchronous(), Anything().__exit__,
    ]


def namespace(code, at):
    space = {"__builtins__": tame, "__name__": "fuzz"}
    known = values()
    for name in code.co_names:
        if name not in tame and name not in space:
            space[name] = known[at % len(known)]
            at += 1
    return space


def nested(code, found):
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType) and len(found) < 30:
            found.append(constant)
            nested(constant, found)
    return found


def tracer(frame, event, argument):
    frame.f_locals
    dict(frame.f_locals)
    frame.f_lineno, frame.f_lasti
    return tracer


def listener(*arguments):
    pass


def listen(kind):
    """Has everything told that an input does, in one of three ways."""
    monitoring = sys.monitoring
    if kind == 0:
        sys.settrace(tracer)
    elif kind == 2:
        sys.setprofile(listener)
    elif kind == 4:
        monitoring.use_tool_id(3, "fuzz")
        for name, event in vars(monitoring.events).items():
            if event and name != "C_RAISE" and name != "C_RETURN":
                monitoring.register_callback(3, event, listener)
        events = monitoring.events
        local = events.BRANCH_LEFT | events.BRANCH_RIGHT | events.LINE | events.INSTRUCTION | events.JUMP
        monitoring.set_events(3, local | events.PY_START | events.PY_RESUME | events.PY_RETURN | events.PY_YIELD
                              | events.CALL | events.RAISE | events.RERAISE | events.PY_UNWIND | events.PY_THROW
                              | events.EXCEPTION_HANDLED | events.STOP_ITERATION)


def listen_no_more():
    sys.settrace(None)
    sys.setprofile(None)
    if sys.monitoring.get_tool(3):
        sys.monitoring.set_events(3, 0)
        sys.monitoring.free_tool_id(3)


def exhaust(result):
    """Runs what a call has left to run."""
    if hasattr(type(result), "__anext__"):
        for step in (result.__anext__, result.aclose):
            exhaust(step())
    elif hasattr(type(result), "send"):
        try:
            result.send(None)
            result.send(1)
            repr(getattr(result, "gi_yieldfrom", None)), repr(getattr(result, "cr_await", None))
            result.throw(ValueError("thrown"))
        finally:
            result.close()
    elif hasattr(type(result), "__next__"):
        for _ in zip(range(5), result):
            pass


def attempt(function, *arguments):
    """Calls it, whatever comes of it."""
    try:
        return function(*arguments)
    except Interrupted:
        raise
    except BaseException as error:
        traceback = error.__traceback__
        while traceback is not None:
            traceback.tb_lineno
            traceback = traceback.tb_next
        return None


def look_at(code):
    attempt(lambda: list(code.co_lines()))
    attempt(lambda: list(code.co_positions()))
    attempt(lambda: list(code.co_branches()))
    attempt(lambda: (code.co_code, code.co_varnames, code.co_cellvars, code.co_freevars, hash(code), repr(code)))
    attempt(lambda: code == code.replace(co_name="other"))


def call(code, at):
    known = values()
    count = code.co_argcount
    cells = tuple(types.CellType(known[(at + i) % len(known)]) for i in range(len(code.co_freevars)))
    function = types.FunctionType(code, namespace(code, at), None, None, cells or None)
    arguments = [known[(at + i) % len(known)] for i in range(min(count, 300))]
    keywords = {name: known[(at + 5) % len(known)] for name in code.co_varnames[count : count + code.co_kwonlyargcount]}
    exhaust(function(*arguments, **keywords))


def bytecode(data):
    try:
        code = marshal.loads(data)
    except Exception:
        return
    if not isinstance(code, types.CodeType):
        return
    try:
        listen(len(data) % 12)
        if len(data) % 3 == 0:
            code = code.replace(co_filename="again")
        if not code.co_freevars:
            attempt(exec, code, namespace(code, len(data)))
        for at, inner in enumerate(nested(code, [code])):
            look_at(inner)
            # Often enough for the specialised forms.
            for turn in range(12):
                attempt(call, inner, len(data) + at + 3 * (turn % 4))
    finally:
        listen_no_more()


def read_marshal(data):
    try:
        value = marshal.loads(data)
    except Exception:
        return
    attempt(repr, value)
    attempt(hash, value)
    attempt(lambda: value == value)
    if isinstance(value, types.CodeType):
        look_at(value)
    again = attempt(marshal.dumps, value)
    if again is not None:
        attempt(marshal.loads, again)
    attempt(marshal.load, io.BytesIO(data))


def main():
    global armed, interruptions
    read = {"marshal": read_marshal, "bytecode": bytecode}[sys.argv[1]]
    signal.signal(signal.SIGALRM, interrupt)
    sys.stdout = sys.stderr = io.StringIO()
    sys.unraisablehook = lambda unraisable: None
    count = 0
    os.write(replies, b"ready\n")
    while head := inputs.read(4):
        data = inputs.read(int.from_bytes(head, "little"))
        interruptions = 0
        count += 1
        reply = b"ok\n"
        armed = True
        try:
            try:
                signal.setitimer(signal.ITIMER_REAL, PATIENCE, PATIENCE)
                read(data)
                if count % 20 == 0:
                    gc.collect()
            finally:
                signal.setitimer(signal.ITIMER_REAL, 0)
        except BaseException:
            reply = b"slow\n" if interruptions else b"ok\n"
        armed = False
        sys.stdout.seek(0)
        sys.stdout.truncate()
        os.write(replies, reply)


main()
