//! `_lru_cache_wrapper`: a function that remembers its results.
//!
//! The bounded cache is a dictionary of places in a vector, whose entries form a list from the oldest to the newest use.
//! Calls, hashing and comparing run Python code that may use the same cache: nothing is borrowed across them.

use core::cell::{Cell, RefCell};
use taipan_objects::model::ToPy;
use taipan_objects::model::gc::{Traverse, Visitor};
use taipan_objects::prelude::*;
use taipan_objects::types::descriptors::{field_dict, set_field_dict};
use taipan_objects::types::method::PyMethod;

/// How many results are kept.
#[derive(Clone, Copy)]
enum Limit {
    None,
    All,
    Newest(usize),
}

impl Traverse for Limit {
    fn traverse(&self, _: &mut Visitor) {}
}

/// A remembered result.
struct Entry {
    key: Obj,
    result: Obj,
    older: usize,
    newer: usize,
}

/// Entries in the order of their last use; entry 0 is the end of both directions.
#[derive(Default)]
struct Entries {
    list: Vec<Entry>,
    free: Vec<usize>,
    /// Ends of the list: the oldest and the newest entry, `NOWHERE` when there is none.
    oldest: usize,
    newest: usize,
}

const NOWHERE: usize = usize::MAX;

impl Entries {
    fn new() -> Self {
        Entries { oldest: NOWHERE, newest: NOWHERE, ..Entries::default() }
    }

    fn unlink(&mut self, at: usize) {
        let Entry { older, newer, .. } = self.list[at];
        match self.list.get_mut(older) {
            Some(entry) => entry.newer = newer,
            None => self.oldest = newer,
        }
        match self.list.get_mut(newer) {
            Some(entry) => entry.older = older,
            None => self.newest = older,
        }
    }

    fn link_newest(&mut self, at: usize) {
        let before = self.newest;
        self.list[at].older = before;
        self.list[at].newer = NOWHERE;
        match self.list.get_mut(before) {
            Some(entry) => entry.newer = at,
            None => self.oldest = at,
        }
        self.newest = at;
    }

    fn push(&mut self, key: Obj, result: Obj) -> usize {
        let entry = Entry { key, result, older: NOWHERE, newer: NOWHERE };
        let at = match self.free.pop() {
            Some(at) => {
                self.list[at] = entry;
                at
            }
            None => {
                self.list.push(entry);
                self.list.len() - 1
            }
        };
        self.link_newest(at);
        at
    }

    /// Takes the entry out and gives back what it held.
    fn remove(&mut self, at: usize) -> (Obj, Obj) {
        self.unlink(at);
        self.free.push(at);
        let entry = &mut self.list[at];
        (core::mem::replace(&mut entry.key, none()), core::mem::replace(&mut entry.result, none()))
    }
}

impl Traverse for Entries {
    fn traverse(&self, visitor: &mut Visitor) {
        for entry in &self.list {
            visitor.visit(&entry.key);
            visitor.visit(&entry.result);
        }
    }
}

/// Create a cached callable that wraps another function.
///
/// user_function:      the function being cached
///
/// maxsize:  0         for no caching
///           None      for unlimited cache size
///           n         for a bounded cache
///
/// typed:    False     cache f(3) and f(3.0) as identical calls
///           True      cache f(3) and f(3.0) as distinct calls
///
/// cache_info_type:    namedtuple class with the fields:
///                         hits misses currsize maxsize
#[pytype(name = "functools._lru_cache_wrapper", gc, flags(BASETYPE, IMMUTABLETYPE, METHOD_DESCRIPTOR), dict = dict, weakref = weaklist, parts(METHODS))]
pub struct PyLruCache {
    ob_base: PyObject,
    function: Obj,
    limit: Limit,
    typed: bool,
    info_type: Obj,
    cache: Py<PyDict>,
    entries: RefCell<Entries>,
    hits: Cell<usize>,
    misses: Cell<usize>,
    dict: ObjCell,
    weaklist: Cell<*mut PyObject>,
}

