//! Iterating in the general form. Generators are resumed in the same loop, see `generators`.

use super::machine::Machine;
use crate::monitoring::stepping;
use crate::value::Value;
use taipan_objects::prelude::*;

#[inline(always)]
pub(crate) fn get_iter(m: &mut Machine) -> PyResult<()> {
    m.save();
    let iterator = iter::iter(m.obj(1))?;
    m.replace_obj(1, iterator);
    Ok(())
}

/// `FOR_ITER`: pushes the next item, or goes to the end of the loop: behind its `END_FOR`, which would drop the item.
#[inline(always)]
pub(crate) fn for_iter(m: &mut Machine, oparg: usize) -> PyResult<()> {
    m.save();
    let next = match iter::next_or_stop(m.obj(1)) {
        Err(raised) => m.outline(|m| stepping::stopped(m, raised)).map(|()| None),
        next => next,
    };
    match next? {
        Some(item) => {
            m.push_obj(item);
            m.skip(1);
        }
        None => m.skip(1 + oparg + 1),
    }
    Ok(())
}

/// The iterator of `yield from` and `await` in a generator or coroutine.
#[inline(never)]
pub(crate) fn yield_from_iter(iterable: &PyObject, in_coroutine: bool) -> PyResult<Option<Obj>> {
    use crate::generators::{PyCoroutine, PyGenerator};
    if iterable.downcast_exact::<PyCoroutine>().is_some() {
        if !in_coroutine {
            return Err(raised!(
                TypeError,
                "cannot 'yield from' a coroutine object in a non-coroutine generator"
            ));
        }
        return Ok(None);
    }
    if iterable.downcast_exact::<PyGenerator>().is_some() {
        return Ok(None);
    }
    iter::iter(iterable).map(Some)
}

#[inline(never)]
pub(crate) fn get_yield_from_iter(m: &mut Machine) -> PyResult<()> {
    use taipan_bytecode::code::flags::{CO_COROUTINE, CO_ITERABLE_COROUTINE};
    m.save();
    let flags = m.code().raw.co_flags as u32;
    let in_coroutine = flags & (CO_COROUTINE | CO_ITERABLE_COROUTINE) != 0;
    if let Some(iterator) = yield_from_iter(m.obj(1), in_coroutine)? {
        m.replace_obj(1, iterator);
    }
    Ok(())
}

#[inline(always)]
pub(crate) fn get_len(m: &mut Machine) -> PyResult<()> {
    m.save();
    let length = object::len(m.obj(1))?;
    m.push(Value::int(length as i64));
    Ok(())
}
