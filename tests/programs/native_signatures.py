"""Signatures of native functions and classes."""

import _thread
import faulthandler
import inspect
import io
import os
import time
import types
import weakref

for thing in (
    bool, bytes.find, bytearray.startswith, str.count, str.maketrans, type.__prepare__, type(None), type(...),
    io.IOBase, io.TextIOBase, io.BufferedReader, os.chmod, _thread.lock, _thread.lock._at_fork_reinit, _thread._local,
    types.FrameType.__reduce__, types.BuiltinFunctionType.__reduce__, types.TracebackType.__dir__,
    weakref.ProxyType.__reversed__, faulthandler.dump_c_stack,
):
    try:
        shown = str(inspect.signature(thing))
    except ValueError:
        shown = "none"
    print(thing.__name__, " ".join((thing.__text_signature__ or "none").split()), shown)


class Documented:
    """Documented(one, two=2)\n--\n\nWhat it is."""


class Named:
    """Other(one)\n--\n\nWhat it is."""


print(Documented.__text_signature__, Named.__text_signature__)
