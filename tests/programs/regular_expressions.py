# re: groups, look-around, substitution, flags, errors.
import re

m = re.match(r"(?P<year>\d{4})-(?P<month>\d\d)(-(\d\d))?", "2024-05 rest")
print(m, m.group(0, "year", 2), m.groups(), m.groupdict(), m.span("month"), m.lastgroup, m.lastindex, m["year"], m.end(3), m.string[m.end() :])
print(re.findall(r"\w+", "one two, three"), re.findall(r"(\w)(\d)", "a1 b2"), re.findall("", "ab"), re.split(r"[,;]\s*", "a, b;c"), re.split("(-)", "a-b-c", maxsplit=1))
print(re.sub(r"(\w+) (\w+)", r"\2 \1", "hello world"), re.sub("a", lambda m: m[0].upper() * 2, "banana", count=2), re.subn("x*", "-", "abxd"), re.sub(r"(?P<q>.)", r"[\g<q>]", "ab"))
print(re.search(r"(?<=\$)\d+(?!\d|%)", "cost $15% or $27").group(), re.search(r"(?i)HELLO", "say hello").span(), re.fullmatch("a+", "aaab"), re.match(r"(a|ab)(c|bcd)(d*)", "abcd").groups())
print(re.findall(r"^\w", "a\nb\nc", re.M), re.findall(r"a.c", "a\nc abc", re.S), re.match(r"(?x) a b # comment", "ab"), re.findall(r"\bfoo\b", "foo food foo"))
print(re.match(r"<(.+?)>", "<a><b>")[1], re.match(r"<(.+)>", "<a><b>")[1], re.match(r"(\w)\1", "aab")[0], re.match(r"(a)?(?(1)b|c)", "ab")[0], re.match(r"a*+b", "aaab"), re.match(r"(?>a+)ab", "aaab"))
print(re.findall(r"[^\W\d_]+", "ab12 ÄÖ_x"), re.findall(r"\w+", "äb c", re.A), re.escape("a.b*c"), re.findall(rb"\d", b"a1b2"), re.findall(r"[\u0370-\u03ff]", "aλb"), re.match("ß", "ẞ", re.I))
pattern = re.compile(r"(?P<k>\w+)=(?P<v>\w*)", re.I | re.M)
print(pattern, pattern.groups, pattern.groupindex, pattern.flags, [m.groupdict() for m in pattern.finditer("a=1 b= c=x")], pattern.search("zz a=1", 3, 5), pattern.pattern)
for wrong in ("(", "[a", "a**", "(?P<1>a)", r"\1", "(?<=a+)b", "a{3,1}", "(?P<n>a)(?P<n>b)", "*a", r"\q", "(?z)", "[b-a]", "(?P=x)", "a)"):
    try:
        re.compile(wrong)
    except re.error as error:
        print(repr(wrong), "->", error)
for action in (lambda: re.match("a", b"a"), lambda: m.group("none"), lambda: m.group(9), lambda: re.sub("(a)", r"\2", "a"), lambda: re.compile(5)):
    try:
        action()
    except Exception as error:
        print(type(error).__name__, error)
tokens = re.compile(r"(?P<number>\d+(\.\d+)?)|(?P<name>[A-Za-z_]\w*)|(?P<op>[-+*/()=])|(?P<space>\s+)|(?P<other>.)")
print([(t.lastgroup, t[0]) for t in tokens.finditer("x1 = 3.5*(y+2)$") if t.lastgroup != "space"])
print(re.match(r"(?:(a)|b)*", "abab").groups(), re.match("(a+)+$", "a" * 18 + "b"), re.search("[0-9a-f]{8}", "xx deadbeef xx"), re.sub(r"\s+", " ", "a \n\t b"), m.expand(r"\g<month>/\1"))
print(re.sub(r"(\d+)", lambda x: str(int(x[1]) * 2), "1 and 22"), re.compile("a") == re.compile("a"), repr(re.I | re.X), re.template if hasattr(re, "template") else "no template")
