//! Starting threads, and what a thread does from its first to its last moment.

#![expect(
    unsafe_code,
    reason = "objects go to another thread, which holds the interpreter's lock when it uses them"
)]

use super::handle::{PyThreadHandle, Shared};
use super::registry::registry;
use crate::gil::{self, Gil};
use core::cell::RefCell;
use std::sync::Arc;
use taipan_host::threads;
use taipan_objects::errors::{self, Exc};
use taipan_objects::model::thread::{self, ThreadState};
use taipan_objects::prelude::*;

/// Threads that the interpreter waits for before it ends.
#[derive(Default)]
pub struct NotDaemons(RefCell<Vec<Arc<Shared>>>);

fn not_daemons() -> &'static NotDaemons {
    thread::current().interpreter().extension()
}

/// What a new thread takes along.
struct Work {
    function: Obj,
    args: Obj,
    kwargs: Option<Obj>,
    state: &'static ThreadState,
    gil: &'static Gil,
    serial: u64,
    shared: Arc<Shared>,
}

/// SAFETY of sending: the new thread touches the objects and the state only while it holds the interpreter's lock.
struct Sent(Work);

// SAFETY: see above.
unsafe impl Send for Sent {}

/// Starts a thread that calls `function(*args, **kwargs)`; gives its identity.
pub fn start(
    function: &PyObject,
    args: &PyTuple,
    kwargs: Option<&PyObject>,
    handle: &PyThreadHandle,
    daemon: bool,
) -> PyResult<usize> {
    if crate::state::is_finalizing() {
        return Err(raised!(PythonFinalizationError, "can't create new thread at interpreter shutdown"));
    }
    let shared = Arc::clone(&handle.shared);
    if !shared.begin() {
        return Err(raised!(RuntimeError, "thread already started"));
    }
    super::handle::remember(&shared);
    let interpreter = thread::current().interpreter();
    let state = ThreadState::new(interpreter);
    let registry = registry();
    let serial = registry.add(state, 0);
    crate::contextvars::inherit(state);
    let work = Work {
        function: function.owned(),
        args: args.owned(),
        kwargs: kwargs.map(ObjectExt::owned),
        state,
        gil: gil::of(interpreter),
        serial,
        shared: Arc::clone(&shared),
    };
    let sent = Sent(work);
    let started = threads::spawn(registry.stack_size.get(), move || {
        let sent = sent;
        run(sent.0);
    });
    match started {
        Ok(started) => {
            // The thread may have ended already; then there is nothing to enter.
            registry.set_identity(serial, started.identity);
            shared.set_running(started.identity);
            if !daemon {
                not_daemons().0.borrow_mut().push(shared);
            }
            Ok(started.identity)
        }
        Err(_) => {
            registry.remove(serial);
            shared.abandon();
            Err(raised!(RuntimeError, "can't start new thread"))
        }
    }
}

/// The thread's whole life.
fn run(work: Work) {
    let Work { function, args, kwargs, state, gil, serial, shared } = work;
    state.measure_stack();
    shared.set_running(threads::identity());
    gil::attach(state, gil);
    taipan_interpreter::prepare_thread(state);
    state.note_identity();
    registry().set_identity(serial, threads::identity());
    let arguments = args.downcast::<PyTuple>().map(|args| {
        call::call_tuple(&function, args, kwargs.as_ref().and_then(|kwargs| kwargs.downcast::<PyDict>()))
    });
    if let Some(Err(raised)) = arguments {
        if errors::matches(&raised, Exc::SystemExit) {
            errors::clear(raised);
        } else {
            report(raised, &function);
        }
    }
    drop((function, args, kwargs));
    super::local::forget_thread(serial);
    for cell in [&state.context, &state.asyncio_task, &state.asyncio_loop] {
        cell.set(None);
    }
    registry().remove(serial);
    not_daemons().0.borrow_mut().retain(|other| !Arc::ptr_eq(other, &shared));
    shared.set_done();
    gil::detach();
}

#[cold]
fn report(raised: Raised, function: &PyObject) {
    let exception = errors::take(raised);
    let shown = object::repr(function).map_or_else(
        |raised| {
            errors::clear(raised);
            String::from("?")
        },
        |text| text.to_string_lossy().into_owned(),
    );
    let message = format!("Exception ignored in thread started by {shown}");
    errors::write_unraisable(errors::restore(exception), Some(&message), None);
}

/// Waits for all threads that are not daemons (`_thread._shutdown`).
pub fn join_all() -> PyResult<()> {
    let me = threads::identity();
    loop {
        let next = not_daemons().0.borrow().iter().find(|shared| shared.identity() != me).cloned();
        let Some(shared) = next else { return Ok(()) };
        shared.wait(super::lock::Patience::Forever)?;
        not_daemons().0.borrow_mut().retain(|other| !Arc::ptr_eq(other, &shared));
    }
}

/// In the child of a fork no other thread is left to wait for.
pub fn forget_others() {
    let me = threads::identity();
    super::handle::only_this_is_left();
    not_daemons().0.borrow_mut().retain(|shared| shared.identity() == me);
}
