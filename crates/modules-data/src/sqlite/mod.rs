//! `_sqlite3`: databases in files and in memory, as PEP 249 has them.
//!
//! `ffi` and `handlers` are the only files that touch SQLite's C interface; the others are the Python objects over them.

mod adapt;
mod blob;
mod callbacks;
mod connection;
mod constants;
mod cursor;
mod ffi;
mod handlers;
mod query;
mod row;
mod settings;
mod statement;

use core::cell::{Cell, RefCell};
use std::rc::Rc;
use taipan_macros::pymodule;
use taipan_objects::errors;
use taipan_objects::model::gc::{Traverse, Visitor};
use taipan_objects::model::thread;
use taipan_objects::prelude::*;

/// What an interpreter has of this module: its exceptions, adapters and converters.
#[derive(Default)]
pub struct State {
    exceptions: RefCell<Vec<(&'static str, Obj)>>,
    adapters: ObjCell,
    converters: ObjCell,
    /// Whether exceptions in callbacks are shown.
    tracebacks: Cell<bool>,
    /// Whether an adapter exists for a type that SQLite takes as it is.
    base_adapted: Cell<bool>,
}

fn state() -> &'static State {
    thread::current().interpreter().extension::<State>()
}

/// A part of an object that the collector has no business with, shared with the objects of SQLite.
pub struct Shared<T>(RefCell<Option<Rc<T>>>);

impl<T> Default for Shared<T> {
    fn default() -> Self {
        Shared(RefCell::new(None))
    }
}

impl<T> Shared<T> {
    fn get(&self) -> Option<Rc<T>> {
        self.0.borrow().clone()
    }

    /// Puts a value in; the old one is dropped after the cell is free again.
    fn set(&self, value: Option<Rc<T>>) {
        let old = self.0.replace(value);
        drop(old);
    }
}

impl<T> Traverse for Shared<T> {
    fn traverse(&self, _: &mut Visitor) {}
}

const EXCEPTIONS: [(&str, &str); 10] = [
    ("Error", "Exception"),
    ("Warning", "Exception"),
    ("InterfaceError", "Error"),
    ("DatabaseError", "Error"),
    ("InternalError", "DatabaseError"),
    ("OperationalError", "DatabaseError"),
    ("ProgrammingError", "DatabaseError"),
    ("IntegrityError", "DatabaseError"),
    ("DataError", "DatabaseError"),
    ("NotSupportedError", "DatabaseError"),
];

/// The exception class of this name.
fn exception_class(name: &str) -> PyResult {
    let known = |name: &str| {
        state().exceptions.borrow().iter().find(|(known, _)| *known == name).map(|(_, class)| class.clone())
    };
    if let Some(class) = known(name) {
        return Ok(class);
    }
    let Some(&(name, base)) = EXCEPTIONS.iter().find(|(known, _)| *known == name) else {
        return Ok(Exc::Exception.type_object().owned());
    };
    let base = exception_class(base)?;
    let Some(base) = base.downcast::<TypeObject>() else {
        return Err(raised!(SystemError, "no exception class"));
    };
    let dict = PyDict::new();
    dict.set_item(intern!("__module__"), intern!("sqlite3"))?;
    let class = taipan_objects::types::r#type::new_heap_type(name, base, &dict)?;
    state().exceptions.borrow_mut().push((name, class.clone()));
    Ok(class)
}

/// An exception of this module.
#[cold]
fn exception(name: &str, message: &str) -> Raised {
    match exception_class(name) {
        Ok(class) => match class.downcast::<TypeObject>() {
            Some(class) => errors::set_object(class, &PyStr::new(message)),
            None => raised!(SystemError, "no exception class"),
        },
        Err(raised) => raised,
    }
}

#[cold]
fn programming_error(message: &str) -> Raised {
    exception("ProgrammingError", message)
}

/// The exception for what the database says of its last call.
#[cold]
fn database_error(database: &ffi::Database) -> Raised {
    error_of(database.code(), database.extended_code(), &database.message())
}

/// The exception for a result code.
#[cold]
fn error_of(code: i32, extended: i32, message: &str) -> Raised {
    if errors::occurred() {
        return Raised::claim();
    }
    let class = match code & 0xff {
        2 | 12 => "InternalError",
        7 => return raised!(MemoryError),
        1 | 3..=6 | 8..=10 | 13..=17 => "OperationalError",
        18 => "DataError",
        19 | 20 => "IntegrityError",
        21 | 25 => "InterfaceError",
        _ => "DatabaseError",
    };
    let exception = errors::take(exception(class, message));
    let set = || -> PyResult<()> {
        let code = PyInt::from_i64(extended.into());
        object::set_attr(&exception, intern!("sqlite_errorcode"), Some(&code))?;
        object::set_attr(
            &exception,
            intern!("sqlite_errorname"),
            Some(&PyStr::new(constants::name_of(extended))),
        )
    };
    match set() {
        Ok(()) => errors::restore(exception),
        Err(raised) => raised,
    }
}

