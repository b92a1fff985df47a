# format(), str.format and f-strings.
import datetime

x, name, items = 3.14159, "taipan", [1, 2]
print(f"{x:.2f} {x:8.3f}| {x:<8.1f}| {x:^10.2e}| {x:+} {x!r:>10} {name!r} {name!s:*^12} {name!a}")
print(f"{x=} {x = } {name=!s} {x=:.1f} {items[0]=} {'quote'} {{braces}} {items!r:>10}")
print(f"{1234567:,} {1234567:_} {255:x} {255:#X} {255:b} {255:#o} {5:03d} {-5:=+5d} {1234567.891:,.1f} {0.5:%} {65:c}")
width, precision = 10, 3
print(f"{x:{width}.{precision}} {x:{'>'}{width}} {f'{name:{width}}|'} {f"{f'{1 + 1}'}"}")
print(f"{'a' if x > 3 else 'b'} {(lambda: 5)()} {items[-1]} {dict(a=1)['a']} {datetime.date(2024, 2, 29):%d.%m.%Y}")
print(
    f"""multi
{name:>10}
line"""
)
print("{} {} {}".format(1, 2, 3), "{0}{1}{0}".format("a", "b"), "{a.real} {b[k]} {c[0]}".format(a=1, b={"k": 2}, c=[3]))
print("{:>{w}}|{!r:^7}|{:{}}".format("x", "y", "z", 4, w=3), "{{}}".format())


class Money:
    def __init__(self, amount):
        self.amount = amount

    def __format__(self, spec):
        return f"<{spec or 'plain'}:{self.amount}>"


print(f"{Money(5)} {Money(6):eur} {format(Money(7), 'x')}", "{:a{}c}".format(Money(1), "b"))
for value, spec in (
    (0.1 + 0.2, ".20f"), (1e100, "g"), (1e16, ""), (123456.0, ".3g"), (0.00001, ""), (float("nan"), "05"), (float("-inf"), "+"),
    (True, "d"), (True, ""), (10**30, ",d"), (-0.0, ".1f"), (-0.001, "z.1f"), (3 + 4j, ".1f"), ("abc", ".2"), (1.5, "010"),
    (12345, "010,"), (2.5, ".0f"), (3.5, ".0f"), (1e-7, "#.3g"), (42, "e"), (42, "n"), (1234.5678, ",.2f"), (1234.5678, "_.1f"),
):  # fmt: skip
    print(repr(value), repr(spec), "->", repr(format(value, spec)))
for value, spec in ((1, "s"), ("a", "d"), (1.5, "x"), (1, "10.3"), ("a", "="), (1, "Q"), ([], ">5"), (1, ",_"), (1, "1" * 30), (None, "x")):
    try:
        print(format(value, spec))
    except (ValueError, TypeError) as error:
        print(type(error).__name__, error)
for text, arguments in (("{", ()), ("}", ()), ("{0} {}", (1, 2)), ("{x}", ()), ("{5}", ()), ("{!x}", (1,)), ("{a.b}", ())):
    try:
        print(text.format(*arguments))
    except Exception as error:
        print(type(error).__name__, error)
print(f"{1!r:}", f"{'\n'}", f"{{{1}}}", rf"\d{1}", F"{2}" "{3}", f"{x:,.{2}f}", f"{3:{4}}")
