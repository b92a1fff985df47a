//! What the five descriptors of native types share: the class that owns them, their name, and the checks on what they
//! are applied to.

use crate::intern;
use crate::model::gc::{Traverse, Visitor};
use crate::model::{Obj, ObjCell, ObjectExt, Py, PyObject, PyResult, PyType, Raised, ToPy, TypeObject};
use crate::protocols::object;
use crate::types::str::PyStr;
use taipan_abi::PyMethodDef;

/// The fields that every such descriptor begins with (`PyDescrObject`).
#[repr(C)]
pub struct DescrHead {
    pub(super) ob_base: PyObject,
    pub class: Py<TypeObject>,
    pub name: Py<PyStr>,
    pub(super) qualname: ObjCell,
}

const _: () = assert!(size_of::<DescrHead>() == size_of::<taipan_abi::PyDescrObject>());

impl Traverse for DescrHead {
    fn traverse(&self, visitor: &mut Visitor) {
        visitor.visit(&self.class);
    }
}

impl DescrHead {
    /// A head for a descriptor called `name`, an interned string, in `class`.
    pub(super) fn new(class: &TypeObject, name: &PyStr) -> Self {
        DescrHead {
            ob_base: PyObject::EMPTY,
            class: PyType::to_owned(class),
            name: PyType::to_owned(name),
            qualname: ObjCell::empty(),
        }
    }

    /// Fails where the descriptor is not one of `object`'s type.
    #[inline(always)]
    pub(super) fn check(&self, object: &PyObject) -> PyResult<()> {
        if object.class().is_subtype_of(&self.class) { Ok(()) } else { Err(self.does_not_apply(object)) }
    }

    #[cold]
    fn does_not_apply(&self, object: &PyObject) -> Raised {
        raised!(
            TypeError,
            "descriptor '{}' for '{}' objects doesn't apply to a '{}' object",
            self.name,
            self.class.name(),
            object.class().name()
        )
    }

    /// `<what 'name' of 'class' objects>`.
    pub(super) fn repr(&self, what: &str) -> Py<PyStr> {
        PyStr::new(&format!("<{what} '{}' of '{}' objects>", self.name, self.class.name()))
    }

    /// `__qualname__`, made on first use.
    pub(super) fn qualname(&self) -> PyResult {
        if let Some(known) = self.qualname.get() {
            return Ok(known);
        }
        let owner = object::get_attr(&self.class, intern!("__qualname__"))?;
        let Some(owner) = owner.downcast::<PyStr>() else {
            return Err(raised!(TypeError, "<descriptor>.__objclass__.__qualname__ is not a unicode object"));
        };
        let qualname = PyStr::new(&format!("{owner}.{}", self.name)).into_obj();
        self.qualname.set(Some(qualname.clone()));
        Ok(qualname)
    }

    /// `__reduce__`: the attribute of its class.
    pub(super) fn reduce(&self) -> PyResult {
        let getattr = crate::types::builtin::builtin_function("getattr")?;
        (getattr, (self.class.clone(), self.name.clone())).to_py()
    }
}

/// A docstring of a declaration without its signature; `None` where it is empty.
pub(super) fn doc_object(name: &str, text: &'static str) -> Obj {
    let (_, doc) = crate::types::builtin::doc::split(name, text);
    if doc.is_empty() { crate::model::none() } else { PyStr::new(doc).into_obj() }
}

/// The signature of a declaration: that in its docstring, else what its convention tells.
pub(super) fn text_signature(def: &PyMethodDef, name: &str, text: &'static str) -> Option<&'static str> {
    crate::types::builtin::doc::split(name, text).0.or_else(|| crate::types::builtin::doc::of_convention(def))
}
