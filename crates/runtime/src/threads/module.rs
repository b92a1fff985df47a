//! The module `_thread`.

use super::handle::PyThreadHandle;
use super::local::PyLocal;
use super::lock::{PyLock, PyRLock, TIMEOUT_MAX};
use super::registry::registry;
use super::start;
use crate::sys;
use std::ffi::CString;
use taipan_host::{Errno, threads};
use taipan_objects::errors::{self, Exc};
use taipan_objects::model::args::OptArg;
use taipan_objects::model::thread;
use taipan_objects::prelude::*;
use taipan_objects::types::exceptions::PyBaseException;
use taipan_objects::types::structseq::StructSeq;

static EXCEPT_HOOK_ARGS: StructSeq = StructSeq::new(
    "_thread._ExceptHookArgs",
    "ExceptHookArgs\n\nType used to pass arguments to threading.excepthook.",
    &[
        ("exc_type", "Exception type"),
        ("exc_value", "Exception value"),
        ("exc_traceback", "Exception traceback"),
        ("thread", "Thread"),
    ],
    4,
    true,
);

/// The longest name of a thread that the system takes, in bytes.
const NAME_MAX: usize = 15;

/// This module provides primitive operations to write multi-threaded programs.
/// The 'threading' module provides a more convenient interface.
#[pymodule(name = "_thread")]
pub mod module {
    use super::*;

    #[exec]
    fn exec(m: &PyModule) -> PyResult<()> {
        m.add_type(PyLock::type_object())?;
        m.add("LockType", PyLock::type_object())?;
        m.add_type(PyRLock::type_object())?;
        m.add_type(PyLocal::type_object())?;
        m.add_type(PyThreadHandle::type_object())?;
        m.add_type(EXCEPT_HOOK_ARGS.type_object())?;
        m.add("error", Exc::RuntimeError.type_object())?;
        m.add("TIMEOUT_MAX", &PyFloat::new(TIMEOUT_MAX))?;
        m.add_int("_NAME_MAXLEN", NAME_MAX as i64)
    }

    /// Create a new lock object. See help(type(threading.Lock())) for
    /// information about locks.
    #[pyfunction(signature = "()")]
    fn allocate_lock() -> Py<PyLock> {
        PyLock::new()
    }

    /// An obsolete synonym of allocate_lock().
    #[pyfunction(signature = "()")]
    fn allocate() -> Py<PyLock> {
        PyLock::new()
    }

    /// Return a non-zero integer that uniquely identifies the current thread
    /// amongst other threads that exist simultaneously.
    /// This may be used to identify per-thread resources.
    /// Even though on some platforms threads identities may appear to be
    /// allocated consecutive numbers starting at 1, this behavior should not
    /// be relied upon, and the number should be seen purely as a magic cookie.
    /// A thread's identity may be reused for another thread after it exits.
    #[pyfunction(signature = "()")]
    fn get_ident() -> usize {
        threads::identity()
    }

    /// Return a non-negative integer identifying the thread as reported
    /// by the OS (kernel). This may be used to uniquely identify a
    /// particular thread within a system.
    #[pyfunction(signature = "()")]
    fn get_native_id() -> u64 {
        threads::native_id()
    }

    /// Internal only. Return a non-zero integer that uniquely identifies the main thread
    /// of the main interpreter.
    #[pyfunction(signature = "()")]
    fn _get_main_thread_ident() -> usize {
        registry().main_identity.get()
    }

    /// Return True if the current interpreter is the main Python interpreter.
    #[pyfunction(signature = "()")]
    fn _is_main_interpreter() -> bool {
        thread::current().interpreter().id == 0
    }

    /// Return True if daemon threads are allowed in the current interpreter,
    /// and False otherwise.
    #[pyfunction(signature = "()")]
    fn daemon_threads_allowed() -> bool {
        true
    }

    /// Return the number of currently running Python threads, excluding
    /// the main thread. The returned number comprises all threads created
    /// through `start_new_thread()` as well as `threading.Thread`, and not
    /// yet finished.
    ///
    /// This function is meant for internal and specialized purposes only.
    /// In most applications `threading.enumerate()` should be used instead.
    #[pyfunction(signature = "()")]
    fn _count() -> usize {
        registry().entries.borrow().len().saturating_sub(1)
    }

    /// This is synonymous to ``raise SystemExit''.  It will cause the current
    /// thread to exit silently unless the exception is caught.
    #[pyfunction(signature = "()")]
    fn exit() -> PyResult {
        Err(errors::set_none(Exc::SystemExit))
    }

