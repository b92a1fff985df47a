//! Audit events: hooks that hear of them and may refuse by raising.
//!
//! Hooks that `sys.addaudithook` adds belong to the interpreter and are never removed.

use core::cell::RefCell;
use core::sync::atomic::Ordering;
use taipan_host::hooks::AuditArgument;
use taipan_interpreter::monitoring::trace;
use taipan_objects::errors::{self, Exc};
use taipan_objects::model::thread;
use taipan_objects::prelude::*;

/// The hooks of an interpreter.
#[derive(Default)]
struct Hooks(RefCell<Vec<Obj>>);

fn hooks() -> Option<&'static Hooks> {
    thread::current_opt().map(|thread| thread.interpreter().extension::<Hooks>())
}

/// Whether anybody listens.
#[inline]
pub fn is_active() -> bool {
    thread::process().audited.load(Ordering::Relaxed) && has_hooks()
}

#[cold]
fn has_hooks() -> bool {
    hooks().is_some_and(|hooks| !hooks.0.borrow().is_empty())
}

/// Tells the hooks of an event.
pub fn audit(event: &str, args: &[&PyObject]) -> PyResult<()> {
    if !is_active() {
        return Ok(());
    }
    tell(event, &PyTuple::from_slice(args))
}

#[cold]
fn tell(event: &str, args: &PyTuple) -> PyResult<()> {
    let event = PyStr::new(event);
    let mut index = 0;
    loop {
        let hook = hooks().and_then(|hooks| hooks.0.borrow().get(index).cloned());
        let Some(hook) = hook else { return Ok(()) };
        index += 1;
        let traced = match object::get_optional_attr(&hook, intern!("__cantrace__"))? {
            Some(traced) => object::is_true(&traced)?,
            None => false,
        };
        // A hook is no part of the program that a debugger looks at.
        let call = || call::call(&hook, &[&event, args]);
        if traced {
            call()?
        } else {
            trace::with_tracing(false, call)?
        };
    }
}

/// `sys.addaudithook`: tells the hooks of it first; one that raises `RuntimeError` or another `Exception` keeps the new
/// hook out silently.
pub fn add_hook(hook: &PyObject) -> PyResult<()> {
    if let Err(raised) = audit("sys.addaudithook", &[]) {
        return errors::catch(raised, Exc::Exception);
    }
    if let Some(hooks) = hooks() {
        hooks.0.borrow_mut().push(hook.owned());
        thread::process().audited.store(true, Ordering::Relaxed);
    }
    Ok(())
}

/// The hook that `host` calls.
pub fn host_hook(event: &'static str, arguments: &[AuditArgument<'_>]) -> bool {
    if !is_active() {
        return true;
    }
    let objects: Vec<Obj> = arguments
        .iter()
        .map(|argument| match argument {
            AuditArgument::None => none(),
            AuditArgument::Integer(value) => PyInt::from_i64(*value).into_obj(),
            AuditArgument::Text(text) => PyStr::new(text).into_obj(),
            AuditArgument::Bytes(bytes) => PyBytes::new(bytes).into_obj(),
        })
        .collect();
    tell(event, &PyTuple::from_vec(objects)).is_ok()
}

/// Forgets the hooks, at the end of the interpreter.
pub fn clear() {
    if let Some(hooks) = hooks() {
        let _ = tell("cpython._PySys_ClearAuditHooks", &PyTuple::empty()).map_err(errors::clear);
        let dropped = hooks.0.take();
        drop(dropped);
    }
}
