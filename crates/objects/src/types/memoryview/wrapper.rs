//! Buffers of Python classes (PEP 688): `__buffer__` gives a memory view whose buffer is passed on; the wrapper that owns
//! it calls `__release_buffer__` when it is given back.

#![expect(unsafe_code, reason = "fills C buffers")]

use super::PyMemoryView;
use crate::errors;
use crate::intern;
use crate::model::{Obj, ObjectExt, PyObject, PyResult, PyType};
use crate::protocols::buffer::get_raw;
use crate::protocols::call;
use crate::types::int::PyInt;
use taipan_abi::Py_buffer;
use taipan_macros::{pymethods, pytype};

/// Owns what `__buffer__` gave.
#[pytype(name = "_buffer_wrapper", exported = _PyBufferWrapper_Type, gc, flags(DISALLOW_INSTANTIATION), parts(METHODS))]
pub struct PyBufferWrapper {
    ob_base: PyObject,
    view: Obj,
    exporter: Obj,
}

#[pymethods(METHODS)]
impl PyBufferWrapper {
    #[slot(bf_releasebuffer)]
    fn releasebuffer(&self, view: &mut Py_buffer) {
        // The view's own export is given back first, so that Python code may release it.
        if let Some(memory) = self.view.downcast::<PyMemoryView>() {
            memory.exports.set(memory.exports.get() - 1);
            let is_own =
                super::layout::base_object(memory.raw_view()).is_some_and(|base| base.is(&self.exporter));
            if !is_own {
                call_release(&self.exporter, view);
            }
        }
    }
}

/// `exporter.__release_buffer__(view)`, where the class has such a method.
fn call_release(exporter: &PyObject, view: &Py_buffer) {
    let pending = errors::take_opt();
    let result = release_method(exporter, view);
    if let Err(raised) = result {
        errors::write_unraisable(raised, Some("Exception ignored in bf_releasebuffer of"), Some(exporter));
    }
    if let Some(pending) = pending {
        let _ = errors::restore(pending);
    }
}

fn release_method(exporter: &PyObject, view: &Py_buffer) -> PyResult<()> {
    let Some(method) = crate::protocols::object::lookup_special(exporter, intern!("__release_buffer__"))?
    else {
        return Ok(());
    };
    let memory = PyMemoryView::from_view(view)?;
    memory.restrict();
    let result = call::call(&method, &[&*memory]).map(drop);
    memory.release()?;
    result
}

/// `bf_getbuffer` of a class with a Python `__buffer__`.
///
/// # Safety
/// `view` may be written to.
pub unsafe fn get(object: &PyObject, view: *mut Py_buffer, flags: i32) -> PyResult<()> {
    // SAFETY: the caller's promise.
    unsafe { (*view).obj = core::ptr::null_mut() };
    let wanted = PyInt::from_i64(flags as i64);
    let Some(given) = call::special(object, intern!("__buffer__"), &[&*wanted])? else {
        return Err(raised!(TypeError, "a bytes-like object is required, not '{}'", object.class().name()));
    };
    if !PyMemoryView::check(&given) {
        return Err(raised!(TypeError, "__buffer__ returned non-memoryview object"));
    }
    // SAFETY: the caller's promise; the memory view's buffer belongs to `view` now.
    unsafe {
        get_raw(&given, view, flags)?;
        let wrapper = crate::memory::new(PyBufferWrapper {
            ob_base: PyObject::EMPTY,
            view: given,
            exporter: object.owned(),
        });
        // The wrapper holds the memory view instead.
        let owner = (*view).obj;
        (*view).obj = wrapper.into_obj().into_raw();
        crate::model::decref(owner);
    }
    Ok(())
}

/// `object.__buffer__(flags)` of a native exporter.
pub fn memoryview_of(object: &PyObject, flags: i32) -> PyResult {
    Ok(PyMemoryView::from_object_flags(object, flags)?.into_obj())
}

/// `object.__release_buffer__(view)` of a native exporter.
pub fn release_memoryview(object: &PyObject, view: &PyObject) -> PyResult {
    let Some(memory) = view.downcast::<PyMemoryView>() else {
        return Err(raised!(TypeError, "expected a memoryview object"));
    };
    let raw = memory.raw_view();
    if memory.is_released() {
        return Ok(crate::model::none());
    }
    if super::layout::base_object(raw).is_none_or(|base| !base.is(object)) {
        return Err(raised!(ValueError, "memoryview's buffer is not this object"));
    }
    memory.release()?;
    Ok(crate::model::none())
}
