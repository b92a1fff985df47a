//! Walks over an element and all that is below it: the elements themselves, or their text.

use super::Held;
use super::element::PyElement;
use super::search::has_tag;
use core::cell::RefCell;
use taipan_macros::{pymethods, pytype};
use taipan_objects::memory;
use taipan_objects::prelude::*;

#[pytype(
    name = "_elementtree._element_iterator",
    gc,
    flags(DISALLOW_INSTANTIATION, IMMUTABLETYPE),
    parts(SLOTS)
)]
pub struct PyElementIterator {
    ob_base: PyObject,
    /// Where the walk begins, before it has begun.
    root: ObjCell,
    /// The tag that is looked for; every one where it is empty.
    tag: ObjCell,
    gives_text: bool,
    /// The elements on the way down, and for each the place of the child to come.
    path: Held,
    places: RefCell<Vec<usize>>,
}

/// The place of a child that never comes.
const NOTHING: usize = usize::MAX;

impl PyElementIterator {
    pub fn new(root: &PyElement, tag: Option<&PyObject>, gives_text: bool) -> Py<PyElementIterator> {
        memory::new(PyElementIterator {
            ob_base: PyObject::EMPTY,
            root: ObjCell::new(Some(root.owned())),
            tag: ObjCell::new(tag.map(ObjectExt::owned)),
            gives_text,
            path: Held::default(),
            places: RefCell::default(),
        })
    }

    /// Text that there is, and is not empty.
    fn something(text: Option<Obj>) -> PyResult<Option<Obj>> {
        match text {
            Some(text) if object::is_true(&text)? => Ok(Some(text)),
            _ => Ok(None),
        }
    }

    /// Goes down to an element; what is given for it, if anything.
    fn enter(&self, object: Obj) -> PyResult<Option<Obj>> {
        let Some(element) = object.downcast::<PyElement>() else { return Ok(None) };
        // Comments and instructions have functions for tags, and no text of their own.
        let tag = element.tag.get();
        let is_silent =
            self.gives_text && tag.is_some_and(|tag| !tag.is_none() && tag.downcast::<PyStr>().is_none());
        self.path.0.borrow_mut().push(object.clone());
        self.places.borrow_mut().push(if is_silent { NOTHING } else { 0 });
        if is_silent {
            return Ok(None);
        }
        if self.gives_text {
            return Self::something(element.text.get());
        }
        match self.tag.get() {
            Some(tag) => Ok(has_tag(element, &tag)?.then_some(object)),
            None => Ok(Some(object)),
        }
    }

    /// The child to come of the lowest element.
    fn child(&self) -> Option<Obj> {
        let path = self.path.0.borrow();
        let mut places = self.places.borrow_mut();
        let (element, place) = (path.last()?.downcast::<PyElement>()?, places.last_mut()?);
        let child = if *place == NOTHING { None } else { element.child(*place) }?;
        *place += 1;
        Some(child)
    }

    /// Goes up from the lowest element; false where the walk is over.
    fn leave(&self) -> Option<(Obj, bool)> {
        let (left, more) = {
            let mut path = self.path.0.borrow_mut();
            (path.pop()?, !path.is_empty())
        };
        self.places.borrow_mut().pop();
        Some((left, more))
    }
}

#[pymethods(SLOTS)]
impl PyElementIterator {
    #[slot(tp_iter)]
    fn iter(&self) -> Obj {
        self.owned()
    }

    #[slot(tp_iternext)]
    fn next(&self) -> PyResult<Option<Obj>> {
        if let Some(root) = self.root.take()
            && let Some(given) = self.enter(root)?
        {
            return Ok(Some(given));
        }
        loop {
            if let Some(child) = self.child() {
                if let Some(given) = self.enter(child)? {
                    return Ok(Some(given));
                }
                continue;
            }
            let Some((left, more)) = self.leave() else { return Ok(None) };
            if self.gives_text
                && more
                && let Some(element) = left.downcast::<PyElement>()
                && let Some(tail) = Self::something(element.tail.get())?
            {
                return Ok(Some(tail));
            }
        }
    }
}
