# What is said when nobody can be asked any more: lost output, failing finalisers, start-up that ends, bad settings.
import io
import os
import re
import subprocess
import sys
import tempfile


def run(*arguments, stdin="", **environment):
    environment = {"PATH": os.environ["PATH"], "PYTHONHASHSEED": "0", **environment}
    child = subprocess.run([sys.executable, *arguments], input=stdin, capture_output=True, text=True, env=environment)
    said = re.sub(r"0x\w+", "...", child.stderr)
    print(child.returncode, repr(child.stdout), *said.splitlines(), sep="\n  ")


class Silent(Exception):
    def __str__(self):
        return ""


class Unprintable(Exception):
    def __str__(self):
        raise KeyError


def fail(exception, cause=None):
    class Failing:
        def __del__(self):
            raise exception from cause

    Failing()


sys.stderr = io.StringIO()
fail(ValueError("plain"), KeyError("not told"))
fail(Silent("x"))
fail(Unprintable())
fail(ExceptionGroup("several", [ValueError(1), TypeError(2)]))
said = sys.stderr.getvalue()
sys.stderr = sys.__stderr__
print(re.sub(r"0x\w+|/\S*/", "...", said))

# Output that is lost is told of once.
full = "import os, sys; os.dup2(os.open('/dev/full', os.O_WRONLY), 1); print('lost'); print('lost too')"
run("-c", full)
run("-c", "class A:\n  def __del__(self): 1/0\nA()")

with tempfile.TemporaryDirectory() as folder:
    os.chdir(folder)
    with open("ends.py", "w") as file:
        file.write("print('starting'); raise SystemExit(3)")
    with open("short.pyc", "w") as file:
        file.write("abc")
    run("-i", "-q", stdin="1 + 1\n", PYTHONSTARTUP="ends.py")
    run("-i", "-q", stdin="1 + 1\n", PYTHONSTARTUP="nowhere.py")
    run("-i", "-c", "print('done')", PYTHONSTARTUP="ends.py")
    run("short.pyc")
    os.chdir("/")
run("-c", "", PYTHONMALLOC="nonsense")
run("-c", "print('fine')", PYTHONMALLOC="pymalloc_debug")
run("-c", "", PYTHON_CPU_COUNT="0")
run("-c", "", PYTHON_FROZEN_MODULES="perhaps")
child = subprocess.run([sys.executable.encode(), b"-c", b"'\xff'"], capture_output=True, text=True)
print(child.returncode, child.stderr)
