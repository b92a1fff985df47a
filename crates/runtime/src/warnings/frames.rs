//! Whom a warning concerns: the frame that many levels up, importlib's own frames not counted.

use taipan_interpreter::frames::{self, PyFrame};
use taipan_objects::prelude::*;

/// Where a warning is said to come from.
pub struct Place {
    pub filename: Py<PyStr>,
    pub lineno: i32,
    pub module: Obj,
    pub registry: Py<PyDict>,
}

fn is_internal(frame: &PyFrame) -> bool {
    let code = frame.code();
    let name = code.filename().to_string_lossy();
    name.contains("importlib") && name.contains("_bootstrap")
}

fn is_skipped(frame: &PyFrame, prefixes: &[Obj]) -> PyResult<bool> {
    for prefix in prefixes {
        let code = frame.code();
        let found = call::method(code.filename(), intern!("startswith"), &[prefix])?;
        if object::is_true(&found)? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn next_external(frame: &PyFrame, prefixes: &[Obj]) -> PyResult<Option<Py<PyFrame>>> {
    let mut next = frame.back();
    while let Some(frame) = next {
        if !is_internal(&frame) && !is_skipped(&frame, prefixes)? {
            return Ok(Some(frame));
        }
        next = frame.back();
    }
    Ok(None)
}

/// The place `level` frames up; level 1 is the running frame.
pub fn place(level: isize, prefixes: &[Obj]) -> PyResult<Place> {
    let level = if prefixes.is_empty() { level } else { level.max(2) };
    let mut frame = frames::current_frame_object();
    let plain = level <= 0 || frame.as_deref().is_some_and(is_internal);
    let mut left = level;
    while left > 1
        && let Some(current) = &frame
    {
        frame = if plain { current.back() } else { next_external(current, prefixes)? };
        left -= 1;
    }
    let (globals, filename, lineno) = match &frame {
        Some(frame) => {
            let filename = frame.code().filename().to_owned();
            (frame.globals(), filename, frame.line_number().unwrap_or(0))
        }
        None => match crate::sys::dict() {
            Some(dict) => (dict, PyStr::new("<sys>"), 0),
            None => (PyDict::new(), PyStr::new("<sys>"), 0),
        },
    };
    let key = intern!("__warningregistry__");
    let registry = match globals.get_str(key)?.and_then(|registry| registry.downcast_into::<PyDict>().ok()) {
        Some(registry) => registry,
        None => {
            let fresh = PyDict::new();
            globals.set_item(key, &fresh)?;
            fresh
        }
    };
    let module = match globals.get_str(intern!("__name__"))? {
        Some(name) if name.is_none() || name.downcast::<PyStr>().is_some() => name,
        _ => PyStr::new("<string>").into_obj(),
    };
    Ok(Place { filename, lineno, module, registry })
}
