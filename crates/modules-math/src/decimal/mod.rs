//! `_decimal`: decimal numbers, contexts, signals. The arithmetic is `taipan_kernels::decimal`.
//!
//! | file | holds |
//! |---|---|
//! | `state` | what an interpreter keeps: exceptions, classes, the context variable |
//! | `signals` | signals and conditions, and how they are raised |
//! | `flags` | the mappings `Context.flags` and `Context.traps` |
//! | `context`, `context_methods` | `Context` |
//! | `manager` | what `localcontext` gives |
//! | `number`, `operators`, `methods` | `Decimal` |
//! | `convert` | other objects as numbers |
//! | `layout` | `Decimal.__format__` |

mod context;
mod context_methods;
mod convert;
mod flags;
mod layout;
mod manager;
mod methods;
mod number;
mod operators;
mod signals;
mod state;

/// C decimal arithmetic module
#[pymodule(name = "_decimal")]
pub mod module {
    use super::context::{self, PyDecContext};
    use super::manager::{PyContextManager, local};
    use super::number::PyDecimal;
    use super::signals::ROUNDINGS;
    use super::state;
    use taipan_kernels::decimal::number::{MAX_EMAX, MAX_PREC, MIN_EMIN, MIN_ETINY};
    use taipan_objects::prelude::*;

    /// The widest of the interchange formats.
    const IEEE_CONTEXT_MAX_BITS: i64 = 512;

    #[exec]
    fn exec(module: &PyModule) -> PyResult<()> {
        let state = state::prepare()?;
        module.add_type(PyDecimal::type_object())?;
        module.add_type(PyDecContext::type_object())?;
        module.add("DecimalTuple", state.decimal_tuple())?;
        for (name, class) in state.exceptions() {
            module.add(name, class)?;
        }
        let names = ["DefaultContext", "BasicContext", "ExtendedContext"];
        for (name, template) in names.into_iter().zip(state.templates()) {
            module.add(name, template)?;
        }
        for (name, value) in [("MAX_PREC", MAX_PREC), ("MAX_EMAX", MAX_EMAX), ("MIN_EMIN", MIN_EMIN)] {
            module.add_int(name, value)?;
        }
        module.add_int("MIN_ETINY", MIN_ETINY)?;
        module.add_int("IEEE_CONTEXT_MAX_BITS", IEEE_CONTEXT_MAX_BITS)?;
        for (name, _) in ROUNDINGS {
            module.add(name, &PyStr::intern_text(name))?;
        }
        module.add("HAVE_CONTEXTVAR", &PyInt::from_bool(true))?;
        module.add("HAVE_THREADS", &PyInt::from_bool(true))?;
        module.add_str("__version__", "1.70")?;
        // The library whose behaviour this is, to whom asks for its version.
        module.add_str("__libmpdec_version__", "2.5.1")?;
        PyContextManager::type_object();
        Ok(())
    }

    /// Get the current default context.
    #[pyfunction]
    fn getcontext() -> PyResult<Py<PyDecContext>> {
        context::current()
    }

    /// Set a new default context.
    #[pyfunction(signature = "(context, /)")]
    fn setcontext(context: &PyObject) -> PyResult<()> {
        context::set_current(context)
    }

    /// Return a context manager that sets the default context to a copy of ctx.
    ///
    /// The previous default context is restored when the with-statement is
    /// left. Without a context, a copy of the current one is used.
    #[pyfunction(signature = "(ctx=None, **kwargs)")]
    fn localcontext(ctx: Option<&PyObject>, kwargs: Option<Py<PyDict>>) -> PyResult<Py<PyContextManager>> {
        local(ctx, kwargs.as_deref())
    }

    /// Return a context with the values of one of the IEEE interchange formats.
    ///
    /// The argument must be a multiple of 32 and not above
    /// IEEE_CONTEXT_MAX_BITS.
    #[pyfunction(name = "IEEEContext", signature = "(bits, /)")]
    fn ieee_context(bits: &PyObject) -> PyResult<Py<PyDecContext>> {
        let bits = context::integer(bits)?;
        if bits <= 0 || bits > IEEE_CONTEXT_MAX_BITS || bits % 32 != 0 {
            return Err(raised!(
                ValueError,
                "argument must be a multiple of 32, with a maximum of {IEEE_CONTEXT_MAX_BITS}"
            ));
        }
        Ok(context::interchange(bits))
    }
}

use taipan_macros::pymodule;
