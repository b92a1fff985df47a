//! From the first instruction of the process to its exit status.
//!
//! | file | holds |
//! |---|---|
//! | `start` | making the interpreter: objects, `sys`, `builtins`, importlib, streams, `site` |
//! | `streams` | `sys.stdin`, `sys.stdout`, `sys.stderr` |
//! | `program` | running what the command line asks for |
//! | `interactive` | the prompt |
//! | `typed` | the lines that are typed there |
//! | `finish` | taking the interpreter down, in CPython's order |
//! | `exit` | what an exception means for the exit status |
//! | `fatal` | errors that end the process at once |

mod exit;
mod fatal;
mod finish;
mod interactive;
mod program;
mod start;
mod streams;
mod typed;

pub use exit::{end_process, exit_status};
pub use fatal::{fatal, say};
pub use finish::{at_exit, at_very_end, finish};
pub use interactive::{Prompt, Step, run_plain as plain_prompt};
pub use program::{main_dict, set_main_loader};
pub use start::start;
pub use typed::{InputBuffer, Statement};

use crate::config::{Config, Layout, Stop};
use crate::imports::frozen::Reader;
pub use crate::state::is_finalizing;
use taipan_objects::model::spec::ModuleSpec;

/// What a program brings along.
pub struct Program {
    /// Native modules beside those of this crate.
    pub modules: &'static [&'static [&'static ModuleSpec]],
    /// Code of frozen modules.
    pub frozen: Reader,
    /// The packed library.
    pub layout: Layout,
}

/// The whole life of the process: gives the exit status.
pub fn main(program: &Program) -> i32 {
    fatal::install_panic_hook();
    let config = match Config::read(&program.layout) {
        Ok(config) => config,
        Err(Stop::Shown) => return 0,
        Err(Stop::Usage) => return 2,
        Err(Stop::Fatal { place, message, early }) => {
            let phase = if early { "preinitializing" } else { "preinitialized" };
            let place = if place.is_empty() { String::new() } else { format!("{place}: ") };
            fatal::say(&format!("Fatal Python error: {place}{message}\nPython runtime state: {phase}\n\n"));
            return 1;
        }
    };
    start(program, config);
    let status = program::run();
    let status = finish(status);
    exit::leave(status)
}
