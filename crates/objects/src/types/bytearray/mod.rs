//! `bytearray`.
//!
//! | file | holds |
//! |---|---|
//! | `layout` | the block of bytes: growing, shrinking, replacing parts of it |
//! | `iterator` | the iterator |
//! | `items` | indices and slices |
//! | `methods` | the slots and the methods that change it; those it shares with `bytes` are in `types::bytelike` |

mod items;
pub mod iterator;
mod layout;
mod methods;

pub use iterator::PyByteArrayIter;

pub use layout::Held;

use crate::model::{Py, PyType, PyVarObject};
use core::cell::Cell;
use taipan_macros::pytype;

#[pytype(name = "bytearray", exported = PyByteArray_Type, layout = PyByteArrayObject, flags(BASETYPE, _MATCH_SELF), parts(methods::SLOTS, items::SLOTS, methods::METHODS, crate::types::bytelike::BYTEARRAY_METHODS, crate::types::bytelike::BYTEARRAY_TESTS))]
/// bytearray(iterable_of_ints) -> bytearray
/// bytearray(string, encoding[, errors]) -> bytearray
/// bytearray(bytes_or_buffer) -> mutable copy of bytes_or_buffer
/// bytearray(int) -> bytes array of size given by the parameter initialized with null bytes
/// bytearray() -> empty bytes array
///
/// Construct a mutable bytearray object from:
///   - an iterable yielding integers in range(256)
///   - a text string encoded using the specified encoding
///   - a bytes or a buffer object
///   - any object implementing the buffer API.
///   - an integer
pub struct PyByteArray {
    ob_base: PyVarObject,
    /// Bytes in the block; 0 without a block.
    alloc: Cell<isize>,
    /// The block, null for none.
    bytes: Cell<*mut u8>,
    /// Where the contents begin within the block.
    start: Cell<*mut u8>,
    /// Views that are not released: while there are some the block must stay.
    exports: Cell<isize>,
}

impl PyByteArray {
    /// A bytearray with a copy of the bytes.
    pub fn new(bytes: &[u8]) -> Py<PyByteArray> {
        match layout::new_in(PyByteArray::type_object(), bytes) {
            Ok(array) => array,
            Err(raised) => {
                crate::errors::clear(raised);
                crate::memory::surely(|| layout::new_in(PyByteArray::type_object(), bytes))
            }
        }
    }

    /// A copy of the bytes.
    pub fn to_vec(&self) -> Vec<u8> {
        self.read(<[u8]>::to_vec)
    }

    /// Their number.
    #[inline]
    pub fn len(&self) -> usize {
        self.ob_base.ob_size.get() as usize
    }

    /// Whether there are none.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
