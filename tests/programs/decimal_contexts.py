# Contexts, signals, formats, and functions of decimals.
import _pydecimal
import copy
import decimal
import pickle
import threading
from decimal import *

print(decimal.Decimal is not _pydecimal.Decimal, Decimal.__module__, Context().__reduce__(), DecimalException.__mro__[1])
print(Decimal("-1.50").as_tuple(), Decimal("nan12").as_tuple(), Decimal("-inf").as_tuple(), pickle.loads(pickle.dumps(Decimal("1E-7"))), copy.deepcopy(Context(prec=5)))


def attempt(action, *args, **kwargs):
    try:
        print(repr(action(*args, **kwargs)))
    except Exception as error:
        print(type(error).__name__, error, isinstance(error, ArithmeticError))


context = Context(prec=5, traps=[])
for action in (
    lambda: context.divide(1, 3), lambda: context.divide(1, 0), lambda: context.divide_int(10**9, 3), lambda: context.sqrt(2), lambda: context.power(2, 100),
    lambda: context.power(2, -3), lambda: context.power(2, Decimal("0.5")), lambda: context.exp(1), lambda: context.ln(10), lambda: context.log10(2), lambda: context.remainder_near(10, 6),
    lambda: context.create_decimal("123456789"), lambda: context.create_decimal(" 1"), lambda: context.fma(2, 3, 4), lambda: context.next_plus(1), lambda: context.next_toward(1, 0),
    lambda: context.logical_xor(110, 11), lambda: context.rotate(12345, 2), lambda: context.shift(12345, -2), lambda: context.scaleb(5, 3), lambda: context.power(7, 10**20, 13),
    lambda: context.to_eng_string(Decimal("1E+4")), lambda: context.number_class(Decimal("-0")), lambda: context.divmod(7, 2), lambda: context.normalize(Decimal("1.200")),
):
    context.clear_flags()
    print(action(), [signal.__name__ for signal, is_set in context.flags.items() if is_set])
for text in ("1e999999999999999999999", "1_000.5", "\u0661\u0662", "x", " 1 ", "-NaN7", "sNaN", "0E-999999999"):
    attempt(Decimal, text)
for value in ((0, (1, 2), -1), [1, [3], "F"], (2, (1,), 0), (0, (10,), 0), 0.1, True, None, b"1"):
    attempt(Decimal, value)
with localcontext(prec=4, Emax=9, Emin=-9, rounding=ROUND_UP) as c:
    attempt(lambda: Decimal("9.9999") + 0)
    attempt(lambda: Decimal("9E9") * 10)
    attempt(lambda: Decimal("1.23456E-12") + 0)
    c.traps[Inexact] = True
    attempt(lambda: Decimal(1) / 3)
    c.clear_traps()
    attempt(lambda: Decimal("snan") + 1)
    print(c)
for change in (dict(prec=0), dict(Emin=1), dict(rounding="x"), dict(capitals=2), dict(clamp=-1), dict(prec="1"), dict(traps=[3]), dict(flags={})):
    attempt(Context, **change)
attempt(setattr, context, "nothing", 1)
attempt(delattr, context, "prec")
attempt(context.flags.__delitem__, Inexact)
attempt(context.traps.__getitem__, 1)
flags = Context().flags
attempt(repr, flags)
attempt(IEEEContext, 64)
attempt(IEEEContext, 65)
for spec in ("", ".2f", "010.1f", "+,.3f", "_", "e", ".0e", "#.0e", "%", ".1%", "n", "*^12", "z.1f", "=12", ".6,f", "#", "<010", "s"):
    attempt(lambda: [format(Decimal(text), spec) for text in ("-1234567.8951", "0E-10", "-0.04", "12E+5", "-sNaN3", "Infinity")])
for action in (
    lambda: Decimal(1) == 1.0, lambda: Decimal(1) < 1.5, lambda: Decimal("nan") == 1, lambda: Decimal("nan") < 1, lambda: Decimal(1) + 1.0, lambda: hash(Decimal("1e400")) == hash(10**400),
    lambda: hash(Decimal("snan")), lambda: int(Decimal("inf")), lambda: round(Decimal("2.5")), lambda: round(Decimal("2.675"), 2), lambda: divmod(-7, Decimal(2)), lambda: pow(Decimal(3), 2, 5), lambda: float(Decimal("1e-400")),
    lambda: Decimal("0.5").as_integer_ratio(), lambda: Decimal.from_float(2.5e-10), lambda: Decimal.from_number(3), lambda: Decimal(2).quantize(Decimal("1e-30")), lambda: Decimal("1.5").to_integral(ROUND_FLOOR), lambda: Decimal(1).compare_total(Decimal("1.0")),
):
    attempt(action)
big = Decimal(3**2000)
with localcontext(prec=3000):
    print(hash(big) == hash(3**2000), int(big) == 3**2000, big * big == 3**4000, (big * big) // big == big, (big * big).sqrt() == big, str(Decimal(2).exp())[2990:], str(Decimal(2).ln())[2990:])


class Money(Decimal):
    pass


print(repr(Money("1.5")), type(Money(1) + 1), type(Money.from_float(1.0)), Money(1).__reduce__())
getcontext().prec = 7
thread = threading.Thread(target=lambda: print(getcontext().prec))
thread.start()
thread.join()
print(getcontext().prec, MAX_PREC, MIN_ETINY, HAVE_THREADS, HAVE_CONTEXTVAR)
