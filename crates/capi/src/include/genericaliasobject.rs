//! `genericaliasobject.h`: `types.GenericAlias`.

#![expect(unsafe_code, reason = "functions that C calls")]

use crate::glue::*;

c_api! {
    fn Py_GenericAlias(origin: Ref, args: Ref) -> Ref {
        new_ref(taipan_objects::types::genericalias::new(at(origin), at(args)))
    }
}
