# What `cases.txt` is made from: python3.14 generate.py cases.txt source.py

def folding(x):
    a = 1 + 2 * 3, -4, 2 ** 10, 7 // 2, -7 % 3, 1 << 20, "ab" * 3, b"x" + b"y", ~5, +6, 1 / 4, 3 - 2j
    b = 2 ** 1000, "a" * 5000, 1 << 500, 1 // 0, "abc"[5], (1, 2, 3)[1], "abc"[::-1], not 5, not x
    c = [1, 2, 3], [1, 2], {1, 2, 3}, (1, (2, "x"), None)
    for i in [1, 2, x]:
        x in [1, 2]
        x not in {1, 2, 1.0, True}
    for i in (1, 2, *x):
        pass
    for i in [1,
              2,
              3,
              4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29,
              30, 31, 32]:
        pass
    return a, b, c


def tests(a, b, c):
    if a is None or b is not None:
        return 1
    while not (a and b) or c:
        if not a == b:
            continue
        elif a not in b:
            break
        return a if a else b and c or a
    else:
        return None if 1 else 2
    if a < b < c:
        x = y = z = a
    if False:
        print(x)
    assert a, b
    1
    "unused"
    return x, not not a, not (a is b)


def swaps(a, b, c, d):
    a, b = b, a
    a, b, c = c, b, a
    a, b, c, d = d, c, b, a
    a, a = b, c
    (a,) = (b,)
    a = a = b
    [x, y] = a, b
    return a, b, c, d, x, y


def handlers(path):
    try:
        with open(path) as f, open(path) as g:
            for line in f:
                if line:
                    return line
                try:
                    yield line
                except (ValueError, KeyError) as e:
                    print(e)
                    continue
                finally:
                    g.close()
    except* OSError:
        pass
    except* ValueError as e:
        raise
    try:
        x = 1
    finally:
        del x
    print(x)


async def coroutines(a, b):
    async with a as x:
        await b
    async for i in a:
        if i:
            break
    else:
        return
    return [i async for i in a if await i], {k: v for k, v in b}


def unbound(a):
    if a:
        b = 1
    print(b)
    print(b)
    del a
    print(a)
    for b in a:
        pass
    from os import path
    return [b for b in a], lambda: (a, b)


def matching(x):
    match x:
        case {"a": 1, **rest}:
            return rest
        case [1, 2, *_] | (3, _):
            return 1
        case Point(x=0, y=0) if x:
            pass
        case str() | None:
            y = 1
        case _:
            return f"{x!r:>{10}} {x}"


def line_numbers(a):
    return (
        a.b(
            1,
            a
        ) +
        2
    )


class Numbers:
    x: int = 1
    def method(self):
        super().method()
        return __class__


def generic[T: int, *Ts](x: T = 1) -> T:
    type Alias[P] = dict[P, T]
    global G
    G = 1
    return Alias
