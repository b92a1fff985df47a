//! What Python code can do with a dictionary.

#![expect(unsafe_code, reason = "the vectorcall slot")]

use super::{
    PyDict, PyDictItems, PyDictKeyIterator, PyDictKeys, PyDictReverseKeyIterator, PyDictValuesView, hash_key,
};
use crate::model::args::OptArg;
use crate::model::trampoline::{borrow_type, ret_obj};
use crate::model::{
    CompareOp, Obj, ObjectExt, Py, PyObject, PyResult, PyType, Raised, ToPy, TypeObject, none,
    not_implemented,
};
use crate::protocols::{call, iter, object};
use crate::types::genericalias;
use crate::types::set;
use crate::types::str::PyStr;
use crate::types::tuple::PyTuple;
use crate::{errors, intern};
use taipan_kernels::text::TextBuilder;
use taipan_macros::pymethods;

/// `dict(…)` for exactly `dict`, without an argument tuple.
///
/// # Safety
/// Called as the vectorcall slot of a type.
pub(super) unsafe fn vectorcall(
    class: *mut PyObject,
    args: *const *mut PyObject,
    nargs: usize,
    names: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: the slot's arguments: `nargs` objects and one more for each name.
    let (class, positional, named, names) = unsafe {
        let names = names.cast::<PyTuple>().as_ref();
        let count = names.map_or(0, PyTuple::len);
        let given = nargs & !taipan_abi::PY_VECTORCALL_ARGUMENTS_OFFSET;
        let all: &[&PyObject] =
            if given + count == 0 { &[] } else { core::slice::from_raw_parts(args.cast(), given + count) };
        (borrow_type(class), &all[..given], &all[given..], names)
    };
    ret_obj(make(class, positional, named, names))
}

fn make(
    class: &TypeObject,
    positional: &[&PyObject],
    named: &[&PyObject],
    names: Option<&PyTuple>,
) -> PyResult<Obj> {
    let arg = crate::types::tuple::one_argument("dict", positional)?;
    debug_assert!(class.is(PyDict::type_object()));
    let dict = PyDict::new();
    if let Some(arg) = arg {
        dict.update(arg)?;
    }
    if let Some(names) = names {
        for (name, value) in names.as_slice().iter().zip(named) {
            dict.set_item(name, value)?;
        }
    }
    Ok(dict.into_obj())
}

#[pymethods(METHODS)]
impl PyDict {
    /// Return self[key].
    #[pymethod(name = "__getitem__", coexist, signature = "(key, /)")]
    fn getitem_method(&self, key: &PyObject) -> PyResult {
        self.subscript(key)
    }

    /// True if the dictionary has the specified key, else False.
    #[pymethod(name = "__contains__", coexist, signature = "(key, /)")]
    fn contains_method(&self, key: &PyObject) -> PyResult<bool> {
        self.contains(key)
    }

    /// Return the size of the dict in memory, in bytes.
    #[pymethod(name = "__sizeof__")]
    fn sizeof(&self) -> usize {
        self.size_in_bytes()
    }

    /// Return the value for key if key is in the dictionary, else default.
    #[pymethod(signature = "(key, default=None, /)")]
    fn get(&self, key: &PyObject, default: Option<&PyObject>) -> PyResult {
        Ok(self.get_item(key)?.unwrap_or_else(|| default.map_or_else(none, ObjectExt::owned)))
    }

    /// Insert key with a value of default if key is not in the dictionary.
    ///
    /// Return the value for key if key is in the dictionary, else default.
    #[pymethod(signature = "(key, default=None, /)")]
    fn setdefault(&self, key: &PyObject, default: &PyObject) -> PyResult {
        self.set_default(key, default)
    }

    /// D.pop(k[,d]) -> v, remove specified key and return the corresponding value.
    ///
    /// If the key is not found, return the default if given; otherwise,
    /// raise a KeyError.
    #[pymethod(name = "pop", signature = "(key, default=<unrepresentable>, /)")]
    fn pop_method(&self, key: &PyObject, default: OptArg<&PyObject>) -> PyResult {
        let found = if self.is_empty() { None } else { self.pop(key)? };
        match (found, default) {
            (Some(value), _) => Ok(value),
            (None, OptArg::Given(default)) => Ok(default.owned()),
            (None, OptArg::Missing) => Err(errors::set_key_error(key)),
        }
    }

