//! From objects to trees the compiler takes: fields, lists and values, with CPython's words for what is wrong.

use super::classes;
use taipan_ast::{Arena, Constant, Int, Location, Wtf8};
use taipan_objects::errors;
use taipan_objects::prelude::*;
use taipan_objects::types::bool::PyBool;
use taipan_objects::types::complex::PyComplex;
use taipan_objects::types::set::PyFrozenSet;

/// A node read from an object.
pub trait FromNode<'a>: Copy + 'a {
    /// The family's name.
    const FAMILY: &'static str;
    fn from_node(node: &PyObject, reader: &Reader<'a>) -> PyResult<Self>;
}

/// A reference to a node, or a node of a family that is a plain value.
pub trait Held<'a>: Sized {
    fn read(node: &PyObject, reader: &Reader<'a>) -> PyResult<Self>;
    /// Whether `None` may stand for it until the tree is put together.
    const NULLABLE: bool;
}

impl<'a, T: FromNode<'a>> Held<'a> for &'a T {
    fn read(node: &PyObject, reader: &Reader<'a>) -> PyResult<Self> {
        Ok(reader.arena.alloc(T::from_node(node, reader)?))
    }
    const NULLABLE: bool = true;
}

macro_rules! held_by_value {
    ($($ty:ident),*) => {
        $(
            impl<'a> Held<'a> for taipan_ast::$ty {
                fn read(node: &PyObject, reader: &Reader<'a>) -> PyResult<Self> {
                    Self::from_node(node, reader)
                }
                const NULLABLE: bool = false;
            }
        )*
    };
}

held_by_value!(ExprContext, BoolOp, Operator, UnaryOp, CmpOp);

/// Reads one tree into an arena.
pub struct Reader<'a> {
    arena: &'a Arena,
}

impl<'a> Reader<'a> {
    pub fn new(arena: &'a Arena) -> PyResult<Self> {
        classes::class("AST")?;
        Ok(Reader { arena })
    }

    /// Fails where the tree is too deep for the stack.
    pub fn enter(&self, family: &str) -> PyResult<()> {
        errors::check_stack(&format!(" while traversing '{family}' node"))
    }

    pub fn leave(&self) {}

    /// Whether the object is of this class.
    pub fn is(&self, node: &PyObject, class: &'static str) -> PyResult<bool> {
        let class = classes::class(class)?;
        if core::ptr::eq(node.class().as_object(), &*class) {
            return Ok(true);
        }
        object::is_instance(node, &class)
    }

    #[cold]
    pub fn unexpected(&self, family: &str, node: &PyObject) -> Raised {
        match object::repr(node) {
            Ok(shown) => raised!(TypeError, "expected some sort of {family}, but got {shown}"),
            Err(raised) => raised,
        }
    }

    fn field(&self, node: &PyObject, name: &'static str) -> PyResult<Option<Obj>> {
        object::get_optional_attr(node, &classes::field_name(name))
    }

    fn required(&self, node: &PyObject, class: &str, name: &'static str) -> PyResult {
        match self.field(node, name)? {
            Some(value) => Ok(value),
            None => Err(raised!(TypeError, "required field \"{name}\" missing from {class}")),
        }
    }

    fn given(&self, node: &PyObject, name: &'static str) -> PyResult<Option<Obj>> {
        Ok(self.field(node, name)?.filter(|value| !value.is_none()))
    }

