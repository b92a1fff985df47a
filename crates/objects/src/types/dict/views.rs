//! The views of a dictionary: keys, values, items; the first and the last are sets.

use super::{
    PyDict, PyDictItemIterator, PyDictKeyIterator, PyDictReverseItemIterator, PyDictReverseKeyIterator,
    PyDictReverseValueIterator, PyDictValueIterator,
};
use crate::model::{
    CompareOp, Obj, ObjCell, ObjectExt, Py, PyObject, PyResult, PyType, ToPy, not_implemented,
};
use crate::protocols::{call, iter, object, sequence};
use crate::types::descriptors::PyMappingProxy;
use crate::types::set::{self, PySet};
use crate::types::str::PyStr;
use crate::types::tuple::PyTuple;
use crate::{intern, memory};
use taipan_kernels::text::TextBuilder;
use taipan_macros::{pymethods, pytype};

#[pytype(name = "dict_keys", exported = PyDictKeys_Type, gc, parts(KEYS_COMMON, KEYS_SET, KEYS_OWN))]
pub struct PyDictKeys {
    ob_base: PyObject,
    dict: ObjCell,
}

#[pytype(name = "dict_items", exported = PyDictItems_Type, gc, parts(ITEMS_COMMON, ITEMS_SET, ITEMS_OWN))]
pub struct PyDictItems {
    ob_base: PyObject,
    dict: ObjCell,
}

#[pytype(name = "dict_values", exported = PyDictValues_Type, gc, parts(VALUES_COMMON, VALUES_OWN))]
pub struct PyDictValuesView {
    ob_base: PyObject,
    dict: ObjCell,
}

/// The dictionary of a view.
fn dict_of(cell: &ObjCell) -> Option<Py<PyDict>> {
    cell.get().and_then(|dict| dict.downcast_into::<PyDict>().ok())
}

/// Whether it is a view that is a set.
fn is_set_view(object: &PyObject) -> bool {
    PyDictKeys::check(object) || PyDictItems::check(object)
}

fn view_length(view: &PyObject) -> usize {
    let cell = match (view.downcast::<PyDictKeys>(), view.downcast::<PyDictItems>()) {
        (Some(keys), _) => &keys.dict,
        (_, Some(items)) => &items.dict,
        _ => return 0,
    };
    dict_of(cell).map_or(0, |dict| dict.len())
}

fn view_contains(view: &PyObject, item: &PyObject) -> PyResult<bool> {
    match (view.downcast::<PyDictKeys>(), view.downcast::<PyDictItems>()) {
        (Some(keys), _) => keys.contains(item),
        (_, Some(items)) => items.contains(item),
        _ => Ok(false),
    }
}

/// `name([…])`.
fn show(view: &PyObject) -> PyResult<Py<PyStr>> {
    if !object::repr_enter(view)? {
        return Ok(PyStr::from_ascii(b"..."));
    }
    let shown = sequence::to_list(view).and_then(|list| object::repr(&list));
    object::repr_leave(view);
    let mut text = TextBuilder::with_capacity(32);
    text.push_ascii(view.class().name().as_bytes());
    text.push_ascii(b"(");
    shown?.append_to(&mut text);
    text.push_ascii(b")");
    PyStr::try_from_builder(text)
}

/// Whether every item of `a` is in `b`.
fn all_in(a: &PyObject, b: &PyObject) -> PyResult<bool> {
    let iterator = iter::iter(a)?;
    while let Some(item) = iter::next(&iterator)? {
        if !sequence::contains(b, &item)? {
            return Ok(false);
        }
    }
    Ok(true)
}

fn compare_views(view: &PyObject, other: &PyObject, op: CompareOp) -> PyResult {
    if !set::is_any_set(other) && !is_set_view(other) {
        return Ok(not_implemented());
    }
    let (a, b) = (view_length(view), object::len(other)?);
    let answer = match op {
        CompareOp::Eq | CompareOp::Ne => {
            let equal = a == b && all_in(view, other)?;
            equal == (op == CompareOp::Eq)
        }
        CompareOp::Lt => a < b && all_in(view, other)?,
        CompareOp::Le => a <= b && all_in(view, other)?,
        CompareOp::Gt => a > b && all_in(other, view)?,
        CompareOp::Ge => a >= b && all_in(other, view)?,
    };
    answer.to_py()
}

