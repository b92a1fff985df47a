//! `sub`, `subn` and `split`.

use super::pattern::PyPattern;
use super::result::PyMatch;
use super::scanner::{self, PyTemplate};
use super::subject::Subject;
use taipan_objects::prelude::*;
use taipan_objects::system;

/// What stands in place of a match.
enum Replacement {
    Literal(Obj),
    Template(Py<PyTemplate>),
    Function(Obj),
}

fn has_backslash(object: &PyObject) -> Option<bool> {
    let subject = Subject::new(object);
    match subject {
        Ok(subject) => Some(match subject.text() {
            Some(text) => taipan_objects::with_units!(text.units(), u => {
                taipan_kernels::unit::Unit::find(u, '\\' as u32).is_some()
            }),
            None => subject.bytes().contains(&b'\\'),
        }),
        Err(raised) => {
            taipan_objects::errors::clear(raised);
            None
        }
    }
}

fn replacement(pattern: &PyPattern, repl: &PyObject) -> PyResult<Replacement> {
    if object::is_callable(repl) {
        return Ok(Replacement::Function(repl.owned()));
    }
    if has_backslash(repl) == Some(false) {
        return Ok(Replacement::Literal(repl.owned()));
    }
    let re = system::import(intern!("re"))?;
    let compiled = call::method(&re, intern!("_compile_template"), &[pattern, repl])?;
    Ok(match compiled.downcast_into::<PyTemplate>() {
        Ok(template) => match template.plain() {
            Some(plain) => Replacement::Literal(plain.clone()),
            None => Replacement::Template(template),
        },
        Err(other) if object::is_callable(&other) => Replacement::Function(other),
        Err(other) => Replacement::Literal(other),
    })
}

/// The text with matches replaced, and how many were.
pub fn substitute(
    pattern: &PyPattern,
    repl: &PyObject,
    string: &PyObject,
    count: isize,
) -> PyResult<(Obj, usize)> {
    let replacement = replacement(pattern, repl)?;
    let subject = pattern.subject(string)?;
    let range = (0, subject.len());
    let (mut pieces, mut done, mut last) = (Vec::new(), 0usize, 0);
    let max = usize::try_from(count).unwrap_or(0);
    if count >= 0 {
        pattern.each_match(&subject, range, |matcher| {
            let (start, end) = matcher.span();
            if last < start {
                pieces.push(subject.slice(last, start));
            }
            let piece = match &replacement {
                Replacement::Literal(text) => text.clone(),
                Replacement::Template(template) => {
                    let mut spans = vec![Some((start, end))];
                    spans.extend((1..=pattern.groups as usize).map(|i| matcher.group(i)));
                    scanner::expand(template, &subject, &spans)?
                }
                Replacement::Function(function) => {
                    let found = PyMatch::new(pattern, &subject.object, range, matcher);
                    call::call(function, &[&found])?
                }
            };
            if !piece.is_none() {
                pieces.push(piece);
            }
            last = end;
            done += 1;
            Ok(max == 0 || done < max)
        })?;
    }
    if last < range.1 {
        pieces.push(subject.slice(last, range.1));
    }
    let empty = subject.empty();
    let text = match empty.downcast::<PyStr>() {
        Some(empty) => PyStr::join(empty, &PyList::from_vec(pieces))?.into_obj(),
        None if pieces.is_empty() => empty,
        None => call::method(&empty, intern!("join"), &[&PyList::from_vec(pieces)])?,
    };
    Ok((text, done))
}

/// The parts between matches, with the groups of each match in between.
pub fn split(pattern: &PyPattern, string: &PyObject, maxsplit: isize) -> PyResult<Py<PyList>> {
    let subject = pattern.subject(string)?;
    let length = subject.len();
    let max = usize::try_from(maxsplit).unwrap_or(0);
    let (mut parts, mut done, mut last) = (Vec::new(), 0usize, 0);
    if maxsplit >= 0 {
        pattern.each_match(&subject, (0, length), |matcher| {
            let (start, end) = matcher.span();
            parts.push(subject.slice(last, start));
            for i in 1..=pattern.groups as usize {
                parts.push(match matcher.group(i) {
                    Some((start, end)) => subject.slice(start, end),
                    None => none(),
                });
            }
            last = end;
            done += 1;
            Ok(max == 0 || done < max)
        })?;
    }
    parts.push(subject.slice(last, length));
    PyList::try_from_vec(parts)
}
