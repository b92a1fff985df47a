//! Context variables (PEP 567): the module `_contextvars`.

mod context;
mod map;
mod variable;
mod watch;

pub use context::{PyContext, copy_current, current};
pub use map::{ByEquality, Map, MapCell};
pub use variable::{PyContextVar, PyToken};

use taipan_objects::model::thread::{self, ThreadState};
use taipan_objects::prelude::*;

/// Makes the static types of the module ready. Called once, after `taipan_interpreter::init`.
pub fn init() -> PyResult<()> {
    use taipan_objects::types::r#type::ready;
    ready(&context::PyContext_Type)?;
    ready(&variable::PyContextVar_Type)?;
    ready(&variable::PyContextToken_Type)
}

/// Context Variables
#[pymodule(name = "_contextvars")]
pub mod module {
    use super::*;

    #[exec]
    fn exec(m: &PyModule) -> PyResult<()> {
        variable::prepare()?;
        m.add_type(PyContext::type_object())?;
        m.add_type(PyContextVar::type_object())?;
        m.add_type(PyToken::type_object())
    }

    #[pyfunction(signature = "()")]
    fn copy_context() -> Py<PyContext> {
        copy_current()
    }
}

/// Gives a thread that is about to start the context it begins with.
pub fn inherit(state: &ThreadState) {
    if crate::state::config().thread_inherit_context && thread::current_opt().is_some() {
        state.context.set(Some(copy_current().into_obj()));
    }
}
