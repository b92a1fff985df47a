//! `_sysconfig`: what `sysconfig` asks the interpreter itself about its build.

use taipan_macros::pymodule;

/// A helper for the sysconfig module.
#[pymodule(name = "_sysconfig")]
pub mod sysconfig {
    use taipan_objects::prelude::*;

    /// Returns a dictionary containing build variables intended to be exposed by sysconfig.
    #[pyfunction(signature = "()")]
    pub fn config_vars() -> PyResult<Py<PyDict>> {
        let variables = PyDict::new();
        for name in ["Py_GIL_DISABLED", "Py_DEBUG"] {
            variables.set_item(&PyStr::new(name), &PyInt::from_i64(0))?;
        }
        Ok(variables)
    }
}
