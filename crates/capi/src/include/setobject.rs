//! `setobject.h`: `set` and `frozenset`.

#![expect(unsafe_code, reason = "functions that C calls")]

use crate::glue::*;
use core::ffi::*;
use taipan_objects::prelude::*;

use taipan_objects::types::set::{self, PyFrozenSet, PySet};

c_api! {
    fn PySet_New(iterable: Ref) -> Ref {
        let made = PySet::new();
        match opt(iterable) {
            None => new_ref(made),
            Some(iterable) => new_ref(made.update(iterable).map(|()| made)),
        }
    }
    fn PyFrozenSet_New(iterable: Ref) -> Ref {
        match opt(iterable) {
            None => new_ref(PyFrozenSet::from_vec(Vec::new())),
            Some(iterable) => new_ref(PyFrozenSet::from_iterable(iterable)),
        }
    }
    fn PySet_Size(object: Ref) -> isize {
        match set::any_len(at(object)) {
            Some(length) => length as isize,
            None => {
                let _: Raised = bad_call();
                -1
            }
        }
    }
    fn PySet_Contains(object: Ref, value: Ref) -> c_int {
        if !set::is_any_set(at(object)) {
            let _: Raised = bad_call();
            return -1;
        }
        truth(match at(object).downcast::<PySet>() {
            Some(set) => set.contains(at(value)),
            None => sequence::contains(at(object), at(value)),
        })
    }
    fn PySet_Add(object: Ref, value: Ref) -> c_int {
        // A frozen set may be filled as long as nobody but its maker has it.
        let fresh = at(object).downcast::<PyFrozenSet>().filter(|set| set.refcount() == 1);
        status(match (at(object).downcast::<PySet>(), fresh) {
            (Some(set), _) => set.add(at(value)).map(drop),
            (None, Some(set)) => set.fill(at(value)),
            (None, None) => Err(bad_call()),
        })
    }
    fn PySet_Discard(object: Ref, value: Ref) -> c_int { truth(typed::<PySet>(object).and_then(|set| set.discard(at(value)))) }
    fn PySet_Pop(object: Ref) -> Ref {
        new_ref(typed::<PySet>(object).and_then(|set| set.pop().ok_or_else(|| raised!(KeyError, "pop from an empty set"))))
    }
    fn PySet_Clear(object: Ref) -> c_int { status(typed::<PySet>(object).map(PySet::clear_members)) }
}
