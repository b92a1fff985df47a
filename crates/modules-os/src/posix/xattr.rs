//! Extended attributes.

use taipan_host::paths::{self, XattrOf};
use taipan_objects::prelude::*;
use taipan_objects::protocols::buffer::Buffer;
use taipan_objects::system::path::{OptionalPathOrFd, Path, PathOrFd};

fn of<'a>(path: &'a PathOrFd, follow_symlinks: bool, function: &str) -> PyResult<XattrOf<'a>> {
    match path {
        PathOrFd::Fd(_) if !follow_symlinks => {
            Err(raised!(ValueError, "{function}: cannot use fd and follow_symlinks together"))
        }
        PathOrFd::Fd(fd) => Ok(XattrOf::Open(*fd)),
        PathOrFd::Path(path) if follow_symlinks => Ok(XattrOf::File(path.as_c())),
        PathOrFd::Path(path) => Ok(XattrOf::Link(path.as_c())),
    }
}

#[pymodule(fragment)]
pub mod xattr {
    use super::*;

    /// Return the value of extended attribute attribute on path.
    ///
    /// path may be either a string, a path-like object, or an open file descriptor.
    /// If follow_symlinks is False, and the last element of the path is a symbolic
    ///   link, getxattr will examine the symbolic link itself instead of the file
    ///   the link points to.
    #[pyfunction(signature = "(path, attribute, *, follow_symlinks=True)")]
    pub fn getxattr(path: PathOrFd, attribute: Path, follow_symlinks: bool) -> PyResult<Py<PyBytes>> {
        paths::get_xattr(of(&path, follow_symlinks, "getxattr")?, attribute.as_c())
            .map(|value| PyBytes::new(&value))
            .map_err(|errno| path.error(errno))
    }

    /// Set extended attribute attribute on path to value.
    ///
    /// path may be either a string, a path-like object,  or an open file descriptor.
    /// If follow_symlinks is False, and the last element of the path is a symbolic
    ///   link, setxattr will modify the symbolic link itself instead of the file
    ///   the link points to.
    #[pyfunction(signature = "(path, attribute, value, flags=0, *, follow_symlinks=True)")]
    pub fn setxattr(
        path: PathOrFd,
        attribute: Path,
        value: &PyObject,
        flags: i32,
        follow_symlinks: bool,
    ) -> PyResult<()> {
        let value = Buffer::get(value, taipan_abi::PyBUF_SIMPLE)?;
        let to = of(&path, follow_symlinks, "setxattr")?;
        paths::set_xattr(to, attribute.as_c(), value.as_bytes(), flags).map_err(|errno| path.error(errno))
    }

    /// Remove extended attribute attribute on path.
    ///
    /// path may be either a string, a path-like object, or an open file descriptor.
    /// If follow_symlinks is False, and the last element of the path is a symbolic
    ///   link, removexattr will modify the symbolic link itself instead of the file
    ///   the link points to.
    #[pyfunction(signature = "(path, attribute, *, follow_symlinks=True)")]
    pub fn removexattr(path: PathOrFd, attribute: Path, follow_symlinks: bool) -> PyResult<()> {
        let done = match of(&path, follow_symlinks, "removexattr")? {
            XattrOf::File(file) => paths::remove_xattr(file, attribute.as_c()),
            XattrOf::Link(file) => paths::remove_link_xattr(file, attribute.as_c()),
            XattrOf::Open(fd) => paths::remove_fd_xattr(fd, attribute.as_c()),
        };
        done.map_err(|errno| path.error(errno))
    }

    /// Return a list of extended attributes on path.
    ///
    /// path may be either None, a string, a path-like object, or an open file descriptor.
    /// if path is None, listxattr will examine the current directory.
    /// If follow_symlinks is False, and the last element of the path is a symbolic
    ///   link, listxattr will examine the symbolic link itself instead of the file
    ///   the link points to.
    #[pyfunction(signature = "(path=None, *, follow_symlinks=True)")]
    pub fn listxattr(path: Option<OptionalPathOrFd>, follow_symlinks: bool) -> PyResult<Py<PyList>> {
        let OptionalPathOrFd(path) = path.unwrap_or_default();
        let names =
            paths::list_xattr(of(&path, follow_symlinks, "listxattr")?).map_err(|errno| path.error(errno))?;
        Ok(PyList::from_vec(names.iter().map(|name| PyStr::decode_fs(name).into_obj()).collect()))
    }
}
