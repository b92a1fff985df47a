//! Iterators over dictionaries: keys, values and items, forwards and backwards.

#![expect(unsafe_code, reason = "takes entries by position")]

use super::PyDict;
use super::methods::changed_size;
use crate::model::gc::{Traverse, Visitor};
use crate::model::{Obj, ObjCell, ObjectExt, Py, PyObject, PyResult};
use crate::protocols::sequence;
use crate::types::iterators::reuse;
use crate::types::list::PyList;
use crate::{intern, memory};
use core::cell::Cell;
use taipan_macros::{pymethods, pytype};

/// Where an iterator stands.
pub struct Cursor {
    /// The dictionary; none once the iterator is exhausted.
    dict: ObjCell,
    /// Its size at the beginning; -1 once a change was seen.
    used: Cell<isize>,
    /// The next position; backwards, one more.
    position: Cell<usize>,
    /// Items to come.
    left: Cell<isize>,
    /// The pair given first, to be filled anew whenever nobody else holds it.
    spare: ObjCell,
}

impl Traverse for Cursor {
    fn traverse(&self, visitor: &mut Visitor) {
        self.dict.traverse(visitor);
        self.spare.traverse(visitor);
    }
    fn drop_references(&self) {
        self.dict.set(None);
        self.spare.set(None);
    }
}

/// What an iterator takes of an entry.
trait Take {
    type Taken;
    /// # Safety
    /// Both are live.
    unsafe fn take(key: *mut PyObject, value: *mut PyObject) -> Self::Taken;
}

struct Keys;
struct Values;
struct Items;

impl Take for Keys {
    type Taken = Obj;
    #[inline(always)]
    unsafe fn take(key: *mut PyObject, _: *mut PyObject) -> Obj {
        // SAFETY: the caller's promise.
        unsafe { Obj::from_borrowed(key) }
    }
}

impl Take for Values {
    type Taken = Obj;
    #[inline(always)]
    unsafe fn take(_: *mut PyObject, value: *mut PyObject) -> Obj {
        // SAFETY: the caller's promise.
        unsafe { Obj::from_borrowed(value) }
    }
}

impl Take for Items {
    type Taken = (Obj, Obj);
    #[inline(always)]
    unsafe fn take(key: *mut PyObject, value: *mut PyObject) -> (Obj, Obj) {
        // SAFETY: the caller's promise.
        unsafe { (Obj::from_borrowed(key), Obj::from_borrowed(value)) }
    }
}

impl Cursor {
    fn new(dict: &PyDict, backwards: bool) -> Self {
        Cursor {
            dict: ObjCell::new(Some(dict.owned())),
            used: Cell::new(dict.used.get()),
            position: Cell::new(if backwards { dict.positions() } else { 0 }),
            left: Cell::new(dict.used.get()),
            spare: ObjCell::empty(),
        }
    }

    /// The next entry.
    #[inline(always)]
    fn step<T: Take>(&self, backwards: bool) -> PyResult<Option<T::Taken>> {
        // SAFETY: the cell is changed only after the last use of the borrow; taking references runs no Python code.
        let Some(dict) = (unsafe { self.dict.peek() }) else { return Ok(None) };
        // SAFETY: `new` put a dictionary there.
        let dict: &PyDict = unsafe { dict.downcast_unchecked() };
        if self.used.get() != dict.used.get() {
            self.used.set(-1);
            return Err(changed_size());
        }
        // SAFETY: the references are taken at once.
        let found = unsafe {
            let entry = if backwards {
                self.position.get().checked_sub(1).and_then(|at| dict.entry_back_from(at))
            } else {
                dict.entry_from(self.position.get())
            };
            entry.map(|(position, key, value)| (position, T::take(key, value)))
        };
        let Some((position, taken)) = found else {
            self.dict.set(None);
            return Ok(None);
        };
        if self.left.get() == 0 {
            drop(taken);
            self.dict.set(None);
            return Err(raised!(RuntimeError, "dictionary keys changed during iteration"));
        }
        self.position.set(if backwards { position } else { position + 1 });
        self.left.set(self.left.get() - 1);
        Ok(Some(taken))
    }

