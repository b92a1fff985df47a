"""The locale "C" is left for one of UTF-8 (PEP 538), UTF-8 mode (PEP 540), encodings of other locales."""

import os
import subprocess
import sys

SHOW = """
import locale, os, sys
print(os.environ.get("LC_CTYPE"), sys.flags.utf8_mode, sys.getfilesystemencoding(), sys.getfilesystemencodeerrors())
print(locale.getencoding(), locale.getpreferredencoding(False), locale.setlocale(locale.LC_CTYPE))
print(sys.stdin.encoding, sys.stdin.errors, sys.stdout.encoding, sys.stdout.errors, sys.stderr.encoding)
print(ascii(sys.argv[1:]), ascii(os.environ["NAME"]))
try:
    print(os.fsencode("\\xe9"))
    os.stat("\\u20ac")
except (UnicodeError, OSError) as error:
    print(ascii(str(error)))
"""


def run(options=(), **variables):
    environment = {
        name: value for name, value in os.environ.items()
        if not name.startswith(("LC_", "LANG", "PYTHON"))
    }
    environment |= variables | {"NAME": "\xe9"}
    result = subprocess.run(
        [sys.executable, *options, "-c", SHOW, b"\xc3\xa9\xff"], env=environment, capture_output=True
    )
    print(variables, *options)
    print(result.returncode, result.stdout.decode(), result.stderr.decode())


run(LANG="C")
run(LANG="C", PYTHONCOERCECLOCALE="warn")
run(LANG="C", PYTHONCOERCECLOCALE="0")
run(["-I"], LANG="C", PYTHONCOERCECLOCALE="0")
run(LC_ALL="C", PYTHONCOERCECLOCALE="warn")
run(["-X", "utf8=0"], LC_ALL="C")
run(["-X", "utf8=0"], LC_CTYPE="POSIX", PYTHONCOERCECLOCALE="0")
run(["-X", "utf8"], LC_ALL="C.UTF-8")
run(LC_ALL="C.UTF-8")
run(LANG="no_SUCH.locale", PYTHONUTF8="0")
