//! Type objects as Rust sees them, and Rust structs that are objects.
//!
//! A [`TypeObject`] is a `PyTypeObject` that is read and changed through shared references. Its slots are read one at a
//! time by the methods named after them; nobody holds a reference into it.

#![expect(unsafe_code, reason = "reads and writes the fields of a shared C struct")]

use super::{ObjectExt, Py, PyObject};
use core::cell::UnsafeCell;
use core::ops::Deref;
use taipan_abi::*;

/// A type object.
#[repr(transparent)]
pub struct TypeObject(UnsafeCell<PyTypeObject>);

// SAFETY: a static type's fields change only under the lock that guards type changes, as in CPython.
unsafe impl Sync for TypeObject {}

/// A Rust struct that is the layout of a Python type.
///
/// # Safety
/// The struct is `repr(C)` and begins with `PyObject`, `PyVarObject` or another such struct, and objects for which
/// `check` is true have its layout.
pub unsafe trait PyType: Sized + Deref<Target = PyObject> + 'static {
    /// The full name, `module.name`, or the bare name for a built-in.
    const NAME: &'static str;
    /// The name without its module.
    const SHORT_NAME: &'static str;
    /// Whether each interpreter makes a heap type of its own of it. Instances of such a type own a reference to it that
    /// their `tp_dealloc` gives up and their `tp_traverse` visits; for classes derived from a static type the generic
    /// slots of heap classes do that.
    const HEAP: bool = false;
    /// The type object.
    fn type_object() -> &'static TypeObject;
    /// Whether the object is an instance of the type or of a subclass.
    fn check(object: &PyObject) -> bool;
    /// Whether the object's type is this very type.
    #[inline(always)]
    fn check_exact(object: &PyObject) -> bool {
        core::ptr::eq(object.class(), Self::type_object())
    }
    /// As a plain object.
    #[inline(always)]
    fn as_object(&self) -> &PyObject {
        self
    }
    /// A new owned reference.
    #[inline(always)]
    fn to_owned(&self) -> Py<Self> {
        // SAFETY: a borrowed object is alive, and the new count passes to the result.
        unsafe {
            super::handle::incref(self.as_ptr());
            Py::from_raw(core::ptr::from_ref(self).cast_mut())
        }
    }
}

