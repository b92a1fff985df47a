//! `mappingproxy`: a mapping that can only be read. `type.__dict__` is one.

use crate::model::{CompareOp, Obj, ObjectExt, Py, PyObject, PyResult, PyType, TypeObject};
use crate::protocols::{iter, mapping, number, object, sequence};
use crate::types::list::PyList;
use crate::types::str::PyStr;
use crate::types::tuple::PyTuple;
use taipan_macros::{pymethods, pytype};

/// Read-only proxy of a mapping.
#[pytype(name = "mappingproxy", exported = PyDictProxy_Type, gc, flags(MAPPING), signature = "(mapping)", parts(SLOTS, super::mappingproxy_methods::METHODS))]
pub struct PyMappingProxy {
    ob_base: PyObject,
    pub mapping: Obj,
}

impl PyMappingProxy {
    /// A view of a mapping.
    pub fn new(mapping: &PyObject) -> Py<PyMappingProxy> {
        crate::memory::new(PyMappingProxy { ob_base: PyObject::EMPTY, mapping: mapping.owned() })
    }
}

/// The mapping behind a proxy, or the object itself.
fn unwrap(object: &PyObject) -> Obj {
    match object.downcast::<PyMappingProxy>() {
        Some(proxy) => proxy.mapping.clone(),
        None => object.owned(),
    }
}

#[pymethods(SLOTS)]
impl PyMappingProxy {
    #[new(signature = "(mapping)")]
    fn py_new(cls: &TypeObject, mapping: &PyObject) -> PyResult<Py<PyMappingProxy>> {
        let _ = cls;
        let sequence = mapping.downcast::<PyList>().is_some() || mapping.downcast::<PyTuple>().is_some();
        if sequence || !mapping::is_mapping(mapping) {
            return Err(raised!(
                TypeError,
                "mappingproxy() argument must be a mapping, not {}",
                mapping.class().name()
            ));
        }
        Ok(PyMappingProxy::new(mapping))
    }

    #[slot(mp_length)]
    fn len(&self) -> PyResult<usize> {
        object::len(&self.mapping)
    }

    #[slot(mp_subscript)]
    fn get_item(&self, key: &PyObject) -> PyResult {
        object::get_item(&self.mapping, key)
    }

    #[slot(sq_contains)]
    fn contains(&self, key: &PyObject) -> PyResult<bool> {
        match self.mapping.downcast_exact::<crate::types::dict::PyDict>() {
            Some(dict) => dict.contains(key),
            None => sequence::contains(&self.mapping, key),
        }
    }

    #[slot(nb_or)]
    fn or(a: &PyObject, b: &PyObject) -> PyResult {
        number::or_(&unwrap(a), &unwrap(b))
    }

    #[slot(nb_inplace_or)]
    fn inplace_or(&self, _other: &PyObject) -> PyResult {
        Err(raised!(
            TypeError,
            "'|=' is not supported by {}; use '|' instead",
            self.as_object().class().name()
        ))
    }

    #[slot(tp_iter)]
    fn iter(&self) -> PyResult {
        iter::iter(&self.mapping)
    }

    #[slot(tp_str)]
    fn str(&self) -> PyResult<Py<PyStr>> {
        object::str(&self.mapping)
    }

    #[slot(tp_repr)]
    fn repr(&self) -> PyResult<Py<PyStr>> {
        let inner = object::repr(&self.mapping)?;
        PyStr::new("mappingproxy(").concat(&inner)?.concat(&PyStr::new(")"))
    }

    #[slot(tp_hash)]
    fn hash(&self) -> PyResult<isize> {
        object::hash(&self.mapping)
    }

    #[slot(tp_richcompare)]
    fn compare(&self, other: &PyObject, op: CompareOp) -> PyResult {
        object::compare(&self.mapping, other, op)
    }
}
