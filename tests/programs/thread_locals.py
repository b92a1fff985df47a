# The dictionary of a thread-local object is the running thread's.
import threading

plain = threading.local()
plain.x = 1
print(plain.__dict__, vars(plain), plain.__dict__ is plain.__dict__)


class Settings(threading.local):
    def __init__(self, **values):
        self.__dict__.update(values)


settings = Settings(depth=3)
settings.name = "main"


def other():
    settings.name = "other"
    print(vars(settings), plain.__dict__)


thread = threading.Thread(target=other)
thread.start()
thread.join()
print(vars(settings), settings.depth)
for change in (lambda: setattr(plain, "__dict__", {}), lambda: delattr(plain, "__dict__")):
    try:
        change()
    except AttributeError as error:
        print(error)
