//! Running a statement: its parameters, the description of its columns, the transaction it may need.

use super::cursor::PyCursor;
use super::ffi::{Database, SQLITE_DONE, SQLITE_OK, SQLITE_ROW, SQLITE_TOOBIG, Statement};
use super::{adapt, callbacks, connection::PyConnection, database_error, programming_error};
use std::rc::Rc;
use taipan_objects::errors;
use taipan_objects::prelude::*;

/// Looks for converters by the names and declared types of the columns.
const PARSE_DECLTYPES: i32 = 1;
const PARSE_COLNAMES: i32 = 2;

/// `Cursor.execute` and `executemany`.
pub fn execute(cursor: &PyCursor, sql: &str, parameters: Option<&PyObject>, many: bool) -> PyResult<()> {
    let owner = cursor.check()?;
    cursor.locked.set(true);
    let result = run(cursor, &owner, sql, parameters, many);
    cursor.locked.set(false);
    match result {
        Ok(()) => {
            if cursor.statement.get().is_some_and(|statement| !statement.is_busy()) {
                cursor.statement.set(None);
            }
            Ok(())
        }
        Err(raised) => {
            cursor.drop_statement();
            cursor.rowcount.set(-1);
            Err(raised)
        }
    }
}

fn run(
    cursor: &PyCursor,
    owner: &PyConnection,
    sql: &str,
    parameters: Option<&PyObject>,
    many: bool,
) -> PyResult<()> {
    let mut sets = match parameters {
        Some(parameters) if many => Some(iter::iter(parameters)?),
        _ => None,
    };
    cursor.drop_statement();
    cursor.description.set(Some(none()));
    let database = owner.database()?;
    let statement = owner.compiled(sql)?;
    let Some(statement) = statement else {
        cursor.rowcount.set(-1);
        return run_nothing(cursor, &database, many);
    };
    if many && statement.is_readonly() {
        return Err(programming_error("executemany() can only execute DML statements."));
    }
    cursor.statement.set(Some(statement.clone()));
    let is_dml = statement.is_dml.get();
    cursor.rowcount.set(if is_dml { 0 } else { -1 });
    if is_dml && database.is_autocommit() {
        owner.begin_legacy()?;
    }
    let empty = PyTuple::empty();
    let mut single = Some(parameters.unwrap_or(&empty).owned());
    loop {
        let set = match &mut sets {
            Some(sets) => iter::next(sets)?,
            None => single.take(),
        };
        let Some(set) = set else { break };
        owner.check_usable()?;
        statement.reset();
        bind_all(&statement, &set)?;
        let code = statement.step();
        if errors::occurred() {
            return Err(Raised::claim());
        }
        if !matches!(code, SQLITE_DONE | SQLITE_ROW) {
            return Err(database_error(&database));
        }
        describe(cursor, owner, &statement)?;
        if code == SQLITE_DONE {
            if is_dml {
                cursor.rowcount.set(cursor.rowcount.get() + database.changes());
            }
            statement.reset();
        }
    }
    if !many {
        cursor.lastrowid.set(Some(PyInt::from_i64(database.last_rowid()).into_obj()));
    }
    Ok(())
}

/// Text that holds no statement.
fn run_nothing(cursor: &PyCursor, database: &Database, many: bool) -> PyResult<()> {
    if many {
        return Err(programming_error("executemany() can only execute DML statements."));
    }
    cursor.lastrowid.set(Some(PyInt::from_i64(database.last_rowid()).into_obj()));
    Ok(())
}

