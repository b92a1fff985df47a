//! `_testinternalcapi`: the inner state of the interpreter, for tests of it.
//!
//! | file | shows |
//! |---|---|
//! | `compiling`, `sequence` | the compiler's stages |
//! | `codes` | facts about code objects |
//! | `storage` | where attributes lie; versions; facts about objects and types |
//! | `evaluation` | calls, frames, the native stack |
//! | `importing` | what is remembered of extension modules |
//! | `memory` | where blocks come from; objects that were freed |
//! | `profiling` | the map of `perf` |
//! | `hamt` | the map that contexts are made of |

mod codes;
mod compiling;
mod evaluation;
mod hamt;
mod importing;
mod memory;
mod profiling;
mod sequence;
mod storage;

use taipan_abi::{PyGC_Head, PyObject as RawObject};
use taipan_interpreter::{EXECUTIONS_TO_SPECIALISE, MISSES_TO_RECONSIDER};
use taipan_objects::prelude::*;
use taipan_objects::types::dict::inspect;

/// How often a loop's head runs before a second tier would be asked; no tier is there to answer.
const TIER2_THRESHOLD: i64 = 4096;
/// The words before an object for its dictionary and weak references.
const MANAGED_PRE_HEADER: usize = 2 * size_of::<*mut RawObject>();
/// The most names that instances of a class share.
const SHARED_KEYS_MAX_SIZE: i64 = inspect::SHARED_KEYS_MAX_SIZE as i64;

/// Views of the interpreter's inner state, for tests.
#[pymodule(
    name = "_testinternalcapi",
    fragments(
        codes::codes,
        compiling::compiling,
        evaluation::evaluation,
        hamt::hamt,
        importing::importing,
        memory::memory_views,
        profiling::profiling,
        storage::storage
    )
)]
pub mod module {
    use super::*;

    #[exec]
    fn exec(module: &PyModule) -> PyResult<()> {
        let integers = [
            ("SIZEOF_PYGC_HEAD", size_of::<PyGC_Head>() as i64),
            ("SIZEOF_MANAGED_PRE_HEADER", MANAGED_PRE_HEADER as i64),
            ("SIZEOF_PYOBJECT", size_of::<RawObject>() as i64),
            ("SIZEOF_TIME_T", size_of::<i64>() as i64),
            ("SHARED_KEYS_MAX_SIZE", SHARED_KEYS_MAX_SIZE),
            ("SPECIALIZATION_THRESHOLD", EXECUTIONS_TO_SPECIALISE),
            ("SPECIALIZATION_COOLDOWN", MISSES_TO_RECONSIDER),
            ("TIER2_THRESHOLD", TIER2_THRESHOLD),
        ];
        integers.into_iter().try_for_each(|(name, value)| module.add_int(name, value))
    }
}