    /// Where the node stands.
    pub fn location(&self, node: &PyObject, family: &str) -> PyResult<Location> {
        let lineno = self.number(&*self.required(node, family, "lineno")?)?;
        let col_offset = self.number(&*self.required(node, family, "col_offset")?)?;
        let end = |name: &'static str, start: i32| match self.given(node, name)? {
            Some(value) => self.number(&value),
            None => Ok(start),
        };
        let (end_lineno, end_col_offset) = (end("end_lineno", lineno)?, end("end_col_offset", col_offset)?);
        Ok(Location { lineno, col_offset, end_lineno, end_col_offset })
    }

    fn number(&self, value: &PyObject) -> PyResult<i32> {
        let Some(int) = value.downcast::<PyInt>() else {
            let shown = object::repr(value)?;
            return Err(raised!(ValueError, "invalid integer value: {shown}"));
        };
        match int.to_i64().map(i32::try_from) {
            Some(Ok(number)) => Ok(number),
            _ => Err(raised!(OverflowError, "Python int too large to convert to C int")),
        }
    }

    pub fn one<T: Held<'a>>(&self, node: &PyObject, class: &str, name: &'static str) -> PyResult<T> {
        let value = self.required(node, class, name)?;
        if T::NULLABLE && value.is_none() {
            return Err(raised!(ValueError, "field '{name}' is required for {class}"));
        }
        T::read(&value, self)
    }

    pub fn optional<T: Held<'a>>(
        &self,
        node: &PyObject,
        class: &str,
        name: &'static str,
    ) -> PyResult<Option<T>> {
        let _ = class;
        self.given(node, name)?.map(|value| T::read(&value, self)).transpose()
    }

    /// The items of a list field; a missing one is empty.
    fn items(&self, node: &PyObject, class: &str, name: &'static str) -> PyResult<Option<Obj>> {
        let Some(value) = self.field(node, name)? else { return Ok(None) };
        if value.downcast::<PyList>().is_none() {
            let found = value.class().name();
            return Err(raised!(TypeError, "{class} field \"{name}\" must be a list, not a {found}"));
        }
        Ok(Some(value))
    }

    fn each<T: Copy>(
        &self,
        node: &PyObject,
        class: &str,
        name: &'static str,
        mut read: impl FnMut(&PyObject) -> PyResult<T>,
    ) -> PyResult<&'a [T]> {
        let Some(value) = self.items(node, class, name)? else { return Ok(&[]) };
        let Some(list) = value.downcast::<PyList>() else { return Ok(&[]) };
        let length = list.len();
        let mut found = Vec::with_capacity(length);
        for index in 0..length {
            let item = list.get(index);
            match item {
                Some(item) if list.len() == length => found.push(read(&item)?),
                _ => {
                    return Err(raised!(
                        RuntimeError,
                        "{class} field \"{name}\" changed size during iteration"
                    ));
                }
            }
        }
        Ok(self.arena.slice(&found))
    }

    pub fn list<T: FromNode<'a>>(
        &self,
        node: &PyObject,
        class: &str,
        name: &'static str,
    ) -> PyResult<&'a [T]> {
        self.each(node, class, name, |item| {
            if item.is_none() {
                let what = match T::FAMILY {
                    "expr" => "expression",
                    "stmt" => "statement",
                    other => other,
                };
                return Err(raised!(ValueError, "None disallowed in {what} list"));
            }
            T::from_node(item, self)
        })
    }

    pub fn list_of_optional<T: FromNode<'a>>(
        &self,
        node: &PyObject,
        class: &str,
        name: &'static str,
    ) -> PyResult<&'a [Option<&'a T>]> {
        self.each(node, class, name, |item| {
            if item.is_none() { Ok(None) } else { <&'a T>::read(item, self).map(Some) }
        })
    }

    fn text(&self, value: &PyObject, what: &str) -> PyResult<&'a str> {
        match value.downcast_exact::<PyStr>() {
            Some(text) => Ok(self.arena.str(text.to_utf8()?)),
            None => Err(raised!(TypeError, "AST {what} must be of type str")),
        }
    }

    pub fn identifier(&self, node: &PyObject, class: &str, name: &'static str) -> PyResult<&'a str> {
        let value = self.required(node, class, name)?;
        if value.is_none() {
            return Err(raised!(ValueError, "field '{name}' is required for {class}"));
        }
        self.text(&value, "identifier")
    }

    pub fn optional_identifier(
        &self,
        node: &PyObject,
        class: &str,
        name: &'static str,
    ) -> PyResult<Option<&'a str>> {
        let _ = class;
        self.given(node, name)?.map(|value| self.text(&value, "identifier")).transpose()
    }

    pub fn identifiers(&self, node: &PyObject, class: &str, name: &'static str) -> PyResult<&'a [&'a str]> {
        self.each(node, class, name, |item| self.text(item, "identifier"))
    }

    pub fn string(&self, node: &PyObject, class: &str, name: &'static str) -> PyResult<&'a str> {
        let value = self.required(node, class, name)?;
        if value.is_none() {
            return Err(raised!(ValueError, "field '{name}' is required for {class}"));
        }
        self.text(&value, "string")
    }

    pub fn optional_string(
        &self,
        node: &PyObject,
        class: &str,
        name: &'static str,
    ) -> PyResult<Option<&'a str>> {
        let _ = class;
        self.given(node, name)?.map(|value| self.text(&value, "string")).transpose()
    }

    pub fn int(&self, node: &PyObject, class: &str, name: &'static str) -> PyResult<i32> {
        self.number(&*self.required(node, class, name)?)
    }

    pub fn optional_int(&self, node: &PyObject, class: &str, name: &'static str) -> PyResult<i32> {
        let _ = class;
        self.given(node, name)?.map_or(Ok(0), |value| self.number(&value))
    }

    pub fn constant(&self, node: &PyObject, class: &str, name: &'static str) -> PyResult<Constant<'a>> {
        let value = self.required(node, class, name)?;
        self.value(&value)
    }

    /// The constant of an object.
    fn value(&self, value: &PyObject) -> PyResult<Constant<'a>> {
        errors::check_stack(" during compilation")?;
        if value.is_none() {
            return Ok(Constant::None);
        }
        if value.is(&taipan_objects::types::singletons::ellipsis()) {
            return Ok(Constant::Ellipsis);
        }
        if value.downcast_exact::<PyBool>().is_some() {
            return Ok(Constant::Bool(object::is_true(value)?));
        }
        if let Some(int) = value.downcast_exact::<PyInt>() {
            return self.int_value(int);
        }
        if let Some(float) = value.downcast_exact::<PyFloat>() {
            return Ok(Constant::Float(float.value()));
        }
        if let Some(complex) = value.downcast_exact::<PyComplex>() {
            let (real, imag) = complex.parts();
            return Ok(Constant::Complex { real, imag });
        }
        if let Some(text) = value.downcast_exact::<PyStr>() {
            let bytes = text.to_wtf8();
            return Ok(Constant::Str(Wtf8::from_bytes(self.arena.bytes(bytes.as_bytes()))));
        }
        if let Some(bytes) = value.downcast_exact::<PyBytes>() {
            return Ok(Constant::Bytes(self.arena.bytes(bytes.as_slice())));
        }
        if value.downcast_exact::<PyTuple>().is_some() {
            return Ok(Constant::Tuple(self.values(value)?));
        }
        if value.downcast_exact::<PyFrozenSet>().is_some() {
            return Ok(Constant::FrozenSet(self.values(value)?));
        }
        let found = value.class().name();
        Err(raised!(TypeError, "got an invalid type in Constant: {found}"))
    }

    fn values(&self, of: &PyObject) -> PyResult<&'a [Constant<'a>]> {
        let items = iter::collect(of)?;
        let values = items.iter().map(|item| self.value(item)).collect::<PyResult<Vec<_>>>()?;
        Ok(self.arena.slice(&values))
    }

    fn int_value(&self, int: &PyInt) -> PyResult<Constant<'a>> {
        let bytes = crate::marshal::magnitude(int)?;
        let mut limbs: Vec<u32> = bytes
            .chunks(4)
            .map(|chunk| chunk.iter().rev().fold(0, |limb, &byte| limb << 8 | u32::from(byte)))
            .collect();
        while limbs.last() == Some(&0) {
            limbs.pop();
        }
        Ok(Constant::Int(Int { negative: int.sign() < 0, limbs: self.arena.slice(&limbs) }))
    }
}
