//! `str.translate` and `str.maketrans`.

use super::PyStr;
use crate::errors::{self, Exc};
use crate::model::args::OptArg;
use crate::model::{Obj, ObjectExt, Py, PyObject, PyResult};
use crate::protocols::object;
use crate::types::dict::PyDict;
use crate::types::int::PyInt;
use crate::with_units;
use taipan_kernels::text::TextBuilder;
use taipan_macros::pymethods;

/// What a table says of one character.
enum Target {
    Same,
    Deleted,
    Char(u32),
    Text(Obj),
}

fn look_up(table: &PyObject, c: u32) -> PyResult<Target> {
    let found = object::get_item(table, &PyInt::from_i64(c.into()));
    let Some(value) = errors::ignore(found, Exc::LookupError)? else {
        return Ok(Target::Same);
    };
    if value.is_none() {
        return Ok(Target::Deleted);
    }
    if let Some(code) = value.downcast::<PyInt>() {
        return match code.to_i64() {
            Some(code @ 0..=0x10_ffff) => Ok(Target::Char(code as u32)),
            _ => Err(raised!(ValueError, "character mapping must be in range(0x110000)")),
        };
    }
    if value.downcast::<PyStr>().is_some() {
        return Ok(Target::Text(value));
    }
    Err(raised!(TypeError, "character mapping must return integer, None or str"))
}

impl PyStr {
    /// The text with its characters replaced as `table` says (`PyUnicode_Translate` without an error handler).
    pub fn translate_by(&self, table: &PyObject) -> PyResult<Py<PyStr>> {
        let mut out = TextBuilder::with_capacity(self.len());
        // Plain answers for ASCII characters, asked once: 0 not asked, 1 deleted, 2 + c the character c.
        let mut known = [0u32; 128];
        with_units!(self.units(), u => for &c in u {
            let c = u32::from(c);
            match known.get(c as usize) {
                Some(1) => continue,
                Some(&answer) if answer > 1 => {
                    out.push(answer - 2);
                    continue;
                }
                _ => {}
            }
            let answer = match look_up(table, c)? {
                Target::Same => Some(c),
                Target::Char(to) => Some(to),
                Target::Deleted => None,
                Target::Text(text) => {
                    if let Some(text) = text.downcast::<PyStr>() {
                        text.append_to(&mut out);
                    }
                    continue;
                }
            };
            if let Some(to) = answer {
                out.push(to);
            }
            if let Some(slot) = known.get_mut(c as usize) {
                *slot = answer.map_or(1, |to| to + 2);
            }
        });
        PyStr::try_from_builder(out)
    }
}

fn set_code(table: &PyDict, c: u32, value: &PyObject) -> PyResult<()> {
    table.set_item(&PyInt::from_i64(c.into()), value)
}

fn table_of_dict(dict: &PyObject) -> PyResult<Py<PyDict>> {
    let table = PyDict::new();
    let Some(dict) = dict.downcast_exact::<PyDict>() else {
        return Err(raised!(TypeError, "if you give only one argument to maketrans it must be a dict"));
    };
    for (key, value) in dict.items_snapshot() {
        if let Some(text) = key.downcast::<PyStr>() {
            if text.len() != 1 {
                return Err(raised!(ValueError, "string keys in translatetable must be of length 1"));
            }
            set_code(&table, text.char_at(0), &value)?;
        } else if key.downcast::<PyInt>().is_some() {
            table.set_item(&key, &value)?;
        } else {
            return Err(raised!(TypeError, "keys in translate table mustbe strings or integers"));
        }
    }
    Ok(table)
}

#[pymethods(TRANSLATE)]
impl PyStr {
    /// Replace each character in the string using the given translation table.
    ///
    ///   table
    ///     Translation table, which must be a mapping of Unicode ordinals to
    ///     Unicode ordinals, strings, or None.
    ///
    /// The table must implement lookup/indexing via __getitem__, for instance a
    /// dictionary or list.  If this operation raises LookupError, the character is
    /// left untouched.  Characters mapped to None are deleted.
    #[pymethod(signature = "(table, /)")]
    fn translate(&self, table: &PyObject) -> PyResult<Py<PyStr>> {
        self.translate_by(table)
    }

    /// Return a translation table usable for str.translate().
    ///
    /// If there is only one argument, it must be a dictionary mapping Unicode
    /// ordinals (integers) or characters to Unicode ordinals, strings or None.
    /// Character keys will be then converted to ordinals.
    /// If there are two arguments, they must be strings of equal length, and
    /// in the resulting dictionary, each character in x will be mapped to the
    /// character at the same position in y. If there is a third argument, it
    /// must be a string, whose characters will be mapped to None in the result.
    #[pymethod(static_method, signature = "(x, y=<unrepresentable>, z=<unrepresentable>, /)")]
    fn maketrans(x: &PyObject, y: OptArg<&PyStr>, z: OptArg<&PyStr>) -> PyResult<Py<PyDict>> {
        let Some(y) = y.given() else {
            return table_of_dict(x);
        };
        let Some(x) = x.downcast::<PyStr>() else {
            return Err(raised!(
                TypeError,
                "first maketrans argument must be a string if there is a second argument"
            ));
        };
        if x.len() != y.len() {
            return Err(raised!(ValueError, "the first two maketrans arguments must have equal length"));
        }
        let table = PyDict::new();
        for i in 0..x.len() {
            set_code(&table, x.char_at(i), &PyInt::from_i64(y.char_at(i).into()))?;
        }
        if let Some(z) = z.given() {
            for i in 0..z.len() {
                set_code(&table, z.char_at(i), crate::model::none_ref())?;
            }
        }
        Ok(table)
    }
}
