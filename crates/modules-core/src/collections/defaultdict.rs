//! `collections.defaultdict`.

use taipan_objects::model::ToPy;
use taipan_objects::prelude::*;
use taipan_objects::types::genericalias;
use taipan_objects::{errors, intern};

/// defaultdict(default_factory=None, /, [...]) --> dict with default factory
///
/// The default factory is called without arguments to produce
/// a new value when a key is not present, in __getitem__ only.
/// A defaultdict compares equal to a dict with the same items.
/// All remaining arguments are treated the same as if they were
/// passed to the dict constructor, including keyword arguments.
#[pytype(name = "collections.defaultdict", base = PyDict, gc, flags(BASETYPE), parts(METHODS))]
pub struct PyDefaultDict {
    base: PyDict,
    /// Factory for default value called by __missing__().
    #[member]
    default_factory: ObjCell,
}

#[pymethods(METHODS)]
impl PyDefaultDict {
    #[slot(tp_init)]
    fn init(&self, args: &PyTuple, kwargs: Option<&PyDict>) -> PyResult<()> {
        let (factory, rest) = match args.as_slice().split_first() {
            Some((&factory, rest)) => (Some(factory), rest),
            None => (None, &[][..]),
        };
        let factory = factory.filter(|factory| !factory.is_none());
        if factory.is_some_and(|factory| !object::is_callable(factory)) {
            return Err(raised!(TypeError, "first argument must be callable or None"));
        }
        self.default_factory.set(factory.map(ObjectExt::owned));
        self.base.update_from_arguments("dict", rest, kwargs)
    }

    /// __missing__(key) # Called by __getitem__ for missing key; pseudo-code:
    ///   if self.default_factory is None: raise KeyError((key,))
    ///   self[key] = value = self.default_factory()
    ///   return value
    #[pymethod(name = "__missing__", signature = "(object, /)")]
    fn missing(&self, key: &PyObject) -> PyResult {
        let factory = self.default_factory.get().filter(|factory| !factory.is_none());
        let Some(factory) = factory else { return Err(errors::set_key_error(key)) };
        let value = call::call(&factory, &[])?;
        // The factory itself may have stored something under the key.
        self.base.set_default(key, &value)
    }

    /// D.copy() -> a shallow copy of D.
    #[pymethod]
    fn copy(&self) -> PyResult {
        self.remake(self)
    }

    /// D.copy() -> a shallow copy of D.
    #[pymethod(name = "__copy__")]
    fn copy_special(&self) -> PyResult {
        self.remake(self)
    }

    /// An instance of the same class and factory with the items of `items`.
    fn remake(&self, items: &PyObject) -> PyResult {
        let factory = self.default_factory.get().unwrap_or_else(none);
        call::call(self.class(), &[&factory, items])
    }

    /// Return state information for pickling.
    #[pymethod(name = "__reduce__")]
    fn reduce(&self) -> PyResult {
        let args = match self.default_factory.get().filter(|factory| !factory.is_none()) {
            Some(factory) => PyTuple::from_vec(vec![factory]),
            None => PyTuple::empty(),
        };
        let items = call::method(self, intern!("items"), &[])?;
        (self.class(), args, none(), none(), iter::iter(&items)?).to_py()
    }

    /// defaultdicts are generic over two types, signifying (respectively) the types of the dictionary's keys and values
    #[pymethod(name = "__class_getitem__", class, signature = "(object, /)")]
    fn class_getitem(cls: &TypeObject, item: &PyObject) -> PyResult {
        genericalias::new(cls, item)
    }

    #[slot(tp_repr)]
    fn repr(&self) -> PyResult<Py<PyStr>> {
        let items = self.base.repr()?;
        let factory = match self.default_factory.get() {
            None => PyStr::new("None"),
            Some(factory) => {
                // The factory may be a bound method of this very dictionary.
                if object::repr_enter(&factory)? {
                    let shown = object::repr(&factory);
                    object::repr_leave(&factory);
                    shown?
                } else {
                    PyStr::new("...")
                }
            }
        };
        let mut text = taipan_kernels::text::TextBuilder::with_capacity(32);
        text.push_ascii(self.class().short_name().as_bytes());
        text.push_ascii(b"(");
        factory.append_to(&mut text);
        text.push_ascii(b", ");
        items.append_to(&mut text);
        text.push_ascii(b")");
        PyStr::try_from_builder(text)
    }

    #[slot(nb_or)]
    fn or(a: &PyObject, b: &PyObject) -> PyResult {
        let (this, other) = match (a.downcast::<PyDefaultDict>(), b.downcast::<PyDefaultDict>()) {
            (Some(this), _) => (this, b),
            (None, Some(this)) => (this, a),
            _ => return Ok(not_implemented()),
        };
        if !PyDict::check(other) {
            return Ok(not_implemented());
        }
        let union = this.remake(a)?;
        if let Some(dict) = union.downcast::<PyDict>() {
            dict.update(b)?;
        }
        Ok(union)
    }
}