/// Stands between positional and named arguments in keys.
#[derive(Default)]
struct Mark {
    object: ObjCell,
}

fn keyword_mark() -> PyResult {
    let mark = taipan_objects::model::thread::current().interpreter().extension::<Mark>();
    if let Some(known) = mark.object.get() {
        return Ok(known);
    }
    let made = call::call(taipan_objects::types::object::object_type(), &[])?;
    mark.object.set(Some(made.clone()));
    Ok(made)
}

impl PyLruCache {
    /// The key of a call: its one argument where that is an exact `int` or `str`, else a tuple of everything.
    fn key(&self, args: &PyTuple, kwargs: Option<&PyDict>) -> PyResult {
        let kwargs = kwargs.filter(|kwargs| !kwargs.is_empty());
        if !self.typed && kwargs.is_none() {
            if let [only] = args.as_slice()
                && (only.downcast_exact::<PyInt>().is_some() || only.downcast_exact::<PyStr>().is_some())
            {
                return Ok(only.owned());
            }
            return Ok(args.owned());
        }
        let named = kwargs.map_or_else(Vec::new, PyDict::items_snapshot);
        let mut key: Vec<Obj> = args.as_slice().iter().map(|arg| arg.owned()).collect();
        if !named.is_empty() {
            key.push(keyword_mark()?);
            for (name, value) in &named {
                key.push(name.clone());
                key.push(value.clone());
            }
        }
        if self.typed {
            key.extend(args.as_slice().iter().map(|arg| arg.class().owned()));
            key.extend(named.iter().map(|(_, value)| value.class().owned()));
        }
        Ok(PyTuple::from_vec(key).into_obj())
    }

    fn count_miss(&self) {
        self.misses.set(self.misses.get() + 1);
    }

    fn count_hit(&self) {
        self.hits.set(self.hits.get() + 1);
    }

    fn call_unbounded(&self, args: &PyTuple, kwargs: Option<&PyDict>) -> PyResult {
        let key = self.key(args, kwargs)?;
        // What cannot be hashed says so itself, not the dictionary.
        object::hash(&key)?;
        if let Some(known) = self.cache.get_item(&key)? {
            self.count_hit();
            return Ok(known);
        }
        self.count_miss();
        let result = call::call_tuple(&self.function, args, kwargs)?;
        self.cache.set_item(&key, &result)?;
        Ok(result)
    }

    fn place(&self, key: &PyObject) -> PyResult<Option<usize>> {
        let place = self.cache.get_item(key)?;
        Ok(place.and_then(|place| place.downcast::<PyInt>().and_then(PyInt::to_i64)).map(|at| at as usize))
    }

    fn call_bounded(&self, limit: usize, args: &PyTuple, kwargs: Option<&PyDict>) -> PyResult {
        let key = self.key(args, kwargs)?;
        // What cannot be hashed says so itself, not the dictionary.
        object::hash(&key)?;
        if let Some(at) = self.place(&key)? {
            let mut entries = self.entries.borrow_mut();
            if at < entries.list.len() {
                entries.unlink(at);
                entries.link_newest(at);
                let result = entries.list[at].result.clone();
                drop(entries);
                self.count_hit();
                return Ok(result);
            }
        }
        self.count_miss();
        let result = call::call_tuple(&self.function, args, kwargs)?;
        // The call may have cached the same key by itself.
        if self.place(&key)?.is_some() {
            return Ok(result);
        }
        if self.cache.len() >= limit {
            let oldest = self.entries.borrow().oldest;
            if oldest != NOWHERE {
                let old = self.entries.borrow_mut().remove(oldest);
                self.cache.del_item(&old.0)?;
            }
        }
        let at = self.entries.borrow_mut().push(key.clone(), result.clone());
        if let Err(raised) = self.cache.set_item(&key, &PyInt::from_i64(at as i64)) {
            drop(self.entries.borrow_mut().remove(at));
            return Err(raised);
        }
        Ok(result)
    }
}

