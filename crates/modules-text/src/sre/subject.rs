//! The text a pattern is run over: a string, or whatever exports bytes.

use taipan_kernels::sre::{Locale, Matcher, Mode, Program, Stop};
use taipan_objects::model::gc::{Traverse, Visitor};
use taipan_objects::model::thread::{self, EvalBreaker};
use taipan_objects::prelude::*;
use taipan_objects::protocols::buffer::{self, Buffer};
use taipan_objects::system;
use taipan_objects::with_units;

/// A text, held while it is matched.
pub struct Subject {
    pub object: Obj,
    source: Source,
}

enum Source {
    Text,
    Bytes,
    Buffer(Buffer),
}

impl Traverse for Subject {
    fn traverse(&self, visitor: &mut Visitor) {
        self.object.traverse(visitor);
    }
}

impl Subject {
    /// The text of an object; `TypeError` for what is none.
    pub fn new(object: &PyObject) -> PyResult<Subject> {
        let source = if object.downcast::<PyStr>().is_some() {
            Source::Text
        } else if object.downcast_exact::<PyBytes>().is_some() {
            Source::Bytes
        } else {
            if !buffer::is_exporter(object) {
                return Err(raised!(
                    TypeError,
                    "expected string or bytes-like object, got '{}'",
                    object.class().name()
                ));
            }
            Source::Buffer(Buffer::get(object, taipan_abi::PyBUF_SIMPLE)?)
        };
        Ok(Subject { object: object.owned(), source })
    }

    pub fn is_bytes(&self) -> bool {
        !matches!(self.source, Source::Text)
    }

    /// The string, if it is one.
    pub fn text(&self) -> Option<&PyStr> {
        self.object.downcast::<PyStr>()
    }

    /// The bytes; empty for a string.
    pub fn bytes(&self) -> &[u8] {
        match &self.source {
            Source::Text => &[],
            Source::Bytes => self.object.downcast::<PyBytes>().map_or(&[], |bytes| bytes.as_slice()),
            Source::Buffer(buffer) => buffer.as_bytes(),
        }
    }

    /// Length in characters.
    pub fn len(&self) -> usize {
        self.text().map_or_else(|| self.bytes().len(), PyStr::len)
    }

    /// A part of the text as an object.
    pub fn slice(&self, start: usize, end: usize) -> Obj {
        let length = self.len();
        let (start, end) = (start.min(length), end.min(length));
        match (self.text(), &self.source) {
            (Some(text), _) => text.substring(start, end.max(start)).into_obj(),
            (None, Source::Bytes) if start == 0 && end == length => self.object.clone(),
            (None, _) => PyBytes::new(&self.bytes()[start..end.max(start)]).into_obj(),
        }
    }

    /// An empty text of the same kind.
    pub fn empty(&self) -> Obj {
        if self.is_bytes() { PyBytes::new(&[]).into_obj() } else { PyStr::empty().into_obj() }
    }

    /// Runs a program from `start`, with nothing behind `end` in sight.
    pub fn run(
        &self,
        matcher: &mut Matcher,
        program: &Program,
        start: usize,
        end: usize,
        mode: Mode,
        must_advance: bool,
    ) -> PyResult<bool> {
        loop {
            let breaker = &thread::current().eval_breaker;
            let mut interrupt = || breaker.get() & (EvalBreaker::SIGNALS | EvalBreaker::ASYNC_EXCEPTION) != 0;
            let result = match self.text() {
                Some(text) => with_units!(text.units(), u => {
                    matcher.run(program, &u[..end.min(u.len())], start, mode, must_advance, &Locale::C, &mut interrupt)
                }),
                None => {
                    let bytes = self.bytes();
                    let end = end.min(bytes.len());
                    matcher.run(program, &bytes[..end], start, mode, must_advance, &Locale::C, &mut interrupt)
                }
            };
            match result {
                Ok(found) => return Ok(found),
                Err(Stop::Memory) => return Err(raised!(MemoryError)),
                Err(Stop::Interrupted) => system::check_signals()?,
            }
        }
    }
}
