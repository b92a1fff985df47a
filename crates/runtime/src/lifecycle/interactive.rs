//! The prompt: the library's own, or a plain one that reads statements from the standard input.

use crate::compile::{self, Options, Source, flags};
use crate::{imports, state, sys};
use taipan_host::environment;
use taipan_objects::errors::{self, Exc};
use taipan_objects::prelude::*;
use taipan_objects::types::code::PyCode;
use taipan_parser::Mode;

/// What is said first.
fn banner() {
    if state::config().quiet > 0 {
        return;
    }
    let more = if state::config().no_site > 0 {
        ""
    } else {
        "Type \"help\", \"copyright\", \"credits\" or \"license\" for more information.\n"
    };
    sys::output::write_stderr(&format!("Python {} on linux\n{more}", sys::version()));
}

/// Runs `PYTHONSTARTUP`. The status is of a program that ends there.
fn startup() -> Option<i32> {
    if !state::config().use_environment {
        return None;
    }
    let path = environment::get(c"PYTHONSTARTUP").filter(|path| !path.is_empty())?;
    let name = PyStr::decode_fs(&path);
    if crate::audit::audit("cpython.run_startup", &[&name]).map_err(sys::display_exception).is_err() {
        return None;
    }
    let c_path = std::ffi::CString::new(path).ok()?;
    match taipan_host::paths::read_file(&c_path) {
        Ok(source) => {
            let raised = super::program::run_source(&source, &name).err()?;
            super::exit_status(raised).map_err(sys::display_exception).ok()
        }
        Err(errno) => {
            sys::output::write_stderr("Could not open PYTHONSTARTUP\n");
            sys::display_exception(errors::set_os_error(errno, Some(&name), None));
            None
        }
    }
}

/// The prompt until its end: of a program that is nothing else, or behind one.
pub fn run(is_program: bool) -> PyResult<i32> {
    state::runtime().prompted.set(true);
    if is_program {
        banner();
        if let Some(status) = startup() {
            return Ok(status);
        }
    }
    let hook = sys::get(intern!("__interactivehook__"))?;
    if let Some(hook) = hook.filter(|hook| !hook.is_none()) {
        crate::audit::audit("cpython.run_interactivehook", &[&hook])?;
        if let Err(raised) = call::call(&hook, &[]) {
            sys::output::write_stderr("Failed calling sys.__interactivehook__\n");
            sys::display_exception(raised);
        }
    }
    let basic = environment::get(c"PYTHON_BASIC_REPL").is_some_and(|value| !value.is_empty());
    let terminal = taipan_host::files::is_terminal(0);
    if terminal && !basic {
        match run_library() {
            Ok(status) => return Ok(status),
            Err(raised) => errors::catch(raised, Exc::ImportError)?,
        }
    }
    run_plain()
}

/// The prompt of the library.
fn run_library() -> PyResult<i32> {
    let console = imports::library_attribute("_pyrepl.main", intern!("interactive_console"))?;
    call::call(&console, &[]).map(|_| 0)
}

fn prompt(name: &'static PyStr, default: &str) -> PyResult<Py<PyStr>> {
    match sys::get(name)? {
        Some(text) => object::str(&text),
        None => {
            let text = PyStr::new(default);
            sys::set(name, &text)?;
            Ok(text)
        }
    }
}

/// Whether there is nothing to run in it.
fn is_empty_statement(text: &str) -> bool {
    text.lines().all(|line| matches!(line.trim_start().chars().next(), None | Some('#')))
}

/// A statement as typed so far: its code, or `None` where more lines belong to it.
fn compile_statement(text: &str, last: bool, filename: &PyStr, known: u32) -> PyResult<Option<Py<PyCode>>> {
    let mut options = Options::new(Mode::Single);
    options.flags = known;
    if !last {
        options.flags |= flags::DONT_IMPLY_DEDENT | flags::ALLOW_INCOMPLETE_INPUT;
    }
    // Without its last line end, so that a block ends with a blank line only.
    let text = PyStr::new(text.strip_suffix('\n').unwrap_or(text));
    match compile::compile(&Source::Text(&text), filename, &options) {
        Ok(code) => Ok(Some(code)),
        Err(raised) if !last && errors::matches(&raised, Exc::_IncompleteInputError) => {
            errors::clear(raised);
            Ok(None)
        }
        Err(raised) => Err(raised),
    }
}

