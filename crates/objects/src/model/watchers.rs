//! Watchers of code objects, functions and contexts: C callbacks that hear of what happens to every one of them.
//!
//! An interpreter has room for eight of each kind. Those of dictionaries and types, which are watched one by one, lie with
//! them (`types::dict::watch`, `types::r#type::cache`).

use super::Raised;
use crate::errors;
use core::cell::{Cell, RefCell};
use core::ffi::c_int;
use taipan_abi::{PyCodeObject, PyFunctionObject, PyObject};

/// How many callbacks of a kind there can be.
pub const MAX: usize = 8;

/// `PyCode_WatchCallback`.
pub type CodeWatcher = unsafe extern "C" fn(c_int, *mut PyCodeObject) -> c_int;
/// `PyFunction_WatchCallback`; the last argument is a new value or null.
pub type FunctionWatcher = unsafe extern "C" fn(c_int, *mut PyFunctionObject, *mut PyObject) -> c_int;
/// `PyContext_WatchCallback`.
pub type ContextWatcher = unsafe extern "C" fn(c_int, *mut PyObject) -> c_int;

/// The callbacks of one kind.
pub struct Callbacks<F: Copy> {
    places: RefCell<[Option<F>; MAX]>,
    count: Cell<usize>,
}

impl<F: Copy> Default for Callbacks<F> {
    fn default() -> Self {
        Callbacks { places: RefCell::new([None; MAX]), count: Cell::new(0) }
    }
}

impl<F: Copy> Callbacks<F> {
    /// Whether there are any.
    #[inline(always)]
    pub fn is_active(&self) -> bool {
        self.count.get() != 0
    }

    /// The number of a new callback, or none where all places are taken.
    pub fn add(&self, callback: F) -> Option<usize> {
        let mut places = self.places.borrow_mut();
        let place = places.iter().position(Option::is_none)?;
        places[place] = Some(callback);
        self.count.set(self.count.get() + 1);
        Some(place)
    }

    /// Forgets a callback; false where there is none.
    pub fn remove(&self, place: usize) -> bool {
        let known = self.places.borrow_mut()[place].take().is_some();
        self.count.set(self.count.get() - usize::from(known));
        known
    }

    /// Calls each by `call`; what they raise goes nowhere, with what `describe` says.
    #[cold]
    #[inline(never)]
    pub fn tell(&self, call: impl Fn(F) -> c_int, describe: impl Fn() -> String) {
        let pending = errors::take_opt();
        let places = *self.places.borrow();
        for callback in places.into_iter().flatten() {
            if call(callback) < 0 {
                let message = format!("Exception ignored in {}", describe());
                errors::write_unraisable(Raised::claim(), Some(&message), None);
            }
        }
        if let Some(pending) = pending {
            let _ = errors::restore(pending);
        }
    }
}

/// All callbacks of an interpreter.
#[derive(Default)]
pub struct Watchers {
    pub code: Callbacks<CodeWatcher>,
    pub functions: Callbacks<FunctionWatcher>,
    pub contexts: Callbacks<ContextWatcher>,
}
