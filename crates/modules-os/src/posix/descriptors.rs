//! Open files: opening, closing, reading, writing, seeking, asking.

use super::folder_of;
use taipan_host::{Errno, files};
use taipan_objects::model::args::OptArg;
use taipan_objects::prelude::*;
use taipan_objects::protocols::buffer::Buffer;
use taipan_objects::system::fd::FileNumber;
use taipan_objects::system::path::{FolderFd, Path, PathOrFd};
use taipan_objects::system::{audit, os_error, retry, retry_or_raise};

#[pymodule(fragment)]
pub mod descriptors {
    use super::*;

    /// Open a file for low level IO.  Returns a file descriptor (integer).
    ///
    /// If dir_fd is not None, it should be a file descriptor open to a directory,
    ///   and path should be relative; path will then be relative to that directory.
    /// dir_fd may not be implemented on your platform.
    ///   If it is unavailable, using it will raise a NotImplementedError.
    #[pyfunction(signature = "(path, flags, mode=511, *, dir_fd=None)")]
    pub fn open(path: Path, flags: i32, mode: i32, dir_fd: Option<FolderFd>) -> PyResult<i32> {
        audit(c"open", &[path.object(), none_ref(), &PyInt::from_i64(i64::from(flags))])?;
        let folder = folder_of(dir_fd);
        retry(|| files::open_at(folder, path.as_c(), flags, mode as u32))?.map_err(|errno| path.error(errno))
    }

    /// Close a file descriptor.
    #[pyfunction(signature = "(fd)")]
    pub fn close(fd: FileNumber) -> PyResult<()> {
        files::close(fd.0).map_err(os_error)
    }

    /// Closes all file descriptors in [fd_low, fd_high), ignoring errors.
    #[pyfunction(signature = "(fd_low, fd_high, /)")]
    pub fn closerange(low: FileNumber, high: FileNumber) {
        if low.0 < high.0 {
            files::close_range(low.0, high.0 - 1);
        }
    }

    /// Return a duplicate of a file descriptor.
    #[pyfunction(signature = "(fd, /)")]
    pub fn dup(fd: i32) -> PyResult<i32> {
        files::dup(fd).map_err(os_error)
    }

    /// Duplicate file descriptor.
    #[pyfunction(signature = "(fd, fd2, inheritable=True)")]
    pub fn dup2(fd: i32, fd2: i32, inheritable: bool) -> PyResult<i32> {
        if fd < 0 || fd2 < 0 {
            return Err(os_error(Errno(9)));
        }
        if inheritable || fd == fd2 {
            retry_or_raise(|| files::dup2(fd, fd2))
        } else {
            retry_or_raise(|| files::dup3(fd, fd2, O_CLOEXEC))
        }
    }

    const O_CLOEXEC: i32 = 0o2_000_000;

    /// Set the current position of a file descriptor.  Return the new position.
    ///
    /// The return value is the number of bytes relative to the beginning of the file.
    #[pyfunction(signature = "(fd, position, whence, /)")]
    pub fn lseek(fd: FileNumber, position: i64, whence: i32) -> PyResult<i64> {
        files::seek(fd.0, position, whence).map_err(os_error)
    }

    /// Read from a file descriptor.  Returns a bytes object.
    #[pyfunction(signature = "(fd, length, /)")]
    pub fn read(fd: FileNumber, length: isize) -> PyResult<Py<PyBytes>> {
        let mut data = zeroed(length)?;
        let count = retry_or_raise(|| files::read(fd.0, &mut data))?;
        Ok(PyBytes::new(&data[..count]))
    }

    /// Read into a buffer object from a file descriptor.
    #[pyfunction(signature = "(fd, buffer, /)")]
    pub fn readinto(fd: i32, buffer: &PyObject) -> PyResult<usize> {
        let mut buffer = Buffer::writable(buffer, "readinto() argument 2")?;
        retry_or_raise(|| files::read(fd, buffer.as_bytes_mut()))
    }

