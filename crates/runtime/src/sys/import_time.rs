//! `-X importtime`: how long each import took, and how long without what it imported itself.

use core::cell::Cell;
use taipan_host::clocks;
use taipan_objects::model::thread;
use taipan_objects::prelude::*;

/// The imports that are running.
#[derive(Default)]
struct Times {
    depth: Cell<usize>,
    /// Time taken by the imports inside the current one, in nanoseconds.
    inner: Cell<i64>,
    begun: Cell<bool>,
}

/// When an import began, and what was known of the one around it.
pub struct Timer {
    start: i64,
    outer: i64,
}

fn times() -> &'static Times {
    thread::current().interpreter().extension()
}

/// Begins to measure, where that was asked for.
pub fn begin() -> Option<Timer> {
    if crate::state::config().import_time == 0 {
        return None;
    }
    let times = times();
    head(times);
    times.depth.set(times.depth.get() + 1);
    Some(Timer { start: clocks::monotonic(), outer: times.inner.replace(0) })
}

fn head(times: &Times) {
    if !times.begun.replace(true) {
        super::output::write_stderr("import time: self [us] | cumulative | imported package\n");
    }
}

/// A name with surrogates written as escapes.
fn shown(name: &PyStr) -> String {
    (0..name.len())
        .map(|index| {
            let c = name.char_at(index);
            char::from_u32(c).map_or_else(|| format!("\\u{c:04x}"), String::from)
        })
        .collect()
}

/// Reports an import that found its module loaded, where that was asked for.
#[inline]
pub fn cached(name: &PyStr) {
    if crate::state::config().import_time > 1 {
        let times = times();
        head(times);
        let indent = times.depth.get() * 2;
        let name = shown(name);
        super::output::write_stderr(&format!("import time: cached    | cached     | {:indent$}{name}\n", ""));
    }
}

/// Ends it and reports.
pub fn end(timer: Option<Timer>, name: &PyStr) {
    let Some(timer) = timer else { return };
    let times = times();
    times.depth.set(times.depth.get() - 1);
    let whole = clocks::monotonic() - timer.start;
    let own = whole - times.inner.get();
    let indent = times.depth.get() * 2;
    super::output::write_stderr(&format!(
        "import time: {:9} | {:10} | {:indent$}{}\n",
        (own + 999) / 1000,
        (whole + 999) / 1000,
        "",
        shown(name)
    ));
    times.inner.set(timer.outer + whole);
}
