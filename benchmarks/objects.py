# Instances: attributes, methods, inheritance, properties, slots.
class Shape:
    def __init__(self, x, y):
        self.x = x
        self.y = y

    def moved(self, dx, dy):
        return type(self)(self.x + dx, self.y + dy)

    @property
    def size(self):
        return self.area() + 1


class Square(Shape):
    def area(self):
        return self.x * self.x


class Box(Shape):
    __slots__ = ()

    def area(self):
        return self.x * self.y

    def __eq__(self, other):
        return self.x == other.x

    __hash__ = None


total = 0
shapes = [Square(1, 2), Box(3, 4), Box(5, 6)]
for i in range(400_000):
    shape = shapes[i % 3]
    total += shape.size
    shape.x = shape.y
    shape = shape.moved(1, i & 3)
    total += shape.x
    if shapes[1] == shapes[2]:
        total += 1
print(total)
