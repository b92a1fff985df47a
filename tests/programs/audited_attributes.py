"""Audit events of attributes that code, functions and classes are changed by; of the collector and of new programs."""

import gc
import multiprocessing.util
import os
import sys

WANTED = ("gc.", "object.", "sys.monitoring", "_posixsubprocess")


def hook(event, arguments):
    if event.startswith(WANTED):
        print(event, arguments[1:] if event.startswith("object.") else arguments)


class A:
    pass


class B:
    pass


def function():
    pass


code = function.__code__
sys.addaudithook(hook)
gc.get_objects
found = len(gc.get_objects()), len(gc.get_objects(1))
seen = []
gc.get_referrers(seen)
gc.get_referents(seen, seen)
A.__name__ = "Z"
A.__qualname__ = "Q"
A.__doc__ = "text"
A.__module__ = "m"
A.attribute = 3
A().__class__ = B
A.__bases__ = A.__bases__
A.__type_params__ = ()
try:
    function.__code__ = code.replace(co_name="other") and 3
except TypeError as error:
    print(error)
function.__defaults__ = (1,)
function.__kwdefaults__ = {}
function.__defaults__, function.__kwdefaults__
function.__name__ = "z"
function.__defaults__ = None
del function.__kwdefaults__
type(function.__code__)
type(sys._getframe().f_code)
sys.monitoring.use_tool_id(1, "test")
sys.monitoring.register_callback(1, 1, None)
sys.monitoring.free_tool_id(1)
sys.stdout.flush()
pid = multiprocessing.util.spawnv_passfds(b"/nonexistent", [b"a", b"b"], ())
print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))


def refuse(event, arguments):
    if event == "object.__setattr__":
        raise RuntimeError("refused")


sys.addaudithook(refuse)
try:
    A.__name__ = "other"
except RuntimeError as error:
    print(error, A.__name__)
