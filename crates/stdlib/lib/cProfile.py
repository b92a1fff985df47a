#! /usr/bin/env python3

"""Profiling by the native profiler `_lsprof`; used as the module `profile` is.

`python -m cProfile` profiles a script or a module.
"""

from collections import namedtuple
from profile import _Utils as Utilities

import _lsprof

__all__ = ["run", "runctx", "Profile"]

# What pstats keeps of a function or of a pair of caller and function.
Numbers = namedtuple("Numbers", "primitive_calls calls own_time whole_time")


def label(code):
    """The key by which pstats knows a function: native ones are known by their description alone."""
    if isinstance(code, str):
        return "~", 0, code
    return code.co_filename, code.co_firstlineno, code.co_name


def _numbers(entry):
    calls = entry.callcount
    return Numbers(calls - entry.reccallcount, calls, entry.inlinetime, entry.totaltime)


def _collected(entries):
    """The dictionary that pstats reads: for each function its numbers and those by caller."""
    callers = {id(entry.code): {} for entry in entries}
    for entry in entries:
        caller = label(entry.code)
        for called in entry.calls or ():
            known = callers.get(id(called.code))
            if known is None:
                continue
            # pstats has the calls before the primitive ones here.
            primitive, calls, *times = _numbers(called)
            new = calls, primitive, *times
            old = known.get(caller, (0, 0, 0, 0))
            known[caller] = tuple(a + b for a, b in zip(old, new))
    return {label(entry.code): (*_numbers(entry), callers[id(entry.code)]) for entry in entries}


class Profile(_lsprof.Profiler):
    """Profile(timer=None, timeunit=None, subcalls=True, builtins=True)

    A profiler that measures with `timer`, or with a clock of the system.
    Where the timer gives integers, `timeunit` says how many seconds one is.
    """

    # The statistics, as pstats wants them

    def snapshot_stats(self):
        self.stats = _collected(self.getstats())

    def create_stats(self):
        self.disable()
        self.snapshot_stats()

    def dump_stats(self, file):
        from marshal import dumps

        # Before the file is touched: making the numbers may fail.
        self.create_stats()
        data = dumps(self.stats)
        with open(file, "wb") as output:
            output.write(data)

    def print_stats(self, sort=-1):
        from pstats import Stats

        keys = sort if isinstance(sort, tuple) else (sort,)
        Stats(self).strip_dirs().sort_stats(*keys).print_stats()

    # What is profiled

    def __enter__(self):
        self.enable()
        return self

    def __exit__(self, *exc_info):
        self.disable()

    def run(self, cmd):
        from __main__ import __dict__ as names

        return self.runctx(cmd, names, names)

    def runctx(self, cmd, globals, locals):
        self.runcall(exec, cmd, globals, locals)
        return self

    def runcall(self, func, /, *args, **kw):
        self.enable()
        # Not left through __exit__, which would be counted.
        try:
            return func(*args, **kw)
        finally:
            self.disable()


def run(statement, filename=None, sort=-1):
    return Utilities(Profile).run(statement, filename, sort)


def runctx(statement, globals, locals, filename=None, sort=-1):
    return Utilities(Profile).runctx(statement, globals, locals, filename, sort)


def _document():
    import profile

    for function in (run, runctx):
        function.__doc__ = getattr(profile, function.__name__).__doc__


_document()


# The command line


def _arguments():
    from optparse import OptionParser
    from pstats import Stats

    line = OptionParser("cProfile.py [-o output_file_path] [-s sort] [-m module | scriptfile] [arg] ...")
    line.disable_interspersed_args()
    line.add_option("-o", "--outfile", help="Save stats to <outfile>")
    line.add_option("-s", "--sort", default=2, choices=sorted(Stats.sort_arg_dict_default),
                    help="Sort order when printing to stdout, based on pstats.Stats class")
    line.add_option("-m", dest="module", action="store_true", help="Profile a library module")
    return line


def _module_program(name):
    from runpy import run_module

    return "run(name, run_name='__main__')", {"run": run_module, "name": name}


def _script_program(path):
    """The code of a script, and the namespace of a fresh `__main__` for it."""
    import io
    import os
    import sys
    import types

    sys.path.insert(0, os.path.dirname(path))
    with io.open_code(path) as file:
        source = file.read()
    main = types.ModuleType("__main__")
    # What a script that is run has: it was not found by a loader.
    vars(main).update(__file__=path, __spec__=None, __package__=None, __cached__=None)
    # Scripts that import __main__ find themselves.
    sys.modules["__main__"] = main
    return compile(source, path, "exec"), vars(main)


def main():
    import os
    import sys

    line = _arguments()
    if len(sys.argv) < 2:
        line.print_usage()
        sys.exit(2)
    options, rest = line.parse_args()
    sys.argv[:] = rest
    if not rest:
        line.print_usage()
        return line
    # The program may change the folder.
    outfile = options.outfile and os.path.abspath(options.outfile)
    program = _module_program if options.module else _script_program
    code, names = program(rest[0])
    try:
        runctx(code, names, None, outfile, options.sort)
    except BrokenPipeError as error:
        # Nobody is left who could read what the end of the program would say of it.
        sys.stdout = None
        sys.exit(error.errno)
    return line


if __name__ == "__main__":
    main()
