//! The table of upcalls as the running process has it.

use std::sync::OnceLock;
pub use taipan_abi::upcalls::Upcalls;

static TABLE: OnceLock<Upcalls> = OnceLock::new();

/// Fills the table. The first call counts; it says whether this was the first.
pub fn set(upcalls: Upcalls) -> bool {
    TABLE.set(upcalls).is_ok()
}

/// The table.
///
/// # Panics
/// When the runtime has not filled it.
#[inline]
pub fn get() -> &'static Upcalls {
    TABLE.get().expect("the runtime fills the table before the first object exists")
}
