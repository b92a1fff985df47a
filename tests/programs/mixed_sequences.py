"""Sequences of different kinds do not add up, whichever side is a class of one's own."""


class MyTuple(tuple):
    pass


class MyList(list):
    pass


class MyBytes(bytes):
    pass


def attempt(left, right):
    try:
        return left + right
    except TypeError as error:
        return error


for left in [1], (1,), b"1", "1", MyTuple([1]), MyList([1]), MyBytes(b"1"):
    for right in [2], (2,), b"2", "2", MyTuple([2]), MyList([2]), MyBytes(b"2"):
        print(type(left).__name__, "+", type(right).__name__, "=", repr(attempt(left, right)))
