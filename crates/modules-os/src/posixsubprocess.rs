//! `_posixsubprocess`: what `subprocess` starts programs with.

#![expect(unsafe_code, reason = "forks")]

use crate::posix::processes::c_strings;
use std::ffi::CString;
use taipan_host::spawn::{ForkExec, fork_exec as host_fork_exec};
use taipan_objects::errors;
use taipan_objects::prelude::*;
use taipan_objects::system::forks::{after_fork_in_child, after_fork_in_parent, before_fork};
use taipan_objects::system::os_error;
use taipan_objects::system::path::Path;

/// Descriptors that the child keeps: ascending, none negative.
fn kept(fds: &PyTuple) -> PyResult<Vec<i32>> {
    let mut kept = Vec::with_capacity(fds.len());
    for fd in fds.as_slice() {
        let fd = fd.downcast::<PyInt>().and_then(PyInt::to_i64).and_then(|fd| i32::try_from(fd).ok());
        match fd {
            Some(fd) if fd >= 0 && kept.last().is_none_or(|&last| last < fd) => kept.push(fd),
            _ => return Err(raised!(ValueError, "bad value(s) in fds_to_keep")),
        }
    }
    Ok(kept)
}

/// A user or group number; `None` leaves it.
fn id(value: &PyObject, kind: &str) -> PyResult<Option<u32>> {
    if value.is_none() {
        return Ok(None);
    }
    match number::index(value)?.to_i64() {
        Some(-1) => Ok(Some(u32::MAX)),
        Some(id) if id < 0 => Err(raised!(OverflowError, "{kind} is less than minimum")),
        Some(id) if id <= i64::from(u32::MAX) => Ok(Some(id as u32)),
        _ => Err(raised!(OverflowError, "{kind} is greater than maximum")),
    }
}

fn groups(value: &PyObject) -> PyResult<Option<Vec<u32>>> {
    if value.is_none() {
        return Ok(None);
    }
    if value.downcast::<PyList>().is_none() {
        return Err(raised!(TypeError, "setgroups argument must be a sequence"));
    }
    const LARGEST: usize = 65536;
    let items = iter::collect(value)?;
    if items.len() > LARGEST {
        return Err(raised!(ValueError, "too many extra_groups"));
    }
    let mut numbers = Vec::with_capacity(items.len());
    for item in items {
        if item.downcast::<PyInt>().is_none() {
            return Err(raised!(TypeError, "extra_groups must be integers"));
        }
        match id(&item, "gid") {
            Ok(number) => numbers.extend(number),
            Err(raised) => {
                errors::clear(raised);
                return Err(raised!(ValueError, "invalid group id"));
            }
        }
    }
    Ok(Some(numbers))
}

fn arguments_of(args: &PyObject) -> PyResult<Vec<CString>> {
    if args.is_none() {
        return Ok(Vec::new());
    }
    let fast = sequence::fast(args, "argv must be a tuple")?;
    c_strings(&fast)
}

/// A POSIX helper for the subprocess module.
#[pymodule(name = "_posixsubprocess")]
pub mod posixsubprocess {
    use super::*;

    /// Spawn a fresh new child process.
    ///
    /// Fork a child process, close parent file descriptors as appropriate in
    /// the child and duplicate the few that are needed before calling exec() in
    /// the child process.
    ///
    /// If close_fds is True, close file descriptors 3 and higher, except those
    /// listed in the sorted tuple pass_fds.
    ///
    /// The preexec_fn, if supplied, will be called immediately before closing
    /// file descriptors and exec.
    ///
    /// WARNING: preexec_fn is NOT SAFE if your application uses threads.
    ///          It may trigger infrequent, difficult to debug deadlocks.
    ///
    /// If an error occurs in the child process before the exec, it is
    /// serialized and written to the errpipe_write fd per subprocess.py.
    ///
    /// Returns: the child process's PID.
    ///
    /// Raises: Only on an error in the parent process.
    #[pyfunction(
        signature = "(args, executable_list, close_fds, pass_fds, cwd, env, p2cread, p2cwrite, c2pread, c2pwrite, errread, errwrite, errpipe_read, errpipe_write, restore_signals, call_setsid, pgid_to_set, gid, extra_groups, uid, child_umask, preexec_fn, /)"
    )]
    pub fn fork_exec(
        args: &PyObject,
        executable_list: &PyObject,
        close_fds: bool,
        pass_fds: &PyTuple,
        cwd: &PyObject,
        env: &PyObject,
        p2cread: i32,
        p2cwrite: i32,
        c2pread: i32,
        c2pwrite: i32,
        errread: i32,
        errwrite: i32,
        errpipe_read: i32,
        errpipe_write: i32,
        restore_signals: bool,
        call_setsid: bool,
        pgid_to_set: i32,
        gid: &PyObject,
        extra_groups: &PyObject,
        uid: &PyObject,
        child_umask: i32,
        preexec_fn: &PyObject,
    ) -> PyResult<i32> {
        if close_fds && errpipe_write < 3 {
            return Err(raised!(ValueError, "errpipe_write must be >= 3"));
        }
        taipan_objects::system::audit(c"_posixsubprocess.fork_exec", &[executable_list, args, env])?;
        let keep = kept(pass_fds)?;
        let programs = c_strings(executable_list)?;
        let arguments = arguments_of(args)?;
        let environment = if env.is_none() { None } else { Some(c_strings(env)?) };
        let folder = if cwd.is_none() { None } else { Some(Path::new(cwd, "fork_exec: cwd")?) };
        let groups = super::groups(extra_groups)?;
        let plan = ForkExec {
            programs: &programs,
            arguments: &arguments,
            environment: environment.as_deref(),
            folder: folder.as_ref().map(Path::as_c),
            close_fds,
            keep: &keep,
            p2cread,
            p2cwrite,
            c2pread,
            c2pwrite,
            errread,
            errwrite,
            errpipe_read,
            errpipe_write,
            restore_signals,
            new_session: call_setsid,
            process_group: (pgid_to_set >= 0).then_some(pgid_to_set),
            uid: super::id(uid, "uid")?,
            gid: super::id(gid, "gid")?,
            groups: groups.as_deref(),
            umask: u32::try_from(child_umask).ok(),
        };
        if preexec_fn.is_none() {
            // SAFETY: the child runs no Python code.
            return unsafe { host_fork_exec(&plan, None) }.map_err(os_error);
        }
        if taipan_runtime::lifecycle::is_finalizing() {
            return Err(raised!(PythonFinalizationError, "preexec_fn not supported at interpreter shutdown"));
        }
        before_fork();
        let mut before_exec = || {
            after_fork_in_child();
            match call::call(preexec_fn, &[]) {
                Ok(_) => true,
                Err(raised) => {
                    errors::clear(raised);
                    false
                }
            }
        };
        // SAFETY: this thread holds the interpreter's lock, and the child puts the runtime in order before Python code.
        let forked = unsafe { host_fork_exec(&plan, Some(&mut before_exec)) };
        after_fork_in_parent();
        forked.map_err(os_error)
    }
}
