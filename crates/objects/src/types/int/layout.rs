//! The memory of an integer: shared small ones, new ones, digits.

#![expect(unsafe_code, reason = "digits lie behind the head, as many as the tag says")]

use super::{PyInt, PyLong_Type};
use crate::model::{ObjectExt, Py, PyObject, PyResult, PyType, TypeObject, thread};
use core::cell::Cell;
use core::mem::offset_of;
use taipan_abi::{_Py_IMMORTAL_INITIAL_REFCNT, _Py_STATIC_FLAG_BITS, PyTypeObject};
use taipan_kernels::int::{IntRef, MASK, SHIFT};

pub const SIGN_MASK: usize = 3;
pub const ZERO: usize = 1;
pub const NEGATIVE: usize = 2;
/// Where the number of digits begins in the tag.
pub const SIZE_SHIFT: u32 = 3;
/// Marks a shared small integer.
const SMALL: usize = 4;
/// The least and the number of the shared integers.
const FIRST_SMALL: i64 = -5;
const SMALL_COUNT: usize = 262;
const DIGITS: usize = offset_of!(PyInt, digits);

/// An integer in a C variable.
#[repr(transparent)]
pub struct StaticInt(PyInt);

// SAFETY: immortal, and an integer never changes.
unsafe impl Sync for StaticInt {}

impl StaticInt {
    /// An integer of this type, for `True`, `False` and the small ones. `mark` are more bits of the tag.
    pub(crate) const fn new(class: *mut PyTypeObject, value: i32, mark: usize) -> Self {
        let sign = if value == 0 {
            ZERO
        } else if value < 0 {
            NEGATIVE
        } else {
            0
        };
        let lv_tag = sign | mark | ((value != 0) as usize) << SIZE_SHIFT;
        StaticInt(PyInt { ob_base: static_head(class), lv_tag, digits: [value.unsigned_abs()] })
    }

    #[inline(always)]
    pub const fn get(&'static self) -> &'static PyInt {
        &self.0
    }
}

/// The head of an immortal object in a static.
pub(crate) const fn static_head(class: *mut PyTypeObject) -> PyObject {
    PyObject {
        ob_refcnt: Cell::new(_Py_IMMORTAL_INITIAL_REFCNT),
        ob_overflow: Cell::new(0),
        ob_flags: Cell::new(_Py_STATIC_FLAG_BITS),
        ob_type: Cell::new(class),
    }
}

static SMALL_INTS: [StaticInt; SMALL_COUNT] = {
    let mut table = [const { StaticInt::new(PyLong_Type.get().raw(), 0, SMALL) }; SMALL_COUNT];
    let mut i = 0;
    while i < SMALL_COUNT {
        table[i] = StaticInt::new(PyLong_Type.get().raw(), i as i32 + FIRST_SMALL as i32, SMALL);
        i += 1;
    }
    table
};

/// The shared integer of this value, if it is one of the small ones.
#[inline(always)]
pub fn small(value: i64) -> Option<&'static PyInt> {
    SMALL_INTS.get(value.wrapping_sub(FIRST_SMALL) as usize).map(StaticInt::get)
}

#[inline(always)]
fn tag(negative: bool, size: usize) -> usize {
    let sign = if size == 0 {
        ZERO
    } else if negative {
        NEGATIVE
    } else {
        0
    };
    size << SIZE_SHIFT | sign
}

#[inline]
pub fn from_i64(value: i64) -> Py<PyInt> {
    if let Some(shared) = small(value) {
        return shared.to_owned();
    }
    let magnitude = value.unsigned_abs();
    if magnitude <= MASK as u64 {
        return one_digit(value < 0, magnitude as u32);
    }
    from_u128(value < 0, magnitude as u128)
}

/// A new integer of one digit, which is not zero.
#[inline]
fn one_digit(negative: bool, digit: u32) -> Py<PyInt> {
    let class = PyInt::type_object();
    let mut object = thread::current().interpreter().free_lists.ints.take(class.raw());
    if object.is_null() {
        object = fresh(class, 1);
    }
    // SAFETY: the object is new and has room for a digit.
    unsafe { fill_one(object.cast(), negative, digit) }
}

/// # Safety
/// The object is new and has room for a digit.
#[inline(always)]
unsafe fn fill_one(object: *mut PyInt, negative: bool, digit: u32) -> Py<PyInt> {
    // SAFETY: the caller's promise.
    unsafe {
        (*object).lv_tag = tag(negative, 1);
        (*object).digits[0] = digit;
        Py::from_raw(object)
    }
}

/// The integer as an object, where that needs no call: a shared one, or one digit in memory that is at hand.
#[inline(always)]
pub(super) fn at_hand(thread: &thread::ThreadState, value: i64) -> Option<Py<PyInt>> {
    if let Some(shared) = small(value) {
        return Some(shared.to_owned());
    }
    let magnitude = value.unsigned_abs();
    if magnitude > MASK as u64 || crate::memory::tracer::is_active() {
        return None;
    }
    let object = thread.interpreter().free_lists.ints.take_untold(PyInt::type_object().raw());
    // SAFETY: the object, if there is one, is new and has room for a digit.
    (!object.is_null()).then(|| unsafe { fill_one(object.cast(), value < 0, magnitude as u32) })
}

