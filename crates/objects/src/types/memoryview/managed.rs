//! The buffer that memory views share: one export of the underlying object, released with the last view.

#![expect(unsafe_code, reason = "holds a C buffer")]

use crate::model::gc::Visitor;
use crate::model::{ObjectExt, Py, PyObject, PyResult, Raised};
use crate::protocols::buffer::{get_raw, release_raw};
use crate::types::bytes::PyBytes;
use core::cell::{Cell, UnsafeCell};
use core::ffi::CStr;
use std::ffi::CString;
use taipan_abi::{Py_buffer, getbufferproc};
use taipan_macros::{pymethods, pytype};

/// The bit of the flags that says that the format is the buffer's own copy.
const OWNS_FORMAT: i32 = 1 << 8;

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
    fn new(master: Py_buffer) -> Py<PyManagedBuffer> {
        crate::memory::new(PyManagedBuffer {
            ob_base: PyObject::EMPTY,
            flags: Cell::new(0),
            exports: Cell::new(0),
            master: UnsafeCell::new(master),
        })
    }

    /// Asks the object for its buffer.
    pub fn from_object(object: &PyObject, flags: i32) -> PyResult<Py<PyManagedBuffer>> {
        // SAFETY: `get_raw` fills a view that is valid for a write.
        Self::filled(|view| unsafe { get_raw(object, view, flags) })
    }

    /// Asks the object for its buffer by this function, which its class may have replaced since.
    ///
    /// # Safety
    /// `function` may be called with `object`.
    pub unsafe fn from_function(
        object: &PyObject,
        flags: i32,
        function: getbufferproc,
    ) -> PyResult<Py<PyManagedBuffer>> {
        // SAFETY: the caller's promise; the view is valid for a write.
        Self::filled(|view| match unsafe { function(object.as_ptr(), view, flags) } {
            0.. => Ok(()),
            _ => Err(Raised::claim()),
        })
    }

    fn filled(fill: impl FnOnce(*mut Py_buffer) -> PyResult<()>) -> PyResult<Py<PyManagedBuffer>> {
        let managed = Self::new(Py_buffer::EMPTY);
        let filled = fill(managed.master.get());
        if filled.is_err() {
            // An exporter that refused may have left anything behind; none of it is ours to give back.
            // SAFETY: nobody else uses the view yet.
            unsafe { managed.master.get().write(Py_buffer::EMPTY) };
        }
        filled.map(|()| managed)
    }

    /// A buffer of bytes whose items have the format of another view, which may go before it.
    pub fn from_bytes(bytes: &PyBytes, format: &CStr) -> PyResult<Py<PyManagedBuffer>> {
        let managed = Self::from_object(bytes, taipan_abi::PyBUF_FULL_RO)?;
        // SAFETY: nobody else uses the view yet; `drop` frees the copy.
        unsafe { (*managed.master.get()).format = format.to_owned().into_raw() };
        managed.flags.set(OWNS_FORMAT);
        Ok(managed)
    }

    /// Takes over a view that somebody else filled; the object in it is not released here.
    pub fn from_view(view: &Py_buffer) -> Py<PyManagedBuffer> {
        // SAFETY: a view is plain data; without its object it owns nothing.
        let mut copy = unsafe { core::ptr::read(view) };
        copy.obj = core::ptr::null_mut();
        Self::new(copy)
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
        if self.flags.get() & OWNS_FORMAT != 0 {
            // SAFETY: `from_bytes` put it there.
            drop(unsafe { CString::from_raw(self.master().format) });
        }
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
