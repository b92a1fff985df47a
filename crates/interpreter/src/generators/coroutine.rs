//! `coroutine`, and the iterator that its `__await__` gives.

#![expect(unsafe_code, reason = "the layout is shared")]

use super::resume::{self, Thrown};
use super::{BASIC_SIZE, IsSuspended, Suspended, shared};
use crate::frames::{current, skip_incomplete};
use core::cell::Cell;
use taipan_macros::{pymethods, pytype};
use taipan_objects::model::gc::Visitor;
use taipan_objects::model::trampoline::Sent;
use taipan_objects::prelude::*;

// A coroutine: see `Suspended`.
#[pytype(name = "coroutine", exported = PyCoro_Type, gc(manual), weakref = weaklist, basicsize = BASIC_SIZE, itemsize = 8, parts(COROUTINE))]
pub struct PyCoroutine {
    ob_base: PyObject,
    weaklist: Cell<*mut PyObject>,
}

#[pymethods(COROUTINE)]
impl PyCoroutine {
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
        shared::repr(self.suspended(), "coroutine")
    }

    #[slot(am_await)]
    fn await_(&self) -> PyResult<Py<CoroutineWrapper>> {
        Ok(taipan_objects::memory::new(CoroutineWrapper {
            ob_base: PyObject::EMPTY,
            coroutine: self.owned(),
        }))
    }

    #[slot(am_send)]
    fn am_send(&self, value: &PyObject) -> PyResult<Sent> {
        resume::send(self.suspended(), value)
    }

    /// send(arg) -> send 'arg' into coroutine,
    /// return next iterated value or raise StopIteration.
    #[pymethod(signature = "(object, /)")]
    fn send(&self, object: &PyObject) -> PyResult {
        let sent = resume::send(self.suspended(), object)?;
        resume::to_method_result(self.suspended(), sent)
    }

    /// throw(value)
    /// throw(type[,value[,traceback]])
    ///
    /// Raise exception in coroutine, return next iterated value or raise
    /// StopIteration.
    /// the (type, val, tb) signature is deprecated,
    /// and may be removed in a future version of Python.
    #[pymethod(signature = "(*args)", no_text)]
    fn throw(&self, args: &[&PyObject]) -> PyResult {
        let thrown = Thrown::from_args(args, "throw")?;
        let sent = resume::throw(self.suspended(), true, &thrown)?;
        resume::to_method_result(self.suspended(), sent)
    }

    /// close() -> raise GeneratorExit inside coroutine.
    #[pymethod(signature = "()")]
    fn close(&self) -> PyResult {
        resume::close(self.suspended())
    }

    /// gen.__sizeof__() -> size of gen in memory, in bytes
    #[pymethod(name = "__sizeof__", signature = "()")]
    fn size_of(&self) -> PyResult<usize> {
        Ok(shared::size_of(self.suspended()))
    }

    /// coroutines are generic over the types of their yield, send, and return values
    #[pymethod(name = "__class_getitem__", signature = "(object, /)", class)]
    fn class_getitem(cls: &TypeObject, object: &PyObject) -> PyResult {
        shared::class_getitem(cls, object)
    }

    /// name of the coroutine
    #[getter(__name__)]
    fn name(&self) -> PyResult<Option<Obj>> {
        Ok(self.suspended().name.get())
    }

    #[setter(__name__)]
    fn set_name(&self, value: Option<&PyObject>) -> PyResult<()> {
        shared::set_name(&self.suspended().name, value, "__name__")
    }

    /// qualified name of the coroutine
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
    fn cr_await(&self) -> PyResult<Option<Obj>> {
        Ok(self.suspended().delegate())
    }

    #[getter]
    fn cr_running(&self) -> PyResult<bool> {
        Ok(self.suspended().state.get() == super::State::Executing)
    }

    #[getter]
    fn cr_suspended(&self) -> PyResult<bool> {
        Ok(self.suspended().state.get().is_suspended())
    }

    #[getter]
    fn cr_frame(&self) -> PyResult<Option<Obj>> {
        Ok(shared::frame_object(self.suspended()))
    }

    #[getter]
    fn cr_origin(&self) -> PyResult<Option<Obj>> {
        Ok(self.suspended().origin_or_finalizer.get())
    }

    #[getter]
    fn cr_code(&self) -> PyResult {
        Ok(self.suspended().code().owned())
    }
}

const _: () =
    assert!(core::mem::offset_of!(PyCoroutine, weaklist) == core::mem::offset_of!(Suspended, weaklist));

/// Where the coroutine was made, as far up as `sys.set_coroutine_origin_tracking_depth` says.
pub(super) fn note_origin(coroutine: &Suspended) {
    let thread = taipan_objects::model::thread::current();
    // SAFETY: one field is read.
    let depth = unsafe { (*thread.raw()).coroutine_origin_tracking_depth };
    if depth <= 0 {
        return;
    }
    let mut entries = Vec::new();
    let mut frame = skip_incomplete(current(thread));
    while (entries.len() as i32) < depth {
        // SAFETY: frames of the chain are alive.
        let Some(known) = (unsafe { frame.as_ref() }) else { break };
        let code = known.code();
        let line =
            code.line_at(known.unit()).map_or_else(none, |line| PyInt::from_i64(line.into()).into_obj());
        entries.push(PyTuple::from_vec(vec![code.filename().owned(), line, code.name().owned()]).into_obj());
        frame = skip_incomplete(known.previous);
    }
    coroutine.origin_or_finalizer.set(Some(PyTuple::from_vec(entries).into_obj()));
}

/// A wrapper object implementing __await__ for coroutines.
#[pytype(name = "coroutine_wrapper", exported = _PyCoroWrapper_Type, gc, parts(WRAPPER))]
pub struct CoroutineWrapper {
    ob_base: PyObject,
    coroutine: Obj,
}

impl CoroutineWrapper {
    fn suspended(&self) -> &Suspended {
        // SAFETY: it is made with a coroutine.
        unsafe { &*self.coroutine.as_ptr().cast() }
    }
}

#[pymethods(WRAPPER)]
impl CoroutineWrapper {
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

    /// send(arg) -> send 'arg' into coroutine,
    /// return next iterated value or raise StopIteration.
    #[pymethod(signature = "(object, /)")]
    fn send(&self, object: &PyObject) -> PyResult {
        let sent = resume::send(self.suspended(), object)?;
        resume::to_method_result(self.suspended(), sent)
    }

    /// throw(value)
    /// throw(type[,value[,traceback]])
    ///
    /// Raise exception in coroutine, return next iterated value or raise
    /// StopIteration.
    /// the (type, val, tb) signature is deprecated,
    /// and may be removed in a future version of Python.
    #[pymethod(signature = "(*args)", no_text)]
    fn throw(&self, args: &[&PyObject]) -> PyResult {
        let thrown = Thrown::from_args(args, "throw")?;
        let sent = resume::throw(self.suspended(), true, &thrown)?;
        resume::to_method_result(self.suspended(), sent)
    }

    /// close() -> raise GeneratorExit inside coroutine.
    #[pymethod(signature = "()")]
    fn close(&self) -> PyResult {
        resume::close(self.suspended())
    }
}