/// The text of a Python string as the library wants it.
fn c_string(text: &str) -> PyResult<std::ffi::CString> {
    ffi::c_text(text).ok_or_else(|| raised!(ValueError, "embedded null character"))
}

#[pymodule(name = "_sqlite3")]
pub mod module {
    use super::connection::PyConnection;
    use super::cursor::PyCursor;
    use super::{EXCEPTIONS, adapt, blob::PyBlob, constants, exception_class, ffi, row::PyRow, state};
    use taipan_objects::model::args::OptArg;
    use taipan_objects::prelude::*;

    /// Open a connection to the SQLite database file 'database'.
    ///
    /// You can use ":memory:" to open a database connection to a database that
    /// resides in RAM instead of on disk.
    ///
    /// Note: Passing more than 1 positional argument to _sqlite3.connect() is
    /// deprecated. Parameters 'timeout', 'detect_types', 'isolation_level',
    /// 'check_same_thread', 'factory', 'cached_statements' and 'uri' will
    /// become keyword-only parameters in Python 3.15.
    #[pyfunction(signature = "(*args, **kwargs)")]
    pub fn connect(args: &[&PyObject], kwargs: Option<Py<PyDict>>) -> PyResult {
        if args.len() > 1 {
            super::connection::warn_positional("sqlite3.connect", 1)?;
        }
        let mut factory = args.get(5).map(|factory| factory.owned());
        if factory.is_none()
            && let Some(kwargs) = &kwargs
        {
            factory = kwargs.get_str(intern!("factory"))?;
        }
        let factory = factory.unwrap_or_else(|| PyConnection::type_object().owned());
        call::call_tuple(&factory, &PyTuple::from_slice(args), kwargs.as_deref())
    }

    /// Checks if a string contains a complete SQL statement.
    #[pyfunction(signature = "(statement)")]
    pub fn complete_statement(statement: &str) -> PyResult<bool> {
        Ok(ffi::is_complete(&super::c_string(statement)?))
    }

    /// Register a function to adapt Python objects to SQLite values.
    #[pyfunction(signature = "(type, adapter, /)")]
    pub fn register_adapter(class: &PyObject, adapter: &PyObject) -> PyResult<()> {
        let bases: [&TypeObject; 4] =
            [PyInt::type_object(), PyFloat::type_object(), PyStr::type_object(), adapt::bytearray_type()];
        if bases.iter().any(|base| base.as_object().is(class)) {
            state().base_adapted.set(true);
        }
        adapt::register(class, adapter)
    }

    /// Register a function to convert SQLite values to Python objects.
    #[pyfunction(signature = "(typename, converter, /)")]
    pub fn register_converter(typename: &PyStr, converter: &PyObject) -> PyResult<()> {
        let name = call::method(typename, intern!("upper"), &[])?;
        adapt::converters().set_item(&name, converter)
    }

    /// Enable or disable callback functions throwing errors to stderr.
    #[pyfunction(signature = "(enable, /)")]
    pub fn enable_callback_tracebacks(enable: bool) {
        state().tracebacks.set(enable);
    }

    /// Adapt given object to given protocol.
    #[pyfunction(signature = "(obj, proto=PrepareProtocolType, alt=<unrepresentable>, /)")]
    pub fn adapt(obj: &PyObject, proto: OptArg<&PyObject>, alt: OptArg<&PyObject>) -> PyResult {
        let proto = proto.given().unwrap_or_else(|| adapt::PyPrepareProtocol::type_object().as_object());
        adapt::adapt(obj, proto, alt.given())
    }

    #[exec]
    fn exec(module: &PyModule) -> PyResult<()> {
        module.add("Connection", PyConnection::type_object())?;
        module.add("Cursor", PyCursor::type_object())?;
        module.add("PrepareProtocol", adapt::PyPrepareProtocol::type_object())?;
        module.add("Row", PyRow::type_object())?;
        module.add("Blob", PyBlob::type_object())?;
        for (name, _) in EXCEPTIONS {
            module.add(name, &*exception_class(name)?)?;
        }
        for (name, value) in constants::RESULT_CODES.iter().chain(constants::OTHERS) {
            module.add_int(name, *value)?;
        }
        module.add_int("PARSE_DECLTYPES", 1)?;
        module.add_int("PARSE_COLNAMES", 2)?;
        module.add_int("LEGACY_TRANSACTION_CONTROL", -1)?;
        module.add_int("threadsafety", 3)?;
        module.add_str("sqlite_version", &ffi::version())?;
        module.add("adapters", &adapt::adapters())?;
        module.add("converters", &adapt::converters())
    }
}
