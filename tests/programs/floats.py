# Floats and complex numbers.
import math

print(0.1 + 0.2, 1e16, 1e15, 1e-5, 0.0001, 123456789.123456789, 5e-324, 1.7976931348623157e308, 1e309, -0.0, 1.0)
print(7.5 // 2, -7.5 // 2, 7.5 % 2, -7.5 % 2, 7.5 % -2, divmod(-1.0, 3), 2.0**0.5, 2.0**-1, (-8) ** (1 / 3))
print(round(2.5), round(3.5), round(2.675, 2), round(-1.5), round(1e20), round(1234.567, -2), round(0.5), round(1.25, 1))
print(float("1e3"), float(" -inf "), float("nan"), float("1_0.5"), float("infinity"), float.fromhex("0x1.8p3"), (0.1).hex())
print((0.75).as_integer_ratio(), (3.0).is_integer(), float(2**70), int(1e20), hash(0.5), hash(1.0), hash(float("inf")))
nan, inf = float("nan"), float("inf")
print(nan == nan, nan in [nan], inf > 10**400, -inf < -(10**400), max(1.0, nan), min([3, 1.5, 2]), inf - inf, 1 < 1.5 < 2)
print(math.sqrt(2), math.floor(-1.5), math.ceil(-1.5), math.trunc(-1.7), math.fmod(-7, 3), math.frexp(8.0), math.ldexp(0.5, 5), math.modf(-1.25))
print(math.hypot(3, 4), math.dist((0, 0), (3, 4)), math.fsum([0.1] * 10), sum([0.1] * 10), math.isclose(0.1 + 0.2, 0.3), math.copysign(1, -0.0), math.nextafter(1, 2), math.ulp(1.0))
print(math.log(100, 10), math.log2(8), math.log10(1000), math.exp(0), math.sin(0), math.cos(0), math.atan2(1, 1), math.degrees(math.pi), math.gamma(5), math.erf(0))
for action in (lambda: 1.0 / 0, lambda: 1.0 % 0, lambda: 10.0**400, lambda: math.sqrt(-1), lambda: math.log(0), lambda: float("x"), lambda: float([]), lambda: int(inf), lambda: math.exp(1000), lambda: 0.0**-1, lambda: math.factorial(-1)):
    try:
        action()
    except Exception as error:
        print(type(error).__name__, error)
c = 3 + 4j
print(c, abs(c), c.conjugate(), c * c, c / 2, c**2, complex("1-2j"), complex(1, -0.0), -c, 1j * 1j, c == 3 + 4j, hash(c), complex(nan, inf), repr(1j), 0j, c - 3)
import cmath

print(cmath.sqrt(-4), cmath.phase(-1), cmath.polar(1j), cmath.isclose(cmath.exp(cmath.pi * 1j), -1))
print([f"{v:.3g}" for v in (1234567.0, 0.00012345, 1e10, 100.0)], str(1e22), repr(1e23), 9007199254740993.0, 4.35, 0.3, 2.0000000000000004)
values = [3.5, -1, 2, -0.5, 1e-9]
print(sorted(values), sorted(values, key=abs), sum(values))
from fractions import Fraction

print(Fraction(3, 6), Fraction("0.125"), Fraction(1, 3) + Fraction(1, 6), Fraction(0.1).limit_denominator(100), Fraction(7, 2) // 1, float(Fraction(1, 8)), Fraction(1, 3) < 0.34)
