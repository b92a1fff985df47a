//! The special methods and the slots they belong to: one table in CPython's order, entries of one slot together.
//!
//! From it come the wrapper descriptors of native types (`list.__len__`), and the functions that slots of Python classes
//! hold (`generic`).

#![expect(unsafe_code, reason = "tables of C functions")]

use super::{generic, wrappers};
use crate::model::ObjectExt;
use crate::types::str::PyStr;
use core::ffi::{CStr, c_void};
use core::mem::offset_of;
use std::sync::OnceLock;
use taipan_abi::*;

/// An entry: the `function` of its base is what the slot of a class with a Python method of that name holds.
pub struct SlotDef {
    base: wrapperbase,
    /// Tells wrappers apart: functions that do the same may have one address (`binary` and `binary_l`, whose calls from
    /// C differ in what they promise).
    wrapper: &'static str,
}

// SAFETY: constant data.
unsafe impl Sync for SlotDef {}

const NONE: *const () = core::ptr::null();

const fn with_keywords(wrapper: wrapperfunc_kwds) -> wrapperfunc {
    // SAFETY: `PyWrapperFlag_KEYWORDS` tells the caller to turn it back.
    unsafe { core::mem::transmute::<wrapperfunc_kwds, wrapperfunc>(wrapper) }
}

const fn entry(
    name: &'static CStr,
    offset: usize,
    function: *const (),
    wrapper: Option<wrapperfunc>,
    flags: i32,
    doc: &'static CStr,
    wrapper_name: &'static str,
) -> SlotDef {
    let base = wrapperbase {
        name: name.as_ptr(),
        offset: offset as i32,
        function: function.cast_mut().cast(),
        wrapper,
        doc: doc.as_ptr(),
        flags,
        name_strobj: core::ptr::null_mut(),
    };
    SlotDef { base, wrapper: wrapper_name }
}

macro_rules! slot {
    ($name:literal, $table:ident.$slot:ident: $ty:ident, $function:expr, $wrapper:expr, $flags:literal, $doc:literal) => {
        entry(
            $name,
            offset_of!(PyHeapTypeObject, $table) + offset_of!($ty, $slot),
            $function,
            $wrapper,
            $flags,
            $doc,
            stringify!($wrapper),
        )
    };
}

impl SlotDef {
    #[inline]
    pub fn offset(&self) -> usize {
        self.base.offset as usize
    }

    pub fn function(&self) -> *mut c_void {
        self.base.function
    }

    pub fn base(&'static self) -> &'static wrapperbase {
        &self.base
    }

    /// Whether the wrapper of a descriptor calls the function of its slot as this entry's calls its own.
    pub fn is_like(&self, other: &wrapperbase) -> bool {
        if self.base.wrapper.map(|f| f as usize) != other.wrapper.map(|f| f as usize) {
            return false;
        }
        if self.base.offset == other.offset {
            return true;
        }
        SLOTS
            .iter()
            .find(|slot| core::ptr::eq(&raw const slot.base, other))
            .is_none_or(|slot| slot.wrapper == self.wrapper)
    }
}

struct Names {
    names: Vec<&'static PyStr>,
    /// Which of them belong to several slots.
    shared: Vec<bool>,
    /// The names in the order of their addresses, each once, with its places.
    by_address: Vec<(usize, Places)>,
}

/// A set of places in [`SLOTS`], one bit for each.
pub type Places = u128;
const _: () = assert!(SLOTS.len() < Places::BITS as usize);

/// The places from `first` up to `behind`.
pub fn places_between(first: usize, behind: usize) -> Places {
    ((1 << (behind - first)) - 1) << first
}
// SAFETY: immortal strings.
unsafe impl Sync for Names {}
// SAFETY: immortal strings.
unsafe impl Send for Names {}

static NAMES: OnceLock<Names> = OnceLock::new();

fn table() -> &'static Names {
    NAMES.get_or_init(|| {
        let text = |slot: &SlotDef| {
            // SAFETY: the table holds C strings.
            let name = unsafe { CStr::from_ptr(slot.base.name) };
            PyStr::intern_immortal(name.to_str().unwrap_or_default())
        };
        let names: Vec<&'static PyStr> = SLOTS.iter().map(text).collect();
        let elsewhere = |(name, slot): (&&'static PyStr, &SlotDef)| {
            let others = names.iter().zip(SLOTS);
            others.filter(|(other, at)| other.is(name) && at.offset() != slot.offset()).count() != 0
        };
        let shared = names.iter().zip(SLOTS).map(elsewhere).collect();
        let mut by_address: Vec<(usize, Places)> = Vec::with_capacity(names.len());
        for (place, &name) in names.iter().enumerate() {
            let address = core::ptr::from_ref(name).addr();
            match by_address.iter_mut().find(|(known, _)| *known == address) {
                Some((_, places)) => *places |= 1 << place,
                None => by_address.push((address, 1 << place)),
            }
        }
        by_address.sort_unstable();
        Names { names, shared, by_address }
    })
}

