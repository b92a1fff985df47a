//! Errors that end the process at once, with what is known of where Python was.

use crate::state::Phase;
use crate::sys;
use taipan_host::{files, process, threads};
use taipan_interpreter::frames;
use taipan_objects::errors;
use taipan_objects::model::thread;
use taipan_objects::prelude::*;

/// Writes to the standard error's descriptor.
pub fn say(text: &str) {
    // There is nobody left to tell.
    let _ = files::write_all(2, text.as_bytes());
}

/// Ends the process with `Fatal Python error`.
pub fn fatal(message: &str) -> ! {
    say(&format!("Fatal Python error: {message}\n{}", state_of_runtime()));
    show_traceback();
    process::abort()
}

/// Ends the process where it cannot be started, for a reason that is no exception.
pub fn at_start(message: &str) -> ! {
    say(&format!("Fatal Python error: {message}\n{}", state_of_runtime()));
    show_traceback();
    process::exit_now(1)
}

/// Ends the process with an exception of the start.
pub fn with_exception(raised: Raised, message: &str) -> ! {
    let exception = errors::take(raised);
    say(&format!("Fatal Python error: {message}\n{}", state_of_runtime()));
    sys::print_exception(&exception, None);
    show_traceback();
    process::exit_now(1)
}

/// How far the interpreter is in its life, where a thread of it runs.
fn state_of_runtime() -> String {
    let Some(thread) = thread::current_opt() else { return String::new() };
    let phase = match crate::state::runtime().phase.get() {
        Phase::Starting => "core initialized".to_string(),
        Phase::Running => "initialized".to_string(),
        Phase::Finalizing => format!("finalizing (tstate={:p})", thread.raw()),
    };
    format!("Python runtime state: {phase}\n")
}

/// The frames of the running thread, innermost first.
pub fn show_traceback() {
    if thread::current_opt().is_none() {
        return;
    }
    let identity = threads::identity();
    let mut name = [0; 16];
    let length = threads::name_of(identity, &mut name);
    let name = match &name[..length] {
        [] => String::new(),
        name => format!(" [{}]", String::from_utf8_lossy(name)),
    };
    say(&format!("\nCurrent thread {identity:#018x}{name} (most recent call first):\n"));
    let mut frame = frames::current_frame_object();
    if frame.is_none() {
        say("  <no Python frame>\n");
    }
    let mut left = 100;
    while let Some(current) = frame {
        let code = current.code();
        let line = current.line_number().unwrap_or(0);
        say(&format!("  File \"{}\", line {line} in {}\n", code.filename(), code.name()));
        left -= 1;
        if left == 0 {
            say("  ...\n");
            break;
        }
        frame = current.back();
    }
}

thread_local! {
    /// Whether this thread is telling of a panic.
    static PANICKING: core::cell::Cell<bool> = const { core::cell::Cell::new(false) };
}

/// Makes a panic a fatal error: nothing that a Python program does may lead here.
pub fn install_panic_hook() {
    std::panic::set_hook(Box::new(|info| {
        say(&format!("Fatal Python error: internal error\n{info}\n"));
        // A second panic while the first is told would not end.
        if !PANICKING.replace(true) {
            show_traceback();
        }
        process::abort()
    }));
}
