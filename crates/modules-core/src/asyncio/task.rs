//! `Task`: its fields, making one, cancelling it.

use super::future::{PyFuture, exact};
use super::running;
use super::state::{Name, State};
use super::step;
use super::tasks::Registration;
use core::cell::Cell;
use taipan_interpreter::generators::PyCoroutine;
use taipan_objects::errors;
use taipan_objects::prelude::*;
use taipan_runtime::contextvars::{self, PyContext};

/// A coroutine wrapped in a Future.
#[pytype(name = "_asyncio.Task", base = PyFuture, gc, flags(BASETYPE, IMMUTABLETYPE),
    signature = "(coro, *, loop=None, name=None, context=None, eager_start=False)",
    parts(super::task_methods::METHODS, super::task_methods::PROPERTIES, super::task_methods::SLOTS))]
pub struct PyTask {
    pub(super) base: PyFuture,
    pub coroutine: ObjCell,
    pub context: ObjCell,
    /// The future that the task waits for.
    pub waits_for: ObjCell,
    /// A string, or the number of a task that was given no name.
    pub(super) name: ObjCell,
    /// The next step throws a `CancelledError`.
    pub must_cancel: Cell<bool>,
    /// To be reported where it is destroyed before it is done.
    pub log_destroy_pending: Cell<bool>,
    /// How often its cancellation was asked for.
    pub cancels: Cell<isize>,
    pub registration: Registration,
}

/// What a task is made with.
pub struct Wanted<'a> {
    pub coroutine: &'a PyObject,
    pub event_loop: Option<&'a PyObject>,
    pub name: Option<&'a PyObject>,
    pub context: Option<&'a PyObject>,
    pub eager_start: bool,
}

/// A name as text.
pub fn name_text(name: &PyObject) -> PyResult {
    if name.downcast_exact::<PyStr>().is_some() {
        return Ok(name.owned());
    }
    object::str(name).map(Py::into_obj)
}

impl PyTask {
    /// A task that `init` has not seen yet.
    pub fn blank(state: &'static State) -> PyTask {
        PyTask {
            base: PyFuture::blank(state),
            coroutine: ObjCell::empty(),
            context: ObjCell::empty(),
            waits_for: ObjCell::empty(),
            name: ObjCell::empty(),
            must_cancel: Cell::new(false),
            log_destroy_pending: Cell::new(false),
            cancels: Cell::new(0),
            registration: Registration::default(),
        }
    }

    #[inline]
    pub fn future(&self) -> &PyFuture {
        &self.base
    }

    fn state(&self) -> &'static State {
        self.base.state()
    }

    /// Makes it ready and has its first step run soon, or now.
    pub fn prepare(&self, wanted: &Wanted<'_>) -> PyResult<()> {
        self.base.start(wanted.event_loop)?;
        if !self.is_coroutine(wanted.coroutine)? {
            self.log_destroy_pending.set(false);
            let shown = object::repr(wanted.coroutine)?;
            return Err(raised!(TypeError, "a coroutine was expected, got {shown}"));
        }
        let context = match wanted.context {
            Some(context) => context.owned(),
            None => contextvars::copy_current().into_obj(),
        };
        self.context.set(Some(context.clone()));
        self.waits_for.set(None);
        self.must_cancel.set(false);
        self.log_destroy_pending.set(true);
        self.cancels.set(0);
        self.coroutine.set(Some(wanted.coroutine.owned()));
        let name = match wanted.name {
            Some(name) => name_text(name)?,
            None => PyInt::from_u64(self.state().next_number()).into_obj(),
        };
        self.name.set(Some(name));
        let event_loop = self.base.loop_or_raise()?;
        if wanted.eager_start {
            let running = call::method(&event_loop, intern!("is_running"), &[])?;
            if object::is_true(&running)? {
                return self.start_eagerly(&event_loop, &context);
            }
        }
        self.state().call_soon(&event_loop, &step::TaskStep::new(self, None), None, &context)?;
        self.registration.enter();
        Ok(())
    }

    fn is_coroutine(&self, object: &PyObject) -> PyResult<bool> {
        if object.downcast_exact::<PyCoroutine>().is_some() {
            return Ok(true);
        }
        let answer = call::call(&*self.state().name(Name::IsCoroutine)?, &[object])?;
        object::is_true(&answer)
    }

    /// Runs the first step now, in the task's context and as the running task.
    fn start_eagerly(&self, event_loop: &PyObject, context: &PyObject) -> PyResult<()> {
        let Some(context) = context.downcast::<PyContext>() else {
            return Err(raised!(TypeError, "an instance of Context was expected"));
        };
        let before = running::swap(event_loop, Some(self.as_object().owned()))?;
        self.registration.enter();
        let mut result = context.enter();
        if result.is_ok() {
            result = both(step::advance(self, None), || context.exit());
        }
        let result = both(result, || running::swap(event_loop, before).map(drop));
        if self.base.is_done() {
            self.registration.leave();
            self.coroutine.set(None);
        }
        result
    }

    pub fn name(&self) -> Option<Obj> {
        let name = self.name.get()?;
        if name.downcast_exact::<PyInt>().is_none() {
            return Some(name);
        }
        let text = PyStr::new(&format!("Task-{}", object::str(&name).ok()?)).into_obj();
        self.name.set(Some(text.clone()));
        Some(text)
    }

    pub fn set_name_to(&self, name: &PyObject) -> PyResult<()> {
        self.name.set(Some(name_text(name)?));
        Ok(())
    }

    /// Asks for its cancellation: what it waits for is cancelled, else its next step throws. False where it is done.
    pub fn request_cancel(&self, message: Option<Obj>) -> PyResult<bool> {
        self.base.log_traceback.set(false);
        if self.base.is_done() {
            return Ok(false);
        }
        self.cancels.set(self.cancels.get() + 1);
        if let Some(future) = self.waits_for.get()
            && cancel_any(&future, message.clone())?
        {
            return Ok(true);
        }
        self.must_cancel.set(true);
        self.base.cancel_message.set(message);
        Ok(true)
    }
}

/// Runs `after` whatever `result` is; the first error is the one that counts.
pub fn both(result: PyResult<()>, after: impl FnOnce() -> PyResult<()>) -> PyResult<()> {
    match result {
        Ok(()) => after(),
        Err(raised) => {
            let exception = errors::take(raised);
            if let Err(raised) = after() {
                errors::clear(raised);
            }
            Err(errors::restore(exception))
        }
    }
}

/// Cancels a future, a task, or anything with `cancel(msg=…)`.
pub fn cancel_any(future: &PyObject, message: Option<Obj>) -> PyResult<bool> {
    if let Some(task) = future.downcast_exact::<PyTask>() {
        // Tasks that wait for tasks may be a long chain.
        errors::check_stack(" while cancelling a task")?;
        return task.request_cancel(message);
    }
    if let Some(future) = exact(future) {
        return future.cancel_with(message);
    }
    let names = PyTuple::from_slice(&[intern!("msg").as_object()]);
    let message = message.unwrap_or_else(none);
    let answer = call::method_names(future, intern!("cancel"), &[&message], Some(&names))?;
    object::is_true(&answer)
}
