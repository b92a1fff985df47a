import contextvars
import gc
import os
import sys
import types

import hooks


def make():
    def inner(a=1, *, b=2):
        return a
    inner.__defaults__ = (3,)
    inner.__kwdefaults__ = {"b": 4}
    inner.__code__ = (lambda a=1, *, b=2: b).__code__
    del inner


print("functions", hooks.watch("functions", make))
source = compile("def f(): pass", "<text>", "exec")
print("code", hooks.watch("code", lambda: source.replace(co_name="other") and None))
print("contexts", hooks.watch("x contexts", lambda: contextvars.copy_context().run(int)))


def traced():
    x = 1
    try:
        int("no")
    except ValueError:
        return x


print("trace", hooks.watch("trace", traced))
print("objects", hooks.objects())
print("allocators", hooks.allocators())
code = (lambda: 0).__code__
print("extra", hooks.extra(code), hooks.extra(code))
del code
gc.collect()

Fields = hooks.sequence_type()
fields = Fields((1, 2, 3))
print(fields, fields.hidden, Fields.__doc__, Fields.n_fields, Fields.n_unnamed_fields, Fields.__module__)

grid = memoryview(bytes(range(6))).cast("B", (2, 3))
for order in "CFA":
    view = hooks.contiguous(grid, order)
    print(order, view.tobytes("A"), view.strides, view.tolist(), view.readonly)
backwards = memoryview(bytearray(b"abcdef"))[::-2]
print(hooks.contiguous(backwards, "C").tobytes())


def local_names(a):
    first = hooks.locals()
    b = 2
    second = hooks.locals()
    return first is second, sorted(second)


print("locals", local_names(1))
print("mutex", hooks.mutex())


def on_line(code, line):
    if code != "code":
        return sys.monitoring.DISABLE
    print("line", line)
    return sys.monitoring.DISABLE if line == 11 else None


sys.monitoring.use_tool_id(3, "test")
sys.monitoring.register_callback(3, sys.monitoring.events.LINE, on_line)
sys.monitoring.set_events(3, sys.monitoring.events.LINE)
active = hooks.lines("code"), hooks.lines("code")
sys.monitoring.set_events(3, 0)
print("lines", active, hooks.lines("code"))
sys.monitoring.free_tool_id(3)

path = f"/tmp/perf-{os.getpid()}.map"
print("perf map", hooks.perf_map(path))
with open(path) as lines:
    print(lines.read())
os.unlink(path)

hooks.at_exit()
module = types.ModuleType("other")
del sys.modules["hooks"]
del hooks, module, Fields, fields
gc.collect()
print("end")
