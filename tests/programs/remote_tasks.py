"""The tasks of this and of other processes, who awaits whom, and what goes wrong when one looks."""

import asyncio
import os
import signal
import subprocess
import sys
import threading
from _remote_debugging import AwaitedInfo, CoroInfo, RemoteUnwinder, TaskInfo

NAME = os.path.basename(__file__)
print(AwaitedInfo.__match_args__, TaskInfo.__match_args__, CoroInfo.__match_args__)


def stack(frames):
    return [f"{frame.funcname}:{frame.lineno if NAME in frame.filename else ''}" for frame in frames]


def show(label, trace):
    print(label, [info.thread_id == threading.get_native_id() or info.thread_id for info in trace])
    for info in trace:
        names = {task.task_id: task.task_name for task in info.awaited_by}
        for task in info.awaited_by:
            (own,) = task.coroutine_stack
            awaited = sorted((names.get(coro.task_name, "?"), stack(coro.call_stack)) for coro in task.awaited_by)
            print("   ", task.task_name, own.task_name == task.task_id, stack(own.call_stack), awaited)


unwinder = RemoteUnwinder(os.getpid())


def both(label):
    show(f"{label}, running:", unwinder.get_async_stack_trace())
    show(f"{label}, all:", unwinder.get_all_awaited_by())


def errors(label, *functions):
    for function in functions:
        error = None
        try:
            print(label, function())
        except (OSError, RuntimeError) as raised:
            error = raised
        while error:
            print(label, type(error).__name__, error)
            error = error.__cause__ or error.__context__


both("no loop")


async def waits(awaitable):
    return await awaitable


async def generator(awaitable):
    await awaitable
    yield


async def outer(awaitable):
    async for item in generator(awaitable):
        yield item


async def cleans():
    try:
        yield
    finally:
        await asyncio.sleep(100)


async def consumes(items):
    async for _ in items:
        pass


class Delegate:
    def __init__(self, coroutine):
        self.coroutine = coroutine

    def __await__(self):
        return (yield from self.coroutine.__await__())


def called():
    list(map(both, ["called"]))


async def calls():
    await asyncio.sleep(0)
    called()


async def main():
    create = asyncio.create_task
    me = asyncio.current_task()
    kept = [create(asyncio.sleep(100), name="one"), create(waits(Delegate(asyncio.sleep(100))), name="two")]
    kept.append(create(waits(kept[0]), name="second hand"))
    await asyncio.sleep(0)
    asyncio.future_add_to_awaited_by(me, kept[0])
    both("one waiter")
    asyncio.future_add_to_awaited_by(me, kept[1])
    show("two waiters, all:", unwinder.get_all_awaited_by())
    names = [task.task_name for task in unwinder.get_async_stack_trace()[0].awaited_by]
    print(names[0], sorted(names))
    for task in kept:
        asyncio.future_discard_from_awaited_by(me, task)
        task.cancel()
    await asyncio.gather(*kept, return_exceptions=True)
    both("cancelled")

    cleaner = cleans()
    await anext(cleaner)
    future = asyncio.get_running_loop().create_future()
    kept = [
        create(consumes(outer(future)), name="async for"),
        create(anext(generator(future)), name="anext"),
        create(cleaner.aclose(), name="aclose"),
        create(waits(anext(generator(future), 5)), name="anext with default"),
        create(waits(asyncio.gather(asyncio.sleep(100), asyncio.sleep(100))), name="gather"),
        create(asyncio.sleep(100), name="x" * 300),
    ]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    show("kinds, all:", unwinder.get_all_awaited_by())
    for task in kept:
        task.cancel()
    await asyncio.gather(*kept, return_exceptions=True)
    await asyncio.create_task(calls(), name="calls")

    # A future that is no task says nothing of itself.
    asyncio.future_add_to_awaited_by(me, future)
    show("future, all:", unwinder.get_all_awaited_by())
    asyncio.future_discard_from_awaited_by(me, future)
    # A circle is noticed.
    asyncio.future_add_to_awaited_by(me, me)
    show("circle, all:", unwinder.get_all_awaited_by())
    errors("circle:", unwinder.get_async_stack_trace)
    asyncio.future_discard_from_awaited_by(me, me)

    loop = asyncio.get_running_loop()
    loop.set_task_factory(asyncio.eager_task_factory)
    await create(calls(), name="eager")


