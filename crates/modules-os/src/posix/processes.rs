//! Running other programs in this process's place, signals to processes, how a process ended.

use std::ffi::CString;
use taipan_host::process;
use taipan_objects::prelude::*;
use taipan_objects::system::path::{Path, PathOrFd, fspath};
use taipan_objects::system::{audit, os_error};

/// The strings of an argument list as the system takes them.
pub fn c_strings(items: &PyObject) -> PyResult<Vec<CString>> {
    iter::collect(items)?.iter().map(|item| c_string(item)).collect()
}

fn c_string(item: &PyObject) -> PyResult<CString> {
    let plain = fspath(item)?;
    let bytes = match plain.downcast::<PyStr>() {
        Some(text) => text.encode_fs()?,
        None => plain.downcast::<PyBytes>().map(|bytes| bytes.as_slice().to_vec()).unwrap_or_default(),
    };
    CString::new(bytes).map_err(|_| {
        let what = if plain.downcast::<PyBytes>().is_some() { "byte" } else { "character" };
        raised!(ValueError, "embedded null {what}")
    })
}

/// `argv` of `exec` and `spawn`: a list or tuple, not empty, whose first item is not empty.
pub(super) fn arguments(argv: &PyObject, function: &str) -> PyResult<Vec<CString>> {
    if argv.downcast::<PyList>().is_none() && argv.downcast::<PyTuple>().is_none() {
        return Err(raised!(TypeError, "{function}: argv must be a tuple or list"));
    }
    let arguments = c_strings(argv)?;
    match arguments.first() {
        None => Err(raised!(ValueError, "{function}: argv must not be empty")),
        Some(first) if first.is_empty() => {
            Err(raised!(ValueError, "{function}: argv first element cannot be empty"))
        }
        _ => Ok(arguments),
    }
}

/// `env`: a mapping, as `NAME=value` texts.
pub(super) fn environment(env: &PyObject, function: &str) -> PyResult<Vec<CString>> {
    if !mapping::is_mapping(env) {
        return Err(raised!(TypeError, "{function}: environment must be a mapping object"));
    }
    let keys = iter::collect(&*mapping::keys(env)?)?;
    let values = iter::collect(&*mapping::values(env)?)?;
    let mut texts = Vec::with_capacity(keys.len());
    for (key, value) in keys.iter().zip(&values) {
        let (key, value) = (c_string(key)?, c_string(value)?);
        if key.as_bytes().iter().skip(1).any(|&b| b == b'=') || key.is_empty() {
            return Err(raised!(ValueError, "illegal environment variable name"));
        }
        let mut text = key.into_bytes();
        text.push(b'=');
        text.extend_from_slice(value.as_bytes());
        texts.push(CString::new(text).unwrap_or_default());
    }
    Ok(texts)
}

#[pymodule(fragment)]
pub mod processes {
    use super::*;

    /// Execute an executable path with arguments, replacing current process.
    ///
    ///   path
    ///     Path of executable file.
    ///   argv
    ///     Tuple or list of strings.
    #[pyfunction(signature = "(path, argv, /)")]
    pub fn execv(path: Path, argv: &PyObject) -> PyResult<()> {
        let arguments = arguments(argv, "execv")?;
        audit(c"os.exec", &[path.object(), argv, none_ref()])?;
        Err(path.error(process::exec(path.as_c(), &arguments, None::<&[CString]>)))
    }

    /// Execute an executable path with arguments, replacing current process.
    ///
    ///   path
    ///     Path of executable file.
    ///   argv
    ///     Tuple or list of strings.
    ///   env
    ///     Dictionary of strings mapping to strings.
    #[pyfunction(signature = "(path, argv, env)")]
    pub fn execve(path: PathOrFd, argv: &PyObject, env: &PyObject) -> PyResult<()> {
        let arguments = arguments(argv, "execve")?;
        let environment = environment(env, "execve")?;
        let errno = match &path {
            PathOrFd::Path(path) => {
                audit(c"os.exec", &[path.object(), argv, env])?;
                process::exec(path.as_c(), &arguments, Some(&environment[..]))
            }
            PathOrFd::Fd(fd) => process::exec_fd(*fd, &arguments, &environment),
        };
        Err(path.error(errno))
    }

    /// Exit to the system with specified status, without normal exit processing.
    #[pyfunction(name = "_exit", signature = "(status)")]
    pub fn exit(status: i32) -> PyResult<()> {
        process::exit_now(status)
    }

    /// Abort the interpreter immediately.
    ///
    /// This function 'dumps core' or otherwise fails in the hardest way possible
    /// on the hosting operating system.  This function never returns.
    #[pyfunction(signature = "()")]
    pub fn abort() -> PyResult<()> {
        process::abort()
    }

    /// Kill a process with a signal.
    #[pyfunction(signature = "(pid, signal, /)")]
    pub fn kill(pid: i32, signal: i32) -> PyResult<()> {
        let (pid_object, signal_object) =
            (PyInt::from_i64(i64::from(pid)), PyInt::from_i64(i64::from(signal)));
        audit(c"os.kill", &[&pid_object, &signal_object])?;
        process::kill(pid, signal).map_err(os_error)?;
        // A signal to ourselves has arrived by now.
        taipan_objects::system::check_signals()
    }

    /// Kill a process group with a signal.
    #[pyfunction(signature = "(pgid, signal, /)")]
    pub fn killpg(pgid: i32, signal: i32) -> PyResult<()> {
        let (group, signal_object) = (PyInt::from_i64(i64::from(pgid)), PyInt::from_i64(i64::from(signal)));
        audit(c"os.killpg", &[&group, &signal_object])?;
        process::killpg(pgid, signal).map_err(os_error)?;
        taipan_objects::system::check_signals()
    }

    /// Execute the command in a subshell.
    #[pyfunction(signature = "(command)")]
    pub fn system(command: Path) -> PyResult<i32> {
        audit(c"os.system", &[command.object()])?;
        process::shell(command.as_c()).map_err(os_error)
    }

    /// Return a file descriptor referring to the process *pid*.
    ///
    /// The descriptor can be used to perform process management without races and
    /// signals.
    #[pyfunction(signature = "(pid, flags=0)")]
    pub fn pidfd_open(pid: i32, flags: u32) -> PyResult<i64> {
        process::pidfd_open(pid, flags).map_err(os_error)
    }

    /// Move the calling thread into different namespaces.
    ///
    ///   fd
    ///     A file descriptor to a namespace.
    ///   nstype
    ///     Type of namespace.
    #[pyfunction(signature = "(fd, nstype=0)")]
    pub fn setns(fd: i32, nstype: i32) -> PyResult<()> {
        process::set_namespace(fd, nstype).map_err(os_error)
    }

    /// Disassociate parts of a process (or thread) execution context.
    ///
    ///   flags
    ///     Namespaces to be unshared.
    #[pyfunction(signature = "(flags)")]
    pub fn unshare(flags: i32) -> PyResult<()> {
        process::unshare(flags).map_err(os_error)
    }
}
