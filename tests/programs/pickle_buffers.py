"""Pickles: buffers outside of the stream, memos, hooks, frames, names with dots."""

import io
import pickle
import _pickle


def attempt(function, *args, **kwargs):
    try:
        print("gave", function(*args, **kwargs))
    except Exception as error:
        print(type(error).__name__, error)


# Buffers.
buffer = pickle.PickleBuffer(bytearray(b"abc"))
print(buffer.raw().tobytes(), bytes(buffer), memoryview(buffer).obj)
taken = []
data = pickle.dumps([buffer, pickle.PickleBuffer(b"fixed"), buffer], 5, buffer_callback=taken.append)
print(data, [bytes(b) for b in taken])
loaded = pickle.loads(data, buffers=[bytearray(b"abc"), b"fixed", bytearray(b"abc")])
print(loaded, pickle.loads(pickle.dumps([buffer, pickle.PickleBuffer(b"fixed"), buffer], 5)))
attempt(pickle.loads, data)
attempt(pickle.loads, data, buffers=[])
attempt(pickle.dumps, buffer, 4)
attempt(pickle.dumps, pickle.PickleBuffer(memoryview(b"abcd")[::2]), 5)
attempt(pickle.PickleBuffer(memoryview(b"abcd")[::2]).raw)
attempt(pickle.PickleBuffer)
attempt(pickle.PickleBuffer, 5)


def release(b):
    b.release()
    return True


print(pickle.loads(pickle.dumps(pickle.PickleBuffer(b"held"), 5, buffer_callback=release)))
buffer.release()
buffer.release()
attempt(bytes, buffer)
attempt(buffer.raw)

# Memos and attributes.
pickler = _pickle.Pickler(io.BytesIO())
pickler.dump(["text"])
print(sorted(place for place, _ in pickler.memo.copy().values()), pickler.memo.__reduce__()[0])
for value in (5, {1: 2}, {1: (2,)}, {1: (7, "seven")}, pickler.memo):
    attempt(setattr, pickler, "memo", value)
print(list(pickler.memo.copy().values()))
pickler.memo.clear()
print(pickler.memo.copy(), pickler.bin, pickler.fast)
for value in (True, None, "x", 2**70):
    attempt(setattr, pickler, "fast", value)
attempt(delattr, pickler, "memo")
attempt(setattr, _pickle.Pickler, "name", 1)
unpickler = _pickle.Unpickler(io.BytesIO(b"P1\n."))
for value in (5, {"a": 1}, {-1: 3}):
    attempt(setattr, unpickler, "memo", value)
attempt(unpickler.load)
unpickler = _pickle.Unpickler(io.BytesIO(b"P1\n."))
unpickler.persistent_load = lambda name: name * 2
print(unpickler.load())


class Busy:
    def __reduce__(self):
        attempt(pickler.dump, 1)
        attempt(pickler.__init__, io.BytesIO())
        return list, ()


pickler = pickle.Pickler(io.BytesIO())
pickler.dump(Busy())
pickler.persistent_id = lambda value: "known" if value == 7 else None
pickler.dump([7, 8])

# Containers in batches, and frames.
for count in (1, 2, 999, 1000, 1001, 2000):
    for make in (list, dict.fromkeys, set):
        value = make(range(count))
        pickled = pickle.dumps(value, 4)
        print(count, len(pickled), pickled[-5:], pickle.loads(pickled) == value)
for pickled in (
    b"\x80\x04\x95\x06\0\0\0\0\0\0\0Vhelloworld\n.",
    b"\x80\x04\x95\x03\0\0\0\0\0\0\0C\x0ahelloworld.",
    b"\x80\x04\x95\x0c\0\0\0\0\0\0\0N\x95\0\0\0\0\0\0\0\0NN.",
    b"\x80\x04\x95\x0a\0\0\0\0\0\0\0N\x95\0\0\0\0\0\0\0\0N.",
    b"S' ' \n.",
    b"S'\n.",
    b"I0x10\n.",
    b"I010\n.",
):
    attempt(pickle.loads, pickled)


# Names.
class Outer:
    class Inner:
        pass


for protocol in range(6):
    print(pickle.dumps([Outer, Outer.Inner, b"bytes", bytearray(b"more")], protocol))
    print(pickle.loads(pickle.dumps(Outer.Inner, protocol)) is Outer.Inner)


class Elsewhere:
    def __reduce__(self):
        return "name"


for module in ("nonexisting", "math"):
    Elsewhere.__module__ = module
    try:
        pickle.dumps(Elsewhere())
    except pickle.PicklingError as error:
        print(str(error).split(": ", 1)[1], type(error.__context__).__name__)
