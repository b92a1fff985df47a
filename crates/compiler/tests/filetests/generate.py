"""Writes what CPython 3.14 says into the file tests beside this script.

    python3.14 generate.py [FILE.txt ...]

A file holds cases. A case is a line `===` with options, the source, a line `---`, and what is expected, which this script
replaces. Options: `eval`, `single`, `-O`, `-OO`, `await` (top-level await). What is asked goes by the file's name.
"""
import _symtable
import os
import re
import sys
import warnings

if os.environ.get("PYTHONHASHSEED") != "0":
    # The order of some symbols goes by hashes.
    os.execve(sys.executable, [sys.executable, *sys.argv], {**os.environ, "PYTHONHASHSEED": "0"})

HERE = os.path.dirname(os.path.abspath(__file__))
TOP_LEVEL_AWAIT = 0x2000


def error(e):
    where = "" if e.lineno is None else f" {e.lineno}:{e.offset}-{e.end_lineno}:{e.end_offset}"
    return [f"{type(e).__name__}: {e.msg}{where}"]


def errors(source, mode, optimize, flags):
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        try:
            compile(source, "f", mode, flags, True, optimize)
            lines = ["ok"]
        except SyntaxError as e:
            lines = error(e)
    return lines + [f"{w.category.__name__}: {w.message} {w.lineno}" for w in seen]


def symtable(source, mode, optimize, flags):
    def table(t, indent):
        names = " ".join(f"{name}={bits:#x}" for name, bits in t.symbols.items())
        yield f"{indent}{t.type} {t.name} {t.lineno} nested={t.nested} [{','.join(t.varnames)}] {names}".rstrip()
        for child in t.children:
            yield from table(child, indent + "  ")

    return list(table(_symtable.symtable(source, "f", mode), ""))


def codegen(source, mode, optimize, flags):
    """In a process of its own: the interpreter does not survive freeing the sequences."""
    import _opcode_metadata
    import _testinternalcapi
    import ast

    names = {number: name for name, number in _opcode_metadata.opmap.items()}

    def listing(sequence, indent):
        for op, arg, line, end_line, col, end_col in sequence.get_instructions():
            arg = "-" if arg is None else arg
            yield f"{indent}{names[op]} {arg} {line}:{col}-{end_line}:{end_col}"
        for nested in sequence.get_nested():
            yield indent + "unit"
            yield from listing(nested, indent + "  ")

    read, write = os.pipe()
    pid = os.fork()
    if not pid:
        kind = ["exec", "eval", "single"].index(mode)
        sequence, _ = _testinternalcapi.compiler_codegen(ast.parse(source, mode=mode), "f", optimize, kind)
        with os.fdopen(write, "w") as out:
            out.write("\n".join(listing(sequence, "")))
        os._exit(0)
    os.close(write)
    with os.fdopen(read) as answer:
        lines = answer.read().splitlines()
    os.waitpid(pid, 0)
    return lines


def units(source, mode, optimize, flags):
    def unit(code, indent):
        yield (f"{indent}{code.co_qualname} first={code.co_firstlineno} flags={code.co_flags:#x}"
               f" stack={code.co_stacksize} {code.co_varnames} {code.co_cellvars} {code.co_freevars}")
        for constant in code.co_consts:
            if hasattr(constant, "co_code"):
                yield from unit(constant, indent + "  ")
            else:
                yield f"{indent}| {constant!r}"

    return list(unit(compile(source, "f", mode, flags, True, optimize), ""))


def run(path):
    ask = {"errors": errors, "symtable": symtable, "codegen": codegen, "units": units}[
        os.path.basename(path).removesuffix(".txt").split("_")[0]]
    with open(path) as f:
        cases = re.split("^===", f.read(), flags=re.MULTILINE)[1:]
    written = []
    for case in cases:
        head, rest = case.split("\n", 1)
        source = rest.split("\n---\n")[0].removesuffix("\n---")
        options, head = head.split(), head.strip()
        mode = next((o for o in options if o in ("eval", "single")), "exec")
        optimize = 2 if "-OO" in options else 1 if "-O" in options else 0
        flags = TOP_LEVEL_AWAIT if "await" in options else 0
        got = ask(source + "\n", mode, optimize, flags)
        written.append(f"{f'=== {head}'.rstrip()}\n{source}\n---\n" + "".join(line + "\n" for line in got))
    with open(path, "w") as f:
        f.write("".join(written))


for path in sys.argv[1:] or [os.path.join(HERE, n) for n in sorted(os.listdir(HERE)) if n.endswith(".txt")]:
    run(path)
