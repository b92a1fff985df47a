//! `memoryview`.
//!
//! | file | holds |
//! |---|---|
//! | `managed` | one export of an object, shared by its views |
//! | `layout` | making views, reaching their memory |
//! | `copy` | walking over items in any layout |
//! | `item` | single items by their format |
//! | `index` | indices and slices, reading and writing |
//! | `cast` | `cast` |
//! | `compare` | comparison and hash |
//! | `iterator` | the iterator |
//! | `methods` | the methods and the other slots |
//! | `wrapper` | exports of Python classes with `__buffer__` (PEP 688) |

mod cast;
mod compare;
pub mod copy;
mod index;
mod item;
pub mod iterator;
mod layout;
pub mod managed;
mod methods;
pub mod wrapper;

pub use copy::{Layout, copy_in, copy_out};
use layout::Description;
use managed::PyManagedBuffer;

use crate::model::{ObjCell, ObjectExt, Py, PyObject, PyResult, PyVarObject};
use crate::protocols::buffer;
use crate::types::bytes::PyBytes;
use core::cell::{Cell, UnsafeCell};
use taipan_abi::{Py_buffer, PyBUF_FULL_RO, getbufferproc};
use taipan_macros::pytype;

/// The bits of [`PyMemoryView`]'s flags.
mod flags {
    pub const RELEASED: i32 = 1;
    pub const C: i32 = 2;
    pub const FORTRAN: i32 = 4;
    pub const SCALAR: i32 = 8;
    pub const PIL: i32 = 16;
    /// No new views may be made of it.
    pub const RESTRICTED: i32 = 32;
}

#[pytype(name = "memoryview", exported = PyMemoryView_Type, layout = PyMemoryViewObject, gc(manual), flags(SEQUENCE), weakref = weaklist, basicsize = 144, itemsize = 8, signature = "(object)", parts(methods::SLOTS, methods::METHODS, methods::PROPERTIES, index::SLOTS, compare::SLOTS))]
/// Create a new memoryview object which references the given object.
pub struct PyMemoryView {
    ob_base: PyVarObject,
    mbuf: ObjCell,
    /// -1 before it was asked for.
    hash: Cell<isize>,
    flags: Cell<i32>,
    /// Buffers of this view that others hold.
    exports: Cell<isize>,
    view: UnsafeCell<Py_buffer>,
    weaklist: Cell<*mut PyObject>,
    /// Shape, strides and suboffsets.
    ob_array: [isize; 1],
}

impl PyMemoryView {
    /// `memoryview(object)`.
    pub fn from_object(object: &PyObject) -> PyResult<Py<PyMemoryView>> {
        Self::from_object_flags(object, PyBUF_FULL_RO)
    }

    /// A view of an object that is asked for its buffer with these flags.
    pub fn from_object_flags(object: &PyObject, flags: i32) -> PyResult<Py<PyMemoryView>> {
        if let Some(view) = object.downcast::<PyMemoryView>() {
            let shared = view.shared()?;
            return layout::new(&shared, Description::of(view.checked()?));
        }
        if !buffer::is_exporter(object) {
            return Err(raised!(
                TypeError,
                "memoryview: a bytes-like object is required, not '{}'",
                object.class().name()
            ));
        }
        let managed = PyManagedBuffer::from_object(object, flags)?;
        let description = Description::of(managed.master());
        layout::new(&managed, description)
    }

    /// A view of an object whose buffer `function` gives, whatever its class says by now.
    ///
    /// # Safety
    /// `function` may be called with `object`.
    #[expect(unsafe_code, reason = "the caller vouches for the function")]
    pub unsafe fn from_function(
        object: &PyObject,
        flags: i32,
        function: getbufferproc,
    ) -> PyResult<Py<PyMemoryView>> {
        // SAFETY: the caller's promise.
        let managed = unsafe { PyManagedBuffer::from_function(object, flags, function)? };
        let description = Description::of(managed.master());
        layout::new(&managed, description)
    }

