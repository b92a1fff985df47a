//! Attributes of modules: the dictionary first, then `__getattr__`, then a message that says why there is none.

use super::PyModule;
use crate::errors::{self, Exc};
use crate::intern;
use crate::model::{Obj, ObjectExt, Py, PyObject, PyResult, PyType, TypeObject, none_ref};
use crate::protocols::{call, object};
use crate::types::dict::PyDict;
use crate::types::int::PyInt;
use crate::types::list::PyList;
use crate::types::str::PyStr;
use crate::types::tuple::PyTuple;
use crate::types::r#type;
use taipan_macros::pymethods;

/// `module.__dict__`, which a subclass may have replaced.
fn shown_dict(module: &PyObject) -> PyResult<Py<PyDict>> {
    let dict = object::get_attr(module, intern!("__dict__"))?;
    dict.downcast_into::<PyDict>().map_err(|_| raised!(TypeError, "<module>.__dict__ is not a dictionary"))
}

/// Whether the module's code is still running, as its `__spec__` says.
fn is_initialising(dict: &PyDict) -> PyResult<bool> {
    let Some(spec) = dict.get_str(intern!("__spec__"))? else { return Ok(false) };
    super::missing::is_initialising(&spec)
}

impl PyModule {
    /// The attribute where it is in the module or its type; `None` where neither has it.
    fn own_attribute(&self, name: &PyStr) -> PyResult<Option<Obj>> {
        let class = self.as_object().class();
        let found = r#type::lookup(class, name);
        let is_data = |found: &Obj| found.class().tp_descr_set().is_some();
        if !found.as_ref().is_some_and(is_data)
            && let Some(dict) = self.dict_ref()
            && let Some(value) = dict.get_str(name)?
        {
            return Ok(Some(value));
        }
        if found.is_none() {
            return Ok(None);
        }
        errors::ignore(object::generic_get_attr(self, name), Exc::AttributeError)
    }
}

#[pymethods(METHODS)]
impl PyModule {
    #[slot(tp_new)]
    fn py_new(cls: &TypeObject, _args: &PyTuple, _kwargs: Option<&PyDict>) -> PyResult<Py<PyModule>> {
        crate::memory::new_in(cls, PyModule::bare())
    }

    #[init(signature = "(name, doc=None)")]
    fn init(&self, name: &PyStr, doc: &PyObject) -> PyResult<()> {
        self.begin(name, doc)
    }

    #[slot(tp_getattro)]
    fn get_attribute(&self, name: &PyObject) -> PyResult {
        let Some(name) = name.downcast::<PyStr>() else {
            return Err(raised!(TypeError, "attribute name must be string, not '{}'", name.class().name()));
        };
        if let Some(value) = self.own_attribute(name)? {
            return Ok(value);
        }
        let getattr = match self.dict_ref() {
            Some(dict) => dict.get_str(intern!("__getattr__"))?,
            None => None,
        };
        match getattr {
            Some(getattr) => call::call(&getattr, &[name]),
            None => Err(super::missing::attribute(self, name)),
        }
    }

    #[slot(tp_repr)]
    fn repr(&self) -> PyResult {
        let importlib = crate::model::thread::current().interpreter().importlib.get();
        match importlib {
            Some(importlib) => call::method(&importlib, intern!("_module_repr"), &[self]),
            None => {
                let name = self.name().map_or_else(
                    |raised| {
                        errors::clear(raised);
                        "?".to_string()
                    },
                    |name| name.to_string(),
                );
                Ok(PyStr::new(&format!("<module '{name}'>")).into_obj())
            }
        }
    }

    /// __dir__() -> list
    /// specialized dir() implementation
    #[pymethod(name = "__dir__")]
    fn dir(slf: &PyObject) -> PyResult {
        let dict = shown_dict(slf)?;
        match dict.get_str(intern!("__dir__"))? {
            Some(dir) => call::call(&dir, &[]),
            None => dict.keys().map(Py::<PyList>::into_obj),
        }
    }

    #[getter(__annotations__)]
    fn annotations(slf: &PyObject) -> PyResult {
        let dict = shown_dict(slf)?;
        if let Some(known) = dict.get_str(intern!("__annotations__"))? {
            return Ok(known);
        }
        let initialising = is_initialising(&dict)?;
        let annotate = dict.get_str(intern!("__annotate__"))?;
        let made = match annotate.filter(|annotate| object::is_callable(annotate)) {
            Some(annotate) => {
                let made = call::call(&annotate, &[&PyInt::from_i64(1)])?;
                if made.downcast::<PyDict>().is_none() {
                    let name = object::fully_qualified_name(made.class())?;
                    return Err(raised!(TypeError, "__annotate__ returned non-dict of type '{name}'"));
                }
                made
            }
            None => PyDict::new().into_obj(),
        };
        // Names of a module that is still running may come yet.
        if !initialising {
            dict.set_item(intern!("__annotations__"), &made)?;
        }
        Ok(made)
    }

    #[setter(__annotations__)]
    fn set_annotations(slf: &PyObject, value: Option<&PyObject>) -> PyResult<()> {
        let dict = shown_dict(slf)?;
        match value {
            Some(value) => dict.set_item(intern!("__annotations__"), value)?,
            None if dict.del_item(intern!("__annotations__"))? => {}
            None => return Err(raised!(AttributeError, "__annotations__")),
        }
        dict.del_item(intern!("__annotate__")).map(drop)
    }

    #[getter(__annotate__)]
    fn annotate(slf: &PyObject) -> PyResult {
        let dict = shown_dict(slf)?;
        dict.set_default(intern!("__annotate__"), none_ref())
    }

    #[setter(__annotate__)]
    fn set_annotate(slf: &PyObject, value: Option<&PyObject>) -> PyResult<()> {
        let Some(value) = value else {
            return Err(raised!(TypeError, "cannot delete __annotate__ attribute"));
        };
        let dict = shown_dict(slf)?;
        if !value.is_none() && !object::is_callable(value) {
            return Err(raised!(TypeError, "__annotate__ must be callable or None"));
        }
        dict.set_item(intern!("__annotate__"), value)?;
        if !value.is_none() {
            dict.del_item(intern!("__annotations__"))?;
        }
        Ok(())
    }
}
