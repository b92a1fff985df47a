//! The methods of type objects, and getting and setting their attributes.

#![expect(unsafe_code, reason = "slots of type objects")]

use super::{cache, mro, own_dict, subclasses, update};
use crate::errors;
use crate::intern;
use crate::model::trampoline::{borrow, borrow_opt, borrow_type, ret_obj, ret_unit};
use crate::model::{Obj, ObjectExt, Py, PyObject, PyResult, PyType, TypeObject};
use crate::protocols::object;
use crate::types::dict::PyDict;
use crate::types::list::PyList;
use crate::types::str::PyStr;
use core::ffi::{c_int, c_void};
use taipan_abi::*;
use taipan_macros::pymethods;

type Ref = *mut PyObject;

#[pymethods(METHODS)]
impl TypeObject {
    #[slot(tp_repr)]
    fn repr(&self) -> PyResult<Py<PyStr>> {
        if self.mro().is_empty() {
            return Ok(PyStr::new(&format!("<class '{}' at {:p}>", self.name(), self.raw())));
        }
        let module = match super::module_of(self) {
            Ok(module) => module.downcast_owned::<PyStr>(),
            Err(raised) => {
                errors::clear(raised);
                None
            }
        };
        let name = super::qualname(self)?;
        Ok(PyStr::new(&match module {
            Some(module) if !module.eq_str("builtins") => format!("<class '{module}.{name}'>"),
            _ => format!("<class '{name}'>"),
        }))
    }

    #[slot(tp_getattro, raw)]
    unsafe extern "C" fn getattro(class: Ref, name: Ref) -> Ref {
        // SAFETY: called as a slot with a type and a string.
        let (class, name) = unsafe { (borrow_type(class), borrow(name)) };
        match name.downcast::<PyStr>() {
            Some(name) => ret_obj(get_attr(class, name)),
            None => ret_obj(Err::<Obj, _>(object::bad_name(name))),
        }
    }

    #[slot(tp_setattro, raw)]
    unsafe extern "C" fn setattro(class: Ref, name: Ref, value: Ref) -> c_int {
        // SAFETY: called as a slot with a type, a name, and an object or null.
        unsafe { ret_unit(set_attr(borrow_type(class), borrow(name), borrow_opt(value))) }
    }

    #[slot(tp_is_gc, raw)]
    unsafe extern "C" fn is_gc(class: Ref) -> c_int {
        // SAFETY: called as a slot with a type.
        unsafe { super::heap::is_collected(class) }
    }

    #[slot(tp_free, raw)]
    unsafe extern "C" fn free(class: *mut c_void) {
        // SAFETY: called as a slot.
        unsafe { crate::memory::PyObject_GC_Del(class) }
    }

    #[slot(nb_or)]
    fn or(a: &PyObject, b: &PyObject) -> PyResult {
        super::calls::union_of(a, b)
    }

    /// Return a type's method resolution order.
    #[pymethod(name = "mro", signature = "()")]
    fn mro_list(&self) -> PyResult<Py<PyList>> {
        Ok(PyList::from_vec(mro::linearise(self)?))
    }

    /// Return a list of immediate subclasses.
    #[pymethod(name = "__subclasses__", signature = "()")]
    fn subclasses(&self) -> PyResult<Py<PyList>> {
        Ok(PyList::from_vec(subclasses::of(self)))
    }

    /// Create the namespace for the class statement
    #[pymethod(
        name = "__prepare__",
        class,
        signature = "(*args, **kwds)",
        text = "($cls, name, bases, /, **kwds)"
    )]
    fn prepare(cls: &TypeObject, args: &[&PyObject], kwds: Option<Py<PyDict>>) -> PyResult<Py<PyDict>> {
        let _ = (cls, args, kwds);
        Ok(PyDict::new())
    }

    /// Check if an object is an instance.
    #[pymethod(name = "__instancecheck__", signature = "(instance, /)")]
    fn instance_check(&self, instance: &PyObject) -> PyResult<bool> {
        object::real_is_instance(instance, self)
    }

    /// Check if a class is a subclass.
    #[pymethod(name = "__subclasscheck__", signature = "(subclass, /)")]
    fn subclass_check(&self, subclass: &PyObject) -> PyResult<bool> {
        object::real_is_subclass(subclass, self)
    }

    /// Specialized __dir__ implementation for types.
    #[pymethod(name = "__dir__", signature = "()")]
    fn dir(&self) -> PyResult {
        let dict = PyDict::new();
        merge_class_dict(&dict, self)?;
        Ok(dict.keys()?.into_obj())
    }

    /// Return memory consumption of the type object.
    #[pymethod(name = "__sizeof__", signature = "()")]
    fn sizeof(&self) -> PyResult<usize> {
        if !self.is_heap() {
            return Ok(size_of::<PyTypeObject>());
        }
        let members = super::heap::member_count(self) * size_of::<PyMemberDef>();
        let keys = crate::types::dict::inspect::shared_keys_size(self);
        Ok(self.class().tp_basicsize() as usize + members + keys)
    }
}

