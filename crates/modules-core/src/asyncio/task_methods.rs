//! `Task` as Python sees it.

use super::future_methods::not_deletable;
use super::state::{self, Name};
use super::task::{PyTask, Wanted};
use taipan_objects::errors;
use taipan_objects::memory;
use taipan_objects::prelude::*;
use taipan_objects::types::genericalias;

#[pymethods(SLOTS)]
impl PyTask {
    #[slot(tp_new)]
    fn py_new(cls: &TypeObject, _args: &PyTuple, _kwargs: Option<&PyDict>) -> PyResult<Py<PyTask>> {
        memory::new_in(cls, PyTask::blank(state::get()))
    }

    #[init(signature = "(coro, *, loop=None, name=None, context=None, eager_start=False)")]
    fn py_init(
        &self,
        coroutine: &PyObject,
        event_loop: Option<&PyObject>,
        name: Option<&PyObject>,
        context: Option<&PyObject>,
        eager_start: bool,
    ) -> PyResult<()> {
        self.prepare(&Wanted { coroutine, event_loop, name, context, eager_start })
    }

    #[slot(tp_repr)]
    fn repr(&self) -> PyResult {
        self.future().check_started()?;
        call::call(&*self.future().state().name(Name::TaskRepr)?, &[self])
    }

    #[slot(tp_finalize)]
    fn finalize(&self) {
        if !self.future().is_done() && self.log_destroy_pending.get() {
            let kept = errors::take_opt();
            let entries = [(intern!("task"), self.as_object())];
            if let Err(raised) = self.future().report("Task was destroyed but it is pending!", &entries) {
                let text = Some("Exception ignored while finalizing task");
                errors::write_unraisable(raised, text, Some(self));
            }
            if let Some(kept) = kept {
                let _ = errors::restore(kept);
            }
        }
        self.future().report_unretrieved();
    }
}

#[pymethods(METHODS)]
impl PyTask {
    #[pymethod(signature = "(result, /)")]
    fn set_result(&self, _result: &PyObject) -> PyResult<()> {
        Err(raised!(RuntimeError, "Task does not support set_result operation"))
    }

    #[pymethod(signature = "(exception, /)")]
    fn set_exception(&self, _exception: &PyObject) -> PyResult<()> {
        Err(raised!(RuntimeError, "Task does not support set_exception operation"))
    }

    /// Request that this task cancel itself.
    ///
    /// A CancelledError is thrown into the coroutine on the next cycle
    /// through the event loop.  The coroutine may clean up, or even deny the
    /// request, using try/except/finally: unlike Future.cancel, this does
    /// not guarantee that the task will be cancelled.
    ///
    /// Immediately after this method is called, Task.cancelled() will not
    /// return True (unless the task was already cancelled).  This also
    /// increments the task's count of cancellation requests.
    #[pymethod(signature = "(msg=None)")]
    fn cancel(&self, message: Option<&PyObject>) -> PyResult<bool> {
        self.request_cancel(message.map(ObjectExt::owned))
    }

    /// Return the count of the task's cancellation requests.
    ///
    /// This count is incremented when .cancel() is called
    /// and may be decremented using .uncancel().
    #[pymethod]
    fn cancelling(&self) -> isize {
        self.cancels.get()
    }

    /// Decrement the task's count of cancellation requests.
    ///
    /// This should be used by tasks that catch CancelledError
    /// and wish to continue indefinitely until they are cancelled again.
    ///
    /// Returns the remaining number of cancellation requests.
    #[pymethod]
    fn uncancel(&self) -> isize {
        if self.cancels.get() > 0 {
            self.cancels.set(self.cancels.get() - 1);
            if self.cancels.get() == 0 {
                self.must_cancel.set(false);
            }
        }
        self.cancels.get()
    }

    /// Return the list of stack frames for this task's coroutine.
    ///
    /// For a coroutine that is not done this is the stack where it is
    /// suspended, for one that an exception ended the frames of the
    /// traceback, else an empty list; the oldest frame comes first.
    ///
    /// The optional limit gives the maximum number of frames to return: the
    /// newest ones of a stack, the oldest ones of a traceback.
    #[pymethod(signature = "(*, limit=None)")]
    fn get_stack(&self, limit: &PyObject) -> PyResult {
        call::call(&*self.future().state().name(Name::TaskGetStack)?, &[self, limit])
    }

    /// Print the stack or traceback for this task's coroutine.
    ///
    /// This produces output similar to that of the traceback module,
    /// for the frames retrieved by get_stack().  The limit argument
    /// is passed to get_stack().  The file argument is an I/O stream
    /// to which the output is written; by default output is written
    /// to sys.stderr.
    #[pymethod(signature = "(*, limit=None, file=None)")]
    fn print_stack(&self, limit: &PyObject, file: &PyObject) -> PyResult {
        call::call(&*self.future().state().name(Name::TaskPrintStack)?, &[self, limit, file])
    }

    /// Create the CancelledError to raise if the Task is cancelled.
    ///
    /// This should only be called once when handling a cancellation since
    /// it erases the context exception value.
    #[pymethod(name = "_make_cancelled_error")]
    fn make_cancelled_error(&self) -> PyResult {
        self.future().make_cancelled_error()
    }

    #[pymethod]
    fn get_name(&self) -> Option<Obj> {
        self.name()
    }

    #[pymethod(signature = "(value, /)")]
    fn set_name(&self, value: &PyObject) -> PyResult<()> {
        self.set_name_to(value)
    }

    #[pymethod]
    fn get_coro(&self) -> Option<Obj> {
        self.coroutine.get()
    }

    #[pymethod]
    fn get_context(&self) -> Option<Obj> {
        self.context.get()
    }

    /// Tasks are generic over the return type of their wrapped coroutines
    #[pymethod(name = "__class_getitem__", class, signature = "(object, /)")]
    fn class_getitem(cls: &TypeObject, item: &PyObject) -> PyResult {
        genericalias::new(cls, item)
    }
}

#[pymethods(PROPERTIES)]
impl PyTask {
    #[getter]
    fn _log_destroy_pending(&self) -> bool {
        self.log_destroy_pending.get()
    }

    #[setter(_log_destroy_pending)]
    fn set_log_destroy_pending(&self, value: Option<&PyObject>) -> PyResult<()> {
        let value = value.ok_or_else(|| not_deletable(self, "_log_destroy_pending"))?;
        self.log_destroy_pending.set(object::is_true(value)?);
        Ok(())
    }

    #[getter]
    fn _must_cancel(&self) -> bool {
        self.must_cancel.get()
    }

    #[getter]
    fn _coro(&self) -> Option<Obj> {
        self.coroutine.get()
    }

    #[getter]
    fn _fut_waiter(&self) -> Option<Obj> {
        self.waits_for.get()
    }
}
