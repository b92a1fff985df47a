//! `_weakref`: the types and counters behind `weakref`.

use taipan_macros::pymodule;

/// Weak-reference support module.
#[pymodule(name = "_weakref")]
pub mod weakref {
    use taipan_objects::prelude::*;
    use taipan_objects::types::weakref::{self, PyCallableWeakProxy, PyWeakProxy, PyWeakRef};

    /// Return the number of weak references to 'object'.
    #[pyfunction(signature = "(object, /)")]
    pub fn getweakrefcount(object: &PyObject) -> usize {
        weakref::count(object)
    }

    /// Return a list of all weak reference objects pointing to 'object'.
    #[pyfunction(signature = "(object, /)")]
    pub fn getweakrefs(object: &PyObject) -> Py<PyList> {
        PyList::from_vec(weakref::references(object))
    }

    /// Atomically remove key from dict if it points to a dead weakref.
    #[pyfunction(signature = "(dct, key, /)")]
    pub fn _remove_dead_weakref(dct: &PyDict, key: &PyObject) -> PyResult<()> {
        weakref::remove_dead(dct, key)
    }

    /// Create a proxy object that weakly references 'object'.
    ///
    /// 'callback', if given, is called with a reference to the
    /// proxy when 'object' is about to be finalized.
    #[pyfunction(signature = "(object, callback=None, /)")]
    pub fn proxy(object: &PyObject, callback: Option<&PyObject>) -> PyResult {
        weakref::new_proxy(object, callback)
    }

    #[exec]
    fn exec(module: &PyModule) -> PyResult<()> {
        module.add("ref", PyWeakRef::type_object())?;
        module.add("ReferenceType", PyWeakRef::type_object())?;
        module.add("ProxyType", PyWeakProxy::type_object())?;
        module.add("CallableProxyType", PyCallableWeakProxy::type_object())
    }
}
