//! Making functions.

use super::common::{builtins, globals};
use super::machine::Machine;
use taipan_objects::prelude::*;
use taipan_objects::types::cell::PyCell;
use taipan_objects::types::code::PyCode;
use taipan_objects::types::function::PyFunction;

/// A function of the code object on top.
#[inline(never)]
pub(crate) fn make_function(m: &mut Machine) -> PyResult<()> {
    m.save();
    let Some(code) = m.obj(1).downcast_exact::<PyCode>() else {
        return Err(raised!(SystemError, "MAKE_FUNCTION of what is no code object"));
    };
    let func = PyFunction::new(code, globals(m.frame), None)?;
    if func.builtins.is_empty() {
        func.builtins.set(Some(builtins(m.frame).owned()));
    }
    m.replace_obj(1, func);
    Ok(())
}

/// Gives the function on top what is below it.
#[inline(never)]
pub(crate) fn set_function_attribute(m: &mut Machine, oparg: usize) -> PyResult<()> {
    m.save();
    let attribute = m.obj(2).owned();
    let Some(func) = m.obj(1).downcast_exact::<PyFunction>() else {
        return Err(raised!(SystemError, "SET_FUNCTION_ATTRIBUTE of what is no function"));
    };
    let is_tuple = PyTuple::check_exact(&attribute);
    let (field, fits) = match oparg {
        1 => (&func.defaults, is_tuple),
        2 => (&func.kwdefaults, PyDict::check_exact(&attribute)),
        4 => (&func.annotations, is_tuple || PyDict::check_exact(&attribute)),
        8 => (&func.closure, is_closure(&attribute)),
        _ => {
            name_annotate(func, &attribute);
            (&func.annotate, true)
        }
    };
    if !fits {
        return Err(raised!(SystemError, "SET_FUNCTION_ATTRIBUTE of a wrong value"));
    }
    field.set(Some(attribute));
    let function = m.pop();
    m.pop().close();
    m.push(function);
    Ok(())
}

/// Whether it is a tuple of cells.
fn is_closure(value: &PyObject) -> bool {
    value
        .downcast_exact::<PyTuple>()
        .is_some_and(|cells| cells.as_slice().iter().all(|cell| PyCell::check_exact(cell)))
}

/// The function that makes the annotations is called after the one that it belongs to.
fn name_annotate(func: &PyFunction, annotate: &PyObject) {
    let owner = func.qualname.get().and_then(|name| name.downcast_owned::<PyStr>());
    if let (Some(annotate), Some(owner)) = (annotate.downcast_exact::<PyFunction>(), owner)
        && let Ok(name) = owner.concat(&PyStr::new(".__annotate__"))
    {
        annotate.qualname.set(Some(name.into_obj()));
    }
}
