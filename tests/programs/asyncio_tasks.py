"""Futures and tasks of `_asyncio`: states, messages, cancellation, who awaits whom, what is reported."""

import _asyncio
import asyncio
import contextvars
import gc
import pickle
import re
import threading
import weakref


def attempt(function, *args, **kwargs):
    try:
        print("gave", function(*args, **kwargs))
    except BaseException as error:
        print(type(error).__name__, error)


def plain(text):
    """A repr without addresses and places."""
    text = re.sub(r" at (0x[0-9a-f]+|[^ >]*:\d+)", "", str(text))
    return re.sub(r", defined at [^ >]*", "", text)


loop = asyncio.new_event_loop()
reports = []
loop.set_exception_handler(lambda loop, context: reports.append(context))

# A future from its making to its end.
future = loop.create_future()
print(type(future), future, future._state, future._callbacks, future._asyncio_awaited_by)
attempt(future.result)
attempt(future.exception)
attempt(future.set_exception, 5)
attempt(setattr, future, "_log_traceback", True)
attempt(delattr, future, "_log_traceback")
attempt(delattr, future, "_asyncio_future_blocking")
attempt(setattr, future, "_state", 1)
attempt(setattr, _asyncio.Future, "name", 1)
future.add_done_callback(print)
context = contextvars.copy_context()
future.add_done_callback(len, context=context)
future.add_done_callback(print, context=context)
print(len(future._callbacks), future._callbacks[1] == (len, context))
print(future.remove_done_callback(print), future.remove_done_callback(print), len(future._callbacks))
print(future.remove_done_callback(len), future._callbacks)
future.set_result([1])
attempt(future.set_result, 2)
attempt(future.cancel)
print(future, future.result(), future.exception(), future.done(), future.cancelled())
attempt(pickle.dumps, future)
print(weakref.ref(future)() is future)

# A list of callbacks that changes while one is looked for.
future = loop.create_future()


class Clearing:
    def __eq__(self, other):
        future.cancel()
        return False


for callback in (len, Clearing(), len, print):
    future.add_done_callback(callback)
print(future.remove_done_callback(Clearing()), future, future._callbacks)

# An exception, its traceback, and the report of one that nobody asks for.
future = loop.create_future()
try:
    raise ValueError("first")
except ValueError as error:
    future.set_exception(error)
attempt(future.result)
print(future.exception() is future._exception, future._log_traceback)
future = loop.create_future()
future.set_exception(StopIteration(3))
print(repr(future.exception()), repr(future.exception().__cause__))
future = loop.create_future()
future.set_exception(KeyError("lost"))
del future
print([(c["message"], repr(c["exception"])) for c in reports])
reports.clear()

# Never made ready.
for made in (_asyncio.Future.__new__(_asyncio.Future), _asyncio.Task.__new__(_asyncio.Task)):
    for name in ("result", "cancel", "get_loop", "_make_cancelled_error", "__iter__", "__repr__"):
        attempt(getattr(made, name))
    attempt(made.add_done_callback, print)
attempt(_asyncio.Task, 5, loop=loop)
attempt(_asyncio.Future, lop=1)


async def double(value):
    await asyncio.sleep(0)
    return value * 2


async def waits(awaited):
    return await awaited


class Yields:
    def __init__(self, value):
        self.value = value

    def __await__(self):
        return (yield self.value)


def generator():
    yield


async def wrong(value):
    await Yields(value)


async def stops():
    raise StopIteration(4)


async def main():
    task = asyncio.create_task(double(4), name="doubling")
    print(plain(task), asyncio.all_tasks() == {task, asyncio.current_task()})
    attempt(task.set_result, 1)
    attempt(task.set_exception, 1)
    print(await task, plain(task), asyncio.all_tasks() == {asyncio.current_task()})

    # What must not be awaited.
    other = asyncio.new_event_loop()
    foreign = other.create_future()
    foreign._asyncio_future_blocking = True
    for value in (5, loop.create_future(), foreign, generator()):
        error = (await asyncio.gather(asyncio.create_task(wrong(value), name="w"), return_exceptions=True))[0]
        print(plain(error))
    other.close()

    async def itself():
        await own

    own = asyncio.create_task(itself(), name="own")
    print(plain((await asyncio.gather(own, return_exceptions=True))[0]))
    print(await asyncio.gather(asyncio.create_task(stops()), return_exceptions=True))

    # Who awaits whom.
    future = loop.create_future()
    one, two = asyncio.create_task(waits(future)), asyncio.create_task(waits(future))
    await asyncio.sleep(0)
    print(future._asyncio_awaited_by == frozenset({one, two}), one._fut_waiter is future)
    future.set_result("woken")
    print(await asyncio.gather(one, two), future._asyncio_awaited_by)

    # Cancelling: through what is awaited, before the first step, and taken back.
    task = asyncio.create_task(asyncio.sleep(9))
    await asyncio.sleep(0)
    print(task.cancelling(), task.uncancel(), task.cancel("why"), task.cancelling(), task._must_cancel)
    try:
        await task
    except asyncio.CancelledError as error:
        print(repr(error), plain(task), task.cancel())
    task = asyncio.create_task(double(1))
    print(task.cancel(msg="early"), task._must_cancel, task.uncancel(), task._must_cancel, await task)
    chain = loop.create_future()
    tasks = []
    for _ in range(5):
        chain = asyncio.create_task(waits(chain))
        tasks.append(chain)
    await asyncio.sleep(0)
    print(chain.cancel(), [t._must_cancel for t in tasks], (await asyncio.gather(*tasks, return_exceptions=True))[0])

    # Steps that begin at once.
    eager = asyncio.Task(double(5), loop=loop, eager_start=True, name="eager")
    print(plain(eager), await eager)

    async def at_once():
        return asyncio.current_task().get_name()

    eager = asyncio.Task(at_once(), loop=loop, eager_start=True, name="now")
    print(eager, eager.get_coro(), asyncio.current_task().get_name() == "main")

    # Tasks are entered and left in turn.
    current = asyncio.current_task()
    attempt(lambda: _asyncio._enter_task(5, current))
    print(_asyncio._swap_current_task(loop, None) is current, _asyncio.current_task())
    print(_asyncio._swap_current_task(loop, current), _asyncio.current_task(loop) is current)
    seen = []
    thread = threading.Thread(target=lambda: seen.append((_asyncio._get_running_loop(), _asyncio.current_task(loop) is current)))
    thread.start()
    thread.join()
    print(seen)
    print(asyncio.current_task().get_stack()[0].f_code.co_name)


attempt(_asyncio.current_task)
attempt(_asyncio.get_running_loop)
loop.run_until_complete(loop.create_task(main(), name="main"))

# A task's number is its name only once it is asked for; destroyed while pending it is reported.
task = loop.create_task(waits(loop.create_future()))
print(task.get_name().startswith("Task-"), task.set_name(5), repr(task.get_name()))
loop.run_until_complete(asyncio.sleep(0))
del task
gc.collect()
print([(c["message"], plain(c.get("task"))) for c in reports if "task" in c])
loop.close()

# What a generator runs with is seen by the collector.


async def holder():
    held = ["kept"]
    print(len([r for r in gc.get_referrers(held) if r is running]))


running = holder()
asyncio.run(running)
