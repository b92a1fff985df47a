# decimal and statistics.
import statistics
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal, DivisionByZero, InvalidOperation, getcontext, localcontext

a, b = Decimal("1.10"), Decimal(3)
print(a + b, a * b, a / b, b // a, b % a, a - b, -a, abs(-a), a**2, b.sqrt(), Decimal("1e5"), Decimal("1E+3") + 1, Decimal(0.1), Decimal("NaN"), Decimal("-Infinity"))
print(repr(a), str(Decimal("0.0000001")), Decimal("12.50").normalize(), Decimal("1234.5678").quantize(Decimal("0.01"), ROUND_HALF_UP), Decimal("2.5").to_integral_value(), round(Decimal("2.675"), 2), int(Decimal("7.9")))
print(f"{Decimal('1234567.891'):,.2f} {Decimal('0.5'):%} {a:>8}", a == Decimal("1.1"), hash(a) == hash(Decimal("1.1")), Decimal(1) == 1.0, a < 2, max(a, b), a.as_tuple(), Decimal((0, (1, 2), -1)), a.adjusted())
with localcontext() as context:
    context.prec = 50
    print(Decimal(2).sqrt(), Decimal(1).exp(), Decimal(10).ln())
    context.rounding = ROUND_DOWN
    context.prec = 3
    print(Decimal(2) / 3, +Decimal("1.2399"))
print(getcontext().prec, Decimal(1) / 7)
for action in (lambda: Decimal(1) / 0, lambda: Decimal("x"), lambda: Decimal(0) / 0, lambda: Decimal("NaN") < 1, lambda: Decimal(1) + 1.5, lambda: Decimal(-1).sqrt()):
    try:
        print(action())
    except (DivisionByZero, InvalidOperation, TypeError) as error:
        print(type(error).__name__)
with localcontext() as context:
    context.traps[DivisionByZero] = False
    print(Decimal(1) / 0, bool(context.flags[DivisionByZero]))
print(sum([Decimal("0.1")] * 10), Decimal("1e400") * 10, Decimal("3.14").as_integer_ratio(), Decimal("1.5").compare(Decimal(2)), Decimal(5).fma(2, 3), Decimal("123").scaleb(-2), Decimal("0x") if False else "end")
data = [2, 4, 4, 5, 7, 9]
print(statistics.mean(data), statistics.median(data), statistics.mode(data), statistics.pstdev(data), statistics.quantiles(data, n=4), statistics.fmean(data), statistics.variance(data), statistics.harmonic_mean([1, 2]))
