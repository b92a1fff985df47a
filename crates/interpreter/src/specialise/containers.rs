//! Subscripts, item assignment and unpacking of the built-in containers.

#![expect(unsafe_code, reason = "takes items without looking twice")]

use super::settle;
use crate::calls::frames::{code_of, fits_exactly, push_exact};
use crate::eval::arithmetic::as_small;
use crate::eval::calls::{as_python, enter};
use crate::eval::machine::Machine;
use crate::eval::opcodes::*;
use crate::value::Value;
use taipan_objects::prelude::*;
use taipan_objects::types::function::PyFunction;
use taipan_objects::types::slice::PySlice;
use taipan_objects::types::r#type::{assign_version, lookup};

const CACHES: usize = 5;

/// The form of `container[key]`.
pub(super) fn decide_subscript(m: &Machine) -> Option<u8> {
    if m.peek(2).is_int() {
        return None;
    }
    let container = m.obj(2);
    let index = as_small(m.peek(1)).filter(|&index| index >= 0);
    if PyList::check_exact(container) {
        if index.is_some() {
            return Some(BINARY_OP_SUBSCR_LIST_INT);
        }
        return PySlice::check_exact(m.obj(1)).then_some(BINARY_OP_SUBSCR_LIST_SLICE);
    }
    if PyTuple::check_exact(container) {
        return index.map(|_| BINARY_OP_SUBSCR_TUPLE_INT);
    }
    if PyStr::check_exact(container) {
        return index.map(|_| BINARY_OP_SUBSCR_STR_INT);
    }
    if PyDict::check_exact(container) {
        return Some(BINARY_OP_SUBSCR_DICT);
    }
    let class = container.class();
    if !class.is_heap() {
        return None;
    }
    let getter = lookup(class, intern!("__getitem__"))?;
    let func = getter.downcast_exact::<PyFunction>()?;
    let (version, func_version) = (assign_version(class), func.assign_version());
    if version == 0 || func_version == 0 || !fits_exactly(code_of(func), 2) {
        return None;
    }
    // The class keeps its function as long as its version stands; the word after the version tells the function's state.
    m.set_cache32(1, version);
    m.set_cache32(3, func_version);
    Some(BINARY_OP_SUBSCR_GETITEM)
}

#[inline(always)]
fn index_of(value: Value) -> Option<usize> {
    as_small(value).and_then(|index| usize::try_from(index).ok())
}

/// Replaces container and key by an item.
#[inline(always)]
fn finish(m: &mut Machine, item: Value) -> bool {
    m.let_go_slots(2);
    m.push(item);
    m.skip(CACHES);
    true
}

#[inline(always)]
pub(crate) fn list_int(m: &mut Machine) -> bool {
    let Some(list) = m.peek(2).object_opt().and_then(|o| o.downcast_exact::<PyList>()) else { return false };
    let Some(index) = index_of(m.peek(1)) else { return false };
    // SAFETY: the item is owned before anything else runs.
    let item = unsafe { list.borrow_items().get(index).map(|item| Value::new_ref(item)) };
    match item {
        Some(item) => finish(m, item),
        None => false,
    }
}

#[inline(always)]
pub(crate) fn tuple_int(m: &mut Machine) -> bool {
    let Some(tuple) = m.peek(2).object_opt().and_then(|o| o.downcast_exact::<PyTuple>()) else {
        return false;
    };
    let Some(index) = index_of(m.peek(1)) else { return false };
    match tuple.as_slice().get(index) {
        Some(&item) => {
            let item = Value::new_ref(item);
            finish(m, item)
        }
        None => false,
    }
}

#[inline(always)]
pub(crate) fn str_int(m: &mut Machine) -> bool {
    let Some(text) = m.peek(2).object_opt().and_then(|o| o.downcast_exact::<PyStr>()) else { return false };
    let Some(index) = index_of(m.peek(1)) else { return false };
    if index >= text.len() {
        return false;
    }
    let c = text.char_at(index);
    c < 256 && finish(m, Value::owned(PyStr::from_char(c)))
}

#[inline(always)]
pub(crate) fn list_slice(m: &mut Machine) -> Option<PyResult<()>> {
    let list = m.peek(2).object_opt()?;
    if !PyList::check_exact(list) || !m.peek(1).object_opt().is_some_and(PySlice::check_exact) {
        return None;
    }
    m.save();
    Some(object::get_item(list, m.obj(1)).map(|part| {
        finish(m, Value::owned(part));
    }))
}