    /// Write a bytes object to a file descriptor.
    #[pyfunction(signature = "(fd, data, /)")]
    pub fn write(fd: FileNumber, data: &PyObject) -> PyResult<usize> {
        let data = Buffer::get(data, taipan_abi::PyBUF_SIMPLE)?;
        retry_or_raise(|| files::write(fd.0, data.as_bytes()))
    }

    /// Read a number of bytes from a file descriptor starting at a particular offset.
    ///
    /// Read length bytes from file descriptor fd, starting at offset bytes from
    /// the beginning of the file.  The file offset remains unchanged.
    #[pyfunction(signature = "(fd, length, offset, /)")]
    pub fn pread(fd: FileNumber, length: isize, offset: i64) -> PyResult<Py<PyBytes>> {
        let mut data = zeroed(length)?;
        let count = retry_or_raise(|| files::pread(fd.0, &mut data, offset))?;
        Ok(PyBytes::new(&data[..count]))
    }

    /// Write bytes to a file descriptor starting at a particular offset.
    ///
    /// Write buffer to fd, starting at offset bytes from the beginning of
    /// the file.  Returns the number of bytes written.  Does not change the
    /// current file offset.
    #[pyfunction(signature = "(fd, buffer, offset, /)")]
    pub fn pwrite(fd: FileNumber, buffer: &PyObject, offset: i64) -> PyResult<usize> {
        let data = Buffer::get(buffer, taipan_abi::PyBUF_SIMPLE)?;
        retry_or_raise(|| files::pwrite(fd.0, data.as_bytes(), offset))
    }

    /// Return True if the fd is connected to a terminal.
    ///
    /// Return True if the file descriptor is an open file descriptor
    /// connected to the slave end of a terminal.
    #[pyfunction(signature = "(fd, /)")]
    pub fn isatty(fd: i32) -> bool {
        files::is_terminal(fd)
    }

    /// Create a pipe.
    ///
    /// Returns a tuple of two file descriptors:
    ///   (read_fd, write_fd)
    #[pyfunction(signature = "()")]
    pub fn pipe() -> PyResult<(i32, i32)> {
        files::pipe(O_CLOEXEC).map_err(os_error)
    }

    /// Create a pipe with flags set atomically.
    ///
    /// Returns a tuple of two file descriptors:
    ///   (read_fd, write_fd)
    ///
    /// flags can be constructed by ORing together one or more of these values:
    /// O_NONBLOCK, O_CLOEXEC.
    #[pyfunction(signature = "(flags, /)")]
    pub fn pipe2(flags: i32) -> PyResult<(i32, i32)> {
        files::pipe(flags).map_err(os_error)
    }

    /// Truncate a file, specified by file descriptor, to a specific length.
    #[pyfunction(signature = "(fd, length, /)")]
    pub fn ftruncate(fd: FileNumber, length: i64) -> PyResult<()> {
        retry_or_raise(|| files::ftruncate(fd.0, length))
    }

    /// Truncate a file, specified by path, to a specific length.
    ///
    /// On some platforms, path may also be specified as an open file descriptor.
    /// If this functionality is unavailable, using it raises an exception.
    #[pyfunction(signature = "(path, length)")]
    pub fn truncate(path: PathOrFd, length: i64) -> PyResult<()> {
        let done = retry(|| match &path {
            PathOrFd::Path(path) => files::truncate(path.as_c(), length),
            PathOrFd::Fd(fd) => files::ftruncate(*fd, length),
        })?;
        done.map_err(|errno| path.error(errno))
    }

    /// Force write of fd to disk.
    #[pyfunction(signature = "(fd)")]
    pub fn fsync(fd: FileNumber) -> PyResult<()> {
        retry_or_raise(|| files::fsync(fd.0))
    }

    /// Force write of fd to disk without forcing update of metadata.
    #[pyfunction(signature = "(fd)")]
    pub fn fdatasync(fd: FileNumber) -> PyResult<()> {
        retry_or_raise(|| files::fdatasync(fd.0))
    }

