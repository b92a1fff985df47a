//! `types.SimpleNamespace`: an object that has the attributes it is given.

use crate::errors;
use crate::model::{
    CompareOp, Obj, ObjCell, ObjectExt, Py, PyObject, PyResult, PyType, ToPy, TypeObject, not_implemented,
};
use crate::protocols::{call, object};
use crate::types::dict::PyDict;
use crate::types::str::PyStr;
use crate::types::tuple::PyTuple;
use taipan_macros::{pymethods, pytype};

/// A simple attribute-based namespace.
#[pytype(name = "types.SimpleNamespace", exported = _PyNamespace_Type, gc, flags(BASETYPE), dict = dict, signature = "(mapping_or_iterable=(), /, **kwargs)", parts(METHODS))]
pub struct PyNamespace {
    ob_base: PyObject,
    #[member(name = "__dict__", readonly)]
    dict: ObjCell,
}

impl PyNamespace {
    /// A namespace with these attributes (`_PyNamespace_New`).
    pub fn new(attributes: Option<&PyDict>) -> PyResult<Py<PyNamespace>> {
        let dict = match attributes {
            Some(attributes) => attributes.copy()?,
            None => PyDict::new(),
        };
        Ok(crate::memory::new(PyNamespace {
            ob_base: PyObject::EMPTY,
            dict: ObjCell::new(Some(dict.into_obj())),
        }))
    }

    /// Its dictionary.
    pub fn dict(&self) -> Py<PyDict> {
        let dict = self.dict.get().and_then(|dict| dict.downcast_owned::<PyDict>());
        dict.unwrap_or_else(PyDict::new)
    }
}

fn check_keys(dict: &PyDict) -> PyResult<()> {
    for (key, _) in dict.items_snapshot() {
        if key.downcast::<PyStr>().is_none() {
            return Err(raised!(TypeError, "keywords must be strings"));
        }
    }
    Ok(())
}

#[pymethods(METHODS)]
impl PyNamespace {
    #[slot(tp_new)]
    fn py_new(cls: &TypeObject, _args: &PyTuple, _kwargs: Option<&PyDict>) -> PyResult<Py<PyNamespace>> {
        crate::memory::new_in(
            cls,
            PyNamespace { ob_base: PyObject::EMPTY, dict: ObjCell::new(Some(PyDict::new().into_obj())) },
        )
    }

    #[slot(tp_init)]
    fn init(&self, args: &PyTuple, kwargs: Option<&PyDict>) -> PyResult<()> {
        let class = self.as_object().class();
        if args.len() > 1 {
            return Err(raised!(
                TypeError,
                "{} expected at most 1 argument, got {}",
                class.short_name(),
                args.len()
            ));
        }
        if let Some(&first) = args.as_slice().first() {
            let given = match first.downcast_exact::<PyDict>() {
                Some(dict) => PyType::to_owned(dict),
                None => {
                    let made = call::call(PyDict::type_object(), &[first])?;
                    made.downcast_owned::<PyDict>().unwrap_or_else(PyDict::new)
                }
            };
            check_keys(&given)?;
            self.dict().update(&given)?;
        }
        match kwargs {
            Some(kwargs) => {
                check_keys(kwargs)?;
                self.dict().update(kwargs)
            }
            None => Ok(()),
        }
    }

    #[slot(tp_repr)]
    fn repr(slf: &PyObject) -> PyResult<Py<PyStr>> {
        let class = slf.class();
        let plain = class.is(PyNamespace::type_object());
        let name = if plain { "namespace" } else { class.short_name() };
        if !object::repr_enter(slf)? {
            return Ok(PyStr::new(&format!("{name}(...)")));
        }
        let shown = shown_attributes(slf);
        object::repr_leave(slf);
        Ok(PyStr::new(&format!("{name}({})", shown?)))
    }

    #[slot(tp_richcompare)]
    fn compare(&self, other: &PyObject, op: CompareOp) -> PyResult {
        match other.downcast::<PyNamespace>() {
            Some(other) => object::compare(&self.dict(), &other.dict(), op),
            None => Ok(not_implemented()),
        }
    }

    /// Return state information for pickling
    #[pymethod(name = "__reduce__")]
    fn reduce(&self) -> PyResult {
        (self.as_object().class(), PyTuple::empty(), self.dict()).to_py()
    }

    /// __replace__($self, /, **changes)
    /// --
    ///
    /// Return a copy of the namespace object with new values for the specified attributes.
    #[pymethod(name = "__replace__", no_text, signature = "(*args, **changes)")]
    fn replace(slf: &PyObject, args: &[&PyObject], changes: Option<Py<PyDict>>) -> PyResult {
        if !args.is_empty() {
            return Err(raised!(TypeError, "__replace__() takes no positional arguments"));
        }
        let class = slf.class();
        let made = call::call(class, &[])?;
        let Some(copy) = made.downcast::<PyNamespace>() else {
            return Err(raised!(
                TypeError,
                "expect {} type, but {}() returned '{}' object",
                PyNamespace::NAME,
                object::fully_qualified_name(class)?,
                made.class().name()
            ));
        };
        if let Some(own) = slf.downcast::<PyNamespace>() {
            copy.dict().update(&own.dict())?;
        }
        if let Some(changes) = changes {
            copy.dict().update(&changes)?;
        }
        Ok(made)
    }
}

/// `a=1, b=2`.
fn shown_attributes(object: &PyObject) -> PyResult<String> {
    errors::check_stack(" while getting the repr of an object")?;
    let Some(namespace) = object.downcast::<PyNamespace>() else { return Ok(String::new()) };
    let mut shown = Vec::new();
    for (key, value) in namespace.dict().items_snapshot() {
        let Some(key) = key.downcast::<PyStr>().filter(|key| !key.is_empty()) else { continue };
        let value: Obj = value;
        shown.push(format!("{key}={}", object::repr(&value)?));
    }
    Ok(shown.join(", "))
}
