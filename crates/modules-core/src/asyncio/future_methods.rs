//! `Future` as Python sees it.

use super::awaiting::FutureIter;
use super::future::{CANCELLED, Callback, PENDING, PyFuture};
use super::state::{self, Name};
use taipan_objects::memory;
use taipan_objects::model::args::OptArg;
use taipan_objects::prelude::*;
use taipan_objects::types::genericalias;
use taipan_runtime::contextvars;

/// A deleted attribute, where attributes of this kind cannot be.
pub fn not_deletable(object: &PyObject, name: &str) -> Raised {
    raised!(AttributeError, "attribute '{name}' of '{}' objects cannot be deleted", object.class().tp_name())
}

#[pymethods(SLOTS)]
impl PyFuture {
    #[slot(tp_new)]
    fn py_new(cls: &TypeObject, _args: &PyTuple, _kwargs: Option<&PyDict>) -> PyResult<Py<PyFuture>> {
        memory::new_in(cls, PyFuture::blank(state::get()))
    }

    #[init(signature = "(*, loop=None)")]
    fn py_init(&self, event_loop: Option<&PyObject>) -> PyResult<()> {
        self.start(event_loop)
    }

    #[slot(tp_repr)]
    fn repr(&self) -> PyResult {
        self.check_started()?;
        call::call(&*self.state().name(Name::FutureRepr)?, &[self])
    }

    #[slot(tp_iter)]
    fn iter(&self) -> PyResult<Py<FutureIter>> {
        self.iterate()
    }

    #[slot(am_await)]
    fn await_(&self) -> PyResult<Py<FutureIter>> {
        self.iterate()
    }

    #[slot(tp_finalize)]
    fn finalize(&self) {
        self.report_unretrieved();
    }
}

#[pymethods(METHODS)]
impl PyFuture {
    /// Return the result this future represents.
    ///
    /// If the future has been cancelled, raises CancelledError.  If the
    /// future's result isn't yet available, raises InvalidStateError.  If
    /// the future is done and has an exception set, this exception is raised.
    #[pymethod(name = "result")]
    fn py_result(&self) -> PyResult {
        self.result_or_raise("Result is not set.")
    }

    /// Return the exception that was set on this future.
    ///
    /// The exception (or None if no exception was set) is returned only if
    /// the future is done.  If the future has been cancelled, raises
    /// CancelledError.  If the future isn't done yet, raises
    /// InvalidStateError.
    #[pymethod(name = "exception")]
    fn py_exception(&self) -> PyResult<Option<Obj>> {
        self.ended("Exception is not set.")
    }

    /// Mark the future done and set its result.
    ///
    /// If the future is already done when this method is called, raises
    /// InvalidStateError.
    #[pymethod(signature = "(result, /)")]
    fn set_result(&self, result: &PyObject) -> PyResult<()> {
        self.finish(result.owned())
    }

    /// Mark the future done and set an exception.
    ///
    /// If the future is already done when this method is called, raises
    /// InvalidStateError.
    #[pymethod(signature = "(exception, /)")]
    fn set_exception(&self, exception: &PyObject) -> PyResult<()> {
        self.fail(exception)
    }

    /// Add a callback to be run when the future becomes done.
    ///
    /// The callback is called with a single argument - the future object.
    /// If the future is already done when this is called, the callback is
    /// scheduled with call_soon.
    #[pymethod(signature = "(fn, /, *, context=<unrepresentable>)")]
    fn add_done_callback(&self, function: &PyObject, context: OptArg<&PyObject>) -> PyResult<()> {
        let context = match context.given() {
            Some(context) => context.owned(),
            None => contextvars::copy_current().into_obj(),
        };
        if self.event_loop.is_empty() {
            return Err(raised!(RuntimeError, "uninitialized Future object"));
        }
        self.add_callback(function.owned(), context)
    }

    /// Remove all instances of a callback from the "call when done" list.
    ///
    /// Returns the number of callbacks removed.
    #[pymethod(signature = "(fn, /)")]
    fn remove_done_callback(&self, function: &PyObject) -> PyResult<usize> {
        self.check_started()?;
        // Comparing may change the list: what is equal is gathered first, then taken out by identity.
        let mut equal: Vec<Callback> = Vec::new();
        let mut index = 0;
        while let Some(callback) = self.callbacks.get(index) {
            if object::compare_bool(&callback.0, function, CompareOp::Eq)? {
                equal.push(callback);
            }
            index += 1;
        }
        if equal.is_empty() {
            return Ok(0);
        }
        let is_equal = |callback: &Callback| {
            equal.iter().any(|(function, context)| callback.0.is(function) && callback.1.is(context))
        };
        let gone = self.callbacks.remove(is_equal);
        Ok(gone.len())
    }

