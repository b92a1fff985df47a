//! `property`: an attribute that functions compute.

use super::function_wrappers::is_abstract;
use crate::errors::{self, Exc};
use crate::intern;
use crate::model::{Obj, ObjCell, ObjectExt, Py, PyObject, PyResult, PyType, Raised, TypeObject, none};
use crate::protocols::{call, object};
use crate::types::dict::PyDict;
use crate::types::tuple::PyTuple;
use core::cell::Cell;
use taipan_macros::{pymethods, pytype};

/// Property attribute.
///
///   fget
///     function to be used for getting an attribute value
///   fset
///     function to be used for setting an attribute value
///   fdel
///     function to be used for del'ing an attribute
///   doc
///     docstring
///
/// Typical use is to define a managed attribute x:
///
/// class C(object):
///     def getx(self): return self._x
///     def setx(self, value): self._x = value
///     def delx(self): del self._x
///     x = property(getx, setx, delx, "I'm the 'x' property.")
///
/// Decorators make defining new properties or modifying existing ones easy:
///
/// class C(object):
///     @property
///     def x(self):
///         "I am the 'x' property."
///         return self._x
///     @x.setter
///     def x(self, value):
///         self._x = value
///     @x.deleter
///     def x(self):
///         del self._x
#[pytype(name = "property", exported = PyProperty_Type, layout = _PyPropertyObject, gc, flags(BASETYPE), signature = "(fget=None, fset=None, fdel=None, doc=None)", parts(METHODS))]
pub struct PyProperty {
    ob_base: PyObject,
    #[member(name = "fget", readonly)]
    get: ObjCell,
    #[member(name = "fset", readonly)]
    set: ObjCell,
    #[member(name = "fdel", readonly)]
    del: ObjCell,
    #[member(name = "__doc__")]
    doc: ObjCell,
    name: ObjCell,
    /// Whether the docstring is the getter's.
    getter_doc: Cell<i32>,
}

/// `None` counts as not given.
fn given(value: Option<&PyObject>) -> Option<Obj> {
    value.filter(|value| !value.is_none()).map(ObjectExt::owned)
}

impl PyProperty {
    /// The getter function, for the interpreter's inline cache.
    pub fn getter_function(&self) -> Option<Obj> {
        self.get.get()
    }

    /// The property's name: what `__set_name__` said, else the getter's.
    fn known_name(&self) -> PyResult<Option<Obj>> {
        if let Some(name) = self.name.get() {
            return Ok(Some(name));
        }
        match self.get.get() {
            Some(get) => object::get_optional_attr(&get, intern!("__name__")),
            None => Ok(None),
        }
    }

    #[cold]
    fn missing(&self, instance: &PyObject, what: &str) -> Raised {
        let described = self.known_name().and_then(|name| {
            let qualname = object::get_attr(instance.class(), intern!("__qualname__"))?;
            let qualname = object::repr(&qualname)?;
            match name {
                Some(name) => Ok(format!("property {} of {qualname} object", object::repr(&name)?)),
                None => Ok(format!("property of {qualname} object")),
            }
        });
        match described {
            Ok(described) => raised!(AttributeError, "{described} has no {what}"),
            Err(raised) => raised,
        }
    }

    /// A property of the same class with some functions replaced.
    fn copy(&self, get: Option<&PyObject>, set: Option<&PyObject>, del: Option<&PyObject>) -> PyResult {
        let pick =
            |new: Option<&PyObject>, old: &ObjCell| given(new).or_else(|| old.get()).unwrap_or_else(none);
        let (get, set, del) = (pick(get, &self.get), pick(set, &self.set), pick(del, &self.del));
        // The docstring of a getter comes from the new getter again.
        let doc = if self.getter_doc.get() != 0 && !get.is_none() { None } else { self.doc.get() };
        let doc = doc.unwrap_or_else(none);
        let copy = call::call(self.as_object().class(), &[&get, &set, &del, &doc])?;
        if let Some(property) = copy.downcast::<PyProperty>() {
            property.name.set(self.name.get());
        }
        Ok(copy)
    }

    fn set_doc(&self, doc: Option<Obj>) -> PyResult<()> {
        if self.as_object().class().is(PyProperty::type_object()) {
            self.doc.set(doc);
            return Ok(());
        }
        // In a subclass the docstring of the class would hide it, so it goes to the instance, if it can. One that was
        // given is dropped silently where it cannot.
        let doc = doc.unwrap_or_else(none);
        let stored = object::set_attr(self, intern!("__doc__"), Some(&doc));
        if self.getter_doc.get() != 0 {
            return stored;
        }
        errors::ignore(stored, Exc::AttributeError).map(|_| ())
    }
}

