"""What the system's modules refuse, at the end and before; what they pass on to threads and children."""

import faulthandler
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time


class Forbidden:
    __fspath__ = None


read, write = os.pipe()
with open(os.devnull) as file:
    for arguments in (read, b"x"), (file, bytearray(1)), (read, 5):
        try:
            os.readinto(*arguments)
        except TypeError as error:
            print(error)
for function in os.fspath, os.stat, open, os.fsencode, os.listdir, os.unlink:
    try:
        function(Forbidden())
    except TypeError as error:
        print(error)
timer = os.timerfd_create(time.CLOCK_MONOTONIC, flags=os.TFD_NONBLOCK)
print(os.get_inheritable(timer))
os.close(timer)

try:
    class Lock(threading.Lock):
        pass
except TypeError as error:
    print(error)

# Every thread profiles, those that run already too.
calls = []
begun, end = threading.Event(), threading.Event()


def profile(frame, event, argument):
    if event == "call" and frame.f_code.co_name == "called":
        calls.append(threading.get_ident())


def called():
    pass


def work():
    begun.set()
    end.wait()
    called()


thread = threading.Thread(target=work)
thread.start()
begun.wait()
threading.setprofile_all_threads(profile)
called()
end.set()
thread.join()
threading.setprofile_all_threads(None)
print(len(calls), len(set(calls)), threading.getprofile())

# A registered signal shows where the thread was, also while it waits for the system.
with tempfile.TemporaryFile() as file:
    faulthandler.register(signal.SIGUSR1, file, all_threads=False)

    def send():
        os.kill(os.getpid(), signal.SIGUSR1)

    send()
    faulthandler.unregister(signal.SIGUSR1)
    file.seek(0)
    print([line.split(", ")[-1] for line in file.read().decode().splitlines()])

END = """
import _thread, os, subprocess, sys
class AtEnd:
    def __del__(self, os=os, run=subprocess.run, interrupt=_thread.interrupt_main, executable=sys.executable):
        for attempt in os.fork, os.forkpty, lambda: run([executable, "-c", "1"], preexec_fn=print):
            try:
                attempt()
            except PythonFinalizationError as error:
                print(error)
        interrupt()
at_end = AtEnd()
"""
result = subprocess.run([sys.executable, "-c", END], capture_output=True, text=True)
print(result.returncode, result.stdout, result.stderr.splitlines()[-1])
