//! The memory of a view: its own copy of the shared buffer's description, with room for the arrays behind it.

#![expect(unsafe_code, reason = "fills a C buffer whose arrays lie behind the object")]

use super::managed::PyManagedBuffer;
use super::{PyMemoryView, flags};
use crate::model::{ObjCell, ObjectExt, Py, PyObject, PyResult, PyType};
use crate::protocols::buffer::{c_strides, fortran_strides, is_contiguous, shape, strides, suboffsets};
use core::ffi::CStr;
use core::mem::offset_of;
use taipan_abi::{Py_buffer, PyBUF_MAX_NDIM};

/// How a view differs from what it is made of.
pub struct Description {
    /// Where the first item lies.
    pub start: *mut u8,
    pub readonly: bool,
    pub itemsize: isize,
    pub format: *mut core::ffi::c_char,
    pub shape: Vec<isize>,
    pub strides: Vec<isize>,
    pub suboffsets: Option<Vec<isize>>,
}

impl Description {
    pub fn of(view: &Py_buffer) -> Self {
        Description {
            start: view.buf.cast(),
            readonly: view.readonly != 0,
            itemsize: view.itemsize,
            format: view.format,
            shape: shape(view),
            strides: strides(view),
            suboffsets: suboffsets(view),
        }
    }

    /// Makes it one-dimensional, of this format.
    pub fn set_format(&mut self, format: &'static CStr, itemsize: isize, length: isize) {
        self.format = format.as_ptr().cast_mut();
        self.itemsize = itemsize;
        self.shape = vec![length / itemsize];
        self.strides = vec![itemsize];
    }

    /// Gives it a shape, in C order.
    pub fn set_shape(&mut self, shape: Vec<isize>) {
        self.strides = c_strides(&shape, self.itemsize);
        self.shape = shape;
    }

    /// Lays its items out without gaps.
    pub fn set_order(&mut self, fortran: bool) {
        let strides = if fortran { fortran_strides } else { c_strides };
        self.strides = strides(&self.shape, self.itemsize);
    }

    /// Keeps `count` items of the first dimension from `start` on, `step` apart.
    pub fn cut(&mut self, start: isize, step: isize, count: usize) {
        // The first address of an empty slice may lie outside; it is never read.
        self.start = self.start.wrapping_offset(self.strides[0].wrapping_mul(start));
        self.shape[0] = count as isize;
        self.strides[0] = self.strides[0].wrapping_mul(step);
    }
}

/// A view of a managed buffer.
pub fn new(managed: &PyManagedBuffer, description: Description) -> PyResult<Py<PyMemoryView>> {
    let ndim = description.shape.len();
    if ndim > PyBUF_MAX_NDIM as usize {
        return Err(raised!(ValueError, "memoryview: number of dimensions must not exceed {PyBUF_MAX_NDIM}"));
    }
    let object =
        crate::memory::alloc_untracked(PyMemoryView::type_object(), 3 * ndim)?.cast::<PyMemoryView>();
    // SAFETY: the object is new and zeroed, with room for three arrays of `ndim` entries.
    let view = unsafe {
        let arrays = object.cast::<u8>().add(offset_of!(PyMemoryView, ob_array)).cast::<isize>();
        let (shape, strides, suboffsets) = (arrays, arrays.add(ndim), arrays.add(2 * ndim));
        core::ptr::copy_nonoverlapping(description.shape.as_ptr(), shape, ndim);
        core::ptr::copy_nonoverlapping(description.strides.as_ptr(), strides, ndim);
        if let Some(given) = &description.suboffsets {
            core::ptr::copy_nonoverlapping(given.as_ptr(), suboffsets, ndim);
        }
        let items: isize = description.shape.iter().product();
        let format = if description.format.is_null() { c"B".as_ptr().cast_mut() } else { description.format };
        (&raw mut (*object).mbuf).write(ObjCell::new(Some(managed.as_object().owned())));
        (*object).hash.set(-1);
        let view = (*object).view.get();
        view.write(Py_buffer {
            buf: description.start.cast(),
            obj: managed.master().obj,
            len: items.wrapping_mul(description.itemsize),
            itemsize: description.itemsize,
            readonly: description.readonly as i32,
            ndim: ndim as i32,
            format,
            shape: if ndim > 0 { shape } else { core::ptr::null_mut() },
            strides: if ndim > 0 { strides } else { core::ptr::null_mut() },
            suboffsets: if description.suboffsets.is_some() { suboffsets } else { core::ptr::null_mut() },
            internal: managed.master().internal,
        });
        Py::from_raw(object)
    };
    managed.add_view();
    view.flags.set(layout_flags(view.raw_view()));
    // SAFETY: the fields are in place.
    unsafe { crate::gc::track(view.as_ptr()) };
    Ok(view)
}

