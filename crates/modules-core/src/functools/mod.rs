//! `_functools`: partial calls, caches, and comparison functions as keys.

mod cache;
mod key;
mod partial;

use taipan_macros::pymodule;

/// Tools that operate on functions.
#[pymodule(name = "_functools")]
pub mod functools {
    use super::cache::PyLruCache;
    use super::key::{PyCompareKey, new_key};
    use super::partial::{PyPartial, PyPlaceholder, placeholder};
    use taipan_objects::errors::{self, Exc};
    use taipan_objects::model::args::OptArg;
    use taipan_objects::prelude::*;

    /// Apply a function of two arguments cumulatively to the items of an iterable, from left to right.
    ///
    /// This effectively reduces the iterable to a single value.  If initial is
    /// present, it is placed before the items of the iterable in the
    /// calculation, and serves as a default when the iterable is empty.
    ///
    /// For example, reduce(lambda x, y: x+y, [1, 2, 3, 4, 5])
    /// calculates ((((1 + 2) + 3) + 4) + 5).
    #[pyfunction(signature = "(function, iterable, /, initial=<unrepresentable>)")]
    pub fn reduce(function: &PyObject, iterable: &PyObject, initial: OptArg<&PyObject>) -> PyResult {
        let iterator = match iter::iter(iterable) {
            Ok(iterator) => iterator,
            Err(raised) => {
                errors::catch(raised, Exc::TypeError)?;
                return Err(raised!(TypeError, "reduce() arg 2 must support iteration"));
            }
        };
        let mut result = initial.given().map(|initial| initial.owned());
        while let Some(item) = iter::next(&iterator)? {
            result = Some(match result {
                None => item,
                Some(so_far) => call::call(function, &[&so_far, &item])?,
            });
        }
        result.ok_or_else(|| raised!(TypeError, "reduce() of empty iterable with no initial value"))
    }

    /// Convert a cmp= function into a key= function.
    ///
    ///   mycmp
    ///     Function that compares two objects.
    #[pyfunction(signature = "(mycmp)")]
    pub fn cmp_to_key(mycmp: &PyObject) -> Py<PyCompareKey> {
        new_key(mycmp, None)
    }

    #[exec]
    fn exec(module: &PyModule) -> PyResult<()> {
        module.add_type(PyPlaceholder::type_object())?;
        module.add("Placeholder", &placeholder())?;
        module.add_type(PyPartial::type_object())?;
        module.add_type(PyLruCache::type_object())
    }
}
