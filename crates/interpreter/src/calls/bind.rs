//! Arguments of a call to the local variables of a Python function.

#![expect(unsafe_code, reason = "moves values between stacks")]

use super::errors;
use crate::value::Value;
use taipan_bytecode::code::flags::{CO_VARARGS, CO_VARKEYWORDS};
use taipan_objects::prelude::*;
use taipan_objects::types::code::PyCode;
use taipan_objects::types::function::PyFunction;

/// Moves `positional` values and one for each name into the locals, which are all empty. `taken` counts the arguments
/// that were moved; the others stay the caller's.
///
/// # Safety
/// `args` holds the values, `locals` has room for the code's variables.
pub(super) unsafe fn bind(
    func: &PyFunction,
    code: &PyCode,
    locals: *mut Value,
    args: *const Value,
    positional: usize,
    names: Option<&PyTuple>,
    taken: &mut usize,
) -> PyResult<()> {
    let raw = &code.raw;
    let (accepted, keyword_only) = (raw.co_argcount as usize, raw.co_kwonlyargcount as usize);
    let total = accepted + keyword_only;
    let flags = raw.co_flags as u32;
    let mut extra_keywords = None;
    // SAFETY: the caller's promise; parameters come first, then `*args`, then `**kwargs`.
    unsafe {
        if flags & CO_VARKEYWORDS != 0 {
            let dict = PyDict::new();
            let place = total + usize::from(flags & CO_VARARGS != 0);
            extra_keywords = Some(&*dict.as_ptr().cast::<PyDict>());
            locals.add(place).write(Value::owned(dict));
        }
        let direct = positional.min(accepted);
        core::ptr::copy_nonoverlapping(args, locals, direct);
        *taken = direct;
        if flags & CO_VARARGS != 0 {
            *taken = positional;
            locals.add(total).write(Value::owned(rest_of(args.add(direct), positional - direct)));
        }
        if let Some(names) = names {
            bind_keywords(func, code, locals, args.add(positional), names, extra_keywords)?;
        }
        if positional > accepted && flags & CO_VARARGS == 0 {
            let defaults = func.defaults.get();
            let count = defaults.as_deref().and_then(|d| d.downcast::<PyTuple>()).map_or(0, PyTuple::len);
            return Err(errors::too_many_positional(func, code, locals, positional, count));
        }
        if positional < accepted {
            fill_defaults(func, code, locals, positional)?;
        }
        if keyword_only > 0 {
            fill_keyword_defaults(func, code, locals)?;
        }
    }
    Ok(())
}

/// The tuple of the values that are left over, which it takes.
///
/// # Safety
/// There are so many values.
#[inline(always)]
unsafe fn rest_of(args: *const Value, count: usize) -> Py<PyTuple> {
    if count == 0 {
        return PyTuple::empty();
    }
    // SAFETY: the caller's promise.
    PyTuple::from_fn(count, |index| unsafe { (*args.add(index)).into_obj() })
}

/// # Safety
/// As for [`bind`].
unsafe fn bind_keywords(
    func: &PyFunction,
    code: &PyCode,
    locals: *mut Value,
    values: *const Value,
    names: &PyTuple,
    extra: Option<&PyDict>,
) -> PyResult<()> {
    let first = code.raw.co_posonlyargcount as usize;
    let total = (code.raw.co_argcount + code.raw.co_kwonlyargcount) as usize;
    let parameters = &errors::names(code)[..total];
    for (index, &name) in names.as_slice().iter().enumerate() {
        let Some(text) = name.downcast::<PyStr>() else {
            return Err(raised!(TypeError, "keywords must be strings"));
        };
        let place = match parameters[first..].iter().position(|p| p.is(name)) {
            Some(found) => Some(found),
            None => {
                parameters[first..].iter().position(|p| p.downcast::<PyStr>().is_some_and(|p| p.eq(text)))
            }
        };
        // SAFETY: parameters are the first of the locals, and there is a value for each name.
        unsafe {
            let value = *values.add(index);
            match (place, extra) {
                (Some(place), _) => {
                    let slot = locals.add(first + place);
                    if !(*slot).is_null() {
                        return Err(raised!(
                            TypeError,
                            "{}() got multiple values for argument '{text}'",
                            errors::qualname(func)
                        ));
                    }
                    slot.write(value.dup().heap_safe());
                }
                (None, Some(extra)) => extra.set_item(name, &value.to_obj())?,
                (None, None) => return Err(errors::unexpected_keyword(func, code, text, names)),
            }
        }
    }
    Ok(())
}

/// # Safety
/// As for [`bind`].
unsafe fn fill_defaults(func: &PyFunction, code: &PyCode, locals: *mut Value, given: usize) -> PyResult<()> {
    let accepted = code.raw.co_argcount as usize;
    // SAFETY: the defaults are not replaced while they are read; parameters are the first of the locals.
    unsafe {
        let defaults = func.defaults.peek().and_then(|d| d.downcast::<PyTuple>());
        let defaults = defaults.map_or(&[] as &[&PyObject], PyTuple::as_slice);
        let required = accepted.saturating_sub(defaults.len());
        for place in given..required {
            if (*locals.add(place)).is_null() {
                return Err(errors::missing_positional(func, code, locals, required));
            }
        }
        for place in given.max(required)..accepted {
            let slot = locals.add(place);
            if (*slot).is_null() {
                slot.write(Value::new_ref(defaults[defaults.len() + place - accepted]));
            }
        }
    }
    Ok(())
}

/// # Safety
/// As for [`bind`].
unsafe fn fill_keyword_defaults(func: &PyFunction, code: &PyCode, locals: *mut Value) -> PyResult<()> {
    let first = code.raw.co_argcount as usize;
    let total = first + code.raw.co_kwonlyargcount as usize;
    let defaults = func.kwdefaults.get();
    let defaults = defaults.as_deref().and_then(|d| d.downcast::<PyDict>());
    let mut complete = true;
    for place in first..total {
        // SAFETY: parameters are the first of the locals.
        unsafe {
            let slot = locals.add(place);
            if !(*slot).is_null() {
                continue;
            }
            match (defaults, errors::names(code)[place].downcast::<PyStr>()) {
                (Some(defaults), Some(name)) => match defaults.get_str(name)? {
                    Some(value) => slot.write(Value::owned(value)),
                    None => complete = false,
                },
                _ => complete = false,
            }
        }
    }
    if complete { Ok(()) } else { Err(errors::missing_keyword_only(func, code, locals)) }
}
