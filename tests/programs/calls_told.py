"""Calls that profile functions and listeners to calls hear of."""

import sys
ev=[]
def run():
    sys.setprofile(lambda f,e,a: ev.append((e,getattr(a,'__name__',None))))
    [].append(1)
    len([])
    sys.setprofile(None)
run()
print(ev)
ev.clear()
class A:
    def __init__(self): pass
    def m(self): return 1
class B(A):
    def m(self): return super().m()
b=B(); 
def run2():
    E=sys.monitoring.events
    sys.monitoring.use_tool_id(1,'x')
    for n in ('CALL','C_RETURN'):
        sys.monitoring.register_callback(1,getattr(E,n),lambda c,o,f,a,n=n: ev.append((n,f.__name__,a is sys.monitoring.MISSING)))
    sys.monitoring.set_events(1,E.CALL)
    b.m()
    f=len
    f(*[[1]])
    print(*(), end='')
    super(B,b).m()
    sys.monitoring.set_events(1,0)
run2();print(ev)
