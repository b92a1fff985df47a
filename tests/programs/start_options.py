"""What the program says of options and variables that are wrong, and what becomes of odd ones."""

import os
import re
import subprocess
import sys


def run(*words, code="", **variables):
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    environment |= variables
    command = [sys.executable, *words] + (["-c", code] if code else [])
    result = subprocess.run(command, env=environment, capture_output=True, encoding="utf-8", errors="backslashreplace")
    errors = re.sub(r"thread 0x\w+ \[.*?\]", "thread T", result.stderr.replace(sys.executable, "PROGRAM"))
    print(*words, variables or "")
    print(result.returncode, result.stdout, errors)


SHOW = "import sys; print(sys.flags, sys.warnoptions)"

print("* encodings of the streams")
run(code="1", PYTHONIOENCODING="nope")
run(code="1", PYTHONIOENCODING="rot13")
run(code="import sys; print(sys.stdin.encoding, sys.stdin.errors)", PYTHONIOENCODING="Latin1:replace")
print("* numbers")
run("-X", "importtime=3", code="1")
run(code="1", PYTHONPROFILEIMPORTTIME="3")
run(code="1", PYTHONPROFILEIMPORTTIME="0")
run("-X", "tracemalloc=65536", code="1")
run("-X", "tracemalloc=-1", code="1")
run("-X", "tracemalloc=", code="import sys, tracemalloc; print(tracemalloc.is_tracing())", PYTHONTRACEMALLOC="3")
run("-X", "tracemalloc=2", code="import sys; print('_tracemalloc' in sys.modules)")
run("-X", "int_max_str_digits=", code="import sys; print(sys.get_int_max_str_digits())")
run("-X", "int_max_str_digits=639", code="1")
run("-X", "cpu_count=", code="1")
print("* switches")
run("-X", "context_aware_warnings=", code=SHOW)
run("-X", "thread_inherit_context=2", code="1")
run(code=SHOW, PYTHONNOUSERSITE="2", PYTHONOPTIMIZE="2147483648")
run(code="1", PYTHONMALLOC="default_debug")
run("-W", "", "-Wignore", "-Wdefault", "-Wignore", "-b", code=SHOW, PYTHONWARNINGS="default,,always,default")
print("* the command line")
run("-J")
run("-\xe9")
run("--check-hash-based-pycs")
run("-W")
print("* the library's place")
run(code="1", PYTHONHOME="/nonexistent:/other")
