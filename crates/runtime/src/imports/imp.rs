//! The module `_imp`.

use super::{builtin, frozen};
use crate::config::CheckHashes;
use crate::threads::lock::ImportLock;
use taipan_objects::errors::{self, Exc};
use taipan_objects::model::args::OptArg;
use taipan_objects::model::thread;
use taipan_objects::prelude::*;
use taipan_objects::protocols::buffer::Buffer;
use taipan_objects::types::code::PyCode;

/// What importlib keeps in the first four bytes of `.pyc` files, as a number.
const MAGIC: u32 = u32::from_le_bytes(taipan_bytecode::marshal::PYC_MAGIC);

/// (Extremely) low-level import machinery bits as used by importlib.
#[pymodule(name = "_imp")]
pub mod module {
    use super::*;

    #[exec]
    fn exec(m: &PyModule) -> PyResult<()> {
        let checks = match crate::state::config().check_hashes {
            CheckHashes::Default => "default",
            CheckHashes::Always => "always",
            CheckHashes::Never => "never",
        };
        m.add_str("check_hash_based_pycs", checks)?;
        m.add_int("pyc_magic_number_token", i64::from(MAGIC))
    }

    /// Acquires the interpreter's import lock for the current thread.
    ///
    /// This lock should be used by import hooks to ensure thread-safety when
    /// importing modules.  On platforms without threads, this function does
    /// nothing.
    #[pyfunction(signature = "()")]
    fn acquire_lock() {
        import_lock().acquire();
    }

    /// Release the interpreter's import lock.
    ///
    /// On platforms without threads, this function does nothing.
    #[pyfunction(signature = "()")]
    fn release_lock() -> PyResult<()> {
        if import_lock().release() {
            Ok(())
        } else {
            Err(raised!(RuntimeError, "not holding the import lock"))
        }
    }

    /// Return True if the import lock is currently held, else False.
    ///
    /// On platforms without threads, return False.
    #[pyfunction(signature = "()")]
    fn lock_held() -> bool {
        import_lock().is_held()
    }

    /// Returns the list of file suffixes used to identify extension modules.
    #[pyfunction(signature = "()")]
    fn extension_suffixes() -> Py<PyList> {
        let suffixes = [".cpython-314-x86_64-linux-gnu.so", ".abi3.so", ".so"];
        PyList::from_vec(suffixes.iter().map(|suffix| PyStr::new(suffix).into_obj()).collect())
    }

    /// Returns True if the module name corresponds to a built-in module.
    #[pyfunction(signature = "(name, /)")]
    fn is_builtin(name: &PyStr) -> i32 {
        i32::from(builtin::find(&name.to_string_lossy()).is_some())
    }

    /// Create an extension module.
    #[pyfunction(signature = "(spec, /)")]
    fn create_builtin(spec: &PyObject) -> PyResult {
        let name = object::get_attr(spec, intern!("name"))?;
        let Some(text) = name.downcast::<PyStr>() else {
            let class = name.class().name();
            return Err(raised!(TypeError, "name must be string, not {class}"));
        };
        if text.is_empty() {
            return Err(raised!(ValueError, "name must not be empty"));
        }
        match builtin::find(&text.to_string_lossy()) {
            Some(found) => {
                let module = builtin::create(found)?;
                // Whoever imports it again says anew by what.
                module.dict().set_item(intern!("__loader__"), none_ref())?;
                Ok(module.into_obj())
            }
            None => Ok(none()),
        }
    }

    /// Initialize a built-in module.
    #[pyfunction(signature = "(mod, /)")]
    fn exec_builtin(module: &PyObject) -> PyResult<i32> {
        if let Some(module) = module.downcast::<PyModule>()
            && let Ok(name) = module.name()
            && let Some(found) = builtin::find(&name.to_string_lossy())
        {
            builtin::exec(found, module)?;
        }
        Ok(0)
    }

    /// Create an extension module.
    #[pyfunction(signature = "(spec, file=<unrepresentable>, /)")]
    fn create_dynamic(spec: &PyObject, file: OptArg<&PyObject>) -> PyResult {
        let _ = file;
        let name = object::get_attr(spec, intern!("name"))?;
        let path = object::get_attr(spec, intern!("origin"))?;
        match super::super::dynamic() {
            Some(dynamic) => (dynamic.create)(spec),
            None => Err(errors::set_import_error(
                Exc::ImportError,
                format_args!("extension modules cannot be loaded"),
                Some(&name),
                Some(&path),
                None,
            )),
        }
    }

    /// Initialize an extension module.
    #[pyfunction(signature = "(mod, /)")]
    fn exec_dynamic(module: &PyObject) -> PyResult<i32> {
        if let Some(dynamic) = super::super::dynamic() {
            (dynamic.exec)(module)?;
        }
        Ok(0)
    }

