//! `_remote_debugging`: what other processes of this program run, read from their memory.
//!
//! | file | holds |
//! |---|---|
//! | `tasks` | the tasks of another process, and who awaits whom |

mod tasks;

use crate::asyncio;
use taipan_interpreter::frames::remote::{Failure, Read, RemoteFrame, RemoteThread};
use taipan_macros::pymodule;
use taipan_objects::prelude::*;
use taipan_objects::types::structseq::StructSeq;
use taipan_objects::{errors, memory};
use taipan_runtime::signals::inspection::{Process, Unread};
use tasks::{Coroutine, Task, ThreadTasks};

static FRAME_INFO: StructSeq = StructSeq::new(
    "_remote_debugging.FrameInfo",
    "Information about a frame",
    &[("filename", "Source code filename"), ("lineno", "Line number"), ("funcname", "Function name")],
    3,
    true,
);
static THREAD_INFO: StructSeq = StructSeq::new(
    "_remote_debugging.ThreadInfo",
    "Information about a thread",
    &[("thread_id", "Thread ID"), ("frame_info", "Frame information")],
    2,
    true,
);
static CORO_INFO: StructSeq = StructSeq::new(
    "_remote_debugging.CoroInfo",
    "Information about a coroutine",
    &[("call_stack", "Coroutine call stack"), ("task_name", "Task name")],
    2,
    true,
);
static TASK_INFO: StructSeq = StructSeq::new(
    "_remote_debugging.TaskInfo",
    "Information about an asyncio task",
    &[
        ("task_id", "Task ID (memory address)"),
        ("task_name", "Task name"),
        ("coroutine_stack", "Coroutine call stack"),
        ("awaited_by", "Tasks awaiting this task"),
    ],
    4,
    true,
);
static AWAITED_INFO: StructSeq = StructSeq::new(
    "_remote_debugging.AwaitedInfo",
    "Information about what a thread is awaiting",
    &[("thread_id", "Thread ID"), ("awaited_by", "List of tasks awaited by this thread")],
    2,
    true,
);

fn frame_info(frame: RemoteFrame) -> PyResult {
    let line = frame.line.map_or_else(none, |line| PyInt::from_i64(line.into()).into_obj());
    FRAME_INFO.make(vec![PyStr::new(&frame.filename).into_obj(), line, PyStr::new(&frame.name).into_obj()])
}

fn thread_info(thread: RemoteThread) -> PyResult {
    THREAD_INFO.make(vec![PyInt::from_u64(thread.identity).into_obj(), list(thread.frames, frame_info)?])
}

fn list<T>(items: Vec<T>, make: impl Fn(T) -> PyResult) -> PyResult {
    Ok(PyList::from_vec(items.into_iter().map(make).collect::<PyResult<Vec<_>>>()?).into_obj())
}

fn coroutine_info(coroutine: Coroutine) -> PyResult {
    CORO_INFO.make(vec![list(coroutine.frames, frame_info)?, PyInt::from_u64(coroutine.task).into_obj()])
}

fn task_info(task: Task) -> PyResult {
    let address = PyInt::from_u64(task.address).into_obj();
    let own = coroutine_info(Coroutine { frames: task.frames, task: task.address })?;
    let awaited_by = list(task.awaited_by, coroutine_info)?;
    TASK_INFO.make(vec![
        address,
        PyStr::new(&task.name).into_obj(),
        PyList::from_vec(vec![own]).into_obj(),
        awaited_by,
    ])
}

fn awaited_info(thread: ThreadTasks) -> PyResult {
    AWAITED_INFO.make(vec![PyInt::from_u64(thread.identity).into_obj(), list(thread.tasks, task_info)?])
}

/// RemoteUnwinder(pid): Inspect stack of a remote Python process.
#[pytype(name = "_remote_debugging.RemoteUnwinder", flags(BASETYPE), parts(METHODS))]
pub struct PyRemoteUnwinder {
    ob_base: PyObject,
    process: Process,
    all_threads: bool,
    only_active: bool,
    /// Errors say at what they happened.
    debug: bool,
}

impl PyRemoteUnwinder {
    /// Says at what an error happened, where that was asked for. That a process may not be looked into, or is gone, says
    /// enough.
    fn tell<T>(debug: bool, result: PyResult<T>, what: &str) -> PyResult<T> {
        result.map_err(|raised| {
            let plain = [Exc::PermissionError, Exc::ProcessLookupError]
                .iter()
                .any(|&exc| errors::matches(&raised, exc));
            if debug && !plain {
                errors::set_from_cause(raised, Exc::RuntimeError, format_args!("{what}"))
            } else {
                raised
            }
        })
    }

