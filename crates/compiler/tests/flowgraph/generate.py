"""Writes what CPython's flow graph makes of CPython's own generated code, for the test beside this file.

    python3.14 generate.py OUTPUT SOURCE...

Each unit is a block of lines: `unit NAME LOCALS`, its constants (`const …`), its instructions before
(`in OPCODE ARG LINE END_LINE COLUMN END_COLUMN`), then instructions and constants after (`out`, `left`),
then what becomes of the instructions after when they are assembled: `assembled FIRST_LINE CELLS STACKSIZE` and
the code, its line table and its exception table. (The handlers are found anew for that, in code that has lost
its `POP_BLOCK`s: not what the compiler does, but the same for both.)
A unit inside another does not show its constants, so made-up ones of many types stand in for them.
"""

import ast
import opcode
import struct
import sys

import _testinternalcapi


def encode(value):
    if value is None:
        return "N"
    if value is True:
        return "T"
    if value is False:
        return "F"
    if value is ...:
        return "E"
    if isinstance(value, int):
        return f"i{value}"
    if isinstance(value, float):
        return "f" + struct.pack(">d", value).hex()
    if isinstance(value, complex):
        return "c" + struct.pack(">dd", value.real, value.imag).hex()
    if isinstance(value, str):
        return "s" + value.encode("utf-8", "surrogatepass").hex()
    if isinstance(value, bytes):
        return "b" + value.hex()
    if isinstance(value, tuple):
        return "t(" + "".join(encode(item) + "," for item in value) + ")"
    if isinstance(value, frozenset):
        return "z(" + "".join(sorted(encode(item) + "," for item in value)) + ")"
    if isinstance(value, slice):
        return "l(" + "".join(encode(item) + "," for item in (value.start, value.stop, value.step)) + ")"
    raise TypeError(value)


def made_up(index):
    if index == 0:
        return None
    return [index, f"s{index}", index + 0.123, 1_000_003 * index, b"%d" % index, (index, "x"), -index][index % 7]


def instructions(sequence, word):
    for op, arg, *where in sequence.get_instructions():
        yield " ".join([word, str(op), str(arg or 0), *map(str, where)])


ANNOTATIONS_PLACEHOLDER = opcode.opmap["ANNOTATIONS_PLACEHOLDER"]
LOCALS = {63, 83, 84, 85, 88, 112, 266}


def without_annotations(sequence):
    """The sequence without the place where deferred annotations go: their code cannot be seen."""
    before = sequence.get_instructions()
    if all(op != ANNOTATIONS_PLACEHOLDER for op, *_ in before):
        return sequence
    result = _testinternalcapi.new_instruction_sequence()
    labels = [result.new_label() for _ in before]
    for index, (op, arg, *where) in enumerate(before):
        result.use_label(labels[index])
        if op != ANNOTATIONS_PLACEHOLDER:
            result.addop(op, labels[arg] if op in opcode.hasjump or op in opcode.hasexc else arg or 0, *where)
    for nested in sequence.get_nested():
        result.add_nested(nested)
    return result


CELLS = {62, 83, 90, 97, 111, 261}


def assembled(after):
    instructions = after.get_instructions()
    cells = max((arg for op, arg, *_ in instructions if op in CELLS), default=-1) + 1
    first = max(instructions[0][2], 1)
    metadata = {
        "name": "f", "qualname": "f", "firstlineno": first, "fasthidden": {},
        "consts": {}, "names": {}, "varnames": {}, "freevars": {}, "cellvars": {f"c{i:05}": i for i in range(cells)},
        "argcount": 0, "posonlyargcount": 0, "kwonlyargcount": 0,
    }
    try:
        code = _testinternalcapi.assemble_code_object("f", after, metadata)
    except Exception:
        return []
    tables = " ".join(part.hex() or "-" for part in (code.co_code, code.co_linetable, code.co_exceptiontable))
    return [f"assembled {first} {cells} {code.co_stacksize} {tables}"]


def unit(out, name, sequence, consts):
    sequence = without_annotations(sequence)
    before = sequence.get_instructions()
    if consts is None:
        used = max((arg for op, arg, *_ in before if op == 82), default=-1) + 1
        consts = [made_up(index) for index in range(used)]
    consts = [f"<{c.co_name} {i}>" if hasattr(c, "co_code") else c for i, c in enumerate(consts)]
    given = [encode(value) for value in consts]
    locals_ = max((arg for op, arg, *_ in before if op in LOCALS), default=-1) + 1
    lines = [f"unit {name} {locals_}", *(f"const {value}" for value in given), *instructions(sequence, "in")]
    after = _testinternalcapi.optimize_cfg(sequence, consts, locals_)
    left = [encode(value) for value in consts]
    # A folded constant that equals a given one is not merged with it here, as it is in the compiler.
    if len(set(left)) == len(left):
        lines += [*instructions(after, "out"), *(f"left {value}" for value in left)]
        lines += assembled(after)
        out.write("\n".join(lines) + "\n")
    for number, nested in enumerate(sequence.get_nested()):
        unit(out, f"{name}.{number}", nested, None)


def main():
    output, *sources = sys.argv[1:]
    with open(output, "w") as out:
        for path in sources or sys.stdin.read().split():
            with open(path, "rb") as file:
                try:
                    tree = ast.parse(file.read())
                    sequence, metadata = _testinternalcapi.compiler_codegen(tree, path, 0)
                except (SyntaxError, ValueError):
                    continue
            unit(out, path.rsplit("/", 1)[-1].replace(" ", "_"), sequence, metadata["consts"])


main()