/// A new set of an iterable's items.
fn to_set(iterable: &PyObject) -> PyResult<Py<PySet>> {
    let set = PySet::new();
    set.update(iterable)?;
    Ok(set)
}

fn subtract(a: &PyObject, b: &PyObject) -> PyResult {
    let set = to_set(a)?;
    call::method(&set, intern!("difference_update"), &[b])?;
    Ok(set.into_obj())
}

fn unite(a: &PyObject, b: &PyObject) -> PyResult {
    let set = to_set(a)?;
    set.update(b)?;
    Ok(set.into_obj())
}

/// `a ^ b`, of which at least one is a view.
fn symmetric_difference(a: &PyObject, b: &PyObject) -> PyResult {
    if let (Some(first), Some(second)) = (a.downcast::<PyDictItems>(), b.downcast::<PyDictItems>())
        && let (Some(first), Some(second)) = (dict_of(&first.dict), dict_of(&second.dict))
    {
        return items_symmetric_difference(&first, &second);
    }
    let set = to_set(a)?;
    call::method(&set, intern!("symmetric_difference_update"), &[b])?;
    Ok(set.into_obj())
}

/// The items that are in one of two dictionaries only, without hashing pairs that are in both.
fn items_symmetric_difference(a: &PyDict, b: &PyDict) -> PyResult {
    let (result, rest) = (PySet::new(), b.copy()?);
    let mut at = 0;
    while let Some((next, key, value, hash)) = a.next_with_hash(at) {
        at = next;
        let found = rest.get_known_hash(&key, hash)?;
        let equal = match &found {
            Some(other) => object::compare_bool(&value, other, CompareOp::Eq)?,
            None => false,
        };
        if equal {
            rest.pop_known_hash(&key, hash)?;
        } else {
            result.add(&PyTuple::pair(key, value))?;
        }
    }
    let mut at = 0;
    while let Some((next, key, value)) = rest.next(at) {
        at = next;
        result.add(&PyTuple::pair(key, value))?;
    }
    Ok(result.into_obj())
}

/// `a & b`, of which at least one is a view.
fn intersect(a: &PyObject, b: &PyObject) -> PyResult {
    let (mut view, mut other) = if is_set_view(a) { (a, b) } else { (b, a) };
    let length = view_length(view);
    // A set knows best how to be intersected with something smaller.
    if PySet::check_exact(other) && length <= object::len(other)? {
        return call::method(other, intern!("intersection"), &[view]);
    }
    if is_set_view(other) && view_length(other) > length {
        core::mem::swap(&mut view, &mut other);
    }
    let result = PySet::new();
    let iterator = iter::iter(other)?;
    while let Some(item) = iter::next(&iterator)? {
        if view_contains(view, &item)? {
            result.add(&item)?;
        }
    }
    Ok(result.into_obj())
}

