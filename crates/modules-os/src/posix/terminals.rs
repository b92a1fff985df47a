//! Terminals and pseudo-terminals.

use taipan_host::{files, terminal};
use taipan_objects::prelude::*;
use taipan_objects::system::fd::FileNumber;
use taipan_objects::system::{os_error, retry_or_raise};
use taipan_objects::types::structseq::StructSeq;

static TERMINAL_SIZE: StructSeq = StructSeq::new(
    "os.terminal_size",
    "A tuple of (columns, lines) for holding terminal window size",
    &[
        ("columns", "width of the terminal window in characters"),
        ("lines", "height of the terminal window in characters"),
    ],
    2,
    true,
);

pub(super) fn add_types(module: &PyModule) -> PyResult<()> {
    module.add("terminal_size", TERMINAL_SIZE.type_object())
}

/// Columns and lines of a terminal.
pub(super) fn size(fd: i32) -> PyResult {
    let (rows, columns) = terminal::size(fd).map_err(os_error)?;
    let number = |value: u16| PyInt::from_i64(i64::from(value)).into_obj();
    TERMINAL_SIZE.make(vec![number(columns), number(rows)])
}

#[pymodule(fragment)]
pub mod terminals {
    use super::*;

    /// Open a pseudo-terminal.
    ///
    /// Return a tuple of (master_fd, slave_fd) containing open file descriptors
    /// for both the master and slave ends.
    #[pyfunction(signature = "()")]
    pub fn openpty() -> PyResult<(i32, i32)> {
        let (main, other) = terminal::open_pair().map_err(os_error)?;
        files::set_inheritable(main, false).map_err(os_error)?;
        files::set_inheritable(other, false).map_err(os_error)?;
        Ok((main, other))
    }

    /// Prepare the tty of which fd is a file descriptor for a new login session.
    ///
    /// Make the calling process a session leader; make the tty the
    /// controlling tty, the stdin, the stdout, and the stderr of the
    /// calling process; close fd.
    #[pyfunction(signature = "(fd, /)")]
    pub fn login_tty(fd: FileNumber) -> PyResult<()> {
        terminal::make_controlling(fd.0).map_err(os_error)
    }

    /// Open and return a file descriptor for a master pseudo-terminal device.
    ///
    /// Performs a posix_openpt() C function call. The oflag argument is used to
    /// set file status flags and file access modes as specified in the manual page
    /// of posix_openpt() of your system.
    #[pyfunction(signature = "(oflag, /)")]
    pub fn posix_openpt(oflag: i32) -> PyResult<i32> {
        terminal::open_pseudo(oflag).map_err(os_error)
    }

    /// Grant access to the slave pseudo-terminal device.
    ///
    ///   fd
    ///     File descriptor of a master pseudo-terminal device.
    ///
    /// Performs a grantpt() C function call.
    #[pyfunction(signature = "(fd, /)")]
    pub fn grantpt(fd: FileNumber) -> PyResult<()> {
        terminal::grant(fd.0).map_err(os_error)
    }

    /// Unlock a pseudo-terminal master/slave pair.
    ///
    ///   fd
    ///     File descriptor of a master pseudo-terminal device.
    ///
    /// Performs an unlockpt() C function call.
    #[pyfunction(signature = "(fd, /)")]
    pub fn unlockpt(fd: FileNumber) -> PyResult<()> {
        terminal::unlock(fd.0).map_err(os_error)
    }

    /// Return the name of the slave pseudo-terminal device.
    ///
    ///   fd
    ///     File descriptor of a master pseudo-terminal device.
    ///
    /// If the ptsname_r() C function is available, it is called;
    /// otherwise, performs a ptsname() C function call.
    #[pyfunction(signature = "(fd, /)")]
    pub fn ptsname(fd: FileNumber) -> PyResult<Py<PyStr>> {
        terminal::pseudo_name(fd.0).map(|name| PyStr::decode_fs(&name)).map_err(os_error)
    }

    /// Return the name of the terminal device connected to 'fd'.
    ///
    ///   fd
    ///     Integer file descriptor handle.
    #[pyfunction(signature = "(fd, /)")]
    pub fn ttyname(fd: i32) -> PyResult<Py<PyStr>> {
        terminal::name(fd).map(|name| PyStr::decode_fs(&name)).map_err(os_error)
    }

    /// Return the name of the controlling terminal for this process.
    #[pyfunction(signature = "()")]
    pub fn ctermid() -> Py<PyStr> {
        PyStr::decode_fs(&terminal::controlling_name())
    }

    /// Return the process group associated with the terminal specified by fd.
    #[pyfunction(signature = "(fd, /)")]
    pub fn tcgetpgrp(fd: i32) -> PyResult<i32> {
        retry_or_raise(|| terminal::foreground_group(fd))
    }

    /// Set the process group associated with the terminal specified by fd.
    #[pyfunction(signature = "(fd, pgid, /)")]
    pub fn tcsetpgrp(fd: i32, pgid: i32) -> PyResult<()> {
        retry_or_raise(|| terminal::set_foreground_group(fd, pgid))
    }
}
