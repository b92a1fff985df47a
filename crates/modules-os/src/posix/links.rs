//! Links, hard and symbolic, and file times.

use super::folder_of;
use taipan_host::paths;
use taipan_objects::errors;
use taipan_objects::model::args::OptArg;
use taipan_objects::prelude::*;
use taipan_objects::system::path::{FolderFd, Path, PathOrFd};
use taipan_objects::system::{audit, os_error};

const AT_SYMLINK_NOFOLLOW: i32 = 0x100;
const AT_SYMLINK_FOLLOW: i32 = 0x400;

#[pymodule(fragment)]
pub mod links {
    use super::*;

    /// Create a hard link to a file.
    ///
    /// If either src_dir_fd or dst_dir_fd is not None, it should be a file
    ///   descriptor open to a directory, and the respective path string (src or dst)
    ///   should be relative; the path will then be relative to that directory.
    /// If follow_symlinks is False, and the last element of src is a symbolic
    ///   link, link will create a link to the symbolic link itself instead of the
    ///   file the link points to.
    /// src_dir_fd, dst_dir_fd, and follow_symlinks may not be implemented on your
    ///   platform.  If they are unavailable, using them will raise a
    ///   NotImplementedError.
    #[pyfunction(
        signature = "(src, dst, *, src_dir_fd=None, dst_dir_fd=None, follow_symlinks=(os.name != 'nt'))"
    )]
    pub fn link(
        src: Path,
        dst: Path,
        src_dir_fd: Option<FolderFd>,
        dst_dir_fd: Option<FolderFd>,
        follow_symlinks: OptArg<bool>,
    ) -> PyResult<()> {
        let flags = if follow_symlinks.given() == Some(true) { AT_SYMLINK_FOLLOW } else { 0 };
        paths::link_at(folder_of(src_dir_fd), src.as_c(), folder_of(dst_dir_fd), dst.as_c(), flags)
            .map_err(|errno| errors::set_os_error(errno, Some(src.object()), Some(dst.object())))
    }

    /// Create a symbolic link pointing to src named dst.
    ///
    /// target_is_directory is required on Windows if the target is to be
    ///   interpreted as a directory.  (On Windows, symlink requires
    ///   Windows 6.0 or greater, and raises a NotImplementedError otherwise.)
    ///   target_is_directory is ignored on non-Windows platforms.
    ///
    /// If dir_fd is not None, it should be a file descriptor open to a directory,
    ///   and path should be relative; path will then be relative to that directory.
    /// dir_fd may not be implemented on your platform.
    ///   If it is unavailable, using it will raise a NotImplementedError.
    #[pyfunction(signature = "(src, dst, target_is_directory=False, *, dir_fd=None)")]
    pub fn symlink(
        src: Path,
        dst: Path,
        target_is_directory: bool,
        dir_fd: Option<FolderFd>,
    ) -> PyResult<()> {
        let _ = target_is_directory;
        audit(c"os.symlink", &[src.object(), dst.object(), &PyInt::from_i64(i64::from(folder_of(dir_fd)))])?;
        paths::symlink_at(src.as_c(), folder_of(dir_fd), dst.as_c())
            .map_err(|errno| errors::set_os_error(errno, Some(src.object()), Some(dst.object())))
    }

    /// Return a string representing the path to which the symbolic link points.
    ///
    /// If dir_fd is not None, it should be a file descriptor open to a directory,
    /// and path should be relative; path will then be relative to that directory.
    ///
    /// dir_fd may not be implemented on your platform.  If it is unavailable,
    /// using it will raise a NotImplementedError.
    #[pyfunction(signature = "(path, *, dir_fd=None)")]
    pub fn readlink(path: Path, dir_fd: Option<FolderFd>) -> PyResult {
        match paths::readlink_at(folder_of(dir_fd), path.as_c()) {
            Ok(target) => Ok(path.name(&target)),
            Err(errno) => Err(path.error(errno)),
        }
    }

    /// Set the access and modified time of path.
    ///
    /// path may always be specified as a string.
    /// On some platforms, path may also be specified as an open file descriptor.
    ///   If this functionality is unavailable, using it raises an exception.
    ///
    /// If times is not None, it must be a tuple (atime, mtime);
    ///     atime and mtime should be expressed as float seconds since the epoch.
    /// If ns is specified, it must be a tuple (atime_ns, mtime_ns);
    ///     atime_ns and mtime_ns should be expressed as integer nanoseconds
    ///     since the epoch.
    /// If times is None and ns is unspecified, utime uses the current time.
    /// Specifying tuples for both times and ns is an error.
    ///
    /// If dir_fd is not None, it should be a file descriptor open to a directory,
    ///   and path should be relative; path will then be relative to that directory.
    /// If follow_symlinks is False, and the last element of the path is a symbolic
    ///   link, utime will modify the symbolic link itself instead of the file the
    ///   link points to.
    /// It is an error to use dir_fd or follow_symlinks when specifying path
    ///   as an open file descriptor.
    /// dir_fd and follow_symlinks may not be available on your platform.
    ///   If they are unavailable, using them will raise a NotImplementedError.
    #[pyfunction(
        signature = "(path, times=None, *, ns=<unrepresentable>, dir_fd=None, follow_symlinks=True)"
    )]
    pub fn utime(
        path: PathOrFd,
        times: Option<&PyObject>,
        ns: OptArg<&PyObject>,
        dir_fd: Option<FolderFd>,
        follow_symlinks: bool,
    ) -> PyResult<()> {
        let wanted = match (times, ns.given()) {
            (Some(_), Some(_)) => {
                return Err(raised!(
                    ValueError,
                    "utime: you may specify either 'times' or 'ns' but not both"
                ));
            }
            (Some(times), None) => {
                let Some((accessed, modified)) = pair(times) else {
                    return Err(raised!(
                        TypeError,
                        "utime: 'times' must be either a tuple of two ints or None"
                    ));
                };
                Some((nanoseconds_of_time(&accessed)?, nanoseconds_of_time(&modified)?))
            }
            (None, Some(ns)) => {
                let Some((accessed, modified)) = pair(ns) else {
                    return Err(raised!(TypeError, "utime: 'ns' must be a tuple of two ints"));
                };
                Some((whole(&accessed)?, whole(&modified)?))
            }
            (None, None) => None,
        };
        let done = match &path {
            PathOrFd::Fd(_) if dir_fd.is_some() => {
                return Err(raised!(ValueError, "utime: can't specify dir_fd without matching path"));
            }
            PathOrFd::Fd(_) if !follow_symlinks => {
                return Err(raised!(ValueError, "utime: cannot use fd and follow_symlinks together"));
            }
            PathOrFd::Fd(fd) => paths::set_fd_times(*fd, wanted),
            PathOrFd::Path(path) => {
                let flags = if follow_symlinks { 0 } else { AT_SYMLINK_NOFOLLOW };
                paths::set_times(folder_of(dir_fd), path.as_c(), wanted, flags)
            }
        };
        done.map_err(|errno| match &path {
            PathOrFd::Path(path) => path.error(errno),
            PathOrFd::Fd(_) => os_error(errno),
        })
    }
}

