//! What higher floors hang into the door: giving up the interpreter's lock around a call that waits, and auditing.
//!
//! The runtime sets both once, before the first Python thread runs. Until then calls run as they are.

use crate::{Errno, Result};
use std::sync::OnceLock;

/// The pair of functions around a call that may wait.
#[derive(Clone, Copy)]
pub struct BlockingHook {
    /// Lets other threads run; gives back what `reacquire` needs to know (0: this thread held nothing).
    pub release: fn() -> usize,
    /// Waits until this thread may run Python code again.
    pub reacquire: fn(usize),
}

/// An argument of an audit event.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum AuditArgument<'a> {
    None,
    Integer(i64),
    Text(&'a str),
    Bytes(&'a [u8]),
}

/// Tells the audit hooks of an event; `false` means that one of them refused (its exception is set).
pub type AuditHook = fn(event: &'static str, arguments: &[AuditArgument<'_>]) -> bool;

static BLOCKING: OnceLock<BlockingHook> = OnceLock::new();
static AUDIT: OnceLock<AuditHook> = OnceLock::new();

/// Sets the functions around waiting calls. The first call counts; it says whether this was the first.
pub fn set_blocking_hook(hook: BlockingHook) -> bool {
    BLOCKING.set(hook).is_ok()
}

/// Sets the function that audit events go to. The first call counts; it says whether this was the first.
pub fn set_audit_hook(hook: AuditHook) -> bool {
    AUDIT.set(hook).is_ok()
}

/// Takes the lock back when the work ends, also when it ends in a panic.
struct Released {
    hook: BlockingHook,
    token: usize,
}

impl Drop for Released {
    fn drop(&mut self) {
        (self.hook.reacquire)(self.token);
    }
}

/// Runs `work`, which may wait and touches no Python object, while other threads may run Python code.
pub fn blocking<T>(work: impl FnOnce() -> T) -> T {
    let _released = BLOCKING.get().map(|hook| Released { hook: *hook, token: (hook.release)() });
    work()
}

/// Tells the audit hooks of an event. An error means that one refused and that its exception is set.
pub fn audit(event: &'static str, arguments: &[AuditArgument<'_>]) -> Result<()> {
    match AUDIT.get() {
        Some(hook) if !hook(event, arguments) => Err(Errno(libc::EPERM)),
        _ => Ok(()),
    }
}
