# Statements: loops with else, del, assert, global scope, while, try in loops, with, annotations, docstrings, star-args.
"""not the docstring"""
for n in range(2, 12):
    for d in range(2, n):
        if n % d == 0:
            break
    else:
        print(n, end=" ")
print()
n = 27
steps = 0
while n != 1:
    n = n // 2 if n % 2 == 0 else 3 * n + 1
    steps += 1
    if steps > 1000:
        break
else:
    print("steps", steps)
try:
    assert steps == 0, f"steps are {steps}"
except AssertionError as error:
    print("assert:", error)
x: int = 5
y: "list[str]"
print(__annotations__ if "__annotations__" in globals() else "lazy", __doc__, "y" in globals())


class Config:
    debug: bool = False
    name: str

    class Inner:
        value = 3

    if True:
        conditional = "yes"
    for i in range(3):
        locals()[f"made_{i}"] = i


print(Config.__annotations__, Config.Inner.value, Config.Inner.__qualname__, Config.conditional, Config.made_2, Config.i)


def many(*args, **kwargs):
    return args, kwargs


print(many(*[1], 2, *(3, 4), a=1, **{"b": 2}, **dict(c=3)), many(*"ab", **{}))
a = b = c = []
a.append(1)
print(c, a is b)
del a
try:
    a
except NameError as error:
    print(error)


def loops():
    for i in range(3):
        try:
            if i == 1:
                continue
            if i == 2:
                return "returned"
        finally:
            print("finally", i)


print(loops())
for i, (j, *k) in enumerate([("a", 1, 2), ("b",)]):
    print(i, j, k)
with open(__file__) as f, open(__file__) as g:
    print(f.readline() == g.readline(), f.name == g.name)
with (
    open(__file__) as f,
):
    pass
print(f.closed)
pass
...
if False:
    never = 1
print("never" in dir(), (yield_ := 5), [1, 2, 3][-1], {}.get("x"), """multi
line""", r"\n", b"\x00", "a" 'b' """c""", 1_0.0_1, 1e3, 0xFF, 1j)
for _ in []:
    pass
else:
    print("empty loop's else")
print(*range(3), sep=", ", end="!\n")
lines = []
try:
    try:
        raise KeyError("k")
    except (ValueError, KeyError) as e:
        lines.append(repr(e))
        raise
    finally:
        lines.append("inner finally")
except KeyError:
    lines.append("outer")
else:
    lines.append("not here")
print(lines, "e" in globals())
match = case = type = 1
print(match + case + type)
_ = lambda: (yield)
print(next(_()), (lambda *, k: k)(k=1), (lambda x, /, y=2: (x, y))(1))
i = 0
while True:
    i += 1
    if i % 2:
        continue
    if i > 6:
        break
print(i, not i, -i, +i, ~i, i and "and", 0 or None)
del x, (b, c)
print("b" in globals())
exec("import sys; print('exec', len(sys.argv))", {})
print(eval("[q for q in range(3)]"), eval("x + 1", {"x": 1}), compile("1+1", "<s>", "eval").co_filename)
