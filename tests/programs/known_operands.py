# What is quick for plain operands must behave as the general way does.
import sys


def shown(function, *args):
    try:
        print(function(*args))
    except Exception as error:
        print(type(error).__name__, error)


# Unpacking of lists, tuples and others.
def star(value):
    first, *middle, last = value
    return first, middle, last


for value in [[1, 2, 3, 4], (1, 2, 3, 4), [1, 2], (1,), [], range(5), "xyz", {1: 2, 3: 4}, iter([1])]:
    shown(star, value)

source = [[1], [2], [3]]
a, *b, c = source
b.append(4)
print(source, b, a is source[0], c is source[2], b[0] is source[1])

# Iterating consumers see a list that grows or shrinks under them.
grown = [1, 2, 3]


class Growing:
    def __init__(self, number):
        self.number = number

    def __hash__(self):
        if len(grown) < 6:
            grown.append(Growing(len(grown)))
        return self.number

    def __eq__(self, other):
        return self is other


grown[:] = [Growing(0)]
print(len(set(grown)), len(grown))

shrunk = []


class Shrinking:
    def __hash__(self):
        shrunk.clear()
        return 1


shrunk[:] = [Shrinking(), Shrinking()]
print(len(set(shrunk)), shrunk)

# Smallest and greatest: the first of equal ones.
print(min(True, 1), max(1.0, 1), min(3, 2.0), max(2, 300000, 5), min("b", "a"))
shown(min, 1, "a")
shown(max, [1], (2,))
nan = float("nan")
print(min(nan, 1), min(1, nan), max(1, nan), nan in [nan], nan in (nan,), [nan] == [nan], (nan,) == (nan,))

# Looking for values among others.
big = 10**20
print(1 in [1.0], True in (1,), 1 in {1.0}, big in [10**20], "a" in ["b", "a"], 300 in (299, 300), 5 in [])


class Odd:
    def __eq__(self, other):
        print("asked about", other)
        return other == 2


print(Odd() in [1, 2, 3], 2 in [1, Odd()], [1, 2, 3].index(Odd()), (1, Odd()).count(2))


class Mischief:
    def __init__(self, held):
        self.held = held

    def __eq__(self, other):
        self.held.clear()
        return False


held = []
held += [Mischief(held), 1, 2]
print(2 in held, held)

# Tuples that iterators use again are others where somebody holds them.
pairs = list(zip([1, 2], [3, 4]))
print(pairs, [id(p) for p in pairs] != [id(pairs[0])] * 2)
kept = next(e := enumerate("abc"))
print(kept, next(e), kept)
first = None
for pair in {"a": [1], "b": [2]}.items():
    if first is None:
        first = pair
print(first, hash(first[0]) == hash("a"))
for triple in zip([1, 2], "xy", [None, None]):
    print(triple, hash(triple) == hash(tuple(triple)))

# Text from parts.
print("".join(["a"]), ",".join([]), "-".join(("a", "b")), "é".join(["a", "€", "😀"]), "".join("xyz"))
shown("".join, ["a", 1])
shown(",".join, 5)


class Text(str):
    def __str__(self):
        return "other"


print(type("".join([Text("a")])), f"{Text('a')}{1}{1.5}{True}", "%s|%d|%i" % (Text("a"), True, 12345678901234567890))
print("%d %5d %-5d| %+d %05d %d" % (1, 2, 3, 4, 5, -7), "%d%%" % 50, "%x %o" % (255, 8))
shown(lambda: "%d" % "x")
shown(lambda: "%d %d" % (1,))
parts = [f"{i}{i}{i}{i}{i}{i}{i}{i}{i}{i}" for i in range(3)]
print(parts)


# What an object says of its class.
class Proxy:
    @property
    def __class__(self):
        return int


class Dynamic:
    def __getattribute__(self, name):
        return str if name == "__class__" else object.__getattribute__(self, name)


print(isinstance(Proxy(), int), isinstance(Proxy(), str), isinstance(Dynamic(), str), isinstance(Dynamic(), int))
print(isinstance(1, (str, bytes)), isinstance("", (int, (str,))), isinstance(Proxy(), (str, (list, int))))


# Arguments beyond the named ones, passed on.
def inner(*args, **names):
    return args, names


def outer(*args, **names):
    return inner(*args, **names)


print(outer(), outer(1000, 2000, x=3000), outer(*range(3), **{"y": 1}))
shown(lambda: inner(**{1: 2}))
shown(lambda: inner(**{"a": 1}, **{"a": 2}))
shown(lambda: inner(**[1]))


# Numbers given to native functions are held no longer than others.
def counts(i):
    given = i * 1000
    largest = max(given, 3)
    stored = i * 2000
    kept = []
    kept.append(stored)
    again = kept.pop()
    return sys.getrefcount(largest) - sys.getrefcount(again)


print({counts(i) for i in range(1, 100)})


# Slices between plain bounds, and what takes their place.
class Index:
    def __init__(self, number):
        self.number = number

    def __index__(self):
        return self.number


for sequence in [[0, 1, 2, 3], (0, 1, 2, 3), "abcd", "aé€😀", b"abcd"]:
    for start in [None, 0, 1, -1, -9, 9, 2**70, -(2**70), True, Index(1)]:
        print([sequence[start:stop] for stop in [None, 0, 2, -1, 9, -9, 2**70, False, Index(3)]])
shown(lambda: [1][1.0:])
shown(lambda: (1)[0:1])
copied = [1, 2, 3]
print(copied[:] is copied, (1, 2)[:] == (1, 2), "ab"[:])


class Told:
    def __init__(self, name):
        self.name = name

    def __del__(self):
        print("gone", self.name, len(target))


target = [Told("a"), Told("b"), Told("c"), Told("d")]
target[1:3] = [1, 2]
target[:1] = ()
target[-1:] = [3, 4, 5]
print(target)
target[1:1] = target
print(target)
target[:] = target[::-1]
print(target, [0, 1, 2, 3, 4][3:1], [0, 1, 2, 3, 4][1:4])
target[3:1] = [7]
print(target)


# What ends with a call ends in the order of the variables, whatever else they hold.
def ending(a, b, c, kept):
    number = a * 1000
    text = str(number)
    first = Told(text)
    again = number
    second = Told("second")
    return kept


def giving():
    made = [1000 * len(target)]
    again = made
    return made


for i in range(3):
    print(ending(i, i, text := "x" * i, text) is text)
print([sys.getrefcount(giving()) - sys.getrefcount([]) for _ in range(4)])
