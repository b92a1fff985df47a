//! What is computed when it is first asked for.

use crate::errors;
use crate::model::{Obj, ObjCell, ObjectExt, Py, PyObject, PyResult, PyType};
use crate::protocols::{call, number, object};
use crate::types::dict::PyDict;
use crate::types::genericalias::type_repr;
use crate::types::int::PyInt;
use crate::types::str::PyStr;
use crate::types::tuple::PyTuple;
use taipan_macros::{pymethods, pytype};

/// `annotationlib.Format.VALUE` and `.STRING`.
const VALUE: i64 = 1;
const STRING: i32 = 4;

/// The value in `known`, computed by `evaluate` if it is not there yet; `None` where there is neither.
pub(super) fn value(known: &ObjCell, evaluate: &ObjCell) -> PyResult<Option<Obj>> {
    if let Some(known) = known.get() {
        return Ok(Some(known));
    }
    let Some(evaluate) = evaluate.get() else { return Ok(None) };
    let made = call::call(&evaluate, &[&PyInt::from_i64(VALUE)])?;
    known.set(Some(made.clone()));
    Ok(Some(made))
}

/// The function that computes a value: the one that was given, or one that gives the known value.
pub(super) fn evaluator(known: &ObjCell, evaluate: &ObjCell) -> Option<Obj> {
    evaluate.get().or_else(|| known.get().map(|known| PyConstEvaluator::new(known).into_obj()))
}

/// Internal type for implementing evaluation functions.
#[pytype(
    name = "_typing._ConstEvaluator",
    gc,
    flags(IMMUTABLETYPE, DISALLOW_INSTANTIATION),
    signature = "()",
    parts(METHODS)
)]
pub struct PyConstEvaluator {
    ob_base: PyObject,
    value: Obj,
}

impl PyConstEvaluator {
    fn new(value: Obj) -> Py<PyConstEvaluator> {
        crate::memory::new(PyConstEvaluator { ob_base: PyObject::EMPTY, value })
    }
}

#[pymethods(METHODS)]
impl PyConstEvaluator {
    #[slot(tp_repr)]
    fn repr(&self) -> PyResult<Py<PyStr>> {
        let shown = object::repr(&self.value)?;
        Ok(PyStr::new(&format!("<constevaluator {shown}>")))
    }

    #[slot(tp_call)]
    fn call(&self, args: &PyTuple, kwargs: Option<&PyDict>) -> PyResult {
        const NAME: &str = "constevaluator.__call__()";
        if kwargs.is_some_and(|kwargs| !kwargs.is_empty()) {
            return Err(raised!(TypeError, "{NAME} takes no keyword arguments"));
        }
        let [format] = args.as_slice() else {
            return Err(raised!(TypeError, "{NAME} takes exactly 1 argument ({} given)", args.len()));
        };
        if number::index_to_integer::<i32>(format, "C int")? != STRING {
            return Ok(self.value.clone());
        }
        errors::check_stack(" while getting the repr of an object")?;
        let text = match self.value.downcast::<PyTuple>() {
            Some(items) => {
                let shown: PyResult<Vec<String>> =
                    items.as_slice().iter().map(|item| type_repr(item)).collect();
                format!("({})", shown?.join(", "))
            }
            None => type_repr(&self.value)?,
        };
        Ok(PyStr::new(&text).into_obj())
    }
}

/// What `repr` puts before the name of a type variable.
pub(super) fn variance_sign(covariant: bool, contravariant: bool, inferred: bool) -> &'static str {
    match (inferred, covariant, contravariant) {
        (true, ..) => "",
        (_, true, _) => "+",
        (_, _, true) => "-",
        _ => "~",
    }
}

/// Refuses variances that exclude each other.
pub(super) fn check_variance(covariant: bool, contravariant: bool, inferred: bool) -> PyResult<()> {
    if covariant && contravariant {
        return Err(raised!(ValueError, "Bivariant types are not supported."));
    }
    if inferred && (covariant || contravariant) {
        return Err(raised!(ValueError, "Variance cannot be specified with infer_variance."));
    }
    Ok(())
}

/// The `TypeError` for a class statement whose base is a type variable.
pub(super) fn no_subclass<T: PyType>() -> PyResult {
    Err(raised!(TypeError, "Cannot subclass an instance of {}", T::SHORT_NAME))
}

/// A default given to a constructor: the marker for none is none.
pub(super) fn given_default(default: Option<&PyObject>) -> ObjCell {
    ObjCell::new(default.map(ObjectExt::owned))
}

/// Whether a type variable has a default.
pub(super) fn has_default(known: &ObjCell, evaluate: &ObjCell) -> bool {
    !evaluate.is_empty() || known.get().is_some_and(|known| !super::is_no_default(&known))
}
