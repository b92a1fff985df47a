//! `Dialect`: how fields are delimited and quoted.

use super::{csv_error, dialects};
use taipan_objects::memory;
use taipan_objects::model::args::OptArg;
use taipan_objects::prelude::*;

pub const QUOTE_MINIMAL: u8 = 0;
pub const QUOTE_ALL: u8 = 1;
pub const QUOTE_NONNUMERIC: u8 = 2;
pub const QUOTE_NONE: u8 = 3;
pub const QUOTE_STRINGS: u8 = 4;
pub const QUOTE_NOTNULL: u8 = 5;

/// CSV dialect
///
/// The Dialect type records CSV parsing and generation options.
#[pytype(name = "_csv.Dialect", gc, flags(BASETYPE, IMMUTABLETYPE), parts(METHODS))]
pub struct PyDialect {
    ob_base: PyObject,
    #[member(readonly, kind = BOOL)]
    pub skipinitialspace: bool,
    #[member(readonly, kind = BOOL)]
    pub doublequote: bool,
    #[member(readonly, kind = BOOL)]
    pub strict: bool,
    pub quote_rule: u8,
    pub delimiter_char: u32,
    pub quote_char: Option<Character>,
    pub escape_char: Option<Character>,
    pub terminator: Py<PyStr>,
}

/// A code point, holding no reference.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Character(pub u32);

impl taipan_objects::model::gc::Traverse for Character {
    fn traverse(&self, _: &mut taipan_objects::model::gc::Visitor) {}
}

/// The dialect of an argument and parameters: an instance, a name, or an object with the attributes of one.
pub fn of(dialect: Option<&PyObject>, params: Option<&PyDict>) -> PyResult<Py<PyDialect>> {
    let class = PyDialect::type_object();
    let args: Vec<&PyObject> = dialect.into_iter().collect();
    let made = call::call_tuple(class, &PyTuple::from_slice(&args), params)?;
    made.downcast_into::<PyDialect>().map_err(|_| raised!(SystemError, "Dialect() made something else"))
}

/// Where an option comes from: its own argument, or the attribute of the base.
struct Options<'a> {
    base: Option<Obj>,
    own: &'a [(&'static PyStr, Option<&'a PyObject>)],
}

impl Options<'_> {
    fn get(&self, index: usize) -> PyResult<Option<Obj>> {
        let (name, own) = self.own[index];
        match (own, &self.base) {
            (Some(own), _) => Ok(Some(own.owned())),
            (None, Some(base)) => object::get_optional_attr(base, name),
            (None, None) => Ok(None),
        }
    }

    fn flag(&self, index: usize, default: bool) -> PyResult<bool> {
        self.get(index)?.map_or(Ok(default), |value| object::is_true(&value))
    }

    fn character(&self, index: usize, default: Option<char>, or_none: bool) -> PyResult<Option<Character>> {
        let Some(value) = self.get(index)? else {
            return Ok(default.map(|c| Character(c as u32)));
        };
        if value.is_none() && or_none {
            return Ok(None);
        }
        let (name, wanted) = (self.own[index].0, if or_none { " or None" } else { "" });
        match value.downcast::<PyStr>() {
            Some(text) if text.len() == 1 => Ok(Some(Character(text.char_at(0)))),
            Some(text) => Err(raised!(
                TypeError,
                "\"{name}\" must be a unicode character{wanted}, not a string of length {}",
                text.len()
            )),
            None => Err(raised!(
                TypeError,
                "\"{name}\" must be a unicode character{wanted}, not {}",
                value.class().name()
            )),
        }
    }

    fn quoting(&self, index: usize) -> PyResult<Option<u8>> {
        let Some(value) = self.get(index)? else { return Ok(None) };
        let Some(number) = value.downcast_exact::<PyInt>() else {
            return Err(raised!(TypeError, "\"quoting\" must be an integer, not {}", value.class().name()));
        };
        match number.to_i64() {
            Some(rule @ 0..=5) => Ok(Some(rule as u8)),
            _ => Err(raised!(TypeError, "bad \"quoting\" value")),
        }
    }

    fn text(&self, index: usize) -> PyResult<Py<PyStr>> {
        let Some(value) = self.get(index)? else { return Ok(PyStr::new("\r\n")) };
        let found = value.class().name().to_owned();
        value
            .downcast_into::<PyStr>()
            .map_err(|_| raised!(TypeError, "\"lineterminator\" must be a string, not {found}"))
    }
}

