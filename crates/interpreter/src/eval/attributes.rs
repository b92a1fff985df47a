//! Attributes and methods in their general form, and `super()`.

#![expect(unsafe_code, reason = "calls C functions of types")]

use super::machine::Machine;
use crate::value::Value;
use taipan_abi::Py_TPFLAGS_METHOD_DESCRIPTOR;
use taipan_objects::model::trampoline::opt_ptr;
use taipan_objects::prelude::*;
use taipan_objects::protocols::call::Method;
use taipan_objects::types::super_type::{self, PySuper};
use taipan_objects::types::r#type::lookup;

/// `super(class, receiver).name`; where a call follows, a method may come back apart from its receiver.
fn load_super_attr(
    global_super: &PyObject,
    class: &PyObject,
    receiver: &PyObject,
    name: &PyStr,
    is_method: bool,
    two_arguments: bool,
) -> PyResult<(Obj, Option<Obj>)> {
    if global_super.is(PySuper::type_object())
        && let Some(class) = class.downcast::<TypeObject>()
    {
        let (found, unbound) = super_type::load_attr(class, receiver, name, is_method)?;
        return Ok((found, unbound.then(|| receiver.owned())));
    }
    let args = [class, receiver];
    let proxy = call::call(global_super, if two_arguments { &args } else { &[] })?;
    object::get_attr(&proxy, name).map(|value| (value, None))
}

/// The special method of `LOAD_SPECIAL`: unbound with the receiver apart, or bound.
pub(crate) fn load_special(receiver: &PyObject, which: usize) -> PyResult<Method> {
    let name = match which {
        0 => intern!("__enter__"),
        1 => intern!("__exit__"),
        2 => intern!("__aenter__"),
        _ => intern!("__aexit__"),
    };
    let class = receiver.class();
    let Some(found) = lookup(class, name) else {
        return Err(no_special(receiver, which));
    };
    let kind = found.class();
    if kind.has_flag(Py_TPFLAGS_METHOD_DESCRIPTOR) {
        return Ok(Method::Unbound(found));
    }
    match kind.tp_descr_get() {
        None => Ok(Method::Bound(found)),
        Some(get) => {
            // SAFETY: a descriptor's getter takes descriptor, instance and class.
            let bound = unsafe { get(found.as_ptr(), receiver.as_ptr(), opt_ptr(Some(class))) };
            // SAFETY: what it returns is a new reference or null.
            unsafe { Obj::from_result(bound) }.map(Method::Bound)
        }
    }
}

#[cold]
fn no_special(receiver: &PyObject, which: usize) -> taipan_objects::model::Raised {
    let name = receiver.class().name();
    let has = |method| lookup(receiver.class(), method).is_some();
    let missed = ["__enter__", "__exit__", "__aenter__", "__aexit__"][which.min(3)];
    let (this, other, keyword, supports_other) = if which < 2 {
        let supports = has(intern!("__aenter__")) && has(intern!("__aexit__"));
        ("the context manager protocol", "the asynchronous context manager protocol", "async with", supports)
    } else {
        let supports = has(intern!("__enter__")) && has(intern!("__exit__"));
        ("the asynchronous context manager protocol", "the context manager protocol", "with", supports)
    };
    if supports_other {
        return raised!(
            TypeError,
            "'{name}' object does not support {this} (missed {missed} method) but it supports {other}. Did you mean \
             to use '{keyword}'?"
        );
    }
    raised!(TypeError, "'{name}' object does not support {this} (missed {missed} method)")
}

/// `LOAD_ATTR` in its general form; for a method call the receiver, or nothing, goes on top.
#[inline(always)]
pub(crate) fn load_attr(m: &mut Machine, oparg: usize) -> PyResult<()> {
    m.save();
    let (object, name) = (m.obj(1), m.name(oparg >> 1));
    if oparg & 1 == 0 {
        let value = object::get_attr(object, name)?;
        m.replace_obj(1, value);
    } else {
        match call::get_method(object, name)? {
            Method::Unbound(function) => {
                let receiver = m.pop();
                m.push_obj(function);
                m.push(receiver);
            }
            Method::Bound(value) => {
                m.replace_obj(1, value);
                m.push(Value::NULL);
            }
        }
    }
    m.skip(9);
    Ok(())
}

/// `LOAD_SUPER_ATTR` in its general form: `super`, class and receiver are on the stack.
#[inline(always)]
pub(crate) fn super_attr(m: &mut Machine, oparg: usize) -> PyResult<()> {
    m.save();
    let method = oparg & 1 != 0;
    let (value, receiver) =
        load_super_attr(m.obj(3), m.obj(2), m.obj(1), m.name(oparg >> 2), method, oparg & 2 != 0)?;
    m.pop_close(3);
    m.push_obj(value);
    if method {
        m.push(receiver.map_or(Value::NULL, Value::owned));
    }
    m.skip(1);
    Ok(())
}

/// `LOAD_SPECIAL`: method and receiver, or bound method and nothing.
#[inline(always)]
pub(crate) fn special(m: &mut Machine, oparg: usize) -> PyResult<()> {
    m.save();
    match load_special(m.obj(1), oparg)? {
        Method::Unbound(function) => {
            let receiver = m.pop();
            m.push_obj(function);
            m.push(receiver);
        }
        Method::Bound(value) => {
            m.replace_obj(1, value);
            m.push(Value::NULL);
        }
    }
    Ok(())
}
