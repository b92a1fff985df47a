//! `sqlite3.Connection`: an open database, its transactions and its statements.

use super::callbacks::Callback;
use super::cursor::PyCursor;
use super::ffi::{Blob, Database, SQLITE_DONE};
use super::statement::{Cache, Compiled, PyStatement, compile};
use super::{Shared, database_error, programming_error};
use core::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};
use taipan_macros::{pymethods, pytype};
use taipan_objects::errors;
use taipan_objects::memory;
use taipan_objects::model::args::OptArg;
use taipan_objects::model::gc::{Traverse, Visitor};
use taipan_objects::prelude::*;
use taipan_objects::system::path::Path;
use taipan_runtime::audit::audit;

/// The value of `autocommit` for the transactions of `isolation_level`.
pub const LEGACY: i32 = -1;

/// What a connection has besides objects.
#[derive(Default)]
pub struct Inside {
    isolation: Cell<Option<&'static str>>,
    pub cache: RefCell<Cache>,
    pub blobs: RefCell<Vec<Weak<Blob>>>,
    /// The callbacks that SQLite borrows: authoriser, progress, trace.
    pub borrowed: [RefCell<Option<Box<Callback>>>; 3],
}

impl Traverse for Inside {
    fn traverse(&self, _: &mut Visitor) {}
}

/// SQLite database connection object.
#[pytype(
    name = "sqlite3.Connection",
    gc,
    flags(BASETYPE, IMMUTABLETYPE),
    parts(METHODS, TRANSACTIONS, ATTRIBUTES, EXCEPTIONS, super::settings::FUNCTIONS, super::settings::MORE)
)]
pub struct PyConnection {
    ob_base: PyObject,
    database: Shared<Database>,
    pub(super) inside: Inside,
    row_factory: ObjCell,
    text_factory: ObjCell,
    autocommit: Cell<i32>,
    detect_types: Cell<i32>,
    check_same_thread: Cell<bool>,
    thread: Cell<usize>,
    ready: Cell<bool>,
}

/// The warning for positional arguments that will be refused.
pub fn warn_positional(name: &str, most: usize) -> PyResult<()> {
    errors::warn(
        Exc::DeprecationWarning,
        1,
        format_args!(
            "Passing more than {most} positional argument to {name}() is deprecated. Parameters 'timeout', \
             'detect_types', 'isolation_level', 'check_same_thread', 'factory', 'cached_statements' and 'uri' will \
             become keyword-only parameters in Python 3.15."
        ),
    )
}

fn isolation_level(value: &PyObject) -> PyResult<Option<&'static str>> {
    if value.is_none() {
        return Ok(None);
    }
    let Some(text) = value.downcast::<PyStr>() else {
        return Err(raised!(TypeError, "isolation_level must be str or None"));
    };
    let text = text.to_utf8()?;
    if text.contains('\0') {
        return Err(raised!(ValueError, "embedded null character"));
    }
    match ["", "DEFERRED", "IMMEDIATE", "EXCLUSIVE"]
        .into_iter()
        .find(|level| level.eq_ignore_ascii_case(text))
    {
        Some(level) => Ok(Some(level)),
        None => Err(raised!(
            ValueError,
            "isolation_level string must be '', 'DEFERRED', 'IMMEDIATE', or 'EXCLUSIVE'"
        )),
    }
}

fn autocommit_mode(value: &PyObject) -> PyResult<i32> {
    let known = value.downcast::<PyInt>().and_then(PyInt::to_i64);
    match known {
        Some(mode @ 0..=1) if value.class().is(PyInt::from_bool(true).class()) => Ok(mode as i32),
        Some(-1) => Ok(LEGACY),
        _ => {
            let message = "autocommit must be True, False, or sqlite3.LEGACY_TRANSACTION_CONTROL";
            Err(raised!(ValueError, "{message}"))
        }
    }
}

impl PyConnection {
    pub fn check_thread(&self) -> PyResult<()> {
        let now = taipan_host::threads::identity();
        if self.ready.get() && self.check_same_thread.get() && self.thread.get() != now {
            return Err(programming_error(&format!(
                "SQLite objects created in a thread can only be used in that same thread. The object was created in \
                 thread id {} and this is thread id {now}.",
                self.thread.get()
            )));
        }
        Ok(())
    }

    /// The open database.
    pub fn database(&self) -> PyResult<Rc<Database>> {
        if !self.ready.get() {
            return Err(programming_error("Base Connection.__init__ not called."));
        }
        self.database.get().ok_or_else(|| programming_error("Cannot operate on a closed database."))
    }

