# bytes, bytearray, memoryview.
b = b"Hello\x00\xff\n'"
print(b, b[0], b[1:3], b[::-1], list(b[:3]), b.hex(), b.hex(" "), bytes.fromhex("48 65"), bytes(3), bytes([65, 66]), bytes("é", "utf-8"))
print(b"a,b".split(b","), b"x".join([b"1", b"2"]), b" a ".strip(), b"abc".find(b"c"), b"abc".replace(b"b", b"BB"), b"%d-%s" % (5, b"x"), b"abc".upper(), b"a" in b"abc", 97 in b"abc")
print(b"abc" < b"abd", b"a" * 3, b"a" + bytearray(b"b"), bytearray(b"a") + b"b", b"ab".startswith(b"a"), b"abc".partition(b"b"), b"\tx".expandtabs(), b"1".zfill(3), b"abc".translate(None, b"b"))
a = bytearray(b"hello")
a[0] = 72
a[1:3] = b"EEE"
a.append(33)
a.extend([1, 2])
a += b"!"
del a[-1]
print(a, len(a), a.pop(), a.index(b"l"), a.count(b"E"))
a.insert(0, 0)
a.reverse()
print(a, a.copy() == a, bytes(a)[:2], a.isalnum())
m = memoryview(bytearray(range(12)))
print(m[1], m[2:5].tolist(), m.format, m.nbytes, m.readonly, m.cast("H").tolist()[:2], m.cast("B", [3, 4]).tolist(), m[::3].tolist())
m[0:2] = b"zz"
print(bytes(m[:3]), m.obj[:2], m == memoryview(bytes(m)), m.contiguous, m.hex()[:4])
with memoryview(b"abc") as view:
    print(view.tobytes(), view.readonly)
for action in (
    lambda: b"a" + "b", lambda: bytes([256]), lambda: bytes(-1), lambda: b"abc"[5], lambda: bytearray(b"a").pop(5), lambda: view[0],
    lambda: bytes("x"), lambda: bytes.fromhex("4"), lambda: memoryview("x"), lambda: b"".join(["a"]), lambda: b"abc".index(b"x"),
    lambda: memoryview(b"a").__setitem__(0, 1), lambda: a.append(300), lambda: b"%d" % "x",
):  # fmt: skip
    try:
        action()
    except Exception as error:
        print(type(error).__name__, error)
locked = bytearray(b"abc")
v = memoryview(locked)
try:
    locked.append(1)
except BufferError as error:
    print(error)
v.release()
locked.append(100)
print(locked, hash(b"a") == hash("a".encode()), {b"k": 1}[b"k"])


class HasBytes:
    def __bytes__(self):
        return b"own"


print(bytes(HasBytes()), bytes(bytearray(b"x")), bytes(memoryview(b"y")), bytes(range(3)), bytes({1}), str(b"x", "ascii"), repr(bytearray(b"'")))
import array
import struct

print(struct.pack("<hIq", -1, 2, 3), struct.unpack(">bH", b"\xff\x01\x02"), struct.calcsize("@bhi"), struct.pack("5sp?d", b"abc", b"", True, 1.5))
print(list(struct.iter_unpack("<H", b"\x01\x00\x02\x00")), struct.Struct("<i").size, struct.pack("<e", 1.5))
try:
    struct.pack("b", 200)
except struct.error as error:
    print(error)
arr = array.array("i", [1, 2, 3])
arr.append(4)
arr[1] = 20
print(arr, arr.tolist(), arr.tobytes()[:4], arr.itemsize, sum(arr), arr[::2], array.array("d", [1.5]))
