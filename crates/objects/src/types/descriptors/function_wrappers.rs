//! `classmethod` and `staticmethod`: they hold a function, take over its names and docstring, and bind it otherwise.

use crate::intern;
use crate::model::{Obj, ObjCell, ObjectExt, Py, PyObject, PyResult, TypeObject, none};
use crate::protocols::{call, object};
use crate::types::dict::PyDict;
use crate::types::method::PyMethod;
use crate::types::str::PyStr;
use crate::types::tuple::PyTuple;
use taipan_macros::{pymethods, pytype};

/// Convert a function to be a class method.
///
/// A class method receives the class as implicit first argument,
/// just like an instance method receives the instance.
/// To declare a class method, use this idiom:
///
///   class C:
///       @classmethod
///       def f(cls, arg1, arg2, argN):
///           ...
///
/// It can be called either on the class (e.g. C.f()) or on an instance
/// (e.g. C().f()).  The instance is ignored except for its class.
/// If a class method is called for a derived class, the derived class
/// object is passed as the implied first argument.
///
/// Class methods are different than C++ or Java static methods.
/// If you want those, see the staticmethod builtin.
#[pytype(name = "classmethod", exported = PyClassMethod_Type, gc, flags(BASETYPE), dict = dict, signature = "(function, /)", parts(CLASS_METHOD))]
pub struct PyClassMethod {
    ob_base: PyObject,
    #[member(name = "__func__", readonly)]
    #[member(name = "__wrapped__", readonly)]
    callable: ObjCell,
    dict: ObjCell,
}

/// Convert a function to be a static method.
///
/// A static method does not receive an implicit first argument.
/// To declare a static method, use this idiom:
///
///      class C:
///          @staticmethod
///          def f(arg1, arg2, argN):
///              ...
///
/// It can be called either on the class (e.g. C.f()) or on an instance
/// (e.g. C().f()). Both the class and the instance are ignored, and
/// neither is passed implicitly as the first argument to the method.
///
/// Static methods in Python are similar to those found in Java or C++.
/// For a more advanced concept, see the classmethod builtin.
#[pytype(name = "staticmethod", exported = PyStaticMethod_Type, gc, flags(BASETYPE), dict = dict, signature = "(function, /)", parts(STATIC_METHOD))]
pub struct PyStaticMethod {
    ob_base: PyObject,
    #[member(name = "__func__", readonly)]
    #[member(name = "__wrapped__", readonly)]
    callable: ObjCell,
    dict: ObjCell,
}

/// `staticmethod(function)`.
pub fn new_staticmethod(function: &PyObject) -> Obj {
    crate::memory::new(PyStaticMethod {
        ob_base: PyObject::EMPTY,
        callable: ObjCell::new(Some(function.owned())),
        dict: ObjCell::empty(),
    })
    .into_obj()
}

/// `classmethod(function)`.
pub fn new_classmethod_object(function: &PyObject) -> Obj {
    crate::memory::new(PyClassMethod {
        ob_base: PyObject::EMPTY,
        callable: ObjCell::new(Some(function.owned())),
        dict: ObjCell::empty(),
    })
    .into_obj()
}

impl PyStaticMethod {
    /// The function; `None` before `__init__`.
    pub fn callable(&self) -> Obj {
        self.callable.get().unwrap_or_else(none)
    }
}

impl PyClassMethod {
    /// The function; `None` before `__init__`.
    pub fn callable(&self) -> Obj {
        self.callable.get().unwrap_or_else(none)
    }
}

/// Takes over what describes the function, as `functools.wraps` does without the dictionary.
fn take_over(wrapper: &PyObject, wrapped: &PyObject) -> PyResult<()> {
    let names = [intern!("__module__"), intern!("__name__"), intern!("__qualname__"), intern!("__doc__")];
    for name in names {
        if let Some(value) = object::get_optional_attr(wrapped, name)? {
            object::set_attr(wrapper, name, Some(&value))?;
        }
    }
    Ok(())
}

/// An attribute of the function that is copied on first use: annotations are made late.
fn copied_late(wrapper: &PyObject, wrapped: &PyObject, name: &PyStr) -> PyResult {
    let dict = object::instance_dict(wrapper)?;
    let dict = dict.as_deref().and_then(|dict| dict.downcast::<PyDict>());
    let Some(dict) = dict else { return object::get_attr(wrapped, name) };
    if let Some(known) = dict.get_item(name)? {
        return Ok(known);
    }
    let value = object::get_attr(wrapped, name)?;
    dict.set_item(name, &value)?;
    Ok(value)
}

/// Sets or deletes such an attribute in the wrapper's own dictionary.
fn set_copied(wrapper: &PyObject, name: &PyStr, value: Option<&PyObject>) -> PyResult<()> {
    let dict = object::instance_dict(wrapper)?;
    let Some(dict) = dict.as_deref().and_then(|dict| dict.downcast::<PyDict>()) else { return Ok(()) };
    match value {
        Some(value) => dict.set_item(name, value),
        None if dict.del_item(name)? => Ok(()),
        None => Err(raised!(AttributeError, "'{}' object has no attribute '{name}'", wrapper.class().name())),
    }
}

