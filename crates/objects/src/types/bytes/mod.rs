//! `bytes`.
//!
//! | file | holds |
//! |---|---|
//! | `layout` | the object's memory: shared short strings, new ones, the bytes |
//! | `construct` | `bytes()`, and what `bytearray()` shares with it |
//! | `iterator` | the iterator |
//! | `methods` | the slots and what `bytes` alone has; the methods it shares with `bytearray` are in `types::bytelike` |

mod construct;
pub mod iterator;
mod layout;
mod methods;

pub use construct::{Source, collect_bytes, from_object, source};
pub use iterator::PyBytesIter;
pub use layout::byte_ref;

use crate::model::{Py, PyResult, PyVarObject, thread};
use core::cell::Cell;
use taipan_macros::pytype;

#[pytype(name = "bytes", exported = PyBytes_Type, layout = PyBytesObject, subclass_flag = BYTES_SUBCLASS, flags(BASETYPE, _MATCH_SELF), basicsize = 33, itemsize = 1, parts(methods::SLOTS, methods::METHODS, crate::types::bytelike::BYTES_METHODS, crate::types::bytelike::BYTES_TESTS))]
/// bytes(iterable_of_ints) -> bytes
/// bytes(string, encoding[, errors]) -> bytes
/// bytes(bytes_or_buffer) -> immutable copy of bytes_or_buffer
/// bytes(int) -> bytes object of size given by the parameter initialized with null bytes
/// bytes() -> empty bytes object
///
/// Construct an immutable array of bytes from:
///   - an iterable yielding integers in range(256)
///   - a text string encoded using the specified encoding
///   - any object implementing the buffer API.
///   - an integer
pub struct PyBytes {
    ob_base: PyVarObject,
    /// -1 before it was asked for.
    hash: Cell<isize>,
    /// The bytes and a NUL follow.
    data: [u8; 1],
}

impl PyBytes {
    /// A copy of the bytes; empty and one-byte strings are shared and immortal.
    pub fn new(bytes: &[u8]) -> Py<PyBytes> {
        layout::new(bytes)
    }

    /// A byte string of this length, filled by `fill`, to which zeros are given.
    pub fn with(length: usize, fill: impl FnOnce(&mut [u8])) -> PyResult<Py<PyBytes>> {
        layout::with(length, fill)
    }

    /// Zeros in an object of their own, never a shared one: for C code, which fills it in place.
    pub fn fresh(length: usize) -> PyResult<Py<PyBytes>> {
        layout::fresh(length, |_| {})
    }

    /// The bytes.
    #[inline]
    pub fn as_slice(&self) -> &[u8] {
        layout::as_slice(self)
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

    /// The hash; computed once.
    pub fn hash(&self) -> isize {
        let known = self.hash.get();
        if known != -1 {
            return known;
        }
        let hash = thread::process().hash_secret().hash_bytes(self.as_slice()) as isize;
        self.hash.set(hash);
        hash
    }
}
