"""Writes tests/data/int.txt: integer operations with CPython's results.

Run with CPython 3.14:  python3.14 generate_int.py [COUNT [MAX_BITS]] > data/int.txt
Each line is `operation argument... result`; integers are in hexadecimal.
"""
import math, random, struct, sys

count = int(sys.argv[1]) if len(sys.argv) > 1 else 12
max_bits = int(sys.argv[2]) if len(sys.argv) > 2 else 700
rng = random.Random(3)
sys.set_int_max_str_digits(0)
h = lambda x: ('-' if x < 0 else '') + format(abs(x), 'x')
f = lambda x: struct.pack('>d', x).hex()

def number(bits=max_bits):
    n = rng.randrange(1, rng.randrange(2, bits))
    kind = rng.randrange(6)
    if kind == 0: v = (1 << n)
    elif kind == 1: v = (1 << n) - 1
    elif kind == 2: v = (1 << n) | 1
    elif kind == 3: v = rng.getrandbits(n) << rng.randrange(64)
    elif kind == 4: v = sum(rng.choice((0, (1 << 30) - 1)) << 30*i for i in range(n//30+1))
    else: v = rng.getrandbits(n)
    return v if rng.random() < .6 else -v

def out(*args): print(*args)

for _ in range(count):
    a, b = number(), number()
    out('add', h(a), h(b), h(a+b)); out('sub', h(a), h(b), h(a-b)); out('mul', h(a), h(b), h(a*b))
    out('mul', h(a), h(a), h(a*a))
    c = number(max_bits*2)
    for x, y in ((a, b), (c, a), (c*a, a), (c*b-1, b)):
        if y: q, r = divmod(x, y); out('divmod', h(x), h(y), h(q), h(r))
    out('and', h(a), h(b), h(a&b)); out('or', h(a), h(b), h(a|b)); out('xor', h(a), h(b), h(a^b)); out('invert', h(a), h(~a))
    s = rng.randrange(200)
    out('shl', h(a), s, h(a<<s)); out('shr', h(a), s, h(a>>s))
    e = rng.randrange(40); p = number(100)
    out('pow', h(p), e, h(p**e))
    m = abs(b) | 1
    for mod in (m, m+1, -m, rng.getrandbits(64)|1, rng.getrandbits(31)+1):
        e = abs(number(300))
        out('powmod', h(a), h(e), h(mod), h(pow(a, e, mod)))
        try: r = h(pow(a, -e, mod))
        except ValueError: r = 'none'
        out('powmod', h(a), h(-e), h(mod), r)
    g = abs(number())
    out('gcd', h(a*g), h(b*g), h(math.gcd(a*g, b*g)))
    out('isqrt', h(abs(a)), h(math.isqrt(abs(a)))); sq = a*a - rng.randrange(2)
    if sq >= 0: out('isqrt', h(sq), h(math.isqrt(sq)))
    base = rng.randrange(2, 37)
    digits = ''; v = abs(a)
    while v: v, d = divmod(v, base); digits = '0123456789abcdefghijklmnopqrstuvwxyz'[d] + digits
    out('text', h(abs(a)), base, digits or '0'); out('text', h(abs(c)), 10, str(abs(c)))
    n = rng.randrange(0, 40)
    for order in ('little', 'big'):
        for signed in (0, 1):
            for v in (number(330), 1 << (8*n), (1 << 8*n)//2, -(1 << 8*n)//2, (1<<8*n)//2-1):
                try: r = v.to_bytes(n, order, signed=bool(signed)).hex() or 'empty'
                except OverflowError as e: r = 'big' if 'big' in str(e) else 'negative'
                out('tobytes', h(v), n, order, signed, r)
            data = rng.randbytes(n); out('frombytes', data.hex() or 'empty', order, signed, h(int.from_bytes(data, order, signed=bool(signed))))
    for v in (a, number(1100), (1 << rng.randrange(50, 1030)) + (1 << rng.randrange(60))*rng.choice((-1, 0, 1)), number(70)):
        try: r = f(float(v))
        except OverflowError: r = 'overflow'
        out('float', h(v), r)
    for x, y in ((a, b), (number(70), number(70)), (number(3000), number(2000)), (number(1000), number(2200)), (abs(c), 1 << rng.randrange(1000, 1500)), (rng.getrandbits(54), 1 << rng.randrange(1070, 1080))):
        if not y: continue
        try: r = f(x/y)
        except OverflowError: r = 'overflow'
        out('truediv', h(x), h(y), r)
    x = struct.unpack('d', rng.randbytes(8))[0]
    for x in (x, rng.uniform(-1e20, 1e20), rng.uniform(-3, 3)):
        if math.isfinite(x): out('fromfloat', f(x), h(int(x)))
        if not math.isnan(x):
            w = int(x) if math.isfinite(x) else 0
            for v in (a, w, w+1, w-1): out('cmpfloat', h(v), f(x), -1 if v < x else 1 if v > x else 0)
    out('hash', h(a), hash(a))
    out('bits', h(a), a.bit_length(), a.bit_count())
    n = rng.randrange(0, 30); out('round', h(c), n, h(round(c, -n)))
    k = rng.randrange(1, 1000) * 5; out('round', h(k * rng.choice((-1,1))), 1, h(round(k, -1)) if 0 else h(round(k, -1))) if 0 else None
    for k in (5, 15, 25, -5, -15, 250, 350): out('round', h(k), 1, h(round(k, -1))); out('round', h(k), 2, h(round(k, -2)))
