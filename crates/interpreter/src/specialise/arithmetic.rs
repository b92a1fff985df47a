//! `BINARY_OP` (without subscripts), `COMPARE_OP`, `CONTAINS_OP` and `TO_BOOL` of the built-in types.

#![expect(unsafe_code, reason = "reuses the memory of floats nobody else sees")]

use super::settle;
use crate::eval::arithmetic::{as_compact, as_small, small_binary};
use crate::eval::machine::Machine;
use crate::eval::opcodes::*;
use crate::value::Value;
use core::ptr::null_mut;
use taipan_bytecode::opcode::*;
use taipan_objects::prelude::*;
use taipan_objects::types::set::{PyFrozenSet, PySet};
use taipan_objects::types::r#type::assign_version;

const CACHES: usize = 5;

#[inline(never)]
pub(crate) fn specialise_binary(m: &mut Machine, oparg: usize) {
    let form = if oparg as u32 == NB_SUBSCR {
        super::containers::decide_subscript(m)
    } else {
        decide_binary(m, oparg as u32)
    };
    settle(m, BINARY_OP, form);
}

fn decide_binary(m: &Machine, operation: u32) -> Option<u8> {
    let (a, b) = (m.peek(2), m.peek(1));
    if as_small(a).is_some() && as_small(b).is_some() {
        return match operation {
            NB_ADD | NB_INPLACE_ADD => Some(BINARY_OP_ADD_INT),
            NB_SUBTRACT | NB_INPLACE_SUBTRACT => Some(BINARY_OP_SUBTRACT_INT),
            NB_MULTIPLY | NB_INPLACE_MULTIPLY => Some(BINARY_OP_MULTIPLY_INT),
            NB_TRUE_DIVIDE
            | NB_INPLACE_TRUE_DIVIDE
            | NB_POWER
            | NB_INPLACE_POWER
            | NB_MATRIX_MULTIPLY
            | NB_INPLACE_MATRIX_MULTIPLY => None,
            _ => Some(BINARY_OP_EXTEND),
        };
    }
    let divides = matches!(operation, NB_TRUE_DIVIDE | NB_INPLACE_TRUE_DIVIDE);
    if divides && number_of(b) == Some(0.0) {
        return None;
    }
    if as_float(a).is_some() && as_float(b).is_some() {
        return match operation {
            NB_ADD | NB_INPLACE_ADD => Some(BINARY_OP_ADD_FLOAT),
            NB_SUBTRACT | NB_INPLACE_SUBTRACT => Some(BINARY_OP_SUBTRACT_FLOAT),
            NB_MULTIPLY | NB_INPLACE_MULTIPLY => Some(BINARY_OP_MULTIPLY_FLOAT),
            NB_TRUE_DIVIDE | NB_INPLACE_TRUE_DIVIDE => Some(BINARY_OP_EXTEND),
            _ => None,
        };
    }
    if let (Some(x), Some(y)) = (number_of(a), number_of(b)) {
        return match operation {
            _ if x.is_nan() || y.is_nan() => None,
            NB_ADD
            | NB_INPLACE_ADD
            | NB_SUBTRACT
            | NB_INPLACE_SUBTRACT
            | NB_MULTIPLY
            | NB_INPLACE_MULTIPLY
            | NB_TRUE_DIVIDE
            | NB_INPLACE_TRUE_DIVIDE => Some(BINARY_OP_EXTEND),
            _ => None,
        };
    }
    let strings = as_str(a).is_some() && as_str(b).is_some();
    (strings && matches!(operation, NB_ADD | NB_INPLACE_ADD)).then_some(BINARY_OP_ADD_UNICODE)
}

#[inline(always)]
fn as_float(value: Value) -> Option<f64> {
    if value.is_int() {
        return None;
    }
    value.object().downcast_exact::<PyFloat>().map(PyFloat::value)
}

#[inline(always)]
fn as_str<'a>(value: Value) -> Option<&'a PyStr> {
    if value.is_int() { None } else { value.object().downcast_exact::<PyStr>() }
}

