//! Folders and names: making, removing, renaming, listing, changing what they allow.

use super::folder_of;
use super::identity::Id;
use taipan_host::paths;
use taipan_objects::errors;
use taipan_objects::prelude::*;
use taipan_objects::system::path::{FolderFd, OptionalPathOrFd, Path, PathOrFd, fspath as fspath_of};
use taipan_objects::system::{audit, os_error, retry};

const AT_SYMLINK_NOFOLLOW: i32 = 0x100;
const AT_REMOVEDIR: i32 = 0x200;
const AT_EACCESS: i32 = 0x200;

fn fd_object(dir_fd: Option<FolderFd>) -> Py<PyInt> {
    let fd = folder_of(dir_fd);
    PyInt::from_i64(if fd == taipan_host::CURRENT_FOLDER { -1 } else { i64::from(fd) })
}

fn renamed(src: &Path, dst: &Path, from: Option<FolderFd>, to: Option<FolderFd>) -> PyResult<()> {
    audit(c"os.rename", &[src.object(), dst.object(), &fd_object(from), &fd_object(to)])?;
    paths::rename_at(folder_of(from), src.as_c(), folder_of(to), dst.as_c())
        .map_err(|errno| errors::set_os_error(errno, Some(src.object()), Some(dst.object())))
}

fn removed(path: &Path, dir_fd: Option<FolderFd>) -> PyResult<()> {
    audit(c"os.remove", &[path.object(), &fd_object(dir_fd)])?;
    paths::unlink_at(folder_of(dir_fd), path.as_c(), 0).map_err(|errno| path.error(errno))
}

/// `NotImplementedError` for two arguments that exclude each other.
#[cold]
fn not_together(function: &str, a: &str, b: &str) -> Raised {
    raised!(ValueError, "{function}: cannot use {a} and {b} together")
}

#[pymodule(fragment)]
pub mod folders {
    use super::*;

    /// Create a directory.
    ///
    /// If dir_fd is not None, it should be a file descriptor open to a directory,
    ///   and path should be relative; path will then be relative to that directory.
    /// dir_fd may not be implemented on your platform.
    ///   If it is unavailable, using it will raise a NotImplementedError.
    ///
    /// The mode argument is ignored on Windows. Where it is used, the current umask
    /// value is first masked out.
    #[pyfunction(signature = "(path, mode=511, *, dir_fd=None)")]
    pub fn mkdir(path: Path, mode: i32, dir_fd: Option<FolderFd>) -> PyResult<()> {
        audit(c"os.mkdir", &[path.object(), &PyInt::from_i64(i64::from(mode)), &fd_object(dir_fd)])?;
        paths::mkdir_at(folder_of(dir_fd), path.as_c(), mode as u32).map_err(|errno| path.error(errno))
    }

    /// Remove a directory.
    ///
    /// If dir_fd is not None, it should be a file descriptor open to a directory,
    ///   and path should be relative; path will then be relative to that directory.
    /// dir_fd may not be implemented on your platform.
    ///   If it is unavailable, using it will raise a NotImplementedError.
    #[pyfunction(signature = "(path, *, dir_fd=None)")]
    pub fn rmdir(path: Path, dir_fd: Option<FolderFd>) -> PyResult<()> {
        audit(c"os.rmdir", &[path.object(), &fd_object(dir_fd)])?;
        let done = match dir_fd {
            Some(folder) => paths::unlink_at(folder.0, path.as_c(), AT_REMOVEDIR),
            None => paths::rmdir(path.as_c()),
        };
        done.map_err(|errno| path.error(errno))
    }

    /// Remove a file (same as remove()).
    ///
    /// If dir_fd is not None, it should be a file descriptor open to a directory,
    ///   and path should be relative; path will then be relative to that directory.
    /// dir_fd may not be implemented on your platform.
    ///   If it is unavailable, using it will raise a NotImplementedError.
    #[pyfunction(signature = "(path, *, dir_fd=None)")]
    pub fn unlink(path: Path, dir_fd: Option<FolderFd>) -> PyResult<()> {
        removed(&path, dir_fd)
    }

    /// Remove a file (same as unlink()).
    ///
    /// If dir_fd is not None, it should be a file descriptor open to a directory,
    ///   and path should be relative; path will then be relative to that directory.
    /// dir_fd may not be implemented on your platform.
    ///   If it is unavailable, using it will raise a NotImplementedError.
    #[pyfunction(signature = "(path, *, dir_fd=None)")]
    pub fn remove(path: Path, dir_fd: Option<FolderFd>) -> PyResult<()> {
        removed(&path, dir_fd)
    }

