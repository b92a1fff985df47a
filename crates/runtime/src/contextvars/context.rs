//! `Context`: a snapshot of context variables, entered by `run`.

use super::map::{Map, MapCell};
use super::variable::PyContextVar;
use super::watch;
use core::cell::Cell;
use taipan_objects::errors;
use taipan_objects::model::thread;
use taipan_objects::prelude::*;

#[pytype(name = "_contextvars.Context", exported = PyContext_Type, gc, weakref = weaklist, parts(METHODS))]
pub struct PyContext {
    ob_base: PyObject,
    map: MapCell,
    /// The context that was current before this one was entered.
    outer: taipan_objects::model::ObjCell,
    entered: Cell<bool>,
    weaklist: Cell<*mut PyObject>,
}

fn with_map(map: Map) -> Py<PyContext> {
    taipan_objects::memory::new(PyContext {
        ob_base: PyObject::EMPTY,
        map: MapCell::new(map),
        outer: taipan_objects::model::ObjCell::empty(),
        entered: Cell::new(false),
        weaklist: Cell::new(core::ptr::null_mut()),
    })
}

/// The running thread's context, made now if there was none.
pub fn current() -> Py<PyContext> {
    let slot = &thread::current().context;
    if let Some(context) = slot.get()
        && let Some(context) = context.downcast_owned::<PyContext>()
    {
        return context;
    }
    let fresh = with_map(Map::default());
    slot.set(Some(fresh.clone().into_obj()));
    fresh
}

/// A copy of the running thread's context.
pub fn copy_current() -> Py<PyContext> {
    let context = current();
    let map = context.map.get();
    with_map(map)
}

/// Tells watchers that another context is current now, or none.
fn tell_switch() {
    let thread = thread::current();
    let watchers = &thread.interpreter().watchers.contexts;
    if watchers.is_active() {
        let context = thread.context.get().unwrap_or_else(none);
        watch::tell_switch(watchers, &context);
    }
}

impl PyContext {
    pub fn lookup(&self, variable: &PyObject) -> Option<Obj> {
        let Ok(value) = self.map.get().get(variable);
        value
    }

    pub fn bind(&self, variable: &PyObject, value: &PyObject) {
        let Ok(changed) = self.map.get().with(variable, value);
        self.map.set(changed);
    }

    pub fn unbind(&self, variable: &PyObject) {
        let Ok(changed) = self.map.get().without(variable);
        self.map.set(changed);
    }

    /// Makes the context current.
    pub fn enter(&self) -> PyResult<()> {
        if self.entered.get() {
            let shown = object::repr(self)?;
            return Err(raised!(RuntimeError, "cannot enter context: {shown} is already entered"));
        }
        self.entered.set(true);
        let before = thread::current().context.replace(Some(self.as_object().owned()));
        self.outer.set(before);
        tell_switch();
        Ok(())
    }

    /// Makes the context before it current again.
    pub fn exit(&self) -> PyResult<()> {
        if !self.entered.get() {
            let shown = object::repr(self)?;
            return Err(raised!(RuntimeError, "cannot exit context: {shown} has not been entered"));
        }
        let is_current = thread::current().context.get().is_some_and(|context| context.is(self));
        if !is_current {
            return Err(raised!(
                RuntimeError,
                "cannot exit context: thread state references a different context object"
            ));
        }
        self.entered.set(false);
        let outer = self.outer.take();
        thread::current().context.set(outer);
        tell_switch();
        Ok(())
    }

    fn entries(&self) -> Vec<(Obj, Obj)> {
        self.map.get().entries()
    }
}

fn variable_key(key: &PyObject) -> PyResult<&PyObject> {
    if key.downcast::<PyContextVar>().is_none() {
        let shown = object::repr(key)?;
        return Err(raised!(TypeError, "a ContextVar key was expected, got {shown}"));
    }
    Ok(key)
}

