//! Events of code that is not Python's: what a compiler of another language tells through `PyMonitoring_*`.
//!
//! Such code has a state for each place and event, which says in a bit for each tool who listens. Entering a scope brings
//! it up to date when something changed since; callbacks that want no more of a local event clear their bit.

use super::events::{EVENTS, Event, TOOLS, state};
use taipan_objects::errors;
use taipan_objects::model::thread;
use taipan_objects::prelude::*;

/// The event of a number.
fn event_of(number: u8) -> Option<Event> {
    EVENTS.get(number as usize).map(|(_, event)| *event)
}

/// Changes whenever tools ask for other events.
pub fn version() -> u64 {
    state().version.get()
}

/// A bit for each tool that wants the event everywhere.
pub fn listeners(number: u8) -> u8 {
    let Some(event) = event_of(number) else { return 0 };
    let global = state().global.get();
    (0..TOOLS).fold(0, |tools, tool| tools | u8::from(global[tool] & event.bit() != 0) << tool)
}

/// What an event tells beside the code and the place.
pub enum Told<'a> {
    Nothing,
    Line(i32),
    One(&'a PyObject),
    Two(&'a PyObject, &'a PyObject),
    /// The exception that is set, and stays so unless a callback raises.
    Raised,
}

/// Tells the tools in `active` of an event.
pub fn fire(active: &mut u8, code: &PyObject, offset: i32, number: u8, told: Told<'_>) -> PyResult<()> {
    let Some(event) = event_of(number) else { return Ok(()) };
    if offset < 0 {
        return Err(raised!(ValueError, "offset must be non-negative"));
    }
    let place = PyInt::from_i64(offset.into()).into_obj();
    match told {
        Told::Nothing => call(active, event, &[code, &place]),
        Told::Line(line) => call(active, event, &[code, &*PyInt::from_i64(line.into())]),
        Told::One(value) => call(active, event, &[code, &place, value]),
        Told::Two(first, second) => call(active, event, &[code, &place, first, second]),
        Told::Raised => {
            let Some(exception) = errors::take_opt() else {
                return Err(raised!(ValueError, "Firing event {number} with no exception set"));
            };
            call(active, event, &[code, &place, exception.as_object()])?;
            let _ = errors::restore(exception);
            Ok(())
        }
    }
}

fn call(active: &mut u8, event: Event, args: &[&PyObject]) -> PyResult<()> {
    let thread = thread::current();
    if super::trace::is_inside(thread) {
        return Ok(());
    }
    for tool in 0..TOOLS as u8 {
        if *active & 1 << tool == 0 {
            continue;
        }
        let callback = state().callbacks.borrow().get(&(tool, event as u8)).cloned();
        let Some(callback) = callback else { continue };
        let result = super::trace::inside_call(thread, event, || call::call(&callback, args))?;
        if !result.is(&state().sentinels()?.0) {
            continue;
        }
        if !event.is_local() {
            return Err(super::events::refuse_disabling(event, tool));
        }
        *active &= !(1 << tool);
    }
    Ok(())
}
