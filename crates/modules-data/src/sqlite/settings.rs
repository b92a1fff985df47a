//! What a connection can be given and asked: functions, hooks, limits, extensions, copies.

use super::blob::PyBlob;
use super::callbacks::Callback;
use super::connection::PyConnection;
use super::ffi::{SQLITE_BUSY, SQLITE_DONE, SQLITE_LOCKED, SQLITE_NOMEM, SQLITE_OK};
use super::{c_string, database_error, error_of, exception, ffi, programming_error};
use std::rc::Rc;
use taipan_host::clocks;
use taipan_macros::pymethods;
use taipan_objects::codecs::bytes_like;
use taipan_objects::model::args::OptArg;
use taipan_objects::prelude::*;
use taipan_runtime::audit::audit;
use taipan_runtime::imports::import_module;

const AUTHORIZER: usize = 0;
const PROGRESS: usize = 1;
const TRACE: usize = 2;

/// SQLite always finds the same answer for the same arguments.
const DETERMINISTIC: i32 = 0x800;
const MOST_ARGUMENTS: i32 = 6;

fn callback(callable: &PyObject) -> Option<Callback> {
    (!callable.is_none()).then(|| Callback { callable: callable.owned() })
}

#[cold]
fn not_made(what: &str) -> Raised {
    exception("OperationalError", &format!("Error creating {what}"))
}

fn check_count(database: &ffi::Database, count: i32, what: &str) -> PyResult<()> {
    let most = database.limit(MOST_ARGUMENTS, -1);
    if count < -1 || count > most {
        return Err(programming_error(&format!("'{what}' must be between -1 and {most}, not {count}")));
    }
    Ok(())
}

impl PyConnection {
    /// Keeps the callback that SQLite borrows from now on; the one before goes.
    fn lend(&self, place: usize, callable: &PyObject, set: impl FnOnce(Option<&Callback>) -> i32) -> i32 {
        let fresh = callback(callable).map(Box::new);
        let code = set(fresh.as_deref());
        if code == SQLITE_OK {
            let old = self.inside.borrowed[place].replace(fresh);
            drop(old);
        }
        code
    }
}

#[pymethods(FUNCTIONS)]
impl PyConnection {
    /// Creates a new function.
    ///
    /// Note: Passing keyword arguments 'name', 'narg' and 'func' to
    /// _sqlite3.Connection.create_function() is deprecated. Parameters
    /// 'name', 'narg' and 'func' will become positional-only in Python 3.15.
    ///
    #[pymethod(signature = "(name, narg, func, *, deterministic=False)")]
    fn create_function(&self, name: &str, narg: i32, func: &PyObject, deterministic: bool) -> PyResult<()> {
        let database = self.usable()?;
        check_count(&database, narg, "narg")?;
        let flags = if deterministic { DETERMINISTIC } else { 0 };
        match database.create_function(&c_string(name)?, narg, flags, callback(func)) {
            SQLITE_OK => Ok(()),
            _ => Err(not_made("function")),
        }
    }

    /// Creates a new aggregate.
    ///
    /// Note: Passing keyword arguments 'name', 'n_arg' and 'aggregate_class'
    /// to _sqlite3.Connection.create_aggregate() is deprecated. Parameters
    /// 'name', 'n_arg' and 'aggregate_class' will become positional-only in
    /// Python 3.15.
    ///
    #[pymethod(signature = "(name, n_arg, aggregate_class)")]
    fn create_aggregate(&self, name: &str, n_arg: i32, aggregate_class: &PyObject) -> PyResult<()> {
        let database = self.usable()?;
        check_count(&database, n_arg, "n_arg")?;
        match database.create_aggregate(&c_string(name)?, n_arg, callback(aggregate_class)) {
            SQLITE_OK => Ok(()),
            _ => Err(not_made("aggregate")),
        }
    }

