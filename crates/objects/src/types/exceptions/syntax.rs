//! `SyntaxError`: where the source is wrong.

use super::base::{PyBaseException, text_of};
use crate::model::{ObjCell, ObjectExt, Py, PyObject, PyResult, PyType};
use crate::protocols::sequence;
use crate::types::dict::PyDict;
use crate::types::int::PyInt;
use crate::types::str::PyStr;
use crate::types::tuple::PyTuple;
use taipan_macros::{pymethods, pytype};

/// Invalid syntax.
#[pytype(name = "SyntaxError", exported = _PyExc_SyntaxError, layout = PySyntaxErrorObject, base = super::PyException, gc, flags(BASETYPE, BASE_EXC_SUBCLASS), parts(SYNTAX))]
pub struct PySyntaxError {
    pub base: PyBaseException,
    /// exception msg
    #[member]
    pub msg: ObjCell,
    /// exception filename
    #[member]
    pub filename: ObjCell,
    /// exception lineno
    #[member]
    pub lineno: ObjCell,
    /// exception offset
    #[member]
    pub offset: ObjCell,
    /// exception end lineno
    #[member]
    pub end_lineno: ObjCell,
    /// exception end offset
    #[member]
    pub end_offset: ObjCell,
    /// exception text
    #[member]
    pub text: ObjCell,
    /// exception print_file_and_line
    #[member]
    pub print_file_and_line: ObjCell,
    /// exception private metadata
    #[member(name = "_metadata")]
    pub metadata: ObjCell,
}

#[pymethods(SYNTAX)]
impl PySyntaxError {
    #[slot(tp_init)]
    fn init(&self, args: &PyTuple, kwargs: Option<&PyDict>) -> PyResult<()> {
        self.base.init(args, kwargs)?;
        if !args.is_empty() {
            self.msg.set(Some(args.get(0).owned()));
        }
        if args.len() == 2 { self.set_details(args.get(1)) } else { Ok(()) }
    }

    #[slot(tp_str)]
    fn str(&self) -> PyResult<Py<PyStr>> {
        let message = text_of(&self.msg)?;
        let filename = self.filename.get().and_then(|name| name.downcast_into::<PyStr>().ok());
        let line = self.lineno.get().filter(|line| PyInt::check_exact(line));
        let line = line.and_then(|line| line.downcast::<PyInt>().map(|line| line.to_i64().unwrap_or(-1)));
        let filename = filename.map(|name| {
            let name = name.to_string_lossy();
            name.rsplit('/').next().unwrap_or_default().to_string()
        });
        Ok(PyStr::new(&match (filename, line) {
            (Some(filename), Some(line)) => format!("{message} ({filename}, line {line})"),
            (Some(filename), None) => format!("{message} ({filename})"),
            (None, Some(line)) => format!("{message} (line {line})"),
            (None, None) => message,
        }))
    }
}

impl PySyntaxError {
    /// The second argument: file name, line, offset, text, and where it ends.
    fn set_details(&self, info: &PyObject) -> PyResult<()> {
        let info = sequence::to_tuple(info)?;
        let given = info.len();
        if given < 4 {
            return Err(raised!(TypeError, "function takes at least 4 arguments ({given} given)"));
        }
        if given > 7 {
            return Err(raised!(TypeError, "function takes at most 7 arguments ({given} given)"));
        }
        let cells = [
            &self.filename,
            &self.lineno,
            &self.offset,
            &self.text,
            &self.end_lineno,
            &self.end_offset,
            &self.metadata,
        ];
        for (index, cell) in cells.into_iter().enumerate() {
            cell.set((index < given).then(|| info.get(index).owned()));
        }
        if given == 5 {
            return Err(raised!(TypeError, "end_offset must be provided when end_lineno is provided"));
        }
        Ok(())
    }
}
