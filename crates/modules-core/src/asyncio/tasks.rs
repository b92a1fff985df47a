//! The tasks there are: a list for each thread, one for those whose thread has ended, and where other processes find them.
//!
//! The lists hold no references: a task leaves its list before its memory is freed.

#![expect(unsafe_code, reason = "lists of tasks hold no references; a section is shown to other processes")]

use super::future::PyFuture;
use super::task::PyTask;
use core::mem::offset_of;
use core::sync::atomic::{AtomicU64, Ordering};
use taipan_interpreter::generators::remote as coroutines;
use taipan_objects::model::gc::{Traverse, Visitor};
use taipan_objects::model::links::Link;
use taipan_objects::model::thread::{self, InterpreterState, ThreadState};
use taipan_objects::prelude::*;
use taipan_objects::types::set::PySet;

/// A task's place in a list, given back when it is dropped.
#[derive(Default)]
pub struct Registration(Link);

impl Traverse for Registration {
    fn traverse(&self, _: &mut Visitor) {}
}

impl Drop for Registration {
    fn drop(&mut self) {
        self.leave();
    }
}

impl Registration {
    /// Enters the task, of which this is a field.
    pub fn enter(&self) {
        if !self.0.is_linked() {
            // SAFETY: objects do not move, and this one leaves when it is dropped; heads live as long as the process.
            unsafe { self.0.join(thread::current().task_list()) };
        }
    }

    pub fn leave(&self) {
        self.0.leave();
    }
}

/// Where the link lies within a task.
const LINK: usize = offset_of!(PyTask, registration);

/// References to the tasks of the running interpreter; those being destroyed are passed over.
pub fn all() -> Vec<Obj> {
    let entries = taipan_runtime::threads::registry().entries.borrow();
    let heads = entries.iter().map(|entry| &entry.state.asyncio_tasks);
    let heads = heads.chain([&thread::current().interpreter().asyncio_tasks]);
    let tasks = heads.flat_map(Link::members).filter_map(|link| {
        // SAFETY: the link is a field of a task, which has not been freed.
        let task = unsafe { &*link.byte_sub(LINK).cast::<PyTask>() };
        (task.as_object().refcount() > 0).then(|| task.owned())
    });
    tasks.collect()
}

/// The section of the program that tells other processes where tasks are.
pub const SECTION: &[u8] = b".AsyncioDebug";

/// What other processes read there.
#[repr(C)]
pub struct AsyncioDebug {
    /// The address of the class `Task`; 0 as long as nobody has imported the module.
    pub task_type: AtomicU64,
    pub set_type: AtomicU64,
    /// As in [`coroutines::Types`].
    pub coroutine_types: [AtomicU64; 3],
    pub offsets: Offsets,
}

/// Where fields lie, in bytes.
#[repr(C)]
pub struct Offsets {
    /// Of a task: its link, coroutine, name (a string or a number), and who awaits it (one, or a set).
    pub task_link: u64,
    pub task_coroutine: u64,
    pub task_name: u64,
    pub task_awaited_by: u64,
    /// Of a thread: the task that runs, and the head of the list of its tasks.
    pub thread_running_task: u64,
    pub thread_tasks: u64,
    /// Of an interpreter: the head of the list of tasks of no thread.
    pub interpreter_tasks: u64,
}

#[used]
#[unsafe(link_section = ".AsyncioDebug")]
static DEBUG: AsyncioDebug = AsyncioDebug {
    task_type: AtomicU64::new(0),
    set_type: AtomicU64::new(0),
    coroutine_types: [const { AtomicU64::new(0) }; 3],
    offsets: Offsets {
        task_link: LINK as u64,
        task_coroutine: offset_of!(PyTask, coroutine) as u64,
        task_name: offset_of!(PyTask, name) as u64,
        task_awaited_by: (offset_of!(PyTask, base) + offset_of!(PyFuture, awaited_by)) as u64,
        thread_running_task: offset_of!(ThreadState, asyncio_task) as u64,
        thread_tasks: offset_of!(ThreadState, asyncio_tasks) as u64,
        interpreter_tasks: offset_of!(InterpreterState, asyncio_tasks) as u64,
    },
};

/// Says where the types are. Other processes are told of the main interpreter's tasks.
pub fn publish() {
    if thread::current().interpreter().id != 0 {
        return;
    }
    let coroutines::Types { coroutine, async_generator_asend, async_generator_athrow } = coroutines::types();
    for (cell, address) in
        DEBUG.coroutine_types.iter().zip([coroutine, async_generator_asend, async_generator_athrow])
    {
        cell.store(address, Ordering::Relaxed);
    }
    DEBUG.set_type.store(core::ptr::from_ref(PySet::type_object()) as u64, Ordering::Relaxed);
    DEBUG.task_type.store(core::ptr::from_ref(PyTask::type_object()) as u64, Ordering::Release);
}
