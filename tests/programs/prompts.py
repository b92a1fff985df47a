# Children of this program: prompts that read from a pipe, and tools of the library that are run with `-m`.
import os
import re
import subprocess
import sys
import tempfile


def run(*arguments, text="", folder=None):
    child = subprocess.run(
        [sys.executable, *arguments], input=text, capture_output=True, text=True, cwd=folder,
        env={**os.environ, "COLUMNS": "80", "PYTHON_COLORS": "0"},
    )
    print("--", " ".join(arguments[:4]), child.returncode)
    print(child.stdout.replace(f"{folder}/", ""), end="")
    print(re.sub(r'".*/(\w+\.py)"', r'"\1"', child.stderr))


run("-iq", text="1 + 1\nx = 5\nx\nfor i in 'ab':\n    i\n\n1 / 0\nexit()\n")
run("-iq", text="raise SystemExit(3)\n")
run("-iq", text="raise SystemExit('a reason')\n")
run("-i", "-c", "y = 7", text="y\nexit(4)\n")
run("-i", "-c", "raise SystemExit(5)", text="1\n")
run("-i", "-c", "raise SystemExit(5)", text="exit(6)\n")
run("-", text="raise SystemExit(7)\n")

with tempfile.TemporaryDirectory() as folder:
    with open(os.path.join(folder, "steps.py"), "w") as file:
        file.write("def main():\n    total = 0\n    for i in range(3):\n        total += i\n    print(total)\n\n\nmain()\n")
    debugger = ("-m", "pdb", "steps.py")
    run(*debugger, text="b 4\nc\np total, i\nj 2\nn\np total\ncl 1\ny\nc\nq\n", folder=folder)
    run("-m", "json.tool", "--compact", text='{"b": [1, 2.50, null], "a": {}}\n')
    run("-m", "json.tool", text="[1,]\n")
    run("-m", "ast", "--no-type-comments", text="x = 1\n")
    run("-m", "tokenize", text="f'{x!r:>{w}}'\n")
