//! What Python code can do with sets and frozen sets.

use super::operations as op;
use super::{
    PyFrozenSet, PySet, PySetIterator, hash_members, hash_sought, is_any_set, is_any_set_exact, members,
    table_of,
};
use crate::model::{CompareOp, ObjectExt, Py, PyObject, PyResult, PyType, ToPy, TypeObject, not_implemented};
use crate::protocols::{call, object};
use crate::types::dict::PyDict;
use crate::types::genericalias;
use crate::types::list::PyList;
use crate::types::str::PyStr;
use crate::types::tuple::{PyTuple, no_keywords, one_argument};
use crate::{errors, intern};
use taipan_kernels::text::TextBuilder;
use taipan_macros::pymethods;

/// `{…}`, or with the name of the type around it.
fn show(set: &PyObject) -> PyResult<Py<PyStr>> {
    let name = set.class().short_name().to_string();
    if !object::repr_enter(set)? {
        return Ok(PyStr::new(&format!("{name}(...)")));
    }
    let mut text = TextBuilder::with_capacity(32);
    let shown = show_members(set, &name, &mut text);
    object::repr_leave(set);
    shown?;
    PyStr::try_from_builder(text)
}

fn show_members(set: &PyObject, name: &str, text: &mut TextBuilder) -> PyResult<()> {
    let members = table_of(set).map(members).unwrap_or_default();
    let bare = PySet::check_exact(set);
    if members.is_empty() {
        PyStr::new(&format!("{name}()")).append_to(text);
        return Ok(());
    }
    if !bare {
        PyStr::new(&format!("{name}(")).append_to(text);
    }
    for (i, member) in members.iter().enumerate() {
        text.push_ascii(if i == 0 { b"{" } else { b", " });
        object::repr(member)?.append_to(text);
    }
    text.push_ascii(if bare { b"}" } else { b"})" });
    Ok(())
}

fn compare_sets(set: &PyObject, other: &PyObject, op: CompareOp) -> PyResult {
    let (Some(a), Some(b)) = (table_of(set), table_of(other)) else { return Ok(not_implemented()) };
    let answer = match op {
        CompareOp::Eq | CompareOp::Ne => {
            let (x, y) = (a.hash().get(), b.hash().get());
            let differ = a.len() != b.len() || (x != -1 && y != -1 && x != y);
            let equal = !differ && op::is_subset(set, other)?;
            equal == (op == CompareOp::Eq)
        }
        CompareOp::Le => op::is_subset(set, other)?,
        CompareOp::Ge => op::is_superset(set, other)?,
        CompareOp::Lt => a.len() < b.len() && op::is_subset(set, other)?,
        CompareOp::Gt => a.len() > b.len() && op::is_superset(set, other)?,
    };
    answer.to_py()
}

/// A binary operation on two sets of either type.
fn binary(a: &PyObject, b: &PyObject, f: impl FnOnce(&PyObject, &PyObject) -> PyResult) -> PyResult {
    if is_any_set(a) && is_any_set(b) { f(a, b) } else { Ok(not_implemented()) }
}

fn united(a: &PyObject, b: &PyObject) -> PyResult {
    let result = op::copy(a)?;
    if !a.is(b)
        && let Some(table) = table_of(&result)
    {
        op::update(table, b)?;
    }
    Ok(result)
}

