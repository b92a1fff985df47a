//! Compiled statements: made from text that holds one, kept by their connection for the next use.

use super::ffi::{Database, Statement, c_text};
use super::{database_error, exception, programming_error};
use std::rc::Rc;
use taipan_macros::pytype;
use taipan_objects::memory;
use taipan_objects::prelude::*;

/// `None` where the text holds no statement.
pub type Compiled = Option<Rc<Statement>>;

/// A statement as an object: what calling a connection gives.
#[pytype(name = "sqlite3.Statement", flags(IMMUTABLETYPE, DISALLOW_INSTANTIATION), gc)]
pub struct PyStatement {
    ob_base: PyObject,
    _statement: super::Shared<Statement>,
}

impl PyStatement {
    pub fn create(statement: Compiled) -> Py<PyStatement> {
        let shared = super::Shared::default();
        shared.set(statement);
        memory::new(PyStatement { ob_base: PyObject::EMPTY, _statement: shared })
    }
}

/// The text without blanks and comments in front.
fn skip_blank(mut sql: &str) -> &str {
    loop {
        sql = sql.trim_start_matches([' ', '\t', '\x0c', '\n', '\r']);
        if let Some(comment) = sql.strip_prefix("--") {
            sql = comment.find('\n').map_or("", |end| &comment[end..]);
        } else if let Some(comment) = sql.strip_prefix("/*") {
            sql = comment.find("*/").map_or("", |end| &comment[end + 2..]);
        } else {
            return sql;
        }
    }
}

fn changes_data(sql: &str) -> bool {
    let word = skip_blank(sql).as_bytes();
    ["insert", "update", "delete", "replace"].iter().any(|known| {
        word.get(..known.len()).is_some_and(|start| start.eq_ignore_ascii_case(known.as_bytes()))
    })
}

/// Compiles the one statement in `sql`.
pub fn compile(database: &Rc<Database>, sql: &str) -> PyResult<Compiled> {
    let longest = database.limit(1, -1);
    if sql.len() > longest as usize {
        return Err(exception("DataError", "query string is too large"));
    }
    let Some(text) = c_text(sql) else {
        return Err(programming_error("the query contains a null character"));
    };
    let (statement, used) = database.prepare(&text).map_err(|_| database_error(database))?;
    if !skip_blank(sql.get(used..).unwrap_or_default()).is_empty() {
        return Err(programming_error("You can only execute one statement at a time."));
    }
    Ok(statement.map(|statement| {
        statement.is_dml.set(changes_data(sql));
        Rc::new(statement)
    }))
}

/// The statements a connection keeps, the latest used last.
#[derive(Default)]
pub struct Cache {
    kept: Vec<(String, Compiled)>,
    size: usize,
}

impl Cache {
    pub fn new(size: usize) -> Cache {
        Cache { kept: Vec::new(), size }
    }

    /// The statement for this text, which becomes the latest.
    pub fn get(&mut self, sql: &str) -> Option<Compiled> {
        let at = self.kept.iter().rposition(|(known, _)| known == sql)?;
        if at + 1 < self.kept.len() {
            let entry = self.kept.remove(at);
            self.kept.push(entry);
        }
        self.kept.last().map(|(_, statement)| statement.clone())
    }

    /// Keeps a statement; what has to go for it comes back, to be dropped when nothing is borrowed.
    pub fn put(&mut self, sql: &str, statement: Compiled) -> Option<(String, Compiled)> {
        if self.size == 0 {
            return None;
        }
        let gone = (self.kept.len() >= self.size).then(|| self.kept.remove(0));
        self.kept.push((sql.to_string(), statement));
        gone
    }
}
