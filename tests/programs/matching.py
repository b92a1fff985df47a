# Pattern matching: literals, captures, sequences, mappings, classes, guards, alternatives.
from dataclasses import dataclass


@dataclass
class Point:
    x: int
    y: int


class Custom:
    __match_args__ = ("left", "right")

    def __init__(self, left, right):
        self.left, self.right = left, right


class Colour:
    RED = "red"


def describe(value):
    match value:
        case 0 | 1:
            return "small"
        case -1:
            return "minus one"
        case 1.5 | 2 + 3j:
            return "number"
        case "" | b"":
            return "empty text"
        case Colour.RED:
            return "the colour"
        case None | True | False:
            return "singleton"
        case str(text) if text.isupper():
            return f"shout {text}"
        case str():
            return "text"
        case []:
            return "empty list"
        case [x]:
            return f"one {x}"
        case [int(a), int(b)]:
            return f"ints {a} {b}"
        case ["go", ("north" | "south") as way]:
            return f"go {way}"
        case [first, *_, last] if first == last:
            return f"ends alike {first}"
        case [first, *rest]:
            return f"first {first}, {len(rest)} more"
        case {"kind": "point", "at": [x, y]}:
            return f"dict point {x},{y}"
        case {"kind": kind, **rest}:
            return f"{kind} with {sorted(rest)}"
        case {}:
            return "some mapping"
        case Point(x=0, y=0):
            return "origin"
        case Point(0, y):
            return f"on the y axis at {y}"
        case Point(x, y=yy):
            return f"point {x} {yy}"
        case Custom(Custom(a, b), c):
            return f"nested {a}{b}{c}"
        case Custom():
            return "custom"
        case int(n):
            return f"int {n}"
        case _:
            return "anything"


for value in (
    1, -1, 1.5, 2 + 3j, "", b"", "red", None, True, "ABC", "abc", [], [7], [1, 2], ["go", "north"],
    [1, 2, 1], (1, "b", 3), range(3), {"kind": "point", "at": (1, 2)}, {"kind": "line", "to": 3, "from": 1}, {"a": 1},
    Point(0, 0), Point(0, 5), Point(3, 4), Custom(Custom(1, 2), 3), Custom(1, 2), 99, {1}, b"bytes", ["go", "up"],
):  # fmt: skip
    print(repr(value) if not isinstance(value, Custom) else "Custom", "->", describe(value))


def evaluate(expression):
    match expression:
        case int() | float():
            return expression
        case ("+" | "-" | "*" as op, left, right):
            a, b = evaluate(left), evaluate(right)
            return a + b if op == "+" else a - b if op == "-" else a * b
        case ("let", str(name), value, body):
            return evaluate(substitute(body, name, evaluate(value)))
        case other:
            raise ValueError(f"cannot evaluate {other!r}")


def substitute(body, name, value):
    match body:
        case str() if body == name:
            return value
        case (op, *parts):
            return (op, *(substitute(part, name, value) for part in parts))
    return body


print(evaluate(("let", "x", ("+", 1, 2), ("*", "x", ("-", "x", 10)))))
try:
    evaluate(("?",))
except ValueError as error:
    print(error)
try:
    match Point(1, 2):
        case Point(1, 2, 3):
            pass
except TypeError as error:
    print(error)
match x := 5, 6:
    case a, b:
        print(a, b, x)
