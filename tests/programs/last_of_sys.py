"""What `sys` holds goes in order: private names first, the streams before what a program added. Errors after that are
told nobody."""

import os
import subprocess
import sys

PROGRAM = """
import sys, os
class AtEnd:
    def __init__(self, name):
        self.name, self.write, self.sys = name, os.write, sys
    def __del__(self):
        gone = [self.sys.__dict__.get(name) is None for name in ("stderr", "stdout", "unraisablehook", "flags", "_x")]
        self.write(1, f"{self.name} {gone}\\n".encode())
        1/0
sys.x = AtEnd("x")
sys._x = AtEnd("_x")
"""
result = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True)
print(result.returncode, result.stdout, result.stderr.count("ZeroDivisionError"))
imports = subprocess.run([sys.executable, "-I", "-S", "-X", "importtime", "-c", "1"], capture_output=True, text=True)
print([line.rpartition("|")[2].strip() for line in imports.stderr.splitlines()])
