//! `sqlite3.Cursor`: runs statements and hands out their rows.

use super::connection::PyConnection;
use super::ffi::{SQLITE_DONE, SQLITE_OK, SQLITE_ROW, Statement, Value};
use super::{Shared, callbacks, database_error, exception, programming_error, query};
use core::cell::{Cell, RefCell};
use taipan_macros::{pymethods, pytype};
use taipan_objects::errors;
use taipan_objects::memory;
use taipan_objects::model::args::OptArg;
use taipan_objects::model::gc::{Traverse, Visitor};
use taipan_objects::prelude::*;
use taipan_objects::types::bytearray::PyByteArray;

/// The statement that a cursor runs; it is ready for the next user once the cursor is gone.
#[derive(Default)]
pub struct Running(Shared<Statement>);

impl core::ops::Deref for Running {
    type Target = Shared<Statement>;

    fn deref(&self) -> &Shared<Statement> {
        &self.0
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(statement) = self.0.get() {
            statement.reset();
        }
    }
}

impl Traverse for Running {
    fn traverse(&self, _: &mut Visitor) {}
}

/// SQLite database cursor class.
#[pytype(name = "sqlite3.Cursor", gc, flags(BASETYPE, IMMUTABLETYPE), weakref = weaklist, parts(METHODS, SLOTS))]
pub struct PyCursor {
    ob_base: PyObject,
    #[member(readonly)]
    connection: ObjCell,
    #[member(readonly)]
    pub(super) description: ObjCell,
    #[member(readonly)]
    pub(super) lastrowid: ObjCell,
    #[member(readonly, kind = LONG)]
    pub(super) rowcount: Cell<i64>,
    row_factory: ObjCell,
    /// A converter for each column, or `None`.
    pub(super) converters: RefCell<Vec<Obj>>,
    pub(super) statement: Running,
    arraysize: Cell<u32>,
    ready: Cell<bool>,
    closed: Cell<bool>,
    pub(super) locked: Cell<bool>,
    weaklist: Cell<*mut PyObject>,
}

impl PyCursor {
    pub fn description_object(&self) -> Obj {
        self.description.get().unwrap_or_else(none)
    }

    pub fn use_row_factory(&self, factory: Obj) {
        self.row_factory.set(Some(factory));
    }

    pub fn owner(&self) -> PyResult<Py<PyConnection>> {
        match self.connection.get().and_then(|connection| connection.downcast_owned::<PyConnection>()) {
            Some(connection) if self.ready.get() => Ok(connection),
            _ => Err(programming_error("Base Cursor.__init__ not called.")),
        }
    }

    /// The connection, once it is certain that the cursor can be used now.
    pub fn check(&self) -> PyResult<Py<PyConnection>> {
        let owner = self.owner()?;
        if self.closed.get() {
            return Err(programming_error("Cannot operate on a closed cursor."));
        }
        if self.locked.get() {
            return Err(programming_error("Recursive use of cursors not allowed."));
        }
        owner.check_usable()?;
        Ok(owner)
    }

    /// Lets go of the statement, ready for its next use.
    pub fn drop_statement(&self) {
        if let Some(statement) = self.statement.get() {
            statement.reset();
            statement.clear_bindings();
        }
        self.statement.set(None);
    }

    /// One value of the current row.
    fn column(&self, owner: &PyConnection, statement: &Statement, column: i32) -> PyResult {
        let converter = self.converters.borrow().get(column as usize).cloned();
        if let Some(converter) = converter.filter(|converter| !converter.is_none()) {
            let bytes = statement.column(column, true, |value| match value {
                Value::Blob(bytes) => Some(PyBytes::new(bytes)),
                _ => None,
            });
            return match bytes {
                Some(bytes) => call::call(&converter, &[&bytes]),
                None => Ok(none()),
            };
        }
        let factory = owner.text_factory_object();
        let class = factory.downcast::<TypeObject>();
        let is = |wanted: &TypeObject| class.is_some_and(|class| class.is(wanted));
        let bytes = statement.column(column, false, |value| match value {
            Value::Text(text) if is(PyStr::type_object()) => match core::str::from_utf8(text) {
                Ok(text) => Ok(Ok(PyStr::new(text).into_obj())),
                Err(_) => Ok(Err(PyBytes::new(text))),
            },
            Value::Text(text) if is(PyByteArray::type_object()) => Ok(Err(PyBytes::new(text))),
            Value::Text(text) if is(PyBytes::type_object()) => Ok(Ok(PyBytes::new(text).into_obj())),
            Value::Text(text) => Ok(Err(PyBytes::new(text))),
            value => callbacks::to_object(value).map(Ok),
        })?;
        match bytes {
            Ok(value) => Ok(value),
            Err(text) if is(PyStr::type_object()) => {
                let name = statement.column_name(column).unwrap_or_default();
                let shown = String::from_utf8_lossy(text.as_slice()).into_owned();
                let message = format!("Could not decode to UTF-8 column '{name}' with text '{shown}'");
                Err(exception("OperationalError", &message))
            }
            Err(text) => call::call(&factory, &[&text]),
        }
    }

