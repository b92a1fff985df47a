//! `collections.deque`: the type, and its two iterators.
//!
//! The items lie in a ring buffer. It is borrowed only for steps that run no Python code; `state` counts changes, so
//! that iterators and searches notice them.

use core::cell::{Cell, RefCell};
use std::collections::VecDeque;
use taipan_objects::memory;
use taipan_objects::model::ToPy;
use taipan_objects::model::args::OptArg;
use taipan_objects::model::gc::{Traverse, Visitor};
use taipan_objects::prelude::*;

/// A list-like sequence optimized for data accesses near its endpoints.
#[pytype(name = "collections.deque", gc, flags(BASETYPE, SEQUENCE), weakref = weaklist, signature = "([iterable[, maxlen]])", basicsize = 216,
    parts(super::deque_methods::METHODS, super::deque_methods::SLOTS))]
pub struct PyDeque {
    ob_base: PyObject,
    items: Items,
    /// The greatest length; negative for none.
    max: Cell<isize>,
    state: Cell<usize>,
    weaklist: Cell<*mut PyObject>,
}

/// The ring buffer.
struct Items(RefCell<VecDeque<Obj>>);

impl Traverse for Items {
    fn traverse(&self, visitor: &mut Visitor) {
        // A buffer that is borrowed is being changed by code that holds what is in it.
        if let Ok(items) = self.0.try_borrow() {
            items.iter().for_each(|item| visitor.visit(item));
        }
    }

    fn drop_references(&self) {
        drop(self.0.take());
    }
}

impl PyDeque {
    /// An empty deque of `class`.
    pub fn new_in(class: &TypeObject) -> PyResult<Py<PyDeque>> {
        let deque = PyDeque {
            ob_base: PyObject::EMPTY,
            items: Items(RefCell::new(VecDeque::new())),
            max: Cell::new(-1),
            state: Cell::new(0),
            weaklist: Cell::new(core::ptr::null_mut()),
        };
        memory::new_in(class, deque)
    }

    /// Looks at or changes the items. `f` runs no Python code: it drops no item.
    pub fn with<R>(&self, f: impl FnOnce(&mut VecDeque<Obj>) -> R) -> R {
        f(&mut self.items.0.borrow_mut())
    }

