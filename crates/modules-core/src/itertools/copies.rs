//! `tee`: independent iterators over one source. Items that some of them still need lie in a chain of blocks, which the
//! iterators walk along; a block is freed when the last one has left it.

use core::cell::{Cell, RefCell};
use taipan_objects::memory;
use taipan_objects::model::gc::{Traverse, Visitor};
use taipan_objects::prelude::*;

/// Items in a block.
const BLOCK: usize = 57;

/// The items of a block; emptied by the collector.
pub struct Values(RefCell<Vec<Obj>>);

impl Traverse for Values {
    fn traverse(&self, visitor: &mut Visitor) {
        if let Ok(values) = self.0.try_borrow() {
            values.iter().for_each(|value| visitor.visit(value));
        }
    }

    fn drop_references(&self) {
        drop(self.0.take());
    }
}

#[pytype(
    name = "itertools._tee_dataobject",
    gc,
    flags(IMMUTABLETYPE),
    signature = "(iterable, values, next, /)",
    parts(DATA)
)]
/// Data container common to multiple tee objects.
pub struct PyTeeData {
    ob_base: PyObject,
    iterator: Obj,
    values: Values,
    next: ObjCell,
    running: Cell<bool>,
}

impl PyTeeData {
    fn over(iterator: Obj) -> Py<PyTeeData> {
        memory::new(PyTeeData {
            ob_base: PyObject::EMPTY,
            iterator,
            values: Values(RefCell::new(Vec::new())),
            next: ObjCell::empty(),
            running: Cell::new(false),
        })
    }

    /// Item `index`, read from the source where nobody asked for it yet.
    fn item(&self, index: usize) -> PyResult<Option<Obj>> {
        if let Some(item) = self.values.0.borrow().get(index) {
            return Ok(Some(item.clone()));
        }
        if self.running.replace(true) {
            return Err(raised!(RuntimeError, "cannot re-enter the tee iterator"));
        }
        let result = iter::next(&self.iterator);
        self.running.set(false);
        let Some(item) = result? else { return Ok(None) };
        self.values.0.borrow_mut().push(item.clone());
        Ok(Some(item))
    }

    /// The block behind this one.
    fn following(&self) -> PyResult<Py<PyTeeData>> {
        if let Some(next) = self.next.get() {
            return next.downcast_into::<PyTeeData>().map_err(|_| raised!(SystemError, "a broken tee"));
        }
        let next = Self::over(self.iterator.clone());
        self.next.set(Some(next.clone().into_obj()));
        Ok(next)
    }
}

impl Drop for PyTeeData {
    /// A long chain is taken apart block by block, not by recursion.
    fn drop(&mut self) {
        let mut next = self.next.take();
        while let Some(block) = next {
            next = match block.downcast::<PyTeeData>() {
                Some(data) if data.refcount() == 1 => data.next.take(),
                _ => None,
            };
        }
    }
}

#[pymethods(DATA)]
impl PyTeeData {
    #[new(signature = "(iterable, values, next, /)", name = "teedataobject")]
    fn py_new(
        cls: &TypeObject,
        iterable: &PyObject,
        values: &PyList,
        next: &PyObject,
    ) -> PyResult<Py<PyTeeData>> {
        let _ = cls;
        let values = values.to_vec();
        if values.len() > BLOCK {
            return Err(raised!(ValueError, "Invalid arguments"));
        }
        let full = values.len() == BLOCK;
        let data = Self::over(iterable.owned());
        *data.values.0.borrow_mut() = values;
        if !next.is_none() {
            if !full || !PyTeeData::check(next) {
                return Err(raised!(ValueError, "Invalid arguments"));
            }
            data.next.set(Some(next.owned()));
        }
        Ok(data)
    }
}

/// Iterator wrapped to make it copyable.
#[pytype(name = "itertools._tee", gc, flags(IMMUTABLETYPE), signature = "(iterable, /)", weakref = weaklist, parts(TEE))]
pub struct PyTee {
    ob_base: PyObject,
    /// The block to read from.
    data: ObjCell,
    index: Cell<usize>,
    weaklist: Cell<*mut PyObject>,
}

impl PyTee {
    fn at(data: Obj, index: usize) -> Py<PyTee> {
        memory::new(PyTee {
            ob_base: PyObject::EMPTY,
            data: ObjCell::new(Some(data)),
            index: Cell::new(index),
            weaklist: Cell::new(core::ptr::null_mut()),
        })
    }

    /// Over an iterable; a copy where that is such an iterator itself.
    fn over(iterable: &PyObject) -> PyResult<Py<PyTee>> {
        let iterator = iter::iter(iterable)?;
        match iterator.downcast::<PyTee>() {
            Some(tee) => Ok(tee.copy()),
            None => Ok(Self::at(PyTeeData::over(iterator).into_obj(), 0)),
        }
    }

    fn block(&self) -> PyResult<Option<Py<PyTeeData>>> {
        Ok(self.data.get().and_then(|data| data.downcast_into::<PyTeeData>().ok()))
    }
}

#[pymethods(TEE)]
impl PyTee {
    #[new(signature = "(iterable, /)")]
    fn py_new(cls: &TypeObject, iterable: &PyObject) -> PyResult<Py<PyTee>> {
        let _ = cls;
        Self::over(iterable)
    }

    #[slot(tp_iter)]
    fn iter(&self) -> Obj {
        self.owned()
    }

    #[slot(tp_iternext)]
    fn next(&self) -> PyResult<Option<Obj>> {
        let Some(mut block) = self.block()? else { return Ok(None) };
        if self.index.get() >= BLOCK {
            block = block.following()?;
            self.data.set(Some(block.clone().into_obj()));
            self.index.set(0);
        }
        let index = self.index.get();
        let item = block.item(index)?;
        if item.is_some() {
            self.index.set(index + 1);
        }
        Ok(item)
    }

    /// Returns an independent iterator.
    #[pymethod(name = "__copy__")]
    fn copy(&self) -> Py<PyTee> {
        match self.data.get() {
            Some(data) => Self::at(data, self.index.get()),
            None => memory::new(PyTee {
                ob_base: PyObject::EMPTY,
                data: ObjCell::empty(),
                index: Cell::new(0),
                weaklist: Cell::new(core::ptr::null_mut()),
            }),
        }
    }
}

/// `tee(iterable, n)`.
pub fn tee(iterable: &PyObject, n: isize) -> PyResult {
    if n < 0 {
        return Err(raised!(ValueError, "n must be >= 0"));
    }
    if n == 0 {
        return Ok(PyTuple::empty().into_obj());
    }
    let first = PyTee::over(iterable)?;
    let mut copies = Vec::new();
    if copies.try_reserve_exact(n as usize).is_err() {
        return Err(raised!(MemoryError));
    }
    for _ in 1..n {
        copies.push(first.copy().into_obj());
    }
    copies.insert(0, first.into_obj());
    Ok(PyTuple::from_vec(copies).into_obj())
}
