//! `_abc`: abstract base classes. What is registered with a class, and the caches of its `issubclass`.
//!
//! Classes are held weakly, by address: an entry whose weak reference does not lead to the class at that address any
//! more is stale and counts as none.

use core::cell::{Cell, RefCell};
use std::collections::HashMap;
use taipan_macros::pymodule;
use taipan_objects::prelude::*;
use taipan_objects::types::set::PySet;
use taipan_objects::types::weakref::PyWeakRef;

/// Counts registrations: caches of negative answers are good for one count.
#[derive(Default)]
struct Registrations {
    count: Cell<u64>,
}

fn registrations() -> &'static Registrations {
    taipan_objects::model::thread::current().interpreter().extension()
}

/// Classes held weakly.
#[derive(Default)]
struct WeakClasses {
    by_address: HashMap<usize, Py<PyWeakRef>>,
}

impl WeakClasses {
    fn contains(&self, class: &PyObject) -> bool {
        let address = class.as_ptr() as usize;
        self.by_address.get(&address).and_then(|weak| weak.upgrade()).is_some_and(|known| known.is(class))
    }
}

fn add(set: &RefCell<WeakClasses>, class: &PyObject) -> PyResult<()> {
    let weak = PyWeakRef::new(class, None)?;
    let address = class.as_ptr() as usize;
    let (old, stale) = {
        let mut set = set.borrow_mut();
        let old = set.by_address.insert(address, weak);
        // Now and then what died is thrown out, so that the table does not grow for ever.
        let full = set.by_address.len() == set.by_address.capacity();
        let dead: Vec<usize> = if full {
            set.by_address.iter().filter(|(_, w)| w.upgrade().is_none()).map(|(at, _)| *at).collect()
        } else {
            Vec::new()
        };
        let stale: Vec<_> = dead.iter().filter_map(|at| set.by_address.remove(at)).collect();
        (old, stale)
    };
    drop((old, stale));
    Ok(())
}

/// Empties a set; what was in it is dropped after the borrow ends.
fn clear(set: &RefCell<WeakClasses>) {
    let old = set.take();
    drop(old);
}

/// Internal state held by ABC machinery.
#[pytype(name = "_abc._abc_data", parts(DATA))]
pub struct PyAbcData {
    ob_base: PyObject,
    /// In the order of registration.
    registry: RefCell<Vec<Py<PyWeakRef>>>,
    cache: RefCell<WeakClasses>,
    negative: RefCell<WeakClasses>,
    negative_version: Cell<u64>,
}

#[pymethods(DATA)]
impl PyAbcData {
    #[slot(tp_new)]
    fn py_new(cls: &TypeObject, _args: &PyTuple, _kwargs: Option<&PyDict>) -> PyResult<Py<PyAbcData>> {
        taipan_objects::memory::new_in(cls, PyAbcData::fresh())
    }
}

impl PyAbcData {
    fn fresh() -> PyAbcData {
        PyAbcData {
            ob_base: PyObject::EMPTY,
            registry: RefCell::default(),
            cache: RefCell::default(),
            negative: RefCell::default(),
            negative_version: Cell::new(registrations().count.get()),
        }
    }
}

/// The state that `_abc_init` gave a class.
fn data_of(class: &PyObject) -> PyResult<Py<PyAbcData>> {
    let data = object::get_attr(class, intern!("_abc_impl"))?;
    data.downcast_into::<PyAbcData>().map_err(|_| raised!(TypeError, "_abc_impl is set to a wrong type"))
}

fn is_abstract(value: &PyObject) -> PyResult<bool> {
    match object::get_optional_attr(value, intern!("__isabstractmethod__"))? {
        Some(flag) => object::is_true(&flag),
        None => Ok(false),
    }
}

/// Sets `__abstractmethods__`: what the class defines abstract, and what its bases do that is abstract in it still.
fn compute_abstract_methods(class: &PyObject) -> PyResult<()> {
    let abstracts = PySet::new();
    let namespace = object::get_attr(class, intern!("__dict__"))?;
    let items = mapping::items(&namespace)?;
    for item in iter::collect(&items)? {
        let pair = item.downcast::<PyTuple>().filter(|pair| pair.len() == 2);
        let Some(pair) = pair else {
            return Err(raised!(TypeError, "Iteration over items() returned item which size is not 2"));
        };
        if is_abstract(pair.get(1))? {
            abstracts.add(pair.get(0))?;
        }
    }
    let bases = object::get_attr(class, intern!("__bases__"))?;
    let Some(bases) = bases.downcast::<PyTuple>() else {
        return Err(raised!(TypeError, "__bases__ is not tuple"));
    };
    for base in bases.as_slice() {
        let Some(inherited) = object::get_optional_attr(base, intern!("__abstractmethods__"))? else {
            continue;
        };
        for name in iter::collect(&inherited)? {
            let Some(text) = name.downcast::<PyStr>() else {
                return Err(raised!(
                    TypeError,
                    "attribute name must be string, not '{}'",
                    name.class().name()
                ));
            };
            if let Some(value) = object::get_optional_attr(class, text)?
                && is_abstract(&value)?
            {
                abstracts.add(&name)?;
            }
        }
    }
    let frozen = taipan_objects::types::set::PyFrozenSet::from_vec(abstracts.to_vec())?;
    object::set_attr(class, intern!("__abstractmethods__"), Some(&frozen))
}

