"""xml.etree.ElementTree's native half: elements, builders, parsers, and what they refuse."""

import re, warnings; warnings.simplefilter('always'); warnings.showwarning=lambda m,c,*a: print('WARN',c.__name__,m)
import xml.etree.ElementTree as ET, copy, pickle, gc, weakref, sys
from xml.etree.ElementTree import *
def t(label, f):
    try: print(label, re.sub('0x[0-9a-f]+','0x',repr(f())[:200]))
    except BaseException as e: print(label, type(e).__name__, e, [getattr(e,a,None) for a in('code','position')] if isinstance(e,SyntaxError) else '')
E=Element; e=E('a',{'x':'1'},y='2')
t(1,lambda:E()); t(2,lambda:E('a',3)); t(3,lambda:E('a',attrib={'q':'1'},z='3').attrib); t(4,lambda:E('a','b','c')); t(5,lambda:E(tag='x').tag)
t(6,lambda:e.append(3)); t(7,lambda:e.insert('a',E('b'))); t(8,lambda:e.insert(0,3)); t(9,lambda:e.extend(3)); t(10,lambda:e.extend([3]))
t(11,lambda:e.remove(E('x'))); t(12,lambda:e.remove(3)); t(13,lambda:e[0]); t(14,lambda:e['x']); t(15,lambda:e.__setitem__(0,E('a'))); t(16,lambda:e.__setitem__('x',E('a')))
t(17,lambda:e.__delitem__(0)); t(18,lambda:e.__delitem__('x')); 
e.extend(E(c) for c in 'abcdef'); t(19,lambda:[x.tag for x in e[1:3]]); t(20,lambda:e.__setitem__(0,3)); t(21,lambda:e.__setitem__(slice(0,2),3)); t(22,lambda:e.__setitem__(slice(0,2),[3])); t(23,lambda:e.__setitem__(slice(0,6,2),[E('b')]))
t(24,lambda:e.__setitem__(slice(0,6,2),[E('1'),E('2'),E('3')])); t(25,lambda:[x.tag for x in e]); t(26,lambda:e.__delitem__(slice(None,None,2))); t(27,lambda:[x.tag for x in e])
t(28,lambda:bool(e)); t(29,lambda:bool(E('x'))); t(30,lambda:len(e))
def s(n,v): setattr(e,n,v)
def d(n): delattr(e,n)
for n in 'tag','text','tail','attrib': t(n,lambda:d(n)); t(n,lambda:s(n,3)); t(n, lambda:getattr(e,n))
e=E('a',{'x':'1'})
t(31,lambda:e.foo); t(32,lambda:s('foo',1)); t(33,lambda:e.get('x')); t(34,lambda:e.get('q',5)); t(35,lambda:e.get()); t(36,lambda:e.set('a')); t(37,lambda:e.keys()); t(38,lambda:e.items()); t(39,lambda:E('a').keys()); t(40,lambda:E('a').attrib)
t(41,lambda:e.makeelement('a',3)); t(42,lambda:e.makeelement('a',{'1':'2'}).attrib); pass
t(44,lambda:e.__getstate__()); t(45,lambda:e.__setstate__(3)); t(46,lambda:e.__setstate__({'tag':'b','_children':[3]})); t(47,lambda:e.__setstate__({'tag':'b'})); t(48,lambda:e.__getstate__()); t('48b',lambda:e.__setstate__({'attrib':{}}))
t(49,lambda:copy.copy(E('x')).tag); t(50,lambda:copy.deepcopy(E('x',{'a':'b'})).attrib); t(51,lambda:pickle.loads(pickle.dumps(E('x',{'a':'b'}))).attrib)
t(52,lambda:type(e.iter())); t(53,lambda:ET._element_iterator if 0 else type(e.iter())()); t(54,lambda:e.iter(3)); t(55,lambda:list(E(3).itertext())); t(56,lambda:e.iter(tag='*')); t(57,lambda:e.iter(1,2))
t(58,lambda:SubElement(3,'a')); t(59,lambda:SubElement(e)); t(60,lambda:SubElement(e,'b',3)); t(61,lambda:SubElement(e,'b',{'a':'b'},c='d').attrib); t(62,lambda:SubElement(e,'b',attrib={'a':'b'},c='d').attrib); t(63,lambda:SubElement(parent=e,tag='a')); t(64,lambda:E('x',attrib=3))
t(65,lambda:E.__init__(3)); t(66,lambda:E.__new__(E).tag); t(67,lambda:repr(E.__new__(E))); t(68,lambda:E.__new__(E).attrib);
x=E('r'); x.tag=x; t(69,lambda:repr(x)); 
x=E('a'); x.text='a'; x.tail='b'; x.append(E('c')); x[0].tail='z'; t(70,lambda:list(x.itertext())); x.clear(); t(71,lambda:(x.text,x.tail,len(x),x.attrib))
x[0:0]=iter([E('1')]); t(72,lambda:len(x)); x.text=3; t('72b',lambda:list(x.itertext()))
t(73,lambda:(sys.getsizeof(E('a')),sys.getsizeof(e)))
T=TreeBuilder
t(100,lambda:T(1)); t(101,lambda:T().close()); t(102,lambda:T().end('a')); t(103,lambda:T().start('a')); t(104,lambda:T().start('a',3)); t(105,lambda:T().start('a',None)); t(106,lambda:T().data(3)); t(107,lambda:T(comment_factory=None).comment('x')); t(108,lambda:T().pi('x')); t(109,lambda:T().pi('x','y').text)
b=T(); b.start('a',{}); b.data('x'); b.data('y'); b.start('b',{}); b.data(b'z'); b.end('b'); b.data('1'); b.end('zz'); t(110,lambda:ET.tostring(b.close())); t(111,lambda:b.close()[0].text); t(112, lambda:b.end('q'))
b=T(lambda t,a:[t,a]); t(115,lambda:b.start('a',{})); t(116,lambda:b.start('b',{})); t(117,lambda:b.close())
b=T(insert_comments=1,insert_pis=True); b.start('r',{}); b.data('t'); b.comment('c'); b.data('u'); b.pi('p','q'); b.data('v'); b.end('r'); t(118,lambda:ET.tostring(b.close())); t(119,lambda:T(insert_comments='x')); t(120,lambda:T(foo=1))
b=T(); b.start('r',{}); b.end('r'); t(121,lambda:b.start('s',{}))
P=XMLParser
t(200,lambda:P(1)); t(201,lambda:P(encoding=3)); t(202,lambda:P(encoding='foo').feed('<a/>')); t(203,lambda:P(target=3).feed('<a/>')); t(204,lambda:P().close()); t(205,lambda:P().feed('<a>')); t(206,lambda:P().feed('<a></b>')); t(207,lambda:P().feed(3)); t(208,lambda:P().version); t(209,lambda:P().entity); t(210,lambda:P().target); t(211,lambda:setattr(P(),'target',3)); t(212,lambda:P().foo)
p=P(); p.feed('<a>'); t(213,lambda:p.feed(b'</a>')); t(214,lambda:p.close()); t(215,lambda:p.close()); t(216,lambda:p.feed('x')); t(217,lambda:p.flush())
t(218,lambda:P().feed('<a>&foo;</a>'));p=P(); p.entity['foo']='bar'; p.feed('<!DOCTYPE a SYSTEM "x"><a>&foo;</a>'); t(219,lambda:p.close().text); t('219b',lambda:P().feed('<!DOCTYPE a SYSTEM "x"><a>&foo;</a>'))
class TT:
    def start(s,t,a): print('start',t,a); return 's'
    def end(s,t): print('end',t); return 'e'
    def data(s,d): print('data',repr(d))
    def comment(s,d): print('comment',d); return 'c'
    def pi(s,t,d): print('pi',t,repr(d)); return 'p'
    def start_ns(s,p,u): print('sns',repr(p),repr(u)); return 'sns'
    def end_ns(s,p): print('ens',repr(p)); return 'ens'
    def doctype(s,*a): print('doctype',a)
    def close(s): return 'closed'
