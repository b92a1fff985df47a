# Descriptors: data and non-data, property, classmethod, staticmethod, __set_name__.


class Typed:
    def __init__(self, kind):
        self.kind = kind

    def __set_name__(self, owner, name):
        self.name = "_" + name
        print("named", owner.__name__, name)

    def __get__(self, instance, owner=None):
        if instance is None:
            return self
        return getattr(instance, self.name)

    def __set__(self, instance, value):
        if not isinstance(value, self.kind):
            raise TypeError(f"{self.name[1:]} must be {self.kind.__name__}, not {type(value).__name__}")
        setattr(instance, self.name, value)

    def __delete__(self, instance):
        delattr(instance, self.name)


class Point:
    x = Typed(int)
    y = Typed(int)

    def __init__(self, x, y):
        self.x, self.y = x, y


p = Point(1, 2)
print(p.x, p.y, type(Point.x).__name__, vars(p))
try:
    p.x = "one"
except TypeError as error:
    print(error)
del p.y
print(hasattr(p, "y"))


class Lazy:
    def __init__(self, function):
        self.function = function

    def __get__(self, instance, owner):
        value = self.function(instance)
        instance.__dict__[self.function.__name__] = value
        return value


class Page:
    @Lazy
    def body(self):
        print("made once")
        return "text"

    @property
    def title(self):
        "The title."
        return self.__dict__.get("title", "untitled")

    @title.setter
    def title(self, value):
        self.__dict__["title"] = value.title()

    @title.deleter
    def title(self):
        self.__dict__.pop("title")

    @classmethod
    def make(cls, title):
        page = cls()
        page.title = title
        return page

    @staticmethod
    def add(a, b):
        return a + b


page = Page.make("a story")
print(page.body, page.body, page.title, Page.title.__doc__, page.add(1, 2), Page.add(3, 4))
del page.title
print(page.title)


class Fixed:
    @property
    def value(self):
        return 1


for action in (lambda: setattr(Fixed(), "value", 2), lambda: delattr(Fixed(), "value")):
    try:
        action()
    except AttributeError as error:
        print(error)
print(Page.make.__func__.__name__, Page.__dict__["add"].__wrapped__(5, 6))
print(Page.body.__class__ if False else type(Page.__dict__["body"]).__name__)
method = page.make
print(method.__self__ is Page, method.__name__, Page.__dict__["make"].__isabstractmethod__)
print(len.__get__(3) if hasattr(len, "__get__") else "built-in functions do not bind")
print(str.upper.__get__("abc")(), (lambda self: self * 2).__get__(21)())
