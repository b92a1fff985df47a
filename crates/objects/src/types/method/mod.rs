//! `method`: a function bound to an instance; `instancemethod`, which binds any callable for extensions.

#![expect(unsafe_code, reason = "puts the receiver before the arguments of a C call")]

mod instancemethod;

pub use instancemethod::{PyInstanceMethod, PyInstanceMethod_Type};

use crate::errors::Exc;
use crate::intern;
use crate::model::{
    CompareOp, Obj, ObjectExt, Py, PyObject, PyResult, PyType, TypeObject, none, not_implemented,
};
use crate::protocols::call::{nargs_of, vectorcall_raw};
use crate::protocols::object;
use crate::types::str::PyStr;
use crate::types::tuple::PyTuple;
use core::cell::Cell;
use taipan_abi::{PY_VECTORCALL_ARGUMENTS_OFFSET, vectorcallfunc};
use taipan_macros::{pymethods, pytype};

/// Create a bound instance method object.
#[pytype(name = "method", exported = PyMethod_Type, layout = PyMethodObject, gc, flags(HAVE_VECTORCALL), weakref = weaklist, vectorcall = vectorcall, signature = "(function, instance, /)", parts(METHODS))]
pub struct PyMethod {
    ob_base: PyObject,
    /// the function (or other callable) implementing a method
    #[member(name = "__func__", readonly)]
    pub function: Obj,
    /// the instance to which a method is bound
    #[member(name = "__self__", readonly)]
    pub receiver: Obj,
    weaklist: Cell<*mut PyObject>,
    vectorcall: Option<vectorcallfunc>,
}

impl PyMethod {
    /// A method.
    #[inline]
    pub fn new(function: &PyObject, receiver: &PyObject) -> Py<PyMethod> {
        crate::memory::new(PyMethod {
            ob_base: PyObject::EMPTY,
            function: function.owned(),
            receiver: receiver.owned(),
            weaklist: Cell::new(core::ptr::null_mut()),
            vectorcall: Some(call_method),
        })
    }
}

/// Calls the function with the receiver in front. Where the caller left room before the arguments nothing is copied.
unsafe extern "C" fn call_method(
    callable: *mut PyObject,
    args: *const *mut PyObject,
    nargsf: usize,
    names: *mut PyObject,
) -> *mut PyObject {
    const FEW: usize = 8;
    // SAFETY: the vectorcall protocol: the arguments are live, and `args[-1]` may be written where the flag says so.
    unsafe {
        let method = &*callable.cast::<PyMethod>();
        let (function, receiver) = (&*method.function, method.receiver.as_ptr());
        let nargs = nargs_of(nargsf);
        if nargsf & PY_VECTORCALL_ARGUMENTS_OFFSET != 0 {
            let front = args.cast_mut().sub(1);
            let before = front.replace(receiver);
            let result = vectorcall_raw(function, front, nargs + 1, names);
            front.write(before);
            return result;
        }
        let total = nargs + names.cast::<PyTuple>().as_ref().map_or(0, PyTuple::len);
        if total < FEW {
            let mut few = [receiver; FEW];
            if total != 0 {
                core::ptr::copy_nonoverlapping(args, few.as_mut_ptr().add(1), total);
            }
            return vectorcall_raw(function, few.as_ptr(), nargs + 1, names);
        }
        let mut all = Vec::with_capacity(total + 1);
        all.push(receiver);
        all.extend_from_slice(core::slice::from_raw_parts(args, total));
        vectorcall_raw(function, all.as_ptr(), nargs + 1, names)
    }
}

#[pymethods(METHODS)]
impl PyMethod {
    #[new(signature = "(function, instance, /)", name = "method")]
    fn py_new(cls: &TypeObject, function: &PyObject, instance: &PyObject) -> PyResult<Py<PyMethod>> {
        let _ = cls;
        if !object::is_callable(function) {
            return Err(raised!(TypeError, "first argument must be callable"));
        }
        if instance.is_none() {
            return Err(raised!(TypeError, "instance must not be None"));
        }
        Ok(PyMethod::new(function, instance))
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

    #[pymethod(name = "__reduce__")]
    fn reduce(&self) -> PyResult {
        let getattr = crate::types::builtin::builtin_function("getattr")?;
        let name = object::get_attr(&self.function, intern!("__name__"))?;
        crate::model::ToPy::to_py((getattr, (self.receiver.clone(), name)))
    }

    #[getter(__doc__)]
    fn doc(&self) -> PyResult {
        object::get_attr(&self.function, intern!("__doc__"))
    }

    #[slot(tp_getattro)]
    fn get_attribute(&self, name: &PyObject) -> PyResult {
        let Some(name) = name.downcast::<PyStr>() else {
            return Err(raised!(TypeError, "attribute name must be string, not '{}'", name.class().name()));
        };
        let class = self.as_object().class();
        if let Some(found) = crate::types::r#type::lookup(class, name) {
            return match found.class().tp_descr_get() {
                // SAFETY: the slot takes the descriptor, the instance and its class.
                Some(get) => unsafe {
                    Obj::from_result(get(
                        found.as_ptr(),
                        self.as_object().as_ptr(),
                        class.as_object().as_ptr(),
                    ))
                },
                None => Ok(found),
            };
        }
        object::get_attr(&self.function, name)
    }

    #[slot(tp_descr_get)]
    fn bind(&self, _instance: Option<&PyObject>, _owner: Option<&PyObject>) -> PyResult {
        // Methods are bound already.
        Ok(self.owned())
    }

    #[slot(tp_repr)]
    fn repr(&self) -> PyResult {
        let mut name = object::get_optional_attr(&self.function, intern!("__qualname__"))?;
        if name.is_none() {
            name = object::get_optional_attr(&self.function, intern!("__name__"))?;
        }
        let shown = match name.as_deref().and_then(|name| name.downcast::<PyStr>()) {
            Some(name) => name.to_string(),
            None => "?".to_string(),
        };
        let receiver = object::repr(&self.receiver)?;
        Ok(PyStr::new(&format!("<bound method {shown} of {receiver}>")).into_obj())
    }

    #[slot(tp_hash)]
    fn hash(&self) -> PyResult<isize> {
        let receiver = pointer_hash(self.receiver.as_ptr());
        Ok(receiver ^ object::hash(&self.function)?)
    }

    #[slot(tp_richcompare)]
    fn compare(&self, other: &PyObject, op: CompareOp) -> PyResult {
        let (CompareOp::Eq | CompareOp::Ne, Some(other)) = (op, other.downcast::<PyMethod>()) else {
            return Ok(not_implemented());
        };
        let equal = object::compare_bool(&self.function, &other.function, CompareOp::Eq)?
            && self.receiver.is(&other.receiver);
        crate::model::ToPy::to_py(equal == (op == CompareOp::Eq))
    }
}

/// The hash of an address (`Py_HashPointer`): the low bits are always zero and go to the top.
pub fn pointer_hash(pointer: *const PyObject) -> isize {
    (pointer as usize).rotate_right(4) as isize
}

/// The doc of a callable that may have none.
pub(super) fn doc_or_none(function: &PyObject) -> PyResult {
    let found = crate::errors::ignore(object::get_attr(function, intern!("__doc__")), Exc::AttributeError)?;
    Ok(found.unwrap_or_else(none))
}