    /// Creates or redefines an aggregate window function. Non-standard.
    ///
    ///   name
    ///     The name of the SQL aggregate window function to be created or
    ///     redefined.
    ///   num_params
    ///     The number of arguments the step and inverse methods takes.
    ///   aggregate_class
    ///     A class with step(), finalize(), value(), and inverse() methods.
    ///     Set to None to clear the window function.
    #[pymethod(signature = "(name, num_params, aggregate_class, /)")]
    fn create_window_function(
        &self,
        name: &str,
        num_params: i32,
        aggregate_class: &PyObject,
    ) -> PyResult<()> {
        let database = self.usable()?;
        check_count(&database, num_params, "num_params")?;
        match database.create_window(&c_string(name)?, num_params, callback(aggregate_class)) {
            SQLITE_OK => Ok(()),
            code => Err(error_of(code, database.extended_code(), &database.message())),
        }
    }

    /// Creates a collation function.
    #[pymethod(signature = "(name, callback, /)")]
    fn create_collation(&self, name: &str, callback: &PyObject) -> PyResult<()> {
        let database = self.usable()?;
        if !callback.is_none() && !object::is_callable(callback) {
            return Err(raised!(TypeError, "parameter must be callable"));
        }
        match database.create_collation(&c_string(name)?, self::callback(callback)) {
            SQLITE_OK => Ok(()),
            _ => Err(database_error(&database)),
        }
    }

    /// Set authorizer callback.
    ///
    /// Note: Passing keyword argument 'authorizer_callback' to
    /// _sqlite3.Connection.set_authorizer() is deprecated. Parameter
    /// 'authorizer_callback' will become positional-only in Python 3.15.
    ///
    #[pymethod(signature = "(authorizer_callback)")]
    fn set_authorizer(&self, authorizer_callback: &PyObject) -> PyResult<()> {
        let database = self.usable()?;
        match self.lend(AUTHORIZER, authorizer_callback, |callback| database.set_authorizer(callback)) {
            SQLITE_OK => Ok(()),
            _ => Err(exception("OperationalError", "Error setting authorizer callback")),
        }
    }

    /// Set progress handler callback.
    ///
    ///   progress_handler
    ///     A callable that takes no arguments.
    ///     If the callable returns non-zero, the current query is
    ///     terminated, and an exception is raised.
    ///   n
    ///     The number of SQLite virtual machine instructions that are
    ///     executed between invocations of 'progress_handler'.
    ///
    /// If 'progress_handler' is None or 'n' is 0, the progress handler is
    /// disabled.
    ///
    /// Note: Passing keyword argument 'progress_handler' to
    /// _sqlite3.Connection.set_progress_handler() is deprecated. Parameter
    /// 'progress_handler' will become positional-only in Python 3.15.
    ///
    #[pymethod(signature = "(progress_handler, n)")]
    fn set_progress_handler(&self, progress_handler: &PyObject, n: i32) -> PyResult<()> {
        let database = self.usable()?;
        self.lend(PROGRESS, progress_handler, |callback| {
            database.set_progress(callback, n);
            SQLITE_OK
        });
        Ok(())
    }

    /// Set a trace callback called for each SQL statement (passed as unicode).
    ///
    /// Note: Passing keyword argument 'trace_callback' to
    /// _sqlite3.Connection.set_trace_callback() is deprecated. Parameter
    /// 'trace_callback' will become positional-only in Python 3.15.
    ///
    #[pymethod(signature = "(trace_callback)")]
    fn set_trace_callback(&self, trace_callback: &PyObject) -> PyResult<()> {
        let database = self.usable()?;
        self.lend(TRACE, trace_callback, |callback| database.set_trace(callback));
        Ok(())
    }

    /// Set connection run-time limits.
    ///
    ///   category
    ///     The limit category to be set.
    ///   limit
    ///     The new limit. If the new limit is a negative number, the limit
    ///     is unchanged.
    ///
    /// Attempts to increase a limit above its hard upper bound are silently
    /// truncated to the hard upper bound. Regardless of whether or not the
    /// limit was changed, the prior value of the limit is returned.
    #[pymethod(signature = "(category, limit, /)")]
    fn setlimit(&self, category: i32, limit: i32) -> PyResult<i32> {
        match self.usable()?.limit(category, limit) {
            before if before < 0 => Err(programming_error("'category' is out of bounds")),
            before => Ok(before),
        }
    }

    /// Get connection run-time limits.
    ///
    ///   category
    ///     The limit category to be queried.
    #[pymethod(signature = "(category, /)")]
    fn getlimit(&self, category: i32) -> PyResult<i32> {
        self.setlimit(category, -1)
    }

