//! Scanners, which find one match after the other, and the templates of replacements.

use super::pattern::{PyPattern, clip, with_matcher};
use super::result::PyMatch;
use super::subject::Subject;
use core::cell::Cell;
use taipan_kernels::sre::Mode;
use taipan_kernels::text::TextBuilder;
use taipan_objects::memory;
use taipan_objects::model::args::OptArg;
use taipan_objects::model::gc::{Traverse, Visitor};
use taipan_objects::prelude::*;

/// Finds one match after the other.
#[pytype(name = "_sre.SRE_Scanner", gc, flags(DISALLOW_INSTANTIATION, IMMUTABLETYPE), parts(SCANNER))]
pub struct PyScanner {
    ob_base: PyObject,
    #[member(readonly, kind = OBJECT)]
    pattern: Py<PyPattern>,
    /// Held, so that a buffer keeps its size.
    subject: Subject,
    /// Where the text begins and ends for matches.
    begin: usize,
    end: usize,
    /// Where the next attempt begins; past the end once one failed.
    start: Cell<usize>,
    must_advance: Cell<bool>,
    busy: Cell<bool>,
}

impl PyScanner {
    pub fn new(
        pattern: &PyPattern,
        string: &PyObject,
        pos: OptArg<isize>,
        endpos: OptArg<isize>,
    ) -> PyResult<Py<PyScanner>> {
        let subject = pattern.subject(string)?;
        let (begin, end) = clip(pos, endpos, subject.len());
        Ok(memory::new(PyScanner {
            ob_base: PyObject::EMPTY,
            pattern: pattern.to_owned(),
            subject,
            begin,
            end,
            start: Cell::new(begin),
            must_advance: Cell::new(false),
            busy: Cell::new(false),
        }))
    }

    fn step(&self, mode: Mode) -> PyResult<Option<Py<PyMatch>>> {
        if self.busy.replace(true) {
            return Err(raised!(ValueError, "regular expression scanner already executing"));
        }
        let result = self.attempt(mode);
        self.busy.set(false);
        result
    }

    fn attempt(&self, mode: Mode) -> PyResult<Option<Py<PyMatch>>> {
        let start = self.start.get();
        if start > self.end {
            return Ok(None);
        }
        with_matcher(|matcher| {
            let program = &self.pattern.compiled.program;
            let advance = self.must_advance.get();
            if !self.subject.run(matcher, program, start, self.end, mode, advance)? {
                self.start.set(usize::MAX);
                return Ok(None);
            }
            let (from, to) = matcher.span();
            self.must_advance.set(from == to);
            self.start.set(to);
            Ok(Some(PyMatch::new(&self.pattern, &self.subject.object, (self.begin, self.end), matcher)))
        })
    }
}

#[pymethods(SCANNER)]
impl PyScanner {
    #[pymethod(name = "match")]
    fn match_start(&self) -> PyResult<Option<Py<PyMatch>>> {
        self.step(Mode::Match)
    }

    #[pymethod]
    fn search(&self) -> PyResult<Option<Py<PyMatch>>> {
        self.step(Mode::Search)
    }
}

/// The pieces of a replacement: a literal, then groups each with a literal behind it.
#[pytype(name = "_sre.SRE_Template", gc, flags(DISALLOW_INSTANTIATION, IMMUTABLETYPE))]
pub struct PyTemplate {
    ob_base: PyObject,
    literal: Obj,
    parts: Parts,
}

struct Parts(Vec<(usize, Obj)>);

impl Traverse for Parts {
    fn traverse(&self, visitor: &mut Visitor) {
        self.0.iter().for_each(|(_, literal)| literal.traverse(visitor));
    }
}

/// A template of the list that `re._parser.parse_template` makes.
pub fn make_template(list: &PyObject) -> PyResult<Py<PyTemplate>> {
    let invalid = || raised!(TypeError, "invalid template");
    let items = list.downcast::<PyList>().ok_or_else(invalid)?.to_vec();
    let Some((literal, rest)) = items.split_first().filter(|(_, rest)| rest.len() % 2 == 0) else {
        return Err(invalid());
    };
    let mut parts = Vec::with_capacity(rest.len() / 2);
    for pair in rest.chunks_exact(2) {
        let Some(index) = pair[0].downcast::<PyInt>() else {
            return Err(raised!(TypeError, "an integer is required"));
        };
        let index = index.to_i64().and_then(|index| usize::try_from(index).ok()).ok_or_else(invalid)?;
        parts.push((index, pair[1].clone()));
    }
    Ok(memory::new(PyTemplate { ob_base: PyObject::EMPTY, literal: literal.clone(), parts: Parts(parts) }))
}

impl PyTemplate {
    /// The text of a template without groups.
    pub fn plain(&self) -> Option<&Obj> {
        self.parts.0.is_empty().then_some(&self.literal)
    }
}

/// The template with the texts of groups in it.
pub fn expand(template: &PyTemplate, subject: &Subject, spans: &[Option<(usize, usize)>]) -> PyResult {
    if let Some(plain) = template.plain() {
        return Ok(plain.clone());
    }
    let mut groups = Vec::with_capacity(template.parts.0.len());
    for (index, literal) in &template.parts.0 {
        let Some(span) = spans.get(*index) else {
            return Err(raised!(IndexError, "no such group"));
        };
        groups.push((*span, literal));
    }
    if let Some(text) = subject.text() {
        let mut out = TextBuilder::default();
        let push = |out: &mut TextBuilder, piece: &PyObject| {
            if let Some(piece) = piece.downcast::<PyStr>() {
                piece.append_to(out);
            }
        };
        push(&mut out, &template.literal);
        for (span, literal) in groups {
            if let Some((start, end)) = span {
                taipan_objects::with_units!(text.units(), u => out.extend(&u[start..end.min(u.len())]));
            }
            push(&mut out, literal);
        }
        return PyStr::try_from_builder(out).map(Py::into_obj);
    }
    let mut out = Vec::new();
    let push = |out: &mut Vec<u8>, piece: &PyObject| {
        if let Some(piece) = piece.downcast::<PyBytes>() {
            out.extend_from_slice(piece.as_slice());
        }
    };
    push(&mut out, &template.literal);
    let bytes = subject.bytes();
    for (span, literal) in groups {
        if let Some((start, end)) = span {
            out.extend_from_slice(bytes.get(start..end).unwrap_or_default());
        }
        push(&mut out, literal);
    }
    Ok(PyBytes::new(&out).into_obj())
}
