//! Calls that other threads ask the main thread for, and exceptions that they set in a thread.

use core::cell::RefCell;
use core::ffi::c_int;
use std::collections::{HashMap, VecDeque};
use std::sync::Mutex;
use taipan_host::threads;
use taipan_objects::errors;
use taipan_objects::model::thread::{self, EvalBreaker};
use taipan_objects::prelude::*;

/// A call of C code: the function's number of success is 0.
pub type Call = Box<dyn FnOnce() -> PyResult<()> + Send>;

/// The longest queue of calls.
const MOST: usize = 300;

static CALLS: Mutex<VecDeque<Call>> = Mutex::new(VecDeque::new());

/// Asks for a call (`Py_AddPendingCall`); false where too many wait.
pub fn add(call: Call, breaker: &EvalBreaker) -> bool {
    let Ok(mut calls) = CALLS.lock() else { return false };
    if calls.len() >= MOST {
        return false;
    }
    calls.push_back(call);
    breaker.set_bits(EvalBreaker::PENDING_CALLS);
    true
}

/// Runs the calls that waited when it began.
pub fn run() -> PyResult<()> {
    let count = CALLS.lock().map_or(0, |calls| calls.len());
    for _ in 0..count {
        let next = CALLS.lock().ok().and_then(|mut calls| calls.pop_front());
        match next {
            Some(call) => call()?,
            None => break,
        }
    }
    Ok(())
}

/// Exceptions for threads, by identity.
#[derive(Default)]
struct Asynchronous(RefCell<HashMap<usize, Obj>>);

fn asynchronous() -> &'static Asynchronous {
    thread::current().interpreter().extension()
}

/// Sets an exception in a thread (`PyThreadState_SetAsyncExc`), or takes it back; says how many threads that were.
pub fn set_async(identity: usize, exception: Option<&PyObject>) -> c_int {
    let entries = crate::threads::registry().entries.borrow().clone();
    let Some(entry) = entries.iter().find(|entry| entry.identity == identity) else { return 0 };
    let old = match exception {
        Some(exception) => asynchronous().0.borrow_mut().insert(identity, exception.owned()),
        None => asynchronous().0.borrow_mut().remove(&identity),
    };
    drop(old);
    entry.state.eval_breaker.set_bits(EvalBreaker::ASYNC_EXCEPTION);
    1
}

/// Raises the exception that was set in this thread.
pub fn raise_async() -> PyResult<()> {
    let found = asynchronous().0.borrow_mut().remove(&threads::identity());
    match found {
        Some(class) => match class.downcast::<TypeObject>() {
            Some(class) => Err(errors::set_object(class, none_ref())),
            None => Err(errors::set_object(class.class(), &class)),
        },
        None => Ok(()),
    }
}
