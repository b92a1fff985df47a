"""Bytes that are no source: the file name is missing in the arguments of the error and set all the same."""

import ast
import symtable
import traceback

SOURCES = [
    b"x = '\xff'\n",
    b"# coding: foo\n",
    b"\xef\xbb\xbf# coding: latin-1\n",
    b"# coding: ascii\n'\xff'",
    b"# coding: utf-8\nx\n'\xff'",
    b"x\0y",
    b"\xff\xfex\0",
    b"\n\n\n'\xe9'",
]


def show(what, call):
    try:
        call()
    except SyntaxError as error:
        print(" ", what, error.filename, error.args, error.lineno, error.offset, error._metadata)
        print("   ", *traceback.format_exception_only(error))


for source in SOURCES:
    print(source)
    show("compile", lambda: compile(source, "name.py", "exec"))
    show("eval", lambda: eval(source))
    show("ast", lambda: ast.parse(source))
    show("ast of a bytearray", lambda: ast.parse(bytearray(source), "n.py"))
    show("symtable", lambda: symtable.symtable(source, b"s.py", "exec"))