/// The interned names of the entries of [`SLOTS`], in order.
pub fn names() -> &'static [&'static PyStr] {
    &table().names
}

/// For each entry of [`SLOTS`], whether its name stands with another slot, too (`__len__`).
pub fn shared() -> &'static [bool] {
    &table().shared
}

/// The places in [`SLOTS`] of the entries called `name`, an interned string.
pub fn places_of(name: &PyStr) -> impl Iterator<Item = usize> {
    let mut left = places_called(name);
    core::iter::from_fn(move || {
        let place = (left != 0).then(|| left.trailing_zeros() as usize)?;
        left &= left - 1;
        Some(place)
    })
}

/// As [`places_of`], as a set.
pub fn places_called(name: &PyStr) -> Places {
    let by_address = &table().by_address;
    let found = by_address.binary_search_by_key(&core::ptr::from_ref(name).addr(), |(address, _)| *address);
    found.map_or(0, |at| by_address[at].1)
}

/// The table.
pub static SLOTS: &[SlotDef] = &[
    slot!(c"__getattribute__", ht_type.tp_getattr: PyTypeObject, NONE, None, 0, c""),
    slot!(c"__getattr__", ht_type.tp_getattr: PyTypeObject, NONE, None, 0, c""),
    slot!(c"__setattr__", ht_type.tp_setattr: PyTypeObject, NONE, None, 0, c""),
    slot!(c"__delattr__", ht_type.tp_setattr: PyTypeObject, NONE, None, 0, c""),
    slot!(c"__repr__", ht_type.tp_repr: PyTypeObject, generic::repr as *const (), Some(wrappers::unary), 0, c"__repr__($self, /)\n--\n\nReturn repr(self)."),
    slot!(c"__hash__", ht_type.tp_hash: PyTypeObject, generic::hash as *const (), Some(wrappers::hash), 0, c"__hash__($self, /)\n--\n\nReturn hash(self)."),
    slot!(c"__call__", ht_type.tp_call: PyTypeObject, generic::call as *const (), Some(with_keywords(wrappers::call)), 1, c"__call__($self, /, *args, **kwargs)\n--\n\nCall self as a function."),
    slot!(c"__str__", ht_type.tp_str: PyTypeObject, generic::str as *const (), Some(wrappers::unary), 0, c"__str__($self, /)\n--\n\nReturn str(self)."),
    slot!(c"__getattribute__", ht_type.tp_getattro: PyTypeObject, generic::getattr_hook as *const (), Some(wrappers::binary), 0, c"__getattribute__($self, name, /)\n--\n\nReturn getattr(self, name)."),
    slot!(c"__getattr__", ht_type.tp_getattro: PyTypeObject, generic::getattr_hook as *const (), None, 0, c"__getattr__($self, name, /)\n--\n\nImplement getattr(self, name)."),
    slot!(c"__setattr__", ht_type.tp_setattro: PyTypeObject, generic::setattro as *const (), Some(wrappers::setattr), 0, c"__setattr__($self, name, value, /)\n--\n\nImplement setattr(self, name, value)."),
    slot!(c"__delattr__", ht_type.tp_setattro: PyTypeObject, generic::setattro as *const (), Some(wrappers::delattr), 0, c"__delattr__($self, name, /)\n--\n\nImplement delattr(self, name)."),
    slot!(c"__lt__", ht_type.tp_richcompare: PyTypeObject, generic::richcompare as *const (), Some(wrappers::lt), 0, c"__lt__($self, value, /)\n--\n\nReturn self<value."),
    slot!(c"__le__", ht_type.tp_richcompare: PyTypeObject, generic::richcompare as *const (), Some(wrappers::le), 0, c"__le__($self, value, /)\n--\n\nReturn self<=value."),
    slot!(c"__eq__", ht_type.tp_richcompare: PyTypeObject, generic::richcompare as *const (), Some(wrappers::eq), 0, c"__eq__($self, value, /)\n--\n\nReturn self==value."),
    slot!(c"__ne__", ht_type.tp_richcompare: PyTypeObject, generic::richcompare as *const (), Some(wrappers::ne), 0, c"__ne__($self, value, /)\n--\n\nReturn self!=value."),
    slot!(c"__gt__", ht_type.tp_richcompare: PyTypeObject, generic::richcompare as *const (), Some(wrappers::gt), 0, c"__gt__($self, value, /)\n--\n\nReturn self>value."),
    slot!(c"__ge__", ht_type.tp_richcompare: PyTypeObject, generic::richcompare as *const (), Some(wrappers::ge), 0, c"__ge__($self, value, /)\n--\n\nReturn self>=value."),
    slot!(c"__iter__", ht_type.tp_iter: PyTypeObject, generic::iter as *const (), Some(wrappers::unary), 0, c"__iter__($self, /)\n--\n\nImplement iter(self)."),
    slot!(c"__next__", ht_type.tp_iternext: PyTypeObject, generic::iternext as *const (), Some(wrappers::next), 0, c"__next__($self, /)\n--\n\nImplement next(self)."),
    slot!(c"__get__", ht_type.tp_descr_get: PyTypeObject, generic::descr_get as *const (), Some(wrappers::descr_get), 0, c"__get__($self, instance, owner=None, /)\n--\n\nReturn an attribute of instance, which is of type owner."),
    slot!(c"__set__", ht_type.tp_descr_set: PyTypeObject, generic::descr_set as *const (), Some(wrappers::descr_set), 0, c"__set__($self, instance, value, /)\n--\n\nSet an attribute of instance to value."),
    slot!(c"__delete__", ht_type.tp_descr_set: PyTypeObject, generic::descr_set as *const (), Some(wrappers::descr_delete), 0, c"__delete__($self, instance, /)\n--\n\nDelete an attribute of instance."),
    slot!(c"__init__", ht_type.tp_init: PyTypeObject, generic::init_ as *const (), Some(with_keywords(wrappers::init)), 1, c"__init__($self, /, *args, **kwargs)\n--\n\nInitialize self.  See help(type(self)) for accurate signature."),
    slot!(c"__new__", ht_type.tp_new: PyTypeObject, generic::new as *const (), None, 0, c"__new__(type, /, *args, **kwargs)\n--\n\nCreate and return new object."),
    slot!(c"__del__", ht_type.tp_finalize: PyTypeObject, generic::finalize as *const (), Some(wrappers::delete), 0, c"__del__($self, /)\n--\n\nCalled when the instance is about to be destroyed."),
    slot!(c"__buffer__", as_buffer.bf_getbuffer: PyBufferProcs, generic::getbuffer as *const (), Some(wrappers::buffer), 0, c"__buffer__($self, flags, /)\n--\n\nReturn a buffer object that exposes the underlying memory of the object."),
    slot!(c"__release_buffer__", as_buffer.bf_releasebuffer: PyBufferProcs, generic::releasebuffer as *const (), Some(wrappers::release_buffer), 0, c"__release_buffer__($self, buffer, /)\n--\n\nRelease the buffer object that exposes the underlying memory of the object."),
    slot!(c"__await__", as_async.am_await: PyAsyncMethods, generic::r#await as *const (), Some(wrappers::unary), 0, c"__await__($self, /)\n--\n\nReturn an iterator to be used in await expression."),
    slot!(c"__aiter__", as_async.am_aiter: PyAsyncMethods, generic::aiter as *const (), Some(wrappers::unary), 0, c"__aiter__($self, /)\n--\n\nReturn an awaitable, that resolves in asynchronous iterator."),
    slot!(c"__anext__", as_async.am_anext: PyAsyncMethods, generic::anext as *const (), Some(wrappers::unary), 0, c"__anext__($self, /)\n--\n\nReturn a value or raise StopAsyncIteration."),
    slot!(c"__add__", as_number.nb_add: PyNumberMethods, generic::nb_add as *const (), Some(wrappers::binary_l), 0, c"__add__($self, value, /)\n--\n\nReturn self+value."),
    slot!(c"__radd__", as_number.nb_add: PyNumberMethods, generic::nb_add as *const (), Some(wrappers::binary_r), 0, c"__radd__($self, value, /)\n--\n\nReturn value+self."),
    slot!(c"__sub__", as_number.nb_subtract: PyNumberMethods, generic::nb_subtract as *const (), Some(wrappers::binary_l), 0, c"__sub__($self, value, /)\n--\n\nReturn self-value."),
    slot!(c"__rsub__", as_number.nb_subtract: PyNumberMethods, generic::nb_subtract as *const (), Some(wrappers::binary_r), 0, c"__rsub__($self, value, /)\n--\n\nReturn value-self."),
    slot!(c"__mul__", as_number.nb_multiply: PyNumberMethods, generic::nb_multiply as *const (), Some(wrappers::binary_l), 0, c"__mul__($self, value, /)\n--\n\nReturn self*value."),
    slot!(c"__rmul__", as_number.nb_multiply: PyNumberMethods, generic::nb_multiply as *const (), Some(wrappers::binary_r), 0, c"__rmul__($self, value, /)\n--\n\nReturn value*self."),
    slot!(c"__mod__", as_number.nb_remainder: PyNumberMethods, generic::nb_remainder as *const (), Some(wrappers::binary_l), 0, c"__mod__($self, value, /)\n--\n\nReturn self%value."),
    slot!(c"__rmod__", as_number.nb_remainder: PyNumberMethods, generic::nb_remainder as *const (), Some(wrappers::binary_r), 0, c"__rmod__($self, value, /)\n--\n\nReturn value%self."),
    slot!(c"__divmod__", as_number.nb_divmod: PyNumberMethods, generic::nb_divmod as *const (), Some(wrappers::binary_l), 0, c"__divmod__($self, value, /)\n--\n\nReturn divmod(self, value)."),
    slot!(c"__rdivmod__", as_number.nb_divmod: PyNumberMethods, generic::nb_divmod as *const (), Some(wrappers::binary_r), 0, c"__rdivmod__($self, value, /)\n--\n\nReturn divmod(value, self)."),
    slot!(c"__pow__", as_number.nb_power: PyNumberMethods, generic::nb_power as *const (), Some(wrappers::ternary), 0, c"__pow__($self, value, mod=None, /)\n--\n\nReturn pow(self, value, mod)."),
    slot!(c"__rpow__", as_number.nb_power: PyNumberMethods, generic::nb_power as *const (), Some(wrappers::ternary_r), 0, c"__rpow__($self, value, mod=None, /)\n--\n\nReturn pow(value, self, mod)."),
    slot!(c"__neg__", as_number.nb_negative: PyNumberMethods, generic::nb_negative as *const (), Some(wrappers::unary), 0, c"__neg__($self, /)\n--\n\n-self"),
    slot!(c"__pos__", as_number.nb_positive: PyNumberMethods, generic::nb_positive as *const (), Some(wrappers::unary), 0, c"__pos__($self, /)\n--\n\n+self"),
    slot!(c"__abs__", as_number.nb_absolute: PyNumberMethods, generic::nb_absolute as *const (), Some(wrappers::unary), 0, c"__abs__($self, /)\n--\n\nabs(self)"),
    slot!(c"__bool__", as_number.nb_bool: PyNumberMethods, generic::nb_bool as *const (), Some(wrappers::inquiry), 0, c"__bool__($self, /)\n--\n\nTrue if self else False"),
    slot!(c"__invert__", as_number.nb_invert: PyNumberMethods, generic::nb_invert as *const (), Some(wrappers::unary), 0, c"__invert__($self, /)\n--\n\n~self"),
    slot!(c"__lshift__", as_number.nb_lshift: PyNumberMethods, generic::nb_lshift as *const (), Some(wrappers::binary_l), 0, c"__lshift__($self, value, /)\n--\n\nReturn self<<value."),
    slot!(c"__rlshift__", as_number.nb_lshift: PyNumberMethods, generic::nb_lshift as *const (), Some(wrappers::binary_r), 0, c"__rlshift__($self, value, /)\n--\n\nReturn value<<self."),
    slot!(c"__rshift__", as_number.nb_rshift: PyNumberMethods, generic::nb_rshift as *const (), Some(wrappers::binary_l), 0, c"__rshift__($self, value, /)\n--\n\nReturn self>>value."),
    slot!(c"__rrshift__", as_number.nb_rshift: PyNumberMethods, generic::nb_rshift as *const (), Some(wrappers::binary_r), 0, c"__rrshift__($self, value, /)\n--\n\nReturn value>>self."),
    slot!(c"__and__", as_number.nb_and: PyNumberMethods, generic::nb_and as *const (), Some(wrappers::binary_l), 0, c"__and__($self, value, /)\n--\n\nReturn self&value."),
    slot!(c"__rand__", as_number.nb_and: PyNumberMethods, generic::nb_and as *const (), Some(wrappers::binary_r), 0, c"__rand__($self, value, /)\n--\n\nReturn value&self."),
    slot!(c"__xor__", as_number.nb_xor: PyNumberMethods, generic::nb_xor as *const (), Some(wrappers::binary_l), 0, c"__xor__($self, value, /)\n--\n\nReturn self^value."),
    slot!(c"__rxor__", as_number.nb_xor: PyNumberMethods, generic::nb_xor as *const (), Some(wrappers::binary_r), 0, c"__rxor__($self, value, /)\n--\n\nReturn value^self."),
    slot!(c"__or__", as_number.nb_or: PyNumberMethods, generic::nb_or as *const (), Some(wrappers::binary_l), 0, c"__or__($self, value, /)\n--\n\nReturn self|value."),
    slot!(c"__ror__", as_number.nb_or: PyNumberMethods, generic::nb_or as *const (), Some(wrappers::binary_r), 0, c"__ror__($self, value, /)\n--\n\nReturn value|self."),
    slot!(c"__int__", as_number.nb_int: PyNumberMethods, generic::nb_int as *const (), Some(wrappers::unary), 0, c"__int__($self, /)\n--\n\nint(self)"),
    slot!(c"__float__", as_number.nb_float: PyNumberMethods, generic::nb_float as *const (), Some(wrappers::unary), 0, c"__float__($self, /)\n--\n\nfloat(self)"),
    slot!(c"__iadd__", as_number.nb_inplace_add: PyNumberMethods, generic::nb_inplace_add as *const (), Some(wrappers::binary), 0, c"__iadd__($self, value, /)\n--\n\nReturn self+=value."),
    slot!(c"__isub__", as_number.nb_inplace_subtract: PyNumberMethods, generic::nb_inplace_subtract as *const (), Some(wrappers::binary), 0, c"__isub__($self, value, /)\n--\n\nReturn self-=value."),
    slot!(c"__imul__", as_number.nb_inplace_multiply: PyNumberMethods, generic::nb_inplace_multiply as *const (), Some(wrappers::binary), 0, c"__imul__($self, value, /)\n--\n\nReturn self*=value."),
    slot!(c"__imod__", as_number.nb_inplace_remainder: PyNumberMethods, generic::nb_inplace_remainder as *const (), Some(wrappers::binary), 0, c"__imod__($self, value, /)\n--\n\nReturn self%=value."),
    slot!(c"__ipow__", as_number.nb_inplace_power: PyNumberMethods, generic::nb_inplace_power as *const (), Some(wrappers::ternary), 0, c"__ipow__($self, value, /)\n--\n\nReturn self**=value."),
    slot!(c"__ilshift__", as_number.nb_inplace_lshift: PyNumberMethods, generic::nb_inplace_lshift as *const (), Some(wrappers::binary), 0, c"__ilshift__($self, value, /)\n--\n\nReturn self<<=value."),
    slot!(c"__irshift__", as_number.nb_inplace_rshift: PyNumberMethods, generic::nb_inplace_rshift as *const (), Some(wrappers::binary), 0, c"__irshift__($self, value, /)\n--\n\nReturn self>>=value."),
    slot!(c"__iand__", as_number.nb_inplace_and: PyNumberMethods, generic::nb_inplace_and as *const (), Some(wrappers::binary), 0, c"__iand__($self, value, /)\n--\n\nReturn self&=value."),
    slot!(c"__ixor__", as_number.nb_inplace_xor: PyNumberMethods, generic::nb_inplace_xor as *const (), Some(wrappers::binary), 0, c"__ixor__($self, value, /)\n--\n\nReturn self^=value."),
    slot!(c"__ior__", as_number.nb_inplace_or: PyNumberMethods, generic::nb_inplace_or as *const (), Some(wrappers::binary), 0, c"__ior__($self, value, /)\n--\n\nReturn self|=value."),
    slot!(c"__floordiv__", as_number.nb_floor_divide: PyNumberMethods, generic::nb_floor_divide as *const (), Some(wrappers::binary_l), 0, c"__floordiv__($self, value, /)\n--\n\nReturn self//value."),
    slot!(c"__rfloordiv__", as_number.nb_floor_divide: PyNumberMethods, generic::nb_floor_divide as *const (), Some(wrappers::binary_r), 0, c"__rfloordiv__($self, value, /)\n--\n\nReturn value//self."),
    slot!(c"__truediv__", as_number.nb_true_divide: PyNumberMethods, generic::nb_true_divide as *const (), Some(wrappers::binary_l), 0, c"__truediv__($self, value, /)\n--\n\nReturn self/value."),
    slot!(c"__rtruediv__", as_number.nb_true_divide: PyNumberMethods, generic::nb_true_divide as *const (), Some(wrappers::binary_r), 0, c"__rtruediv__($self, value, /)\n--\n\nReturn value/self."),
    slot!(c"__ifloordiv__", as_number.nb_inplace_floor_divide: PyNumberMethods, generic::nb_inplace_floor_divide as *const (), Some(wrappers::binary), 0, c"__ifloordiv__($self, value, /)\n--\n\nReturn self//=value."),
    slot!(c"__itruediv__", as_number.nb_inplace_true_divide: PyNumberMethods, generic::nb_inplace_true_divide as *const (), Some(wrappers::binary), 0, c"__itruediv__($self, value, /)\n--\n\nReturn self/=value."),
    slot!(c"__index__", as_number.nb_index: PyNumberMethods, generic::nb_index as *const (), Some(wrappers::unary), 0, c"__index__($self, /)\n--\n\nReturn self converted to an integer, if self is suitable for use as an index into a list."),
    slot!(c"__matmul__", as_number.nb_matrix_multiply: PyNumberMethods, generic::nb_matrix_multiply as *const (), Some(wrappers::binary_l), 0, c"__matmul__($self, value, /)\n--\n\nReturn self@value."),
    slot!(c"__rmatmul__", as_number.nb_matrix_multiply: PyNumberMethods, generic::nb_matrix_multiply as *const (), Some(wrappers::binary_r), 0, c"__rmatmul__($self, value, /)\n--\n\nReturn value@self."),
    slot!(c"__imatmul__", as_number.nb_inplace_matrix_multiply: PyNumberMethods, generic::nb_inplace_matrix_multiply as *const (), Some(wrappers::binary), 0, c"__imatmul__($self, value, /)\n--\n\nReturn self@=value."),
    slot!(c"__len__", as_mapping.mp_length: PyMappingMethods, generic::length as *const (), Some(wrappers::len), 0, c"__len__($self, /)\n--\n\nReturn len(self)."),
    slot!(c"__getitem__", as_mapping.mp_subscript: PyMappingMethods, generic::mp_subscript as *const (), Some(wrappers::binary), 0, c"__getitem__($self, key, /)\n--\n\nReturn self[key]."),
    slot!(c"__setitem__", as_mapping.mp_ass_subscript: PyMappingMethods, generic::mp_ass_subscript as *const (), Some(wrappers::setitem), 0, c"__setitem__($self, key, value, /)\n--\n\nSet self[key] to value."),
    slot!(c"__delitem__", as_mapping.mp_ass_subscript: PyMappingMethods, generic::mp_ass_subscript as *const (), Some(wrappers::delitem), 0, c"__delitem__($self, key, /)\n--\n\nDelete self[key]."),
    slot!(c"__len__", as_sequence.sq_length: PySequenceMethods, generic::length as *const (), Some(wrappers::len), 0, c"__len__($self, /)\n--\n\nReturn len(self)."),
    slot!(c"__add__", as_sequence.sq_concat: PySequenceMethods, NONE, Some(wrappers::binary), 0, c"__add__($self, value, /)\n--\n\nReturn self+value."),
    slot!(c"__mul__", as_sequence.sq_repeat: PySequenceMethods, NONE, Some(wrappers::index_arg), 0, c"__mul__($self, value, /)\n--\n\nReturn self*value."),
    slot!(c"__rmul__", as_sequence.sq_repeat: PySequenceMethods, NONE, Some(wrappers::index_arg), 0, c"__rmul__($self, value, /)\n--\n\nReturn value*self."),
    slot!(c"__getitem__", as_sequence.sq_item: PySequenceMethods, generic::sq_item as *const (), Some(wrappers::sq_item), 0, c"__getitem__($self, key, /)\n--\n\nReturn self[key]."),
    slot!(c"__setitem__", as_sequence.sq_ass_item: PySequenceMethods, generic::sq_ass_item as *const (), Some(wrappers::sq_setitem), 0, c"__setitem__($self, key, value, /)\n--\n\nSet self[key] to value."),
    slot!(c"__delitem__", as_sequence.sq_ass_item: PySequenceMethods, generic::sq_ass_item as *const (), Some(wrappers::sq_delitem), 0, c"__delitem__($self, key, /)\n--\n\nDelete self[key]."),
    slot!(c"__contains__", as_sequence.sq_contains: PySequenceMethods, generic::sq_contains as *const (), Some(wrappers::contains), 0, c"__contains__($self, key, /)\n--\n\nReturn bool(key in self)."),
    slot!(c"__iadd__", as_sequence.sq_inplace_concat: PySequenceMethods, NONE, Some(wrappers::binary), 0, c"__iadd__($self, value, /)\n--\n\nImplement self+=value."),
    slot!(c"__imul__", as_sequence.sq_inplace_repeat: PySequenceMethods, NONE, Some(wrappers::index_arg), 0, c"__imul__($self, value, /)\n--\n\nImplement self*=value."),
];