    pub fn len(&self) -> usize {
        self.items.0.borrow().len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// A new reference to item `index`.
    pub fn get(&self, index: usize) -> Option<Obj> {
        self.items.0.borrow().get(index).cloned()
    }

    pub fn state(&self) -> usize {
        self.state.get()
    }

    /// Notes a change.
    pub fn touch(&self) {
        self.state.set(self.state.get().wrapping_add(1));
    }

    /// The greatest length, if there is one.
    pub fn max(&self) -> Option<usize> {
        usize::try_from(self.max.get()).ok()
    }

    pub fn set_max(&self, max: Option<usize>) {
        self.max.set(max.map_or(-1, |max| max as isize));
    }

    /// Appends; the first item leaves a full deque.
    pub fn push_back(&self, item: Obj) -> PyResult<()> {
        let max = self.max();
        let out = self.with(|items| {
            items.try_reserve(1).map_err(|_| raised!(MemoryError))?;
            items.push_back(item);
            if max.is_some_and(|max| items.len() > max) { Ok(items.pop_front()) } else { Ok(None) }
        });
        self.touch();
        out.map(drop)
    }

    /// Appends at the left; the last item leaves a full deque.
    pub fn push_front(&self, item: Obj) -> PyResult<()> {
        let max = self.max();
        let out = self.with(|items| {
            items.try_reserve(1).map_err(|_| raised!(MemoryError))?;
            items.push_front(item);
            if max.is_some_and(|max| items.len() > max) { Ok(items.pop_back()) } else { Ok(None) }
        });
        self.touch();
        out.map(drop)
    }

    /// Removes and gives back item `index`.
    pub fn remove_at(&self, index: usize) -> Option<Obj> {
        let item = self.with(|items| items.remove(index));
        self.touch();
        item
    }

    /// Removes everything.
    pub fn clear_items(&self) {
        let old = self.with(core::mem::take);
        self.touch();
        drop(old);
    }

    /// Appends every item of an iterable, at the right or at the left.
    pub fn extend_from(&self, iterable: &PyObject, left: bool) -> PyResult<()> {
        if iterable.is(self) {
            let copy = self.with(|items| items.iter().cloned().collect::<Vec<Obj>>());
            return copy
                .into_iter()
                .try_for_each(|item| if left { self.push_front(item) } else { self.push_back(item) });
        }
        let iterator = iter::iter(iterable)?;
        while let Some(item) = iter::next(&iterator)? {
            if left { self.push_front(item)? } else { self.push_back(item)? }
        }
        Ok(())
    }
}

/// The start of an iterator of either direction.
fn iterator_arguments(deque: &PyObject, skip: isize) -> PyResult<(&PyDeque, usize)> {
    let Some(deque) = deque.downcast::<PyDeque>() else {
        let name = deque.class().name();
        return Err(raised!(TypeError, "argument 1 must be collections.deque, not {name}"));
    };
    Ok((deque, (skip.max(0) as usize).min(deque.len())))
}

macro_rules! iterator {
    ($name:ident, $python:tt, $part:ident, $at:expr) => {
        #[pytype(name = $python, gc, parts($part))]
        pub struct $name {
            ob_base: PyObject,
            deque: ObjCell,
            /// How many items were given.
            given: Cell<usize>,
            left: Cell<usize>,
            state: usize,
        }

        #[pymethods($part)]
        impl $name {
            /// An iterator that skips some items.
            pub fn new(deque: &PyDeque, skip: usize) -> PyResult<Py<$name>> {
                memory::new_in(
                    Self::type_object(),
                    $name {
                        ob_base: PyObject::EMPTY,
                        deque: ObjCell::new(Some(deque.owned())),
                        given: Cell::new(skip),
                        left: Cell::new(deque.len() - skip),
                        state: deque.state(),
                    },
                )
            }

            #[new(signature = "(deque, index=0, /)")]
            fn py_new(cls: &TypeObject, deque: &PyObject, skip: OptArg<isize>) -> PyResult<Py<$name>> {
                debug_assert!(cls.is(Self::type_object()));
                let (deque, skip) = iterator_arguments(deque, skip.given().unwrap_or(0))?;
                Self::new(deque, skip)
            }

            #[slot(tp_iter)]
            fn iter(&self) -> PyResult {
                Ok(self.owned())
            }

            #[slot(tp_iternext)]
            fn next(&self) -> PyResult<Option<Obj>> {
                let Some(deque) = self.deque.get() else { return Ok(None) };
                let Some(deque) = deque.downcast::<PyDeque>() else { return Ok(None) };
                if deque.state() != self.state {
                    self.left.set(0);
                    return Err(raised!(RuntimeError, "deque mutated during iteration"));
                }
                if self.left.get() == 0 {
                    return Ok(None);
                }
                let at: fn(usize, usize) -> usize = $at;
                let item = deque.get(at(deque.len(), self.given.get()));
                self.given.set(self.given.get() + 1);
                self.left.set(self.left.get() - 1);
                Ok(item)
            }

            /// Private method returning an estimate of len(list(it)).
            #[pymethod(name = "__length_hint__")]
            fn length_hint(&self) -> usize {
                self.left.get()
            }

            /// Return state information for pickling.
            #[pymethod(name = "__reduce__")]
            fn reduce(&self) -> PyResult {
                let deque = self.deque.get().unwrap_or_else(none);
                let length = deque.downcast::<PyDeque>().map_or(0, PyDeque::len);
                let arguments = (deque, length.saturating_sub(self.left.get())).to_py()?;
                (self.class(), arguments).to_py()
            }
        }
    };
}

iterator!(PyDequeIterator, "collections._deque_iterator", FORWARDS, |_, given| given);
iterator!(PyDequeReverseIterator, "collections._deque_reverse_iterator", BACKWARDS, |length, given| length
    - 1
    - given);
