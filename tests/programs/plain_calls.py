# Every way to call: functions, methods, classes, bound and unbound, partial, stars, callable objects, super, recursion.
import functools


def f(*a, **k):
    return a, k


class C:
    def m(self, *a, **k):
        return "m", a, k

    @classmethod
    def c(cls, *a, **k):
        return cls.__name__, a, k

    @staticmethod
    def s(*a, **k):
        return "s", a, k

    def __call__(self, *a, **k):
        return "call", a, k

    def __new__(cls, *a, **k):
        self = super().__new__(cls)
        self.made = a, k
        return self

    def __init__(self, *a, **k):
        self.inited = a, k


class D(C):
    def m(self, *a, **k):
        return "D", *super().m(*a, **k)

    @classmethod
    def c(cls, *a, **k):
        return super().c(*a, **k)


o = D(1, x=2)
print(o.made, o.inited, o.m(1), D.m(o, 2, y=3), o.c(1), D.c(2), C.c.__func__(D, 5), o.s(3), D.s(4), o(5, z=6))
bound = o.m
print(bound(1), [bound for _ in range(1)][0](2), list(map(bound, [1])), functools.partial(bound, 1, q=2)(3, r=4), getattr(o, "m")(*"ab"))
args, kwargs = (1, 2), {"a": 3}
print(f(*args, **kwargs), f(0, *args, 9, **kwargs, b=4), f(*[], **{}), f(*iter(args)), f(**{"non identifier": 1}), f(*args, *args, **{"x": 1}, **{"y": 2}))
print(max(1, 2, 3), max([1, 5, 2], key=lambda x: -x), sum([1, 2], start=10), sorted("bca", reverse=True), int("ff", base=16), str(b"x", encoding="ascii"), "a-b".split(sep="-", maxsplit=1), dict(a=1), print(1, 2, sep="+", end=";\n"), list((1, 2)), type("T", (), {"v": 1}).v)
for text in (
    "f(1, *2)", "f(**1)", "f(a=1, **{'a': 2})", "o.m.x", "len()", "len(1, 2)", "len(x=1)", "'a'.join()", "'a'.split(1, 2, 3)", "sorted()",
    "sorted([], 5)", "print(1, foo=2)", "max()", "None()", "object(1)", "C.m()", "list(1, 2)", "dict(1, 2)", "[].append()", "{}.get()", "''.replace('a')", "range()",
    "isinstance(1)", "getattr(1)", "(lambda x: x)()", "(lambda x, y=1, *, z: x)(1)", "(lambda: 1)(1)", "(lambda a, b: 1)(1)", "(lambda a, b, c: 1)()", "(lambda a, /: 1)(a=1)", "(lambda a: 1)(1, a=1)", "(lambda *, k: 1)(1, k=2)", "(lambda a, b=1: 0)(1, 2, 3)", "(lambda abc: 0)(abd=1)", "C.c.__func__()", "type('x', 1, 2)", "super()", "str(1, 2)", "bytes('x')", "float(1, 2)", "zip(1)", "next(1)", "iter(1)", "iter(1, 2)", "hash([])", "open()", "ord(1)", "chr('a')", "round('a')", "pow(1)", "sum(1)", "sum(['a'])", "abs('a')", "divmod(1)", "map(1)", "filter(1)", "reversed(1)", "slice()", "property(1, 2, 3, 4, 5)", "setattr(1, 2)", "format(1, 2)", "input(1, 2)", "id()", "vars(1)", "dir(1, 2)", "eval(1)", "exec()", "compile('')", "issubclass(1, int)", "isinstance(1, 2)", "callable()", "bin('a')", "complex('a')", "memoryview(1)", "frozenset(1)", "staticmethod()", "classmethod()",
):  # fmt: skip
    try:
        print(text, "->", eval(text))
    except TypeError as error:
        print(text, "->", error)
    except Exception as error:
        print(text, "->", type(error).__name__, error)


def ackermann(m, n):
    return n + 1 if m == 0 else ackermann(m - 1, 1) if n == 0 else ackermann(m - 1, ackermann(m, n - 1))


def even(n):
    return n == 0 or odd(n - 1)


def odd(n):
    return n != 0 and even(n - 1)


print(ackermann(2, 6), even(800), (lambda g: g(g, 10))(lambda g, n: 1 if n == 0 else n * g(g, n - 1)))
