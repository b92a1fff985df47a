//! Building and filling containers, slices, unpacking.

#![expect(unsafe_code, reason = "slots of the value stack pass to containers as they are")]

use super::arithmetic::as_small;
use super::machine::Machine;
use crate::value::Value;
use core::ops::Range;
use taipan_objects::errors;
use taipan_objects::model::Raised;
use taipan_objects::prelude::*;
use taipan_objects::types::set::PySet;
use taipan_objects::types::slice::PySlice;

#[inline(always)]
pub(crate) fn build_tuple(m: &mut Machine, oparg: usize) -> PyResult<()> {
    // The tracer of memory asks for the line.
    m.save_instr();
    // SAFETY: the slots' references pass to the tuple; where there is no memory, they stay on the stack.
    let tuple = unsafe { PyTuple::from_raw_items(m.own(oparg), oparg)? };
    m.drop_slots(oparg);
    m.push_obj(tuple);
    Ok(())
}

#[inline(always)]
pub(crate) fn build_list(m: &mut Machine, oparg: usize) -> PyResult<()> {
    m.save_instr();
    // SAFETY: as for tuples.
    let list = unsafe { PyList::from_raw_items(m.own(oparg), oparg)? };
    m.drop_slots(oparg);
    m.push_obj(list);
    Ok(())
}

#[inline(never)]
pub(crate) fn build_set(m: &mut Machine, oparg: usize) -> PyResult<()> {
    m.save();
    let set = PySet::new();
    for depth in (1..=oparg).rev() {
        set.add(m.obj(depth))?;
    }
    m.replace_obj(oparg, set);
    Ok(())
}

#[inline(never)]
pub(crate) fn build_map(m: &mut Machine, oparg: usize) -> PyResult<()> {
    m.save();
    let dict = if oparg > 5 { PyDict::with_capacity(oparg) } else { PyDict::new() };
    for pair in (1..=oparg).rev() {
        dict.set_item(m.obj(2 * pair), m.obj(2 * pair - 1))?;
    }
    m.replace_obj(2 * oparg, dict);
    Ok(())
}

#[inline(never)]
pub(crate) fn build_string(m: &mut Machine, oparg: usize) -> PyResult<()> {
    m.save();
    let pieces = m.own(oparg);
    // SAFETY: the slots hold so many objects, as long as they are on the stack.
    let joined = PyStr::join_slice(unsafe { core::slice::from_raw_parts(pieces.cast(), oparg) })?;
    m.replace_obj(oparg, joined);
    Ok(())
}

#[inline(never)]
pub(crate) fn build_slice(m: &mut Machine, oparg: usize) {
    let step = if oparg == 3 { m.pop_obj() } else { none() };
    let stop = m.pop_obj();
    let start = m.pop_obj();
    m.push_obj(PySlice::new(start, stop, step));
}

/// The places between the two topmost values, which are integers or `None`, in a sequence of this length.
#[inline(always)]
fn plain_range(m: &Machine, length: usize) -> Option<Range<usize>> {
    let bound = |value: Value, missing: usize| {
        if value.is_none() {
            return Some(missing);
        }
        let index = as_small(value)?;
        let index = if index < 0 { index.saturating_add(length as i64).max(0) } else { index };
        Some((index as usize).min(length))
    };
    let (start, stop) = (bound(m.peek(2), 0)?, bound(m.peek(1), length)?);
    Some(start..stop.max(start))
}

/// A slice of a list, a tuple or a string between bounds that are known without a call.
#[inline(always)]
fn plain_slice(m: &Machine) -> Option<PyResult> {
    let container = m.peek(3).object_opt()?;
    if let Some(list) = container.downcast_exact::<PyList>() {
        let range = plain_range(m, list.len())?;
        // SAFETY: a list takes references to the items, which runs no Python code.
        return Some(PyList::from_slice(unsafe { &list.borrow_items()[range] }).map(Py::into_obj));
    }
    if let Some(tuple) = container.downcast_exact::<PyTuple>() {
        let range = plain_range(m, tuple.len())?;
        return Some(Ok(tuple.slice(range.start, range.end).into_obj()));
    }
    let text = container.downcast_exact::<PyStr>()?;
    let range = plain_range(m, text.len())?;
    Some(Ok(text.substring(range.start, range.end).into_obj()))
}

/// `container[start:stop]`.
#[inline(never)]
pub(crate) fn binary_slice(m: &mut Machine) -> PyResult<()> {
    m.save();
    if let Some(part) = plain_slice(m) {
        m.replace_obj(3, part?);
        return Ok(());
    }
    let slice = PySlice::new(m.obj(2).owned(), m.obj(1).owned(), none());
    let result = object::get_item(m.obj(3), &slice)?;
    m.replace_obj(3, result);
    Ok(())
}

