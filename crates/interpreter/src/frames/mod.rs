//! Frames: what runs now, and the objects that show it.
//!
//! A [`Frame`] is a header followed by the local variables (locals, cells, free variables) and the value stack. Frames of
//! functions lie on their thread's frame stack ([`stack`]); a generator's lies in the generator; what is left of an ended
//! frame that somebody still looks at moves into its frame object ([`PyFrame`]). The header is laid out as CPython's, since
//! programs that switch stacks copy it.

#![expect(unsafe_code, reason = "frames are reached by pointer")]

mod locals;
mod object;
pub mod remote;
pub mod stack;

pub use locals::{PyFrameLocalsProxy, PyFrameLocalsProxy_Type};
pub use object::{PyFrame, PyFrame_Type};

use crate::value::Value;
use core::cell::UnsafeCell;
use core::ptr::null_mut;
use taipan_objects::model::gc::Visitor;
use taipan_objects::model::thread::{self, ThreadState};
use taipan_objects::prelude::*;
use taipan_objects::types::code::PyCode;
use taipan_objects::types::function::PyFunction;

/// Where a frame lies.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum Owner {
    Thread = 0,
    Generator = 1,
    FrameObject = 2,
}

/// A frame's header; locals and stack follow.
#[repr(C)]
pub struct Frame {
    pub(crate) executable: Value,
    /// The frame that called this one; null for the first of the thread and for frames that do not run.
    pub(crate) previous: *mut Frame,
    pub(crate) function: Value,
    /// Borrowed from the function.
    pub(crate) globals: *mut PyDict,
    /// Borrowed from the function.
    pub(crate) builtins: *mut PyObject,
    /// The namespace of a module or class body, owned, or null.
    pub(crate) locals: *mut PyObject,
    /// The frame object, owned, or null while nobody asked.
    pub(crate) object: *mut PyFrame,
    /// The instruction that runs, or ran last.
    pub(crate) instr: *mut u16,
    /// Where the stack ends; right only while the frame does not run.
    pub(crate) sp: *mut Value,
    /// Code units between the calling instruction and where to go on when the call returns.
    pub(crate) return_offset: u16,
    pub(crate) owner: Owner,
    /// Leaving this frame leaves the evaluation loop.
    pub(crate) is_entry: bool,
    /// The frame is an `__init__` whose instance waits on the caller's stack.
    pub(crate) is_init: bool,
    /// Where locals and stack begin. They change also while the header is borrowed, which the compiler has to know.
    pub(crate) values: [UnsafeCell<Value>; 0],
}

const _: () = {
    use core::mem::offset_of;
    use taipan_abi::_PyInterpreterFrame as C;
    assert!(offset_of!(Frame, previous) == offset_of!(C, previous));
    assert!(offset_of!(Frame, instr) == offset_of!(C, instr_ptr));
    assert!(offset_of!(Frame, owner) == offset_of!(C, owner));
    assert!(size_of::<Frame>() == offset_of!(C, localsplus));
};

/// Words of a frame's header.
pub(crate) const HEADER_WORDS: usize = size_of::<Frame>() / 8;

/// Words of locals and stack that a code object's frame has.
#[inline(always)]
pub(crate) fn slots(code: &PyCode) -> usize {
    (code.raw.co_nlocalsplus + code.raw.co_stacksize) as usize
}

/// The first instruction of a code object.
#[inline(always)]
pub(crate) fn first_instruction(code: &PyCode) -> *mut u16 {
    (&raw const code.raw.co_code_adaptive).cast_mut().cast()
}

impl Frame {
    /// Fills in a header. `function` is consumed; `locals` too. The local variables are up to the caller.
    ///
    /// # Safety
    /// `frame` points to room for the code's frame.
    #[inline(always)]
    pub(crate) unsafe fn init(
        frame: *mut Frame,
        code: &PyCode,
        function: Value,
        locals: *mut PyObject,
        previous: *mut Frame,
    ) {
        // SAFETY: the caller's promise; the function is one and keeps globals and built-ins alive.
        unsafe {
            let func: &PyFunction = function.cast();
            let header = Frame {
                executable: Value::owned(code.owned()),
                previous,
                function,
                globals: peek(&func.globals).cast(),
                builtins: peek(&func.builtins),
                locals,
                object: null_mut(),
                instr: first_instruction(code),
                sp: frame.cast::<Value>().add(HEADER_WORDS + code.raw.co_nlocalsplus as usize),
                return_offset: 0,
                owner: Owner::Thread,
                is_entry: false,
                is_init: false,
                values: [],
            };
            frame.write(header);
        }
    }

