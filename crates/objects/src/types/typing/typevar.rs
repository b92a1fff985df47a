//! `TypeVar`.

use super::lazy::{check_variance, evaluator, given_default, has_default, no_subclass, value, variance_sign};
use super::{call_typing, caller_module, check_type, no_default, set_module};
use crate::intern;
use crate::model::args::OptArg;
use crate::model::{Obj, ObjCell, ObjectExt, Py, PyObject, PyResult, TypeObject};
use crate::protocols::{object, sequence};
use crate::types::str::PyStr;
use crate::types::tuple::PyTuple;
use core::cell::Cell;
use taipan_macros::{pymethods, pytype};

/// Type variable.
///
/// The preferred way to construct a type variable is via the dedicated
/// syntax for generic functions, classes, and type aliases::
///
///     class Sequence[T]:  # T is a TypeVar
///         ...
///
/// This syntax can also be used to create bound and constrained type
/// variables::
///
///     # S is a TypeVar bound to str
///     class StrSequence[S: str]:
///         ...
///
///     # A is a TypeVar constrained to str or bytes
///     class StrOrBytesSequence[A: (str, bytes)]:
///         ...
///
/// Type variables can also have defaults:
///
///     class IntDefault[T = int]:
///         ...
///
/// However, if desired, reusable type variables can also be constructed
/// manually, like so::
///
///    T = TypeVar('T')  # Can be anything
///    S = TypeVar('S', bound=str)  # Can be any subtype of str
///    A = TypeVar('A', str, bytes)  # Must be exactly str or bytes
///    D = TypeVar('D', default=int)  # Defaults to int
///
/// Type variables exist primarily for the benefit of static type
/// checkers.  They serve as the parameters for generic types as well
/// as for generic function and type alias definitions.
///
/// The variance of type variables is inferred by type checkers when they
/// are created through the type parameter syntax and when
/// ``infer_variance=True`` is passed. Manually created type variables may
/// be explicitly marked covariant or contravariant by passing
/// ``covariant=True`` or ``contravariant=True``. By default, manually
/// created type variables are invariant. See PEP 484 and PEP 695 for more
/// details.
#[pytype(name = "typing.TypeVar", gc, flags(IMMUTABLETYPE), dict = dict, weakref = weaklist, parts(METHODS))]
pub struct PyTypeVar {
    ob_base: PyObject,
    #[member(name = "__name__", readonly)]
    name: Obj,
    bound: ObjCell,
    evaluate_bound: ObjCell,
    constraints: ObjCell,
    evaluate_constraints: ObjCell,
    default: ObjCell,
    pub(super) evaluate_default: ObjCell,
    #[member(name = "__covariant__", readonly, kind = BOOL)]
    covariant: bool,
    #[member(name = "__contravariant__", readonly, kind = BOOL)]
    contravariant: bool,
    #[member(name = "__infer_variance__", readonly, kind = BOOL)]
    infer_variance: bool,
    dict: ObjCell,
    weaklist: Cell<*mut PyObject>,
}

fn fields(name: &PyStr) -> PyTypeVar {
    PyTypeVar {
        ob_base: PyObject::EMPTY,
        name: name.owned(),
        bound: ObjCell::empty(),
        evaluate_bound: ObjCell::empty(),
        constraints: ObjCell::empty(),
        evaluate_constraints: ObjCell::empty(),
        default: ObjCell::empty(),
        evaluate_default: ObjCell::empty(),
        covariant: false,
        contravariant: false,
        infer_variance: true,
        dict: ObjCell::empty(),
        weaklist: Cell::new(core::ptr::null_mut()),
    }
}

/// The type variable of `class C[T]`, with the functions that compute its bound or its constraints.
pub fn new_type_var(
    name: &PyStr,
    evaluate_bound: Option<&PyObject>,
    evaluate_constraints: Option<&PyObject>,
) -> Py<PyTypeVar> {
    crate::memory::new(PyTypeVar {
        evaluate_bound: ObjCell::new(evaluate_bound.map(ObjectExt::owned)),
        evaluate_constraints: ObjCell::new(evaluate_constraints.map(ObjectExt::owned)),
        ..fields(name)
    })
}

