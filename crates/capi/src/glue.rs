//! Between C's values and ours.

#![expect(unsafe_code, reason = "turns pointers that C passes into references")]

use core::ffi::{CStr, c_char, c_int};
use core::ptr::null_mut;
use taipan_objects::model::trampoline::Returns;
use taipan_objects::prelude::*;

pub type Ref = *mut PyObject;

/// Declares functions of the C API: exported under their names, their bodies run as C's promises allow.
macro_rules! c_api {
    ($($(#[$meta:meta])* fn $name:ident($($arg:ident: $ty:ty),* $(,)?) $(-> $ret:ty)? $body:block)*) => {
        $(
            $(#[$meta])*
            /// As the C API reference says.
            ///
            /// # Safety
            /// Called under the rules of the C API: a thread state is attached, pointers are live or null where the
            /// reference allows it.
            #[unsafe(no_mangle)]
            pub unsafe extern "C" fn $name($($arg: $ty),*) $(-> $ret)? {
                #[allow(unused_unsafe, reason = "some bodies need no promise")]
                // SAFETY: the rules of the C API, which the caller keeps.
                unsafe { $body }
            }
        )*
    };
}

/// A borrowed object.
///
/// # Safety
/// `pointer` is a live object.
#[inline(always)]
pub unsafe fn at<'a>(pointer: Ref) -> &'a PyObject {
    // SAFETY: the caller's promise.
    unsafe { &*pointer }
}

/// A borrowed object, or none for null.
///
/// # Safety
/// `pointer` is a live object or null.
#[inline(always)]
pub unsafe fn opt<'a>(pointer: Ref) -> Option<&'a PyObject> {
    // SAFETY: the caller's promise.
    unsafe { pointer.as_ref() }
}

/// A borrowed type.
///
/// # Safety
/// `pointer` is a live type.
#[inline(always)]
pub unsafe fn class_at<'a>(pointer: *mut taipan_abi::PyTypeObject) -> &'a TypeObject {
    // SAFETY: the caller's promise.
    unsafe { TypeObject::from_raw(pointer) }
}

/// Runs an expression with borrowed objects of these names; an error where one is null.
macro_rules! given {
    ($($name:ident),+ => $body:expr) => {
        (|| {
            $(let $name = given($name)?;)+
            $body
        })()
    };
}

/// A borrowed object; `SystemError` for null, unless an exception says already why it is null.
///
/// # Safety
/// `pointer` is a live object or null.
#[inline(always)]
pub unsafe fn given<'a>(pointer: Ref) -> PyResult<&'a PyObject> {
    // SAFETY: the caller's promise.
    unsafe { pointer.as_ref() }.ok_or_else(missing)
}

#[cold]
fn missing() -> Raised {
    if taipan_objects::errors::occurred() {
        return Raised::claim();
    }
    raised!(SystemError, "null argument to internal routine")
}

/// The object as `T`; `SystemError` (bad internal call) where it is none.
///
/// # Safety
/// `pointer` is a live object or null.
#[inline]
pub unsafe fn typed<'a, T: PyType>(pointer: Ref) -> PyResult<&'a T> {
    // SAFETY: the caller's promise.
    match unsafe { pointer.as_ref() }.and_then(|object| object.downcast::<T>()) {
        Some(object) => Ok(object),
        None => Err(bad_call()),
    }
}

/// What `PyErr_BadInternalCall` raises.
#[cold]
pub fn bad_call() -> Raised {
    raised!(SystemError, "bad argument to internal function")
}

/// A new reference, or null with the exception set.
#[inline(always)]
pub fn new_ref(result: impl Returns) -> Ref {
    result.into_raw()
}

/// A borrowed reference to what somebody else keeps alive, or null with the exception set.
#[inline]
pub fn lent(result: PyResult<Option<Obj>>) -> Ref {
    match result {
        // The container still owns the object.
        Ok(Some(object)) => object.as_ptr(),
        _ => null_mut(),
    }
}

/// 0, or -1 with the exception set.
#[inline(always)]
pub fn status(result: PyResult<()>) -> c_int {
    if result.is_ok() { 0 } else { -1 }
}

/// 1 or 0, or -1 with the exception set.
#[inline(always)]
pub fn truth(result: PyResult<bool>) -> c_int {
    result.map_or(-1, c_int::from)
}

/// A length, or -1 with the exception set.
#[inline(always)]
pub fn size(result: PyResult<usize>) -> isize {
    result.map_or(-1, |size| size as isize)
}

/// Text that C passes, as UTF-8; what is not is replaced.
///
/// # Safety
/// `text` is a terminated string.
pub unsafe fn text<'a>(text: *const c_char) -> std::borrow::Cow<'a, str> {
    // SAFETY: the caller's promise.
    unsafe { CStr::from_ptr(text) }.to_string_lossy()
}

/// A string object of text that C passes.
///
/// # Safety
/// `text` is a terminated string.
pub unsafe fn string(pointer: *const c_char) -> Py<PyStr> {
    // SAFETY: the caller's promise.
    PyStr::new(&unsafe { text(pointer) })
}

/// A string object of UTF-8 that C passes; `UnicodeDecodeError` where it is none.
///
/// # Safety
/// `text` is a terminated string or null.
pub unsafe fn utf8(text: *const c_char) -> PyResult<Py<PyStr>> {
    if text.is_null() {
        return Err(missing());
    }
    // SAFETY: the caller's promise.
    let bytes = unsafe { CStr::from_ptr(text) }.to_bytes();
    taipan_objects::codecs::decode_bytes(bytes, None, Some("utf-8"), None)
}

/// Arguments that C passes in an array.
///
/// # Safety
/// `args` holds `count` live objects.
pub unsafe fn slice<'a>(args: *const Ref, count: usize) -> &'a [&'a PyObject] {
    if count == 0 {
        return &[];
    }
    // SAFETY: the caller's promise; a reference has the bits of a pointer that is not null.
    unsafe { core::slice::from_raw_parts(args.cast(), count) }
}

/// Clears what a function that cannot fail raised.
pub fn swallow<T>(result: PyResult<T>) -> Option<T> {
    match result {
        Ok(value) => Some(value),
        Err(raised) => {
            taipan_objects::errors::clear(raised);
            None
        }
    }
}

/// As [`swallow`], but the exception is reported.
pub fn unraisable<T>(result: PyResult<T>, place: &str) -> Option<T> {
    match result {
        Ok(value) => Some(value),
        Err(raised) => {
            let message = format!("Exception ignored in {place}");
            taipan_objects::errors::write_unraisable(raised, Some(&message), None);
            None
        }
    }
}

/// What functions with an optional result give: 1 and a new reference, 0 and null, or -1 with the exception set.
///
/// # Safety
/// `out` is valid for a write.
pub unsafe fn optional(result: PyResult<Option<Obj>>, out: *mut Ref) -> c_int {
    let (status, object) = match result {
        Ok(Some(object)) => (1, object.into_raw()),
        Ok(None) => (0, null_mut()),
        Err(_) => (-1, null_mut()),
    };
    // SAFETY: the caller's promise.
    unsafe { *out = object };
    status
}

/// `start:end`.
pub fn plain_slice(start: isize, end: isize) -> Obj {
    let number = |value: isize| PyInt::from_i64(value as i64).into_obj();
    taipan_objects::types::slice::PySlice::new(number(start), number(end), none()).into_obj()
}

unsafe extern "C" {
    fn taipan_write_to_file(file: *mut core::ffi::c_void, bytes: *const u8, length: usize);
}

/// Writes to a C file.
///
/// # Safety
/// `file` is an open `FILE *`.
pub unsafe fn print_to(file: *mut core::ffi::c_void, bytes: &[u8]) {
    // SAFETY: the caller's promise.
    unsafe { taipan_write_to_file(file, bytes.as_ptr(), bytes.len()) };
}
