//! Waiting for children, and reading how they ended.

use crate::resource::usage_object;
use taipan_host::process;
use taipan_objects::prelude::*;
use taipan_objects::system::retry_or_raise;
use taipan_objects::types::structseq::StructSeq;

static WAITID_RESULT: StructSeq = StructSeq::new(
    "posix.waitid_result",
    "waitid_result: Result from waitid.

This object may be accessed either as a tuple of
  (si_pid, si_uid, si_signo, si_status, si_code),
or via the attributes si_pid, si_uid, and so on.

See os.waitid for more information.",
    &[("si_pid", ""), ("si_uid", ""), ("si_signo", ""), ("si_status", ""), ("si_code", "")],
    5,
    true,
);

pub(super) fn add_types(module: &PyModule) -> PyResult<()> {
    module.add("waitid_result", WAITID_RESULT.type_object())
}

fn exited(status: i32) -> bool {
    status & 0x7f == 0
}

fn signalled(status: i32) -> bool {
    !exited(status) && status & 0x7f != 0x7f
}

fn stopped(status: i32) -> bool {
    status & 0xff == 0x7f
}

#[pymodule(fragment)]
pub mod waiting {
    use super::*;

    /// Wait for completion of a child process.
    ///
    /// Returns a tuple of information about the child process:
    ///     (pid, status)
    #[pyfunction(signature = "()")]
    pub fn wait() -> PyResult<(i32, i32)> {
        retry_or_raise(|| process::wait_for(-1, 0))
    }

    /// Wait for completion of a given child process.
    ///
    /// Returns a tuple of information regarding the child process:
    ///     (pid, status)
    ///
    /// The options argument is ignored on Windows.
    #[pyfunction(signature = "(pid, options, /)")]
    pub fn waitpid(pid: i32, options: i32) -> PyResult<(i32, i32)> {
        retry_or_raise(|| process::wait_for(pid, options))
    }

    /// Wait for completion of a child process.
    ///
    /// Returns a tuple of information about the child process:
    ///   (pid, status, rusage)
    #[pyfunction(signature = "(options)")]
    pub fn wait3(options: i32) -> PyResult<(i32, i32, Obj)> {
        let (pid, status, usage) = retry_or_raise(|| process::wait_with_usage(-1, options))?;
        Ok((pid, status, usage_object(&usage)?))
    }

    /// Wait for completion of a specific child process.
    ///
    /// Returns a tuple of information about the child process:
    ///   (pid, status, rusage)
    #[pyfunction(signature = "(pid, options)")]
    pub fn wait4(pid: i32, options: i32) -> PyResult<(i32, i32, Obj)> {
        let (pid, status, usage) = retry_or_raise(|| process::wait_with_usage(pid, options))?;
        Ok((pid, status, usage_object(&usage)?))
    }

    /// Returns the result of waiting for a process or processes.
    ///
    ///   idtype
    ///     Must be one of be P_PID, P_PGID or P_ALL.
    ///   id
    ///     The id to wait on.
    ///   options
    ///     Constructed from the ORing of one or more of WEXITED, WSTOPPED
    ///     or WCONTINUED and additionally may be ORed with WNOHANG or WNOWAIT.
    ///
    /// Returns either waitid_result or None if WNOHANG is specified and there are
    /// no children in a waitable state.
    #[pyfunction(signature = "(idtype, id, options, /)")]
    pub fn waitid(idtype: u32, id: i64, options: i32) -> PyResult<Option<Obj>> {
        let Some(info) = retry_or_raise(|| process::wait_id(idtype, id as u32, options))? else {
            return Ok(None);
        };
        let values = [
            i64::from(info.pid),
            i64::from(info.uid),
            i64::from(info.signal),
            i64::from(info.status),
            i64::from(info.code),
        ];
        WAITID_RESULT.make(values.iter().map(|&value| PyInt::from_i64(value).into_obj()).collect()).map(Some)
    }

    /// Convert a wait status to an exit code.
    ///
    /// On Unix:
    ///
    /// * If WIFEXITED(status) is true, return WEXITSTATUS(status).
    /// * If WIFSIGNALED(status) is true, return -WTERMSIG(status).
    /// * Otherwise, raise a ValueError.
    ///
    /// On Windows, return status shifted right by 8 bits.
    ///
    /// On Unix, if the process is being traced or if waitpid() was called with
    /// WUNTRACED option, the caller must first check if WIFSTOPPED(status) is true.
    /// This function must not be called if WIFSTOPPED(status) is true.
    #[pyfunction(signature = "(status)")]
    pub fn waitstatus_to_exitcode(status: i32) -> PyResult<i32> {
        if exited(status) {
            Ok((status >> 8) & 0xff)
        } else if signalled(status) {
            Ok(-(status & 0x7f))
        } else if stopped(status) {
            Err(raised!(ValueError, "process stopped by delivery of signal {}", (status >> 8) & 0xff))
        } else {
            Err(raised!(ValueError, "invalid wait status: {status}"))
        }
    }

    /// Return True if the process returning status was dumped to a core file.
    #[pyfunction(name = "WCOREDUMP", signature = "(status, /)")]
    pub fn wcoredump(status: i32) -> bool {
        status & 0x80 != 0
    }

    /// Return True if a particular process was continued from a job control stop.
    ///
    /// Return True if the process returning status was continued from a
    /// job control stop.
    #[pyfunction(name = "WIFCONTINUED", signature = "(status)")]
    pub fn wifcontinued(status: i32) -> bool {
        status == 0xffff
    }

    /// Return True if the process returning status was stopped.
    #[pyfunction(name = "WIFSTOPPED", signature = "(status)")]
    pub fn wifstopped(status: i32) -> bool {
        stopped(status)
    }

    /// Return True if the process returning status was terminated by a signal.
    #[pyfunction(name = "WIFSIGNALED", signature = "(status)")]
    pub fn wifsignaled(status: i32) -> bool {
        signalled(status)
    }

    /// Return True if the process returning status exited via the exit() system call.
    #[pyfunction(name = "WIFEXITED", signature = "(status)")]
    pub fn wifexited(status: i32) -> bool {
        exited(status)
    }

    /// Return the process return code from status.
    #[pyfunction(name = "WEXITSTATUS", signature = "(status)")]
    pub fn wexitstatus(status: i32) -> i32 {
        (status >> 8) & 0xff
    }

    /// Return the signal that terminated the process that provided the status value.
    #[pyfunction(name = "WTERMSIG", signature = "(status)")]
    pub fn wtermsig(status: i32) -> i32 {
        status & 0x7f
    }

    /// Return the signal that stopped the process that provided the status value.
    #[pyfunction(name = "WSTOPSIG", signature = "(status)")]
    pub fn wstopsig(status: i32) -> i32 {
        (status >> 8) & 0xff
    }
}
