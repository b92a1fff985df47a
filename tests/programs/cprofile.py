"""cProfile: what is counted, by function and by caller, with a clock that counts how often it is read."""

import _lsprof
import cProfile
import io
import os
import pstats
import subprocess
import sys
import tempfile


def ticking():
    now = 0

    def timer():
        nonlocal now
        now += 1
        return now

    return timer


def name(code):
    return code if isinstance(code, str) else code.co_qualname


def show(profiler):
    for entry in sorted(profiler.getstats(), key=lambda entry: name(entry.code)):
        calls = sorted((name(sub.code), *(round(x, 6) for x in sub[1:])) for sub in entry.calls or [])
        print("  ", name(entry.code), *(round(x, 6) for x in entry[1:5]), calls)


def countdown(n):
    if n:
        countdown(n - 1)
        len("x")
    [].append(n)


def generator():
    try:
        yield 1
    except ValueError:
        yield 2


class Values:
    def __iter__(self):
        return generator()

    @classmethod
    def make(cls):
        return cls()

    def __len__(self):
        return 3


def work():
    countdown(3)
    for _ in Values.make():
        pass
    g = generator()
    next(g)
    g.throw(ValueError)
    try:
        g.throw(KeyError)
    except KeyError:
        pass
    len(Values())
    sorted([3, 1, 2], key=lambda x: -x)
    "".join(str(i) for i in range(3))
    dict.fromkeys("ab")
    int.from_bytes(b"a")
    list.append([], 1)
    try:
        [].pop()
    except IndexError:
        pass
    try:
        raise LookupError
    except LookupError:
        pass
    return 42


for label, arguments, switches in (
    ("plain", {}, {}),
    ("unit", {"timeunit": 0.5}, {}),
    ("no subcalls", {}, {"subcalls": False}),
    ("no builtins", {}, {"builtins": False}),
):
    print(label)
    profiler = cProfile.Profile(ticking(), **arguments)
    profiler.enable(**switches)
    work()
    profiler.disable()
    show(profiler)
    profiler.clear()
    print(profiler.getstats())

print(cProfile.Profile().runcall(work))
profiler = cProfile.Profile(ticking())
stream = io.StringIO()
print(profiler.runctx("work()", globals(), {}) is profiler)
stats = pstats.Stats(profiler, stream=stream).strip_dirs().sort_stats("name")
stats.print_stats("countdown|len")
stats.print_callers("len")
print(stream.getvalue())
with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "stats")
    cProfile.runctx("work()", globals(), {}, path)
    print(pstats.Stats(path).total_calls == stats.total_calls + 1 or pstats.Stats(path).total_calls, stats.total_calls)
    script = os.path.join(folder, "script.py")
    with open(script, "w") as file:
        file.write("import __main__, sys\nprint(__name__, __main__.__file__ == __file__, sys.argv[1:])\n")
        file.write("def f(n):\n    return len(str(n))\nfor i in range(5): f(i)\nsys.exit(3)\n")
    for line in [script, "a", "-s"], ["-s", "ncalls", script], ["-m", "calendar", "2024", "2"], ["-s", "no"], []:
        done = subprocess.run([sys.executable, "-m", "cProfile", *line], capture_output=True, text=True, cwd=folder)
        shown = [line for line in done.stdout.splitlines() if not line.lstrip()[:1].isdigit()]
        print(done.returncode, shown, done.stderr.splitlines()[-1:])
        print([line.split()[0] for line in done.stdout.splitlines() if "script.py" in line])
    done = subprocess.run([sys.executable, "-m", "cProfile", "-o", path, script], capture_output=True, text=True)
    print(done.returncode, done.stdout, done.stderr, sorted(key[2] for key in pstats.Stats(path).stats if "script" in key[0]))

# One profiler at a time; a timer that fails is reported.
first, second = _lsprof.Profiler(), _lsprof.Profiler()
first.enable()
print(sys.monitoring.get_tool(2), hex(sys.monitoring.get_events(2)))
for profiler in first, second:
    try:
        profiler.enable()
    except ValueError as error:
        print(error)
first.disable()
first.disable()
print(sys.monitoring.get_tool(2))
sys.unraisablehook = lambda event: print(event.exc_type.__name__, event.exc_value, event.err_msg[:40])
for timer, unit in (
    (lambda: "x", 0.0), (lambda: 1 / 0, 0.0), (lambda: 1.5, 1.0), (lambda: 10**30, 0.0), (lambda: float("nan"), 0.0)
):
    profiler = _lsprof.Profiler(timer, unit)
    profiler.enable()
    profiler.disable()
    print(profiler.getstats())
for arguments in (1, 2, 3, 4, 5), (None, "x"):
    try:
        _lsprof.Profiler(*arguments)
    except TypeError as error:
        print(error)
print(_lsprof.Profiler()._ccall_callback(1, 2, len, sys.monitoring.MISSING))
# What a timer may not do to its own profiler.
messages = set()
sys.unraisablehook = lambda event: messages.add(str(event.exc_value))
for action in "clear", "disable", "getstats", "enable":
    profiler = _lsprof.Profiler(lambda: getattr(profiler, action)() and 1 or 1)
    profiler.enable()
    profiler.disable()
    count, seen = len(profiler.getstats()), sorted(messages)
    print(action, count, seen)
    messages.clear()
sys.unraisablehook = None
