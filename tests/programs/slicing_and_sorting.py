# Lists, tuples, slices, ranges, sorting.
a = list(range(10))
print(a[2:5], a[::-1], a[-3:], a[::3], a[5:2], a[8:100], a[5:2:-1], a[:-1:2], a[slice(1, 9, 4)])
a[2:5] = ["x"]
print(a)
a[::2] = [0] * len(a[::2])
del a[1::3]
print(a, len(a))
for action in (
    lambda: a.__setitem__(slice(None, None, 2), [1]), lambda: a[100], lambda: a["x"], lambda: a[1:2:0], lambda: [].pop(), lambda: a.remove("no"),
    lambda: a.index(99), lambda: [1] + (2,), lambda: (1,)[5], lambda: [1, "a"].sort(), lambda: range(5)[9], lambda: range(1, 2, 0), lambda: [1] * "x",
    lambda: (1, 2) < [1], lambda: list(5), lambda: [1].index(1, 5), lambda: tuple(None), lambda: range(1.5), lambda: slice(1, 2).indices(-1),
):  # fmt: skip
    try:
        action()
    except Exception as error:
        print(type(error).__name__, error)
b = [3, 1, 2]
b.insert(1, "i"), b.insert(-100, "first"), b.insert(100, "last"), b.extend("xy")
print(b, b.count("x"), b.index("i"), b.pop(1), b.copy() == b, b.reverse(), b)
people = [("eve", 30), ("bob", 25), ("al", 30), ("dan", 25)]
print(sorted(people, key=lambda p: p[1]), sorted(people, key=lambda p: (-p[1], p[0])))
print(sorted(people, key=lambda p: p[1], reverse=True), sorted("bBaA", key=str.lower), sorted([True, 0, 2.5, -1]))
print(sorted([[2], [1, 5], [1]]), max(people, key=lambda p: p[1]), min([], default="none"), sorted([(1, "b"), (1, "a")]))
from functools import cmp_to_key
from random import Random

numbers = list(range(500))
Random(1).shuffle(numbers)
print(sorted(numbers) == list(range(500)), sorted(numbers, reverse=True)[:3], sorted(numbers, key=cmp_to_key(lambda x, y: y - x))[:3])
runs = list(range(100)) + list(range(50, 0, -1)) + [7] * 20 + list(range(30))
print(sorted(runs) == sorted(sorted(runs), reverse=True)[::-1], sum(runs), sorted(map(float, runs))[-1])


class Fails:
    def __lt__(self, other):
        raise ValueError("cannot compare")


try:
    c = [Fails(), Fails()]
    c.sort()
except ValueError as error:
    print(error, len(c))
r = range(10, 0, -3)
print(r, list(r), r[1], r[-1], r[1:], 7 in r, 8 in r, r.index(4), len(r), r == range(10, -1, -3), list(reversed(r)), hash(range(0)) == hash(range(2, 1)))
print(range(10**20, 10**20 + 3)[1], slice(1, None, 2), slice(5).indices(3), slice(None, None, -1).indices(4))
t = (1, [2], "3")
t[1].append(5)
print(t, t + (4,), t * 2, t.count(1), t.index("3"), (), (1,), hash((1, 2)) == hash((1, 2)), (1, 2) < (1, 3), tuple("ab"), t[::-1])
grid = [[0] * 3 for _ in range(2)]
grid[0][1] = 5
print(grid, [[0] * 2] * 2, [1, 2] == [1, 2.0], [1] < [1, 0], [] or "empty")
me = [1]
me.append(me)
print(me, [*me][0], list(zip("ab", [1, 2], strict=True)), list(enumerate("ab", 1)), list(map(pow, [2, 3], [3, 2])))
