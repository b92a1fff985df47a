//! The iterators that belong to no container: over sequences, over calls, and the built-in `enumerate`, `reversed`,
//! `zip`, `map` and `filter`.

pub mod callable;
pub mod enumerate;
pub mod filter;
pub mod map;
pub mod reuse;
pub mod reversed;
pub mod sequence;
pub mod zip;

pub use callable::PyCallIter;
pub use enumerate::PyEnumerate;
pub use filter::PyFilter;
pub use map::PyMap;
pub use reversed::PyReversed;
pub use sequence::PySeqIter;
pub use zip::PyZip;

use crate::model::{Obj, PyResult, thread};
use crate::types::dict::PyDict;
use crate::types::str::PyStr;

/// A member of the module `builtins`: what iterators name when they are pickled.
pub fn builtin(name: &PyStr) -> PyResult {
    let builtins = thread::current().interpreter().builtins.get();
    let found: Option<Obj> = match builtins.map(Obj::downcast_into::<PyDict>) {
        Some(Ok(builtins)) => builtins.get_str(name)?,
        _ => None,
    };
    found.ok_or_else(|| raised!(AttributeError, "module 'builtins' has no attribute '{name}'"))
}
