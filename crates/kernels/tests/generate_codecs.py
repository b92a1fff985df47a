"""Writes tests/data/codecs.txt: what CPython's codecs make of bytes and texts, error by error.

Run with CPython 3.14:  python3.14 generate_codecs.py [COUNT] > data/codecs.txt
An error handler notes each error and goes on with U+FFFD (`?` when encoding) behind it.
Lines: decode|encoding|final|bytes|text|consumed|errors   and   encode|encoding|text|bytes|errors
"""
import codecs, random, sys, warnings
warnings.simplefilter('ignore')
count = int(sys.argv[1]) if len(sys.argv) > 1 else 60
rng = random.Random(9)
log = []

def handler(e):
    log.append('%d-%d %s' % (e.start, e.end, e.reason))
    return ('\ufffd' if isinstance(e, UnicodeDecodeError) else '?'), e.end

codecs.register_error('log', handler)
text = lambda s: '.'.join('%x' % ord(c) for c in s)

DECODE = {'utf-8': codecs.utf_8_decode, 'utf-16-le': codecs.utf_16_le_decode, 'utf-16-be': codecs.utf_16_be_decode, 'utf-32-le': codecs.utf_32_le_decode,
          'utf-32-be': codecs.utf_32_be_decode, 'utf-7': codecs.utf_7_decode, 'unicode_escape': codecs.unicode_escape_decode, 'raw_unicode_escape': codecs.raw_unicode_escape_decode,
          'ascii': lambda d, e, f: codecs.ascii_decode(d, e), 'cp1252': lambda d, e, f: codecs.charmap_decode(d, e, CP1252)}
ENCODE = {'utf-8': codecs.utf_8_encode, 'utf-16-le': codecs.utf_16_le_encode, 'utf-32-be': codecs.utf_32_be_encode, 'utf-7': codecs.utf_7_encode,
          'unicode_escape': codecs.unicode_escape_encode, 'raw_unicode_escape': codecs.raw_unicode_escape_encode, 'ascii': codecs.ascii_encode, 'latin-1': codecs.latin_1_encode,
          'cp1252': lambda s, e: codecs.charmap_encode(s, e, codecs.charmap_build(CP1252))}
import encodings.cp1252
CP1252 = encodings.cp1252.decoding_table

def decode(name, data):
    for final in (1, 0):
        log.clear()
        try: s, n = DECODE[name](data, 'log', bool(final))
        except OverflowError: continue
        print('decode', name, final, data.hex(), text(s), n, ';'.join(log), sep='|')

def encode(name, s):
    log.clear()
    b, _ = ENCODE[name](s, 'log')
    print('encode', name, text(s), b.hex(), ';'.join(log), sep='|')

def some_text(n):
    return ''.join(chr(rng.choice((rng.randrange(128), rng.randrange(32, 127), rng.randrange(256), rng.randrange(0x300, 0xd800), rng.randrange(0xd800, 0xe000), rng.randrange(0x10000, 0x110000)))) for _ in range(rng.randrange(n)))

def damage(data):
    data = bytearray(data)
    for _ in range(rng.randrange(4)):
        if data:
            k = rng.randrange(len(data))
            if rng.random() < .5: data[k] = rng.choice((0, 0x2b, 0x2d, 0x5c, 0x80, 0xbf, 0xc0, 0xc2, 0xe0, 0xed, 0xa0, 0xf0, 0xf4, 0x90, 0xff, 0xd8, 0xdc, rng.randrange(256)))
            else: del data[k:k + rng.randrange(3)]
    return bytes(data[:len(data) - rng.randrange(3)])

for _ in range(count):
    for name in ('utf-8', 'utf-16-le', 'utf-16-be', 'utf-32-le', 'utf-32-be', 'utf-7', 'unicode_escape', 'raw_unicode_escape'):
        s = some_text(8)
        decode(name, damage(s.encode(name, 'surrogatepass')))
    decode('ascii', some_text(9).encode('utf-8', 'surrogatepass')); decode('cp1252', rng.randbytes(rng.randrange(9)))
    decode('utf-8', rng.randbytes(rng.randrange(6)))
    decode('utf-8', bytes(rng.choice((0xed, 0xa0, 0x80, 0xe2, 0x82, 0xac, 0xf0, 0x9f, 0x98, 0x41, 0xf4, 0x90, 0xe0)) for _ in range(rng.randrange(7))))
    decode('utf-7', bytes(rng.choice(b'+-ABab/2AAA \xff\\~2D') for _ in range(rng.randrange(12))))
    decode('unicode_escape', bytes(rng.choice(b'\\\\\\xuUN{}0123789abf\'"n\n SP') for _ in range(rng.randrange(14))))
    decode('raw_unicode_escape', bytes(rng.choice(b'\\\\\\uU0001aF\xe9') for _ in range(rng.randrange(16))))
    for name in ENCODE: encode(name, some_text(9))
for s in (b'\\N{SPACE}x', b'\\N{DIGIT ONE', b'\\N{}', b'\\Nx', b'\\N', b'\\N{nothing}', b'\\U00110000', b'\\777', b'\\8', b'\\', b'\\u12', b'\\x4'): decode('unicode_escape', s)