    fn fetch_row(&self, owner: &PyConnection, statement: &Statement) -> PyResult<Py<PyTuple>> {
        let count = statement.data_count();
        let mut row = Vec::with_capacity(count as usize);
        for column in 0..count {
            row.push(self.column(owner, statement, column)?);
        }
        Ok(PyTuple::from_vec(row))
    }

    fn next_row(&self) -> PyResult<Option<Obj>> {
        let owner = self.check()?;
        let Some(statement) = self.statement.get() else { return Ok(None) };
        if statement.data_count() == 0 {
            self.drop_statement();
            return Ok(None);
        }
        self.locked.set(true);
        let row = self.fetch_row(&owner, &statement);
        self.locked.set(false);
        let row = row?;
        self.locked.set(true);
        let code = statement.step();
        self.locked.set(false);
        if errors::occurred() {
            self.drop_statement();
            return Err(Raised::claim());
        }
        match code {
            SQLITE_ROW => {}
            SQLITE_DONE => {
                if statement.is_dml.get() {
                    self.rowcount.set(statement.database.changes());
                }
                self.drop_statement();
            }
            _ => {
                let raised = database_error(&statement.database);
                self.drop_statement();
                return Err(raised);
            }
        }
        match self.row_factory.get().filter(|factory| !factory.is_none()) {
            Some(factory) => call::call(&factory, &[self, &row]).map(Some),
            None => Ok(Some(row.into_obj())),
        }
    }

    fn fetch(&self, most: Option<usize>) -> PyResult<Py<PyList>> {
        self.check()?;
        let rows = PyList::new();
        while most.is_none_or(|most| rows.len() < most) {
            match self.next_row()? {
                Some(row) => rows.append(row)?,
                None => break,
            }
        }
        Ok(rows)
    }

    fn this(&self) -> Obj {
        (self as &PyObject).owned()
    }
}

#[pymethods(METHODS)]
impl PyCursor {
    #[new(signature = "(*args, **kwargs)")]
    fn py_new(cls: &TypeObject, _args: &[&PyObject], _kwargs: Option<Py<PyDict>>) -> PyResult<Py<PyCursor>> {
        memory::new_in(
            cls,
            PyCursor {
                ob_base: PyObject::EMPTY,
                connection: ObjCell::default(),
                description: ObjCell::default(),
                lastrowid: ObjCell::default(),
                rowcount: Cell::new(0),
                row_factory: ObjCell::default(),
                converters: RefCell::default(),
                statement: Running::default(),
                arraysize: Cell::new(1),
                ready: Cell::new(false),
                closed: Cell::new(false),
                locked: Cell::new(false),
                weaklist: Cell::new(core::ptr::null_mut()),
            },
        )
    }

    #[init(signature = "(connection, /)")]
    fn init(&self, connection: &PyConnection) -> PyResult<()> {
        if self.locked.get() {
            return Err(programming_error("Recursive use of cursors not allowed."));
        }
        self.connection.set(Some((connection as &PyObject).owned()));
        self.statement.set(None);
        self.closed.set(false);
        let old = self.converters.take();
        drop(old);
        self.description.set(Some(none()));
        self.lastrowid.set(Some(none()));
        self.row_factory.set(Some(none()));
        self.arraysize.set(1);
        self.rowcount.set(-1);
        connection.check_thread()?;
        self.ready.set(true);
        Ok(())
    }

    /// Closes the cursor.
    #[pymethod]
    fn close(&self) -> PyResult<()> {
        let owner = self.owner()?;
        if self.locked.get() {
            return Err(programming_error("Recursive use of cursors not allowed."));
        }
        owner.check_usable()?;
        self.drop_statement();
        self.closed.set(true);
        Ok(())
    }

    /// Executes an SQL statement.
    #[pymethod(signature = "(sql, parameters=(), /)")]
    fn execute(&self, sql: &str, parameters: OptArg<&PyObject>) -> PyResult {
        query::execute(self, sql, parameters.given(), false)?;
        Ok(self.this())
    }

