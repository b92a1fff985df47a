//! `CALL_KW` of what was called there before: the names of the last arguments are a tuple on top.
//!
//! Caches: counter, version of the function (32 bits).

#![expect(unsafe_code, reason = "moves arguments between stacks")]

use super::calls::{finish, known_function};
use super::settle;
use crate::calls::frames::push_general;
use crate::calls::native::call_values;
use crate::eval::calls::{as_python, enter, unpack_method};
use crate::eval::machine::Machine;
use crate::eval::opcodes::*;
use crate::value::Value;
use taipan_objects::prelude::*;
use taipan_objects::types::function::PyFunction;
use taipan_objects::types::method::PyMethod;

const CACHES: usize = 3;

#[inline(never)]
pub(crate) fn specialise(m: &mut Machine, oparg: usize) {
    let callable = m.peek(oparg + 3);
    let form = if callable.is_int() { None } else { decide(m, callable, !m.peek(oparg + 2).is_null()) };
    settle(m, CALL_KW, form);
}

fn decide(m: &Machine, callable: Value, with_receiver: bool) -> Option<u8> {
    let remember = |function: &PyFunction, form: u8| {
        let version = function.assign_version();
        m.set_cache32(1, version);
        (version != 0).then_some(form)
    };
    if let Some(function) = as_python(callable) {
        return remember(function, CALL_KW_PY);
    }
    if let Some(method) = callable.object::<'static>().downcast_exact::<PyMethod>()
        && !with_receiver
        && let Some(function) = as_python(Value::borrowed(&method.function))
    {
        return remember(function, CALL_KW_BOUND_METHOD);
    }
    // A function whose calls were redirected is called like anything else.
    Some(CALL_KW_NON_PY).filter(|_| callable.object::<'static>().downcast_exact::<PyFunction>().is_none())
}

/// A Python function.
#[inline(always)]
pub(crate) fn python(m: &mut Machine, oparg: usize) -> Option<PyResult<()>> {
    let base = m.slot(oparg + 3);
    // SAFETY: the slots hold the callee, its arguments and the tuple of names, which the compiler made.
    unsafe {
        let callable = *base;
        if !known_function(m, callable) {
            return None;
        }
        let with_receiver = usize::from(!(*base.add(1)).is_null());
        let names_value = m.peek(1);
        let names: &PyTuple = names_value.cast();
        m.save_instr();
        m.sp = base;
        let (args, positional) = (base.add(2 - with_receiver), oparg + with_receiver - names.len());
        let frame = push_general(m.thread, callable, args, positional, Some(names), None);
        names_value.close();
        Some(frame.map(|frame| enter(m, frame, CACHES)))
    }
}

/// A method bound to its receiver, its function a known one.
#[inline(always)]
pub(crate) fn bound_method(m: &mut Machine, oparg: usize) -> Option<PyResult<()>> {
    let base = m.slot(oparg + 3);
    // SAFETY: as above.
    unsafe {
        if !(*base.add(1)).is_null() {
            return None;
        }
        let method = (*base).object_opt()?.downcast_exact::<PyMethod>()?;
        let function = method.function.downcast_exact::<PyFunction>()?;
        if function.version.get() != m.cache32(1) {
            return None;
        }
    }
    unpack_method(m, base);
    python(m, oparg)
}

/// Anything else that is not Python code.
#[inline(always)]
pub(crate) fn non_python(m: &mut Machine, oparg: usize) -> Option<PyResult<()>> {
    let callable = m.peek(oparg + 3);
    if callable.is_int()
        || PyFunction::check_exact(callable.object())
        || PyMethod::check_exact(callable.object())
    {
        return None;
    }
    let base = m.slot(oparg + 3);
    m.save();
    // SAFETY: as above.
    let result = unsafe {
        let with_receiver = usize::from(!(*base.add(1)).is_null());
        let names: &PyTuple = m.peek(1).cast();
        let (args, count) = (base.add(2 - with_receiver), oparg + with_receiver);
        call_values(m.frame, m.sp, callable.object(), args, count, Some(names))
    };
    Some(finish(m, oparg + 3, result))
}
