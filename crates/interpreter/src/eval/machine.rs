//! The registers of the evaluation loop and what instructions do with them.
//!
//! A [`Machine`] lives in the loop's own frame and is never passed by reference to a function that is not inlined, so that
//! its fields stay in registers. Code objects come from our compiler or were judged by `bytecode::validate`: operands are
//! in range and the stack never leaves its bounds. That is why these methods can be called as safe ones.

#![expect(unsafe_code, reason = "the value stack is reached by pointer")]

use crate::frames::{Frame, first_instruction};
use crate::value::Value;
use core::mem::MaybeUninit;
use core::ptr::null_mut;
use taipan_objects::gc;
use taipan_objects::model::thread::{self, ThreadState};
use taipan_objects::prelude::*;

/// The registers.
pub(crate) struct Machine {
    /// Behind the current instruction's code unit: its first inline cache, or the next instruction.
    pub pc: *mut u16,
    /// Behind the topmost value.
    pub sp: *mut Value,
    pub frame: *mut Frame,
    pub thread: &'static ThreadState,
    /// Memory for when registers have to be in memory.
    pub spill: *mut Spill,
    /// What the running instruction let go of and nobody owns any more, linked through the counts, the last one first.
    pub dead: *mut PyObject,
}

/// What one run of the loop has in memory.
pub(crate) struct Spill {
    /// The registers, while something runs that takes them by reference.
    machine: MaybeUninit<Machine>,
    /// Where to go on while `pc` stands at [`SWITCH`].
    waiting: *mut u16,
}

impl Spill {
    pub fn new() -> Self {
        Spill { machine: MaybeUninit::uninit(), waiting: null_mut() }
    }
}

/// The instruction by which the loop changes between its forms.
static SWITCH: [u16; 2] = [super::opcodes::RESERVED as u16; 2];

impl Machine {
    #[inline(always)]
    pub fn frame<'a>(&self) -> &'a mut Frame {
        // SAFETY: the running frame is alive, and nobody else holds a reference into it while an instruction runs.
        unsafe { &mut *self.frame }
    }

    /// Puts instruction and stack pointer where others see them. To be done before anything that can run Python code.
    #[inline(always)]
    pub fn save(&self) {
        // SAFETY: the running frame is alive.
        unsafe {
            (*self.frame).instr = self.pc.sub(1);
            (*self.frame).sp = self.sp;
        }
    }

    /// Runs what is too large to be part of the loop with the registers in memory. (In the run's own, not in a variable here:
    /// an instruction that lets somebody see a variable of its own cannot end by jumping to the next.)
    #[inline(always)]
    pub fn outline<R>(&mut self, body: impl FnOnce(&mut Machine) -> R) -> R {
        // SAFETY: the run's memory is alive as long as the loop runs, and nobody else uses it while an instruction does:
        // what runs outlined does not come back here.
        let outlined = unsafe {
            (*self.spill).machine.write(Machine {
                pc: self.pc,
                sp: self.sp,
                frame: self.frame,
                thread: self.thread,
                spill: self.spill,
                dead: null_mut(),
            })
        };
        let result = body(outlined);
        (self.pc, self.sp, self.frame) = (outlined.pc, outlined.sp, outlined.frame);
        result
    }

    /// Makes the loop look which of its forms is due before the next instruction.
    #[inline(always)]
    pub fn switch(&mut self) {
        // SAFETY: as above.
        unsafe { (*self.spill).waiting = self.pc };
        self.pc = SWITCH.as_ptr().cast_mut();
    }

    /// Whether other threads, signals, the collector or tracers want something.
    #[inline(always)]
    pub fn is_interrupted(&self) -> bool {
        self.thread.eval_breaker.get() != 0
    }

    /// Where to go on after a switch.
    #[inline(always)]
    pub fn waiting(&self) -> *mut u16 {
        // SAFETY: as above.
        unsafe { (*self.spill).waiting }
    }

    /// Puts only the instruction where others see it.
    #[inline(always)]
    pub fn save_instr(&self) {
        // SAFETY: the running frame is alive.
        unsafe { (*self.frame).instr = self.pc.sub(1) }
    }