    /// An obsolete synonym of exit().
    #[pyfunction(signature = "()")]
    fn exit_thread() -> PyResult {
        Err(errors::set_none(Exc::SystemExit))
    }

    /// Simulate the arrival of the given signal in the main thread,
    /// where the corresponding signal handler will be executed.
    /// If *signum* is omitted, SIGINT is assumed.
    /// A subthread can use this function to interrupt the main thread.
    ///
    /// Note: the default signal handler for SIGINT raises ``KeyboardInterrupt``.
    #[pyfunction(signature = "(signum=signal.SIGINT, /)")]
    fn interrupt_main(signum: OptArg<i32>) -> PyResult<()> {
        crate::signals::simulate(signum.given().unwrap_or(2))
    }

    /// Return the thread stack size used when creating new threads.  The
    /// optional size argument specifies the stack size (in bytes) to be used
    /// for subsequently created threads, and must be 0 (use platform or
    /// configured default) or a positive integer value of at least 32,768 (32k).
    /// If changing the thread stack size is unsupported, a ThreadError
    /// exception is raised.  If the specified size is invalid, a ValueError
    /// exception is raised, and the stack size is unmodified.  32k bytes
    ///  currently the minimum supported stack size value to guarantee
    /// sufficient stack space for the interpreter itself.
    ///
    /// Note that some platforms may have particular restrictions on values for
    /// the stack size, such as requiring a minimum stack size larger than 32 KiB or
    /// requiring allocation in multiples of the system memory page size
    /// - platform documentation should be referred to for more information
    /// (4 KiB pages are common; using multiples of 4096 for the stack size is
    /// the suggested approach in the absence of more specific information).
    #[pyfunction(signature = "(size=0, /)")]
    fn stack_size(size: OptArg<isize>) -> PyResult<usize> {
        let old = registry().stack_size.get();
        let Some(size) = size.given() else { return Ok(old) };
        if size < 0 {
            return Err(raised!(ValueError, "size must be 0 or a positive value"));
        }
        if size != 0 && ((size as usize) < 32 << 10 || !threads::accepts_stack(size as usize)) {
            return Err(raised!(ValueError, "size not valid: {size} bytes"));
        }
        registry().stack_size.set(size as usize);
        Ok(old)
    }

    /// Start a new thread and return its identifier.
    ///
    /// The thread will call the function with positional arguments from the
    /// tuple args and keyword arguments taken from the optional dictionary
    /// kwargs.  The thread exits when the function returns; the return value
    /// is ignored.  The thread will also exit when the function raises an
    /// unhandled exception; a stack trace will be printed unless the exception
    /// is SystemExit.
    #[pyfunction(signature = "(function, args, kwargs={}, /)")]
    fn start_new_thread(function: &PyObject, args: &PyObject, kwargs: OptArg<&PyObject>) -> PyResult<usize> {
        begin(function, args, kwargs)
    }

    /// An obsolete synonym of start_new_thread().
    #[pyfunction(signature = "(function, args, kwargs={}, /)")]
    fn start_new(function: &PyObject, args: &PyObject, kwargs: OptArg<&PyObject>) -> PyResult<usize> {
        begin(function, args, kwargs)
    }

    /// *For internal use only*: start a new thread.
    ///
    /// Like start_new_thread(), this starts a new thread calling the given function.
    /// Unlike start_new_thread(), this returns a handle object with methods to join
    /// or detach the given thread.
    /// This function is not for third-party code, please use the
    /// `threading` module instead. During finalization the runtime will not wait for
    /// the thread to exit if daemon is True. If handle is provided it must be a
    /// newly created thread._ThreadHandle instance.
    #[pyfunction(signature = "(function, handle=None, daemon=True)")]
    fn start_joinable_thread(
        function: &PyObject,
        handle: Option<&PyObject>,
        daemon: bool,
    ) -> PyResult<Py<PyThreadHandle>> {
        if !object::is_callable(function) {
            return Err(raised!(TypeError, "thread function must be callable"));
        }
        let shown = PyInt::from_i64(i64::from(daemon));
        let given = handle.unwrap_or(none_ref());
        crate::audit::audit("_thread.start_joinable_thread", &[function, &shown, given])?;
        let handle = match handle {
            None => PyThreadHandle::new(),
            Some(handle) => match handle.downcast_owned::<PyThreadHandle>() {
                Some(handle) => handle,
                None => return Err(raised!(TypeError, "'handle' must be a _ThreadHandle")),
            },
        };
        start::start(function, &PyTuple::empty(), None, &handle, daemon)?;
        Ok(handle)
    }

