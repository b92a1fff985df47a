# Lists, tuples, dicts and sets: building, reading, sorting, comprehensions.
total = 0
for turn in range(60):
    numbers = [(i * 7919) % 10007 for i in range(5000)]
    squares = {n: n * n for n in numbers}
    odd = {n for n in numbers if n & 1}
    pairs = sorted((n % 100, n) for n in numbers)
    pairs.sort(key=lambda pair: -pair[1])
    total += sum(squares[n] for n in numbers) + len(odd & set(range(0, 10007, 3))) + pairs[turn][1]
    stack = []
    for n in numbers:
        stack.append(n)
        if len(stack) > 50:
            total += stack.pop() + stack[-1]
    first, *rest = numbers
    total += first + len(rest[::3])
print(total)