    /// Force write of everything to disk.
    #[pyfunction(signature = "()")]
    pub fn sync() {
        files::sync();
    }

    /// Change the access permissions of the file given by file descriptor fd.
    ///
    ///   fd
    ///     The file descriptor of the file to be modified.
    ///   mode
    ///     Operating-system mode bitfield.
    ///     Be careful when using number literals for *mode*. The conventional UNIX notation for
    ///     numeric modes uses an octal base, which needs to be indicated with a ``0o`` prefix in
    ///     Python.
    ///
    /// Equivalent to os.chmod(fd, mode).
    #[pyfunction(signature = "(fd, mode)")]
    pub fn fchmod(fd: i32, mode: i32) -> PyResult<()> {
        retry_or_raise(|| files::fchmod(fd, mode as u32))
    }

    /// Change the owner and group id of the file specified by file descriptor.
    ///
    /// Equivalent to os.chown(fd, uid, gid).
    #[pyfunction(signature = "(fd, uid, gid)")]
    pub fn fchown(fd: i32, uid: super::super::identity::Id, gid: super::super::identity::Id) -> PyResult<()> {
        retry_or_raise(|| files::fchown(fd, uid.0, gid.0))
    }

    /// Change to the directory of the given file descriptor.
    ///
    /// fd must be opened on a directory, not a file.
    /// Equivalent to os.chdir(fd).
    #[pyfunction(signature = "(fd)")]
    pub fn fchdir(fd: FileNumber) -> PyResult<()> {
        retry_or_raise(|| files::fchdir(fd.0))
    }

    /// Get the blocking mode of the file descriptor.
    ///
    /// Return False if the O_NONBLOCK flag is set, True if the flag is cleared.
    #[pyfunction(signature = "(fd, /)")]
    pub fn get_blocking(fd: i32) -> PyResult<bool> {
        files::is_blocking(fd).map_err(os_error)
    }

    /// Set the blocking mode of the specified file descriptor.
    ///
    /// Set the O_NONBLOCK flag if blocking is False,
    /// clear the O_NONBLOCK flag otherwise.
    #[pyfunction(signature = "(fd, blocking, /)")]
    pub fn set_blocking(fd: i32, blocking: bool) -> PyResult<()> {
        files::set_blocking(fd, blocking).map_err(os_error)
    }

    /// Get the close-on-exe flag of the specified file descriptor.
    #[pyfunction(signature = "(fd, /)")]
    pub fn get_inheritable(fd: i32) -> PyResult<bool> {
        files::is_inheritable(fd).map_err(os_error)
    }

    /// Set the inheritable flag of the specified file descriptor.
    #[pyfunction(signature = "(fd, inheritable, /)")]
    pub fn set_inheritable(fd: i32, inheritable: i32) -> PyResult<()> {
        files::set_inheritable(fd, inheritable != 0).map_err(os_error)
    }

    /// Apply, test or remove a POSIX lock on an open file descriptor.
    ///
    ///   fd
    ///     An open file descriptor.
    ///   command
    ///     One of F_LOCK, F_TLOCK, F_ULOCK or F_TEST.
    ///   length
    ///     The number of bytes to lock, starting at the current position.
    #[pyfunction(signature = "(fd, command, length, /)")]
    pub fn lockf(fd: FileNumber, command: i32, length: i64) -> PyResult<()> {
        retry_or_raise(|| files::lockf(fd.0, command, length))
    }

    /// Ensure a file has allocated at least a particular number of bytes on disk.
    ///
    /// Ensure that the file specified by fd encompasses a range of bytes
    /// starting at offset bytes from the beginning and continuing for length bytes.
    #[pyfunction(signature = "(fd, offset, length, /)")]
    pub fn posix_fallocate(fd: i32, offset: i64, length: i64) -> PyResult<()> {
        retry_or_raise(|| files::posix_fallocate(fd, offset, length))
    }

