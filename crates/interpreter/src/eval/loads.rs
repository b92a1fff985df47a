//! Loads and stores of local variables, cells and constants, and moving values about the stack.

#![expect(unsafe_code, reason = "cells and functions are known by their place")]

use super::machine::Machine;
use super::opcodes::{LOAD_CONST_IMMORTAL, LOAD_CONST_MORTAL};
use crate::eval::common::{self, common_constant};
use crate::frames::Frame;
use crate::value::Value;
use taipan_objects::model::Raised;
use taipan_objects::prelude::*;
use taipan_objects::types::cell::PyCell;

#[inline(always)]
pub(crate) fn load_fast(m: &mut Machine, oparg: usize) {
    m.push(m.local(oparg).dup());
}

#[inline(always)]
pub(crate) fn load_fast_borrow(m: &mut Machine, oparg: usize) {
    m.push(m.local(oparg).borrow());
}

#[inline(always)]
pub(crate) fn load_fast_load_fast(m: &mut Machine, oparg: usize) {
    m.push(m.local(oparg >> 4).dup());
    m.push(m.local(oparg & 15).dup());
}

#[inline(always)]
pub(crate) fn load_fast_borrow_load_fast_borrow(m: &mut Machine, oparg: usize) {
    m.push(m.local(oparg >> 4).borrow());
    m.push(m.local(oparg & 15).borrow());
}

#[inline(always)]
pub(crate) fn load_fast_check(m: &mut Machine, oparg: usize) -> PyResult<()> {
    let value = m.local(oparg);
    if value.is_null() {
        return Err(common::unbound_local(m.code(), oparg));
    }
    m.push(value.dup());
    Ok(())
}

#[inline(always)]
pub(crate) fn load_fast_and_clear(m: &mut Machine, oparg: usize) {
    let slot = m.local_slot(oparg);
    // SAFETY: a local's slot.
    m.push(unsafe { slot.replace(Value::NULL) });
}

#[inline(always)]
pub(crate) fn load_const(m: &mut Machine, oparg: usize) {
    m.push(Value::borrowed(m.constant(oparg)));
}

/// The first execution: from now on the instruction says what its constant is.
#[inline(always)]
pub(crate) fn load_const_first(m: &mut Machine, oparg: usize) {
    m.rewrite(if m.constant(oparg).is_immortal() { LOAD_CONST_IMMORTAL } else { LOAD_CONST_MORTAL });
    load_const(m, oparg);
}

#[inline(always)]
pub(crate) fn load_small_int(m: &mut Machine, oparg: usize) {
    m.push(Value::small(oparg as i64));
}

#[inline(always)]
pub(crate) fn load_common_constant(m: &mut Machine, oparg: usize) -> PyResult<()> {
    m.save();
    let object = common_constant(oparg)?;
    m.push_obj(object);
    Ok(())
}

/// Moves the topmost value to a local variable.
#[inline(always)]
fn store(m: &mut Machine, index: usize) {
    let value = m.pop();
    // SAFETY: a local's slot.
    let old = unsafe { m.local_slot(index).replace(value) };
    m.let_go(old);
}

#[inline(always)]
pub(crate) fn store_fast(m: &mut Machine, oparg: usize) {
    store(m, oparg);
}

#[inline(always)]
pub(crate) fn store_fast_load_fast(m: &mut Machine, oparg: usize) {
    store(m, oparg >> 4);
    m.push(m.local(oparg & 15).dup());
}

#[inline(always)]
pub(crate) fn store_fast_store_fast(m: &mut Machine, oparg: usize) {
    store(m, oparg >> 4);
    store(m, oparg & 15);
}

#[inline(always)]
pub(crate) fn delete_fast(m: &mut Machine, oparg: usize) -> PyResult<()> {
    if m.local(oparg).is_null() {
        return Err(common::unbound_local(m.code(), oparg));
    }
    m.set_local(oparg, Value::NULL);
    Ok(())
}

