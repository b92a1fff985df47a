//! What Python functions do for SQLite: values both ways, and what becomes of exceptions.

use super::ffi::{SQLITE_DENY, Value};
use super::{exception, state};
use taipan_objects::codecs::bytes_like;
use taipan_objects::errors;
use taipan_objects::prelude::*;
use taipan_objects::protocols::buffer;

/// A Python callable that the library calls.
#[derive(Clone)]
pub struct Callback {
    pub callable: Obj,
}

/// How SQLite is told of an exception.
#[derive(Clone, Copy)]
pub enum Kind {
    NoMemory,
    TooBig,
    Other,
}

/// An exception in a callback, and SQLite's words for it.
pub struct Failed {
    raised: Raised,
    pub message: String,
}

impl Failed {
    pub fn new(raised: Raised, message: &str) -> Failed {
        Failed { raised, message: message.to_string() }
    }

    pub fn kind(&self) -> Kind {
        if errors::matches(&self.raised, Exc::MemoryError) {
            Kind::NoMemory
        } else if errors::matches(&self.raised, Exc::OverflowError) {
            Kind::TooBig
        } else {
            Kind::Other
        }
    }

    /// Shows the exception where that is wanted, and clears it.
    pub fn report(self, callback: &Callback) {
        report(self.raised, callback);
    }
}

/// Shows an exception in a callback where that is wanted, and clears it.
pub fn report(raised: Raised, callback: &Callback) {
    if !state().tracebacks.get() {
        return errors::clear(raised);
    }
    let exception = errors::take(raised);
    match object::repr(&callback.callable) {
        Ok(shown) => {
            let raised = errors::restore(exception);
            errors::write_unraisable(
                raised,
                Some(&format!("Exception ignored on sqlite3 callback {shown}")),
                None,
            );
        }
        Err(raised) => errors::clear(raised),
    }
}

/// Runs `work` with no exception set, and puts back the one that was.
pub fn undisturbed<T>(work: impl FnOnce() -> T) -> T {
    let before = errors::take_opt();
    let result = work();
    if let Some(before) = before
        && !errors::occurred()
    {
        let _kept = errors::restore(before);
    }
    result
}

/// A value of SQLite's as an object.
pub fn to_object(value: Value<'_>) -> PyResult {
    Ok(match value {
        Value::Null => none(),
        Value::Int(value) => PyInt::from_i64(value).into_obj(),
        Value::Float(value) => PyFloat::new(value).into_obj(),
        Value::Text(text) => return decode(text),
        Value::Blob(bytes) => PyBytes::new(bytes).into_obj(),
    })
}

/// UTF-8, or `UnicodeDecodeError`.
pub fn decode(text: &[u8]) -> PyResult {
    match core::str::from_utf8(text) {
        Ok(text) => Ok(PyStr::new(text).into_obj()),
        Err(_) => call::method(&PyBytes::new(text), intern!("decode"), &[]),
    }
}

/// Lends an object to `f` as a value of SQLite's.
pub fn with_value<R>(object: &PyObject, f: impl FnOnce(Value<'_>) -> R) -> PyResult<R> {
    match as_value(object, f)? {
        Some(result) => Ok(result),
        None => {
            let class = object.class().name();
            let message = format!("User-defined functions cannot return '{class}' values to SQLite");
            Err(exception("ProgrammingError", &message))
        }
    }
}

/// As [`with_value`]; `None` where the type is not SQLite's.
pub fn as_value<R>(object: &PyObject, f: impl FnOnce(Value<'_>) -> R) -> PyResult<Option<R>> {
    if object.is_none() {
        return Ok(Some(f(Value::Null)));
    }
    if let Some(int) = object.downcast::<PyInt>() {
        return match int.to_i64() {
            Some(value) => Ok(Some(f(Value::Int(value)))),
            None => Err(raised!(OverflowError, "Python int too large to convert to SQLite INTEGER")),
        };
    }
    if let Some(float) = object.downcast::<PyFloat>() {
        return Ok(Some(f(Value::Float(float.value()))));
    }
    if let Some(text) = object.downcast::<PyStr>() {
        let text = text.to_utf8()?.as_bytes();
        if text.len() > i32::MAX as usize {
            return Err(raised!(OverflowError, "string longer than INT_MAX bytes"));
        }
        return Ok(Some(f(Value::Text(text))));
    }
    if buffer::is_exporter(object) {
        let bytes = bytes_like(object)?;
        if bytes.as_slice().len() > i32::MAX as usize {
            return Err(raised!(OverflowError, "BLOB longer than INT_MAX bytes"));
        }
        return Ok(Some(f(Value::Blob(bytes.as_slice()))));
    }
    Ok(None)
}

/// Calls a method of an aggregate.
pub fn call_method(object: &PyObject, name: &str, arguments: &[Obj]) -> Result<Obj, Failed> {
    let wrong = |raised: Raised, what: &str| Failed {
        raised,
        message: format!("user-defined aggregate's '{name}' method {what}"),
    };
    let method = match object::get_attr(object, &PyStr::new(name)) {
        Ok(method) => method,
        Err(raised) if errors::matches(&raised, Exc::AttributeError) => {
            return Err(wrong(raised, "not defined"));
        }
        Err(raised) => return Err(wrong(raised, "raised error")),
    };
    let arguments: Vec<&PyObject> = arguments.iter().map(|argument| &**argument).collect();
    call::call(&method, &arguments).map_err(|raised| wrong(raised, "raised error"))
}

impl Callback {
    pub fn call(&self, arguments: &[Obj]) -> PyResult {
        let arguments: Vec<&PyObject> = arguments.iter().map(|argument| &**argument).collect();
        call::call(&self.callable, &arguments)
    }

    /// Compares two texts. An exception stays set and is raised once the statement stops.
    pub fn collate(&self, first: &[u8], second: &[u8]) -> i32 {
        if errors::occurred() {
            return 0;
        }
        let result = decode(first).and_then(|first| self.call(&[first, decode(second)?]));
        match result {
            Ok(result) => match result.downcast::<PyInt>() {
                Some(result) => result.sign(),
                None => 0,
            },
            Err(_still_set) => 0,
        }
    }

    pub fn authorize(&self, action: i32, names: &[Option<String>; 4]) -> i32 {
        let mut arguments = vec![PyInt::from_i64(action.into()).into_obj()];
        arguments.extend(
            names.iter().map(|name| name.as_deref().map_or_else(none, |name| PyStr::new(name).into_obj())),
        );
        let answer = self.call(&arguments).and_then(|answer| match answer.downcast::<PyInt>() {
            Some(_) => number::index_to_integer::<i32>(&answer, "C int"),
            None => Ok(SQLITE_DENY),
        });
        answer.unwrap_or_else(|raised| {
            report(raised, self);
            SQLITE_DENY
        })
    }

    /// Whether to stop.
    pub fn progress(&self) -> bool {
        let answer = self.call(&[]).and_then(|answer| object::is_true(&answer));
        answer.unwrap_or_else(|raised| {
            report(raised, self);
            true
        })
    }

    pub fn trace(&self, sql: &str, too_long: bool) {
        if too_long {
            report(exception("DataError", "Expanded SQL string exceeds the maximum string length"), self);
        }
        if let Err(raised) = self.call(&[PyStr::new(sql).into_obj()]) {
            report(raised, self);
        }
    }
}