/// A float, or an integer that a double holds exactly.
#[inline(always)]
fn number_of(value: Value) -> Option<f64> {
    match as_float(value) {
        Some(number) => Some(number),
        None => as_small(value).filter(|n| n.unsigned_abs() <= 1 << 53).map(|n| n as f64),
    }
}

/// Puts the result of two integers in their place.
#[inline(always)]
fn finish_int(m: &mut Machine, a: Value, b: Value, result: Value) {
    m.drop_slots(2);
    m.push(result);
    m.let_go(a);
    m.let_go(b);
    m.skip(CACHES);
}

/// The commonest integers; [`extended`] takes the others.
#[inline(always)]
pub(crate) fn int(m: &mut Machine, operation: u32) -> bool {
    let (a, b) = (m.peek(2), m.peek(1));
    let (Some(x), Some(y)) = (as_compact(a), as_compact(b)) else { return false };
    let Some(result) = small_binary(operation as usize, x, y).and_then(Value::fitting) else { return false };
    finish_int(m, a, b, result);
    true
}

/// Puts a float in the place of two operands; the memory of one that nobody else sees is used again.
#[inline(always)]
fn finish_float(m: &mut Machine, a: Value, b: Value, result: f64) {
    m.drop_slots(2);
    let reusable = |value: Value| {
        value.is_owned() && value.object().refcount() == 1 && PyFloat::check_exact(value.object())
    };
    let value_of = |value: Value| {
        // SAFETY: the float has no other reference; its number lies behind its head.
        unsafe { value.ptr().byte_add(size_of::<PyObject>()).cast::<f64>().write(result) };
        value
    };
    let pushed = if reusable(a) {
        m.let_go(b);
        value_of(a)
    } else if reusable(b) {
        m.let_go(a);
        value_of(b)
    } else {
        m.let_go(a);
        m.let_go(b);
        // The tracer of memory asks for the line.
        m.save_instr();
        Value::owned(PyFloat::new(result))
    };
    m.push(pushed);
    m.skip(CACHES);
}

#[inline(always)]
pub(crate) fn float(m: &mut Machine, operation: u32) -> bool {
    let (a, b) = (m.peek(2), m.peek(1));
    let (Some(x), Some(y)) = (as_float(a), as_float(b)) else { return false };
    let result = match operation {
        NB_ADD => x + y,
        NB_SUBTRACT => x - y,
        _ => x * y,
    };
    finish_float(m, a, b, result);
    true
}

/// The rarer operations of two numbers.
#[inline(always)]
pub(crate) fn extended(m: &mut Machine, oparg: usize) -> bool {
    let (a, b) = (m.peek(2), m.peek(1));
    let operation = oparg as u32;
    let divides = matches!(operation, NB_TRUE_DIVIDE | NB_INPLACE_TRUE_DIVIDE);
    if !divides && let (Some(x), Some(y)) = (as_small(a), as_small(b)) {
        let Some(result) = small_binary(oparg, x, y).and_then(Value::fitting) else { return false };
        finish_int(m, a, b, result);
        return true;
    }
    let (Some(x), Some(y)) = (number_of(a), number_of(b)) else { return false };
    let result = match operation {
        NB_ADD | NB_INPLACE_ADD => x + y,
        NB_SUBTRACT | NB_INPLACE_SUBTRACT => x - y,
        NB_MULTIPLY | NB_INPLACE_MULTIPLY => x * y,
        _ if divides && y != 0.0 => x / y,
        _ => return false,
    };
    if result.is_nan() {
        return false;
    }
    finish_float(m, a, b, result);
    true
}

/// `a + b` of strings; where the local that `a` came from is assigned next, `a` grows in place.
#[inline(always)]
pub(crate) fn add_unicode(m: &mut Machine) -> Option<PyResult<()>> {
    let (a, b) = (m.peek(2), m.peek(1));
    as_str(a)?;
    let right = as_str(b)?;
    m.save();
    let (left, variable) = take_left(m, a);
    // SAFETY: `as_str` looked at the type.
    let result = match PyStr::append(unsafe { left.downcast_unchecked() }, right) {
        Ok(result) => result,
        Err((raised, left)) => {
            give_back(m, left, variable);
            return Some(Err(raised));
        }
    };
    m.drop_slots(2);
    m.push_obj(result);
    b.close();
    m.skip(CACHES);
    Some(Ok(()))
}

