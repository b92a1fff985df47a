//! Where the slots of a type lie.
//!
//! A slot is named by its offset in `PyHeapTypeObject`, as wrapper descriptors name it: the slot tables follow the type
//! there. [`place`] finds the slot of any type, also where the tables lie elsewhere.

#![allow(non_upper_case_globals, reason = "slot numbers carry their C names")]
#![expect(unsafe_code, reason = "computes addresses inside C structs")]

use crate::model::TypeObject;
use core::ffi::c_void;
use core::mem::offset_of;
use core::ptr::null_mut;
use taipan_abi::*;

const ASYNC: usize = offset_of!(PyHeapTypeObject, as_async);
const NUMBER: usize = offset_of!(PyHeapTypeObject, as_number);
const MAPPING: usize = offset_of!(PyHeapTypeObject, as_mapping);
const SEQUENCE: usize = offset_of!(PyHeapTypeObject, as_sequence);
const BUFFER: usize = offset_of!(PyHeapTypeObject, as_buffer);
const BUFFER_END: usize = BUFFER + size_of::<PyBufferProcs>();

/// The address of a slot; null where the type has no such table.
pub fn place(class: &TypeObject, offset: usize) -> *mut *mut c_void {
    // SAFETY: the type is alive; each offset lies in the table it is looked up in.
    unsafe {
        let raw = class.raw();
        let (table, start): (*mut c_void, usize) = match offset {
            ASYNC..NUMBER => ((*raw).tp_as_async.cast(), ASYNC),
            NUMBER..MAPPING => ((*raw).tp_as_number.cast(), NUMBER),
            MAPPING..SEQUENCE => ((*raw).tp_as_mapping.cast(), MAPPING),
            SEQUENCE..BUFFER => ((*raw).tp_as_sequence.cast(), SEQUENCE),
            BUFFER..BUFFER_END => ((*raw).tp_as_buffer.cast(), BUFFER),
            _ => (raw.cast(), 0),
        };
        if table.is_null() { null_mut() } else { table.byte_add(offset - start).cast() }
    }
}

/// What a slot holds; null where the type has no such table.
pub fn read(class: &TypeObject, offset: usize) -> *mut c_void {
    let place = place(class, offset);
    // SAFETY: `place` gives an address inside the type's tables.
    if place.is_null() { null_mut() } else { unsafe { *place } }
}

macro_rules! offsets {
    ($($table:ident, $ty:ident: $($slot:ident = $number:ident),* $(,)?;)*) => {
        /// The offset of the slot with this number (`Py_tp_repr`, …).
        pub const fn offset_of_number(number: i32) -> Option<usize> {
            match number {
                $($($number => Some(offset_of!(PyHeapTypeObject, $table) + offset_of!($ty, $slot)),)*)*
                _ => None,
            }
        }
    };
}

offsets! {
    ht_type, PyTypeObject:
        tp_alloc = Py_tp_alloc, tp_call = Py_tp_call, tp_clear = Py_tp_clear, tp_dealloc = Py_tp_dealloc,
        tp_del = Py_tp_del, tp_descr_get = Py_tp_descr_get, tp_descr_set = Py_tp_descr_set, tp_getattr = Py_tp_getattr,
        tp_getattro = Py_tp_getattro, tp_hash = Py_tp_hash, tp_init = Py_tp_init, tp_is_gc = Py_tp_is_gc,
        tp_iter = Py_tp_iter, tp_iternext = Py_tp_iternext, tp_new = Py_tp_new, tp_repr = Py_tp_repr,
        tp_richcompare = Py_tp_richcompare, tp_setattr = Py_tp_setattr, tp_setattro = Py_tp_setattro,
        tp_str = Py_tp_str, tp_traverse = Py_tp_traverse, tp_free = Py_tp_free, tp_finalize = Py_tp_finalize,
        tp_vectorcall = Py_tp_vectorcall;
    as_async, PyAsyncMethods:
        am_await = Py_am_await, am_aiter = Py_am_aiter, am_anext = Py_am_anext, am_send = Py_am_send;
    as_number, PyNumberMethods:
        nb_absolute = Py_nb_absolute, nb_add = Py_nb_add, nb_and = Py_nb_and, nb_bool = Py_nb_bool,
        nb_divmod = Py_nb_divmod, nb_float = Py_nb_float, nb_floor_divide = Py_nb_floor_divide, nb_index = Py_nb_index,
        nb_inplace_add = Py_nb_inplace_add, nb_inplace_and = Py_nb_inplace_and,
        nb_inplace_floor_divide = Py_nb_inplace_floor_divide, nb_inplace_lshift = Py_nb_inplace_lshift,
        nb_inplace_matrix_multiply = Py_nb_inplace_matrix_multiply, nb_inplace_multiply = Py_nb_inplace_multiply,
        nb_inplace_or = Py_nb_inplace_or, nb_inplace_power = Py_nb_inplace_power,
        nb_inplace_remainder = Py_nb_inplace_remainder, nb_inplace_rshift = Py_nb_inplace_rshift,
        nb_inplace_subtract = Py_nb_inplace_subtract, nb_inplace_true_divide = Py_nb_inplace_true_divide,
        nb_inplace_xor = Py_nb_inplace_xor, nb_int = Py_nb_int, nb_invert = Py_nb_invert, nb_lshift = Py_nb_lshift,
        nb_matrix_multiply = Py_nb_matrix_multiply, nb_multiply = Py_nb_multiply, nb_negative = Py_nb_negative,
        nb_or = Py_nb_or, nb_positive = Py_nb_positive, nb_power = Py_nb_power, nb_remainder = Py_nb_remainder,
        nb_rshift = Py_nb_rshift, nb_subtract = Py_nb_subtract, nb_true_divide = Py_nb_true_divide,
        nb_xor = Py_nb_xor;
    as_mapping, PyMappingMethods:
        mp_ass_subscript = Py_mp_ass_subscript, mp_length = Py_mp_length, mp_subscript = Py_mp_subscript;
    as_sequence, PySequenceMethods:
        sq_ass_item = Py_sq_ass_item, sq_concat = Py_sq_concat, sq_contains = Py_sq_contains,
        sq_inplace_concat = Py_sq_inplace_concat, sq_inplace_repeat = Py_sq_inplace_repeat, sq_item = Py_sq_item,
        sq_length = Py_sq_length, sq_repeat = Py_sq_repeat;
    as_buffer, PyBufferProcs:
        bf_getbuffer = Py_bf_getbuffer, bf_releasebuffer = Py_bf_releasebuffer;
}

/// Puts C functions into the slots they are numbered by.
pub fn fill(class: &TypeObject, slots: &[(i32, *const ())]) {
    for &(number, function) in slots {
        let Some(offset) = offset_of_number(number) else {
            debug_assert!(false, "slot {number} of {} has no place", class.tp_name());
            continue;
        };
        let place = place(class, offset);
        // SAFETY: the address lies in the type's tables, and the declaration gave a function of the slot's type.
        unsafe { *place = function.cast_mut().cast() };
    }
}

/// Offset ranges of the five tables and the words in each, for inheriting them one by one.
pub const TABLES: [(usize, usize); 5] = [
    (ASYNC, size_of::<PyAsyncMethods>() / 8),
    (NUMBER, size_of::<PyNumberMethods>() / 8),
    (MAPPING, size_of::<PyMappingMethods>() / 8),
    (SEQUENCE, size_of::<PySequenceMethods>() / 8),
    (BUFFER, size_of::<PyBufferProcs>() / 8),
];