    /// The code object.
    #[inline(always)]
    pub(crate) fn code<'a>(&self) -> &'a PyCode {
        // SAFETY: a frame holds a code object from its start to its end.
        unsafe { self.executable.cast() }
    }

    /// The first of the local variables.
    #[inline(always)]
    pub(crate) fn localsplus(&self) -> *mut Value {
        UnsafeCell::raw_get(self.values.as_ptr())
    }

    /// The bottom of the stack.
    #[inline(always)]
    pub(crate) fn stack_base(&self) -> *mut Value {
        // SAFETY: the stack follows the locals.
        unsafe { self.localsplus().add(self.code().raw.co_nlocalsplus as usize) }
    }

    /// The index of the current instruction in code units.
    #[inline]
    pub(crate) fn unit(&self) -> usize {
        // SAFETY: both point into the code.
        unsafe { self.instr.offset_from(first_instruction(self.code())) as usize }
    }

    /// The function.
    #[inline(always)]
    pub(crate) fn func<'a>(&self) -> Option<&'a PyFunction> {
        // SAFETY: what is there is a function.
        if self.function.is_null() { None } else { Some(unsafe { self.function.cast() }) }
    }

    /// Whether the frame has not come to its first `RESUME` yet: still binding cells or making its generator.
    pub(crate) fn is_incomplete(&self) -> bool {
        self.owner == Owner::Thread && (self.unit() as i32) < self.code().raw._co_firsttraceable
    }

    /// The frame object, made now if it was not there.
    pub(crate) fn frame_object(&mut self) -> &PyFrame {
        if self.object.is_null() {
            self.object = PyFrame::of(self).into_raw();
        }
        // SAFETY: it is there now, and the frame owns it.
        unsafe { &*self.object }
    }

    /// Visits the local variables alone: of a frame that runs.
    pub(crate) fn traverse_locals(&self, visitor: &mut Visitor) {
        // SAFETY: the words between are values or null.
        unsafe {
            let (mut at, end) = (self.localsplus(), self.stack_base());
            while at < end {
                (*at).visit(visitor);
                at = at.add(1);
            }
        }
    }

    /// Visits what the frame holds. It does not run.
    pub(crate) fn traverse(&self, visitor: &mut Visitor) {
        // SAFETY: a suspended or ended frame has its stack pointer in place.
        unsafe {
            if let Some(locals) = self.locals.as_ref() {
                visitor.visit(locals);
            }
            self.function.visit(visitor);
            self.executable.visit(visitor);
            let mut at = self.localsplus();
            while at < self.sp {
                (*at).visit(visitor);
                at = at.add(1);
            }
        }
    }
}

/// What a field holds, as a raw pointer; null for none.
#[inline(always)]
pub(crate) fn peek(cell: &taipan_objects::model::ObjCell) -> *mut PyObject {
    // SAFETY: only the address is taken.
    unsafe { cell.peek() }.map_or(null_mut(), ObjectExt::as_ptr)
}

/// The innermost frame.
#[inline(always)]
pub(crate) fn current(thread: &ThreadState) -> *mut Frame {
    // SAFETY: one field is read.
    unsafe { (*thread.raw()).current_frame.cast() }
}

/// Makes a frame the innermost one.
#[inline(always)]
pub(crate) fn set_current(thread: &ThreadState, frame: *mut Frame) {
    // SAFETY: one field is written.
    unsafe { (*thread.raw()).current_frame = frame.cast() }
}

/// The first complete frame from here outwards.
pub(crate) fn skip_incomplete(mut frame: *mut Frame) -> *mut Frame {
    // SAFETY: frames of the chain are alive.
    unsafe {
        while let Some(known) = frame.as_ref()
            && known.is_incomplete()
        {
            frame = known.previous;
        }
    }
    frame
}

/// Ends a frame that ran: what is shown of it moves into its frame object, stack and locals are closed, the last one first.
/// The memory is the caller's to free. The frame is no longer in the chain.
#[inline(always)]
pub(crate) fn clear(frame: &mut Frame) {
    clear_except_code(frame);
    clear_code(frame);
}

/// As [`clear`]; the code object stays.
#[inline(always)]
pub(crate) fn clear_except_code(frame: &mut Frame) {
    if !frame.object.is_null() {
        object::part(frame);
        if frame.function.is_null() {
            return;
        }
    }
    // SAFETY: locals and stack lie between the two pointers; each value is taken out before it is closed.
    unsafe {
        let first = frame.localsplus();
        let mut at = frame.sp;
        while at != first {
            at = at.sub(1);
            at.replace(Value::NULL).close();
        }
        if !frame.locals.is_null() {
            drop(Obj::from_raw(core::mem::replace(&mut frame.locals, null_mut())));
        }
    }
    core::mem::replace(&mut frame.function, Value::NULL).close();
}

