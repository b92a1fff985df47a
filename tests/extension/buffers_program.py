import contextvars
import gc
import pickle
import sys

import buffers

print(buffers.Context is contextvars.Context, buffers.ContextVar is contextvars.ContextVar)
print(buffers.Token is contextvars.Token, buffers.PickleBuffer is pickle.PickleBuffer)
try:
    contextvars.Context.name = 1
except TypeError as error:
    print(error)

data = bytearray(b"some bytes")
wrapped = buffers.wrap(data)
print(type(wrapped).__name__, buffers.bytes_of(wrapped), buffers.release(wrapped), buffers.release(wrapped))
for function in buffers.bytes_of, buffers.release:
    for thing in wrapped, 1:
        try:
            print(function(thing))
        except (ValueError, TypeError) as error:
            print(type(error).__name__, error)

import _socket

print([thing.__name__ for thing in buffers.sockets()], gc.is_tracked(_socket.CAPI), len(gc.get_referents(_socket.CAPI)))

# A module that keeps its state in the library is made again from what was in it at first.
buffers.added = 1
first = sys.modules.pop("buffers")
import buffers

print(buffers is first, hasattr(buffers, "added"), buffers.wrap is first.wrap, buffers.__name__)
