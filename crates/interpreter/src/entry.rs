//! The ways into the interpreter from above: running code objects, getting ready.

#![expect(unsafe_code, reason = "pushes frames")]

use crate::calls::frames::push_general;
use crate::eval;
use crate::frames;
use crate::generators;
use crate::value::Value;
use taipan_objects::model::spec::StaticType;
use taipan_objects::model::thread::{self, ThreadState};
use taipan_objects::prelude::*;
use taipan_objects::types::code::PyCode;
use taipan_objects::types::function::PyFunction;
use taipan_objects::types::r#type::ready;

/// The static types of this crate.
static TYPES: [&StaticType; 10] = [
    &frames::PyFrame_Type,
    &frames::PyFrameLocalsProxy_Type,
    &generators::PyGen_Type,
    &generators::PyCoro_Type,
    &generators::_PyCoroWrapper_Type,
    &generators::PyAsyncGen_Type,
    &generators::_PyAsyncGenWrappedValue_Type,
    &generators::_PyAsyncGenASend_Type,
    &generators::_PyAsyncGenAThrow_Type,
    &generators::_PyAnextAwaitable_Type,
];

/// Makes the static types of this crate ready. Called once, after `taipan_objects::types::r#type::init`.
pub fn init() -> PyResult<()> {
    TYPES.iter().try_for_each(|ty| ready(ty))
}

/// Gives a thread state what running Python code needs. Its frame stack grows when it is first used, so there is nothing
/// to do but to know the bounds of the native stack.
pub fn prepare_thread(thread: &ThreadState) {
    if thread.stack_limit.get() == 0 {
        thread.measure_stack();
    }
    crate::trampolines::mark(thread);
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
    let thread = thread::current();
    taipan_objects::errors::check_stack("")?;
    let func = PyFunction::new(code, globals, None)?;
    if let Some(closure) = closure {
        func.closure.set(Some(closure.owned()));
    }
    let namespace = locals.unwrap_or(globals).owned();
    // SAFETY: the function is one, and there are no arguments.
    let frame =
        unsafe { push_general(thread, Value::owned(func), core::ptr::null(), 0, None, Some(namespace))? };
    eval::run(thread, frame).map(Value::into_obj)
}

/// Calls a function whose names live in `locals`, where that is given (`PyEval_EvalCodeEx`). The last arguments are named.
pub fn call_with_locals(
    function: &PyFunction,
    args: &[&PyObject],
    names: &PyTuple,
    locals: Option<&PyObject>,
) -> PyResult {
    let thread = thread::current();
    taipan_objects::errors::check_stack("")?;
    let values: Vec<Value> = args.iter().map(|arg| Value::owned(arg.owned())).collect();
    let positional = args.len() - names.len();
    let names = (!names.is_empty()).then_some(names);
    // SAFETY: the function is one; a value for each name follows the positional ones.
    let frame = unsafe {
        let function = Value::owned(function.owned());
        push_general(thread, function, values.as_ptr(), positional, names, locals.map(ObjectExt::owned))?
    };
    eval::run(thread, frame).map(Value::into_obj)
}
