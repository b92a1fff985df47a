# json: reading, writing, errors.
import json
from collections import OrderedDict

value = {"b": [1, 2.5, True, None, "é\n\"\\\u2028"], "a": {"nested": {}}, "list": [], "big": 10**20, "exp": 1e100}
text = json.dumps(value)
print(text)
print(json.loads(text) == value, json.dumps(value, ensure_ascii=False), json.dumps(value, sort_keys=True, separators=(",", ":")))
print(json.dumps({"a": [1, {"b": 2}], "c": []}, indent=2), json.dumps([1, [2]], indent="\t"))
print(json.dumps({1: 1, True: 2, None: 3, 1.5: 4}), json.dumps((1, 2)), json.dumps("\x00\x1f\ud83d\ude00\ud800"), json.dumps(float("inf")))
print(json.loads(' [1 , -2.5e3, "\\u00e9\\ud83d\\ude00", NaN, Infinity, true, null, {"k": {}} ] '))
print(json.loads("1.0", parse_float=str), json.loads("[5]", parse_int=lambda s: s * 2), json.loads('{"a": 1, "a": 2}', object_pairs_hook=list), json.loads('{"x": 1}', object_hook=OrderedDict))
for wrong in ("", "[1,", "{'a': 1}", '{"a" 1}', "[1] 2", '"\\x"', '"abc', "nul", "[1,]", '{"a":1,}', '"\t"', "01", "-", "\ufeff1", "[" * 3):
    try:
        print(json.loads(wrong))
    except json.JSONDecodeError as error:
        print(repr(wrong), "->", error, error.pos)
for wrong in ({1, 2}, {(1,): 1}, object, [float("nan")], b"x"):
    try:
        print(json.dumps(wrong, allow_nan=False))
    except (TypeError, ValueError) as error:
        print(type(error).__name__, error, getattr(error, "__notes__", None))
loop = []
loop.append(loop)
try:
    json.dumps(loop)
except ValueError as error:
    print(error)


class Encoder(json.JSONEncoder):
    def default(self, o):
        if isinstance(o, set):
            return sorted(o)
        return super().default(o)


print(json.dumps({"s": {3, 1}}, cls=Encoder), json.dumps(1j, default=str), json.JSONDecoder().raw_decode("[1] rest"), list(Encoder().iterencode([1, {"a": 2}])))
import io

stream = io.StringIO()
json.dump([1], stream)
stream.seek(0)
print(json.load(stream), json.loads(b'"bytes"'), json.loads('"utf16"'.encode("utf-16")))
big = [{"id": i, "name": f"n{i}", "tags": ["x"] * (i % 3)} for i in range(300)]
print(json.loads(json.dumps(big)) == big, len(json.dumps(big)))
