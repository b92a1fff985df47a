# String interning, identity, small caches, hash seeds, copy semantics.
a, b = 256, 256
print(a is b, (1, 2) == (1, 2), "ab" is "a" "b" if False else "same", None is None, () is (), "" is str())
print(hash("fixed"), hash(b"fixed"), hash((1, "a")), hash(3.5), hash(None) == hash(None), hash(frozenset("abc")), hash(range(3)), hash(True))
print({"one", "two", "three", "four", "five"}, set("hello world"), frozenset("taipan"), {*"abc", 1, (2,)})
print(list({i * 7 % 31: i for i in range(12)}), sorted({3: "c", 1: "a"}))
s = set()
for i in range(40):
    s.add(i * 13)
    if i % 3 == 0:
        s.discard(i * 5)
print(s)
print({"b", "a"} | {"c"}, {"x", "y", "z"} - {"y"}, set(range(20)) & set(range(5, 50, 5)), {"k1", "k2"} ^ {"k2", "k3"})
x = "shared"
y = [x] * 3
print(y[0] is y[2], id(x) == id(y[1]), x.__class__ is str, [].__class__, type(type), type(None), type(NotImplemented), type(...))
