# Under a limit of the address space, programs that fill it get MemoryError and live.
import resource
import subprocess
import sys

LIMIT = 160 << 20


def limit():
    resource.setrlimit(resource.RLIMIT_AS, (LIMIT, LIMIT))


PROGRAMS = {
    "exceptions": "x = []\nwhile True: x.append(ValueError(1))",
    "dictionary": "x = {}\nwhile True: x[len(x)] = str(len(x))",
    "floats in native code": "x = list(map(float, range(10**10)))",
    "deque": "from collections import deque\nx = deque()\nwhile True: x.append(None)",
    "numbers": "x = 1 << 10**9\nx = [x + i for i in range(100)]",
    "StringIO": "import io\nx = io.StringIO()\nwhile True: x.write('x' * 10**6)",
    "JSON read": "import json\nx = json.loads('[' + '1.5,' * 10**7 + '1]')",
    "pickle": "import pickle\nx = pickle.dumps([bytes([i]) * 10**7 for i in range(20)])",
    "repr": "x = repr(['x' * 10**6] * 10**4)",
    "join": "x = ''.join(['x' * 10**6] * 10**4)",
    "findall": "import re\nx = re.findall('', 'x' * 10**8)",
}

CATCH = """
try:
    exec(%r)
except MemoryError as error:
    x = None
    # There is memory again.
    again = [str(i) for i in range(100_000)]
    print('MemoryError', error.args, len(again))
"""

for name, program in PROGRAMS.items():
    command = [sys.executable, "-S", "-c", CATCH % program]
    ended = subprocess.run(command, capture_output=True, text=True, preexec_fn=limit)
    print(f"{name:22}", ended.returncode, ended.stdout.strip(), ended.stderr[:300])
