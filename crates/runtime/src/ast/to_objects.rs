//! From the parser's trees to objects: values, lists, and putting a node together.

use super::classes;
use super::node::PyAst;
use taipan_ast::{Constant, Int, Location, Wtf8};
use taipan_bytecode::Wtf8Buf;
use taipan_objects::errors;
use taipan_objects::prelude::*;
use taipan_objects::types::complex::PyComplex;
use taipan_objects::types::set::PyFrozenSet;

/// A part of a tree that becomes an object.
pub trait ToNode {
    fn to_node(&self, writer: &Writer) -> PyResult;
}

/// Makes the objects of one tree.
pub struct Writer(());

impl Writer {
    pub fn new() -> PyResult<Writer> {
        classes::class("AST")?;
        Ok(Writer(()))
    }

    /// Fails where the tree is too deep for the stack.
    pub fn deeper(&self) -> PyResult<()> {
        errors::check_stack(" during ast construction")
    }

    pub fn shallower(&self) {}

    /// A node of this class.
    pub fn node(
        &self,
        class: &'static str,
        location: Option<&Location>,
        fields: &[(&'static str, Obj)],
    ) -> PyResult {
        let dict = PyDict::with_capacity(fields.len() + 4);
        for (name, value) in fields {
            dict.set_item(&classes::field_name(name), value)?;
        }
        if let Some(location) = location {
            for (name, value) in [
                ("lineno", location.lineno),
                ("col_offset", location.col_offset),
                ("end_lineno", location.end_lineno),
                ("end_col_offset", location.end_col_offset),
            ] {
                dict.set_item(&classes::field_name(name), &PyInt::from_i64(i64::from(value)))?;
            }
        }
        let class = classes::class(class)?;
        match class.downcast::<TypeObject>() {
            Some(class) => PyAst::with_dict(class, dict),
            None => Err(raised!(SystemError, "a class of the ast module is no class")),
        }
    }

    /// The instance of a class without fields.
    pub fn singleton(&self, class: &'static str) -> PyResult {
        classes::singleton(class)
    }

    pub fn identifier(&self, name: &str) -> PyResult {
        Ok(PyStr::intern_text(name).into_obj())
    }

    pub fn optional_identifier(&self, name: Option<&str>) -> PyResult {
        name.map_or_else(|| Ok(none()), |name| self.identifier(name))
    }

    pub fn identifiers(&self, names: &[&str]) -> PyResult {
        let names = names.iter().map(|name| self.identifier(name)).collect::<PyResult<Vec<_>>>()?;
        PyList::try_from_vec(names).map(Py::into_obj)
    }
}

impl<T: ToNode + ?Sized> ToNode for &T {
    fn to_node(&self, writer: &Writer) -> PyResult {
        (**self).to_node(writer)
    }
}

impl<T: ToNode> ToNode for Option<T> {
    fn to_node(&self, writer: &Writer) -> PyResult {
        self.as_ref().map_or_else(|| Ok(none()), |value| value.to_node(writer))
    }
}

impl<T: ToNode> ToNode for [T] {
    fn to_node(&self, writer: &Writer) -> PyResult {
        let items = self.iter().map(|item| item.to_node(writer)).collect::<PyResult<Vec<_>>>()?;
        PyList::try_from_vec(items).map(Py::into_obj)
    }
}

impl ToNode for str {
    fn to_node(&self, _: &Writer) -> PyResult {
        Ok(PyStr::new(self).into_obj())
    }
}

impl ToNode for i32 {
    fn to_node(&self, _: &Writer) -> PyResult {
        Ok(PyInt::from_i64(i64::from(*self)).into_obj())
    }
}

fn text(text: &Wtf8) -> PyResult {
    if let Some(plain) = text.to_str() {
        return Ok(PyStr::new(plain).into_obj());
    }
    match Wtf8Buf::from_wtf8(text.as_bytes()) {
        Some(text) => Ok(PyStr::from_wtf8(&text).into_obj()),
        None => Err(raised!(SystemError, "a string of the tree is damaged")),
    }
}

fn int(value: &Int<'_>) -> PyResult {
    if let Some(small) = value.to_i64() {
        return Ok(PyInt::from_i64(small).into_obj());
    }
    let bytes: Vec<u8> = value.limbs.iter().flat_map(|limb| limb.to_le_bytes()).collect();
    let magnitude = PyInt::from_int(taipan_kernels::int::bytes::from_bytes(&bytes, true, false));
    if value.negative { number::negative(&magnitude) } else { Ok(magnitude.into_obj()) }
}

impl ToNode for Constant<'_> {
    #[expect(clippy::only_used_in_recursion, reason = "the trait's")]
    fn to_node(&self, writer: &Writer) -> PyResult {
        let all = |items: &[Constant<'_>]| {
            items.iter().map(|item| item.to_node(writer)).collect::<PyResult<Vec<_>>>()
        };
        Ok(match self {
            Constant::None => none(),
            Constant::Bool(value) => PyInt::from_bool(*value),
            Constant::Ellipsis => taipan_objects::types::singletons::ellipsis(),
            Constant::Int(value) => int(value)?,
            Constant::Float(value) => PyFloat::new(*value).into_obj(),
            Constant::Complex { real, imag } => PyComplex::new(*real, *imag).into_obj(),
            Constant::Str(value) => text(value)?,
            Constant::Bytes(value) => PyBytes::new(value).into_obj(),
            Constant::Tuple(items) => PyTuple::from_vec(all(items)?).into_obj(),
            Constant::FrozenSet(items) => PyFrozenSet::from_vec(all(items)?)?.into_obj(),
        })
    }
}
