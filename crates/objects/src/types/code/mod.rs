//! `code`: code objects.

use crate::model::{Py, PyObject, PyResult, PyType};
use crate::types::str::PyStr;
use std::sync::Arc;
use taipan_bytecode::{CodeData, Constant};
use taipan_macros::pytype;

/// A code object: the adaptive instructions follow the head. The fields are C's.
#[pytype(name = "code", exported = PyCode_Type, layout = PyCodeObject, basicsize = 208, itemsize = 2)]
pub struct PyCode {
    pub raw: taipan_abi::PyCodeObject,
}

impl PyCode {
    /// A code object of the compiler's data; `SystemError` for damaged byte code.
    pub fn from_data(data: &CodeData) -> PyResult<Py<PyCode>> {
        let _ = data;
        todo!()
    }

    /// Back to data: what marshal writes, without specialised instructions.
    pub fn to_data(&self) -> Arc<CodeData> {
        let _ = self;
        todo!()
    }

    /// The line of the instruction at this code unit.
    pub fn line_at(&self, unit: usize) -> Option<i32> {
        let _ = (self, unit);
        todo!()
    }

    /// `co_name`.
    pub fn name(&self) -> &PyStr {
        let _ = self;
        todo!()
    }

    /// `co_qualname`.
    pub fn qualname(&self) -> &PyStr {
        let _ = self;
        todo!()
    }

    /// `co_filename`.
    pub fn filename(&self) -> &PyStr {
        let _ = self;
        todo!()
    }
}

/// The object of a constant.
pub fn constant_to_object(constant: &Constant) -> PyResult {
    let _ = constant;
    todo!()
}

/// The constant of an object that marshal could write; `None` for other types.
pub fn object_to_constant(object: &PyObject) -> Option<Constant> {
    let _ = object;
    todo!()
}
