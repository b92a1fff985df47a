//! Equality and hash of code objects: everything but the file's name and the qualified name, constants told apart by
//! type.

use super::{PyCode, object_to_constant};
use crate::model::{CompareOp, ObjectExt, PyObject, PyResult, ToPy, not_implemented};
use crate::protocols::object;
use crate::types::bytes::PyBytes;
use crate::types::tuple::PyTuple;
use core::hash::{Hash, Hasher};
use std::hash::DefaultHasher;
use taipan_macros::pymethods;

/// Whether two constants would be merged.
fn same_constant(a: &PyObject, b: &PyObject) -> PyResult<bool> {
    if a.is(b) {
        return Ok(true);
    }
    if let (Some(a), Some(b)) = (a.downcast_exact::<PyCode>(), b.downcast_exact::<PyCode>()) {
        return same(a, b);
    }
    match (object_to_constant(a), object_to_constant(b)) {
        (Some(a), Some(b)) => Ok(a == b),
        _ => Ok(false),
    }
}

fn same_tuple(a: &PyTuple, b: &PyTuple) -> PyResult<bool> {
    object::compare_bool(a, b, CompareOp::Eq)
}

fn same_bytes(a: &PyBytes, b: &PyBytes) -> bool {
    a.as_slice() == b.as_slice()
}

fn same(a: &PyCode, b: &PyCode) -> PyResult<bool> {
    crate::errors::check_stack(" in comparison")?;
    let (x, y) = (&a.raw, &b.raw);
    let numbers = x.co_argcount == y.co_argcount
        && x.co_posonlyargcount == y.co_posonlyargcount
        && x.co_kwonlyargcount == y.co_kwonlyargcount
        && x.co_flags == y.co_flags
        && x.co_firstlineno == y.co_firstlineno
        && a.units() == b.units();
    if !numbers
        || !crate::types::str::PyStr::eq(a.name(), b.name())
        || !same_bytes(&a.code_bytes(), &b.code_bytes())
        || !same_bytes(a.linetable(), b.linetable())
        || !same_bytes(a.exceptiontable(), b.exceptiontable())
        || a.consts().len() != b.consts().len()
    {
        return Ok(false);
    }
    for (a, b) in a.consts().as_slice().iter().zip(b.consts().as_slice()) {
        if !same_constant(a, b)? {
            return Ok(false);
        }
    }
    Ok(same_tuple(a.names(), b.names())? && same_tuple(a.localsplusnames(), b.localsplusnames())?)
}

#[pymethods(SLOTS)]
impl PyCode {
    #[slot(tp_richcompare)]
    fn compare(&self, other: &PyObject, op: CompareOp) -> PyResult {
        let (CompareOp::Eq | CompareOp::Ne, Some(other)) = (op, other.downcast::<PyCode>()) else {
            return Ok(not_implemented());
        };
        let equal = core::ptr::eq(self, other) || same(self, other)?;
        (equal == (op == CompareOp::Eq)).to_py()
    }

    #[slot(tp_hash)]
    fn hash(&self) -> PyResult<isize> {
        let mut hasher = DefaultHasher::new();
        for part in [object::hash(self.name())?, object::hash(self.names())?] {
            part.hash(&mut hasher);
        }
        object::hash(self.localsplusnames())?.hash(&mut hasher);
        for constant in self.consts().as_slice() {
            if let Some(constant) = object_to_constant(constant) {
                constant.hash(&mut hasher);
            }
        }
        let raw = &self.raw;
        let numbers = [
            raw.co_argcount,
            raw.co_posonlyargcount,
            raw.co_kwonlyargcount,
            raw.co_flags,
            raw.co_firstlineno,
        ];
        numbers.hash(&mut hasher);
        self.code_bytes().as_slice().hash(&mut hasher);
        self.linetable().as_slice().hash(&mut hasher);
        self.exceptiontable().as_slice().hash(&mut hasher);
        Ok(hasher.finish() as isize)
    }
}
