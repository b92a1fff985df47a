//! `CALL_INTRINSIC_1` and `CALL_INTRINSIC_2`: rare operations that share two instructions.

use super::exceptions::Fault;
use super::imports;
use super::machine::Machine;
use taipan_bytecode::code::flags::{CO_ASYNC_GENERATOR, CO_COROUTINE};
use taipan_bytecode::opcode::*;
use taipan_objects::errors;
use taipan_objects::model::thread;
use taipan_objects::prelude::*;
use taipan_objects::types::exceptions::prep_reraise_star;
use taipan_objects::types::function::PyFunction;
use taipan_objects::types::typing;

/// The operation of `CALL_INTRINSIC_1` with the operand on top.
#[inline(never)]
pub(crate) fn intrinsic_1(m: &mut Machine, oparg: usize) -> Result<(), Fault> {
    m.save();
    let value = m.obj(1);
    let result = match oparg as u32 {
        INTRINSIC_PRINT => print(value)?,
        INTRINSIC_IMPORT_STAR => {
            imports::import_star(m.frame, value)?;
            none()
        }
        INTRINSIC_STOPITERATION_ERROR => stop_iteration_error(m, value),
        INTRINSIC_ASYNC_GEN_WRAP => crate::generators::wrap_async_value(value)?,
        INTRINSIC_UNARY_POSITIVE => number::positive(value)?,
        INTRINSIC_LIST_TO_TUPLE => match value.downcast::<PyList>() {
            Some(list) => list.to_tuple().into_obj(),
            None => return Err(raised!(SystemError, "a list is wanted here").into()),
        },
        INTRINSIC_TYPEVAR => typing::new_type_var(name_of(value)?, None, None).into_obj(),
        INTRINSIC_PARAMSPEC => typing::new_param_spec(name_of(value)?).into_obj(),
        INTRINSIC_TYPEVARTUPLE => typing::new_type_var_tuple(name_of(value)?).into_obj(),
        INTRINSIC_SUBSCRIPT_GENERIC => match value.downcast::<PyTuple>() {
            Some(parameters) => typing::subscript_generic(parameters)?,
            None => return Err(raised!(SystemError, "a tuple is wanted here").into()),
        },
        INTRINSIC_TYPEALIAS => type_alias(value)?,
        _ => return Err(raised!(SystemError, "unknown intrinsic {oparg}").into()),
    };
    m.replace_obj(1, result);
    Ok(())
}

/// The operation of `CALL_INTRINSIC_2` with two operands.
#[inline(never)]
pub(crate) fn intrinsic_2(m: &mut Machine, oparg: usize) -> Result<(), Fault> {
    m.save();
    let (first, second) = (m.obj(2), m.obj(1));
    let result = match oparg as u32 {
        INTRINSIC_PREP_RERAISE_STAR => prepare_reraise(first, second)?,
        INTRINSIC_TYPEVAR_WITH_BOUND => typing::new_type_var(name_of(first)?, Some(second), None).into_obj(),
        INTRINSIC_TYPEVAR_WITH_CONSTRAINTS => {
            typing::new_type_var(name_of(first)?, None, Some(second)).into_obj()
        }
        INTRINSIC_SET_FUNCTION_TYPE_PARAMS => {
            if let Some(func) = first.downcast::<PyFunction>() {
                func.typeparams.set(Some(second.owned()));
            }
            first.owned()
        }
        INTRINSIC_SET_TYPEPARAM_DEFAULT => {
            typing::set_type_parameter_default(first, second)?;
            first.owned()
        }
        _ => return Err(raised!(SystemError, "unknown intrinsic {oparg}").into()),
    };
    m.replace_obj(2, result);
    Ok(())
}

/// What an expression statement does at the prompt.
fn print(value: &PyObject) -> PyResult {
    let sys = thread::current().interpreter().sys_dict.get();
    let hook = match sys.as_deref().and_then(|sys| sys.downcast::<PyDict>()) {
        Some(sys) => sys.get_str(intern!("displayhook"))?,
        None => None,
    };
    match hook {
        Some(hook) => call::call(&hook, &[value]),
        None => Err(raised!(RuntimeError, "lost sys.displayhook")),
    }
}

/// `StopIteration` that leaves a generator becomes `RuntimeError` (PEP 479).
fn stop_iteration_error(m: &Machine, exception: &PyObject) -> Obj {
    let flags = m.code().raw.co_flags as u32;
    let is = |exc: Exc| exception.class().is_subtype_of(exc.type_object());
    let message = if is(Exc::StopIteration) {
        if flags & CO_ASYNC_GENERATOR != 0 {
            "async generator raised StopIteration"
        } else if flags & CO_COROUTINE != 0 {
            "coroutine raised StopIteration"
        } else {
            "generator raised StopIteration"
        }
    } else if flags & CO_ASYNC_GENERATOR != 0 && is(Exc::StopAsyncIteration) {
        "async generator raised StopAsyncIteration"
    } else {
        return exception.owned();
    };
    let raised = raised!(RuntimeError, "{message}");
    let replaced = errors::take(raised);
    replaced.context.set(Some(exception.owned()));
    replaced.cause.set(Some(exception.owned()));
    replaced.suppress_context.set(true);
    replaced.into_obj()
}

/// The name of a type parameter.
fn name_of(value: &PyObject) -> PyResult<&PyStr> {
    value.downcast::<PyStr>().ok_or_else(|| raised!(SystemError, "a name is wanted here"))
}

/// `type Name[params] = value`, from the three as a tuple.
fn type_alias(parts: &PyObject) -> PyResult {
    match parts.downcast::<PyTuple>().map(PyTuple::as_slice) {
        Some(&[name, params, compute]) => Ok(typing::new_type_alias(name, Some(params), compute).into_obj()),
        _ => Err(raised!(SystemError, "a tuple of three is wanted here")),
    }
}

/// What is left to raise after the `except*` clauses: `raised` holds what they raised or did not match.
fn prepare_reraise(original: &PyObject, raised: &PyObject) -> PyResult {
    match raised.downcast::<PyList>() {
        Some(list) => prep_reraise_star(original, list),
        None => Err(raised!(SystemError, "a list is wanted here")),
    }
}
