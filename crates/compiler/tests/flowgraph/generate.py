"""Writes what CPython's flow graph makes of CPython's own generated code, for the test beside this file.

    python3.14 generate.py OUTPUT SOURCE...

Each unit is a block of lines: `unit NAME LOCALS`, its constants (`const …`), its instructions before
(`in OPCODE ARG LINE END_LINE COLUMN END_COLUMN`), then instructions and constants after (`out`, `left`).
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