    /// Remove and return a (key, value) pair as a 2-tuple.
    ///
    /// Pairs are returned in LIFO (last-in, first-out) order.
    /// Raises KeyError if the dict is empty.
    #[pymethod]
    fn popitem(&self) -> PyResult<Py<PyTuple>> {
        match self.pop_last()? {
            Some((key, value)) => Ok(PyTuple::pair(key, value)),
            None => Err(errors::set_key_error(intern!("popitem(): dictionary is empty"))),
        }
    }

    /// Return a set-like object providing a view on the dict's keys.
    #[pymethod(name = "keys")]
    fn keys_view(&self) -> Py<PyDictKeys> {
        PyDictKeys::new(self)
    }

    /// Return a set-like object providing a view on the dict's items.
    #[pymethod(name = "items")]
    fn items_view(&self) -> Py<PyDictItems> {
        PyDictItems::new(self)
    }

    /// Return an object providing a view on the dict's values.
    #[pymethod(name = "values")]
    fn values_view(&self) -> Py<PyDictValuesView> {
        PyDictValuesView::new(self)
    }

    /// D.update([E, ]**F) -> None.  Update D from mapping/iterable E and F.
    /// If E is present and has a .keys() method, then does:  for k in E.keys(): D[k] = E[k]
    /// If E is present and lacks a .keys() method, then does:  for k, v in E: D[k] = v
    /// In either case, this is followed by: for k in F:  D[k] = F[k]
    #[pymethod(name = "update", no_text, signature = "(*args, **kwargs)")]
    fn update_method(&self, args: &[&PyObject], kwargs: Option<Py<PyDict>>) -> PyResult<()> {
        self.update_from_arguments("update", args, kwargs.as_deref())
    }

    /// Create a new dictionary with keys from iterable and values set to value.
    #[pymethod(class, signature = "(iterable, value=None, /)")]
    pub(crate) fn fromkeys(cls: &TypeObject, iterable: &PyObject, value: &PyObject) -> PyResult {
        let made = call::call(cls, &[])?;
        let Some(dict) = made.downcast_exact::<PyDict>() else {
            iter::for_each(iterable, |key| object::set_item(&made, &key, Some(value)))?;
            return Ok(made);
        };
        if dict.is_empty() {
            if let Some(other) = iterable.downcast_exact::<PyDict>() {
                let mut at = 0;
                dict.reserve_for(other.len())?;
                while let Some((next, key, _, hash)) = other.next_with_hash(at) {
                    dict.set_known_hash(key, hash, value.owned())?;
                    at = next;
                }
                return Ok(made);
            }
            if set::is_any_set_exact(iterable) {
                dict.reserve_for(set::any_len(iterable).unwrap_or(0))?;
                let mut at = 0;
                while let Some((next, key, hash)) = set::any_next(iterable, at) {
                    dict.set_known_hash(key, hash, value.owned())?;
                    at = next;
                }
                return Ok(made);
            }
        }
        iter::for_each(iterable, |key| dict.set_item(&key, value))?;
        Ok(made)
    }

    fn reserve_for(&self, count: usize) -> PyResult<()> {
        if count > 5 { self.resize(super::keys::log2_for_entries(count), true) } else { Ok(()) }
    }

    /// Remove all items from the dict.
    #[pymethod]
    fn clear(&self) {
        self.clear_items();
    }

    /// Return a shallow copy of the dict.
    #[pymethod(name = "copy")]
    fn copy_method(&self) -> PyResult<Py<PyDict>> {
        self.copy()
    }

    /// dicts are generic over two types, signifying (respectively) the types of their keys and values
    #[pymethod(name = "__class_getitem__", class, signature = "(object, /)")]
    fn class_getitem(cls: &TypeObject, item: &PyObject) -> PyResult {
        genericalias::new(cls, item)
    }

    /// Return a reverse iterator over the dict keys.
    #[pymethod(name = "__reversed__")]
    fn reversed(&self) -> Py<PyDictReverseKeyIterator> {
        PyDictReverseKeyIterator::new(self)
    }
}

