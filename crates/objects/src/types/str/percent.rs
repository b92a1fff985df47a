//! `format % values`.

use super::writer::Writer;
use super::{PyStr, spec};
use crate::errors::{self, Exc};
use crate::model::{Obj, ObjectExt, Py, PyObject, PyResult};
use crate::protocols::{mapping, number, object};
use crate::types::bytelike::absolute_width;
use crate::types::int::PyInt;
use crate::types::tuple::PyTuple;
use crate::with_units;
use taipan_kernels::format::percent::{Conversion, Count};

/// The values, taken one after the other: the items of a tuple, or one object.
struct Values<'a> {
    source: &'a PyObject,
    tuple: Option<&'a PyTuple>,
    /// Where keys are looked up.
    mapping: bool,
    next: usize,
    /// What a key selected: the only value until the next key.
    selected: Option<Obj>,
    selected_taken: bool,
}

impl Values<'_> {
    fn take(&mut self) -> PyResult<Obj> {
        if let Some(selected) = &self.selected {
            if !core::mem::replace(&mut self.selected_taken, true) {
                return Ok(selected.clone());
            }
        } else if let Some(tuple) = self.tuple {
            if self.next < tuple.len() {
                self.next += 1;
                return Ok(tuple.get(self.next - 1).owned());
            }
        } else if self.next == 0 {
            self.next = 1;
            return Ok(self.source.owned());
        }
        Err(raised!(TypeError, "not enough arguments for format string"))
    }

    fn select(&mut self, key: &PyStr) -> PyResult<()> {
        if !self.mapping {
            return Err(raised!(TypeError, "format requires a mapping"));
        }
        self.selected = Some(object::get_item(self.source, key)?);
        self.selected_taken = false;
        Ok(())
    }

    fn all_taken(&self) -> bool {
        self.mapping
            || match self.tuple {
                Some(tuple) => self.next >= tuple.len(),
                None => self.next > 0,
            }
    }

    /// A width or precision given by `*`.
    fn take_count(&mut self, what: &str) -> PyResult<i64> {
        let value = self.take()?;
        let Some(int) = value.downcast::<PyInt>() else {
            return Err(raised!(TypeError, "* wants int"));
        };
        let limit = if what == "C int" { i64::from(i32::MAX) } else { i64::MAX };
        match int.to_i64() {
            Some(count) if count <= limit && count >= -limit - 1 => Ok(count),
            _ => Err(raised!(OverflowError, "Python int too large to convert to {what}")),
        }
    }
}

/// `format % values` (`PyUnicode_Format`).
pub fn format(format: &PyStr, values: &PyObject) -> PyResult<Py<PyStr>> {
    let tuple = values.downcast::<PyTuple>();
    let is_mapping = tuple.is_none() && values.downcast::<PyStr>().is_none() && mapping::is_mapping(values);
    let mut values =
        Values { source: values, tuple, mapping: is_mapping, next: 0, selected: None, selected_taken: false };
    let mut out = Writer::with_capacity(format.len() + 16);
    let mut at = 0;
    while at < format.len() {
        let (plain, found) = with_units!(format.units(), u => {
            let n = taipan_kernels::unit::Unit::find(&u[at..], '%' as u32);
            (at..n.map_or(u.len(), |n| at + n), n.is_some())
        });
        out.push_part(format, plain.clone());
        at = plain.end;
        if !found {
            break;
        }
        let mut conversion = with_units!(format.units(), u => Conversion::parse(u, at + 1));
        at = conversion.end;
        write_conversion(format, &mut conversion, &mut values, &mut out)?;
    }
    if !values.all_taken() {
        return Err(raised!(TypeError, "not all arguments converted during string formatting"));
    }
    out.finish()
}

