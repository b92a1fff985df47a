//! `pythonrun.h`: programs and prompts that read C's files.

#![expect(unsafe_code, reason = "functions that C calls")]

use crate::glue::*;
use crate::include::pyerrors::PyErr_Print;
use crate::include::pythonrun::{compiled, rest_of};
use core::ffi::*;
use core::ptr::null_mut;
use taipan_abi::PyCompilerFlags;
use taipan_objects::prelude::*;
use taipan_runtime::lifecycle::{Prompt, Step, main_dict};
use taipan_runtime::sys::output;

unsafe extern "C" {
    fn fclose(file: *mut c_void) -> c_int;
    fn fgets(buffer: *mut c_char, size: c_int, file: *mut c_void) -> *mut c_char;
    fn fileno(file: *mut c_void) -> c_int;
}

/// What is returned at the end of the input (`errcode.h`).
const E_EOF: c_int = 11;

/// The name of a file; `???` where C has none.
unsafe fn name_of(filename: *const c_char) -> Py<PyStr> {
    if filename.is_null() {
        return PyStr::new("???");
    }
    // SAFETY: the caller passes a terminated string.
    PyStr::decode_fs(unsafe { CStr::from_ptr(filename) }.to_bytes())
}

/// Runs a source in `__main__`, which knows the file meanwhile.
unsafe fn run_main(source: &[u8], name: &PyStr, flags: *mut PyCompilerFlags) -> PyResult<()> {
    let main = main_dict()?;
    let named = main.get_str(intern!("__file__"))?.is_none();
    if named {
        main.set_item(intern!("__file__"), name)?;
        main.set_item(intern!("__cached__"), none_ref())?;
    }
    taipan_runtime::lifecycle::set_main_loader(&main, name, "SourceFileLoader")?;
    // SAFETY: the caller passes flags or null.
    let result = unsafe { compiled(source, name, 257, flags, -1) }
        .and_then(|code| taipan_interpreter::eval_code(&code, &main, None));
    if named {
        let pending = result.is_err().then(taipan_objects::errors::take_opt).flatten();
        swallow(main.pop(intern!("__file__")));
        swallow(main.pop(intern!("__cached__")));
        if let Some(pending) = pending {
            return Err(taipan_objects::errors::restore(pending));
        }
    }
    result.map(drop)
}

/// A line of a C file with its end; nothing at the end of the file.
unsafe fn line_of(file: *mut c_void) -> PyResult<Vec<u8>> {
    let mut line = Vec::new();
    let mut buffer = [0 as c_char; 512];
    loop {
        // SAFETY: the caller passes an open `FILE *`; the buffer is as long as said.
        let read = unsafe { fgets(buffer.as_mut_ptr(), buffer.len() as c_int, file) };
        if read.is_null() {
            break;
        }
        // SAFETY: `fgets` terminated it.
        line.extend_from_slice(unsafe { CStr::from_ptr(buffer.as_ptr()) }.to_bytes());
        if line.ends_with(b"\n") {
            break;
        }
    }
    Ok(line)
}

/// Reads a statement and runs it; what it raises is shown.
unsafe fn one(prompt: &mut Prompt, file: *mut c_void) -> c_int {
    // SAFETY: the caller passes an open `FILE *`.
    let step = prompt.step(&mut || unsafe { line_of(file) });
    let status = match step {
        Ok(Step::Ran) => 0,
        Ok(Step::End) => return E_EOF,
        Err(_) => {
            // SAFETY: an exception is set.
            unsafe { PyErr_Print() };
            -1
        }
    };
    swallow(output::flush(intern!("stdout")));
    status
}

c_api! {
    fn Py_FdIsInteractive(file: *mut c_void, filename: *const c_char) -> c_int {
        let terminal = taipan_host::files::is_terminal(fileno(file));
        let asked = taipan_runtime::state::config().interactive > 0;
        let unnamed = filename.is_null() || matches!(CStr::from_ptr(filename).to_bytes(), b"<stdin>" | b"???");
        c_int::from(terminal || asked && unnamed)
    }
    fn PyRun_SimpleFileExFlags(file: *mut c_void, filename: *const c_char, close: c_int, flags: *mut PyCompilerFlags) -> c_int {
        let source = rest_of(file);
        if close != 0 {
            fclose(file);
        }
        match run_main(&source, &name_of(filename), flags) {
            Ok(()) => 0,
            Err(_) => {
                PyErr_Print();
                -1
            }
        }
    }
    fn PyRun_SimpleFileEx(file: *mut c_void, filename: *const c_char, close: c_int) -> c_int { PyRun_SimpleFileExFlags(file, filename, close, null_mut()) }
    fn PyRun_SimpleFile(file: *mut c_void, filename: *const c_char) -> c_int { PyRun_SimpleFileExFlags(file, filename, 0, null_mut()) }
    fn PyRun_AnyFileExFlags(file: *mut c_void, filename: *const c_char, close: c_int, flags: *mut PyCompilerFlags) -> c_int {
        if Py_FdIsInteractive(file, filename) == 0 {
            return PyRun_SimpleFileExFlags(file, filename, close, flags);
        }
        let status = PyRun_InteractiveLoopFlags(file, filename, flags);
        if close != 0 {
            fclose(file);
        }
        status
    }
    fn PyRun_AnyFileEx(file: *mut c_void, filename: *const c_char, close: c_int) -> c_int { PyRun_AnyFileExFlags(file, filename, close, null_mut()) }
    fn PyRun_AnyFileFlags(file: *mut c_void, filename: *const c_char, flags: *mut PyCompilerFlags) -> c_int { PyRun_AnyFileExFlags(file, filename, 0, flags) }
    fn PyRun_AnyFile(file: *mut c_void, filename: *const c_char) -> c_int { PyRun_AnyFileExFlags(file, filename, 0, null_mut()) }
    fn PyRun_InteractiveLoopFlags(file: *mut c_void, filename: *const c_char, flags: *mut PyCompilerFlags) -> c_int {
        let name = name_of(filename);
        let mut prompt = Prompt::new(&name, flags.as_ref().map_or(0, |flags| flags.cf_flags as u32));
        while one(&mut prompt, file) != E_EOF {}
        0
    }
    fn PyRun_InteractiveLoop(file: *mut c_void, filename: *const c_char) -> c_int { PyRun_InteractiveLoopFlags(file, filename, null_mut()) }
    fn PyRun_InteractiveOneObject(file: *mut c_void, filename: Ref, flags: *mut PyCompilerFlags) -> c_int {
        let Some(name) = opt(filename).and_then(|name| name.downcast::<PyStr>()) else {
            let _: Raised = raised!(TypeError, "bad argument type for built-in operation");
            PyErr_Print();
            return -1;
        };
        one(&mut Prompt::new(name, flags.as_ref().map_or(0, |flags| flags.cf_flags as u32)), file)
    }
    fn PyRun_InteractiveOneFlags(file: *mut c_void, filename: *const c_char, flags: *mut PyCompilerFlags) -> c_int {
        PyRun_InteractiveOneObject(file, name_of(filename).as_ptr(), flags)
    }
    fn PyRun_InteractiveOne(file: *mut c_void, filename: *const c_char) -> c_int { PyRun_InteractiveOneFlags(file, filename, null_mut()) }
}
