"""Classes that export buffers, alone and over built-in exporters."""


def show(call, *args):
    try:
        print(call(*args))
    except Exception as error:
        print(type(error).__name__, error)


class Over(bytearray):
    def __buffer__(self, flags):
        print("asked")
        return super().__buffer__(flags)

    def __release_buffer__(self, view):
        print("released", view.tobytes())
        show(memoryview, view)
        show(view.cast, "b")
        show(view.__getitem__, slice(1))
        self.kept = view
        super().__release_buffer__(view)


over = Over(b"over")
with memoryview(over) as view:
    print(view.tobytes(), view.obj is over)
    show(over.clear)
show(over.kept.tobytes)
over.clear()
print(over)


class OnlyRelease(bytearray):
    def __release_buffer__(self, view):
        print("released", view.readonly)


only = OnlyRelease(b"only")
with memoryview(only) as view:
    view[0] = 79
only.extend(b"!")
print(only)


class OnlyAsk(bytearray):
    def __buffer__(self, flags):
        return memoryview(b"something else")


with memoryview(OnlyAsk(b"ask")) as view:
    print(view.tobytes())


class Alone:
    def __init__(self):
        self.held = bytearray(b"alone")

    def __buffer__(self, flags):
        self.given = memoryview(self.held)
        return self.given

    def __release_buffer__(self, view):
        print(view is self.given)
        self.kept = view


alone = Alone()
with memoryview(alone) as view:
    print(view.tobytes())
print(alone.kept.tobytes())
show(alone.held.clear)
alone.kept.release()
alone.held.clear()

plain = bytearray(b"plain")
view = plain.__buffer__(0)
plain.__release_buffer__(view)
show(plain.__release_buffer__, view)
show(plain.__release_buffer__, memoryview(b"other"))
show(plain.__release_buffer__, b"no view")
for flags in (0x100, 0x200):
    try:
        plain.__buffer__(flags)
    except SystemError:
        print("refused")
show(plain.__buffer__, 2 ** 40)
show(plain.__buffer__, 2 ** 80)
show(plain.__buffer__, "text")
plain.clear()

grid = memoryview(bytes(range(12))).cast("B", (3, 4))
print(grid.tobytes("F"), grid.cast("B").cast("i").tolist(), grid.c_contiguous)
