"""Writes marshalled code objects of CPython, one a line: python3.14 generate.py > cases.txt"""

import marshal

SOURCES = {
    "empty": "",
    "constants": "x = 1, -1, 300, 70000, 1 << 40, -(1 << 100), 1.5, -0.0, 2j, 'a', 'a b', 'é', 'ж', b'', b'x', b'xyz', (), ..., None\n"
    "y = 'a' * 300, 'ab c' * 100, x[1:2], x in {1, 2.5, 'k', 'l m', (3, 4)}\nz = '\\ud800', 70000, 1.5\n",
    "functions": "def f(a, /, b=1, *args, c, **kw):\n    'doc string'\n    def g():\n        nonlocal b\n        return a, b, c, 1.5\n"
    "    return [i + a for i in args], g, lambda: g\n\nasync def h(x):\n    try:\n        async with x as y:\n            await y\n"
    "    except ValueError as e:\n        raise\n    finally:\n        yield 1.5\n",
    "classes": "class A[T]:\n    x: int = 1\n    def m(self):\n        self.y = super().m()\n        return __class__, self.__z\n    type B = T\n",
    "flow": "def f(x):\n    while x:\n        with x as y, x as z:\n            for i in x:\n                if i and y or z:\n                    continue\n"
    "            else:\n                break\n        try:\n            return [*x, i]\n        except* OSError:\n            x = None\n"
    "    match x:\n        case [1, *a] | {'k': a}:\n            return a\n        case P(b=c):\n            del x\n",
    "long": "def f():\n" + "".join(f"    x{i} = {i} + y{i}\n" for i in range(300)) + "    for i in y:\n        pass\n",
}

for name, source in SOURCES.items():
    code = compile(source, "cases.py", "exec")
    print(name, marshal.dumps(code).hex())
