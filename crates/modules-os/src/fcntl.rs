//! `fcntl`: control of descriptors, and locks.

use taipan_host::files;
use taipan_objects::model::args::OptArg;
use taipan_objects::prelude::*;
use taipan_objects::protocols::buffer::Buffer;
use taipan_objects::system::fd::FileNumber;
use taipan_objects::system::{audit, retry_or_raise};

/// Constants of the module.
const NUMBERS: &[(&str, i64)] = &[
    ("DN_ACCESS", 1),
    ("DN_ATTRIB", 32),
    ("DN_CREATE", 4),
    ("DN_DELETE", 8),
    ("DN_MODIFY", 2),
    ("DN_MULTISHOT", 2147483648),
    ("DN_RENAME", 16),
    ("FASYNC", 8192),
    ("FD_CLOEXEC", 1),
    ("FICLONE", 1074041865),
    ("FICLONERANGE", 1075876877),
    ("F_ADD_SEALS", 1033),
    ("F_DUPFD", 0),
    ("F_DUPFD_CLOEXEC", 1030),
    ("F_DUPFD_QUERY", 1027),
    ("F_EXLCK", 4),
    ("F_GETFD", 1),
    ("F_GETFL", 3),
    ("F_GETLEASE", 1025),
    ("F_GETLK", 5),
    ("F_GETLK64", 5),
    ("F_GETOWN", 9),
    ("F_GETOWN_EX", 16),
    ("F_GETPIPE_SZ", 1032),
    ("F_GETSIG", 11),
    ("F_GET_FILE_RW_HINT", 1037),
    ("F_GET_RW_HINT", 1035),
    ("F_GET_SEALS", 1034),
    ("F_NOTIFY", 1026),
    ("F_OFD_GETLK", 36),
    ("F_OFD_SETLK", 37),
    ("F_OFD_SETLKW", 38),
    ("F_OWNER_PGRP", 2),
    ("F_OWNER_PID", 1),
    ("F_OWNER_TID", 0),
    ("F_RDLCK", 0),
    ("F_SEAL_FUTURE_WRITE", 16),
    ("F_SEAL_GROW", 4),
    ("F_SEAL_SEAL", 1),
    ("F_SEAL_SHRINK", 2),
    ("F_SEAL_WRITE", 8),
    ("F_SETFD", 2),
    ("F_SETFL", 4),
    ("F_SETLEASE", 1024),
    ("F_SETLK", 6),
    ("F_SETLK64", 6),
    ("F_SETLKW", 7),
    ("F_SETLKW64", 7),
    ("F_SETOWN", 8),
    ("F_SETOWN_EX", 15),
    ("F_SETPIPE_SZ", 1031),
    ("F_SETSIG", 10),
    ("F_SET_FILE_RW_HINT", 1038),
    ("F_SET_RW_HINT", 1036),
    ("F_SHLCK", 8),
    ("F_UNLCK", 2),
    ("F_WRLCK", 1),
    ("LOCK_EX", 2),
    ("LOCK_MAND", 32),
    ("LOCK_NB", 4),
    ("LOCK_READ", 64),
    ("LOCK_RW", 192),
    ("LOCK_SH", 1),
    ("LOCK_UN", 8),
    ("LOCK_WRITE", 128),
    ("RWH_WRITE_LIFE_EXTREME", 5),
    ("RWH_WRITE_LIFE_LONG", 4),
    ("RWH_WRITE_LIFE_MEDIUM", 3),
    ("RWH_WRITE_LIFE_NONE", 1),
    ("RWH_WRITE_LIFE_NOT_SET", 0),
    ("RWH_WRITE_LIFE_SHORT", 2),
];

/// The most that a byte argument holds.
const LONGEST: usize = 1024;

fn number_object(value: i32) -> Obj {
    PyInt::from_i64(i64::from(value)).into_obj()
}

/// An integer argument in the low bits, whatever its sign.
fn wrapped(value: &PyObject) -> PyResult<i64> {
    let number = number::index(value)?;
    match number.to_i64() {
        Some(value) => Ok(value),
        None => number::index_to_integer::<u64>(&number, "C unsigned long").map(|value| value as i64),
    }
}

