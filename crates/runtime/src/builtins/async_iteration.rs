//! `aiter` and `anext`.

use taipan_interpreter::generators::AnextAwaitable;
use taipan_objects::model::args::OptArg;
use taipan_objects::prelude::*;

#[pymodule(fragment)]
pub mod part {
    use super::*;

    /// Return an AsyncIterator for an AsyncIterable object.
    #[pyfunction(signature = "(async_iterable, /)")]
    fn aiter(iterable: &PyObject) -> PyResult {
        let class = iterable.class();
        let Some(slot) = class.am_aiter() else {
            return Err(raised!(TypeError, "'{}' object is not an async iterable", class.name()));
        };
        let iterator = crate::upcalls::call_unary(slot, iterable)?;
        if iterator.class().am_anext().is_none() {
            return Err(raised!(
                TypeError,
                "aiter() returned not an async iterator of type '{}'",
                iterator.class().name()
            ));
        }
        Ok(iterator)
    }

    /// Return the next item from the async iterator.
    ///
    /// If default is given and the async iterator is exhausted,
    /// it is returned instead of raising StopAsyncIteration.
    #[pyfunction(signature = "(aiterator, default=<unrepresentable>, /)")]
    fn anext(iterator: &PyObject, default: OptArg<&PyObject>) -> PyResult {
        let class = iterator.class();
        let Some(slot) = class.am_anext() else {
            return Err(raised!(TypeError, "'{}' object is not an async iterator", class.name()));
        };
        let awaitable = crate::upcalls::call_unary(slot, iterator)?;
        match default.given() {
            None => Ok(awaitable),
            Some(default) => Ok(AnextAwaitable::new(&awaitable, default).into_obj()),
        }
    }
}