#[pymethods(METHODS)]
impl PyTypeVar {
    #[new(
        name = "typevar",
        signature = "(name, *constraints, bound=None, default=typing.NoDefault, covariant=False, contravariant=False, infer_variance=False)"
    )]
    fn py_new(
        cls: &TypeObject,
        name: &PyStr,
        constraints: &[&PyObject],
        bound: Option<&PyObject>,
        default: OptArg<&PyObject>,
        covariant: bool,
        contravariant: bool,
        infer_variance: bool,
    ) -> PyResult<Py<PyTypeVar>> {
        check_variance(covariant, contravariant, infer_variance)?;
        let bound = bound.map(|bound| check_type(bound, "Bound must be a type.")).transpose()?;
        if constraints.len() == 1 {
            return Err(raised!(TypeError, "A single constraint is not allowed"));
        }
        if !constraints.is_empty() && bound.is_some() {
            return Err(raised!(TypeError, "Constraints cannot be combined with bound=..."));
        }
        let constraints = (!constraints.is_empty()).then(|| PyTuple::from_slice(constraints).into_obj());
        let made = crate::memory::new_in(
            cls,
            PyTypeVar {
                bound: ObjCell::new(bound),
                constraints: ObjCell::new(constraints),
                default: given_default(default.given()),
                covariant,
                contravariant,
                infer_variance,
                ..fields(name)
            },
        )?;
        set_module(&made, caller_module()?)?;
        Ok(made)
    }

    #[slot(tp_repr)]
    fn repr(&self) -> PyResult<Py<PyStr>> {
        let sign = variance_sign(self.covariant, self.contravariant, self.infer_variance);
        PyStr::new(sign).concat(&*object::str(&self.name)?)
    }

    #[slot(nb_or)]
    fn or(a: &PyObject, b: &PyObject) -> PyResult {
        crate::types::union::from_tuple(&PyTuple::from_slice(&[a, b]))
    }

    #[pymethod(name = "__typing_subst__", signature = "(arg, /)")]
    fn typing_subst(&self, arg: &PyObject) -> PyResult {
        call_typing("_typevar_subst", &[self, arg])
    }

    #[pymethod(name = "__typing_prepare_subst__", signature = "(alias, args, /)")]
    fn typing_prepare_subst(&self, alias: &PyObject, args: &PyObject) -> PyResult {
        let parameters = object::get_attr(alias, intern!("__parameters__"))?;
        let given = object::len(args)?;
        let place = sequence::index(&parameters, self)?;
        if place < given {
            return Ok(args.owned());
        }
        let default = self.get_default()?;
        if place > given || super::is_no_default(&default) {
            return Err(raised!(
                TypeError,
                "Too few arguments for {}; actual {given}, expected at least {}",
                object::str(alias)?,
                place + 1
            ));
        }
        sequence::concat(args, &PyTuple::from_vec(vec![default]))
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
        no_subclass::<PyTypeVar>()
    }

    #[getter(__bound__)]
    fn bound(&self) -> PyResult<Option<Obj>> {
        value(&self.bound, &self.evaluate_bound)
    }

    #[getter(__constraints__)]
    fn constraints(&self) -> PyResult {
        let known = value(&self.constraints, &self.evaluate_constraints)?;
        Ok(known.unwrap_or_else(|| PyTuple::empty().into_obj()))
    }

    #[getter(__default__)]
    fn get_default(&self) -> PyResult {
        Ok(value(&self.default, &self.evaluate_default)?.unwrap_or_else(no_default))
    }

    #[getter]
    fn evaluate_bound(&self) -> Option<Obj> {
        evaluator(&self.bound, &self.evaluate_bound)
    }

    #[getter]
    fn evaluate_constraints(&self) -> Option<Obj> {
        evaluator(&self.constraints, &self.evaluate_constraints)
    }

    #[getter]
    fn evaluate_default(&self) -> Option<Obj> {
        let known = self.default.get().filter(|known| !super::is_no_default(known));
        evaluator(&ObjCell::new(known), &self.evaluate_default)
    }
}
