//! What awaiting a future runs: an iterator that gives the future once, to the task, and ends with its result.

use super::future::PyFuture;
use taipan_objects::errors;
use taipan_objects::memory;
use taipan_objects::model::trampoline::Sent;
use taipan_objects::prelude::*;
use taipan_objects::types::exceptions::PyBaseException;
use taipan_objects::types::traceback::PyTraceback;

#[pytype(name = "_asyncio.FutureIter", gc, flags(DISALLOW_INSTANTIATION, IMMUTABLETYPE), parts(METHODS))]
pub struct FutureIter {
    ob_base: PyObject,
    /// Taken when the iterator is at its end.
    future: ObjCell,
}

impl FutureIter {
    pub fn new(future: &PyFuture) -> Py<FutureIter> {
        memory::new(FutureIter { ob_base: PyObject::EMPTY, future: ObjCell::new(Some(future.owned())) })
    }

    fn step(&self) -> PyResult<Sent> {
        let Some(object) = self.future.get() else { return Ok(Sent::Return(none())) };
        let Some(future) = object.downcast::<PyFuture>() else { return Ok(Sent::Return(none())) };
        if future.is_done() {
            self.future.set(None);
            return future.result_or_raise("Result is not set.").map(Sent::Return);
        }
        if future.blocking.replace(true) {
            return Err(raised!(RuntimeError, "await wasn't used with future"));
        }
        Ok(Sent::Next(object))
    }

    /// The end as `__next__` and `send` tell it.
    fn end(result: Obj) -> PyResult<Option<Obj>> {
        if result.is_none() { Ok(None) } else { Err(errors::set_stop_iteration(Some(result))) }
    }
}

#[pymethods(METHODS)]
impl FutureIter {
    #[slot(am_send)]
    fn am_send(&self, _value: &PyObject) -> PyResult<Sent> {
        self.step()
    }

    #[slot(tp_iter)]
    fn iter(&self) -> PyResult {
        Ok(self.owned())
    }

    #[slot(tp_iternext)]
    fn next(&self) -> PyResult<Option<Obj>> {
        match self.step()? {
            Sent::Next(future) => Ok(Some(future)),
            Sent::Return(result) => Self::end(result),
        }
    }

    #[pymethod(signature = "(object, /)")]
    fn send(&self, _object: &PyObject) -> PyResult {
        match self.step()? {
            Sent::Next(future) => Ok(future),
            Sent::Return(result) => {
                Err(errors::set_stop_iteration(Some(result).filter(|result| !result.is_none())))
            }
        }
    }

    #[pymethod(signature = "(*args)", no_text)]
    fn throw(&self, args: &[&PyObject]) -> PyResult {
        let (kind, value, traceback) = match *args {
            [kind] => (kind, None, None),
            [kind, value] => (kind, Some(value), None),
            [kind, value, traceback] => (kind, Some(value), Some(traceback)),
            [] => return Err(raised!(TypeError, "throw expected at least 1 argument, got 0")),
            _ => return Err(raised!(TypeError, "throw expected at most 3 arguments, got {}", args.len())),
        };
        if value.is_some() {
            errors::warn(
                Exc::DeprecationWarning,
                1,
                format_args!(
                    "the (type, exc, tb) signature of throw() is deprecated, use the single-arg signature instead."
                ),
            )?;
        }
        let traceback = traceback.filter(|traceback| !traceback.is_none());
        if traceback.is_some_and(|traceback| traceback.downcast::<PyTraceback>().is_none()) {
            return Err(raised!(TypeError, "throw() third argument must be a traceback"));
        }
        let value = value.filter(|value| !value.is_none());
        let exception = match errors::exception_class(kind) {
            Some(class) => match value.and_then(|value| value.downcast_owned::<PyBaseException>()) {
                Some(given) if given.class().is_subtype_of(class) => given,
                _ => errors::instantiate(class, value.unwrap_or(none_ref()))?,
            },
            None => match kind.downcast_owned::<PyBaseException>() {
                Some(_) if value.is_some() => {
                    return Err(raised!(TypeError, "instance exception may not have a separate value"));
                }
                Some(exception) => exception,
                None => {
                    return Err(raised!(
                        TypeError,
                        "exceptions must be classes deriving BaseException or instances of such a class"
                    ));
                }
            },
        };
        self.future.set(None);
        if let Some(traceback) = traceback {
            exception.traceback.set(Some(traceback.owned()));
        }
        Err(errors::restore(exception))
    }

    #[pymethod]
    fn close(&self) {
        self.future.set(None);
    }
}
