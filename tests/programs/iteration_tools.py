# itertools, functools, operator.
import functools
import itertools as it
import operator

print(list(it.chain("ab", [1])), list(it.chain.from_iterable([[1], [2, 3]])), list(it.islice(it.count(5, 2), 3)), list(it.islice("abcdef", 1, None, 2)))
print(list(it.accumulate([1, 2, 3])), list(it.accumulate([3, 1, 2], max)), list(it.accumulate([1, 2], initial=10)), list(it.repeat("x", 3)))
print(list(it.combinations("abc", 2)), list(it.permutations([1, 2, 3], 2)), list(it.product("ab", repeat=2)), list(it.combinations_with_replacement("ab", 2)))
print([(k, list(g)) for k, g in it.groupby("aabbbc")], [(k, len(list(g))) for k, g in it.groupby(range(10), lambda n: n // 4)])
print(list(it.takewhile(lambda n: n < 3, range(9))), list(it.dropwhile(lambda n: n < 7, range(9))), list(it.filterfalse(None, [0, 1, ""])), list(it.compress("abc", [1, 0, 1])))
print(list(it.zip_longest("abc", [1], fillvalue="-")), list(it.starmap(pow, [(2, 3), (3, 2)])), list(it.pairwise("abcd")), list(it.batched("abcdefg", 3)))
a, b = it.tee(iter("xyz"))
print(next(a), list(b), list(a), list(it.islice(it.cycle("ab"), 5)), it.count(3), it.repeat(1, 2))
print(functools.reduce(operator.add, [1, 2, 3], 10), functools.reduce(lambda x, y: x * y, range(1, 6)))
double = functools.partial(operator.mul, 2)
print(double(5), double, functools.partial(int, base=2)("101"), functools.partial(double, 4)())
print(functools.partial(print, functools.Placeholder, "second")("first"))


@functools.lru_cache(maxsize=2)
def slow(n):
    print("computing", n)
    return n * n


print([slow(n) for n in (1, 2, 1, 3, 2)], slow.cache_info())
slow.cache_clear()
print(slow.cache_info(), slow.__wrapped__(4))


@functools.cache
def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)


print(fib(100))


class Data:
    @functools.cached_property
    def total(self):
        print("once")
        return 42


d = Data()
print(d.total, d.total)


@functools.singledispatch
def show(value):
    return f"object {value}"


@show.register
def _(value: int):
    return f"int {value}"


@show.register(list)
def _(value):
    return f"list of {len(value)}"


print(show("a"), show(1), show(True), show([1]), show.dispatch(bool).__name__)


@functools.total_ordering
class Version:
    def __init__(self, *parts):
        self.parts = parts

    def __eq__(self, other):
        return self.parts == other.parts

    def __lt__(self, other):
        return self.parts < other.parts


print(Version(1, 2) >= Version(1, 1), Version(1) <= Version(1), max([Version(1), Version(3), Version(2)], key=lambda v: v.parts).parts)


def trace(function):
    @functools.wraps(function)
    def inner(*args):
        return function(*args)

    return inner


@trace
def documented():
    "Docs."


print(documented.__name__, documented.__doc__, documented.__wrapped__ is not None)
print(operator.itemgetter(1, 0)("ab"), operator.attrgetter("real")(5), operator.methodcaller("upper")("x"), operator.index(True), operator.contains([1], 1))
for action in (lambda: it.islice("a", -1), lambda: list(it.batched("a", 0)), lambda: functools.reduce(operator.add, []), lambda: list(zip("a", "bc", strict=True)), lambda: next(it.repeat(1, 0))):
    try:
        action()
    except Exception as error:
        print(type(error).__name__, error)
