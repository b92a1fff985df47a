//! `Future`: its fields, and how it becomes done.

use super::awaiting::FutureIter;
use super::running;
use super::state::{Name, Shared, State};
use super::task::PyTask;
use core::cell::{Cell, RefCell};
use taipan_objects::errors;
use taipan_objects::model::gc::{Traverse, Visitor};
use taipan_objects::prelude::*;
use taipan_objects::types::exceptions::PyBaseException;

pub const PENDING: u8 = 0;
pub const CANCELLED: u8 = 1;
pub const FINISHED: u8 = 2;

/// A function to call when the future is done, and the context to call it in.
pub type Callback = (Obj, Obj);

/// The callbacks in the order in which they were added: nearly always one, which needs no memory of its own.
#[derive(Default)]
pub struct Callbacks {
    first: RefCell<Option<Callback>>,
    /// Empty where there is no first one.
    rest: RefCell<Vec<Callback>>,
}

impl Callbacks {
    fn push(&self, callback: Callback) {
        let mut first = self.first.borrow_mut();
        if first.is_none() {
            *first = Some(callback);
        } else {
            self.rest.borrow_mut().push(callback);
        }
    }

    pub fn get(&self, index: usize) -> Option<Callback> {
        match index {
            0 => self.first.borrow().clone(),
            _ => self.rest.borrow().get(index - 1).cloned(),
        }
    }

    pub fn is_empty(&self) -> bool {
        self.first.borrow().is_none()
    }

    fn take(&self) -> (Option<Callback>, Vec<Callback>) {
        (self.first.take(), self.rest.take())
    }

    /// Takes out those for which `gone` holds; the caller drops them.
    pub fn remove(&self, gone: impl Fn(&Callback) -> bool) -> Vec<Callback> {
        let (first, rest) = self.take();
        let (out, mut kept): (Vec<_>, Vec<_>) = first.into_iter().chain(rest).partition(gone);
        if !kept.is_empty() {
            *self.first.borrow_mut() = Some(kept.remove(0));
            *self.rest.borrow_mut() = kept;
        }
        out
    }
}

impl Traverse for Callbacks {
    fn traverse(&self, visitor: &mut Visitor) {
        if let (Ok(first), Ok(rest)) = (self.first.try_borrow(), self.rest.try_borrow()) {
            for (function, context) in first.iter().chain(rest.iter()) {
                visitor.visit(function);
                visitor.visit(context);
            }
        }
    }

    fn drop_references(&self) {
        drop(self.take());
    }
}

/// This class is *almost* compatible with concurrent.futures.Future.
///
/// Differences:
///
/// - result() and exception() do not take a timeout argument and
///   raise an exception when the future isn't done yet.
///
/// - Callbacks registered with add_done_callback() are always called
///   via the event loop's call_soon_threadsafe().
///
/// - This class is not compatible with the wait() and as_completed()
///   methods in the concurrent.futures package.
#[pytype(name = "_asyncio.Future", gc, flags(BASETYPE, IMMUTABLETYPE), dict = dict, weakref = weaklist, signature = "(*, loop=None)",
    parts(super::future_methods::METHODS, super::future_methods::PROPERTIES, super::future_methods::SLOTS))]
pub struct PyFuture {
    ob_base: PyObject,
    pub shared: Shared,
    pub event_loop: ObjCell,
    pub callbacks: Callbacks,
    pub result: ObjCell,
    pub exception: ObjCell,
    /// The traceback that the exception had when it was set.
    exception_traceback: ObjCell,
    pub source_traceback: ObjCell,
    pub cancel_message: ObjCell,
    /// The exception that ended a task's coroutine, to be raised once.
    pub cancelled_error: ObjCell,
    /// Its waiter, or a set of them.
    pub awaited_by: ObjCell,
    pub state: Cell<u8>,
    /// Nobody has asked for the exception yet.
    pub log_traceback: Cell<bool>,
    /// `await` has handed it to its task.
    pub blocking: Cell<bool>,
    dict: ObjCell,
    weaklist: Cell<*mut PyObject>,
}

