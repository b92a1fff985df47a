//! Where attributes and items are stored, versions of types, and facts about objects.

use taipan_abi::Py_TPFLAGS_IMMUTABLETYPE;
use taipan_objects::model::thread;
use taipan_objects::prelude::*;
use taipan_objects::types::dict::inspect;
use taipan_objects::types::function::PyFunction;
use taipan_objects::types::set::PySet;
use taipan_objects::types::r#type::assign_specific_version;

/// What a function does whose calls were turned off.
extern "C" fn do_nothing(
    _callable: *mut PyObject,
    _args: *const *mut PyObject,
    _count: usize,
    _names: *mut PyObject,
) -> *mut PyObject {
    none().into_raw()
}

#[pymodule(fragment)]
pub mod storage {
    use super::*;

    /// Whether the attributes of an instance lie in the instance.
    #[pyfunction(signature = "(object, /)")]
    pub fn has_inline_values(object: &PyObject) -> bool {
        inspect::has_inline_values(object)
    }

    /// Whether a dictionary shares its keys.
    #[pyfunction(signature = "(object, /)")]
    pub fn has_split_table(object: &PyObject) -> bool {
        object.downcast::<PyDict>().is_some_and(inspect::has_split_table)
    }

    /// The inline values of an instance, or None.
    #[pyfunction(signature = "(object, /)")]
    pub fn get_object_dict_values(object: &PyObject) -> Option<Py<PyTuple>> {
        let missing = || PyStr::new("<NULL>").into_obj();
        let values = inspect::inline_values(object)?;
        Some(PyTuple::from_vec(values.into_iter().map(|value| value.unwrap_or_else(missing)).collect()))
    }

    /// Return the next dictionary keys version number.
    #[pyfunction(signature = "()")]
    pub fn get_next_dict_keys_version() -> u32 {
        inspect::next_keys_version()
    }

    /// The value under a key whose hash is known.
    #[pyfunction(no_text, signature = "(mapping, key, hash, /)")]
    pub fn dict_getitem_knownhash(mapping: &PyObject, key: &PyObject, hash: isize) -> PyResult {
        let Some(dict) = mapping.downcast::<PyDict>() else {
            return Err(raised!(SystemError, "bad argument to internal function"));
        };
        match dict.get_known_hash(key, hash)? {
            Some(value) => Ok(value),
            None => Err(taipan_objects::errors::set_key_error(key)),
        }
    }

    /// Add the elements of an iterable to a set.
    #[pyfunction(no_text, signature = "(set, iterable, /)")]
    pub fn set_update(set: &PyObject, iterable: &PyObject) -> PyResult<i32> {
        let Some(set) = set.downcast::<PySet>() else {
            return Err(raised!(SystemError, "bad argument to internal function"));
        };
        set.update(iterable)?;
        Ok(0)
    }

    /// Raise KeyError.
    #[pyfunction(signature = "(object, /)")]
    pub fn _pyerr_setkeyerror(object: &PyObject) -> PyResult<()> {
        Err(taipan_objects::errors::set_key_error(object))
    }

    /// Whether an object lives as long as the process.
    #[pyfunction(signature = "(object, /)")]
    pub fn is_static_immortal(object: &PyObject) -> bool {
        let is_static = object.downcast::<TypeObject>().is_none_or(|class| !class.is_heap());
        object.is_immortal() && is_static
    }

    /// How many objects the collector knows.
    #[pyfunction(signature = "()")]
    pub fn get_tracked_heap_size() -> usize {
        thread::current().interpreter().gc.objects(None).len()
    }

    /// Every type that is built in.
    #[pyfunction(signature = "()")]
    pub fn get_static_builtin_types() -> Py<PyList> {
        let types = taipan_objects::types::static_types::all().map(|class| class.get().owned());
        PyList::from_vec(types.collect())
    }

    /// The names of the methods that stand for slots of types.
    #[pyfunction(signature = "()")]
    pub fn identify_type_slot_wrappers() -> Py<PyList> {
        let names = taipan_objects::types::r#type::slot_names();
        PyList::from_vec(names.iter().map(|name| name.owned()).collect())
    }

    /// forcefully assign type->tp_version_tag
    ///
    /// A tag that another type had is not given again: the type is left without one.
    #[pyfunction(no_text, signature = "(type, version, /)")]
    pub fn type_assign_specific_version_unsafe(class: &TypeObject, version: u32) -> PyResult<()> {
        if class.has_flag(Py_TPFLAGS_IMMUTABLETYPE) {
            return Err(raised!(TypeError, "the type cannot change"));
        }
        assign_specific_version(class, version);
        Ok(())
    }

    /// Make calls of a function do nothing.
    #[pyfunction(signature = "(function, /)")]
    pub fn set_vectorcall_nop(function: &PyObject) -> PyResult<()> {
        let Some(function) = function.downcast::<PyFunction>() else {
            return Err(raised!(TypeError, "expected function"));
        };
        function.modified();
        function.vectorcall.set(Some(do_nothing));
        Ok(())
    }
}
