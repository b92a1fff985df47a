//! `pyerrors.h`: exceptions.

#![expect(unsafe_code, reason = "functions that C calls")]

use crate::glue::*;
use core::ffi::*;
use core::ptr::null_mut;
use taipan_abi::*;
use taipan_objects::errors;
use taipan_objects::prelude::*;

use taipan_objects::types::exceptions::PyBaseException;

/// Raises `class(value)`, whatever the two are.
unsafe fn raise(class: Ref, value: &PyObject) {
    // SAFETY: the caller passes a live object.
    match unsafe { opt(class) }.and_then(|class| class.downcast::<TypeObject>()) {
        Some(class) if class.is_subtype_of(Exc::BaseException.type_object()) => {
            let _: Raised = errors::set_object(class, value);
        }
        _ => {
            let _: Raised =
                raised!(SystemError, "_PyErr_SetObject: exception is not a BaseException subclass");
        }
    }
}

fn exception(object: &PyObject) -> Option<Py<PyBaseException>> {
    object.downcast_owned::<PyBaseException>()
}

/// `errno` as C code left it.
fn errno() -> taipan_host::Errno {
    taipan_host::Errno::last()
}

c_api! {
    fn PyErr_SetObject(class: Ref, value: Ref) { raise(class, opt(value).unwrap_or(none_ref())) }
    fn PyErr_SetString(class: Ref, message: *const c_char) { raise(class, &string(message)) }
    fn PyErr_SetNone(class: Ref) { raise(class, none_ref()) }
    fn PyErr_Occurred() -> Ref {
        // Borrowed: the exception that is set keeps its type.
        errors::current_exception().map_or(null_mut(), |error| error.class().as_ptr())
    }
    fn PyErr_Clear() { drop(errors::take_opt()) }
    fn PyErr_Fetch(class: *mut Ref, value: *mut Ref, traceback: *mut Ref) {
        match errors::take_opt() {
            None => {
                *class = null_mut();
                *value = null_mut();
                *traceback = null_mut();
            }
            Some(error) => {
                *class = error.class().owned().into_raw();
                *traceback = error.traceback.get().map_or(null_mut(), Obj::into_raw);
                *value = error.into_obj().into_raw();
            }
        }
    }
    fn PyErr_Restore(class: Ref, value: Ref, traceback: Ref) {
        drop(errors::take_opt());
        if class.is_null() {
            crate::include::refcount::Py_DecRef(value);
            crate::include::refcount::Py_DecRef(traceback);
            return;
        }
        let class = Obj::from_raw(class);
        let value = if value.is_null() { none() } else { Obj::from_raw(value) };
        match exception(&value) {
            Some(error) => {
                let _: Raised = errors::restore(error);
            }
            None => raise(class.as_ptr(), &value),
        }
        if !traceback.is_null() {
            let traceback = Obj::from_raw(traceback);
            if let Some(error) = errors::current_exception() {
                error.traceback.set(Some(traceback).filter(|traceback| !traceback.is_none()));
            }
        }
    }
    fn PyErr_NormalizeException(class: *mut Ref, value: *mut Ref, traceback: *mut Ref) {
        if (*class).is_null() {
            return;
        }
        PyErr_Restore(*class, *value, *traceback);
        PyErr_Fetch(class, value, traceback);
    }
    fn PyErr_GetRaisedException() -> Ref { errors::take_opt().map_or(null_mut(), |error| error.into_obj().into_raw()) }
    fn PyErr_SetRaisedException(error: Ref) {
        drop(errors::take_opt());
        if let Some(error) = (!error.is_null()).then(|| Obj::from_raw(error))
            && let Ok(error) = error.downcast_into::<PyBaseException>()
        {
            let _: Raised = errors::restore(error);
        }
    }
    fn PyErr_GetHandledException() -> Ref { errors::handled().map_or(null_mut(), Obj::into_raw) }
    fn PyErr_GivenExceptionMatches(given: Ref, wanted: Ref) -> c_int {
        match (opt(given), opt(wanted)) {
            (Some(given), Some(wanted)) => c_int::from(errors::given_matches(given, wanted)),
            _ => 0,
        }
    }
    fn PyErr_ExceptionMatches(wanted: Ref) -> c_int {
        match (errors::current_exception(), opt(wanted)) {
            (Some(error), Some(wanted)) => c_int::from(errors::given_matches(&error, wanted)),
            _ => 0,
        }
    }
    fn PyErr_NoMemory() -> Ref {
        let _: Raised = raised!(MemoryError);
        null_mut()
    }
    fn PyErr_BadArgument() -> c_int {
        let _: Raised = raised!(TypeError, "bad argument type for built-in operation");
        0
    }
    fn PyErr_BadInternalCall() { let _: Raised = bad_call(); }
    fn _PyErr_BadInternalCall(file: *const c_char, line: c_int) {
        let _: Raised = raised!(SystemError, "{}:{line}: bad argument to internal function", text(file));
    }
    fn PyErr_SetFromErrno(class: Ref) -> Ref { PyErr_SetFromErrnoWithFilenameObjects(class, null_mut(), null_mut()) }
    fn PyErr_SetFromErrnoWithFilenameObject(class: Ref, name: Ref) -> Ref {
        PyErr_SetFromErrnoWithFilenameObjects(class, name, null_mut())
    }
    fn PyErr_SetFromErrnoWithFilename(class: Ref, name: *const c_char) -> Ref {
        let errno = errno();
        let name = (!name.is_null()).then(|| PyStr::decode_fs(CStr::from_ptr(name).to_bytes()));
        errno.set();
        PyErr_SetFromErrnoWithFilenameObjects(class, name.as_deref().map_or(null_mut(), |name| name.as_ptr()), null_mut())
    }
    fn PyErr_SetFromErrnoWithFilenameObjects(class: Ref, name: Ref, other: Ref) -> Ref {
        const EINTR: i32 = 4;
        let errno = errno();
        if errno.0 == EINTR && taipan_objects::system::check_signals().is_err() {
            return null_mut();
        }
        if opt(class).is_some_and(|class| class.is(Exc::OSError.type_object())) {
            let _: Raised = errors::set_os_error(errno, opt(name), opt(other));
            return null_mut();
        }
        let mut args = vec![PyInt::from_i64(i64::from(errno.0)).into_obj(), PyStr::new(&errno.text()).into_obj()];
        if let Some(name) = opt(name) {
            args.push(name.owned());
        }
        if let Some(other) = opt(other) {
            args.extend([PyInt::from_i64(0).into_obj(), other.owned()]);
        }
        raise(class, &PyTuple::from_vec(args));
        null_mut()
    }
    fn PyErr_SetImportError(message: Ref, name: Ref, path: Ref) -> Ref {
        let message = opt(message).and_then(|message| swallow(object::str(message)));
        let message = message.map_or_else(String::new, |message| message.to_string_lossy().into_owned());
        let _: Raised = errors::set_import_error(Exc::ImportError, format_args!("{message}"), opt(name), opt(path), None);
        null_mut()
    }
    fn PyErr_Print() { PyErr_PrintEx(1) }
    fn PyErr_PrintEx(set_last: c_int) {
        // Also without `set_last` the exception is remembered as the last one.
        let _ = set_last;
        let Some(error) = errors::take_opt() else { return };
        match taipan_runtime::lifecycle::exit_status(errors::restore(error)) {
            Ok(status) => taipan_runtime::lifecycle::end_process(status),
            Err(raised) => taipan_runtime::sys::hooks::display_exception(raised),
        }
    }
    fn PyErr_DisplayException(error: Ref) {
        match opt(error).map(|error| (error, exception(error))) {
            Some((_, Some(error))) => taipan_runtime::sys::hooks::print_exception(&error, None),
            Some((error, None)) => taipan_runtime::sys::hooks::refuse_to_print(error),
            None => {}
        }
    }
    fn PyErr_WriteUnraisable(object: Ref) {
        if let Some(error) = errors::take_opt() {
            errors::write_unraisable(errors::restore(error), None, opt(object));
        }
    }
    fn PyErr_CheckSignals() -> c_int { status(taipan_objects::system::check_signals()) }
    fn PyErr_SetInterrupt() { taipan_host::signals::raise_flag(2) }
    fn PyErr_SetInterruptEx(signal: c_int) -> c_int {
        taipan_host::signals::raise_flag(signal);
        0
    }
    fn PyErr_WarnEx(category: Ref, message: *const c_char, level: isize) -> c_int {
        let category = opt(category).unwrap_or(Exc::RuntimeWarning.type_object());
        status(errors::warn_object(category, level, &string(message), None))
    }
    fn PyErr_NewException(name: *const c_char, base: Ref, dict: Ref) -> Ref {
        new_ref(new_exception(&text(name), None, opt(base), opt(dict)))
    }
    fn PyErr_NewExceptionWithDoc(name: *const c_char, doc: *const c_char, base: Ref, dict: Ref) -> Ref {
        let doc = (!doc.is_null()).then(|| string(doc));
        new_ref(new_exception(&text(name), doc.as_deref(), opt(base), opt(dict)))
    }
    fn PyException_GetTraceback(error: Ref) -> Ref { exception(at(error)).and_then(|error| error.traceback.get()).map_or(null_mut(), Obj::into_raw) }
    fn PyException_SetTraceback(error: Ref, traceback: Ref) -> c_int {
        status(object::set_attr(at(error), intern!("__traceback__"), opt(traceback)))
    }
    fn PyException_GetCause(error: Ref) -> Ref { exception(at(error)).and_then(|error| error.cause.get()).map_or(null_mut(), Obj::into_raw) }
    fn PyException_SetCause(error: Ref, cause: Ref) {
        let cause = (!cause.is_null()).then(|| Obj::from_raw(cause));
        if let Some(error) = exception(at(error)) {
            error.suppress_context.set(true);
            error.cause.set(cause);
        }
    }
    fn PyException_GetContext(error: Ref) -> Ref { exception(at(error)).and_then(|error| error.context.get()).map_or(null_mut(), Obj::into_raw) }
    fn PyException_SetContext(error: Ref, context: Ref) {
        let context = (!context.is_null()).then(|| Obj::from_raw(context));
        if let Some(error) = exception(at(error)) {
            error.context.set(context);
        }
    }
    fn PyException_GetArgs(error: Ref) -> Ref { new_ref(object::get_attr(at(error), intern!("args"))) }
    fn PyException_SetArgs(error: Ref, args: Ref) {
        let set = object::set_attr(at(error), intern!("args"), opt(args));
        swallow(set);
    }
    fn PyExceptionClass_Name(class: Ref) -> *const c_char { (*class.cast::<PyTypeObject>()).tp_name }
}

fn new_exception(
    name: &str,
    doc: Option<&PyStr>,
    base: Option<&PyObject>,
    dict: Option<&PyObject>,
) -> PyResult {
    let Some((module, short)) = name.rsplit_once('.') else {
        return Err(raised!(SystemError, "PyErr_NewException: name must be module.class"));
    };
    let own = PyDict::new();
    if let Some(dict) = dict {
        own.merge(dict, true)?;
    }
    own.set_default(intern!("__module__"), &PyStr::new(module))?;
    if let Some(doc) = doc {
        own.set_item(intern!("__doc__"), doc)?;
    }
    let base = base.unwrap_or(Exc::Exception.type_object());
    let bases = match base.downcast_owned::<PyTuple>() {
        Some(bases) => bases,
        None => PyTuple::from_slice(&[base]),
    };
    call::call(taipan_objects::types::r#type::type_type(), &[&PyStr::new(short), &bases, &own])
}