#[pymethods(METHODS)]
impl PyProperty {
    #[slot(tp_new)]
    fn py_new(cls: &TypeObject, _args: &PyTuple, _kwargs: Option<&PyDict>) -> PyResult<Py<PyProperty>> {
        crate::memory::new_in(
            cls,
            PyProperty {
                ob_base: PyObject::EMPTY,
                get: ObjCell::empty(),
                set: ObjCell::empty(),
                del: ObjCell::empty(),
                doc: ObjCell::empty(),
                name: ObjCell::empty(),
                getter_doc: Cell::new(0),
            },
        )
    }

    #[init(signature = "(fget=None, fset=None, fdel=None, doc=None)")]
    fn init(
        &self,
        fget: Option<&PyObject>,
        fset: Option<&PyObject>,
        fdel: Option<&PyObject>,
        doc: Option<&PyObject>,
    ) -> PyResult<()> {
        self.get.set(given(fget));
        self.set.set(given(fset));
        self.del.set(given(fdel));
        self.doc.set(None);
        self.name.set(None);
        self.getter_doc.set(0);
        let mut text = given(doc);
        if text.is_none()
            && let Some(get) = given(fget)
        {
            text = object::get_optional_attr(&get, intern!("__doc__"))?.filter(|doc| !doc.is_none());
            self.getter_doc.set(i32::from(text.is_some()));
        }
        self.set_doc(text)
    }

    #[slot(tp_descr_get)]
    fn get(&self, instance: Option<&PyObject>, _owner: Option<&PyObject>) -> PyResult {
        let Some(instance) = instance.filter(|instance| !instance.is_none()) else {
            return Ok(self.owned());
        };
        match self.get.get() {
            Some(get) => call::call(&get, &[instance]),
            None => Err(self.missing(instance, "getter")),
        }
    }

    #[slot(tp_descr_set)]
    fn set(&self, instance: &PyObject, value: Option<&PyObject>) -> PyResult<()> {
        match value {
            Some(value) => match self.set.get() {
                Some(set) => call::call(&set, &[instance, value]).map(drop),
                None => Err(self.missing(instance, "setter")),
            },
            None => match self.del.get() {
                Some(del) => call::call(&del, &[instance]).map(drop),
                None => Err(self.missing(instance, "deleter")),
            },
        }
    }

    /// Descriptor to obtain a copy of the property with a different getter.
    #[pymethod(signature = "(object, /)")]
    fn getter(&self, object: &PyObject) -> PyResult {
        self.copy(Some(object), None, None)
    }

    /// Descriptor to obtain a copy of the property with a different setter.
    #[pymethod(signature = "(object, /)")]
    fn setter(&self, object: &PyObject) -> PyResult {
        self.copy(None, Some(object), None)
    }

    /// Descriptor to obtain a copy of the property with a different deleter.
    #[pymethod(signature = "(object, /)")]
    fn deleter(&self, object: &PyObject) -> PyResult {
        self.copy(None, None, Some(object))
    }

    /// __set_name__($self, owner, name, /)
    /// --
    ///
    /// Method to set name of a property.
    #[pymethod(name = "__set_name__", no_text, signature = "(*args)")]
    fn assign_name(&self, args: &[&PyObject]) -> PyResult<()> {
        let [_, name] = args else {
            return Err(raised!(
                TypeError,
                "__set_name__() takes 2 positional arguments but {} were given",
                args.len()
            ));
        };
        self.name.set(Some(name.owned()));
        Ok(())
    }

    #[getter(__name__)]
    fn name(&self) -> PyResult {
        self.known_name()?.ok_or_else(|| {
            raised!(
                AttributeError,
                "'{}' object has no attribute '__name__'",
                self.as_object().class().name()
            )
        })
    }

    #[setter(__name__)]
    fn set_name(&self, value: Option<&PyObject>) -> PyResult<()> {
        self.name.set(value.map(ObjectExt::owned));
        Ok(())
    }

    #[getter(__isabstractmethod__)]
    fn is_abstract(&self) -> PyResult<bool> {
        for function in [self.get.get(), self.set.get(), self.del.get()] {
            if is_abstract(function.as_deref())? {
                return Ok(true);
            }
        }
        Ok(false)
    }
}
