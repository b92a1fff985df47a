//! `scandir`: the entries of a folder with what reading it told about them.

use super::stat;
use core::cell::{Cell, RefCell};
use std::ffi::CString;
use taipan_host::paths::{self, Folder};
use taipan_objects::errors;
use taipan_objects::prelude::*;
use taipan_objects::system::path::{OptionalPathOrFd, PathOrFd};
use taipan_objects::system::{audit, os_error_at};

const DT_UNKNOWN: u8 = 0;
const DT_DIR: u8 = 4;
const DT_REG: u8 = 8;
const DT_LNK: u8 = 10;
const S_IFMT: u32 = 0o170_000;
const AT_SYMLINK_NOFOLLOW: i32 = 0x100;

/// The iterator over a folder's entries.
#[pytype(name = "posix.ScandirIterator", flags(DISALLOW_INSTANTIATION), parts(SCANDIR))]
pub struct ScandirIterator {
    ob_base: PyObject,
    folder: RefCell<Option<Folder>>,
    /// The path as it was given; the names of entries are joined to it.
    path: Obj,
    place: Place,
}

/// Where the entries are: below a path, or in an open folder.
#[derive(Clone)]
enum Place {
    Below(Vec<u8>, bool),
    In(i32),
}

impl Place {
    fn is_bytes(&self) -> bool {
        matches!(self, Place::Below(_, true))
    }

    /// The folder's descriptor and the entry's name for calls of the `…at` kind.
    fn target(&self, name: &std::ffi::CStr) -> (i32, CString) {
        match self {
            Place::In(fd) => (*fd, name.to_owned()),
            Place::Below(folder, _) => (
                taipan_host::CURRENT_FOLDER,
                CString::new(joined(folder, name.to_bytes())).unwrap_or_default(),
            ),
        }
    }
}

fn joined(folder: &[u8], name: &[u8]) -> Vec<u8> {
    let mut path = folder.to_vec();
    if path.last().is_some_and(|&last| last != b'/') {
        path.push(b'/');
    }
    path.extend_from_slice(name);
    path
}

impl ScandirIterator {
    fn next_entry(&self) -> PyResult<Option<Obj>> {
        let entry = {
            let Ok(mut folder) = self.folder.try_borrow_mut() else { return Ok(None) };
            let Some(open) = folder.as_mut() else { return Ok(None) };
            match open.next_entry() {
                Ok(Some(entry)) => entry,
                end => {
                    *folder = None;
                    return match end {
                        Err(errno) => Err(os_error_at(errno, &self.path)),
                        _ => Ok(None),
                    };
                }
            }
        };
        let text = |bytes: &[u8]| -> Obj {
            if self.place.is_bytes() {
                PyBytes::new(bytes).into_obj()
            } else {
                PyStr::decode_fs(bytes).into_obj()
            }
        };
        let path = match &self.place {
            Place::Below(folder, _) => text(&joined(folder, entry.name.to_bytes())),
            Place::In(_) => text(entry.name.to_bytes()),
        };
        let made = taipan_objects::memory::new(PyDirEntry {
            ob_base: PyObject::EMPTY,
            name: text(entry.name.to_bytes()),
            path,
            stat: ObjCell::empty(),
            lstat: ObjCell::empty(),
            ino: entry.ino,
            kind: Cell::new(entry.kind),
            own_name: entry.name,
            place: self.place.clone(),
        });
        Ok(Some(made.into_obj()))
    }
}

#[pymethods(SCANDIR)]
impl ScandirIterator {
    #[slot(tp_iter)]
    fn iter(slf: &PyObject) -> PyResult {
        Ok(slf.owned())
    }

    #[slot(tp_iternext)]
    fn next(&self) -> PyResult<Option<Obj>> {
        self.next_entry()
    }

    #[pymethod(name = "__enter__", no_text)]
    fn enter(&self) -> Obj {
        self.owned()
    }

    #[pymethod(name = "__exit__", signature = "(*args)", no_text)]
    fn exit(&self, _args: &[&PyObject]) {
        self.folder.replace(None);
    }

    #[pymethod(no_text)]
    fn close(&self) {
        self.folder.replace(None);
    }

    #[slot(tp_finalize)]
    fn finalize(&self) {
        if self.folder.replace(None).is_some() {
            let shown = object::repr(self).map_or_else(
                |raised| {
                    errors::clear(raised);
                    String::from("scandir iterator")
                },
                |text| text.to_string_lossy().into_owned(),
            );
            if let Err(raised) =
                errors::warn(Exc::ResourceWarning, 1, format_args!("unclosed scandir iterator {shown}"))
            {
                errors::write_unraisable(raised, None, Some(self));
            }
        }
    }
}

/// One entry of a folder.
#[pytype(name = "posix.DirEntry", flags(DISALLOW_INSTANTIATION), parts(ENTRY))]
pub struct PyDirEntry {
    ob_base: PyObject,
    /// the entry's base filename, relative to scandir() "path" argument
    #[member(readonly)]
    name: Obj,
    /// the entry's full path name; equivalent to os.path.join(scandir_path, entry.name)
    #[member(readonly)]
    path: Obj,
    stat: ObjCell,
    lstat: ObjCell,
    ino: u64,
    kind: Cell<u8>,
    own_name: CString,
    place: Place,
}

impl PyDirEntry {
    fn fetch(&self, follow_symlinks: bool) -> PyResult {
        let (folder, name) = self.place.target(&self.own_name);
        let flags = if follow_symlinks { 0 } else { AT_SYMLINK_NOFOLLOW };
        match paths::stat_at(folder, &name, flags) {
            Ok(found) => stat::result(&found),
            Err(errno) => Err(os_error_at(errno, &self.path)),
        }
    }

