//! `frame`: the object that shows a frame to Python.
//!
//! It points to the frame while that runs or waits. When the frame ends, its header, locals and stack move into the object
//! ([`part`]). The collector knows the object from then on.

#![expect(unsafe_code, reason = "frames are reached by pointer")]

use super::{Frame, HEADER_WORDS, Owner, clear_code, clear_except_code, locals, skip_incomplete, slots};
use core::cell::Cell;
use core::ffi::c_int;
use core::ptr::null_mut;
use taipan_macros::{pymethods, pytype};
use taipan_objects::model::ObjCell;
use taipan_objects::model::gc::Visitor;
use taipan_objects::prelude::*;
use taipan_objects::system::audit_attribute;
use taipan_objects::types::code::PyCode;
use taipan_objects::{gc, memory};

/// Bytes of a frame object without its locals and stack.
const BASIC_SIZE: usize = core::mem::offset_of!(PyFrame, data) + HEADER_WORDS * 8;

// A frame shown to Python; when the frame ends, what is left of it moves in here.
#[pytype(name = "frame", exported = PyFrame_Type, layout = PyFrameObject, gc(manual), basicsize = BASIC_SIZE, itemsize = 8, parts(FRAME))]
pub struct PyFrame {
    ob_base: PyObject,
    back: ObjCell,
    frame: Cell<*mut Frame>,
    pub(crate) trace: ObjCell,
    /// What tracing code sees; 0 where it is to be derived.
    pub(crate) lineno: Cell<c_int>,
    pub(crate) trace_lines: Cell<bool>,
    pub(crate) trace_opcodes: Cell<bool>,
    pub(super) extra_locals: ObjCell,
    locals_cache: ObjCell,
    pub(super) overwritten: ObjCell,
    data: [*mut PyObject; 1],
}

impl PyFrame {
    /// The object of a frame that has none.
    pub(super) fn of(frame: &mut Frame) -> Py<PyFrame> {
        let object = memory::alloc_surely(Self::type_object(), slots(frame.code())).cast::<PyFrame>();
        // SAFETY: fresh memory of the type; every field is written, the words behind them as well.
        unsafe {
            (&raw mut (*object).back).write(ObjCell::empty());
            (&raw mut (*object).frame).write(Cell::new(frame));
            (&raw mut (*object).trace).write(ObjCell::empty());
            (&raw mut (*object).lineno).write(Cell::new(0));
            (&raw mut (*object).trace_lines).write(Cell::new(true));
            (&raw mut (*object).trace_opcodes).write(Cell::new(false));
            (&raw mut (*object).extra_locals).write(ObjCell::empty());
            (&raw mut (*object).locals_cache).write(ObjCell::empty());
            (&raw mut (*object).overwritten).write(ObjCell::empty());
            Py::from_raw(object)
        }
    }

    /// Brings the dictionary of locals that C borrows up to date.
    pub(super) fn keep_locals(&self, fresh: &PyDict) -> PyResult {
        if let Some(kept) = self.locals_cache.get()
            && let Some(dict) = kept.downcast::<PyDict>()
        {
            dict.update(fresh)?;
            return Ok(kept);
        }
        self.locals_cache.set(Some(fresh.owned()));
        Ok(fresh.owned())
    }

    /// A frame that never runs, for tracebacks of native code (`PyFrame_New`).
    pub fn detached(code: &PyCode, globals: &PyDict) -> PyResult<Py<PyFrame>> {
        let function = taipan_objects::types::function::PyFunction::new(code, globals, None)?;
        let object = memory::alloc_untracked(Self::type_object(), slots(code))?.cast::<PyFrame>();
        // SAFETY: fresh memory of the type with room for the code's frame; every field and local is written.
        unsafe {
            let target = (&raw mut (*object).data).cast::<Frame>();
            (&raw mut (*object).back).write(ObjCell::empty());
            (&raw mut (*object).frame).write(Cell::new(target));
            (&raw mut (*object).trace).write(ObjCell::empty());
            (&raw mut (*object).lineno).write(Cell::new(0));
            (&raw mut (*object).trace_lines).write(Cell::new(true));
            (&raw mut (*object).trace_opcodes).write(Cell::new(false));
            (&raw mut (*object).extra_locals).write(ObjCell::empty());
            (&raw mut (*object).locals_cache).write(ObjCell::empty());
            (&raw mut (*object).overwritten).write(ObjCell::empty());
            let function = crate::value::Value::owned(function.into_obj());
            Frame::init(target, code, function, null_mut(), null_mut());
            for index in 0..code.raw.co_nlocalsplus as usize {
                (*target).localsplus().add(index).write(crate::value::Value::NULL);
            }
            (*target).owner = Owner::FrameObject;
            gc::track(object.cast());
            Ok(Py::from_raw(object))
        }
    }

    pub(super) fn set_frame(&self, frame: *mut Frame) {
        self.frame.set(frame);
    }

