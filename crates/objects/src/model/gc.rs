//! Traversal: how the collector reaches the references that a struct's fields hold.

#![expect(unsafe_code, reason = "calls the C visitor")]

use super::{Obj, ObjCell, ObjectExt, Py, PyObject, PyType};
use core::cell::Cell;
use core::ffi::{c_int, c_void};
use taipan_abi::visitproc;

pub use super::spec::{clear_fields, traverse_fields};

/// The collector's callback, as Rust sees it.
pub struct Visitor {
    visit: visitproc,
    data: *mut c_void,
    status: c_int,
}

impl Visitor {
    /// From the two arguments of a `tp_traverse` slot.
    pub fn new(visit: visitproc, data: *mut c_void) -> Self {
        Visitor { visit, data, status: 0 }
    }

    /// Shows one reference; does nothing once the callback asked to stop.
    #[inline]
    pub fn visit(&mut self, object: &PyObject) {
        if self.status == 0 {
            // SAFETY: the callback came with its data.
            self.status = unsafe { (self.visit)(object.as_ptr(), self.data) };
        }
    }

    /// Lets a C `tp_traverse` show what it knows of an object.
    pub fn visit_with(&mut self, object: &PyObject, traverse: taipan_abi::traverseproc) {
        if self.status == 0 {
            // SAFETY: the callback came with its data.
            self.status = unsafe { traverse(object.as_ptr(), self.visit, self.data) };
        }
    }

    /// What the slot returns.
    pub fn finish(self) -> c_int {
        self.status
    }
}

/// A field, or a struct of fields, that may hold references.
pub trait Traverse {
    /// Shows every reference to the visitor.
    fn traverse(&self, visitor: &mut Visitor);
    /// Gives up the references that can be part of a cycle.
    ///
    /// Where this trait is in scope, `values.borrow_mut().clear()` on a `RefCell<Vec<…>>` means this method, which empties
    /// nothing: write `Vec::clear(&mut …)`.
    fn drop_references(&self) {}
}

impl Traverse for Obj {
    #[inline]
    fn traverse(&self, visitor: &mut Visitor) {
        visitor.visit(self);
    }
}

impl<T: PyType> Traverse for Py<T> {
    #[inline]
    fn traverse(&self, visitor: &mut Visitor) {
        visitor.visit(self);
    }
}

impl Traverse for ObjCell {
    #[inline]
    fn traverse(&self, visitor: &mut Visitor) {
        // SAFETY: visitors run no Python code.
        if let Some(object) = unsafe { self.peek() } {
            visitor.visit(object);
        }
    }
    fn drop_references(&self) {
        self.set(None);
    }
}

impl<T: Traverse> Traverse for Option<T> {
    #[inline]
    fn traverse(&self, visitor: &mut Visitor) {
        if let Some(value) = self {
            value.traverse(visitor);
        }
    }
}

impl<T: Traverse> Traverse for Vec<T> {
    fn traverse(&self, visitor: &mut Visitor) {
        self.iter().for_each(|value| value.traverse(visitor));
    }
}

impl<T: Traverse> Traverse for Box<[T]> {
    fn traverse(&self, visitor: &mut Visitor) {
        self.iter().for_each(|value| value.traverse(visitor));
    }
}

impl<T: Traverse> Traverse for core::cell::RefCell<T> {
    fn traverse(&self, visitor: &mut Visitor) {
        // A field that is borrowed mutably is being changed by running code, which then holds what is in it.
        if let Ok(value) = self.try_borrow() {
            value.traverse(visitor);
        }
    }
}

macro_rules! plain {
    ($($ty:ty),* $(,)?) => {
        $(
            impl Traverse for $ty {
                #[inline(always)]
                fn traverse(&self, _: &mut Visitor) {}
            }
            impl Traverse for Cell<$ty> {
                #[inline(always)]
                fn traverse(&self, _: &mut Visitor) {}
            }
        )*
    };
}

plain!(bool, i8, u8, i16, u16, i32, u32, i64, u64, isize, usize, f64, String, &'static str);

impl<T: 'static> Traverse for *mut T {
    fn traverse(&self, _: &mut Visitor) {}
}

impl<T: 'static> Traverse for *const T {
    fn traverse(&self, _: &mut Visitor) {}
}

impl<T: 'static> Traverse for Cell<*mut T> {
    fn traverse(&self, _: &mut Visitor) {}
}

impl Traverse for taipan_abi::vectorcallfunc {
    fn traverse(&self, _: &mut Visitor) {}
}

impl Traverse for Cell<Option<taipan_abi::vectorcallfunc>> {
    fn traverse(&self, _: &mut Visitor) {}
}
