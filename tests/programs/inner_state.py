"""What _testinternalcapi shows of the compiler, of code objects and of the storage of attributes."""

import ast
import opcode
import sys

import _testinternalcapi as inner


def show(sequence):
    for op, arg, *place in sequence.get_instructions():
        print("   ", opcode.opname[op], arg, place[0])


print("code generation")
sequence, metadata = inner.compiler_codegen(ast.parse("def f(a): return a\nx = (1, 2)\n"), "<here>", 0)
show(sequence)
print({name: value for name, value in metadata.items() if name != "consts"}, metadata["consts"][1:])
for nested in sequence.get_nested():
    show(nested)

print("optimisation")
sequence = inner.new_instruction_sequence()
here = (1, 1, 0, 1)
end, consts = sequence.new_label(), [1000, 2000]
sequence.addop(opcode.opmap["LOAD_CONST"], 0, *here)
sequence.addop(opcode.opmap["LOAD_CONST"], 1, *here)
sequence.addop(opcode.opmap["BUILD_TUPLE"], 2, *here)
sequence.addop(opcode.opmap["JUMP"], end, *here)
sequence.addop(opcode.opmap["NOP"], 0, *here)
sequence.use_label(end)
sequence.addop(opcode.opmap["RETURN_VALUE"], 0, *here)
show(inner.optimize_cfg(sequence, consts, 0))
print(consts)
try:
    inner.optimize_cfg(sequence, (), 0)
except TypeError as error:
    print(error)

print("assembly")
sequence = inner.new_instruction_sequence()
for name, arg in [("RESUME", 0), ("LOAD_FAST", 0), ("LOAD_CONST", 0), ("BINARY_OP", 0), ("RETURN_VALUE", 0)]:
    sequence.addop(opcode.opmap[name], arg, *here)
unit = {"name": "f", "qualname": "C.f", "consts": {1000: 0}, "names": {}, "varnames": {"x": 0}, "cellvars": {},
        "freevars": {}, "fasthidden": {}, "argcount": 1, "posonlyargcount": 0, "kwonlyargcount": 0, "firstlineno": 1}
code = inner.assemble_code_object("<here>", sequence, unit)
print(code.co_qualname, code.co_varnames, code.co_consts, code.co_stacksize, type(show)(code, {})(24))


def many(a, /, b, *c, d=1, **e):
    local = len
    def nested():
        return a, local
    return nested


print("code objects")
print(inner.get_co_localskinds(many.__code__))
print(inner.get_code_var_counts(many.__code__))
print(inner.code_returns_only_none(show.__code__), inner.code_returns_only_none(many.__code__))
for subject in (show, many(1, 2)):
    try:
        inner.verify_stateless_code(subject)
    except ValueError as error:
        print(error)

print("storage")


class Point:
    def __init__(self, x):
        self.x = x


point = Point(1)
other = Point(2)
other.y = 3
print(inner.has_inline_values(point), inner.get_object_dict_values(point), inner.get_object_dict_values(other))
del other.x
print(inner.get_object_dict_values(other), inner.has_split_table(point.__dict__), inner.has_split_table({}))
point.__dict__[1] = 1
print(inner.has_inline_values(point), inner.get_object_dict_values(point))
print(inner.dict_getitem_knownhash({"a": 1}, "a", hash("a")))

print("evaluation")


def depth():
    return inner.get_recursion_depth()


print(inner.get_recursion_depth(), depth(), inner.get_stack_margin() > 0, inner.get_c_recursion_remaining() > 1000)
frame = sys._getframe()
print(inner.iframe_getcode(frame) is frame.f_code, inner.iframe_getline(frame) == frame.f_lineno)


def off():
    return 1


inner.set_vectorcall_nop(off)
print(off(), inner._PyUnicode_TransformDecimalAndSpaceToASCII("\u0661\u2003x\u00e9"))
