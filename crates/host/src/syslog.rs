//! Messages to the system log.

#![expect(unsafe_code, reason = "calls into the C library")]

use crate::blocking;
use core::ffi::{CStr, c_int};
use std::ffi::CString;
use std::sync::Mutex;

/// The C library keeps a pointer to the name messages begin with, so the name must stay.
static NAME: Mutex<Option<CString>> = Mutex::new(None);

/// Opens the log under a name (`None`: the program's own).
pub fn open(name: Option<CString>, options: c_int, facility: c_int) {
    let mut kept = NAME.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    let pointer = name.as_ref().map_or(core::ptr::null(), |name| name.as_ptr());
    // SAFETY: the text outlives the log's use of it: it is kept until the log is opened anew or closed.
    unsafe { libc::openlog(pointer, options, facility) };
    *kept = name;
}

pub fn write(priority: c_int, message: &CStr) {
    // SAFETY: both texts are terminated; the format takes one text.
    blocking(|| unsafe { libc::syslog(priority, c"%s".as_ptr(), message.as_ptr()) });
}

pub fn close() {
    let mut kept = NAME.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    // SAFETY: takes nothing.
    unsafe { libc::closelog() };
    *kept = None;
}

/// Says which priorities are written; gives the former mask.
pub fn set_mask(mask: c_int) -> c_int {
    // SAFETY: a plain number.
    unsafe { libc::setlogmask(mask) }
}
