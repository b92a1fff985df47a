# Blocks of memory that calls take and give back: nothing stays behind.
import datetime
import math
import operator
import sys


def grown(call):
    # Integers of a range lie in the variable without an object.
    def run():
        for i in range(10_000, 11_000):
            call(i)

    run()
    before = sys.getallocatedblocks()
    run()
    return sys.getallocatedblocks() - before


CALLS = {
    "nothing": lambda i: None,
    "class": lambda i: complex(i, 1),
    "class with names": lambda i: datetime.timedelta(days=i),
    "function": lambda i: max(i, 3),
    "function of one": lambda i: math.sqrt(i),
    "function of two": lambda i: operator.add(i, i),
    "method": lambda i: {}.setdefault(i, i),
    "method of one": lambda i: [].append(i),
    "container": lambda i: ([i], (i, i), {i}, {i: i}),
    "slice": lambda i: "abc"[i:],
    "format": lambda i: f"{i:d} {i!r}",
    "own class": lambda i: Own(i),
    "own method": lambda i: Own(i).own(i),
    "generator": lambda i: list(j for j in range(i, i + 2)),
    "variables": lambda i: locals(),
    "variable of a frame": lambda i: sys._getframe().f_locals["i"],
    "exception": lambda i: failing(i),
}


class Own:
    def __init__(self, value):
        self.value = value

    def own(self, other):
        return self.value + other


def failing(i):
    try:
        raise ValueError(i)
    except ValueError as error:
        return error.args[0] + i


print(sys.getallocatedblocks() > 10_000)
for name, call in CALLS.items():
    print(f"{name:16}", grown(call) < 100)
kept = []
print("kept", grown(kept.append) >= 1000)
