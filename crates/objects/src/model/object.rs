//! What every borrowed object can do without running Python code.

#![expect(unsafe_code, reason = "reads the head of an object")]

use super::{Obj, Py, PyObject, PyType, TypeObject};

/// The six comparisons, numbered as in C (`Py_LT` …).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i32)]
pub enum CompareOp {
    Lt = 0,
    Le = 1,
    Eq = 2,
    Ne = 3,
    Gt = 4,
    Ge = 5,
}

impl CompareOp {
    /// The operation of this number; numbers outside 0 to 5 do not occur and count as `==`.
    #[inline]
    pub fn from_raw(op: i32) -> Self {
        match op {
            0 => CompareOp::Lt,
            1 => CompareOp::Le,
            3 => CompareOp::Ne,
            4 => CompareOp::Gt,
            5 => CompareOp::Ge,
            _ => CompareOp::Eq,
        }
    }

    /// The operation with its operands exchanged.
    pub fn swapped(self) -> Self {
        match self {
            CompareOp::Lt => CompareOp::Gt,
            CompareOp::Le => CompareOp::Ge,
            CompareOp::Gt => CompareOp::Lt,
            CompareOp::Ge => CompareOp::Le,
            same => same,
        }
    }

    /// How Python writes it.
    pub fn symbol(self) -> &'static str {
        ["<", "<=", "==", "!=", ">", ">="][self as usize]
    }

    /// What the comparison says of an ordering.
    #[inline]
    pub fn holds(self, ordering: core::cmp::Ordering) -> bool {
        match self {
            CompareOp::Lt => ordering.is_lt(),
            CompareOp::Le => ordering.is_le(),
            CompareOp::Eq => ordering.is_eq(),
            CompareOp::Ne => ordering.is_ne(),
            CompareOp::Gt => ordering.is_gt(),
            CompareOp::Ge => ordering.is_ge(),
        }
    }
}

/// Methods of borrowed objects. Typed structs reach them too: they deref to `PyObject`.
pub trait ObjectExt {
    /// The address, as C wants it.
    fn as_ptr(&self) -> *mut PyObject;
    /// Its type (`Py_TYPE`).
    fn class(&self) -> &TypeObject;
    /// A new owned reference.
    fn owned(&self) -> Obj;
    /// Identity: Python's `is`.
    fn is(&self, other: &PyObject) -> bool;
    /// Whether it is `None`.
    fn is_none(&self) -> bool;
    /// As `T` or a subclass of it.
    fn downcast<T: PyType>(&self) -> Option<&T>;
    /// As exactly `T`, no subclass.
    fn downcast_exact<T: PyType>(&self) -> Option<&T>;
    /// As `T` or a subclass, owned.
    fn downcast_owned<T: PyType>(&self) -> Option<Py<T>>;
    /// As `T` without looking.
    ///
    /// # Safety
    /// It is a `T`.
    unsafe fn downcast_unchecked<T: PyType>(&self) -> &T;
    /// The number of references (`Py_REFCNT`); huge for immortal objects.
    fn refcount(&self) -> u32;
    /// Whether its count never changes.
    fn is_immortal(&self) -> bool;
    /// Makes its count never change again.
    fn make_immortal(&self);
}

impl ObjectExt for PyObject {
    #[inline(always)]
    fn as_ptr(&self) -> *mut PyObject {
        core::ptr::from_ref(self).cast_mut()
    }

    #[inline(always)]
    fn class(&self) -> &TypeObject {
        // SAFETY: a live object's type is alive.
        unsafe { &*self.ob_type.get().cast() }
    }

    #[inline(always)]
    fn owned(&self) -> Obj {
        // SAFETY: a borrowed object is alive.
        unsafe { Obj::from_borrowed(self.as_ptr()) }
    }

    #[inline(always)]
    fn is(&self, other: &PyObject) -> bool {
        core::ptr::eq(self, other)
    }

    #[inline(always)]
    fn is_none(&self) -> bool {
        self.is(super::none_ref())
    }

    #[inline(always)]
    fn downcast<T: PyType>(&self) -> Option<&T> {
        // SAFETY: the check was made.
        if T::check(self) { Some(unsafe { self.downcast_unchecked() }) } else { None }
    }

    #[inline(always)]
    fn downcast_exact<T: PyType>(&self) -> Option<&T> {
        // SAFETY: the check was made.
        if T::check_exact(self) { Some(unsafe { self.downcast_unchecked() }) } else { None }
    }

    #[inline]
    fn downcast_owned<T: PyType>(&self) -> Option<Py<T>> {
        self.downcast::<T>().map(PyType::to_owned)
    }

    #[inline(always)]
    unsafe fn downcast_unchecked<T: PyType>(&self) -> &T {
        // SAFETY: the caller's promise.
        unsafe { &*core::ptr::from_ref(self).cast() }
    }

    #[inline]
    fn refcount(&self) -> u32 {
        self.ob_refcnt.get()
    }

    #[inline]
    fn is_immortal(&self) -> bool {
        (self.ob_refcnt.get() as i32) < 0
    }

    fn make_immortal(&self) {
        self.ob_refcnt.set(taipan_abi::_Py_IMMORTAL_INITIAL_REFCNT);
        self.ob_flags.set(self.ob_flags.get() | taipan_abi::_Py_IMMORTAL_FLAGS);
    }
}
