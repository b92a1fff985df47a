//! SQLite's C interface as safe Rust: databases, statements, blobs, backups.
//!
//! A statement keeps its database, so that the library's objects die in the right order. Text and blobs of a row are lent
//! for the length of one closure, which must not step the statement.

#![expect(unsafe_code, reason = "the library's interface takes pointers")]

use super::callbacks::Callback;
use super::handlers as h;
use core::cell::Cell;
use core::ffi::{CStr, c_char, c_int, c_void};
use core::ptr::{null, null_mut};
use libsqlite3_sys as sq;
use std::ffi::CString;
use std::rc::Rc;
use std::sync::Once;

pub use libsqlite3_sys::{
    SQLITE_BUSY, SQLITE_DENY, SQLITE_DONE, SQLITE_LOCKED, SQLITE_NOMEM, SQLITE_OK, SQLITE_ROW, SQLITE_TOOBIG,
};

/// A value on its way in or out.
pub enum Value<'a> {
    Null,
    Int(i64),
    Float(f64),
    Text(&'a [u8]),
    Blob(&'a [u8]),
}

/// An open database; closed when the last user lets go of it.
pub struct Database {
    raw: *mut sq::sqlite3,
}

static CONFIGURE: Once = Once::new();

/// Copies a C string; `None` for null.
///
/// # Safety
/// Null or a live C string.
unsafe fn text(pointer: *const c_char) -> Option<String> {
    // SAFETY: the caller's promise.
    (!pointer.is_null()).then(|| unsafe { CStr::from_ptr(pointer) }.to_string_lossy().into_owned())
}

pub fn version() -> String {
    // SAFETY: a static C string.
    unsafe { text(sq::sqlite3_libversion()) }.unwrap_or_default()
}

pub fn is_complete(statement: &CStr) -> bool {
    // SAFETY: a live C string.
    unsafe { sq::sqlite3_complete(statement.as_ptr()) != 0 }
}

impl Database {
    /// Opens a file. The database comes back even where that failed: it knows why.
    pub fn open(name: &CStr, uri: bool, busy_ms: i32) -> (Option<Rc<Database>>, i32) {
        // File names are URIs only where asked for, whatever the library was built with.
        // SAFETY: called once, before any database is open; the option takes an int.
        CONFIGURE.call_once(|| unsafe {
            sq::sqlite3_config(sq::SQLITE_CONFIG_URI, 0 as c_int);
        });
        let mut raw = null_mut();
        let flags =
            sq::SQLITE_OPEN_READWRITE | sq::SQLITE_OPEN_CREATE | if uri { sq::SQLITE_OPEN_URI } else { 0 };
        let code = taipan_host::blocking(|| {
            // SAFETY: the name is a live C string; the pointer is written in any case.
            unsafe {
                let code = sq::sqlite3_open_v2(name.as_ptr(), &mut raw, flags, null());
                if code == SQLITE_OK {
                    sq::sqlite3_busy_timeout(raw, busy_ms);
                    sq::sqlite3_db_config(
                        raw,
                        sq::SQLITE_DBCONFIG_ENABLE_FKEY,
                        0 as c_int,
                        null_mut::<c_int>(),
                    );
                }
                code
            }
        });
        ((!raw.is_null()).then(|| Rc::new(Database { raw })), code)
    }

    pub fn code(&self) -> i32 {
        // SAFETY: an open database, here and below.
        unsafe { sq::sqlite3_errcode(self.raw) }
    }

    pub fn extended_code(&self) -> i32 {
        // SAFETY: as above.
        unsafe { sq::sqlite3_extended_errcode(self.raw) }
    }

    pub fn message(&self) -> String {
        // SAFETY: as above; the message is copied at once.
        unsafe { text(sq::sqlite3_errmsg(self.raw)) }.unwrap_or_default()
    }

    /// Compiles the first statement of `sql`: the statement, unless there is none, and where the rest begins.
    pub fn prepare(self: &Rc<Self>, sql: &CStr) -> Result<(Option<Statement>, usize), i32> {
        let (mut raw, mut tail) = (null_mut(), null());
        let length = sql.to_bytes_with_nul().len();
        let code = taipan_host::blocking(|| {
            // SAFETY: the text has this length with its zero; the results are written.
            unsafe { sq::sqlite3_prepare_v2(self.raw, sql.as_ptr(), length as c_int, &mut raw, &mut tail) }
        });
        if code != SQLITE_OK {
            return Err(code);
        }
        let used = if tail.is_null() { length - 1 } else { tail as usize - sql.as_ptr() as usize };
        let statement =
            (!raw.is_null()).then(|| Statement { raw, database: self.clone(), is_dml: Cell::new(false) });
        Ok((statement, used))
    }

    pub fn is_autocommit(&self) -> bool {
        // SAFETY: as above.
        unsafe { sq::sqlite3_get_autocommit(self.raw) != 0 }
    }

    pub fn changes(&self) -> i64 {
        // SAFETY: as above.
        unsafe { sq::sqlite3_changes64(self.raw) }
    }

    pub fn total_changes(&self) -> i64 {
        // SAFETY: as above.
        unsafe { sq::sqlite3_total_changes64(self.raw) }
    }

    pub fn last_rowid(&self) -> i64 {
        // SAFETY: as above.
        unsafe { sq::sqlite3_last_insert_rowid(self.raw) }
    }

    pub fn interrupt(&self) {
        // SAFETY: as above.
        unsafe { sq::sqlite3_interrupt(self.raw) }
    }

    pub fn limit(&self, category: i32, value: i32) -> i32 {
        // SAFETY: as above.
        unsafe { sq::sqlite3_limit(self.raw, category, value) }
    }

    /// Sets (0, 1) or reads (-1) a setting; the code, and the value it has now.
    pub fn configure(&self, op: i32, value: i32) -> (i32, i32) {
        let mut now: c_int = 0;
        // SAFETY: these settings take an int and a pointer to one.
        let code = unsafe { sq::sqlite3_db_config(self.raw, op, value as c_int, &raw mut now) };
        (code, now)
    }

    pub fn enable_extensions(&self, on: bool) -> i32 {
        // SAFETY: as above.
        unsafe { sq::sqlite3_enable_load_extension(self.raw, on.into()) }
    }

    /// Loads an extension; the error is the library's message.
    pub fn load_extension(&self, name: &CStr, entry: Option<&CStr>) -> Result<(), String> {
        let mut message = null_mut();
        // SAFETY: live C strings; a message is freed after it was copied.
        unsafe {
            let entry = entry.map_or(null(), CStr::as_ptr);
            match sq::sqlite3_load_extension(self.raw, name.as_ptr(), entry, &mut message) {
                SQLITE_OK => Ok(()),
                _ => {
                    let said = text(message).unwrap_or_default();
                    sq::sqlite3_free(message.cast());
                    Err(said)
                }
            }
        }
    }

    /// The bytes of a database as a file would have them.
    pub fn serialize(&self, name: &CStr) -> Option<Vec<u8>> {
        let mut size = 0;
        // SAFETY: the library's copy is as long as it says, and freed after it was copied.
        unsafe {
            let data = taipan_host::blocking(|| sq::sqlite3_serialize(self.raw, name.as_ptr(), &mut size, 0));
            if data.is_null() {
                return None;
            }
            let bytes = core::slice::from_raw_parts(data, size as usize).to_vec();
            sq::sqlite3_free(data.cast());
            Some(bytes)
        }
    }

    pub fn deserialize(&self, name: &CStr, bytes: &[u8]) -> i32 {
        // SAFETY: the library takes the memory, which is as long as told.
        unsafe {
            let data = sq::sqlite3_malloc64(bytes.len() as u64).cast::<u8>();
            if data.is_null() {
                return SQLITE_NOMEM;
            }
            core::ptr::copy_nonoverlapping(bytes.as_ptr(), data, bytes.len());
            let (size, flags) =
                (bytes.len() as i64, sq::SQLITE_DESERIALIZE_FREEONCLOSE | sq::SQLITE_DESERIALIZE_RESIZEABLE);
            taipan_host::blocking(|| {
                sq::sqlite3_deserialize(self.raw, name.as_ptr(), data, size, size, flags)
            })
        }
    }

    /// Makes a scalar function, or removes it.
    pub fn create_function(&self, name: &CStr, count: i32, flags: i32, callback: Option<Callback>) -> i32 {
        let call = callback.as_ref().map(|_| h::scalar as _);
        let data = h::into_data(callback);
        // SAFETY: the handlers take the data for what it is; the last one frees it, in case of failure as well.
        unsafe {
            sq::sqlite3_create_function_v2(
                self.raw,
                name.as_ptr(),
                count,
                flags | sq::SQLITE_UTF8,
                data,
                call,
                None,
                None,
                Some(h::destroy),
            )
        }
    }

    /// Makes an aggregate, or removes it.
    pub fn create_aggregate(&self, name: &CStr, count: i32, callback: Option<Callback>) -> i32 {
        let step = callback.as_ref().map(|_| h::step as _);
        let last = callback.as_ref().map(|_| h::finalize as _);
        let data = h::into_data(callback);
        // SAFETY: as above.
        unsafe {
            let flags = sq::SQLITE_UTF8;
            let destroy = Some(h::destroy as _);
            sq::sqlite3_create_function_v2(
                self.raw,
                name.as_ptr(),
                count,
                flags,
                data,
                None,
                step,
                last,
                destroy,
            )
        }
    }

    /// Makes a window function, or removes it.
    pub fn create_window(&self, name: &CStr, count: i32, callback: Option<Callback>) -> i32 {
        let there = callback.is_some();
        let data = h::into_data(callback);
        // SAFETY: as above.
        unsafe {
            sq::sqlite3_create_window_function(
                self.raw,
                name.as_ptr(),
                count,
                sq::SQLITE_UTF8,
                data,
                there.then_some(h::step as _),
                there.then_some(h::finalize as _),
                there.then_some(h::value as _),
                there.then_some(h::inverse as _),
                Some(h::destroy),
            )
        }
    }

    pub fn create_collation(&self, name: &CStr, callback: Option<Callback>) -> i32 {
        let compare = callback.as_ref().map(|_| h::collate as _);
        let data = h::into_data(callback);
        // SAFETY: as above, but here data of a refused collation is still ours.
        unsafe {
            let destroy = Some(h::destroy as _);
            let flags = sq::SQLITE_UTF8;
            let code =
                sq::sqlite3_create_collation_v2(self.raw, name.as_ptr(), flags, data, compare, destroy);
            if code != SQLITE_OK {
                h::destroy(data);
            }
            code
        }
    }

    /// Sets the authoriser; its data is `callback`'s, which the caller keeps until after the next call.
    pub fn set_authorizer(&self, callback: Option<&Callback>) -> i32 {
        let function = callback.map(|_| h::authorize as _);
        // SAFETY: as above; the caller keeps the data.
        unsafe { sq::sqlite3_set_authorizer(self.raw, function, h::as_data(callback)) }
    }

    pub fn set_progress(&self, callback: Option<&Callback>, every: i32) {
        let function = callback.map(|_| h::progress as _);
        // SAFETY: as above.
        unsafe { sq::sqlite3_progress_handler(self.raw, every, function, h::as_data(callback)) }
    }

    pub fn set_trace(&self, callback: Option<&Callback>) -> i32 {
        let function = callback.map(|_| h::trace as _);
        let mask = if callback.is_some() { sq::SQLITE_TRACE_STMT } else { 0 };
        // SAFETY: as above.
        unsafe { sq::sqlite3_trace_v2(self.raw, mask as _, function, h::as_data(callback)) }
    }

    /// Opens one cell of a table.
    pub fn open_blob(self: &Rc<Self>, place: [&CStr; 3], rowid: i64, readonly: bool) -> Result<Blob, i32> {
        let mut raw = null_mut();
        let [database, table, column] = place.map(CStr::as_ptr);
        let write = i32::from(!readonly);
        let code = taipan_host::blocking(|| {
            // SAFETY: live C strings; the result is written.
            unsafe { sq::sqlite3_blob_open(self.raw, database, table, column, rowid, write, &mut raw) }
        });
        if code == SQLITE_OK { Ok(Blob { raw: Cell::new(raw), database: self.clone() }) } else { Err(code) }
    }

    /// Begins to copy database `name` of this into `main` of `target`.
    pub fn begin_backup(self: &Rc<Self>, name: &CStr, target: &Rc<Database>) -> Option<Backup> {
        // SAFETY: open databases, which the backup keeps.
        let raw = unsafe { sq::sqlite3_backup_init(target.raw, c"main".as_ptr(), self.raw, name.as_ptr()) };
        (!raw.is_null()).then(|| Backup { raw, _ends: [self.clone(), target.clone()] })
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        // SAFETY: nobody uses the database after this; statements and blobs kept it as long as they lived.
        unsafe { sq::sqlite3_close(self.raw) };
    }
}

/// A compiled statement.
pub struct Statement {
    raw: *mut sq::sqlite3_stmt,
    pub database: Rc<Database>,
    pub is_dml: Cell<bool>,
}

impl Statement {
    pub fn step(&self) -> i32 {
        // SAFETY: a live statement, here and below.
        taipan_host::blocking(|| unsafe { sq::sqlite3_step(self.raw) })
    }

    pub fn reset(&self) -> i32 {
        // SAFETY: as above.
        unsafe { sq::sqlite3_reset(self.raw) }
    }

    pub fn clear_bindings(&self) {
        // SAFETY: as above.
        unsafe { sq::sqlite3_clear_bindings(self.raw) };
    }

    pub fn is_busy(&self) -> bool {
        // SAFETY: as above.
        unsafe { sq::sqlite3_stmt_busy(self.raw) != 0 }
    }

    pub fn is_readonly(&self) -> bool {
        // SAFETY: as above.
        unsafe { sq::sqlite3_stmt_readonly(self.raw) != 0 }
    }

    pub fn column_count(&self) -> i32 {
        // SAFETY: as above.
        unsafe { sq::sqlite3_column_count(self.raw) }
    }

    /// The columns of the row that the last step found.
    pub fn data_count(&self) -> i32 {
        // SAFETY: as above.
        unsafe { sq::sqlite3_data_count(self.raw) }
    }

    pub fn column_name(&self, column: i32) -> Option<String> {
        // SAFETY: as above; the name is copied.
        unsafe { text(sq::sqlite3_column_name(self.raw, column)) }
    }

    pub fn column_type(&self, column: i32) -> Option<String> {
        // SAFETY: as above.
        unsafe { text(sq::sqlite3_column_decltype(self.raw, column)) }
    }

    /// Lends a value of the current row to `f`.
    pub fn column<R>(&self, column: i32, as_blob: bool, f: impl FnOnce(Value<'_>) -> R) -> R {
        // SAFETY: the library checks the column; its memory stays until the next step, which `f` does not do.
        unsafe {
            let kind = sq::sqlite3_column_type(self.raw, column);
            let slice = |start: *const u8| {
                let length = sq::sqlite3_column_bytes(self.raw, column) as usize;
                if start.is_null() { &[][..] } else { core::slice::from_raw_parts(start, length) }
            };
            f(match kind {
                sq::SQLITE_NULL => Value::Null,
                _ if as_blob => {
                    let start = sq::sqlite3_column_blob(self.raw, column);
                    if start.is_null() { Value::Null } else { Value::Blob(slice(start.cast())) }
                }
                sq::SQLITE_INTEGER => Value::Int(sq::sqlite3_column_int64(self.raw, column)),
                sq::SQLITE_FLOAT => Value::Float(sq::sqlite3_column_double(self.raw, column)),
                sq::SQLITE_TEXT => Value::Text(slice(sq::sqlite3_column_text(self.raw, column))),
                _ => Value::Blob(slice(sq::sqlite3_column_blob(self.raw, column).cast())),
            })
        }
    }

    pub fn parameter_count(&self) -> i32 {
        // SAFETY: as above.
        unsafe { sq::sqlite3_bind_parameter_count(self.raw) }
    }

    /// The name of a parameter with its mark; parameters count from 1.
    pub fn parameter_name(&self, index: i32) -> Option<String> {
        // SAFETY: as above.
        unsafe { text(sq::sqlite3_bind_parameter_name(self.raw, index)) }
    }

    pub fn bind(&self, index: i32, value: Value<'_>) -> i32 {
        let transient = sq::SQLITE_TRANSIENT();
        // SAFETY: as above; the library copies text and blobs.
        unsafe {
            match value {
                Value::Null => sq::sqlite3_bind_null(self.raw, index),
                Value::Int(value) => sq::sqlite3_bind_int64(self.raw, index, value),
                Value::Float(value) => sq::sqlite3_bind_double(self.raw, index, value),
                Value::Text(text) => {
                    let (start, length) = (text.as_ptr().cast(), text.len() as c_int);
                    sq::sqlite3_bind_text(self.raw, index, start, length, transient)
                }
                Value::Blob(bytes) => {
                    let (start, length) = (bytes.as_ptr().cast(), bytes.len() as c_int);
                    sq::sqlite3_bind_blob(self.raw, index, start, length, transient)
                }
            }
        }
    }
}

impl Drop for Statement {
    fn drop(&mut self) {
        // SAFETY: the statement is not used after this.
        unsafe { sq::sqlite3_finalize(self.raw) };
    }
}

/// A cell open for reading and writing; closed at most once.
pub struct Blob {
    raw: Cell<*mut sq::sqlite3_blob>,
    pub database: Rc<Database>,
}

impl Blob {
    pub fn is_closed(&self) -> bool {
        self.raw.get().is_null()
    }

    pub fn close(&self) {
        let raw = self.raw.replace(null_mut());
        // SAFETY: the pointer was taken out: an open blob or null, which is nothing to close.
        unsafe { sq::sqlite3_blob_close(raw) };
    }

    pub fn len(&self) -> usize {
        // SAFETY: an open blob or null, which has no bytes.
        unsafe { sq::sqlite3_blob_bytes(self.raw.get()) as usize }
    }

    pub fn read(&self, offset: usize, length: usize) -> Result<Vec<u8>, i32> {
        let mut bytes = vec![0u8; length];
        let (start, length, offset) = (bytes.as_mut_ptr().cast::<c_void>(), length as c_int, offset as c_int);
        // SAFETY: the room is as long as told; the library checks the range.
        let code = unsafe { sq::sqlite3_blob_read(self.raw.get(), start, length, offset) };
        if code == SQLITE_OK { Ok(bytes) } else { Err(code) }
    }

    pub fn write(&self, offset: usize, bytes: &[u8]) -> i32 {
        // SAFETY: as above.
        unsafe {
            sq::sqlite3_blob_write(
                self.raw.get(),
                bytes.as_ptr().cast(),
                bytes.len() as c_int,
                offset as c_int,
            )
        }
    }
}

impl Drop for Blob {
    fn drop(&mut self) {
        self.close();
    }
}

/// A copy of a database in progress.
pub struct Backup {
    raw: *mut sq::sqlite3_backup,
    _ends: [Rc<Database>; 2],
}

impl Backup {
    pub fn step(&self, pages: i32) -> i32 {
        // SAFETY: a live backup, here and below.
        taipan_host::blocking(|| unsafe { sq::sqlite3_backup_step(self.raw, pages) })
    }

    pub fn remaining(&self) -> i32 {
        // SAFETY: as above.
        unsafe { sq::sqlite3_backup_remaining(self.raw) }
    }

    pub fn page_count(&self) -> i32 {
        // SAFETY: as above.
        unsafe { sq::sqlite3_backup_pagecount(self.raw) }
    }

    pub fn finish(mut self) -> i32 {
        let raw = core::mem::replace(&mut self.raw, null_mut());
        // SAFETY: as above; the drop below finds null.
        taipan_host::blocking(|| unsafe { sq::sqlite3_backup_finish(raw) })
    }
}

impl Drop for Backup {
    fn drop(&mut self) {
        // SAFETY: a live backup or null, which is nothing to finish.
        unsafe { sq::sqlite3_backup_finish(self.raw) };
    }
}

/// A Rust string for the library; `None` where it holds a zero.
pub fn c_text(text: &str) -> Option<CString> {
    CString::new(text).ok()
}
