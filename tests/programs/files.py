# Files: text and binary, buffering, seeking, newlines, encodings, errors, os and stat, pathlib, temporary folders.
import io
import os
import shutil
import stat
import tempfile
from pathlib import Path

home = tempfile.mkdtemp()
os.chdir(home)
with open("a.txt", "w", encoding="utf-8") as f:
    print(f.write("one\ntwo\nthree é\n"), f.mode, f.name, f.encoding, f.writable(), f.readable(), f.tell())
with open("a.txt", encoding="utf-8") as f:
    print(f.readline(), list(f), f.read(), f.closed, f.line_buffering)
    f.seek(4)
    print(f.read(3), f.tell(), f.readlines())
print(f.closed, os.path.getsize("a.txt"), open("a.txt", "rb").read())
with open("b.bin", "wb+") as f:
    f.write(bytes(range(10)))
    f.seek(-3, os.SEEK_END)
    print(f.read(2), f.tell(), f.truncate(5), f.seek(0), f.read(), f.seekable())
    buffer = bytearray(3)
    f.seek(1)
    print(f.readinto(buffer), buffer, f.peek(1)[:1], f.read1(1))
with open("a.txt", "a+") as f:
    f.write("more\n")
    f.seek(0)
    print(sum(1 for _ in f))
with open("n.txt", "w", newline="\r\n") as f:
    f.write("a\nb\n")
print(open("n.txt", "rb").read(), open("n.txt").read(), repr(open("n.txt", newline="").read()), open("n.txt", newline="\n").readlines())
for action in (
    lambda: open("none"), lambda: open("a.txt", "q"), lambda: open("a.txt", "x"), lambda: open("a.txt", "rb", encoding="x"), lambda: open("a.txt", encoding="ascii").read(),
    lambda: open("."), lambda: f.read(), lambda: open("a.txt").write("x"), lambda: open("a.txt", "rb").write("x"), lambda: os.rmdir("nothing"), lambda: open("a.txt").seek(1, 1),
    lambda: os.listdir("a.txt"), lambda: io.StringIO().fileno(), lambda: open("a.txt", encoding="no-such"),
):  # fmt: skip
    try:
        action()
    except Exception as error:
        print(type(error).__name__, error)
os.makedirs("d/e/f")
Path("d/x.py").write_text("x")
Path("d/e/y.py").write_text("yy")
print(sorted(os.listdir("d")), [(root, sorted(dirs), sorted(files)) for root, dirs, files in sorted(os.walk("d"))])
print(sorted(str(p) for p in Path("d").rglob("*.py")), Path("d/x.py").stat().st_size, sorted(e.name + str(e.is_dir()) for e in os.scandir("d")))
os.chmod("a.txt", 0o640)
s = os.stat("a.txt")
print(oct(s.st_mode), stat.filemode(s.st_mode), stat.S_ISREG(s.st_mode), s.st_size, s.st_nlink, os.access("a.txt", os.R_OK))
os.rename("a.txt", "c.txt")
os.symlink("c.txt", "link")
print(os.path.exists("a.txt"), os.readlink("link"), os.path.islink("link"), os.path.realpath("link") == os.path.realpath("c.txt"), os.path.samefile("link", "c.txt"))
shutil.copy("c.txt", "copy.txt")
shutil.move("copy.txt", "d/moved.txt")
shutil.rmtree("d")
os.remove("link")
print(sorted(os.listdir(".")), os.path.join("a", "/b", "c"), os.path.splitext("x.tar.gz"), os.path.split("/a/b"), os.path.normpath("a/../b//c/."), os.path.relpath("/a/b", "/a/c"))
p = Path("/usr/local/lib.tar.gz")
print(p.name, p.stem, p.suffixes, p.parent, p.parts, p.with_suffix(".x"), p / "q", p.is_absolute(), Path("a/b").relative_to("a"), p.match("*.gz"), repr(p))
t = io.StringIO("l1\nl2\n")
print(t.readline(), t.getvalue(), t.tell(), io.BytesIO(b"abc").getbuffer()[1], list(io.BytesIO(b"a\nb")))
r, w = os.pipe()
os.write(w, b"through the pipe")
os.close(w)
print(os.read(r, 100), os.read(r, 1))
os.close(r)
text = io.TextIOWrapper(io.BytesIO("ä\nö".encode("latin-1")), encoding="latin-1")
print(text.read(2), text.read(), text.detach().__class__.__name__)
with tempfile.NamedTemporaryFile("w+") as tmp, tempfile.TemporaryDirectory() as folder:
    print(tmp.write("x"), os.path.isdir(folder), os.path.exists(tmp.name))
print(os.path.isdir(folder), os.environ.get("NO_SUCH_NAME"), os.getcwd() == os.path.realpath(home), os.sep, os.linesep == "\n")
os.environ["TAIPAN_TEST"] = "set"
print(os.environ["TAIPAN_TEST"], os.getenv("TAIPAN_TEST"), os.path.expandvars("$TAIPAN_TEST/x"))
os.chdir("/")
shutil.rmtree(home)
