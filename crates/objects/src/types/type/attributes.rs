//! The attributes of type objects: names, bases, flags, documentation.

#![expect(unsafe_code, reason = "reads and writes fields of type structs")]

use super::{cache, heap, mro, own_dict};
use crate::intern;
use crate::model::spec::END_OF_MEMBERS;
use crate::model::{Obj, ObjectExt, Py, PyObject, PyResult, TypeObject, none};
use crate::protocols::object;
use crate::types::builtin::doc;
use crate::types::descriptors::PyMappingProxy;
use crate::types::str::PyStr;
use core::ffi::CStr;
use core::mem::offset_of;
use taipan_abi::*;
use taipan_macros::pymethods;

const fn member(name: &'static CStr, kind: i32, offset: usize) -> PyMemberDef {
    PyMemberDef {
        name: name.as_ptr(),
        r#type: kind,
        offset: offset as isize,
        flags: Py_READONLY,
        ..PyMemberDef::EMPTY
    }
}

pub const MEMBERS: &[PyMemberDef] = &[
    member(c"__basicsize__", Py_T_PYSSIZET, offset_of!(PyTypeObject, tp_basicsize)),
    member(c"__itemsize__", Py_T_PYSSIZET, offset_of!(PyTypeObject, tp_itemsize)),
    member(c"__flags__", Py_T_ULONG, offset_of!(PyTypeObject, tp_flags)),
    member(c"__weakrefoffset__", Py_T_PYSSIZET, offset_of!(PyTypeObject, tp_weaklistoffset)),
    member(c"__base__", _Py_T_OBJECT, offset_of!(PyTypeObject, tp_base)),
    member(c"__dictoffset__", Py_T_PYSSIZET, offset_of!(PyTypeObject, tp_dictoffset)),
    END_OF_MEMBERS,
];

/// Refuses to set or delete special attributes of immutable types, and to delete those that cannot go.
pub fn check_settable(class: &TypeObject, value: Option<&PyObject>, name: &str) -> PyResult<()> {
    if class.has_flag(Py_TPFLAGS_IMMUTABLETYPE) {
        let class = class.name();
        return Err(raised!(TypeError, "cannot set '{name}' attribute of immutable type '{class}'"));
    }
    if value.is_none() {
        let class = class.name();
        return Err(raised!(TypeError, "cannot delete '{name}' attribute of immutable type '{class}'"));
    }
    crate::system::audit_change(class.as_object(), name, value)
}

#[pymethods(PROPERTIES)]
impl TypeObject {
    #[getter(__name__)]
    fn get_name(&self) -> PyResult<Py<PyStr>> {
        Ok(super::name(self))
    }

    #[setter(__name__)]
    fn set_name(&self, value: Option<&PyObject>) -> PyResult<()> {
        check_settable(self, value, "__name__")?;
        let Some(value) = value else { return Ok(()) };
        let Some(name) = value.downcast::<PyStr>() else {
            let (class, found) = (self.name(), value.class().name());
            return Err(raised!(TypeError, "can only assign string to {class}.__name__, not '{found}'"));
        };
        if name.to_utf8()?.contains('\0') {
            return Err(raised!(ValueError, "type name must not contain null characters"));
        }
        cache::modified(self);
        heap::set_name(self, name)
    }

    #[getter(__qualname__)]
    fn get_qualname(&self) -> PyResult<Py<PyStr>> {
        super::qualname(self)
    }

    #[setter(__qualname__)]
    fn set_qualname(&self, value: Option<&PyObject>) -> PyResult<()> {
        check_settable(self, value, "__qualname__")?;
        let Some(value) = value else { return Ok(()) };
        if value.downcast::<PyStr>().is_none() {
            let (class, found) = (self.name(), value.class().name());
            return Err(raised!(TypeError, "can only assign string to {class}.__qualname__, not '{found}'"));
        }
        // SAFETY: the field of a heap type owns a string.
        unsafe { heap::replace(&raw mut (*heap::heap(self)).ht_qualname, Some(value.owned())) };
        Ok(())
    }

    #[getter(__bases__)]
    fn get_bases(&self) -> PyResult {
        Ok(mro::bases(self).into_obj())
    }

    #[setter(__bases__)]
    fn set_bases(&self, value: Option<&PyObject>) -> PyResult<()> {
        super::assign::set_bases(self, value)
    }

    #[getter(__mro__)]
    fn get_mro(&self) -> PyResult {
        // SAFETY: `tp_mro` is null or a tuple that the type owns.
        let order = unsafe { (*self.raw()).tp_mro.as_ref() };
        Ok(order.map_or_else(none, ObjectExt::owned))
    }

