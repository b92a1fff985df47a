//! `_tracemalloc`: remembers for every block of memory where it was asked for.
//!
//! `memory::set_hook` tells of blocks. The hook runs inside allocations, so it makes no objects: it notes references to
//! file names that code objects hold, and line numbers. Blocks of threads without a state are not seen.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;
use taipan_macros::pymodule;
use taipan_objects::memory::{self, Hook};
use taipan_objects::model::thread::current_opt;
use taipan_objects::prelude::*;

/// Where a block was asked for, innermost frame first, and how many frames there were in all.
struct Traceback {
    frames: Vec<(Obj, i32)>,
    total: usize,
}

struct Trace {
    size: usize,
    traceback: Rc<Traceback>,
}

/// Addresses of file names, and lines.
type Key = (Vec<(usize, i32)>, usize);

#[derive(Default)]
struct Table {
    traces: HashMap<usize, Trace>,
    /// Every traceback once.
    known: HashMap<Key, Rc<Traceback>>,
    traced: usize,
    peak: usize,
}

/// The tracer of one interpreter.
#[derive(Default)]
struct Tracer {
    tracing: Cell<bool>,
    limit: Cell<usize>,
    table: RefCell<Table>,
}

static HOOK: Hook = Hook { allocated, freed };

fn tracer() -> Option<&'static Tracer> {
    let tracer = current_opt()?.interpreter().extension::<Tracer>();
    tracer.tracing.get().then_some(tracer)
}

/// The file names and lines of the running frames, at most `limit` of them.
fn here(limit: usize) -> (Key, Vec<(Obj, i32)>) {
    let (mut key, mut frames, mut total) = (Vec::new(), Vec::new(), 0);
    if let Some(thread) = current_opt() {
        taipan_interpreter::frames::walk(thread, &mut |code, line| {
            total += 1;
            if frames.len() < limit {
                let filename = code.filename();
                let line = line.unwrap_or(0);
                key.push((filename.as_ptr().addr(), line));
                frames.push((filename.owned(), line));
            }
            true
        });
    }
    ((key, total), frames)
}

fn allocated(address: usize, size: usize) {
    let Some(tracer) = tracer() else { return };
    // Borrowed where the tracer itself gives memory back.
    let Ok(mut table) = tracer.table.try_borrow_mut() else { return };
    let (key, frames) = here(tracer.limit.get());
    let total = key.1;
    let traceback = table.known.entry(key).or_insert_with(|| Rc::new(Traceback { frames, total })).clone();
    let old = table.traces.insert(address, Trace { size, traceback });
    table.traced = table.traced + size - old.as_ref().map_or(0, |old| old.size);
    table.peak = table.peak.max(table.traced);
}

fn freed(address: usize) {
    let Some(tracer) = tracer() else { return };
    let Ok(mut table) = tracer.table.try_borrow_mut() else { return };
    if let Some(trace) = table.traces.remove(&address) {
        table.traced -= trace.size;
    }
}

/// Starts, for `-X tracemalloc` and the module.
pub fn start(limit: usize) {
    if let Some(thread) = current_opt() {
        let tracer = thread.interpreter().extension::<Tracer>();
        tracer.limit.set(limit);
        if !tracer.tracing.replace(true) {
            memory::set_hook(Some(&HOOK));
        }
    }
}

fn clear(tracer: &Tracer) {
    let table = tracer.table.take();
    drop(table);
}

fn stop() {
    if let Some(tracer) = tracer() {
        memory::set_hook(None);
        tracer.tracing.set(false);
        clear(tracer);
    }
}

fn frames_to_py(traceback: &Traceback) -> PyResult {
    let mut frames = Vec::with_capacity(traceback.frames.len());
    for (filename, line) in &traceback.frames {
        let line = PyInt::from_i64(i64::from(*line)).into_obj();
        frames.push(PyTuple::from_vec(vec![filename.clone(), line]).into_obj());
    }
    Ok(PyTuple::from_vec(frames).into_obj())
}

