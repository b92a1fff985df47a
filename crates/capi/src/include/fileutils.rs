//! `fileutils.h`: C's files.

#![expect(unsafe_code, reason = "functions that C calls")]

use crate::glue::*;
use core::ffi::*;
use core::ptr::null_mut;
use taipan_objects::prelude::*;
use taipan_objects::system::path::Path;

unsafe extern "C" {
    fn fopen(path: *const c_char, mode: *const c_char) -> *mut c_void;
    fn fclose(file: *mut c_void) -> c_int;
    fn getc(file: *mut c_void) -> c_int;
    fn ungetc(byte: c_int, file: *mut c_void) -> c_int;
}

const END: c_int = -1;
const NEW_LINE: c_int = b'\n' as c_int;
const RETURN: c_int = b'\r' as c_int;

/// Opens a file, and gives up the interpreter's lock meanwhile.
unsafe fn open(path: &PyObject, mode: *const c_char) -> PyResult<*mut c_void> {
    // SAFETY: the caller passes a terminated string.
    let shown = unsafe { string(mode) };
    taipan_objects::system::audit(c"open", &[path, &shown, &*PyInt::from_i64(0)])?;
    let given = Path::new(path, "path")?;
    // SAFETY: both are terminated strings.
    let (file, errno) = taipan_host::blocking(|| unsafe {
        let file = fopen(given.as_c().as_ptr(), mode);
        (file, taipan_host::Errno::last())
    });
    if file.is_null() {
        return Err(taipan_objects::system::os_error_at(errno, path));
    }
    Ok(file)
}

c_api! {
    fn Py_fopen(path: Ref, mode: *const c_char) -> *mut c_void { open(at(path), mode).unwrap_or(null_mut()) }
    fn Py_fclose(file: *mut c_void) -> c_int { fclose(file) }
    fn _Py_IsValidFD(fd: c_int) -> c_int { c_int::from(taipan_host::files::is_inheritable(fd).is_ok()) }
    fn Py_UniversalNewlineFgets(buffer: *mut c_char, size: c_int, file: *mut c_void, object: Ref) -> *mut c_char {
        if !object.is_null() {
            // An older protocol, which no file has.
            return null_mut();
        }
        let mut length = 0;
        while length + 1 < size.max(0) as usize {
            let mut byte = getc(file);
            if byte == END {
                break;
            }
            if byte == RETURN {
                byte = NEW_LINE;
                let next = getc(file);
                if next != NEW_LINE && next != END {
                    ungetc(next, file);
                }
            }
            *buffer.add(length) = byte as c_char;
            length += 1;
            if byte == NEW_LINE {
                break;
            }
        }
        *buffer.add(length) = 0;
        if length == 0 { null_mut() } else { buffer }
    }
}
