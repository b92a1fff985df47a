//! Native modules that the language itself stands on: itertools, functools, collections, operator.