#[cold]
#[inline(never)]
fn fresh(class: &TypeObject, digits: usize) -> *mut PyObject {
    match crate::memory::alloc_untracked(class, digits.max(1)) {
        Ok(object) => object,
        Err(raised) => {
            crate::errors::clear(raised);
            crate::memory::surely(|| crate::memory::alloc_untracked(class, digits.max(1)))
        }
    }
}

#[cold]
pub fn from_u128(negative: bool, magnitude: u128) -> Py<PyInt> {
    let mut digits = [0u32; 5];
    let (mut rest, mut length) = (magnitude, 0);
    while rest != 0 {
        digits[length] = rest as u32 & MASK;
        rest >>= SHIFT;
        length += 1;
    }
    from_view(IntRef { negative, digits: &digits[..length] })
}

/// An integer of these digits, which are normalised.
pub fn from_view(value: IntRef<'_>) -> Py<PyInt> {
    let IntRef { negative, digits } = value;
    match *digits {
        [] => from_i64(0),
        [digit] => from_i64(if negative { -(digit as i64) } else { digit as i64 }),
        _ => {
            let object = fresh(PyInt::type_object(), digits.len()).cast::<PyInt>();
            // SAFETY: the object is new and has room for the digits.
            unsafe { fill(object, negative, digits) };
            // SAFETY: the reference passes to the result.
            unsafe { Py::from_raw(object) }
        }
    }
}

/// # Safety
/// The object is new and has room for the digits, and for one at least.
unsafe fn fill(object: *mut PyInt, negative: bool, digits: &[u32]) {
    // SAFETY: the caller's promise.
    unsafe {
        (*object).lv_tag = tag(negative, digits.len());
        let out = object.cast::<u8>().add(DIGITS).cast::<u32>();
        out.write(0);
        core::ptr::copy_nonoverlapping(digits.as_ptr(), out, digits.len());
    }
}

/// An integer whose digits `write` computes in place: it is given `capacity` zeros and says how many it used.
pub fn build(
    negative: bool,
    capacity: usize,
    write: impl FnOnce(&mut [u32]) -> usize,
) -> PyResult<Py<PyInt>> {
    if capacity <= 8 {
        let mut digits = [0u32; 8];
        let length = write(&mut digits[..capacity]);
        return Ok(from_view(IntRef { negative, digits: &digits[..length] }));
    }
    if capacity > isize::MAX as usize / 8 {
        return Err(raised!(MemoryError));
    }
    let object = crate::memory::alloc_untracked(PyInt::type_object(), capacity)?.cast::<PyInt>();
    // SAFETY: the object is new, zeroed, and has room for so many digits.
    let length = unsafe {
        (*object).lv_tag = tag(false, 0);
        write(core::slice::from_raw_parts_mut(object.cast::<u8>().add(DIGITS).cast::<u32>(), capacity))
    };
    // SAFETY: as before; the reference passes to the result.
    let result = unsafe {
        (*object).lv_tag = tag(negative, length);
        Py::from_raw(object)
    };
    // One digit at most must be the shared or short form.
    if length <= 1 { Ok(from_view(result.view())) } else { Ok(result) }
}

/// An instance of a subclass with the same value.
pub fn subclass_instance(class: &TypeObject, value: &PyInt) -> PyResult<Py<PyInt>> {
    let digits = value.digits();
    let object = alloc_in(class, digits.len().max(1))?.cast::<PyInt>();
    // SAFETY: the object is new and has room for the digits.
    unsafe {
        fill(object, value.is_negative(), digits);
        Ok(Py::from_raw(object))
    }
}

/// Memory for an instance of a class through its `tp_alloc`.
fn alloc_in(class: &TypeObject, items: usize) -> PyResult<*mut PyObject> {
    match class.tp_alloc() {
        // SAFETY: a class's allocator makes an object of it, or sets an exception.
        Some(alloc) => unsafe {
            let object = alloc(class.raw(), items as isize);
            if object.is_null() { Err(crate::model::Raised::claim()) } else { Ok(object) }
        },
        None => crate::memory::alloc(class, items),
    }
}

impl PyInt {
    /// The digits of the magnitude, least significant first, normalised.
    #[inline(always)]
    pub fn digits(&self) -> &[u32] {
        // SAFETY: the tag counts the digits behind the head, and an integer never changes.
        unsafe {
            core::slice::from_raw_parts(
                self.as_ptr().cast::<u8>().add(DIGITS).cast::<u32>(),
                self.lv_tag >> SIZE_SHIFT,
            )
        }
    }
}

/// `tp_dealloc`: short integers go to the free list.
///
/// # Safety
/// The last reference to an integer is gone.
pub unsafe extern "C" fn dealloc(object: *mut PyObject) {
    // SAFETY: nobody reaches the object any more.
    unsafe {
        let int = &*object.cast::<PyInt>();
        if int.lv_tag & SMALL != 0 {
            // A count of an immortal object was taken by mistake: old extensions do that.
            int.make_immortal();
            return;
        }
        if int.is_compact()
            && PyInt::check_exact(int)
            && thread::current().interpreter().free_lists.ints.give(object)
        {
            return;
        }
        crate::memory::free_object(object);
    }
}