/// What both types have.
macro_rules! common {
    ($name:ident, $methods:ident, $slots:ident) => {
        #[pymethods($methods)]
        impl $name {
            /// x.__contains__(y) <==> y in x.
            #[pymethod(name = "__contains__", coexist, signature = "(object, /)")]
            fn contains_method(&self, value: &PyObject) -> PyResult<bool> {
                self.contains(value)
            }

            /// Return a new set with elements in the set that are not in the others.
            #[pymethod(signature = "(*others)")]
            fn difference(&self, others: &[&PyObject]) -> PyResult {
                let Some((first, rest)) = others.split_first() else { return op::copy(self) };
                let result = op::difference(self, first)?;
                for other in rest {
                    op::difference_update(&result, other)?;
                }
                Ok(result)
            }

            /// Return a new set with elements common to the set and all others.
            #[pymethod(signature = "(*others)")]
            fn intersection(&self, others: &[&PyObject]) -> PyResult {
                let Some((first, rest)) = others.split_first() else { return op::copy(self) };
                let mut result = op::intersection(self, first)?;
                for other in rest {
                    result = op::intersection(&result, other)?;
                }
                Ok(result)
            }

            /// Return True if two sets have a null intersection.
            #[pymethod(signature = "(other, /)")]
            fn isdisjoint(&self, other: &PyObject) -> PyResult<bool> {
                op::is_disjoint(self, other)
            }

            /// Report whether another set contains this set.
            #[pymethod(signature = "(other, /)")]
            fn issubset(&self, other: &PyObject) -> PyResult<bool> {
                op::is_subset(self, other)
            }

            /// Report whether this set contains another set.
            #[pymethod(signature = "(other, /)")]
            fn issuperset(&self, other: &PyObject) -> PyResult<bool> {
                op::is_superset(self, other)
            }

            /// Return state information for pickling.
            #[pymethod(name = "__reduce__")]
            fn reduce(&self) -> PyResult {
                let members = PyList::try_from_vec(self.to_vec())?;
                let state = call::method(self, intern!("__getstate__"), &[])?;
                (self.class(), PyTuple::from_vec(vec![members.into_obj()]), state).to_py()
            }

            /// S.__sizeof__() -> size of S in memory, in bytes.
            #[pymethod(name = "__sizeof__")]
            fn sizeof(&self) -> usize {
                self.class().tp_basicsize() as usize + self.table.size_outside()
            }

            /// Return a new set with elements in either the set or other but not both.
            #[pymethod(signature = "(other, /)")]
            fn symmetric_difference(&self, other: &PyObject) -> PyResult {
                op::symmetric_difference(self, other)
            }

            /// Return a new set with elements from the set and all others.
            #[pymethod(signature = "(*others)")]
            fn union(&self, others: &[&PyObject]) -> PyResult {
                let result = op::copy(self)?;
                if let Some(table) = table_of(&result) {
                    for other in others.iter().filter(|other| !other.is(self)) {
                        op::update(table, other)?;
                    }
                }
                Ok(result)
            }
        }

        #[pymethods($slots)]
        impl $name {
            #[slot(tp_repr)]
            fn repr(&self) -> PyResult<Py<PyStr>> {
                show(self)
            }

            #[slot(tp_richcompare)]
            fn compare(&self, other: &PyObject, op: CompareOp) -> PyResult {
                compare_sets(self, other, op)
            }

            #[slot(tp_iter)]
            fn iter(&self) -> PyResult<Py<PySetIterator>> {
                Ok(PySetIterator::new(self))
            }

            #[slot(sq_length)]
            fn length(&self) -> PyResult<usize> {
                Ok(self.len())
            }

            #[slot(sq_contains)]
            fn contains_slot(&self, value: &PyObject) -> PyResult<bool> {
                self.contains(value)
            }

            #[slot(nb_subtract)]
            fn subtract(a: &PyObject, b: &PyObject) -> PyResult {
                binary(a, b, op::difference)
            }

            #[slot(nb_and)]
            fn and(a: &PyObject, b: &PyObject) -> PyResult {
                binary(a, b, op::intersection)
            }

            #[slot(nb_xor)]
            fn xor(a: &PyObject, b: &PyObject) -> PyResult {
                binary(a, b, op::symmetric_difference)
            }

            #[slot(nb_or)]
            fn or(a: &PyObject, b: &PyObject) -> PyResult {
                binary(a, b, united)
            }
        }
    };
}

common!(PySet, SET_COMMON, SET_SLOTS);
common!(PyFrozenSet, FROZEN_COMMON, FROZEN_SLOTS);

#[pymethods(SET_METHODS)]
impl PySet {
    /// sets are generic over the type of their elements
    #[pymethod(name = "__class_getitem__", class, signature = "(object, /)")]
    fn class_getitem(cls: &TypeObject, item: &PyObject) -> PyResult {
        genericalias::new(cls, item)
    }

    #[slot(tp_new)]
    fn py_new(cls: &TypeObject, _args: &PyTuple, _kwargs: Option<&PyDict>) -> PyResult<Py<PySet>> {
        PySet::new_in(cls)
    }

    #[slot(tp_init)]
    fn init(&self, args: &PyTuple, kwargs: Option<&PyDict>) -> PyResult<()> {
        if kwargs.is_some_and(|kwargs| !kwargs.is_empty()) {
            return Err(raised!(TypeError, "set() takes no keyword arguments"));
        }
        let iterable = one_argument("set", args.as_slice())?;
        self.table.clear_members();
        iterable.map_or(Ok(()), |iterable| self.update(iterable))
    }

    /// Add an element to a set.
    ///
    /// This has no effect if the element is already present.
    #[pymethod(name = "add", signature = "(object, /)")]
    fn add_method(&self, value: &PyObject) -> PyResult<()> {
        self.add(value).map(drop)
    }

    /// Remove all elements from this set.
    #[pymethod]
    fn clear(&self) {
        self.table.clear_members();
    }

