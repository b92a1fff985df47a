# Importing: packages made on the fly, relative imports, reload, hooks, zip files, circular imports.
import importlib
import os
import shutil
import sys
import tempfile
import zipfile

home = tempfile.mkdtemp()


def write(path, text):
    full = os.path.join(home, path)
    os.makedirs(os.path.dirname(full), exist_ok=True)
    with open(full, "w") as f:
        f.write(text)


write("pack/__init__.py", "print('pack runs'); from . import one; __all__ = ['one', 'two']; name = __name__")
write("pack/one.py", "from .sub.deep import VALUE as value; from .. import pack as me" if False else "from .sub.deep import VALUE as value")
write("pack/two.py", "import pack.one as o; got = o.value + 1")
write("pack/sub/__init__.py", "")
write("pack/sub/deep.py", "from ..  import __name__ as parent; VALUE = 41")
write("pack/lazy.py", "def __getattr__(name):\n    if name == 'magic': return 'made'\n    raise AttributeError(f'no {name} here')\ndef __dir__(): return ['magic']")
write("space/module.py", "X = 'namespace package'")
write("circle_a.py", "import circle_b\nfrom circle_b import late\n")
write("circle_b.py", "import circle_a\nlate = circle_a.missing\n")
write("broken.py", "def f(:\n")
write("fails.py", "1 / 0\n")
write("changing.py", "value = 1\n")
write("runner/__main__.py", "import sys; print('main', __name__, __package__, sys.argv[1:])")
sys.path.insert(1, home)
import pack

print(pack.name, pack.one.value, pack.__path__ == [os.path.join(home, "pack")], pack.__spec__.name)
from pack import *

print(two.got, sorted(m for m in sys.modules if m.startswith("pack")), pack.sub.deep.parent)
from pack import lazy

print(lazy.magic, dir(lazy))
for text in ("lazy.other", "import pack.none", "from pack import nothing", "import circle_a", "import fails", "from . import x", "import pack.one.two", "from pack.one import *; nope"):
    try:
        exec(text)
    except Exception as error:
        print(text, "->", type(error).__name__, str(error).replace(home, "HOME"))
try:
    import broken
except SyntaxError as error:
    print(error.msg, error.lineno, os.path.basename(error.filename))
import space.module

print(space.module.X, type(space.__path__).__name__, space.__file__ if hasattr(space, "__file__") else "no file")
import changing

write("changing.py", "value = 22222\n")
importlib.invalidate_caches()
print(changing.value, importlib.reload(changing).value, importlib.import_module(".sub", "pack").__name__)


class Finder:
    @staticmethod
    def find_spec(name, path=None, target=None):
        if name == "invented":
            return importlib.util.spec_from_loader(name, Finder)

    @staticmethod
    def create_module(spec):
        return None

    @staticmethod
    def exec_module(module):
        module.answer = 42


import importlib.util

sys.meta_path.append(Finder)
import invented

print(invented.answer, invented.__spec__.loader is Finder)
with zipfile.ZipFile(os.path.join(home, "z.zip"), "w") as z:
    z.writestr("zipped/__init__.py", "where = __file__")
    z.writestr("zipped/data.txt", "data")
sys.path.insert(0, os.path.join(home, "z.zip"))
import zipped

print(zipped.where.replace(home, "HOME"), type(zipped.__loader__).__name__)
from importlib import resources

print(resources.files("zipped").joinpath("data.txt").read_text())
import runpy
import subprocess

print(subprocess.run([sys.executable, "-m", "runner", "a"], cwd=home, capture_output=True, text=True).stdout, end="")
print(sorted(runpy.run_path(os.path.join(home, "changing.py")))[-1], __import__("os.path").__name__, importlib.util.find_spec("nope"))
sys.modules["blocked"] = None
try:
    import blocked
except ImportError as error:
    print(error)
print(__name__, __spec__, os.path.basename(__file__), "json" in sys.modules, "sys" in sys.builtin_module_names)
shutil.rmtree(home)
