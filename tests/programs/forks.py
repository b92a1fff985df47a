"""The import lock around forks."""

import _imp
import os
import sys
import threading
import time
import warnings

warnings.simplefilter("ignore")


def in_child(function):
    pid = os.fork()
    if pid == 0:
        try:
            status = function()
        except BaseException as error:
            print(repr(error), flush=True)
            status = 1
        os._exit(status)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


# What this thread holds the child holds, as deep.
def release_twice():
    _imp.release_lock()
    _imp.release_lock()
    return 40 + _imp.lock_held()


for _ in range(2):
    _imp.acquire_lock()
print(in_child(release_twice), _imp.lock_held())
for _ in range(2):
    _imp.release_lock()
print(in_child(lambda: 50 + _imp.lock_held()), _imp.lock_held())

# While another thread makes a module, a fork waits.
begun = threading.Event()


def make():
    _imp.acquire_lock()
    sys.modules["made"] = "half"
    begun.set()
    time.sleep(0.05)
    sys.modules["made"] = "whole"
    _imp.release_lock()


thread = threading.Thread(target=make)
thread.start()
begun.wait()
print(in_child(lambda: len(__import__("made"))))
thread.join()
print(in_child(lambda: len(threading.enumerate())))
