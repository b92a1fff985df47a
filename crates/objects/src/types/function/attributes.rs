//! The constructor and attributes of functions, and how they bind.

#![expect(unsafe_code, reason = "the raw slot function of calls")]

use super::watch::{self, Event};
use super::{PyFunction, annotations_dict, warn_other_kind};
use crate::model::{Obj, ObjectExt, Py, PyObject, PyResult, PyType, TypeObject, none};
use crate::protocols::object;
use crate::system::{audit_attribute, audit_change};
use crate::types::cell::PyCell;
use crate::types::code::PyCode;
use crate::types::descriptors::{field_dict, set_field_dict};
use crate::types::dict::PyDict;
use crate::types::method::PyMethod;
use crate::types::str::PyStr;
use crate::types::tuple::PyTuple;
use taipan_abi::{CO_ASYNC_GENERATOR, CO_COROUTINE, CO_GENERATOR};
use taipan_macros::pymethods;

/// The closure argument of the constructor, checked against the code.
fn checked_closure(code: &PyCode, closure: &PyObject) -> PyResult<Option<Obj>> {
    let wanted = code.raw.co_nfreevars as usize;
    let cells = match closure.downcast::<PyTuple>() {
        Some(cells) => Some(cells),
        None if wanted != 0 && closure.is_none() => {
            return Err(raised!(TypeError, "arg 5 (closure) must be tuple"));
        }
        None if !closure.is_none() => {
            return Err(raised!(TypeError, "arg 5 (closure) must be None or tuple"));
        }
        None => None,
    };
    let given = cells.map_or(0, PyTuple::len);
    if given != wanted {
        return Err(raised!(ValueError, "{} requires closure of length {wanted}, not {given}", code.name()));
    }
    for cell in cells.map_or(&[][..], PyTuple::as_slice) {
        if cell.downcast::<PyCell>().is_none() {
            return Err(raised!(TypeError, "arg 5 (closure) expected cell, found {}", cell.class().name()));
        }
    }
    Ok(cells.map(|cells| cells.owned()))
}

/// `None` or an instance of `T`; else the error says what is wanted.
fn optional<T: PyType>(value: &PyObject, message: &str) -> PyResult<Option<Obj>> {
    if value.is_none() {
        return Ok(None);
    }
    match value.downcast::<T>() {
        Some(value) => Ok(Some(value.owned())),
        None => Err(raised!(TypeError, "{message}")),
    }
}

#[pymethods(METHODS)]
impl PyFunction {
    #[new(signature = "(code, globals, name=None, argdefs=None, closure=None, kwdefaults=None)")]
    fn py_new(
        cls: &TypeObject,
        code: &PyCode,
        globals: &PyDict,
        name: &PyObject,
        argdefs: &PyObject,
        closure: &PyObject,
        kwdefaults: &PyObject,
    ) -> PyResult<Py<PyFunction>> {
        let _ = cls;
        let name = optional::<PyStr>(name, "arg 3 (name) must be None or string")?;
        let argdefs = optional::<PyTuple>(argdefs, "arg 4 (defaults) must be None or tuple")?;
        let closure = checked_closure(code, closure)?;
        let kwdefaults = optional::<PyDict>(kwdefaults, "arg 6 (kwdefaults) must be None or dict")?;
        let function = PyFunction::new(code, globals, None)?;
        if name.is_some() {
            function.name.set(name);
        }
        function.defaults.set(argdefs);
        function.closure.set(closure);
        function.kwdefaults.set(kwdefaults);
        Ok(function)
    }

    #[slot(tp_dealloc, raw)]
    unsafe extern "C" fn dealloc(slf: *mut PyObject) {
        // SAFETY: called as the slot.
        unsafe {
            if !watch::tell_end(slf) {
                crate::model::spec::dealloc::<PyFunction>(slf);
            }
        }
    }

    #[slot(tp_call, raw)]
    unsafe extern "C" fn call(
        slf: *mut PyObject,
        args: *mut PyObject,
        kwargs: *mut PyObject,
    ) -> *mut PyObject {
        // SAFETY: the arguments of this slot.
        unsafe { crate::protocols::call::vectorcall_slot(slf, args, kwargs) }
    }

    #[slot(tp_descr_get)]
    fn bind(&self, instance: Option<&PyObject>, _owner: Option<&PyObject>) -> PyResult {
        match instance {
            Some(instance) if !instance.is_none() => Ok(PyMethod::new(self, instance).into_obj()),
            _ => Ok(self.owned()),
        }
    }

    #[slot(tp_repr)]
    fn repr(&self) -> PyResult<Py<PyStr>> {
        let qualname = self.qualname.get().unwrap_or_else(none);
        let address = self.as_object().as_ptr();
        let shown = object::str(&qualname)?;
        PyStr::new("<function ").concat(&shown)?.concat(&PyStr::new(&format!(" at {address:p}>")))
    }

    #[getter(__code__)]
    fn get_code(&self) -> PyResult {
        audit_attribute(c"object.__getattr__", self.as_object(), "__code__", None)?;
        Ok(self.code().into_obj())
    }

    #[setter(__code__)]
    fn set_code(&self, value: Option<&PyObject>) -> PyResult<()> {
        let Some(code) = value.and_then(|value| value.downcast::<PyCode>()) else {
            return Err(raised!(TypeError, "__code__ must be set to a code object"));
        };
        audit_change(self.as_object(), "__code__", Some(code))?;
        let cells = match self.closure.get() {
            Some(closure) => closure.downcast::<PyTuple>().map_or(0, PyTuple::len),
            None => 0,
        };
        let free = code.raw.co_nfreevars as usize;
        if free != cells {
            let name = object::str(&self.name.get().unwrap_or_else(none))?;
            return Err(raised!(
                ValueError,
                "{name}() requires a code object with {cells} free vars, not {free}"
            ));
        }
        const KINDS: i32 = CO_GENERATOR | CO_COROUTINE | CO_ASYNC_GENERATOR;
        if self.code().raw.co_flags & KINDS != code.raw.co_flags & KINDS {
            warn_other_kind()?;
        }
        self.tell(Event::ModifyCode, Some(code));
        self.modified();
        self.code.set(Some(code.owned()));
        Ok(())
    }