/// The operands are where they were, but for the left one, which returns to its place and to its variable.
#[inline(always)]
fn give_back(m: &mut Machine, left: Py<PyStr>, variable: *mut Value) {
    let mut value = Value::owned(left);
    if !variable.is_null() {
        // SAFETY: the variable is empty since `take_left`.
        unsafe { variable.write(value) };
        value = value.dup();
    }
    m.poke(2, value);
}

/// The left operand as an owned object. The variable that the result goes to gives up its own reference first; null where
/// there is none.
#[inline(always)]
fn take_left(m: &mut Machine, left: Value) -> (Obj, *mut Value) {
    // SAFETY: an instruction follows the caches; a `STORE_FAST` names a local variable.
    unsafe {
        let next = *m.pc.add(CACHES);
        if next as u8 == STORE_FAST {
            let slot = m.local_slot(usize::from(next >> 8));
            let local = *slot;
            if local.is_owned() && local.ptr() == left.ptr() {
                slot.write(Value::NULL);
                if left.is_owned() {
                    left.close();
                }
                return (local.into_obj(), slot);
            }
        }
    }
    (left.into_obj(), null_mut())
}

#[inline(never)]
pub(crate) fn specialise_compare(m: &mut Machine, oparg: usize) {
    let (a, b) = (m.peek(2), m.peek(1));
    let op = CompareOp::from_raw((oparg >> 5) as i32);
    let form = if as_small(a).is_some() && as_small(b).is_some() {
        Some(COMPARE_OP_INT)
    } else if as_float(a).is_some() && as_float(b).is_some() {
        Some(COMPARE_OP_FLOAT)
    } else if as_str(a).is_some() && as_str(b).is_some() && matches!(op, CompareOp::Eq | CompareOp::Ne) {
        Some(COMPARE_OP_STR)
    } else {
        None
    };
    settle(m, COMPARE_OP, form);
}

#[inline(always)]
fn finish_compare(m: &mut Machine, result: bool) {
    m.let_go_slots(2);
    m.push(Value::bool(result));
    m.skip(1);
}

#[inline(always)]
pub(crate) fn compare_int(m: &mut Machine, oparg: usize) -> bool {
    let (Some(a), Some(b)) = (as_compact(m.peek(2)), as_compact(m.peek(1))) else { return false };
    let result = CompareOp::from_raw((oparg >> 5) as i32).holds(a.cmp(&b));
    finish_compare(m, result);
    true
}

#[inline(always)]
pub(crate) fn compare_float(m: &mut Machine, oparg: usize) -> bool {
    let (Some(a), Some(b)) = (as_float(m.peek(2)), as_float(m.peek(1))) else { return false };
    let result = match CompareOp::from_raw((oparg >> 5) as i32) {
        CompareOp::Lt => a < b,
        CompareOp::Le => a <= b,
        CompareOp::Eq => a == b,
        CompareOp::Ne => a != b,
        CompareOp::Gt => a > b,
        CompareOp::Ge => a >= b,
    };
    finish_compare(m, result);
    true
}

#[inline(always)]
pub(crate) fn compare_str(m: &mut Machine, oparg: usize) -> bool {
    let (Some(a), Some(b)) = (as_str(m.peek(2)), as_str(m.peek(1))) else { return false };
    let equal = a.eq(b);
    finish_compare(m, equal == ((oparg >> 5) as i32 == CompareOp::Eq as i32));
    true
}

#[inline(never)]
pub(crate) fn specialise_contains(m: &mut Machine, _: usize) {
    let container = m.obj(1);
    let form = if PyDict::check_exact(container) {
        Some(CONTAINS_OP_DICT)
    } else if PySet::check_exact(container) || PyFrozenSet::check_exact(container) {
        Some(CONTAINS_OP_SET)
    } else {
        None
    };
    settle(m, CONTAINS_OP, form);
}