/// The two flags by which pattern matching knows mappings and sequences.
const COLLECTION: u64 = taipan_abi::Py_TPFLAGS_MAPPING | taipan_abi::Py_TPFLAGS_SEQUENCE;

/// Takes `__abc_tpflags__` out of the class's own names and sets the flags it asks for.
fn take_flags(class: &TypeObject) -> PyResult<()> {
    let own = taipan_objects::types::r#type::own_dict(class);
    let Some(wanted) = own.pop(intern!("__abc_tpflags__"))? else { return Ok(()) };
    let wanted = wanted.downcast::<PyInt>().and_then(PyInt::to_i64).unwrap_or(0) as u64 & COLLECTION;
    if wanted == COLLECTION {
        return Err(raised!(
            TypeError,
            "__abc_tpflags__ cannot be both Py_TPFLAGS_SEQUENCE and Py_TPFLAGS_MAPPING"
        ));
    }
    if wanted != 0 {
        class.change_flags(wanted, COLLECTION);
    }
    Ok(())
}

/// Gives a registered class and its subclasses the flags of the abstract class.
fn spread_flags(class: &TypeObject, flags: u64) -> PyResult<()> {
    if class.flags() & COLLECTION == flags || class.has_flag(taipan_abi::Py_TPFLAGS_IMMUTABLETYPE) {
        return Ok(());
    }
    taipan_objects::errors::check_stack(" while registering an abstract base class")?;
    class.change_flags(flags, COLLECTION);
    let subclasses = call::method(class, intern!("__subclasses__"), &[])?;
    for subclass in iter::collect(&subclasses)? {
        if let Some(subclass) = subclass.downcast::<TypeObject>() {
            spread_flags(subclass, flags)?;
        }
    }
    // At the end: looking for the subclasses may have given the class a version.
    taipan_objects::types::r#type::modified(class);
    Ok(())
}

/// `issubclass(subclass, class)` for an abstract class.
fn subclass_check(class: &PyObject, subclass: &PyObject) -> PyResult<bool> {
    if subclass.downcast::<TypeObject>().is_none() {
        return Err(raised!(TypeError, "issubclass() arg 1 must be a class"));
    }
    let data = data_of(class)?;
    if data.cache.borrow().contains(subclass) {
        return Ok(true);
    }
    let now = registrations().count.get();
    if data.negative_version.get() < now {
        clear(&data.negative);
        data.negative_version.set(now);
    } else if data.negative.borrow().contains(subclass) {
        return Ok(false);
    }
    let answer = call::method(class, intern!("__subclasshook__"), &[subclass])?;
    if answer.is(&PyInt::from_bool(true)) {
        add(&data.cache, subclass)?;
        return Ok(true);
    }
    if answer.is(&PyInt::from_bool(false)) {
        add(&data.negative, subclass)?;
        return Ok(false);
    }
    if !answer.is(&not_implemented()) {
        return Err(raised!(
            AssertionError,
            "__subclasshook__ must return either False, True, or NotImplemented"
        ));
    }
    let result = is_known_subclass(class, subclass, &data)?;
    add(if result { &data.cache } else { &data.negative }, subclass)?;
    Ok(result)
}

