"""Writes tests/data/float.txt: text and arithmetic of doubles with CPython's results.

Run with CPython 3.14:  python3.14 generate_float.py [COUNT] > data/float.txt
Doubles are 16 hexadecimal digits; texts are the last field (a space in them stays).
"""
import math, random, struct, sys

count = int(sys.argv[1]) if len(sys.argv) > 1 else 40
rng = random.Random(5)
bits = lambda x: struct.pack('>d', x).hex()

def number():
    k = rng.randrange(10)
    if k < 2: return struct.unpack('d', rng.randbytes(8))[0]
    if k == 2: return rng.uniform(-100, 100)
    if k == 3: return round(rng.uniform(-1000, 1000), rng.randrange(6))
    if k == 4: return float(rng.randrange(-10**6, 10**6)) / 2**rng.randrange(8)
    if k == 5: return 10.0 ** rng.randrange(-30, 30) * rng.choice((1, -1, 5, 2.5))
    if k == 6: return math.ldexp(rng.random(), rng.randrange(-1080, 1020))
    if k == 7: return rng.choice((0.0, -0.0, math.inf, -math.inf, math.nan, 5e-324, 2.2250738585072014e-308, 1.7976931348623157e308, 1e16, 1e15, 9999999999999998.0, 1e-4, 1e-5, 0.5, 1.5, 2.5, 1e22, 1e23))
    if k == 8: return rng.randrange(100000) / 8
    return float(rng.randrange(-50, 50))

def out(*a): print(*a)
for _ in range(count):
    x, y = number(), number()
    out('repr', bits(x), repr(x)); out('hex', bits(x), x.hex())
    if not math.isnan(x): out('hash', bits(x), hash(x))
    for code in 'eEfFgGr':
        for flags in rng.sample(range(16), 3):
            p = rng.choice((0, 1, 2, 3, 6, 12, 17, 30))
            spec = ('z' if flags & 8 else '') 
            # sign '+', '#', precision, code; ADD_DOT_0 shows in no format specification but '' and r
            if code == 'r':
                out('repr', bits(x), repr(x)); continue
            spec = ('+' if flags & 1 else '-') + ('z' if flags & 8 else '') + ('#' if flags & 4 else '') + '.%d' % p + code
            out('format', bits(x), spec, format(x, spec))
    if y:
        if math.isfinite(x) or True:
            d, m = divmod(x, y)
            if not math.isnan(d) and not math.isnan(m): out('divmod', bits(x), bits(y), bits(d), bits(m))
    # A complex power may overflow as well; that is not asked here.
    try: r = x ** y; r = 'complex' if isinstance(r, complex) else 'nan' if math.isnan(r) else bits(r)
    except ZeroDivisionError: r = 'zero'
    except OverflowError: r = 'complex' if x < 0 and y % 1 else 'overflow'
    out('pow', bits(x), bits(y), r)
    for a, b in ((x, rng.randrange(-20, 20)), (abs(x), .5), (-2.0, float(rng.randrange(-1100, 1100)))):
        b = float(b)
        try: r = a ** b; r = 'complex' if isinstance(r, complex) else 'nan' if math.isnan(r) else bits(r)
        except ZeroDivisionError: r = 'zero'
        except OverflowError: r = 'complex' if a < 0 and b % 1 else 'overflow'
        out('pow', bits(a), bits(b), r)
    if math.isfinite(x):
        for n in (rng.randrange(-5, 10), rng.randrange(-320, 330), 0, 1, 2, -1, -2):
            try: r = bits(round(x, n))
            except OverflowError: r = 'overflow'
            out('round', bits(x), n, r)
        out('ratio', bits(x), *x.as_integer_ratio())
        try: r = struct.pack('>e', x).hex()
        except OverflowError: r = 'overflow'
        out('half', bits(x), r)
        h = rng.uniform(-70000, 70000) * 2.0**-rng.randrange(40)
        try: r = struct.pack('>e', h).hex()
        except OverflowError: r = 'overflow'
        out('half', bits(h), r)
    hb = rng.randbytes(2)
    v = struct.unpack('>e', hb)[0]
    if not math.isnan(v): out('unhalf', hb.hex(), bits(v))
    for t in (repr(x), '%.30e' % x, '%.3f' % x, str(rng.randrange(10**20)) + 'e' + str(rng.randrange(-340, 300))):
        try: r = bits(float(t))
        except ValueError: r = 'none'
        if 'nan' not in t: out('parse', r, t)
    def hexdigits(n): return ''.join(rng.choice('0123456789abcdefABCDEF') for _ in range(n))
    for t in (x.hex(), '0x' + hexdigits(rng.randrange(0, 25)) + '.' + hexdigits(rng.randrange(0, 25)) + 'p' + str(rng.randrange(-1150, 1050)),
              hexdigits(3) + 'p+1022', '0x.' + '0' * 5 + hexdigits(8), '0x1.fffffffffffff8p1023', '0x1.fffffffffffff7fp1023', '0x0.' + hexdigits(15) + 'p-1020', rng.choice(('inf', '-Infinity', '0x', '.', '0x1p', '0x1p+', '1.g', '0x.p1', '-0x0.0p9999999999999999999999', '0x1p-99999999999999999999', '1p99999999999999999999'))):
        try: r = bits(float.fromhex(t))
        except ValueError: r = 'none'
        except OverflowError: r = 'overflow'
        if 'nan' not in t: out('fromhex', r, t)
for t in '1 1. .1 . 1.e 1e 1e+ 1e5 1E-5 1_0 1__0 _1 1_ 1_.0 1._0 1.0_1 1e1_0 1e_1 +1 -1 +-1 + - inf -inf infinity iNf infinit nan 1a 0x1 1e400 -1e400 1e-400 4.9e-324 2.4e-324 2.5e-324 00001 1_000.000_1e1_0 e5 .e5'.split(' '):
    try: r = bits(float(t))
    except ValueError: r = 'none'
    if 'nan' not in t: out('parse', r, t)
for t in ['1+2j', '1-2J', 'j', '-j', '+j', '1+j', '1-j', '(1+2j)', '( 1+2j )', ' (1+2j) ', '((1))', '1 + 2j', '1+2', '1j2', '1.5e3-2.5E-3j', 'inf+infj', '-inf-infj', '1_0+1_0j', '1__0j', '', '(', ')', '()', '(1', '1e5', '+1', '-1.j', '.5j', '1e', '1j+2', 'infj', '1+-2j', '--1', '1+j2']:
    try: r = complex(t); r = bits(r.real) + ' ' + bits(r.imag)
    except ValueError: r = 'none none'
    out('complex', r, t)
for z in (1+2j, 1j, -1j, 0j, complex(-0.0, 1), complex(0.0, -0.0), complex(math.inf, -math.inf), complex(1.5, math.nan), 1e16+1e-5j, complex(0, math.inf)):
    out('complexrepr', bits(z.real), bits(z.imag), repr(z))
# Halfway between two shortest texts; the largest odd integer.
for x in (-96134048182981.125, 9007199254740991.0): out('repr', bits(x), repr(x))
