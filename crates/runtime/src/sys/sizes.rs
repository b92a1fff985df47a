//! `sys.getsizeof`.

use taipan_abi::Py_TPFLAGS_HAVE_GC;
use taipan_objects::errors::{self, Exc};
use taipan_objects::model::args::OptArg;
use taipan_objects::prelude::*;

/// Bytes of the head that collected objects have before them.
const COLLECTOR_HEAD: usize = 16;
/// Bytes before that for instances with managed dictionaries or weak references.
const MANAGED_HEAD: usize = 16;

#[pymodule(fragment)]
pub mod part {
    use super::*;

    /// getsizeof(object [, default]) -> int
    ///
    /// Return the size of object in bytes.
    #[pyfunction(no_text, signature = "(object, default=None)")]
    fn getsizeof(of: &PyObject, default: OptArg<&PyObject>) -> PyResult {
        match (size_of_object(of), default.given()) {
            (Ok(size), _) => Ok(PyInt::from_u64(size as u64).into_obj()),
            (Err(raised), Some(default)) => {
                errors::catch(raised, Exc::TypeError)?;
                Ok(default.owned())
            }
            (Err(raised), None) => Err(raised),
        }
    }
}

/// The bytes that an object takes, its collector head included.
pub fn size_of_object(of: &PyObject) -> PyResult<usize> {
    let class = of.class();
    let Some(size) = call::special(of, intern!("__sizeof__"), &[])? else {
        return Err(raised!(TypeError, "Type {} doesn't define __sizeof__", class.name()));
    };
    let size = match size.downcast::<PyInt>() {
        Some(size) => number::as_isize(size, Some(Exc::OverflowError))?,
        None => {
            let name = size.class().name();
            return Err(raised!(TypeError, "'{name}' object cannot be interpreted as an integer"));
        }
    };
    let Ok(size) = usize::try_from(size) else {
        return Err(raised!(ValueError, "__sizeof__() should return >= 0"));
    };
    let collected = class.has_flag(Py_TPFLAGS_HAVE_GC) && !is_static_type(of);
    let managed =
        class.flags() & (taipan_abi::Py_TPFLAGS_MANAGED_DICT | taipan_abi::Py_TPFLAGS_MANAGED_WEAKREF) != 0;
    let head = if collected { COLLECTOR_HEAD } else { 0 };
    Ok(size + head + if managed { MANAGED_HEAD } else { 0 })
}

/// Static types have no head before them.
fn is_static_type(of: &PyObject) -> bool {
    of.downcast::<TypeObject>().is_some_and(|class| !class.is_heap())
}
