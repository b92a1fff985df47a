//! `_local`: attributes of which every thread has its own.
//!
//! An object holds one dictionary for each thread that used it. Whoever reads or writes an attribute puts the running
//! thread's dictionary in place first; a subclass's `__init__` runs once in each thread.

use super::registry::registry;
use core::cell::{Cell, RefCell};
use std::collections::HashMap;
use taipan_objects::model::gc::{Traverse, Visitor};
use taipan_objects::model::thread;
use taipan_objects::prelude::*;
use taipan_objects::types::weakref::PyWeakRef;

/// The dictionaries of an object by the serial number of the thread.
#[derive(Default)]
struct Dicts(RefCell<HashMap<u64, Py<PyDict>>>);

impl Traverse for Dicts {
    fn traverse(&self, visitor: &mut Visitor) {
        if let Ok(dicts) = self.0.try_borrow() {
            dicts.values().for_each(|dict| dict.traverse(visitor));
        }
    }
    fn drop_references(&self) {
        drop(self.0.take());
    }
}

/// Thread-local data
#[pytype(name = "_thread._local", signature = "()", gc, dict = dict, weakref = weaklist, flags(BASETYPE), parts(METHODS))]
pub struct PyLocal {
    ob_base: PyObject,
    /// The dictionary of the thread that used the object last.
    dict: taipan_objects::model::ObjCell,
    dicts: Dicts,
    args: Obj,
    kwargs: Option<Obj>,
    weaklist: Cell<*mut PyObject>,
}

/// Weak references to the objects that hold something for a thread.
#[derive(Default)]
struct Users(RefCell<HashMap<u64, Vec<Py<PyWeakRef>>>>);

fn users() -> &'static Users {
    thread::current().interpreter().extension()
}

/// Drops what objects hold for a thread that ends.
pub fn forget_thread(serial: u64) {
    let list = users().0.borrow_mut().remove(&serial);
    for reference in list.into_iter().flatten() {
        if let Some(object) = reference.upgrade()
            && let Some(local) = object.downcast::<PyLocal>()
        {
            let dict = local.dicts.0.borrow_mut().remove(&serial);
            local.dict.set(None);
            drop(dict);
        }
    }
}

impl PyLocal {
    /// Puts the running thread's dictionary in place.
    fn enter(&self) -> PyResult<()> {
        let serial = registry().current_serial();
        let known = self.dicts.0.borrow().get(&serial).cloned();
        if let Some(dict) = known {
            self.dict.set(Some(dict.into_obj()));
            return Ok(());
        }
        self.add_thread(serial)?;
        if self.has_init() {
            let init = object::get_attr(self.class(), intern!("__init__"))?;
            let Some(args) = self.args.downcast::<PyTuple>() else { return Ok(()) };
            let mut all = vec![self.as_object()];
            all.extend_from_slice(args.as_slice());
            let kwargs = self.kwargs.as_ref().and_then(|kwargs| kwargs.downcast::<PyDict>());
            call::call_tuple(&init, &PyTuple::from_slice(&all), kwargs)?;
            // The call may have used the object in another thread.
            let dict = self.dicts.0.borrow().get(&serial).cloned();
            self.dict.set(dict.map(Py::into_obj));
        }
        Ok(())
    }

    fn add_thread(&self, serial: u64) -> PyResult<()> {
        let dict = PyDict::new();
        let reference = PyWeakRef::new(self, None)?;
        self.dicts.0.borrow_mut().insert(serial, dict.clone());
        self.dict.set(Some(dict.into_obj()));
        users().0.borrow_mut().entry(serial).or_default().push(reference);
        Ok(())
    }

    fn has_init(&self) -> bool {
        overrides_init(self.class())
    }
}

fn overrides_init(class: &TypeObject) -> bool {
    let own = taipan_objects::types::r#type::lookup(class, intern!("__init__"));
    let base = taipan_objects::types::r#type::lookup(
        taipan_objects::types::object::object_type(),
        intern!("__init__"),
    );
    match (own, base) {
        (Some(own), Some(base)) => !own.is(&base),
        _ => false,
    }
}

#[pymethods(METHODS)]
impl PyLocal {
    #[new(signature = "(*args, **kwargs)")]
    fn py_new(cls: &TypeObject, args: &[&PyObject], kwargs: Option<Py<PyDict>>) -> PyResult<Py<PyLocal>> {
        let kwargs = kwargs.filter(|kwargs| !kwargs.is_empty());
        if (!args.is_empty() || kwargs.is_some()) && !overrides_init(cls) {
            return Err(raised!(TypeError, "Initialization arguments are not supported"));
        }
        let local = taipan_objects::memory::new_in(
            cls,
            PyLocal {
                ob_base: PyObject::EMPTY,
                dict: taipan_objects::model::ObjCell::empty(),
                dicts: Dicts::default(),
                args: PyTuple::from_slice(args).into_obj(),
                kwargs: kwargs.map(Py::into_obj),
                weaklist: Cell::new(core::ptr::null_mut()),
            },
        )?;
        local.add_thread(registry().current_serial())?;
        Ok(local)
    }

    #[slot(tp_getattro)]
    fn get_attribute(&self, name: &PyObject) -> PyResult {
        self.enter()?;
        match name.downcast::<PyStr>() {
            Some(name) if name.eq_str("__dict__") => match self.dict.get() {
                Some(dict) => Ok(dict),
                None => Ok(PyDict::new().into_obj()),
            },
            Some(name) => object::generic_get_attr(self, name),
            None => {
                let class = name.class().name();
                Err(raised!(TypeError, "attribute name must be string, not '{class}'"))
            }
        }
    }

    #[slot(tp_setattro)]
    fn set_attribute(&self, name: &PyObject, value: Option<&PyObject>) -> PyResult<()> {
        let Some(text) = name.downcast::<PyStr>() else {
            let class = name.class().name();
            return Err(raised!(TypeError, "attribute name must be string, not '{class}'"));
        };
        self.enter()?;
        if text.eq_str("__dict__") {
            let class = self.class().name();
            return Err(raised!(AttributeError, "'{class}' object attribute '__dict__' is read-only"));
        }
        object::generic_set_attr(self, text, value)
    }
}
