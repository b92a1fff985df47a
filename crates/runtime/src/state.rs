//! What the runtime keeps for each interpreter beside the objects' own state.

use crate::config::Config;
use crate::lifecycle::InputBuffer;
use core::cell::{Cell, OnceCell};
use taipan_objects::model::thread;

/// The life of an interpreter.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    #[default]
    Starting,
    Running,
    Finalizing,
}

/// The runtime's state of one interpreter.
#[derive(Default)]
pub struct Runtime {
    config: OnceCell<Config>,
    pub phase: Cell<Phase>,
    /// The prompt has begun: from now on `SystemExit` ends the process, also with `-i`.
    pub prompted: Cell<bool>,
    /// A `KeyboardInterrupt` that nobody caught has been shown: at its end, the process ends by that signal.
    pub interrupted: Cell<bool>,
    /// What prompts have read of the standard input.
    pub typed: InputBuffer,
    pub dlopen_flags: Cell<Option<i32>>,
}

impl Runtime {
    /// Whether the program is to be looked at after its end: then `SystemExit` is an exception like others.
    pub fn prompt_follows(&self) -> bool {
        !self.prompted.get() && config().inspect > 0
    }
}

/// The state of the running interpreter.
pub fn runtime() -> &'static Runtime {
    thread::current().interpreter().extension()
}

/// Its configuration.
pub fn config() -> &'static Config {
    runtime().config.get_or_init(Config::default)
}

/// Gives the interpreter its configuration, once.
pub fn set_config(config: Config) {
    // A second configuration is a mistake of the caller that does no harm.
    let _ = runtime().config.set(config);
}

/// Whether the interpreter is being taken down.
pub fn is_finalizing() -> bool {
    runtime().phase.get() == Phase::Finalizing
}
