"""The audit events of compiling: every source that is parsed is told of, as bytes."""

import ast
import subprocess
import symtable
import sys

listening = False


def listen(event, args):
    global listening
    if listening and event in ("compile", "exec", "sys.settrace", "sys.setprofile"):
        listening = False
        print("  ", event, [arg if isinstance(arg, (str, bytes, type(None))) else type(arg).__name__ for arg in args])
        listening = True


sys.addaudithook(listen)


def show(what, call):
    global listening
    print(what)
    listening = True
    try:
        call()
    except (SyntaxError, UnicodeEncodeError) as error:
        listening = False
        print("  ", error)
    listening = False


tree = ast.parse("1")
show("exec of a string", lambda: exec("x = '\xe9'"))
show("exec of bytes", lambda: exec(b"# coding: latin-1\nx = '\xe9'"))
show("exec of code", lambda: exec(compile(tree, "f", "exec")))
show("eval", lambda: eval(" \t1"))
show("compile", lambda: compile("1", b"f", "eval"))
show("compile a bytearray", lambda: compile(bytearray(b"1"), "f", "eval"))
show("compile with a null", lambda: compile("\0", "f", "eval"))
show("compile a surrogate", lambda: compile("\ud800", "f", "eval"))
show("ast", lambda: ast.parse("1"))
show("symtable", lambda: symtable.symtable("1", "f", "exec"))
show("an error", lambda: exec("1 +"))
show("settrace", lambda: sys.settrace(None))
show("setprofile", lambda: sys.setprofile(None))

hook = "import sys; sys.addaudithook(lambda e, a: print(e, a) if e == 'compile' else None)"
typed = subprocess.run(
    [sys.executable, "-S", "-q", "-i", "-c", hook], input="1\n", capture_output=True, text=True
)
print(typed.stdout)
