//! `atexit`: functions that are called when the interpreter ends, the last one registered first.

use std::cell::{Cell, RefCell};
use taipan_macros::pymodule;
use taipan_objects::errors;
use taipan_objects::model::thread::current;
use taipan_objects::prelude::*;

struct Registered {
    /// Never used again.
    serial: u64,
    function: Obj,
    args: Py<PyTuple>,
    keywords: Option<Py<PyDict>>,
}

/// The functions of one interpreter, oldest first, and the serial number of the next.
#[derive(Default)]
struct Registry(RefCell<Vec<Registered>>, Cell<u64>);

fn registry() -> &'static Registry {
    current().interpreter().extension::<Registry>()
}

/// Calls every registered function, the last one first, and forgets it. What they raise is reported.
pub fn run() {
    while let Some(entry) = next() {
        if let Err(raised) = call::call_tuple(&entry.function, &entry.args, entry.keywords.as_deref()) {
            let shown = taipan_objects::types::exceptions::preserving(|| {
                object::repr(&entry.function).map(|text| text.to_string_lossy().into_owned())
            });
            let shown = shown.unwrap_or_else(|other| {
                errors::clear(other);
                "<unprintable function>".to_string()
            });
            errors::write_unraisable(
                raised,
                Some(&format!("Exception ignored in atexit callback {shown}")),
                None,
            );
        }
    }
}

fn next() -> Option<Registered> {
    registry().0.borrow_mut().pop()
}

/// allow programmer to define multiple exit functions to be executed
/// upon normal program termination.
///
/// Two public functions, register and unregister, are defined.
#[pymodule(name = "atexit")]
pub mod atexit {
    use super::{Registered, registry};
    use taipan_objects::model::CompareOp;
    use taipan_objects::prelude::*;

    /// Register a function to be executed upon normal program termination
    ///
    ///     func - function to be called at exit
    ///     args - optional arguments to pass to func
    ///     kwargs - optional keyword arguments to pass to func
    ///
    ///     func is returned to facilitate usage as a decorator.
    #[pyfunction(signature = "(func, /, *args, **kwargs)")]
    pub fn register(func: &PyObject, args: &[&PyObject], kwargs: Option<Py<PyDict>>) -> PyResult {
        if !object::is_callable(func) {
            return Err(raised!(TypeError, "the first argument must be callable"));
        }
        let keywords = kwargs.filter(|keywords| !keywords.is_empty());
        let serial = registry().1.get();
        registry().1.set(serial + 1);
        let entry = Registered { serial, function: func.owned(), args: PyTuple::from_slice(args), keywords };
        registry().0.borrow_mut().push(entry);
        Ok(func.owned())
    }

    /// Run all registered exit functions.
    ///
    /// If a callback raises an exception, it is logged with sys.unraisablehook.
    #[pyfunction]
    pub fn _run_exitfuncs() {
        super::run();
    }

    /// Clear the list of previously registered exit functions.
    #[pyfunction]
    pub fn _clear() {
        let all = std::mem::take(&mut *registry().0.borrow_mut());
        drop(all);
    }

    /// Return the number of registered exit functions.
    #[pyfunction]
    pub fn _ncallbacks() -> usize {
        registry().0.borrow().len()
    }

    /// Unregister an exit function which was previously registered using
    /// atexit.register
    ///
    ///     func - function to be unregistered
    #[pyfunction(signature = "(func, /)")]
    pub fn unregister(func: &PyObject) -> PyResult<()> {
        let serials: Vec<u64> = registry().0.borrow().iter().rev().map(|entry| entry.serial).collect();
        for serial in serials {
            // Comparing may run code that registers and unregisters.
            let place = || registry().0.borrow().iter().position(|entry| entry.serial == serial);
            let Some(known) = place().map(|place| registry().0.borrow()[place].function.clone()) else {
                continue;
            };
            if object::compare_bool(&known, func, CompareOp::Eq)?
                && let Some(place) = place()
            {
                let removed = registry().0.borrow_mut().remove(place);
                drop(removed);
            }
        }
        Ok(())
    }
}
