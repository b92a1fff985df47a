//! `iterobject.h`: iterators over sequences and callables.

#![expect(unsafe_code, reason = "functions that C calls")]

use crate::glue::*;
use taipan_objects::prelude::*;

c_api! {
    fn PySeqIter_New(sequence: Ref) -> Ref { new_ref(taipan_objects::types::iterators::PySeqIter::new(at(sequence).owned())) }
    fn PyCallIter_New(callable: Ref, sentinel: Ref) -> Ref {
        new_ref(taipan_objects::types::iterators::PyCallIter::new(at(callable).owned(), at(sentinel).owned()))
    }
}