doc='<!DOCTYPE a PUBLIC "pp" "ss" [<!ENTITY z "zz">]><?p q?><?p2?><a xmlns="u" xmlns:q="v" q:x="1" y="2">t&amp;x\n<!--c--><q:b/>&z;&lt;</a>'
p=P(target=TT()); p.feed(doc); t(220,lambda:p.close())
t('220b',lambda:P(target=TT())._setevents([],('start',)))
ev=[]; p=P(); p._setevents(ev,('start','end','start-ns','end-ns','comment','pi')); p.feed(doc); print([(a,getattr(b,'tag',b)) for a,b in ev])
t(221,lambda:P()._setevents(3)); t(222,lambda:P()._setevents([],3)); t(223,lambda:P()._setevents([],['x'])); t(224,lambda:P()._setevents([],[b'start'])); t(225,lambda:P()._setevents([])); t(226,lambda:P(target=3)._setevents([])); t('226b',lambda:P()._setevents([],[3]))
ev=[]; p=P(); p._setevents(ev); p.feed('<a><b/></a>'); print([(a,getattr(b,'tag',b)) for a,b in ev])
class SP(P):
    def doctype(s,*a): print('sp doctype',a)
p=SP(); t(227,lambda:p.feed('<!DOCTYPE a><a/>')); t(228,lambda:p.close().tag)
import io
t(229,lambda:P()._parse_whole(io.BytesIO(b'<a>x</a>')).tag); t(230,lambda:P()._parse_whole(io.StringIO('<a>x\udc80</a>')).tag); t(231,lambda:P()._parse_whole(3)); t(232,lambda:P()._parse_whole(io.BytesIO(b'<a>')))
class F:
    def read(s,n): print(n); return 3
