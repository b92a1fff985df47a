//! A field that holds no references.

use core::cell::Cell;
use taipan_objects::model::gc::{Traverse, Visitor};

/// A cell for plain values that hold no references.
pub struct Plain<T>(Cell<T>);

impl<T: Copy> Plain<T> {
    pub fn new(value: T) -> Self {
        Plain(Cell::new(value))
    }
    pub fn get(&self) -> T {
        self.0.get()
    }
    pub fn set(&self, value: T) {
        self.0.set(value);
    }
}

impl<T> Traverse for Plain<T> {
    fn traverse(&self, _: &mut Visitor) {}
}
