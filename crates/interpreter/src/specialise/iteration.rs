//! `SEND` to generators, and `FOR_ITER` over the built-in iterators and generators.

use super::settle;
use crate::eval::generators::{is_ready, resume};
use crate::eval::machine::Machine;
use crate::eval::opcodes::*;
use crate::generators::{IsSuspended, PyGenerator, as_direct};
use crate::value::Value;
use taipan_objects::prelude::*;
use taipan_objects::types::list::iterator::PyListIterator;
use taipan_objects::types::range::iterator::PyRangeIter;
use taipan_objects::types::tuple::iterator::PyTupleIterator;

#[inline(never)]
pub(crate) fn specialise(m: &mut Machine, oparg: usize) {
    let iterator = m.obj(1);
    let form = if PyListIterator::check_exact(iterator) {
        Some(FOR_ITER_LIST)
    } else if PyTupleIterator::check_exact(iterator) {
        Some(FOR_ITER_TUPLE)
    } else if PyRangeIter::check_exact(iterator) {
        Some(FOR_ITER_RANGE)
    } else if PyGenerator::check_exact(iterator) && oparg < usize::from(u16::MAX) {
        // The frame remembers the way to the end of the loop in sixteen bits.
        Some(FOR_ITER_GEN)
    } else {
        None
    };
    settle(m, FOR_ITER, form);
}

#[inline(never)]
pub(crate) fn specialise_send(m: &mut Machine, _: usize) {
    let direct = m.peek(2).object_opt().is_some_and(|receiver| as_direct(receiver).is_some());
    settle(m, SEND, direct.then_some(SEND_GEN));
}

/// What is iterated over. Whoever calls the code of a generator expression gives it any value, an integer too.
#[inline(always)]
fn iterator(m: &Machine) -> Option<&'static PyObject> {
    let iterator = m.peek(1);
    if iterator.is_int() { None } else { Some(iterator.object()) }
}

/// Pushes the item. At the end of the loop the general instruction runs, which also lets go of the container.
#[inline(always)]
fn finish(m: &mut Machine, item: Option<Value>) -> bool {
    let Some(item) = item else { return false };
    m.push(item);
    m.skip(1);
    true
}

#[inline(always)]
pub(crate) fn list(m: &mut Machine) -> bool {
    let Some(iterator) = iterator(m).and_then(|i| i.downcast_exact::<PyListIterator>()) else {
        return false;
    };
    finish(m, iterator.step().map(Value::owned))
}

#[inline(always)]
pub(crate) fn tuple(m: &mut Machine) -> bool {
    let Some(iterator) = iterator(m).and_then(|i| i.downcast_exact::<PyTupleIterator>()) else {
        return false;
    };
    finish(m, iterator.step().map(Value::owned))
}

#[inline(always)]
pub(crate) fn range(m: &mut Machine) -> bool {
    let Some(iterator) = iterator(m).and_then(|i| i.downcast_exact::<PyRangeIter>()) else { return false };
    finish(m, iterator.step(Value::fitting))
}

/// A generator: goes on in its frame. When it returns, `END_FOR` drops its result.
#[inline(always)]
pub(crate) fn generator(m: &mut Machine, oparg: usize) -> Option<PyResult<()>> {
    let generator = iterator(m)?.downcast_exact::<PyGenerator>()?.suspended();
    if !is_ready(generator) {
        return None;
    }
    Some(resume(m, generator, Value::none(), 1 + oparg))
}
