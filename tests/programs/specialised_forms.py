"""Instructions that adapt to what they see, and what they do when that changes."""

import dis


def forms(function, *wanted):
    """Which of these instructions the function has now."""
    names = {instruction.opname for instruction in dis.get_instructions(function, adaptive=True)}
    return [name for name in wanted if name in names]


def often(function, *args, count=60):
    for _ in range(count):
        result = function(*args)
    return result


# Calls with keywords.
def sum_of(a, b=2, *, c=3):
    return a + b + c


class Adder:
    def add(self, a, *, b):
        return a + b


def keyword_call(f):
    return f(1, b=5)


print(often(keyword_call, sum_of), forms(keyword_call, "CALL_KW", "CALL_KW_PY"))
print(often(keyword_call, Adder().add), forms(keyword_call, "CALL_KW_PY", "CALL_KW_BOUND_METHOD"))
print(often(keyword_call, lambda *args, **kwargs: (args, kwargs)))
print(often(keyword_call, dict.fromkeys([1], dict).get(1) and (lambda a, b: (a, b))))


def native_keyword_call(f):
    return f("12", base=8)


print(often(native_keyword_call, int), forms(native_keyword_call, "CALL_KW_NON_PY"))
print(native_keyword_call(lambda text, base: text * base))
for bad in (sum_of, Adder().add, int):
    try:
        native_keyword_call(bad)
    except TypeError as error:
        print(error)


# super().
class Base:
    def method(self):
        return "Base.method"

    @property
    def value(self):
        return "Base.value"

    @classmethod
    def made(cls):
        return cls.__name__


class Derived(Base):
    def method(self):
        return super().method()

    @property
    def value(self):
        return super().value

    @classmethod
    def made(cls):
        return super().made()

    def missing(self):
        return super().nothing


print(often(Derived().method), forms(Derived.method, "LOAD_SUPER_ATTR_METHOD", "LOAD_SUPER_ATTR"))
print(often(lambda: Derived().value), forms(Derived.value.fget, "LOAD_SUPER_ATTR_ATTR", "LOAD_SUPER_ATTR"))
print(often(Derived.made), Derived().made())
for _ in range(3):
    try:
        Derived().missing()
    except AttributeError as error:
        message = str(error)
print(message)
Base.method = lambda self: "another method"
print(Derived().method())


# Attributes looked up in Python.
class Proxy:
    def __init__(self, start):
        object.__setattr__(self, "start", start)

    def __getattribute__(self, name):
        return object.__getattribute__(self, "start") + name


def read(proxy):
    return proxy.attribute


print(often(read, Proxy("an ")), forms(read, "LOAD_ATTR_GETATTRIBUTE_OVERRIDDEN"))
Proxy.__getattribute__ = lambda self, name: name.upper()
print(often(read, Proxy("")))


def fail(self, name):
    raise AttributeError(name)


Proxy.__getattribute__ = fail
Proxy.__getattr__ = lambda self, name: "fallback for " + name
print(often(read, Proxy("")))


# Generators that hand on.
def inner(count):
    got = yield 0
    for number in range(count):
        got = yield (number, got)
    return "end"


def outer(iterable):
    return (yield from iterable)


def exhaust(iterable):
    generator, values = outer(iterable), []
    try:
        values.append(next(generator))
        while True:
            values.append(generator.send("x") if hasattr(iterable, "send") else next(generator))
    except StopIteration as stop:
        return values, stop.value


for _ in range(3):
    print(exhaust(inner(2)), forms(outer, "SEND_GEN", "SEND"))
print(exhaust([1, 2]))


# Constructors, also where the arguments do not fit.
class Point:
    def __init__(self, x, y=0):
        self.place = x, y


def make(*args):
    return Point(1).place


def make_wrongly():
    return Point()


print(often(make), forms(make, "CALL_ALLOC_AND_ENTER_INIT"))
for _ in range(3):
    try:
        make_wrongly()
    except TypeError as error:
        message = str(error)
print(message, forms(make_wrongly, "CALL_ALLOC_AND_ENTER_INIT"))


class Wrong:
    def __init__(self):
        yield


def make_generator():
    return Wrong()


for _ in range(3):
    try:
        make_generator()
    except TypeError as error:
        message = str(error)
print(message)


# Arithmetic that is general again.
def divide(a, b):
    return a / b


for operands in [(1, 0), (1.0, 0), (1, 0.0)] * 2:
    try:
        divide(*operands)
    except ZeroDivisionError as error:
        message = str(error)
print(message, forms(divide, "BINARY_OP_EXTEND"), often(divide, 1, 4))
print(often(divide, float("nan"), 2), often(divide, 2, 0.5))


def kind_of(x):
    return x.__class__


print(often(kind_of, "a"), often(kind_of, 1), forms(kind_of, "LOAD_ATTR_SLOT"))
print(forms(kind_of, "RESUME_CHECK", "RESUME"), forms(often, "JUMP_BACKWARD_NO_JIT", "LOAD_CONST"))
