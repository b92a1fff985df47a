"""Which lines trace functions and listeners to line events hear of."""
import sys
E=sys.monitoring.events
sys.monitoring.use_tool_id(1,'x')
async def gen():
    yield 2
async def foo():
    async for y in gen():
        2
    pass
def tr(x):
    try: raise ValueError
    except ValueError: pass
def same(x):
    return [i for i in
     x]
def tr2():
    try: 1/0
    except ZeroDivisionError: y = 1; return y
def wi():
    with open('/dev/null') as f: 1/0
def run(fn):
    ev=[]
    sys.monitoring.register_callback(1,E.LINE,lambda c,l: ev.append((c.co_name,l-c.co_firstlineno)))
    sys.monitoring.set_events(1,E.LINE)
    try: fn()
    except BaseException: pass
    sys.monitoring.set_events(1,0)
    print('mon',[e for e in ev if e[0] not in('run','<lambda>')])
    ev=[]
    def t(f,e,a):
        ev.append((e,f.f_code.co_name,f.f_lineno-f.f_code.co_firstlineno)); return t
    sys.settrace(t)
    try: fn()
    except BaseException: pass
    sys.settrace(None)
    print('tra',[e for e in ev if e[1] not in('run','<lambda>')])
run(lambda: foo().send(None))
run(lambda: tr(1))
run(lambda: same([1,2]))
run(tr2); run(wi)
def lc():
    a=[1,2,3]
    return [i for i in a]
run(lc)
def lc2():
    return [
      i
      for i in [1,2]]
run(lc2)
def oneline():
    for i in [1,2]: i
    while i: i-=1
run(oneline)
def f():
    def a():
        yield
    def b():
        yield from a()
    next(b())
run(f)
