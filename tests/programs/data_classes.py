# dataclasses, enum, typing, abc.
import abc
import enum
import typing
from dataclasses import FrozenInstanceError, asdict, astuple, dataclass, field, fields, make_dataclass, replace


@dataclass(order=True)
class Item:
    name: str
    price: float = 1.5
    tags: list[str] = field(default_factory=list, compare=False)
    secret: int = field(default=0, repr=False)
    kind: typing.ClassVar[str] = "item"

    def __post_init__(self):
        self.name = self.name.title()


a = Item("pen", 2.0, ["x"])
print(a, a == Item("Pen", 2.0), a < Item("Pen", 3), asdict(a), astuple(a), replace(a, price=9), [f.name for f in fields(a)])


@dataclass(frozen=True, slots=True, kw_only=True)
class Fixed:
    x: int
    y: int = 0


f = Fixed(x=1)
print(f, hash(f) == hash(Fixed(x=1)), Fixed.__slots__, {f: 1}[Fixed(x=1, y=0)])
try:
    f.x = 5
except FrozenInstanceError as error:
    print(error)
for action in (lambda: Fixed(1), lambda: Item(), lambda: exec("@dataclass\nclass W:\n  a: int = 1\n  b: int", {"dataclass": dataclass}), lambda: exec("@dataclass\nclass W:\n  a: list = []", {"dataclass": dataclass})):
    try:
        action()
    except (TypeError, ValueError) as error:
        print(error)
print(make_dataclass("Made", [("x", int), ("y", int, 5)])(1), Item.__match_args__, Item.__doc__)


class Colour(enum.Enum):
    RED = 1
    GREEN = "g"
    ALIAS = 1

    @property
    def nice(self):
        return self.name.lower()


print(Colour.RED, repr(Colour.GREEN), Colour(1), Colour["GREEN"].nice, list(Colour), Colour.ALIAS is Colour.RED, Colour.__members__.keys(), len(Colour), Colour.RED in Colour)
for action in (lambda: Colour(5), lambda: Colour["BLUE"], lambda: setattr(Colour, "RED", 2), lambda: Colour.RED < Colour.GREEN, lambda: Colour()):
    try:
        print(action())
    except Exception as error:
        print(type(error).__name__, error)


class Level(enum.IntEnum):
    LOW = enum.auto()
    HIGH = enum.auto()


class Perm(enum.Flag):
    R = enum.auto()
    W = enum.auto()
    X = enum.auto()
    RW = R | W


class Word(enum.StrEnum):
    HELLO = enum.auto()


print(Level.LOW < Level.HIGH, Level.HIGH + 1, f"{Level.LOW} {Level.LOW!r}", Perm.R | Perm.X, Perm.RW, ~Perm.R, Perm.R in Perm.RW, list(Perm.RW), Perm(0), bool(Perm(0)), Word.HELLO + "!")
print(enum.Enum("Dynamic", "A B").B, [m.value for m in Perm], Level(2).name)


class Base(abc.ABC):
    @abc.abstractmethod
    def run(self): ...

    @property
    @abc.abstractmethod
    def size(self): ...


class Done(Base):
    size = 1

    def run(self):
        return "ran"


print(Done().run(), Base.__abstractmethods__ == {"run", "size"})
try:
    Base()
except TypeError as error:
    print(error)
Base.register(int)
print(isinstance(3, Base), issubclass(Done, Base))
T = typing.TypeVar("T")


class Stack(typing.Generic[T]):
    pass


class Pair[K, V: int = bool]:
    type Mine = dict[K, V]


def first[T](items: list[T]) -> T | None:
    return items[0] if items else None


type Tree[X] = X | list[Tree[X]]


class Closer(typing.Protocol):
    def close(self) -> None: ...


print(Stack[int], typing.Optional[int], int | None, list[int], dict[str, list[int]].__args__, typing.get_type_hints(first), Pair[str, int], Pair.__type_params__, Tree[int], Tree.__value__)
print(typing.Union[int, str], typing.Callable[[int], str], typing.Literal["a", 1], typing.get_origin(list[int]), typing.Annotated[int, "meta"].__metadata__, typing.cast(int, "x"))


class Movie(typing.TypedDict, total=False):
    title: str


class Named(typing.NamedTuple):
    x: int
    y: str = "d"


print(Movie(title="t"), Movie.__optional_keys__, Named(1), Named.__annotations__, typing.NewType("Id", int)(5), first.__type_params__, typing.runtime_checkable(Closer) is Closer, isinstance(open, Closer))
print(isinstance(1, int | str), list[int] == list[int], typing.Any, typing.Self, typing.get_args(typing.Literal[1, 2]), list[T][int])
