"""Peak memory of lists of one million small objects, under two interpreters.

usage: python3 benchmarks/memory/compare.py OURS THEIRS [--runs N] [NAME...]

Each program runs in a process of its own and says its own peak; the smallest of N runs counts. A ratio above 1
means that OURS needs more memory than THEIRS. The exit status is 1 if one is above --limit (1.00).
"""

import argparse
import subprocess
import sys

COUNT = 1_000_000

# name: what is prepared, the expression of one object
PROGRAMS = {
    "nothing": ("", None),
    "object()": ("", "object()"),
    "instance": ("class C:\n    def __init__(self, i):\n        self.x = i\n        self.y = None", "C(i)"),
    "instance, no attributes": ("class C: pass", "C()"),
    "instance, 8 attributes": (
        "class C:\n    def __init__(self, i):\n        self.a = self.b = self.c = self.d = None\n"
        "        self.e = self.f = self.g = self.h = i",
        "C(i)",
    ),
    "instance, attributes after": ("class C: pass\ndef make(i):\n    c = C(); c.x = i; c.y = i; return c", "make(i)"),
    "instance, its __dict__ seen": ("class C:\n    def __init__(self, i):\n        self.x = i\n        vars(self)", "C(i)"),
    "instance with slots": (
        "class C:\n    __slots__ = ('x', 'y')\n    def __init__(self, i):\n        self.x = i\n        self.y = None",
        "C(i)",
    ),
    "subclass of list": ("class C(list): pass", "C()"),
    "subclass of dict": ("class C(dict): pass", "C()"),
    "subclass of int": ("class C(int): pass", "C(i)"),
    "subclass of str": ("class C(str): pass", "C('a')"),
    "subclass of tuple": ("class C(tuple): pass", "C((1, 2))"),
    "namedtuple": ("import collections\nC = collections.namedtuple('C', 'x y')", "C(i, i)"),
    "dataclass": ("import dataclasses\n@dataclasses.dataclass\nclass C:\n    x: int\n    y: int", "C(i, i)"),
    "int": ("", "i"),
    "int of 2 digits": ("", "i << 32"),
    "int of 5 digits": ("", "i << 120"),
    "float": ("", "i * 0.5"),
    "complex": ("", "complex(i, 1)"),
    "str": ("", "str(i)"),
    "str, not ASCII": ("", "'é' + str(i)"),
    "str, wide": ("", "'\u20ac' + str(i)"),
    "bytes": ("", "b'%d' % i"),
    "bytearray": ("", "bytearray(b'abc')"),
    "tuple of 1": ("", "(i,)"),
    "tuple of 2": ("", "(i, i)"),
    "tuple of 5": ("", "(i, i, i, i, i)"),
    "list, empty": ("", "[]"),
    "list of 1": ("", "[i]"),
    "list of 3": ("", "[i, i, i]"),
    "list, appended": ("def make(i):\n    l = []\n    for k in range(5): l.append(k)\n    return l", "make(i)"),
    "list, comprehended": ("", "[k for k in (1, 2, 3)]"),
    "dict, empty": ("", "{}"),
    "dict of 1": ("", "{'a': i}"),
    "dict of 3": ("", "{'a': i, 'b': 1, 'c': 2}"),
    "dict of 7": ("", "{'a': i, 'b': 1, 'c': 2, 'd': 3, 'e': 4, 'f': 5, 'g': 6}"),
    "dict of ints": ("", "{1: i, 2: i}"),
    "dict, copied": ("d = {'a': 1, 'b': 2}", "d.copy()"),
    "dict, dict()": ("", "dict(a=i, b=1)"),
    "set, empty": ("", "set()"),
    "set of 3": ("", "{i, 'b', 'c'}"),
    "set of 10": ("", "set(range(10))"),
    "frozenset": ("", "frozenset((1, 2))"),
    "function": ("", "lambda: None"),
    "closure": ("def make(i):\n    return lambda: i", "make(i)"),
    "generator": ("def g(i):\n    yield i", "g(i)"),
    "generator, begun": ("def g(i):\n    yield i\ndef make(i):\n    x = g(i); next(x); return x", "make(i)"),
    "generator expression": ("t = ()", "(k for k in t)"),
    "coroutine": (
        "import warnings; warnings.simplefilter('ignore')\nasync def c(i):\n    return i",
        "c(i)",
    ),
    "exception": ("", "ValueError(i)"),
    "exception, caught": (
        "def make(i):\n    try:\n        raise ValueError\n    except ValueError as e:\n        return e.with_traceback(None)",
        "make(i)",
    ),
    "exception, traced": (
        "def make(i):\n    try:\n        raise ValueError\n    except ValueError as e:\n        return e",
        "make(i)",
    ),
    "OSError": ("", "OSError(2, 'no')"),
    "bound method": ("class C:\n    def m(self): pass\nc = C()", "c.m"),
    "built-in method": ("l = []", "l.append"),
    "partial": ("import functools", "functools.partial(int, i)"),
    "datetime": ("import datetime", "datetime.datetime(2000, 1, 1)"),
    "date": ("import datetime", "datetime.date(2000, 1, 1)"),
    "timedelta": ("import datetime", "datetime.timedelta(i)"),
    "Decimal": ("import decimal", "decimal.Decimal(i)"),
    "Fraction": ("import fractions", "fractions.Fraction(i, 7)"),
    "range": ("", "range(i)"),
    "slice": ("", "slice(i)"),
    "iterator of list": ("l = []", "iter(l)"),
    "enumerate": ("l = []", "enumerate(l)"),
    "zip": ("l = []", "zip(l, l)"),
    "map": ("l = []", "map(int, l)"),
    "deque": ("import collections", "collections.deque()"),
    "OrderedDict": ("import collections", "collections.OrderedDict()"),
    "defaultdict": ("import collections", "collections.defaultdict(int)"),
    "weakref": ("import weakref\nclass C: pass\nc = C()\ndef f(r): pass", "weakref.ref(c, f)"),
    "SimpleNamespace": ("import types", "types.SimpleNamespace(x=i)"),
    "memoryview": ("b = b'abc'", "memoryview(b)"),
    "Path": ("import pathlib", "pathlib.PurePosixPath('a')"),
    "lock": ("import threading", "threading.Lock()"),
    "type": ("", "type('C', (), {}) if i % 100 == 0 else None"),
}


