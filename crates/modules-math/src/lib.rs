//! Native modules about numbers: math, cmath, random, statistics, decimal.