    /// The frame: the running or waiting one, or what is left of it.
    pub(crate) fn frame<'a>(&self) -> &'a mut Frame {
        // SAFETY: the pointer follows the frame wherever it goes.
        unsafe { &mut *self.frame.get() }
    }

    /// Room for what is left of the frame.
    fn own_frame(&self) -> *mut Frame {
        (&raw const self.data).cast_mut().cast()
    }

    /// `f_code`.
    pub fn code(&self) -> Py<PyCode> {
        self.frame().code().to_owned()
    }

    /// `f_globals`.
    pub fn globals(&self) -> Py<PyDict> {
        // SAFETY: the function, which a frame that ended keeps as well, keeps its globals.
        unsafe { (*self.frame().globals).to_owned() }
    }

    /// `f_builtins`.
    pub fn builtins(&self) -> Obj {
        // SAFETY: as for the globals.
        unsafe { (*self.frame().builtins).owned() }
    }

    /// `f_back`.
    pub fn back(&self) -> Option<Py<PyFrame>> {
        if let Some(back) = self.back.get() {
            return back.downcast_owned::<PyFrame>();
        }
        let previous = skip_incomplete(self.frame().previous);
        // SAFETY: frames of the chain are alive.
        unsafe { previous.as_mut() }.map(|frame| frame.frame_object().to_owned())
    }

    /// `f_lineno`; `None` where the instruction has no line.
    pub fn line_number(&self) -> Option<i32> {
        match self.lineno.get() {
            0 => {
                let frame = self.frame();
                frame.code().line_at(frame.unit())
            }
            known => Some(known),
        }
    }

    /// `f_lasti`, in bytes.
    pub fn last_instruction(&self) -> i32 {
        let frame = self.frame();
        if frame.is_incomplete() { -1 } else { (frame.unit() * 2) as i32 }
    }

    /// `f_locals`.
    pub fn locals(&self) -> PyResult {
        locals::of_frame(self)
    }

    /// The generator whose frame it is.
    pub fn generator(&self) -> Option<Obj> {
        let frame = self.frame();
        // SAFETY: the owner says that the frame lies in a generator.
        (frame.owner == Owner::Generator).then(|| unsafe { crate::generators::Suspended::of(frame) }.owned())
    }
}

/// The frame ends: lets go of its frame object, which takes over what it holds where others look at it.
#[cold]
#[inline(never)]
pub(super) fn part(frame: &mut Frame) {
    // SAFETY: the frame owns a count of its object. What it holds moves, and is marked as gone here.
    unsafe {
        let object = Py::from_raw(core::mem::replace(&mut frame.object, null_mut()));
        if object.refcount() > 1 {
            let target = object.own_frame();
            let back = skip_incomplete(frame.previous);
            if let Some(back) = back.as_mut() {
                object.back.set(Some(back.frame_object().owned()));
            }
            let code = frame.code().owned();
            super::move_frame(frame, target);
            frame.executable = crate::value::Value::owned(code);
            frame.function = crate::value::Value::NULL;
            frame.locals = null_mut();
            frame.sp = frame.localsplus();
            (*target).owner = Owner::FrameObject;
            (*target).is_entry = false;
            object.frame.set(target);
            gc::track(object.as_ptr());
        }
    }
}

#[pymethods(FRAME)]
impl PyFrame {
    #[slot(tp_dealloc, raw)]
    unsafe extern "C" fn dealloc(object: *mut PyObject) {
        // SAFETY: the last reference is gone: the frame ended and moved in here, or let go of the object.
        unsafe {
            gc::untrack(object);
            let this = &*object.cast::<PyFrame>();
            if core::ptr::eq(this.frame.get(), this.own_frame()) {
                let frame = this.frame();
                clear_except_code(frame);
                clear_code(frame);
            }
            for cell in [&this.back, &this.trace, &this.extra_locals, &this.locals_cache, &this.overwritten] {
                cell.set(None);
            }
            memory::free_object(object);
            memory::end_dealloc();
        }
    }

    #[slot(tp_traverse)]
    fn traverse(&self, visitor: &mut Visitor) {
        use taipan_objects::model::gc::Traverse;
        self.back.traverse(visitor);
        self.trace.traverse(visitor);
        self.extra_locals.traverse(visitor);
        self.locals_cache.traverse(visitor);
        self.overwritten.traverse(visitor);
        if core::ptr::eq(self.frame.get(), self.own_frame()) {
            self.frame().traverse(visitor);
        }
    }

    #[slot(tp_clear)]
    fn clear_slot(&self) {
        self.trace.set(None);
        self.extra_locals.set(None);
        self.locals_cache.set(None);
        self.overwritten.set(None);
        if core::ptr::eq(self.frame.get(), self.own_frame()) {
            locals::clear_values(self.frame());
        }
    }