/// Notes the converters and the names of the columns.
fn describe(cursor: &PyCursor, owner: &PyConnection, statement: &Statement) -> PyResult<()> {
    let (count, detect) = (statement.column_count(), owner.detect_types());
    if detect != 0 {
        let mut converters = Vec::with_capacity(count as usize);
        for column in 0..count {
            converters.push(converter(statement, column, detect)?.unwrap_or_else(none));
        }
        let old = cursor.converters.replace(converters);
        drop(old);
    }
    if count == 0 || !cursor.description_object().is_none() {
        return Ok(());
    }
    let mut columns = Vec::with_capacity(count as usize);
    for column in 0..count {
        let Some(mut name) = statement.column_name(column) else {
            return Err(raised!(MemoryError));
        };
        if detect & PARSE_COLNAMES != 0
            && let Some(at) = name.find('[')
        {
            let end = if at > 0 && name.as_bytes()[at - 1] == b' ' { at - 1 } else { at };
            name.truncate(end);
        }
        let mut description = vec![PyStr::new(&name).into_obj()];
        description.resize_with(7, none);
        columns.push(PyTuple::from_vec(description).into_obj());
    }
    cursor.description.set(Some(PyTuple::from_vec(columns).into_obj()));
    Ok(())
}

fn converter(statement: &Statement, column: i32, detect: i32) -> PyResult<Option<Obj>> {
    if detect & PARSE_COLNAMES != 0
        && let Some(name) = statement.column_name(column)
        && let Some((_, rest)) = name.split_once('[')
        && let Some((kind, _)) = rest.split_once(']')
        && let Some(found) = adapt::converter(kind)?
    {
        return Ok(Some(found));
    }
    if detect & PARSE_DECLTYPES != 0
        && let Some(declared) = statement.column_type(column)
    {
        return adapt::converter(declared.split([' ', '(']).next().unwrap_or_default());
    }
    Ok(None)
}

fn bind_all(statement: &Rc<Statement>, parameters: &PyObject) -> PyResult<()> {
    let needed = statement.parameter_count();
    let exact =
        parameters.downcast_exact::<PyTuple>().is_some() || parameters.downcast_exact::<PyList>().is_some();
    if exact || (parameters.downcast::<PyDict>().is_none() && sequence::is_sequence(parameters)) {
        return bind_sequence(statement, parameters, needed);
    }
    if !mapping::is_mapping(parameters) {
        return Err(programming_error("parameters are of unsupported type"));
    }
    for index in 1..=needed {
        let Some(name) = statement.parameter_name(index) else {
            return Err(programming_error(&format!(
                "Binding {index} has no name, but you supplied a dictionary (which has only names)."
            )));
        };
        let name = name.get(1..).unwrap_or_default();
        let key = PyStr::new(name);
        let found = match parameters.downcast_exact::<PyDict>() {
            Some(dict) => dict.get_item(&key)?,
            None => errors::ignore(object::get_item(parameters, &key), Exc::LookupError)?,
        };
        let Some(value) = found else {
            return Err(programming_error(&format!(
                "You did not supply a value for binding parameter :{name}."
            )));
        };
        bind(statement, index, &value)?;
    }
    Ok(())
}

fn bind_sequence(statement: &Rc<Statement>, parameters: &PyObject, needed: i32) -> PyResult<()> {
    let given = object::len(parameters)?;
    if given as i64 != i64::from(needed) {
        return Err(programming_error(&format!(
            "Incorrect number of bindings supplied. The current statement uses {needed}, and there are {given} supplied."
        )));
    }
    for index in 1..=needed {
        if let Some(name) = statement.parameter_name(index)
            && !name.starts_with('?')
        {
            return Err(programming_error(&format!(
                "Binding {index} ('{name}') is a named parameter, but you supplied a sequence which requires \
                 nameless (qmark) placeholders."
            )));
        }
        let value = sequence::get_item(parameters, index as isize - 1)?;
        bind(statement, index, &value)?;
    }
    Ok(())
}

fn bind(statement: &Rc<Statement>, index: i32, value: &PyObject) -> PyResult<()> {
    let adapted = adapt::parameter(value)?;
    match callbacks::as_value(&adapted, |value| statement.bind(index, value))? {
        Some(SQLITE_OK) => Ok(()),
        Some(SQLITE_TOOBIG) => Err(super::exception("DataError", "string or blob too big")),
        Some(_) => Err(database_error(&statement.database)),
        None => Err(programming_error(&format!(
            "Error binding parameter {index}: type '{}' is not supported",
            adapted.class().name()
        ))),
    }
}