    /// Whether this thread may use the connection, and it is open.
    pub fn check_usable(&self) -> PyResult<()> {
        self.usable().map(drop)
    }

    pub fn usable(&self) -> PyResult<Rc<Database>> {
        self.check_thread()?;
        self.database()
    }

    pub fn is_legacy(&self) -> bool {
        self.autocommit.get() == LEGACY
    }

    pub fn detect_types(&self) -> i32 {
        self.detect_types.get()
    }

    pub fn text_factory_object(&self) -> Obj {
        self.text_factory.get().unwrap_or_else(|| PyStr::type_object().owned())
    }

    /// Runs a statement without rows.
    pub fn run(&self, sql: &str) -> PyResult<()> {
        let database = self.database()?;
        let text = super::c_string(sql)?;
        let (statement, _) = database.prepare(&text).map_err(|_| database_error(&database))?;
        match statement.map(|statement| statement.step()) {
            None | Some(SQLITE_DONE) => Ok(()),
            Some(_) => Err(database_error(&database)),
        }
    }

    /// Begins the transaction that `isolation_level` wants before data changes.
    pub fn begin_legacy(&self) -> PyResult<()> {
        match self.inside.isolation.get() {
            Some(level) if self.is_legacy() => self.run(&format!("BEGIN {level}")),
            _ => Ok(()),
        }
    }

    /// The statement of this text: one that is kept and free, or a new one.
    pub fn compiled(&self, sql: &str) -> PyResult<Compiled> {
        let known = self.inside.cache.borrow_mut().get(sql);
        if let Some(known) = known {
            let busy = known.as_ref().is_some_and(|statement| Rc::strong_count(statement) > 2);
            return if busy { compile(&self.database()?, sql) } else { Ok(known) };
        }
        let statement = compile(&self.database()?, sql)?;
        let gone = self.inside.cache.borrow_mut().put(sql, statement.clone());
        drop(gone);
        Ok(statement)
    }

    fn end(&self, how: &str) -> PyResult<()> {
        let database = self.usable()?;
        match self.autocommit.get() {
            LEGACY if !database.is_autocommit() => self.run(how),
            0 => {
                self.run(how)?;
                self.run("BEGIN")
            }
            _ => Ok(()),
        }
    }

    /// Closes the database as far as this object holds it.
    fn let_go(&self) {
        if let Some(database) = self.database.get() {
            database.set_authorizer(None);
            database.set_progress(None, 0);
            database.set_trace(None);
        }
        let cache = self.inside.cache.take();
        drop(cache);
        for blob in self.inside.blobs.take() {
            if let Some(blob) = blob.upgrade() {
                blob.close();
            }
        }
        self.database.set(None);
        for callback in &self.inside.borrowed {
            let gone = callback.take();
            drop(gone);
        }
    }

    fn shut(&self) -> PyResult<()> {
        let result = match self.database.get() {
            Some(database) if self.autocommit.get() == 0 && !database.is_autocommit() => self.run("ROLLBACK"),
            _ => Ok(()),
        };
        self.let_go();
        result
    }

    fn new_cursor(&self) -> PyResult {
        call::method(self, intern!("cursor"), &[])
    }
}

#[pymethods(METHODS)]
impl PyConnection {
    #[new(signature = "(*args, **kwargs)")]
    fn py_new(
        cls: &TypeObject,
        _args: &[&PyObject],
        _kwargs: Option<Py<PyDict>>,
    ) -> PyResult<Py<PyConnection>> {
        memory::new_in(
            cls,
            PyConnection {
                ob_base: PyObject::EMPTY,
                database: Shared::default(),
                inside: Inside::default(),
                row_factory: ObjCell::default(),
                text_factory: ObjCell::default(),
                autocommit: Cell::new(LEGACY),
                detect_types: Cell::new(0),
                check_same_thread: Cell::new(true),
                thread: Cell::new(0),
                ready: Cell::new(false),
            },
        )
    }

