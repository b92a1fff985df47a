//! `_tracemalloc`: what `runtime::tracemalloc` noted, as Python sees it.

use std::collections::HashMap;
use std::rc::Rc;
use taipan_macros::pymodule;
use taipan_objects::memory;
use taipan_objects::prelude::*;
use taipan_runtime::tracemalloc as tracer;

/// Debug module to trace memory blocks allocated by Python.
#[pymodule(name = "_tracemalloc")]
pub mod tracemalloc {
    use super::*;

    /// Return True if the tracemalloc module is tracing Python memory allocations.
    #[pyfunction]
    pub fn is_tracing() -> bool {
        tracer::is_tracing()
    }

    /// Clear traces of memory blocks allocated by Python.
    #[pyfunction]
    pub fn clear_traces() {
        tracer::clear();
    }

    /// Get traces of all memory blocks allocated by Python.
    ///
    /// Return a list of (size: int, traceback: tuple) tuples.
    /// traceback is a tuple of (filename: str, lineno: int) tuples.
    ///
    /// Return an empty list if the tracemalloc module is disabled.
    #[pyfunction]
    pub fn _get_traces() -> PyResult<Py<PyList>> {
        let list = PyList::new();
        // Making objects changes the tables: these are copies. A traceback is one tuple, however many blocks share it.
        let mut tuples = HashMap::new();
        for trace in tracer::traces() {
            let frames =
                tuples.entry(Rc::as_ptr(&trace.traceback)).or_insert_with(|| trace.traceback.to_py()).clone();
            let items = vec![
                PyInt::from_u64(trace.domain.into()).into_obj(),
                PyInt::from_u64(trace.size as u64).into_obj(),
                frames.into_obj(),
                PyInt::from_u64(trace.traceback.total as u64).into_obj(),
            ];
            list.append(PyTuple::from_vec(items).into_obj())?;
        }
        Ok(list)
    }

    /// Get the traceback where the Python object obj was allocated.
    ///
    /// Return a tuple of (filename: str, lineno: int) tuples.
    /// Return None if the tracemalloc module is disabled or did not
    /// trace the allocation of the object.
    #[pyfunction(signature = "(obj, /)")]
    pub fn _get_object_traceback(obj: &PyObject) -> Option<Obj> {
        let address = obj.as_ptr().addr() - memory::preheader_size(obj.class());
        tracer::traceback_of(tracer::DEFAULT_DOMAIN, address).map(|traceback| traceback.to_py().into_obj())
    }

    /// Start tracing Python memory allocations.
    ///
    /// Also set the maximum number of frames stored in the traceback of a
    /// trace to nframe.
    #[pyfunction(signature = "(nframe=1, /)")]
    pub fn start(nframe: i32) -> PyResult<()> {
        tracer::start(nframe.into())
    }

    /// Stop tracing Python memory allocations.
    ///
    /// Also clear traces of memory blocks allocated by Python.
    #[pyfunction]
    pub fn stop() {
        tracer::stop();
    }

    /// Get the maximum number of frames stored in the traceback of a trace.
    ///
    /// By default, a trace of an allocated memory block only stores
    /// the most recent frame: the limit is 1.
    #[pyfunction]
    pub fn get_traceback_limit() -> usize {
        tracer::limit()
    }

    /// Get the memory usage in bytes of the tracemalloc module.
    ///
    /// This memory is used internally to trace memory allocations.
    #[pyfunction]
    pub fn get_tracemalloc_memory() -> usize {
        tracer::own_memory()
    }

    /// Get the current size and peak size of memory blocks traced by tracemalloc.
    ///
    /// Returns a tuple: (current: int, peak: int).
    #[pyfunction]
    pub fn get_traced_memory() -> (usize, usize) {
        tracer::traced()
    }

    /// Set the peak size of memory blocks traced by tracemalloc to the current size.
    ///
    /// Do nothing if the tracemalloc module is not tracing memory allocations.
    #[pyfunction]
    pub fn reset_peak() {
        tracer::reset_peak();
    }
}
