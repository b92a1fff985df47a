def loop():
    for r in range(3):
        a = []
        class P:
            k = 7
            __slots__ = ('q',)
            def __init__(self, q): self.q = q
            def get(self): return self.q
            @property
            def prop(self): return self.q + 1
            def __getitem__(self, i): return i * 2
            @staticmethod
            def st(x): return x
            @classmethod
            def cl(cls, x): return cls.__name__, x
        class D:
            w = 9
            def __init__(self, x, y=3): self.x = x; self.y = y
            def m(self, z): return self.x + self.y + z
        class E(D):
            def __init__(self, x): super().__init__(x, 4); self.x += 1
            def m(self, z): return super().m(z) + 1
        class F:
            def __init__(self, a, b): self.a = a; self.b = b
        class Bad:
            def __init__(self): return 3
        for i in range(30):
            p = P(i); d = D(i); e = E(i); f = F(i, 2)
            a.append((p.get(), p.prop, p.q, p.k, p[i], p.st(i), P.cl(i), P.k, d.m(1), d.x, d.y, e.m(2), d.w, e.w, f.a, f.b))
            d.x = 5; d.z = 6; p.q = 3
            try: Bad()
            except TypeError as ex: a.append(str(ex))
            s = ''
            s += 'ab'; s += str(i)
            t = s + 'c'
            a.append((s, t, len(a), len(s), isinstance(i, int), isinstance(d, D), type(i), i & 3, i << 2, i // 7, -i % 7, i / 2, i * 1.5, 2.5 - i, i ** 2, 1.5 + 2.5, i < 5, i == 3, 1.5 < i, s == 'ab3', s != t))
            l = [1, 2, 3]; l[1] = i; x, y, z = l; (u, v) = (i, i+1)
            dd = {'a': 1}; dd['b'] = i
            a.append((l[0], l[-1], l[0:2], dd['b'], 'a' in dd, i in {1, 2}, s[0], (1, 2)[1], x, y, z, u, v, bool(l), not l, not s, not None, not d))
            for q in [1, 2]: a.append(q)
            for q in (1, 2): a.append(q)
            for q in {'x': 1}: a.append(q)
            for q in (n for n in range(2)): a.append(q)
            big = 2305843009213693951 - 5 + i * 3
            a.append((big, big + 1, big * 2, -big, ~big, big - 2 * big, big * big))
    return a
for i, t in enumerate(loop()): print(i, t)
def deep(n):
    return 0 if n == 0 else 1 + deep(n - 1)
print(deep(900))
try: deep(100000)
except RecursionError as e: print(e)
def ids():
    x = 10000
    y = x + 1
    z = [y]
    return z[0] is y, id(y) == id(z[0])
print([ids() for _ in range(5)])
def tb():
    try: 1/0
    except ZeroDivisionError as e: return e.__traceback__.tb_lineno
print(tb())
def g():
    try:
        while True:
            x = yield
            print('got', x)
    except ValueError as e:
        print('ve', e); yield 'after'
    finally: print('fin')
it = g(); next(it); it.send(1); print(it.throw(ValueError('x'))); it.close()
def outer():
    yield from g()
it = outer(); next(it); it.send(3); print(it.throw(ValueError('y'))); it.close()
def star(*a, **k): return a, k
print(star(*[1, 2], **{'a': 3}), star(1, *(2, 3), b=4, **{'c': 5}))
async def agen():
    for i in range(3): yield i
async def main():
    return [i async for i in agen()], [i async for i in agen() if i]
try: main().send(None)
except StopIteration as e: print(e.value)
class M(type):
    def __prepare__(name, bases, **kw): return {'prep': 1}
    def __new__(m, name, bases, ns, **kw): return super().__new__(m, name, bases, dict(ns))
    def __init__(c, *a, **k): pass
class X(metaclass=M, kw=1):
    def f(self): return __class__
print(X.prep, X().f())
def locs():
    a = 1; b = 2
    def inner(): return b
    return locals()
print(sorted(locs()))
def swap(a, b): a, b = b, a; return a, b
print(swap(1, 2))
lst = [3, 1, 2]
lst.sort(key=lambda x: -x); print(lst)
print(list(map(lambda x: x + 1, lst)), list(filter(None, [0, 1])), dict(zip('ab', [1, 2])))
print([*range(3), *'ab'], {**{'a': 1}, 'b': 2}, f'{lst!r:>12}')
def d(x=[], *, y=1): return x, y
print(d.__defaults__, d.__kwdefaults__, d())
del lst[0]; print(lst)
w = (lambda *a, k=1, **kw: (a, k, kw))
print(w(1, k=2, z=3))
