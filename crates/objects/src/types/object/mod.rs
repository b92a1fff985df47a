//! `object`.
//!
//! | file | holds |
//! |---|---|
//! | `reduce` | pickling and copying: `__reduce_ex__`, `__getstate__` |

#![expect(unsafe_code, reason = "slots of object")]

mod reduce;

use crate::intern;
use crate::model::trampoline::{borrow, borrow_dict, borrow_tuple, ret_obj};
use crate::model::{CompareOp, Obj, ObjectExt, Py, PyObject, PyResult, TypeObject, none, not_implemented};
use crate::protocols::object;
use crate::types::dict::PyDict;
use crate::types::list::PyList;
use crate::types::str::PyStr;
use crate::types::tuple::PyTuple;
use core::ffi::c_int;
use taipan_abi::*;
use taipan_macros::{pymethods, pytype};

/// The base class of the class hierarchy.
///
/// When called, it accepts no arguments and returns a new featureless
/// instance that has no instance attributes and cannot be given any.
#[pytype(name = "object", exported = PyBaseObject_Type, flags(BASETYPE), signature = "()", parts(SLOTS, RAW, METHODS, reduce::REDUCE))]
pub struct PyBaseObject {
    ob_base: PyObject,
}

/// The type `object`.
#[inline(always)]
pub fn object_type() -> &'static TypeObject {
    PyBaseObject_Type.get()
}

fn has_arguments(args: &PyTuple, kwargs: Option<&PyDict>) -> bool {
    !args.is_empty() || kwargs.is_some_and(|kwargs| !kwargs.is_empty())
}

/// `object.__new__`.
///
/// # Safety
/// Called as a `tp_new` slot.
pub unsafe extern "C" fn object_new(
    class: *mut PyTypeObject,
    args: *mut PyObject,
    kwargs: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: called with a type, a tuple, and a dictionary or null.
    unsafe { ret_obj(new(TypeObject::from_raw(class), borrow_tuple(args), borrow_dict(kwargs))) }
}

fn new(class: &TypeObject, args: &PyTuple, kwargs: Option<&PyDict>) -> PyResult {
    if has_arguments(args, kwargs) {
        if class.tp_new().is_none_or(|f| f as usize != object_new as *const () as usize) {
            return Err(raised!(
                TypeError,
                "object.__new__() takes exactly one argument (the type to instantiate)"
            ));
        }
        if class.tp_init().is_none_or(|f| f as usize == object_init as *const () as usize) {
            return Err(raised!(TypeError, "{}() takes no arguments", class.name()));
        }
    }
    if class.has_flag(Py_TPFLAGS_IS_ABSTRACT) {
        return Err(is_abstract(class)?);
    }
    // SAFETY: the slot of a live type; a new object with one reference.
    unsafe {
        match class.tp_alloc() {
            Some(alloc) => Obj::from_result(alloc(class.raw(), 0)),
            None => crate::memory::alloc(class, 0).map(|made| Obj::from_raw(made)),
        }
    }
}

#[cold]
fn is_abstract(class: &TypeObject) -> PyResult<crate::model::Raised> {
    let methods = object::get_attr(class, intern!("__abstractmethods__"))?;
    let sorted: Py<PyList> = crate::protocols::sequence::to_list(&methods)?;
    sorted.sort()?;
    let plural = if sorted.len() > 1 { "s" } else { "" };
    let names = PyStr::join(&PyStr::new("', '"), &sorted)?;
    let name = class.name();
    Ok(raised!(
        TypeError,
        "Can't instantiate abstract class {name} without an implementation for abstract method{plural} '{names}'"
    ))
}

/// `object.__init__`.
///
/// # Safety
/// Called as a `tp_init` slot.
pub unsafe extern "C" fn object_init(
    object: *mut PyObject,
    args: *mut PyObject,
    kwargs: *mut PyObject,
) -> c_int {
    // SAFETY: called with an object, a tuple, and a dictionary or null.
    let (object, args, kwargs) = unsafe { (borrow(object), borrow_tuple(args), borrow_dict(kwargs)) };
    if !has_arguments(args, kwargs) {
        return 0;
    }
    let class = object.class();
    if class.tp_init().is_none_or(|f| f as usize != object_init as *const () as usize) {
        let _ =
            raised!(TypeError, "object.__init__() takes exactly one argument (the instance to initialize)");
        return -1;
    }
    if class.tp_new().is_none_or(|f| f as usize == object_new as *const () as usize) {
        let name = class.name();
        let _ =
            raised!(TypeError, "{name}.__init__() takes exactly one argument (the instance to initialize)");
        return -1;
    }
    0
}

/// `object`'s `tp_dealloc`: nothing but the head.
unsafe extern "C" fn object_dealloc(object: *mut PyObject) {
    // SAFETY: the last reference is gone.
    unsafe {
        crate::memory::begin_dealloc(object);
        crate::memory::free_object(object);
    }
}

#[pymethods(SLOTS)]
impl PyBaseObject {
    #[slot(tp_dealloc, raw)]
    unsafe extern "C" fn dealloc(object: *mut PyObject) {
        // SAFETY: called as a slot.
        unsafe { object_dealloc(object) }
    }

