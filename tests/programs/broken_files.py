"""What is said of program files that are none: at their end, with nulls, with bytes that are no text."""

import os
import subprocess
import sys
import tempfile

FILES = [
    b"def f():\n",
    b"def f():",
    b"try:\n    x = 1\n\n# the end\n",
    b"if 1:\n  if 2:\n",
    b"@x\n",
    b"x = \\\n",
    b"x = (\n",
    b"'''",
    b"\0\n",
    b"print(1)\n# \0\n",
    b"\xff\n\0\n",
    b"\xff\xfex\0",
    b"x = 1\n\xff\n",
    b"x = (1,\n'\xff')\n",
    b"# only a comment\n\xff\n",
    b"x = '''\n\xff'''\n",
    b"x = f'''{1\n+ '\xff'}'''\n",
    b"x = 1\ny = 2\n'\xff'\n",
    b"# coding: utf-8\n\xff\n",
    b"\xef\xbb\xbfx = 1\n'\xff'\n",
    b"\xef\xbb\xbf# coding: latin-1\n",
    b"# coding: unknown\n",
]

with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "file.py")
    for contents in FILES:
        with open(path, "wb") as file:
            file.write(contents)
        done = subprocess.run([sys.executable, "-S", path], capture_output=True)
        print(contents, done.returncode, done.stdout)
        print(ascii(done.stderr.decode().replace(folder, "")).replace(r"\n", "\n"))
