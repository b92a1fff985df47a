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

/// @doc _thread
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

    /// @doc _thread.allocate_lock
    #[pyfunction(signature = "()")]
    fn allocate_lock() -> Py<PyLock> {
        PyLock::new()
    }

    /// @doc _thread.allocate
    #[pyfunction(signature = "()")]
    fn allocate() -> Py<PyLock> {
        PyLock::new()
    }

    /// @doc _thread.get_ident
    #[pyfunction(signature = "()")]
    fn get_ident() -> usize {
        threads::identity()
    }

    /// @doc _thread.get_native_id
    #[pyfunction(signature = "()")]
    fn get_native_id() -> u64 {
        threads::native_id()
    }

    /// @doc _thread._get_main_thread_ident
    #[pyfunction(signature = "()")]
    fn _get_main_thread_ident() -> usize {
        registry().main_identity.get()
    }

    /// @doc _thread._is_main_interpreter
    #[pyfunction(signature = "()")]
    fn _is_main_interpreter() -> bool {
        thread::current().interpreter().id == 0
    }

    /// @doc _thread.daemon_threads_allowed
    #[pyfunction(signature = "()")]
    fn daemon_threads_allowed() -> bool {
        true
    }

    /// @doc _thread._count
    #[pyfunction(signature = "()")]
    fn _count() -> usize {
        registry().entries.borrow().len().saturating_sub(1)
    }

    /// @doc _thread.exit
    #[pyfunction(signature = "()")]
    fn exit() -> PyResult {
        Err(errors::set_none(Exc::SystemExit))
    }

    /// @doc _thread.exit_thread
    #[pyfunction(signature = "()")]
    fn exit_thread() -> PyResult {
        Err(errors::set_none(Exc::SystemExit))
    }

    /// @doc _thread.interrupt_main
    #[pyfunction(signature = "(signum=signal.SIGINT, /)")]
    fn interrupt_main(signum: OptArg<i32>) -> PyResult<()> {
        crate::signals::simulate(signum.given().unwrap_or(2))
    }

    /// @doc _thread.stack_size
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

    /// @doc _thread.start_new_thread
    #[pyfunction(signature = "(function, args, kwargs={}, /)")]
    fn start_new_thread(function: &PyObject, args: &PyObject, kwargs: OptArg<&PyObject>) -> PyResult<usize> {
        begin(function, args, kwargs)
    }

    /// @doc _thread.start_new
    #[pyfunction(signature = "(function, args, kwargs={}, /)")]
    fn start_new(function: &PyObject, args: &PyObject, kwargs: OptArg<&PyObject>) -> PyResult<usize> {
        begin(function, args, kwargs)
    }

    /// @doc _thread.start_joinable_thread
    #[pyfunction(signature = "(function, handle=None, daemon=True)")]
    fn start_joinable_thread(
        function: &PyObject,
        handle: Option<&PyObject>,
        daemon: bool,
    ) -> PyResult<Py<PyThreadHandle>> {
        if !object::is_callable(function) {
            return Err(raised!(TypeError, "thread function must be callable"));
        }
        let handle = match handle {
            None => PyThreadHandle::new(),
            Some(handle) => match handle.downcast_owned::<PyThreadHandle>() {
                Some(handle) => handle,
                None => return Err(raised!(TypeError, "'handle' must be a _ThreadHandle")),
            },
        };
        let shown = PyInt::from_bool(daemon);
        crate::audit::audit("_thread.start_joinable_thread", &[function, &shown, &handle])?;
        start::start(function, &PyTuple::empty(), None, &handle, daemon)?;
        Ok(handle)
    }

    /// @doc _thread._make_thread_handle
    #[pyfunction(signature = "(ident, /)")]
    fn _make_thread_handle(ident: &PyObject) -> PyResult<Py<PyThreadHandle>> {
        let identity = number::index_to_integer::<usize>(ident, "C unsigned long long")?;
        Ok(PyThreadHandle::of_running(identity))
    }

    /// @doc _thread._shutdown
    #[pyfunction(signature = "()")]
    fn _shutdown() -> PyResult<()> {
        start::join_all()
    }

    /// @doc _thread.set_name
    #[pyfunction(signature = "(name)")]
    fn set_name(name: &PyStr) -> PyResult<()> {
        let mut bytes = name.encode_fs()?;
        if bytes.len() > NAME_MAX {
            let mut end = NAME_MAX;
            // No character is cut in two.
            while end > 0 && bytes[end] & 0xC0 == 0x80 {
                end -= 1;
            }
            bytes.truncate(end);
        }
        let end = bytes.iter().position(|&c| c == 0).unwrap_or(bytes.len());
        let name = CString::new(&bytes[..end]).unwrap_or_default();
        threads::set_name(&name).map_err(|Errno(errno)| errors::set_os_error(Errno(errno), None, None))
    }

    /// @doc _thread._excepthook
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
        let name = if thread.is_none() {
            None
        } else {
            object::get_optional_attr(thread, intern!("_name"))?
        };
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