    #[slot(tp_repr)]
    fn repr(slf: &PyObject) -> PyResult<Py<PyStr>> {
        let class = slf.class();
        let module = match crate::types::r#type::module_of(class) {
            Ok(module) => module.downcast_owned::<PyStr>(),
            Err(raised) => {
                crate::errors::clear(raised);
                None
            }
        };
        let name = crate::types::r#type::qualname(class)?;
        Ok(PyStr::new(&match module {
            Some(module) if !module.eq_str("builtins") => {
                format!("<{module}.{name} object at {:p}>", slf.as_ptr())
            }
            _ => format!("<{} object at {:p}>", class.name(), slf.as_ptr()),
        }))
    }

    #[slot(tp_str, raw)]
    unsafe extern "C" fn str(object: *mut PyObject) -> *mut PyObject {
        // SAFETY: called as a slot.
        let object = unsafe { borrow(object) };
        match object.class().tp_repr() {
            // SAFETY: the slot of a live object.
            Some(repr) => unsafe { repr(object.as_ptr()) },
            None => ret_obj(PyBaseObject::repr(object)),
        }
    }

    #[slot(tp_hash, raw)]
    unsafe extern "C" fn hash(object: *mut PyObject) -> isize {
        object::hash_pointer(object)
    }

    #[slot(tp_richcompare)]
    fn compare(slf: &PyObject, other: &PyObject, op: CompareOp) -> PyResult {
        match op {
            CompareOp::Eq if slf.is(other) => Ok(crate::types::int::PyInt::from_bool(true)),
            CompareOp::Ne => different(slf, other),
            _ => Ok(not_implemented()),
        }
    }
}

/// `!=` is the opposite of what the object's own `==` says.
fn different(object: &PyObject, other: &PyObject) -> PyResult {
    let Some(compare) = object.class().tp_richcompare() else { return Ok(not_implemented()) };
    // SAFETY: the slot of a live object.
    let equal = unsafe { Obj::from_result(compare(object.as_ptr(), other.as_ptr(), Py_EQ))? };
    if equal.is(&not_implemented()) {
        return Ok(equal);
    }
    Ok(crate::types::int::PyInt::from_bool(!object::is_true(&equal)?))
}

/// Slots whose functions others compare by address, so that no function of a macro may stand between.
static RAW: crate::model::spec::TypePart = crate::model::spec::TypePart {
    methods: &[crate::model::spec::END_OF_METHODS],
    properties: &[crate::model::spec::END_OF_PROPERTIES],
    slots: &[
        (Py_tp_new, object_new as *const ()),
        (Py_tp_init, object_init as *const ()),
        (Py_tp_getattro, object::generic_getattro as *const ()),
        (Py_tp_setattro, object::generic_setattro as *const ()),
        (Py_tp_alloc, crate::memory::PyType_GenericAlloc as *const ()),
        (Py_tp_free, crate::memory::PyObject_Free as *const ()),
    ],
};

#[pymethods(METHODS)]
impl PyBaseObject {
    /// the object's class
    #[getter(__class__)]
    fn get_class(slf: &PyObject) -> PyResult {
        Ok(slf.class().owned())
    }

    #[setter(__class__)]
    fn set_class(slf: &PyObject, value: Option<&PyObject>) -> PyResult<()> {
        crate::types::r#type::set_class(slf, value)
    }

    /// Default object formatter.
    ///
    /// Return str(self) if format_spec is empty. Raise TypeError otherwise.
    #[pymethod(name = "__format__", signature = "(format_spec, /)")]
    fn format(slf: &PyObject, format_spec: &PyStr) -> PyResult<Py<PyStr>> {
        if !format_spec.is_empty() {
            let name = slf.class().name();
            return Err(raised!(TypeError, "unsupported format string passed to {name}.__format__"));
        }
        object::str(slf)
    }

    /// Size of object in memory, in bytes.
    #[pymethod(name = "__sizeof__", signature = "()")]
    fn sizeof(slf: &PyObject) -> PyResult<isize> {
        let class = slf.class();
        let mut size = class.tp_basicsize();
        if class.tp_itemsize() > 0 {
            // SAFETY: objects of a type with items have a size.
            let items = unsafe { (*slf.as_ptr().cast::<PyVarObject>()).ob_size.get() };
            size += items.abs() * class.tp_itemsize();
        }
        Ok(size)
    }

    /// Default dir() implementation.
    #[pymethod(name = "__dir__", signature = "()")]
    fn dir(slf: &PyObject) -> PyResult {
        let own = object::get_optional_attr(slf, intern!("__dict__"))?;
        let dict = match own.as_ref().and_then(|own| own.downcast::<PyDict>()) {
            Some(own) => own.copy()?,
            None => PyDict::new(),
        };
        if let Some(class) = object::get_optional_attr(slf, intern!("__class__"))? {
            crate::types::r#type::merge_class_dict(&dict, &class)?;
        }
        Ok(dict.keys()?.into_obj())
    }

    /// Abstract classes can override this to customize issubclass().
    ///
    /// This is invoked early on by abc.ABCMeta.__subclasscheck__().
    /// It should return True, False or NotImplemented.  If it returns
    /// NotImplemented, the normal algorithm is used.  Otherwise, it
    /// overrides the normal algorithm (and the outcome is cached).
    #[pymethod(name = "__subclasshook__", class, signature = "(object, /)")]
    fn subclass_hook(cls: &TypeObject, object: &PyObject) -> PyResult {
        let _ = (cls, object);
        Ok(not_implemented())
    }

    /// This method is called when a class is subclassed.
    ///
    /// The default implementation does nothing. It may be
    /// overridden to extend subclasses.
    #[pymethod(name = "__init_subclass__", class, signature = "()")]
    fn init_subclass(cls: &TypeObject) -> PyResult {
        let _ = cls;
        Ok(none())
    }
}