    #[getter(__defaults__)]
    fn get_defaults(&self) -> PyResult<Option<Obj>> {
        audit_attribute(c"object.__getattr__", self.as_object(), "__defaults__", None)?;
        Ok(self.defaults.get())
    }

    #[setter(__defaults__)]
    fn set_defaults(&self, value: Option<&PyObject>) -> PyResult<()> {
        let message = "__defaults__ must be set to a tuple object";
        let value = optional::<PyTuple>(value.unwrap_or(crate::model::none_ref()), message)?;
        audit_change(self.as_object(), "__defaults__", value.as_deref())?;
        self.tell(Event::ModifyDefaults, value.as_deref());
        self.modified();
        self.defaults.set(value);
        Ok(())
    }

    #[getter(__kwdefaults__)]
    fn get_kwdefaults(&self) -> PyResult<Option<Obj>> {
        audit_attribute(c"object.__getattr__", self.as_object(), "__kwdefaults__", None)?;
        Ok(self.kwdefaults.get())
    }

    #[setter(__kwdefaults__)]
    fn set_kwdefaults(&self, value: Option<&PyObject>) -> PyResult<()> {
        let message = "__kwdefaults__ must be set to a dict object";
        let value = optional::<PyDict>(value.unwrap_or(crate::model::none_ref()), message)?;
        audit_change(self.as_object(), "__kwdefaults__", value.as_deref())?;
        self.tell(Event::ModifyKwdefaults, value.as_deref());
        self.modified();
        self.kwdefaults.set(value);
        Ok(())
    }

    /// Dict of annotations in a function object.
    #[getter(__annotations__)]
    fn get_annotations(&self) -> PyResult {
        annotations_dict(self)
    }

    #[setter(__annotations__)]
    fn set_annotations(&self, value: Option<&PyObject>) -> PyResult<()> {
        let message = "__annotations__ must be set to a dict object";
        let value = optional::<PyDict>(value.unwrap_or(crate::model::none_ref()), message)?;
        self.modified();
        self.annotations.set(value);
        self.annotate.set(None);
        Ok(())
    }

    /// Get the code object for a function.
    #[getter(__annotate__)]
    fn get_annotate(&self) -> Option<Obj> {
        self.annotate.get()
    }

    #[setter(__annotate__)]
    fn set_annotate(&self, value: Option<&PyObject>) -> PyResult<()> {
        let Some(value) = value else {
            return Err(raised!(TypeError, "__annotate__ cannot be deleted"));
        };
        if value.is_none() {
            self.modified();
            self.annotate.set(Some(none()));
        } else if object::is_callable(value) {
            self.modified();
            self.annotate.set(Some(value.owned()));
            self.annotations.set(None);
        } else {
            return Err(raised!(TypeError, "__annotate__ must be callable or None"));
        }
        Ok(())
    }

    #[getter(__dict__)]
    fn get_dict(&self) -> PyResult {
        Ok(field_dict(&self.dict))
    }

    #[setter(__dict__)]
    fn set_dict(&self, value: Option<&PyObject>) -> PyResult<()> {
        set_field_dict(&self.dict, value)
    }

    #[getter(__doc__)]
    fn get_doc(&self) -> Option<Obj> {
        self.doc.get()
    }

    #[setter(__doc__)]
    fn set_doc(&self, value: Option<&PyObject>) -> PyResult<()> {
        self.doc.set(value.map(ObjectExt::owned));
        Ok(())
    }

    #[getter(__module__)]
    fn get_module(&self) -> Option<Obj> {
        self.module.get()
    }

    #[setter(__module__)]
    fn set_module(&self, value: Option<&PyObject>) -> PyResult<()> {
        self.module.set(value.map(ObjectExt::owned));
        Ok(())
    }

    #[getter(__name__)]
    fn get_name(&self) -> Option<Obj> {
        self.name.get()
    }

    #[setter(__name__)]
    fn set_name(&self, value: Option<&PyObject>) -> PyResult<()> {
        let Some(value) = value.filter(|value| value.downcast::<PyStr>().is_some()) else {
            return Err(raised!(TypeError, "__name__ must be set to a string object"));
        };
        self.name.set(Some(value.owned()));
        Ok(())
    }

    #[getter(__qualname__)]
    fn get_qualname(&self) -> Option<Obj> {
        self.qualname.get()
    }

    #[setter(__qualname__)]
    fn set_qualname(&self, value: Option<&PyObject>) -> PyResult<()> {
        let Some(value) = value.filter(|value| value.downcast::<PyStr>().is_some()) else {
            return Err(raised!(TypeError, "__qualname__ must be set to a string object"));
        };
        self.qualname.set(Some(value.owned()));
        Ok(())
    }

    /// Get the declared type parameters for a function.
    #[getter(__type_params__)]
    fn get_type_params(&self) -> PyResult {
        Ok(self.typeparams.get().unwrap_or_else(|| PyTuple::empty().into_obj()))
    }

    #[setter(__type_params__)]
    fn set_type_params(&self, value: Option<&PyObject>) -> PyResult<()> {
        let Some(value) = value.filter(|value| value.downcast::<PyTuple>().is_some()) else {
            return Err(raised!(TypeError, "__type_params__ must be set to a tuple"));
        };
        self.typeparams.set(Some(value.owned()));
        Ok(())
    }
}