    /// Rename a file or directory.
    ///
    /// If either src_dir_fd or dst_dir_fd is not None, it should be a file
    ///   descriptor open to a directory, and the respective path string (src or dst)
    ///   should be relative; the path will then be relative to that directory.
    /// src_dir_fd and dst_dir_fd, may not be implemented on your platform.
    ///   If they are unavailable, using them will raise a NotImplementedError.
    #[pyfunction(signature = "(src, dst, *, src_dir_fd=None, dst_dir_fd=None)")]
    pub fn rename(
        src: Path,
        dst: Path,
        src_dir_fd: Option<FolderFd>,
        dst_dir_fd: Option<FolderFd>,
    ) -> PyResult<()> {
        renamed(&src, &dst, src_dir_fd, dst_dir_fd)
    }

    /// Rename a file or directory, overwriting the destination.
    ///
    /// If either src_dir_fd or dst_dir_fd is not None, it should be a file
    ///   descriptor open to a directory, and the respective path string (src or dst)
    ///   should be relative; the path will then be relative to that directory.
    /// src_dir_fd and dst_dir_fd, may not be implemented on your platform.
    ///   If they are unavailable, using them will raise a NotImplementedError.
    #[pyfunction(signature = "(src, dst, *, src_dir_fd=None, dst_dir_fd=None)")]
    pub fn replace(
        src: Path,
        dst: Path,
        src_dir_fd: Option<FolderFd>,
        dst_dir_fd: Option<FolderFd>,
    ) -> PyResult<()> {
        renamed(&src, &dst, src_dir_fd, dst_dir_fd)
    }

    /// Return a list containing the names of the files in the directory.
    ///
    /// path can be specified as either str, bytes, or a path-like object.  If path is bytes,
    ///   the filenames returned will also be bytes; in all other circumstances
    ///   the filenames returned will be str.
    /// If path is None, uses the path='.'.
    /// On some platforms, path may also be specified as an open file descriptor;\
    ///   the file descriptor must refer to a directory.
    ///   If this functionality is unavailable, using it raises NotImplementedError.
    ///
    /// The list is in arbitrary order.  It does not include the special
    /// entries '.' and '..' even if they are present in the directory.
    #[pyfunction(signature = "(path=None)")]
    pub fn listdir(path: Option<OptionalPathOrFd>) -> PyResult<Py<PyList>> {
        let OptionalPathOrFd(path) = path.unwrap_or_default();
        let open = match &path {
            PathOrFd::Path(path) => {
                audit(c"os.listdir", &[path.object()])?;
                paths::Folder::open(path.as_c())
            }
            PathOrFd::Fd(fd) => {
                audit(c"os.listdir", &[&PyInt::from_i64(i64::from(*fd))])?;
                paths::Folder::from_fd(*fd)
            }
        };
        let mut folder = open.map_err(|errno| path.error(errno))?;
        let mut names = Vec::new();
        while let Some(entry) = folder.next_entry().map_err(|errno| path.error(errno))? {
            let name = entry.name.as_bytes();
            names.push(if path.is_bytes() {
                PyBytes::new(name).into_obj()
            } else {
                PyStr::decode_fs(name).into_obj()
            });
        }
        PyList::try_from_vec(names)
    }

    /// Change the current working directory to the specified path.
    ///
    /// path may always be specified as a string.
    /// On some platforms, path may also be specified as an open file descriptor.
    /// If this functionality is unavailable, using it raises an exception.
    #[pyfunction(signature = "(path)")]
    pub fn chdir(path: PathOrFd) -> PyResult<()> {
        let done = match &path {
            PathOrFd::Path(path) => {
                audit(c"os.chdir", &[path.object()])?;
                paths::chdir(path.as_c())
            }
            PathOrFd::Fd(fd) => {
                audit(c"os.chdir", &[&PyInt::from_i64(i64::from(*fd))])?;
                taipan_host::files::fchdir(*fd)
            }
        };
        done.map_err(|errno| path.error(errno))
    }

    /// Change root directory to path.
    #[pyfunction(signature = "(path)")]
    pub fn chroot(path: Path) -> PyResult<()> {
        paths::chroot(path.as_c()).map_err(|errno| path.error(errno))
    }

