//! `weakref.ReferenceType`.

#![expect(unsafe_code, reason = "the referent is a raw pointer; the vector call is a C function")]

use super::list;
use crate::errors;
use crate::intern;
use crate::memory;
use crate::model::args::RawArgs;
use crate::model::gc::Visitor;
use crate::model::{
    CompareOp, Obj, ObjCell, ObjectExt, Py, PyObject, PyResult, PyType, TypeObject, none, not_implemented,
};
use crate::protocols::object;
use crate::types::dict::PyDict;
use crate::types::int::PyInt;
use crate::types::str::PyStr;
use crate::types::tuple::PyTuple;
use core::cell::Cell;
use core::ptr::null_mut;
use taipan_macros::{pymethods, pytype};

// A weak reference. It has no docstring.
#[pytype(name = "weakref.ReferenceType", exported = _PyWeakref_RefType, layout = PyWeakReference, gc(manual), flags(BASETYPE, HAVE_VECTORCALL), vectorcall = vectorcall, parts(REFERENCE))]
pub struct PyWeakRef {
    ob_base: PyObject,
    /// `None` when it is dead: C reads the field.
    pub(super) object: Cell<*mut PyObject>,
    #[member(readonly, name = "__callback__")]
    pub(super) callback: ObjCell,
    /// Of the referent; -1 before it was asked for.
    pub(super) hash: Cell<isize>,
    pub(super) prev: Cell<*mut PyWeakRef>,
    pub(super) next: Cell<*mut PyWeakRef>,
    vectorcall: Cell<Option<taipan_abi::vectorcallfunc>>,
}

/// `ref()`: the object or `None`.
unsafe extern "C" fn vectorcall(
    slf: *mut PyObject,
    args: *const *mut PyObject,
    nargs: usize,
    names: *mut PyObject,
) -> *mut PyObject {
    use crate::model::trampoline::ret_obj;
    // SAFETY: called as the vector call of a reference.
    unsafe {
        let count = nargs & !taipan_abi::PY_VECTORCALL_ARGUMENTS_OFFSET;
        if count == 0 && names.is_null() {
            return ret_obj((*slf.cast::<PyWeakRef>()).target());
        }
        static SIGNATURE: crate::model::args::Signature = crate::model::args::Signature {
            name: "weakref",
            params: &[],
            positional_only: 0,
            positional: 0,
            required: 0,
            required_keywords: 0,
            var_args: false,
            var_keywords: false,
            wording: crate::model::args::Wording::Clinic,
        };
        match SIGNATURE.bind::<0>(&RawArgs::from_vectorcall(args, nargs, names)) {
            Ok(_) => ret_obj((*slf.cast::<PyWeakRef>()).target()),
            Err(_) => null_mut(),
        }
    }
}

impl PyWeakRef {
    pub(super) fn fields(object: &PyObject, callback: Option<&PyObject>, callable: bool) -> Self {
        PyWeakRef {
            ob_base: PyObject::EMPTY,
            object: Cell::new(object.as_ptr()),
            callback: ObjCell::new(callback.map(ObjectExt::owned)),
            hash: Cell::new(-1),
            prev: Cell::new(null_mut()),
            next: Cell::new(null_mut()),
            vectorcall: Cell::new(if callable { Some(vectorcall) } else { None }),
        }
    }

    /// A weak reference (`PyWeakref_NewRef`); `TypeError` where the type has none.
    pub fn new(object: &PyObject, callback: Option<&PyObject>) -> PyResult<Py<PyWeakRef>> {
        Self::new_in(Self::type_object(), object, callback)
    }

    fn new_in(class: &TypeObject, object: &PyObject, callback: Option<&PyObject>) -> PyResult<Py<PyWeakRef>> {
        let callback = callback.filter(|callback| !callback.is_none());
        let list = list_for(object)?;
        let exact = class.is(Self::type_object());
        if exact
            && callback.is_none()
            && let Some(shared) = list::shared(list).0.and_then(list::try_own)
        {
            return Ok(shared);
        }
        let reference = memory::new_in(class, Self::fields(object, callback, true))?;
        list::insert(list, &reference, false);
        Ok(reference)
    }

    /// Whether it is the kind that is shared: of this very type, without a callback.
    pub(super) fn is_plain(&self) -> bool {
        self.callback.is_empty() && Self::check_exact(self)
    }

    /// The object, if it lives.
    #[inline]
    pub fn upgrade(&self) -> Option<Obj> {
        let object = self.object.get();
        // SAFETY: a reference in a list points to memory that is whole; a count of zero means that the end has begun.
        unsafe {
            if (*object).refcount() == 0 || (*object).is_none() {
                None
            } else {
                Some(Obj::from_borrowed(object))
            }
        }
    }

    /// Whether the object is gone, or going.
    pub fn is_dead(&self) -> bool {
        let object = self.object.get();
        // SAFETY: as in `upgrade`.
        unsafe { (*object).refcount() == 0 || (*object).is_none() }
    }

    fn target(&self) -> Obj {
        self.upgrade().unwrap_or_else(none)
    }
}

/// The list of a class's instances, or the `TypeError` that there is none.
pub(super) fn list_for(object: &PyObject) -> PyResult<&Cell<*mut PyWeakRef>> {
    list::list_of(object).ok_or_else(|| {
        raised!(TypeError, "cannot create weak reference to '{}' object", object.class().name())
    })
}