#[pymethods(METHODS)]
impl PyContext {
    #[new(signature = "(*args, **kwargs)")]
    fn py_new(cls: &TypeObject, args: &[&PyObject], kwargs: Option<Py<PyDict>>) -> PyResult<Py<PyContext>> {
        if !args.is_empty() || kwargs.is_some_and(|kwargs| !kwargs.is_empty()) {
            return Err(raised!(TypeError, "Context() does not accept any arguments"));
        }
        let _ = cls;
        Ok(with_map(Map::default()))
    }

    #[pymethod(no_text, signature = "(*args, **kwargs)")]
    fn run(&self, args: &[&PyObject], kwargs: Option<Py<PyDict>>) -> PyResult {
        let Some((function, args)) = args.split_first() else {
            return Err(raised!(TypeError, "run() missing 1 required positional argument"));
        };
        self.enter()?;
        let result = match kwargs.as_deref().filter(|kwargs| !kwargs.is_empty()) {
            None => call::call(function, args),
            named => call::call_tuple(function, &PyTuple::from_slice(args), named),
        };
        let result = match result {
            Ok(value) => Ok(value),
            Err(raised) => {
                // Leaving runs no Python code, but must not see an exception set.
                let exception = errors::take(raised);
                self.exit()?;
                return Err(errors::restore(exception));
            }
        };
        self.exit()?;
        result
    }

    /// Return a shallow copy of the context object.
    #[pymethod]
    fn copy(&self) -> Py<PyContext> {
        let map = self.map.get();
        with_map(map)
    }

    /// Return the value for `key` if `key` has the value in the context object.
    ///
    /// If `key` does not exist, return `default`.  If `default` is not
    /// given, return None.
    #[pymethod(signature = "(key, default=None, /)")]
    fn get(&self, key: &PyObject, default: Option<&PyObject>) -> PyResult {
        let key = variable_key(key)?;
        Ok(self.lookup(key).unwrap_or_else(|| default.map_or_else(none, ObjectExt::owned)))
    }

    /// Return a list of all variables in the context object.
    #[pymethod]
    fn keys(&self) -> PyResult {
        let keys = self.entries().into_iter().map(|(key, _)| key).collect();
        iter::iter(&PyTuple::from_vec(keys))
    }

    /// Return a list of all variables' values in the context object.
    #[pymethod]
    fn values(&self) -> PyResult {
        let values = self.entries().into_iter().map(|(_, value)| value).collect();
        iter::iter(&PyTuple::from_vec(values))
    }

    /// Return all variables and their values in the context object.
    ///
    /// The result is returned as a list of 2-tuples (variable, value).
    #[pymethod]
    fn items(&self) -> PyResult {
        let items = self
            .entries()
            .into_iter()
            .map(|(key, value)| PyTuple::from_vec(vec![key, value]).into_obj())
            .collect();
        iter::iter(&PyTuple::from_vec(items))
    }

    #[slot(tp_iter)]
    fn iterate(&self) -> PyResult {
        self.keys()
    }

    #[slot(mp_length)]
    fn length(&self) -> PyResult<usize> {
        Ok(self.map.get().len())
    }

    #[slot(mp_subscript)]
    fn subscript(&self, key: &PyObject) -> PyResult {
        let key = variable_key(key)?;
        self.lookup(key).ok_or_else(|| errors::set_key_error(key))
    }

    #[slot(sq_contains)]
    fn contains(&self, key: &PyObject) -> PyResult<bool> {
        let key = variable_key(key)?;
        Ok(self.lookup(key).is_some())
    }

    #[slot(tp_richcompare)]
    fn compare(&self, other: &PyObject, op: CompareOp) -> PyResult {
        let Some(other) = other.downcast::<PyContext>() else { return Ok(not_implemented()) };
        if !matches!(op, CompareOp::Eq | CompareOp::Ne) {
            return Ok(not_implemented());
        }
        let mine = self.entries();
        let mut equal = mine.len() == other.map.get().len();
        for (key, value) in &mine {
            if !equal {
                break;
            }
            equal = match other.lookup(key) {
                Some(there) => object::compare_bool(value, &there, CompareOp::Eq)?,
                None => false,
            };
        }
        Ok(PyInt::from_bool(equal == (op == CompareOp::Eq)))
    }
}
