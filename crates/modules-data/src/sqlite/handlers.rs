//! The C functions that SQLite calls: they attach the thread and hand over to `callbacks`.

#![expect(unsafe_code, reason = "called from C, with pointers")]

use super::callbacks::{self, Callback, Failed};
use super::ffi::Value;
use core::ffi::{CStr, c_char, c_int, c_uint, c_void};
use libsqlite3_sys as sq;
use taipan_objects::prelude::*;
use taipan_runtime::gil;

/// Hands a callback to the library.
pub fn into_data(callback: Option<Callback>) -> *mut c_void {
    callback.map_or(core::ptr::null_mut(), |callback| Box::into_raw(Box::new(callback)).cast())
}

/// Lends a callback to the library.
pub fn as_data(callback: Option<&Callback>) -> *mut c_void {
    callback.map_or(core::ptr::null_mut(), |callback| core::ptr::from_ref(callback).cast_mut().cast())
}

/// Frees what [`into_data`] made.
pub unsafe extern "C" fn destroy(data: *mut c_void) {
    if !data.is_null() {
        // SAFETY: the library gives back what it was handed, once.
        gil::attached(|| drop(unsafe { Box::from_raw(data.cast::<Callback>()) }));
    }
}

/// A callback of its own, for the time of a call.
///
/// # Safety
/// `data` is a callback's.
unsafe fn callback(data: *mut c_void) -> Callback {
    // SAFETY: the caller's promise; the library keeps the data at least until the call.
    unsafe { (*data.cast::<Callback>()).clone() }
}

/// # Safety
/// The library's arguments.
unsafe fn arguments(count: c_int, values: *mut *mut sq::sqlite3_value) -> PyResult<Vec<Obj>> {
    (0..count as usize)
        .map(|i| {
            // SAFETY: `count` live values, whose memory lasts for the call.
            unsafe {
                let value = *values.add(i);
                let slice = |start: *const u8| {
                    let length = sq::sqlite3_value_bytes(value) as usize;
                    if start.is_null() { &[][..] } else { core::slice::from_raw_parts(start, length) }
                };
                callbacks::to_object(match sq::sqlite3_value_type(value) {
                    sq::SQLITE_NULL => Value::Null,
                    sq::SQLITE_INTEGER => Value::Int(sq::sqlite3_value_int64(value)),
                    sq::SQLITE_FLOAT => Value::Float(sq::sqlite3_value_double(value)),
                    sq::SQLITE_TEXT => Value::Text(slice(sq::sqlite3_value_text(value))),
                    _ => Value::Blob(slice(sq::sqlite3_value_blob(value).cast())),
                })
            }
        })
        .collect()
}

/// # Safety
/// The library's context of a running call.
unsafe fn answer(
    context: *mut sq::sqlite3_context,
    result: Result<Option<Obj>, Failed>,
    callback: &Callback,
) {
    // SAFETY: the caller's promise; text and blobs are copied.
    unsafe {
        let set = |value: Value<'_>| {
            let transient = sq::SQLITE_TRANSIENT();
            match value {
                Value::Null => sq::sqlite3_result_null(context),
                Value::Int(value) => sq::sqlite3_result_int64(context, value),
                Value::Float(value) => sq::sqlite3_result_double(context, value),
                Value::Text(text) => {
                    sq::sqlite3_result_text(context, text.as_ptr().cast(), text.len() as c_int, transient)
                }
                Value::Blob(bytes) => {
                    sq::sqlite3_result_blob(context, bytes.as_ptr().cast(), bytes.len() as c_int, transient)
                }
            }
        };
        let failed = match result {
            Ok(None) => return,
            Ok(Some(value)) => match callbacks::with_value(&value, set) {
                Ok(()) => return,
                Err(raised) => Failed::new(raised, "user-defined function raised exception"),
            },
            Err(failed) => failed,
        };
        match failed.kind() {
            callbacks::Kind::NoMemory => sq::sqlite3_result_error_nomem(context),
            callbacks::Kind::TooBig => sq::sqlite3_result_error_toobig(context),
            callbacks::Kind::Other => {
                let message = failed.message.as_bytes();
                sq::sqlite3_result_error(context, message.as_ptr().cast(), message.len() as c_int);
            }
        }
        failed.report(callback);
    }
}

pub unsafe extern "C" fn scalar(
    context: *mut sq::sqlite3_context,
    count: c_int,
    values: *mut *mut sq::sqlite3_value,
) {
    // SAFETY: called by the library with what it documents.
    gil::attached(|| unsafe {
        let callback = callback(sq::sqlite3_user_data(context));
        let result = arguments(count, values).and_then(|arguments| callback.call(&arguments));
        let result = result.map_err(|raised| Failed::new(raised, "user-defined function raised exception"));
        answer(context, result.map(Some), &callback);
    });
}

/// The instance of an aggregate: zero before the first step.
///
/// # Safety
/// The library's context of a running call.
unsafe fn instance(context: *mut sq::sqlite3_context, make: bool) -> *mut *mut PyObject {
    let size = if make { size_of::<*mut PyObject>() as c_int } else { 0 };
    // SAFETY: the caller's promise.
    unsafe { sq::sqlite3_aggregate_context(context, size).cast() }
}

