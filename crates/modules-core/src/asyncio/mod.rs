//! `_asyncio`: futures, tasks, and which of them run.
//!
//! | file | holds |
//! |---|---|
//! | `state` | what an interpreter keeps: names out of `asyncio`, tasks of other kinds |
//! | `tasks` | the tasks there are, thread by thread, and where other processes find them |
//! | `running` | the thread's running loop and running task |
//! | `future` | `Future`: its fields and what happens to them |
//! | `future_methods` | `Future` as Python sees it |
//! | `awaiting` | the iterator that awaiting a future runs |
//! | `graph` | who awaits whom |
//! | `task` | `Task`: its fields, making one, cancelling it |
//! | `task_methods` | `Task` as Python sees it |
//! | `step` | one step of a task's coroutine, and what it yields |
//!
//! A thread's running loop and task lie in its state, so a step looks nothing up. Tasks of this module are found
//! through a list of the thread that made them, which holds no references; others are kept in a `WeakSet`.

mod awaiting;
mod future;
mod future_methods;
mod graph;
mod running;
mod state;
mod step;
mod task;
mod task_methods;
pub mod tasks;

use future::PyFuture;
use taipan_objects::prelude::*;
use task::PyTask;

/// Accelerator module for asyncio
#[pymodule(name = "_asyncio")]
pub mod asyncio {
    use super::*;

    #[exec]
    fn exec(m: &PyModule) -> PyResult<()> {
        m.add_type(PyFuture::type_object())?;
        m.add_type(PyTask::type_object())?;
        tasks::publish();
        Ok(())
    }

    /// Return the running event loop or None.
    ///
    /// This is a low-level function intended to be used by event loops.
    /// This function is thread-specific.
    #[pyfunction(signature = "()")]
    fn _get_running_loop() -> Option<Obj> {
        running::current_loop()
    }

    /// Set the running event loop.
    ///
    /// This is a low-level function intended to be used by event loops.
    /// This function is thread-specific.
    #[pyfunction(signature = "(loop, /)")]
    fn _set_running_loop(event_loop: &PyObject) {
        running::set_loop(event_loop);
    }

    /// Return the running event loop.  Raise a RuntimeError if there is none.
    ///
    /// This function is thread-specific.
    #[pyfunction(signature = "()")]
    fn get_running_loop() -> PyResult {
        running::require_loop()
    }

    /// Return an asyncio event loop.
    ///
    /// Inside a coroutine or a callback this is the running event loop,
    /// elsewhere the one of the current event loop policy.
    #[pyfunction(signature = "()")]
    fn get_event_loop() -> PyResult {
        running::loop_or_policy(state::get())
    }

    /// Enter into task execution or resume suspended task.
    ///
    /// Task belongs to loop.
    ///
    /// Returns None.
    #[pyfunction(signature = "(loop, task)")]
    fn _enter_task(event_loop: &PyObject, task: &PyObject) -> PyResult<()> {
        running::enter(event_loop, task)
    }

    /// Leave task execution or suspend a task.
    ///
    /// Task belongs to loop.
    ///
    /// Returns None.
    #[pyfunction(signature = "(loop, task)")]
    fn _leave_task(event_loop: &PyObject, task: &PyObject) -> PyResult<()> {
        running::leave(event_loop, task)
    }

    /// Temporarily swap in the supplied task and return the original one (or None).
    ///
    /// This is intended for use during eager coroutine execution.
    #[pyfunction(signature = "(loop, task)")]
    fn _swap_current_task(event_loop: &PyObject, task: &PyObject) -> PyResult<Option<Obj>> {
        running::swap(event_loop, (!task.is_none()).then(|| task.owned()))
    }

    /// Return a currently executed task.
    #[pyfunction(signature = "(loop=None)")]
    fn current_task(event_loop: Option<&PyObject>) -> PyResult<Option<Obj>> {
        running::current_task(event_loop)
    }

    /// Return a set of all tasks for the loop.
    #[pyfunction(signature = "(loop=None)")]
    fn all_tasks(event_loop: Option<&PyObject>) -> PyResult {
        let event_loop = match event_loop {
            Some(given) => given.owned(),
            None => running::require_loop()?,
        };
        state::get().all_tasks(&event_loop)
    }

    /// Register a new task in asyncio as executed by loop.
    ///
    /// Returns None.
    #[pyfunction(signature = "(task)")]
    fn _register_task(task: &PyObject) -> PyResult<()> {
        state::get().register(task)
    }

    /// Register a new task in asyncio as executed by loop.
    ///
    /// Returns None.
    #[pyfunction(signature = "(task)")]
    fn _register_eager_task(task: &PyObject) -> PyResult<()> {
        state::get().register_eager(task)
    }

    /// Unregister a task.
    ///
    /// Returns None.
    #[pyfunction(signature = "(task)")]
    fn _unregister_task(task: &PyObject) -> PyResult<()> {
        state::get().unregister(task)
    }

    /// Unregister a task.
    ///
    /// Returns None.
    #[pyfunction(signature = "(task)")]
    fn _unregister_eager_task(task: &PyObject) -> PyResult<()> {
        state::get().unregister_eager(task)
    }

    /// Record that `fut` is awaited on by `waiter`.
    #[pyfunction(signature = "(fut, waiter, /)")]
    fn future_add_to_awaited_by(fut: &PyObject, waiter: &PyObject) -> PyResult<()> {
        graph::add(fut, waiter)
    }

    #[pyfunction(signature = "(fut, waiter, /)")]
    fn future_discard_from_awaited_by(fut: &PyObject, waiter: &PyObject) -> PyResult<()> {
        graph::discard(fut, waiter)
    }
}