/// `container[start:stop] = value`.
#[inline(never)]
pub(crate) fn store_slice(m: &mut Machine) -> PyResult<()> {
    m.save();
    if let Some(list) = m.obj(3).downcast_exact::<PyList>()
        && let Some(items) = exact_items(m.obj(4))
        && let Some(range) = plain_range(m, list.len())
    {
        list.set_slice(range.start, range.end, items)?;
        m.pop_close(4);
        return Ok(());
    }
    let slice = PySlice::new(m.obj(2).owned(), m.obj(1).owned(), none());
    object::set_item(m.obj(3), &slice, Some(m.obj(4)))?;
    m.pop_close(4);
    Ok(())
}

/// The container `oparg` below what is on top of it.
#[inline(always)]
fn below<'a, T: PyType>(m: &Machine, oparg: usize) -> Option<&'a T> {
    m.obj(oparg + 1).downcast::<T>()
}

fn misplaced() -> Raised {
    raised!(SystemError, "bad container operand")
}

#[inline(always)]
pub(crate) fn list_append(m: &mut Machine, oparg: usize) -> PyResult<()> {
    let list = below::<PyList>(m, oparg).ok_or_else(misplaced)?;
    list.append(m.pop_obj())
}

#[inline(never)]
pub(crate) fn set_add(m: &mut Machine, oparg: usize) -> PyResult<()> {
    m.save();
    // The names of conditional annotations are in a variable that programs can bind again.
    let Some(set) = below::<PySet>(m, oparg) else {
        return Err(raised!(TypeError, "'{}' object is not a set", m.obj(oparg + 1).class().name()));
    };
    set.add(m.obj(1))?;
    m.pop_close(1);
    Ok(())
}

#[inline(never)]
pub(crate) fn map_add(m: &mut Machine, oparg: usize) -> PyResult<()> {
    m.save();
    below::<PyDict>(m, oparg + 1).ok_or_else(misplaced)?.set_item(m.obj(2), m.obj(1))?;
    m.pop_close(2);
    Ok(())
}

#[inline(never)]
pub(crate) fn list_extend(m: &mut Machine, oparg: usize) -> PyResult<()> {
    m.save();
    let iterable = m.obj(1);
    let result = below::<PyList>(m, oparg).ok_or_else(misplaced)?.extend(iterable);
    if let Err(raised) = result {
        let class = iterable.class();
        if errors::matches(&raised, Exc::TypeError)
            && class.tp_iter().is_none()
            && !sequence::is_sequence(iterable)
        {
            errors::clear(raised);
            return Err(raised!(TypeError, "Value after * must be an iterable, not {}", class.name()));
        }
        return Err(raised);
    }
    m.pop_close(1);
    Ok(())
}

#[inline(never)]
pub(crate) fn set_update(m: &mut Machine, oparg: usize) -> PyResult<()> {
    m.save();
    below::<PySet>(m, oparg).ok_or_else(misplaced)?.update(m.obj(1))?;
    m.pop_close(1);
    Ok(())
}

#[inline(never)]
pub(crate) fn dict_update(m: &mut Machine, oparg: usize) -> PyResult<()> {
    m.save();
    let other = m.obj(1);
    if let Err(raised) = below::<PyDict>(m, oparg).ok_or_else(misplaced)?.merge(other, true) {
        if errors::matches(&raised, Exc::AttributeError) {
            errors::clear(raised);
            return Err(raised!(TypeError, "'{}' object is not a mapping", other.class().name()));
        }
        return Err(raised);
    }
    m.pop_close(1);
    Ok(())
}

/// `**mapping` in a call: duplicates are errors of the function `oparg + 3` below.
#[inline(never)]
pub(crate) fn dict_merge(m: &mut Machine, oparg: usize) -> PyResult<()> {
    m.save();
    let other = m.obj(1);
    let dict = below::<PyDict>(m, oparg).ok_or_else(misplaced)?;
    merge_keywords(dict, other, m.obj(oparg + 4))?;
    m.pop_close(1);
    Ok(())
}

fn merge_keywords(dict: &PyDict, other: &PyObject, callee: &PyObject) -> PyResult<()> {
    if let Some(other) = other.downcast_exact::<PyDict>() {
        // Keys that compare otherwise than strings may change the dictionary.
        if dict.is_empty() && !core::ptr::eq(dict, other) {
            return dict.merge(other, true);
        }
        for (key, value) in other.items_snapshot() {
            add_keyword(dict, &key, &value, callee)?;
        }
        return Ok(());
    }
    let keys = match call::method(other, intern!("keys"), &[]) {
        Ok(keys) => keys,
        Err(raised) => {
            errors::catch(raised, Exc::AttributeError)?;
            let name = call::function_str(callee)?;
            return Err(raised!(
                TypeError,
                "{name} argument after ** must be a mapping, not {}",
                other.class().name()
            ));
        }
    };
    iter::for_each(&keys, |key| {
        let value = object::get_item(other, &key)?;
        add_keyword(dict, &key, &value, callee)
    })
}