/// The bits that say how the memory lies.
fn layout_flags(view: &Py_buffer) -> i32 {
    let mut bits = 0;
    if view.ndim == 0 {
        bits |= flags::SCALAR | flags::C | flags::FORTRAN;
    } else {
        if is_contiguous(view, b'C') {
            bits |= flags::C;
        }
        if is_contiguous(view, b'F') {
            bits |= flags::FORTRAN;
        }
    }
    if !view.suboffsets.is_null() {
        bits |= flags::PIL;
    }
    bits
}

impl PyMemoryView {
    /// The view's description, whether released or not.
    pub fn raw_view(&self) -> &Py_buffer {
        // SAFETY: it is written once, when the view is made.
        unsafe { &*self.view.get() }
    }

    /// Copies the description for somebody who asks for a buffer.
    pub fn describe_to(&self, out: &mut Py_buffer) {
        // SAFETY: a view is plain data; the caller replaces its object.
        unsafe { core::ptr::copy_nonoverlapping(self.view.get(), out, 1) };
        out.obj = core::ptr::null_mut();
    }

    /// Makes `out` own a reference to this view.
    pub fn export_to(&self, out: &mut Py_buffer) {
        out.obj = self.as_object().owned().into_raw();
    }

    /// The format as text; ASCII in all but broken exporters.
    pub fn format(&self) -> &str {
        format_of(self.raw_view())
    }

    /// The bytes of a contiguous view.
    pub fn contiguous_bytes(&self) -> Vec<u8> {
        let view = self.raw_view();
        let mut bytes = vec![0; view.len.max(0) as usize];
        // SAFETY: the view is live.
        unsafe { super::copy_out(view, &mut bytes, false) };
        bytes
    }
}

/// The format of a view.
pub fn c_format_of(view: &Py_buffer) -> &CStr {
    if view.format.is_null() {
        return c"B";
    }
    // SAFETY: a format is a C string that lives as long as its view.
    unsafe { CStr::from_ptr(view.format) }
}

/// The format of a view as text.
pub fn format_of(view: &Py_buffer) -> &str {
    c_format_of(view).to_str().unwrap_or("?")
}

/// A copy of an item's bytes.
///
/// `item` is the address of an item of a live view.
pub fn read_item(item: *const u8, size: usize) -> [u8; 16] {
    let mut bytes = [0; 16];
    // SAFETY: the caller's promise; items of the native formats have at most 16 bytes.
    unsafe { core::ptr::copy_nonoverlapping(item, bytes.as_mut_ptr(), size.min(16)) };
    bytes
}

/// Overwrites an item.
///
/// `item` is the address of an item of a live, writable view.
pub fn write_item(item: *mut u8, bytes: &[u8]) {
    // SAFETY: the caller's promise.
    unsafe { core::ptr::copy_nonoverlapping(bytes.as_ptr(), item, bytes.len()) }
}

/// The address of an item by its indices, which are within the shape.
pub fn item_address(view: &Py_buffer, indices: &[isize]) -> *mut u8 {
    let layout = super::Layout::of(view);
    let mut at = view.buf.cast::<u8>();
    for (dimension, &index) in indices.iter().enumerate() {
        // SAFETY: the indices are within the shape of a live view.
        at = unsafe { layout.step(at, dimension, index) };
    }
    at
}

/// The bytes of any view in C or Fortran order.
pub fn bytes_in_order(view: &Py_buffer, fortran: bool) -> Vec<u8> {
    let mut bytes = vec![0; view.len.max(0) as usize];
    // SAFETY: the view is live.
    unsafe { super::copy_out(view, &mut bytes, fortran) };
    bytes
}

/// Overwrites all items of a writable view.
pub fn overwrite(view: &Py_buffer, bytes: &[u8]) {
    // SAFETY: the view is live and writable.
    unsafe { super::copy_in(view, bytes, false) }
}

/// The addresses of all items, the last index running fastest.
pub fn addresses(view: &Py_buffer) -> Vec<*mut u8> {
    let mut found = Vec::new();
    // SAFETY: the view is live.
    unsafe { super::Layout::of(view).for_each(view.buf.cast(), false, &mut |item| found.push(item)) };
    found
}

/// The object behind a view, if it has one.
pub fn base_object(view: &Py_buffer) -> Option<&PyObject> {
    super::managed::owner(view)
}

/// A module by its name.
pub fn import_module(name: &crate::types::str::PyStr) -> PyResult {
    // SAFETY: the upcall takes a live string and gives a new reference, or null with an exception set.
    unsafe { crate::model::Obj::from_result((crate::model::upcalls::get().import_module)(name.as_ptr())) }
}