    /// Repeatedly executes an SQL statement.
    #[pymethod(signature = "(sql, seq_of_parameters, /)")]
    fn executemany(&self, sql: &str, seq_of_parameters: &PyObject) -> PyResult {
        query::execute(self, sql, Some(seq_of_parameters), true)?;
        Ok(self.this())
    }

    /// Executes multiple SQL statements at once.
    #[pymethod(signature = "(sql_script, /)")]
    fn executescript(&self, sql_script: &str) -> PyResult {
        let owner = self.check()?;
        let database = owner.database()?;
        if sql_script.len() > database.limit(1, -1) as usize {
            return Err(exception("DataError", "query string is too large"));
        }
        let script = super::c_string(sql_script)?;
        if owner.is_legacy() && !database.is_autocommit() {
            owner.run("COMMIT")?;
        }
        let mut rest = script.as_c_str();
        while !rest.is_empty() {
            let (statement, used) = database.prepare(rest).map_err(|_| database_error(&database))?;
            if let Some(statement) = statement {
                let code = loop {
                    match statement.step() {
                        SQLITE_ROW => {}
                        code => break code,
                    }
                };
                if errors::occurred() {
                    return Err(Raised::claim());
                }
                if !matches!(code, SQLITE_DONE | SQLITE_OK) {
                    return Err(database_error(&database));
                }
            }
            let bytes = &rest.to_bytes_with_nul()[used..];
            rest = core::ffi::CStr::from_bytes_with_nul(bytes).unwrap_or_default();
        }
        Ok(self.this())
    }

    /// Fetches one row from the resultset.
    #[pymethod]
    fn fetchone(&self) -> PyResult<Option<Obj>> {
        self.next_row()
    }

    /// Fetches several rows from the resultset.
    ///
    ///   size
    ///     The default value is set by the Cursor.arraysize attribute.
    #[pymethod(signature = "(size=1)")]
    fn fetchmany(&self, size: OptArg<&PyObject>) -> PyResult<Py<PyList>> {
        let size = match size.given() {
            Some(size) => count(size)?,
            None => self.arraysize.get(),
        };
        self.fetch(Some(size as usize))
    }

    /// Fetches all rows from the resultset.
    #[pymethod]
    fn fetchall(&self) -> PyResult<Py<PyList>> {
        self.fetch(None)
    }

    /// Required by DB-API. Does nothing in sqlite3.
    #[pymethod(signature = "(sizes, /)")]
    fn setinputsizes(&self, _sizes: &PyObject) {}

    /// Required by DB-API. Does nothing in sqlite3.
    #[pymethod(signature = "(size, column=None, /)")]
    fn setoutputsize(&self, _size: &PyObject, _column: OptArg<&PyObject>) {}
}

/// A number of rows: not negative, at most 32 bits.
fn count(value: &PyObject) -> PyResult<u32> {
    let value = number::index(value)?;
    match value.to_i64() {
        _ if value.is_negative() => Err(raised!(ValueError, "Cannot convert negative int")),
        Some(value) if value <= i64::from(u32::MAX) => Ok(value as u32),
        _ => Err(raised!(OverflowError, "Python int too large for C uint32_t")),
    }
}

#[pymethods(SLOTS)]
impl PyCursor {
    #[slot(tp_iter)]
    fn iter(&self) -> PyResult {
        Ok(self.this())
    }

    #[slot(tp_iternext)]
    fn next(&self) -> PyResult<Option<Obj>> {
        self.next_row()
    }

    #[getter]
    fn arraysize(&self) -> PyResult<u32> {
        Ok(self.arraysize.get())
    }

    #[setter]
    fn set_arraysize(&self, value: Option<&PyObject>) -> PyResult<()> {
        let Some(value) = value else {
            return Err(raised!(
                AttributeError,
                "attribute 'arraysize' of 'sqlite3.Cursor' objects cannot be deleted"
            ));
        };
        self.arraysize.set(count(value)?);
        Ok(())
    }

    #[getter]
    fn row_factory(&self) -> PyResult {
        Ok(self.row_factory.get().unwrap_or_else(none))
    }

    #[setter]
    fn set_row_factory(&self, value: Option<&PyObject>) -> PyResult<()> {
        let Some(value) = value else {
            return Err(raised!(AttributeError, "cannot delete row_factory attribute"));
        };
        self.row_factory.set(Some(value.owned()));
        Ok(())
    }
}
