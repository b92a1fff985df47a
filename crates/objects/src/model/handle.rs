//! Owned references, and the result type of everything that can raise.
//!
//! An [`Obj`] owns one count of its object: cloning increments, dropping decrements, and the last drop destroys. A
//! [`Py<T>`] is the same with the type known. Both are one non-null pointer, so `PyResult<Obj>` has the bits of a
//! nullable C pointer.

#![expect(unsafe_code, reason = "the one door between raw pointers and references")]

use super::{ObjectExt, PyObject, PyType};
use core::fmt;
use core::mem::ManuallyDrop;
use core::ops::Deref;
use core::ptr::NonNull;
use taipan_abi::_Py_IMMORTAL_INITIAL_REFCNT;

/// Zero-sized proof that an exception is set in this thread.
#[derive(Debug, PartialEq, Eq)]
#[must_use = "the exception is set: pass it on or clear it"]
pub struct Raised(());

impl Raised {
    /// Claims that an exception is set. Called where one was just set, or where C code said so.
    #[inline]
    pub fn claim() -> Self {
        Raised(())
    }
}

/// What an operation that can raise gives back.
pub type PyResult<T = Obj> = Result<T, Raised>;

/// Adds one count.
///
/// # Safety
/// `object` points to a live object.
#[inline(always)]
pub unsafe fn incref(object: *mut PyObject) {
    // SAFETY: the caller's promise.
    let count = unsafe { &(*object).ob_refcnt };
    let now = count.get();
    if now < _Py_IMMORTAL_INITIAL_REFCNT {
        count.set(now + 1);
    }
}

/// Takes one count away and destroys the object when it was the last.
///
/// # Safety
/// `object` points to a live object of whose counts the caller owns one, which is gone afterwards.
#[inline(always)]
pub unsafe fn decref(object: *mut PyObject) {
    // SAFETY: the caller's promise; after the last count nobody owns one.
    unsafe {
        if release(object) {
            crate::memory::destroy(object)
        }
    }
}

/// Drops a count; whether it was the last one, so that the caller is to destroy the object.
///
/// # Safety
/// As for [`decref`].
#[inline(always)]
pub unsafe fn release(object: *mut PyObject) -> bool {
    // SAFETY: the caller's promise.
    let count = unsafe { &(*object).ob_refcnt };
    let now = count.get();
    if (now as i32) < 0 {
        return false;
    }
    count.set(now - 1);
    now == 1
}

/// An owned reference to an object.
#[repr(transparent)]
pub struct Obj(NonNull<PyObject>);

impl Obj {
    /// Takes over a count that the caller owns.
    ///
    /// # Safety
    /// `pointer` is not null, points to a live object, and one of its counts passes to the result.
    #[inline(always)]
    pub unsafe fn from_raw(pointer: *mut PyObject) -> Self {
        // SAFETY: the caller's promise.
        Obj(unsafe { NonNull::new_unchecked(pointer) })
    }

    /// As [`Obj::from_raw`], for what C code returns: null means that an exception is set.
    ///
    /// # Safety
    /// As [`Obj::from_raw`], or null.
    #[inline(always)]
    pub unsafe fn from_result(pointer: *mut PyObject) -> PyResult {
        NonNull::new(pointer).map(Obj).ok_or(Raised(()))
    }

    /// A new reference to a borrowed object.
    ///
    /// # Safety
    /// `pointer` is not null and points to a live object.
    #[inline(always)]
    pub unsafe fn from_borrowed(pointer: *mut PyObject) -> Self {
        // SAFETY: the caller's promise.
        unsafe {
            incref(pointer);
            Self::from_raw(pointer)
        }
    }

    /// Gives the count to the caller.
    #[inline(always)]
    pub fn into_raw(self) -> *mut PyObject {
        ManuallyDrop::new(self).0.as_ptr()
    }

    /// The object as `T`, or itself again.
    pub fn downcast_into<T: PyType>(self) -> Result<Py<T>, Obj> {
        if T::check(&self) {
            // SAFETY: the check was made.
            Ok(unsafe { self.downcast_unchecked() })
        } else {
            Err(self)
        }
    }

    /// The object as `T`.
    ///
    /// # Safety
    /// It is a `T`.
    #[inline(always)]
    pub unsafe fn downcast_unchecked<T: PyType>(self) -> Py<T> {
        Py(ManuallyDrop::new(self).0.cast())
    }
}

impl Clone for Obj {
    #[inline(always)]
    fn clone(&self) -> Self {
        // SAFETY: a held reference keeps its object alive.
        unsafe { Self::from_borrowed(self.0.as_ptr()) }
    }
}

impl Drop for Obj {
    #[inline(always)]
    fn drop(&mut self) {
        // SAFETY: the reference owns the count it gives up.
        unsafe { decref(self.0.as_ptr()) }
    }
}

impl Deref for Obj {
    type Target = PyObject;
    #[inline(always)]
    fn deref(&self) -> &PyObject {
        // SAFETY: a held reference keeps its object alive.
        unsafe { self.0.as_ref() }
    }
}

impl AsRef<PyObject> for Obj {
    #[inline(always)]
    fn as_ref(&self) -> &PyObject {
        self
    }
}

impl fmt::Debug for Obj {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<{} object at {:p}>", self.class().name(), self.0)
    }
}

/// An owned reference to a `T`.
#[repr(transparent)]
pub struct Py<T: PyType>(NonNull<T>);

impl<T: PyType> Py<T> {
    /// Takes over a count that the caller owns.
    ///
    /// # Safety
    /// `pointer` is not null, points to a live `T`, and one of its counts passes to the result.
    #[inline(always)]
    pub unsafe fn from_raw(pointer: *mut T) -> Self {
        // SAFETY: the caller's promise.
        Py(unsafe { NonNull::new_unchecked(pointer) })
    }

    /// Gives the count to the caller.
    #[inline(always)]
    pub fn into_raw(self) -> *mut T {
        ManuallyDrop::new(self).0.as_ptr()
    }

    /// Forgets the type.
    #[inline(always)]
    pub fn into_obj(self) -> Obj {
        Obj(ManuallyDrop::new(self).0.cast())
    }
}

impl<T: PyType> Clone for Py<T> {
    #[inline(always)]
    fn clone(&self) -> Self {
        // SAFETY: a held reference keeps its object alive.
        unsafe { incref(self.0.as_ptr().cast()) };
        Py(self.0)
    }
}

impl<T: PyType> Drop for Py<T> {
    #[inline(always)]
    fn drop(&mut self) {
        // SAFETY: the reference owns the count it gives up.
        unsafe { decref(self.0.as_ptr().cast()) }
    }
}

impl<T: PyType> Deref for Py<T> {
    type Target = T;
    #[inline(always)]
    fn deref(&self) -> &T {
        // SAFETY: a held reference keeps its object alive.
        unsafe { self.0.as_ref() }
    }
}

impl<T: PyType> From<Py<T>> for Obj {
    #[inline(always)]
    fn from(value: Py<T>) -> Obj {
        value.into_obj()
    }
}

impl<T: PyType + fmt::Display> fmt::Display for Py<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        T::fmt(self, f)
    }
}

impl<T: PyType> fmt::Debug for Py<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<{} object at {:p}>", T::NAME, self.0)
    }
}

/// Proves at compile time that references are pointers.
const _: () = {
    assert!(size_of::<Obj>() == 8 && size_of::<Option<Obj>>() == 8 && size_of::<PyResult>() == 8);
    assert!(size_of::<Py<crate::types::str::PyStr>>() == 8);
};
