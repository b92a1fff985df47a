"""Functions that `perf` is told of run as others do; the map and the dump name them."""

import os
import struct
import subprocess
import sys
import threading
import traceback


def count(n):
    yield from range(n)
    return n


def delegate(n):
    yield (yield from count(n))


class Kept:
    def __init__(self, value):
        self.value = value

    def get(self):
        return self.value


class Wrong:
    def __init__(self):
        return 3


def fail():
    raise ValueError("as planned")


def caught():
    try:
        fail()
    except ValueError as error:
        return [entry.name for entry in traceback.extract_tb(error.__traceback__)]


async def nest(n):
    return await nest(n - 1) + 1 if n else 0


async def pieces():
    for i in range(3):
        yield i


async def whole():
    return await nest(3), [piece async for piece in pieces()]


def finish(coroutine):
    try:
        coroutine.send(None)
    except StopIteration as stop:
        return stop.value


def deepen(n):
    return deepen(n + 1)


def outcomes():
    yield list(delegate(2))
    yield [n for n in count(3)]
    yield Kept(4).get()
    for function in (Wrong, lambda: deepen(0), lambda: next(count(1)).real + Kept()):
        try:
            function()
        except Exception as error:
            yield type(error).__name__
    yield caught()
    yield finish(whole())
    generator = count(3)
    next(generator)
    try:
        generator.throw(KeyError("thrown"))
    except KeyError as error:
        yield repr(error)
    told = []

    def trace(frame, event, argument):
        if frame.f_code.co_filename == __file__:
            told.append((frame.f_code.co_name, event, frame.f_lineno))
        return trace

    def begin():
        sys.settrace(trace)

    begin()
    Kept(1).get()
    caught()
    sys.settrace(None)
    yield told


plain = list(outcomes())
print(*plain[:-1], *plain[-1], sep="\n")


def check(backend):
    sys.activate_stack_trampoline(backend)
    print(backend, sys.is_stack_trampoline_active(), list(outcomes()) == plain)
    found = []
    threads = [threading.Thread(target=lambda: found.append(list(outcomes()))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(found == [plain] * 2)
    sys.deactivate_stack_trampoline()
    print(list(outcomes()) == plain, sys.is_stack_trampoline_active(), flush=True)
    name = "/tmp/perf-%d.map" if backend == "perf" else "/tmp/jit-%d.dump"
    os.unlink(name % os.getpid())


sys.stdout.flush()
for backend in ("perf", "perf_jit"):
    if not (pid := os.fork()):
        check(backend)
        os._exit(0)
    print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)
for wrong in ("nothing", 3):
    try:
        sys.activate_stack_trampoline(wrong)
    except (ValueError, TypeError) as error:
        print(error)

PROGRAM = """
import os, sys
def before(): pass
def after(): pass
def child(): pass
class Class:
    def method(self): pass
before()
Class().method()
pid = FORK
if pid:
    os.waitpid(pid, 0)
    after()
else:
    print(os.getpid(), flush=True)
    child()
"""


def run(fork, *options, **variables):
    environment = os.environ | variables
    command = [sys.executable, *options, "-c", PROGRAM.replace("FORK", fork)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        last = int(process.stdout.read())
    print(options, variables, process.returncode)
    return [process.pid] + [last] * (last != process.pid)


for pid in run("os.fork()", "-X", "perf") + run("os.fork()", PYTHONPERFSUPPORT="1"):
    path = f"/tmp/perf-{pid}.map"
    with open(path) as lines:
        entries = [line.rstrip("\n").split(" ", 2) for line in lines]
    os.unlink(path)
    print([name for _, _, name in entries if name.endswith(":<string>")])
    print(all(int(address, 16) and int(size, 16) for address, size, _ in entries))

for pid in run("0", "-X", "perf_jit") + run("0", "-X", "perf", PYTHON_PERF_JIT_SUPPORT="1"):
    path = f"/tmp/jit-{pid}.dump"
    with open(path, "rb") as file:
        dump = file.read()
    os.unlink(path)
    magic, version, head, _, _, owner, _, _ = struct.unpack_from("=IIIIIIQQ", dump)
    print(hex(magic), version, head, owner == pid)
    kinds, names, index = [], [], 0
    while head < len(dump):
        kind, size, _ = struct.unpack_from("=IIQ", dump, head)
        kinds.append(kind)
        if kind == 0:
            _, _, _, address, length, number = struct.unpack_from("=IIQQQQ", dump, head + 16)
            name, code = dump[head + 56:head + size].split(b"\0", 1)
            index += 1
            assert number == index and address and len(code) == length, (number, address, len(code), length)
            names.append(name.decode())
        else:
            length, header, mapped = struct.unpack_from("=QQQ", dump, head + 16)
            assert header < length <= mapped and size % 8 == 0, (length, header, mapped, size)
        head += size
    print(kinds == [4, 0] * (len(kinds) // 2), [name for name in names if name.endswith(":<string>")])

KEEP = """
import os, sys
from _testinternalcapi import *
def known(): pass
sys.activate_stack_trampoline("perf")
print(perf_trampoline_set_persist_after_fork(1), compile_perf_trampoline_entry(known.__code__))
print(write_perf_map_entry(0x1234, 5678, "entry"))
pid = os.fork() or os.getpid()
if pid != os.getpid():
    os.waitpid(pid, 0)
    print(pid, os.getpid())
perf_map_state_teardown()
"""
result = subprocess.run([sys.executable, "-c", KEEP], capture_output=True, text=True)
*told, pids = result.stdout.splitlines()
print(*told, result.stderr)
kept = []
for pid in pids.split():
    path = f"/tmp/perf-{pid}.map"
    with open(path) as lines:
        kept.append([line for line in lines if "known" in line or "entry" in line])
    os.unlink(path)
print(kept[0] == kept[1], [line.split(" ", 2)[2] for line in kept[0]], kept[0][1].split()[:2])
