# String methods.
s = "Hello, World"
print(s.upper(), s.lower(), s.swapcase(), s.title(), s.casefold(), "straße".upper(), "ǆ".title(), "ΑΣ".lower())
print(s.find("o"), s.rfind("o"), s.find("o", 5, 8), s.index("W"), s.count("l"), s.count(""), "aaa".count("aa"))
print(s.replace("l", "L"), s.replace("l", "L", 1), "ab".replace("", "-"), s.translate({ord("l"): None, ord("o"): "0"}))
print(str.maketrans("abc", "xyz", "d"), "abcd".translate(str.maketrans("abc", "xyz", "d")))
print("a,b,,c".split(","), " a  b ".split(), " a  b ".split(" "), "a b c".split(maxsplit=1), "a b c".rsplit(None, 1))
print("a\nb\r\nc\x0bd\u2028e".splitlines(), "a\nb\n".splitlines(True), "k=v=w".partition("="), "k=v=w".rpartition("="))
print("  x ".strip(), "xxaxx".strip("x"), "abcba".lstrip("ab"), "abcba".rstrip("ab"), repr("\t x\n".strip()))
print("7".zfill(3), "-7".zfill(4), "x".center(5, "*"), "x".ljust(3) + "|", "x".rjust(3), "a\tb".expandtabs(4))
print("".join(["a", "b"]), ", ".join("xyz"), "prefix-x".removeprefix("prefix-"), "x.py".removesuffix(".py"))
print("abc".startswith(("x", "ab")), "abc".endswith("bc", 2), "abc" in "xabcx", "" in "")
for name in "isalpha isdigit isdecimal isnumeric isalnum isspace isupper islower istitle isidentifier isprintable isascii".split():
    print(name, [getattr(text, name)() for text in ("abc", "123", "½", "²", "A1", " ", "ABC", "Ab Cd", "é", "_x", "\n", "")])
print("abc"[::-1], "abcdef"[1:-1:2], "abc"[-1], "abc"[5:], "x" * 3, "ab" < "b", "a" + "b", "é" == "e\u0301")
print(ascii("é\U0001f600"), repr("it's"), repr('"'), repr("'\""), repr("\x00\x7f\xad\u200b\ud800"))
print("é".encode(), "é".encode("utf-16-le"), "é".encode("ascii", "replace"), "é".encode("ascii", "xmlcharrefreplace"))
print("é".encode("ascii", "backslashreplace"), "é\ud800".encode("utf-8", "surrogatepass"), b"\xff".decode("utf-8", "replace"))
for action in (
    lambda: "é".encode("ascii"),
    lambda: b"\xff".decode(),
    lambda: "abc".index("x"),
    lambda: "a" + 1,
    lambda: "abc"[10],
    lambda: "abc".center("x"),
    lambda: "".join([1]),
    lambda: "a".split(""),
    lambda: "x" * "y",
    lambda: "abc".foo,
    lambda: chr(-1),
    lambda: ord("ab"),
):
    try:
        action()
    except Exception as error:
        print(type(error).__name__, error)
print(chr(8364), ord("€"), hash("abc") == hash("ab" + "c"), "%s %r %d %5.2f %x %c %%" % ("s", "r", 42, 3.14159, 255, "c"))
print("%(a)s %(b)05d" % {"a": 1, "b": 42}, "%-5s|%+d|% d" % ("ab", 5, 5), "%s" % (1, 2).__repr__(), "%e %g" % (12345.678, 1e-10))
print(min("hello"), max("hello"), sorted("hello"), list(reversed("abc")), "a" "b", "\N{GREEK SMALL LETTER ALPHA}")