/// # Safety
/// What the library passes to step and inverse.
unsafe fn feed(
    context: *mut sq::sqlite3_context,
    count: c_int,
    values: *mut *mut sq::sqlite3_value,
    method: &'static str,
) {
    // SAFETY: the caller's promise; the place holds an owned reference or null.
    gil::attached(|| unsafe {
        let callback = callback(sq::sqlite3_user_data(context));
        let place = instance(context, true);
        if place.is_null() {
            return;
        }
        if (*place).is_null() {
            match callback.call(&[]) {
                Ok(made) => *place = made.into_raw(),
                Err(raised) => {
                    let what = "user-defined aggregate's '__init__' method raised error";
                    return answer(context, Err(Failed::new(raised, what)), &callback);
                }
            }
        }
        let object = Obj::from_borrowed(*place);
        let result = arguments(count, values)
            .map_err(|raised| Failed::new(raised, "user-defined aggregate's arguments could not be made"))
            .and_then(|arguments| callbacks::call_method(&object, method, &arguments));
        answer(context, result.map(|_| None), &callback);
    });
}

pub unsafe extern "C" fn step(
    context: *mut sq::sqlite3_context,
    count: c_int,
    values: *mut *mut sq::sqlite3_value,
) {
    // SAFETY: called by the library.
    unsafe { feed(context, count, values, "step") }
}

pub unsafe extern "C" fn inverse(
    context: *mut sq::sqlite3_context,
    count: c_int,
    values: *mut *mut sq::sqlite3_value,
) {
    // SAFETY: called by the library.
    unsafe { feed(context, count, values, "inverse") }
}

pub unsafe extern "C" fn value(context: *mut sq::sqlite3_context) {
    // SAFETY: called by the library; as in `feed`.
    gil::attached(|| unsafe {
        let callback = callback(sq::sqlite3_user_data(context));
        let place = instance(context, true);
        if place.is_null() || (*place).is_null() {
            return;
        }
        let object = Obj::from_borrowed(*place);
        answer(context, callbacks::call_method(&object, "value", &[]).map(Some), &callback);
    });
}

pub unsafe extern "C" fn finalize(context: *mut sq::sqlite3_context) {
    // SAFETY: called by the library, last for this context: the reference is taken out.
    gil::attached(|| unsafe {
        let place = instance(context, false);
        if place.is_null() || (*place).is_null() {
            return;
        }
        let callback = callback(sq::sqlite3_user_data(context));
        let object = Obj::from_raw(*place);
        *place = core::ptr::null_mut();
        let result = callbacks::undisturbed(|| callbacks::call_method(&object, "finalize", &[]));
        answer(context, result.map(Some), &callback);
    });
}

pub unsafe extern "C" fn collate(
    data: *mut c_void,
    first_length: c_int,
    first: *const c_void,
    second_length: c_int,
    second: *const c_void,
) -> c_int {
    // SAFETY: called by the library with texts of these lengths.
    gil::attached(|| unsafe {
        let slice = |start: *const c_void, length: c_int| {
            if start.is_null() {
                &[][..]
            } else {
                core::slice::from_raw_parts(start.cast::<u8>(), length as usize)
            }
        };
        callback(data).collate(slice(first, first_length), slice(second, second_length))
    })
}

pub unsafe extern "C" fn authorize(
    data: *mut c_void,
    action: c_int,
    first: *const c_char,
    second: *const c_char,
    database: *const c_char,
    trigger: *const c_char,
) -> c_int {
    // SAFETY: called by the library with C strings or null.
    gil::attached(|| unsafe {
        let names = [first, second, database, trigger]
            .map(|name| (!name.is_null()).then(|| CStr::from_ptr(name).to_string_lossy().into_owned()));
        callback(data).authorize(action, &names)
    })
}

pub unsafe extern "C" fn progress(data: *mut c_void) -> c_int {
    // SAFETY: called by the library.
    gil::attached(|| unsafe { callback(data).progress().into() })
}

pub unsafe extern "C" fn trace(
    kind: c_uint,
    data: *mut c_void,
    statement: *mut c_void,
    sql: *mut c_void,
) -> c_int {
    if kind != sq::SQLITE_TRACE_STMT as c_uint {
        return 0;
    }
    // SAFETY: called by the library with a statement and its text; the expanded text is freed after it was copied.
    gil::attached(|| unsafe {
        let callback = callback(data);
        let expanded = sq::sqlite3_expanded_sql(statement.cast());
        let text = |pointer: *const c_char| CStr::from_ptr(pointer).to_string_lossy().into_owned();
        let given = text(sql.cast::<c_char>());
        // A comment is a trigger's: the library passes it in place of the statement.
        if given.starts_with("--") || expanded.is_null() {
            callback.trace(&given, expanded.is_null());
        } else {
            callback.trace(&text(expanded), false);
        }
        sq::sqlite3_free(expanded.cast());
    });
    0
}
