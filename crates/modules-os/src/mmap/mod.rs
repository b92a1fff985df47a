//! `mmap`: files and anonymous memory as byte arrays.
//!
//! | file | holds |
//! |---|---|
//! | `mod` | the type: making, mapping, the buffer it exports |
//! | `methods` | reading, writing, moving about |

mod methods;

use core::cell::{Cell, RefCell};
use taipan_host::files;
use taipan_host::memory::Mapping;
use taipan_objects::memory;
use taipan_objects::prelude::*;
use taipan_objects::protocols::buffer::{Buffer, fill_info};
use taipan_objects::system::{audit, os_error};
use taipan_objects::types::slice::PySlice;

const ACCESS_DEFAULT: i32 = 0;
const ACCESS_READ: i32 = 1;
const ACCESS_WRITE: i32 = 2;
const ACCESS_COPY: i32 = 3;
const PROT_READ: i32 = 1;
const PROT_WRITE: i32 = 2;
const MAP_SHARED: i32 = 1;
const MAP_PRIVATE: i32 = 2;
const MAP_ANONYMOUS: i32 = 0x20;
/// The kind of a file in its mode, and that of regular files.
const KIND: u32 = 0o170_000;
const REGULAR: u32 = 0o100_000;

/// A descriptor of one's own, closed when dropped; -1 for none.
struct Descriptor(Cell<i32>);

impl Descriptor {
    fn close(&self) {
        let fd = self.0.replace(-1);
        if fd != -1 {
            // Nobody could act on an error.
            let _ = files::close(fd);
        }
    }
}

impl Drop for Descriptor {
    fn drop(&mut self) {
        self.close();
    }
}

/// Windows: mmap(fileno, length[, tagname[, access[, offset]]])
///
/// Maps length bytes from the file specified by the file handle fileno,
/// and returns a mmap object.  If length is larger than the current size
/// of the file, the file is extended to contain length bytes.  If length
/// is 0, the maximum length of the map is the current size of the file,
/// except that if the file is empty Windows raises an exception (you cannot
/// create an empty mapping on Windows).
///
/// Unix: mmap(fileno, length[, flags[, prot[, access[, offset[, trackfd]]]]])
///
/// Maps length bytes from the file specified by the file descriptor fileno,
/// and returns a mmap object.  If length is 0, the maximum length of the map
/// will be the current size of the file when mmap is called.
/// flags specifies the nature of the mapping. MAP_PRIVATE creates a
/// private copy-on-write mapping, so changes to the contents of the mmap
/// object will be private to this process, and MAP_SHARED creates a mapping
/// that's shared with all other processes mapping the same areas of the file.
/// The default value is MAP_SHARED.
///
/// To map anonymous memory, pass -1 as the fileno (both versions).
#[pytype(name = "mmap.mmap", flags(BASETYPE), weakref = weaklist, parts(METHODS, BUFFER, methods::METHODS, methods::SLOTS))]
pub struct PyMmap {
    ob_base: PyObject,
    mapping: RefCell<Option<Mapping>>,
    position: Cell<usize>,
    exports: Cell<usize>,
    fd: Descriptor,
    offset: i64,
    access: i32,
    trackfd: bool,
    weaklist: Cell<*mut PyObject>,
}

#[cold]
fn closed() -> Raised {
    raised!(ValueError, "mmap closed or invalid")
}

/// How long the mapping of a file becomes; `length` 0 asks for all of it.
fn length_in_file(fd: i32, length: usize, offset: i64) -> PyResult<usize> {
    let Ok(stat) = files::fstat(fd) else { return Ok(length) };
    if stat.mode & KIND != REGULAR {
        return Ok(length);
    }
    let size = stat.size;
    if length == 0 {
        if size == 0 {
            return Err(raised!(ValueError, "cannot mmap an empty file"));
        }
        if offset >= size {
            return Err(raised!(ValueError, "mmap offset is greater than file size"));
        }
        return Ok((size - offset) as usize);
    }
    if offset > size || ((size - offset) as usize) < length {
        return Err(raised!(ValueError, "mmap length is greater than file size"));
    }
    Ok(length)
}

/// What the system is asked for: flags, protection, and the access that follows.
fn resolve(flags: i32, prot: i32, access: i32) -> PyResult<(i32, i32, i32)> {
    let both = PROT_READ | PROT_WRITE;
    if access != ACCESS_DEFAULT && (flags != MAP_SHARED || prot != both) {
        return Err(raised!(ValueError, "mmap can't specify both access and flags, prot."));
    }
    Ok(match access {
        ACCESS_READ => (MAP_SHARED, PROT_READ, access),
        ACCESS_WRITE => (MAP_SHARED, both, access),
        ACCESS_COPY => (MAP_PRIVATE, both, access),
        ACCESS_DEFAULT if prot & both == both => (flags, prot, access),
        ACCESS_DEFAULT if prot & PROT_WRITE != 0 => (flags, prot, ACCESS_WRITE),
        ACCESS_DEFAULT => (flags, prot, ACCESS_READ),
        _ => return Err(raised!(ValueError, "mmap invalid access parameter.")),
    })
}

