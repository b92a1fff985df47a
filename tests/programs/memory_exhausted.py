# Under a limit of the address space, programs that fill it get MemoryError and live.
import subprocess
import sys

LIMIT = "import resource; resource.setrlimit(resource.RLIMIT_AS, (400 << 20, 400 << 20))\n"

PROGRAMS = {
    "strings": "x = []\nwhile True: x.append('a' * len(x))",
    "instances": "class C: pass\nx = []\nwhile True:\n    c = C()\n    c.a = 1.5\n    x.append(c)",
    "exceptions": "x = []\nwhile True: x.append(ValueError(1))",
    "floats": "x = []\nwhile True: x.append(len(x) * 1.5)",
    "floats in native code": "x = list(map(float, range(10**10)))",
    "dictionary": "x = {}\nwhile True: x[len(x)] = str(len(x))",
    "set": "x = set()\nwhile True: x.add(len(x) * 1.5)",
    "deque": "from collections import deque\nx = deque()\nwhile True: x.append(None)",
    "text": "x = 'x'\nwhile True: x += x",
    "numbers": "x = 1 << 10**9\nx = [x + i for i in range(100)]",
    "StringIO": "import io\nx = io.StringIO()\nwhile True: x.write('x' * 10**6)",
    "JSON": "import json\nx = json.dumps(['x' * 10**6] * 10**5)",
    "JSON read": "import json\nx = json.loads('[' + '1.5,' * 10**7 + '1]')",
    "pickle": "import pickle\nx = pickle.dumps([bytes([i]) * 10**7 for i in range(20)])",
    "repr": "x = repr(['x' * 10**6] * 10**4)",
    "format": "x = format(1, '1000000000d')",
    "join": "x = ''.join(['x' * 10**6] * 10**4)",
    "findall": "import re\nx = re.findall('', 'x' * 10**8)",
    "recursion": "import sys\nsys.setrecursionlimit(10**9)\nx = 0\ndef f(n): return f(n + 1)\nf(0)",
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
    ended = subprocess.run([sys.executable, "-S", "-c", LIMIT + CATCH % program], capture_output=True, text=True, timeout=60)
    print(f"{name:22}", ended.returncode, ended.stdout.strip(), ended.stderr[-200:])
