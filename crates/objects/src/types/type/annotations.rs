//! `__annotations__` and `__annotate__` of classes (PEP 649): computed when first asked for, kept in the dictionary under
//! `__annotations_cache__` and `__annotate_func__`.

use super::{cache, own_dict};
use crate::intern;
use crate::model::{Obj, ObjectExt, PyObject, PyResult, TypeObject, none, none_ref};
use crate::protocols::{call, object};
use crate::types::dict::PyDict;
use crate::types::int::PyInt;
use taipan_abi::Py_TPFLAGS_IMMUTABLETYPE;
use taipan_macros::pymethods;

/// What a descriptor in a class's dictionary stands for.
fn resolve(class: &TypeObject, found: Obj) -> PyResult {
    match object::bind_to_class(&found, class)? {
        Some(bound) => Ok(bound),
        None => Ok(found),
    }
}

fn refuse_static(class: &TypeObject, name: &str) -> PyResult<()> {
    if class.is_heap() {
        return Ok(());
    }
    let shown = class.name();
    Err(raised!(AttributeError, "type object '{shown}' has no attribute '{name}'"))
}

fn refuse_immutable(class: &TypeObject, name: &str) -> PyResult<()> {
    if !class.has_flag(Py_TPFLAGS_IMMUTABLETYPE) {
        return Ok(());
    }
    let shown = class.name();
    Err(raised!(TypeError, "cannot set '{name}' attribute of immutable type '{shown}'"))
}

#[pymethods(ANNOTATIONS)]
impl TypeObject {
    #[getter(__annotations__)]
    fn get_annotations(&self) -> PyResult {
        refuse_static(self, "__annotations__")?;
        let dict = own_dict(self);
        for name in [intern!("__annotations__"), intern!("__annotations_cache__")] {
            if let Some(found) = dict.get_str(name)? {
                return resolve(self, found);
            }
        }
        let annotate = object::get_attr(self, intern!("__annotate__"))?;
        let made = if object::is_callable(&annotate) {
            let made = call::call(&annotate, &[&PyInt::from_i64(1)])?;
            if made.downcast::<PyDict>().is_none() {
                let found = made.class().name();
                return Err(raised!(TypeError, "__annotate__ returned non-dict of type '{found}'"));
            }
            made
        } else {
            PyDict::new().into_obj()
        };
        dict.set_item(intern!("__annotations_cache__"), &made)?;
        cache::modified(self);
        Ok(made)
    }

    #[setter(__annotations__)]
    fn set_annotations(&self, value: Option<&PyObject>) -> PyResult<()> {
        refuse_immutable(self, "__annotations__")?;
        let dict = own_dict(self);
        let plain = intern!("__annotations__");
        let name = if dict.get_str(plain)?.is_some() { plain } else { intern!("__annotations_cache__") };
        match value {
            Some(value) => dict.set_item(name, value)?,
            None if dict.del_item(name)? => {}
            None => return Err(raised!(AttributeError, "__annotations__")),
        }
        if core::ptr::eq(name, plain) {
            dict.del_item(intern!("__annotations_cache__"))?;
        }
        dict.del_item(intern!("__annotate_func__"))?;
        dict.del_item(intern!("__annotate__"))?;
        cache::modified(self);
        Ok(())
    }

    #[getter(__annotate__)]
    fn get_annotate(&self) -> PyResult {
        refuse_static(self, "__annotate__")?;
        let dict = own_dict(self);
        for name in [intern!("__annotate__"), intern!("__annotate_func__")] {
            if let Some(found) = dict.get_str(name)? {
                return resolve(self, found);
            }
        }
        dict.set_item(intern!("__annotate_func__"), none_ref())?;
        cache::modified(self);
        Ok(none())
    }

    #[setter(__annotate__)]
    fn set_annotate(&self, value: Option<&PyObject>) -> PyResult<()> {
        let Some(value) = value else {
            return Err(raised!(TypeError, "cannot delete __annotate__ attribute"));
        };
        refuse_immutable(self, "__annotate__")?;
        if !value.is_none() && !object::is_callable(value) {
            return Err(raised!(TypeError, "__annotate__ must be callable or None"));
        }
        let dict = own_dict(self);
        dict.set_item(intern!("__annotate_func__"), value)?;
        if !value.is_none() {
            dict.del_item(intern!("__annotations_cache__"))?;
        }
        cache::modified(self);
        Ok(())
    }
}