#[pymethods(METHODS)]
impl PyLruCache {
    #[new(name = "lru_cache", signature = "(user_function, maxsize, typed, cache_info_type)")]
    fn py_new(
        cls: &TypeObject,
        user_function: &PyObject,
        maxsize: &PyObject,
        typed: bool,
        cache_info_type: &PyObject,
    ) -> PyResult<Py<PyLruCache>> {
        if !object::is_callable(user_function) {
            return Err(raised!(TypeError, "the first argument must be callable"));
        }
        let limit = if maxsize.is_none() {
            Limit::All
        } else if number::is_index(maxsize) {
            match number::as_isize(maxsize, Some(taipan_objects::errors::Exc::OverflowError))? {
                ..=0 => Limit::None,
                limit => Limit::Newest(limit as usize),
            }
        } else {
            return Err(raised!(TypeError, "maxsize should be integer or None"));
        };
        taipan_objects::memory::new_in(
            cls,
            PyLruCache {
                ob_base: PyObject::EMPTY,
                function: user_function.owned(),
                limit,
                typed,
                info_type: cache_info_type.owned(),
                cache: PyDict::new(),
                entries: RefCell::new(Entries::new()),
                hits: Cell::new(0),
                misses: Cell::new(0),
                dict: ObjCell::empty(),
                weaklist: Cell::new(core::ptr::null_mut()),
            },
        )
    }

    #[slot(tp_call)]
    fn call(&self, args: &PyTuple, kwargs: Option<&PyDict>) -> PyResult {
        match self.limit {
            Limit::None => {
                self.count_miss();
                call::call_tuple(&self.function, args, kwargs)
            }
            Limit::All => self.call_unbounded(args, kwargs),
            Limit::Newest(limit) => self.call_bounded(limit, args, kwargs),
        }
    }

    #[slot(tp_descr_get)]
    fn bind(&self, instance: Option<&PyObject>, _owner: Option<&PyObject>) -> PyResult {
        match instance {
            Some(instance) if !instance.is_none() => Ok(PyMethod::new(self, instance).into_obj()),
            _ => Ok(self.owned()),
        }
    }

    /// Report cache statistics
    #[pymethod]
    fn cache_info(&self) -> PyResult {
        let limit = match self.limit {
            Limit::None => Some(0),
            Limit::All => None,
            Limit::Newest(limit) => Some(limit),
        };
        let (hits, misses) = (self.hits.get().to_py()?, self.misses.get().to_py()?);
        let (limit, size) = (limit.to_py()?, self.cache.len().to_py()?);
        call::call(&self.info_type, &[&hits, &misses, &limit, &size])
    }

    /// Clear the cache and cache statistics
    #[pymethod]
    fn cache_clear(&self) {
        self.hits.set(0);
        self.misses.set(0);
        let entries = self.entries.replace(Entries::new());
        self.cache.clear_items();
        drop(entries);
    }

    #[pymethod(name = "__reduce__")]
    fn reduce(slf: &PyObject) -> PyResult {
        object::get_attr(slf, intern!("__qualname__"))
    }

    #[pymethod(name = "__copy__", no_text, signature = "(*args)")]
    fn copy(&self, _args: &[&PyObject]) -> PyResult {
        Ok(self.owned())
    }

    #[pymethod(name = "__deepcopy__", no_text, signature = "(*args)")]
    fn deepcopy(&self, _args: &[&PyObject]) -> PyResult {
        Ok(self.owned())
    }

    #[getter(__dict__)]
    fn dict(&self) -> Obj {
        field_dict(&self.dict)
    }

    #[setter(__dict__)]
    fn set_dict(&self, value: Option<&PyObject>) -> PyResult<()> {
        set_field_dict(&self.dict, value)
    }
}