/// Whether `object.__isabstractmethod__` is true (`_PyObject_IsAbstract`).
pub(super) fn is_abstract(object: Option<&PyObject>) -> PyResult<bool> {
    let Some(object) = object else { return Ok(false) };
    match object::get_optional_attr(object, intern!("__isabstractmethod__"))? {
        Some(flag) => object::is_true(&flag),
        None => Ok(false),
    }
}

/// `__dict__` of an object whose dictionary is a field, made on first use.
pub fn field_dict(field: &ObjCell) -> Obj {
    field.get().unwrap_or_else(|| {
        let dict = PyDict::new().into_obj();
        field.set(Some(dict.clone()));
        dict
    })
}

/// Assigns `__dict__` of an object whose dictionary is a field.
pub fn set_field_dict(field: &ObjCell, value: Option<&PyObject>) -> PyResult<()> {
    let Some(value) = value else { return Err(raised!(TypeError, "cannot delete __dict__")) };
    if value.downcast::<PyDict>().is_none() {
        return Err(raised!(
            TypeError,
            "__dict__ must be set to a dictionary, not a '{}'",
            value.class().name()
        ));
    }
    field.set(Some(value.owned()));
    Ok(())
}

macro_rules! wrapper_methods {
    ($part:ident, $ty:ident, $name:literal $(, $more:item)*) => {
        #[pymethods($part)]
        impl $ty {
            #[slot(tp_new)]
            fn py_new(cls: &TypeObject, _args: &PyTuple, _kwargs: Option<&PyDict>) -> PyResult<Py<$ty>> {
                crate::memory::new_in(
                    cls,
                    $ty {
                        ob_base: PyObject::EMPTY,
                        callable: ObjCell::new(Some(none())),
                        dict: ObjCell::empty(),
                    },
                )
            }

            #[init(signature = "(function, /)")]
            fn init(&self, function: &PyObject) -> PyResult<()> {
                self.callable.set(Some(function.owned()));
                take_over(self, function)
            }

            #[slot(tp_repr)]
            fn repr(&self) -> PyResult<Py<PyStr>> {
                let shown = object::repr(&self.callable())?;
                Ok(PyStr::new(&format!(concat!("<", $name, "({})>"), shown)))
            }

            /// See PEP 585
            #[pymethod(name = "__class_getitem__", class, signature = "(object, /)")]
            fn class_getitem(cls: &TypeObject, object: &PyObject) -> PyResult {
                crate::types::genericalias::new(cls, object)
            }

            #[getter(__isabstractmethod__)]
            fn is_abstract(&self) -> PyResult<bool> {
                is_abstract(Some(&self.callable()))
            }

            #[getter(__dict__)]
            fn dict(&self) -> PyResult {
                Ok(field_dict(&self.dict))
            }

            #[setter(__dict__)]
            fn set_dict(&self, value: Option<&PyObject>) -> PyResult<()> {
                set_field_dict(&self.dict, value)
            }

            #[getter(__annotations__)]
            fn annotations(&self) -> PyResult {
                copied_late(self, &self.callable(), intern!("__annotations__"))
            }

            #[setter(__annotations__)]
            fn set_annotations(&self, value: Option<&PyObject>) -> PyResult<()> {
                set_copied(self, intern!("__annotations__"), value)
            }

            #[getter(__annotate__)]
            fn annotate(&self) -> PyResult {
                copied_late(self, &self.callable(), intern!("__annotate__"))
            }

            #[setter(__annotate__)]
            fn set_annotate(&self, value: Option<&PyObject>) -> PyResult<()> {
                set_copied(self, intern!("__annotate__"), value)
            }

            $($more)*
        }
    };
}

wrapper_methods!(
    CLASS_METHOD,
    PyClassMethod,
    "classmethod",
    #[slot(tp_descr_get)]
    fn bind(&self, instance: Option<&PyObject>, owner: Option<&PyObject>) -> PyResult {
        let owner = owner.or_else(|| instance.map(|instance| &**instance.class()));
        let Some(owner) = owner else {
            return Err(raised!(TypeError, "__get__(None, None) is invalid"));
        };
        Ok(PyMethod::new(&self.callable(), owner).into_obj())
    }
);

wrapper_methods!(
    STATIC_METHOD,
    PyStaticMethod,
    "staticmethod",
    #[slot(tp_descr_get)]
    fn bind(&self, _instance: Option<&PyObject>, _owner: Option<&PyObject>) -> PyResult {
        Ok(self.callable())
    },
    #[slot(tp_call)]
    fn call(&self, args: &PyTuple, kwargs: Option<&PyDict>) -> PyResult {
        call::call_tuple(&self.callable(), args, kwargs)
    }
);
