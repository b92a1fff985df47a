//! What runs around `fork`: the functions of `os.register_at_fork` and the runtime's own.

use crate::errors;
use crate::model::{Obj, thread};
use crate::protocols::call;
use core::cell::RefCell;

/// The functions of `os.register_at_fork`, in the order of registration.
#[derive(Default)]
pub struct AtFork {
    pub before: RefCell<Vec<Obj>>,
    pub in_child: RefCell<Vec<Obj>>,
    pub in_parent: RefCell<Vec<Obj>>,
    /// What the runtime itself does in the child first: locks, threads, signals.
    native: RefCell<Vec<fn()>>,
}

impl AtFork {
    /// Those of the running interpreter.
    pub fn of_this_interpreter() -> &'static AtFork {
        thread::current().interpreter().extension::<AtFork>()
    }

    /// Has the runtime put something of its own in order in the child.
    pub fn register_native(&self, hook: fn()) {
        self.native.borrow_mut().push(hook);
    }

    fn run(functions: &[Obj]) {
        for function in functions {
            if let Err(raised) = call::call(function, &[]) {
                errors::write_unraisable(
                    raised,
                    Some("Exception ignored in atfork callback"),
                    Some(function),
                );
            }
        }
    }
}

/// Runs what must run before a fork, the latest registered first.
pub fn before_fork() {
    let mut functions = AtFork::of_this_interpreter().before.borrow().clone();
    functions.reverse();
    AtFork::run(&functions);
}

/// Runs what must run in the parent.
pub fn after_fork_in_parent() {
    let functions = AtFork::of_this_interpreter().in_parent.borrow().clone();
    AtFork::run(&functions);
}

/// Puts the interpreter in order in the child, where only this thread is left, then runs what must run there.
pub fn after_fork_in_child() {
    for hook in AtFork::of_this_interpreter().native.borrow().iter() {
        hook();
    }
    let functions = AtFork::of_this_interpreter().in_child.borrow().clone();
    AtFork::run(&functions);
}