asyncio.run(main())
both("after")

# Tasks outlive the thread that made them.
kept = []


def leaves():
    loop = asyncio.new_event_loop()
    kept.extend([loop, *(loop.create_task(asyncio.sleep(0), name=f"left {i}") for i in range(3))])
    unwinder = RemoteUnwinder(os.getpid())
    print(len(asyncio.all_tasks(loop)), [len(info.awaited_by) for info in unwinder.get_all_awaited_by()])


thread = threading.Thread(target=leaves)
thread.start()
thread.join()
show("left, all:", unwinder.get_all_awaited_by())
kept[2].cancel()
kept[0].run_until_complete(asyncio.wait(kept[1:]))
show("ended, all:", unwinder.get_all_awaited_by())

# Another process.
code = """
import asyncio
async def deep(n):
    if n: return await deep(n - 1)
    await asyncio.sleep(100)
async def main():
    task = asyncio.create_task(deep(DEPTH), name="deep")
    await asyncio.sleep(0.01)
    print("ready", flush=True); input()
asyncio.run(main())
"""
for depth in 3, 1500:
    source = "import sys; sys.setrecursionlimit(5000)\n" + code.replace("DEPTH", str(depth))
    with subprocess.Popen([sys.executable, "-c", source], stdin=-1, stdout=-1, stderr=-1, text=True) as child:
        child.stdout.readline()
        away = RemoteUnwinder(child.pid)
        print([task.task_name for task in away.get_async_stack_trace()[0].awaited_by])
        try:
            first, rest = away.get_all_awaited_by()
            print(first.thread_id == child.pid, rest)
            print([(task.task_name, [f.funcname for f in task.coroutine_stack[0].call_stack]) for task in first.awaited_by][1])
        except RuntimeError as error:
            print(error)
        child.kill()
        child.wait()
        errors("gone:", away.get_stack_trace, away.get_async_stack_trace, away.get_all_awaited_by)

# A process without tasks, and none at all.
with subprocess.Popen([sys.executable, "-c", "print('ready', flush=True); input()"], stdin=-1, stdout=-1) as child:
    child.stdout.readline()
    for debug in False, True:
        away = RemoteUnwinder(child.pid, debug=debug)
        errors("no tasks:", away.get_async_stack_trace, away.get_all_awaited_by)
    child.communicate(b"\n")
for debug in False, True:
    errors("no process:", lambda: RemoteUnwinder(99999999, debug=debug))
errors("no process:", lambda: sys.remote_exec(99999999, __file__))

# The command line.
with subprocess.Popen([sys.executable, "-c", code.replace("DEPTH", "1").replace("input()", "import time; time.sleep(100)")],
                      stdin=-1, stdout=-1, text=True) as child:
    child.stdout.readline()
    for command in "ps", "pstree":
        done = subprocess.run([sys.executable, "-m", "asyncio", command, str(child.pid)], capture_output=True, text=True)
        print(done.returncode, done.stderr, len(done.stdout.splitlines()))
        print([line[:13] for line in done.stdout.splitlines() if "─" in line])
    child.kill()
done = subprocess.run([sys.executable, "-m", "asyncio", "ps", "99999999"], capture_output=True, text=True)
print(done.returncode, done.stderr, done.stdout)

# Whoever is looked at goes on meanwhile: whatever comes of it is an answer or an error.
code = """
import asyncio
async def waits(task):
    await task
async def main():
    print("ready", flush=True)
    while True:
        async with asyncio.TaskGroup() as group:
            task = group.create_task(asyncio.sleep(0))
            for i in range(20):
                task = group.create_task(waits(task))
asyncio.run(main())
"""
with subprocess.Popen([sys.executable, "-c", code], stdout=-1, text=True) as child:
    child.stdout.readline()
    away = RemoteUnwinder(child.pid)
    for _ in range(10):
        for look in away.get_all_awaited_by, away.get_async_stack_trace, away.get_stack_trace:
            try:
                look()
            except (OSError, RuntimeError, UnicodeDecodeError):
                pass
    child.send_signal(signal.SIGKILL)
print("done")