/// The cell in a slot of the locals.
#[inline(always)]
fn cell<'a>(m: &Machine, index: usize) -> &'a PyCell {
    // SAFETY: the compiler gives cell instructions the places of cells.
    unsafe { m.local(index).cast() }
}

#[inline(always)]
pub(crate) fn make_cell(m: &mut Machine, oparg: usize) {
    let slot = m.local_slot(oparg);
    // SAFETY: a local's slot.
    unsafe {
        let initial = slot.replace(Value::NULL);
        slot.write(Value::owned(PyCell::new(initial.into_obj_opt())));
    }
}

#[inline(always)]
pub(crate) fn copy_free_vars(m: &mut Machine, oparg: usize) -> PyResult<()> {
    let frame = m.frame();
    // SAFETY: the closure is not replaced meanwhile; free variables are the last of the locals.
    unsafe {
        let closure = frame.func().and_then(|func| func.closure.peek()).and_then(|c| c.downcast::<PyTuple>());
        let Some(closure) = closure.filter(|closure| closure.len() == oparg) else {
            return Err(no_closure());
        };
        let first = frame.localsplus().add(m.code().raw.co_nlocalsplus as usize - oparg);
        for (index, &cell) in closure.as_slice().iter().enumerate() {
            first.add(index).write(Value::owned(cell.owned()));
        }
    }
    Ok(())
}

/// Code that was not made by our compiler may make a function and give it no cells.
#[cold]
#[inline(never)]
fn no_closure() -> Raised {
    raised!(SystemError, "a function without the cells of its free variables")
}

#[inline(always)]
pub(crate) fn load_deref(m: &mut Machine, oparg: usize) -> PyResult<()> {
    match cell(m, oparg).contents.get() {
        Some(value) => {
            m.push_obj(value);
            Ok(())
        }
        None => Err(common::unbound_deref(m.code(), oparg)),
    }
}

#[inline(always)]
pub(crate) fn store_deref(m: &mut Machine, oparg: usize) {
    let value = m.pop_obj();
    m.save();
    cell(m, oparg).contents.set(Some(value));
}

#[inline(always)]
pub(crate) fn delete_deref(m: &mut Machine, oparg: usize) -> PyResult<()> {
    m.save();
    match cell(m, oparg).contents.take() {
        Some(_) => Ok(()),
        None => Err(common::unbound_deref(m.code(), oparg)),
    }
}

#[inline(never)]
pub(crate) fn load_from_dict_or_deref(
    frame: *mut Frame,
    namespace: &PyObject,
    cell: Value,
    oparg: usize,
) -> PyResult<Value> {
    // SAFETY: the running frame; the value is a cell.
    let (code, cell) = unsafe { ((*frame).code(), cell.cast::<PyCell>()) };
    let name = common::local_name(code, oparg);
    if let Some(value) = mapping::get_optional_item(namespace, name)? {
        return Ok(Value::owned(value));
    }
    match cell.contents.get() {
        Some(value) => Ok(Value::owned(value)),
        None => Err(common::unbound_deref(code, oparg)),
    }
}

#[inline(always)]
pub(crate) fn pop_top(m: &mut Machine) {
    m.let_go_slots(1);
}

#[inline(always)]
pub(crate) fn end_send(m: &mut Machine) {
    let value = m.pop();
    let receiver = m.pop();
    m.push(value);
    m.let_go(receiver);
}

#[inline(always)]
pub(crate) fn copy(m: &mut Machine, oparg: usize) {
    m.push(m.peek(oparg).dup());
}

#[inline(always)]
pub(crate) fn swap(m: &mut Machine, oparg: usize) {
    let (top, other) = (m.peek(1), m.peek(oparg));
    m.poke(1, other);
    m.poke(oparg, top);
}

#[inline(never)]
pub(crate) fn load_build_class(frame: *mut Frame) -> PyResult<Value> {
    let name = intern!("__build_class__");
    match mapping::get_optional_item(common::builtins(frame), name)? {
        Some(found) => Ok(Value::owned(found)),
        None => Err(raised!(NameError, "__build_class__ not found")),
    }
}