#[inline(always)]
fn finish_contains(m: &mut Machine, found: PyResult<bool>, invert: bool) -> PyResult<()> {
    let found = found?;
    m.replace(2, Value::bool(found != invert));
    m.skip(1);
    Ok(())
}

#[inline(always)]
pub(crate) fn contains_dict(m: &mut Machine, oparg: usize) -> Option<PyResult<()>> {
    let container = m.peek(1).object_opt()?.downcast_exact::<PyDict>()?;
    m.save();
    let found = container.contains(m.obj(2));
    Some(finish_contains(m, found, oparg != 0))
}

#[inline(never)]
fn in_set(set: &PyObject, item: &PyObject) -> PyResult<bool> {
    sequence::contains(set, item)
}

#[inline(always)]
pub(crate) fn contains_set(m: &mut Machine, oparg: usize) -> Option<PyResult<()>> {
    let container = m.peek(1).object_opt()?;
    if !PySet::check_exact(container) && !PyFrozenSet::check_exact(container) {
        return None;
    }
    m.save();
    let found = in_set(container, m.obj(2));
    Some(finish_contains(m, found, oparg != 0))
}

#[inline(never)]
pub(crate) fn specialise_truth(m: &mut Machine, _: usize) {
    let value = m.peek(1);
    let form = if value.is_int() {
        Some(TO_BOOL_INT)
    } else {
        let object = value.object();
        if value.is_true() || value.is_false() {
            Some(TO_BOOL_BOOL)
        } else if object.is_none() {
            Some(TO_BOOL_NONE)
        } else if PyInt::check_exact(object) {
            Some(TO_BOOL_INT)
        } else if PyList::check_exact(object) {
            Some(TO_BOOL_LIST)
        } else if PyStr::check_exact(object) {
            Some(TO_BOOL_STR)
        } else {
            decide_always_true(m, object.class())
        }
    };
    settle(m, TO_BOOL, form);
}

fn decide_always_true(m: &Machine, class: &TypeObject) -> Option<u8> {
    if !class.is_heap()
        || class.nb_bool().is_some()
        || class.sq_length().is_some()
        || class.mp_length().is_some()
    {
        return None;
    }
    let version = assign_version(class);
    m.set_cache32(1, version);
    (version != 0).then_some(TO_BOOL_ALWAYS_TRUE)
}

#[inline(always)]
fn finish_truth(m: &mut Machine, truth: bool) {
    m.let_go_slots(1);
    m.push(Value::bool(truth));
    m.skip(3);
}

#[inline(always)]
pub(crate) fn truth_bool(m: &mut Machine) -> bool {
    let value = m.peek(1);
    if !value.is_true() && !value.is_false() {
        return false;
    }
    m.skip(3);
    true
}

#[inline(always)]
pub(crate) fn truth_int(m: &mut Machine) -> bool {
    let value = m.peek(1);
    let truth = if value.is_int() {
        value.int_value() != 0
    } else {
        match value.object().downcast_exact::<PyInt>() {
            Some(int) => int.sign() != 0,
            None => return false,
        }
    };
    finish_truth(m, truth);
    true
}

#[inline(always)]
pub(crate) fn truth_list(m: &mut Machine) -> bool {
    let Some(list) = m.peek(1).object_opt().and_then(|o| o.downcast_exact::<PyList>()) else { return false };
    finish_truth(m, !list.is_empty());
    true
}

#[inline(always)]
pub(crate) fn truth_str(m: &mut Machine) -> bool {
    let Some(text) = as_str(m.peek(1)) else { return false };
    finish_truth(m, !text.is_empty());
    true
}

#[inline(always)]
pub(crate) fn truth_none(m: &mut Machine) -> bool {
    if !m.peek(1).is_none() {
        return false;
    }
    finish_truth(m, false);
    true
}

#[inline(always)]
pub(crate) fn truth_always(m: &mut Machine) -> bool {
    let value = m.peek(1);
    if value.is_int() || value.object().class().tp_version_tag() != m.cache32(1) {
        return false;
    }
    finish_truth(m, true);
    true
}
