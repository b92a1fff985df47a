"""What a trace function sees beside the program: nothing of audit hooks that do not ask for it, and all that
`sys.call_tracing` runs."""

import sys


def show(frame, event, arg):
    print("  ", frame.f_code.co_name, event)
    return show


def quiet(event, args):
    pass


class Loud:
    __cantrace__ = True

    def __call__(self, event, args):
        if event == "told":
            pass


sys.addaudithook(quiet)
print("a quiet hook")
sys.settrace(show)
sys.audit("told")
sys.settrace(None)
sys.addaudithook(Loud())
print("a loud hook")
sys.settrace(show)
sys.audit("told")
sys.settrace(None)


def inner(text):
    sys.settrace(show)
    exec(text)
    sys.settrace(None)


def stop(frame, event, arg):
    if frame.f_code is target.__code__:
        print("untraced")
        inner("x = 1")
        print("traced again")
        try:
            sys.call_tracing(inner, ("doesnotexist",))
        except NameError as error:
            print(error)
        sys.settrace(None)


def target():
    pass


sys.settrace(stop)
target()
