# What the built-in functions and types say of themselves: docs, signatures, names, abstract classes.
import builtins
import inspect

print(sorted(name for name in dir(builtins) if not name.startswith("_")))
for name in "abs all any ascii bin chr divmod format hash hex id len max min next oct ord pow print repr round sorted sum".split():
    function = getattr(builtins, name)
    print(name, function.__text_signature__, function.__doc__.splitlines()[0])
for kind in (int, float, complex, str, bytes, bytearray, list, tuple, dict, set, frozenset, range, slice, bool, type(None), property, object):
    print(kind.__name__, sorted(set(dir(kind)) - set(dir(object))))
for kind in (int, str, list, dict, type, BaseException, memoryview, super):
    print(kind.__name__, kind.__doc__.splitlines()[0], kind.__basicsize__, kind.__itemsize__, kind.__flags__ & 0xFFF)
for kind in sorted(BaseException.__subclasses__(), key=lambda kind: kind.__name__):
    print(kind.__name__, sorted(k.__name__ for k in kind.__subclasses__() if k.__module__ == "builtins"))
print([str(inspect.signature(getattr(str, name))) for name in ("split", "encode", "replace", "center", "format", "join")])
print(int.from_bytes.__doc__.splitlines()[0], list.sort.__text_signature__, dict.update.__doc__.splitlines()[0], type.__call__.__objclass__, str.join.__qualname__, [].append.__self__)