impl PyFuture {
    /// A future that `init` has not seen yet.
    pub fn blank(state: &'static State) -> PyFuture {
        PyFuture {
            ob_base: PyObject::EMPTY,
            shared: Shared(state),
            event_loop: ObjCell::empty(),
            callbacks: Callbacks::default(),
            result: ObjCell::empty(),
            exception: ObjCell::empty(),
            exception_traceback: ObjCell::empty(),
            source_traceback: ObjCell::empty(),
            cancel_message: ObjCell::empty(),
            cancelled_error: ObjCell::empty(),
            awaited_by: ObjCell::empty(),
            state: Cell::new(PENDING),
            log_traceback: Cell::new(false),
            blocking: Cell::new(false),
            dict: ObjCell::empty(),
            weaklist: Cell::new(core::ptr::null_mut()),
        }
    }

    pub fn state(&self) -> &'static State {
        self.shared.0
    }

    /// Makes it a pending future of a loop; once more if it was one before.
    pub fn start(&self, event_loop: Option<&PyObject>) -> PyResult<()> {
        self.state.set(PENDING);
        self.log_traceback.set(false);
        self.blocking.set(false);
        drop(self.callbacks.take());
        let cells = [
            &self.event_loop,
            &self.result,
            &self.exception,
            &self.exception_traceback,
            &self.source_traceback,
            &self.cancel_message,
            &self.cancelled_error,
            &self.awaited_by,
        ];
        for cell in cells {
            cell.set(None);
        }
        let event_loop = match event_loop {
            Some(given) => given.owned(),
            None => running::loop_or_policy(self.state())?,
        };
        self.event_loop.set(Some(event_loop.clone()));
        let debug = call::method(&event_loop, intern!("get_debug"), &[])?;
        if object::is_true(&debug)? && !taipan_runtime::state::is_finalizing() {
            let stack = call::call(&*self.state().name(Name::ExtractStack)?, &[])?;
            self.source_traceback.set(Some(stack));
        }
        Ok(())
    }

    #[inline]
    pub fn is_done(&self) -> bool {
        self.state.get() != PENDING
    }

    #[cold]
    fn not_initialized() -> Raised {
        raised!(RuntimeError, "Future object is not initialized.")
    }

    /// Its loop; without one it was never made ready, which is a `RuntimeError`.
    pub fn loop_or_raise(&self) -> PyResult {
        self.event_loop.get().ok_or_else(Self::not_initialized)
    }

    pub fn check_started(&self) -> PyResult<()> {
        if self.event_loop.is_empty() { Err(Self::not_initialized()) } else { Ok(()) }
    }

    fn call_soon(&self, function: &PyObject, context: &PyObject) -> PyResult<()> {
        let event_loop = self.loop_or_raise()?;
        self.state().call_soon(&event_loop, function, Some(self.as_object()), context)
    }

    /// Has the loop call what waits for the future to be done.
    fn schedule_callbacks(&self) -> PyResult<()> {
        let (first, rest) = self.callbacks.take();
        for (function, context) in first.into_iter().chain(rest) {
            self.call_soon(&function, &context)?;
        }
        Ok(())
    }

    /// Adds a callback; that of a future that is done is called soon.
    pub fn add_callback(&self, function: Obj, context: Obj) -> PyResult<()> {
        self.check_started()?;
        if self.is_done() {
            return self.call_soon(&function, &context);
        }
        self.callbacks.push((function, context));
        Ok(())
    }

    fn check_pending(&self) -> PyResult<()> {
        if self.is_done() { Err(self.state().invalid_state("invalid state")) } else { Ok(()) }
    }

    pub fn finish(&self, result: Obj) -> PyResult<()> {
        self.check_started()?;
        self.check_pending()?;
        self.result.set(Some(result));
        self.state.set(FINISHED);
        self.schedule_callbacks()
    }

    /// Ends it with an exception: an instance, or a class to make one of.
    pub fn fail(&self, given: &PyObject) -> PyResult<()> {
        self.check_started()?;
        self.check_pending()?;
        let made = match errors::exception_class(given) {
            Some(class) => call::call(class.as_object(), &[])?,
            None => given.owned(),
        };
        let Some(mut exception) = made.downcast_owned::<PyBaseException>() else {
            return Err(raised!(TypeError, "invalid exception object"));
        };
        if exception.class().is_subtype_of(Exc::StopIteration.type_object()) {
            let message = "StopIteration interacts badly with generators and cannot be raised into a Future";
            let wrapper = PyBaseException::with_message(Exc::RuntimeError, message)?;
            wrapper.set_cause(Some(exception.clone().into_obj()));
            wrapper.context.set(Some(exception.into_obj()));
            exception = wrapper;
        }
        self.exception_traceback.set(exception.traceback());
        self.exception.set(Some(exception.into_obj()));
        self.state.set(FINISHED);
        self.log_traceback.set(true);
        self.schedule_callbacks()
    }

    /// Cancels it; false where it was done already.
    pub fn cancel_with(&self, message: Option<Obj>) -> PyResult<bool> {
        self.check_started()?;
        self.log_traceback.set(false);
        if self.is_done() {
            return Ok(false);
        }
        self.state.set(CANCELLED);
        self.cancel_message.set(message);
        self.schedule_callbacks()?;
        Ok(true)
    }

    /// The `CancelledError` to raise. A task's own is given once.
    pub fn make_cancelled_error(&self) -> PyResult {
        if let Some(kept) = self.cancelled_error.take() {
            return Ok(kept);
        }
        let class = self.state().name(Name::CancelledError)?;
        match self.cancel_message.get().filter(|message| !message.is_none()) {
            Some(message) => call::call(&class, &[&message]),
            None => call::call(&class, &[]),
        }
    }

    #[cold]
    fn raise_instance(exception: PyResult) -> Raised {
        match exception {
            Err(raised) => raised,
            Ok(exception) => match exception.downcast_owned::<PyBaseException>() {
                Some(exception) => errors::set_instance(exception),
                None => raised!(TypeError, "exceptions must derive from BaseException"),
            },
        }
    }

    /// The exception it ended with, if it did; with one of its own where it is not done or was cancelled.
    pub fn ended(&self, pending: &str) -> PyResult<Option<Obj>> {
        if self.event_loop.is_empty() {
            return Err(self.state().invalid_state("Future object is not initialized."));
        }
        match self.state.get() {
            PENDING => Err(self.state().invalid_state(pending)),
            CANCELLED => Err(Self::raise_instance(self.make_cancelled_error())),
            _ => {
                self.log_traceback.set(false);
                Ok(self.exception.get())
            }
        }
    }

    /// What it ended with: its result, or its exception raised with the traceback that it had when it was set.
    pub fn result_or_raise(&self, pending: &str) -> PyResult {
        match self.ended(pending)? {
            Some(exception) => {
                if let Some(exception) = exception.downcast::<PyBaseException>() {
                    exception.traceback.set(self.exception_traceback.take());
                }
                Err(Self::raise_instance(Ok(exception)))
            }
            None => Ok(self.result.get().unwrap_or_else(none)),
        }
    }

    /// Tells the loop of something that went wrong: what failed in a finaliser can only be reported.
    pub fn report(&self, message: &str, entries: &[(&PyStr, &PyObject)]) -> PyResult<()> {
        let context = PyDict::new();
        context.set_item(intern!("message"), &PyStr::new(message))?;
        for (name, value) in entries {
            context.set_item(name, value)?;
        }
        if let Some(traceback) = self.source_traceback.get() {
            context.set_item(intern!("source_traceback"), &traceback)?;
        }
        if let Some(event_loop) = self.event_loop.get() {
            call::method(&event_loop, intern!("call_exception_handler"), &[&context])?;
        }
        Ok(())
    }

    /// What the finaliser does: an exception that nobody asked for is reported.
    pub fn report_unretrieved(&self) {
        if !self.log_traceback.replace(false) {
            return;
        }
        let Some(exception) = self.exception.get() else { return };
        let kept = errors::take_opt();
        let message = format!("{} exception was never retrieved", self.class().short_name());
        let entries = [(intern!("exception"), &*exception), (intern!("future"), self.as_object())];
        if let Err(raised) = self.report(&message, &entries) {
            errors::write_unraisable(raised, Some("Exception ignored while finalizing future"), Some(self));
        }
        if let Some(kept) = kept {
            let _ = errors::restore(kept);
        }
    }

    pub fn iterate(&self) -> PyResult<Py<FutureIter>> {
        self.check_started()?;
        Ok(FutureIter::new(self))
    }
}

/// The future where the object is exactly a `Future` or a `Task`: what is known to behave as this module says.
#[inline]
pub fn exact(object: &PyObject) -> Option<&PyFuture> {
    object.downcast_exact::<PyFuture>().or_else(|| object.downcast_exact::<PyTask>().map(PyTask::future))
}
