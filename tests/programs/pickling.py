"""Objects to bytes and back, in every protocol."""
import pickle, _pickle, io, collections, datetime, enum, copyreg, functools, types
assert pickle.Pickler is _pickle.Pickler
class A:
    def __init__(self): self.x=1; self.y=[self]
class B:
    __slots__=('a','b')
class C(list):
    pass
class D(dict): pass
class E(enum.Enum): P=1; Q='z'
class NT(collections.namedtuple('NT','a b')): pass
class F(int):
    def __new__(cls, v, *, k=0): return int.__new__(cls,v)
    def __getnewargs_ex__(self): return (int(self),),{'k':3}
class Out:
    class In:
        def m(self): pass
def fn(): pass
rec=[]; rec.append(rec)
t=([],); t[0].append(t)
d={}; d[1]=d
c=C([1,2]); c.z=4
dd=D(a=1); dd.q=2
vals=[None,True,False,0,1,-1,255,256,65535,65536,-2**31,2**31-1,2**31,-2**31-1,2**63,-2**63,2**100,-2**100,-128,-2**63-1,2**2100,-2**2047,
 1.5,-0.0,float('inf'),'', 'abc','é','€','\U0001f600','\ud800','a\\b\n\r\0\x1a','x'*300,'y'*70000, b'',b'abc',b'\xff'*300,b'z'*70000,bytearray(b'abc'),bytearray(),
 (),(1,),(1,2),(1,2,3),(1,2,3,4),[],[1],list(range(2500)),{}, {1:2},dict.fromkeys(range(2500)),set(),{1,2},frozenset(),frozenset([1,2]),set(range(2300)),
 int,type(None),type(...),...,NotImplemented,len,fn,Out.In,E.P,E.Q,NT(1,2),collections.OrderedDict(a=1),collections.Counter('aab'),collections.deque([1,2],5),
 collections.defaultdict(list,{1:[2]}), functools.partial(int,'10'),range(5),slice(1,2,3),1+2j,c,dd,ValueError('x',1),iter([1,2]) ]
for v in vals:
    for proto in range(6):
        s=pickle.dumps(v,proto)
        py=pickle._dumps(v,proto)
        for r in (pickle.loads(s), pickle._loads(s), pickle.loads(py), pickle.load(io.BytesIO(s)), pickle.Unpickler(io.BytesIO(py)).load()):
            assert type(r) is type(v), (v,proto,r)
            if not isinstance(v,(ValueError,functools.partial,type(iter([])))): assert r==v or v!=v,(v,proto,r)
        if s!=py and not isinstance(v,(set,frozenset)) : pass
for proto in range(6):
    a=pickle.loads(pickle.dumps(A(),proto)); assert a.y[0] is a and a.x==1
    r=pickle.loads(pickle.dumps(rec,proto)); assert r[0] is r
    r=pickle.loads(pickle.dumps(t,proto)); assert r[0][0] is r
    r=pickle.loads(pickle.dumps(d,proto)); assert r[1] is r
    if proto>=2:
        b=B(); b.a=1; b.b=2
        r=pickle.loads(pickle.dumps(b,proto)); assert (r.a,r.b)==(1,2)
        assert pickle.loads(pickle.dumps(F(5),proto))==5
    assert pickle.loads(pickle.dumps(Out.In.m,proto)) is Out.In.m
class P(pickle.Pickler):
    def persistent_id(self,o): return 'id7' if isinstance(o,B) else None
class U(pickle.Unpickler):
    def persistent_load(self,i): return ('got',i)
    def find_class(self,m,n): print('find',m,n); return super().find_class(m,n)
for proto in range(6):
    f=io.BytesIO(); P(f,proto).dump([B(),A]); f.seek(0); print(U(f).load())
for bad in (b'', b'\x80\x09.', b'(', b'.', b'(.', b'a.', b'X\x05\0\0\0ab', b'zz', b'h\x05.', b'\x82\x05.'):
    try: print(pickle.loads(bad))
    except Exception as e: print(bad,type(e).__name__,e)
L = type('L', (), {})
L.__qualname__ = 'Lost'
for bad in (L(), [1, {2: [L()]}], {'k': L}):
    try: pickle.dumps(bad)
    except Exception as e: print(type(e).__module__,type(e).__name__,e, getattr(e, '__notes__', None), repr(e.__context__), repr(e.__cause__))
x=[]
for i in range(100000): x=[x]
try: pickle.dumps(x)
except RecursionError as e: print('rec')
while x: x=x.pop()
import copy; print(copy.deepcopy(A()).x)
f=io.BytesIO(); p=pickle.Pickler(f); p.dump(vals[28]); p.dump([1]); f.seek(0); u=pickle.Unpickler(f); print(u.load(),u.load())
import inspect
print(inspect.signature(pickle.Pickler), inspect.signature(pickle.Unpickler), inspect.signature(pickle.dumps), inspect.signature(pickle.Pickler.dump),inspect.signature(pickle.loads))
