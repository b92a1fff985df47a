//! A code object back to data, and its instructions in general form.

#![expect(unsafe_code, reason = "reads the instructions behind the head")]

use super::{PyCode, object_to_constant};
use crate::model::{Obj, ObjectExt, Py, PyObject};
use crate::types::bytes::PyBytes;
use crate::types::str::PyStr;
use crate::types::tuple::PyTuple;
use taipan_abi::_PyCoCached;
use taipan_bytecode::{CodeData, Constant, Opcode, Wtf8Buf};

/// The instructions as they are now, specialised and instrumented.
pub fn adaptive_bytes(code: &PyCode) -> Vec<u8> {
    let raw = code.raw_ptr();
    // SAFETY: that many bytes of instructions lie behind the head.
    unsafe {
        core::slice::from_raw_parts((&raw const (*raw).co_code_adaptive).cast::<u8>(), code.units() * 2)
    }
    .to_vec()
}

/// Replaces specialised and instrumented instructions by general ones and empties their caches.
pub fn generalise(code: &mut [u8]) {
    let mut at = 0;
    while at + 1 < code.len() {
        let opcode = Opcode::from_u8(code[at]);
        let Some(base) = opcode.map(Opcode::base) else {
            at += 2;
            continue;
        };
        if let Some(byte) = base.byte() {
            code[at] = byte;
        }
        let caches = base.caches() * 2;
        let end = (at + 2 + caches).min(code.len());
        code[at + 2..end].fill(0);
        at += 2 + caches;
    }
}

/// Where the four derived attributes are kept once they are made.
pub fn cached(code: &PyCode) -> *mut _PyCoCached {
    // SAFETY: the field is null or a box made here.
    unsafe {
        let field = &raw mut (*code.raw_ptr())._co_cached;
        if (*field).is_null() {
            let null = core::ptr::null_mut();
            *field = Box::into_raw(Box::new(_PyCoCached {
                _co_code: null,
                _co_varnames: null,
                _co_cellvars: null,
                _co_freevars: null,
            }));
        }
        *field
    }
}

/// The object in a field of the cache, made by `make` if it is not there.
///
/// # Safety
/// `field` is a field of the code object's cache.
pub unsafe fn cached_object(field: *mut *mut PyObject, make: impl FnOnce() -> Obj) -> Obj {
    // SAFETY: the caller's promise; the field owns its reference or is null.
    unsafe {
        if (*field).is_null() {
            let made = make();
            if (*field).is_null() {
                *field = made.into_raw();
            }
        }
        Obj::from_borrowed(*field)
    }
}

/// `co_code`.
pub fn code_bytes(code: &PyCode) -> Py<PyBytes> {
    // SAFETY: a field of the cache, which holds a byte string.
    unsafe {
        cached_object(&raw mut (*cached(code))._co_code, || {
            let mut bytes = adaptive_bytes(code);
            generalise(&mut bytes);
            PyBytes::new(&bytes).into_obj()
        })
        .downcast_unchecked()
    }
}

/// Makes `co_code` show these bytes.
pub fn show_code(code: &PyCode, shown: Py<PyBytes>) {
    // SAFETY: a field of the fresh code object's cache, which is null.
    unsafe {
        let field = &raw mut (*cached(code))._co_code;
        if (*field).is_null() {
            *field = shown.into_obj().into_raw();
        }
    }
}

fn texts(tuple: &PyTuple) -> Box<[Wtf8Buf]> {
    let text = |item: &&PyObject| item.downcast::<PyStr>().map(PyStr::to_wtf8);
    tuple.as_slice().iter().filter_map(text).collect()
}

/// What is not a constant, as data; the constants are left out.
pub fn without_constants(code: &PyCode) -> CodeData {
    let raw = &code.raw;
    CodeData {
        argcount: raw.co_argcount as u32,
        posonlyargcount: raw.co_posonlyargcount as u32,
        kwonlyargcount: raw.co_kwonlyargcount as u32,
        stacksize: raw.co_stacksize as u32,
        flags: raw.co_flags as u32,
        code: code_bytes(code).as_slice().into(),
        consts: Box::default(),
        names: texts(code.names()),
        localsplusnames: texts(code.localsplusnames()),
        localspluskinds: code.localspluskinds().into(),
        filename: code.filename().to_wtf8(),
        name: code.name().to_wtf8(),
        qualname: code.qualname().to_wtf8(),
        firstlineno: raw.co_firstlineno,
        linetable: code.linetable().as_slice().into(),
        exceptiontable: code.exceptiontable().as_slice().into(),
    }
}

/// All of it as data.
pub fn to_data(code: &PyCode) -> CodeData {
    let constant = |item: &&PyObject| object_to_constant(item).unwrap_or(Constant::None);
    CodeData { consts: code.consts().as_slice().iter().map(constant).collect(), ..without_constants(code) }
}
