//! The module `marshal`: any value it knows, to bytes and back.
//!
//! The format is that of `taipan_bytecode::marshal`, which reads and writes code alone; here lists, dictionaries and sets
//! are values too, identity is kept through references, and older versions can be written.

mod read;
mod write;

pub use read::{load, load_first, load_trusted};
pub use write::{dump, magnitude};

use taipan_objects::prelude::*;
use taipan_objects::protocols::buffer::Buffer;

/// The version that is written unless told otherwise.
pub const VERSION: i32 = 5;

/// Bit of a type byte: the value may be referred to later.
const FLAG_REF: u8 = 0x80;
/// How deep values may nest.
const MAX_DEPTH: usize = 2000;

/// This module contains functions that can read and write Python values in
/// a binary format. The format is specific to Python, but independent of
/// machine architecture issues.
///
/// Not all Python object types are supported; in general, only objects
/// whose value is independent from a particular invocation of Python can be
/// written and read by this module. The following types are supported:
/// None, integers, floating-point numbers, strings, bytes, bytearrays,
/// tuples, lists, sets, dictionaries, and code objects, where it
/// should be understood that tuples, lists and dictionaries are only
/// supported as long as the values contained therein are themselves
/// supported; and recursive lists and dictionaries should not be written
/// (they will cause infinite loops).
///
/// Variables:
///
/// version -- indicates the format that the module uses. Version 0 is the
///     historical format, version 1 shares interned strings and version 2
///     uses a binary format for floating-point numbers.
///     Version 3 shares common object references (New in version 3.4).
///
/// Functions:
///
/// dump() -- write value to a file
/// load() -- read value from a file
/// dumps() -- marshal value as a bytes object
/// loads() -- read value from a bytes-like object
#[pymodule(name = "marshal")]
pub mod module {
    use super::*;

    #[exec]
    fn exec(m: &PyModule) -> PyResult<()> {
        m.add_int("version", i64::from(VERSION))
    }

    /// Write the value on the open file.
    ///
    ///   value
    ///     Must be a supported type.
    ///   file
    ///     Must be a writeable binary file.
    ///   version
    ///     Indicates the data format that dump should use.
    ///   allow_code
    ///     Allow to write code objects.
    ///
    /// If the value has (or contains an object that has) an unsupported type, a
    /// ValueError exception is raised - but garbage data will also be written
    /// to the file. The object will not be properly read back by load().
    #[pyfunction(name = "dump", signature = "(value, file, version=version, /, *, allow_code=True)")]
    fn dump_(
        value: &PyObject,
        file: &PyObject,
        version: taipan_objects::model::args::OptArg<i32>,
        allow_code: bool,
    ) -> PyResult {
        let version = version.given().unwrap_or(VERSION);
        audit_dump(value, version)?;
        let bytes = write::dump(value, version, allow_code)?;
        call::method(file, intern!("write"), &[&PyBytes::new(&bytes)])
    }

    /// Return the bytes object that would be written to a file by dump(value, file).
    ///
    ///   value
    ///     Must be a supported type.
    ///   version
    ///     Indicates the data format that dumps should use.
    ///   allow_code
    ///     Allow to write code objects.
    ///
    /// Raise a ValueError exception if value has (or contains an object that
    /// has) an unsupported type.
    #[pyfunction(signature = "(value, version=version, /, *, allow_code=True)")]
    fn dumps(
        value: &PyObject,
        version: taipan_objects::model::args::OptArg<i32>,
        allow_code: bool,
    ) -> PyResult<Py<PyBytes>> {
        let version = version.given().unwrap_or(VERSION);
        audit_dump(value, version)?;
        let bytes = write::dump(value, version, allow_code)?;
        Ok(PyBytes::new(&bytes))
    }

    /// Read one value from the open file and return it.
    ///
    ///   file
    ///     Must be readable binary file.
    ///   allow_code
    ///     Allow to load code objects.
    ///
    /// If no valid value is read (e.g. because the data has a different Python
    /// version's incompatible marshal format), raise EOFError, ValueError or
    /// TypeError.
    ///
    /// Note: If an object containing an unsupported type was marshalled with
    /// dump(), load() will substitute None for the unmarshallable type.
    #[pyfunction(name = "load", signature = "(file, /, *, allow_code=True)")]
    fn load_(file: &PyObject, allow_code: bool) -> PyResult {
        crate::audit::audit("marshal.load", &[])?;
        read::load_from_file(file, allow_code)
    }

    /// Convert the bytes-like object to a value.
    ///
    ///   allow_code
    ///     Allow to load code objects.
    ///
    /// If no valid value is found, raise EOFError, ValueError or TypeError.
    /// Extra bytes in the input are ignored.
    #[pyfunction(signature = "(bytes, /, *, allow_code=True)")]
    fn loads(bytes: &PyObject, allow_code: bool) -> PyResult {
        crate::audit::audit("marshal.loads", &[bytes])?;
        if let Some(bytes) = bytes.downcast_exact::<PyBytes>() {
            return read::load_with(bytes.as_slice(), allow_code);
        }
        let copy = Buffer::get(bytes, taipan_abi::PyBUF_SIMPLE)?.to_vec();
        read::load_with(&copy, allow_code)
    }
}

fn audit_dump(value: &PyObject, version: i32) -> PyResult<()> {
    if crate::audit::is_active() {
        let version = PyInt::from_i64(i64::from(version));
        crate::audit::audit("marshal.dumps", &[value, &version])?;
    }
    Ok(())
}
