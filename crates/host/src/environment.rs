//! Environment variables and the words the program was started with.

#![expect(unsafe_code, reason = "the environment is a C array")]

use crate::Result;
use crate::calls::Checked;
use core::ffi::{CStr, c_char};
use std::os::unix::ffi::OsStringExt;

unsafe extern "C" {
    static environ: *const *const c_char;
}

/// Every variable as `NAME=value`, in order.
pub fn all() -> Vec<Vec<u8>> {
    let mut found = Vec::new();
    // SAFETY: the array is null or ends with null, its texts are terminated. Changing the environment while another
    // thread reads it is the race every C program has; Python changes it under the interpreter's lock alone.
    unsafe {
        let mut next = environ;
        while !next.is_null() && !(*next).is_null() {
            found.push(CStr::from_ptr(*next).to_bytes().to_vec());
            next = next.add(1);
        }
    }
    found
}

pub fn get(name: &CStr) -> Option<Vec<u8>> {
    // SAFETY: the name is terminated; the value is copied at once.
    unsafe {
        let value = libc::getenv(name.as_ptr());
        (!value.is_null()).then(|| CStr::from_ptr(value).to_bytes().to_vec())
    }
}

pub fn set(name: &CStr, value: &CStr) -> Result<()> {
    // SAFETY: both texts are terminated and copied by the call.
    unsafe { libc::setenv(name.as_ptr(), value.as_ptr(), 1) }.checked()
}

pub fn unset(name: &CStr) -> Result<()> {
    // SAFETY: the name is terminated.
    unsafe { libc::unsetenv(name.as_ptr()) }.checked()
}

pub fn clear() {
    // SAFETY: takes nothing.
    unsafe { libc::clearenv() };
}

/// The words the program was started with, its own name first.
pub fn arguments() -> Vec<Vec<u8>> {
    std::env::args_os().map(OsStringExt::into_vec).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variable_is_set_seen_and_unset() {
        set(c"TAIPAN_HOST_TEST", c"a=b").unwrap();
        assert_eq!(get(c"TAIPAN_HOST_TEST").unwrap(), b"a=b");
        assert!(all().contains(&b"TAIPAN_HOST_TEST=a=b".to_vec()));
        unset(c"TAIPAN_HOST_TEST").unwrap();
        assert_eq!(get(c"TAIPAN_HOST_TEST"), None);
        assert!(set(c"A=B", c"").is_err());
        assert!(!arguments().is_empty());
    }
}
