//! `pythonrun.h` and `marshal.h`: running source text, and values as bytes.

#![expect(unsafe_code, reason = "functions that C calls")]

use crate::glue::*;
use core::ffi::*;
use core::ptr::null_mut;
use taipan_abi::PyCompilerFlags;
use taipan_objects::prelude::*;
use taipan_objects::types::code::PyCode;
use taipan_runtime::compile::{self, Mode, Options, Source};
use taipan_runtime::lifecycle::main_dict;
use taipan_runtime::marshal;

/// `Py_single_input`, `Py_file_input`, `Py_eval_input`.
fn mode(start: c_int) -> PyResult<Mode> {
    match start {
        256 => Ok(Mode::Single),
        257 => Ok(Mode::Exec),
        258 => Ok(Mode::Eval),
        _ => Err(raised!(ValueError, "compile() mode must be 'exec', 'eval' or 'single'")),
    }
}

/// The code of a source.
///
/// # Safety
/// `flags` are live or null.
pub unsafe fn compiled(
    source: &[u8],
    filename: &PyStr,
    start: c_int,
    flags: *mut PyCompilerFlags,
    optimize: c_int,
) -> PyResult<Py<PyCode>> {
    let mut options = Options::new(mode(start)?);
    // SAFETY: the caller passes flags or null.
    if let Some(flags) = unsafe { flags.as_ref() } {
        options.flags = flags.cf_flags as u32;
    }
    options.optimize = optimize;
    if options.flags & compile::flags::IGNORE_COOKIE != 0 {
        let text = taipan_objects::codecs::decode_bytes(source, None, Some("utf-8"), None)?;
        return compile::compile(&Source::Text(&text), filename, &options);
    }
    compile::compile(&Source::Bytes(source), filename, &options)
}

unsafe fn run(
    source: &[u8],
    filename: &PyStr,
    start: c_int,
    globals: Ref,
    locals: Ref,
    flags: *mut PyCompilerFlags,
) -> PyResult {
    // SAFETY: the caller passes live objects or null.
    unsafe {
        let globals = typed::<PyDict>(globals)?;
        let code = compiled(source, filename, start, flags, -1)?;
        taipan_interpreter::eval_code(&code, globals, opt(locals))
    }
}

/// Runs in `__main__`, and prints what was raised: 0, or -1.
unsafe fn simple(source: &[u8], flags: *mut PyCompilerFlags) -> c_int {
    // SAFETY: the caller's promise.
    let result = main_dict().and_then(|main| unsafe {
        run(source, intern!("<string>"), 257, main.as_ptr(), main.as_ptr(), flags)
    });
    match result {
        Ok(_) => 0,
        Err(_) => {
            // SAFETY: an exception is set.
            unsafe { crate::include::pyerrors::PyErr_Print() };
            -1
        }
    }
}

unsafe extern "C" {
    fn fread(to: *mut c_void, size: usize, count: usize, file: *mut c_void) -> usize;
    fn ftell(file: *mut c_void) -> c_long;
    fn fseek(file: *mut c_void, offset: c_long, whence: c_int) -> c_int;
    fn fclose(file: *mut c_void) -> c_int;
    fn fwrite(from: *const c_void, size: usize, count: usize, file: *mut c_void) -> usize;
}

/// The rest of a C file.
///
/// # Safety
/// `file` is an open `FILE *`.
pub unsafe fn rest_of(file: *mut c_void) -> Vec<u8> {
    let mut all = Vec::new();
    let mut buffer = [0u8; 4096];
    loop {
        // SAFETY: the caller passes an open `FILE *`.
        let count = unsafe { fread(buffer.as_mut_ptr().cast(), 1, buffer.len(), file) };
        if count == 0 {
            return all;
        }
        all.extend_from_slice(&buffer[..count]);
    }
}

