//! The module `sys`.
//!
//! | file | holds |
//! |---|---|
//! | `functions` | the functions |
//! | `hooks` | `displayhook`, `excepthook`, `breakpointhook` |
//! | `unraisable` | exceptions that go nowhere |
//! | `info` | the structure sequences and constants |
//! | `settings` | what the configuration becomes in `sys` |
//! | `output` | writing to Python's standard streams |
//! | `memory` | the report of `_debugmallocstats` |
//! | `jit` | `sys._jit` |
//! | `import_time` | `-X importtime` |
//! | `plain_traceback` | exceptions as they are printed without the library |
//! | `profiling` | `-X perf` |
//! | `printer` | the stream that stands in for `sys.stderr` while there is none |

mod functions;
pub mod hooks;
pub mod import_time;
mod info;
mod jit;
pub mod output;
pub mod plain_traceback;
pub mod printer;
pub mod profiling;
mod settings;
mod sizes;
mod stdlib_names;
mod thread_fields;
pub mod unraisable;

pub use hooks::{display_exception, handle_uncaught, print_exception};
pub use settings::set_paths;

use crate::imports;
use taipan_objects::model::thread;
use taipan_objects::prelude::*;

/// The version of the language and library, as `sys.version` begins with it.
pub const VERSION: &str = "3.14.7";
pub const VERSION_INFO: (i64, i64, i64, &str, i64) = (3, 14, 7, "final", 0);
pub const HEXVERSION: i64 = 0x030E_07F0;

/// `sys.version`.
pub fn version() -> String {
    format!("{VERSION} (main, Jan  1 2026, 00:00:00) [Taipan {} (Rust)]", env!("CARGO_PKG_VERSION"))
}

/// `sys.copyright`.
const COPYRIGHT: &str = "Copyright (c) The Taipan authors.\nThe standard library is Copyright (c) 2001 Python Software Foundation.";

/// This module provides access to some objects used or maintained by the
/// interpreter and to functions that interact strongly with the interpreter.
///
/// Dynamic objects:
///
/// argv -- command line arguments; argv[0] is the script pathname if known
/// path -- module search path; path[0] is the script directory, else ''
/// modules -- dictionary of loaded modules
///
/// displayhook -- called to show results in an interactive session
/// excepthook -- called to handle any uncaught exception other than SystemExit
///   To customize printing in an interactive session or to install a custom
///   top-level exception handler, assign other functions to replace these.
///
/// stdin -- standard input file object; used by input()
/// stdout -- standard output file object; used by print()
/// stderr -- standard error object; used for error messages
///   By assigning other file objects (or objects that behave like files)
///   to these, it is possible to redirect all of the interpreter's I/O.
///
/// last_exc - the last uncaught exception
///   Only available in an interactive session after a
///   traceback has been printed.
/// last_type -- type of last uncaught exception
/// last_value -- value of last uncaught exception
/// last_traceback -- traceback of last uncaught exception
///   These three are the (deprecated) legacy representation of last_exc.
///
/// Static objects:
///
/// builtin_module_names -- tuple of module names built into this interpreter
/// copyright -- copyright notice pertaining to this interpreter
/// exec_prefix -- prefix used to find the machine-specific Python library
/// executable -- absolute path of the executable binary of the Python interpreter
/// float_info -- a named tuple with information about the float implementation.
/// float_repr_style -- string indicating the style of repr() output for floats
/// hash_info -- a named tuple with information about the hash algorithm.
/// hexversion -- version information encoded as a single integer
/// implementation -- Python implementation information.
/// int_info -- a named tuple with information about the int implementation.
/// maxsize -- the largest supported length of containers.
/// maxunicode -- the value of the largest Unicode code point
/// platform -- platform identifier
/// prefix -- prefix used to find the Python library
/// thread_info -- a named tuple with information about the thread implementation.
/// version -- the version of this interpreter as a string
/// version_info -- version information as a named tuple
/// __stdin__ -- the original stdin; don't touch!
/// __stdout__ -- the original stdout; don't touch!
/// __stderr__ -- the original stderr; don't touch!
/// __displayhook__ -- the original displayhook; don't touch!
/// __excepthook__ -- the original excepthook; don't touch!
///
/// Functions:
///
/// displayhook() -- print an object to the screen, and save it in builtins._
/// excepthook() -- print an exception and its traceback to sys.stderr
/// exception() -- return the current thread's active exception
/// exc_info() -- return information about the current thread's active exception
/// exit() -- exit the interpreter by raising SystemExit
/// getdlopenflags() -- returns flags to be used for dlopen() calls
/// getprofile() -- get the global profiling function
/// getrefcount() -- return the reference count for an object (plus one :-)
/// getrecursionlimit() -- return the max recursion depth for the interpreter
/// getsizeof() -- return the size of an object in bytes
/// gettrace() -- get the global debug tracing function
/// setdlopenflags() -- set the flags to be used for dlopen() calls
/// setprofile() -- set the global profiling function
/// setrecursionlimit() -- set the max recursion depth for the interpreter
/// settrace() -- set the global debug tracing function
#[pymodule(name = "sys", fragments(functions::part, hooks::part, unraisable::part, sizes::part))]
pub mod module {
    use super::*;

    #[exec]
    fn exec(m: &PyModule) -> PyResult<()> {
        m.add_str("version", &version())?;
        m.add_str("copyright", COPYRIGHT)?;
        m.add_str("platform", "linux")?;
        m.add_str("byteorder", "little")?;
        m.add_str("abiflags", "")?;
        m.add_str("float_repr_style", "short")?;
        m.add_str("_framework", "")?;
        m.add_int("hexversion", HEXVERSION)?;
        m.add_int("api_version", 1013)?;
        m.add_int("maxsize", i64::MAX)?;
        m.add_int("maxunicode", 0x10_FFFF)?;
        info::fill(m)?;
        settings::fill(m)?;
        let jit = imports::builtin::create(&jit::module::MODULE)?;
        m.add("_jit", &jit)?;
        m.add("monitoring", &*taipan_interpreter::monitoring::tools::make_module()?)?;
        for name in ["displayhook", "excepthook", "breakpointhook", "unraisablehook"] {
            if let Some(hook) = m.dict().get_str(&PyStr::new(name))? {
                m.add(&format!("__{name}__"), &hook)?;
            }
        }
        Ok(())
    }
}

/// The dictionary of `sys`.
pub fn dict() -> Option<Py<PyDict>> {
    thread::current().interpreter().sys_dict.get().and_then(|dict| dict.downcast_into::<PyDict>().ok())
}

/// `sys.name`, where it is.
pub fn get(name: &PyStr) -> PyResult<Option<Obj>> {
    match dict() {
        Some(dict) => dict.get_str(name),
        None => Ok(None),
    }
}

/// `sys.name = value`.
pub fn set(name: &PyStr, value: &PyObject) -> PyResult<()> {
    match dict() {
        Some(dict) => dict.set_item(name, value),
        None => Ok(()),
    }
}

/// Makes the module, with `sys.modules`, and stores both in the interpreter.
pub fn init() -> PyResult<Py<PyModule>> {
    let interpreter = thread::current().interpreter();
    let modules = PyDict::new();
    interpreter.modules.set(Some(modules.clone().into_obj()));
    let module = imports::builtin::create(&module::MODULE)?;
    let dict = module.dict();
    interpreter.sys_dict.set(Some(dict.clone().into_obj()));
    dict.set_item(intern!("modules"), &modules)?;
    imports::builtin::exec(&module::MODULE, &module)?;
    modules.set_item(intern!("sys"), &module)?;
    Ok(module)
}
