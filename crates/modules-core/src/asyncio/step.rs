//! One step of a task: its coroutine runs to what it awaits next, and the task is called again when that is done.

use super::future::{PyFuture, exact};
use super::graph;
use super::running;
use super::state::loop_of;
use super::task::{PyTask, both, cancel_any};
use taipan_interpreter::generators::PyGenerator;
use taipan_objects::errors;
use taipan_objects::memory;
use taipan_objects::model::trampoline::Sent;
use taipan_objects::prelude::*;
use taipan_objects::types::builtin::PyBuiltin;
use taipan_objects::types::exceptions::PyBaseException;

// What the loop calls for a step.
#[pytype(
    name = "_asyncio.TaskStepMethWrapper",
    gc,
    flags(DISALLOW_INSTANTIATION, IMMUTABLETYPE),
    parts(STEP)
)]
pub struct TaskStep {
    ob_base: PyObject,
    task: Obj,
    /// The exception to throw into the coroutine.
    exception: ObjCell,
}

impl TaskStep {
    pub fn new(task: &PyTask, exception: Option<Obj>) -> Py<TaskStep> {
        let step =
            TaskStep { ob_base: PyObject::EMPTY, task: task.owned(), exception: ObjCell::new(exception) };
        memory::new(step)
    }
}

#[pymethods(STEP)]
impl TaskStep {
    #[slot(tp_call)]
    fn call(&self, args: &PyTuple, kwargs: Option<&PyDict>) -> PyResult {
        if kwargs.is_some_and(|kwargs| !kwargs.is_empty()) {
            return Err(raised!(TypeError, "function takes no keyword arguments"));
        }
        if !args.is_empty() {
            return Err(raised!(TypeError, "function takes no positional arguments"));
        }
        let Some(task) = self.task.downcast::<PyTask>() else { return Ok(none()) };
        step(task, self.exception.get()).map(|()| none())
    }

    #[getter(__self__)]
    fn receiver(&self) -> Obj {
        self.task.clone()
    }
}

#[pymethods(WAKEUP)]
impl PyTask {
    #[pymethod(signature = "(object, /)")]
    fn task_wakeup(&self, future: &PyObject) -> PyResult<()> {
        wake_up(self, future)
    }
}

/// What a future that the task waits for calls when it is done: a method of the task that its type does not show.
fn wakeup_callback(task: &PyTask) -> Obj {
    PyBuiltin::new(&WAKEUP.methods[0], Some(task), None, None).into_obj()
}

/// Goes on with what the awaited future ended with.
fn wake_up(task: &PyTask, future: &PyObject) -> PyResult<()> {
    graph::discard(future, task)?;
    let outcome = match exact(future) {
        Some(future) => future.result_or_raise("Result is not set."),
        None => call::method(future, intern!("result"), &[]),
    };
    match outcome {
        Ok(_) => step(task, None),
        Err(raised) => {
            let exception = errors::take(raised);
            step(task, Some(exception.into_obj()))
        }
    }
}

/// A step of the task as the running one.
fn step(task: &PyTask, exception: Option<Obj>) -> PyResult<()> {
    let event_loop = task.future().event_loop.get().unwrap_or_else(none);
    running::enter(&event_loop, task)?;
    both(advance(task, exception), || running::leave(&event_loop, task))
}

/// The step itself.
pub fn advance(task: &PyTask, mut exception: Option<Obj>) -> PyResult<()> {
    let future = task.future();
    if future.is_done() {
        let shown = object::repr(task)?;
        let thrown = exception.map_or(Ok(PyStr::new("")), |exception| object::repr(&exception))?;
        return Err(future.state().invalid_state(&format!("__step(): already done: {shown} {thrown}")));
    }
    if task.must_cancel.get() {
        let is_cancellation = match &exception {
            Some(exception) => future.state().is_cancelled_error(exception)?,
            None => false,
        };
        if !is_cancellation {
            exception = Some(future.make_cancelled_error()?);
        }
        task.must_cancel.set(false);
    }
    task.waits_for.set(None);
    let Some(coroutine) = task.coroutine.get() else {
        return Err(raised!(RuntimeError, "uninitialized Task object"));
    };
    let sent = match exception {
        None => iter::send(&coroutine, none_ref()),
        Some(exception) => throw(&coroutine, &exception),
    };
    match sent {
        Ok(Sent::Next(awaited)) => return wait_for(task, awaited),
        Ok(Sent::Return(result)) => returned(task, result)?,
        Err(raised) => failed(task, raised)?,
    }
    task.registration.leave();
    Ok(())
}

fn throw(coroutine: &PyObject, exception: &PyObject) -> PyResult<Sent> {
    match call::method(coroutine, intern!("throw"), &[exception]) {
        Ok(awaited) => Ok(Sent::Next(awaited)),
        Err(raised) if errors::matches(&raised, Exc::StopIteration) => {
            let stop = errors::take(raised);
            object::get_attr(&stop, intern!("value")).map(Sent::Return)
        }
        Err(raised) => Err(raised),
    }
}