/// This module performs file control and I/O control on file
/// descriptors.  It is an interface to the fcntl() and ioctl() Unix
/// routines.  File descriptors can be obtained with the fileno() method of
/// a file or socket object.
#[pymodule(name = "fcntl")]
pub mod fcntl {
    use super::*;

    /// Perform the operation cmd on file descriptor fd.
    ///
    /// The values used for cmd are operating system dependent, and are
    /// available as constants in the fcntl module, using the same names as used
    /// in the relevant C header files.  The argument arg is optional, and
    /// defaults to 0; it may be an integer, a bytes-like object or a string.
    /// If arg is given as a string, it will be encoded to binary using the
    /// UTF-8 encoding.
    ///
    /// If the arg given is an integer or if none is specified, the result value
    /// is an integer corresponding to the return value of the fcntl() call in
    /// the C code.
    ///
    /// If arg is given as a bytes-like object, the return value of fcntl() is a
    /// bytes object of that length, containing the resulting value put in the
    /// arg buffer by the operating system.  The length of the arg buffer is not
    /// allowed to exceed 1024 bytes.
    #[pyfunction(signature = "(fd, cmd, arg=0, /)")]
    pub fn fcntl(fd: FileNumber, cmd: i32, arg: OptArg<&PyObject>) -> PyResult {
        let zero = PyInt::from_i64(0);
        let arg = arg.given().unwrap_or(&zero);
        audit(c"fcntl.fcntl", &[&number_object(fd.0), &number_object(cmd), arg])?;
        if number::is_index(arg) {
            let value = wrapped(arg)?;
            return Ok(number_object(retry_or_raise(|| files::fcntl(fd.0, cmd, value))?));
        }
        let data = argument_bytes(arg, "fcntl")?;
        let mut data = data;
        retry_or_raise(|| files::fcntl_data(fd.0, cmd, &mut data))?;
        Ok(PyBytes::new(&data).into_obj())
    }

    /// Perform the operation request on file descriptor fd.
    ///
    /// The values used for request are operating system dependent, and are
    /// available as constants in the fcntl or termios library modules, using
    /// the same names as used in the relevant C header files.
    ///
    /// The argument arg is optional, and defaults to 0; it may be an integer, a
    /// bytes-like object or a string.  If arg is given as a string, it will be
    /// encoded to binary using the UTF-8 encoding.
    ///
    /// If the arg given is an integer or if none is specified, the result value
    /// is an integer corresponding to the return value of the ioctl() call in
    /// the C code.
    ///
    /// If the argument is a mutable buffer (such as a bytearray) and the
    /// mutate_flag argument is true (default) then the buffer is (in effect)
    /// passed to the operating system and changes made by the OS will be
    /// reflected in the contents of the buffer after the call has returned.
    /// The return value is the integer returned by the ioctl() system call.
    ///
    /// If the argument is a mutable buffer and the mutable_flag argument is
    /// false, the behavior is as if an immutable buffer had been passed.
    ///
    /// If the argument is an immutable buffer then a copy of the buffer is
    /// passed to the operating system and the return value is a bytes object of
    /// the same length containing whatever the operating system put in the
    /// buffer.  The length of the arg buffer in this case is not allowed to
    /// exceed 1024 bytes.
    #[pyfunction(signature = "(fd, request, arg=0, mutate_flag=True, /)")]
    pub fn ioctl(fd: FileNumber, request: &PyObject, arg: OptArg<&PyObject>, mutate_flag: bool) -> PyResult {
        let zero = PyInt::from_i64(0);
        let arg = arg.given().unwrap_or(&zero);
        let request = wrapped(request)? as u64;
        audit(c"fcntl.ioctl", &[&number_object(fd.0), &PyInt::from_u64(request), arg])?;
        if number::is_index(arg) {
            let value = wrapped(arg)? as u64;
            return Ok(number_object(retry_or_raise(|| files::ioctl(fd.0, request, value))?));
        }
        if mutate_flag && arg.downcast::<PyBytes>().is_none() && arg.downcast::<PyStr>().is_none() {
            let mut buffer = Buffer::get(arg, taipan_abi::PyBUF_WRITABLE)?;
            let status = retry_or_raise(|| files::ioctl_data(fd.0, request, buffer.as_bytes_mut()))?;
            return Ok(number_object(status));
        }
        let mut data = argument_bytes(arg, "ioctl")?;
        retry_or_raise(|| files::ioctl_data(fd.0, request, &mut data))?;
        Ok(PyBytes::new(&data).into_obj())
    }

