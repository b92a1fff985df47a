"""In the child of a fork other threads are done, what they alone had is gone, and locks they held are free; functions that
are called at the exit; what a start imports."""

import _warnings
import atexit
import os
import subprocess
import sys
import threading
import warnings

warnings.simplefilter("ignore")
main = threading.current_thread()
parent = os.getpid()


def wait(pid):
    print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)


class Mark:
    def __del__(self):
        if os.getpid() != parent:
            warnings.warn("wants the lock", ResourceWarning)
            print("gone", flush=True)


def fork_in_thread():
    if pid := os.fork():
        wait(pid)
        return
    joiner = threading.Thread(target=lambda: (main.join(), print("joined", main.is_alive(), flush=True)))
    joiner.start()
    joiner.join()
    os._exit(3)


thread = threading.Thread(target=fork_in_thread)
thread.start()
thread.join()

local = threading.local()
ready, release = threading.Event(), threading.Event()


def hold():
    local.mark = Mark()
    _warnings._acquire_lock()
    ready.set()
    release.wait()
    _warnings._release_lock()


holder = threading.Thread(target=hold, daemon=True)
holder.start()
ready.wait()
os.register_at_fork(after_in_parent=release.set)
if not (pid := os.fork()):
    print(holder.is_alive(), hasattr(local, "mark"), flush=True)
    holder.join()
    os._exit(4)
wait(pid)
holder.join()

_warnings._acquire_lock()
if not (pid := os.fork()):
    _warnings._release_lock()
    try:
        _warnings._release_lock()
    except RuntimeError as error:
        print(error, flush=True)
    os._exit(5)
_warnings._release_lock()
wait(pid)

# Comparing may unregister others.
log = []
functions = [lambda n=n: log.append(n) for n in range(3)]


class Predicate:
    def __init__(self, when, other):
        self.left, self.other = when, other

    def __eq__(self, function):
        self.left -= 1
        if self.left == 0:
            atexit.unregister(self.other)
        return function is functions[1]


for other in functions:
    for when in 1, 2, 3:
        log.clear()
        for function in functions:
            atexit.register(function)
        atexit.unregister(Predicate(when, other))
        print(atexit._ncallbacks(), end=" ")
        atexit._run_exitfuncs()
        print(log)

modules = subprocess.run(
    [sys.executable, "-I", "-S", "-c", "import sys; print(*sorted(sys.modules))"], capture_output=True, text=True
)
print(modules.stdout)