    #[inline(always)]
    pub fn push(&mut self, value: Value) {
        // SAFETY: the stack has room, see the module.
        unsafe {
            self.sp.write(value);
            self.sp = self.sp.add(1);
        }
    }

    #[inline(always)]
    pub fn push_obj(&mut self, object: impl Into<Obj>) {
        self.push(Value::owned(object));
    }

    #[inline(always)]
    pub fn pop(&mut self) -> Value {
        // SAFETY: the stack is not empty, see the module.
        unsafe {
            self.sp = self.sp.sub(1);
            *self.sp
        }
    }

    /// Pops an object; an integer gets one, which the variables that hold it have from now on.
    #[inline(always)]
    pub fn pop_obj(&mut self) -> Obj {
        if self.peek(1).is_int() {
            self.obj(1);
        }
        self.pop().into_obj()
    }

    /// The slot `depth` below the top; 1 is the topmost value.
    #[inline(always)]
    pub fn slot(&self, depth: usize) -> *mut Value {
        // SAFETY: within the stack, see the module.
        unsafe { self.sp.sub(depth) }
    }

    /// The value `depth` below the top; 1 is the topmost.
    #[inline(always)]
    pub fn peek(&self, depth: usize) -> Value {
        // SAFETY: within the stack, see the module.
        unsafe { *self.sp.sub(depth) }
    }

    #[inline(always)]
    pub fn poke(&self, depth: usize, value: Value) {
        // SAFETY: within the stack, see the module.
        unsafe { *self.sp.sub(depth) = value }
    }

    /// Forgets the topmost values without closing them.
    #[inline(always)]
    pub fn drop_slots(&mut self, count: usize) {
        // SAFETY: within the stack, see the module.
        unsafe { self.sp = self.sp.sub(count) }
    }

    /// The object `depth` below the top. An integer without object gets one, which stays in the slot.
    #[inline(always)]
    pub fn obj<'a>(&self, depth: usize) -> &'a PyObject {
        object_in(self.frame, self.sp, self.slot(depth))
    }

    /// Makes the topmost values owned ones: as words they are then pointers to objects, and the stack an array of them. What
    /// takes the array over forgets the slots; else they are closed as any others.
    #[inline(always)]
    pub fn own(&self, count: usize) -> *mut *mut PyObject {
        own(self.frame, self.sp, count)
    }

    /// Closes a value in the running frame.
    #[inline(always)]
    pub fn close(&self, value: Value) {
        if value.is_owned() {
            self.save_instr();
            value.close();
        }
    }

    /// Closes a value once the instruction is through: nothing runs before. For instructions that go on without a call.
    #[inline(always)]
    pub fn let_go(&mut self, value: Value) {
        if value.is_owned() && value.release() {
            self.save_instr();
            self.link_dead(value);
        }
    }

    /// As [`Machine::let_go`], for a value of a frame that has ended: its caller's instruction is in place.
    #[inline(always)]
    pub fn let_go_ended(&mut self, value: Value) {
        if value.is_owned() && value.release() {
            self.link_dead(value);
        }
    }

    #[inline(always)]
    fn link_dead(&mut self, value: Value) {
        // SAFETY: nobody else has the object, so the word of its count is ours until it is destroyed.
        unsafe { value.ptr().cast::<*mut PyObject>().write(self.dead) };
        self.dead = value.ptr();
    }

    /// Pops and closes the topmost values, the topmost first; see [`Machine::let_go`].
    #[inline(always)]
    pub fn let_go_slots(&mut self, count: usize) {
        for _ in 0..count {
            let value = self.pop();
            self.let_go(value);
        }
    }

    /// Pops and closes the topmost values, the topmost first.
    #[inline(always)]
    pub fn pop_close(&mut self, count: usize) {
        self.save_instr();
        for _ in 0..count {
            self.pop().close();
        }
    }

    /// Pops and closes so many operands, then pushes the result.
    #[inline(always)]
    pub fn replace(&mut self, operands: usize, result: Value) {
        self.pop_close(operands);
        self.push(result);
    }

    #[inline(always)]
    pub fn replace_obj(&mut self, operands: usize, result: impl Into<Obj>) {
        self.replace(operands, Value::owned(result));
    }

