//! `hamt`: the map that contexts keep their variables in, with any keys.

use core::cell::{Cell, RefCell};
use taipan_objects::errors;
use taipan_objects::memory;
use taipan_objects::model::gc::{Traverse, Visitor};
use taipan_objects::prelude::*;
use taipan_runtime::contextvars::{ByEquality, Map, MapCell};

#[pytype(name = "hamt", gc, weakref = weaklist, parts(METHODS))]
pub struct PyHamt {
    ob_base: PyObject,
    map: MapCell<ByEquality>,
    weaklist: Cell<*mut PyObject>,
}

impl PyHamt {
    fn holding(map: Map<ByEquality>) -> Py<PyHamt> {
        memory::new(PyHamt {
            ob_base: PyObject::EMPTY,
            map: MapCell::new(map),
            weaklist: Cell::new(core::ptr::null_mut()),
        })
    }

    pub fn empty() -> Py<PyHamt> {
        Self::holding(Map::default())
    }

    /// What a change made: the object itself where nothing changed.
    fn changed(&self, map: Map<ByEquality>) -> Obj {
        if map.is(&self.map.get()) { self.as_object().owned() } else { Self::holding(map).into_obj() }
    }

    /// A view of what is made of each entry.
    fn view(&self, show: impl Fn(Obj, Obj) -> Obj) -> Py<PyHamtView> {
        let shown: Vec<_> =
            self.map.get().entries().into_iter().rev().map(|(key, value)| show(key, value)).collect();
        memory::new(PyHamtView {
            ob_base: PyObject::EMPTY,
            length: shown.len(),
            rest: ViewRest(RefCell::new(shown)),
        })
    }
}

#[pymethods(METHODS)]
impl PyHamt {
    /// The map with the key bound to the value.
    #[pymethod(no_text, signature = "(key, value, /)")]
    fn set(&self, key: &PyObject, value: &PyObject) -> PyResult {
        Ok(self.changed(self.map.get().with(key, value)?))
    }

    /// The value under the key, else the default.
    #[pymethod(no_text, signature = "(key, default=None, /)")]
    fn get(&self, key: &PyObject, default: Option<&PyObject>) -> PyResult {
        let found = self.map.get().get(key)?;
        Ok(found.unwrap_or_else(|| default.map_or_else(none, ObjectExt::owned)))
    }

    /// The map without the key.
    #[pymethod(no_text, signature = "(key, /)")]
    fn delete(&self, key: &PyObject) -> PyResult {
        Ok(self.changed(self.map.get().without(key)?))
    }

    /// The entries as tuples.
    #[pymethod]
    fn items(&self) -> Py<PyHamtView> {
        self.view(|key, value| PyTuple::from_vec(vec![key, value]).into_obj())
    }

    /// The keys.
    #[pymethod]
    fn keys(&self) -> Py<PyHamtView> {
        self.view(|key, _| key)
    }

    /// The values.
    #[pymethod]
    fn values(&self) -> Py<PyHamtView> {
        self.view(|_, value| value)
    }

    #[slot(tp_iter)]
    fn iterate(&self) -> Py<PyHamtView> {
        self.keys()
    }

    #[slot(mp_length)]
    fn length(&self) -> PyResult<usize> {
        Ok(self.map.get().len())
    }

    #[slot(mp_subscript)]
    fn subscript(&self, key: &PyObject) -> PyResult {
        self.map.get().get(key)?.ok_or_else(|| errors::set_key_error(key))
    }

    #[slot(sq_contains)]
    fn contains(&self, key: &PyObject) -> PyResult<bool> {
        Ok(self.map.get().get(key)?.is_some())
    }

    #[slot(tp_richcompare)]
    fn compare(&self, other: &PyObject, op: CompareOp) -> PyResult {
        let Some(other) = other.downcast::<PyHamt>() else { return Ok(not_implemented()) };
        if !matches!(op, CompareOp::Eq | CompareOp::Ne) {
            return Ok(not_implemented());
        }
        let (mine, other) = (self.map.get(), other.map.get());
        let mut equal = mine.len() == other.len();
        for (key, value) in mine.entries() {
            equal = equal
                && match other.get(&key)? {
                    Some(there) => object::compare_bool(&value, &there, CompareOp::Eq)?,
                    None => false,
                };
        }
        Ok(PyInt::from_bool(equal == (op == CompareOp::Eq)))
    }
}

/// What a view has yet to give, the last first.
struct ViewRest(RefCell<Vec<Obj>>);

impl Traverse for ViewRest {
    fn traverse(&self, visitor: &mut Visitor) {
        self.0.traverse(visitor);
    }

    fn drop_references(&self) {
        drop(self.0.take());
    }
}

/// The keys, values or entries of a map, once.
#[pytype(name = "hamt_view", gc, flags(DISALLOW_INSTANTIATION), parts(VIEW_METHODS))]
pub struct PyHamtView {
    ob_base: PyObject,
    length: usize,
    rest: ViewRest,
}

#[pymethods(VIEW_METHODS)]
impl PyHamtView {
    #[slot(mp_length)]
    fn length(&self) -> PyResult<usize> {
        Ok(self.length)
    }

    #[slot(tp_iter)]
    fn iterate(&self) -> Obj {
        self.as_object().owned()
    }

    #[slot(tp_iternext)]
    fn next(&self) -> PyResult<Option<Obj>> {
        Ok(self.rest.0.borrow_mut().pop())
    }
}

#[pymodule(fragment)]
pub mod hamt {
    use super::*;

    /// An empty persistent map.
    #[pyfunction(name = "hamt", signature = "()")]
    pub fn new_hamt() -> Py<PyHamt> {
        PyHamt::empty()
    }
}
