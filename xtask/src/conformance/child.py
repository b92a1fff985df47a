"""Runs one module of CPython's test suite and journals what happens to each test, line by line, so that a crash costs
only the test it happens in. Arguments: module, journal, file of tests to pass over, and texts that test ids must hold.
"""
import json
import os
import sys
import unittest

module, journal_path, skips_path, *wanted = sys.argv[1:]
journal = open(journal_path, 'a', encoding='utf-8', buffering=1)
with open(skips_path, encoding='utf-8') as file:
    done_before = set(json.load(file))


def note(*row):
    journal.write(json.dumps(row) + '\n')
    journal.flush()


class Result(unittest.TestResult):
    def startTest(self, test):
        super().startTest(test)
        self.of_subtests = None
        note('start', test.id())

    def finish(self, test, word, error=None):
        note('end', test.id(), word, self._exc_info_to_string(error, test)[-2000:] if error else '')

    def addSuccess(self, test):
        self.finish(test, self.of_subtests or 'pass')

    def addFailure(self, test, error):
        self.finish(test, 'fail', error)

    def addError(self, test, error):
        self.finish(test, 'error', error)

    def addSkip(self, test, reason):
        self.finish(test, 'skip')

    def addExpectedFailure(self, test, error):
        self.finish(test, 'pass')

    def addUnexpectedSuccess(self, test):
        self.finish(test, 'fail')

    def addSubTest(self, test, subtest, error):
        if error is not None:
            self.of_subtests = 'fail' if issubclass(error[0], test.failureException) else 'error'
            self.finish(test, self.of_subtests, error)


def belongs(test):
    return test.id() not in done_before and (not wanted or any(text in test.id() for text in wanted))


def prune(suite):
    """The suite without what does not belong; its classes stay together, for their fixtures."""
    kept = []
    for test in suite:
        if isinstance(test, unittest.TestSuite):
            test = prune(test)
            if test.countTestCases():
                kept.append(test)
        elif belongs(test):
            kept.append(test)
    return type(suite)(kept)


def ids(suite):
    for test in suite:
        if isinstance(test, unittest.TestSuite):
            yield from ids(test)
        else:
            yield test.id()


try:
    from test import support
    support.use_resources = {}
    support.verbose = 0
except ImportError as error:
    note('support', repr(error))
try:
    suite = prune(unittest.defaultTestLoader.loadTestsFromName(module))
except unittest.SkipTest as error:
    note('module', f'skip: {error}')
else:
    note('planned', list(ids(suite)))
    os.chdir(os.environ['CONFORMANCE_CWD'])
    suite.run(Result())
note('done')
