import extension
from extension import Box, Error

def show(call, *args, **kwargs):
    try:
        print(call(*args, **kwargs))
    except Exception as error:
        print(type(error).__name__, error)

print(extension.__doc__, extension.ANSWER, extension.__name__, extension.__spec__.name)
show(extension.parse, 1, (2 ** 40, 0.25), "text", b"abc")
show(extension.parse, 1, (2, 3), "text", bytearray(4), [None])
show(extension.parse, 1, (2, 3), "text")
show(extension.parse, "1", (2, 3), "text", b"")
show(extension.parse, 1, (2,), "text", b"")
show(extension.parse, 1, 2, "text", b"")
show(extension.parse, 1, (2, 3), "te\0xt", b"")
show(extension.parse, 2 ** 31, (2, 3), "text", b"")
show(extension.parse, 1, (2, 3), "text", "no bytes")
show(extension.keywords, 1)
show(extension.keywords, second=5, first=4, third=[])
show(extension.keywords)
show(extension.keywords, 1, 2, 3)
show(extension.keywords, 1, fourth=2)
show(extension.keywords, 1, first=2)
show(extension.build)
show(extension.fail, {"key": 1})
print(issubclass(Error, ValueError), Error.__module__, extension.calls())
show(extension.attempt, lambda a, b: (b, a))
show(extension.attempt, lambda a, b: a / 0)
show(extension.attempt, 5)
try:
    extension.reraise(int.mro().clear)
    extension.reraise(dict)
    extension.reraise(next)
except Error as error:
    print(error, repr(error.__cause__), error.__context__ is error.__cause__, error.__suppress_context__)
show(lambda: extension.frozen(1) == {1, extension})
show(extension.frozen, [])
show(extension.add, set())
show(lambda: extension.add(frozenset({extension.ANSWER})))
show(extension.sum, b"\1\2\3")
show(extension.sum, memoryview(bytearray(b"\xff" * 1000)))
show(extension.sum, "text")
box = Box(b"abcdef")
print(box, len(box), box[0], box[-1], list(memoryview(box)), box.exports)
view = memoryview(box)
view[1] = ord("X")
print(box, box.exports, bytes(view[:3]), Box.__module__, Box.__name__)
view.release()
print(box.exports)
show(Box, b"123456789")
show(Box, "text")
show(setattr, box, "other", 1)

class Derived(Box):
    def __len__(self):
        return 3

print(len(Derived(b"x")), Derived(b"y"), Derived(b"z").exports, extension.parse.__text_signature__)
