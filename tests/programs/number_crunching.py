# Loops over numbers: sieve, matrices, n-body, mandelbrot, collatz, sorting by hand, linear congruences, hashing.
import math


def sieve(n):
    flags = bytearray([1]) * (n + 1)
    flags[:2] = b"\0\0"
    for i in range(2, math.isqrt(n) + 1):
        if flags[i]:
            flags[i * i :: i] = bytes(len(range(i * i, n + 1, i)))
    return [i for i, flag in enumerate(flags) if flag]


primes = sieve(20000)
print(len(primes), primes[-1], sum(primes))


def multiply(a, b):
    return [[sum(x * y for x, y in zip(row, column)) for column in zip(*b)] for row in a]


def power(m, n):
    result = [[int(i == j) for j in range(len(m))] for i in range(len(m))]
    while n:
        if n & 1:
            result = multiply(result, m)
        m = multiply(m, m)
        n >>= 1
    return result


print(power([[1, 1], [1, 0]], 200)[0][1], multiply([[1.5, 2]], [[2], [0.5]]))
bodies = [[0.0, 0.0, 0.0, 0.0, 10.0], [5.0, 0.0, 0.0, 1.4, 1.0], [0.0, 8.0, -1.1, 0.0, 0.5]]
for _ in range(300):
    for i, a in enumerate(bodies):
        for b in bodies[i + 1 :]:
            dx, dy = a[0] - b[0], a[1] - b[1]
            f = 0.01 / (dx * dx + dy * dy) ** 1.5
            a[2] -= dx * b[4] * f
            a[3] -= dy * b[4] * f
            b[2] += dx * a[4] * f
            b[3] += dy * a[4] * f
    for body in bodies:
        body[0] += 0.01 * body[2]
        body[1] += 0.01 * body[3]
print([[round(x, 9) for x in body[:2]] for body in bodies])
for y in range(-6, 7, 2):
    row = ""
    for x in range(-32, 13):
        c, z, n = complex(x / 16, y / 6), 0j, 0
        while abs(z) <= 2 and n < 30:
            z, n = z * z + c, n + 1
        row += " .:-=+*#%@"[n // 3 if n < 30 else 9]
    print(row.rstrip())


def collatz(n, cache={1: 1}):
    way = []
    while n not in cache:
        way.append(n)
        n = n // 2 if n % 2 == 0 else 3 * n + 1
    length = cache[n]
    for m in reversed(way):
        length += 1
        cache[m] = length
    return length


print(max(range(1, 3000), key=collatz), collatz(27))


def quicksort(items):
    if len(items) < 2:
        return items
    pivot = items[len(items) // 2]
    return quicksort([x for x in items if x < pivot]) + [x for x in items if x == pivot] + quicksort([x for x in items if x > pivot])


state, numbers = 12345, []
for _ in range(2000):
    state = (1103515245 * state + 12345) % 2**31
    numbers.append(state)
print(quicksort(numbers) == sorted(numbers), numbers[-1])


def fnv(data):
    h = 0xCBF29CE484222325
    for byte in data:
        h = ((h ^ byte) * 0x100000001B3) & 0xFFFFFFFFFFFFFFFF
    return h


print(hex(fnv(b"hello world")), fnv(bytes(range(256)) * 4))


def is_prime(n):
    if n < 2 or any(n % p == 0 for p in (2, 3, 5, 7) if n != p):
        return n in (2, 3, 5, 7)
    d, s = n - 1, 0
    while d % 2 == 0:
        d, s = d // 2, s + 1
    for a in (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37):
        x = pow(a, d, n)
        if a % n == 0 or x in (1, n - 1):
            continue
        for _ in range(s - 1):
            x = x * x % n
            if x == n - 1:
                break
        else:
            return False
    return True


print([n for n in range(2**61 - 5, 2**61 + 5) if is_prime(n)], is_prime(2**127 - 1), is_prime(2**127 + 1))
e, n = 65537, (2**89 - 1) * (2**107 - 1)
d = pow(e, -1, (2**89 - 2) * (2**107 - 2))
secret = int.from_bytes(b"twenty-three bytes here")
print(pow(pow(secret, e, n), d, n) == secret, math.gcd(n, 2**89 - 1) == 2**89 - 1)
ways = [1] + [0] * 200
for coin in (1, 2, 5, 10, 20, 50, 100, 200):
    for i in range(coin, 201):
        ways[i] += ways[i - coin]
print(ways[200], sum(int(c) for c in str(2**1000)), sum(d for d in range(1, 28123) if 28123 % d == 0))
