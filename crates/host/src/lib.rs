//! The only door to the operating system.
//!
//! Every other crate reaches files, processes, sockets, clocks and signals through the functions here, so that
//! releasing the interpreter's lock, audit events and permission checks have one place. The interfaces are safe and as
//! thin as that allows: a path is a `&CStr`, a descriptor an [`Fd`], an error the bare [`Errno`]. Nothing retries: a
//! call that a signal interrupted returns `EINTR` and its caller decides (PEP 475).
//!
//! A call that may block runs inside [`blocking`], which lets other Python threads run meanwhile.

#[macro_use]
mod calls;

pub mod accounts;
pub mod charsets;
pub mod clocks;
pub mod environment;
pub mod errno;
pub mod faults;
pub mod files;
pub mod hooks;
pub mod input_hook;
pub mod libm;
pub mod libraries;
pub mod locale;
pub mod machine_code;
pub mod memory;
pub mod network;
pub mod paths;
pub mod process;
pub mod random;
pub mod records;
pub mod remote;
pub mod scheduling;
pub mod select;
pub mod semaphores;
pub mod signals;
pub mod sockets;
pub mod spawn;
pub mod syslog;
pub mod system_heap;
pub mod terminal;
pub mod threads;

pub use errno::Errno;
pub use hooks::{audit, blocking};

/// What a call to the system gives back.
pub type Result<T> = core::result::Result<T, Errno>;

/// A file descriptor. It is a number, not an owner: Python's own objects decide when it is closed.
pub type Fd = i32;

/// The descriptor that makes an `…at` call start from the current folder.
pub const CURRENT_FOLDER: Fd = libc::AT_FDCWD;
