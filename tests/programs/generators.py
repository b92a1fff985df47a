# Generators: send, throw, close, delegation, return values, generator expressions.


def counter(start, stop):
    try:
        while start < stop:
            told = yield start
            start += told or 1
    except ValueError as error:
        yield f"caught {error}"
        return "after error"
    finally:
        print("closing at", start)
    return "done"


g = counter(0, 10)
print(next(g), g.send(3), g.send(None), g.throw(ValueError("no")))
try:
    next(g)
except StopIteration as stop:
    print("value:", stop.value)
print(list(counter(7, 10)))
g = counter(0, 3)
next(g)
print(g.gi_frame.f_lineno > 0, g.gi_running, g.gi_yieldfrom)
g.close()
print(g.gi_frame, next(g, "ended"))


def outer():
    result = yield from counter(1, 3)
    print("inner gave", result)
    yield from "ab"
    return (yield from iter([]))


print(list(outer()))


def tree(node):
    if node:
        left, value, right = node
        yield from tree(left)
        yield value
        yield from tree(right)


print(list(tree(((None, 1, None), 2, ((None, 3, None), 4, None)))))


def stubborn():
    while True:
        try:
            yield
        except GeneratorExit:
            yield "no"


s = stubborn()
next(s)
try:
    s.close()
except RuntimeError as error:
    print(error)


def leaks():
    raise StopIteration("early")
    yield


try:
    next(leaks())
except RuntimeError as error:
    print(error, "<-", repr(error.__cause__))


def reenter():
    yield next(me)


me = reenter()
try:
    next(me)
except ValueError as error:
    print(error)
try:
    counter(0, 1).send(5)
except TypeError as error:
    print(error)
squares = (n * n for n in range(10) if n % 2)
print(sum(squares), list(squares), squares.__name__, squares.__qualname__)
primes = []
sieve = (n for n in range(2, 60) if all(n % p for p in primes if p * p <= n))
for n in sieve:
    primes.append(n)
print(primes)


import types

# The code of a generator expression is called with what is no iterator, after it learned to iterate over something.
for items in [], (), range(0), (item for item in ()):
    each = types.FunctionType((item for item in ()).gi_code.replace(), {})
    for _ in range(20):
        list(each(iter(items)))
    try:
        list(each(5))
    except TypeError as error:
        print(error)
