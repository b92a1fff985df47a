//! Generators, coroutines and asynchronous generators: functions that keep their frame while they wait.
//!
//! The three types share a layout, [`Suspended`], which is CPython's: the frame lies at the end of the object. A resumed
//! frame runs on top of its resumer's, in the same loop where the resumer is Python code (`eval::generators`), else through
//! [`resume::send`].
//!
//! | file | holds |
//! |---|---|
//! | `resume` | sending, throwing, closing |
//! | `generator`, `coroutine`, `async_gen` | the types |
//! | `awaitables` | what `asend`, `athrow`, `aclose` and `anext` give |
//! | `shared` | attributes and the end of all three types |
//! | `remote` | what coroutines of another process wait for |

#![expect(unsafe_code, reason = "generators hold frames")]

mod async_gen;
mod awaitables;
mod coroutine;
mod generator;
pub mod remote;
pub(crate) mod resume;
mod shared;

pub(crate) use shared::is_awaitable_generator;

pub use async_gen::{
    _PyAsyncGenWrappedValue_Type, PyAsyncGen_Type, PyAsyncGenWrappedValue, PyAsyncGenerator,
};
pub use awaitables::{
    _PyAnextAwaitable_Type, _PyAsyncGenASend_Type, _PyAsyncGenAThrow_Type, AnextAwaitable, AsyncGenSend,
    AsyncGenThrow,
};
pub use coroutine::{_PyCoroWrapper_Type, CoroutineWrapper, PyCoro_Type, PyCoroutine};
pub use generator::{PyGen_Type, PyGenerator};

use crate::calls::frames::{enter_recursion, leave_recursion};
use crate::frames::{self, Frame, HEADER_WORDS, Owner, slots};
use crate::value::Value;
use core::cell::{Cell, UnsafeCell};
use core::ptr::null_mut;
use taipan_abi::_PyErr_StackItem;
use taipan_bytecode::code::flags::{CO_ASYNC_GENERATOR, CO_COROUTINE};
use taipan_objects::memory;
use taipan_objects::model::ObjCell;
use taipan_objects::model::thread::ThreadState;
use taipan_objects::prelude::*;
use taipan_objects::types::function::PyFunction;

/// What a generator's frame does.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(i8)]
pub(crate) enum State {
    Created = -3,
    Suspended = -2,
    /// In `yield from` or `await`; what it waits for is on top of its stack.
    Delegating = -1,
    Executing = 0,
    Completed = 1,
    Cleared = 4,
}

impl State {
    pub(crate) fn is_finished(self) -> bool {
        self as i8 >= State::Completed as i8
    }

    pub(crate) fn is_suspended(self) -> bool {
        matches!(self, State::Suspended | State::Delegating)
    }
}

/// The layout of generators, coroutines and asynchronous generators.
#[repr(C)]
pub struct Suspended {
    ob_base: PyObject,
    pub(crate) weaklist: Cell<*mut PyObject>,
    pub(crate) name: ObjCell,
    pub(crate) qualname: ObjCell,
    exc_state: UnsafeCell<_PyErr_StackItem>,
    pub(crate) origin_or_finalizer: ObjCell,
    pub(crate) hooks_inited: Cell<bool>,
    pub(crate) closed: Cell<bool>,
    pub(crate) running_async: Cell<bool>,
    pub(crate) state: Cell<State>,
    pub(crate) frame: UnsafeCell<Frame>,
}

const _: () = {
    use core::mem::offset_of;
    use taipan_abi::PyGenObject as C;
    assert!(offset_of!(Suspended, frame) == offset_of!(C, gi_iframe));
    assert!(offset_of!(Suspended, state) == offset_of!(C, gi_frame_state));
};

/// Bytes of a generator without its locals and stack.
pub(crate) const BASIC_SIZE: usize = core::mem::offset_of!(Suspended, frame) + HEADER_WORDS * 8;

impl core::ops::Deref for Suspended {
    type Target = PyObject;
    #[inline(always)]
    fn deref(&self) -> &PyObject {
        &self.ob_base
    }
}

/// One of the three types.
pub(crate) trait IsSuspended: PyType {
    #[inline(always)]
    fn suspended(&self) -> &Suspended {
        // SAFETY: the three types have this layout.
        unsafe { &*core::ptr::from_ref(self).cast() }
    }
}

