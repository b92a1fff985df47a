# What cannot be held in memory is a MemoryError before it is tried.
import itertools
import resource

resource.setrlimit(resource.RLIMIT_AS, (3 << 30, resource.RLIM_INFINITY))

# There is memory below the limit: for large blocks, for small ones, for the stack.
print(len("a" * (1 << 29)), len([[number] for number in range(1_000_000)]), eval("(" * 100 + ")" * 100))


def attempt(what, action):
    try:
        result = action()
    except (MemoryError, OverflowError) as error:
        print(what, type(error).__name__)
    else:
        print(what, len(result))


class Hinting:
    def __init__(self, hint):
        self.hint = hint

    def __iter__(self):
        return iter("ab")

    def __length_hint__(self):
        return self.hint


for size in 1 << 40, 1 << 60, 1 << 62:
    attempt("list", lambda: list(range(size)))
    attempt("sorted", lambda: sorted(range(size)))
    attempt("unpacked", lambda: [*range(size)])
    attempt("repeat", lambda: list(itertools.repeat(1, size)))
    attempt("hint", lambda: list(Hinting(size)))
    attempt("hint in tuple", lambda: tuple(Hinting(size)))
    attempt("list times", lambda: [1] * size)
    attempt("text times", lambda: "a" * size)
    attempt("integer", lambda: f"{1:{size}}")
    attempt("zeros", lambda: format(1, f"0{size}"))
    attempt("character", lambda: f"{65:{size}c}")
    attempt("double", lambda: f"{1.5:>{size}}")
    attempt("complex", lambda: f"{1j:>{size}}")
many = [b"a" * (1 << 26)] * 100
attempt("bytes", lambda: b" ".join(many))
attempt("bytearray", lambda: bytearray().join(many))
