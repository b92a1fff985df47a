//! [`Value`]: what locals and the value stack hold.
//!
//! A 64-bit word whose low two bits say what it is:
//!
//! | bits | meaning |
//! |---|---|
//! | `00` | an owned reference: the word is the address |
//! | `01` | a borrowed reference: the object is immortal, or something of this frame or a caller's keeps it alive |
//! | `11` | an integer of 62 bits without an object |
//!
//! The word 1 (a borrowed null) is "nothing". Values are copied freely, and whoever consumes one closes it or passes it
//! on, exactly once: that discipline is the interpreter's, as it is CPython's. The methods are therefore safe to *name*
//! everywhere in this crate, and `pub(crate)` where they touch counts.

#![expect(unsafe_code, reason = "the interpreter's value stack counts references by hand")]

use taipan_objects::model::gc::Visitor;
use taipan_objects::prelude::*;

/// A word of the value stack or of a frame's locals.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(transparent)]
pub struct Value(u64);

const TAG: u64 = 3;
const BORROWED: u64 = 1;
const INT: u64 = 3;

/// The greatest integer that needs no object.
pub(crate) const MAX_INT: i64 = (1 << 61) - 1;
/// The least integer that needs no object.
pub(crate) const MIN_INT: i64 = -(1 << 61);

impl Value {
    /// Nothing.
    pub(crate) const NULL: Value = Value(BORROWED);

    /// Takes over an owned reference.
    #[inline(always)]
    pub(crate) fn owned(object: impl Into<Obj>) -> Value {
        Value(object.into().into_raw() as u64)
    }

    /// A reference that something else keeps alive.
    #[inline(always)]
    pub(crate) fn borrowed(object: &PyObject) -> Value {
        Value(object.as_ptr() as u64 | BORROWED)
    }

    /// A new reference: borrowed where the object is immortal.
    #[inline(always)]
    pub(crate) fn new_ref(object: &PyObject) -> Value {
        if object.is_immortal() { Value::borrowed(object) } else { Value::owned(object.owned()) }
    }

    /// Takes over a reference that C code returned, which is not null.
    #[inline(always)]
    pub(crate) fn from_raw(pointer: *mut PyObject) -> Value {
        Value(pointer as u64)
    }

    /// An integer that is known to fit.
    #[inline(always)]
    pub(crate) const fn small(value: i64) -> Value {
        Value(((value as u64) << 2) | INT)
    }

    /// An integer.
    #[inline(always)]
    pub(crate) fn int(value: i64) -> Value {
        match Value::fitting(value) {
            Some(value) => value,
            None => Value::owned(PyInt::from_i64(value)),
        }
    }

    /// An integer that needs no object.
    #[inline(always)]
    pub(crate) fn fitting(value: i64) -> Option<Value> {
        let fits = value.wrapping_sub(MIN_INT) as u64 <= MAX_INT.wrapping_sub(MIN_INT) as u64;
        fits.then_some(Value::small(value))
    }

    /// `True` or `False`.
    #[inline(always)]
    pub(crate) fn bool(value: bool) -> Value {
        Value::borrowed(taipan_objects::types::bool::bool_ref(value))
    }

    /// `None`.
    #[inline(always)]
    pub(crate) fn none() -> Value {
        Value::borrowed(none_ref())
    }

    /// The address of the object of a word that another process holds; 0 where there is none.
    pub(crate) fn address_in(word: u64) -> u64 {
        if Value(word).is_int() { 0 } else { word & !TAG }
    }

    #[inline(always)]
    pub(crate) fn is_null(self) -> bool {
        self.0 == BORROWED
    }

    #[inline(always)]
    pub(crate) fn is_int(self) -> bool {
        self.0 & TAG == INT
    }

    /// Whether it owns a count.
    #[inline(always)]
    pub(crate) fn is_owned(self) -> bool {
        self.0 & TAG == 0
    }

    /// Of an integer without object.
    #[inline(always)]
    pub(crate) fn int_value(self) -> i64 {
        (self.0 as i64) >> 2
    }

    /// The word.
    #[cfg_attr(any(debug_assertions, miri), expect(dead_code, reason = "for the chain"))]
    #[inline(always)]
    pub(crate) fn bits(self) -> u64 {
        self.0
    }

