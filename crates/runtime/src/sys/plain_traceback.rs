//! Exceptions and tracebacks as the runtime itself prints them, without the library's `traceback` module: for when that
//! cannot be used, and for C code that asks (`PyTraceBack_Print`). The source lines have no marks below them.

use super::output;
use std::collections::{HashMap, HashSet};
use taipan_objects::errors;
use taipan_objects::prelude::*;
use taipan_objects::types::exceptions::PyBaseException;
use taipan_objects::types::traceback::PyTraceback;

/// How often a line is shown that is the same as the one above it.
const SHOWN_REPETITIONS: usize = 3;
/// How many entries are shown where `sys.tracebacklimit` does not say.
const DEFAULT_LIMIT: usize = 1000;

/// Prints an exception after those it comes from. Every exception of the chain is printed once.
pub fn print_exception(exception: &PyBaseException, file: &PyObject) -> PyResult<()> {
    print_chain(exception, file, &mut HashSet::new())
}

fn print_chain(
    exception: &PyBaseException,
    file: &PyObject,
    seen: &mut HashSet<*mut PyObject>,
) -> PyResult<()> {
    errors::check_stack(" while printing an exception")?;
    let put = |text: &str| output::write_text(file, &PyStr::new(text));
    seen.insert(exception.as_ptr());
    let (earlier, relation) = match exception.cause.get() {
        Some(cause) => (Some(cause), "The above exception was the direct cause of the following exception"),
        None if exception.suppress_context.get() => (None, ""),
        None => {
            (exception.context.get(), "During handling of the above exception, another exception occurred")
        }
    };
    if let Some(earlier) = earlier.as_ref().and_then(|earlier| earlier.downcast::<PyBaseException>())
        && !seen.contains(&earlier.as_ptr())
    {
        print_chain(earlier, file, seen)?;
        put(&format!("\n{relation}:\n\n"))?;
    }
    if let Some(traceback) = exception.traceback.get()
        && let Some(traceback) = traceback.downcast::<PyTraceback>()
    {
        print_traceback(traceback, file)?;
    }
    let name = object::fully_qualified_name(exception.class())?;
    let text = match object::str(exception) {
        Ok(text) => text.to_string_lossy().into_owned(),
        Err(raised) => {
            errors::clear(raised);
            "<exception str() failed>".into()
        }
    };
    if text.is_empty() { put(&format!("{name}\n")) } else { put(&format!("{name}: {text}\n")) }
}

/// An entry of a traceback.
struct Place {
    filename: Py<PyStr>,
    line: i32,
    /// How it is shown: what is compared to find repetitions.
    text: String,
}

/// Prints a traceback under its heading: the innermost `sys.tracebacklimit` entries.
pub fn print_traceback(traceback: &PyTraceback, file: &PyObject) -> PyResult<()> {
    let limit = match super::get(intern!("tracebacklimit"))? {
        Some(limit) => match limit.downcast::<PyInt>() {
            Some(limit) => limit.to_u64().map_or(0, |limit| limit as usize),
            None => DEFAULT_LIMIT,
        },
        None => DEFAULT_LIMIT,
    };
    if limit == 0 {
        return Ok(());
    }
    let put = |text: &str| output::write_text(file, &PyStr::new(text));
    put("Traceback (most recent call last):\n")?;
    let places = places(traceback);
    let (mut repeated, mut sources) = (0, Sources::default());
    let shown = &places[places.len().saturating_sub(limit)..];
    for (at, place) in shown.iter().enumerate() {
        let same = at > 0 && shown[at - 1].text == place.text;
        if !same {
            put(&repetitions(repeated))?;
            repeated = 0;
        }
        repeated += 1;
        if repeated <= SHOWN_REPETITIONS {
            put(&place.text)?;
            if let Some(line) = sources.line(&place.filename, place.line) {
                put(&format!("    {line}\n"))?;
            }
        }
    }
    put(&repetitions(repeated))
}

/// Source files as `io.open` gives them, by name; nothing where it does not.
#[derive(Default)]
struct Sources(HashMap<String, Option<String>>);

impl Sources {
    fn line(&mut self, filename: &PyStr, line: i32) -> Option<&str> {
        let text = self.0.entry(filename.to_string_lossy().into_owned()).or_insert_with(|| {
            let contents = read(filename).map_err(errors::clear).ok()?;
            crate::compile::text_of_file(contents.downcast::<PyBytes>()?.as_slice())
        });
        let index = usize::try_from(line).ok()?.checked_sub(1)?;
        text.as_deref()?.lines().nth(index).map(str::trim).filter(|line| !line.is_empty())
    }
}

fn read(filename: &PyStr) -> PyResult {
    let open = crate::imports::library_attribute("io", intern!("open"))?;
    let file = call::call(&open, &[filename, intern!("rb")])?;
    let contents = call::method(&file, intern!("read"), &[]);
    call::method(&file, intern!("close"), &[])?;
    contents
}

/// What is said of the lines that were left out; nothing where none was.
fn repetitions(count: usize) -> String {
    match count.saturating_sub(SHOWN_REPETITIONS) {
        0 => String::new(),
        more => format!("  [Previous line repeated {more} more time{}]\n", if more == 1 { "" } else { "s" }),
    }
}

fn places(traceback: &PyTraceback) -> Vec<Place> {
    let mut found = Vec::new();
    let mut entry = Some(traceback.as_object().owned());
    while let Some(current) = entry {
        let Some(traceback) = current.downcast::<PyTraceback>() else { break };
        let code = crate::upcalls::frame_code(&traceback.frame);
        if let Some(code) =
            code.as_ref().and_then(|code| code.downcast::<taipan_objects::types::code::PyCode>())
        {
            let unit = usize::try_from(traceback.lasti.get() / 2).unwrap_or(0);
            let line = match traceback.lineno.get() {
                -1 => code.line_at(unit).unwrap_or(0),
                line => line,
            };
            let text = format!("  File \"{}\", line {line}, in {}\n", code.filename(), code.name());
            found.push(Place { filename: PyType::to_owned(code.filename()), line, text });
        }
        entry = traceback.next.get();
    }
    found
}