#[pymethods(METHODS)]
impl PyMmap {
    #[new(
        name = "function",
        signature = "(fileno, length, flags=1, prot=3, access=0, offset=0, *, trackfd=True)"
    )]
    #[allow(clippy::too_many_arguments, reason = "Python's own signature")]
    fn py_new(
        cls: &TypeObject,
        fileno: i32,
        length: isize,
        flags: i32,
        prot: i32,
        access: i32,
        offset: i64,
        trackfd: bool,
    ) -> PyResult<Py<PyMmap>> {
        let Ok(length) = usize::try_from(length) else {
            return Err(raised!(OverflowError, "memory mapped length must be positive"));
        };
        if offset < 0 {
            return Err(raised!(OverflowError, "memory mapped offset must be positive"));
        }
        let (mut flags, prot, access) = resolve(flags, prot, access)?;
        let shown = [i64::from(fileno), length as i64, access.into(), offset].map(PyInt::from_i64);
        audit(c"mmap.__new__", &[&shown[0], &shown[1], &shown[2], &shown[3]])?;
        let mut length = length;
        let fd = Descriptor(Cell::new(-1));
        if fileno == -1 {
            flags |= MAP_ANONYMOUS;
        } else {
            length = length_in_file(fileno, length, offset)?;
            if trackfd {
                fd.0.set(files::dup(fileno).map_err(os_error)?);
            }
        }
        let mapping = Mapping::new(length, prot, flags, fileno, offset).map_err(os_error)?;
        memory::new_in(
            cls,
            PyMmap {
                ob_base: PyObject::EMPTY,
                mapping: RefCell::new(Some(mapping)),
                position: Cell::new(0),
                exports: Cell::new(0),
                fd,
                offset,
                access,
                trackfd,
                weaklist: Cell::new(core::ptr::null_mut()),
            },
        )
    }

    #[slot(tp_repr)]
    fn repr(&self) -> PyResult<Py<PyStr>> {
        let class = self.class().tp_name();
        let Ok(length) = self.length() else { return Ok(PyStr::new(&format!("<{class} closed=True>"))) };
        let access = match self.access {
            ACCESS_READ => "ACCESS_READ",
            ACCESS_WRITE => "ACCESS_WRITE",
            ACCESS_COPY => "ACCESS_COPY",
            _ => "ACCESS_DEFAULT",
        };
        let (position, offset) = (self.position.get(), self.offset);
        Ok(PyStr::new(&format!(
            "<{class} closed=False, access={access}, length={length}, pos={position}, offset={offset}>"
        )))
    }

    #[slot(sq_length)]
    fn len(&self) -> PyResult<usize> {
        self.checked_length()
    }

    #[slot(mp_length)]
    fn map_len(&self) -> PyResult<usize> {
        self.checked_length()
    }

    #[slot(sq_item)]
    fn item(&self, index: isize) -> PyResult {
        let length = self.checked_length()?;
        match usize::try_from(index) {
            Ok(index) if index < length => {
                Ok(PyInt::from_i64(self.read_range(index, 1)?[0].into()).into_obj())
            }
            _ => Err(raised!(IndexError, "mmap index out of range")),
        }
    }

    #[slot(mp_subscript)]
    fn subscript(&self, key: &PyObject) -> PyResult {
        self.checked_length()?;
        if number::is_index(key) {
            let index = number::as_isize(key, Some(Exc::IndexError))?;
            let length = self.checked_length()?;
            return self.item(if index < 0 { index + length as isize } else { index });
        }
        let Some(slice) = key.downcast::<PySlice>() else {
            return Err(raised!(TypeError, "mmap indices must be integers"));
        };
        let bounds = slice.bounds()?;
        let indices = bounds.indices_for(self.checked_length()?);
        if indices.step == 1 {
            return Ok(PyBytes::new(&self.read_range(indices.start as usize, indices.count)?).into_obj());
        }
        let mut bytes = Vec::with_capacity(indices.count);
        for i in 0..indices.count as isize {
            bytes.extend(self.read_range((indices.start + i * indices.step) as usize, 1)?);
        }
        Ok(PyBytes::new(&bytes).into_obj())
    }

    #[slot(mp_ass_subscript)]
    fn assign(&self, key: &PyObject, value: Option<&PyObject>) -> PyResult<()> {
        self.checked_length()?;
        self.check_writable()?;
        if number::is_index(key) {
            let index = number::as_isize(key, Some(Exc::IndexError))?;
            let length = self.checked_length()? as isize;
            let index = if index < 0 { index + length } else { index };
            if !(0..length).contains(&index) {
                return Err(raised!(IndexError, "mmap index out of range"));
            }
            return self.assign_byte(index as usize, value);
        }
        let Some(slice) = key.downcast::<PySlice>() else {
            return Err(raised!(TypeError, "mmap indices must be integers"));
        };
        let bounds = slice.bounds()?;
        let Some(value) = value else {
            return Err(raised!(TypeError, "mmap object doesn't support slice deletion"));
        };
        let bytes = Buffer::get(value, taipan_abi::PyBUF_SIMPLE)?.to_vec();
        let indices = bounds.indices_for(self.checked_length()?);
        if bytes.len() != indices.count {
            return Err(raised!(IndexError, "mmap slice assignment is wrong size"));
        }
        if indices.step == 1 {
            return self.write_range(indices.start as usize, &bytes);
        }
        for (i, byte) in bytes.iter().enumerate() {
            self.write_range((indices.start + i as isize * indices.step) as usize, &[*byte])?;
        }
        Ok(())
    }
}