    /// Internal only. Make a thread handle for threads not spawned
    /// by the _thread or threading module.
    #[pyfunction(signature = "(ident, /)")]
    fn _make_thread_handle(ident: &PyObject) -> PyResult<Py<PyThreadHandle>> {
        let identity = number::index_to_integer::<usize>(ident, "C unsigned long long")?;
        Ok(PyThreadHandle::of_running(identity))
    }

    /// Wait for all non-daemon threads (other than the calling thread) to stop.
    #[pyfunction(signature = "()")]
    fn _shutdown() {
        if let Err(raised) = start::join_all() {
            let message = "Exception ignored while joining a thread in _thread._shutdown()";
            errors::write_unraisable(raised, Some(message), None);
        }
    }

    /// Set the name of the current thread.
    #[pyfunction(signature = "(name)")]
    fn set_name(name: &PyStr) -> PyResult<()> {
        let mut bytes = name.encode_fs()?;
        bytes.truncate(NAME_MAX);
        let end = bytes.iter().position(|&c| c == 0).unwrap_or(bytes.len());
        let name = CString::new(&bytes[..end]).unwrap_or_default();
        threads::set_name(&name).map_err(|Errno(errno)| errors::set_os_error(Errno(errno), None, None))
    }

    /// Get the name of the current thread.
    #[pyfunction(signature = "()")]
    fn _get_name() -> PyResult<Py<PyStr>> {
        match threads::name() {
            Ok(name) => Ok(PyStr::decode_fs(&name)),
            Err(errno) => Err(errors::set_os_error(errno, None, None)),
        }
    }

    /// Handle uncaught Thread.run() exception.
    #[pyfunction(signature = "(args, /)")]
    fn _excepthook(args: &PyObject) -> PyResult<()> {
        if !core::ptr::eq(args.class(), EXCEPT_HOOK_ARGS.type_object()) {
            return Err(raised!(TypeError, "_thread._excepthook argument type must be ExceptHookArgs"));
        }
        let Some(fields) = args.downcast::<PyTuple>() else { return Ok(()) };
        let [class, value, traceback, thread] = fields.as_slice() else { return Ok(()) };
        if core::ptr::eq(*class, Exc::SystemExit.type_object().as_object()) {
            return Ok(());
        }
        let file = match sys::get(intern!("stderr"))? {
            Some(file) if !file.is_none() => file,
            _ => match object::get_optional_attr(thread, intern!("_stderr"))? {
                Some(file) if !file.is_none() => file,
                _ => return Ok(()),
            },
        };
        let name = if thread.is_none() { None } else { object::get_optional_attr(thread, intern!("_name"))? };
        let shown = match name {
            Some(name) => object::str(&name)?.to_string_lossy().into_owned(),
            None => threads::identity().to_string(),
        };
        sys::output::write_text(&file, &PyStr::new(&format!("Exception in thread {shown}:\n")))?;
        let _ = traceback;
        let exception = match value.downcast::<PyBaseException>() {
            Some(exception) => exception.to_owned(),
            None => match call::call(class, &[])?.downcast_into::<PyBaseException>() {
                Ok(exception) => exception,
                Err(_) => return Ok(()),
            },
        };
        sys::print_exception(&exception, Some(&file));
        call::method(&file, intern!("flush"), &[]).map(drop)
    }
}

fn begin(function: &PyObject, args: &PyObject, kwargs: OptArg<&PyObject>) -> PyResult<usize> {
    if !object::is_callable(function) {
        return Err(raised!(TypeError, "first arg must be callable"));
    }
    let Some(tuple) = args.downcast::<PyTuple>() else {
        return Err(raised!(TypeError, "2nd arg must be a tuple"));
    };
    let kwargs = kwargs.given();
    if let Some(kwargs) = kwargs
        && kwargs.downcast::<PyDict>().is_none()
    {
        return Err(raised!(TypeError, "optional 3rd arg must be a dictionary"));
    }
    crate::audit::audit("_thread.start_new_thread", &[function, args, kwargs.unwrap_or(none_ref())])?;
    start::start(function, tuple, kwargs, &PyThreadHandle::new(), true)
}
