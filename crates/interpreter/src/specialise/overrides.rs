//! `LOAD_ATTR` of classes with a `__getattribute__` of their own, and `LOAD_SUPER_ATTR` of the real `super`.
//!
//! Caches of `LOAD_ATTR`: counter, version of the class (32 bits), version of the function (32 bits), the function
//! (64 bits), which the class keeps as long as its version stands. `LOAD_SUPER_ATTR`: counter.

#![expect(unsafe_code, reason = "moves arguments between stacks")]

use super::attributes::{CACHES, guarded};
use super::settle;
use crate::calls::frames::{code_of, fits_exactly, push_exact};
use crate::eval::calls::{as_python, enter};
use crate::eval::machine::Machine;
use crate::eval::opcodes::*;
use crate::value::Value;
use taipan_objects::prelude::*;
use taipan_objects::types::function::PyFunction;
use taipan_objects::types::super_type::{self, PySuper};
use taipan_objects::types::r#type::{assign_version, lookup};

/// The form for an instance whose class looks attributes up in Python.
pub(super) fn decide(m: &Machine, class: &TypeObject, method: bool) -> Option<u8> {
    if method || lookup(class, intern!("__getattr__")).is_some() {
        return None;
    }
    let found = lookup(class, intern!("__getattribute__"))?;
    let function = as_python(Value::borrowed(&found))?;
    let (version, function_version) = (assign_version(class), function.assign_version());
    if version == 0 || function_version == 0 || !fits_exactly(code_of(function), 2) {
        return None;
    }
    m.set_cache32(1, version);
    m.set_cache32(3, function_version);
    m.set_cache_ptr(5, &found);
    Some(LOAD_ATTR_GETATTRIBUTE_OVERRIDDEN)
}

/// Enters `__getattribute__`.
#[inline(always)]
pub(crate) fn getattribute(m: &mut Machine, oparg: usize) -> Option<PyResult<()>> {
    guarded(m, 1)?;
    let found = m.cache_object(5);
    if found.downcast_exact::<PyFunction>()?.version.get() != m.cache32(3) {
        return None;
    }
    m.save_instr();
    let function = Value::new_ref(found);
    let arguments = [m.pop(), Value::new_ref(m.name(oparg >> 1))];
    // SAFETY: the version says that two arguments fit.
    let frame = unsafe { push_exact(m.thread, function, arguments.as_ptr(), 2) };
    Some(frame.map(|frame| enter(m, frame, CACHES)))
}

/// Whether the operands are the real `super` and a class.
#[inline(always)]
fn is_plain_super<'a>(m: &Machine) -> Option<&'a TypeObject> {
    let real = m.peek(3).object_opt()?.is(PySuper::type_object());
    m.peek(2).object_opt()?.downcast::<TypeObject>().filter(|_| real)
}

#[inline(never)]
pub(crate) fn specialise_super(m: &mut Machine, oparg: usize) {
    let form = if oparg & 1 != 0 { LOAD_SUPER_ATTR_METHOD } else { LOAD_SUPER_ATTR_ATTR };
    settle(m, LOAD_SUPER_ATTR, is_plain_super(m).map(|_| form));
}

/// `super().name` without a `super` object; for a call, function and receiver apart.
#[inline(always)]
pub(crate) fn known_super(m: &mut Machine, oparg: usize, method: bool) -> Option<PyResult<()>> {
    let class = is_plain_super(m)?;
    m.save();
    let (found, unbound) = match super_type::load_attr(class, m.obj(1), m.name(oparg >> 2), method) {
        Ok(found) => found,
        Err(raised) => return Some(Err(raised)),
    };
    let receiver = m.pop();
    m.pop_close(2);
    m.push_obj(found);
    if unbound {
        m.push(receiver);
    } else {
        if method {
            m.push(Value::NULL);
        }
        m.close(receiver);
    }
    m.skip(1);
    Some(Ok(()))
}