    /// Set a boolean connection configuration option.
    ///
    ///   op
    ///     The configuration verb; one of the sqlite3.SQLITE_DBCONFIG codes.
    #[pymethod(signature = "(op, enable=True, /)")]
    fn setconfig(&self, op: i32, enable: bool) -> PyResult<()> {
        let database = self.usable()?;
        check_config(op)?;
        let (code, now) = database.configure(op, enable.into());
        if code != SQLITE_OK {
            return Err(database_error(&database));
        }
        if (now != 0) != enable {
            return Err(exception("OperationalError", "Unable to set config"));
        }
        Ok(())
    }

    /// Query a boolean connection configuration option.
    ///
    ///   op
    ///     The configuration verb; one of the sqlite3.SQLITE_DBCONFIG codes.
    #[pymethod(signature = "(op, /)")]
    fn getconfig(&self, op: i32) -> PyResult<bool> {
        let database = self.usable()?;
        check_config(op)?;
        match database.configure(op, -1) {
            (SQLITE_OK, now) => Ok(now != 0),
            _ => Err(database_error(&database)),
        }
    }
}

/// Waits, unless a signal's handler raises.
fn rest(nanoseconds: i64) -> PyResult<()> {
    let deadline = clocks::monotonic() + nanoseconds;
    while clocks::sleep_until(deadline).is_err() {
        taipan_objects::system::check_signals()?;
    }
    Ok(())
}

fn check_config(op: i32) -> PyResult<()> {
    let known = super::constants::OTHERS
        .iter()
        .any(|(name, value)| name.starts_with("SQLITE_DBCONFIG_") && *value == i64::from(op));
    if known { Ok(()) } else { Err(raised!(ValueError, "unknown config 'op': {op}")) }
}

#[pymethods(MORE)]
impl PyConnection {
    /// Abort any pending database operation.
    #[pymethod]
    fn interrupt(&self) -> PyResult<()> {
        self.database()?.interrupt();
        Ok(())
    }

    /// Returns iterator to the dump of the database in an SQL text format.
    ///
    ///   filter
    ///     An optional LIKE pattern for database objects to dump
    #[pymethod(signature = "(*, filter=None)")]
    fn iterdump(&self, filter: OptArg<&PyObject>) -> PyResult {
        self.database()?;
        let dump = import_module(intern!("sqlite3.dump"))?;
        let function = object::get_attr(&dump, intern!("_iterdump"))?;
        let names = PyTuple::from_slice(&[intern!("filter")]);
        call::call_names(&function, &[self, filter.given().unwrap_or(none_ref())], Some(&names))
    }

    /// Enable dynamic loading of SQLite extension modules.
    #[pymethod(signature = "(enable, /)")]
    fn enable_load_extension(&self, enable: bool) -> PyResult<()> {
        audit("sqlite3.enable_load_extension", &[self, &PyInt::from_bool(enable)])?;
        match self.usable()?.enable_extensions(enable) {
            SQLITE_OK => Ok(()),
            _ => Err(exception("OperationalError", "Error enabling load extension")),
        }
    }

    /// Load SQLite extension module.
    #[pymethod(signature = "(name, /, *, entrypoint=None)")]
    fn load_extension(&self, name: &PyStr, entrypoint: Option<&str>) -> PyResult<()> {
        audit("sqlite3.load_extension", &[self, name])?;
        let database = self.usable()?;
        let entry = entrypoint.map(c_string).transpose()?;
        database
            .load_extension(&c_string(name.to_utf8()?)?, entry.as_deref())
            .map_err(|message| exception("OperationalError", &message))
    }

