//! `fork` and what runs around it.

#![expect(unsafe_code, reason = "forks: only this thread goes on in the child")]

use taipan_host::process::{self, Forked};
use taipan_host::terminal;
use taipan_objects::errors;
use taipan_objects::model::args::OptArg;
use taipan_objects::prelude::*;
use taipan_objects::system::forks::{AtFork, after_fork_in_child, after_fork_in_parent, before_fork};
use taipan_objects::system::{audit, os_error};

/// What ends is not forked: the child could not go on.
fn refuse_at_shutdown() -> PyResult<()> {
    if taipan_runtime::lifecycle::is_finalizing() {
        return Err(raised!(PythonFinalizationError, "can't fork at interpreter shutdown"));
    }
    Ok(())
}

#[pymodule(fragment)]
pub mod forks {
    use super::*;

    /// Register callables to be called when forking a new process.
    ///
    ///   before
    ///     A callable to be called in the parent before the fork() syscall.
    ///   after_in_child
    ///     A callable to be called in the child after fork().
    ///   after_in_parent
    ///     A callable to be called in the parent after fork().
    ///
    /// 'before' callbacks are called in reverse order.
    /// 'after_in_child' and 'after_in_parent' callbacks are called in order.
    #[pyfunction(
        signature = "(*, before=<unrepresentable>, after_in_child=<unrepresentable>, after_in_parent=<unrepresentable>)"
    )]
    pub fn register_at_fork(
        before: OptArg<&PyObject>,
        after_in_child: OptArg<&PyObject>,
        after_in_parent: OptArg<&PyObject>,
    ) -> PyResult<()> {
        let hooks = AtFork::of_this_interpreter();
        let lists = [
            ("before", before.given(), &hooks.before),
            ("after_in_child", after_in_child.given(), &hooks.in_child),
            ("after_in_parent", after_in_parent.given(), &hooks.in_parent),
        ];
        if lists.iter().all(|(_, function, _)| function.is_none()) {
            return Err(raised!(TypeError, "At least one argument is required."));
        }
        for (name, function, _) in &lists {
            if let Some(function) = function
                && !object::is_callable(function)
            {
                let found = function.class().name();
                return Err(raised!(TypeError, "'{name}' must be callable, not {found}"));
            }
        }
        for (_, function, list) in lists {
            if let Some(function) = function {
                list.borrow_mut().push(function.owned());
            }
        }
        Ok(())
    }

    /// Fork a child process.
    ///
    /// Return 0 to child process and PID of child to parent process.
    #[pyfunction(signature = "()")]
    pub fn fork() -> PyResult<i32> {
        refuse_at_shutdown()?;
        audit(c"os.fork", &[])?;
        before_fork();
        // SAFETY: the child goes on with this thread alone, after the runtime has put its locks in order.
        match unsafe { process::fork() } {
            Ok(Forked::Child) => {
                after_fork_in_child();
                Ok(0)
            }
            Ok(Forked::Parent(child)) => {
                after_fork_in_parent();
                warn_about_threads("fork")?;
                Ok(child)
            }
            Err(errno) => {
                after_fork_in_parent();
                Err(os_error(errno))
            }
        }
    }

    /// Fork a new process with a new pseudo-terminal as controlling tty.
    ///
    /// Returns a tuple of (pid, master_fd).
    /// Like fork(), return pid of 0 to the child process,
    /// and pid of child to the parent process.
    /// To both, return fd of newly opened pseudo-terminal.
    #[pyfunction(signature = "()")]
    pub fn forkpty() -> PyResult<(i32, i32)> {
        refuse_at_shutdown()?;
        audit(c"os.forkpty", &[])?;
        before_fork();
        // SAFETY: as for `fork`.
        match unsafe { terminal::fork_with_terminal() } {
            Ok((Forked::Child, fd)) => {
                after_fork_in_child();
                Ok((0, fd))
            }
            Ok((Forked::Parent(child), fd)) => {
                after_fork_in_parent();
                warn_about_threads("forkpty")?;
                Ok((child, fd))
            }
            Err(errno) => {
                after_fork_in_parent();
                Err(os_error(errno))
            }
        }
    }
}

/// Forking a process with several threads may leave locks held in the child: say so, as CPython does.
fn warn_about_threads(function: &str) -> PyResult<()> {
    let threads = taipan_host::threads::count();
    if threads > 1 {
        errors::warn(
            Exc::DeprecationWarning,
            1,
            format_args!(
                "This process (pid={}) is multi-threaded, use of {function}() may lead to deadlocks in the child.",
                process::pid()
            ),
        )?;
    }
    Ok(())
}