/// Gives up the code object, last of all.
#[inline(always)]
pub(crate) fn clear_code(frame: &mut Frame) {
    core::mem::replace(&mut frame.executable, Value::NULL).close();
}

/// Moves a frame, which does not run, to other memory. What it borrows it owns from then on. Its stack must be empty or
/// move with it.
///
/// # Safety
/// `target` has room for the frame; `source` is not a frame any more afterwards.
pub(crate) unsafe fn move_frame(source: *mut Frame, target: *mut Frame) {
    // SAFETY: the caller's promise.
    unsafe {
        let from = &mut *source;
        let first = from.localsplus();
        let count = from.sp.offset_from(first) as usize;
        core::ptr::copy_nonoverlapping(source, target, 1);
        let to = &mut *target;
        let values = to.localsplus();
        for index in 0..count {
            values.add(index).write((*first.add(index)).heap_safe());
        }
        to.function = to.function.heap_safe();
        to.executable = to.executable.heap_safe();
        to.sp = values.add(count);
        to.previous = null_mut();
        if let Some(object) = to.object.as_ref() {
            object.set_frame(target);
        }
    }
}

/// The frame object of the innermost running frame (`PyEval_GetFrame`).
pub fn current_frame_object() -> Option<Py<PyFrame>> {
    frame_at_depth(0)
}

/// The frame object `depth` frames above the innermost one (`sys._getframe`).
pub fn frame_at_depth(depth: usize) -> Option<Py<PyFrame>> {
    let mut frame = skip_incomplete(current(thread::current_opt()?));
    // SAFETY: frames of the chain are alive.
    unsafe {
        for _ in 0..depth {
            frame = skip_incomplete(frame.as_ref()?.previous);
        }
        frame.as_mut().map(|frame| frame.frame_object().to_owned())
    }
}

/// The frame object of the innermost frame of another thread, for `sys._current_frames`.
pub fn frame_of_thread(thread: &ThreadState) -> Option<Py<PyFrame>> {
    let frame = skip_incomplete(current(thread));
    // SAFETY: the caller holds the lock, so the other thread's frames stand still.
    unsafe { frame.as_mut() }.map(|frame| frame.frame_object().to_owned())
}

/// Shows the running frames of a thread, the innermost first, until `visit` says `false`. It allocates nothing and makes
/// no frame objects: fault handlers and the tracer of memory call it.
pub fn walk(thread: &ThreadState, visit: &mut dyn FnMut(&PyCode, Option<i32>) -> bool) {
    let mut frame = skip_incomplete(current(thread));
    // SAFETY: frames of the chain are alive, as long as their thread stands still.
    while let Some(known) = unsafe { frame.as_ref() } {
        let code = known.code();
        if !visit(code, code.line_at(known.unit())) {
            return;
        }
        frame = skip_incomplete(known.previous);
    }
}

/// The current frame's local variables as `locals()` gives them: a fresh dictionary in functions, the namespace itself
/// elsewhere. `SystemError` where no frame runs.
pub fn current_locals() -> PyResult {
    let frame = skip_incomplete(current(thread::current()));
    // SAFETY: frames of the chain are alive.
    match unsafe { frame.as_mut() } {
        Some(frame) => locals::as_mapping(frame),
        None => Err(raised!(SystemError, "frame does not exist")),
    }
}

/// As [`current_locals`]; the frame keeps the dictionary, and gives the same one again with what changed
/// (`PyEval_GetLocals`).
pub fn current_locals_kept() -> PyResult {
    let fresh = current_locals()?;
    let frame = skip_incomplete(current(thread::current()));
    // SAFETY: frames of the chain are alive.
    let Some(frame) = (unsafe { frame.as_mut() }) else { return Ok(fresh) };
    let is_function = frame.code().raw.co_flags & taipan_abi::CO_OPTIMIZED != 0;
    match fresh.downcast::<PyDict>() {
        Some(fresh) if is_function => frame.frame_object().keep_locals(fresh),
        _ => Ok(fresh),
    }
}

/// The code flags of the innermost frame that `compile` inherits; 0 where none runs.
pub fn current_code_flags() -> u32 {
    let frame = skip_incomplete(current(thread::current()));
    // SAFETY: frames of the chain are alive.
    unsafe { frame.as_ref() }.map_or(0, |frame| frame.code().raw.co_flags as u32)
}
