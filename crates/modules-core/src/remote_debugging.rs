//! `_remote_debugging`: what other processes of this program run, read from their memory.
//!
//! There is no `AsyncioDebug` section in this program: of tasks nothing is told, which is what callers have to expect.

use taipan_interpreter::frames::remote::{RemoteFrame, RemoteThread};
use taipan_macros::pymodule;
use taipan_objects::memory;
use taipan_objects::prelude::*;
use taipan_objects::types::structseq::StructSeq;
use taipan_runtime::signals::remote::Process;

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
    let frames = thread.frames.into_iter().map(frame_info).collect::<PyResult<Vec<_>>>()?;
    THREAD_INFO.make(vec![PyInt::from_u64(thread.identity).into_obj(), PyList::from_vec(frames).into_obj()])
}

fn no_tasks<T>() -> PyResult<T> {
    Err(raised!(RuntimeError, "AsyncioDebug section not available"))
}

/// RemoteUnwinder(pid): Inspect stack of a remote Python process.
#[pytype(name = "_remote_debugging.RemoteUnwinder", flags(BASETYPE), parts(METHODS))]
pub struct PyRemoteUnwinder {
    ob_base: PyObject,
    process: Process,
    all_threads: bool,
    only_active: bool,
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
        // Mistakes are told in full in any case.
        let _ = debug;
        if all_threads && only_active {
            return Err(raised!(ValueError, "all_threads and only_active_thread cannot both be True"));
        }
        let process = Process::new(pid)?;
        memory::new_in(cls, PyRemoteUnwinder { ob_base: PyObject::EMPTY, process, all_threads, only_active })
    }

    /// Returns a list of stack traces for threads in the target process.
    ///
    /// Each element is a tuple of the system's number of the thread and its frames, each of these a tuple of file name,
    /// line number and function name, from the most recent one on. Unless all threads were asked for, or the one that
    /// holds the interpreter's lock, it is the main thread alone.
    #[pymethod]
    fn get_stack_trace(&self) -> PyResult<Py<PyList>> {
        let threads = self.process.threads()?;
        let wanted = |thread: &RemoteThread| {
            if self.only_active { thread.holds_lock } else { self.all_threads || thread.is_main }
        };
        let shown = threads.into_iter().filter(wanted).map(thread_info).collect::<PyResult<Vec<_>>>()?;
        Ok(PyList::from_vec(shown))
    }

    /// Get the currently running async tasks and their dependency graphs from the remote process.
    ///
    /// Raises RuntimeError: the AsyncioDebug section is not available in the target process.
    #[pymethod]
    fn get_async_stack_trace(&self) -> PyResult<Py<PyList>> {
        no_tasks()
    }

    /// Get all tasks and their awaited_by relationships from the remote process.
    ///
    /// Raises RuntimeError: the AsyncioDebug section is not available in the target process.
    #[pymethod]
    fn get_all_awaited_by(&self) -> PyResult<Py<PyList>> {
        no_tasks()
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
