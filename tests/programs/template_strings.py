# Template strings (PEP 750).
from string.templatelib import Interpolation, Template, convert

name, value = "world", 42
t = t"Hello {name}! {value + 1!r:>5} {value=}"
print(type(t).__name__, t.strings)
for part in t.interpolations:
    print(part.value, part.expression, part.conversion, repr(part.format_spec))
print(t.values, list(t)[0])


def html(template):
    parts = []
    for item in template:
        match item:
            case str() as text:
                parts.append(text)
            case Interpolation(value, _, conversion, spec):
                shown = format(convert(value, conversion), spec)
                parts.append(shown.replace("&", "&amp;").replace("<", "&lt;"))
    return "".join(parts)


user = "<script>"
print(html(t"<p>{user} & {value:05d} {user!r}</p>"))
print(t"a" + t"{1}b", (t"x{1}" + t"y").strings, Template("a", Interpolation(1, "e"), "b").strings)
try:
    t"a" + "b"
except TypeError as error:
    print(error)
print(t"", t"{t'{1}'}".interpolations[0].value.strings, rt"\n{2}".strings)
width = 8
print(t"{value:{width}}".interpolations[0].format_spec)
