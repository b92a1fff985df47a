"""_multiprocessing: locks and semaphores of processes; _uuid."""

import _multiprocessing
import _uuid
import os
import threading
import uuid
from _multiprocessing import SemLock, sem_unlink

PREFIX = f"/semaphores-{os.getpid()}"


def attempt(function, *args, **kwargs):
    try:
        print(function.__name__, function(*args, **kwargs))
    except Exception as error:
        print(function.__name__, type(error).__name__, error)


print(_multiprocessing.flags, SemLock.SEM_VALUE_MAX)
semaphore = SemLock(1, 2, 3, PREFIX, False)
print(semaphore.kind, semaphore.maxvalue, semaphore.name == PREFIX, type(semaphore.handle))
attempt(SemLock, 1, 2, 3, PREFIX, False)
other = SemLock._rebuild(semaphore.handle, 1, 3, PREFIX)
print(other._get_value(), other.handle == semaphore.handle)
attempt(sem_unlink, PREFIX)
attempt(sem_unlink, PREFIX)
attempt(sem_unlink, 3)
for _ in range(3):
    attempt(semaphore.acquire, False)
attempt(semaphore.acquire, True, 0.001)
attempt(semaphore.acquire, timeout=-5)
print(other._is_zero(), other._count(), semaphore._count(), semaphore._is_mine())
for _ in range(4):
    attempt(other.release)
print(other._count(), other._get_value())
attempt(semaphore.__enter__)
attempt(semaphore.__exit__)
attempt(semaphore.__exit__, None, None, None)
semaphore._after_fork()
print(semaphore._count())

lock = SemLock(0, 1, 1, PREFIX, True)
print(lock.name)
for name in "release acquire acquire _count release _count release release _count".split():
    attempt(getattr(lock, name))
lock.acquire()
thread = threading.Thread(target=lambda: (attempt(lock.release), print(lock._is_mine()), attempt(lock.acquire, False)))
thread.start()
thread.join()
waiting = threading.Thread(target=lambda: (attempt(lock.acquire), attempt(lock.release)))
waiting.start()
lock.release()
waiting.join()

# A child shares it.
while semaphore.acquire(False):
    pass
child = os.fork()
if not child:
    other.release()
    os._exit(0)
os.waitpid(child, 0)
attempt(semaphore.acquire, True, 5)

for arguments in (5, 1, 1, PREFIX, True), (0, -1, 1, PREFIX, True), (0, 1, 1, "a\0b", True), (0, 1, 1, "/no/name", True), (0, 2**40, 1, PREFIX, True), (0,):
    attempt(SemLock, *arguments)
attempt(lock.acquire, True, "x")
attempt(SemLock._rebuild, 0, 1, 1, PREFIX)
made = [_uuid.generate_time_safe()[0] for _ in range(1000)]
print(len(set(made)), {uuid.UUID(bytes=m).version for m in made}, {uuid.UUID(bytes=m).variant for m in made})
first, second = uuid.uuid1(), uuid.uuid1()
print(first.time < second.time, first.node == second.node, _uuid.has_uuid_generate_time_safe)