    /// Return a shallow copy of a set.
    #[pymethod]
    fn copy(&self) -> PyResult {
        op::copy(self)
    }

    /// Remove an element from a set if it is a member.
    ///
    /// Unlike set.remove(), the discard() method does not raise
    /// an exception when an element is missing from the set.
    #[pymethod(name = "discard", signature = "(object, /)")]
    fn discard_method(&self, value: &PyObject) -> PyResult<()> {
        self.discard(value).map(drop)
    }

    /// Update the set, removing elements found in others.
    #[pymethod(signature = "(*others)")]
    fn difference_update(&self, others: &[&PyObject]) -> PyResult<()> {
        others.iter().try_for_each(|other| op::difference_update(self, other))
    }

    /// Update the set, keeping only elements found in it and all others.
    #[pymethod(signature = "(*others)")]
    fn intersection_update(&self, others: &[&PyObject]) -> PyResult<()> {
        let common = self.intersection(others)?;
        if let Some(table) = table_of(&common) {
            self.table.swap(table);
        }
        Ok(())
    }

    /// Remove and return an arbitrary set element.
    ///
    /// Raises KeyError if the set is empty.
    #[pymethod(name = "pop")]
    fn pop_method(&self) -> PyResult {
        self.pop().ok_or_else(|| raised!(KeyError, "pop from an empty set"))
    }

    /// Remove an element from a set; it must be a member.
    ///
    /// If the element is not a member, raise a KeyError.
    #[pymethod(signature = "(object, /)")]
    fn remove(&self, value: &PyObject) -> PyResult<()> {
        if self.table.discard(value, hash_sought(value)?)? {
            Ok(())
        } else {
            Err(errors::set_key_error(value))
        }
    }

    /// Update the set, keeping only elements found in either set, but not in both.
    #[pymethod(signature = "(other, /)")]
    fn symmetric_difference_update(&self, other: &PyObject) -> PyResult<()> {
        op::symmetric_difference_update(self, other)
    }

    /// Update the set, adding elements from all others.
    #[pymethod(name = "update", signature = "(*others)")]
    fn update_method(&self, others: &[&PyObject]) -> PyResult<()> {
        others.iter().try_for_each(|other| self.update(other))
    }

    #[slot(nb_inplace_or)]
    fn inplace_or(&self, other: &PyObject) -> PyResult {
        self.in_place(other, |set, other| set.update(other))
    }

    #[slot(nb_inplace_and)]
    fn inplace_and(&self, other: &PyObject) -> PyResult {
        self.in_place(other, |set, other| op::intersection_update(set, other))
    }

    #[slot(nb_inplace_subtract)]
    fn inplace_subtract(&self, other: &PyObject) -> PyResult {
        self.in_place(other, |set, other| op::difference_update(set, other))
    }

    #[slot(nb_inplace_xor)]
    fn inplace_xor(&self, other: &PyObject) -> PyResult {
        self.in_place(other, |set, other| op::symmetric_difference_update(set, other))
    }

    fn in_place(&self, other: &PyObject, f: impl FnOnce(&PySet, &PyObject) -> PyResult<()>) -> PyResult {
        if !is_any_set(other) {
            return Ok(not_implemented());
        }
        f(self, other)?;
        Ok(self.owned())
    }
}

#[pymethods(FROZEN_METHODS)]
impl PyFrozenSet {
    /// frozensets are generic over the type of their elements
    #[pymethod(name = "__class_getitem__", class, signature = "(object, /)")]
    fn class_getitem(cls: &TypeObject, item: &PyObject) -> PyResult {
        genericalias::new(cls, item)
    }

    #[slot(tp_new)]
    fn py_new(cls: &TypeObject, args: &PyTuple, kwargs: Option<&PyDict>) -> PyResult {
        no_keywords(cls, PyFrozenSet::type_object(), kwargs)?;
        let iterable = one_argument("frozenset", args.as_slice())?;
        match iterable {
            Some(iterable) if cls.is(PyFrozenSet::type_object()) => {
                Ok(PyFrozenSet::from_iterable(iterable)?.into_obj())
            }
            _ => op::make(cls, iterable),
        }
    }

    #[slot(tp_hash)]
    fn hash(&self) -> PyResult<isize> {
        let known = self.table.hash().get();
        if known != -1 {
            return Ok(known);
        }
        let hash = hash_members(&self.table);
        self.table.hash().set(hash);
        Ok(hash)
    }

    /// Return a shallow copy of a set.
    #[pymethod]
    fn copy(&self) -> PyResult {
        if is_any_set_exact(self) { Ok(self.owned()) } else { op::copy(self) }
    }
}
