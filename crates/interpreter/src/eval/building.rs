//! Making functions.

use super::common::{builtins, globals};
use super::machine::Machine;
use taipan_objects::prelude::*;
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
pub(crate) fn set_function_attribute(m: &mut Machine, oparg: usize) {
    let function = m.pop();
    let attribute = m.pop_obj();
    if let Some(func) = function.object().downcast_exact::<PyFunction>() {
        let field = match oparg {
            1 => &func.defaults,
            2 => &func.kwdefaults,
            4 => &func.annotations,
            8 => &func.closure,
            _ => {
                name_annotate(func, &attribute);
                &func.annotate
            }
        };
        field.set(Some(attribute));
    }
    m.push(function);
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
