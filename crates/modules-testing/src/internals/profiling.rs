//! What `perf` is told of.

use taipan_interpreter::trampolines::{self, map};
use taipan_objects::errors;
use taipan_objects::prelude::*;
use taipan_objects::types::code::PyCode;

#[pymodule(fragment)]
pub mod profiling {
    use super::*;

    /// Adds a line to the map of this process; gives 0.
    #[pyfunction(signature = "(address, size, name, /)")]
    pub fn write_perf_map_entry(address: &PyObject, size: u32, name: &PyStr) -> PyResult<i32> {
        let address = number::index(address)?.to_i64().unwrap_or_default();
        map::write(address as usize, size as usize, name.to_utf8()?.as_bytes())
            .map_err(|errno| errors::set_os_error(errno, None, None))?;
        Ok(0)
    }

    /// Closes the map.
    #[pyfunction(signature = "()")]
    pub fn perf_map_state_teardown() {
        map::close();
    }

    /// Makes the piece of machine code of a code object before it runs; gives 0.
    #[pyfunction(signature = "(code, /)")]
    pub fn compile_perf_trampoline_entry(code: &PyObject) -> PyResult<i32> {
        let Some(code) = code.downcast::<PyCode>() else {
            return Err(raised!(TypeError, "argument must be code, not {}", code.class().name()));
        };
        trampolines::piece_of(code);
        Ok(0)
    }

    /// Says whether the children of forks keep the pieces; gives that back.
    #[pyfunction(signature = "(enable, /)")]
    pub fn perf_trampoline_set_persist_after_fork(enable: i32) -> i32 {
        trampolines::set_kept_by_children(enable != 0);
        enable
    }
}
