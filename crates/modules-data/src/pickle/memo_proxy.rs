//! The memos of picklers and unpicklers as Python sees them: objects that copy and clear what they stand for.

use super::load::MEMO_LIMIT;
use super::memo::Memo;
use super::pickler::PyPickler;
use super::unpickler::PyUnpickler;
use taipan_objects::memory;
use taipan_objects::model::ToPy;
use taipan_objects::prelude::*;

/// A place as a number that is not negative.
fn place_of(number: &PyObject, message: &str) -> PyResult<usize> {
    let Some(place) = number.downcast::<PyInt>() else { return Err(raised!(TypeError, "{message}")) };
    match place.to_i64().map(usize::try_from) {
        Some(Ok(place)) => Ok(place),
        Some(Err(_)) => Err(raised!(ValueError, "memo key must be positive integers.")),
        None => Err(raised!(OverflowError, "Python int too large to convert to C ssize_t")),
    }
}

/// What is assigned to a pickler's `memo`: another one, or a dictionary of numbers and objects by address.
pub(super) fn pickler_memo(value: &PyObject) -> PyResult<Memo> {
    let mut memo = Memo::default();
    if let Some(proxy) = value.downcast::<PyPicklerMemo>() {
        for (object, place) in proxy.pickler().memo.borrow().entries() {
            memo.insert(&object, place);
        }
        return Ok(memo);
    }
    let Some(dict) = value.downcast::<PyDict>() else {
        let found = value.class().name();
        return Err(raised!(
            TypeError,
            "'memo' attribute must be a PicklerMemoProxy object or dict, not {found}"
        ));
    };
    for (_, pair) in dict.items_snapshot() {
        let Some([place, object]) = pair.downcast::<PyTuple>().map(PyTuple::as_slice) else {
            return Err(raised!(TypeError, "'memo' values must be 2-item tuples"));
        };
        memo.insert(object, place_of(place, "'memo' values must be 2-item tuples")?);
    }
    Ok(memo)
}

/// What is assigned to an unpickler's `memo`: another one, or a dictionary of objects by number.
pub(super) fn unpickler_memo(value: &PyObject) -> PyResult<Vec<Option<Obj>>> {
    if let Some(proxy) = value.downcast::<PyUnpicklerMemo>() {
        return Ok(proxy.unpickler().memo.borrow().clone());
    }
    let Some(dict) = value.downcast::<PyDict>() else {
        let found = value.class().name();
        return Err(raised!(
            TypeError,
            "'memo' attribute must be an UnpicklerMemoProxy object or dict, not {found}"
        ));
    };
    let mut memo = Vec::new();
    for (key, value) in dict.items_snapshot() {
        let place = place_of(&key, "memo key must be integers")?;
        if place >= MEMO_LIMIT {
            return Err(raised!(MemoryError));
        }
        if memo.len() <= place {
            memo.resize(place + 1, None);
        }
        memo[place] = Some(value);
    }
    Ok(memo)
}

macro_rules! proxy {
    ($name:ident, $python:tt, $part:ident, $owner:ty, $get:ident) => {
        #[pytype(name = $python, gc, flags(DISALLOW_INSTANTIATION, IMMUTABLETYPE), parts($part))]
        pub struct $name {
            ob_base: PyObject,
            owner: Py<$owner>,
        }

        impl $name {
            pub(super) fn new(owner: &$owner) -> Py<$name> {
                memory::new($name { ob_base: PyObject::EMPTY, owner: owner.to_owned() })
            }

            fn $get(&self) -> &$owner {
                &self.owner
            }
        }

        #[pymethods($part)]
        impl $name {
            #[slot(tp_hash)]
            fn hash(&self) -> PyResult<isize> {
                Err(object::unhashable(self))
            }

            /// Remove all items from memo.
            #[pymethod]
            fn clear(&self) {
                drop(self.owner.memo.take());
            }

            /// Copy the memo to a new object.
            #[pymethod]
            fn copy(&self) -> PyResult<Py<PyDict>> {
                self.items()
            }

            /// Implement pickle support.
            #[pymethod(name = "__reduce__")]
            fn reduce(&self) -> PyResult {
                (PyDict::type_object(), PyTuple::from_vec(vec![self.items()?.into_obj()])).to_py()
            }
        }
    };
}

proxy!(PyPicklerMemo, "_pickle.PicklerMemoProxy", PICKLER, PyPickler, pickler);
proxy!(PyUnpicklerMemo, "_pickle.UnpicklerMemoProxy", UNPICKLER, PyUnpickler, unpickler);

impl PyPicklerMemo {
    fn items(&self) -> PyResult<Py<PyDict>> {
        let dict = PyDict::new();
        for (object, place) in self.owner.memo.borrow().entries() {
            let pair = PyTuple::pair(PyInt::from_u64(place as u64).into_obj(), object.clone());
            dict.set_item(&PyInt::from_u64(object.as_ptr() as u64), &pair)?;
        }
        Ok(dict)
    }
}

impl PyUnpicklerMemo {
    fn items(&self) -> PyResult<Py<PyDict>> {
        let dict = PyDict::new();
        let memo = self.owner.memo.borrow().clone();
        for (place, object) in memo.into_iter().enumerate() {
            if let Some(object) = object {
                dict.set_item(&PyInt::from_u64(place as u64), &object)?;
            }
        }
        Ok(dict)
    }
}
