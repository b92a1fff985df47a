//! What Python code can do with an ordered dictionary.

use super::views::Kind;
use super::{PyOdict, PyOdictItems, PyOdictIterator, PyOdictKeys, PyOdictValues};
use crate::model::args::OptArg;
use crate::model::{
    CompareOp, Obj, ObjectExt, Py, PyObject, PyResult, PyType, ToPy, TypeObject, none, not_implemented,
};
use crate::protocols::{call, iter, object, sequence};
use crate::types::dict::{PyDict, hash_key};
use crate::types::str::PyStr;
use crate::types::tuple::PyTuple;
use crate::{errors, intern};
use taipan_kernels::text::TextBuilder;
use taipan_macros::pymethods;

/// `target[key] = value` as a mutable mapping's `update` does it.
fn store(target: &PyObject, key: &PyObject, value: &PyObject) -> PyResult<()> {
    match target.downcast_exact::<PyOdict>() {
        Some(odict) => odict.set_item(key, value),
        None => object::set_item(target, key, Some(value)),
    }
}

/// Stores an iterable of pairs.
fn store_pairs(target: &PyObject, pairs: &PyObject) -> PyResult<()> {
    iter::for_each(pairs, |pair| {
        let items = iter::iter(&pair)?;
        let Some(key) = iter::next(&items)? else {
            return Err(raised!(ValueError, "need more than 0 values to unpack"));
        };
        let Some(value) = iter::next(&items)? else {
            return Err(raised!(ValueError, "need more than 1 value to unpack"));
        };
        if iter::next(&items)?.is_some() {
            return Err(raised!(ValueError, "too many values to unpack (expected 2)"));
        }
        store(target, &key, &value)
    })
}

/// `MutableMapping.update` with one argument.
fn update_from(target: &PyObject, other: &PyObject) -> PyResult<()> {
    if let Some(dict) = other.downcast_exact::<PyDict>() {
        let items = dict.items_snapshot();
        return items.iter().try_for_each(|(key, value)| store(target, key, value));
    }
    if object::get_optional_attr(other, intern!("keys"))?.is_some() {
        let keys = call::method(other, intern!("keys"), &[])?;
        return iter::for_each(&keys, |key| {
            let value = object::get_item(other, &key)?;
            store(target, &key, &value)
        });
    }
    match object::get_optional_attr(other, intern!("items"))? {
        Some(items) => store_pairs(target, &*call::call(&items, &[])?),
        None => store_pairs(target, other),
    }
}

fn update_with(target: &PyObject, args: &[&PyObject], kwargs: Option<&PyDict>) -> PyResult<()> {
    if args.len() > 1 {
        return Err(raised!(
            TypeError,
            "update() takes at most 1 positional argument ({} given)",
            args.len()
        ));
    }
    if let Some(other) = args.first() {
        update_from(target, other)?;
    }
    if let Some(kwargs) = kwargs {
        let items = kwargs.items_snapshot();
        if items.iter().any(|(key, _)| !PyStr::check(key)) {
            return Err(raised!(TypeError, "keywords must be strings"));
        }
        items.iter().try_for_each(|(key, value)| store(target, key, value))?;
    }
    Ok(())
}

#[pymethods(METHODS)]
impl PyOdict {
    /// Create a new ordered dictionary with keys from iterable and values set to value.
    #[pymethod(class, signature = "(iterable, value=None)")]
    fn fromkeys(cls: &TypeObject, iterable: &PyObject, value: &PyObject) -> PyResult {
        PyDict::fromkeys(cls, iterable, value)
    }

    #[getter(name = "__dict__")]
    fn instance_dict(&self) -> PyResult<Obj> {
        let dict = object::instance_dict(self)?;
        dict.ok_or_else(|| raised!(AttributeError, "This object has no __dict__"))
    }

    #[setter(name = "__dict__")]
    fn set_instance_dict(&self, value: Option<&PyObject>) -> PyResult<()> {
        match value {
            Some(dict) if PyDict::check(dict) => self.inst_dict.set(Some(dict.owned())),
            Some(other) => {
                let name = other.class().name();
                return Err(raised!(TypeError, "__dict__ must be set to a dictionary, not a '{name}'"));
            }
            None => return Err(raised!(TypeError, "cannot delete __dict__")),
        }
        Ok(())
    }

    #[pymethod(name = "__sizeof__")]
    fn sizeof(&self) -> usize {
        const NODE: usize = 32;
        let mut size = self.dict().size_in_bytes();
        if self.with_order(|order| order.len()) > 0 {
            size += self.dict().index_count() * size_of::<usize>() + self.dict().len() * NODE;
        }
        size
    }

