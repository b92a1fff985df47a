"""Writes tests/data/format.txt: formatted values and refusals with CPython's wording.

Run with CPython 3.14:  python3.14 generate_format.py [COUNT] > data/format.txt
Fields are separated by tabs; texts are written as unicode_escape writes them.
"""
import random, struct, sys

count = int(sys.argv[1]) if len(sys.argv) > 1 else 250
rng = random.Random(7)
esc = lambda s: s.encode('unicode_escape').decode()
bits = lambda x: struct.pack('>d', x).hex()

def show(v):
    if isinstance(v, str): return 'str\t' + esc(v)
    if isinstance(v, int): return 'int\t' + str(v)
    if isinstance(v, float): return 'float\t' + bits(v)
    return 'complex\t' + bits(v.real) + ' ' + bits(v.imag)

def case(v, spec):
    try: r = format(v, spec)
    except (ValueError, OverflowError) as e: r = type(e).__name__ + ': ' + str(e)
    print('format', show(v), esc(spec), esc(r), sep='\t')

def percent(spec, v):
    try: r = spec % (v,)
    except (ValueError, OverflowError, TypeError) as e: r = type(e).__name__ + ': ' + str(e)
    print('percent', show(v), esc(spec), esc(r), sep='\t')

values = ['abc', '', 'é\U0001f600', 42, -42, 0, 1234567, -1234567, 10**30, 65, 1114112, 1234567.891, -0.0, 0.001, -0.001, 1e300, 1.5,
          float('nan'), float('-inf'), 4.2, 123456789.123456789, 1+2j, 1j, complex(-0.0, -0.0), 123456789+2.5j, complex(float('inf'), float('nan'))]
specs = '|10|=10|<<10|^^10|+| |-|#|z|,|_|,s|d|.2|.|.2.3|010|05s|0<5|<05|99999999999999999999|.99999999999999999999|10x|ss|\xe9|\U0001f600<6|\x01|.2,|.,|.,2|%|n|x|#x|X|#X|b|#o|c|+c|#c|,c|.2d|zd|,x|_x|_b|,n|,,|,_|__|y|+010|=10|^+10|+#x|#010x|020_b|020,|010,.2f|.2,f|.,f|e|g|.1%|E|#.0f|z.1f|*=+10|08c|,e|.3_%|dd|.3,.2f|.3,,f|.3,_f|_._f|5c|<5c|021,.2f|030,.6_f|.6_|._|G|.12_|n,|030_._|.20_|.8_e|>20|*^20|_.5_f|\u0665d|z+|.0,|#.7,f|=15.4,f|010n|#032_b|0>20,|09,|05_x|s|.3|.3n|r'.split('|')
for v in values:
    for s in (specs if count >= 100000 else rng.sample(specs, 34)): case(v, s)
for _ in range(count):
    v = rng.choice([rng.randrange(-10**rng.randrange(1, 25), 10**rng.randrange(1, 25)), rng.uniform(-10, 10) * 10.0**rng.randrange(-10, 20), complex(rng.uniform(-9, 9), rng.randrange(-9, 9)), 'hello', float(rng.randrange(-100000, 100000))])
    s = ''.join((rng.choice(('', '', '', '<', '>', '^', '=', '*<', '0>', '\u20ac^', '0=')), rng.choice(('', '', '', '+', '-', ' ')), rng.choice(('', '', '', 'z')), rng.choice(('', '', '#')), rng.choice(('', '', '0')), rng.choice(('', '', '5', '12', '25', '33')), rng.choice(('', '', ',', '_')), rng.choice(('', '', '', '.0', '.3', '.7', '.15', '.4_', '.6,')), rng.choice(('', *'sdbxXoneEfFgG%'))))
    case(v, s)
    s = '%' + ''.join(rng.choice(('', '', '-', '+', ' ', '#', '0')) for _ in range(2)) + rng.choice(('', '5', '14')) + rng.choice(('', '.', '.0', '.3', '.9')) + rng.choice(('', '', 'l')) + rng.choice('diuoxXeEfFgG')
    if isinstance(v, float) and s[-1] in 'diuoxX' or isinstance(v, (str, complex)): v = rng.randrange(-10**6, 10**6)
    percent(s, v)
for s in '% |%5|%5%|%.-1f|%lld|%b|%\xe9|%\x01|%\u20ac|%.2147483648d|%99999999999999999999d|%y'.split('|'): percent(s, 1)
