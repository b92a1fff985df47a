//! Reading: lines to rows.

use super::dialect::{self, PyDialect, QUOTE_NONE, QUOTE_NONNUMERIC, QUOTE_NOTNULL, QUOTE_STRINGS};
use super::{csv_error, state};
use core::cell::{Cell, RefCell};
use taipan_kernels::text::TextBuilder;
use taipan_objects::memory;
use taipan_objects::model::gc::{Traverse, Visitor};
use taipan_objects::prelude::*;

/// Where in a record the reader is.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Place {
    #[default]
    StartRecord,
    StartField,
    EscapedChar,
    InField,
    InQuotedField,
    EscapeInQuotedField,
    QuoteInQuotedField,
    EatNewLine,
    AfterEscapedNewLine,
}

/// A record being read.
#[derive(Default)]
struct Record {
    place: Place,
    fields: Vec<Obj>,
    field: TextBuilder,
    /// The field had no quotes.
    unquoted: bool,
}

impl Traverse for Record {
    fn traverse(&self, visitor: &mut Visitor) {
        self.fields.traverse(visitor);
    }
}

/// CSV reader
///
/// Reader objects are responsible for reading and parsing tabular data
/// in CSV format.
#[pytype(name = "_csv.reader", gc, flags(BASETYPE, DISALLOW_INSTANTIATION, IMMUTABLETYPE), parts(METHODS))]
pub struct PyReader {
    ob_base: PyObject,
    lines: Obj,
    #[member(readonly, kind = OBJECT)]
    dialect: Py<PyDialect>,
    #[member(readonly, kind = ULONG)]
    line_num: Cell<usize>,
    record: RefCell<Record>,
    /// Counts rows begun, to notice lines that ask for a row themselves.
    reading: Cell<usize>,
}

impl PyReader {
    pub fn new(
        iterable: &PyObject,
        dialect: Option<&PyObject>,
        params: Option<&PyDict>,
    ) -> PyResult<Py<PyReader>> {
        let lines = iter::iter(iterable)?;
        let dialect = dialect::of(dialect, params)?;
        Ok(memory::new(PyReader {
            ob_base: PyObject::EMPTY,
            lines,
            dialect,
            line_num: Cell::new(0),
            record: RefCell::default(),
            reading: Cell::new(0),
        }))
    }

    fn push(&self, record: &mut Record, c: u32) -> PyResult<()> {
        let limit = state().field_limit.get();
        if record.field.len() as i64 >= limit {
            return Err(csv_error(&format!("field larger than field limit ({limit})")));
        }
        record.field.push(c);
        Ok(())
    }

    /// Ends a field.
    fn save(&self, record: &mut Record) -> PyResult<()> {
        let text = PyStr::try_from_builder(core::mem::take(&mut record.field))?;
        let rule = self.dialect.quote_rule;
        let value = if record.unquoted && text.is_empty() && matches!(rule, QUOTE_NOTNULL | QUOTE_STRINGS) {
            none()
        } else if record.unquoted && !text.is_empty() && matches!(rule, QUOTE_NONNUMERIC | QUOTE_STRINGS) {
            number::float(&text)?
        } else {
            text.into_obj()
        };
        record.fields.push(value);
        Ok(())
    }

