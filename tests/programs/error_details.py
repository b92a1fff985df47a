"""What errors say and carry: the object and name of attributes, counts of arguments, sizes, references in data."""

import ast
import copy
import itertools
import marshal
import sys
import types
import warnings


def attempt(function, *args, **kwargs):
    try:
        print(function(*args, **kwargs))
    except BaseException as error:
        print(type(error).__name__, error)


# An AttributeError that says neither is told its object and name on the way out of getattr.
class Silent:
    def __getattr__(self, name):
        raise AttributeError()

    @property
    def broken(self):
        raise AttributeError("inside")


class Naming:
    def __getattr__(self, name):
        raise AttributeError(name="other")


class Elsewhere:
    def __getattr__(self, name):
        return [].missing


for thing in Silent(), Naming(), Elsewhere():
    for name in "plain", "broken":
        try:
            getattr(thing, name)
        except AttributeError as error:
            print(type(thing).__name__, error.name, error.obj is thing, error.args)
    break
for thing in Naming(), Elsewhere():
    try:
        thing.plain
    except AttributeError as error:
        print(type(thing).__name__, error.name, error.obj is thing, error.args)


def unbound():
    try:
        print(local)
        local = 1
    except UnboundLocalError as error:
        print(error.name, error)


unbound()

# Functions behind *args count keywords before they look at them.
attempt(itertools.product, 0, repeat=1, other=2)
attempt(itertools.product, 0, other=2)
attempt(ImportError, 0, name=1, path=2, name_from=3, other=4)
attempt(AttributeError, 0, name=1, obj=2, other=3)
attempt(min, 0, default=1, key=2, other=3)
attempt(max, [0], default=1, other=3)
attempt(zip, strict=1, other=2)
attempt(print, sep="", end="", file=None, flush=0, other=1)
attempt(str, 1, 2, 3, 4)
attempt(str, 1, 2, 3, other=4)
attempt(int, 1, 2, 3)

# Keywords that are no strings are the business of the class.
class Key:
    def __init__(self, text):
        self.text = text

    def __hash__(self):
        return hash(self.text)

    def __eq__(self, other):
        return self.text == other

    def __repr__(self):
        return "Key"


with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    attempt(lambda: ast.Name(**{1: 2}))
    attempt(lambda: ast.Name("x", **{Key("id"): "y"}))
    print([str(warning.message) for warning in caught])

attempt(lambda: "%*r" % (-sys.maxsize - 1, 1))
attempt(lambda: b"%*d" % (-sys.maxsize - 1, 1))


class Other(types.SimpleNamespace):
    def __new__(cls, *args, **kwargs):
        return int() if cls.ready else super().__new__(cls)

    ready = False


other = Other()
Other.ready = True
attempt(copy.replace, other)

# The separator of join may not change its size while the items are made.
array = bytearray(b",")


def clearing():
    array.clear()
    yield b"a"


attempt(array.join, clearing())

# Data in which lists and dictionaries refer to the tuple they are in.
for data in b"\xa8\1\0\0\0[\1\0\0\0r\0\0\0\0", b"\xa8\1\0\0\0{Nr\0\0\0\x000":
    made = marshal.loads(data)
    inner = made[0]
    print(type(made), type(inner), (inner[0] if isinstance(inner, list) else inner[None]) is made)
for data in b"\xbe\1\0\0\0r\0\0\0\0", b"\xba[\1\0\0\0r\0\0\0\0NN":
    try:
        marshal.loads(data)
    except (ValueError, TypeError) as error:
        print("refused")
    else:
        print("taken")

# Sizes are CPython's.
class Huge:
    def __sizeof__(self):
        return sys.maxsize


print(sys.getsizeof(Huge()) > sys.maxsize)
for thing in (
    enumerate([]),
    sys.flags,
    itertools.product("ab", "12"),
    itertools.combinations("abcd", 3),
    itertools.combinations_with_replacement("abcd", 3),
    itertools.permutations("abcd", 3),
    Huge,
):
    print(sys.getsizeof(thing), end=" ")
print()