    #[getter(__module__)]
    fn get_module(&self) -> PyResult {
        super::module_of(self)
    }

    #[setter(__module__)]
    fn set_module(&self, value: Option<&PyObject>) -> PyResult<()> {
        check_settable(self, value, "__module__")?;
        cache::modified(self);
        let dict = own_dict(self);
        dict.del_item(intern!("__firstlineno__"))?;
        match value {
            Some(value) => dict.set_item(intern!("__module__"), value),
            None => Ok(()),
        }
    }

    #[getter(__abstractmethods__)]
    fn get_abstract_methods(&self) -> PyResult {
        if !self.is(super::type_type())
            && let Some(found) = own_dict(self).get_str(intern!("__abstractmethods__"))?
        {
            return Ok(found);
        }
        Err(raised!(AttributeError, "__abstractmethods__"))
    }

    #[setter(__abstractmethods__)]
    fn set_abstract_methods(&self, value: Option<&PyObject>) -> PyResult<()> {
        let name = intern!("__abstractmethods__");
        let dict = own_dict(self);
        let mut is_abstract = false;
        match value {
            Some(value) => {
                is_abstract = object::is_true(value)?;
                dict.set_item(name, value)?;
            }
            None if dict.del_item(name)? => {}
            None => return Err(raised!(AttributeError, "__abstractmethods__")),
        }
        cache::modified(self);
        let flag = Py_TPFLAGS_IS_ABSTRACT;
        if is_abstract {
            self.change_flags(flag, 0);
        } else {
            self.change_flags(0, flag);
        }
        Ok(())
    }

    #[getter(__dict__)]
    fn get_dict(&self) -> PyResult {
        Ok(PyMappingProxy::new(&own_dict(self)).into_obj())
    }

    #[getter(__doc__)]
    fn get_doc(&self) -> PyResult {
        if !self.is_heap() && !self.doc_text().is_empty() {
            let text = self.doc_text();
            return Ok(PyStr::new(doc::split(self.short_name(), &text).1).into_obj());
        }
        let Some(found) = own_dict(self).get_str(intern!("__doc__"))? else { return Ok(none()) };
        match found.class().tp_descr_get() {
            // SAFETY: the slot of a live object; no instance.
            Some(get) => unsafe {
                Obj::from_result(get(found.as_ptr(), core::ptr::null_mut(), self.as_ptr()))
            },
            None => Ok(found),
        }
    }

    #[setter(__doc__)]
    fn set_doc(&self, value: Option<&PyObject>) -> PyResult<()> {
        check_settable(self, value, "__doc__")?;
        cache::modified(self);
        match value {
            Some(value) => own_dict(self).set_item(intern!("__doc__"), value),
            None => Ok(()),
        }
    }

    #[getter(__text_signature__)]
    fn get_text_signature(&self) -> PyResult {
        // What a class statement calls the docstring may hold a signature, too.
        let own = if self.is_heap() { own_dict(self).get_str(intern!("__doc__"))? } else { None };
        let own = own.as_ref().and_then(|own| own.downcast::<PyStr>()).map(PyStr::to_string_lossy);
        let signature = |text: &str| doc::split(self.short_name(), text).0.map(PyStr::new);
        let found = own.and_then(|own| signature(&own)).or_else(|| signature(&self.doc_text()));
        Ok(found.map_or_else(none, Py::into_obj))
    }

    #[getter(__type_params__)]
    fn get_type_params(&self) -> PyResult {
        if self.is(super::type_type()) {
            return Ok(crate::types::tuple::PyTuple::empty().into_obj());
        }
        let found = own_dict(self).get_str(intern!("__type_params__"))?;
        Ok(found.unwrap_or_else(|| crate::types::tuple::PyTuple::empty().into_obj()))
    }

    #[setter(__type_params__)]
    fn set_type_params(&self, value: Option<&PyObject>) -> PyResult<()> {
        check_settable(self, value, "__type_params__")?;
        cache::modified(self);
        match value {
            Some(value) => own_dict(self).set_item(intern!("__type_params__"), value),
            None => Ok(()),
        }
    }
}

impl TypeObject {
    /// `tp_doc`, empty where there is none.
    pub(crate) fn doc_text(&self) -> String {
        // SAFETY: `tp_doc` is null or a C string that lives as long as the type.
        unsafe {
            let text = (*self.raw()).tp_doc;
            if text.is_null() { String::new() } else { CStr::from_ptr(text).to_string_lossy().into_owned() }
        }
    }
}
