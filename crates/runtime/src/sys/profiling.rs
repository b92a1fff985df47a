//! `-X perf`: telling Linux's profiler of Python functions.

use crate::threads::registry::registry;
use core::cell::Cell;
use taipan_interpreter::trampolines::{self, Backend};
use taipan_objects::model::thread;
use taipan_objects::prelude::*;
use taipan_objects::system::forks::{AtFork, Native};

/// Whether the interpreter's forks are taken care of.
#[derive(Default)]
struct Forks(Cell<bool>);

pub fn is_active() -> bool {
    trampolines::backend().is_some()
}

/// Begins with the backend of this name.
pub fn activate(name: &str) -> PyResult<()> {
    match name {
        "perf" => begin(Backend::Map),
        "perf_jit" => begin(Backend::Dump),
        _ => Err(raised!(ValueError, "invalid backend: {name}")),
    }
}

/// Begins with this backend.
pub fn begin(backend: Backend) -> PyResult<()> {
    if trampolines::activate(backend).is_none() {
        return Err(raised!(RuntimeError, "can't activate perf trampoline"));
    }
    if !thread::current().interpreter().extension::<Forks>().0.replace(true) {
        let in_child = trampolines::after_fork_in_child;
        AtFork::of_this_interpreter().register_native(Native { before: || {}, in_parent: || {}, in_child });
    }
    mark_all();
    Ok(())
}

pub fn deactivate() {
    trampolines::deactivate();
    mark_all();
}

fn mark_all() {
    registry().entries.borrow().iter().for_each(|entry| trampolines::mark(entry.state));
}
