//! The abstract syntax tree of Python 3.14: nodes, visitors, and the errors and warnings that reading source can give.