    /// Return state information for pickling
    #[pymethod(name = "__reduce__")]
    fn reduce(&self) -> PyResult {
        let state = call::method(self, intern!("__getstate__"), &[])?;
        let items = call::method(self, intern!("items"), &[])?;
        (self.class(), PyTuple::empty(), state, none(), iter::iter(&items)?).to_py()
    }

    /// Insert key with a value of default if key is not in the dictionary.
    ///
    /// Return the value for key if key is in the dictionary, else default.
    #[pymethod(signature = "(key, default=None)")]
    fn setdefault(&self, key: &PyObject, default: &PyObject) -> PyResult {
        if PyOdict::check_exact(self) {
            if let Some(value) = self.dict().get_item(key)? {
                return Ok(value);
            }
            self.set_item(key, default)?;
        } else if sequence::contains(self, key)? {
            return object::get_item(self, key);
        } else {
            object::set_item(self, key, Some(default))?;
        }
        Ok(default.owned())
    }

    /// od.pop(key[,default]) -> v, remove specified key and return the corresponding value.
    ///
    /// If the key is not found, return the default if given; otherwise,
    /// raise a KeyError.
    #[pymethod(signature = "(key, default=<unrepresentable>)")]
    fn pop(&self, key: &PyObject, default: OptArg<&PyObject>) -> PyResult {
        match (self.pop_value(key, hash_key(key)?)?, default) {
            (Some(value), _) => Ok(value),
            (None, OptArg::Given(default)) => Ok(default.owned()),
            (None, OptArg::Missing) => Err(errors::set_key_error(key)),
        }
    }

    fn pop_value(&self, key: &PyObject, hash: isize) -> PyResult<Option<Obj>> {
        let _kept = self.remove_from_order(key, hash)?;
        self.dict().pop_known_hash(key, hash)
    }

    /// Remove and return a (key, value) pair from the dictionary.
    ///
    /// Pairs are returned in LIFO order if last is true or FIFO order if
    /// false.
    #[pymethod(signature = "(last=True)")]
    fn popitem(&self, last: bool) -> PyResult<Py<PyTuple>> {
        let Some((key, hash)) = self.with_order(|order| order.end(last)) else {
            return Err(errors::set_key_error(intern!("dictionary is empty")));
        };
        match self.pop_value(&key, hash)? {
            Some(value) => Ok(PyTuple::pair(key, value)),
            None => Err(errors::set_key_error(&key)),
        }
    }

    #[pymethod(name = "keys")]
    fn keys_view(&self) -> Py<PyOdictKeys> {
        PyOdictKeys::new(self)
    }

    #[pymethod(name = "values")]
    fn values_view(&self) -> Py<PyOdictValues> {
        PyOdictValues::new(self)
    }

    #[pymethod(name = "items")]
    fn items_view(&self) -> Py<PyOdictItems> {
        PyOdictItems::new(self)
    }

    #[pymethod(no_text, signature = "(*args, **kwargs)")]
    fn update(&self, args: &[&PyObject], kwargs: Option<Py<PyDict>>) -> PyResult<()> {
        update_with(self, args, kwargs.as_deref())
    }

    /// Remove all items from ordered dict.
    #[pymethod]
    fn clear(&self) {
        self.clear_items();
    }

    /// A shallow copy of ordered dict.
    #[pymethod]
    fn copy(&self) -> PyResult {
        if PyOdict::check_exact(self) {
            let copy = PyOdict::new();
            self.each_key(|key| copy.set_item(key, &*self.value_of(key, hash_key(key)?)?))?;
            return Ok(copy.into_obj());
        }
        let copy = call::call(self.class(), &[])?;
        self.each_key(|key| {
            let value = object::get_item(self, key)?;
            object::set_item(&copy, key, Some(&value))
        })?;
        Ok(copy)
    }

    /// Calls `f` with each key; the order must not change meanwhile.
    fn each_key(&self, mut f: impl FnMut(&PyObject) -> PyResult<()>) -> PyResult<()> {
        let state = self.state.get();
        for (key, _) in self.keys_in_order() {
            f(&key)?;
            if self.state.get() != state {
                return Err(raised!(RuntimeError, "OrderedDict mutated during iteration"));
            }
        }
        Ok(())
    }

