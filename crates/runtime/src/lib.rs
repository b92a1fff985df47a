//! Initialisation, configuration, import, threads, and the modules `sys` and `builtins`.
//!
//! | folder or file | holds |
//! |---|---|
//! | `lifecycle` | from the first instruction to the exit status |
//! | `config` | command line, environment, paths |
//! | `imports` | the import statement's way to importlib; native and frozen modules; `_imp` |
//! | `threads`, `gil` | threads, locks, the interpreter's lock; `_thread` |
//! | `signals` | signals and other interruptions; `_signal` |
//! | `contextvars`, `warnings`, `audit`, `marshal` | the modules of these names |
//! | `sys`, `builtins` | the modules of these names |
//! | `tracemalloc` | where blocks of memory were asked for |
//! | `compile` | source to code objects |
//! | `state` | what an interpreter keeps beside its objects |
//! | `upcalls` | what lower floors call here |

extern crate taipan_objects;

pub mod ast;
pub mod audit;
pub mod builtins;
pub mod compile;
pub mod config;
pub mod contextvars;
pub mod fs;
pub mod gil;
pub mod imports;
pub mod lifecycle;
pub mod marshal;
pub mod signals;
pub mod state;
pub mod sys;
pub mod threads;
pub mod tracemalloc;
pub mod upcalls;
pub mod warnings;

use taipan_objects::model::spec::ModuleSpec;

/// The native modules of this crate.
pub static MODULES: &[&ModuleSpec] = &[
    &builtins::module::MODULE,
    &sys::module::MODULE,
    &imports::imp::module::MODULE,
    &marshal::module::MODULE,
    &warnings::warnings_module::MODULE,
    &threads::module::module::MODULE,
    &signals::module::module::MODULE,
    &contextvars::module::MODULE,
    &ast::module::MODULE,
];
