"""Which special methods operators use, in classes that define few of them: what counts is the order of the classes."""


def show(what, function):
    try:
        print(what, function())
    except Exception as error:
        print(what, type(error).__name__, error)


# Several bases, each with one of the methods.
class Sized:
    def __len__(self):
        return 3


class Iterable:
    def __iter__(self):
        return iter("abc")


class Container:
    def __contains__(self, item):
        return item == "x"

    def __len__(self):
        return 5


class Collection(Sized, Iterable, Container):
    pass


class Plain(Collection):
    pass


class Other(Plain):
    def __len__(self):
        return super().__len__() + 1


for cls in (Sized, Iterable, Container, Collection, Plain, Other):
    show(cls.__name__ + " len", lambda: len(cls()))
    show(cls.__name__ + " bool", lambda: bool(cls()))
    show(cls.__name__ + " list", lambda: list(cls()))
    show(cls.__name__ + " in", lambda: "x" in cls())
    show(cls.__name__ + " next", lambda: next(cls()))
    show(cls.__name__ + " call", lambda: cls()())
    show(cls.__name__ + " item", lambda: cls()[0])


# Methods that come and go later reach the classes below, but not past one that has its own.
Sized.__len__ = lambda self: 7
print([len(cls()) for cls in (Sized, Collection, Plain, Other)])
del Sized.__len__
print([len(cls()) for cls in (Collection, Plain, Other)])
Plain.__getitem__ = lambda self, key: ("item", key)
Plain.__call__ = lambda self, *args: ("called", args)
print(Plain()[1], Other()[2], Other()(1, 2))
show("Collection item", lambda: Collection()[0])
del Plain.__getitem__, Plain.__call__
show("Other item", lambda: Other()[0])
show("Other call", lambda: Other()())


# Native types among the bases.
class Numbers(list):
    pass


class Loud(Numbers):
    def __getitem__(self, key):
        return ("loud", super().__getitem__(key))


class Both(Iterable, dict):
    pass


class Error(KeyError):
    pass


class Detailed(Error):
    def __str__(self):
        return "detailed " + super().__str__()


class Count(int):
    def __add__(self, other):
        return Count(int(self) + int(other) + 100)


class Counted(Count):
    pass


print(Numbers([1, 2])[1], Loud([1, 2])[1], Numbers([1]) + [2], len(Loud([1])), Loud([1]) == [1])
print(list(Both(a=1)), Both(a=1)["a"], len(Both(a=1)), "a" in Both(a=1), Both(a=1) == {"a": 1})
print(str(Error("k")), str(Detailed("k")), repr(Detailed("k")), isinstance(Detailed(), KeyError))
print(Counted(1) + 2, 1 + Counted(2), Counted(3) * 2, -Counted(4), bool(Counted(0)), hash(Counted(5)))
show("hash", lambda: hash(Numbers()))


# Equality without a hash, below and above a class that has both.
class Equal:
    def __eq__(self, other):
        return True


class Hashed(Equal):
    def __hash__(self):
        return 11


class Again(Hashed):
    pass


class Unhashed(Again):
    def __eq__(self, other):
        return False


for cls in (Equal, Hashed, Again, Unhashed):
    show(cls.__name__, lambda: (cls() == 1, cls() != 1, hash(cls())))


# Names that are equal to the special ones without being the same strings.
name = "".join(["__", "len", "__"])
Made = type("Made", (), {name: lambda self: 9})
Below = type("Below", (Made,), {"".join(["__", "bool", "__"]): lambda self: False})
print(len(Made()), len(Below()), bool(Made()), bool(Below()))


# A metaclass that leaves classes out of the order, or turns it round.
class Turned(type):
    def mro(cls):
        order = super().mro()
        return [order[0], *reversed(order[1:-1]), order[-1]]


class First:
    def __len__(self):
        return 1

    def __repr__(self):
        return "first"


class Second(First):
    def __len__(self):
        return 2


class Third(Second, metaclass=Turned):
    pass


class Fourth(Third):
    pass


print(len(Third()), len(Fourth()), Third(), [cls.__name__ for cls in Fourth.__mro__])


# What makes and what creates.
class Once:
    made = None

    def __new__(cls, *args):
        if cls.made is None:
            cls.made = super().__new__(cls)
        return cls.made


class Twice(Once):
    made = None

    def __init__(self, value=None):
        self.value = value


print(Once() is Once(), Twice(1) is Twice(2), Twice(3).value, Once() is Twice())
show("new", lambda: Numbers.__new__(Loud))


# Attributes that are not there.
class Asked:
    def __getattr__(self, name):
        return "asked for " + name


class Told(Asked):
    def __setattr__(self, name, value):
        super().__setattr__(name, (value, "told"))


class Quiet(Told):
    pass


quiet = Quiet()
quiet.x = 1
print(quiet.x, quiet.y, Asked().z)
del Asked.__getattr__
show("attribute", lambda: quiet.y)
