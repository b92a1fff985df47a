# Generators, exceptions, with blocks, pattern matching.
from contextlib import contextmanager


def countdown(n):
    while n:
        yield n
        n -= 1


def both(n):
    yield from countdown(n)
    yield from (i * 2 for i in range(n))


@contextmanager
def scope(log):
    log.append(1)
    try:
        yield log
    finally:
        log.pop()


def classify(value):
    match value:
        case int(n) if n % 2:
            return 'odd'
        case [a, b]:
            return a + b
        case {'k': v}:
            return v
        case _:
            return None


total = 0
log = []
for i in range(60_000):
    for n in both(6):
        total += n
    try:
        if i % 3 == 0:
            raise KeyError(i)
        total += 1
    except LookupError as error:
        total += error.args[0] & 1
    with scope(log):
        total += len(log)
    for value in (i, [i, 1], {'k': i}, 'x'):
        total += classify(value) is not None
print(total)