impl IsSuspended for PyGenerator {}
impl IsSuspended for PyCoroutine {}
impl IsSuspended for PyAsyncGenerator {}

/// A generator or coroutine, which `send` in the loop can resume directly.
#[inline(always)]
pub(crate) fn as_direct(object: &PyObject) -> Option<&Suspended> {
    if let Some(generator) = object.downcast_exact::<PyGenerator>() {
        return Some(generator.suspended());
    }
    object.downcast_exact::<PyCoroutine>().map(IsSuspended::suspended)
}

impl Suspended {
    #[inline(always)]
    pub(crate) fn frame_ptr(&self) -> *mut Frame {
        self.frame.get()
    }

    /// The code object, also of an ended generator.
    pub(crate) fn code(&self) -> &taipan_objects::types::code::PyCode {
        // SAFETY: the code object stays until the generator is destroyed.
        unsafe { (*self.frame.get()).code() }
    }

    pub(crate) fn flags(&self) -> u32 {
        self.code().raw.co_flags as u32
    }

    /// `generator`, `coroutine` or `async generator`, for messages.
    pub(crate) fn kind(&self) -> &'static str {
        if self.downcast_exact::<PyCoroutine>().is_some() {
            "coroutine"
        } else if self.downcast_exact::<PyAsyncGenerator>().is_some() {
            "async generator"
        } else {
            "generator"
        }
    }

    /// What it waits for in `yield from` or `await`.
    pub(crate) fn delegate(&self) -> Option<Obj> {
        if self.state.get() != State::Delegating {
            return None;
        }
        // SAFETY: the frame is suspended; what it waits for is on top.
        unsafe {
            let frame = self.frame.get();
            Some((*(*frame).sp.sub(1)).to_obj())
        }
    }

    /// The generator of a frame.
    ///
    /// # Safety
    /// The frame is a generator's.
    #[inline(always)]
    pub(crate) unsafe fn of<'a>(frame: *mut Frame) -> &'a Suspended {
        // SAFETY: the caller's promise.
        unsafe { &*frame.byte_sub(core::mem::offset_of!(Suspended, frame)).cast() }
    }

    /// Prepares the frame to run with `value` as the result of its `yield`. The value is consumed, also on failure.
    #[inline(always)]
    pub(crate) fn begin(&self, thread: &ThreadState, value: Value) -> PyResult<*mut Frame> {
        if let Err(raised) = enter_recursion(thread) {
            value.close();
            return Err(raised);
        }
        // SAFETY: the frame is suspended and has room for the value its code takes from the stack.
        unsafe {
            let frame = self.frame.get();
            (*frame).sp.write(value.heap_safe());
            (*frame).sp = (*frame).sp.add(1);
            (*frame).is_entry = false;
            self.state.set(State::Executing);
            let item = self.exc_state.get();
            (*item).previous_item = (*thread.raw()).exc_info;
            (*thread.raw()).exc_info = item;
            Ok(frame)
        }
    }

    /// Takes the generator's handled exception out of the thread's chain.
    #[inline(always)]
    fn unlink(&self, thread: &ThreadState) {
        // SAFETY: `begin` linked it.
        unsafe {
            let item = self.exc_state.get();
            (*thread.raw()).exc_info = (*item).previous_item;
            (*item).previous_item = null_mut();
        }
        leave_recursion(thread);
    }

    /// Notes that the running frame waits in a `yield`.
    #[inline(always)]
    pub(crate) fn suspend(&self, thread: &ThreadState, delegating: bool) {
        self.state.set(if delegating { State::Delegating } else { State::Suspended });
        self.unlink(thread);
    }

    /// Ends the frame, which does not run.
    pub(crate) fn clear_frame(&self) {
        if self.state.replace(State::Cleared) == State::Cleared {
            return;
        }
        // SAFETY: the frame is whole and nobody else looks at it from now on.
        unsafe {
            let frame = &mut *self.frame.get();
            frame.previous = null_mut();
            frames::clear_except_code(frame);
            self.clear_exc_state();
        }
    }

    /// `frame.clear()` of a generator that does not run.
    pub(crate) fn finalize_unstarted(&self) {
        shared::finalize(self);
    }

    /// Whether its code was handling an exception when it stopped.
    pub(crate) fn handles_exception(&self) -> bool {
        // SAFETY: the item is whole; null and `None` stand for nothing.
        unsafe { (*self.exc_state.get()).exc_value.as_ref().is_some_and(|handled| !handled.is_none()) }
    }

    pub(crate) fn clear_exc_state(&self) {
        // SAFETY: the item owns what it holds.
        unsafe {
            let handled = core::mem::replace(&mut (*self.exc_state.get()).exc_value, null_mut());
            if !handled.is_null() {
                drop(Obj::from_raw(handled));
            }
        }
    }

    pub(crate) fn traverse(&self, visitor: &mut taipan_objects::model::gc::Visitor) {
        use taipan_objects::model::gc::Traverse;
        self.name.traverse(visitor);
        self.qualname.traverse(visitor);
        self.origin_or_finalizer.traverse(visitor);
        // SAFETY: the collector runs no Python code meanwhile. A running frame's stack pointer is not in place, its
        // local variables are.
        unsafe {
            match self.state.get() {
                State::Cleared => {}
                State::Executing => (*self.frame.get()).traverse_locals(visitor),
                _ => (*self.frame.get()).traverse(visitor),
            }
            if let Some(handled) = (*self.exc_state.get()).exc_value.as_ref() {
                visitor.visit(handled);
            }
        }
    }
}

