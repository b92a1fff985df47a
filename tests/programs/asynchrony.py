# Coroutines and asyncio: gather, queues, cancellation, timeouts, async generators and context managers.
import asyncio


async def work(name, delay, log):
    log.append(f"{name} starts")
    await asyncio.sleep(delay)
    log.append(f"{name} ends")
    return name.upper()


async def gathered():
    log = []
    print(await asyncio.gather(work("a", 0.02, log), work("b", 0.01, log), work("c", 0, log)))
    print(log)


async def queued():
    queue, done = asyncio.Queue(2), []

    async def consumer():
        while (item := await queue.get()) is not None:
            done.append(item * item)
            queue.task_done()

    task = asyncio.create_task(consumer())
    for n in range(5):
        await queue.put(n)
    await queue.put(None)
    await task
    print(done)


async def cancelled():
    async def forever():
        try:
            await asyncio.sleep(100)
        except asyncio.CancelledError:
            print("told to stop")
            raise

    task = asyncio.create_task(forever())
    await asyncio.sleep(0)
    task.cancel()
    try:
        await task
    except asyncio.CancelledError:
        print("stopped", task.cancelled())
    try:
        async with asyncio.timeout(0.01):
            await asyncio.sleep(100)
    except TimeoutError:
        print("timed out")


async def numbers(stop):
    try:
        for n in range(stop):
            yield n
            await asyncio.sleep(0)
    finally:
        print("numbers closed")


class Resource:
    async def __aenter__(self):
        print("open")
        return self

    async def __aexit__(self, *error):
        print("close", error[0])
        return True


async def syntax():
    print([n async for n in numbers(3)], {n: n async for n in numbers(2) if n})
    async with Resource():
        raise ValueError("swallowed")
    async for n in numbers(10):
        if n == 1:
            break
    else:
        print("not reached")
    generator = numbers(5)
    print(await anext(generator), await generator.asend(None))
    await generator.aclose()


async def grouped():
    async def fail(text):
        raise ValueError(text)

    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(fail("one"))
            group.create_task(asyncio.sleep(10))
    except* ValueError as errors:
        print(errors.exceptions)
    event, lock = asyncio.Event(), asyncio.Lock()
    asyncio.get_running_loop().call_soon(event.set)
    print(await event.wait(), lock.locked())
    async with lock:
        print(lock.locked())


async def main():
    for part in (gathered, queued, cancelled, syntax, grouped):
        await part()


asyncio.run(main())


class Awaitable:
    def __await__(self):
        got = yield "paused"
        return got + 1


async def by_hand():
    return await Awaitable() + 10


coroutine = by_hand()
print(coroutine.send(None))
try:
    coroutine.send(5)
except StopIteration as stop:
    print(stop.value)
