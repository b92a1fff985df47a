"""`-X importtime` reports imports that fail, too, and leaves their exceptions alone."""

import subprocess
import sys

program = """
try:
    import nothing_of_this_name
except ModuleNotFoundError as error:
    print(error)
import this_is_not.there
"""
done = subprocess.run([sys.executable, "-X", "importtime", "-c", program], capture_output=True, text=True)
print(done.returncode, done.stdout, end="")
lines = [line for line in done.stderr.splitlines() if line.startswith("import time:")]
names = [line.rpartition("|")[2].strip() for line in lines]
print([name for name in names if name.startswith(("nothing", "this_is"))], "encodings" in names, "encodings." in names)
print(done.stderr.splitlines()[-1])