macro_rules! slots {
    ($($(#[$doc:meta])* $name:ident: $ty:ty,)*) => {
        $(
            $(#[$doc])*
            #[inline(always)]
            pub fn $name(&self) -> $ty {
                // SAFETY: one field is copied.
                unsafe { (*self.raw()).$name }
            }
        )*
    };
}

macro_rules! nested_slots {
    ($table:ident: $($name:ident: $ty:ty),* $(,)?) => {
        $(
            /// The slot, `None` where the type has no such table.
            #[inline(always)]
            pub fn $name(&self) -> Option<$ty> {
                // SAFETY: one field is copied, from a table that lives as long as the type.
                unsafe {
                    let table = (*self.raw()).$table;
                    if table.is_null() { None } else { (*table).$name }
                }
            }
        )*
    };
}

impl TypeObject {
    /// A type in a C variable.
    pub(crate) const fn new(inner: PyTypeObject) -> Self {
        TypeObject(UnsafeCell::new(inner))
    }

    /// The C struct.
    #[inline(always)]
    pub const fn raw(&self) -> *mut PyTypeObject {
        self.0.get()
    }

    /// The type behind a C pointer.
    ///
    /// # Safety
    /// `raw` points to a type that lives as long as `'a`.
    #[inline(always)]
    pub unsafe fn from_raw<'a>(raw: *mut PyTypeObject) -> &'a TypeObject {
        // SAFETY: the caller's promise.
        unsafe { &*raw.cast() }
    }

    slots! {
        tp_basicsize: isize,
        tp_itemsize: isize,
        tp_dealloc: Option<destructor>,
        tp_vectorcall_offset: isize,
        tp_repr: Option<reprfunc>,
        tp_hash: Option<hashfunc>,
        tp_call: Option<ternaryfunc>,
        tp_str: Option<reprfunc>,
        tp_getattr: Option<getattrfunc>,
        tp_setattr: Option<setattrfunc>,
        tp_getattro: Option<getattrofunc>,
        tp_setattro: Option<setattrofunc>,
        tp_traverse: Option<traverseproc>,
        tp_clear: Option<inquiry>,
        tp_richcompare: Option<richcmpfunc>,
        tp_weaklistoffset: isize,
        tp_iter: Option<getiterfunc>,
        tp_iternext: Option<iternextfunc>,
        tp_descr_get: Option<descrgetfunc>,
        tp_descr_set: Option<descrsetfunc>,
        tp_dictoffset: isize,
        tp_init: Option<initproc>,
        tp_alloc: Option<allocfunc>,
        tp_new: Option<newfunc>,
        tp_free: Option<freefunc>,
        tp_is_gc: Option<inquiry>,
        tp_del: Option<destructor>,
        tp_version_tag: u32,
        tp_finalize: Option<destructor>,
        tp_vectorcall: Option<vectorcallfunc>,
    }

    nested_slots! { tp_as_number:
        nb_add: binaryfunc, nb_subtract: binaryfunc, nb_multiply: binaryfunc, nb_remainder: binaryfunc,
        nb_divmod: binaryfunc, nb_power: ternaryfunc, nb_negative: unaryfunc, nb_positive: unaryfunc,
        nb_absolute: unaryfunc, nb_bool: inquiry, nb_invert: unaryfunc, nb_lshift: binaryfunc,
        nb_rshift: binaryfunc, nb_and: binaryfunc, nb_xor: binaryfunc, nb_or: binaryfunc, nb_int: unaryfunc,
        nb_float: unaryfunc, nb_inplace_add: binaryfunc, nb_inplace_subtract: binaryfunc,
        nb_inplace_multiply: binaryfunc, nb_inplace_remainder: binaryfunc, nb_inplace_power: ternaryfunc,
        nb_inplace_lshift: binaryfunc, nb_inplace_rshift: binaryfunc, nb_inplace_and: binaryfunc,
        nb_inplace_xor: binaryfunc, nb_inplace_or: binaryfunc, nb_floor_divide: binaryfunc,
        nb_true_divide: binaryfunc, nb_inplace_floor_divide: binaryfunc, nb_inplace_true_divide: binaryfunc,
        nb_index: unaryfunc, nb_matrix_multiply: binaryfunc, nb_inplace_matrix_multiply: binaryfunc,
    }
    nested_slots! { tp_as_sequence:
        sq_length: lenfunc, sq_concat: binaryfunc, sq_repeat: ssizeargfunc, sq_item: ssizeargfunc,
        sq_ass_item: ssizeobjargproc, sq_contains: objobjproc, sq_inplace_concat: binaryfunc,
        sq_inplace_repeat: ssizeargfunc,
    }
    nested_slots! { tp_as_mapping: mp_length: lenfunc, mp_subscript: binaryfunc, mp_ass_subscript: objobjargproc }
    nested_slots! { tp_as_async: am_await: unaryfunc, am_aiter: unaryfunc, am_anext: unaryfunc, am_send: sendfunc }
    nested_slots! { tp_as_buffer: bf_getbuffer: getbufferproc, bf_releasebuffer: releasebufferproc }

    /// `tp_flags`.
    #[inline(always)]
    pub fn flags(&self) -> u64 {
        // SAFETY: one field is copied.
        unsafe { (*self.raw()).tp_flags }
    }

    /// Whether all bits of `flag` are set.
    #[inline(always)]
    pub fn has_flag(&self, flag: u64) -> bool {
        self.flags() & flag == flag
    }

    /// Sets and clears flags.
    pub fn change_flags(&self, set: u64, clear: u64) {
        // SAFETY: one field is written; no reference into the struct exists.
        unsafe { (*self.raw()).tp_flags = (*self.raw()).tp_flags & !clear | set }
    }

    /// The class this one extends first; `None` for `object` and for a type not made ready.
    #[inline(always)]
    pub fn base(&self) -> Option<&TypeObject> {
        // SAFETY: a type keeps its base alive.
        unsafe {
            let base = (*self.raw()).tp_base;
            if base.is_null() { None } else { Some(TypeObject::from_raw(base)) }
        }
    }

    /// Whether it lies on the heap, made by a `class` statement or a specification.
    #[inline(always)]
    pub fn is_heap(&self) -> bool {
        self.has_flag(Py_TPFLAGS_HEAPTYPE)
    }

    /// Identity.
    #[inline(always)]
    pub fn is(&self, other: &TypeObject) -> bool {
        core::ptr::eq(self, other)
    }

    /// As a plain object.
    #[inline(always)]
    pub fn as_object(&self) -> &PyObject {
        // SAFETY: a type object begins with an object's head.
        unsafe { &*self.raw().cast() }
    }

    /// The method resolution order as an array of borrowed types; empty before the type is ready.
    #[inline]
    pub fn mro(&self) -> &[&TypeObject] {
        // SAFETY: `tp_mro` is a tuple of types that lives as long as it is not replaced, which needs an assignment to
        // `__bases__`; callers that run Python code take a reference to the tuple first.
        unsafe {
            let mro = (*self.raw()).tp_mro.cast::<PyTupleObject>();
            if mro.is_null() {
                return &[];
            }
            let length = (*mro).ob_base.ob_size.get() as usize;
            core::slice::from_raw_parts((&raw const (*mro).ob_item).cast(), length)
        }
    }

    /// Whether it is `other` or derives from it (`PyType_IsSubtype`).
    #[inline]
    pub fn is_subtype_of(&self, other: &TypeObject) -> bool {
        self.is(other) || self.derives_from(other)
    }

    fn derives_from(&self, other: &TypeObject) -> bool {
        let mro = self.mro();
        if !mro.is_empty() {
            return mro.iter().any(|ty| ty.is(other));
        }
        // Not ready yet: the chain of first bases.
        let mut ty = self.base();
        while let Some(base) = ty {
            if base.is(other) {
                return true;
            }
            ty = base.base();
        }
        other.is(crate::types::object::object_type())
    }

    /// `tp_name`: dotted for static types, the bare name for heap types.
    pub fn tp_name(&self) -> &str {
        // SAFETY: `tp_name` is a C string that lives as long as the type.
        let name = unsafe { core::ffi::CStr::from_ptr((*self.raw()).tp_name) };
        name.to_str().unwrap_or("?")
    }

    /// What messages call it: `tp_name`, as `%s` of `Py_TYPE(x)->tp_name` prints it.
    pub fn name(&self) -> &str {
        self.tp_name()
    }

    /// `__name__`: `tp_name` without its module.
    pub fn short_name(&self) -> &str {
        if self.is_heap() {
            // SAFETY: a heap type owns its name, a string.
            let name = unsafe {
                (*self.raw().cast::<PyHeapTypeObject>()).ht_name.cast::<crate::types::str::PyStr>().as_ref()
            };
            if let Some(Ok(name)) = name.map(crate::types::str::PyStr::to_utf8) {
                return name;
            }
        }
        let name = self.tp_name();
        name.rsplit('.').next().unwrap_or(name)
    }
}

impl Deref for TypeObject {
    type Target = PyObject;
    #[inline(always)]
    fn deref(&self) -> &PyObject {
        self.as_object()
    }
}

// SAFETY: `PyTypeObject` begins with an object's head, and the flag is set on `type` and its subclasses alone.
unsafe impl PyType for TypeObject {
    const NAME: &'static str = "type";
    const SHORT_NAME: &'static str = "type";
    #[inline(always)]
    fn type_object() -> &'static TypeObject {
        crate::types::r#type::type_type()
    }
    #[inline(always)]
    fn check(object: &PyObject) -> bool {
        object.class().has_flag(Py_TPFLAGS_TYPE_SUBCLASS)
    }
}
