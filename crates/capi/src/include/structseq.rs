//! `structseq.h`: types of structure sequences.

#![expect(unsafe_code, reason = "functions that C calls")]

use crate::glue::*;
use core::ffi::*;
use core::ptr::null_mut;
use taipan_abi::*;
use taipan_objects::prelude::*;
use taipan_objects::types::structseq::StructSeq;

/// A pointer that C compares: a field of this name has none.
#[repr(transparent)]
pub struct Name(*const c_char);

// SAFETY: it points to a constant.
unsafe impl Sync for Name {}

#[unsafe(no_mangle)]
pub static PyStructSequence_UnnamedField: Name = Name(c"unnamed field".as_ptr());

/// Text that lives as long as the type, which is never taken apart.
unsafe fn kept(pointer: *const c_char) -> &'static str {
    if pointer.is_null() {
        return "";
    }
    // SAFETY: the caller passes a terminated string.
    Box::leak(unsafe { text(pointer) }.into_owned().into_boxed_str())
}

/// The declaration that C describes.
unsafe fn declaration(desc: &PyStructSequence_Desc) -> PyResult<StructSeq> {
    let mut fields = Vec::new();
    let mut at = desc.fields;
    // SAFETY: the fields end with one without name.
    unsafe {
        while !(*at).name.is_null() {
            let unnamed = core::ptr::eq((*at).name, PyStructSequence_UnnamedField.0);
            fields.push((if unnamed { "" } else { kept((*at).name) }, kept((*at).doc)));
            at = at.add(1);
        }
        let visible = usize::try_from(desc.n_in_sequence).unwrap_or(0);
        if visible > fields.len() {
            return Err(raised!(SystemError, "more visible fields than fields in {}", text(desc.name)));
        }
        Ok(StructSeq::new(kept(desc.name), kept(desc.doc), fields.leak(), visible, true))
    }
}

c_api! {
    fn PyStructSequence_NewType(desc: *const PyStructSequence_Desc) -> *mut PyTypeObject {
        match declaration(&*desc) {
            Ok(made) => {
                let made: &'static StructSeq = Box::leak(Box::new(made));
                made.type_object().owned().into_raw().cast()
            }
            Err(_) => null_mut(),
        }
    }
}