    /// Makes a backup of the database.
    #[pymethod(signature = "(target, *, pages=-1, progress=None, name='main',
       sleep=0.25)")]
    fn backup(
        &self,
        target: &PyConnection,
        pages: i32,
        progress: OptArg<&PyObject>,
        name: OptArg<&str>,
        sleep: OptArg<f64>,
    ) -> PyResult<()> {
        let database = self.usable()?;
        if (target as &PyObject).is(self) {
            return Err(raised!(ValueError, "target cannot be the same connection instance"));
        }
        let target = target.usable()?;
        let progress = progress.given().filter(|progress| !progress.is_none());
        if progress.is_some_and(|progress| !object::is_callable(progress)) {
            return Err(raised!(TypeError, "progress argument must be a callable"));
        }
        let pages = if pages == 0 { -1 } else { pages };
        let name = c_string(name.given().unwrap_or("main"))?;
        let wait = (sleep.given().unwrap_or(0.25).max(0.0) * 1e9) as i64;
        let Some(backup) = database.begin_backup(&name, &target) else {
            return Err(database_error(&target));
        };
        loop {
            let code = backup.step(pages);
            if let Some(progress) = progress {
                let numbers = [code, backup.remaining(), backup.page_count()]
                    .map(|number| PyInt::from_i64(number.into()).into_obj());
                call::call(progress, &[&numbers[0], &numbers[1], &numbers[2]])?;
            }
            match code {
                SQLITE_BUSY | SQLITE_LOCKED => rest(wait)?,
                SQLITE_OK => {}
                SQLITE_DONE => break,
                _ => break,
            }
        }
        match backup.finish() {
            SQLITE_OK => Ok(()),
            _ => Err(database_error(&target)),
        }
    }

    /// Serialize a database into a byte string.
    ///
    ///   name
    ///     Which database to serialize.
    ///
    /// For an ordinary on-disk database file, the serialization is just
    /// a copy of the disk file.  For an in-memory database or a "temp"
    /// database, the serialization is the same sequence of bytes which
    /// would be written to disk if that database were backed up to disk.
    #[pymethod(signature = "(*, name='main')")]
    fn serialize(&self, name: OptArg<&str>) -> PyResult<Py<PyBytes>> {
        let name = name.given().unwrap_or("main");
        match self.usable()?.serialize(&c_string(name)?) {
            Some(bytes) => Ok(PyBytes::new(&bytes)),
            None => Err(exception("OperationalError", &format!("unable to serialize '{name}'"))),
        }
    }

    /// Load a serialized database.
    ///
    ///   data
    ///     The serialized database content.
    ///   name
    ///     Which database to reopen with the deserialization.
    ///
    /// The deserialize interface causes the database connection to
    /// disconnect from the target database, and then reopen it as
    /// an in-memory database based on the given serialized data.
    ///
    /// The deserialize interface will fail with SQLITE_BUSY if the database
    /// is currently in a read transaction or is involved in a backup
    /// operation.
    #[pymethod(signature = "(data, /, *, name='main')")]
    fn deserialize(&self, data: &PyObject, name: OptArg<&str>) -> PyResult<()> {
        let database = self.usable()?;
        let data = bytes_like(data)?;
        match database.deserialize(&c_string(name.given().unwrap_or("main"))?, data.as_slice()) {
            SQLITE_OK => Ok(()),
            SQLITE_NOMEM => Err(raised!(MemoryError)),
            _ => Err(database_error(&database)),
        }
    }

    /// Open and return a BLOB object.
    ///
    ///   table
    ///     Table name.
    ///   column
    ///     Column name.
    ///   rowid
    ///     Row id.
    ///   readonly
    ///     Open the BLOB without write permissions.
    ///   name
    ///     Database name.
    #[pymethod(signature = "(table, column, rowid, /, *, readonly=False, name='main')")]
    fn blobopen(
        &self,
        table: &str,
        column: &str,
        rowid: &PyObject,
        readonly: bool,
        name: OptArg<&str>,
    ) -> PyResult<Py<PyBlob>> {
        let database = self.usable()?;
        let Some(rowid) = number::index(rowid)?.to_i64() else {
            return Err(raised!(OverflowError, "Python int too large to convert to SQLite INTEGER"));
        };
        let (name, table, column) =
            (c_string(name.given().unwrap_or("main"))?, c_string(table)?, c_string(column)?);
        let blob = database.open_blob([&name, &table, &column], rowid, readonly);
        let blob = Rc::new(blob.map_err(|_| database_error(&database))?);
        let mut blobs = self.inside.blobs.borrow_mut();
        blobs.retain(|blob| blob.strong_count() > 0);
        blobs.push(Rc::downgrade(&blob));
        drop(blobs);
        Ok(PyBlob::create(PyType::to_owned(self), blob))
    }
}