    /// Takes a character; `None` is the end of a line.
    fn take(&self, record: &mut Record, c: Option<u32>) -> PyResult<()> {
        let dialect = &self.dialect;
        let is_escape = |c: u32| dialect.escape_char.is_some_and(|e| e.0 == c);
        let is_quote =
            |c: u32| dialect.quote_rule != QUOTE_NONE && dialect.quote_char.is_some_and(|q| q.0 == c);
        let is_line_end = |c: Option<u32>| matches!(c, None | Some(10 | 13));
        let after_field = |c: Option<u32>| if c.is_none() { Place::StartRecord } else { Place::EatNewLine };
        match (record.place, c) {
            (Place::StartRecord, None) => {}
            (Place::StartRecord, Some(10 | 13)) => record.place = Place::EatNewLine,
            (Place::StartRecord | Place::StartField, c) => {
                record.unquoted = true;
                match c {
                    c if is_line_end(c) => {
                        self.save(record)?;
                        record.place = after_field(c);
                    }
                    Some(c) if is_quote(c) => {
                        record.unquoted = false;
                        record.place = Place::InQuotedField;
                    }
                    Some(c) if is_escape(c) => record.place = Place::EscapedChar,
                    Some(32) if dialect.skipinitialspace => record.place = Place::StartField,
                    Some(c) if c == dialect.delimiter_char => {
                        self.save(record)?;
                        record.place = Place::StartField;
                    }
                    Some(c) => {
                        self.push(record, c)?;
                        record.place = Place::InField;
                    }
                    None => {}
                }
            }
            (Place::EscapedChar, Some(c @ (10 | 13))) => {
                self.push(record, c)?;
                record.place = Place::AfterEscapedNewLine;
            }
            (Place::EscapedChar, c) => {
                self.push(record, c.unwrap_or(10))?;
                record.place = Place::InField;
            }
            (Place::AfterEscapedNewLine, None) => {}
            (Place::AfterEscapedNewLine | Place::InField, c) => match c {
                c if is_line_end(c) => {
                    self.save(record)?;
                    record.place = after_field(c);
                }
                Some(c) if is_escape(c) => record.place = Place::EscapedChar,
                Some(c) if c == dialect.delimiter_char => {
                    self.save(record)?;
                    record.place = Place::StartField;
                }
                Some(c) => {
                    self.push(record, c)?;
                    record.place = Place::InField;
                }
                None => {}
            },
            (Place::InQuotedField, None) => {}
            (Place::InQuotedField, Some(c)) if is_escape(c) => record.place = Place::EscapeInQuotedField,
            (Place::InQuotedField, Some(c)) if is_quote(c) => {
                record.place = if dialect.doublequote { Place::QuoteInQuotedField } else { Place::InField };
            }
            (Place::InQuotedField, Some(c)) => self.push(record, c)?,
            (Place::EscapeInQuotedField, c) => {
                self.push(record, c.unwrap_or(10))?;
                record.place = Place::InQuotedField;
            }
            (Place::QuoteInQuotedField, Some(c)) if is_quote(c) => {
                self.push(record, c)?;
                record.place = Place::InQuotedField;
            }
            (Place::QuoteInQuotedField, Some(c)) if c == dialect.delimiter_char => {
                self.save(record)?;
                record.place = Place::StartField;
            }
            (Place::QuoteInQuotedField, c) if is_line_end(c) => {
                self.save(record)?;
                record.place = after_field(c);
            }
            (Place::QuoteInQuotedField, Some(c)) if !dialect.strict => {
                self.push(record, c)?;
                record.place = Place::InField;
            }
            (Place::QuoteInQuotedField, _) => return Err(self.missing_delimiter()),
            (Place::EatNewLine, Some(10 | 13)) => {}
            (Place::EatNewLine, None) => record.place = Place::StartRecord,
            (Place::EatNewLine, Some(_)) => {
                return Err(csv_error(
                    "new-line character seen in unquoted field - do you need to open the file with newline=''?",
                ));
            }
        }
        Ok(())
    }

    #[cold]
    fn missing_delimiter(&self) -> Raised {
        let show = |c: u32| PyStr::from_char(c).to_string_lossy().into_owned();
        let quote = self.dialect.quote_char.map_or_else(String::new, |c| show(c.0));
        csv_error(&format!("'{}' expected after '{quote}'", show(self.dialect.delimiter_char)))
    }

    fn row(&self) -> PyResult<Option<Obj>> {
        *self.record.borrow_mut() = Record::default();
        let turn = self.reading.get() + 1;
        self.reading.set(turn);
        loop {
            let Some(line) = iter::next(&self.lines)? else {
                let record = &mut *self.record.borrow_mut();
                let open = !record.field.is_empty() || record.place == Place::InQuotedField;
                if !open {
                    return Ok(None);
                }
                if self.dialect.strict {
                    return Err(csv_error("unexpected end of data"));
                }
                self.save(record)?;
                break;
            };
            let Some(text) = line.downcast::<PyStr>() else {
                return Err(csv_error(&format!(
                    "iterator should return strings, not {} (the file should be opened in text mode)",
                    line.class().name()
                )));
            };
            if self.reading.get() != turn {
                return Err(csv_error("iterator has already advanced the reader"));
            }
            self.line_num.set(self.line_num.get() + 1);
            // The record is taken out while it is worked on: converting a field may run other code.
            let mut record = self.record.take();
            let result = (0..text.len())
                .try_for_each(|i| self.take(&mut record, Some(text.char_at(i))))
                .and_then(|()| self.take(&mut record, None));
            let place = record.place;
            self.record.replace(record);
            result?;
            if place == Place::StartRecord {
                break;
            }
        }
        let fields = core::mem::take(&mut self.record.borrow_mut().fields);
        Ok(Some(PyList::from_vec(fields).into_obj()))
    }
}

#[pymethods(METHODS)]
impl PyReader {
    #[slot(tp_iter)]
    fn iter(&self) -> PyResult {
        Ok(self.owned())
    }

    #[slot(tp_iternext)]
    fn next(&self) -> PyResult<Option<Obj>> {
        self.row()
    }
}
