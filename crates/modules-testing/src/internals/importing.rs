//! What is remembered of extension modules.

use taipan_objects::prelude::*;
use taipan_runtime::imports;

#[pymodule(fragment)]
pub mod importing {
    use super::*;

    /// Forget an extension module, so that the next import initialises it anew.
    #[pyfunction(no_text, signature = "(name, filename, /)")]
    pub fn clear_extension(name: &PyObject, filename: &PyObject) -> PyResult<()> {
        match imports::dynamic() {
            Some(dynamic) => (dynamic.forget)(name, filename),
            None => Ok(()),
        }
    }
}
