"""What a dying process and a signal that was registered report."""

import os
import re
import resource
import signal
import subprocess
import sys

resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def report(body):
    ended = subprocess.run([sys.executable, "-c", body], capture_output=True, text=True)
    text = re.sub(r"0x[0-9a-f]+( \[.*?\])?", "ADDRESS", ended.stderr)
    lines = text.splitlines()
    native = [line for line in lines if line.startswith("  Binary file ")]
    print(ended.returncode, len(native) > 1)
    print("\n".join(line for line in lines if line not in native))


start = "import faulthandler\n"
report(start + "faulthandler.enable()\nfaulthandler._sigsegv()")
report(start + "faulthandler.enable(all_threads=False, c_stack=False)\nfaulthandler._sigabrt()")
report(start + "faulthandler.enable(c_stack=False)\ndef f():\n    faulthandler._stack_overflow()\nf()")
report(start + "import sys\nsys.stdlib_module_names = frozenset(sys.stdlib_module_names) - {'faulthandler'}\n"
       "faulthandler.enable(c_stack=False)\nfaulthandler._sigfpe()")
report(start + "import os, signal\nfaulthandler.register(signal.SIGUSR1, all_threads=False)\n"
       "def f():\n    os.kill(os.getpid(), signal.SIGUSR1)\nf()")