impl PyMmap {
    fn length(&self) -> Result<usize, ()> {
        self.mapping.borrow().as_ref().map(Mapping::len).ok_or(())
    }

    /// The length of a mapping that is open.
    fn checked_length(&self) -> PyResult<usize> {
        self.length().map_err(|()| closed())
    }

    fn check_writable(&self) -> PyResult<()> {
        if self.access != ACCESS_READ {
            return Ok(());
        }
        Err(raised!(TypeError, "mmap can't modify a readonly memory map."))
    }

    fn read_range(&self, start: usize, length: usize) -> PyResult<Vec<u8>> {
        match &*self.mapping.borrow() {
            Some(mapping) => mapping.read(start, length).map_err(os_error),
            None => Err(closed()),
        }
    }

    fn write_range(&self, start: usize, bytes: &[u8]) -> PyResult<()> {
        match &*self.mapping.borrow() {
            Some(mapping) => mapping.write(start, bytes).map_err(os_error),
            None => Err(closed()),
        }
    }

    fn assign_byte(&self, index: usize, value: Option<&PyObject>) -> PyResult<()> {
        let Some(value) = value else {
            return Err(raised!(TypeError, "mmap doesn't support item deletion"));
        };
        if !number::is_index(value) {
            return Err(raised!(TypeError, "mmap item value must be an int"));
        }
        match u8::try_from(number::as_isize(value, Some(Exc::TypeError))?) {
            Ok(byte) => {
                self.checked_length()?;
                self.write_range(index, &[byte])
            }
            Err(_) => Err(raised!(ValueError, "mmap item value must be in range(0, 256)")),
        }
    }
}

#[pymethods(BUFFER)]
impl PyMmap {
    #[slot(bf_getbuffer)]
    fn get_buffer(&self, view: &mut taipan_abi::Py_buffer, flags: i32) -> PyResult<()> {
        let (start, length) = match &*self.mapping.borrow() {
            Some(mapping) => (mapping.as_ptr(), mapping.len()),
            None => return Err(closed()),
        };
        fill_info(view, self, start, length, self.access == ACCESS_READ, flags)?;
        self.exports.set(self.exports.get() + 1);
        Ok(())
    }

    #[slot(bf_releasebuffer)]
    fn release_buffer(&self, view: &mut taipan_abi::Py_buffer) {
        let _ = view;
        self.exports.set(self.exports.get().saturating_sub(1));
    }
}

/// Constants of the module.
const NUMBERS: &[(&str, i64)] = &[
    ("ACCESS_COPY", 0x3),
    ("ACCESS_DEFAULT", 0),
    ("ACCESS_READ", 0x1),
    ("ACCESS_WRITE", 0x2),
    ("MADV_DODUMP", 0x11),
    ("MADV_DOFORK", 0xb),
    ("MADV_DONTDUMP", 0x10),
    ("MADV_DONTFORK", 0xa),
    ("MADV_DONTNEED", 0x4),
    ("MADV_FREE", 0x8),
    ("MADV_HUGEPAGE", 0xe),
    ("MADV_HWPOISON", 0x64),
    ("MADV_MERGEABLE", 0xc),
    ("MADV_NOHUGEPAGE", 0xf),
    ("MADV_NORMAL", 0),
    ("MADV_RANDOM", 0x1),
    ("MADV_REMOVE", 0x9),
    ("MADV_SEQUENTIAL", 0x2),
    ("MADV_UNMERGEABLE", 0xd),
    ("MADV_WILLNEED", 0x3),
    ("MAP_32BIT", 0x40),
    ("MAP_ANON", 0x20),
    ("MAP_ANONYMOUS", 0x20),
    ("MAP_DENYWRITE", 0x800),
    ("MAP_EXECUTABLE", 0x1000),
    ("MAP_NORESERVE", 0x4000),
    ("MAP_POPULATE", 0x8000),
    ("MAP_PRIVATE", 0x2),
    ("MAP_SHARED", 0x1),
    ("MAP_STACK", 0x20000),
    ("PROT_EXEC", 0x4),
    ("PROT_READ", 0x1),
    ("PROT_WRITE", 0x2),
];

#[pymodule(name = "mmap")]
pub mod mmap {
    use super::{NUMBERS, PyMmap};
    use taipan_host::memory::page_size;
    use taipan_objects::prelude::*;

    #[exec]
    fn exec(module: &PyModule) -> PyResult<()> {
        module.add("error", Exc::OSError.type_object())?;
        module.add_type(PyMmap::type_object())?;
        for &(name, value) in NUMBERS {
            module.add_int(name, value)?;
        }
        module.add_int("PAGESIZE", page_size() as i64)?;
        module.add_int("ALLOCATIONGRANULARITY", page_size() as i64)
    }
}
