//! What the collector tells: `gc.callbacks`, and the texts of the debugging flags.

#![expect(unsafe_code, reason = "walks lists of the collector")]

use super::list::{self, Head, next, object_of};
use super::state::{GENERATIONS, GcState};
use crate::errors;
use crate::intern;
use crate::model::thread::current;
use crate::model::{ObjectExt, PyResult};
use crate::protocols::call;
use crate::types::dict::PyDict;
use crate::types::exceptions::preserving;
use crate::types::int::PyInt;
use crate::types::list::PyList;
use crate::types::str::PyStr;

/// Calls `gc.callbacks` with the phase and what is known.
pub(super) fn call_callbacks(
    state: &GcState,
    phase: &str,
    generation: usize,
    collected: usize,
    uncollectable: usize,
) {
    let Some(callbacks) = state.callbacks.get() else { return };
    let Some(callbacks) = callbacks.downcast::<PyList>() else { return };
    if callbacks.is_empty() {
        return;
    }
    let information = || -> PyResult<_> {
        let information = PyDict::new();
        information.set_item(intern!("generation"), &PyInt::from_u64(generation as u64))?;
        information.set_item(intern!("collected"), &PyInt::from_u64(collected as u64))?;
        information.set_item(intern!("uncollectable"), &PyInt::from_u64(uncollectable as u64))?;
        Ok(information)
    };
    let information = match information() {
        Ok(information) => information,
        Err(raised) => return errors::write_unraisable(raised, None, None),
    };
    let phase = PyStr::new(phase);
    let mut index = 0;
    while let Some(callback) = callbacks.get(index) {
        if let Err(raised) = call::call(&callback, &[&phase, &information]) {
            let shown = preserving(|| errors::show(&callback));
            let message = format!("Exception ignored while calling GC callback {shown}");
            errors::write_unraisable(raised, Some(&message), None);
        }
        index += 1;
    }
}

/// Writes to `sys.stderr`; without one, nowhere.
fn write(text: &str) {
    let Some(dict) = current().interpreter().sys_dict.get() else { return };
    let written = || -> PyResult<()> {
        let Some(dict) = dict.downcast::<PyDict>() else { return Ok(()) };
        match dict.get_str(intern!("stderr"))? {
            Some(stderr) if !stderr.is_none() => {
                call::method(&stderr, intern!("write"), &[&PyStr::new(text)]).map(|_| ())
            }
            _ => Ok(()),
        }
    };
    if let Err(raised) = written() {
        errors::clear(raised);
    }
}

fn now() -> i64 {
    taipan_host::clocks::monotonic()
}

/// `DEBUG_STATS` at the start; gives the time.
pub(super) fn starting(state: &GcState, generation: usize) -> i64 {
    let mut text = format!("gc: collecting generation {generation}...\ngc: objects in each generation:");
    for index in 0..GENERATIONS {
        // SAFETY: a list of this state.
        text.push_str(&format!(" {}", unsafe { list::count(state.generation(index)) }));
    }
    text.push_str(&format!("\ngc: objects in permanent generation: {}\n", state.freeze_count()));
    write(&text);
    now()
}

/// `DEBUG_STATS` at the end.
pub(super) fn done(started: i64, collected: usize, uncollectable: usize) {
    let seconds = (now() - started) as f64 / 1e9;
    let unreachable = collected + uncollectable;
    write(&format!(
        "gc: done, {unreachable} unreachable, {uncollectable} uncollectable, {seconds:.4}s elapsed\n"
    ));
}

/// `DEBUG_COLLECTABLE` and `DEBUG_UNCOLLECTABLE`: a line for each object.
pub(super) unsafe fn each(list: Head, what: &str) {
    let mut text = String::new();
    // SAFETY: the caller has a list, and nothing is called before the walk is over.
    unsafe {
        let mut head = next(list);
        while head != list {
            let object = &*object_of(head);
            text.push_str(&format!("gc: {what} <{} {:p}>\n", object.class().name(), object.as_ptr()));
            head = next(head);
        }
    }
    write(&text);
}