/// Whether it is a weak reference or proxy to an object that is gone; `None` where it is neither.
pub fn is_dead_reference(object: &PyObject) -> Option<bool> {
    super::proxy::as_any(object).map(PyWeakRef::is_dead)
}

fn check_args<'a>(name: &str, args: &'a PyTuple) -> PyResult<(&'a PyObject, Option<&'a PyObject>)> {
    match *args.as_slice() {
        [] => Err(raised!(TypeError, "{name} expected at least 1 argument, got 0")),
        [object] => Ok((object, None)),
        [object, callback] => Ok((object, Some(callback))),
        ref more => Err(raised!(TypeError, "{name} expected at most 2 arguments, got {}", more.len())),
    }
}

/// Where an object is, and of which type, for `repr`.
pub(super) fn describe(object: &PyObject) -> PyResult<String> {
    let class = object::fully_qualified_name(object.class())?;
    Ok(format!("to '{class}' at {:p}", object.as_ptr()))
}

#[pymethods(REFERENCE)]
impl PyWeakRef {
    #[slot(tp_new)]
    fn py_new(cls: &TypeObject, args: &PyTuple, _kwargs: Option<&PyDict>) -> PyResult<Py<PyWeakRef>> {
        let (object, callback) = check_args("__new__", args)?;
        Self::new_in(cls, object, callback)
    }

    #[slot(tp_init)]
    fn init(&self, args: &PyTuple, kwargs: Option<&PyDict>) -> PyResult<()> {
        if kwargs.is_some_and(|kwargs| !kwargs.is_empty()) {
            return Err(raised!(TypeError, "ref() takes no keyword arguments"));
        }
        check_args("__init__", args).map(|_| ())
    }

    #[slot(tp_call, raw)]
    unsafe extern "C" fn call(
        slf: *mut PyObject,
        args: *mut PyObject,
        kwargs: *mut PyObject,
    ) -> *mut PyObject {
        // SAFETY: called as `tp_call`: a tuple, and a dictionary or null.
        unsafe {
            let args = &*args.cast::<PyTuple>();
            if kwargs.cast::<PyDict>().as_ref().is_some_and(|kwargs| !kwargs.is_empty()) {
                let _ = raised!(TypeError, "weakref() takes no keyword arguments");
                return null_mut();
            }
            let items: *const *mut PyObject = args.as_slice().as_ptr().cast();
            vectorcall(slf, items, args.len(), null_mut())
        }
    }

    /// Weakrefs are generic over the type of the referenced object.
    #[pymethod(class, name = "__class_getitem__", signature = "(object, /)")]
    fn class_getitem(cls: &TypeObject, item: &PyObject) -> PyResult {
        crate::types::genericalias::new(cls.as_object(), item)
    }

    #[slot(tp_hash)]
    fn hash(&self) -> PyResult<isize> {
        if self.hash.get() != -1 {
            return Ok(self.hash.get());
        }
        let Some(object) = self.upgrade() else {
            return Err(raised!(TypeError, "weak object has gone away"));
        };
        let hash = object::hash(&object)?;
        self.hash.set(hash);
        Ok(hash)
    }

    #[slot(tp_repr)]
    fn repr(&self) -> PyResult<Py<PyStr>> {
        let Some(object) = self.upgrade() else {
            return Ok(PyStr::new(&format!("<weakref at {:p}; dead>", self.as_ptr())));
        };
        let name = object::lookup_special(&object, intern!("__name__"))?;
        let mut text = format!("<weakref at {:p}; {}", self.as_ptr(), describe(&object)?);
        if let Some(name) = name.as_ref().and_then(|name| name.downcast::<PyStr>()) {
            text.push_str(&format!(" ({})", name.to_string_lossy()));
        }
        text.push('>');
        Ok(PyStr::new(&text))
    }

    #[slot(tp_richcompare)]
    fn compare(&self, other: &PyObject, op: CompareOp) -> PyResult {
        let Some(other) = other.downcast::<PyWeakRef>() else { return Ok(not_implemented()) };
        if !matches!(op, CompareOp::Eq | CompareOp::Ne) {
            return Ok(not_implemented());
        }
        match (self.upgrade(), other.upgrade()) {
            (Some(a), Some(b)) => object::compare(&a, &b, op),
            _ => Ok(PyInt::from_bool(core::ptr::eq(self, other) == (op == CompareOp::Eq))),
        }
    }

    #[slot(tp_traverse)]
    pub(super) fn traverse(&self, visitor: &mut Visitor) {
        // SAFETY: visitors run no Python code.
        if let Some(callback) = unsafe { self.callback.peek() } {
            visitor.visit(callback);
        }
    }

    #[slot(tp_clear)]
    fn clear(&self) {
        list::clear_reference(self);
    }

    #[slot(tp_dealloc, raw)]
    unsafe extern "C" fn dealloc(object: *mut PyObject) {
        // SAFETY: passed on.
        unsafe { list::dealloc(object) }
    }
}

/// Removes a key whose value is a dead weak reference; a look-up and a removal that nothing comes between.
pub fn remove_dead(dict: &PyDict, key: &PyObject) -> PyResult<()> {
    let Some(value) = dict.get_item(key)? else { return Ok(()) };
    match is_dead_reference(&value) {
        None => Err(raised!(TypeError, "not a weakref")),
        Some(false) => Ok(()),
        Some(true) => errors::ignore(dict.del_item(key).map(|_| ()), errors::Exc::KeyError).map(|_| ()),
    }
}