    /// What the process says of its tasks.
    fn tasks(
        &self,
        method: &str,
        look: impl FnOnce(Read<'_, Unread>, u64, u64) -> Result<Option<Vec<ThreadTasks>>, Failure<Unread>>,
    ) -> PyResult {
        let found = match self.process.section(asyncio::tasks::SECTION) {
            Some(section) => self.process.look(|read, newest| look(read, newest, section)),
            // The process is gone, or changes its program: reading it says which.
            None => self.process.threads().map(|_| None),
        };
        match Self::tell(self.debug, found, &format!("Failed to read tasks in {method}"))? {
            Some(found) => list(found, awaited_info),
            None => {
                let raised = Err(raised!(RuntimeError, "AsyncioDebug section not available"));
                Self::tell(self.debug, raised, &format!("AsyncioDebug section unavailable in {method}"))
            }
        }
    }
}

#[pymethods(METHODS)]
impl PyRemoteUnwinder {
    #[new(signature = "(pid, *, all_threads=False, only_active_thread=False, debug=False)")]
    fn py_new(
        cls: &TypeObject,
        pid: i32,
        all_threads: bool,
        only_active: bool,
        debug: bool,
    ) -> PyResult<Py<PyRemoteUnwinder>> {
        if all_threads && only_active {
            return Err(raised!(ValueError, "all_threads and only_active_thread cannot both be True"));
        }
        let process = Self::tell(debug, Process::new(pid), "Failed to get Python runtime address")?;
        memory::new_in(
            cls,
            PyRemoteUnwinder { ob_base: PyObject::EMPTY, process, all_threads, only_active, debug },
        )
    }

    /// Returns a list of stack traces for threads in the target process.
    ///
    /// Each element is a tuple of the system's number of the thread and its frames, each of these a tuple of file name,
    /// line number and function name, from the most recent one on. Unless all threads were asked for, or the one that
    /// holds the interpreter's lock, it is the main thread alone.
    #[pymethod]
    fn get_stack_trace(&self) -> PyResult {
        let threads =
            Self::tell(self.debug, self.process.threads(), "Failed to read threads in get_stack_trace")?;
        let wanted = |thread: &RemoteThread| {
            if self.only_active { thread.holds_lock } else { self.all_threads || thread.is_main }
        };
        list(threads.into_iter().filter(wanted).collect(), thread_info)
    }

    /// Get the currently running async tasks and their dependency graphs from the remote process.
    ///
    /// Returns a list with an AwaitedInfo where a task runs: the number of the thread and a list of TaskInfo, first the
    /// running task, then those that await it, directly or not. Each has the address and the name of the task, the frames
    /// of its coroutine, from the most recent one on, and those of the tasks that await it.
    ///
    /// Raises RuntimeError where the AsyncioDebug section is not available in the target process, OSError where its
    /// memory cannot be read.
    #[pymethod]
    fn get_async_stack_trace(&self) -> PyResult {
        self.tasks("get_async_stack_trace", tasks::running)
    }

    /// Get all tasks and their awaited_by relationships from the remote process.
    ///
    /// Returns a list of two AwaitedInfo: the tasks of the main thread, and, under the number 0, those whose thread has
    /// ended. Each TaskInfo has the address and the name of the task, the frames of its coroutine, from the most recent
    /// one on, and those of the tasks that await it.
    ///
    /// Raises RuntimeError where the AsyncioDebug section is not available in the target process, OSError where its
    /// memory cannot be read.
    #[pymethod]
    fn get_all_awaited_by(&self) -> PyResult {
        self.tasks("get_all_awaited_by", tasks::all)
    }
}

#[pymodule(name = "_remote_debugging")]
pub mod module {
    use super::*;

    #[exec]
    fn exec(module: &PyModule) -> PyResult<()> {
        for sequence in [&FRAME_INFO, &THREAD_INFO, &CORO_INFO, &TASK_INFO, &AWAITED_INFO] {
            module.add_type(sequence.type_object())?;
        }
        module.add_type(PyRemoteUnwinder::type_object())?;
        module.add_int("PROCESS_VM_READV_SUPPORTED", 1)
    }
}