/// By inheritance, by registration, or through a subclass of the class.
fn is_known_subclass(class: &PyObject, subclass: &PyObject, data: &PyAbcData) -> PyResult<bool> {
    if let (Some(derived), Some(base)) = (subclass.downcast::<TypeObject>(), class.downcast::<TypeObject>())
        && derived.is_subtype_of(base)
    {
        return Ok(true);
    }
    let registered: Vec<Obj> = data.registry.borrow().iter().filter_map(|weak| weak.upgrade()).collect();
    for registered in registered {
        if object::is_subclass(subclass, &registered)? {
            return Ok(true);
        }
    }
    let subclasses = call::method(class, intern!("__subclasses__"), &[])?;
    if subclasses.downcast::<PyList>().is_none() {
        return Err(raised!(TypeError, "__subclasses__() must return a list"));
    }
    for known in iter::collect(&subclasses)? {
        if object::is_subclass(subclass, &known)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// A set of weak references, for `_get_dump`.
fn dumped(classes: &RefCell<WeakClasses>) -> PyResult<Py<PySet>> {
    let weak: Vec<Py<PyWeakRef>> = classes.borrow().by_address.values().cloned().collect();
    let set = PySet::new();
    for weak in weak {
        set.add(&weak)?;
    }
    Ok(set)
}

/// Module contains faster C implementation of abc.ABCMeta
#[pymodule(name = "_abc")]
pub mod abc {
    use super::*;

    /// Returns the current ABC cache token.
    ///
    /// The token is an opaque object (supporting equality testing) identifying
    /// the current version of the ABC cache for virtual subclasses.  The token
    /// changes with every call to register() on any ABC.
    #[pyfunction]
    pub fn get_cache_token() -> u64 {
        registrations().count.get()
    }

    /// Internal ABC helper for class set-up. Should be never used outside abc module.
    #[pyfunction(signature = "(self, /)")]
    pub fn _abc_init(class: &PyObject) -> PyResult<()> {
        compute_abstract_methods(class)?;
        let data = taipan_objects::memory::new(PyAbcData::fresh());
        object::set_attr(class, intern!("_abc_impl"), Some(&data))?;
        match class.downcast::<TypeObject>() {
            Some(class) => take_flags(class),
            None => Ok(()),
        }
    }

    /// Internal ABC helper to reset registry of a given class.
    ///
    /// Should be only used by refleak.py
    #[pyfunction(signature = "(self, /)")]
    pub fn _reset_registry(class: &PyObject) -> PyResult<()> {
        let old = data_of(class)?.registry.take();
        drop(old);
        Ok(())
    }

    /// Internal ABC helper to reset both caches of a given class.
    ///
    /// Should be only used by refleak.py
    #[pyfunction(signature = "(self, /)")]
    pub fn _reset_caches(class: &PyObject) -> PyResult<()> {
        let data = data_of(class)?;
        clear(&data.cache);
        clear(&data.negative);
        Ok(())
    }

    /// Internal ABC helper for cache and registry debugging.
    ///
    /// Return shallow copies of registry, of both caches, and
    /// negative cache version. Don't call this function directly,
    /// instead use ABC._dump_registry() for a nice repr.
    #[pyfunction(signature = "(self, /)")]
    pub fn _get_dump(class: &PyObject) -> PyResult<(Py<PySet>, Py<PySet>, Py<PySet>, u64)> {
        let data = data_of(class)?;
        let registry = PySet::new();
        let registered: Vec<Py<PyWeakRef>> = data.registry.borrow().iter().cloned().collect();
        for weak in registered.iter().filter(|weak| weak.upgrade().is_some()) {
            registry.add(weak)?;
        }
        Ok((registry, dumped(&data.cache)?, dumped(&data.negative)?, data.negative_version.get()))
    }

    /// Internal ABC helper for subclasss registration. Should be never used outside abc module.
    #[pyfunction(signature = "(self, subclass, /)")]
    pub fn _abc_register(class: &PyObject, subclass: &PyObject) -> PyResult {
        let Some(registered) = subclass.downcast::<TypeObject>() else {
            return Err(raised!(TypeError, "Can only register classes"));
        };
        if object::is_subclass(subclass, class)? {
            return Ok(subclass.owned());
        }
        // Otherwise two classes could be subclasses of each other.
        if object::is_subclass(class, subclass)? {
            return Err(raised!(RuntimeError, "Refusing to create an inheritance cycle"));
        }
        let weak = PyWeakRef::new(subclass, None)?;
        let data = data_of(class)?;
        data.registry.borrow_mut().push(weak);
        let count = &registrations().count;
        count.set(count.get() + 1);
        if let Some(class) = class.downcast::<TypeObject>() {
            let flags = class.flags() & COLLECTION;
            if flags != 0 {
                spread_flags(registered, flags)?;
            }
        }
        Ok(subclass.owned())
    }

    /// Internal ABC helper for instance checks. Should be never used outside abc module.
    #[pyfunction(signature = "(self, instance, /)")]
    pub fn _abc_instancecheck(class: &PyObject, instance: &PyObject) -> PyResult<Obj> {
        let data = data_of(class)?;
        // As `isinstance`: an instance without `__class__` is one of its type.
        let subclass = match object::get_optional_attr(instance, intern!("__class__"))? {
            Some(subclass) => subclass,
            None => instance.class().owned(),
        };
        if data.cache.borrow().contains(&subclass) {
            return Ok(PyInt::from_bool(true));
        }
        let subtype = instance.class().owned();
        if subtype.is(&subclass) {
            if data.negative_version.get() == registrations().count.get()
                && data.negative.borrow().contains(&subclass)
            {
                return Ok(PyInt::from_bool(false));
            }
            return call::method(class, intern!("__subclasscheck__"), &[&subclass]);
        }
        let result = call::method(class, intern!("__subclasscheck__"), &[&subclass])?;
        if object::is_true(&result)? {
            return Ok(result);
        }
        call::method(class, intern!("__subclasscheck__"), &[&subtype])
    }

    /// Internal ABC helper for subclasss checks. Should be never used outside abc module.
    #[pyfunction(signature = "(self, subclass, /)")]
    pub fn _abc_subclasscheck(class: &PyObject, subclass: &PyObject) -> PyResult<bool> {
        subclass_check(class, subclass)
    }
}
