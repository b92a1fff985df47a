//! Warnings: filters, registries of what was shown, and the module `_warnings`.
//!
//! The filters are those of the module `warnings` where it is loaded, so that assignments there count; before, those of
//! `_warnings`, which are the same list.

mod frames;
mod issue;
mod module;

pub use issue::{explicit, warn};
pub use module::module as warnings_module;

use crate::contextvars::PyContextVar;
use core::cell::{Cell, OnceCell};
use taipan_objects::errors::Exc;
use taipan_objects::model::ObjCell;
use taipan_objects::model::thread;
use taipan_objects::prelude::*;

/// The state of an interpreter's warnings.
#[derive(Default)]
pub(crate) struct State {
    /// What was last seen as `warnings.filters`.
    filters: ObjCell,
    /// What was last seen as `warnings.onceregistry`.
    once_registry: ObjCell,
    /// What was last seen as `warnings.defaultaction`.
    default_action: ObjCell,
    context: OnceCell<Py<PyContextVar>>,
    /// Grows whenever filters change: registries of older versions are void.
    version: Cell<i64>,
    lock: crate::threads::lock::ImportLock,
}

pub(crate) fn state() -> &'static State {
    thread::current().interpreter().extension()
}

/// In the child of a fork no other thread has the lock.
pub fn after_fork() {
    state().lock.reset_unless_mine();
}

impl State {
    fn filters(&self) -> Obj {
        kept(&self.filters, || default_filters().into_obj())
    }

    fn once_registry(&self) -> Obj {
        kept(&self.once_registry, || PyDict::new().into_obj())
    }

    fn default_action(&self) -> Obj {
        kept(&self.default_action, || PyStr::new("default").into_obj())
    }

    fn context(&self) -> Py<PyContextVar> {
        self.context.get_or_init(|| PyContextVar::new("_warnings_context", None)).clone()
    }
}

/// The content of a cell, made now if there was none.
fn kept(cell: &ObjCell, make: impl FnOnce() -> Obj) -> Obj {
    if let Some(value) = cell.get() {
        return value;
    }
    let value = make();
    cell.set(Some(value.clone()));
    value
}

/// The filters every interpreter begins with.
fn default_filters() -> Py<PyList> {
    let filter = |action: &str, category: Exc, module: Option<&str>| {
        PyTuple::from_vec(vec![
            PyStr::intern_text(action).into_obj(),
            none(),
            category.type_object().owned(),
            module.map_or_else(none, |module| PyStr::intern_text(module).into_obj()),
            PyInt::from_i64(0).into_obj(),
        ])
        .into_obj()
    };
    PyList::from_vec(vec![
        filter("default", Exc::DeprecationWarning, Some("__main__")),
        filter("ignore", Exc::DeprecationWarning, None),
        filter("ignore", Exc::PendingDeprecationWarning, None),
        filter("ignore", Exc::ImportWarning, None),
        filter("ignore", Exc::ResourceWarning, None),
    ])
}