    /// Cancel the future and schedule callbacks.
    ///
    /// If the future is already done or cancelled, return False.  Otherwise,
    /// change the future's state to cancelled, schedule the callbacks and
    /// return True.
    #[pymethod(signature = "(msg=None)")]
    fn cancel(&self, message: Option<&PyObject>) -> PyResult<bool> {
        self.cancel_with(message.map(ObjectExt::owned))
    }

    /// Return True if the future was cancelled.
    #[pymethod]
    fn cancelled(&self) -> bool {
        self.state.get() == CANCELLED
    }

    /// Return True if the future is done.
    ///
    /// Done means either that a result / exception are available, or that
    /// the future was cancelled.
    #[pymethod]
    fn done(&self) -> bool {
        self.is_done()
    }

    /// Return the event loop the Future is bound to.
    #[pymethod]
    fn get_loop(&self) -> PyResult {
        self.loop_or_raise()
    }

    /// Create the CancelledError to raise if the Future is cancelled.
    ///
    /// This should only be called once when handling a cancellation since
    /// it erases the context exception value.
    #[pymethod(name = "_make_cancelled_error")]
    fn py_make_cancelled_error(&self) -> PyResult {
        self.make_cancelled_error()
    }

    /// Futures are generic over the type of their results
    #[pymethod(name = "__class_getitem__", class, signature = "(object, /)")]
    fn class_getitem(cls: &TypeObject, item: &PyObject) -> PyResult {
        genericalias::new(cls, item)
    }
}

#[pymethods(PROPERTIES)]
impl PyFuture {
    #[getter(_state)]
    fn get_state(&self) -> PyResult<&'static str> {
        self.check_started()?;
        Ok(match self.state.get() {
            PENDING => "PENDING",
            CANCELLED => "CANCELLED",
            _ => "FINISHED",
        })
    }

    #[getter]
    fn _asyncio_future_blocking(&self) -> bool {
        self.blocking.get()
    }

    #[setter(_asyncio_future_blocking)]
    fn set_blocking(&self, value: Option<&PyObject>) -> PyResult<()> {
        let value = value.ok_or_else(|| not_deletable(self, "_asyncio_future_blocking"))?;
        self.check_started()?;
        self.blocking.set(object::is_true(value)?);
        Ok(())
    }

    #[getter]
    fn _loop(&self) -> Option<Obj> {
        self.event_loop.get()
    }

    #[getter]
    fn _callbacks(&self) -> PyResult<Option<Obj>> {
        self.check_started()?;
        if self.callbacks.is_empty() {
            return Ok(None);
        }
        let list = PyList::new();
        let mut index = 0;
        while let Some((function, context)) = self.callbacks.get(index) {
            list.append(PyTuple::from_vec(vec![function, context]).into_obj())?;
            index += 1;
        }
        Ok(Some(list.into_obj()))
    }

    #[getter]
    fn _result(&self) -> PyResult<Option<Obj>> {
        self.check_started()?;
        Ok(self.result.get())
    }

    #[getter]
    fn _exception(&self) -> PyResult<Option<Obj>> {
        self.check_started()?;
        Ok(self.exception.get())
    }

    #[getter]
    fn _log_traceback(&self) -> PyResult<bool> {
        self.check_started()?;
        Ok(self.log_traceback.get())
    }

    #[setter(_log_traceback)]
    fn set_log_traceback(&self, value: Option<&PyObject>) -> PyResult<()> {
        let value = value.ok_or_else(|| not_deletable(self, "_log_traceback"))?;
        if object::is_true(value)? {
            return Err(raised!(ValueError, "_log_traceback can only be set to False"));
        }
        self.log_traceback.set(false);
        Ok(())
    }

    #[getter]
    fn _source_traceback(&self) -> Option<Obj> {
        self.source_traceback.get()
    }

    #[getter]
    fn _cancel_message(&self) -> Option<Obj> {
        self.cancel_message.get()
    }

    #[setter(_cancel_message)]
    fn set_cancel_message(&self, value: Option<&PyObject>) -> PyResult<()> {
        let value = value.ok_or_else(|| not_deletable(self, "_cancel_message"))?;
        self.cancel_message.set(Some(value.owned()));
        Ok(())
    }

    #[getter]
    fn _asyncio_awaited_by(&self) -> PyResult<Option<Obj>> {
        self.waiters()
    }
}
