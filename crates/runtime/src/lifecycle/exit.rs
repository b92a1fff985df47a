//! Exit statuses: what `SystemExit` carries, and ending by a signal after Ctrl-C.

use crate::sys;
use taipan_host::{process, signals};
use taipan_objects::errors::{self, Exc};
use taipan_objects::prelude::*;

/// The status that a `SystemExit` asks for; any other exception comes back.
pub fn exit_status(raised: Raised) -> Result<i32, Raised> {
    if !errors::matches(&raised, Exc::SystemExit) || crate::state::runtime().prompt_follows() {
        return Err(raised);
    }
    let exception = errors::take(raised);
    if let Err(raised) = sys::output::flush(intern!("stdout")) {
        errors::clear(raised);
    }
    let code = match object::get_attr(&exception, intern!("code")) {
        Ok(code) => code,
        Err(raised) => {
            errors::clear(raised);
            exception.into_obj()
        }
    };
    if code.is_none() {
        return Ok(0);
    }
    if let Some(number) = code.downcast::<PyInt>() {
        return Ok(number.to_i64().map_or(-1, |number| number as i32) & 0xFF);
    }
    if let Err(raised) = say(&code) {
        errors::clear(raised);
    }
    Ok(1)
}

/// Writes what `sys.exit` was given to `sys.stderr`.
fn say(code: &PyObject) -> PyResult<()> {
    match sys::get(intern!("stderr"))? {
        Some(stderr) if !stderr.is_none() => {
            sys::output::write_str_of(&stderr, code)?;
            sys::output::write_text(&stderr, intern!("\n"))
        }
        _ => {
            sys::output::write_stderr(&format!("{}\n", object::str(code)?.to_string_lossy()));
            Ok(())
        }
    }
}

/// Takes the interpreter down and ends the process.
pub fn end_process(status: i32) -> ! {
    let status = super::finish(status);
    process::exit_now(leave(status))
}

/// The last step: the status, or after a `KeyboardInterrupt` that nobody caught, the signal.
pub fn leave(status: i32) -> i32 {
    if !crate::state::runtime().interrupted.get() {
        return status;
    }
    const SIGINT: i32 = 2;
    if signals::set_disposition(SIGINT, signals::Disposition::Default).is_ok() {
        // Where the signal does not end the process, the status that stands for it does.
        let _ = process::kill(process::pid(), SIGINT);
    }
    128 + SIGINT
}
