# Where objects were made, and what allocators are called.
import os
import subprocess
import sys
import tracemalloc

import _tracemalloc


class Plain:
    pass


class Slots:
    __slots__ = "a", "b"


def make(n, text, numbers, real):
    # More than any free list keeps, so that each comes from fresh memory.
    kept = [[], (n, text), {}, real + 1.5, n * 7777]
    return [
        [text, n],
        (text, n, real),
        {text: n},
        {n},
        text + text,
        n**9,
        real * 2.5 + n,
        Plain(),
        Slots(),
        lambda: n,
        [i for i in numbers],
        b"x" * n,
        text[1:3],
        f"{n}{text}",
        (i for i in numbers),
        bytearray(n),
        [*numbers],
        numbers + (n,),
    ], kept


FIRST = make.__code__.co_firstlineno + 3


def places():
    """Lines of what was made, counted from the first one."""
    kept = [make(123, "text", (1, 2, 3), 2.5) for _ in range(300)]
    made = kept[-1][0]
    for value in made:
        trace = tracemalloc.get_object_traceback(value)
        frame = trace[-1]
        print(f"{type(value).__name__:10}", frame.lineno - FIRST, len(trace))


tracemalloc.start(3)
places()


def size_of(make):
    tracemalloc.clear_traces()
    value = make()
    trace = tracemalloc.get_object_traceback(value)
    sizes = [t.size for t in tracemalloc.take_snapshot().traces if t.traceback == trace]
    return type(value).__name__, max(sizes)


n = 1000
print(size_of(lambda: b"x" * n), size_of(lambda: "x" * n), size_of(lambda: n**30))
empty = b"xy" * (n - 1000)
print(empty, empty is b"xy"[2:], len(tracemalloc.get_object_traceback(empty)))

# One traceback for all blocks of a place.
kept = [bytes([i]) * 500 for i in range(20)]
traces = [t for t in _tracemalloc._get_traces() if t[1] == 533]
print(len(traces), len({id(t[2]) for t in traces}), traces[0][0])
tracemalloc.stop()
print(tracemalloc.get_object_traceback(kept[0]), _tracemalloc._get_traces())


def run(code, *options, **variables):
    ended = subprocess.run([sys.executable, "-S", *options, "-c", code], env=dict(os.environ, **variables), capture_output=True, text=True)
    return ended.returncode, ended.stdout, ended.stderr


NAME = "import _testinternalcapi as t; print(t.pymem_getallocatorsname(), end='')"
for name in "", "default", "debug", "pymalloc", "pymalloc_debug", "malloc", "malloc_debug", "mimalloc", "mimalloc_debug":
    print(f"{name:14}", run(NAME, PYTHONMALLOC=name), run(NAME, "-X", "dev", PYTHONMALLOC=name)[1])
print(run(NAME, PYTHONMALLOC="other"), run(NAME, "-E", PYTHONMALLOC="other"))
for name in "default", "debug", "malloc":
    _, out, report = run("print('ran')", PYTHONMALLOC=name, PYTHONMALLOCSTATS="1")
    print(f"{name:8}", out, report.count("Small block threshold = 512, in 32 size classes.") > 1, "arenas allocated total" in report)

WORK = """
import json, re
data = {str(i): [i, i / 7, [i] * (i % 9)] for i in range(3000)}
copy = json.loads(json.dumps(data))
copy.update((k, v[::-1]) for k, v in data.items())
big = list(range(600_000)); big += big; del big[5:]
print(len(re.sub("[aeiou]+", "", "some words and more " * 99)), len(copy), sorted(copy)[:3], big)
"""
for name in "debug", "malloc", "malloc_debug", "mimalloc":
    print(f"{name:12}", *run(WORK, PYTHONMALLOC=name))

before = sys.getunicodeinternedsize()
text = sys.intern("not interned by anybody before" + str(before))
print(sys.getunicodeinternedsize() - before)
del text
print(sys.getunicodeinternedsize() - before, before > 500, 0 < sys.getunicodeinternedsize(_only_immortal=True) < before)
