def f(x, y=2, *args, k=3, **kw):
    return x + y + k, args, kw
print(f(1), f(1, 5, 6, 7, k=9, z=4))
def fib(n):
    return n if n < 2 else fib(n-1) + fib(n-2)
print(fib(20))
class A:
    z = 5
    def __init__(self, v): self.v = v
    def m(self, w): return self.v + w + self.z
    def __repr__(self): return f'A({self.v!r})'
class B(A):
    def m(self, w): return super().m(w) * 2
print(A(3).m(4), B(3).m(4), A(3))
print([x*x for x in range(10) if x % 2], {k: v for k, v in [(1,2),(3,4)]}, {1,2,3})
def gen(n):
    try:
        for i in range(n):
            got = yield i
            if got: print('got', got)
    finally:
        print('fin')
g = gen(5)
print(next(g), g.send('hi'), list(g))
try:
    1/0
except ZeroDivisionError as e:
    print('caught', e)
finally:
    print('finally')
a, *b, c = range(6)
print(a, b, c)
def outer():
    n = 0
    def inc():
        nonlocal n
        n += 1
        return n
    return inc
i = outer(); i(); print(i())
with_log = []
class CM:
    def __enter__(self): with_log.append('enter'); return self
    def __exit__(self, *a): with_log.append(a[0]); return True
with CM() as c: raise ValueError('x')
print(with_log)
match {'a': [1, 2, {'b': 3}]}:
    case {'a': [x, y, {'b': z}]}: print(x, y, z)
try:
    raise BaseExceptionGroup('g', [ValueError(1), TypeError(2)])
except* ValueError as e: print('vg', e.exceptions)
except* TypeError as e: print('tg', e.exceptions)
def yf():
    r = yield from gen(2)
    return 7
print(list(yf()))
x = 10**20
print(x, x // 3, -x)
def big():
    n = 1 << 70
    return id(n) == id(n), n is n
print(big())
def small():
    n = 5000 + 1
    l = [n, n]
    return l[0] is l[1], l[0] is n, n is l[1], id(n) == id(n)
print(small())
async def co(): return 5
async def co2(): return await co() + 1
try: co2().send(None)
except StopIteration as e: print(e.value)
print(f'{3:>5}|{"x":*^9}|{3.5:.2f}')
