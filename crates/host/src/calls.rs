//! How one call to the C library becomes a safe function: two macros and the reading of `-1`.
//!
//! `plain_calls!` and `blocking_calls!` take declarations `fn name(arguments) -> Result type = the call;`. The call may
//! use only its arguments: plain numbers, and pointers taken from references among them, passed with the length of what
//! they point to. That is what makes the `unsafe` block inside the macros sound, so look at each declaration with it in
//! mind.

use crate::{Errno, Result};

/// Reads what a C function returned: `-1` (or a null pointer) means that `errno` says why.
pub(crate) trait Checked<T> {
    fn checked(self) -> Result<T>;
}

macro_rules! minus_one_is_an_error {
    ($($from:ty => $to:ty),* $(,)?) => {$(
        impl Checked<$to> for $from {
            fn checked(self) -> Result<$to> {
                if self == -1 { Err(Errno::last()) } else { Ok(self as $to) }
            }
        }
    )*};
}

minus_one_is_an_error!(i32 => i32, i32 => u32, isize => usize, i64 => i64, i64 => u64);

impl Checked<()> for i32 {
    fn checked(self) -> Result<()> {
        if self == -1 { Err(Errno::last()) } else { Ok(()) }
    }
}

impl Checked<()> for i64 {
    fn checked(self) -> Result<()> {
        if self == -1 { Err(Errno::last()) } else { Ok(()) }
    }
}

/// Reads what a `posix_…` or `pthread_…` function returned: the error itself, or 0.
pub(crate) fn zero(error: i32) -> Result<()> {
    if error == 0 { Ok(()) } else { Err(Errno(error)) }
}

/// Declares functions that return at once.
macro_rules! plain_calls {
    ($($(#[$meta:meta])* $vis:vis fn $name:ident($($argument:ident: $type:ty),* $(,)?) -> $result:ty = $call:expr;)*) => {$(
        $(#[$meta])*
        $vis fn $name($($argument: $type),*) -> $crate::Result<$result> {
            // SAFETY: the call's pointers come from references among the arguments, with the right lengths.
            let result = unsafe { $call };
            $crate::calls::Checked::checked(result)
        }
    )*};
}

/// Declares functions that may wait for something, so that other threads run meanwhile.
macro_rules! blocking_calls {
    ($($(#[$meta:meta])* $vis:vis fn $name:ident($($argument:ident: $type:ty),* $(,)?) -> $result:ty = $call:expr;)*) => {$(
        $(#[$meta])*
        $vis fn $name($($argument: $type),*) -> $crate::Result<$result> {
            $crate::blocking(|| {
                // SAFETY: the call's pointers come from references among the arguments, with the right lengths.
                let result = unsafe { $call };
                $crate::calls::Checked::checked(result)
            })
        }
    )*};
}