    fn length_hint(&self) -> isize {
        match self.dict.get() {
            Some(dict) if dict.downcast::<PyDict>().is_some_and(|d| d.used.get() == self.used.get()) => {
                self.left.get()
            }
            _ => 0,
        }
    }

    /// An independent cursor at the same place.
    fn fork(&self) -> Cursor {
        Cursor {
            dict: ObjCell::new(self.dict.get()),
            used: self.used.clone(),
            position: self.position.clone(),
            left: self.left.clone(),
            spare: ObjCell::empty(),
        }
    }
}

#[inline(always)]
fn pair(cursor: &Cursor, (key, value): (Obj, Obj)) -> Obj {
    reuse::fill_pair(&cursor.spare, key, value)
}

#[inline(always)]
fn same(_: &Cursor, item: Obj) -> Obj {
    item
}

/// Declares an iterator type: its Rust name, C name, Python name, what it takes, how that becomes an object, and
/// whether it walks backwards.
macro_rules! iterator {
    ($name:ident, $exported:ident, $python:tt, $part:ident, $take:ident, $object:ident, $backwards:expr) => {
        #[pytype(name = $python, exported = $exported, gc, parts($part))]
        pub struct $name {
            ob_base: PyObject,
            cursor: Cursor,
        }

        #[pymethods($part)]
        impl $name {
            /// An iterator at the beginning.
            pub fn new(dict: &PyDict) -> Py<$name> {
                memory::new($name { ob_base: PyObject::EMPTY, cursor: Cursor::new(dict, $backwards) })
            }

            /// The next item, without the call protocol.
            #[inline(always)]
            pub fn advance(&self) -> PyResult<Option<Obj>> {
                Ok(self.cursor.step::<$take>($backwards)?.map(|taken| $object(&self.cursor, taken)))
            }

            #[slot(tp_iternext)]
            fn next(&self) -> PyResult<Option<Obj>> {
                self.advance()
            }

            #[slot(tp_iter)]
            fn iter(&self) -> PyResult {
                Ok(self.owned())
            }

            /// Private method returning an estimate of len(list(it)).
            #[pymethod(name = "__length_hint__")]
            fn length_hint(&self) -> isize {
                self.cursor.length_hint()
            }

            /// Return state information for pickling.
            #[pymethod(name = "__reduce__")]
            fn reduce(&self) -> PyResult {
                let (rest, items) = (self.cursor.fork(), PyList::new());
                while let Some(item) = rest.step::<$take>($backwards)? {
                    items.append($object(&rest, item))?;
                }
                sequence::reduce_with(intern!("iter"), items.into_obj())
            }
        }
    };
}

iterator!(PyDictKeyIterator, PyDictIterKey_Type, "dict_keyiterator", KEY_PART, Keys, same, false);
iterator!(PyDictValueIterator, PyDictIterValue_Type, "dict_valueiterator", VALUE_PART, Values, same, false);
iterator!(PyDictItemIterator, PyDictIterItem_Type, "dict_itemiterator", ITEM_PART, Items, pair, false);
iterator!(
    PyDictReverseKeyIterator,
    PyDictRevIterKey_Type,
    "dict_reversekeyiterator",
    REVERSE_KEY_PART,
    Keys,
    same,
    true
);
iterator!(
    PyDictReverseValueIterator,
    PyDictRevIterValue_Type,
    "dict_reversevalueiterator",
    REVERSE_VALUE_PART,
    Values,
    same,
    true
);
iterator!(
    PyDictReverseItemIterator,
    PyDictRevIterItem_Type,
    "dict_reverseitemiterator",
    REVERSE_ITEM_PART,
    Items,
    pair,
    true
);
