//! `generator`.

#![expect(unsafe_code, reason = "the layout is shared")]

use super::resume::{self, Thrown};
use super::{BASIC_SIZE, IsSuspended, Suspended, shared};
use core::cell::Cell;
use taipan_macros::{pymethods, pytype};
use taipan_objects::model::gc::Visitor;
use taipan_objects::model::trampoline::Sent;
use taipan_objects::prelude::*;

// A generator: see `Suspended`.
#[pytype(name = "generator", exported = PyGen_Type, gc(manual), weakref = weaklist, basicsize = BASIC_SIZE, itemsize = 8, parts(GENERATOR))]
pub struct PyGenerator {
    ob_base: PyObject,
    weaklist: Cell<*mut PyObject>,
}

#[pymethods(GENERATOR)]
impl PyGenerator {
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
        shared::repr(self.suspended(), "generator")
    }

    #[slot(tp_iter)]
    fn iter(&self) -> PyResult {
        Ok(self.owned())
    }

    #[slot(tp_iternext)]
    fn next(&self) -> PyResult<Option<Obj>> {
        match resume::send(self.suspended(), none_ref())? {
            Sent::Next(value) => Ok(Some(value)),
            Sent::Return(value) if value.is_none() => Ok(None),
            Sent::Return(value) => Err(taipan_objects::errors::set_stop_iteration(Some(value))),
        }
    }

    #[slot(am_send)]
    fn am_send(&self, value: &PyObject) -> PyResult<Sent> {
        resume::send(self.suspended(), value)
    }

    /// send(value) -> send 'value' into generator,
    /// return next yielded value or raise StopIteration.
    #[pymethod(signature = "(object, /)")]
    fn send(&self, object: &PyObject) -> PyResult {
        let sent = resume::send(self.suspended(), object)?;
        resume::to_method_result(self.suspended(), sent)
    }

    /// throw(value)
    /// throw(type[,value[,tb]])
    ///
    /// Raise exception in generator, return next yielded value or raise
    /// StopIteration.
    /// the (type, val, tb) signature is deprecated,
    /// and may be removed in a future version of Python.
    #[pymethod(signature = "(*args)", no_text)]
    fn throw(&self, args: &[&PyObject]) -> PyResult {
        let thrown = Thrown::from_args(args, "throw")?;
        let sent = resume::throw(self.suspended(), true, &thrown)?;
        resume::to_method_result(self.suspended(), sent)
    }

    /// close() -> raise GeneratorExit inside generator.
    #[pymethod(signature = "()")]
    fn close(&self) -> PyResult {
        resume::close(self.suspended())
    }

    /// gen.__sizeof__() -> size of gen in memory, in bytes
    #[pymethod(name = "__sizeof__", signature = "()")]
    fn size_of(&self) -> PyResult<usize> {
        Ok(shared::size_of(self.suspended()))
    }

    /// generators are generic over the types of their yield, send, and return values
    #[pymethod(name = "__class_getitem__", signature = "(object, /)", class)]
    fn class_getitem(cls: &TypeObject, object: &PyObject) -> PyResult {
        shared::class_getitem(cls, object)
    }

    /// name of the generator
    #[getter(__name__)]
    fn name(&self) -> PyResult<Option<Obj>> {
        Ok(self.suspended().name.get())
    }

    #[setter(__name__)]
    fn set_name(&self, value: Option<&PyObject>) -> PyResult<()> {
        shared::set_name(&self.suspended().name, value, "__name__")
    }

    /// qualified name of the generator
    #[getter(__qualname__)]
    fn qualname(&self) -> PyResult<Option<Obj>> {
        Ok(self.suspended().qualname.get())
    }

    #[setter(__qualname__)]
    fn set_qualname(&self, value: Option<&PyObject>) -> PyResult<()> {
        shared::set_name(&self.suspended().qualname, value, "__qualname__")
    }

    /// object being iterated by yield from, or None
    #[getter]
    fn gi_yieldfrom(&self) -> PyResult<Option<Obj>> {
        Ok(self.suspended().delegate())
    }

    #[getter]
    fn gi_running(&self) -> PyResult<bool> {
        Ok(self.suspended().state.get() == super::State::Executing)
    }

    #[getter]
    fn gi_suspended(&self) -> PyResult<bool> {
        Ok(self.suspended().state.get().is_suspended())
    }

    #[getter]
    fn gi_frame(&self) -> PyResult<Option<Obj>> {
        Ok(shared::frame_object(self.suspended()))
    }

    #[getter]
    fn gi_code(&self) -> PyResult {
        Ok(self.suspended().code().owned())
    }
}

const _: () =
    assert!(core::mem::offset_of!(PyGenerator, weaklist) == core::mem::offset_of!(Suspended, weaklist));
