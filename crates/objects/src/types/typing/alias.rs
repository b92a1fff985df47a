//! `TypeAliasType`: what `type X = …` makes. Its value is computed when it is first asked for.

use super::lazy::{evaluator, has_default, value};
use super::{PyParamSpec, PyTypeVar, PyTypeVarTuple, caller_module, unpack};
use crate::intern;
use crate::model::{Obj, ObjCell, ObjectExt, Py, PyObject, PyResult, TypeObject, none};
use crate::protocols::{iter, object};
use crate::types::function::PyFunction;
use crate::types::str::PyStr;
use crate::types::tuple::PyTuple;
use taipan_macros::{pymethods, pytype};

/// Type alias.
///
/// Type aliases are created through the type statement::
///
///     type Alias = int
///
/// In this example, Alias and int will be treated equivalently by static
/// type checkers.
///
/// At runtime, Alias is an instance of TypeAliasType. The __name__
/// attribute holds the name of the type alias. The value of the type alias
/// is stored in the __value__ attribute. It is evaluated lazily, so the
/// value is computed only if the attribute is accessed.
///
/// Type aliases can also be generic::
///
///     type ListOrSet[T] = list[T] | set[T]
///
/// In this case, the type parameters of the alias are stored in the
/// __type_params__ attribute.
///
/// See PEP 695 for more information.
#[pytype(name = "typing.TypeAliasType", exported = _PyTypeAlias_Type, gc, parts(METHODS))]
pub struct PyTypeAliasType {
    ob_base: PyObject,
    #[member(name = "__name__", readonly)]
    name: Obj,
    type_params: ObjCell,
    value: ObjCell,
    compute_value: ObjCell,
    module: ObjCell,
}

/// The alias of a `type` statement, with the function that computes its value.
pub fn new_type_alias(
    name: &PyObject,
    type_params: Option<&PyObject>,
    compute_value: &PyObject,
) -> Py<PyTypeAliasType> {
    crate::memory::new(PyTypeAliasType {
        ob_base: PyObject::EMPTY,
        name: name.owned(),
        type_params: ObjCell::new(type_params.filter(|params| !params.is_none()).map(ObjectExt::owned)),
        value: ObjCell::empty(),
        compute_value: ObjCell::new(Some(compute_value.owned())),
        module: ObjCell::empty(),
    })
}

/// Whether a type parameter has a default; `None` for what is no type parameter.
fn default_of(parameter: &PyObject) -> PyResult<Option<bool>> {
    if parameter.downcast::<PyTypeVar>().is_some()
        || parameter.downcast::<PyTypeVarTuple>().is_some()
        || parameter.downcast::<PyParamSpec>().is_some()
    {
        let default = object::get_attr(parameter, intern!("__default__"))?;
        return Ok(Some(has_default(&ObjCell::new(Some(default)), &ObjCell::empty())));
    }
    Ok(None)
}

fn check_type_params(params: &PyObject) -> PyResult<Option<Obj>> {
    let Some(params) = params.downcast::<PyTuple>() else {
        return Err(raised!(TypeError, "type_params must be a tuple"));
    };
    let mut default_seen = false;
    for &parameter in params.as_slice() {
        match default_of(parameter)? {
            None => {
                return Err(raised!(TypeError, "Expected a type param, got {}", object::repr(parameter)?));
            }
            Some(true) => default_seen = true,
            Some(false) if default_seen => {
                return Err(raised!(
                    TypeError,
                    "non-default type parameter '{}' follows default type parameter",
                    object::repr(parameter)?
                ));
            }
            Some(false) => {}
        }
    }
    Ok((!params.is_empty()).then(|| params.owned()))
}

impl PyTypeAliasType {
    fn type_params(&self) -> Py<PyTuple> {
        let params = self.type_params.get().and_then(|params| params.downcast_owned::<PyTuple>());
        params.unwrap_or_else(PyTuple::empty)
    }
}

#[pymethods(METHODS)]
impl PyTypeAliasType {
    #[new(name = "typealias", signature = "(name, value, *, type_params=())")]
    fn py_new(
        cls: &TypeObject,
        name: &PyStr,
        value: &PyObject,
        type_params: Option<&PyObject>,
    ) -> PyResult<Py<PyTypeAliasType>> {
        let type_params = type_params.map(check_type_params).transpose()?.flatten();
        let module = caller_module()?;
        crate::memory::new_in(
            cls,
            PyTypeAliasType {
                ob_base: PyObject::EMPTY,
                name: name.owned(),
                type_params: ObjCell::new(type_params),
                value: ObjCell::new(Some(value.owned())),
                compute_value: ObjCell::empty(),
                module: ObjCell::new(module),
            },
        )
    }

    #[slot(tp_repr)]
    fn repr(&self) -> PyResult<Py<PyStr>> {
        object::str(&self.name)
    }

    #[slot(tp_iter)]
    fn iter(&self) -> PyResult {
        iter::iter(&PyTuple::from_vec(vec![unpack(self)?]))
    }

    #[slot(nb_or)]
    fn or(a: &PyObject, b: &PyObject) -> PyResult {
        crate::types::union::or(a, b)
    }

    #[slot(mp_subscript)]
    fn get_item(&self, args: &PyObject) -> PyResult {
        if self.type_params.is_empty() {
            return Err(raised!(TypeError, "Only generic type aliases are subscriptable"));
        }
        crate::types::genericalias::new(self, args)
    }

    #[pymethod(name = "__reduce__")]
    fn reduce(&self) -> PyResult {
        Ok(self.name.clone())
    }

    #[getter(__parameters__)]
    fn parameters(&self) -> PyResult {
        let params = self.type_params();
        let unpacked: PyResult<Vec<Obj>> = params
            .as_slice()
            .iter()
            .map(|parameter| match parameter.downcast::<PyTypeVarTuple>() {
                Some(variables) => unpack(variables),
                None => Ok(parameter.owned()),
            })
            .collect();
        Ok(PyTuple::from_vec(unpacked?).into_obj())
    }

    #[getter(__type_params__)]
    fn get_type_params(&self) -> PyResult {
        Ok(self.type_params().into_obj())
    }

    #[getter(__value__)]
    fn get_value(&self) -> PyResult {
        Ok(value(&self.value, &self.compute_value)?.unwrap_or_else(none))
    }

    #[getter]
    fn evaluate_value(&self) -> Option<Obj> {
        evaluator(&self.value, &self.compute_value)
    }

    #[getter(__module__)]
    fn module(&self) -> PyResult<Option<Obj>> {
        if let Some(module) = self.module.get() {
            return Ok(Some(module));
        }
        match self.compute_value.get().and_then(|compute| compute.downcast_owned::<PyFunction>()) {
            Some(function) => Ok(function.module.get()),
            None => Ok(None),
        }
    }
}
