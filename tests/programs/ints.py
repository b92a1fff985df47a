# Integers small and big.
a, b = 2**100, 3**50
print(a, b, a * b, a // b, a % b, -a // b, -a % b, divmod(-7, 2), divmod(7, -2), a - a, -(-5) ** 3)
print(a & b, a | b, a ^ b, ~a, a >> 60, a << 10, -a >> 3, -1 >> 100, (-5) & 0xFF, 1 << 70)
print(pow(3, 1000, 10**9 + 7), pow(3, -1, 7), pow(2, -2), 7**0, 0**0, (-2) ** 63, 2**0.5)
print(int("ff", 16), int("-0b101", 0), int("1_000"), int(" 42 "), int("z", 36), int(3.99), int(-3.99), int(True), int("٣"))
print(bin(-10), oct(64), hex(2**70), f"{2**70:x}", str(10**50), len(str(2**10000)), int(str(7**300)) == 7**300)
print((255).to_bytes(2, "big"), (-2).to_bytes(4, "little", signed=True), int.from_bytes(b"\xff\xfe", signed=True), (1000).bit_length(), (255).bit_count())
print((10).as_integer_ratio(), (5).numerator, (5).conjugate(), (7).real, (7).imag, (3).__index__(), round(1234, -2), round(25, -1), round(35, -1))
print(5 / 2, 10**400 // 10**399, -7 / 2, 1 == 1.0, 2**53 + 1 == float(2**53 + 1), hash(2**61 - 1), hash(-1), hash(2**100))
for text in ("", "abc", "1__0", "0x", "12 3", "9" * 5000, "0b12"):
    try:
        int(text, 0 if text.startswith("0") else 10)
    except ValueError as error:
        print(str(error)[:90])
for action in (lambda: 1 // 0, lambda: 1 % 0, lambda: 1 << -1, lambda: int("a", 99), lambda: int([]), lambda: pow(2, -1, 4), lambda: (300).to_bytes(1), lambda: 10**400 / 3.0, lambda: int(float("nan")), lambda: 1 + "1", lambda: 1 < "1"):
    try:
        action()
    except Exception as error:
        print(type(error).__name__, error)
import math

print(math.factorial(30), math.gcd(2**80, 6**40), math.lcm(12, 18), math.isqrt(10**40), math.comb(50, 25), math.perm(10, 3), math.prod(range(1, 11)))
total = 0
for i in range(200000):
    total += i * i % 7
print(total, sum(range(10**6)), sum([2**62, 2**62, 2**62]), max(2**63, 2**63 - 1))


class MyInt(int):
    def __add__(self, other):
        return MyInt(int(self) + other + 1)


print(MyInt(1) + 1, type(MyInt(1) + 1).__name__, type(MyInt(1) - 1).__name__, MyInt(5) == 5, repr(MyInt(9)))
x = 1
while x < 10**30:
    x *= 97
print(x, x.bit_length(), True + True, ~True if False else -2, int.__doc__.split("\n")[0])
fib = [0, 1]
while len(fib) < 300:
    fib.append(fib[-1] + fib[-2])
print(fib[-1], 0x_ff, 0o17, 0b1_0, 1_000)
