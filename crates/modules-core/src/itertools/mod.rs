//! `itertools`.
//!
//! | file | holds |
//! |---|---|
//! | `endless` | `count`, `cycle`, `repeat` |
//! | `filters` | `compress`, `dropwhile`, `filterfalse`, `takewhile`, `starmap` |
//! | `slices` | `islice`, `batched`, `pairwise` |
//! | `joins` | `chain`, `zip_longest`, `accumulate` |
//! | `groups` | `groupby` |
//! | `combinatorics` | `combinations`, `combinations_with_replacement`, `permutations` |
//! | `product` | `product` |
//! | `copies` | `tee` |

mod combinatorics;
mod copies;
mod endless;
mod filters;
mod groups;
mod joins;
mod product;
mod slices;

use taipan_macros::pymodule;

/// Functional tools for creating and using iterators.
///
/// Infinite iterators:
/// count(start=0, step=1) --> start, start+step, start+2*step, ...
/// cycle(p) --> p0, p1, ... plast, p0, p1, ...
/// repeat(elem [,n]) --> elem, elem, elem, ... endlessly or up to n times
///
/// Iterators terminating on the shortest input sequence:
/// accumulate(p[, func]) --> p0, p0+p1, p0+p1+p2
/// batched(p, n) --> [p0, p1, ..., p_n-1], [p_n, p_n+1, ..., p_2n-1], ...
/// chain(p, q, ...) --> p0, p1, ... plast, q0, q1, ...
/// chain.from_iterable([p, q, ...]) --> p0, p1, ... plast, q0, q1, ...
/// compress(data, selectors) --> (d[0] if s[0]), (d[1] if s[1]), ...
/// dropwhile(predicate, seq) --> seq[n], seq[n+1], starting when predicate fails
/// groupby(iterable[, keyfunc]) --> sub-iterators grouped by value of keyfunc(v)
/// filterfalse(predicate, seq) --> elements of seq where predicate(elem) is False
/// islice(seq, [start,] stop [, step]) --> elements from
///        seq[start:stop:step]
/// pairwise(s) --> (s[0],s[1]), (s[1],s[2]), (s[2], s[3]), ...
/// starmap(fun, seq) --> fun(*seq[0]), fun(*seq[1]), ...
/// tee(it, n=2) --> (it1, it2 , ... itn) splits one iterator into n
/// takewhile(predicate, seq) --> seq[0], seq[1], until predicate fails
/// zip_longest(p, q, ...) --> (p[0], q[0]), (p[1], q[1]), ...
///
/// Combinatoric generators:
/// product(p, q, ... [repeat=1]) --> cartesian product
/// permutations(p[, r])
/// combinations(p, r)
/// combinations_with_replacement(p, r)
#[pymodule(name = "itertools")]
pub mod itertools {
    use super::{combinatorics, copies, endless, filters, groups, joins, product, slices};
    use taipan_objects::prelude::*;

    /// Returns a tuple of n independent iterators.
    #[pyfunction(signature = "(iterable, n=2, /)")]
    pub fn tee(iterable: &PyObject, n: isize) -> PyResult {
        copies::tee(iterable, n)
    }

    #[exec]
    fn exec(module: &PyModule) -> PyResult<()> {
        for class in [
            joins::PyAccumulate::type_object(),
            slices::PyBatched::type_object(),
            joins::PyChain::type_object(),
            combinatorics::PyCombinations::type_object(),
            filters::PyCompress::type_object(),
            endless::PyCount::type_object(),
            combinatorics::PyCombinationsWithReplacement::type_object(),
            endless::PyCycle::type_object(),
            filters::PyDropWhile::type_object(),
            filters::PyFilterFalse::type_object(),
            groups::PyGroupBy::type_object(),
            groups::PyGrouper::type_object(),
            slices::PyISlice::type_object(),
            slices::PyPairwise::type_object(),
            combinatorics::PyPermutations::type_object(),
            product::PyProduct::type_object(),
            endless::PyRepeat::type_object(),
            filters::PyStarMap::type_object(),
            filters::PyTakeWhile::type_object(),
            copies::PyTee::type_object(),
            copies::PyTeeData::type_object(),
            joins::PyZipLongest::type_object(),
        ] {
            module.add_type(class)?;
        }
        Ok(())
    }
}
