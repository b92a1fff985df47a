"""Exceptions as the interpreter prints them itself, where the library's traceback module cannot."""

import os
import sys
import traceback


class Output:
    """The standard output, without the folder of this program."""

    def write(self, text):
        sys.stdout.write(text.replace(os.path.dirname(os.path.abspath(__file__)) + os.sep, ""))

    def flush(self):
        sys.stdout.flush()


sys.stderr = Output()
traceback._print_exception_bltin = None


def show(function):
    try:
        function()
    except BaseException as error:
        sys.excepthook(type(error), error, error.__traceback__)


def recursive(depth):
    if depth:
        return recursive(depth - 1) + 1
    raise ValueError("deep")


def alternating(depth):
    if depth:
        return recursive(depth)
    raise KeyError


show(lambda: recursive(2))
show(lambda: recursive(3))
show(lambda: recursive(4))
show(lambda: alternating(9))


class Same(Exception):
    def __eq__(self, other):
        return True


def chained():
    one, two = Same("one"), Same("two")
    try:
        raise two from one
    except Same:
        raise one


show(chained)


def handled():
    try:
        1 / 0
    except ZeroDivisionError:
        raise TypeError


show(handled)
sys.tracebacklimit = 1
show(lambda: recursive(2))
sys.tracebacklimit = 0
show(lambda: recursive(2))