    /// Perform the lock operation on file descriptor fd.
    ///
    /// See the Unix manual page for flock(2) for details (On some systems, this
    /// function is emulated using fcntl()).
    #[pyfunction(signature = "(fd, operation, /)")]
    pub fn flock(fd: FileNumber, operation: i32) -> PyResult<()> {
        audit(c"fcntl.flock", &[&number_object(fd.0), &number_object(operation)])?;
        retry_or_raise(|| files::flock(fd.0, operation))
    }

    /// A wrapper around the fcntl() locking calls.
    ///
    /// fd is the file descriptor of the file to lock or unlock, and operation
    /// is one of the following values:
    ///
    ///     LOCK_UN - unlock
    ///     LOCK_SH - acquire a shared lock
    ///     LOCK_EX - acquire an exclusive lock
    ///
    /// When operation is LOCK_SH or LOCK_EX, it can also be bitwise ORed with
    /// LOCK_NB to avoid blocking on lock acquisition.  If LOCK_NB is used and
    /// the lock cannot be acquired, an OSError will be raised and the exception
    /// will have an errno attribute set to EACCES or EAGAIN (depending on the
    /// operating system -- for portability, check for either value).
    ///
    /// len is the number of bytes to lock, with the default meaning to lock to
    /// EOF.  start is the byte offset, relative to whence, to that the lock
    /// starts.  whence is as with fileobj.seek(), specifically:
    ///
    ///     0 - relative to the start of the file (SEEK_SET)
    ///     1 - relative to the current buffer position (SEEK_CUR)
    ///     2 - relative to the end of the file (SEEK_END)
    #[pyfunction(signature = "(fd, cmd, len=0, start=0, whence=0, /)")]
    pub fn lockf(fd: FileNumber, cmd: i32, len: i64, start: i64, whence: i32) -> PyResult<()> {
        const LOCK_SH: i32 = 1;
        const LOCK_EX: i32 = 2;
        const LOCK_NB: i32 = 4;
        const LOCK_UN: i32 = 8;
        const F_RDLCK: i16 = 0;
        const F_WRLCK: i16 = 1;
        const F_UNLCK: i16 = 2;
        let kind = match cmd {
            LOCK_UN => F_UNLCK,
            _ if cmd & LOCK_SH != 0 => F_RDLCK,
            _ if cmd & LOCK_EX != 0 => F_WRLCK,
            _ => return Err(raised!(ValueError, "unrecognized lockf argument")),
        };
        let wait = cmd & LOCK_NB == 0;
        retry_or_raise(|| files::record_lock(fd.0, wait, kind, whence as i16, start, len))
    }

    #[exec]
    fn exec(module: &PyModule) -> PyResult<()> {
        for &(name, value) in NUMBERS {
            module.add_int(name, value)?;
        }
        Ok(())
    }
}

/// A byte argument, copied: the call may change it.
fn argument_bytes(arg: &PyObject, function: &str) -> PyResult<Vec<u8>> {
    let data = match arg.downcast::<PyStr>() {
        Some(text) => text.to_utf8()?.as_bytes().to_vec(),
        None => Buffer::get(arg, taipan_abi::PyBUF_SIMPLE)?.to_vec(),
    };
    if data.len() > LONGEST {
        return Err(raised!(ValueError, "{function} argument 3 is too long"));
    }
    Ok(data)
}
