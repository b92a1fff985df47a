# Function calls: recursion, defaults, keywords, closures, star arguments.
def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)


def keywords(a, b=2, *, c=3):
    return a + b + c


def adder(k):
    def add(x):
        return x + k
    return add


def spread(*args, **kwargs):
    return len(args) + len(kwargs)


total = fib(27)
add = adder(5)
for i in range(500_000):
    total += keywords(i, c=1) + add(i) + spread(i, i, x=i)
print(total)
