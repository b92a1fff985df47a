//! `_tokenize`: the tokens of source text, over the parser's lexer.

use core::cell::RefCell;
use taipan_ast::{SyntaxError, SyntaxErrorKind};
use taipan_macros::{pymethods, pymodule, pytype};
use taipan_objects::codecs;
use taipan_objects::errors::{self, Exc};
use taipan_objects::memory;
use taipan_objects::prelude::*;
use taipan_parser::tokens::input::LineSource;
use taipan_parser::tokens::iter::{IterError, TokenizerIter};

#[pymodule(name = "_tokenize")]
pub mod module {
    use super::PyTokenizerIter;
    use taipan_objects::prelude::*;

    #[exec]
    fn exec(module: &PyModule) -> PyResult<()> {
        module.add_type(PyTokenizerIter::type_object())
    }
}

/// Lines from a `readline` function.
struct ReadLine {
    function: Obj,
    /// How lines of bytes are decoded; lines are strings where there is none.
    encoding: Option<String>,
}

impl LineSource for ReadLine {
    type Error = Raised;

    fn next_line(&mut self) -> PyResult<Option<String>> {
        let Some(line) = errors::ignore(call::call(&self.function, &[]), Exc::StopIteration)? else {
            return Ok(None);
        };
        let text = match &self.encoding {
            None => match line.downcast::<PyStr>() {
                Some(text) => text.to_utf8()?.to_owned(),
                None => return Err(raised!(TypeError, "readline() returned a non-string object")),
            },
            Some(encoding) => match line.downcast::<PyBytes>() {
                Some(bytes) => {
                    let text =
                        codecs::decode_bytes(bytes.as_slice(), Some(bytes), Some(encoding), Some("replace"))?;
                    text.to_utf8()?.to_owned()
                }
                None => return Err(raised!(TypeError, "readline() returned a non-bytes object")),
            },
        };
        Ok((!text.is_empty()).then_some(text))
    }
}

/// Iterates over the tokens of lines.
#[pytype(name = "_tokenize.TokenizerIter", parts(ITERATOR))]
pub struct PyTokenizerIter {
    ob_base: PyObject,
    tokens: RefCell<TokenizerIter<ReadLine>>,
}

#[pymethods(ITERATOR)]
impl PyTokenizerIter {
    #[new(signature = "(readline, /, *, extra_tokens, encoding=None)", name = "tokenizeriter")]
    fn py_new(
        cls: &TypeObject,
        readline: &PyObject,
        extra_tokens: bool,
        encoding: Option<&str>,
    ) -> PyResult<Py<PyTokenizerIter>> {
        let source = ReadLine { function: readline.owned(), encoding: encoding.map(str::to_owned) };
        let tokens = RefCell::new(TokenizerIter::new(source, extra_tokens));
        memory::new_in(cls, PyTokenizerIter { ob_base: PyObject::EMPTY, tokens })
    }

    #[slot(tp_iter)]
    fn iter(&self) -> PyResult {
        Ok(self.owned())
    }

    #[slot(tp_iternext)]
    fn next(&self) -> PyResult<Option<Obj>> {
        let Ok(mut tokens) = self.tokens.try_borrow_mut() else {
            return Err(raised!(ValueError, "tokenizer already executing"));
        };
        let result = tokens.next_token();
        let warnings = tokens.take_warnings();
        drop(tokens);
        for warning in warnings {
            errors::warn(Exc::SyntaxWarning, 1, format_args!("{}", warning.msg))?;
        }
        match result {
            Ok(None) => Ok(None),
            Ok(Some(token)) => {
                let kind = i64::from(token.kind as u8);
                let line = PyStr::new(&token.line);
                let items = (kind, &*token.string, token.start, token.end, line);
                taipan_objects::model::ToPy::to_py(items).map(Some)
            }
            Err(error) => Err(raise(error)),
        }
    }
}

fn class_of(error: &SyntaxError) -> Exc {
    match error.kind {
        SyntaxErrorKind::IndentationError => Exc::IndentationError,
        SyntaxErrorKind::TabError => Exc::TabError,
        SyntaxErrorKind::MemoryError => Exc::MemoryError,
        SyntaxErrorKind::ValueError => Exc::ValueError,
        SyntaxErrorKind::RecursionError => Exc::RecursionError,
        SyntaxErrorKind::SystemError => Exc::SystemError,
        _ => Exc::SyntaxError,
    }
}

#[cold]
fn raise(error: IterError<Raised>) -> Raised {
    let (error, ends) = match error {
        IterError::Source(raised) => return raised,
        IterError::Bare(error) => return bare(&error),
        IterError::Syntax(error) => (error, true),
        IterError::NoEnd(error) => (error, false),
    };
    let make = || -> PyResult<Raised> {
        let number = |value: i32| PyInt::from_i64(value.into()).into_obj();
        let end = |value: i32| if ends { number(value) } else { none() };
        let place = PyTuple::from_vec(vec![
            PyStr::new("<string>").into_obj(),
            number(error.lineno),
            number(error.offset),
            error.text.as_ref().map_or_else(none, |text| PyStr::new(text).into_obj()),
            end(error.end_lineno),
            end(error.end_offset),
        ]);
        let class = class_of(&error).type_object();
        let exception = call::call(class, &[&PyStr::new(&error.msg), &place])?;
        Ok(errors::set_object(class, &exception))
    };
    make().unwrap_or_else(|raised| raised)
}

/// An error with a message alone; its place is set afterwards.
fn bare(error: &SyntaxError) -> Raised {
    let make = || -> PyResult<Raised> {
        let class = class_of(error).type_object();
        let exception = call::call(class, &[&PyStr::new(&error.msg)])?;
        object::set_attr(&exception, intern!("lineno"), Some(&PyInt::from_i64(error.lineno.into())))?;
        object::set_attr(&exception, intern!("offset"), Some(&PyInt::from_i64(error.offset.into())))?;
        Ok(errors::set_object(class, &exception))
    };
    make().unwrap_or_else(|raised| raised)
}