/// The coroutine returned: a cancellation that came too late to be thrown counts all the same.
fn returned(task: &PyTask, result: Obj) -> PyResult<()> {
    if task.must_cancel.replace(false) {
        return task.future().cancel_with(task.future().cancel_message.get()).map(drop);
    }
    task.future().finish(result)
}

/// The coroutine raised.
fn failed(task: &PyTask, raised: Raised) -> PyResult<()> {
    let future = task.future();
    let exits = errors::matches(&raised, Exc::KeyboardInterrupt) || errors::matches(&raised, Exc::SystemExit);
    let exception = errors::take(raised);
    if exits {
        future.fail(&exception)?;
        return Err(errors::restore(exception));
    }
    if future.state().is_cancelled_error(&exception)? {
        future.cancelled_error.set(Some(exception.into_obj()));
        return future.cancel_with(None).map(drop);
    }
    future.fail(&exception)
}

/// The coroutine awaits something: has the task called when that is done.
fn wait_for(task: &PyTask, awaited: Obj) -> PyResult<()> {
    if awaited.is(task) {
        let shown = object::repr(task)?;
        return complain(task, &format!("Task cannot await on itself: {shown}"));
    }
    if let Some(future) = exact(&awaited) {
        return wait_for_exact(task, &awaited, future);
    }
    if awaited.is_none() {
        return call_soon(task, None);
    }
    let blocking = object::get_optional_attr(&awaited, intern!("_asyncio_future_blocking"))?;
    if let Some(blocking) = blocking.filter(|blocking| !blocking.is_none()) {
        let blocking = object::is_true(&blocking)?;
        return wait_for_like(task, &awaited, blocking);
    }
    let (shown, what) = (object::repr(task)?, object::repr(&awaited)?);
    if awaited.downcast_exact::<PyGenerator>().is_some() {
        let message =
            format!("yield was used instead of yield from for generator in task {shown} with {what}");
        return complain(task, &message);
    }
    complain(task, &format!("Task got bad yield: {what}"))
}

fn call_soon(task: &PyTask, exception: Option<Obj>) -> PyResult<()> {
    let event_loop = task.future().loop_or_raise()?;
    let context = task.context.get().unwrap_or_else(none);
    task.future().state().call_soon(&event_loop, &TaskStep::new(task, exception), None, &context)
}

/// Has the next step throw a `RuntimeError` into the coroutine, which thus learns of its mistake.
#[cold]
fn complain(task: &PyTask, message: &str) -> PyResult<()> {
    let exception = PyBaseException::with_message(Exc::RuntimeError, message)?;
    call_soon(task, Some(exception.into_obj()))
}

#[cold]
fn other_loop(task: &PyTask, awaited: &PyObject) -> PyResult<()> {
    let (shown, what) = (object::repr(task)?, object::repr(awaited)?);
    complain(task, &format!("Task {shown} got Future {what} attached to a different loop"))
}

#[cold]
fn not_awaited(task: &PyTask, awaited: &PyObject) -> PyResult<()> {
    let (shown, what) = (object::repr(task)?, object::repr(awaited)?);
    complain(task, &format!("yield was used instead of yield from in task {shown} with {what}"))
}

/// The task is to be cancelled: so is what it has begun to wait for.
fn pass_cancellation(task: &PyTask, awaited: &PyObject) -> PyResult<()> {
    if task.must_cancel.get() && cancel_any(awaited, task.future().cancel_message.get())? {
        task.must_cancel.set(false);
    }
    Ok(())
}

fn wait_for_exact(task: &PyTask, awaited: &PyObject, future: &PyFuture) -> PyResult<()> {
    let same_loop = match (future.event_loop.get(), task.future().event_loop.get()) {
        (Some(a), Some(b)) => a.is(&b),
        _ => false,
    };
    if !same_loop {
        return other_loop(task, awaited);
    }
    if !future.blocking.replace(false) {
        return not_awaited(task, awaited);
    }
    future.add_waiter(task)?;
    future.add_callback(wakeup_callback(task), task.context.get().unwrap_or_else(none))?;
    task.waits_for.set(Some(awaited.owned()));
    pass_cancellation(task, awaited)
}

/// What it awaits only behaves like a future.
fn wait_for_like(task: &PyTask, awaited: &PyObject, blocking: bool) -> PyResult<()> {
    let its_loop = loop_of(awaited)?;
    if !task.future().event_loop.get().is_some_and(|event_loop| event_loop.is(&its_loop)) {
        return other_loop(task, awaited);
    }
    if !blocking {
        return not_awaited(task, awaited);
    }
    graph::add(awaited, task)?;
    object::set_attr(awaited, intern!("_asyncio_future_blocking"), Some(&PyInt::from_bool(false)))?;
    let names = PyTuple::from_slice(&[intern!("context").as_object()]);
    let context = task.context.get().unwrap_or_else(none);
    let arguments: [&PyObject; 2] = [&wakeup_callback(task), &context];
    call::method_names(awaited, intern!("add_done_callback"), &arguments, Some(&names))?;
    task.waits_for.set(Some(awaited.owned()));
    pass_cancellation(task, awaited)
}
