//! Descriptor arguments: integers, or objects with `fileno()`.

use crate::errors::Exc;
use crate::intern;
use crate::model::args::{ArgName, FromArg};
use crate::model::{ObjectExt, PyObject, PyResult};
use crate::protocols::{call, object};
use crate::types::bool::PyBool;
use crate::types::int::PyInt;

/// A descriptor given as an integer or as an object with `fileno()` (`PyObject_AsFileDescriptor`).
#[derive(Clone, Copy, Debug)]
pub struct FileNumber(pub i32);

impl FileNumber {
    pub fn of(value: &PyObject) -> PyResult<Self> {
        let number = if let Some(number) = value.downcast_owned::<PyInt>() {
            if value.downcast::<PyBool>().is_some() {
                crate::errors::warn(
                    Exc::RuntimeWarning,
                    1,
                    format_args!("bool is used as a file descriptor"),
                )?;
            }
            number
        } else {
            let Some(method) = object::get_optional_attr(value, intern!("fileno"))? else {
                return Err(raised!(TypeError, "argument must be an int, or have a fileno() method."));
            };
            match call::call(&method, &[])?.downcast_into::<PyInt>() {
                Ok(number) => number,
                Err(_) => return Err(raised!(TypeError, "fileno() returned a non-integer")),
            }
        };
        match number.to_i64().map(i32::try_from) {
            Some(Ok(fd)) if fd >= 0 => Ok(FileNumber(fd)),
            Some(Ok(fd)) => Err(raised!(ValueError, "file descriptor cannot be a negative integer ({fd})")),
            _ => Err(raised!(OverflowError, "Python int too large to convert to C int")),
        }
    }
}

impl<'a> FromArg<'a> for FileNumber {
    fn from_arg(value: &'a PyObject, _: &ArgName<'_>) -> PyResult<Self> {
        FileNumber::of(value)
    }
}
