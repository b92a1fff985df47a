# Closures, cells, global and nonlocal, decorators, default values, keyword-only and positional-only parameters.


def counter():
    count = 0

    def up(by=1):
        nonlocal count
        count += by
        return count

    return up, lambda: count


up, look = counter()
up(), up(5)
print(look(), up.__closure__[0].cell_contents, up.__code__.co_freevars)
print([f() for f in [lambda: i for i in range(3)]], [f() for f in [lambda i=i: i for i in range(3)]])


def decorate(text):
    def wrap(function):
        def inner(*positional, **named):
            return f"{text}:{function(*positional, **named)}"

        return inner

    return wrap


@decorate("outer")
@decorate("inner")
def add(a, b=2, /, c=3, *rest, d, e=5, **more):
    return (a, b, c, rest, d, e, more)


print(add(1, d=4), add(1, 2, 3, 4, 5, d=6, z=7))


def strict(a, /, b, *, c):
    return a, b, c


for call in (
    lambda: strict(),
    lambda: strict(1),
    lambda: strict(1, 2),
    lambda: strict(1, 2, 3),
    lambda: strict(a=1, b=2, c=3),
    lambda: strict(1, 2, c=3, d=4),
    lambda: strict(1, b=2, c=3, **{"b": 1}),
    lambda: strict(*5),
    lambda: strict(**5),
):
    try:
        print(call())
    except TypeError as error:
        print(error)


def default(value, into=[]):
    into.append(value)
    return into


print(default(1), default(2), default.__defaults__)
total = 0


def use_global():
    global total, made
    total += 10
    made = "made"


use_global()
print(total, made)


def unbound():
    print(late)
    late = 1


def deleted():
    x = 1
    del x
    return x


def free():
    def inner():
        return later

    inner()
    later = 1


for function in (unbound, deleted, free):
    try:
        function()
    except NameError as error:
        print(type(error).__name__, error)


def compose(*functions):
    def composed(x):
        for function in reversed(functions):
            x = function(x)
        return x

    return composed


print(compose(str, lambda x: x + 1, abs)(-5), (lambda *a, k=1, **kw: (a, k, kw))(1, 2, k=3, z=4))


def annotated(a: int, b: "str" = "x") -> list[int]:
    """Docs."""


print(annotated.__annotations__, annotated.__doc__, annotated.__kwdefaults__)


class Scope:
    x = 1
    values = [y for y in range(3)]

    def x_of(self):
        return __class__.x


print(Scope.values, Scope().x_of())


def fib(n, memo={0: 0, 1: 1}):
    if n not in memo:
        memo[n] = fib(n - 1) + fib(n - 2)
    return memo[n]


print(fib(90))
