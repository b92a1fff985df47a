//! `code(…)` and `code.replace(…)`: code from parts that a program gives, judged before the interpreter trusts it.

use super::PyCode;
use crate::model::PyResult;
use crate::raised;
use taipan_bytecode::{CodeData, validate};
use taipan_macros::pymethods;

/// Fails with `ValueError` for code that the interpreter could not run safely.
pub fn judge(data: &CodeData) -> PyResult<()> {
    validate::validate(data).map_err(|wrong| raised!(ValueError, "code: {wrong}"))
}

#[pymethods(METHODS)]
impl PyCode {}
