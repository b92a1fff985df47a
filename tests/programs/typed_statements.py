"""What the plain prompt does with what is typed: each line is asked for only when the parser needs it, and what is
wrong is said at once."""

import os
import subprocess
import sys

environment = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}


def session(title, typed, *options):
    print(f"==== {title}")
    done = subprocess.run(
        [sys.executable, "-S", "-q", "-i", *options],
        input=typed if isinstance(typed, bytes) else typed.encode(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=environment,
    )
    print(ascii(done.stdout.decode("utf-8", "backslashreplace")).replace(r"\n", "\n"))
    print("status", done.returncode)


session("statements and blocks", """
while True: break

while True: break
1
if 1:

  print(1)
if 1:
1
if 1:
    1
  2
if 0:
  pass
# a comment
else:
  print("else")

@property

@property
1
try: 1

try:
  1
x
match 1:

match 1:
  case 1: print("one")

class A:
  def f(self): return 1

  def g(self):
    return 2

A().f()
if 1: \t
\tprint(1)
  \t
\tprint(2)

1; 2; None; 3
   # only a comment
""")

session("errors are said at once", """
a b
(1 2
print(1 2
)
1 +
call(a,
b c,
d)
(1 +
a b
call(
1 2
)
f(**a, *b
)
if 1
lambda
"a" "b
a b )
[1, 2}
(1 2 $
x = 1 2 \"""abc
def f(:
import a as
if 1:
  a b
  c
'''text
over lines''' 1
0777
f"{a!x}"
f'''{
(a b
""")

session("lines joined", """
1 +\\
2
1 +\\

(1,

# within
2)
'''a

b'''
'a\\
b'
f'''{1
+2}
c'''
x = [
  1,
]; x
print(1)  \\
# comment
""")

session("what the compiler refuses", """
return 1
def f():
  return
  x: int = 1; global x

raise SyntaxError("made", ("elsewhere", 1, 1, "not shown"))
exec("a b")
"\\d"
def f():
  return "\\d"

1 is 1
from __future__ import nothing
from __future__ import annotations
def f(x: undefined): pass

f.__annotations__
""")

session("prompts", """
import sys
class P:
  n = 0
  def __str__(self): self.n += 1; return f"[{self.n}]"

sys.ps1 = P()
1
if 1:
  2

sys.ps2 = "\\u00e9"
if 1:
  3

del sys.ps2
class Bad:
  def __str__(self): 1/0

sys.ps1 = Bad()
4
if 1:
  5

sys.ps1 = "a\\0b"
6
""")

streams = """
import sys
sys.stdin.read()
input()
sys.stdin = None
sys.flags.interactive, sys.flags.inspect
sys.stdout.line_buffering
sys.stderr = None
1/0
2
"""
session("streams", streams)
session("unbuffered streams", streams, "-u")

for typed in ("1", "if 1:\n  2", "if 1:\n  2\n", "if 1: 2", "(1", "x = '''a\n", "'a", "1 +", "x\\\n", "# only", "if 1:\n", ""):
    session(f"an end behind {typed!r}", typed)

session("bytes", b"1\n'\xff'\nif 1:\n  '\xff'\n\n(1,\n'\xff')\n2\n1\0 and 3\n4\r\nif 1:\r\n  5\r\n\r\n\xef\xbb\xbf\n6\n")
session("an exit", "1\nraise SystemExit(3)\n4\n")
session("an interruption", "raise KeyboardInterrupt\n1\n")
session("an interruption and an exit", "raise KeyboardInterrupt\nraise SystemExit(3)\n")
session("an interrupted program", "1\n", "-c", "raise KeyboardInterrupt")
