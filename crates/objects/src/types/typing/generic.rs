//! `Generic`, and what the interpreter asks for when a class or a function has type parameters.

use super::{PyParamSpec, PyTypeVar, PyTypeVarTuple, call_typing, call_typing_tuple, unpack};
use crate::model::{Obj, ObjectExt, Py, PyObject, PyResult, PyType, TypeObject};
use crate::types::dict::PyDict;
use crate::types::tuple::PyTuple;
use taipan_macros::{pymethods, pytype};

/// Abstract base class for generic types.
///
/// On Python 3.12 and newer, generic classes implicitly inherit from
/// Generic when they declare a parameter list after the class's name::
///
///     class Mapping[KT, VT]:
///         def __getitem__(self, key: KT) -> VT:
///             ...
///         # Etc.
///
/// On older versions of Python, however, generic classes have to
/// explicitly inherit from Generic.
///
/// After a class has been declared to be generic, it can then be used as
/// follows::
///
///     def lookup_name[KT, VT](mapping: Mapping[KT, VT], key: KT, default: VT) -> VT:
///         try:
///             return mapping[key]
///         except KeyError:
///             return default
#[pytype(name = "typing.Generic", gc, flags(BASETYPE), parts(METHODS))]
pub struct PyGeneric {
    ob_base: PyObject,
}

fn prepend(class: &TypeObject, args: &[&PyObject]) -> Py<PyTuple> {
    let mut all = Vec::with_capacity(args.len() + 1);
    all.push(class.owned());
    all.extend(args.iter().map(|arg| arg.owned()));
    PyTuple::from_vec(all)
}

#[pymethods(METHODS)]
impl PyGeneric {
    #[pymethod(name = "__class_getitem__", class, no_text, signature = "(*args, **kwargs)")]
    fn class_getitem(cls: &TypeObject, args: &[&PyObject], kwargs: Option<Py<PyDict>>) -> PyResult {
        call_typing_tuple("_generic_class_getitem", &prepend(cls, args), kwargs.as_deref())
    }

    #[pymethod(name = "__init_subclass__", class, no_text, signature = "(*args, **kwargs)")]
    fn init_subclass(cls: &TypeObject, args: &[&PyObject], kwargs: Option<Py<PyDict>>) -> PyResult {
        call_typing_tuple("_generic_init_subclass", &prepend(cls, args), kwargs.as_deref())
    }
}

/// `Generic[parameters]`, the base that `class C[T]` gets.
pub fn subscript_generic(parameters: &PyTuple) -> PyResult {
    let unpacked: PyResult<Vec<Obj>> = parameters
        .as_slice()
        .iter()
        .map(|parameter| match parameter.downcast::<PyTypeVarTuple>() {
            Some(variables) => unpack(variables),
            None => Ok(parameter.owned()),
        })
        .collect();
    let parameters = PyTuple::from_vec(unpacked?);
    call_typing("_GenericAlias", &[PyGeneric::type_object(), &parameters])
}

/// Gives a type parameter the function that computes its default.
pub fn set_type_parameter_default(parameter: &PyObject, evaluate: &PyObject) -> PyResult<()> {
    let evaluate = Some(evaluate.owned());
    if let Some(variable) = parameter.downcast::<PyTypeVar>() {
        variable.evaluate_default.set(evaluate);
    } else if let Some(specification) = parameter.downcast::<PyParamSpec>() {
        specification.evaluate_default.set(evaluate);
    } else if let Some(variables) = parameter.downcast::<PyTypeVarTuple>() {
        variables.evaluate_default.set(evaluate);
    } else {
        return Err(raised!(
            TypeError,
            "Expected a type param, got {}",
            crate::protocols::object::repr(parameter)?
        ));
    }
    Ok(())
}