    #[inline(always)]
    pub fn local(&self, index: usize) -> Value {
        // SAFETY: the index is in range, see the module.
        unsafe { *(*self.frame).localsplus().add(index) }
    }

    #[inline(always)]
    pub fn local_slot(&self, index: usize) -> *mut Value {
        // SAFETY: the index is in range, see the module.
        unsafe { (*self.frame).localsplus().add(index) }
    }

    /// Replaces a local variable; the old value is closed afterwards.
    #[inline(always)]
    pub fn set_local(&self, index: usize, value: Value) {
        // SAFETY: the index is in range, see the module.
        let old = unsafe { (*self.frame).localsplus().add(index).replace(value) };
        self.close(old);
    }

    #[inline(always)]
    pub fn code<'a>(&self) -> &'a taipan_objects::types::code::PyCode {
        self.frame().code()
    }

    /// A constant, borrowed from the code object.
    #[inline(always)]
    pub fn constant<'a>(&self, index: usize) -> &'a PyObject {
        // SAFETY: the index is in range, and the frame keeps the code object and its tuple of constants.
        unsafe { tuple_item(self.code().raw.co_consts, index) }
    }

    /// A name.
    #[inline(always)]
    pub fn name<'a>(&self, index: usize) -> &'a PyStr {
        // SAFETY: as for constants; names are strings.
        unsafe { tuple_item(self.code().raw.co_names, index).downcast_unchecked() }
    }

    /// A word of the inline cache.
    #[inline(always)]
    pub fn cache(&self, index: usize) -> u16 {
        // SAFETY: the instruction has that cache.
        unsafe { *self.pc.add(index) }
    }

    #[inline(always)]
    pub fn cache32(&self, index: usize) -> u32 {
        // SAFETY: the instruction has that cache.
        unsafe { self.pc.add(index).cast::<u32>().read_unaligned() }
    }

    #[inline(always)]
    pub fn set_cache(&self, index: usize, value: u16) {
        // SAFETY: the instruction has that cache.
        unsafe { *self.pc.add(index) = value }
    }

    #[inline(always)]
    pub fn set_cache32(&self, index: usize, value: u32) {
        // SAFETY: the instruction has that cache.
        unsafe { self.pc.add(index).cast::<u32>().write_unaligned(value) }
    }

    /// Remembers an object that something else keeps alive.
    #[inline(always)]
    pub fn set_cache_ptr(&self, index: usize, object: &PyObject) {
        // SAFETY: the instruction has that cache.
        unsafe { self.pc.add(index).cast::<*mut PyObject>().write_unaligned(object.as_ptr()) }
    }

    /// What `set_cache_ptr` remembered.
    #[inline(always)]
    pub fn cache_object<'a>(&self, index: usize) -> &'a PyObject {
        // SAFETY: the guards of the instruction say that the object is alive.
        unsafe { &*self.pc.add(index).cast::<*mut PyObject>().read_unaligned() }
    }

    /// The current instruction as it is in the code.
    #[inline(always)]
    pub fn opcode(&self) -> u8 {
        // SAFETY: `pc` stands behind it.
        unsafe { *self.pc.sub(1).cast::<u8>() }
    }

    /// Goes over inline caches, or forward.
    #[inline(always)]
    pub fn skip(&mut self, units: usize) {
        // SAFETY: within the code, see the module.
        unsafe { self.pc = self.pc.add(units) }
    }

    #[inline(always)]
    pub fn back(&mut self, units: usize) {
        // SAFETY: within the code, see the module.
        unsafe { self.pc = self.pc.sub(units) }
    }

    /// The index of the current instruction in code units.
    #[inline]
    pub fn unit(&self) -> usize {
        // SAFETY: both point into the code.
        unsafe { self.pc.sub(1).offset_from(first_instruction(self.code())) as usize }
    }

    /// Rewrites the current instruction.
    #[inline(always)]
    pub fn rewrite(&self, opcode: u8) {
        // SAFETY: the code is adaptive; the first byte of a unit is the instruction.
        unsafe { self.pc.sub(1).cast::<u8>().write(opcode) }
    }
}