/// What is wrong with a statement is told of the input's own name, which has no number.
fn renamed(raised: Raised, filename: &PyStr, name: &PyStr) -> Raised {
    if !errors::matches(&raised, Exc::SyntaxError) {
        return raised;
    }
    let exception = errors::take(raised);
    let rename = || -> PyResult<()> {
        let found = object::get_attr(&exception, intern!("filename"))?;
        if object::compare_bool(&found, filename, CompareOp::Eq)? {
            object::set_attr(&exception, intern!("filename"), Some(name))?;
        }
        Ok(())
    };
    match rename() {
        Ok(()) => errors::restore(exception),
        Err(raised) => raised,
    }
}

/// Reads a line with its end; nothing at the end of the input.
type ReadLine<'a> = &'a mut dyn FnMut() -> PyResult<String>;

/// What a prompt did.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// A statement ran.
    Ran,
    /// The input is at its end.
    End,
}

/// A prompt that reads statements line by line.
pub struct Prompt {
    name: Py<PyStr>,
    flags: u32,
    count: usize,
}

impl Prompt {
    /// A prompt for an input of this name, with flags of the compiler.
    pub fn new(name: &PyStr, flags: u32) -> Prompt {
        Prompt { name: name.to_owned(), flags, count: 0 }
    }

    /// The file that the next statement's code names. Those of the standard input are numbered, so that each has its lines.
    fn filename(&self) -> Py<PyStr> {
        match self.name.eq_str("<stdin>") {
            true => PyStr::new(&format!("<stdin-{}>", self.count)),
            false => self.name.clone(),
        }
    }

    /// Reads one statement and runs it in `__main__`.
    pub fn step(&mut self, read: ReadLine<'_>) -> PyResult<Step> {
        let main = super::program::main_dict()?;
        let mut pending = String::new();
        loop {
            let (first, second) = (prompt(intern!("ps1"), ">>> ")?, prompt(intern!("ps2"), "... ")?);
            sys::output::write_stderr(&if pending.is_empty() { first } else { second }.to_string_lossy());
            sys::output::flush(intern!("stderr"))?;
            let line = read()?;
            if line.is_empty() && pending.is_empty() {
                return Ok(Step::End);
            }
            pending.push_str(&line);
            if is_empty_statement(&pending) {
                pending.clear();
                continue;
            }
            let filename = self.filename();
            let compiled = compile_statement(&pending, line.is_empty(), &filename, self.flags);
            let Some(code) = compiled.map_err(|raised| renamed(raised, &filename, &self.name))? else {
                continue;
            };
            self.count += 1;
            // What a statement imports from `__future__` holds for those that follow.
            self.flags |= code.raw.co_flags as u32 & flags::FUTURES;
            super::program::remember_source(&code, pending.as_bytes(), &self.name)?;
            taipan_interpreter::eval_code(&code, &main, None)?;
            return Ok(Step::Ran);
        }
    }
}

/// Reads statements line by line until the input ends.
pub fn run_plain() -> PyResult<i32> {
    let mut prompt = Prompt::new(intern!("<stdin>"), 0);
    loop {
        let mut unreadable = false;
        match prompt.step(&mut || read_line().inspect_err(|_| unreadable = true)) {
            Ok(Step::Ran) => {}
            Ok(Step::End) => {
                sys::output::write_stderr("\n");
                return Ok(0);
            }
            // Nothing can be read any more: that too is the end.
            Err(raised) if unreadable => {
                errors::clear(raised);
                sys::output::write_stderr("\n");
                return Ok(0);
            }
            Err(raised) => match super::exit_status(raised) {
                Ok(status) => return Ok(status),
                Err(raised) => sys::display_exception(raised),
            },
        }
        sys::output::flush(intern!("stdout"))?;
    }
}

/// A line of the standard input with its line end; nothing at the end.
fn read_line() -> PyResult<String> {
    match sys::get(intern!("stdin"))? {
        Some(stdin) if !stdin.is_none() => {
            let line = call::method(&stdin, intern!("readline"), &[])?;
            Ok(object::str(&line)?.to_string_lossy().into_owned())
        }
        _ => Ok(String::new()),
    }
}
