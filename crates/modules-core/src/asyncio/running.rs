//! The loop that runs in a thread, and the task whose step it is at.

use super::state::{Name, State};
use taipan_objects::model::thread;
use taipan_objects::prelude::*;

/// The thread's running loop.
pub fn current_loop() -> Option<Obj> {
    thread::current().asyncio_loop.get()
}

/// `None` says that no loop runs any more.
pub fn set_loop(event_loop: &PyObject) {
    let value = (!event_loop.is_none()).then(|| event_loop.owned());
    thread::current().asyncio_loop.set(value);
}

/// The running loop, or a `RuntimeError`.
pub fn require_loop() -> PyResult {
    current_loop().ok_or_else(|| raised!(RuntimeError, "no running event loop"))
}

/// The running loop, else what the policy gives.
pub fn loop_or_policy(state: &State) -> PyResult {
    if let Some(running) = current_loop() {
        return Ok(running);
    }
    let policy = call::call(&*state.name(Name::GetPolicy)?, &[])?;
    call::method(&policy, intern!("get_event_loop"), &[])
}

fn check_loop(event_loop: &PyObject) -> PyResult<()> {
    if current_loop().is_some_and(|running| running.is(event_loop)) {
        return Ok(());
    }
    let shown = object::repr(event_loop)?;
    Err(raised!(RuntimeError, "loop {shown} is not the running loop"))
}

/// Makes `task` the running one, where none is.
pub fn enter(event_loop: &PyObject, task: &PyObject) -> PyResult<()> {
    check_loop(event_loop)?;
    let place = &thread::current().asyncio_task;
    if let Some(other) = place.get() {
        let (task, other) = (object::repr(task)?, object::repr(&other)?);
        return Err(raised!(
            RuntimeError,
            "Cannot enter into task {task} while another task {other} is being executed."
        ));
    }
    place.set(Some(task.owned()));
    Ok(())
}

/// Ends what `enter` began.
pub fn leave(event_loop: &PyObject, task: &PyObject) -> PyResult<()> {
    check_loop(event_loop)?;
    let place = &thread::current().asyncio_task;
    let running = place.get();
    if !running.as_ref().is_some_and(|running| running.is(task)) {
        let (task, other) = (object::repr(task)?, object::repr(&running.unwrap_or_else(none))?);
        return Err(raised!(
            RuntimeError,
            "Invalid attempt to leave task {task} while task {other} is entered."
        ));
    }
    place.set(None);
    Ok(())
}

/// Puts another task, or none, in the place of the running one, which it gives back.
pub fn swap(event_loop: &PyObject, task: Option<Obj>) -> PyResult<Option<Obj>> {
    check_loop(event_loop)?;
    Ok(thread::current().asyncio_task.replace(task))
}

/// The task that a loop, perhaps of another thread, is running.
pub fn current_task(event_loop: Option<&PyObject>) -> PyResult<Option<Obj>> {
    let mine = thread::current();
    let Some(event_loop) = event_loop else {
        require_loop()?;
        return Ok(mine.asyncio_task.get());
    };
    if current_loop().is_some_and(|running| running.is(event_loop)) {
        return Ok(mine.asyncio_task.get());
    }
    let entries = taipan_runtime::threads::registry().entries.borrow().clone();
    let runs = |entry: &&taipan_runtime::threads::registry::Entry| {
        entry.state.asyncio_loop.get().is_some_and(|running| running.is(event_loop))
    };
    Ok(entries.iter().find(runs).and_then(|entry| entry.state.asyncio_task.get()))
}
