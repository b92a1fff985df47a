"""What CPython says of its instructions: python3.14 generate.py > facts.tsv

Columns: number, name, has_* flags, code units of cache, and the stack effects of arguments 0 to 8 (for
SWAP and COPY from 1), not jumping and jumping.
"""

import _opcode
import _opcode_metadata
import opcode

names = {**opcode.opmap, **_opcode_metadata._specialized_opmap}
family = {form: base for base, forms in _opcode_metadata._specializations.items() for form in forms}
for name, op in sorted(names.items(), key=lambda item: item[1]):
    flags = ",".join(f for f in ("arg", "const", "name", "jump", "free", "local", "exc") if getattr(_opcode, f"has_{f}")(op))
    caches = opcode._inline_cache_entries.get(name, 0)
    effects = []
    for jump in (False, True):
        for arg in range(9):
            try:
                effects.append(_opcode.stack_effect(op, arg if "arg" in flags else None, jump=jump))
            except ValueError:
                effects.append("x")
    print(op, name, flags or "-", caches, family.get(name, "-"), ",".join(map(str, effects)), sep="\t")
