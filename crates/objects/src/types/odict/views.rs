//! Iterators and views of ordered dictionaries.

use super::PyOdict;
use crate::model::gc::{Traverse, Visitor};
use crate::model::{Obj, ObjCell, ObjectExt, Py, PyObject, PyResult};
use crate::protocols::sequence;
use crate::types::dict::{PyDictItems, PyDictKeys, PyDictValuesView, hash_key};
use crate::types::iterators::reuse;
use crate::types::list::PyList;
use crate::{errors, intern, memory};
use core::cell::Cell;
use taipan_macros::{pymethods, pytype};

/// What an iterator gives.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Keys,
    Values,
    Items,
}

impl Traverse for Kind {
    fn traverse(&self, _: &mut Visitor) {}
}

#[pytype(name = "odict_iterator", exported = PyODictIter_Type, gc, parts(ITERATOR))]
pub struct PyOdictIterator {
    ob_base: PyObject,
    /// The dictionary; none once the iterator is exhausted.
    odict: ObjCell,
    /// The next key.
    current: ObjCell,
    size: Cell<usize>,
    state: Cell<usize>,
    kind: Kind,
    backwards: bool,
    /// The pair given last.
    result: ObjCell,
}

#[pymethods(ITERATOR)]
impl PyOdictIterator {
    pub(super) fn new(odict: &PyOdict, kind: Kind, backwards: bool) -> Py<PyOdictIterator> {
        let first = odict.with_order(|order| order.end(backwards)).map(|(key, _)| key);
        memory::new(PyOdictIterator {
            ob_base: PyObject::EMPTY,
            odict: ObjCell::new(Some(odict.owned())),
            current: ObjCell::new(first),
            size: Cell::new(odict.dict().len()),
            state: Cell::new(odict.state.get()),
            kind,
            backwards,
            result: ObjCell::empty(),
        })
    }

    /// The next key and the dictionary.
    fn step(&self) -> PyResult<Option<(Py<PyOdict>, Obj)>> {
        let odict = self.odict.get().and_then(|odict| odict.downcast_into::<PyOdict>().ok());
        let (Some(odict), Some(key)) = (odict, self.current.get()) else {
            self.odict.set(None);
            return Ok(None);
        };
        if odict.state.get() != self.state.get() {
            self.odict.set(None);
            return Err(raised!(RuntimeError, "OrderedDict mutated during iteration"));
        }
        if odict.dict().len() != self.size.get() {
            self.size.set(usize::MAX);
            return Err(raised!(RuntimeError, "OrderedDict changed size during iteration"));
        }
        let next = odict.with_order(|order| order.neighbour(&key, self.backwards));
        let Some(next) = next else { return Err(errors::set_key_error(&key)) };
        self.current.set(next.map(|(key, _)| key));
        Ok(Some((odict, key)))
    }

    #[slot(tp_iternext)]
    fn next(&self) -> PyResult<Option<Obj>> {
        let Some((odict, key)) = self.step()? else { return Ok(None) };
        if self.kind == Kind::Keys {
            return Ok(Some(key));
        }
        let value = odict.value_of(&key, hash_key(&key)?)?;
        Ok(Some(if self.kind == Kind::Values { value } else { reuse::fill_pair(&self.result, key, value) }))
    }

    #[slot(tp_iter)]
    fn iter(&self) -> PyResult {
        Ok(self.owned())
    }

    /// Return state information for pickling
    #[pymethod(name = "__reduce__")]
    fn reduce(&self) -> PyResult {
        let rest = memory::new(PyOdictIterator {
            ob_base: PyObject::EMPTY,
            odict: ObjCell::new(self.odict.get()),
            current: ObjCell::new(self.current.get()),
            size: self.size.clone(),
            state: self.state.clone(),
            kind: self.kind,
            backwards: self.backwards,
            result: ObjCell::empty(),
        });
        let items = PyList::new();
        while let Some(item) = rest.next()? {
            items.append(item)?;
        }
        sequence::reduce_with(intern!("iter"), items.into_obj())
    }
}

#[pytype(name = "odict_keys", exported = PyODictKeys_Type, base = PyDictKeys, gc(manual), parts(KEYS))]
pub struct PyOdictKeys {
    base: PyDictKeys,
}

#[pytype(name = "odict_values", exported = PyODictValues_Type, base = PyDictValuesView, gc(manual), parts(VALUES))]
pub struct PyOdictValues {
    base: PyDictValuesView,
}

#[pytype(name = "odict_items", exported = PyODictItems_Type, base = PyDictItems, gc(manual), parts(ITEMS))]
pub struct PyOdictItems {
    base: PyDictItems,
}

macro_rules! view {
    ($name:ident, $base:ident, $part:ident, $kind:ident) => {
        #[pymethods($part)]
        impl $name {
            pub(super) fn new(odict: &PyOdict) -> Py<$name> {
                memory::new($name { base: $base::fields(odict.dict()) })
            }

            fn iterator(&self, backwards: bool) -> PyResult {
                let dict = self.base.dict();
                match dict.as_deref().and_then(|dict| dict.downcast::<PyOdict>()) {
                    Some(odict) => Ok(PyOdictIterator::new(odict, Kind::$kind, backwards).into_obj()),
                    None => Ok(crate::model::none()),
                }
            }

            #[slot(tp_iter)]
            fn iter(&self) -> PyResult {
                self.iterator(false)
            }

            #[pymethod(name = "__reversed__")]
            fn reversed(&self) -> PyResult {
                self.iterator(true)
            }
        }
    };
}

view!(PyOdictKeys, PyDictKeys, KEYS, Keys);
view!(PyOdictValues, PyDictValuesView, VALUES, Values);
view!(PyOdictItems, PyDictItems, ITEMS, Items);
