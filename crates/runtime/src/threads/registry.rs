//! The threads of an interpreter.

use core::cell::{Cell, RefCell};
use taipan_host::threads;
use taipan_objects::model::thread::{self, ThreadState};
use taipan_objects::prelude::*;

/// A thread that runs, or is about to run, Python code.
#[derive(Clone, Copy)]
pub struct Entry {
    /// Never used again.
    pub serial: u64,
    pub identity: usize,
    pub state: &'static ThreadState,
}

/// The threads of an interpreter. Reached with its lock held.
#[derive(Default)]
pub struct Registry {
    pub entries: RefCell<Vec<Entry>>,
    next_serial: Cell<u64>,
    pub main_identity: Cell<usize>,
    /// The stack of new threads in bytes; 0 for the system's choice.
    pub stack_size: Cell<usize>,
}

/// That of the running interpreter.
pub fn registry() -> &'static Registry {
    thread::current().interpreter().extension()
}

impl Registry {
    /// Adds a thread that does not run yet.
    pub fn add(&self, state: &'static ThreadState, identity: usize) -> u64 {
        let serial = self.next_serial.get() + 1;
        self.next_serial.set(serial);
        state.is_listed.set(true);
        self.entries.borrow_mut().push(Entry { serial, identity, state });
        self.link();
        serial
    }

    pub fn set_identity(&self, serial: u64, identity: usize) {
        if let Some(entry) = self.entries.borrow_mut().iter_mut().find(|entry| entry.serial == serial) {
            entry.identity = identity;
        }
    }

    pub fn remove(&self, serial: u64) {
        self.retain(|entry| entry.serial != serial);
        self.link();
    }

    /// Forgets the other threads; the interpreter takes over their tasks.
    fn retain(&self, stays: impl Fn(&Entry) -> bool) {
        self.entries.borrow_mut().retain(|entry| {
            let stays = stays(entry);
            if !stays {
                entry.state.leave_tasks();
            }
            stays
        });
    }

    /// The serial number of the running thread.
    pub fn current_serial(&self) -> u64 {
        let state = thread::current();
        let entries = self.entries.borrow();
        entries.iter().find(|entry| core::ptr::eq(entry.state, state)).map_or(0, |entry| entry.serial)
    }

    /// Leaves the running thread alone: for the child of a fork.
    pub fn keep_only_current(&self) {
        let state = thread::current();
        self.retain(|entry| core::ptr::eq(entry.state, state));
        let identity = threads::identity();
        for entry in self.entries.borrow_mut().iter_mut() {
            entry.identity = identity;
        }
        self.main_identity.set(identity);
        state.note_identity();
        self.link();
    }

    /// Shows the threads to C code and to other processes.
    fn link(&self) {
        let newest = ThreadState::link_all(self.entries.borrow().iter().map(|entry| entry.state));
        if thread::current().interpreter().id == 0 {
            crate::signals::remote::show_threads(newest);
        }
    }
}

/// Enters the thread that starts the interpreter.
pub fn register_main() {
    let identity = threads::identity();
    registry().main_identity.set(identity);
    thread::current().note_identity();
    registry().add(thread::current(), identity);
}

/// Whether this is the main thread of the main interpreter.
pub fn is_main_thread() -> bool {
    thread::current().interpreter().id == 0 && registry().main_identity.get() == threads::identity()
}

/// `sys._current_frames()`
pub fn current_frames() -> PyResult<Py<PyDict>> {
    let dict = PyDict::new();
    for entry in registry().entries.borrow().clone() {
        if let Some(frame) = taipan_interpreter::frames::frame_of_thread(entry.state) {
            dict.set_item(&PyInt::from_u64(entry.identity as u64), &frame)?;
        }
    }
    Ok(dict)
}

/// `sys._current_exceptions()`
pub fn current_exceptions() -> PyResult<Py<PyDict>> {
    let dict = PyDict::new();
    for entry in registry().entries.borrow().clone() {
        let handled = taipan_objects::errors::handled_in(entry.state);
        dict.set_item(&PyInt::from_u64(entry.identity as u64), &handled.unwrap_or_else(none))?;
    }
    Ok(dict)
}
