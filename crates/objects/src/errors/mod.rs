//! Raising, fetching and chaining exceptions.
//!
//! `raised!(TypeError, "…")` sets an exception in the thread state and gives the [`Raised`](crate::model::Raised) that
//! proves it: `return Err(raised!(ValueError, "bad {}", x))`.

mod exc;
mod state;
pub mod suggest;

pub use exc::Exc;
pub use state::*;

/// Sets an exception with a formatted message; evaluates to `Raised`.
#[macro_export]
macro_rules! raised {
    ($exc:ident) => {
        $crate::errors::set_none($crate::errors::Exc::$exc)
    };
    ($exc:ident, $($format:tt)+) => {
        $crate::errors::set_message($crate::errors::Exc::$exc, ::core::format_args!($($format)+))
    };
}
