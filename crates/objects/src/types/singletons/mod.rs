//! `None`, `Ellipsis` and `NotImplemented`: three immortal statics and their types.

#![expect(unsafe_code, reason = "exports C variables")]

use crate::intern;
use crate::model::{CompareOp, Obj, ObjectExt, PyObject, PyResult, PyType, TypeObject};
use crate::types::dict::PyDict;
use crate::types::int::PyInt;
use crate::types::tuple::PyTuple;
use core::cell::Cell;
use taipan_abi::{_Py_IMMORTAL_INITIAL_REFCNT, _Py_STATIC_FLAG_BITS};
use taipan_macros::{pymethods, pytype};

/// An immortal object in a C variable, without fields.
#[repr(transparent)]
pub struct StaticObject(PyObject);

// SAFETY: nothing about it ever changes.
unsafe impl Sync for StaticObject {}

impl StaticObject {
    const fn of(class: &'static TypeObject) -> Self {
        StaticObject(PyObject {
            ob_refcnt: Cell::new(_Py_IMMORTAL_INITIAL_REFCNT),
            ob_overflow: Cell::new(0),
            ob_flags: Cell::new(_Py_STATIC_FLAG_BITS),
            ob_type: Cell::new(class.raw()),
        })
    }

    /// The object.
    #[inline(always)]
    pub const fn get(&self) -> &PyObject {
        &self.0
    }
}

#[unsafe(no_mangle)]
pub static _Py_NoneStruct: StaticObject = StaticObject::of(_PyNone_Type.get());

#[unsafe(no_mangle)]
pub static _Py_EllipsisObject: StaticObject = StaticObject::of(PyEllipsis_Type.get());

#[unsafe(no_mangle)]
pub static _Py_NotImplementedStruct: StaticObject = StaticObject::of(_PyNotImplemented_Type.get());

/// The type of the None singleton.
#[pytype(name = "NoneType", exported = _PyNone_Type, signature = "()", parts(NONE))]
pub struct PyNone {
    ob_base: PyObject,
}

/// The type of the Ellipsis singleton.
#[pytype(name = "ellipsis", exported = PyEllipsis_Type, signature = "()", parts(ELLIPSIS))]
pub struct PyEllipsis {
    ob_base: PyObject,
}

/// The type of the NotImplemented singleton.
#[pytype(name = "NotImplementedType", exported = _PyNotImplemented_Type, signature = "()", parts(NOT_IMPLEMENTED))]
pub struct PyNotImplemented {
    ob_base: PyObject,
}

fn refuse_arguments(_cls: &TypeObject, name: &str, args: &PyTuple, kwargs: Option<&PyDict>) -> PyResult<()> {
    if !args.is_empty() || kwargs.is_some_and(|kwargs| !kwargs.is_empty()) {
        return Err(raised!(TypeError, "{name} takes no arguments"));
    }
    Ok(())
}

#[pymethods(NONE)]
impl PyNone {
    #[slot(tp_new)]
    fn py_new(cls: &TypeObject, args: &PyTuple, kwargs: Option<&PyDict>) -> PyResult {
        refuse_arguments(cls, "NoneType", args, kwargs)?;
        Ok(none())
    }

    #[slot(tp_repr)]
    fn repr(&self) -> &'static PyObject {
        intern!("None")
    }

    #[slot(tp_hash)]
    fn hash(&self) -> PyResult<isize> {
        Ok(0xFCA8_6420)
    }

    #[slot(tp_richcompare)]
    fn compare(&self, other: &PyObject, op: CompareOp) -> PyResult {
        Ok(match op {
            CompareOp::Eq if self.is(other) => PyInt::from_bool(true),
            CompareOp::Ne if self.is(other) => PyInt::from_bool(false),
            _ => not_implemented(),
        })
    }

    #[slot(nb_bool)]
    fn truth(&self) -> PyResult<bool> {
        Ok(false)
    }
}

#[pymethods(ELLIPSIS)]
impl PyEllipsis {
    #[slot(tp_new)]
    fn py_new(cls: &TypeObject, args: &PyTuple, kwargs: Option<&PyDict>) -> PyResult {
        refuse_arguments(cls, "EllipsisType", args, kwargs)?;
        Ok(ellipsis())
    }

    #[slot(tp_repr)]
    fn repr(&self) -> &'static PyObject {
        intern!("Ellipsis")
    }

    #[pymethod(name = "__reduce__")]
    fn reduce(&self) -> &'static PyObject {
        intern!("Ellipsis")
    }
}

#[pymethods(NOT_IMPLEMENTED)]
impl PyNotImplemented {
    #[slot(tp_new)]
    fn py_new(cls: &TypeObject, args: &PyTuple, kwargs: Option<&PyDict>) -> PyResult {
        refuse_arguments(cls, "NotImplementedType", args, kwargs)?;
        Ok(not_implemented())
    }

    #[slot(tp_repr)]
    fn repr(&self) -> &'static PyObject {
        intern!("NotImplemented")
    }

    #[pymethod(name = "__reduce__")]
    fn reduce(&self) -> &'static PyObject {
        intern!("NotImplemented")
    }

    #[slot(nb_bool)]
    fn truth(&self) -> PyResult<bool> {
        Err(raised!(TypeError, "NotImplemented should not be used in a boolean context"))
    }
}

/// `None`, borrowed.
#[inline(always)]
pub fn none_ref() -> &'static PyObject {
    _Py_NoneStruct.get()
}

/// `None`.
#[inline(always)]
pub fn none() -> Obj {
    immortal(&_Py_NoneStruct)
}

/// `NotImplemented`, borrowed.
#[inline(always)]
pub(crate) fn not_implemented_ref() -> &'static PyObject {
    _Py_NotImplementedStruct.get()
}

/// `NotImplemented`.
#[inline(always)]
pub fn not_implemented() -> Obj {
    immortal(&_Py_NotImplementedStruct)
}

/// `Ellipsis`.
pub fn ellipsis() -> Obj {
    immortal(&_Py_EllipsisObject)
}

/// `type(None)`.
pub fn none_type() -> &'static TypeObject {
    PyNone::type_object()
}

#[inline(always)]
fn immortal(object: &'static StaticObject) -> Obj {
    // SAFETY: an immortal object's count does not change, so none needs to be added.
    unsafe { Obj::from_raw(object.0.as_ptr()) }
}