t(233,lambda:P()._parse_whole(F()))
t(234,lambda:P().feed('<a>'*100000)); 
class Err(TT):
    def start(s,t,a): 1/0
t(235,lambda:P(target=Err()).feed('<a/>'))
p=P(target=Err())
t(236,lambda:p.feed('<a/>')); t(237,lambda:p.feed('<a/>')); t(238,lambda:p.close())
t(239,lambda:P().feed('<?xml version="1.0" encoding="utf-16"?><a/>')); t(240,lambda:P().feed(b'<?xml version="1.0" encoding="foo"?><a/>')); t(241,lambda:P().feed(b'<?xml version="1.0" encoding="cp1252"?><a>\x80</a>')); t(242,lambda:P().feed('\ud800'))
t(243,lambda:P.__new__(P).feed('x')); t(244,lambda:P.__new__(P).close()); t(245,lambda:T.__new__(T).start('a',{})); t(246,lambda:P.__new__(P).flush()); t(247,lambda:P.__new__(P)._setevents([])); t(248,lambda:P.__new__(P)._parse_whole(io.BytesIO(b'')));t(249,lambda:P.__new__(P).entity);t(250,lambda:P.__new__(P).version); t(251,lambda:P.__new__(P).target)
for i in range(4): t((260+i), lambda: ET._set_factories(*[None,3,len,1][:i+1] if 0 else [None,None][:2]))
t(270,lambda:ET.fromstring('<a b="c" b="d"/>')); t(271,lambda:ET.fromstring('<x:a/>')); t(272, lambda: ET.fromstring('')); t(273,lambda:ET.fromstring('<a/>x'))
class C(E): pass
c=C('x'); c.foo=1; t(280,lambda:copy.deepcopy(c).__dict__); t(281,lambda:c.__getstate__()); t(282,lambda:copy.copy(c).__class__.__name__); t(283,lambda:pickle.loads(pickle.dumps(E('q'))).tag); t(284,lambda:weakref.ref(c)().tag); t(285,lambda:type(copy.deepcopy(c)).__name__)
t(286,lambda:E('a')==E('a')); t(287,lambda:hash(E('a'))!=0); t(288,lambda:E('a').__reduce_ex__(2)[:2]); t(289, lambda:e.find('b')); t(290, lambda:e.find(path='b',namespaces=None)); t(291,lambda:e.findtext('q','dd')); t(292,lambda:e.findall('.//b')); t(293,lambda:list(e.iterfind('b')))
t(296,lambda:e.__deepcopy__(3)); t(298,lambda:e.find()); 
class Evil(E):
    def __eq__(self, other):
        root.clear()
        return True
    __hash__ = E.__hash__
root = E('r'); root.extend([Evil('a'), Evil('b')]); t(300, lambda: root.remove(E('c'))); t(301, lambda: len(root))
root = E('r'); root.extend([E('a'), Evil('b')]); root[0].tag = Evil('x'); t(302, lambda: root.findall('q')); t(303, lambda: len(root))
walk = E('w'); walk.extend(E(c) for c in 'abc'); it = walk.iter(); next(it); next(it); walk.clear(); t(304, lambda: [x.tag for x in it])
deep = top = E('d')
for _ in range(50000): deep = SubElement(deep, 'd')
t(305, lambda: sum(1 for _ in top.iter())); del deep, top
cycle = E('c'); cycle.append(cycle); ref = weakref.ref(cycle); del cycle; gc.collect(); t(306, lambda: ref())
t(308, lambda: ET.tostring(ET.fromstring('<a xmlns="u"><b c="d">x</b>y<!-- z --><?p i?></a>')))
t(309, lambda: [(e, x.tag) for e, x in ET.iterparse(io.BytesIO(b'<a><b/>t<c/></a>'), ('start', 'end'))])
t(310, lambda: ET.canonicalize('<a b="1" a="2"><c/></a>'))
pull = ET.XMLPullParser(('start', 'end', 'comment', 'pi', 'start-ns', 'end-ns'))
for piece in ('<a xmlns:n="u">', 'text<n:b', '/><!--c-->', '<?x y?></a>'): pull.feed(piece); print([(a, getattr(b, 'tag', b) if not callable(getattr(b, 'tag', b)) else b.text) for a, b in pull.read_events()])