    /// The value of a word.
    ///
    /// # Safety
    /// It is one that [`Value::bits`] gave, and stands for the value it came from.
    #[cfg_attr(any(debug_assertions, miri), expect(dead_code, reason = "for the chain"))]
    #[inline(always)]
    pub(crate) unsafe fn from_bits(bits: u64) -> Value {
        Value(bits)
    }

    /// The address; meaningless for integers, null for nothing.
    #[inline(always)]
    pub(crate) fn ptr(self) -> *mut PyObject {
        (self.0 & !TAG) as *mut PyObject
    }

    /// The object of a value that has one. The borrow is good as long as the value is.
    #[inline(always)]
    pub(crate) fn object<'a>(self) -> &'a PyObject {
        debug_assert!(!self.is_null() && !self.is_int());
        // SAFETY: the value keeps the object alive, by its count or by what it borrows from.
        unsafe { &*self.ptr() }
    }

    /// As a `T`.
    ///
    /// # Safety
    /// It is one.
    #[inline(always)]
    pub(crate) unsafe fn cast<'a, T: PyType>(self) -> &'a T {
        // SAFETY: the caller's promise.
        unsafe { &*self.ptr().cast() }
    }

    /// The object of a value that has one; `None` for integers and nothing.
    #[inline(always)]
    pub(crate) fn object_opt<'a>(self) -> Option<&'a PyObject> {
        if self.is_int() || self.is_null() { None } else { Some(self.object()) }
    }

    /// Whether it is this very object.
    #[inline(always)]
    pub(crate) fn is(self, object: &PyObject) -> bool {
        !self.is_int() && core::ptr::eq(self.ptr(), object)
    }

    /// Whether it is `True`.
    #[inline(always)]
    pub(crate) fn is_true(self) -> bool {
        self.is(taipan_objects::types::bool::bool_ref(true))
    }

    /// Whether it is `False`.
    #[inline(always)]
    pub(crate) fn is_false(self) -> bool {
        self.is(taipan_objects::types::bool::bool_ref(false))
    }

    #[inline(always)]
    pub(crate) fn is_none(self) -> bool {
        self.is(none_ref())
    }

    /// Gives up the value.
    #[inline(always)]
    pub(crate) fn close(self) {
        if self.is_owned() {
            // SAFETY: the value owned a count.
            unsafe { taipan_objects::model::decref(self.ptr()) }
        }
    }

    /// Gives up the count of an owned value; whether it was the last one, so that the object is to be destroyed.
    #[inline(always)]
    pub(crate) fn release(self) -> bool {
        // SAFETY: the value owns a count.
        unsafe { taipan_objects::model::release(self.ptr()) }
    }

    /// A second value; a borrowed one stays borrowed.
    #[inline(always)]
    pub(crate) fn dup(self) -> Value {
        if self.is_owned() {
            // SAFETY: the value keeps its object alive.
            unsafe { taipan_objects::model::incref(self.ptr()) }
        }
        self
    }

    /// A second value that borrows from this one.
    #[inline(always)]
    pub(crate) fn borrow(self) -> Value {
        Value(self.0 | BORROWED)
    }

    /// The value as one that may outlive the frame.
    #[inline(always)]
    pub(crate) fn heap_safe(self) -> Value {
        if self.0 & TAG == BORROWED && !self.is_null() { Value::new_ref(self.object()) } else { self }
    }

    /// Consumes the value for an object.
    #[inline(always)]
    pub(crate) fn into_obj(self) -> Obj {
        if self.is_owned() {
            // SAFETY: the count passes on.
            unsafe { Obj::from_raw(self.ptr()) }
        } else {
            self.to_obj()
        }
    }

    /// A new reference to the object.
    #[inline(always)]
    pub(crate) fn to_obj(self) -> Obj {
        if self.is_int() { PyInt::from_i64(self.int_value()).into_obj() } else { self.object().owned() }
    }

    /// As [`Value::into_obj`], `None` for nothing.
    #[inline(always)]
    pub(crate) fn into_obj_opt(self) -> Option<Obj> {
        if self.is_null() { None } else { Some(self.into_obj()) }
    }

    /// Shows the reference to the collector.
    pub(crate) fn visit(self, visitor: &mut Visitor) {
        if self.is_owned() {
            visitor.visit(self.object());
        }
    }
}