    /// Announce an intention to access data in a specific pattern.
    ///
    /// Announce an intention to access data in a specific pattern, thus allowing
    /// the kernel to make optimizations.
    /// The advice applies to the region of the file specified by fd starting at
    /// offset and continuing for length bytes.
    /// advice is one of POSIX_FADV_NORMAL, POSIX_FADV_SEQUENTIAL,
    /// POSIX_FADV_RANDOM, POSIX_FADV_NOREUSE, POSIX_FADV_WILLNEED, or
    /// POSIX_FADV_DONTNEED.
    #[pyfunction(signature = "(fd, offset, length, advice, /)")]
    pub fn posix_fadvise(fd: i32, offset: i64, length: i64, advice: i32) -> PyResult<()> {
        retry_or_raise(|| files::posix_fadvise(fd, offset, length, advice))
    }

    /// Return a string describing the encoding of a terminal's file descriptor.
    ///
    /// The file descriptor must be attached to a terminal.
    /// If the device is not a terminal, return None.
    #[pyfunction(signature = "(fd)")]
    pub fn device_encoding(fd: i32) -> Option<String> {
        files::is_terminal(fd).then(|| {
            const CODESET: i32 = 14;
            String::from_utf8_lossy(&taipan_host::locale::information(CODESET)).into_owned()
        })
    }

    /// Return the limit of an open file.
    ///
    /// Return the configuration limit name for the file descriptor fd.
    /// If there is no limit, return -1.
    #[pyfunction(signature = "(fd, name, /)")]
    pub fn fpathconf(fd: FileNumber, name: &PyObject) -> PyResult<i64> {
        let name = super::super::system::configured_name(name, super::super::constants::PATHCONF)?;
        taipan_host::paths::fpathconf(fd.0, name).map(|limit| limit.unwrap_or(-1)).map_err(os_error)
    }

    /// Create an anonymous file; return a file descriptor.
    #[pyfunction(signature = "(name, flags=1)")]
    pub fn memfd_create(name: Path, flags: u32) -> PyResult<i32> {
        files::memfd_create(name.as_c(), flags).map_err(os_error)
    }

    /// Creates and returns an event notification file descriptor.
    #[pyfunction(signature = "(initval, flags=524288)")]
    pub fn eventfd(initval: u32, flags: i32) -> PyResult<i32> {
        files::eventfd(initval, flags).map_err(os_error)
    }

    /// Read eventfd value
    #[pyfunction(signature = "(fd)")]
    pub fn eventfd_read(fd: FileNumber) -> PyResult<u64> {
        retry_or_raise(|| files::eventfd_read(fd.0))
    }

    /// Write eventfd value.
    #[pyfunction(signature = "(fd, value)")]
    pub fn eventfd_write(fd: FileNumber, value: u64) -> PyResult<()> {
        retry_or_raise(|| files::eventfd_write(fd.0, value))
    }

    /// Return the size of the terminal window as (columns, lines).
    ///
    /// The optional argument fd (default standard output) specifies
    /// which file descriptor should be queried.
    ///
    /// If the file descriptor is not connected to a terminal, an OSError
    /// is thrown.
    ///
    /// This function will only be defined if an implementation is
    /// available for this system.
    ///
    /// shutil.get_terminal_size is the high-level function which should
    /// normally be used, os.get_terminal_size is the low-level implementation.
    #[pyfunction(signature = "(fd=<unrepresentable>, /)")]
    pub fn get_terminal_size(fd: OptArg<i32>) -> PyResult {
        super::super::terminals::size(fd.given().unwrap_or(1))
    }
}

/// A buffer for so many bytes; `OSError` for a negative number.
pub(super) fn zeroed(length: isize) -> PyResult<Vec<u8>> {
    const EINVAL: Errno = Errno(22);
    const LARGEST: usize = i32::MAX as usize;
    let length = usize::try_from(length).map_err(|_| os_error(EINVAL))?.min(LARGEST);
    let mut data = Vec::new();
    data.try_reserve_exact(length).map_err(|_| raised!(MemoryError))?;
    data.resize(length, 0);
    Ok(data)
}