    /// A contiguous view of a copy of this one's items (`PyMemoryView_GetContiguous`).
    pub fn contiguous_copy(&self, fortran: bool) -> PyResult<Py<PyMemoryView>> {
        let view = self.checked()?;
        let bytes = PyBytes::new(&layout::bytes_in_order(view, fortran));
        let managed = PyManagedBuffer::from_bytes(&bytes, layout::c_format_of(view))?;
        let mut description = Description::of(view);
        let master = managed.master();
        description.start = master.buf.cast();
        description.readonly = true;
        description.format = master.format;
        description.suboffsets = None;
        description.set_order(fortran);
        layout::new(&managed, description)
    }

    /// A one-dimensional view of the bytes of an object whose buffer is contiguous in either order.
    pub fn bytes_of(object: &PyObject) -> PyResult<Py<PyMemoryView>> {
        let managed = PyManagedBuffer::from_object(object, PyBUF_FULL_RO)?;
        let mut description = Description::of(managed.master());
        description.suboffsets = None;
        description.set_format(c"B", 1, managed.master().len);
        layout::new(&managed, description)
    }

    /// A view of memory that somebody else keeps (`PyMemoryView_FromBuffer`).
    pub fn from_view(view: &Py_buffer) -> PyResult<Py<PyMemoryView>> {
        let managed = PyManagedBuffer::from_view(view);
        let description = Description::of(managed.master());
        layout::new(&managed, description)
    }

    /// Whether it was released.
    pub fn is_released(&self) -> bool {
        self.flags.get() & flags::RELEASED != 0
    }

    /// The view, unless it was released.
    pub fn checked(&self) -> PyResult<&Py_buffer> {
        if self.is_released() {
            return Err(raised!(ValueError, "operation forbidden on released memoryview object"));
        }
        Ok(self.raw_view())
    }

    /// The shared buffer, for a further view.
    fn shared(&self) -> PyResult<Py<PyManagedBuffer>> {
        self.checked()?;
        if self.flags.get() & flags::RESTRICTED != 0 {
            return Err(raised!(ValueError, "cannot create new view on restricted memoryview"));
        }
        match self.mbuf.get().map(|mbuf| mbuf.downcast_into::<PyManagedBuffer>()) {
            Some(Ok(mbuf)) => Ok(mbuf),
            _ => Err(raised!(ValueError, "operation forbidden on released memoryview object")),
        }
    }

    /// A view of the same memory, described differently.
    fn derived(&self, description: Description) -> PyResult<Py<PyMemoryView>> {
        layout::new(&*self.shared()?, description)
    }

    /// `view.release()`.
    pub fn release(&self) -> PyResult<()> {
        if self.is_released() {
            return Ok(());
        }
        match self.exports.get() {
            0 => {
                self.give_up();
                Ok(())
            }
            exports => Err(raised!(
                BufferError,
                "memoryview has {exports} exported buffer{}",
                if exports == 1 { "" } else { "s" }
            )),
        }
    }

    fn give_up(&self) {
        self.flags.set(self.flags.get() | flags::RELEASED);
        if let Some(Ok(mbuf)) = self.mbuf.get().map(|mbuf| mbuf.downcast_into::<PyManagedBuffer>()) {
            mbuf.drop_view();
        }
    }

    /// Forbids further views; for the one that `__release_buffer__` is given.
    fn restrict(&self) {
        self.flags.set(self.flags.get() | flags::RESTRICTED);
    }
}

/// Keeps a view from being released while code runs that could do so.
pub struct Held<'a>(&'a PyMemoryView);

impl<'a> Held<'a> {
    pub fn new(view: &'a PyMemoryView) -> Self {
        view.exports.set(view.exports.get() + 1);
        Held(view)
    }
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        self.0.exports.set(self.0.exports.get() - 1);
    }
}

impl Drop for PyMemoryView {
    fn drop(&mut self) {
        if !self.is_released() {
            self.give_up();
        }
    }
}
