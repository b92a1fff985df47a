//! Operators in their general form: arithmetic, comparison, membership, truth.

use super::machine::Machine;
use crate::value::Value;
use taipan_bytecode::opcode::*;
use taipan_objects::prelude::*;

/// A binary operation of two objects.
#[inline(never)]
pub(crate) fn binary(operation: usize, a: &PyObject, b: &PyObject) -> PyResult {
    match operation as u32 {
        NB_ADD => number::add(a, b),
        NB_AND => number::and_(a, b),
        NB_FLOOR_DIVIDE => number::floor_divide(a, b),
        NB_LSHIFT => number::lshift(a, b),
        NB_MATRIX_MULTIPLY => number::matrix_multiply(a, b),
        NB_MULTIPLY => number::multiply(a, b),
        NB_REMAINDER => number::remainder(a, b),
        NB_OR => number::or_(a, b),
        NB_POWER => number::power(a, b, none_ref()),
        NB_RSHIFT => number::rshift(a, b),
        NB_SUBTRACT => number::subtract(a, b),
        NB_TRUE_DIVIDE => number::true_divide(a, b),
        NB_XOR => number::xor(a, b),
        NB_INPLACE_ADD => number::inplace_add(a, b),
        NB_INPLACE_AND => number::inplace_and(a, b),
        NB_INPLACE_FLOOR_DIVIDE => number::inplace_floor_divide(a, b),
        NB_INPLACE_LSHIFT => number::inplace_lshift(a, b),
        NB_INPLACE_MATRIX_MULTIPLY => number::inplace_matrix_multiply(a, b),
        NB_INPLACE_MULTIPLY => number::inplace_multiply(a, b),
        NB_INPLACE_REMAINDER => number::inplace_remainder(a, b),
        NB_INPLACE_OR => number::inplace_or(a, b),
        NB_INPLACE_POWER => number::inplace_power(a, b),
        NB_INPLACE_RSHIFT => number::inplace_rshift(a, b),
        NB_INPLACE_SUBTRACT => number::inplace_subtract(a, b),
        NB_INPLACE_TRUE_DIVIDE => number::inplace_true_divide(a, b),
        NB_INPLACE_XOR => number::inplace_xor(a, b),
        _ => object::get_item(a, b),
    }
}

/// The integer a value is, where it has no object or one of one digit that is exactly an `int`.
#[inline(always)]
pub(crate) fn as_compact(value: Value) -> Option<i64> {
    if value.is_int() {
        return Some(value.int_value());
    }
    let int = value.object().downcast_exact::<PyInt>()?;
    int.is_compact().then(|| int.compact_value() as i64)
}

/// The integer a value is, where it is one of 62 bits and exactly an `int`.
#[inline(always)]
pub(crate) fn as_small(value: Value) -> Option<i64> {
    if value.is_int() {
        return Some(value.int_value());
    }
    let int = value.object().downcast_exact::<PyInt>()?;
    if int.is_compact() {
        return Some(int.compact_value() as i64);
    }
    // Two digits have 60 bits.
    match *int.digits() {
        [low, high] => Some(i64::from(int.sign()) * (i64::from(high) << 30 | i64::from(low))),
        _ => None,
    }
}

/// Arithmetic of two integers of 62 bits, where the result is exact and has 64; `None` leaves it to the general way.
#[inline(always)]
pub(crate) fn small_binary(operation: usize, a: i64, b: i64) -> Option<i64> {
    match operation as u32 {
        // Sums of 62-bit numbers do not overflow 64 bits.
        NB_ADD | NB_INPLACE_ADD => Some(a + b),
        NB_SUBTRACT | NB_INPLACE_SUBTRACT => Some(a - b),
        NB_MULTIPLY | NB_INPLACE_MULTIPLY => a.checked_mul(b),
        NB_AND | NB_INPLACE_AND => Some(a & b),
        NB_OR | NB_INPLACE_OR => Some(a | b),
        NB_XOR | NB_INPLACE_XOR => Some(a ^ b),
        NB_RSHIFT | NB_INPLACE_RSHIFT if b >= 0 => Some(a >> b.min(63)),
        NB_LSHIFT | NB_INPLACE_LSHIFT if (0..62).contains(&b) => {
            let shifted = a << b;
            (shifted >> b == a).then_some(shifted)
        }
        NB_FLOOR_DIVIDE | NB_INPLACE_FLOOR_DIVIDE if b != 0 => Some(floor_div(a, b)),
        NB_REMAINDER | NB_INPLACE_REMAINDER if b != 0 => Some(floor_mod(a, b)),
        _ => None,
    }
}

/// Division rounding down; `b` is not 0. Operands have 62 bits, so nothing overflows.
#[inline(always)]
fn floor_div(a: i64, b: i64) -> i64 {
    if (a | b) >> 32 == 0 {
        return i64::from(a as u32 / b as u32);
    }
    let quotient = a / b;
    if a % b != 0 && (a < 0) != (b < 0) { quotient - 1 } else { quotient }
}