fn pair(value: &PyObject) -> Option<(Obj, Obj)> {
    match value.downcast::<PyTuple>()?.as_slice() {
        [a, b] => Some((a.owned(), b.owned())),
        _ => None,
    }
}

/// Seconds, whole or not, in nanoseconds, rounded down.
fn nanoseconds_of_time(value: &PyObject) -> PyResult<i64> {
    let too_large = || raised!(OverflowError, "timestamp out of range for platform time_t");
    if let Some(seconds) = value.downcast::<PyFloat>() {
        let seconds = seconds.value();
        if seconds.is_nan() {
            return Err(raised!(ValueError, "Invalid value NaN (not a number)"));
        }
        let whole = seconds.floor();
        if !(-9.2e9..9.2e9).contains(&whole) {
            return Err(too_large());
        }
        return Ok(whole as i64 * 1_000_000_000 + ((seconds - whole) * 1e9).floor() as i64);
    }
    let seconds = number::index(value)?.to_i64().ok_or_else(too_large)?;
    seconds.checked_mul(1_000_000_000).ok_or_else(too_large)
}

fn whole(value: &PyObject) -> PyResult<i64> {
    let Some(number) = value.downcast::<PyInt>() else {
        return Err(raised!(TypeError, "an integer is required"));
    };
    number.to_i64().ok_or_else(|| raised!(OverflowError, "timestamp out of range for platform time_t"))
}