    /// Return info about the corresponding frozen module (if there is one) or None.
    ///
    /// The returned info (a 2-tuple):
    ///
    ///  * data         the raw marshalled bytes
    ///  * is_package   whether or not it is a package
    ///  * origname     the originally frozen module's name, or None if not
    ///                 a stdlib module (this will usually be the same as
    ///                 the module's current name)
    #[pyfunction(signature = "(name, /, *, withdata=False)")]
    fn find_frozen(name: &PyStr, withdata: bool) -> PyResult {
        let _ = withdata;
        let Some(found) = frozen::find(&name.to_string_lossy()) else { return Ok(none()) };
        let origin = found.origin.map_or_else(none, |origin| PyStr::new(origin).into_obj());
        let data = if withdata {
            let code = found.code()?;
            let bytes = crate::marshal::dump(&code, crate::marshal::VERSION, true)?;
            PyBytes::new(&bytes).into_obj()
        } else {
            none()
        };
        Ok(PyTuple::from_vec(vec![data, PyInt::from_bool(found.is_package), origin]).into_obj())
    }

    /// Create a code object for a frozen module.
    #[pyfunction(signature = "(name, data=None, /)")]
    fn get_frozen_object(name: &PyStr, data: Option<&PyObject>) -> PyResult {
        let Some(data) = data else {
            return match frozen::find(&name.to_string_lossy()) {
                Some(found) => Ok(found.code()?.into_obj()),
                None => Err(no_such(name)),
            };
        };
        let buffer = Buffer::get(data, taipan_abi::PyBUF_SIMPLE)?;
        let bytes = buffer.to_vec();
        if bytes.is_empty() {
            return Err(invalid(name));
        }
        let code = crate::marshal::load(&bytes).map_err(|raised| {
            errors::clear(raised);
            invalid(name)
        })?;
        if code.downcast::<PyCode>().is_none() {
            let shown = object::repr(name)?;
            return Err(raised!(TypeError, "object {shown} is not a code object"));
        }
        Ok(code)
    }

    /// Initializes a frozen module.
    #[pyfunction(signature = "(name, /)")]
    fn init_frozen(name: &PyStr) -> PyResult {
        let text = name.to_string_lossy();
        if frozen::find(&text).is_none() {
            return Ok(none());
        }
        frozen::import(&text).map(Py::into_obj)
    }

    /// Returns True if the module name corresponds to a frozen module.
    #[pyfunction(signature = "(name, /)")]
    fn is_frozen(name: &PyStr) -> bool {
        frozen::find(&name.to_string_lossy()).is_some()
    }

    /// Returns True if the module name is of a frozen package.
    #[pyfunction(signature = "(name, /)")]
    fn is_frozen_package(name: &PyStr) -> PyResult<bool> {
        match frozen::find(&name.to_string_lossy()) {
            Some(found) => Ok(found.is_package),
            None => Err(no_such(name)),
        }
    }

    /// Returns the list of available frozen modules.
    #[pyfunction(signature = "()")]
    fn _frozen_module_names() -> Py<PyList> {
        PyList::from_vec(frozen::names().map(|name| PyStr::new(name).into_obj()).collect())
    }

    /// (internal-only) Override PyConfig.use_frozen_modules.
    ///
    /// (-1: "off", 1: "on", 0: no override)
    /// See frozen_modules() in Lib/test/support/import_helper.py.
    #[pyfunction(signature = "(override, /)")]
    fn _override_frozen_modules_for_tests(value: i32) {
        frozen::set_override(value);
    }

    /// (internal-only) Override PyInterpreterConfig.check_multi_interp_extensions.
    ///
    /// (-1: "never", 1: "always", 0: no override)
    #[pyfunction(signature = "(override, /)")]
    fn _override_multi_interp_extensions_check(value: i32) -> PyResult<i32> {
        let _ = value;
        Err(raised!(
            RuntimeError,
            "_imp._override_multi_interp_extensions_check() cannot be used in the main interpreter"
        ))
    }

    /// Changes code.co_filename to specify the passed-in file path.
    ///
    ///   code
    ///     Code object to change.
    ///   path
    ///     File path to use.
    #[pyfunction(signature = "(code, path, /)")]
    fn _fix_co_filename(code: &PyCode, path: &PyStr) -> PyResult<()> {
        if !code.filename().eq(path) {
            code.set_filename(path);
        }
        Ok(())
    }

    #[pyfunction(signature = "(key, source)")]
    fn source_hash(key: i64, source: &PyObject) -> PyResult<Py<PyBytes>> {
        let source = Buffer::get(source, taipan_abi::PyBUF_SIMPLE)?;
        let hash = taipan_kernels::hash::siphash13(key as u64, 0, &source.to_vec());
        Ok(PyBytes::new(&hash.to_le_bytes()))
    }
}

fn no_such(name: &PyStr) -> Raised {
    errors::set_import_error(
        Exc::ImportError,
        format_args!("No such frozen object named {name}"),
        Some(name),
        None,
        None,
    )
}

fn invalid(name: &PyStr) -> Raised {
    errors::set_import_error(
        Exc::ImportError,
        format_args!("Frozen object named '{name}' is invalid"),
        Some(name),
        None,
        None,
    )
}

/// The interpreter's import lock.
fn import_lock() -> &'static ImportLock {
    thread::current().interpreter().extension()
}

/// Takes the lock for a fork.
pub fn lock_for_fork() {
    import_lock().acquire();
}

/// Gives the lock back, in the parent as in the child. Where the fork did not take it, whoever had it is gone.
pub fn unlock_after_fork() {
    if !import_lock().release() {
        import_lock().reset();
    }
}
