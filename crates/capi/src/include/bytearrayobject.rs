//! `bytearrayobject.h`: `bytearray`.

#![expect(unsafe_code, reason = "functions that C calls")]

use crate::glue::*;
use core::ffi::*;
use taipan_abi::*;
use taipan_objects::prelude::*;

use taipan_objects::types::bytearray::PyByteArray;

c_api! {
    fn PyByteArray_FromStringAndSize(bytes: *const c_char, length: isize) -> Ref {
        let Ok(length) = usize::try_from(length) else {
            return new_ref(Err::<Obj, _>(raised!(SystemError, "Negative size passed to PyByteArray_FromStringAndSize")));
        };
        if bytes.is_null() {
            // Of any size: what no memory holds is a `MemoryError`.
            let made = call::call(PyByteArray::type_object(), &[&*PyInt::from_u64(length as u64)]);
            return new_ref(made);
        }
        new_ref(PyByteArray::new(core::slice::from_raw_parts(bytes.cast::<u8>(), length)))
    }
    fn PyByteArray_FromObject(object: Ref) -> Ref { new_ref(call::call(PyByteArray::type_object(), &[at(object)])) }
    fn PyByteArray_Size(object: Ref) -> isize { typed::<PyByteArray>(object).map_or(-1, |bytes| bytes.len() as isize) }
    fn PyByteArray_AsString(object: Ref) -> *mut c_char {
        // C reads `ob_start`, which is null while the array is empty.
        let raw = object.cast::<PyByteArrayObject>();
        if (*raw).ob_start.is_null() { c"".as_ptr().cast_mut() } else { (*raw).ob_start }
    }
    fn PyByteArray_Resize(object: Ref, length: isize) -> c_int {
        status(typed::<PyByteArray>(object).and_then(|bytes| bytes.resize(length.max(0) as usize)))
    }
    fn PyByteArray_Concat(a: Ref, b: Ref) -> Ref { new_ref(sequence::concat(at(a), at(b))) }
}
