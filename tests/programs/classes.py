# Classes: attributes, inheritance, the method resolution order, slots, special methods.


class Shape:
    count = 0

    def __init__(self, name):
        self.name = name
        type(self).count += 1

    def area(self):
        return 0

    def __repr__(self):
        return f"{type(self).__name__}({self.name!r}, {self.area()})"


class Square(Shape):
    def __init__(self, side):
        super().__init__("square")
        self.side = side

    def area(self):
        return self.side**2

    def __eq__(self, other):
        return self.side == other.side if isinstance(other, Square) else NotImplemented

    def __lt__(self, other):
        return self.side < other.side if isinstance(other, Square) else NotImplemented


print(Shape("blank"), Square(3), Shape.count, Square.count)
print(Square(2) == Square(2), Square(2) == 2, Square(2) != Square(3), sorted([Square(3), Square(1)]))
print(Square.__hash__, Shape.__hash__ is object.__hash__)
try:
    Square(1) < 1
except TypeError as error:
    print(error)


class A:
    def who(self):
        return ["A"]


class B(A):
    def who(self):
        return ["B"] + super().who()


class C(A):
    def who(self):
        return ["C"] + super().who()


class D(B, C):
    def who(self):
        return ["D"] + super().who()


print(D().who(), [cls.__name__ for cls in D.__mro__])
try:
    type("Wrong", (A, B), {})
except TypeError as error:
    print(error)


class Slotted:
    __slots__ = ("x", "y")


s = Slotted()
s.x = 1
print(s.x, hasattr(s, "y"), hasattr(s, "__dict__"))
for action in (lambda: s.y, lambda: setattr(s, "z", 1)):
    try:
        action()
    except AttributeError as error:
        print(error)


class Counting:
    def __init_subclass__(cls, /, step=1, **rest):
        super().__init_subclass__(**rest)
        cls.step = step

    def __class_getitem__(cls, item):
        return f"{cls.__name__}[{item}]"

    def __getattr__(self, name):
        if name.startswith("by_"):
            return self.step * int(name[3:])
        raise AttributeError(name)


class Fives(Counting, step=5):
    pass


print(Fives.step, Fives().by_3, Fives["int"], hasattr(Fives(), "other"))


class Meta(type):
    @classmethod
    def __prepare__(mcls, name, bases, **options):
        return {"prepared": sorted(options)}

    def __new__(mcls, name, bases, namespace, **options):
        return super().__new__(mcls, name, bases, dict(namespace))

    def __call__(cls, *arguments):
        return ("made", super().__call__(*arguments))

    def __init__(cls, name, bases, namespace, **options):
        super().__init__(name, bases, namespace)


class Made(metaclass=Meta, b=1, a=2):
    def __repr__(self):
        return "<Made>"


print(Made.prepared, Made(), type(Made).__name__)
Fives.__name__ = "Sixes"
print(Fives, Fives.__qualname__, Fives.__module__)
x = Square(4)
x.__class__ = Shape
print(x.area(), vars(x))
