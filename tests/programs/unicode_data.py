# unicodedata and the text codecs.
import codecs
import unicodedata as u

for c in "aÄ½٣αЖ中😀\u0301\n ":
    print(u.name(c, "no name"), u.category(c), u.bidirectional(c), u.combining(c), u.decimal(c, None), u.digit(c, None), u.numeric(c, None), u.east_asian_width(c), u.mirrored(c), u.decomposition(c))
print(u.lookup("SNOWMAN"), u.name("가"), u.lookup("CJK UNIFIED IDEOGRAPH-4E2D"), "\N{EURO SIGN}", u.unidata_version)
for form in ("NFC", "NFD", "NFKC", "NFKD"):
    print(form, [hex(ord(c)) for c in u.normalize(form, "Åﬁ가ẛ̣")], u.is_normalized(form, "é"))
try:
    u.lookup("NO SUCH NAME")
except KeyError as error:
    print(error)
text = "Grüße, мир ☃😀"
for name in ("utf-8", "utf-8-sig", "utf-16", "utf-16-be", "utf-32-le", "utf-7", "unicode_escape", "raw_unicode_escape", "punycode"):
    data = text.encode(name)
    print(name, data, data.decode(name) == text)
print("мир".encode("koi8-r"), "мир".encode("cp1251"), b"\xe4".decode("cp1252"), "ä".encode("latin-1"), "ä".encode("cp437"), "bücher.example".encode("idna"))
for name in ("ascii", "latin-1", "cp1252", "charmap"):
    for handler in ("ignore", "replace", "backslashreplace", "xmlcharrefreplace", "namereplace"):
        print(name, handler, "a☃é".encode(name, handler))
for data, name in ((b"\xff\xfe\x00", "utf-16"), (b"a\xe9", "ascii"), (b"\xe4\xb8", "utf-8"), (b"\xed\xa0\x80", "utf-8"), (b"\x81", "cp1252"), (b"\\x4", "unicode_escape")):
    try:
        data.decode(name)
    except UnicodeError as error:
        print(error, "|", data.decode(name, "replace"))
decoder = codecs.getincrementaldecoder("utf-8")()
print([decoder.decode(bytes([b])) for b in "é☃".encode()], codecs.lookup("UTF8").name, codecs.encode("abc", "rot13"), codecs.encode(b"ab", "hex"), codecs.decode("YQ==", "base64") if False else codecs.decode(b"YQ==", "base64"))
codecs.register_error("mine", lambda e: (f"<{e.object[e.start:e.end]!a}>", e.end))
print("a☃b".encode("ascii", "mine"), b"a\xffb".decode("utf-8", "surrogateescape").encode("utf-8", "surrogateescape"))
print("ß".casefold(), "İ".lower(), "ﬁ".upper(), "ΌΣΟΣ".lower(), "ŉ".title(), "Ⅷ".lower(), "ª".isalpha(), "²".isdigit(), "𝟘".isdecimal(), "\u2003".isspace(), "·".isidentifier(), "𐐀".lower())
print(len("é"), len("e\u0301"), len("😀"), "😀"[0], "\ud83d\ude00" == "😀", sorted(["é", "z", "e", "a"]), "e\u0301".isprintable(), "x\u200dy")
x٣ = ℌ = 5
print(x٣ + H, "ℌ" in globals())
