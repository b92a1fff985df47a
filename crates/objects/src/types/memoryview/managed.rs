//! The buffer that memory views share: one export of the underlying object, released with the last view.

#![expect(unsafe_code, reason = "holds a C buffer")]

use crate::model::gc::Visitor;
use crate::model::{Py, PyObject, PyResult};
use crate::protocols::buffer::{get_raw, release_raw};
use core::cell::{Cell, UnsafeCell};
use taipan_abi::Py_buffer;
use taipan_macros::{pymethods, pytype};

/// One export of an object.
#[pytype(name = "managedbuffer", exported = _PyManagedBuffer_Type, layout = _PyManagedBufferObject, gc(manual), flags(DISALLOW_INSTANTIATION), parts(METHODS))]
pub struct PyManagedBuffer {
    ob_base: PyObject,
    flags: Cell<i32>,
    /// Views that use it.
    exports: Cell<isize>,
    master: UnsafeCell<Py_buffer>,
}

impl PyManagedBuffer {
    /// Asks the object for its buffer.
    pub fn from_object(object: &PyObject, flags: i32) -> PyResult<Py<PyManagedBuffer>> {
        let managed = crate::memory::new(PyManagedBuffer {
            ob_base: PyObject::EMPTY,
            flags: Cell::new(0),
            exports: Cell::new(0),
            master: UnsafeCell::new(Py_buffer::EMPTY),
        });
        // SAFETY: the view lies in an object that does not move, and nobody else uses it yet.
        unsafe { get_raw(object, managed.master.get(), flags)? };
        Ok(managed)
    }

    /// Takes over a view that somebody else filled; the object in it is not released here.
    pub fn from_view(view: &Py_buffer) -> Py<PyManagedBuffer> {
        // SAFETY: a view is plain data; without its object it owns nothing.
        let mut copy = unsafe { core::ptr::read(view) };
        copy.obj = core::ptr::null_mut();
        crate::memory::new(PyManagedBuffer {
            ob_base: PyObject::EMPTY,
            flags: Cell::new(0),
            exports: Cell::new(0),
            master: UnsafeCell::new(copy),
        })
    }

    /// The shared view.
    pub fn master(&self) -> &Py_buffer {
        // SAFETY: it changes only when it is released, after the last view.
        unsafe { &*self.master.get() }
    }

    pub fn add_view(&self) {
        self.exports.set(self.exports.get() + 1);
    }

    /// A view is gone; the last one releases the buffer.
    pub fn drop_view(&self) {
        self.exports.set(self.exports.get() - 1);
        if self.exports.get() == 0 {
            self.release();
        }
    }

    fn release(&self) {
        // SAFETY: no view uses the buffer; releasing twice does nothing.
        unsafe { release_raw(self.master.get()) }
    }

    /// Whether it was given back.
    pub fn is_released(&self) -> bool {
        self.master().obj.is_null()
    }
}

impl Drop for PyManagedBuffer {
    fn drop(&mut self) {
        self.release();
    }
}

#[pymethods(METHODS)]
impl PyManagedBuffer {
    #[slot(tp_traverse)]
    fn traverse(&self, visitor: &mut Visitor) {
        // SAFETY: the view owns a reference to its object, if there is one.
        if let Some(object) = unsafe { self.master().obj.as_ref() } {
            visitor.visit(object);
        }
    }

    #[slot(tp_clear)]
    fn clear(&self) {
        if self.exports.get() == 0 {
            self.release();
        }
    }
}

/// The object a view's memory belongs to.
pub fn owner(view: &Py_buffer) -> Option<&PyObject> {
    // SAFETY: a live view owns a reference to its object, if there is one.
    unsafe { view.obj.as_ref() }
}
