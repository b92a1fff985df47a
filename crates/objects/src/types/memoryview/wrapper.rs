//! Buffers of Python classes (PEP 688): `__buffer__` gives a memory view whose buffer is passed on, owned by a wrapper; the
//! wrapper gives the memory view back and calls `__release_buffer__`.
//!
//! A class may override `__buffer__` and call its native base's: the memory view then belongs to the object itself, and
//! giving up the view, not the wrapper, is what releases it. A class may override only `__release_buffer__`: it is then
//! called with a view that cannot be kept, before the native base's.

#![expect(unsafe_code, reason = "fills C buffers")]

use super::PyMemoryView;
use crate::errors;
use crate::intern;
use crate::model::{ObjCell, ObjectExt, Py, PyObject, PyResult, PyType, TypeObject};
use crate::protocols::buffer::get_raw;
use crate::protocols::call;
use crate::types::int::PyInt;
use crate::types::r#type::generic;
use taipan_abi::{Py_buffer, getbufferproc, releasebufferproc};
use taipan_macros::{pymethods, pytype};

/// Owns what `__buffer__` gave; empty once it was given back.
#[pytype(name = "_buffer_wrapper", exported = _PyBufferWrapper_Type, gc, flags(DISALLOW_INSTANTIATION), parts(METHODS))]
pub struct PyBufferWrapper {
    ob_base: PyObject,
    view: ObjCell,
    exporter: ObjCell,
}

#[pymethods(METHODS)]
impl PyBufferWrapper {
    #[slot(bf_releasebuffer)]
    fn releasebuffer(&self, view: &mut Py_buffer) {
        let (Some(given), Some(exporter)) = (self.view.get(), self.exporter.get()) else { return };
        let Some(memory) = given.downcast::<PyMemoryView>() else { return };
        memory.exports.set(memory.exports.get() - 1);
        let is_own = super::layout::base_object(memory.raw_view()).is_some_and(|base| base.is(&exporter));
        if !is_own && exporter.class().bf_releasebuffer().is_some_and(is_generic) {
            call_release(&exporter, view);
        }
        self.view.set(None);
        self.exporter.set(None);
    }
}

/// Whether it is the slot of classes with a Python `__release_buffer__`.
fn is_generic(function: releasebufferproc) -> bool {
    core::ptr::fn_addr_eq(function, generic::releasebuffer as releasebufferproc)
}

/// `bf_releasebuffer` of a class with a Python `__release_buffer__`.
///
/// # Safety
/// `view` was filled by the object's native base.
pub unsafe fn release(object: &PyObject, view: *mut Py_buffer) {
    // SAFETY: the caller's promise.
    unsafe {
        call_release(object, &*view);
        if let Some(function) = base_release(object.class()) {
            function(object.as_ptr(), view);
        }
    }
}

/// What the native base does to release a buffer.
fn base_release(class: &TypeObject) -> Option<releasebufferproc> {
    class.mro().iter().filter_map(|base| base.bf_releasebuffer()).find(|&function| !is_generic(function))
}

/// Calls `exporter.__release_buffer__(view)`; what it raises goes nowhere.
fn call_release(exporter: &PyObject, view: &Py_buffer) {
    let pending = errors::take_opt();
    let result = release_method(exporter, view);
    if let Err(raised) = result {
        let message = format!("Exception ignored in bf_releasebuffer of {}", exporter.class().tp_name());
        errors::write_unraisable(raised, Some(&message), None);
    }
    if let Some(pending) = pending {
        let _ = errors::restore(pending);
    }
}

fn release_method(exporter: &PyObject, view: &Py_buffer) -> PyResult<()> {
    let name = intern!("__release_buffer__");
    let wrapper = super::layout::base_object(view).and_then(|owner| owner.downcast::<PyBufferWrapper>());
    if let Some(wrapper) = wrapper {
        // The very memory view that `__buffer__` gave.
        let Some(given) = wrapper.view.get() else { return Ok(()) };
        return call::method(exporter, name, &[&given]).map(drop);
    }
    let memory: Py<PyMemoryView> = PyMemoryView::from_view(view)?;
    memory.restrict();
    let result = call::method(exporter, name, &[&*memory]).map(drop);
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
            view: ObjCell::new(Some(given)),
            exporter: ObjCell::new(Some(object.owned())),
        });
        // The wrapper holds the memory view instead.
        let owner = (*view).obj;
        (*view).obj = wrapper.into_obj().into_raw();
        crate::model::decref(owner);
    }
    Ok(())
}

/// `object.__buffer__(flags)` of a native exporter.
///
/// # Safety
/// `function` may be called with `object`.
pub unsafe fn memoryview_of(object: &PyObject, flags: i32, function: getbufferproc) -> PyResult {
    // SAFETY: the caller's promise.
    Ok(unsafe { PyMemoryView::from_function(object, flags, function)? }.into_obj())
}

/// `object.__release_buffer__(view)` of a native exporter.
pub fn release_memoryview(object: &PyObject, view: &PyObject) -> PyResult {
    let Some(memory) = view.downcast::<PyMemoryView>() else {
        return Err(raised!(TypeError, "expected a memoryview object"));
    };
    // Only an address: the object of a released view may be gone.
    let base = memory.raw_view().obj;
    if base.is_null() {
        // It owns nothing: whoever made it releases the buffer.
        return Ok(crate::model::none());
    }
    if !core::ptr::eq(base, object) {
        return Err(raised!(ValueError, "memoryview's buffer is not this object"));
    }
    if memory.is_released() {
        return Err(raised!(ValueError, "memoryview's buffer has already been released"));
    }
    memory.release()?;
    Ok(crate::model::none())
}
