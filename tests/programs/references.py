# Weak references, the collector, finalisers, copying and pickling.
import copy
import gc
import pickle
import sys
import weakref


class Node:
    def __init__(self, name):
        self.name = name

    def __del__(self):
        print("gone:", self.name)

    def __repr__(self):
        return f"Node({self.name})"


n = Node("a")
r = weakref.ref(n, lambda ref: print("callback", ref() is None))
proxy = weakref.proxy(n)
print(r() is n, proxy.name, weakref.getweakrefcount(n))
del n
try:
    proxy.name
except ReferenceError as error:
    print(error)
gc.disable()
a, b = Node("cycle 1"), Node("cycle 2")
a.other, b.other = b, a
del a, b
print("collecting")
found = gc.collect()
print(found >= 2, gc.isenabled(), gc.is_tracked([]), gc.is_tracked(1))
gc.enable()
values = weakref.WeakValueDictionary()
keys = weakref.WeakKeyDictionary()
keep = Node("kept")
values["k"] = keep
keys[keep] = 1
values["t"] = Node("temporary")
print(dict(values), len(keys), len(weakref.WeakSet([keep])))
weakref.finalize(keep, print, "finalised")
del keep
print(len(values), len(keys))


class Lazarus:
    def __del__(self):
        global saved
        saved = self


l = Lazarus()
del l
print(type(saved).__name__)
try:
    weakref.ref(5)
except TypeError as error:
    print(error)
x = [1, [2, 3], {"k": (4,)}]
shallow, deep = copy.copy(x), copy.deepcopy(x)
x[1].append(9)
print(shallow, deep, shallow[1] is x[1])
x.append(x)
d = copy.deepcopy(x)
print(d[3] is d, sys.getrefcount(d) > 2)


class Point:
    def __init__(self, x):
        self.x = x

    def __eq__(self, other):
        return self.x == other.x

    def __getstate__(self):
        return {"x": self.x, "saved": True}


for protocol in range(6):
    back = pickle.loads(pickle.dumps([Point(3), {1: "é", b"k": (None, True, 2.5, 10**30)}, {5}, frozenset(), bytearray(b"x"), range(3), len, Point], protocol))
    print(protocol, back[0] == Point(3), back[0].saved, back[1:6], back[6] is len, back[7] is Point)
shared = [1]
one, two = pickle.loads(pickle.dumps((shared, shared)))
print(one is two, copy.replace.__name__, pickle.dumps([1, "a"], 2))
for wrong in (lambda: 0, (i for i in ())):
    try:
        pickle.dumps(wrong)
    except Exception as error:
        print(type(error).__name__, str(error).split(" at 0x")[0])
method = weakref.WeakMethod(Point(1).__eq__)
print(method(), gc.get_threshold()[0] > 0, len(gc.get_stats()))
