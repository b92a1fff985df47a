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

/// @doc _imp
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

    /// @doc _imp.acquire_lock
    #[pyfunction(signature = "()")]
    fn acquire_lock() {
        import_lock().acquire();
    }

    /// @doc _imp.release_lock
    #[pyfunction(signature = "()")]
    fn release_lock() -> PyResult<()> {
        if import_lock().release() {
            Ok(())
        } else {
            Err(raised!(RuntimeError, "not holding the import lock"))
        }
    }

    /// @doc _imp.lock_held
    #[pyfunction(signature = "()")]
    fn lock_held() -> bool {
        import_lock().is_held()
    }

    /// @doc _imp.extension_suffixes
    #[pyfunction(signature = "()")]
    fn extension_suffixes() -> Py<PyList> {
        let suffixes = [".cpython-314-x86_64-linux-gnu.so", ".abi3.so", ".so"];
        PyList::from_vec(suffixes.iter().map(|suffix| PyStr::new(suffix).into_obj()).collect())
    }

    /// @doc _imp.is_builtin
    #[pyfunction(signature = "(name, /)")]
    fn is_builtin(name: &PyStr) -> i32 {
        i32::from(builtin::find(&name.to_string_lossy()).is_some())
    }

    /// @doc _imp.create_builtin
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
            Some(found) => Ok(builtin::create(found)?.into_obj()),
            None => Ok(none()),
        }
    }

    /// @doc _imp.exec_builtin
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

    /// @doc _imp.create_dynamic
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

    /// @doc _imp.exec_dynamic
    #[pyfunction(signature = "(mod, /)")]
    fn exec_dynamic(module: &PyObject) -> PyResult<i32> {
        if let Some(dynamic) = super::super::dynamic() {
            (dynamic.exec)(module)?;
        }
        Ok(0)
    }

    /// @doc _imp.find_frozen
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

    /// @doc _imp.get_frozen_object
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

    /// @doc _imp.init_frozen
    #[pyfunction(signature = "(name, /)")]
    fn init_frozen(name: &PyStr) -> PyResult {
        let text = name.to_string_lossy();
        if frozen::find(&text).is_none() {
            return Ok(none());
        }
        frozen::import(&text).map(Py::into_obj)
    }

    /// @doc _imp.is_frozen
    #[pyfunction(signature = "(name, /)")]
    fn is_frozen(name: &PyStr) -> bool {
        frozen::find(&name.to_string_lossy()).is_some()
    }

    /// @doc _imp.is_frozen_package
    #[pyfunction(signature = "(name, /)")]
    fn is_frozen_package(name: &PyStr) -> PyResult<bool> {
        match frozen::find(&name.to_string_lossy()) {
            Some(found) => Ok(found.is_package),
            None => Err(no_such(name)),
        }
    }

    /// @doc _imp._frozen_module_names
    #[pyfunction(signature = "()")]
    fn _frozen_module_names() -> Py<PyList> {
        PyList::from_vec(frozen::names().map(|name| PyStr::new(name).into_obj()).collect())
    }

    /// @doc _imp._override_frozen_modules_for_tests
    #[pyfunction(signature = "(override, /)")]
    fn _override_frozen_modules_for_tests(value: i32) {
        frozen::set_override(value);
    }

    /// @doc _imp._override_multi_interp_extensions_check
    #[pyfunction(signature = "(override, /)")]
    fn _override_multi_interp_extensions_check(value: i32) -> PyResult<i32> {
        let _ = value;
        Err(raised!(RuntimeError, "_imp._override_multi_interp_extensions_check() cannot be used in the main interpreter"))
    }

    /// @doc _imp._fix_co_filename
    #[pyfunction(signature = "(code, path, /)")]
    fn _fix_co_filename(code: &PyCode, path: &PyStr) -> PyResult<()> {
        fix_filename(code, code.filename(), path);
        Ok(())
    }

    /// @doc _imp.source_hash
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

/// Gives a code object and those inside it another file name, where they have the old one.
fn fix_filename(code: &PyCode, old: &PyStr, new: &PyStr) {
    if code.filename().eq(new) {
        return;
    }
    let old = old.to_owned();
    fix_below(code, &old, new);
}

fn fix_below(code: &PyCode, old: &PyStr, new: &PyStr) {
    if !code.filename().eq(old) {
        return;
    }
    code.set_filename(new);
    for constant in code.constants().as_slice() {
        if let Some(inner) = constant.downcast::<PyCode>() {
            fix_below(inner, old, new);
        }
    }
}

/// The interpreter's import lock.
fn import_lock() -> &'static ImportLock {
    thread::current().interpreter().extension()
}