/// Carries out one conversion, its parts in the order they are written.
fn write_conversion(
    format: &PyStr,
    conversion: &mut Conversion,
    values: &mut Values<'_>,
    out: &mut Writer,
) -> PyResult<()> {
    let key_is_whole = conversion.error != Some(taipan_kernels::format::percent::PercentError::IncompleteKey);
    if let Some(key) = &conversion.key {
        if !values.mapping {
            return Err(raised!(TypeError, "format requires a mapping"));
        }
        if key_is_whole {
            let key = format.substring(key.start, key.end);
            values.select(&key)?;
        }
    }
    let width = match conversion.width {
        Count::None => 0,
        Count::Fixed(width) => width,
        Count::Star => {
            let width = values.take_count("C ssize_t")?;
            conversion.left |= width < 0;
            absolute_width(width as isize)?
        }
    };
    let precision = match conversion.precision {
        Count::None => None,
        Count::Fixed(precision) => Some(precision),
        Count::Star => Some(usize::try_from(values.take_count("C int")?).unwrap_or(0)),
    };
    if let Some(error) = conversion.error {
        return Err(raised!(ValueError, "{}", error.message(false)));
    }
    if conversion.literal {
        out.builder().push('%' as u32);
        return Ok(());
    }
    if u8::try_from(conversion.code).is_ok_and(|code| b"eEfFgG".contains(&code)) {
        spec::check_precision(precision)?;
    }
    super::arguments::affordable(width.saturating_add(precision.unwrap_or(0)).saturating_mul(4))?;
    let value = values.take()?;
    write_value(conversion, &value, width, precision, out)
}

fn write_value(
    conversion: &Conversion,
    value: &PyObject,
    width: usize,
    precision: Option<usize>,
    out: &mut Writer,
) -> PyResult<()> {
    let code = char::from_u32(conversion.code).unwrap_or('\0');
    match code {
        's' | 'r' | 'a' => {
            let text = match code {
                's' => object::str(value)?,
                'r' => object::repr(value)?,
                _ => object::ascii(value)?,
            };
            let text = match precision {
                Some(precision) if precision < text.len() => text.substring(0, precision),
                _ => text,
            };
            write_padded(conversion, text, width, out);
        }
        'd' | 'i' | 'u' | 'o' | 'x' | 'X' => {
            let int = integer_of(value, code)?;
            if let ('d' | 'i' | 'u', Some(int)) = (code, int.downcast::<PyInt>()) {
                spec::check_digits(int)?;
            }
            if let Some(int) = int.downcast_exact::<PyInt>()
                && matches!(code, 'd' | 'i' | 'u')
                && conversion.is_bare()
            {
                out.push(object::str(int)?);
            } else if let Some(int) = int.downcast::<PyInt>() {
                out.builder().push_ascii(conversion.integer(int.view(), width, precision).as_bytes());
            }
        }
        'e' | 'E' | 'f' | 'F' | 'g' | 'G' => {
            let x = number::as_f64(value)?;
            out.builder().push_ascii(conversion.double(x, width, precision).as_bytes());
        }
        'c' => write_padded(conversion, PyStr::from_char(character_of(value)?), width, out),
        _ => return Err(raised!(ValueError, "{}", conversion.unsupported())),
    }
    Ok(())
}

fn write_padded(conversion: &Conversion, text: Py<PyStr>, width: usize, out: &mut Writer) {
    let (before, after) = conversion.pad_text(text.len(), width);
    if before == 0 && after == 0 {
        return out.push(text);
    }
    let out = out.builder();
    (0..before).for_each(|_| out.push_ascii(b" "));
    text.append_to(out);
    (0..after).for_each(|_| out.push_ascii(b" "));
}

/// The integer that an integer conversion writes.
fn integer_of(value: &PyObject, code: char) -> PyResult {
    if value.downcast::<PyInt>().is_some() {
        return Ok(value.owned());
    }
    let hexadecimal = matches!(code, 'o' | 'x' | 'X');
    let wrong = || {
        let wanted = if hexadecimal { "an integer" } else { "a real number" };
        raised!(TypeError, "%{code} format: {wanted} is required, not {}", value.class().name())
    };
    if !number::is_number(value) {
        return Err(wrong());
    }
    let result = if hexadecimal { number::index(value) } else { number::int(value) };
    match errors::ignore(result, Exc::TypeError)? {
        Some(int) => Ok(int.into_obj()),
        None => Err(wrong()),
    }
}

/// The character that `%c` writes.
fn character_of(value: &PyObject) -> PyResult<u32> {
    if let Some(text) = value.downcast::<PyStr>() {
        if text.len() == 1 {
            return Ok(text.char_at(0));
        }
        return Err(raised!(
            TypeError,
            "%c requires an int or a unicode character, not a string of length {}",
            text.len()
        ));
    }
    if !number::is_index(value) {
        return Err(raised!(
            TypeError,
            "%c requires an int or a unicode character, not {}",
            object::fully_qualified_name(value.class())?
        ));
    }
    let int = number::index(value)?;
    match int.to_i64() {
        Some(code @ 0..=0x10_ffff) => Ok(code as u32),
        _ => Err(raised!(OverflowError, "%c arg not in range(0x110000)")),
    }
}
