//! `Element`: its fields and children.
//!
//! Attributes and children have a dictionary and a list only where there are some. The list is never shown to Python code,
//! so it holds nothing but elements.

use core::cell::Cell;
use taipan_macros::pytype;
use taipan_objects::memory;
use taipan_objects::prelude::*;

#[pytype(name = "xml.etree.ElementTree.Element", gc, flags(BASETYPE, IMMUTABLETYPE), weakref = weaklist,
    parts(super::methods::METHODS, super::methods::PROPERTIES, super::methods::SLOTS, super::search::METHODS,
          super::copying::METHODS))]
pub struct PyElement {
    ob_base: PyObject,
    pub tag: ObjCell,
    pub text: ObjCell,
    pub tail: ObjCell,
    attributes: ObjCell,
    children: ObjCell,
    weaklist: Cell<*mut PyObject>,
}

/// The error of something that is no element where one has to be.
#[cold]
fn not_an_element(object: &PyObject) -> Raised {
    raised!(TypeError, "expected an Element, not \"{}\"", object.class().name())
}

/// The object as an element.
pub fn element(object: &PyObject) -> PyResult<&PyElement> {
    object.downcast::<PyElement>().ok_or_else(|| not_an_element(object))
}

/// An argument that has to be an element.
pub fn element_argument<'a>(object: &'a PyObject, argument: &str) -> PyResult<&'a PyElement> {
    object.downcast::<PyElement>().ok_or_else(|| {
        let name = object.class().name();
        raised!(TypeError, "{argument} must be xml.etree.ElementTree.Element, not {name}")
    })
}

impl PyElement {
    pub fn new_in(cls: &TypeObject) -> PyResult<Py<PyElement>> {
        memory::new_in(cls, Self::blank())
    }

    fn blank() -> PyElement {
        PyElement {
            ob_base: PyObject::EMPTY,
            tag: ObjCell::empty(),
            text: ObjCell::empty(),
            tail: ObjCell::empty(),
            attributes: ObjCell::empty(),
            children: ObjCell::empty(),
            weaklist: Cell::new(core::ptr::null_mut()),
        }
    }

    /// An element whose attributes are this very dictionary.
    pub fn new(tag: Obj, attributes: Option<Obj>) -> Py<PyElement> {
        let made = Self::blank();
        made.tag.set(Some(tag));
        made.attributes.set(attributes);
        memory::new(made)
    }

    /// Its attributes, if it has a dictionary of them.
    pub fn attributes(&self) -> Option<Py<PyDict>> {
        self.attributes.get()?.downcast_owned::<PyDict>()
    }

    pub fn attributes_or_new(&self) -> Py<PyDict> {
        self.attributes().unwrap_or_else(|| {
            let dict = PyDict::new();
            self.attributes.set(Some(dict.clone().into_obj()));
            dict
        })
    }

    pub fn set_attributes(&self, attributes: Option<Obj>) {
        self.attributes.set(attributes);
    }

    pub fn children(&self) -> Option<Py<PyList>> {
        self.children.get()?.downcast_owned::<PyList>()
    }

    pub fn children_or_new(&self) -> Py<PyList> {
        self.children().unwrap_or_else(|| {
            let list = PyList::new();
            self.children.set(Some(list.clone().into_obj()));
            list
        })
    }

    pub fn set_children(&self, children: Option<Py<PyList>>) {
        self.children.set(children.map(Py::into_obj));
    }

    pub fn len(&self) -> usize {
        self.children().map_or(0, |children| children.len())
    }

    pub fn child(&self, index: usize) -> Option<Obj> {
        self.children()?.get(index)
    }

    /// Adds a child, which has to be an element.
    pub fn add(&self, child: &PyObject) -> PyResult<()> {
        element(child)?;
        self.children_or_new().append(child.owned())
    }

    /// What `Element(tag, attrib, **extra)` makes of its arguments.
    pub fn prepare(&self, args: &[&PyObject], kwargs: Option<&PyDict>) -> PyResult<()> {
        let (tag, attrib) = match *args {
            [] => return Err(raised!(TypeError, "Element() takes at least 1 argument (0 given)")),
            [tag] => (tag, None),
            [tag, attrib] => (tag, Some(attrib)),
            _ => {
                let count = args.len();
                return Err(raised!(TypeError, "Element() takes at most 2 arguments ({count} given)"));
            }
        };
        let attributes = attributes_of("Element() argument 2", attrib, kwargs)?;
        self.tag.set(Some(tag.owned()));
        self.text.set(None);
        self.tail.set(None);
        self.attributes.set(attributes.map(Py::into_obj));
        Ok(())
    }
}

/// The attributes that a call gives: those of a dictionary and those that are named. `None` for none.
fn attributes_of(
    argument: &str,
    attrib: Option<&PyObject>,
    kwargs: Option<&PyDict>,
) -> PyResult<Option<Py<PyDict>>> {
    let all = PyDict::new();
    let mut named = kwargs.map(PyDict::items_snapshot).unwrap_or_default();
    let given = match attrib {
        Some(attrib) => Some((attrib.owned(), argument)),
        None => {
            let key = intern!("attrib").as_object();
            let place =
                named.iter().position(|(name, _)| object::compare_bool(name, key, CompareOp::Eq) == Ok(true));
            place.map(|place| (named.remove(place).1, "attrib"))
        }
    };
    if let Some((given, argument)) = given {
        let Some(dict) = given.downcast::<PyDict>() else {
            return Err(raised!(TypeError, "{argument} must be dict, not {}", given.class().name()));
        };
        named.splice(0..0, dict.items_snapshot());
    }
    for (name, value) in &named {
        all.set_item(name, value)?;
    }
    Ok((!all.is_empty()).then_some(all))
}

/// `SubElement(parent, tag, attrib={}, **extra)`
pub fn sub_element(args: &[&PyObject], kwargs: Option<&PyDict>) -> PyResult<Py<PyElement>> {
    let (parent, tag, attrib) = match *args {
        [parent, tag] => (parent, tag, None),
        [parent, tag, attrib] => (parent, tag, Some(attrib)),
        _ => {
            let (bound, count) =
                if args.len() < 2 { ("at least 2", args.len()) } else { ("at most 3", args.len()) };
            let plural = "arguments";
            return Err(raised!(TypeError, "SubElement() takes {bound} {plural} ({count} given)"));
        }
    };
    let parent = element_argument(parent, "SubElement() argument 1")?;
    let attributes = attributes_of("SubElement() argument 3", attrib, kwargs)?;
    let child = PyElement::new(tag.owned(), attributes.map(Py::into_obj));
    parent.add(&child)?;
    Ok(child)
}
