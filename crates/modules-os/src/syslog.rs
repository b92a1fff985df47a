//! `syslog`: messages to the system log.

use core::cell::Cell;
use std::ffi::CString;
use taipan_host::syslog as log;
use taipan_objects::model::args::OptArg;
use taipan_objects::model::thread;
use taipan_objects::prelude::*;
use taipan_objects::system::audit;

/// Whether the log is open.
#[derive(Default)]
struct State {
    open: Cell<bool>,
}

fn state() -> &'static State {
    thread::current().interpreter().extension::<State>()
}

fn c_text(text: &str) -> PyResult<CString> {
    CString::new(text).map_err(|_| raised!(ValueError, "embedded null character"))
}

/// The last part of the program's name, `sys.argv[0]`.
fn program_name() -> PyResult<Option<Obj>> {
    let sys = taipan_objects::system::import(intern!("sys"))?;
    let Some(arguments) = object::get_optional_attr(&sys, intern!("argv"))? else { return Ok(None) };
    let first = arguments.downcast::<PyList>().and_then(|arguments| arguments.get(0));
    let Some(first) = first.filter(|first| PyStr::check(first)) else { return Ok(None) };
    let Some(text) = first.downcast::<PyStr>() else { return Ok(None) };
    if text.is_empty() {
        return Ok(None);
    }
    let slash = (0..text.len()).rev().find(|&i| text.char_at(i) == u32::from(b'/'));
    Ok(Some(text.substring(slash.map_or(0, |i| i + 1), text.len()).into_obj()))
}

/// Constants of the module.
const NUMBERS: &[(&str, i64)] = &[
    ("LOG_ALERT", 0x1),
    ("LOG_AUTH", 0x20),
    ("LOG_AUTHPRIV", 0x50),
    ("LOG_CONS", 0x2),
    ("LOG_CRIT", 0x2),
    ("LOG_CRON", 0x48),
    ("LOG_DAEMON", 0x18),
    ("LOG_DEBUG", 0x7),
    ("LOG_EMERG", 0),
    ("LOG_ERR", 0x3),
    ("LOG_FTP", 0x58),
    ("LOG_INFO", 0x6),
    ("LOG_KERN", 0),
    ("LOG_LOCAL0", 0x80),
    ("LOG_LOCAL1", 0x88),
    ("LOG_LOCAL2", 0x90),
    ("LOG_LOCAL3", 0x98),
    ("LOG_LOCAL4", 0xa0),
    ("LOG_LOCAL5", 0xa8),
    ("LOG_LOCAL6", 0xb0),
    ("LOG_LOCAL7", 0xb8),
    ("LOG_LPR", 0x30),
    ("LOG_MAIL", 0x10),
    ("LOG_NDELAY", 0x8),
    ("LOG_NEWS", 0x38),
    ("LOG_NOTICE", 0x5),
    ("LOG_NOWAIT", 0x10),
    ("LOG_ODELAY", 0x4),
    ("LOG_PERROR", 0x20),
    ("LOG_PID", 0x1),
    ("LOG_SYSLOG", 0x28),
    ("LOG_USER", 0x8),
    ("LOG_UUCP", 0x40),
    ("LOG_WARNING", 0x4),
];

const LOG_USER: i32 = 8;
const LOG_INFO: i32 = 6;

fn open(ident: Option<Obj>, options: i32, facility: i32) -> PyResult<()> {
    let ident = match ident {
        Some(ident) => Some(ident),
        None => program_name()?,
    };
    let text = ident.as_ref().and_then(|ident| ident.downcast::<PyStr>());
    let name = text.map(|text| c_text(text.to_utf8()?)).transpose()?;
    let numbers = [options, facility].map(|n| PyInt::from_i64(n.into()));
    audit(c"syslog.openlog", &[ident.as_deref().unwrap_or(none_ref()), &numbers[0], &numbers[1]])?;
    log::open(name, options, facility);
    state().open.set(true);
    Ok(())
}

#[pymodule(name = "syslog")]
pub mod syslog {
    use super::*;

    /// Set logging options of subsequent syslog() calls.
    #[pyfunction(signature = "(ident=<unrepresentable>, logoption=0,\n        facility=LOG_USER)")]
    pub fn openlog(ident: OptArg<&PyStr>, logoption: OptArg<i32>, facility: OptArg<i32>) -> PyResult<()> {
        let ident = ident.given().map(|ident| ident.as_object().owned());
        open(ident, logoption.given().unwrap_or(0), facility.given().unwrap_or(LOG_USER))
    }

    /// syslog([priority=LOG_INFO,] message)
    /// Send the string message to the system logger.
    #[pyfunction(name = "syslog", no_text, signature = "(*args)")]
    pub fn write(args: &[&PyObject]) -> PyResult<()> {
        let (priority, message) = match *args {
            [message] => (LOG_INFO, message),
            [priority, message] => (number::index_to_integer::<i32>(priority, "C int")?, message),
            _ => return Err(raised!(TypeError, "syslog.syslog requires 1 to 2 arguments")),
        };
        let Some(text) = message.downcast::<PyStr>() else {
            let name = message.class().name();
            return Err(raised!(TypeError, "syslog() argument {} must be str, not {name}", args.len()));
        };
        let text = c_text(text.to_utf8()?)?;
        audit(c"syslog.syslog", &[&PyInt::from_i64(priority.into()), message])?;
        if !state().open.get() {
            open(None, 0, LOG_USER)?;
        }
        log::write(priority, &text);
        Ok(())
    }

    /// Reset the syslog module values and call the system library closelog().
    #[pyfunction]
    pub fn closelog() -> PyResult<()> {
        audit(c"syslog.closelog", &[])?;
        if state().open.replace(false) {
            log::close();
        }
        Ok(())
    }

    /// Set the priority mask to maskpri and return the previous mask value.
    #[pyfunction(signature = "(maskpri, /)")]
    pub fn setlogmask(maskpri: i32) -> PyResult<i32> {
        audit(c"syslog.setlogmask", &[&PyInt::from_i64(maskpri.into())])?;
        Ok(log::set_mask(maskpri))
    }

    /// Calculates the mask for the individual priority pri.
    #[pyfunction(name = "LOG_MASK", signature = "(pri, /)")]
    pub fn log_mask(pri: i32) -> i32 {
        1i32.wrapping_shl(pri as u32)
    }

    /// Calculates the mask for all priorities up to and including pri.
    #[pyfunction(name = "LOG_UPTO", signature = "(pri, /)")]
    pub fn log_upto(pri: i32) -> i32 {
        1i32.wrapping_shl(pri.wrapping_add(1) as u32).wrapping_sub(1)
    }

    #[exec]
    fn exec(module: &PyModule) -> PyResult<()> {
        for &(name, value) in NUMBERS {
            module.add_int(name, value)?;
        }
        Ok(())
    }
}
