//! `TypeVarTuple`.

use super::lazy::{evaluator, given_default, has_default, no_subclass, value};
use super::{call_typing, caller_module, no_default, set_module, unpack};
use crate::model::args::OptArg;
use crate::model::{Obj, ObjCell, ObjectExt, Py, PyObject, PyResult, TypeObject};
use crate::protocols::{iter, object};
use crate::types::str::PyStr;
use crate::types::tuple::PyTuple;
use core::cell::Cell;
use taipan_macros::{pymethods, pytype};

/// Type variable tuple. A specialized form of type variable that enables
/// variadic generics.
///
/// The preferred way to construct a type variable tuple is via the
/// dedicated syntax for generic functions, classes, and type aliases,
/// where a single '*' indicates a type variable tuple::
///
///     def move_first_element_to_last[T, *Ts](tup: tuple[T, *Ts]) -> tuple[*Ts, T]:
///         return (*tup[1:], tup[0])
///
/// Type variables tuples can have default values:
///
///     type AliasWithDefault[*Ts = (str, int)] = tuple[*Ts]
///
/// For compatibility with Python 3.11 and earlier, TypeVarTuple objects
/// can also be created as follows::
///
///     Ts = TypeVarTuple('Ts')  # Can be given any name
///     DefaultTs = TypeVarTuple('Ts', default=(str, int))
///
/// Just as a TypeVar (type variable) is a placeholder for a single type,
/// a TypeVarTuple is a placeholder for an *arbitrary* number of types. For
/// example, if we define a generic class using a TypeVarTuple::
///
///     class C[*Ts]: ...
///
/// Then we can parameterize that class with an arbitrary number of type
/// arguments::
///
///     C[int]       # Fine
///     C[int, str]  # Also fine
///     C[()]        # Even this is fine
///
/// For more details, see PEP 646.
///
/// Note that only TypeVarTuples defined in the global scope can be
/// pickled.
#[pytype(name = "typing.TypeVarTuple", gc, flags(IMMUTABLETYPE), dict = dict, weakref = weaklist, parts(METHODS))]
pub struct PyTypeVarTuple {
    ob_base: PyObject,
    #[member(name = "__name__", readonly)]
    name: Obj,
    default: ObjCell,
    pub(super) evaluate_default: ObjCell,
    dict: ObjCell,
    weaklist: Cell<*mut PyObject>,
}

fn fields(name: &PyStr, default: Option<&PyObject>) -> PyTypeVarTuple {
    PyTypeVarTuple {
        ob_base: PyObject::EMPTY,
        name: name.owned(),
        default: given_default(default),
        evaluate_default: ObjCell::empty(),
        dict: ObjCell::empty(),
        weaklist: Cell::new(core::ptr::null_mut()),
    }
}

/// The tuple of type variables of `class C[*Ts]`.
pub fn new_type_var_tuple(name: &PyStr) -> Py<PyTypeVarTuple> {
    crate::memory::new(fields(name, None))
}

#[pymethods(METHODS)]
impl PyTypeVarTuple {
    #[new(name = "typevartuple", signature = "(name, *, default=typing.NoDefault)")]
    fn py_new(cls: &TypeObject, name: &PyStr, default: OptArg<&PyObject>) -> PyResult<Py<PyTypeVarTuple>> {
        let made = crate::memory::new_in(cls, fields(name, default.given()))?;
        set_module(&made, caller_module()?)?;
        Ok(made)
    }

    #[slot(tp_repr)]
    fn repr(&self) -> PyResult<Py<PyStr>> {
        object::str(&self.name)
    }

    #[slot(tp_iter)]
    fn iter(&self) -> PyResult {
        iter::iter(&PyTuple::from_vec(vec![unpack(self)?]))
    }

    #[pymethod(name = "__typing_subst__", signature = "(arg, /)")]
    fn typing_subst(&self, _arg: &PyObject) -> PyResult {
        Err(raised!(TypeError, "Substitution of bare TypeVarTuple is not supported"))
    }

    #[pymethod(name = "__typing_prepare_subst__", signature = "(alias, args, /)")]
    fn typing_prepare_subst(&self, alias: &PyObject, args: &PyObject) -> PyResult {
        call_typing("_typevartuple_prepare_subst", &[self, alias, args])
    }

    #[pymethod(name = "__reduce__")]
    fn reduce(&self) -> PyResult {
        Ok(self.name.clone())
    }

    #[pymethod]
    fn has_default(&self) -> bool {
        has_default(&self.default, &self.evaluate_default)
    }

    #[pymethod(name = "__mro_entries__", signature = "(object, /)")]
    fn mro_entries(&self, _bases: &PyObject) -> PyResult {
        no_subclass::<PyTypeVarTuple>()
    }

    /// The default value for this TypeVarTuple.
    #[getter(__default__)]
    fn get_default(&self) -> PyResult {
        Ok(value(&self.default, &self.evaluate_default)?.unwrap_or_else(no_default))
    }

    #[getter]
    fn evaluate_default(&self) -> Option<Obj> {
        let known = self.default.get().filter(|known| !super::is_no_default(known));
        evaluator(&ObjCell::new(known), &self.evaluate_default)
    }
}