fn add_keyword(dict: &PyDict, key: &PyObject, value: &PyObject, callee: &PyObject) -> PyResult<()> {
    if dict.contains(key)? {
        let name = call::function_str(callee)?;
        let key = object::str(key)?;
        return Err(raised!(TypeError, "{name} got multiple values for keyword argument '{key}'"));
    }
    dict.set_item(key, value)
}

/// `a, b = value`: the items go on the stack, the first on top.
#[inline(never)]
pub(crate) fn unpack(
    value: &PyObject,
    before: usize,
    after: Option<usize>,
    out: &mut Vec<Obj>,
) -> PyResult<()> {
    if after.is_none()
        && let Some(items) = exact_items(value)
    {
        if items.len() != before {
            return Err(wrong_length(before, items.len(), true));
        }
        *out = items;
        return Ok(());
    }
    let iterator = match iter::iter(value) {
        Ok(iterator) => iterator,
        Err(raised) => {
            if errors::matches(&raised, Exc::TypeError)
                && value.class().tp_iter().is_none()
                && !sequence::is_sequence(value)
            {
                errors::clear(raised);
                let name = value.class().name();
                return Err(raised!(TypeError, "cannot unpack non-iterable {name} object"));
            }
            return Err(raised);
        }
    };
    for count in 0..before {
        match iter::next(&iterator)? {
            Some(item) => out.push(item),
            None => return Err(too_few(before, after, count)),
        }
    }
    let Some(after) = after else {
        return match iter::next(&iterator)? {
            None => Ok(()),
            Some(_) => {
                let known =
                    if value.downcast_exact::<PyDict>().is_some() { object::len(value).ok() } else { None };
                Err(wrong_length(before, known.unwrap_or(0), known.is_some()))
            }
        };
    };
    let rest = sequence::to_list(&iterator)?;
    let length = rest.len();
    if length < after {
        return Err(too_few(before, Some(after), before + length));
    }
    let mut items = rest.to_vec();
    let tail = items.split_off(length - after);
    out.push(PyList::from_vec(items).into_obj());
    out.extend(tail);
    Ok(())
}

fn exact_items(value: &PyObject) -> Option<Vec<Obj>> {
    if let Some(tuple) = value.downcast_exact::<PyTuple>() {
        return Some(tuple.as_slice().iter().map(|item| item.owned()).collect());
    }
    value.downcast_exact::<PyList>().map(PyList::to_vec)
}

#[cold]
fn wrong_length(expected: usize, got: usize, known: bool) -> Raised {
    if known && got < expected {
        return too_few(expected, None, got);
    }
    if known {
        return raised!(ValueError, "too many values to unpack (expected {expected}, got {got})");
    }
    raised!(ValueError, "too many values to unpack (expected {expected})")
}

#[cold]
fn too_few(before: usize, after: Option<usize>, got: usize) -> Raised {
    match after {
        None => raised!(ValueError, "not enough values to unpack (expected {before}, got {got})"),
        Some(after) => raised!(
            ValueError,
            "not enough values to unpack (expected at least {}, got {got})",
            before + after
        ),
    }
}

#[inline(never)]
pub(crate) fn unpack_sequence(m: &mut Machine, oparg: usize) -> PyResult<()> {
    m.save();
    let mut items = Vec::new();
    unpack(m.obj(1), oparg, None, &mut items)?;
    push_reversed(m, items);
    Ok(())
}

#[inline(never)]
pub(crate) fn unpack_ex(m: &mut Machine, oparg: usize) -> PyResult<()> {
    m.save();
    let (before, after) = (oparg & 0xFF, oparg >> 8);
    let value = m.obj(1);
    // SAFETY: taking references to the items, and making a list of them, runs no Python code.
    let known = unsafe { value.downcast_exact::<PyList>().map(|list| list.borrow_items()) };
    if let Some(items) = known.or_else(|| value.downcast_exact::<PyTuple>().map(PyTuple::as_slice)) {
        let Some(end) = items.len().checked_sub(after).filter(|&end| end >= before) else {
            return Err(too_few(before, Some(after), items.len()));
        };
        let rest = PyList::from_slice(&items[before..end])?;
        let held = m.pop();
        items[end..].iter().rev().for_each(|item| m.push(Value::new_ref(item)));
        m.push_obj(rest);
        items[..before].iter().rev().for_each(|item| m.push(Value::new_ref(item)));
        m.close(held);
        return Ok(());
    }
    let mut items = Vec::new();
    unpack(value, before, Some(after), &mut items)?;
    push_reversed(m, items);
    Ok(())
}

#[inline(always)]
fn push_reversed(m: &mut Machine, items: Vec<Obj>) {
    let value = m.pop();
    for item in items.into_iter().rev() {
        m.push(Value::owned(item));
    }
    m.close(value);
}
