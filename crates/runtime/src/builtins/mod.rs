//! The module `builtins`.
//!
//! | file | holds |
//! |---|---|
//! | `functions` | what needs no more than the abstract operations |
//! | `compiling` | `compile`, `eval`, `exec` |
//! | `extremes` | `min`, `max`, `sum` |
//! | `streams` | `print`, `input` |
//! | `async_iteration` | `aiter`, `anext` |

mod async_iteration;
mod compiling;
mod extremes;
mod functions;
mod streams;

pub use functions::current_globals;

use crate::imports;
use taipan_objects::prelude::*;
use taipan_objects::types;

/// The types among the names of `builtins`.
const TYPES: &[&str] = &[
    "bool",
    "memoryview",
    "bytearray",
    "bytes",
    "classmethod",
    "complex",
    "dict",
    "enumerate",
    "filter",
    "float",
    "frozenset",
    "property",
    "int",
    "list",
    "map",
    "object",
    "range",
    "reversed",
    "set",
    "slice",
    "staticmethod",
    "str",
    "super",
    "tuple",
    "type",
    "zip",
    "BaseException",
    "BaseExceptionGroup",
    "Exception",
    "GeneratorExit",
    "KeyboardInterrupt",
    "SystemExit",
    "ArithmeticError",
    "AssertionError",
    "AttributeError",
    "BufferError",
    "EOFError",
    "ImportError",
    "LookupError",
    "MemoryError",
    "NameError",
    "OSError",
    "ReferenceError",
    "RuntimeError",
    "StopAsyncIteration",
    "StopIteration",
    "SyntaxError",
    "SystemError",
    "TypeError",
    "ValueError",
    "Warning",
    "FloatingPointError",
    "OverflowError",
    "ZeroDivisionError",
    "BytesWarning",
    "DeprecationWarning",
    "EncodingWarning",
    "FutureWarning",
    "ImportWarning",
    "PendingDeprecationWarning",
    "ResourceWarning",
    "RuntimeWarning",
    "SyntaxWarning",
    "UnicodeWarning",
    "UserWarning",
    "BlockingIOError",
    "ChildProcessError",
    "ConnectionError",
    "FileExistsError",
    "FileNotFoundError",
    "InterruptedError",
    "IsADirectoryError",
    "NotADirectoryError",
    "PermissionError",
    "ProcessLookupError",
    "TimeoutError",
    "IndentationError",
    "_IncompleteInputError",
    "IndexError",
    "KeyError",
    "ModuleNotFoundError",
    "NotImplementedError",
    "PythonFinalizationError",
    "RecursionError",
    "UnboundLocalError",
    "UnicodeError",
    "BrokenPipeError",
    "ConnectionAbortedError",
    "ConnectionRefusedError",
    "ConnectionResetError",
    "TabError",
    "UnicodeDecodeError",
    "UnicodeEncodeError",
    "UnicodeTranslateError",
];

/// Built-in functions, types, exceptions, and other objects.
///
/// This module provides direct access to all 'built-in'
/// identifiers of Python; for example, builtins.len is
/// the full name for the built-in function len().
///
/// This module is not normally accessed explicitly by most
/// applications, but can be useful in modules that provide
/// objects with the same name as a built-in value, but in
/// which the built-in of that name is also needed.
#[pymodule(
    name = "builtins",
    fragments(functions::part, compiling::part, extremes::part, streams::part, async_iteration::part)
)]
pub mod module {
    use super::*;

    #[exec]
    fn exec(m: &PyModule) -> PyResult<()> {
        for (name, value) in [
            ("None", none()),
            ("Ellipsis", types::singletons::ellipsis()),
            ("NotImplemented", not_implemented()),
            ("False", types::int::PyInt::from_bool(false)),
            ("True", types::int::PyInt::from_bool(true)),
        ] {
            m.add(name, &value)?;
        }
        for class in types::static_types::all().map(|class| class.get()) {
            let name = class.tp_name();
            if TYPES.contains(&name) {
                m.add(name, class)?;
            }
        }
        let group = types::exceptions::exception_group_type()?;
        m.add("ExceptionGroup", &group)?;
        let os_error = taipan_objects::errors::Exc::OSError.type_object();
        m.add("EnvironmentError", os_error)?;
        m.add("IOError", os_error)?;
        let debug = crate::state::config().optimize == 0;
        m.add("__debug__", &types::int::PyInt::from_bool(debug))
    }
}

/// Makes the module and stores its dictionary in the interpreter.
pub fn init() -> PyResult<Py<PyModule>> {
    let module = imports::builtin::create_and_exec(&module::MODULE)?;
    let dict = module.dict();
    let interpreter = taipan_objects::model::thread::current().interpreter();
    for (kept, name) in interpreter.common_functions.iter().zip([intern!("all"), intern!("any")]) {
        kept.set(dict.get_str(name)?);
    }
    interpreter.builtins.set(Some(dict.into_obj()));
    Ok(module)
}
