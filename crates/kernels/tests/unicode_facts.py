"""Prints the checksums that tests/unicode.rs expects: every code point's line, by CRC-32.

Run with CPython 3.14:  python3.14 unicode_facts.py [FILE]   (FILE receives the lines)
"""
import ctypes, struct, sys, unicodedata as U, zlib
O = U.ucd_3_2_0
api = ctypes.pythonapi
funcs = []
for name in ('_PyUnicode_ToLowercase', '_PyUnicode_ToUppercase', '_PyUnicode_ToTitlecase'):
    f = getattr(api, name); f.restype, f.argtypes = ctypes.c_uint32, [ctypes.c_uint32]; funcs.append(f)
hexes = lambda s: '.'.join('%x' % ord(c) for c in s)
none = lambda v: '-' if v is None else str(v)
bits = lambda v: '-' if v is None else struct.pack('>d', v).hex()

def types(c, s):
    b = ''.join('01'[x] for x in (s.isalpha(), s.isalnum(), s.isdecimal(), s.isdigit(), s.isnumeric(), s.islower(), s.isupper(), s.istitle(), s.isspace(), s.isprintable(), s.isidentifier(), ('a'+s).isidentifier(), len(('x'+s+'x').splitlines()) > 1))
    return ' '.join((b, *('%x' % f(c) for f in funcs), hexes(s.lower()), hexes(s.upper()), hexes(s.title()), hexes(s.casefold()), hexes(s.swapcase()), hexes(s.capitalize()), hexes((s + '\u03a3').lower()), hexes(('A' + s + '\u03a3' + s).lower()), hexes((s + 'a' + s).title())))

def database(db):
    def line(c, s):
        d = db.decomposition(s)
        return ' '.join((db.category(s), db.bidirectional(s), str(db.combining(s)), str(db.mirrored(s)), db.east_asian_width(s), none(db.decimal(s, None)), none(db.digit(s, None)), bits(db.numeric(s, None)), d))
    return line

def forms(db):
    return lambda c, s: ' '.join(hexes(db.normalize(f, s)) + ' ' + hexes(db.normalize(f, 'e\u0301' + s + '\u0323\u0302')) for f in ('NFC', 'NFD', 'NFKC', 'NFKD'))

out = open(sys.argv[1], 'w') if len(sys.argv) > 1 else None
for name, line in (('types', types), ('current', database(U)), ('old', database(O)), ('forms', forms(U)), ('old_forms', forms(O))):
    crc = 0
    for c in range(0x110000):
        text = '%x %s\n' % (c, line(c, chr(c)))
        if out: out.write(name + ' ' + text)
        crc = zlib.crc32(text.encode(), crc)
    print(name, '%08x' % crc)
