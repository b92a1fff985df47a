//! `collections.OrderedDict`: a dictionary whose order can be changed.
//!
//! The items lie in the dictionary that it extends; [`order`] has their order. Functions of `dict` that are called on
//! an ordered dictionary change the items alone: iteration then finds keys without items and raises `KeyError`.
//!
//! Instances are made by `dict.__new__`: zeroes are right for the fields behind the dictionary's.

#![expect(unsafe_code, reason = "a static subclass of dict with fields of its own")]

mod methods;
mod order;
pub mod views;

pub use views::{PyOdictItems, PyOdictIterator, PyOdictKeys, PyOdictValues};

use crate::model::gc::{Traverse, Visitor};
use crate::model::{Obj, ObjCell, ObjectExt, Py, PyObject, PyResult};
use crate::types::dict::{PyDict, hash_key};
use crate::types::weakref;
use crate::{errors, memory};
use core::cell::{Cell, RefCell};
use order::Order;
use taipan_macros::{pymethods, pytype};

/// Dictionary that remembers insertion order
#[pytype(name = "collections.OrderedDict", exported = PyODict_Type, base = PyDict, gc(manual), flags(BASETYPE),
    dict = inst_dict, weakref = weaklist, parts(MEMORY, methods::METHODS, methods::SLOTS))]
pub struct PyOdict {
    base: PyDict,
    order: RefCell<Option<Box<Order>>>,
    /// Counts the changes of the order.
    state: Cell<usize>,
    _unused: [usize; 3],
    inst_dict: ObjCell,
    weaklist: Cell<*mut PyObject>,
}

const _: () = {
    assert!(size_of::<PyOdict>() == 112);
    assert!(core::mem::offset_of!(PyOdict, inst_dict) == 96);
};

impl PyOdict {
    fn fields() -> PyOdict {
        PyOdict {
            base: PyDict::empty_fields(),
            order: RefCell::new(None),
            state: Cell::new(0),
            _unused: [0; 3],
            inst_dict: ObjCell::empty(),
            weaklist: Cell::new(core::ptr::null_mut()),
        }
    }

    /// An empty ordered dictionary.
    pub fn new() -> Py<PyOdict> {
        memory::new(Self::fields())
    }

    /// Its items.
    #[inline]
    pub fn dict(&self) -> &PyDict {
        &self.base
    }

    /// Looks at the order. `f` runs no Python code.
    fn with_order<R>(&self, f: impl FnOnce(&mut Order) -> R) -> R {
        f(self.order.borrow_mut().get_or_insert_default())
    }

    fn touch(&self) {
        self.state.set(self.state.get().wrapping_add(1));
    }

    /// `od[key] = value`.
    pub fn set_item(&self, key: &PyObject, value: &PyObject) -> PyResult<()> {
        let hash = hash_key(key)?;
        self.base.set_known_hash(key.owned(), hash, value.owned())?;
        if let Some(stored) = self.base.stored_key(key, hash)? {
            let added = self.with_order(|order| {
                let new = !order.contains(&stored);
                if new {
                    order.append(stored, hash);
                }
                new
            });
            if added {
                self.touch();
            }
        }
        Ok(())
    }

    /// Takes a key out of the order; the object that stood for it.
    fn remove_from_order(&self, key: &PyObject, hash: isize) -> PyResult<Option<Obj>> {
        let Some(stored) = self.base.stored_key(key, hash)? else { return Ok(None) };
        let removed = self.with_order(|order| order.remove(&stored));
        if removed.is_some() {
            self.touch();
        }
        Ok(removed)
    }

    /// `del od[key]`.
    pub fn del_item(&self, key: &PyObject) -> PyResult<()> {
        let hash = hash_key(key)?;
        let _kept = self.remove_from_order(key, hash)?;
        match self.base.pop_known_hash(key, hash)? {
            Some(_) => Ok(()),
            None => Err(errors::set_key_error(key)),
        }
    }

    /// Removes everything.
    pub fn clear_items(&self) {
        self.base.clear_items();
        let old = self.order.borrow_mut().take();
        self.touch();
        drop(old);
    }

    /// The keys in order, with their hashes.
    fn keys_in_order(&self) -> Vec<(Obj, isize)> {
        self.with_order(|order| {
            let mut keys = Vec::with_capacity(order.len());
            let mut next = order.end(false);
            while let Some((key, hash)) = next {
                next = order.neighbour(&key, false).flatten();
                keys.push((key, hash));
            }
            keys
        })
    }

    /// The value of a key that the order has; `KeyError` where `dict` methods removed the item.
    fn value_of(&self, key: &PyObject, hash: isize) -> PyResult {
        self.base.get_known_hash(key, hash)?.ok_or_else(|| errors::set_key_error(key))
    }
}

#[pymethods(MEMORY)]
impl PyOdict {
    #[slot(tp_traverse)]
    fn traverse(&self, visitor: &mut Visitor) {
        self.inst_dict.traverse(visitor);
        self.order.traverse(visitor);
        self.base.traverse(visitor);
    }

    #[slot(tp_clear)]
    fn clear_references(&self) {
        self.inst_dict.set(None);
        self.clear_items();
    }

    #[slot(tp_dealloc, raw)]
    unsafe extern "C" fn dealloc(object: *mut PyObject) {
        // SAFETY: called as the slot, when the last reference is gone; the base's slot does the rest.
        unsafe {
            memory::begin_dealloc(object);
            let odict = &*object.cast::<PyOdict>();
            if !odict.weaklist.get().is_null() {
                weakref::clear_all(&*object);
            }
            odict.inst_dict.set(None);
            drop(odict.order.take());
            PyDict::dealloc(object);
        }
    }
}

impl Traverse for Box<Order> {
    fn traverse(&self, visitor: &mut Visitor) {
        (**self).traverse(visitor);
    }
}