    #[slot(tp_repr)]
    fn repr(&self) -> PyResult<Py<PyStr>> {
        let code = self.code();
        let line = self.line_number().map_or_else(|| "None".to_owned(), |line| line.to_string());
        let file = object::repr(code.filename())?;
        Ok(PyStr::new(&format!(
            "<frame at {:#x}, file {file}, line {line}, code {}>",
            self.as_ptr() as usize,
            code.name()
        )))
    }

    /// Clear all references held by the frame.
    #[pymethod(signature = "()")]
    fn clear(&self) -> PyResult<()> {
        let frame = self.frame();
        match frame.owner {
            Owner::Generator => {
                // SAFETY: the owner says so.
                let generator = unsafe { crate::generators::Suspended::of(frame) };
                let state = generator.state.get();
                if state == crate::generators::State::Executing {
                    return Err(raised!(RuntimeError, "cannot clear an executing frame"));
                }
                if state.is_suspended() {
                    return Err(raised!(RuntimeError, "cannot clear a suspended frame"));
                }
                generator.finalize_unstarted();
                Ok(())
            }
            Owner::Thread => Err(raised!(RuntimeError, "cannot clear an executing frame")),
            Owner::FrameObject => {
                self.clear_slot();
                Ok(())
            }
        }
    }

    /// Return the size of the frame in memory, in bytes.
    #[pymethod(name = "__sizeof__", signature = "()")]
    fn size_of(&self) -> PyResult<usize> {
        Ok(BASIC_SIZE + slots(self.frame().code()) * 8)
    }

    #[pymethod(name = "__reduce__", signature = "()")]
    fn reduce(&self) -> PyResult<()> {
        Err(raised!(TypeError, "cannot pickle 'frame' object"))
    }

    /// Return the next outer frame object.
    #[getter(f_back)]
    fn get_back(&self) -> PyResult<Option<Py<PyFrame>>> {
        Ok(self.back())
    }

    /// Return the code object being executed in this frame.
    #[getter(f_code)]
    fn get_code(&self) -> PyResult<Py<PyCode>> {
        audit_attribute(c"object.__getattr__", self.as_object(), "f_code", None)?;
        Ok(self.code())
    }

    /// Return the global variables in the frame.
    #[getter(f_globals)]
    fn get_globals(&self) -> PyResult<Py<PyDict>> {
        Ok(self.globals())
    }

    /// Return the built-in variables in the frame.
    #[getter(f_builtins)]
    fn get_builtins(&self) -> PyResult {
        Ok(self.builtins())
    }

    /// Return the mapping used by the frame to look up local variables.
    #[getter(f_locals)]
    fn get_locals(&self) -> PyResult {
        self.locals()
    }

    /// Return the index of the last attempted instruction in the frame.
    #[getter(f_lasti)]
    fn get_lasti(&self) -> PyResult<i32> {
        Ok(self.last_instruction())
    }

    /// Return the current line number in the frame.
    #[getter(f_lineno)]
    fn get_lineno(&self) -> PyResult<Option<i32>> {
        Ok(self.line_number())
    }

    #[setter(f_lineno)]
    fn set_lineno(&self, value: Option<&PyObject>) -> PyResult<()> {
        crate::monitoring::set_line_number(self, value)
    }

    /// Return the generator or coroutine associated with this frame, or None.
    #[getter(f_generator)]
    fn get_generator(&self) -> PyResult<Option<Obj>> {
        Ok(self.generator())
    }

    /// Return the trace function for this frame, or None if no trace function is set.
    #[getter(f_trace)]
    fn get_trace(&self) -> PyResult<Option<Obj>> {
        Ok(self.trace.get())
    }

    #[setter(f_trace)]
    fn set_trace(&self, value: Option<&PyObject>) -> PyResult<()> {
        crate::monitoring::set_frame_trace(self, value.filter(|value| !value.is_none()))
    }

    #[getter]
    fn f_trace_lines(&self) -> PyResult<bool> {
        Ok(self.trace_lines.get())
    }

    #[setter]
    fn set_f_trace_lines(&self, value: Option<&PyObject>) -> PyResult<()> {
        self.trace_lines.set(flag(value)?);
        Ok(())
    }

    /// Return True if opcode tracing is enabled, False otherwise.
    #[getter(f_trace_opcodes)]
    fn get_trace_opcodes(&self) -> PyResult<bool> {
        Ok(self.trace_opcodes.get())
    }

    #[setter(f_trace_opcodes)]
    fn set_trace_opcodes(&self, value: Option<&PyObject>) -> PyResult<()> {
        if value.is_none() {
            return Err(crate::monitoring::cannot_delete("f_trace_opcodes"));
        }
        crate::monitoring::set_trace_opcodes(self, flag(value)?)
    }
}

fn flag(value: Option<&PyObject>) -> PyResult<bool> {
    match value {
        None => Err(raised!(TypeError, "can't delete numeric/char attribute")),
        Some(value) if value.class().short_name() == "bool" => object::is_true(value),
        _ => Err(raised!(TypeError, "attribute value type must be bool")),
    }
}
