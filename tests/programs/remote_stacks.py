"""What threads of this and of other processes run, read from their memory."""

import _remote_debugging
import os
import subprocess
import sys
import threading
from _remote_debugging import FrameInfo, RemoteUnwinder

NAME = os.path.basename(__file__)


def shown(trace):
    return [[(os.path.basename(f.filename), f.lineno, f.funcname) for f in stack if NAME in f.filename]
            for _, stack in trace]


def inner(unwinder):
    return unwinder.get_stack_trace()


class Caller:
    def outer(self):
        return inner(RemoteUnwinder(os.getpid()))


trace = Caller().outer()
print(shown(trace), trace[0].thread_id == threading.get_native_id())
print(type(trace[0]).__name__, type(trace[0].frame_info[0]).__name__, FrameInfo.__match_args__)

# Another thread, which waits.
begun, ended = threading.Event(), threading.Event()


def waiting():
    begun.set()
    ended.wait()


thread = threading.Thread(target=waiting)
thread.start()
begun.wait()
everything = RemoteUnwinder(os.getpid(), all_threads=True).get_stack_trace()
print(len(everything), sorted(shown(everything)))
print(thread.native_id in [info.thread_id for info in everything])
active = RemoteUnwinder(os.getpid(), only_active_thread=True).get_stack_trace()
print([info.thread_id == threading.get_native_id() for info in active])
ended.set()
thread.join()
print(len(RemoteUnwinder(os.getpid(), all_threads=True).get_stack_trace()))

# Long names are cut, a long line table is left alone.
scope = {}
exec(compile(f"def {'f' * 1100}(g):\n    return g()\n", "x" * 1500, "exec"), scope)
frame = scope["f" * 1100](RemoteUnwinder(os.getpid()).get_stack_trace)[0].frame_info[0]
print(len(frame.funcname), len(frame.filename), frame.lineno)
exec(compile("def long(g):\n" + "    x = 1\n" * 1200 + "    return g()\n", "long.py", "exec"), scope)
print(scope["long"](RemoteUnwinder(os.getpid()).get_stack_trace)[0].frame_info[0])

# Another process.
code = """
def waits():
    print("ready", flush=True); input()

def deep(n):
    return deep(n - 1) if n else waits()

import sys
sys.setrecursionlimit(3000)
deep(int(sys.argv[1]))
"""
for depth in "2", "1100":
    pipe = subprocess.PIPE
    with subprocess.Popen([sys.executable, "-c", code, depth], stdin=pipe, stdout=pipe, text=True) as child:
        child.stdout.readline()
        unwinder = RemoteUnwinder(child.pid)
        try:
            print([tuple(frame) for frame in unwinder.get_stack_trace()[0].frame_info])
        except RuntimeError as error:
            print("Too many stack frames" in str(error))
        child.communicate("\n")
    try:
        unwinder.get_stack_trace()
    except (ProcessLookupError, RuntimeError) as error:
        print("gone")
for arguments in (), ("x",):
    try:
        RemoteUnwinder(*arguments)
    except TypeError as error:
        print(error)