    /// Return a unicode string representing the current working directory.
    #[pyfunction(signature = "()")]
    pub fn getcwd() -> PyResult<Py<PyStr>> {
        paths::current_folder().map(|path| PyStr::decode_fs(&path)).map_err(os_error)
    }

    /// Return a bytes string representing the current working directory.
    #[pyfunction(signature = "()")]
    pub fn getcwdb() -> PyResult<Py<PyBytes>> {
        paths::current_folder().map(|path| PyBytes::new(&path)).map_err(os_error)
    }

    /// Return the file system path representation of the object.
    ///
    /// If the object is str or bytes, then allow it to pass through as-is. If the
    /// object defines __fspath__(), then return the result of that method. All other
    /// types raise a TypeError.
    #[pyfunction(signature = "(path)")]
    pub fn fspath(path: &PyObject) -> PyResult {
        fspath_of(path)
    }

    /// Use the real uid/gid to test for access to a path.
    ///
    ///   path
    ///     Path to be tested; can be string, bytes, or a path-like object.
    ///   mode
    ///     Operating-system mode bitfield.  Can be F_OK to test existence,
    ///     or the inclusive-OR of R_OK, W_OK, and X_OK.
    ///   dir_fd
    ///     If not None, it should be a file descriptor open to a directory,
    ///     and path should be relative; path will then be relative to that
    ///     directory.
    ///   effective_ids
    ///     If True, access will use the effective uid/gid instead of
    ///     the real uid/gid.
    ///   follow_symlinks
    ///     If False, and the last element of the path is a symbolic link,
    ///     access will examine the symbolic link itself instead of the file
    ///     the link points to.
    ///
    /// dir_fd, effective_ids, and follow_symlinks may not be implemented
    ///   on your platform.  If they are unavailable, using them will raise a
    ///   NotImplementedError.
    ///
    /// Note that most operations will use the effective uid/gid, therefore this
    ///   routine can be used in a suid/sgid environment to test if the invoking user
    ///   has the specified access to the path.
    #[pyfunction(signature = "(path, mode, *, dir_fd=None, effective_ids=False, follow_symlinks=True)")]
    pub fn access(
        path: Path,
        mode: i32,
        dir_fd: Option<FolderFd>,
        effective_ids: bool,
        follow_symlinks: bool,
    ) -> bool {
        let mut flags = if follow_symlinks { 0 } else { AT_SYMLINK_NOFOLLOW };
        if effective_ids {
            flags |= AT_EACCESS;
        }
        paths::access_at(folder_of(dir_fd), path.as_c(), mode, flags).is_ok()
    }

