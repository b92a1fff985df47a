//! Configuration: what the command line and the environment ask for, and where the library lies.
//!
//! [`Config::read`] makes the whole of it before the first object exists; later only the properties of `sys` change. Texts
//! are bytes as the system gives them; `sys` shows them decoded with the surrogateescape handler.

mod command_line;
mod describe;
mod environment;
mod help;
mod locale;
mod paths;
mod values;

pub use describe::path_configuration;
pub use locale::CODESET;
pub use paths::{Layout, Paths};

use taipan_interpreter::trampolines::Backend;
use taipan_objects::memory::Choice;

/// Text as the system gives it.
pub type Bytes = Vec<u8>;

/// What is to be run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Run {
    /// The prompt, or the standard input.
    #[default]
    Input,
    /// `-c`
    Command(Bytes),
    /// `-m`
    Module(Bytes),
    /// A file, or a folder or archive with a `__main__`.
    File(Bytes),
}

/// When hash-based `.pyc` files are checked against their source.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CheckHashes {
    #[default]
    Default,
    Always,
    Never,
}

/// Why the program ends before it begins.
#[derive(Debug, PartialEq, Eq)]
pub enum Stop {
    /// Something was to be shown; nothing is wrong.
    Shown,
    /// The command line is wrong: the message was written; status 2.
    Usage,
    /// A value is wrong: where CPython says it found out, and what.
    Fatal { place: &'static str, message: String, early: bool },
}

impl Stop {
    fn fatal(place: &'static str, message: impl Into<String>) -> Stop {
        Stop::Fatal { place, message: message.into(), early: false }
    }
}

/// The configuration of an interpreter.
#[derive(Clone, Debug, Default)]
pub struct Config {
    pub isolated: bool,
    pub use_environment: bool,
    pub dev_mode: bool,
    /// `PYTHONMALLOC`, or what the development mode asks for.
    pub allocator: Option<Choice>,
    /// `PYTHONMALLOCSTATS`: the allocator reports when it grows and at the end.
    pub malloc_stats: bool,
    pub safe_path: bool,
    pub utf8_mode: bool,
    /// Whether the standard streams escape bytes outside their encoding, as in the locale "C" and those that stand in
    /// for it.
    pub escapes: bool,
    pub debug: u32,
    pub inspect: u32,
    pub interactive: u32,
    pub optimize: u32,
    pub dont_write_bytecode: u32,
    pub no_user_site: u32,
    pub no_site: u32,
    pub ignore_environment: u32,
    pub verbose: u32,
    pub bytes_warning: u32,
    pub quiet: u32,
    pub unbuffered: u32,
    pub warn_default_encoding: bool,
    /// Whether other processes may send scripts (PEP 768).
    pub remote_debug: bool,
    pub int_max_str_digits: i32,
    /// `None`: random.
    pub hash_seed: Option<u32>,
    /// `-R`: the variable does not count.
    pub random_hashes: bool,
    pub cpu_count: Option<i32>,
    pub fault_handler: bool,
    /// How many frames a trace of memory keeps; 0: no traces.
    pub tracemalloc: i32,
    /// 0, 1 or 2: `-X importtime`.
    pub import_time: u32,
    pub code_debug_ranges: bool,
    /// How `perf` is told of Python functions: `-X perf`, `-X perf_jit`.
    pub profile: Option<Backend>,
    pub frozen_modules: bool,
    pub check_hashes: CheckHashes,
    pub pycache_prefix: Option<Bytes>,
    pub thread_inherit_context: bool,
    pub context_aware_warnings: bool,
    pub skip_first_line: bool,
    /// Encoding and error handler of the standard streams, where given.
    pub io_encoding: (Option<Bytes>, Option<Bytes>),
    pub warn_options: Vec<Bytes>,
    pub x_options: Vec<(Bytes, Option<Bytes>)>,
    pub run: Run,
    pub argv: Vec<Bytes>,
    pub original_argv: Vec<Bytes>,
    pub python_path: Option<Bytes>,
    pub python_home: Option<Bytes>,
    pub platlibdir: Bytes,
    pub paths: Paths,
}

impl Config {
    /// The configuration of this process. Writes to the standard streams where the answer is a [`Stop`].
    pub fn read(layout: &Layout) -> Result<Config, Stop> {
        let arguments = taipan_host::environment::arguments();
        let mut config = Config {
            use_environment: true,
            int_max_str_digits: 4300,
            code_debug_ranges: true,
            frozen_modules: true,
            platlibdir: b"lib".to_vec(),
            original_argv: arguments.clone(),
            ..Config::default()
        };
        let command_line = command_line::parse(&mut config, &arguments)?;
        environment::apply(&mut config, &command_line)?;
        config.paths = paths::find(&config, arguments.first().map_or(&b""[..], |word| word), layout);
        Ok(config)
    }

    /// The value of `-X name=value`; `Some(None)` for `-X name` alone. The last one counts.
    pub fn x_option(&self, name: &str) -> Option<Option<&[u8]>> {
        let mut found = None;
        for (key, value) in &self.x_options {
            if key == name.as_bytes() {
                found = Some(value.as_deref());
            }
        }
        found
    }

    /// Whether code is read from a terminal or as if from one.
    pub fn is_interactive(&self, fd_is_terminal: bool) -> bool {
        self.run == Run::Input && (self.interactive > 0 || fd_is_terminal)
    }
}
