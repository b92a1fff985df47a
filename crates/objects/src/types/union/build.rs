//! Building unions: flattened, each member once.

use super::PyUnion;
use crate::errors::{self, Exc};
use crate::model::{CompareOp, Obj, ObjCell, ObjectExt, PyObject, PyResult, TypeObject, not_implemented};
use crate::protocols::object;
use crate::types::genericalias::PyGenericAlias;
use crate::types::set::{PyFrozenSet, PySet};
use crate::types::str::PyStr;
use crate::types::tuple::PyTuple;
use crate::types::typing;
use core::cell::Cell;

/// Whether an equal item is among these.
pub(super) fn contains(items: &[&PyObject], item: &PyObject) -> PyResult<bool> {
    for known in items {
        if object::compare_bool(known, item, CompareOp::Eq)? {
            return Ok(true);
        }
    }
    Ok(false)
}

struct Builder {
    args: Vec<Obj>,
    seen: crate::model::Py<PySet>,
    unhashable: Vec<Obj>,
}

impl Builder {
    fn new() -> Self {
        Builder { args: Vec::new(), seen: PySet::new(), unhashable: Vec::new() }
    }

    /// Adds a type, or the members of a union.
    fn add(&mut self, arg: &PyObject) -> PyResult<()> {
        if arg.is_none() {
            return self.add_one(crate::types::singletons::none_type());
        }
        match arg.downcast::<PyUnion>() {
            Some(union) => union.args().as_slice().iter().try_for_each(|arg| self.add_one(arg)),
            None => self.add_one(arg),
        }
    }

    fn add_one(&mut self, arg: &PyObject) -> PyResult<()> {
        match object::hash(arg) {
            Ok(_) => {
                if self.seen.add(arg)? {
                    self.args.push(arg.owned());
                }
            }
            Err(raised) => {
                errors::catch(raised, Exc::TypeError)?;
                let known: Vec<&PyObject> = self.unhashable.iter().map(|item| &**item).collect();
                if !contains(&known, arg)? {
                    self.args.push(arg.owned());
                    self.unhashable.push(arg.owned());
                }
            }
        }
        Ok(())
    }

    fn finish(mut self) -> PyResult {
        if self.args.len() == 1
            && let Some(only) = self.args.pop()
        {
            return Ok(only);
        }
        if self.args.is_empty() {
            return Err(raised!(TypeError, "Cannot take a Union of no types."));
        }
        Ok(crate::memory::new(PyUnion {
            ob_base: PyObject::EMPTY,
            args: PyTuple::from_vec(self.args),
            hashable: PyFrozenSet::from_vec(self.seen.to_vec())?,
            unhashable: PyTuple::from_vec(self.unhashable),
            parameters: ObjCell::empty(),
            weaklist: Cell::new(core::ptr::null_mut()),
        })
        .into_obj())
    }
}

/// Whether `|` with other types makes a union of it.
fn is_unionable(object: &PyObject) -> bool {
    object.is_none()
        || object.downcast::<TypeObject>().is_some()
        || object.downcast::<PyGenericAlias>().is_some()
        || object.downcast::<typing::PyTypeAliasType>().is_some()
}

/// `a | b` (`_Py_union_type_or`); `NotImplemented` where one is no type.
pub fn or(a: &PyObject, b: &PyObject) -> PyResult {
    // A union takes on whatever its making accepts.
    if a.downcast::<PyUnion>().is_some() || b.downcast::<PyUnion>().is_some() {
        return from_tuple(&PyTuple::from_slice(&[a, b]));
    }
    if !is_unionable(a) || !is_unionable(b) {
        return Ok(not_implemented());
    }
    let mut builder = Builder::new();
    builder.add(a)?;
    builder.add(b)?;
    builder.finish()
}

/// `typing.Union[args]` (`_Py_union_from_tuple`): strings become forward references, other members are checked as
/// `typing` checks them.
pub fn from_tuple(args: &PyTuple) -> PyResult {
    let mut builder = Builder::new();
    for &arg in args.as_slice() {
        if arg.is_none() || arg.downcast::<TypeObject>().is_some() || arg.downcast::<PyUnion>().is_some() {
            builder.add(arg)?;
            continue;
        }
        let message = PyStr::new("Union[arg, ...]: each arg must be a type.");
        let checked = typing::call_typing("_type_check", &[arg, &message])?;
        builder.add(&checked)?;
    }
    builder.finish()
}