/// Destroys what an instruction let go of, in the order in which it did.
#[inline(never)]
pub(crate) fn bury(dead: *mut PyObject) {
    // SAFETY: the list holds objects nobody else has; the word of a mortal object's count is zero without one.
    unsafe {
        let before = dead.cast::<*mut PyObject>().replace(null_mut());
        if !before.is_null() {
            bury_all(dead, before);
        }
        taipan_objects::memory::destroy(dead);
    }
}

/// Destroys all objects of a list but the last, which came off it. While the destructor of one runs, those that wait look
/// like dead objects, and the collector does not see them.
#[cold]
unsafe fn bury_all(last: *mut PyObject, mut dead: *mut PyObject) {
    // SAFETY: as above.
    unsafe {
        let mut waiting = vec![last];
        while !dead.is_null() {
            let before = dead.cast::<*mut PyObject>().replace(null_mut());
            waiting.push(dead);
            dead = before;
        }
        let tracked: Vec<bool> = waiting.iter().map(|&object| gc::is_tracked(&*object)).collect();
        for (&object, _) in waiting.iter().zip(&tracked).filter(|(_, tracked)| **tracked) {
            gc::untrack(object);
        }
        for (&object, &tracked) in waiting.iter().zip(&tracked).rev() {
            if tracked {
                gc::track(object);
            }
            if !core::ptr::eq(object, last) {
                taipan_objects::memory::destroy(object);
            }
        }
    }
}

/// Item `index` of a tuple of the code object.
///
/// # Safety
/// `tuple` is a live tuple with that item.
#[inline(always)]
unsafe fn tuple_item<'a>(tuple: *mut PyObject, index: usize) -> &'a PyObject {
    // SAFETY: the caller's promise; the items follow the head.
    unsafe {
        let items = (&raw const (*tuple.cast::<taipan_abi::PyTupleObject>()).ob_item).cast::<*mut PyObject>();
        &**items.add(index)
    }
}

/// The object of a stack slot; see [`Machine::obj`].
#[inline(always)]
pub(crate) fn object_in<'a>(frame: *mut Frame, sp: *mut Value, slot: *mut Value) -> &'a PyObject {
    // SAFETY: the slot holds a value.
    let value = unsafe { *slot };
    if value.is_int() { materialise(frame, sp, slot) } else { value.object() }
}

/// See [`Machine::own`].
#[inline(never)]
fn own(frame: *mut Frame, sp: *mut Value, count: usize) -> *mut *mut PyObject {
    // SAFETY: so many values are on the stack.
    unsafe {
        let first = sp.sub(count);
        for index in 0..count {
            let slot = first.add(index);
            if !(*slot).is_owned() {
                let object = object_in(frame, sp, slot);
                if !(*slot).is_owned() {
                    slot.write(Value::owned(object.owned()));
                }
            }
        }
        first.cast()
    }
}

/// Makes the object of an integer. Everything in the frame that holds the same number holds that object from now on, so
/// that `id(x) == id(x)`.
#[inline(never)]
pub(crate) fn materialise<'a>(frame: *mut Frame, sp: *mut Value, slot: *mut Value) -> &'a PyObject {
    // SAFETY: the slot holds an integer.
    let value = unsafe { (*slot).int_value() };
    match PyInt::at_hand(thread::current(), value) {
        Some(object) => share(frame, sp, slot, object),
        None => materialise_anew(frame, sp, slot),
    }
}

#[cold]
#[inline(never)]
fn materialise_anew<'a>(frame: *mut Frame, sp: *mut Value, slot: *mut Value) -> &'a PyObject {
    // SAFETY: as above.
    let value = unsafe { (*slot).int_value() };
    share(frame, sp, slot, PyInt::from_i64(value))
}

/// Gives a new object to everything in the frame that holds its number, first of all to the slot.
#[inline(always)]
fn share<'a>(frame: *mut Frame, sp: *mut Value, slot: *mut Value, object: Py<PyInt>) -> &'a PyObject {
    // SAFETY: locals and stack up to `sp` are values.
    unsafe {
        let wanted = *slot;
        if object.is_immortal() {
            *slot = Value::borrowed(&object);
            return (*slot).object();
        }
        let made = Value::owned(object);
        *slot = made;
        let mut at = (*frame).localsplus();
        while at < sp {
            if *at == wanted {
                *at = made.dup();
            }
            at = at.add(1);
        }
        made.object()
    }
}