/// The remainder with the divisor's sign.
#[inline(always)]
fn floor_mod(a: i64, b: i64) -> i64 {
    if (a | b) >> 32 == 0 {
        return i64::from(a as u32 % b as u32);
    }
    let remainder = a % b;
    if remainder != 0 && (remainder < 0) != (b < 0) { remainder + b } else { remainder }
}

/// The quotient of two integers that doubles hold exactly, so that it is rounded once.
#[inline(always)]
fn small_quotient(operation: usize, a: i64, b: i64) -> Option<f64> {
    const EXACT: u64 = 1 << 53;
    let divides = matches!(operation as u32, NB_TRUE_DIVIDE | NB_INPLACE_TRUE_DIVIDE);
    let exact = b != 0 && a.unsigned_abs() <= EXACT && b.unsigned_abs() <= EXACT;
    (divides && exact).then(|| a as f64 / b as f64)
}

/// `BINARY_OP` in its general form.
#[inline(always)]
pub(crate) fn binary_op(m: &mut Machine, oparg: usize) -> PyResult<()> {
    let (a, b) = (m.peek(2), m.peek(1));
    if a.is_int() && b.is_int() {
        let (a, b) = (a.int_value(), b.int_value());
        if let Some(result) = small_binary(oparg, a, b) {
            m.drop_slots(2);
            m.push(Value::int(result));
            return Ok(());
        }
        if let Some(quotient) = small_quotient(oparg, a, b) {
            m.drop_slots(2);
            m.push_obj(PyFloat::new(quotient));
            return Ok(());
        }
    }
    m.save();
    let result = binary(oparg, m.obj(2), m.obj(1))?;
    m.replace_obj(2, result);
    Ok(())
}

/// `COMPARE_OP` in its general form. Bit 4 of the operand asks for a plain truth value.
#[inline(always)]
pub(crate) fn compare_op(m: &mut Machine, oparg: usize) -> PyResult<()> {
    let op = CompareOp::from_raw((oparg >> 5) as i32);
    let (a, b) = (m.peek(2), m.peek(1));
    if a.is_int() && b.is_int() {
        m.drop_slots(2);
        m.push(Value::bool(op.holds(a.int_value().cmp(&b.int_value()))));
        return Ok(());
    }
    m.save();
    let result = compare(m.obj(2), m.obj(1), op, oparg & 16 != 0)?;
    m.replace(2, result);
    Ok(())
}

#[inline(never)]
pub(crate) fn compare(a: &PyObject, b: &PyObject, op: CompareOp, as_truth: bool) -> PyResult<Value> {
    let result = object::compare(a, b, op)?;
    if as_truth { object::is_true(&result).map(Value::bool) } else { Ok(Value::owned(result)) }
}

/// `a in b`.
#[inline(never)]
pub(crate) fn contains(container: &PyObject, value: &PyObject, invert: bool) -> PyResult<Value> {
    sequence::contains(container, value).map(|found| Value::bool(found != invert))
}

/// `a is b`: an integer without object is whatever object has its value.
#[inline(always)]
pub(crate) fn is_same(a: Value, b: Value) -> bool {
    if a.is_int() || b.is_int() {
        return same_integer(a, b);
    }
    core::ptr::eq(a.ptr(), b.ptr())
}

#[cold]
fn same_integer(a: Value, b: Value) -> bool {
    let known = |value: Value| {
        if value.is_int() {
            Some(value.int_value())
        } else {
            value.object().downcast_exact::<PyInt>().and_then(PyInt::to_i64)
        }
    };
    known(a).is_some() && known(a) == known(b)
}

/// Truth of a value on the stack.
#[inline(always)]
pub(crate) fn truth(m: &Machine, depth: usize) -> PyResult<bool> {
    let value = m.peek(depth);
    if value.is_int() {
        return Ok(value.int_value() != 0);
    }
    m.save();
    object::is_true(value.object())
}

/// `-x` of an integer, else the general way.
#[inline(always)]
pub(crate) fn negative(m: &mut Machine) -> PyResult<()> {
    let value = m.peek(1);
    if value.is_int() {
        m.poke(1, Value::int(-value.int_value()));
        return Ok(());
    }
    m.save();
    let result = number::negative(m.obj(1))?;
    m.replace_obj(1, result);
    Ok(())
}

#[inline(always)]
pub(crate) fn invert(m: &mut Machine) -> PyResult<()> {
    let value = m.peek(1);
    if value.is_int() {
        m.poke(1, Value::small(!value.int_value()));
        return Ok(());
    }
    m.save();
    let result = number::invert(m.obj(1))?;
    m.replace_obj(1, result);
    Ok(())
}
