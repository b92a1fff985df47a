//! The ways into the interpreter from above: running code objects, class statements, getting ready.

use taipan_objects::model::thread::ThreadState;
use taipan_objects::prelude::*;
use taipan_objects::types::code::PyCode;

/// Makes the static types of this crate ready. Called once, after `taipan_objects::types::r#type::init`.
pub fn init() -> PyResult<()> {
    todo!()
}

/// Gives a thread state what running Python code needs (its frame stack). Idempotent.
pub fn prepare_thread(thread: &ThreadState) {
    let _ = thread;
    todo!()
}

/// Runs a code object as `exec` and `eval` do (`PyEval_EvalCode`): `locals` is any mapping, the globals where it is missing.
/// Built-ins are `globals["__builtins__"]`, else those of the interpreter.
pub fn eval_code(code: &PyCode, globals: &PyDict, locals: Option<&PyObject>) -> PyResult {
    eval_code_with(code, globals, locals, None)
}

/// As [`eval_code`], with the cells of the code's free variables.
pub fn eval_code_with(
    code: &PyCode,
    globals: &PyDict,
    locals: Option<&PyObject>,
    closure: Option<&PyTuple>,
) -> PyResult {
    let _ = (code, globals, locals, closure);
    todo!()
}

/// `__build_class__(func, name, /, *bases, metaclass=…, **kwds)`; the last arguments are named by `names`.
pub fn build_class(args: &[&PyObject], names: Option<&PyTuple>) -> PyResult {
    let _ = (args, names);
    todo!()
}