def source(name):
    prepare, expression = PROGRAMS[name]
    build = f"kept = [{expression} for i in range(1000, {COUNT + 1000})]\n" if expression else ""
    return f"import resource\n{prepare}\n{build}print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"


def peak(interpreter, name, runs):
    """The smallest peak of several runs, in KiB."""
    # A process begins with the peak of the one that started it: let that be a small shell.
    command = ["sh", "-c", '"$0" -c "$1"; exit $?', interpreter, source(name)]
    return min(int(subprocess.run(command, check=True, capture_output=True, text=True).stdout) for _ in range(runs))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("ours")
    parser.add_argument("theirs")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--limit", type=float, default=1.00)
    parser.add_argument("names", nargs="*", metavar="NAME")
    arguments = parser.parse_intermixed_args()
    above = 0
    for name in arguments.names or PROGRAMS:
        try:
            ours, theirs = (peak(it, name, arguments.runs) for it in (arguments.ours, arguments.theirs))
        except subprocess.CalledProcessError as error:
            print(f"{name:28} failed under {error.cmd[3]}: {error.stderr.strip().splitlines()[-1:]}")
            above += 1
            continue
        high = ours / theirs > arguments.limit
        above += high
        print(f"{name:28} {ours / 1024:8.1f} MiB {theirs / 1024:8.1f} MiB {ours / theirs:6.3f}{' above' * high}", flush=True)
    print(f"{above} above {arguments.limit}")
    return above > 0


if __name__ == "__main__":
    sys.exit(main())
