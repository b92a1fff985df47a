"""_zoneinfo: offsets by files and by rules, caches, pickles, and what is refused."""

import _zoneinfo, zoneinfo, io, datetime as D, pickle, re
Z=_zoneinfo.ZoneInfo
def t(label,f):
    try: print(label, re.sub('0x[0-9a-f]+','0x',repr(f())))
    except BaseException as e: print(label, type(e).__name__, re.sub('0x[0-9a-f]+','0x',str(e)))
import struct
def tz(s, v=b'2', trans=(), types=((0,0,0),), abbr=b'UTC\0'):
    def blk(n,fmt): return b'TZif'+v+b'\0'*15+struct.pack('>6l',0,0,0,len(trans),len(types),len(abbr))+b''.join(struct.pack('>'+fmt,x[0]) for x in trans)+bytes(x[1] for x in trans)+b''.join(struct.pack('>lbb',*x) for x in types)+abbr
    r=blk(4,'l')
    if v!=b'\0': r+=blk(8,'q')+b'\n'+s+b'\n'
    return io.BytesIO(r)
F=lambda s,**k: Z.from_file(tz(s,**k))
u=F(b'UTC0'); t(1,lambda:u); t(2,lambda:str(u)); t(3,lambda:u.key); t(4,lambda:pickle.dumps(u)); t(5,lambda:u.utcoffset(None)); t(6,lambda:u.utcoffset(3)); t(7,lambda:u.dst(D.datetime(2020,1,1))); t(8,lambda:u.tzname(D.datetime(2020,1,1)))
e=F(b'EST5EDT,M3.2.0/4:00,M11.1.0/3:00'); 
for dt in (D.datetime(2020,3,8,3,59),D.datetime(2020,3,8,4,0),D.datetime(2020,3,8,5),D.datetime(2020,11,1,2),D.datetime(2020,11,1,2,fold=1),D.datetime(2020,11,1,3),D.datetime(1,1,1),D.datetime(9999,12,31,23,59)):
    t(dt,lambda:(e.utcoffset(dt),e.dst(dt),e.tzname(dt))); t(dt,lambda:e.fromutc(dt.replace(tzinfo=e)))
t(9,lambda:e.fromutc(3)); t(10,lambda:e.fromutc(D.datetime(2020,1,1))); t(11,lambda:e.utcoffset(D.date(2020,1,1))); t(12,lambda:e.utcoffset(D.time(1))); t(13,lambda:e.utcoffset(None)); t(14,lambda:D.time(1,tzinfo=u).utcoffset())
for s in (b'',b'UTC',b'5',b'UTC+25',b'UTC+24:60',b'EST5EDT',b'EST5,M3.2.0,M11.1.0',b'EST5EDT,M13.2.0,M11.1.0',b'EST5EDT,M3.2.0',b'EST5EDT,J0,J5',b'EST5EDT,366,J5',b'EST5EDT,M3.2.0/168,M11.1.0',b'EST5EDT,M3.2.0/-167:59:59,J60',b'<+03>-3',b'<+3>3<-4>,0,J365/25',b'\xc3\xa9',b'AB3',b'EST5EDT4,M3.6.0,M1.1.1',b'EST5EDT4,M3.1.7,M1.1.1',b'EST5EDT4,M3.1.0,M1.1.1,3',b'EST+5:30:15EDT-4:00:01,59,300/-1',b'EST5EDT99,J1,J2',b' UTC0',b'UTC0 ',b'UTC0\0'):
    t(s,lambda:F(s)); 
    try: z=F(s)
    except Exception: continue
    for dt in (D.datetime(2020,3,1),D.datetime(2021,3,1,12),D.datetime(2024,12,31,23)): t('  ',lambda:(str(z.utcoffset(dt)),str(z.dst(dt)),z.tzname(dt),str(z.fromutc(dt.replace(tzinfo=z)))))
y=F(b'CET-1CEST,M3.5.0,M10.5.0/3',trans=((0,1),(10**8,0),(2*10**8,2)),types=((3600,0,0),(7200,1,4),(10800,1,4)),abbr=b'CET\0CEST\0')
for ts in (-10**9,-1,0,1,10**8-1,10**8,10**8+3600,2*10**8-1,2*10**8,2*10**8+1,10**9): 
    dt=D.datetime(1970,1,1)+D.timedelta(seconds=ts); t(ts,lambda:(y.fromutc(dt.replace(tzinfo=y)).isoformat(),y.fromutc(dt.replace(tzinfo=y)).fold)); 
    for f in 0,1: t(ts,lambda:(str(y.utcoffset(dt.replace(fold=f))),str(y.dst(dt.replace(fold=f))),y.tzname(dt.replace(fold=f))))
x=F(b'',v=b'\0',trans=((0,1),),types=((3600,0,0),(7200,1,4)),abbr=b'CET\0CEST\0'); t(20,lambda:x.utcoffset(D.datetime(2000,1,1))); t(21,lambda:x.dst(D.datetime(2000,1,1))); t(22,lambda:x.utcoffset(None))
t(23,lambda:F(b'',types=(),abbr=b'')); t(24,lambda:F(b'UTC0',types=(),abbr=b'').utcoffset(None)); t(25,lambda:F(b'UTC0',types=(),abbr=b'').utcoffset(D.datetime(2000,1,1)))
t(30,lambda:Z('nope')); t(31,lambda:Z(3)); t(32,lambda:Z()); t(33,lambda:Z('a','b')); t(34,lambda:Z(key='../x')); t(35,lambda:Z.no_cache('nope')); t(36,lambda:Z.from_file(3)); t(37,lambda:Z.from_file(io.BytesIO(b'abc'))); t(38,lambda:Z.from_file(tz(b'UTC0'),key='k')); t(39,lambda:Z.from_file(tz(b'UTC0'),3).key); t(40,lambda:str(Z.from_file(tz(b'UTC0'),3)))
t(41,lambda:Z.clear_cache(3)); t(42,lambda:Z.clear_cache(only_keys=3)); t(43,lambda:Z.clear_cache(only_keys=['x'])); t(45,lambda:Z._unpickle('nope',True)); t(46,lambda:setattr(u,'key',3)); t(47,lambda:u.foo)
class S(Z): pass
t(50,lambda:type(S._weak_cache)); t(51,lambda:Z._weak_cache); t(52,lambda:S.from_file(tz(b'UTC0'),key='k'))
k=Z.from_file(tz(b'UTC0'),key='k'); t(53,lambda:k.__reduce__()); t(54,lambda:u.__reduce__()); t(55, lambda:Z.__init_subclass__()); t(56,lambda:Z.from_file(tz(b'UTC0'),key='k')==k)
