//! `ParamSpec`, and what `P.args` and `P.kwargs` are.

use super::lazy::{check_variance, evaluator, given_default, has_default, no_subclass, value, variance_sign};
use super::{call_typing, caller_module, no_default, set_module};
use crate::model::args::OptArg;
use crate::model::{
    CompareOp, Obj, ObjCell, ObjectExt, Py, PyObject, PyResult, ToPy, TypeObject, not_implemented,
};
use crate::protocols::object;
use crate::types::str::PyStr;
use crate::types::tuple::PyTuple;
use core::cell::Cell;
use taipan_macros::{pymethods, pytype};

/// Parameter specification variable.
///
/// The preferred way to construct a parameter specification is via the
/// dedicated syntax for generic functions, classes, and type aliases,
/// where the use of '**' creates a parameter specification::
///
///     type IntFunc[**P] = Callable[P, int]
///
/// The following syntax creates a parameter specification that defaults
/// to a callable accepting two positional-only arguments of types int
/// and str:
///
///     type IntFuncDefault[**P = [int, str]] = Callable[P, int]
///
/// For compatibility with Python 3.11 and earlier, ParamSpec objects
/// can also be created as follows::
///
///     P = ParamSpec('P')
///     DefaultP = ParamSpec('DefaultP', default=[int, str])
///
/// Parameter specification variables exist primarily for the benefit of
/// static type checkers.  They are used to forward the parameter types of
/// one callable to another callable, a pattern commonly found in
/// higher-order functions and decorators.  They are only valid when used
/// in ``Concatenate``, or as the first argument to ``Callable``, or as
/// parameters for user-defined Generics. See class Generic for more
/// information on generic types.
///
/// An example for annotating a decorator::
///
///     def add_logging[**P, T](f: Callable[P, T]) -> Callable[P, T]:
///         '''A type-safe decorator to add logging to a function.'''
///         def inner(*args: P.args, **kwargs: P.kwargs) -> T:
///             logging.info(f'{f.__name__} was called')
///             return f(*args, **kwargs)
///         return inner
///
///     @add_logging
///     def add_two(x: float, y: float) -> float:
///         '''Add two numbers together.'''
///         return x + y
///
/// Parameter specification variables can be introspected. e.g.::
///
///     >>> P = ParamSpec("P")
///     >>> P.__name__
///     'P'
///
/// Note that only parameter specification variables defined in the global
/// scope can be pickled.
#[pytype(name = "typing.ParamSpec", gc, flags(IMMUTABLETYPE), dict = dict, weakref = weaklist, parts(METHODS))]
pub struct PyParamSpec {
    ob_base: PyObject,
    #[member(name = "__name__", readonly)]
    name: Obj,
    #[member(name = "__bound__", readonly)]
    bound: ObjCell,
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

fn fields(name: &PyStr) -> PyParamSpec {
    PyParamSpec {
        ob_base: PyObject::EMPTY,
        name: name.owned(),
        bound: ObjCell::empty(),
        default: ObjCell::empty(),
        evaluate_default: ObjCell::empty(),
        covariant: false,
        contravariant: false,
        infer_variance: true,
        dict: ObjCell::empty(),
        weaklist: Cell::new(core::ptr::null_mut()),
    }
}

/// The parameter specification of `class C[**P]`.
pub fn new_param_spec(name: &PyStr) -> Py<PyParamSpec> {
    crate::memory::new(fields(name))
}

#[pymethods(METHODS)]
impl PyParamSpec {
    #[new(
        name = "paramspec",
        signature = "(name, *, bound=None, default=typing.NoDefault, covariant=False, contravariant=False, infer_variance=False)"
    )]
    fn py_new(
        cls: &TypeObject,
        name: &PyStr,
        bound: Option<&PyObject>,
        default: OptArg<&PyObject>,
        covariant: bool,
        contravariant: bool,
        infer_variance: bool,
    ) -> PyResult<Py<PyParamSpec>> {
        check_variance(covariant, contravariant, infer_variance)?;
        let made = crate::memory::new_in(
            cls,
            PyParamSpec {
                bound: ObjCell::new(bound.map(ObjectExt::owned)),
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
        call_typing("_paramspec_subst", &[self, arg])
    }

    #[pymethod(name = "__typing_prepare_subst__", signature = "(alias, args, /)")]
    fn typing_prepare_subst(&self, alias: &PyObject, args: &PyObject) -> PyResult {
        call_typing("_paramspec_prepare_subst", &[self, alias, args])
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
        no_subclass::<PyParamSpec>()
    }

    /// Represents positional arguments.
    #[getter]
    fn args(&self) -> PyResult {
        Ok(crate::memory::new(PyParamSpecArgs {
            ob_base: PyObject::EMPTY,
            origin: self.owned(),
            weaklist: Cell::new(core::ptr::null_mut()),
        })
        .into_obj())
    }

    /// Represents keyword arguments.
    #[getter]
    fn kwargs(&self) -> PyResult {
        Ok(crate::memory::new(PyParamSpecKwargs {
            ob_base: PyObject::EMPTY,
            origin: self.owned(),
            weaklist: Cell::new(core::ptr::null_mut()),
        })
        .into_obj())
    }

    /// The default value for this ParamSpec.
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

/// The args for a ParamSpec object.
///
/// Given a ParamSpec object P, P.args is an instance of ParamSpecArgs.
///
/// ParamSpecArgs objects have a reference back to their ParamSpec::
///
///     >>> P = ParamSpec("P")
///     >>> P.args.__origin__ is P
///     True
///
/// This type is meant for runtime introspection and has no special meaning
/// to static type checkers.
#[pytype(name = "typing.ParamSpecArgs", gc, flags(IMMUTABLETYPE), weakref = weaklist, parts(ARGS))]
pub struct PyParamSpecArgs {
    ob_base: PyObject,
    #[member(name = "__origin__", readonly)]
    origin: Obj,
    weaklist: Cell<*mut PyObject>,
}

/// The kwargs for a ParamSpec object.
///
/// Given a ParamSpec object P, P.kwargs is an instance of ParamSpecKwargs.
///
/// ParamSpecKwargs objects have a reference back to their ParamSpec::
///
///     >>> P = ParamSpec("P")
///     >>> P.kwargs.__origin__ is P
///     True
///
/// This type is meant for runtime introspection and has no special meaning
/// to static type checkers.
#[pytype(name = "typing.ParamSpecKwargs", gc, flags(IMMUTABLETYPE), weakref = weaklist, parts(KWARGS))]
pub struct PyParamSpecKwargs {
    ob_base: PyObject,
    #[member(name = "__origin__", readonly)]
    origin: Obj,
    weaklist: Cell<*mut PyObject>,
}

macro_rules! part_of_parameters {
    ($part:ident, $ty:ident, $constructor:literal, $suffix:literal) => {
        #[pymethods($part)]
        impl $ty {
            #[new(name = $constructor, signature = "(origin)")]
            fn py_new(cls: &TypeObject, origin: &PyObject) -> PyResult<Py<$ty>> {
                crate::memory::new_in(
                    cls,
                    $ty {
                        ob_base: PyObject::EMPTY,
                        origin: origin.owned(),
                        weaklist: Cell::new(core::ptr::null_mut()),
                    },
                )
            }

            #[slot(tp_repr)]
            fn repr(&self) -> PyResult<Py<PyStr>> {
                let shown = match self.origin.downcast::<PyParamSpec>() {
                    Some(origin) => object::str(&origin.name)?,
                    None => object::repr(&self.origin)?,
                };
                shown.concat(&PyStr::new($suffix))
            }

            #[slot(tp_richcompare)]
            fn compare(&self, other: &PyObject, op: CompareOp) -> PyResult {
                let (CompareOp::Eq | CompareOp::Ne, Some(other)) = (op, other.downcast::<$ty>()) else {
                    return Ok(not_implemented());
                };
                let equal = object::compare_bool(&self.origin, &other.origin, CompareOp::Eq)?;
                (equal == (op == CompareOp::Eq)).to_py()
            }

            #[pymethod(name = "__mro_entries__", signature = "(object, /)")]
            fn mro_entries(&self, _bases: &PyObject) -> PyResult {
                no_subclass::<$ty>()
            }
        }
    };
}

part_of_parameters!(ARGS, PyParamSpecArgs, "paramspecargs", ".args");
part_of_parameters!(KWARGS, PyParamSpecKwargs, "paramspeckwargs", ".kwargs");
