//! `_ThreadHandle`: what joins a thread.

use super::lock::{self, Patience};
use core::cell::{Cell, RefCell};
use core::sync::atomic::{AtomicU8, AtomicUsize, Ordering};
use std::sync::{Arc, Weak};
use taipan_host::threads::{self, Lock};
use taipan_objects::model::args::OptArg;
use taipan_objects::model::thread;
use taipan_objects::prelude::*;

const NOT_STARTED: u8 = 0;
const STARTING: u8 = 1;
const RUNNING: u8 = 2;
const DONE: u8 = 3;

/// What the thread and its handle share.
#[derive(Debug, Default)]
pub struct Shared {
    state: AtomicU8,
    identity: AtomicUsize,
    /// Held until the thread is done.
    running: Lock,
}

impl Shared {
    /// Begins to start; false where it was started before.
    pub fn begin(&self) -> bool {
        let begun = self.state.compare_exchange(NOT_STARTED, STARTING, Ordering::AcqRel, Ordering::Relaxed);
        if begun.is_ok() {
            self.running.try_take();
        }
        begun.is_ok()
    }

    /// Takes the beginning back.
    pub fn abandon(&self) {
        self.running.release();
        self.state.store(NOT_STARTED, Ordering::Release);
    }

    pub fn set_running(&self, identity: usize) {
        self.identity.store(identity, Ordering::Release);
        let _ = self.state.compare_exchange(STARTING, RUNNING, Ordering::AcqRel, Ordering::Relaxed);
    }

    pub fn set_done(&self) {
        if self.state.swap(DONE, Ordering::AcqRel) != DONE {
            self.running.release();
        }
    }

    pub fn is_done(&self) -> bool {
        self.state.load(Ordering::Acquire) == DONE
    }

    pub fn identity(&self) -> usize {
        self.identity.load(Ordering::Acquire)
    }

    /// Waits for the end; false where the time is over.
    pub fn wait(&self, patience: Patience) -> PyResult<bool> {
        if self.is_done() {
            return Ok(true);
        }
        let done = lock::take(&self.running, patience)?;
        if done {
            self.running.release();
        }
        Ok(done)
    }
}

/// The threads that handles stand for, while somebody has the handle.
#[derive(Default)]
struct Known(RefCell<Vec<Weak<Shared>>>);

fn known() -> &'static Known {
    thread::current().interpreter().extension()
}

/// Remembers a thread that begins, for [`only_this_is_left`].
pub fn remember(shared: &Arc<Shared>) {
    let mut known = known().0.borrow_mut();
    if known.len() == known.capacity() {
        known.retain(|shared| shared.strong_count() != 0);
    }
    known.push(Arc::downgrade(shared));
}

/// In the child of a fork all threads but the running one are done.
pub fn only_this_is_left() {
    let me = threads::identity();
    known().0.borrow_mut().retain(|shared| {
        let Some(shared) = shared.upgrade() else { return false };
        let stays = shared.identity() == me;
        if !stays {
            shared.set_done();
        }
        stays
    });
}

#[pytype(name = "_thread._ThreadHandle", weakref = weaklist, parts(METHODS))]
pub struct PyThreadHandle {
    ob_base: PyObject,
    pub shared: Arc<Shared>,
    weaklist: Cell<*mut PyObject>,
}

impl PyThreadHandle {
    pub fn new() -> Py<PyThreadHandle> {
        taipan_objects::memory::new(PyThreadHandle {
            ob_base: PyObject::EMPTY,
            shared: Arc::default(),
            weaklist: Cell::new(core::ptr::null_mut()),
        })
    }

    /// The handle of a thread that runs already.
    pub fn of_running(identity: usize) -> Py<PyThreadHandle> {
        let handle = Self::new();
        handle.shared.begin();
        handle.shared.set_running(identity);
        remember(&handle.shared);
        handle
    }
}

#[pymethods(METHODS)]
impl PyThreadHandle {
    #[new(signature = "()")]
    fn py_new(cls: &TypeObject) -> PyResult<Py<PyThreadHandle>> {
        taipan_objects::memory::new_in(
            cls,
            PyThreadHandle {
                ob_base: PyObject::EMPTY,
                shared: Arc::default(),
                weaklist: Cell::new(core::ptr::null_mut()),
            },
        )
    }

    #[getter]
    fn ident(&self) -> usize {
        self.shared.identity()
    }

    #[pymethod(no_text, signature = "(timeout=None, /)")]
    fn join(&self, timeout: OptArg<&PyObject>) -> PyResult<()> {
        let patience = match timeout.given().filter(|timeout| !timeout.is_none()) {
            None => Patience::Forever,
            Some(timeout) => {
                let seconds = number::as_f64(timeout)?;
                if seconds < 0.0 { Patience::Forever } else { Patience::seconds(seconds)? }
            }
        };
        match self.shared.state.load(Ordering::Acquire) {
            NOT_STARTED => return Err(raised!(RuntimeError, "thread not started")),
            DONE => return Ok(()),
            _ => {}
        }
        if self.shared.identity() == threads::identity() {
            return Err(raised!(RuntimeError, "Cannot join current thread"));
        }
        if crate::state::is_finalizing() {
            return Err(raised!(PythonFinalizationError, "cannot join thread at interpreter shutdown"));
        }
        self.shared.wait(patience).map(drop)
    }

    #[pymethod]
    fn is_done(&self) -> bool {
        self.shared.is_done()
    }

    #[pymethod]
    fn _set_done(&self) -> PyResult<()> {
        match self.shared.state.load(Ordering::Acquire) {
            NOT_STARTED => Err(raised!(RuntimeError, "thread not started")),
            _ => {
                self.shared.set_done();
                Ok(())
            }
        }
    }

    #[slot(tp_repr)]
    fn repr(&self) -> PyResult<Py<PyStr>> {
        let name = self.class().name();
        Ok(PyStr::new(&format!("<{name} object: ident={}>", self.shared.identity())))
    }
}