/// Makes the generator, coroutine or asynchronous generator of a frame that just began, and moves the frame into it. The
/// frame's memory is left to the caller.
pub(crate) fn make(frame: *mut Frame) -> PyResult {
    // SAFETY: the frame is whole; what it holds moves.
    unsafe {
        let code = (*frame).code();
        let flags = code.raw.co_flags as u32;
        let class = if flags & CO_COROUTINE != 0 {
            PyCoroutine::type_object()
        } else if flags & CO_ASYNC_GENERATOR != 0 {
            PyAsyncGenerator::type_object()
        } else {
            PyGenerator::type_object()
        };
        let object = memory::alloc_untracked(class, slots(code))?;
        let generator: *mut Suspended = object.cast();
        let func: &PyFunction = (*frame).function.cast();
        (&raw mut (*generator).weaklist).write(Cell::new(null_mut()));
        (&raw mut (*generator).name).write(ObjCell::new(func.name.get()));
        (&raw mut (*generator).qualname).write(ObjCell::new(func.qualname.get()));
        (&raw mut (*generator).exc_state)
            .write(UnsafeCell::new(_PyErr_StackItem { exc_value: null_mut(), previous_item: null_mut() }));
        (&raw mut (*generator).origin_or_finalizer).write(ObjCell::empty());
        (&raw mut (*generator).hooks_inited).write(Cell::new(false));
        (&raw mut (*generator).closed).write(Cell::new(false));
        (&raw mut (*generator).running_async).write(Cell::new(false));
        (&raw mut (*generator).state).write(Cell::new(State::Created));
        let target = (*generator).frame.get();
        frames::move_frame(frame, target);
        (*target).owner = Owner::Generator;
        taipan_objects::gc::track(object);
        let made = Obj::from_raw(object);
        if flags & CO_COROUTINE != 0 {
            coroutine::note_origin(&*generator);
        }
        Ok(made)
    }
}

/// A generator's running frame returned.
pub(crate) fn frame_returned(thread: &ThreadState, frame: *mut Frame) {
    // SAFETY: the frame is a generator's; it is no longer in the chain.
    unsafe {
        let generator = Suspended::of(frame);
        generator.unlink(thread);
        generator.state.set(State::Cleared);
        (*frame).previous = null_mut();
        frames::clear_except_code(&mut *frame);
        generator.clear_exc_state();
    }
}

/// An exception left a generator's running frame.
pub(crate) fn frame_failed(thread: &ThreadState, frame: *mut Frame) {
    frame_returned(thread, frame);
}

/// A value that an asynchronous generator yields, marked so that it differs from what it awaits.
pub(crate) fn wrap_async_value(value: &PyObject) -> PyResult {
    Ok(async_gen::wrap(value))
}