    /// Change the access permissions of a file.
    ///
    ///   path
    ///     Path to be modified.  May always be specified as a str, bytes, or a path-like object.
    ///     On some platforms, path may also be specified as an open file descriptor.
    ///     If this functionality is unavailable, using it raises an exception.
    ///   mode
    ///     Operating-system mode bitfield.
    ///     Be careful when using number literals for *mode*. The conventional UNIX notation for
    ///     numeric modes uses an octal base, which needs to be indicated with a ``0o`` prefix in
    ///     Python.
    ///   dir_fd
    ///     If not None, it should be a file descriptor open to a directory,
    ///     and path should be relative; path will then be relative to that
    ///     directory.
    ///   follow_symlinks
    ///     If False, and the last element of the path is a symbolic link,
    ///     chmod will modify the symbolic link itself instead of the file
    ///     the link points to.
    ///
    /// It is an error to use dir_fd or follow_symlinks when specifying path as
    ///   an open file descriptor.
    /// dir_fd and follow_symlinks may not be implemented on your platform.
    ///   If they are unavailable, using them will raise a NotImplementedError.
    #[pyfunction(
        signature = "(path, mode, *, dir_fd=None, follow_symlinks=True)",
        text = "($module, /, path, mode, *, dir_fd=None, follow_symlinks=(os.name != 'nt'))"
    )]
    pub fn chmod(path: PathOrFd, mode: i32, dir_fd: Option<FolderFd>, follow_symlinks: bool) -> PyResult<()> {
        let shown = match &path {
            PathOrFd::Path(path) => path.object().owned(),
            PathOrFd::Fd(fd) => PyInt::from_i64(i64::from(*fd)).into_obj(),
        };
        audit(c"os.chmod", &[&shown, &PyInt::from_i64(i64::from(mode)), &fd_object(dir_fd)])?;
        let done = match &path {
            PathOrFd::Fd(fd) => taipan_host::files::fchmod(*fd, mode as u32),
            PathOrFd::Path(path) if !follow_symlinks => {
                paths::chmod_at(folder_of(dir_fd), path.as_c(), mode as u32, AT_SYMLINK_NOFOLLOW)
            }
            PathOrFd::Path(path) => paths::chmod_at(folder_of(dir_fd), path.as_c(), mode as u32, 0),
        };
        done.map_err(|errno| path.error(errno))
    }

    /// Change the owner and group id of path to the numeric uid and gid.\
    ///
    ///   path
    ///     Path to be examined; can be string, bytes, a path-like object, or open-file-descriptor int.
    ///   dir_fd
    ///     If not None, it should be a file descriptor open to a directory,
    ///     and path should be relative; path will then be relative to that
    ///     directory.
    ///   follow_symlinks
    ///     If False, and the last element of the path is a symbolic link,
    ///     stat will examine the symbolic link itself instead of the file
    ///     the link points to.
    ///
    /// path may always be specified as a string.
    /// On some platforms, path may also be specified as an open file descriptor.
    ///   If this functionality is unavailable, using it raises an exception.
    /// If dir_fd is not None, it should be a file descriptor open to a directory,
    ///   and path should be relative; path will then be relative to that directory.
    /// If follow_symlinks is False, and the last element of the path is a symbolic
    ///   link, chown will modify the symbolic link itself instead of the file the
    ///   link points to.
    /// It is an error to use dir_fd or follow_symlinks when specifying path as
    ///   an open file descriptor.
    /// dir_fd and follow_symlinks may not be implemented on your platform.
    ///   If they are unavailable, using them will raise a NotImplementedError.
    #[pyfunction(signature = "(path, uid, gid, *, dir_fd=None, follow_symlinks=True)")]
    pub fn chown(
        path: PathOrFd,
        uid: Id,
        gid: Id,
        dir_fd: Option<FolderFd>,
        follow_symlinks: bool,
    ) -> PyResult<()> {
        let done = match &path {
            PathOrFd::Fd(_) if dir_fd.is_some() => return Err(not_together("chown", "dir_fd", "fd")),
            PathOrFd::Fd(_) if !follow_symlinks => {
                return Err(not_together("chown", "fd", "follow_symlinks"));
            }
            PathOrFd::Fd(fd) => retry(|| taipan_host::files::fchown(*fd, uid.0, gid.0))?,
            PathOrFd::Path(path) => {
                let flags = if follow_symlinks { 0 } else { AT_SYMLINK_NOFOLLOW };
                paths::chown_at(folder_of(dir_fd), path.as_c(), uid.0, gid.0, flags)
            }
        };
        done.map_err(|errno| path.error(errno))
    }

    /// Change the owner and group id of path to the numeric uid and gid.
    ///
    /// This function will not follow symbolic links.
    /// Equivalent to os.chown(path, uid, gid, follow_symlinks=False).
    #[pyfunction(signature = "(path, uid, gid)")]
    pub fn lchown(path: Path, uid: Id, gid: Id) -> PyResult<()> {
        paths::chown_at(taipan_host::CURRENT_FOLDER, path.as_c(), uid.0, gid.0, AT_SYMLINK_NOFOLLOW)
            .map_err(|errno| path.error(errno))
    }

    /// Create a "fifo" (a POSIX named pipe).
    ///
    /// If dir_fd is not None, it should be a file descriptor open to a directory,
    ///   and path should be relative; path will then be relative to that directory.
    /// dir_fd may not be implemented on your platform.
    ///   If it is unavailable, using it will raise a NotImplementedError.
    #[pyfunction(signature = "(path, mode=438, *, dir_fd=None)")]
    pub fn mkfifo(path: Path, mode: i32, dir_fd: Option<FolderFd>) -> PyResult<()> {
        retry(|| paths::mkfifo_at(folder_of(dir_fd), path.as_c(), mode as u32))?
            .map_err(|errno| path.error(errno))
    }

    /// Create a node in the file system.
    ///
    /// Create a node in the file system (file, device special file or named pipe)
    /// at path.  mode specifies both the permissions to use and the
    /// type of node to be created, being combined (bitwise OR) with one of
    /// S_IFREG, S_IFCHR, S_IFBLK, and S_IFIFO.  If S_IFCHR or S_IFBLK is set on mode,
    /// device defines the newly created device special file (probably using
    /// os.makedev()).  Otherwise device is ignored.
    ///
    /// If dir_fd is not None, it should be a file descriptor open to a directory,
    ///   and path should be relative; path will then be relative to that directory.
    /// dir_fd may not be implemented on your platform.
    ///   If it is unavailable, using it will raise a NotImplementedError.
    #[pyfunction(signature = "(path, mode=384, device=0, *, dir_fd=None)")]
    pub fn mknod(path: Path, mode: i32, device: u64, dir_fd: Option<FolderFd>) -> PyResult<()> {
        retry(|| paths::mknod_at(folder_of(dir_fd), path.as_c(), mode as u32, device))?
            .map_err(|errno| path.error(errno))
    }

    /// Return the configuration limit name for the file or directory path.
    ///
    /// If there is no limit, return -1.
    /// On some platforms, path may also be specified as an open file descriptor.
    ///   If this functionality is unavailable, using it raises an exception.
    #[pyfunction(signature = "(path, name)")]
    pub fn pathconf(path: PathOrFd, name: &PyObject) -> PyResult<i64> {
        let name = super::super::system::configured_name(name, super::super::constants::PATHCONF)?;
        let limit = match &path {
            PathOrFd::Path(path) => paths::pathconf(path.as_c(), name),
            PathOrFd::Fd(fd) => paths::fpathconf(*fd, name),
        };
        limit.map(|limit| limit.unwrap_or(-1)).map_err(|errno| path.error(errno))
    }

    /// Normalize path, eliminating double slashes, etc.
    #[pyfunction(name = "_path_normpath", signature = "(path)")]
    pub fn path_normpath(path: &PyObject) -> PyResult {
        let plain = fspath_of(path)?;
        if let Some(bytes) = plain.downcast::<PyBytes>() {
            return Ok(PyBytes::new(&normalised(bytes.as_slice())).into_obj());
        }
        let text = plain.downcast::<PyStr>().map(|text| text.to_wtf8());
        let text = text.as_ref().map_or(&b""[..], |text| text.as_bytes());
        let normal = taipan_bytecode::Wtf8Buf::from_wtf8(normalised(text));
        Ok(normal.map_or_else(PyStr::empty, |text| PyStr::from_wtf8(&text)).into_obj())
    }

    /// Split a pathname into drive, root and tail.
    ///
    /// The tail contains anything after the root.
    #[pyfunction(name = "_path_splitroot_ex", signature = "(p)")]
    pub fn path_splitroot_ex(p: &PyObject) -> PyResult<(Obj, Obj, Obj)> {
        let plain = fspath_of(p)?;
        let slashes = |first: &[u8]| match first {
            [b'/', b'/', b'/', ..] => 1,
            [b'/', b'/', ..] => 2,
            [b'/', ..] => 1,
            _ => 0,
        };
        if let Some(bytes) = plain.downcast::<PyBytes>() {
            let bytes = bytes.as_slice();
            let (root, tail) = bytes.split_at(slashes(bytes));
            let part = |bytes: &[u8]| PyBytes::new(bytes).into_obj();
            return Ok((part(b""), part(root), part(tail)));
        }
        let Some(text) = plain.downcast::<PyStr>() else {
            return Err(raised!(TypeError, "expected str or bytes"));
        };
        let first: Vec<u8> =
            (0..text.len().min(3)).map(|i| u8::try_from(text.char_at(i)).unwrap_or(0)).collect();
        let at = slashes(&first);
        let part = |start, end| text.substring(start, end).into_obj();
        Ok((PyStr::empty().into_obj(), part(0, at), part(at, text.len())))
    }
}

/// A path without empty, `.` and resolvable `..` parts; two leading slashes stay.
fn normalised(path: &[u8]) -> Vec<u8> {
    let text = path;
    let root: &[u8] = match text {
        [b'/', b'/', b'/', ..] => b"/",
        [b'/', b'/', ..] => b"//",
        [b'/', ..] => b"/",
        _ => b"",
    };
    let mut parts: Vec<&[u8]> = Vec::new();
    for part in text.split(|&b| b == b'/') {
        match part {
            b"" | b"." => {}
            b".." if parts.last().is_some_and(|last| *last != b"..") => {
                parts.pop();
            }
            b".." if !root.is_empty() => {}
            _ => parts.push(part),
        }
    }
    let mut normal = root.to_vec();
    normal.extend(parts.join(&b'/'));
    if normal.is_empty() {
        normal.push(b'.');
    }
    normal
}
