# Introspection: inspect, dis, ast, code objects, frames, traces, globals, sys.
import ast
import dis
import inspect
import io
import sys
import types


def sample(a, b: int = 2, /, *args, c, d=4, **kw) -> str:
    """Docs of sample."""
    local = a + b
    return local


print(inspect.signature(sample), inspect.getdoc(sample), inspect.signature(sample).bind(1, c=3).arguments, inspect.getfullargspec(lambda x, y=1: 0))
print([str(inspect.signature(f)) for f in (len, print, dict.get, str.split, sorted, isinstance, int.__add__)])
print(inspect.getsource(sample).splitlines()[2], inspect.isfunction(sample), inspect.isgeneratorfunction(sample), inspect.getmodule(sample).__name__)
code = sample.__code__
print(code.co_name, code.co_varnames, code.co_argcount, code.co_posonlyargcount, code.co_kwonlyargcount, code.co_flags, code.co_consts, code.co_names, code.co_stacksize, list(code.co_lines())[:2])
out = io.StringIO()
dis.dis("x = [i * 2 for i in range(3)]\nif x:\n    print(f'{x}')", file=out)
print(out.getvalue().replace(hex(id(0)), ""). count("\n") > 20, [i.opname for i in dis.get_instructions("a = b + 1")])
tree = ast.parse("def f(x: int) -> str:\n    return x if x > 1 else [y async for y in z]\n")
print(ast.dump(tree, indent=1), ast.unparse(tree), ast.literal_eval("{'a': [1, (2.5, None)], -1: b'x'}"), sep="\n")


class Rename(ast.NodeTransformer):
    def visit_Name(self, node):
        return ast.copy_location(ast.Name(node.id.upper(), node.ctx), node)


print(ast.unparse(Rename().visit(ast.parse("a + b * (c - 1)"))), eval(compile(ast.Expression(ast.parse("1 + 2").body[0].value), "x", "eval")))
for text in ("x = ", "1 +", "def f(:", "f(a=1, 2)", "'abc", "x = 5 5", "if x", "  a", "return", "a = b = 1 = c", "for", "print 'a'", "class", "lambda x=: 0", "f'{a b}'", "(1, 2", "x := 1", "yield", "break", "nonlocal x", "{**a for a in b}", "del f()", "import a.b as", "0777", "1__0", "async def f(): [await x for x in y] = 1"):
    try:
        compile(text, "<text>", "exec")
    except SyntaxError as error:
        print(repr(text), "->", type(error).__name__, error.msg, error.lineno, error.offset)
calls = []


def tracer(frame, event, arg):
    if frame.f_code.co_filename == __file__:
        calls.append((event, frame.f_code.co_name, frame.f_lineno - frame.f_code.co_firstlineno))
    return tracer


sys.settrace(tracer)
sample(1, c=2)
sys.settrace(None)
print(calls)


def where():
    frame = sys._getframe(1)
    return frame.f_code.co_name, sorted(frame.f_locals)


def caller():
    x, y = 1, 2
    return where()


print(caller(), inspect.currentframe().f_code.co_name, inspect.stack()[0].function)
f = types.FunctionType(sample.__code__, {"__builtins__": {}}, "copy", (1, 2))
print(f(c=0, d=1), types.SimpleNamespace(a=1, b="x"), types.MappingProxyType({"k": 1})["k"], type(f) is types.FunctionType, types.new_class("N", (), {}).__name__)
print(sys.version_info[:2], sys.implementation.name, sys.maxsize, sys.byteorder, sys.getsizeof(0), sys.getsizeof([]), sys.getsizeof(""), sys.getsizeof({}), sys.getsizeof(()), sys.getrecursionlimit(), sys.float_info.dig)
exec("made = 5; del made; kept = [n for n in 'ab']")
print(kept, "made" in globals(), eval("a + b", {"a": 1}, {"b": 2}), dir()[:3], callable(eval), vars(types.SimpleNamespace(q=1)))
