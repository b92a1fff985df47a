"""Compiled files that are cut short or changed: run as programs, and imported."""

import os
import py_compile
import subprocess
import sys
import tempfile

with tempfile.TemporaryDirectory() as folder:
    source, path = os.path.join(folder, "source.py"), os.path.join(folder, "compiled.pyc")
    with open(source, "w") as file:
        file.write("print('it runs')\n")
    py_compile.compile(source, cfile=path)
    with open(path, "rb") as file:
        good = file.read()

    def run(what, contents):
        with open(path, "wb") as file:
            file.write(contents)
        for arguments in (["-S", path], ["-S", "-c", "import compiled"]):
            done = subprocess.run([sys.executable, *arguments], capture_output=True, text=True, cwd=folder)
            last = done.stderr.replace(os.path.realpath(folder), "").splitlines()[-1:]
            print(what, done.returncode, repr(done.stdout), *last)

    run("whole", good)
    for length in (0, 3, 4, 15, 16, 17, 40, len(good) - 1):
        run(f"cut to {min(length, 40)}" if length < 41 else "cut at its end", good[:length])
    run("another magic number", b"abcd" + good[4:])
    run("another flag", good[:4] + b"\xff\0\0\0" + good[8:])
    run("no code", good[:16] + b"N")
