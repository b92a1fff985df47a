//! Writing: rows to lines.

use super::csv_error;
use super::dialect::{
    self, PyDialect, QUOTE_ALL, QUOTE_NONE, QUOTE_NONNUMERIC, QUOTE_NOTNULL, QUOTE_STRINGS,
};
use taipan_kernels::text::TextBuilder;
use taipan_objects::errors::{self, Exc};
use taipan_objects::memory;
use taipan_objects::prelude::*;

/// CSV writer
///
/// Writer objects are responsible for generating tabular data
/// in CSV format from sequence input.
#[pytype(name = "_csv.writer", gc, flags(BASETYPE, DISALLOW_INSTANTIATION, IMMUTABLETYPE), parts(METHODS))]
pub struct PyWriter {
    ob_base: PyObject,
    write: Obj,
    #[member(readonly, kind = OBJECT)]
    dialect: Py<PyDialect>,
}

impl PyWriter {
    pub fn new(
        file: &PyObject,
        dialect: Option<&PyObject>,
        params: Option<&PyDict>,
    ) -> PyResult<Py<PyWriter>> {
        let dialect = dialect::of(dialect, params)?;
        let write = object::get_optional_attr(file, intern!("write"))?;
        match write.filter(|write| object::is_callable(write)) {
            Some(write) => Ok(memory::new(PyWriter { ob_base: PyObject::EMPTY, write, dialect })),
            None => Err(raised!(TypeError, "argument 1 must have a \"write\" method")),
        }
    }

    fn needs_care(&self, c: u32) -> bool {
        let dialect = &self.dialect;
        let terminator = &dialect.terminator;
        c == dialect.delimiter_char
            || dialect.escape_char.is_some_and(|e| e.0 == c)
            || dialect.quote_char.is_some_and(|q| q.0 == c)
            || c == 10
            || c == 13
            || (0..terminator.len()).any(|i| terminator.char_at(i) == c)
    }

    /// Appends a field; `quoted` says that it is quoted whatever is in it.
    fn write_field(&self, out: &mut TextBuilder, field: Option<&PyStr>, mut quoted: bool) -> PyResult<()> {
        let dialect = &self.dialect;
        let mut body = TextBuilder::default();
        let length = field.map_or(0, PyStr::len);
        for i in 0..length {
            let c = field.map_or(0, |field| field.char_at(i));
            if self.needs_care(c) {
                let is_quote = dialect.quote_char.is_some_and(|q| q.0 == c);
                let mut escape = dialect.quote_rule == QUOTE_NONE;
                if !escape {
                    if is_quote {
                        if dialect.doublequote {
                            body.push(c);
                        } else {
                            escape = true;
                        }
                    } else if dialect.escape_char.is_some_and(|e| e.0 == c) {
                        escape = true;
                    }
                    quoted |= !escape;
                }
                if escape {
                    let Some(escape) = dialect.escape_char else {
                        return Err(csv_error("need to escape, but no escapechar set"));
                    };
                    body.push(escape.0);
                }
            }
            body.push(c);
        }
        let lost_space = dialect.delimiter_char == 32 && dialect.skipinitialspace && length == 0;
        if lost_space {
            if dialect.quote_rule == QUOTE_NONE
                || (field.is_none() && matches!(dialect.quote_rule, QUOTE_STRINGS | QUOTE_NOTNULL))
            {
                return Err(csv_error(
                    "empty field must be quoted if delimiter is a space and skipinitialspace is true",
                ));
            }
            quoted = true;
        }
        let quote = dialect.quote_char.filter(|_| quoted);
        if let Some(quote) = quote {
            out.push(quote.0);
        }
        match body.finish() {
            taipan_kernels::text::Units::One(units) => out.push_latin1(&units),
            taipan_kernels::text::Units::Two(units) => out.extend(&units),
            taipan_kernels::text::Units::Four(units) => out.extend(&units),
        }
        if let Some(quote) = quote {
            out.push(quote.0);
        }
        Ok(())
    }

    fn line(&self, row: &PyObject) -> PyResult<Py<PyStr>> {
        let fields = iter::iter(row).map_err(|raised| match errors::catch(raised, Exc::TypeError) {
            Ok(()) => csv_error(&format!("iterable expected, not {}", row.class().name())),
            Err(raised) => raised,
        })?;
        let rule = self.dialect.quote_rule;
        let (mut out, mut count, mut lone_null) = (TextBuilder::default(), 0usize, false);
        while let Some(field) = iter::next(&fields)? {
            let is_text = field.downcast::<PyStr>().is_some();
            let quoted = match rule {
                QUOTE_NONNUMERIC => !number::is_number(&field),
                QUOTE_ALL => true,
                QUOTE_STRINGS => is_text,
                QUOTE_NOTNULL => !field.is_none(),
                _ => false,
            };
            if count > 0 {
                out.push(self.dialect.delimiter_char);
            }
            count += 1;
            lone_null = field.is_none();
            if field.is_none() {
                self.write_field(&mut out, None, quoted)?;
            } else {
                let text = object::str(&field)?;
                self.write_field(&mut out, Some(&text), quoted)?;
            }
        }
        if count == 1 && out.is_empty() {
            if rule == QUOTE_NONE || (lone_null && matches!(rule, QUOTE_STRINGS | QUOTE_NOTNULL)) {
                return Err(csv_error("single empty field record must be quoted"));
            }
            self.write_field(&mut out, None, true)?;
        }
        self.dialect.terminator.append_to(&mut out);
        PyStr::try_from_builder(out)
    }
}

#[pymethods(METHODS)]
impl PyWriter {
    /// writerow(iterable)
    ///
    /// Construct and write a CSV record from an iterable of fields.  Non-string
    /// elements will be converted to string.
    #[pymethod(signature = "(row, /)")]
    fn writerow(&self, row: &PyObject) -> PyResult {
        let line = self.line(row)?;
        call::call(&self.write, &[&line])
    }

    /// writerows(iterable of iterables)
    ///
    /// Construct and write a series of iterables to a csv file.  Non-string
    /// elements will be converted to string.
    #[pymethod(signature = "(rows, /)")]
    fn writerows(&self, rows: &PyObject) -> PyResult<()> {
        iter::for_each(rows, |row| self.writerow(&row).map(drop))
    }
}