    fn link_stat(&self) -> PyResult {
        if let Some(known) = self.lstat.get() {
            return Ok(known);
        }
        let found = self.fetch(false)?;
        self.lstat.set(Some(found.clone()));
        Ok(found)
    }

    fn get_stat(&self, follow_symlinks: bool) -> PyResult {
        if !follow_symlinks {
            return self.link_stat();
        }
        if let Some(known) = self.stat.get() {
            return Ok(known);
        }
        let found = if self.link()? { self.fetch(true)? } else { self.link_stat()? };
        self.stat.set(Some(found.clone()));
        Ok(found)
    }

    fn link(&self) -> PyResult<bool> {
        const S_IFLNK: u32 = 0o120_000;
        match self.kind.get() {
            DT_UNKNOWN => self.is_of_kind(false, S_IFLNK),
            kind => Ok(kind == DT_LNK),
        }
    }

    /// Whether the mode says `wanted`, asking the system; something that is gone is nothing.
    fn is_of_kind(&self, follow_symlinks: bool, wanted: u32) -> PyResult<bool> {
        let found = match self.get_stat(follow_symlinks) {
            Ok(found) => found,
            Err(raised) => {
                errors::catch(raised, Exc::FileNotFoundError)?;
                return Ok(false);
            }
        };
        let mode = object::get_attr(&found, intern!("st_mode"))?;
        Ok(number::index_to_integer::<u32>(&mode, "C unsigned int")? & S_IFMT == wanted)
    }

    fn test(&self, follow_symlinks: bool, kind: u8, mode: u32) -> PyResult<bool> {
        let known = self.kind.get();
        let is_link = known == DT_LNK;
        if known == DT_UNKNOWN || (follow_symlinks && is_link) {
            return self.is_of_kind(follow_symlinks, mode);
        }
        Ok(known == kind)
    }
}

#[pymethods(ENTRY)]
impl PyDirEntry {
    /// Return True if the entry is a directory; cached per entry.
    #[pymethod(signature = "(*, follow_symlinks=True)")]
    fn is_dir(&self, follow_symlinks: bool) -> PyResult<bool> {
        const S_IFDIR: u32 = 0o040_000;
        self.test(follow_symlinks, DT_DIR, S_IFDIR)
    }

    /// Return True if the entry is a file; cached per entry.
    #[pymethod(signature = "(*, follow_symlinks=True)")]
    fn is_file(&self, follow_symlinks: bool) -> PyResult<bool> {
        const S_IFREG: u32 = 0o100_000;
        self.test(follow_symlinks, DT_REG, S_IFREG)
    }

    /// Return True if the entry is a symbolic link; cached per entry.
    #[pymethod]
    fn is_symlink(&self) -> PyResult<bool> {
        self.link()
    }

    /// Return True if the entry is a junction; cached per entry.
    #[pymethod]
    fn is_junction(&self) -> bool {
        false
    }

    /// Return stat_result object for the entry; cached per entry.
    #[pymethod(signature = "(*, follow_symlinks=True)")]
    fn stat(&self, follow_symlinks: bool) -> PyResult {
        self.get_stat(follow_symlinks)
    }

    /// Return inode of the entry; cached per entry.
    #[pymethod]
    fn inode(&self) -> u64 {
        self.ino
    }

    /// Returns the path for the entry.
    #[pymethod(name = "__fspath__")]
    fn fspath(&self) -> Obj {
        self.path.clone()
    }

    /// DirEntry is generic over the type of the path (str or bytes)
    #[pymethod(name = "__class_getitem__", class, signature = "(object, /)")]
    fn class_getitem(cls: &TypeObject, object: &PyObject) -> PyResult {
        taipan_objects::types::genericalias::new(cls, object)
    }

    #[slot(tp_repr)]
    fn repr(&self) -> PyResult<Py<PyStr>> {
        let name = object::repr(&self.name)?;
        Ok(PyStr::new(&format!("<DirEntry {name}>")))
    }
}

pub(super) fn add_types(module: &PyModule) -> PyResult<()> {
    module.add_type(PyDirEntry::type_object())
}

#[pymodule(fragment)]
pub mod scandir {
    use super::*;

    /// Return an iterator of DirEntry objects for given path.
    ///
    /// path can be specified as either str, bytes, or a path-like object.  If path
    /// is bytes, the names of yielded DirEntry objects will also be bytes; in
    /// all other circumstances they will be str.
    ///
    /// If path is None, uses the path='.'.
    #[pyfunction(signature = "(path=None)")]
    pub fn scandir(path: Option<OptionalPathOrFd>) -> PyResult {
        let OptionalPathOrFd(path) = path.unwrap_or_default();
        let (open, object, place) = match &path {
            PathOrFd::Path(path) => {
                audit(c"os.scandir", &[path.object()])?;
                let place = Place::Below(path.as_c().to_bytes().to_vec(), path.is_bytes());
                (Folder::open(path.as_c()), path.object().owned(), place)
            }
            PathOrFd::Fd(fd) => {
                let number = PyInt::from_i64(i64::from(*fd)).into_obj();
                audit(c"os.scandir", &[&number])?;
                (Folder::from_fd(*fd), number, Place::In(*fd))
            }
        };
        let folder = open.map_err(|errno| path.error(errno))?;
        Ok(taipan_objects::memory::new(ScandirIterator {
            ob_base: PyObject::EMPTY,
            folder: RefCell::new(Some(folder)),
            path: object,
            place,
        })
        .into_obj())
    }
}
