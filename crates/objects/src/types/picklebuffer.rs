//! `pickle.PickleBuffer` (PEP 574): marks a buffer that a pickle may carry outside of its stream.

use crate::model::{Py, PyObject, PyResult, PyType, Raised, TypeObject};
use crate::protocols::buffer::{Buffer, get_raw};
use crate::types::dict::PyDict;
use crate::types::memoryview::PyMemoryView;
use crate::types::tuple::PyTuple;
use core::cell::{Cell, RefCell};
use taipan_abi::{Py_buffer, PyBUF_FULL_RO};
use taipan_macros::{pymethods, pytype};

/// Wrapper for potentially out-of-band buffers
#[pytype(name = "pickle.PickleBuffer", exported = PyPickleBuffer_Type, gc(manual), weakref = weaklist, parts(METHODS))]
pub struct PyPickleBuffer {
    ob_base: PyObject,
    /// `None` once it was released.
    buffer: RefCell<Option<Buffer>>,
    weaklist: Cell<*mut PyObject>,
}

#[cold]
fn released() -> Raised {
    raised!(ValueError, "operation forbidden on released PickleBuffer object")
}

impl PyPickleBuffer {
    /// A wrapper around an object's buffer (`PyPickleBuffer_FromObject`).
    pub fn from_object(object: &PyObject) -> PyResult<Py<PyPickleBuffer>> {
        Self::new_in(Self::type_object(), object)
    }

    fn new_in(class: &TypeObject, object: &PyObject) -> PyResult<Py<PyPickleBuffer>> {
        let buffer = Buffer::get(object, PyBUF_FULL_RO)?;
        crate::memory::new_in(
            class,
            PyPickleBuffer {
                ob_base: PyObject::EMPTY,
                buffer: RefCell::new(Some(buffer)),
                weaklist: Cell::new(core::ptr::null_mut()),
            },
        )
    }

    /// Looks at the buffer; `f` runs no Python code.
    fn with<R>(&self, f: impl FnOnce(&Buffer) -> R) -> PyResult<R> {
        self.buffer.borrow().as_ref().map(f).ok_or_else(released)
    }

    /// The view of the buffer; it stays where it is until it is released.
    pub fn view(&self) -> PyResult<*const Py_buffer> {
        self.with(|buffer| core::ptr::from_ref(buffer.view()))
    }

    fn exporter(&self) -> PyResult<crate::model::Obj> {
        self.with(|buffer| buffer.exporter())?.ok_or_else(released)
    }
}

#[pymethods(METHODS)]
impl PyPickleBuffer {
    #[slot(tp_new)]
    fn py_new(cls: &TypeObject, args: &PyTuple, kwargs: Option<&PyDict>) -> PyResult<Py<PyPickleBuffer>> {
        let named = kwargs.map_or(0, PyDict::len);
        match args.as_slice() {
            [object] if named == 0 => Self::new_in(cls, object),
            args if args.len() + named > 1 => Err(raised!(
                TypeError,
                "PickleBuffer() takes at most 1 argument ({} given)",
                args.len() + named
            )),
            args => Err(raised!(
                TypeError,
                "PickleBuffer() takes exactly 1 positional argument ({} given)",
                args.len()
            )),
        }
    }

    #[slot(tp_traverse)]
    fn traverse(&self, visitor: &mut crate::model::gc::Visitor) {
        if let Ok(buffer) = self.buffer.try_borrow()
            && let Some(exporter) = buffer.as_ref().and_then(Buffer::exporter_ref)
        {
            visitor.visit(exporter);
        }
    }

    #[slot(tp_clear)]
    fn clear(&self) {
        self.release();
    }

    /// The view is one of the object underneath, which it keeps alive.
    #[slot(bf_getbuffer)]
    #[expect(unsafe_code, reason = "fills a C buffer")]
    fn get_buffer(&self, view: &mut Py_buffer, flags: i32) -> PyResult<()> {
        let exporter = self.exporter()?;
        // SAFETY: the view may be written to.
        unsafe { get_raw(&exporter, view, flags) }
    }

    /// Return a memoryview of the raw memory underlying this buffer.
    /// Will raise BufferError is the buffer isn't contiguous.
    #[pymethod]
    fn raw(&self) -> PyResult<Py<PyMemoryView>> {
        if !self.with(|buffer| buffer.is_contiguous(b'A'))? {
            return Err(raised!(BufferError, "cannot extract raw buffer from non-contiguous buffer"));
        }
        PyMemoryView::bytes_of(&*self.exporter()?)
    }

    /// Release the underlying buffer exposed by the PickleBuffer object.
    #[pymethod]
    pub fn release(&self) {
        let old = self.buffer.take();
        drop(old);
    }
}
