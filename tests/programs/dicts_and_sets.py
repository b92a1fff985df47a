# Dictionaries and sets: order, views, merging, changes while iterating, hash collisions.
d = {"b": 1, "a": 2}
d["c"] = 3
d["b"] = 10
print(d, list(d), d.pop("a"), d.popitem(), d, d.get("zz"), d.get("zz", 0), d.setdefault("n", []), d)
d |= {"x": 1}
print(d | {"y": 2}, {"p": 1} | d, dict([("k", 1)], m=2), dict.fromkeys("ab", 0), {**d, "q": 1}, list(reversed(d)))
keys, values, items = d.keys(), d.values(), d.items()
d["new"] = 5
print(keys, list(values), ("new", 5) in items, keys & {"new", "b"}, keys - {"b"}, sorted(keys | {"zz"}), len(items), keys.mapping["b"])
print({"a": 1, "b": 2} == {"b": 2, "a": 1}, {1: "int", 1.0: "float", True: "bool"}, {(1, 2): "t"}[1, 2])
for action in (
    lambda: {}["k"], lambda: {[]: 1}, lambda: {}.popitem(), lambda: {}.pop("x"), lambda: dict([1]), lambda: dict([(1, 2, 3)]),
    lambda: {1: 2} < {}, lambda: {{}}, lambda: dict(5), lambda: {}.update(5), lambda: set().pop(), lambda: {1}.remove(2), lambda: {1} + {2},
):  # fmt: skip
    try:
        action()
    except Exception as error:
        print(type(error).__name__, error)
changing = {i: i for i in range(3)}
try:
    for key in changing:
        changing[key + 10] = 1
except RuntimeError as error:
    print(error)
try:
    s = {1, 2}
    for x in s:
        s.add(x + 100)
except RuntimeError as error:
    print(error)


class Bad:
    def __init__(self, n):
        self.n = n

    def __hash__(self):
        return 1

    def __eq__(self, other):
        return self.n == other.n

    def __repr__(self):
        return f"Bad({self.n})"


clash = {Bad(n): n for n in range(20)}
del clash[Bad(3)]
print(len(clash), clash[Bad(7)], Bad(3) in clash, {Bad(1), Bad(1), Bad(2)})


class Missing(dict):
    def __missing__(self, key):
        self[key] = key * 2
        return self[key]


m = Missing()
print(m[4], m, m.get(5), "{x}".format_map(Missing()))
s = {5, 1, 3, 100, 33}
print(s, {"apple", "pear", "fig", "plum"}, s & {1, 5, 7}, sorted(s | {0}), s - {1}, sorted(s ^ {1, 2}), s > {1}, s.isdisjoint({2}), {1} <= s)
s.discard(77), s.add(7), s.update([8, 9], (10,))
print(sorted(s), sorted(s.intersection([1, 7], [7])), sorted(s.symmetric_difference([7, 77])), s.issuperset([1]))
f = frozenset([1, 2])
print(f, {f: 1}[frozenset([2, 1])], f | {3}, type(f & {1}).__name__, type({1} | f).__name__, hash(f) == hash(frozenset([2, 1])), frozenset(), set())
big = {i: str(i) for i in range(1000)}
for i in range(0, 1000, 2):
    del big[i]
print(len(big), list(big)[:3], list(big)[-1], big.copy() == big, list(zip(big, range(2))))
nested = {}
nested["self"] = nested
print(nested, {1: {2: {3: []}}}, sorted({"b": 1, "a": 2}.items(), key=lambda pair: pair[1]), max({"x": 5, "y": 3}, key={"x": 5, "y": 3}.get))
words = {}
for word in "the cat the dog the end".split():
    words[word] = words.get(word, 0) + 1
print(words, {v: k for k, v in words.items()})
