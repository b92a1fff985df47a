//! The exception types.
//!
//! | file | holds |
//! |---|---|
//! | `base` | `BaseException` |
//! | `plain` | the table of all types, and those without a layout of their own |
//! | `stop` | `StopIteration`, `SystemExit` |
//! | `import`, `name`, `syntax`, `os_error`, `unicode` | those with attributes |
//! | `groups`, `split` | exception groups; splitting them, `except*` |

#![expect(unsafe_code, reason = "calls slots; declares layouts")]

mod base;
mod groups;
mod import;
mod name;
mod os_error;
mod plain;
mod split;
mod stop;
mod syntax;
#[cfg(test)]
mod tests;
mod unicode;

use crate::errors::Exc;
use crate::model::{ObjectExt, Py, PyObject, PyResult, PyType, TypeObject};
use crate::protocols::call;
use crate::types::tuple::PyTuple;
pub use base::{PyBaseException, preserving};
use core::ptr::null_mut;
pub use groups::{
    PyBaseExceptionGroup, check_star_types, exception_group_match, exception_group_type, new_group,
};
pub use import::{PyImportError, set_import_details};
pub use name::{
    PyAttributeError, PyNameError, add_attribute_details, set_attribute_details, set_name_details,
};
pub use os_error::{PyOSError, class_of_errno};
pub use plain::*;
pub use split::prep_reraise_star;
pub use stop::{PyStopIteration, PySystemExit};
pub use syntax::PySyntaxError;
pub use taipan_host::errno::EINTR;
pub use unicode::{PyUnicodeError, as_unicode_error, raise_decode, raise_encode};

macro_rules! plain_bases {
    ($($(#[$doc:meta])* $name:ident $type:ident;)*) => {
        $(
            $(#[$doc])*
            #[repr(transparent)]
            struct $type(PyBaseException);

            impl core::ops::Deref for $type {
                type Target = PyObject;
                fn deref(&self) -> &PyObject {
                    &self.0
                }
            }

            // SAFETY: instances have the layout of `BaseException`.
            unsafe impl PyType for $type {
                const NAME: &'static str = stringify!($name);
                const SHORT_NAME: &'static str = stringify!($name);
                fn type_object() -> &'static TypeObject {
                    type_of(Exc::$name)
                }
                fn check(object: &PyObject) -> bool {
                    object.class().is_subtype_of(Self::type_object())
                }
            }
        )*
    };
}

plain_bases! {
    /// `Exception`, as a base in declarations.
    Exception PyException;
    /// `UnicodeError`, as a base in declarations.
    UnicodeError PyPlainUnicodeError;
}

/// An instance of an exception class, made with these arguments: a call of the class, on a short way where the class is
/// a built-in one.
#[cold]
pub fn create(class: &TypeObject, args: &[&PyObject]) -> PyResult<Py<PyBaseException>> {
    let made = if class.is_heap() {
        call::call(class.as_object(), args)?
    } else {
        let args = PyTuple::from_slice(args);
        if class.tp_basicsize() == size_of::<PyBaseException>() as isize {
            return crate::memory::new_in(class, PyBaseException::fields(args));
        }
        construct(class, &args)?
    };
    made.downcast_into::<PyBaseException>().map_err(|other| {
        raised!(
            TypeError,
            "calling {} should have returned an instance of BaseException, not {}",
            crate::errors::show(class.as_object()),
            crate::errors::show(other.class().as_object())
        )
    })
}

/// `__new__` and `__init__` of a static type, without the way through `type.__call__`.
fn construct(class: &TypeObject, args: &PyTuple) -> PyResult {
    use crate::model::{Obj, trampoline::check_status};
    let Some(new) = class.tp_new() else { return call::call(class.as_object(), args.as_slice()) };
    // SAFETY: the slots of a live type; the arguments are a tuple and no dictionary.
    unsafe {
        let object = Obj::from_result(new(class.raw(), args.as_ptr(), null_mut()))?;
        if let Some(init) = object.class().tp_init() {
            check_status(init(object.as_ptr(), args.as_ptr(), null_mut()))?;
        }
        Ok(object)
    }
}