    /// od.__reversed__() <==> reversed(od)
    #[pymethod(name = "__reversed__")]
    fn reversed(&self) -> Py<PyOdictIterator> {
        PyOdictIterator::new(self, Kind::Keys, true)
    }

    /// Move an existing element to the end (or beginning if last is false).
    ///
    /// Raise KeyError if the element does not exist.
    #[pymethod(signature = "(key, last=True)")]
    fn move_to_end(&self, key: &PyObject, last: bool) -> PyResult<()> {
        let stored = self.dict().stored_key(key, hash_key(key)?)?;
        let moved = stored.is_some_and(|stored| self.with_order(|order| order.move_to_end(&stored, last)));
        if !moved {
            return Err(errors::set_key_error(key));
        }
        self.touch();
        Ok(())
    }
}

#[pymethods(SLOTS)]
impl PyOdict {
    #[slot(tp_init)]
    fn init(&self, args: &PyTuple, kwargs: Option<&PyDict>) -> PyResult<()> {
        if args.len() > 1 {
            return Err(raised!(TypeError, "expected at most 1 argument, got {}", args.len()));
        }
        update_with(self, args.as_slice(), kwargs)
    }

    #[slot(tp_repr)]
    fn repr(&self) -> PyResult<Py<PyStr>> {
        let name = self.class().short_name().to_string();
        if self.dict().is_empty() {
            return Ok(PyStr::new(&format!("{name}()")));
        }
        if !object::repr_enter(self)? {
            return Ok(PyStr::from_ascii(b"..."));
        }
        let shown = self.plain_copy().and_then(|copy| object::repr(&copy));
        object::repr_leave(self);
        let mut text = TextBuilder::with_capacity(32);
        PyStr::new(&name).append_to(&mut text);
        text.push_ascii(b"(");
        shown?.append_to(&mut text);
        text.push_ascii(b")");
        PyStr::try_from_builder(text)
    }

    /// A plain dictionary with the items in order.
    fn plain_copy(&self) -> PyResult<Py<PyDict>> {
        let copy = PyDict::new();
        if PyOdict::check_exact(self) {
            for (key, _) in self.keys_in_order() {
                let value = self.value_of(&key, hash_key(&key)?)?;
                copy.set_item(&key, &value)?;
            }
        } else {
            let items = call::method(self, intern!("items"), &[])?;
            copy.merge_pairs(&items, true)?;
        }
        Ok(copy)
    }

    #[slot(tp_richcompare)]
    fn compare(&self, other: &PyObject, op: CompareOp) -> PyResult {
        let Some(dict) = other.downcast::<PyDict>() else { return Ok(not_implemented()) };
        if !matches!(op, CompareOp::Eq | CompareOp::Ne) {
            return Ok(not_implemented());
        }
        let mut equal = self.dict().equals(dict)?;
        if equal && let Some(other) = other.downcast::<PyOdict>() {
            equal = self.same_order(other)?;
        }
        (equal == (op == CompareOp::Eq)).to_py()
    }

    fn same_order(&self, other: &PyOdict) -> PyResult<bool> {
        let before = (self.state.get(), other.state.get());
        let (a, b) = (self.keys_in_order(), other.keys_in_order());
        for ((x, _), (y, _)) in a.iter().zip(&b) {
            let equal = object::compare_bool(x, y, CompareOp::Eq)?;
            if before != (self.state.get(), other.state.get()) {
                return Err(raised!(RuntimeError, "OrderedDict mutated during iteration"));
            }
            if !equal {
                return Ok(false);
            }
        }
        Ok(a.len() == b.len())
    }

    #[slot(tp_iter)]
    fn iter(&self) -> PyResult<Py<PyOdictIterator>> {
        Ok(PyOdictIterator::new(self, Kind::Keys, false))
    }

    #[slot(mp_ass_subscript)]
    fn assign(&self, key: &PyObject, value: Option<&PyObject>) -> PyResult<()> {
        match value {
            Some(value) => self.set_item(key, value),
            None => self.del_item(key),
        }
    }

    #[slot(nb_or)]
    fn or(a: &PyObject, b: &PyObject) -> PyResult {
        let (class, other) = if PyOdict::check(a) { (a.class(), b) } else { (b.class(), a) };
        if !PyDict::check(other) {
            return Ok(not_implemented());
        }
        let union = call::call(class, &[a])?;
        update_from(&union, b)?;
        Ok(union)
    }

    #[slot(nb_inplace_or)]
    fn inplace_or(&self, other: &PyObject) -> PyResult {
        update_from(self, other)?;
        Ok(self.owned())
    }
}