fn disjoint(view: &PyObject, other: &PyObject) -> PyResult<bool> {
    if view.is(other) {
        return Ok(view_length(view) == 0);
    }
    let (mut a, mut b) = (view, other);
    // The shorter one is walked where both are sets.
    if (set::is_any_set(other) || is_set_view(other)) && object::len(other)? > view_length(view) {
        core::mem::swap(&mut a, &mut b);
    }
    let iterator = iter::iter(b)?;
    while let Some(item) = iter::next(&iterator)? {
        if sequence::contains(a, &item)? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// What all views have.
macro_rules! common {
    ($name:ident, $part:ident, $iterator:ident) => {
        #[pymethods($part)]
        impl $name {
            /// A view of a dictionary.
            pub fn new(dict: &PyDict) -> Py<$name> {
                memory::new($name::fields(dict))
            }

            /// The fields of a view, to begin the struct of a subclass with.
            pub(crate) fn fields(dict: &PyDict) -> $name {
                $name { ob_base: PyObject::EMPTY, dict: ObjCell::new(Some(dict.owned())) }
            }

            /// The dictionary.
            pub fn dict(&self) -> Option<Py<PyDict>> {
                dict_of(&self.dict)
            }

            #[slot(sq_length)]
            fn length(&self) -> PyResult<usize> {
                Ok(self.dict().map_or(0, |dict| dict.len()))
            }

            #[slot(tp_repr)]
            fn repr(&self) -> PyResult<Py<PyStr>> {
                show(self)
            }

            #[slot(tp_iter)]
            fn iter(&self) -> PyResult {
                match self.dict() {
                    Some(dict) => Ok($iterator::new(&dict).into_obj()),
                    None => Ok(crate::model::none()),
                }
            }

            /// dictionary that this view refers to
            #[getter]
            fn mapping(&self) -> PyResult<Obj> {
                match self.dict() {
                    Some(dict) => Ok(PyMappingProxy::new(&dict).into_obj()),
                    None => Ok(crate::model::none()),
                }
            }
        }
    };
}

/// What the views have that are sets.
macro_rules! set_operations {
    ($name:ident, $part:ident) => {
        #[pymethods($part)]
        impl $name {
            #[slot(tp_richcompare)]
            fn compare(&self, other: &PyObject, op: CompareOp) -> PyResult {
                compare_views(self, other, op)
            }

            #[slot(nb_subtract)]
            fn subtract(a: &PyObject, b: &PyObject) -> PyResult {
                subtract(a, b)
            }

            #[slot(nb_and)]
            fn and(a: &PyObject, b: &PyObject) -> PyResult {
                intersect(a, b)
            }

            #[slot(nb_xor)]
            fn xor(a: &PyObject, b: &PyObject) -> PyResult {
                symmetric_difference(a, b)
            }

            #[slot(nb_or)]
            fn or(a: &PyObject, b: &PyObject) -> PyResult {
                unite(a, b)
            }

            /// Return True if the view and the given iterable have a null intersection.
            #[pymethod(signature = "(object, /)")]
            fn isdisjoint(&self, other: &PyObject) -> PyResult<bool> {
                disjoint(self, other)
            }
        }
    };
}

common!(PyDictKeys, KEYS_COMMON, PyDictKeyIterator);
common!(PyDictItems, ITEMS_COMMON, PyDictItemIterator);
common!(PyDictValuesView, VALUES_COMMON, PyDictValueIterator);
set_operations!(PyDictKeys, KEYS_SET);
set_operations!(PyDictItems, ITEMS_SET);

#[pymethods(KEYS_OWN)]
impl PyDictKeys {
    #[slot(sq_contains)]
    fn contains(&self, key: &PyObject) -> PyResult<bool> {
        self.dict().map_or(Ok(false), |dict| dict.contains(key))
    }

    /// Return a reverse iterator over the dict keys.
    #[pymethod(name = "__reversed__")]
    fn reversed(&self) -> Option<Py<PyDictReverseKeyIterator>> {
        self.dict().map(|dict| PyDictReverseKeyIterator::new(&dict))
    }
}

#[pymethods(ITEMS_OWN)]
impl PyDictItems {
    #[slot(sq_contains)]
    fn contains(&self, item: &PyObject) -> PyResult<bool> {
        let (Some(dict), Some(pair)) = (self.dict(), item.downcast::<PyTuple>()) else { return Ok(false) };
        let [key, value] = pair.as_slice() else { return Ok(false) };
        match dict.get_item(key)? {
            Some(found) => object::compare_bool(&found, value, CompareOp::Eq),
            None => Ok(false),
        }
    }

    /// Return a reverse iterator over the dict items.
    #[pymethod(name = "__reversed__")]
    fn reversed(&self) -> Option<Py<PyDictReverseItemIterator>> {
        self.dict().map(|dict| PyDictReverseItemIterator::new(&dict))
    }
}

#[pymethods(VALUES_OWN)]
impl PyDictValuesView {
    /// Return a reverse iterator over the dict values.
    #[pymethod(name = "__reversed__")]
    fn reversed(&self) -> Option<Py<PyDictReverseValueIterator>> {
        self.dict().map(|dict| PyDictReverseValueIterator::new(&dict))
    }
}