c_api! {
    fn Py_CompileStringObject(source: *const c_char, filename: Ref, start: c_int, flags: *mut PyCompilerFlags, optimize: c_int) -> Ref {
        new_ref(typed::<PyStr>(filename).and_then(|filename| compiled(CStr::from_ptr(source).to_bytes(), filename, start, flags, optimize)))
    }
    fn Py_CompileStringExFlags(source: *const c_char, filename: *const c_char, start: c_int, flags: *mut PyCompilerFlags, optimize: c_int) -> Ref {
        let filename = PyStr::decode_fs(CStr::from_ptr(filename).to_bytes());
        new_ref(compiled(CStr::from_ptr(source).to_bytes(), &filename, start, flags, optimize))
    }
    fn Py_CompileStringFlags(source: *const c_char, filename: *const c_char, start: c_int, flags: *mut PyCompilerFlags) -> Ref {
        Py_CompileStringExFlags(source, filename, start, flags, -1)
    }
    fn Py_CompileString(source: *const c_char, filename: *const c_char, start: c_int) -> Ref {
        Py_CompileStringExFlags(source, filename, start, null_mut(), -1)
    }
    fn PyRun_StringFlags(source: *const c_char, start: c_int, globals: Ref, locals: Ref, flags: *mut PyCompilerFlags) -> Ref {
        new_ref(run(CStr::from_ptr(source).to_bytes(), intern!("<string>"), start, globals, locals, flags))
    }
    fn PyRun_String(source: *const c_char, start: c_int, globals: Ref, locals: Ref) -> Ref {
        PyRun_StringFlags(source, start, globals, locals, null_mut())
    }
    fn PyRun_SimpleStringFlags(source: *const c_char, flags: *mut PyCompilerFlags) -> c_int { simple(CStr::from_ptr(source).to_bytes(), flags) }
    fn PyRun_SimpleString(source: *const c_char) -> c_int { simple(CStr::from_ptr(source).to_bytes(), null_mut()) }
    fn PyRun_FileExFlags(file: *mut c_void, name: *const c_char, start: c_int, globals: Ref, locals: Ref, close: c_int, flags: *mut PyCompilerFlags) -> Ref {
        let source = rest_of(file);
        if close != 0 {
            fclose(file);
        }
        let name = PyStr::decode_fs(CStr::from_ptr(name).to_bytes());
        new_ref(run(&source, &name, start, globals, locals, flags))
    }
    fn PyRun_FileEx(file: *mut c_void, name: *const c_char, start: c_int, globals: Ref, locals: Ref, close: c_int) -> Ref {
        PyRun_FileExFlags(file, name, start, globals, locals, close, null_mut())
    }
    fn PyRun_FileFlags(file: *mut c_void, name: *const c_char, start: c_int, globals: Ref, locals: Ref, flags: *mut PyCompilerFlags) -> Ref {
        PyRun_FileExFlags(file, name, start, globals, locals, 0, flags)
    }
    fn PyRun_File(file: *mut c_void, name: *const c_char, start: c_int, globals: Ref, locals: Ref) -> Ref {
        PyRun_FileExFlags(file, name, start, globals, locals, 0, null_mut())
    }
    fn PyMarshal_WriteObjectToString(value: Ref, version: c_int) -> Ref {
        new_ref(marshal::dump(at(value), version, true).map(|bytes| PyBytes::new(&bytes)))
    }
    fn PyMarshal_ReadObjectFromString(start: *const c_char, length: isize) -> Ref {
        new_ref(marshal::load(core::slice::from_raw_parts(start.cast(), length.max(0) as usize)))
    }
    fn PyMarshal_WriteObjectToFile(value: Ref, file: *mut c_void, version: c_int) {
        if let Ok(bytes) = marshal::dump(at(value), version, true) {
            fwrite(bytes.as_ptr().cast(), 1, bytes.len(), file);
        }
    }
    fn PyMarshal_WriteLongToFile(value: c_long, file: *mut c_void, _version: c_int) {
        let bytes = (value as i32).to_le_bytes();
        fwrite(bytes.as_ptr().cast(), 1, bytes.len(), file);
    }
    fn PyMarshal_ReadObjectFromFile(file: *mut c_void) -> Ref {
        // The object's length is not known before it is read: what follows it is given back to the file.
        let start = ftell(file);
        let rest = rest_of(file);
        new_ref(marshal::load_first(&rest).inspect(|(_, length)| {
            if start >= 0 {
                fseek(file, start + *length as c_long, 0);
            }
        }).map(|(object, _)| object))
    }
    fn PyMarshal_ReadLastObjectFromFile(file: *mut c_void) -> Ref { new_ref(marshal::load(&rest_of(file))) }
    fn PyMarshal_ReadLongFromFile(file: *mut c_void) -> c_long {
        let mut bytes = [0u8; 4];
        if fread(bytes.as_mut_ptr().cast(), 1, 4, file) < 4 {
            let _: Raised = raised!(EOFError, "EOF read where data expected");
            return -1;
        }
        c_long::from(i32::from_le_bytes(bytes))
    }
    fn PyMarshal_ReadShortFromFile(file: *mut c_void) -> c_int {
        let mut bytes = [0u8; 2];
        if fread(bytes.as_mut_ptr().cast(), 1, 2, file) < 2 {
            let _: Raised = raised!(EOFError, "EOF read where data expected");
            return -1;
        }
        c_int::from(i16::from_le_bytes(bytes))
    }
}
