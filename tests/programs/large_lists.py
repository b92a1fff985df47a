# Lists so large that their arrays lie in pages of their own: growing, shrinking, sorting, emptying.
big = []
for i in range(700_000):
    big.append(i)
print(len(big), big[0], big[262_143], big[262_144], big[-1], sum(big))

big.sort(key=lambda i: -i)
print(big[0], big[-1])


class Nosy:
    """Compares, and puts a large list in place of the one being sorted."""

    def __init__(self, value):
        self.value = value

    def __lt__(self, other):
        if not nosy:
            nosy.extend(range(300_000))
        return self.value < other.value


nosy = [Nosy(2), Nosy(1)]
try:
    nosy.sort()
except ValueError as error:
    print(error, [item.value for item in nosy])

nosy = [Nosy(i % 7) for i in range(300_000)]
try:
    nosy.sort()
except ValueError as error:
    print(error, len(nosy), nosy[0].value, nosy[-1].value)

del big[10:]
print(big)
big *= 100_000
print(len(big), big[-1])
big.clear()
print(big)

big = [None] * 400_000
big[100:399_900] = []
print(len(big))
big = list(range(300_000))
while len(big) > 1:
    del big[len(big) // 2 :]
print(big)
