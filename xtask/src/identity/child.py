"""Prints what a Python makes of source files, stage by stage, one JSON row a file. Arguments: stages, optimisation
level, a file with the list of paths, and `hash` or `full`.
"""
import ast
import hashlib
import io
import json
import sys
import warnings

warnings.simplefilter('ignore')
sys.setrecursionlimit(20000)
stages, level, listing, form = sys.argv[1].split(','), int(sys.argv[2]), sys.argv[3], sys.argv[4]


def constant(value):
    if hasattr(value, 'co_code'):
        return code(value)
    if isinstance(value, tuple):
        return ['tuple', [constant(item) for item in value]]
    if isinstance(value, frozenset):
        return ['frozenset', sorted(json.dumps(constant(item)) for item in value)]
    if isinstance(value, slice):
        return ['slice', [constant(item) for item in (value.start, value.stop, value.step)]]
    return [type(value).__name__, repr(value)]


def code(value):
    row = {'name': value.co_qualname, 'code': value.co_code.hex(), 'consts': [constant(c) for c in value.co_consts]}
    for field in ('names', 'varnames', 'freevars', 'cellvars'):
        row[field] = list(getattr(value, 'co_' + field))
    for field in ('argcount', 'posonlyargcount', 'kwonlyargcount', 'nlocals', 'stacksize', 'flags', 'firstlineno'):
        row[field] = getattr(value, 'co_' + field)
    row['lines'] = value.co_linetable.hex()
    row['exceptions'] = value.co_exceptiontable.hex()
    return row


def table(value):
    flags = ('referenced', 'parameter', 'global', 'declared_global', 'local', 'annotated', 'free', 'imported', 'assigned',
             'nonlocal', 'namespace', 'type_parameter', 'free_class', 'comp_iter', 'comp_cell')
    symbols = sorted((s.get_name(), [f for f in flags if getattr(s, 'is_' + f)()]) for s in value.get_symbols())
    return [str(value.get_type()), value.get_name(), value.get_lineno(), value.is_nested(), value.is_optimized(),
            symbols, [table(child) for child in value.get_children()]]


def made(stage, source, path):
    if stage == 'tokens':
        import tokenize
        return [[t.type, t.string, t.start, t.end, t.line] for t in tokenize.tokenize(io.BytesIO(source).readline)]
    if stage == 'ast':
        return ast.dump(ast.parse(source, path), include_attributes=True)
    if stage == 'symtable':
        import symtable
        return table(symtable.symtable(source, path, 'exec'))
    return code(compile(source, path, 'exec', dont_inherit=True, optimize=level))


with open(listing, encoding='utf-8') as file:
    paths = json.load(file)
for path in paths:
    with open(path, 'rb') as file:
        source = file.read()
    row = {'path': path}
    for stage in stages:
        try:
            got = made(stage, source, path)
        except SyntaxError as e:
            got = ['error', type(e).__name__, e.msg, e.lineno, e.offset, e.end_lineno, e.end_offset]
        except RecursionError:
            got = ['error', 'RecursionError']
        except Exception as e:
            got = ['error', type(e).__name__, str(e)]
        row[stage] = got if form == 'full' else hashlib.sha1(json.dumps(got).encode()).hexdigest()
    print(json.dumps(row), flush=True)
