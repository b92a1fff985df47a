//! `typing.Union`, which `int | str` makes: a set of types in the order in which they were written.
//!
//! Members that cannot be hashed are kept apart and compared one by one.

mod build;

pub use build::{from_tuple, or};

use crate::model::{
    CompareOp, ObjCell, ObjectExt, Py, PyObject, PyResult, PyType, ToPy, TypeObject, not_implemented,
};
use crate::protocols::object;
use crate::types::genericalias;
use crate::types::set::PyFrozenSet;
use crate::types::str::PyStr;
use crate::types::tuple::PyTuple;
use core::cell::Cell;
use taipan_macros::{pymethods, pytype};

/// Represent a union type
///
/// E.g. for int | str
#[pytype(name = "typing.Union", exported = _PyUnion_Type, gc, flags(DISALLOW_INSTANTIATION), weakref = weaklist, parts(METHODS))]
pub struct PyUnion {
    ob_base: PyObject,
    #[member(name = "__args__", readonly)]
    args: Py<PyTuple>,
    hashable: Py<PyFrozenSet>,
    unhashable: Py<PyTuple>,
    parameters: ObjCell,
    weaklist: Cell<*mut PyObject>,
}

impl PyUnion {
    /// The members.
    pub fn args(&self) -> &PyTuple {
        &self.args
    }

    fn parameters(&self) -> PyResult<Py<PyTuple>> {
        if let Some(known) = self.parameters.get().and_then(|known| known.downcast_owned::<PyTuple>()) {
            return Ok(known);
        }
        let made = genericalias::collect_parameters(&self.args)?;
        self.parameters.set(Some(made.clone().into_obj()));
        Ok(made)
    }

    fn equals(&self, other: &PyUnion) -> PyResult<bool> {
        if !object::compare_bool(&self.hashable, &other.hashable, CompareOp::Eq)? {
            return Ok(false);
        }
        let (mine, theirs) = (self.unhashable.as_slice(), other.unhashable.as_slice());
        if mine.len() != theirs.len() {
            return Ok(false);
        }
        for &item in mine {
            if !build::contains(theirs, item)? {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

#[pymethods(METHODS)]
impl PyUnion {
    #[slot(tp_repr)]
    fn repr(&self) -> PyResult<Py<PyStr>> {
        crate::errors::check_stack(" while getting the repr of an object")?;
        let shown: PyResult<Vec<String>> =
            self.args.as_slice().iter().map(|item| genericalias::type_repr(item)).collect();
        Ok(PyStr::new(&shown?.join(" | ")))
    }

    #[slot(tp_hash)]
    fn hash(&self) -> PyResult<isize> {
        // The member that cannot be hashed says so itself; if it can by now, the union still cannot.
        for item in self.unhashable.as_slice() {
            object::hash(item)?;
        }
        if !self.unhashable.is_empty() {
            return Err(raised!(TypeError, "union contains {} unhashable elements", self.unhashable.len()));
        }
        object::hash(&self.hashable)
    }

    #[slot(tp_richcompare)]
    fn compare(&self, other: &PyObject, op: CompareOp) -> PyResult {
        let (CompareOp::Eq | CompareOp::Ne, Some(other)) = (op, other.downcast::<PyUnion>()) else {
            return Ok(not_implemented());
        };
        (self.equals(other)? == (op == CompareOp::Eq)).to_py()
    }

    #[slot(tp_getattro)]
    fn get_attribute(&self, name: &PyObject) -> PyResult {
        let Some(name) = name.downcast::<PyStr>() else {
            return Err(raised!(TypeError, "attribute name must be string, not '{}'", name.class().name()));
        };
        if name.eq_str("__module__") {
            return object::get_attr(self.as_object().class(), name);
        }
        object::generic_get_attr(self, name)
    }

    #[slot(nb_or)]
    fn bit_or(a: &PyObject, b: &PyObject) -> PyResult {
        or(a, b)
    }

    #[slot(mp_subscript)]
    fn get_item(&self, item: &PyObject) -> PyResult {
        let parameters = self.parameters()?;
        let args = genericalias::substitute(self, &self.args, &parameters, item)?;
        from_tuple(&args)
    }

    #[pymethod(name = "__mro_entries__", signature = "(object, /)")]
    fn mro_entries(&self, _bases: &PyObject) -> PyResult {
        Err(raised!(TypeError, "Cannot subclass {}", object::repr(self)?))
    }

    #[pymethod(name = "__class_getitem__", class, signature = "(object, /)")]
    fn class_getitem(cls: &TypeObject, args: &PyObject) -> PyResult {
        let _ = cls;
        match args.downcast::<PyTuple>() {
            Some(args) => from_tuple(args),
            None => from_tuple(&PyTuple::from_slice(&[args])),
        }
    }

    /// Name of the type
    #[getter(__name__)]
    fn name(&self) -> &'static str {
        "Union"
    }

    /// Qualified name of the type
    #[getter(__qualname__)]
    fn qualname(&self) -> &'static str {
        "Union"
    }

    /// Always returns the type
    #[getter(__origin__)]
    fn origin(&self) -> PyResult {
        Ok(PyUnion::type_object().owned())
    }

    /// Type variables in the types.UnionType.
    #[getter(__parameters__)]
    fn get_parameters(&self) -> PyResult {
        Ok(self.parameters()?.into_obj())
    }
}
