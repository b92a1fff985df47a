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
//! | `import_time` | `-X importtime` |
//! | `printer` | the stream that stands in for `sys.stderr` while there is none |

mod functions;
mod hooks;
pub mod import_time;
mod info;
pub mod output;
pub mod printer;
mod settings;
mod sizes;
mod stdlib_names;
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

/// @doc sys
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
