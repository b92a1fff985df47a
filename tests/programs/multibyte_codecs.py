"""The encodings of East Asia: whole texts, errors, pieces, streams, sources."""

import codecs
import io

NAMES = """gb2312 gbk gb18030 hz big5 cp950 big5hkscs euc_kr cp949 johab shift_jis cp932 shift_jis_2004 shift_jisx0213
euc_jp euc_jis_2004 euc_jisx0213 iso2022_kr iso2022_jp iso2022_jp_1 iso2022_jp_2 iso2022_jp_2004 iso2022_jp_3
iso2022_jp_ext""".split()
TEXT = "aé一あア가中丂か゚ｱ\\~¥\n𠀋😀\u0300"


def attempt(function, *args):
    try:
        return function(*args)
    except (UnicodeError, TypeError, LookupError, AttributeError) as error:
        return f"{type(error).__name__}: {error}"


for name in NAMES:
    known = "".join(c for c in TEXT if isinstance(attempt(c.encode, name), bytes))
    data = known.encode(name)
    print(name, ascii(known), data, data.decode(name) == known)
    print("   ", TEXT.encode(name, "replace"), TEXT.encode(name, "xmlcharrefreplace")[:24])
    for bad in b"a\x80\x80\xc1\xc4\xc8", b"\x1b$B!", b"\x1b(X", b"~{VP~~", b"\x8f\xa1", b"\xa4\xd4\xa4\xb6":
        print("   ", attempt(bad.decode, name), "|", ascii(attempt(bad.decode, name, "replace")))
    # In pieces, the same.
    encoder = codecs.getincrementalencoder(name)()
    pieces = [encoder.encode(c) for c in known] + [encoder.encode("", True)]
    decoder = codecs.getincrementaldecoder(name)()
    texts = [decoder.decode(bytes([byte])) for byte in data] + [decoder.decode(b"", True)]
    print("   ", b"".join(pieces) == data, "".join(texts) == known)

encoder = codecs.getincrementalencoder("euc_jis_2004")()
print(encoder.encode("\u304b"), encoder.getstate(), encoder.encode("\u309a"), encoder.getstate())
encoder.setstate(2340545283)
print(encoder.encode("x"), attempt(encoder.setstate, 9))
decoder = codecs.getincrementaldecoder("iso2022_jp")(errors="replace")
print(decoder.errors, decoder.decode(b"\x1b$B!"), decoder.getstate(), decoder.decode(b"!"), decoder.reset())
print(attempt(decoder.setstate, (b"123456789", 0)), attempt(decoder.setstate, 1), attempt(decoder.decode, "x"))

stream = io.BytesIO()
writer = codecs.getwriter("iso2022_jp")(stream)
writer.write("あ")
writer.writelines(["い\n", "う"])
writer.reset()
print(stream.getvalue())
reader = codecs.getreader("iso2022_jp")(io.BytesIO(stream.getvalue()))
print(ascii(reader.readline()), ascii(reader.read(1)), ascii(reader.read()), reader.read(0) == "")
print(codecs.getreader("gbk")(io.BytesIO("中\n文\n".encode("gbk"))).readlines())

codecs.register_error("test.marks", lambda error: ("〓", error.end))
print("a😀b".encode("euc_jp", "test.marks"), "a😀b".encode("iso2022_jp", "test.marks"))

scope = {}
exec("# coding: shift_jis\nname = '表'\n".encode("shift_jis"), scope)
print(scope["name"])
exec(b"# coding: cp949\nname = '\xaa\xa7'\n", scope)
print(scope["name"])
for source in b"# coding: gbk\nname = '\x81'\n", b"# coding: shift_jis\nx = '\x80'\n":
    try:
        compile(source, "source", "exec")
    except SyntaxError as error:
        print(error.msg)
print(attempt(__import__("_codecs_cn").getcodec, "nothing"), attempt(__import__("_codecs_kr").getcodec, 1))
print(attempt(__import__("_multibytecodec").MultibyteStreamReader, None))
