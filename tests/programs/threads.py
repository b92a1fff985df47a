# threading, queue, concurrent.futures, contextvars.
import contextvars
import queue
import threading
import time
from concurrent.futures import ThreadPoolExecutor, as_completed

total, lock = 0, threading.Lock()


def add(n):
    global total
    for _ in range(n):
        with lock:
            total += 1


threads = [threading.Thread(target=add, args=(1000,), name=f"t{i}") for i in range(4)]
for t in threads:
    t.start()
for t in threads:
    t.join()
print(total, [t.name for t in threads], threads[0].is_alive(), threading.active_count(), threading.current_thread().name)
q = queue.Queue(maxsize=2)
results = []


def consume():
    while (item := q.get()) is not None:
        results.append(item * 2)
        q.task_done()


consumer = threading.Thread(target=consume)
consumer.start()
for i in range(6):
    q.put(i)
q.join()
q.put(None)
consumer.join()
print(results, q.empty())
event, local = threading.Event(), threading.local()
local.value = "main"
seen = []


def waiter():
    event.wait()
    seen.append(getattr(local, "value", "unset"))


t = threading.Thread(target=waiter, daemon=True)
t.start()
event.set()
t.join()
print(seen, local.value, event.is_set())
condition, items = threading.Condition(), []


def producer():
    with condition:
        items.append("ready")
        condition.notify_all()


with condition:
    threading.Thread(target=producer).start()
    print(condition.wait_for(lambda: items, timeout=5))
with ThreadPoolExecutor(3) as pool:
    print(list(pool.map(lambda n: n * n, range(5))), pool.submit(pow, 2, 10).result())
    futures = {pool.submit(lambda n: 10 // n, n): n for n in (1, 0, 5)}
    print(sorted((futures[f], repr(f.exception() or f.result())) for f in as_completed(futures)))
barrier = threading.Barrier(2)
t = threading.Thread(target=barrier.wait)
t.start()
barrier.wait()
t.join()
print(barrier.n_waiting, lock.acquire(blocking=False), lock.acquire(timeout=0.01), lock.locked())
lock.release()
r = threading.RLock()
with r, r:
    print("entered twice")
try:
    lock.release()
except RuntimeError as error:
    print(error)
semaphore = threading.Semaphore(1)
print(semaphore.acquire(), semaphore.acquire(blocking=False))
said = []
threading.excepthook = lambda args: said.append(repr(args.exc_value))
t = threading.Thread(target=lambda: 1 / 0)
t.start()
t.join()
print(said)
timer = threading.Timer(0.01, lambda: said.append("timer"))
timer.start()
timer.join()
print(said[-1], time.monotonic() > 0)
var = contextvars.ContextVar("var", default="default")
token = var.set("outer")
context = contextvars.copy_context()
print(context.run(lambda: (var.set("inner"), var.get())[1]), var.get(), context[var])
var.reset(token)
print(var.get(), token.old_value is contextvars.Token.MISSING)
try:
    t.start()
except RuntimeError as error:
    print(error)
