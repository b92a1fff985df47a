"""From which events a frame may be sent to another line, and what loops over generators tell."""

import warnings

warnings.simplefilter("ignore")
import sys
E=sys.monitoring.events
TOOL=1
sys.monitoring.use_tool_id(TOOL,"x")
names=[n for n in dir(E) if n.isupper() and n not in('NO_EVENTS','BRANCH')]
def g():
    try:
        yield 1
        yield 2
    finally: pass
def h():
    yield from g()
def target(n):
    x=0
    for i in range(2):
        x+=i
    if n:
        x=len([1])
    gg=h()
    next(gg)
    try: gg.throw(ValueError)
    except ValueError: pass
    for z in g(): pass
    try: int('x')
    except ValueError: pass
    return x
res={}
for n in names:
    if n in ('C_RETURN', 'C_RAISE', 'BRANCH_RIGHT', 'EXCEPTION_HANDLED'): continue
    def cb(code,*args,n=n):
        f=sys._getframe(1)
        if n in res: return
        try: f.f_lineno=f.f_lineno; r='ok'
        except ValueError as e: r=str(e)
        res.setdefault(n,set()).add(r)
    sys.monitoring.register_callback(TOOL,getattr(E,n),cb)
    sys.monitoring.set_events(TOOL,getattr(E,n))
    try: target(1)
    except BaseException as e: res.setdefault(n,set()).add(repr(e))
    sys.monitoring.set_events(TOOL,0)
for n in('C_RETURN','C_RAISE'):
    def cb(code,*args,n=n):
        f=sys._getframe(1)
        if n in res: return
        try: f.f_lineno=f.f_lineno; r='ok'
        except ValueError as e: r=str(e)
        res.setdefault(n,set()).add(r)
    sys.monitoring.register_callback(TOOL,E.CALL,lambda *a:0)
    sys.monitoring.register_callback(TOOL,getattr(E,n),cb)
    sys.monitoring.set_events(TOOL,E.CALL|E.C_RETURN|E.C_RAISE)
    try: target(1)
    except BaseException as e: res.setdefault(n,set()).add(repr(e))
    sys.monitoring.set_events(TOOL,0)
    sys.monitoring.register_callback(TOOL,getattr(E,n),None)
for n in res: print(n,res[n])
async def gen():
    yield 2
async def foo():
    async for y in gen():
        2
    pass
def cb2(k): return lambda code,a,b: print(k,code.co_name,a,b) if code.co_name=='foo' else 0
sys.monitoring.register_callback(TOOL,E.BRANCH_LEFT,cb2('left'));sys.monitoring.register_callback(TOOL,E.BRANCH_RIGHT,cb2('right'))
sys.monitoring.set_events(TOOL,E.BRANCH_LEFT|E.BRANCH_RIGHT)
try: foo().send(None)
except StopIteration: pass
sys.monitoring.set_events(TOOL,0)
def si(code,off,exc): print('stop',code.co_name,off,repr(exc))
def gen2():
    yield 1
    return 5
def y2():
    return (yield from gen2())
def loop():
    for i in gen2(): pass
    for i in gen2(): pass
    for i in y2(): pass
loop();loop();loop()
sys.monitoring.register_callback(TOOL,E.STOP_ITERATION,si)
sys.monitoring.register_callback(TOOL,E.RAISE,lambda c,o,e: print('raise',c.co_name,o,repr(e)))
sys.monitoring.set_events(TOOL,E.STOP_ITERATION|E.RAISE)
loop()
sys.monitoring.set_events(TOOL,0)
