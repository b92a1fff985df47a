//! `str.format` and `str.format_map`.

use super::PyStr;
use super::fields::{self, Field, FieldName, Lookup, Markup};
use super::writer::Writer;
use crate::errors;
use crate::model::{ObjectExt, Py, PyObject, PyResult};
use crate::protocols::object;
use crate::types::dict::PyDict;
use crate::types::int::PyInt;
use core::ops::Range;
use taipan_macros::pymethods;

/// How fields are numbered: not known yet, by the string, or automatically.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Numbering {
    Unknown,
    Manual,
    Automatic,
}

/// One `format` call.
struct Formatter<'a> {
    text: &'a PyStr,
    /// Positional arguments; `None` for `format_map`.
    args: Option<&'a [&'a PyObject]>,
    /// Named arguments.
    names: Option<&'a PyObject>,
    numbering: Numbering,
    next_index: usize,
}

impl Formatter<'_> {
    /// Writes a part of the format string; `depth` says how deep fields may nest.
    fn write(&mut self, text: &PyStr, range: Range<usize>, depth: u32, out: &mut Writer) -> PyResult<()> {
        if depth == 0 {
            return Err(raised!(ValueError, "Max string recursion exceeded"));
        }
        let mut markup = Markup::new(range);
        while let Some(piece) = markup.next(text)? {
            out.push_part(text, piece.literal.clone());
            if let Some(field) = &piece.field {
                self.write_field(text, field, depth, out)?;
            }
        }
        Ok(())
    }

    fn write_field(&mut self, text: &PyStr, field: &Field, depth: u32, out: &mut Writer) -> PyResult<()> {
        let mut value = self.value(text, field.name.clone())?;
        if let Some(conversion) = field.conversion {
            value = convert(&value, conversion)?.into_obj();
        }
        let spec = if field.nested {
            let mut spec = Writer::with_capacity(16);
            self.write(text, field.spec.clone(), depth - 1, &mut spec)?;
            spec.finish()?
        } else {
            text.substring(field.spec.start, field.spec.end)
        };
        out.push(format_value(&value, &spec)?);
        Ok(())
    }

    fn value(&mut self, text: &PyStr, name: Range<usize>) -> PyResult {
        let (first, mut rest) = FieldName::split(text, name);
        let mut value = self.first_value(text, first)?;
        while let Some(lookup) = rest.next(text)? {
            value = match lookup {
                Lookup::Attribute(name) => object::get_attr(&value, &text.substring(name.start, name.end))?,
                Lookup::Item(_, Some(index)) => object::get_item(&value, &PyInt::from_i64(index as i64))?,
                Lookup::Item(key, None) => object::get_item(&value, &text.substring(key.start, key.end))?,
            };
        }
        Ok(value)
    }

    fn first_value(&mut self, text: &PyStr, first: Range<usize>) -> PyResult {
        let numbered = fields::number(text, first.clone())?;
        let automatic = first.is_empty();
        if automatic || numbered.is_some() {
            let wanted = if automatic { Numbering::Automatic } else { Numbering::Manual };
            if self.numbering == Numbering::Unknown {
                self.numbering = wanted;
            }
            if self.numbering != wanted {
                let (from, to) = if automatic {
                    ("manual field specification", "automatic field numbering")
                } else {
                    ("automatic field numbering", "manual field specification")
                };
                return Err(raised!(ValueError, "cannot switch from {from} to {to}"));
            }
        }
        let index = match numbered {
            None if automatic => {
                self.next_index += 1;
                self.next_index - 1
            }
            None => {
                let key = text.substring(first.start, first.end);
                return match self.names {
                    Some(names) => object::get_item(names, &key),
                    None => Err(errors::set_key_error(&key)),
                };
            }
            Some(index) => index,
        };
        let Some(args) = self.args else {
            return Err(raised!(ValueError, "Format string contains positional fields"));
        };
        match args.get(index) {
            Some(value) => Ok(value.owned()),
            None => {
                Err(raised!(IndexError, "Replacement index {index} out of range for positional args tuple"))
            }
        }
    }

    fn run(mut self) -> PyResult<Py<PyStr>> {
        let mut out = Writer::with_capacity(self.text.len() + 16);
        let text = self.text;
        self.write(text, 0..text.len(), 2, &mut out)?;
        out.finish()
    }
}

fn convert(value: &PyObject, conversion: u32) -> PyResult<Py<PyStr>> {
    match char::from_u32(conversion) {
        Some('r') => object::repr(value),
        Some('s') => object::str(value),
        Some('a') => object::ascii(value),
        Some(c) if (33..127).contains(&conversion) => {
            Err(raised!(ValueError, "Unknown conversion specifier {c}"))
        }
        _ => Err(raised!(ValueError, "Unknown conversion specifier \\x{conversion:x}")),
    }
}

/// `format(value, spec)`, strings without a specification taken as they are.
#[inline]
pub fn format_value(value: &PyObject, spec: &PyStr) -> PyResult<Py<PyStr>> {
    if spec.is_empty()
        && let Some(text) = value.downcast_exact::<PyStr>()
    {
        return Ok(crate::model::PyType::to_owned(text));
    }
    object::format(value, Some(spec))
}

#[pymethods(FORMAT)]
impl PyStr {
    /// Return a formatted version of the string, using substitutions from args and kwargs.
    ///
    /// The substitutions are identified by braces ('{' and '}').
    #[pymethod(signature = "(*args, **kwargs)")]
    fn format(&self, args: &[&PyObject], kwargs: Option<Py<PyDict>>) -> PyResult<Py<PyStr>> {
        let names = kwargs.as_deref().map(|names| -> &PyObject { names });
        let numbering = Numbering::Unknown;
        Formatter { text: self, args: Some(args), names, numbering, next_index: 0 }.run()
    }

    /// Return a formatted version of the string, using substitutions from mapping.
    ///
    /// The substitutions are identified by braces ('{' and '}').
    #[pymethod(signature = "(mapping, /)")]
    fn format_map(&self, mapping: &PyObject) -> PyResult<Py<PyStr>> {
        let numbering = Numbering::Unknown;
        Formatter { text: self, args: None, names: Some(mapping), numbering, next_index: 0 }.run()
    }
}
