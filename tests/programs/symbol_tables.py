"""What the symbol tables of a program show, and what is shown of a source that cannot be read."""
import symtable

SOURCE = """
def tell(first, second):
    third = fourth = fifth = 0
    class Inner:
        attribute: int = 1
        def method(self):
            def deepest():
                nonlocal third
                third += 1
                return fourth, fifth, first, second, self, __class__
            return deepest, [attribute for attribute in range(fifth)]
        def other(self):
            return second, sixth, fourth
    return Inner, lambda seventh: (seventh, first, third)
sixth = {first: (lambda: first) for first in ()}
"""


def show(table, depth=0):
    print("  " * depth + f"{table.get_type()} {table.get_name()} line {table.get_lineno()} nested={table.is_nested()}")
    for symbol in table.get_symbols():
        marks = [mark for mark in ("referenced", "parameter", "global", "nonlocal", "declared_global", "local",
                                   "annotated", "free", "imported", "assigned")
                 if getattr(symbol, "is_" + mark)()]
        print("  " * depth + f"  {symbol.get_name()}: {' '.join(marks)}")
    for child in table.get_children():
        show(child, depth + 1)


show(symtable.symtable(SOURCE, "program", "exec"))

for source in (b"# coding: foo\nx", b"# coding: ascii\n\xe9", b"# coding: rot13\nx", b"\xff", b"a\0b"):
    for read in (lambda: compile(source, "name", "exec"), lambda: symtable.symtable(source, "name", "exec")):
        try:
            read()
        except SyntaxError as error:
            print(source, error.args, error.end_lineno)