/// Adds the attributes of a class and of all its bases.
pub fn merge_class_dict(dict: &PyDict, class: &PyObject) -> PyResult<()> {
    errors::check_stack(" while listing the attributes of a class")?;
    if let Some(own) = object::get_optional_attr(class, intern!("__dict__"))? {
        dict.update(&own)?;
    }
    if let Some(bases) = object::get_optional_attr(class, intern!("__bases__"))? {
        for base in crate::protocols::iter::collect(&bases)? {
            merge_class_dict(dict, &base)?;
        }
    }
    Ok(())
}

/// `type.__getattribute__`: data descriptors of the metaclass, then the class and its bases, then the metaclass.
#[inline]
fn get_attr(class: &TypeObject, name: &PyStr) -> PyResult {
    match get_optional_attr(class, name)? {
        Some(value) => Ok(value),
        None => Err(no_attribute(class, name)),
    }
}

#[cold]
fn no_attribute(class: &TypeObject, name: &PyStr) -> crate::model::Raised {
    let shown = class.name();
    errors::set_attribute_error(class, name, format_args!("type object '{shown}' has no attribute '{name}'"))
}

/// As `getattr(class, name)`, without raising where there is none.
pub fn get_optional_attr(class: &TypeObject, name: &PyStr) -> PyResult<Option<Obj>> {
    let meta = class.class();
    let of_meta = cache::lookup(meta, name);
    let mut meta_get = None;
    if let Some(found) = &of_meta {
        let kind = found.class();
        meta_get = kind.tp_descr_get();
        if let (Some(get), Some(_)) = (meta_get, kind.tp_descr_set()) {
            // SAFETY: the slot of a live object.
            return unsafe { Obj::from_result(get(found.as_ptr(), class.as_ptr(), meta.as_ptr())).map(Some) };
        }
    }
    if let Some(found) = cache::lookup(class, name) {
        return match found.class().tp_descr_get() {
            // SAFETY: the slot of a live object; no instance.
            Some(get) => unsafe {
                Obj::from_result(get(found.as_ptr(), core::ptr::null_mut(), class.as_ptr())).map(Some)
            },
            None => Ok(Some(found)),
        };
    }
    match (of_meta, meta_get) {
        // SAFETY: the slot of a live object.
        (Some(found), Some(get)) => unsafe {
            Obj::from_result(get(found.as_ptr(), class.as_ptr(), meta.as_ptr())).map(Some)
        },
        (found, _) => Ok(found),
    }
}

/// `type.__setattr__`: data descriptors of the metaclass, else the class's own dictionary; slots follow.
fn set_attr(class: &TypeObject, name: &PyObject, value: Option<&PyObject>) -> PyResult<()> {
    let Some(text) = name.downcast::<PyStr>() else {
        return Err(raised!(TypeError, "attribute name must be string, not '{}'", name.class().name()));
    };
    if class.has_flag(Py_TPFLAGS_IMMUTABLETYPE) {
        let (shown, class) = (object::repr(name)?, class.name());
        return Err(raised!(TypeError, "cannot set {shown} attribute of immutable type '{class}'"));
    }
    let name = PyStr::intern(PyType::to_owned(text));
    let descriptor = cache::lookup(class.class(), &name);
    if let Some(descriptor) = &descriptor
        && let Some(set) = descriptor.class().tp_descr_set()
    {
        let value = crate::model::trampoline::opt_ptr(value);
        // SAFETY: the slot of a live object.
        let status = unsafe { set(descriptor.as_ptr(), class.as_ptr(), value) };
        return crate::model::trampoline::check_status(status).map(drop);
    }
    let dict = own_dict(class);
    // The old value may be the last reference to something whose destructor looks the attribute up.
    let before = dict.get_str(&name)?;
    cache::modified(class);
    match value {
        Some(value) => dict.set_item(&name, value)?,
        None if before.is_some() => drop(dict.del_item(&name)?),
        None => return Err(no_attribute(class, &name)),
    }
    cache::modified(class);
    if update::is_special(&name) {
        update::update_named(class, &name);
    }
    drop(before);
    Ok(())
}
