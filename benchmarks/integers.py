# Loops over small integers: arithmetic, comparison, the cost of an iteration.
def run(n):
    s = 0
    i = 0
    while i < n:
        s += i * i % 7
        if s & 1:
            s ^= 3
        i += 1
    for j in range(n):
        s += j // 3 - (j >> 2)
    return s


print(run(3_000_000))
