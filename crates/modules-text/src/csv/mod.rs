//! `_csv`: reading and writing tables as text.
//!
//! | file | holds |
//! |---|---|
//! | `dialect` | `Dialect`, and the dialects that have names |
//! | `reader` | lines to rows |
//! | `writer` | rows to lines |

mod dialect;
mod reader;
mod writer;

use core::cell::Cell;
use taipan_macros::pymodule;
use taipan_objects::errors;
use taipan_objects::model::thread;
use taipan_objects::prelude::*;
use taipan_objects::types::r#type;

/// What an interpreter keeps for the module.
struct State {
    error: ObjCell,
    dialects: ObjCell,
    field_limit: Cell<i64>,
}

impl Default for State {
    fn default() -> Self {
        State { error: ObjCell::empty(), dialects: ObjCell::empty(), field_limit: Cell::new(128 * 1024) }
    }
}

fn state() -> &'static State {
    thread::current().interpreter().extension()
}

/// The class `_csv.Error`.
fn error_class() -> PyResult {
    if let Some(known) = state().error.get() {
        return Ok(known);
    }
    let dict = PyDict::new();
    dict.set_item(intern!("__module__"), intern!("_csv"))?;
    let class = r#type::new_heap_type("Error", errors::Exc::Exception.type_object(), &dict)?;
    state().error.set(Some(class.clone()));
    Ok(class)
}

/// Raises `_csv.Error`.
#[cold]
fn csv_error(message: &str) -> Raised {
    match error_class() {
        Ok(class) => match class.downcast::<TypeObject>() {
            Some(class) => errors::set_object(class, &PyStr::new(message)),
            None => raised!(SystemError, "_csv.Error is no class"),
        },
        Err(raised) => raised,
    }
}

/// The dialects by name.
fn dialects() -> Py<PyDict> {
    if let Some(known) = state().dialects.get().and_then(|dict| dict.downcast_into::<PyDict>().ok()) {
        return known;
    }
    let fresh = PyDict::new();
    state().dialects.set(Some(fresh.clone().into_obj()));
    fresh
}

/// CSV parsing and writing.
#[pymodule(name = "_csv")]
pub mod module {
    use super::dialect::{self, PyDialect};
    use super::reader::PyReader;
    use super::writer::PyWriter;
    use super::{csv_error, dialects, error_class, state};
    use taipan_objects::model::args::OptArg;
    use taipan_objects::prelude::*;

    /// Return a reader object that will process lines from the given iterable.
    ///
    /// The "iterable" argument can be any object that returns a line of input for
    /// each iteration, such as a file object or a list.  The optional "dialect"
    /// argument can be either a dialect name, or a Dialect class or instance.
    #[pyfunction(signature = "(iterable, /, dialect='excel', **fmtparams)")]
    pub fn reader(
        iterable: &PyObject,
        dialect: Option<&PyObject>,
        fmtparams: Option<Py<PyDict>>,
    ) -> PyResult<Py<PyReader>> {
        PyReader::new(iterable, dialect, fmtparams.as_deref())
    }

    /// Return a writer object that will write user data on the given file object.
    ///
    /// The "fileobj" argument can be any object that supports the file API.
    /// The optional "dialect" argument can be either a dialect name, or a Dialect
    /// class or instance.
    #[pyfunction(signature = "(fileobj, /, dialect='excel', **fmtparams)")]
    pub fn writer(
        fileobj: &PyObject,
        dialect: Option<&PyObject>,
        fmtparams: Option<Py<PyDict>>,
    ) -> PyResult<Py<PyWriter>> {
        PyWriter::new(fileobj, dialect, fmtparams.as_deref())
    }

    /// Return a list of all known dialect names.
    #[pyfunction]
    pub fn list_dialects() -> PyResult<Py<PyList>> {
        dialects().keys()
    }

    /// Create a mapping from a string name to a CVS dialect.
    ///
    /// The optional "dialect" argument specifies the base dialect instance or the
    /// name of the registered dialect.  "fmtparams" override its values.
    #[pyfunction(signature = "(name, /, dialect='excel', **fmtparams)")]
    pub fn register_dialect(
        name: &PyObject,
        dialect: Option<&PyObject>,
        fmtparams: Option<Py<PyDict>>,
    ) -> PyResult<()> {
        if name.downcast::<PyStr>().is_none() {
            return Err(raised!(TypeError, "dialect name must be a string"));
        }
        let dialect = dialect::of(dialect, fmtparams.as_deref())?;
        dialects().set_item(name, &dialect)
    }

    /// Delete the name/dialect mapping associated with a string name.
    #[pyfunction(signature = "(name)")]
    pub fn unregister_dialect(name: &PyObject) -> PyResult<()> {
        if dialects().del_item(name)? { Ok(()) } else { Err(csv_error("unknown dialect")) }
    }

    /// Return the dialect instance associated with name.
    #[pyfunction(signature = "(name)")]
    pub fn get_dialect(name: &PyObject) -> PyResult {
        dialects().get_item(name)?.ok_or_else(|| csv_error("unknown dialect"))
    }

    /// Sets an upper limit on parsed fields.
    ///
    /// Returns old limit. If limit is not given, no new limit is set and
    /// the old limit is returned
    #[pyfunction(signature = "(new_limit=<unrepresentable>)")]
    pub fn field_size_limit(new_limit: OptArg<&PyObject>) -> PyResult<i64> {
        let limit = &state().field_limit;
        let before = limit.get();
        if let Some(wanted) = new_limit.given() {
            let Some(wanted) = wanted.downcast_exact::<PyInt>() else {
                return Err(raised!(TypeError, "limit must be an integer"));
            };
            let Some(wanted) = wanted.to_i64() else {
                return Err(raised!(OverflowError, "Python int too large to convert to C ssize_t"));
            };
            limit.set(wanted);
        }
        Ok(before)
    }

    #[exec]
    fn exec(module: &PyModule) -> PyResult<()> {
        module.add("Dialect", PyDialect::type_object())?;
        module.add("Reader", PyReader::type_object())?;
        module.add("Writer", PyWriter::type_object())?;
        module.add("_dialects", &dialects())?;
        module.add("Error", &*error_class()?)?;
        let quoting = ["MINIMAL", "ALL", "NONNUMERIC", "NONE", "STRINGS", "NOTNULL"];
        for (number, name) in quoting.iter().enumerate() {
            module.add_int(&format!("QUOTE_{name}"), number as i64)?;
        }
        Ok(())
    }
}
