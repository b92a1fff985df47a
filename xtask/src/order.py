# What nearly every program does, once or a few times: `cargo xtask order` looks at which functions of the interpreter
# that needs.
import collections
import functools
import os
import re
import resource
import sys


class Point:
    unit = 1

    def __init__(self, x, y=0):
        self.x = x
        self.y = y

    @property
    def sum(self):
        return self.x + self.y

    @classmethod
    def origin(cls):
        return cls(0)

    def __eq__(self, other):
        return self.x == other.x

    def __lt__(self, other):
        return self.x < other.x

    def __hash__(self):
        return hash((self.x, self.y))

    def __repr__(self):
        return f"{type(self).__name__}({self.x!r}, {self.y:>3})"

    def __len__(self):
        return 2

    def __getitem__(self, index):
        return (self.x, self.y)[index]

    def __enter__(self):
        return self

    def __exit__(self, *details):
        return False


class Slotted(Point):
    __slots__ = ("z",)

    def __init__(self, x):
        super().__init__(x, y=1)
        self.z = self.unit


def numbers(start, *rest, step=1, **names):
    while start < 8:
        got = yield start
        start += step + (got or 0)
    return rest, names


def outer(value):
    def inner(other):
        nonlocal value
        value += other
        return value

    return inner


@functools.lru_cache
def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)


async def later(value):
    return value


def checked(call, *arguments):
    try:
        return call(*arguments)
    except (ValueError, KeyError, IndexError, TypeError, ZeroDivisionError, AttributeError) as error:
        return str(error)
    finally:
        call = None


def main():
    kept = [Point(i) for i in range(1000, 3000)]
    kept += [object() for _ in range(300_000)]
    del kept
    points = [Point(3), Slotted(1), Point.origin()]
    points.sort()
    print(points, sorted(points, key=lambda point: -point.x), len(points[0]), points[1][0], points[0].sum)
    table = {"a": 1, **dict(b=2), 3: None}
    table["c"] = table.get("d", 0) + 1
    table.setdefault("e", []).append(4)
    table.update({i: str(i) for i in range(300)})
    print(table.pop("c"), "a" in table, len(table), next(iter(table.items())), list(table)[:3])
    for key, value in table.items():
        if key == 5:
            break
        elif not value:
            continue
    seen = {1, 2} | {3} & {3, 4}
    seen.add(len(seen))
    seen.update(range(20))
    first, *others = (*seen, 4.5)
    print(first, others[::2], others[-1] * 2 ** 0.5, 7 // 2, 7 / 2, -7 % 3, 1 << 80, 10 ** 30 // 3, round(2.5), abs(-1.5))
    text = "spam and eggs"
    words = text.title().split()
    print(" ".join(reversed(words)), text.replace("a", "é").upper(), text.find("eg"), text[2:-2], "%s-%d" % ("x", 3))
    print("{0:>8}|{name:08.3f}".format("right", name=3.14159), repr("it's"), "a,b".partition(","), "x" * 3, ord("a"))
    data = bytearray(b"abc") + b"def"
    print(bytes(data), data.hex(), data.decode(), memoryview(data)[1], int("12"), float("1e3"), hex(255), "é€".encode())
    values = numbers(1, 2, step=2, name=3)
    print(next(values), values.send(1), list(values), sum(i * i for i in range(10)), any(i > 3 for i in (1, 5)))
    print([a + b for a, b in zip(range(3), "345".encode())], list(enumerate("ab")), list(map(str, [1])), max(3, 1))
    add = outer(1)
    print(add(2), add(3), fib(20), functools.reduce(lambda a, b: a * b, range(1, 6)))
    print(checked(int, "x"), checked(lambda: {}["k"]), checked(lambda: [][1]), checked(len, 3), checked(lambda: 1 / 0))
    print(checked(lambda: None.attribute), isinstance(points[0], Slotted), getattr(points[0], "nothing", None))
    with Point(1) as point:
        point.extra = [1, [2, {3: (4,)}]]
        vars(point).keys()
        del point.extra
    match point:
        case Point(x=1, y=other):
            print(other)
    try:
        later(1).send(None)
    except StopIteration as stop:
        print(stop.value)
    print(collections.Counter("abracadabra").most_common(2), collections.namedtuple("N", "a b")(1, 2))
    print(collections.defaultdict(list), collections.deque([1, 2], maxlen=1), collections.OrderedDict(a=1))
    print(re.sub(r"(\w+) and", r"\1 or", text), re.findall("[a-e]+", text))
    print(os.path.join("a", "b"), os.getpid() > 0, sys.getsizeof(()), len(sys.argv))
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss > 0)


main()
