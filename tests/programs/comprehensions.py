# Comprehensions: nesting, conditions, scopes, walrus, unpacking; assignment targets.
print([x * y for x in range(4) for y in range(x) if (x + y) % 2])
print({x: [y for y in range(x)] for x in range(4)})
print(sorted({len(word) for word in "a bb cc ddd".split()}))
print([[row[i] for row in [[1, 2], [3, 4], [5, 6]]] for i in range(2)])
x = "outer"
print([x for x in range(3)], x)
print([last := n for n in range(5)], last)
print([(a, b) for a, (b, *_) in [(1, "xyz"), (2, "pq")]])
print(list(filter(None, (n % 3 for n in range(7)))))
matrix = [[1, 2, 3], [4, 5, 6]]
print([*zip(*matrix)], [cell for row in matrix for cell in row], [*range(3), *"ab"], {**{"a": 1}, "b": 2, **{"a": 3}})
first, *middle, last = range(6)
print(first, middle, last)
(a, b), [c, *d] = (1, 2), "xyz"
print(a, b, c, d)
for wrong in ("a, b = 1", "a, b = 1, 2, 3", "a, b, c = 1, 2", "a, *b, c = [1]"):
    try:
        exec(wrong)
    except (TypeError, ValueError) as error:
        print(error)
i, values = 0, [0, 0, 0]
i, values[i] = 1, 9
print(i, values)
values[1:2] = [7, 8]
values += (5,)
values *= 2
print(values)
print([n for n in range(20) if n % 2 if n % 3], any(n > 5 for n in range(10)), all([]))
print({k: v for k, v in zip("abc", range(3)) if v}, dict((v, k) for k, v in {"x": 1}.items()))
print([(lambda: n)() for n in range(3)], [f"{n:02}" for n in range(3)])
if (count := len("hello")) > 3:
    print(count)
while chunk := values[:2]:
    del values[:2]
    print(chunk, end=" ")
print()
print([i if i % 2 else -i for i in range(5)], [*(j for j in "ab"), *[k for k in ()]])


class C:
    n = 3
    sizes = [n for _ in range(1)] if False else [len(s) for s in ("a", "bb")]


print(C.sizes, 1 < 2 < 3 > 2, 1 < 3 < 2, not (1 == 1.0 == True))
del values[:], first
print(values, "first" in globals())
print(0 or "or", 1 and "and", None or 0 or [], "x" if [] else "y")
