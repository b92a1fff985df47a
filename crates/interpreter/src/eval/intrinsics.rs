//! `CALL_INTRINSIC_1` and `CALL_INTRINSIC_2`: rare operations that share two instructions.

use super::exceptions::Fault;
use super::imports;
use super::machine::Machine;
use taipan_bytecode::code::flags::{CO_ASYNC_GENERATOR, CO_COROUTINE};
use taipan_bytecode::opcode::*;
use taipan_objects::errors;
use taipan_objects::model::{Raised, thread};
use taipan_objects::prelude::*;
use taipan_objects::types::exceptions::PyBaseException;
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
    let Some(list) = raised.downcast::<PyList>() else {
        return Err(raised!(SystemError, "a list is wanted here"));
    };
    let group_type = Exc::BaseExceptionGroup.type_object();
    let members = list.to_vec();
    if members.is_empty() {
        return Ok(none());
    }
    if !original.class().is_subtype_of(group_type) {
        // One naked exception was caught: one clause at most ran.
        return Ok(members[0].clone());
    }
    let (mut fresh, mut again) = (Vec::new(), Vec::new());
    for member in members.into_iter().filter(|member| !member.is_none()) {
        if same_metadata(&member, original) { again.push(member) } else { fresh.push(member) }
    }
    let rest = project(original, &again)?;
    if fresh.is_empty() {
        return Ok(rest.unwrap_or_else(none));
    }
    fresh.extend(rest);
    if fresh.len() == 1 {
        return Ok(fresh.remove(0));
    }
    let list = PyList::from_vec(fresh);
    call::call(group_type, &[&PyStr::empty(), &list])
}

fn same_metadata(a: &PyObject, b: &PyObject) -> bool {
    let (Some(a), Some(b)) = (a.downcast::<PyBaseException>(), b.downcast::<PyBaseException>()) else {
        return false;
    };
    let same = |x: &taipan_objects::model::ObjCell, y: &taipan_objects::model::ObjCell| {
        crate::frames::peek(x) == crate::frames::peek(y)
    };
    same(&a.notes, &b.notes)
        && same(&a.traceback, &b.traceback)
        && same(&a.cause, &b.cause)
        && same(&a.context, &b.context)
}

/// The members of a group, in order.
fn members_of(group: &PyObject) -> PyResult<Vec<Obj>> {
    let members = object::get_attr(group, intern!("exceptions"))?;
    iter::collect(&members)
}

fn is_group(exception: &PyObject) -> bool {
    exception.class().is_subtype_of(Exc::BaseExceptionGroup.type_object())
}

fn collect_leaves(exception: &PyObject, leaves: &mut Vec<Obj>) -> PyResult<()> {
    errors::check_stack(" in exception group")?;
    if !is_group(exception) {
        leaves.push(exception.owned());
        return Ok(());
    }
    members_of(exception)?.iter().try_for_each(|member| collect_leaves(member, leaves))
}

/// The part of a group, with its nesting, whose leaves are those of `kept`.
fn project(group: &PyObject, kept: &[Obj]) -> PyResult<Option<Obj>> {
    let mut leaves = Vec::new();
    for exception in kept {
        collect_leaves(exception, &mut leaves)?;
    }
    project_leaves(group, &leaves)
}

fn project_leaves(group: &PyObject, leaves: &[Obj]) -> PyResult<Option<Obj>> {
    errors::check_stack(" in exception group")?;
    let mut matching = Vec::new();
    for member in members_of(group)? {
        if is_group(&member) {
            matching.extend(project_leaves(&member, leaves)?);
        } else if leaves.iter().any(|leaf| leaf.is(&member)) {
            matching.push(member);
        }
    }
    if matching.is_empty() {
        return Ok(None);
    }
    let list = PyList::from_vec(matching);
    let part = call::method(group, intern!("derive"), &[&list])?;
    if !is_group(&part) {
        return Err(not_a_group());
    }
    if let (Some(part), Some(group)) =
        (part.downcast::<PyBaseException>(), group.downcast::<PyBaseException>())
    {
        part.traceback.set(group.traceback.get());
        part.context.set(group.context.get());
        part.cause.set(group.cause.get());
        part.suppress_context.set(group.suppress_context.get());
    }
    if let Some(notes) = object::get_optional_attr(group, intern!("__notes__"))?
        && sequence::is_sequence(&notes)
    {
        object::set_attr(&part, intern!("__notes__"), Some(&*sequence::to_list(&notes)?))?;
    }
    Ok(Some(part))
}

#[cold]
fn not_a_group() -> Raised {
    raised!(TypeError, "derive must return an instance of BaseExceptionGroup")
}
