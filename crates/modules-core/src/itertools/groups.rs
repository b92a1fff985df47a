//! `groupby`: keys, and an iterator over the items of each. Both read the same source.

use core::cell::Cell;
use taipan_objects::memory;
use taipan_objects::prelude::*;

#[pytype(
    name = "itertools.groupby",
    gc,
    flags(IMMUTABLETYPE, BASETYPE),
    signature = "(iterable, key=None)",
    parts(GROUPBY)
)]
/// make an iterator that returns consecutive keys and groups from the iterable
///
///   iterable
///     Elements to divide into groups according to the key function.
///   key
///     A function for computing the group category for each element.
///     If the key function is not specified or is None, the element itself
///     is used for grouping.
pub struct PyGroupBy {
    ob_base: PyObject,
    iterator: Obj,
    function: Option<Obj>,
    /// The key of the group that was begun last.
    target: ObjCell,
    /// The item that was read last, and its key.
    key: ObjCell,
    value: ObjCell,
    /// Which group may read: counted up with every one.
    group: Cell<u64>,
}

impl PyGroupBy {
    /// Reads an item; false at the end.
    fn step(&self) -> PyResult<bool> {
        let Some(value) = iter::next(&self.iterator)? else { return Ok(false) };
        let key = match &self.function {
            None => value.clone(),
            Some(function) => call::call(function, &[&value])?,
        };
        self.value.set(Some(value));
        self.key.set(Some(key));
        Ok(true)
    }
}

#[pymethods(GROUPBY)]
impl PyGroupBy {
    #[new(signature = "(iterable, key=None)")]
    fn py_new(cls: &TypeObject, iterable: &PyObject, key: Option<&PyObject>) -> PyResult<Py<PyGroupBy>> {
        let groups = PyGroupBy {
            ob_base: PyObject::EMPTY,
            iterator: iter::iter(iterable)?,
            function: key.map(ObjectExt::owned),
            target: ObjCell::empty(),
            key: ObjCell::empty(),
            value: ObjCell::empty(),
            group: Cell::new(0),
        };
        memory::new_in(cls, groups)
    }

    #[slot(tp_iter)]
    fn iter(&self) -> Obj {
        self.owned()
    }

    #[slot(tp_iternext)]
    fn next(&self) -> PyResult<Option<Obj>> {
        // A group that was begun must not read on.
        self.group.set(self.group.get() + 1);
        loop {
            match (self.key.get(), self.target.get()) {
                (None, _) => {}
                (Some(_), None) => break,
                (Some(key), Some(target)) => {
                    if !object::compare_bool(&target, &key, CompareOp::Eq)? {
                        break;
                    }
                }
            }
            if !self.step()? {
                return Ok(None);
            }
        }
        let Some(key) = self.key.get() else { return Ok(None) };
        self.target.set(Some(key.clone()));
        let group = PyGrouper::begin(self, &key);
        Ok(Some(PyTuple::from_vec(vec![key, group.into_obj()]).into_obj()))
    }
}

#[pytype(name = "itertools._grouper", gc, flags(IMMUTABLETYPE), parts(GROUPER))]
pub struct PyGrouper {
    ob_base: PyObject,
    parent: Obj,
    target: Obj,
    group: u64,
}

impl PyGrouper {
    /// The group of this key, which alone may read from now on.
    fn begin(parent: &PyGroupBy, target: &PyObject) -> Py<PyGrouper> {
        let group = parent.group.get() + 1;
        parent.group.set(group);
        let (parent, target) = (parent.as_object().owned(), target.owned());
        memory::new(PyGrouper { ob_base: PyObject::EMPTY, parent, target, group })
    }
}

#[pymethods(GROUPER)]
impl PyGrouper {
    #[new(signature = "(parent, tgtkey, /)")]
    fn py_new(cls: &TypeObject, parent: &PyObject, tgtkey: &PyObject) -> PyResult<Py<PyGrouper>> {
        let _ = cls;
        match parent.downcast::<PyGroupBy>() {
            Some(parent) => Ok(Self::begin(parent, tgtkey)),
            None => Err(raised!(
                TypeError,
                "_grouper() argument 1 must be itertools.groupby, not {}",
                parent.class().name()
            )),
        }
    }

    #[slot(tp_iter)]
    fn iter(&self) -> Obj {
        self.owned()
    }

    #[slot(tp_iternext)]
    fn next(&self) -> PyResult<Option<Obj>> {
        let Some(parent) = self.parent.downcast::<PyGroupBy>() else { return Ok(None) };
        if parent.group.get() != self.group {
            return Ok(None);
        }
        if parent.value.is_empty() && !parent.step()? {
            return Ok(None);
        }
        let Some(key) = parent.key.get() else { return Ok(None) };
        if !object::compare_bool(&self.target, &key, CompareOp::Eq)? {
            return Ok(None);
        }
        Ok(parent.value.take())
    }
}
