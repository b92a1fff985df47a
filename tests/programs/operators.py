# Operator overloading: reflected and in-place operators, comparison chains, containers, calls, truth.


class V:
    def __init__(self, *xs):
        self.xs = xs

    def __repr__(self):
        return f"V{self.xs}"

    def __add__(self, o):
        return V(*(a + b for a, b in zip(self.xs, o.xs))) if isinstance(o, V) else NotImplemented

    def __mul__(self, k):
        return V(*(x * k for x in self.xs))

    __rmul__ = __mul__

    def __matmul__(self, o):
        return sum(a * b for a, b in zip(self.xs, o.xs))

    def __neg__(self):
        return self * -1

    def __abs__(self):
        return (self @ self) ** 0.5

    def __bool__(self):
        return any(self.xs)

    def __getitem__(self, i):
        print("item", i)
        return self.xs[i]

    def __len__(self):
        return len(self.xs)

    def __contains__(self, x):
        return x in self.xs

    def __call__(self, *a, **k):
        return a, k

    def __iadd__(self, o):
        print("in place")
        return self + o

    def __index__(self):
        return 1

    def __divmod__(self, k):
        return "divmod", k

    def __rpow__(self, base, mod=None):
        return "rpow", base, mod

    def __round__(self, n=None):
        return "round", n

    def __reversed__(self):
        return reversed(self.xs)


v = V(1, 2)
w = v
w += V(1, 1)
print(v, w, 3 * v, v @ w, -v, abs(V(3, 4)), bool(V(0, 0)), v[0], v[1:], v[1, ..., ::2] if False else "", len(v), 2 in v, v(1, k=2), [10, 20][v], divmod(v, 3), 2**v, round(v), round(v, 2), list(reversed(v)), hex(v))
print([x for x in v], iter(v).__class__.__name__)
for action in (lambda: v + 1, lambda: 1 + v, lambda: v - v, lambda: v < v, lambda: ~v, lambda: v.foo, lambda: v // 2, lambda: v << 1, lambda: float(v), lambda: int(v), lambda: {v: 1}[v]):
    try:
        print(action())
    except Exception as error:
        print(type(error).__name__, error)


class R:
    def __init__(self, name):
        self.name = name

    def __getattr__(self, op):
        raise AttributeError(op)

    def __eq__(self, o):
        print("eq", self.name)
        return NotImplemented

    def __lt__(self, o):
        print("lt", self.name)
        return NotImplemented

    def __gt__(self, o):
        print("gt", self.name)
        return True

    def __radd__(self, o):
        return f"radd {self.name}"


class S(R):
    def __radd__(self, o):
        return f"sub radd {self.name}"


print(R("a") == R("b"), R("a") < R("b"), R("a") < S("s"), 1 + R("r"), [] == R("l"), R("x") != R("y"))
try:
    R("a") + S("b") + 1
except TypeError as error:
    print(error)
print(R.__hash__, 1 < 2 < 3, (1 < 3) < 2, 1 in [1] in [[1]], not 1 in [], 5 is not None)


class D:
    def __getattribute__(self, name):
        return f"got {name}"

    def __setattr__(self, name, value):
        print("set", name, value)

    def __delattr__(self, name):
        print("del", name)

    def __dir__(self):
        return ["b", "a"]

    def __setitem__(self, key, value):
        print("setitem", key, value)

    def __delitem__(self, key):
        print("delitem", key)

    def __format__(self, spec):
        return f"({spec})"

    def __instancecheck__(self, x):
        return True

    def __sizeof__(self):
        return 1000

    def __str__(self):
        return "str"


d = D()
d.x = 1
d[1:2, 3] = 4
del d.y, d["k"]
print(d.anything, dir(d), f"{d:spec}", isinstance(5, d), str(d), d.__sizeof__)
x = [1, 2]
y = x
x += [3]
x = x + [4]
print(x, y, (lambda a, b: a if a else b)([], "b"), 7 // 2 * 2 + 7 % 2, -2**2, 2**-1, 2**3**2, not True == False, 1 if 0 else 2, 5 & 3 | 4 ^ 1 << 2)