/// Debug module to trace memory blocks allocated by Python.
#[pymodule(name = "_tracemalloc")]
pub mod tracemalloc {
    use super::{Tracer, clear, frames_to_py, tracer};
    use std::rc::Rc;
    use taipan_objects::memory;
    use taipan_objects::model::thread::current;
    use taipan_objects::prelude::*;

    /// Return True if the tracemalloc module is tracing Python memory allocations.
    #[pyfunction]
    pub fn is_tracing() -> bool {
        tracer().is_some()
    }

    /// Clear traces of memory blocks allocated by Python.
    #[pyfunction]
    pub fn clear_traces() {
        if let Some(tracer) = tracer() {
            clear(tracer);
        }
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
        let Some(tracer) = tracer() else { return Ok(list) };
        // Making objects changes the table: a copy first.
        let traces: Vec<_> = tracer
            .table
            .borrow()
            .traces
            .values()
            .map(|trace| (trace.size, trace.traceback.clone()))
            .collect();
        for (size, traceback) in traces {
            let items = vec![
                PyInt::from_i64(0).into_obj(),
                PyInt::from_u64(size as u64).into_obj(),
                frames_to_py(&traceback)?,
                PyInt::from_u64(traceback.total as u64).into_obj(),
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
    pub fn _get_object_traceback(obj: &PyObject) -> PyResult<Option<Obj>> {
        let Some(tracer) = tracer() else { return Ok(None) };
        let address = obj.as_ptr().addr() - memory::preheader_size(obj.class());
        let traceback = tracer.table.borrow().traces.get(&address).map(|trace| Rc::clone(&trace.traceback));
        traceback.map(|traceback| frames_to_py(&traceback)).transpose()
    }

    /// Start tracing Python memory allocations.
    ///
    /// Also set the maximum number of frames stored in the traceback of a
    /// trace to nframe.
    #[pyfunction(signature = "(nframe=1, /)")]
    pub fn start(nframe: i32) -> PyResult<()> {
        match usize::try_from(nframe) {
            Ok(limit) if (1..=65535).contains(&limit) => {
                super::start(limit);
                Ok(())
            }
            _ => Err(raised!(ValueError, "the number of frames must be in range [1; 65535]")),
        }
    }

    /// Stop tracing Python memory allocations.
    ///
    /// Also clear traces of memory blocks allocated by Python.
    #[pyfunction]
    pub fn stop() {
        super::stop();
    }

    /// Get the maximum number of frames stored in the traceback of a trace.
    ///
    /// By default, a trace of an allocated memory block only stores
    /// the most recent frame: the limit is 1.
    #[pyfunction]
    pub fn get_traceback_limit() -> usize {
        current().interpreter().extension::<Tracer>().limit.get().max(1)
    }

    /// Get the memory usage in bytes of the tracemalloc module.
    ///
    /// This memory is used internally to trace memory allocations.
    #[pyfunction]
    pub fn get_tracemalloc_memory() -> usize {
        let Some(tracer) = tracer() else { return 0 };
        let table = tracer.table.borrow();
        let traces = table.traces.capacity() * (size_of::<super::Trace>() + size_of::<usize>());
        let frames: usize = table.known.keys().map(|key| 64 + 32 * key.0.len()).sum();
        traces + frames
    }

    /// Get the current size and peak size of memory blocks traced by tracemalloc.
    ///
    /// Returns a tuple: (current: int, peak: int).
    #[pyfunction]
    pub fn get_traced_memory() -> (usize, usize) {
        let Some(tracer) = tracer() else { return (0, 0) };
        let table = tracer.table.borrow();
        (table.traced, table.peak)
    }

    /// Set the peak size of memory blocks traced by tracemalloc to the current size.
    ///
    /// Do nothing if the tracemalloc module is not tracing memory allocations.
    #[pyfunction]
    pub fn reset_peak() {
        if let Some(tracer) = tracer() {
            let mut table = tracer.table.borrow_mut();
            table.peak = table.traced;
        }
    }
}
