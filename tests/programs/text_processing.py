# Small programs over text: word counts, caesar, roman numerals, anagrams, run lengths, a calculator, life, queens.
import string
from collections import Counter, defaultdict

text = """It was the best of times, it was the worst of times, it was the age of wisdom, it was the age of foolishness"""
words = text.lower().translate(str.maketrans("", "", string.punctuation)).split()
for word, count in Counter(words).most_common(4):
    print(f"{word:<8}{count:>3} {'*' * count}")


def caesar(text, shift):
    low = string.ascii_lowercase
    return text.translate(str.maketrans(low + low.upper(), low[shift:] + low[:shift] + (low[shift:] + low[:shift]).upper()))


print(caesar("Hello, World", 3), caesar(caesar("abc", 5), 21))


def roman(n):
    out = ""
    for value, letters in ((1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")):
        count, n = divmod(n, value)
        out += letters * count
    return out


print([roman(n) for n in (4, 9, 14, 1994, 2024, 3999)])
groups = defaultdict(list)
for word in "listen silent enlist google elgoog banana".split():
    groups["".join(sorted(word))].append(word)
print(dict(groups))


def runs(text):
    out, i = [], 0
    while i < len(text):
        j = i
        while j < len(text) and text[j] == text[i]:
            j += 1
        out.append(f"{text[i]}{j - i}")
        i = j
    return "".join(out)


print(runs("aaabccdddd"), runs(""))


class Calculator:
    def __init__(self, text):
        self.tokens = [*text.replace("(", " ( ").replace(")", " ) ").split(), None]
        self.at = 0

    def take(self):
        self.at += 1
        return self.tokens[self.at - 1]

    def expression(self):
        value = self.term()
        while self.tokens[self.at] in ("+", "-"):
            value = value + self.term() if self.take() == "+" else value - self.term()
        return value

    def term(self):
        value = self.factor()
        while self.tokens[self.at] in ("*", "/"):
            value = value * self.factor() if self.take() == "*" else value / self.factor()
        return value

    def factor(self):
        token = self.take()
        if token == "(":
            value = self.expression()
            assert self.take() == ")"
            return value
        return float(token)


print(Calculator("2 * ( 3 + 4 ) - 10 / 4").expression())


def life(cells):
    near = Counter((x + dx, y + dy) for x, y in cells for dx in (-1, 0, 1) for dy in (-1, 0, 1) if dx or dy)
    return {cell for cell, n in near.items() if n == 3 or n == 2 and cell in cells}


glider = {(1, 0), (2, 1), (0, 2), (1, 2), (2, 2)}
for _ in range(4):
    glider = life(glider)
print(sorted(glider))


def queens(n, placed=()):
    if len(placed) == n:
        yield placed
    for column in range(n):
        if all(column != c and abs(column - c) != len(placed) - r for r, c in enumerate(placed)):
            yield from queens(n, (*placed, column))


solutions = list(queens(6))
print(len(solutions), solutions[0], sum(1 for _ in queens(7)))


def edit_distance(a, b):
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        last, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            last, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, last + (x != y))
    return row[-1]


print(edit_distance("kitten", "sitting"), edit_distance("", "abc"))
width = max(map(len, words))
for row in range(3):
    print("|".join(f"{word:^{width}}" for word in words[row * 3 : row * 3 + 3]))


def permutations(items):
    if len(items) <= 1:
        yield items
    else:
        for i, item in enumerate(items):
            for rest in permutations(items[:i] + items[i + 1 :]):
                yield [item, *rest]


print(["".join(p) for p in permutations(list("abc"))])
pi, q = "", [1, 0, 1, 1]


def digits():
    q, r, t, k, n, l = 1, 0, 1, 1, 3, 3
    while True:
        if 4 * q + r - t < n * t:
            yield n
            q, r, n = 10 * q, 10 * (r - n * t), 10 * (3 * q + r) // t - 10 * n
        else:
            q, r, t, k, n, l = q * k, (2 * q + r) * l, t * l, k + 1, (q * (7 * k + 2) + r * l) // (t * l), l + 2


from itertools import islice

print("".join(map(str, islice(digits(), 60))))