impl PyDialect {
    /// Refuses characters that cannot be told apart.
    fn check(&self) -> PyResult<()> {
        let bad = |what: &str| raised!(ValueError, "bad {what} value");
        let unusable = |c: u32, may_be_space: bool| {
            c == 10 || c == 13 || (c == 32 && self.skipinitialspace && !may_be_space)
        };
        let has = |c: u32| (0..self.terminator.len()).any(|i| self.terminator.char_at(i) == c);
        if unusable(self.delimiter_char, true) {
            return Err(bad("delimiter"));
        }
        if self.escape_char.is_some_and(|c| unusable(c.0, false)) {
            return Err(bad("escapechar"));
        }
        if self.quote_char.is_some_and(|c| unusable(c.0, false)) {
            return Err(bad("quotechar"));
        }
        let delimiter = Some(Character(self.delimiter_char));
        if self.escape_char == delimiter {
            return Err(bad("delimiter or escapechar"));
        }
        if self.quote_char == delimiter {
            return Err(bad("delimiter or quotechar"));
        }
        if self.escape_char.is_some() && self.escape_char == self.quote_char {
            return Err(bad("escapechar or quotechar"));
        }
        if has(self.delimiter_char) {
            return Err(bad("delimiter or lineterminator"));
        }
        if self.escape_char.is_some_and(|c| has(c.0)) {
            return Err(bad("escapechar or lineterminator"));
        }
        if self.quote_char.is_some_and(|c| has(c.0)) {
            return Err(bad("quotechar or lineterminator"));
        }
        Ok(())
    }
}

#[pymethods(METHODS)]
impl PyDialect {
    #[new(
        signature = "(dialect=None, delimiter=None, doublequote=None, escapechar=None, lineterminator=None, quotechar=None, quoting=None, skipinitialspace=None, strict=None)"
    )]
    fn py_new(
        cls: &TypeObject,
        dialect: Option<&PyObject>,
        delimiter: OptArg<&PyObject>,
        doublequote: OptArg<&PyObject>,
        escapechar: OptArg<&PyObject>,
        lineterminator: OptArg<&PyObject>,
        quotechar: OptArg<&PyObject>,
        quoting: OptArg<&PyObject>,
        skipinitialspace: OptArg<&PyObject>,
        strict: OptArg<&PyObject>,
    ) -> PyResult<Py<PyDialect>> {
        let base = match dialect {
            Some(name) if name.downcast::<PyStr>().is_some() => {
                Some(dialects().get_item(name)?.ok_or_else(|| csv_error("unknown dialect"))?)
            }
            other => other.map(|base| base.owned()),
        };
        let own = [
            (intern!("delimiter"), delimiter.given()),
            (intern!("doublequote"), doublequote.given()),
            (intern!("escapechar"), escapechar.given()),
            (intern!("lineterminator"), lineterminator.given()),
            (intern!("quotechar"), quotechar.given()),
            (intern!("quoting"), quoting.given()),
            (intern!("skipinitialspace"), skipinitialspace.given()),
            (intern!("strict"), strict.given()),
        ];
        if let Some(known) = base.as_ref().and_then(|base| base.downcast_owned::<PyDialect>())
            && own.iter().all(|(_, value)| value.is_none())
            && cls.is(PyDialect::type_object())
        {
            return Ok(known);
        }
        let options = Options { base, own: &own };
        let delimiter = options.character(0, Some(','), false)?;
        let doublequote = options.flag(1, true)?;
        let escape_char = options.character(2, None, true)?;
        let terminator = options.text(3)?;
        let quote_char = options.character(4, Some('"'), true)?;
        let mut quote_rule = options.quoting(5)?;
        let skipinitialspace = options.flag(6, false)?;
        let strict = options.flag(7, false)?;
        let no_quotes = options.get(4)?.is_some_and(|value| value.is_none());
        if quote_rule.is_none() && no_quotes {
            quote_rule = Some(QUOTE_NONE);
        }
        let quote_rule = quote_rule.unwrap_or(QUOTE_MINIMAL);
        if quote_rule != QUOTE_NONE && quote_char.is_none() {
            return Err(raised!(TypeError, "quotechar must be set if quoting enabled"));
        }
        let dialect = memory::new_in(
            cls,
            PyDialect {
                ob_base: PyObject::EMPTY,
                skipinitialspace,
                doublequote,
                strict,
                quote_rule,
                delimiter_char: delimiter.map_or(',' as u32, |c| c.0),
                quote_char,
                escape_char,
                terminator,
            },
        )?;
        dialect.check()?;
        Ok(dialect)
    }

    #[getter]
    fn delimiter(&self) -> Py<PyStr> {
        PyStr::from_char(self.delimiter_char)
    }

    #[getter]
    fn escapechar(&self) -> Option<Py<PyStr>> {
        self.escape_char.map(|c| PyStr::from_char(c.0))
    }

    #[getter]
    fn quotechar(&self) -> Option<Py<PyStr>> {
        self.quote_char.map(|c| PyStr::from_char(c.0))
    }

    #[getter]
    fn lineterminator(&self) -> Py<PyStr> {
        self.terminator.clone()
    }

    #[getter]
    fn quoting(&self) -> u8 {
        self.quote_rule
    }

    /// raises an exception to avoid pickling
    #[pymethod(name = "__reduce__", signature = "(*args)")]
    fn reduce(&self, args: &[&PyObject]) -> PyResult {
        let _ = args;
        Err(raised!(TypeError, "cannot pickle '{}' instances", self.class().short_name()))
    }

    /// raises an exception to avoid pickling
    #[pymethod(name = "__reduce_ex__", signature = "(*args)")]
    fn reduce_ex(&self, args: &[&PyObject]) -> PyResult {
        self.reduce(args)
    }
}
