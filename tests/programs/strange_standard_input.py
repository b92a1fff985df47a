"""A standard input that is a folder, and one that is closed, with a hook that fails at the prompt."""

import os
import subprocess
import sys

program = [sys.executable, "-S", "-c", "print(1)"]
done = subprocess.run(program, stdin=os.open(os.curdir, os.O_RDONLY), capture_output=True, text=True)
print(done.returncode, repr(done.stdout), *done.stderr.splitlines()[:2], sep="\n")

hook = "import sys; sys.__interactivehook__ = lambda: 1 / 0"
program = [sys.executable, "-S", "-q", "-i", "-c", hook]
done = subprocess.run(["/bin/sh", "-c", '"$@" <&-', "sh", *program], capture_output=True, text=True)
print(done.returncode, repr(done.stdout), done.stderr, sep="\n")

lost = "import sys; sys.stderr = None; del sys.excepthook; 1 / 0"
done = subprocess.run([sys.executable, "-S", "-c", lost], capture_output=True, text=True)
print(done.returncode, repr(done.stdout), done.stderr, sep="\n")
