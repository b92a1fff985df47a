//! The `TypeError`s of calls whose arguments do not fit a Python function's parameters.

#![expect(unsafe_code, reason = "reads the tuples of code objects")]

use super::suggest::suggestion;
use crate::value::Value;
use taipan_objects::model::Raised;
use taipan_objects::prelude::*;
use taipan_objects::types::code::PyCode;
use taipan_objects::types::function::PyFunction;

/// The names of a code object's variables, parameters first.
pub(super) fn names(code: &PyCode) -> &[&PyObject] {
    // SAFETY: the code object keeps its tuple of names.
    unsafe { (*code.raw.co_localsplusnames.cast::<PyTuple>()).as_slice() }
}

pub(super) fn qualname(func: &PyFunction) -> String {
    let name = func.qualname.get();
    name.as_deref().and_then(|n| n.downcast::<PyStr>()).map_or_else(|| "?".to_owned(), ToString::to_string)
}

fn plural(count: usize) -> &'static str {
    if count == 1 { "" } else { "s" }
}

fn quoted(names: &[&PyObject]) -> Vec<String> {
    names.iter().map(|n| n.downcast::<PyStr>().map_or_else(String::new, |n| format!("'{n}'"))).collect()
}

/// `'a'`, `'a' and 'b'`, `'a', 'b', and 'c'`.
fn listed(names: &[&PyObject]) -> String {
    let names = quoted(names);
    match names.as_slice() {
        [] => String::new(),
        [one] => one.clone(),
        [one, two] => format!("{one} and {two}"),
        [init @ .., last] => format!("{}, and {last}", init.join(", ")),
    }
}

#[cold]
pub(super) fn missing(func: &PyFunction, kind: &str, missing: &[&PyObject]) -> Raised {
    let count = missing.len();
    raised!(
        TypeError,
        "{}() missing {count} required {kind} argument{}: {}",
        qualname(func),
        plural(count),
        listed(missing)
    )
}

/// Parameters of the range that got no value.
fn unfilled(code: &PyCode, locals: *const Value, range: core::ops::Range<usize>) -> Vec<&PyObject> {
    // SAFETY: parameters are the first of the locals.
    range.filter(|&i| unsafe { (*locals.add(i)).is_null() }).map(|i| names(code)[i]).collect()
}

#[cold]
pub(super) fn missing_positional(
    func: &PyFunction,
    code: &PyCode,
    locals: *const Value,
    required: usize,
) -> Raised {
    missing(func, "positional", &unfilled(code, locals, 0..required))
}

#[cold]
pub(super) fn missing_keyword_only(func: &PyFunction, code: &PyCode, locals: *const Value) -> Raised {
    let first = code.raw.co_argcount as usize;
    missing(func, "keyword-only", &unfilled(code, locals, first..first + code.raw.co_kwonlyargcount as usize))
}

#[cold]
pub(super) fn too_many_positional(
    func: &PyFunction,
    code: &PyCode,
    locals: *const Value,
    given: usize,
    defaults: usize,
) -> Raised {
    let accepted = code.raw.co_argcount as usize;
    let keyword_only = code.raw.co_kwonlyargcount as usize;
    let filled = keyword_only - unfilled(code, locals, accepted..accepted + keyword_only).len();
    let takes = if defaults == 0 {
        format!("{accepted}")
    } else {
        format!("from {} to {accepted}", accepted - defaults)
    };
    let many = defaults != 0 || accepted != 1;
    let extra = if filled == 0 {
        String::new()
    } else {
        format!(
            " positional argument{} (and {filled} keyword-only argument{})",
            plural(given),
            plural(filled)
        )
    };
    raised!(
        TypeError,
        "{}() takes {takes} positional argument{} but {given}{extra} {} given",
        qualname(func),
        if many { "s" } else { "" },
        if given == 1 && filled == 0 { "was" } else { "were" }
    )
}

#[cold]
pub(super) fn unexpected_keyword(
    func: &PyFunction,
    code: &PyCode,
    keyword: &PyStr,
    keywords: &PyTuple,
) -> Raised {
    let positional_only = code.raw.co_posonlyargcount as usize;
    let total = (code.raw.co_argcount + code.raw.co_kwonlyargcount) as usize;
    let all = names(code);
    let misused: Vec<&PyObject> = all[..positional_only]
        .iter()
        .copied()
        .filter(|name| {
            let name = name.downcast::<PyStr>();
            keywords.as_slice().iter().any(|k| match (name, k.downcast::<PyStr>()) {
                (Some(name), Some(k)) => name.eq(k),
                _ => false,
            })
        })
        .collect();
    if !misused.is_empty() {
        let bare: Vec<String> =
            misused.iter().filter_map(|n| n.downcast::<PyStr>()).map(ToString::to_string).collect();
        return raised!(
            TypeError,
            "{}() got some positional-only arguments passed as keyword arguments: '{}'",
            qualname(func),
            bare.join(", ")
        );
    }
    match suggestion(&all[positional_only..total], keyword) {
        Some(near) => raised!(
            TypeError,
            "{}() got an unexpected keyword argument '{keyword}'. Did you mean '{near}'?",
            qualname(func)
        ),
        None => raised!(TypeError, "{}() got an unexpected keyword argument '{keyword}'", qualname(func)),
    }
}
