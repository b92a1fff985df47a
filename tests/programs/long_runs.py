"""Many instructions in a row on little native stack: however many run, none keeps any of it."""
import threading

ROUNDS = 6000


class Thing:
    __slots__ = ("value",)

    def __init__(self, value=0):
        self.value = value

    def get(self):
        return self.value

    def __getitem__(self, key):
        return key

    def __len__(self):
        return 3

    def __enter__(self):
        return self

    def __exit__(self, *error):
        return True


class Child(Thing):
    def get(self):
        return super().get()

    @property
    def twice(self):
        return 2 * self.value


def spread(first, second=2, *rest, third=3, **named):
    return first, second, rest, third, named


def count(limit):
    for number in range(limit):
        yield number


def delegate(limit):
    yield from count(limit)


def calls():
    thing, child, items = Thing(1), Child(2), []
    for number in range(ROUNDS):
        spread(number)
        spread(number, 1, 2, third=4, fourth=5)
        spread(*(1, 2), **{"third": 3})
        thing.get()
        child.get()
        items.append(Child(number))
        len(items), len(thing), isinstance(child, Thing), type(child), str(number), tuple(items[:2])
        max(number, 3), abs(number), divmod(number, 7), sorted(items[:1], key=Child.get)
        "a,b".split(","), "x".join(("a", "b")), items.copy, {}.get(1), {}.setdefault(1, 2)
    return len(items), items[-1].get()


def operands():
    thing, table, members = Child(1), {}, {1, 2, 3}
    total, text, real = 0, "", 0.5
    for number in range(ROUNDS):
        total += number * 3 - number // 2 + (number << 1) + number % 7
        total ^= 2 ** 70
        real = real * 1.5 + number / 3 - real
        text = (text + "ab")[-10:]
        table[number % 50] = thing.twice
        total += table[number % 50] + thing[number] + (number in members) + (number not in table)
        thing.value, other = thing.value + 1, thing.value
        first, *middle, last = [1, 2, 3, number]
        (one, two), three = (1, 2), f"{number:>4}{text!r}"
        assert one == 1 or not middle or last == number or other is None or -first or ~two, three
    return total % 1000, text, len(three)


def exceptions():
    caught = 0
    for number in range(ROUNDS):
        try:
            raise ValueError(number)
        except ValueError:
            caught += 1
        for fail in (lambda: {}[1], lambda: [][2], lambda: 1 / 0, lambda: None.x, lambda: len(3), lambda: nothing,
                     lambda: 3 in 4, lambda: [*5], lambda: spread()):
            try:
                fail()
            except Exception:
                caught += 1
        with Thing():
            raise KeyError
        try:
            one, two = 1, 2, 3
        except* ValueError:
            caught += 1
    return caught


def iteration():
    total = 0
    for number in delegate(ROUNDS):
        total += sum(x for x in (1, 2)) + sum([y for y in range(3)])
        for pair in zip((1, 2), [3, 4]):
            total += pair[0]
        match [number, {"key": number}]:
            case [0, _]:
                total += 1
            case [int(found), {"key": value}] if found == value:
                total -= 1
        while True:
            if number > 3 and (number % 2 or not number):
                continue_here = number
                break
            break
    return total


class Destroyed:
    count = 0

    def __del__(self):
        Destroyed.count += 1


def destruction():
    for number in range(ROUNDS):
        one, two = Destroyed(), Destroyed()
        one, two = two, one
        del one
        two = None
        Destroyed() == Destroyed()
        [Destroyed()][0]
    return Destroyed.count


def run(body, results):
    results.append((body.__name__, body()))


threading.stack_size(512 * 1024)
for body in (calls, operands, exceptions, iteration, destruction):
    results = []
    thread = threading.Thread(target=run, args=(body, results))
    thread.start()
    thread.join()
    print(results)
