//! `fileobject.h`: Python files from C.

#![expect(unsafe_code, reason = "functions that C calls")]

use crate::glue::*;
use core::ffi::*;
use taipan_objects::prelude::*;
const RAW: c_int = 1;

/// The descriptor of a number or of what has `fileno`.
fn descriptor(object: &PyObject) -> PyResult<c_int> {
    let number = match object.downcast_owned::<PyInt>() {
        Some(number) => number,
        None => match object::get_optional_attr(object, intern!("fileno"))? {
            Some(fileno) => call::call(&fileno, &[])?
                .downcast_into::<PyInt>()
                .map_err(|_| raised!(TypeError, "fileno() returned a non-integer"))?,
            None => return Err(raised!(TypeError, "argument must be an int, or have a fileno() method.")),
        },
    };
    let fd = taipan_objects::protocols::number::index_to_integer::<c_int>(&number, "int")?;
    if fd < 0 {
        return Err(raised!(ValueError, "file descriptor cannot be a negative integer ({fd})"));
    }
    Ok(fd)
}

fn line(file: &PyObject, count: c_int) -> PyResult {
    let read = object::get_attr(file, intern!("readline"))?;
    let result = if count <= 0 {
        call::call(&read, &[])?
    } else {
        call::call(&read, &[&PyInt::from_i64(i64::from(count))])?
    };
    if count >= 0 {
        return match (result.downcast::<PyStr>(), result.downcast::<PyBytes>()) {
            (None, None) => Err(raised!(TypeError, "object.readline() returned non-string")),
            _ => Ok(result),
        };
    }
    // A negative count asks for a line without its end, and refuses the end of the file.
    let at_end = || raised!(EOFError, "EOF when reading a line");
    if let Some(text) = result.downcast::<PyStr>() {
        return match text.len() {
            0 => Err(at_end()),
            length if text.char_at(length - 1) == 10 => Ok(text.substring(0, length - 1).into_obj()),
            _ => Ok(result),
        };
    }
    match result.downcast::<PyBytes>() {
        Some(bytes) => match bytes.as_slice() {
            [] => Err(at_end()),
            [rest @ .., b'\n'] => Ok(PyBytes::new(rest).into_obj()),
            _ => Ok(result),
        },
        None => Err(raised!(TypeError, "object.readline() returned non-string")),
    }
}

c_api! {
    fn PyFile_NewStdPrinter(fd: c_int) -> Ref {
        if fd != 1 && fd != 2 {
            let _: Raised = bad_call();
            return core::ptr::null_mut();
        }
        new_ref(taipan_runtime::sys::printer::Printer::new(fd))
    }
    fn PyObject_AsFileDescriptor(object: Ref) -> c_int { descriptor(at(object)).unwrap_or(-1) }
    fn PyFile_GetLine(file: Ref, count: c_int) -> Ref {
        match opt(file) {
            Some(file) => new_ref(line(file, count)),
            None => new_ref(Err::<Obj, _>(bad_call())),
        }
    }
    fn PyFile_WriteObject(object: Ref, file: Ref, flags: c_int) -> c_int {
        let Some(file) = opt(file) else {
            let _: Raised = raised!(TypeError, "writeobject with NULL file");
            return -1;
        };
        status(object::get_attr(file, intern!("write")).and_then(|write| {
            let shown = match opt(object) {
                None => PyStr::new("<NULL>"),
                Some(object) if flags & RAW != 0 => object::str(object)?,
                Some(object) => object::repr(object)?,
            };
            call::call(&write, &[&shown]).map(drop)
        }))
    }
    fn PyFile_WriteString(string: *const c_char, file: Ref) -> c_int {
        match opt(file) {
            None => {
                if !taipan_objects::errors::occurred() {
                    let _: Raised = raised!(SystemError, "null file for PyFile_WriteString");
                }
                -1
            }
            Some(_) if taipan_objects::errors::occurred() => -1,
            Some(file) => status(call::method(file, intern!("write"), &[&crate::glue::string(string)]).map(drop)),
        }
    }
    fn PyFile_FromFd(fd: c_int, _name: *const c_char, mode: *const c_char, buffering: c_int, encoding: *const c_char, errors: *const c_char, newline: *const c_char, close: c_int) -> Ref {
        let optional = |text: *const c_char| if text.is_null() { none() } else { string(text).into_obj() };
        let mode = if mode.is_null() { PyStr::new("r") } else { string(mode) };
        let (encoding, errors, newline) = (optional(encoding), optional(errors), optional(newline));
        let number = |value: c_int| PyInt::from_i64(i64::from(value));
        let close = PyInt::from_bool(close != 0);
        new_ref(taipan_runtime::imports::import_module(intern!("io")).and_then(|io| {
            call::method(&io, intern!("open"), &[&number(fd), &mode, &number(buffering), &encoding, &errors, &newline, &close])
        }))
    }
    fn PyOS_FSPath(path: Ref) -> Ref { new_ref(taipan_objects::system::path::fspath(at(path))) }
}
