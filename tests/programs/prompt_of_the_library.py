"""The prompt of the library on a terminal: a statement runs, an error is shown, and it ends by exit()."""

import os
import posix
import pty
import select
import subprocess
import sys

print(posix._is_inputhook_installed(), posix._inputhook())

main, terminal = pty.openpty()
environment = dict(os.environ, TERM="xterm", NO_COLOR="1", PYTHON_HISTORY=os.devnull)
environment.pop("PYTHON_BASIC_REPL", None)
child = subprocess.Popen(
    [sys.executable, "-q"],
    stdin=terminal,
    stdout=terminal,
    stderr=terminal,
    env=environment,
    start_new_session=True,
)
os.close(terminal)
said = ""


def wait_for(text):
    """Reads what is shown until the text comes."""
    global said
    while text not in said:
        ready, _, _ = select.select([main], [], [], 20)
        if not ready:
            raise SystemExit(f"{text!r} did not come, only {said[-2000:]!r}")
        said += os.read(main, 4096).decode()
    said = said.partition(text)[2]


wait_for(">>> ")
for typed, shown in (
    ("'a' * 3 + 'b'\n", "'aaab'"),
    ("if 1: print(6 * 7)\n\n", "42"),
    ("1 / 0\n", "ZeroDivisionError: division by zero"),
):
    os.write(main, typed.encode())
    wait_for(shown)
    print(shown)
os.write(main, b"exit(3)\n")
print(child.wait(20))
