//! `async_generator`, and what marks its values.

#![expect(unsafe_code, reason = "the layout is shared")]

use super::awaitables::{AsyncGenSend, AsyncGenThrow};
use super::resume::Thrown;
use super::{BASIC_SIZE, IsSuspended, Suspended, shared};
use core::cell::Cell;
use taipan_macros::{pymethods, pytype};
use taipan_objects::model::gc::Visitor;
use taipan_objects::model::{Raised, thread};
use taipan_objects::prelude::*;

// An asynchronous generator: see `Suspended`.
#[pytype(name = "async_generator", exported = PyAsyncGen_Type, gc(manual), weakref = weaklist, basicsize = BASIC_SIZE, itemsize = 8, parts(ASYNC_GENERATOR))]
pub struct PyAsyncGenerator {
    ob_base: PyObject,
    weaklist: Cell<*mut PyObject>,
}

#[pymethods(ASYNC_GENERATOR)]
impl PyAsyncGenerator {
    #[slot(tp_dealloc, raw)]
    unsafe extern "C" fn dealloc(object: *mut PyObject) {
        // SAFETY: called as a slot.
        unsafe { shared::dealloc(object) }
    }

    #[slot(tp_traverse)]
    fn traverse(&self, visitor: &mut Visitor) {
        self.suspended().traverse(visitor);
    }

    #[slot(tp_finalize)]
    fn finalize(&self) {
        shared::finalize(self.suspended());
    }

    #[slot(tp_repr)]
    fn repr(&self) -> PyResult<Py<PyStr>> {
        shared::repr(self.suspended(), "async_generator")
    }

    #[slot(am_aiter)]
    fn aiter(&self) -> PyResult {
        Ok(self.owned())
    }

    #[slot(am_anext)]
    fn anext(&self) -> PyResult {
        init_hooks(self)?;
        Ok(AsyncGenSend::new(self, None).into_obj())
    }

    /// asend(v) -> send 'v' in generator.
    #[pymethod(signature = "(object, /)")]
    fn asend(&self, object: &PyObject) -> PyResult {
        init_hooks(self)?;
        Ok(AsyncGenSend::new(self, Some(object)).into_obj())
    }

    /// athrow(value)
    /// athrow(type[,value[,tb]])
    ///
    /// raise exception in generator.
    /// the (type, val, tb) signature is deprecated,
    /// and may be removed in a future version of Python.
    #[pymethod(signature = "(*args)", no_text)]
    fn athrow(&self, args: &[&PyObject]) -> PyResult {
        Thrown::from_args(args, "athrow")?;
        init_hooks(self)?;
        Ok(AsyncGenThrow::new(self, Some(PyTuple::from_slice(args))).into_obj())
    }

    /// aclose() -> raise GeneratorExit inside generator.
    #[pymethod(signature = "()")]
    fn aclose(&self) -> PyResult {
        init_hooks(self)?;
        Ok(AsyncGenThrow::new(self, None).into_obj())
    }

    /// gen.__sizeof__() -> size of gen in memory, in bytes
    #[pymethod(name = "__sizeof__", signature = "()")]
    fn size_of(&self) -> PyResult<usize> {
        Ok(shared::size_of(self.suspended()))
    }

    /// async generators are generic over the types of their yield and send values
    #[pymethod(name = "__class_getitem__", signature = "(object, /)", class)]
    fn class_getitem(cls: &TypeObject, object: &PyObject) -> PyResult {
        shared::class_getitem(cls, object)
    }

    /// name of the async generator
    #[getter(__name__)]
    fn name(&self) -> PyResult<Option<Obj>> {
        Ok(self.suspended().name.get())
    }

    #[setter(__name__)]
    fn set_name(&self, value: Option<&PyObject>) -> PyResult<()> {
        shared::set_name(&self.suspended().name, value, "__name__")
    }

    /// qualified name of the async generator
    #[getter(__qualname__)]
    fn qualname(&self) -> PyResult<Option<Obj>> {
        Ok(self.suspended().qualname.get())
    }

    #[setter(__qualname__)]
    fn set_qualname(&self, value: Option<&PyObject>) -> PyResult<()> {
        shared::set_name(&self.suspended().qualname, value, "__qualname__")
    }

    /// object being awaited on, or None
    #[getter]
    fn ag_await(&self) -> PyResult<Option<Obj>> {
        Ok(self.suspended().delegate())
    }

    #[getter]
    fn ag_running(&self) -> PyResult<bool> {
        Ok(self.suspended().running_async.get())
    }

    #[getter]
    fn ag_suspended(&self) -> PyResult<bool> {
        Ok(self.suspended().state.get().is_suspended())
    }

    #[getter]
    fn ag_frame(&self) -> PyResult<Option<Obj>> {
        Ok(shared::frame_object(self.suspended()))
    }

    #[getter]
    fn ag_code(&self) -> PyResult {
        Ok(self.suspended().code().owned())
    }
}

const _: () =
    assert!(core::mem::offset_of!(PyAsyncGenerator, weaklist) == core::mem::offset_of!(Suspended, weaklist));

/// Takes over the hooks of `sys.set_asyncgen_hooks` at the first iteration.
fn init_hooks(generator: &PyAsyncGenerator) -> PyResult<()> {
    let shared = generator.suspended();
    if shared.hooks_inited.replace(true) {
        return Ok(());
    }
    let thread = thread::current();
    // SAFETY: the thread owns its hooks.
    unsafe {
        if let Some(finalizer) = (*thread.raw()).async_gen_finalizer.as_ref() {
            shared.origin_or_finalizer.set(Some(finalizer.owned()));
        }
        if let Some(first) = (*thread.raw()).async_gen_firstiter.as_ref() {
            let first = first.owned();
            call::call(&first, &[generator])?;
        }
    }
    Ok(())
}

/// A value that an asynchronous generator yielded.
#[pytype(name = "async_generator_wrapped_value", exported = _PyAsyncGenWrappedValue_Type, gc)]
pub struct PyAsyncGenWrappedValue {
    ob_base: PyObject,
    pub(super) value: Obj,
}

pub(super) fn wrap(value: &PyObject) -> Obj {
    let wrapped = PyAsyncGenWrappedValue { ob_base: PyObject::EMPTY, value: value.owned() };
    taipan_objects::memory::new(wrapped).into_obj()
}

/// What the asynchronous generator's step gave to whoever awaits it: a wrapped value ends the awaiting.
pub(super) fn unwrap(generator: &Suspended, result: PyResult<Obj>) -> PyResult {
    match result {
        Ok(value) => match value.downcast_exact::<PyAsyncGenWrappedValue>() {
            Some(wrapped) => {
                generator.running_async.set(false);
                Err(taipan_objects::errors::set_stop_iteration(Some(wrapped.value.clone())))
            }
            None => Ok(value),
        },
        Err(raised) => {
            note_end(generator, &raised);
            generator.running_async.set(false);
            Err(raised)
        }
    }
}

/// `StopAsyncIteration` and `GeneratorExit` close the generator.
fn note_end(generator: &Suspended, raised: &Raised) {
    use taipan_objects::errors::matches;
    if matches(raised, Exc::StopAsyncIteration) || matches(raised, Exc::GeneratorExit) {
        generator.closed.set(true);
    }
}