#[inline(always)]
pub(crate) fn dict(m: &mut Machine) -> Option<PyResult<()>> {
    let dict = m.peek(2).object_opt()?.downcast_exact::<PyDict>()?;
    m.save();
    let key = m.obj(1);
    Some(match dict.get_item(key) {
        Ok(Some(item)) => {
            finish(m, Value::owned(item));
            Ok(())
        }
        Ok(None) => Err(taipan_objects::errors::set_key_error(key)),
        Err(raised) => Err(raised),
    })
}

/// A class with a `__getitem__` in Python: enters it.
#[inline(always)]
pub(crate) fn getitem(m: &mut Machine) -> Option<PyResult<()>> {
    let container = m.peek(2).object_opt()?;
    let class = container.class();
    if class.tp_version_tag() != m.cache32(1) {
        return None;
    }
    let getter = Value::owned(lookup(class, intern!("__getitem__"))?);
    if as_python(getter).is_none_or(|func| func.version.get() != m.cache32(3)) {
        getter.close();
        return None;
    }
    m.save_instr();
    let args = m.slot(2);
    m.drop_slots(2);
    // SAFETY: the versions say that two arguments fit; they lie where the stack ended.
    Some(unsafe { push_exact(m.thread, getter, args, 2) }.map(|frame| enter(m, frame, CACHES)))
}

#[inline(never)]
pub(crate) fn specialise_store(m: &mut Machine, _: usize) {
    let form = m.peek(2).object_opt().and_then(|container| {
        if PyList::check_exact(container) {
            index_of(m.peek(1)).map(|_| STORE_SUBSCR_LIST_INT)
        } else if PyDict::check_exact(container) {
            Some(STORE_SUBSCR_DICT)
        } else {
            None
        }
    });
    settle(m, STORE_SUBSCR, form);
}

#[inline(always)]
pub(crate) fn store_list(m: &mut Machine) -> bool {
    let Some(list) = m.peek(2).object_opt().and_then(|o| o.downcast_exact::<PyList>()) else { return false };
    let Some(index) = index_of(m.peek(1)) else { return false };
    if index >= list.len() {
        return false;
    }
    m.save();
    m.obj(3);
    let (key, container) = (m.pop(), m.pop());
    let value = m.pop().into_obj();
    list.set(index, value);
    key.close();
    container.close();
    m.skip(1);
    true
}

#[inline(always)]
pub(crate) fn store_dict(m: &mut Machine) -> Option<PyResult<()>> {
    let dict = m.peek(2).object_opt()?.downcast_exact::<PyDict>()?;
    m.save();
    Some(dict.set_item(m.obj(1), m.obj(3)).map(|()| {
        m.pop_close(3);
        m.skip(1);
    }))
}

#[inline(never)]
pub(crate) fn specialise_unpack(m: &mut Machine, oparg: usize) {
    let form = m.peek(1).object_opt().and_then(|value| {
        if let Some(tuple) = value.downcast_exact::<PyTuple>() {
            match (tuple.len(), oparg) {
                (2, 2) => Some(UNPACK_SEQUENCE_TWO_TUPLE),
                (length, wanted) if length == wanted => Some(UNPACK_SEQUENCE_TUPLE),
                _ => None,
            }
        } else {
            let list = value.downcast_exact::<PyList>()?;
            (list.len() == oparg).then_some(UNPACK_SEQUENCE_LIST)
        }
    });
    settle(m, UNPACK_SEQUENCE, form);
}

#[inline(always)]
fn push_items(m: &mut Machine, items: &[&PyObject]) {
    let sequence = m.pop();
    for item in items.iter().rev() {
        m.push(Value::new_ref(item));
    }
    m.let_go(sequence);
    m.skip(1);
}

#[inline(always)]
pub(crate) fn unpack_tuple(m: &mut Machine, oparg: usize) -> bool {
    let Some(tuple) = m.peek(1).object_opt().and_then(|o| o.downcast_exact::<PyTuple>()) else {
        return false;
    };
    if tuple.len() != oparg {
        return false;
    }
    push_items(m, tuple.as_slice());
    true
}

#[inline(always)]
pub(crate) fn unpack_list(m: &mut Machine, oparg: usize) -> bool {
    let Some(list) = m.peek(1).object_opt().and_then(|o| o.downcast_exact::<PyList>()) else { return false };
    if list.len() != oparg {
        return false;
    }
    // SAFETY: taking references to the items runs no Python code.
    push_items(m, unsafe { list.borrow_items() });
    true
}