    #[init(
        signature = "(database, timeout=5.0, detect_types=0, isolation_level='', check_same_thread=True, factory=ConnectionType, cached_statements=128, uri=False, *, autocommit=sqlite3.LEGACY_TRANSACTION_CONTROL)"
    )]
    fn init(
        &self,
        database: &PyObject,
        timeout: OptArg<f64>,
        detect_types: i32,
        isolation: OptArg<&PyObject>,
        check_same_thread: bool,
        _factory: OptArg<&PyObject>,
        cached_statements: i32,
        uri: bool,
        autocommit: OptArg<&PyObject>,
    ) -> PyResult<()> {
        let isolation = isolation.given().map_or(Ok(Some("")), isolation_level)?;
        let mode = autocommit.given().map_or(Ok(LEGACY), autocommit_mode)?;
        audit("sqlite3.connect", &[database])?;
        if self.ready.get() {
            self.ready.set(false);
            self.let_go();
        }
        let path = Path::new(database, "path")?;
        let timeout = timeout.given().unwrap_or(5.0);
        let (opened, code) = Database::open(path.as_c(), uri, (timeout * 1000.0) as i32);
        let opened = match opened {
            Some(opened) if code == 0 => opened,
            Some(opened) => return Err(database_error(&opened)),
            None => return Err(raised!(MemoryError)),
        };
        self.database.set(Some(opened));
        let old = self.inside.cache.replace(Cache::new(cached_statements.max(0) as usize));
        drop(old);
        self.inside.isolation.set(isolation);
        self.autocommit.set(mode);
        self.detect_types.set(detect_types);
        self.check_same_thread.set(check_same_thread);
        self.thread.set(taipan_host::threads::identity());
        self.row_factory.set(Some(none()));
        self.text_factory.set(Some(PyStr::type_object().owned()));
        self.ready.set(true);
        if audit("sqlite3.connect/handle", &[self]).is_err() {
            self.let_go();
            return Err(Raised::claim());
        }
        if mode == 0 { self.run("BEGIN") } else { Ok(()) }
    }

    #[slot(tp_finalize)]
    fn finalize(&self) {
        if !self.ready.get() || self.database.get().is_none() {
            return;
        }
        let before = errors::take_opt();
        let this: &PyObject = self;
        let result = object::repr(this)
            .and_then(|shown| errors::warn_resource(this, 1, format_args!("unclosed database in {shown}")));
        if let Err(raised) = result {
            errors::write_unraisable(raised, None, Some(this));
        }
        if let Err(raised) = self.shut() {
            errors::clear(raised);
        }
        if let Some(before) = before {
            let _still_set = errors::restore(before);
        }
    }

    #[slot(tp_call)]
    fn call(&self, args: &PyTuple, kwargs: Option<&PyDict>) -> PyResult {
        if kwargs.is_some_and(|kwargs| !kwargs.is_empty()) {
            return Err(raised!(TypeError, "{}() takes no keyword arguments", self.class().name()));
        }
        let database = self.usable()?;
        let [sql] = args.as_slice() else {
            return Err(raised!(TypeError, "function takes exactly 1 argument ({} given)", args.len()));
        };
        let Some(sql) = sql.downcast::<PyStr>() else {
            return Err(raised!(TypeError, "argument 1 must be str, not {}", sql.class().name()));
        };
        Ok(PyStatement::create(compile(&database, sql.to_utf8()?)?).into_obj())
    }

    /// Return a cursor for the connection.
    #[pymethod(signature = "(factory=<unrepresentable>)")]
    fn cursor(&self, factory: OptArg<&PyObject>) -> PyResult {
        self.check_usable()?;
        let factory = factory.given().unwrap_or_else(|| PyCursor::type_object().as_object());
        let made = call::call(factory, &[self])?;
        let Some(cursor) = made.downcast::<PyCursor>() else {
            return Err(raised!(TypeError, "factory must return a cursor, not {}", made.class().name()));
        };
        if let Some(factory) = self.row_factory.get().filter(|factory| !factory.is_none()) {
            cursor.use_row_factory(factory);
        }
        Ok(made)
    }

    /// Executes an SQL statement.
    #[pymethod(signature = "(sql, parameters=(), /)")]
    fn execute(&self, sql: &PyStr, parameters: OptArg<&PyObject>) -> PyResult {
        let cursor = self.new_cursor()?;
        match parameters.given() {
            Some(parameters) => call::method(&cursor, intern!("execute"), &[sql, parameters]),
            None => call::method(&cursor, intern!("execute"), &[sql]),
        }
    }

    /// Repeatedly executes an SQL statement.
    #[pymethod(signature = "(sql, parameters, /)")]
    fn executemany(&self, sql: &PyStr, parameters: &PyObject) -> PyResult {
        call::method(&*self.new_cursor()?, intern!("executemany"), &[sql, parameters])
    }

    /// Executes multiple SQL statements at once.
    #[pymethod(signature = "(sql_script, /)")]
    fn executescript(&self, sql_script: &PyObject) -> PyResult {
        call::method(&*self.new_cursor()?, intern!("executescript"), &[sql_script])
    }
}

#[pymethods(TRANSACTIONS)]
impl PyConnection {
    /// Close the database connection.
    ///
    /// Any pending transaction is not committed implicitly.
    #[pymethod]
    fn close(&self) -> PyResult<()> {
        self.check_thread()?;
        if !self.ready.get() {
            return Err(programming_error("Base Connection.__init__ not called."));
        }
        self.shut()
    }

