# exit: 3
# A program's exit status; atexit runs, flushed output is seen.
import atexit
import sys

atexit.register(print, "last")
atexit.register(lambda: print("first"))
try:
    sys.exit("text")
except SystemExit as error:
    print(repr(error.code))
print("no newline", end="")
sys.exit(3)
