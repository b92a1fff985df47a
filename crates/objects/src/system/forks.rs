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
    /// What the runtime itself does.
    native: RefCell<Vec<Native>>,
}

/// What the runtime puts in order around a fork: locks, threads, signals.
#[derive(Clone, Copy)]
pub struct Native {
    /// Last before the fork.
    pub before: fn(),
    /// First in the parent.
    pub in_parent: fn(),
    /// First in the child, where only one thread is left.
    pub in_child: fn(),
}

impl AtFork {
    /// Those of the running interpreter.
    pub fn of_this_interpreter() -> &'static AtFork {
        thread::current().interpreter().extension::<AtFork>()
    }

    /// Has the runtime put something of its own in order.
    pub fn register_native(&self, native: Native) {
        self.native.borrow_mut().push(native);
    }

    fn run_native(&self, choose: fn(&Native) -> fn()) {
        let hooks: Vec<fn()> = self.native.borrow().iter().map(choose).collect();
        hooks.into_iter().for_each(|hook| hook());
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
    AtFork::of_this_interpreter().run_native(|native| native.before);
}

/// Runs what must run in the parent.
pub fn after_fork_in_parent() {
    AtFork::of_this_interpreter().run_native(|native| native.in_parent);
    let functions = AtFork::of_this_interpreter().in_parent.borrow().clone();
    AtFork::run(&functions);
}

/// Puts the interpreter in order in the child, where only this thread is left, then runs what must run there.
pub fn after_fork_in_child() {
    AtFork::of_this_interpreter().run_native(|native| native.in_child);
    let functions = AtFork::of_this_interpreter().in_child.borrow().clone();
    AtFork::run(&functions);
}