    /// Commit any pending transaction to the database.
    ///
    /// If there is no open transaction, this method is a no-op.
    #[pymethod]
    fn commit(&self) -> PyResult<()> {
        self.end("COMMIT")
    }

    /// Roll back to the start of any pending transaction.
    ///
    /// If there is no open transaction, this method is a no-op.
    #[pymethod]
    fn rollback(&self) -> PyResult<()> {
        self.end("ROLLBACK")
    }

    /// Called when the connection is used as a context manager.
    ///
    /// Returns itself as a convenience to the caller.
    #[pymethod(name = "__enter__")]
    fn enter(&self) -> PyResult {
        self.check_usable()?;
        Ok((self as &PyObject).owned())
    }

    /// Called when the connection is used as a context manager.
    ///
    /// If there was any exception, a rollback takes place; otherwise we
    /// commit.
    #[pymethod(name = "__exit__", signature = "(type, value, traceback, /)")]
    fn exit(&self, class: &PyObject, value: &PyObject, traceback: &PyObject) -> PyResult<bool> {
        if self.autocommit.get() == 1 {
            return Ok(false);
        }
        if !(class.is_none() && value.is_none() && traceback.is_none()) {
            self.end("ROLLBACK")?;
            return Ok(false);
        }
        if let Err(raised) = self.end("COMMIT") {
            let exception = errors::take(raised);
            let undone = self.end("ROLLBACK");
            return errors::chain(Some(exception), undone).map(|()| false);
        }
        Ok(false)
    }
}

#[pymethods(ATTRIBUTES)]
impl PyConnection {
    /// What a connection takes when it is called.
    #[getter(name = "__text_signature__")]
    fn call_signature(&self) -> PyResult<&'static str> {
        Ok("(sql, /)")
    }

    #[getter]
    fn isolation_level(&self) -> PyResult<Option<&'static str>> {
        self.database()?;
        Ok(self.inside.isolation.get())
    }

    #[setter]
    fn set_isolation_level(&self, value: Option<&PyObject>) -> PyResult<()> {
        let Some(value) = value else {
            return Err(raised!(AttributeError, "cannot delete attribute"));
        };
        let level = isolation_level(value)?;
        if level.is_none() {
            self.inside.isolation.set(None);
            return self.end("COMMIT");
        }
        self.inside.isolation.set(level);
        Ok(())
    }

    #[getter]
    fn total_changes(&self) -> PyResult<i64> {
        Ok(self.database()?.total_changes())
    }

    #[getter]
    fn in_transaction(&self) -> PyResult<bool> {
        Ok(!self.database()?.is_autocommit())
    }

    #[getter]
    fn autocommit(&self) -> PyResult {
        self.usable()?;
        Ok(match self.autocommit.get() {
            LEGACY => PyInt::from_i64(-1).into_obj(),
            mode => PyInt::from_bool(mode == 1),
        })
    }

    #[setter]
    fn set_autocommit(&self, value: Option<&PyObject>) -> PyResult<()> {
        let database = self.usable()?;
        let Some(value) = value else {
            return Err(raised!(AttributeError, "cannot delete autocommit attribute"));
        };
        let mode = autocommit_mode(value)?;
        match mode {
            1 if !database.is_autocommit() => self.run("COMMIT")?,
            0 if database.is_autocommit() => self.run("BEGIN")?,
            _ => {}
        }
        self.autocommit.set(mode);
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

    #[getter]
    fn text_factory(&self) -> PyResult {
        Ok(self.text_factory.get().unwrap_or_else(none))
    }

    #[setter]
    fn set_text_factory(&self, value: Option<&PyObject>) -> PyResult<()> {
        let Some(value) = value else {
            return Err(raised!(AttributeError, "cannot delete text_factory attribute"));
        };
        self.text_factory.set(Some(value.owned()));
        Ok(())
    }
}

macro_rules! exceptions {
    ($($function:ident $name:literal,)*) => {
        #[pymethods(EXCEPTIONS)]
        impl PyConnection {
            $(
                #[getter(name = $name)]
                fn $function(&self) -> PyResult {
                    super::exception_class($name)
                }
            )*
        }
    };
}

exceptions! {
    warning "Warning",
    error "Error",
    interface_error "InterfaceError",
    database_error_class "DatabaseError",
    data_error "DataError",
    operational_error "OperationalError",
    integrity_error "IntegrityError",
    internal_error "InternalError",
    programming_error_class "ProgrammingError",
    not_supported_error "NotSupportedError",
}