#[pymethods(SLOTS)]
impl PyDict {
    #[slot(tp_init)]
    fn init(&self, args: &PyTuple, kwargs: Option<&PyDict>) -> PyResult<()> {
        self.update_from_arguments("dict", args.as_slice(), kwargs)
    }

    #[slot(tp_repr)]
    pub fn repr(&self) -> PyResult<Py<PyStr>> {
        if self.is_empty() {
            return Ok(PyStr::from_ascii(b"{}"));
        }
        if !object::repr_enter(self)? {
            return Ok(PyStr::from_ascii(b"{...}"));
        }
        let shown = self.show_items();
        object::repr_leave(self);
        shown
    }

    fn show_items(&self) -> PyResult<Py<PyStr>> {
        let mut text = TextBuilder::with_capacity(2 + 8 * self.len());
        let (mut at, mut first) = (0, true);
        while let Some((next, key, value)) = self.next(at) {
            text.push_ascii(if first { b"{" } else { b", " });
            first = false;
            object::repr(&key)?.append_to(&mut text);
            text.push_ascii(b": ");
            object::repr(&value)?.try_append_to(&mut text)?;
            at = next;
        }
        text.push_ascii(if first { b"{}" } else { b"}" });
        PyStr::try_from_builder(text)
    }

    #[slot(tp_richcompare)]
    fn compare(&self, other: &PyObject, op: CompareOp) -> PyResult {
        match (other.downcast::<PyDict>(), op) {
            (Some(other), CompareOp::Eq) => self.equals(other)?.to_py(),
            (Some(other), CompareOp::Ne) => (!self.equals(other)?).to_py(),
            _ => Ok(not_implemented()),
        }
    }

    /// Whether both have the same keys with equal values.
    pub(crate) fn equals(&self, other: &PyDict) -> PyResult<bool> {
        if self.len() != other.len() {
            return Ok(false);
        }
        let mut at = 0;
        while let Some((next, key, value, hash)) = self.next_with_hash(at) {
            at = next;
            let Some(found) = other.get_known_hash(&key, hash)? else { return Ok(false) };
            if !object::compare_bool(&value, &found, CompareOp::Eq)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    #[slot(tp_iter)]
    fn iter(&self) -> PyResult<Py<PyDictKeyIterator>> {
        Ok(PyDictKeyIterator::new(self))
    }

    #[slot(sq_contains)]
    fn contains_slot(&self, key: &PyObject) -> PyResult<bool> {
        self.contains(key)
    }

    #[slot(mp_length)]
    fn length(&self) -> PyResult<usize> {
        Ok(self.len())
    }

    #[slot(mp_subscript)]
    pub(crate) fn subscript(&self, key: &PyObject) -> PyResult {
        match self.get_item(key)? {
            Some(value) => Ok(value),
            None => self.missing(key),
        }
    }

    #[cold]
    fn missing(&self, key: &PyObject) -> PyResult {
        if !PyDict::check_exact(self)
            && let Some(value) = call::special(self, intern!("__missing__"), &[key])?
        {
            return Ok(value);
        }
        Err(errors::set_key_error(key))
    }

    #[slot(mp_ass_subscript)]
    fn assign(&self, key: &PyObject, value: Option<&PyObject>) -> PyResult<()> {
        match value {
            Some(value) => self.set_known_hash(key.owned(), hash_key(key)?, value.owned()),
            None if self.del_item(key)? => Ok(()),
            None => Err(errors::set_key_error(key)),
        }
    }

    #[slot(nb_or)]
    fn or(a: &PyObject, b: &PyObject) -> PyResult {
        let (Some(first), Some(_)) = (a.downcast::<PyDict>(), b.downcast::<PyDict>()) else {
            return Ok(not_implemented());
        };
        let union = first.copy()?;
        union.update(b)?;
        Ok(union.into_obj())
    }

    #[slot(nb_inplace_or)]
    fn inplace_or(&self, other: &PyObject) -> PyResult {
        self.update(other)?;
        Ok(self.owned())
    }
}

/// Says that a dictionary changed while somebody walked it.
#[cold]
pub(super) fn changed_size() -> Raised {
    raised!(RuntimeError, "dictionary changed size during iteration")
}
