//! Structural pattern matching (PEP 634).

use super::machine::Machine;
use crate::value::Value;
use taipan_abi::{_Py_TPFLAGS_MATCH_SELF, Py_TPFLAGS_MAPPING, Py_TPFLAGS_SEQUENCE};
use taipan_objects::prelude::*;
use taipan_objects::types::set::PySet;

#[inline(always)]
pub(crate) fn match_mapping(m: &mut Machine) {
    let matches = m.obj(1).class().has_flag(Py_TPFLAGS_MAPPING);
    m.push(Value::bool(matches));
}

#[inline(always)]
pub(crate) fn match_sequence(m: &mut Machine) {
    let matches = m.obj(1).class().has_flag(Py_TPFLAGS_SEQUENCE);
    m.push(Value::bool(matches));
}

/// The values of the keys in a mapping as a tuple, `None` where one is missing.
#[inline(never)]
pub(crate) fn match_keys(subject: &PyObject, keys: &PyTuple) -> PyResult<Option<Obj>> {
    let seen = PySet::new();
    let get = if keys.is_empty() { None } else { Some(object::get_attr(subject, intern!("get"))?) };
    let missing = call::call(taipan_objects::types::object::object_type(), &[])?;
    let mut values = Vec::with_capacity(keys.len());
    for &key in keys.as_slice() {
        if !seen.add(key)? {
            return Err(raised!(ValueError, "mapping pattern checks duplicate key ({})", object::repr(key)?));
        }
        let Some(get) = &get else { break };
        let value = call::call(get, &[key, &missing])?;
        if value.is(&missing) {
            return Ok(None);
        }
        values.push(value);
    }
    Ok(Some(PyTuple::from_vec(values).into_obj()))
}

/// The attributes that a class pattern looks at as a tuple, `None` where the subject does not match.
#[inline(never)]
pub(crate) fn match_class(
    subject: &PyObject,
    class: &PyObject,
    positional: usize,
    keywords: &PyTuple,
) -> PyResult<Option<Obj>> {
    let Some(ty) = class.downcast::<TypeObject>() else {
        return Err(raised!(TypeError, "called match pattern must be a class"));
    };
    if !object::is_instance(subject, class)? {
        return Ok(None);
    }
    let name = ty.short_name();
    let seen = PySet::new();
    let mut attributes = Vec::with_capacity(positional + keywords.len());
    if positional > 0 {
        let declared = object::get_optional_attr(class, intern!("__match_args__"))?;
        let match_self = declared.is_none() && ty.has_flag(_Py_TPFLAGS_MATCH_SELF);
        let names = match declared {
            Some(declared) => match declared.downcast_exact::<PyTuple>() {
                Some(names) => names.to_owned(),
                None => {
                    return Err(raised!(
                        TypeError,
                        "{name}.__match_args__ must be a tuple (got {})",
                        declared.class().name()
                    ));
                }
            },
            None => PyTuple::empty(),
        };
        let allowed = if match_self { 1 } else { names.len() };
        if allowed < positional {
            let plural = if allowed == 1 { "" } else { "s" };
            return Err(raised!(
                TypeError,
                "{name}() accepts {allowed} positional sub-pattern{plural} ({positional} given)"
            ));
        }
        if match_self {
            attributes.push(subject.owned());
        } else {
            for &attribute in &names.as_slice()[..positional] {
                let Some(text) = attribute.downcast::<PyStr>() else {
                    return Err(raised!(
                        TypeError,
                        "__match_args__ elements must be strings (got {})",
                        attribute.class().name()
                    ));
                };
                match attribute_of(subject, text, name, &seen)? {
                    Some(value) => attributes.push(value),
                    None => return Ok(None),
                }
            }
        }
    }
    for keyword in keywords.as_slice() {
        let Some(text) = keyword.downcast::<PyStr>() else { continue };
        match attribute_of(subject, text, name, &seen)? {
            Some(value) => attributes.push(value),
            None => return Ok(None),
        }
    }
    Ok(Some(PyTuple::from_vec(attributes).into_obj()))
}

fn attribute_of(subject: &PyObject, name: &PyStr, class: &str, seen: &PySet) -> PyResult<Option<Obj>> {
    if !seen.add(name)? {
        return Err(raised!(
            TypeError,
            "{class}() got multiple sub-patterns for attribute {}",
            object::repr(name)?
        ));
    }
    object::get_optional_attr(subject, name)
}

/// `MATCH_KEYS`: subject and keys stay; the values, or `None`, go on top.
#[inline(never)]
pub(crate) fn match_keys_op(m: &mut Machine) -> PyResult<()> {
    m.save();
    let Some(keys) = m.obj(1).downcast::<PyTuple>() else {
        return Err(raised!(SystemError, "a tuple of keys is wanted here"));
    };
    let values = match_keys(m.obj(2), keys)?;
    m.push(values.map_or(Value::none(), Value::owned));
    Ok(())
}

/// `MATCH_CLASS`: subject, class and names of keyword patterns become the attributes, or `None`.
#[inline(never)]
pub(crate) fn match_class_op(m: &mut Machine, oparg: usize) -> PyResult<()> {
    m.save();
    let Some(names) = m.obj(1).downcast::<PyTuple>() else {
        return Err(raised!(SystemError, "a tuple of names is wanted here"));
    };
    let attributes = match_class(m.obj(3), m.obj(2), oparg, names)?;
    m.replace(3, attributes.map_or(Value::none(), Value::owned));
    Ok(())
}
