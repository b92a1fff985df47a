"""Scripts that one process asks another, or itself, to run (PEP 768)."""

import os
import subprocess
import sys
import tempfile

folder = tempfile.TemporaryDirectory()


def script(name, text):
    path = os.path.join(folder.name, name)
    with open(path, "w") as file:
        file.write(text)
    return path


def attempt(*args):
    try:
        sys.remote_exec(*args)
    except Exception as error:
        print(type(error).__name__, error)


print(sys.is_remote_debug_enabled())
attempt(os.getpid(), os.path.join(folder.name, "nowhere"))
attempt(os.getpid(), None)
attempt("1", "x")
attempt(os.getpid(), "x\0y")
attempt(os.getpid(), script("a" * 200, "").replace("/a", "/./././" * 90 + "a"))

# In this process, at the next safe point, in a namespace of its own.
events = []
sys.addaudithook(lambda event, args: events.append((event, args)) if "remote" in event else None)
path = script("here.py", "print('here', sorted(globals()), __name__)")
sys.remote_exec(os.getpid(), path)
for _ in range(3):
    pass
print(events == [("sys.remote_exec", (os.getpid(), path)), ("cpython.remote_debugger_script", (path,))])

# In another process; what the script raises does it no harm.
target = """
import sys
print("ready", flush=True)
sys.stdin.readline()
for _ in range(3):
    pass
print("done", flush=True)
"""
good = script("good.py", "print('there')")
bad = script("bad.py", "1 / 0")
for options in [], ["-X", "disable-remote-debug"]:
    for path in good, bad:
        command = [sys.executable, *options, "-c", target]
        pipe = subprocess.PIPE
        with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True) as child:
            child.stdout.readline()
            attempt(child.pid, path)
            out, err = child.communicate("go\n")
            print(child.returncode, out.split(), err.replace(path, "SCRIPT").splitlines())
