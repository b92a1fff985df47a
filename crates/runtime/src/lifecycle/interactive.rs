//! The prompt: the library's own, or a plain one that reads statements from the standard input.

use super::typed::{ReadLine, Statement};
use crate::compile::{self, Options, flags};
use crate::{imports, state, sys};
use taipan_ast::Mod;
use taipan_host::{environment, files};
use taipan_objects::errors::{self, Exc};
use taipan_objects::prelude::*;
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
    // Whoever closed the descriptor wants no banner.
    let _ = files::write_all(2, format!("Python {} on linux\n{more}", sys::version()).as_bytes());
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
    let terminal = files::is_terminal(0);
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

/// What a statement raised as a syntax error shows the line of what was typed, wherever its text came from.
fn showing(raised: Raised, source: &str) -> Raised {
    if !errors::matches(&raised, Exc::SyntaxError) {
        return raised;
    }
    let exception = errors::take(raised);
    let show = || -> PyResult<()> {
        let lineno = object::get_attr(&exception, intern!("lineno"))?;
        let number =
            lineno.downcast::<PyInt>().and_then(PyInt::to_i64).and_then(|at| usize::try_from(at - 1).ok());
        if let Some(line) = number.and_then(|at| source.split_inclusive('\n').nth(at)) {
            object::set_attr(&exception, intern!("text"), Some(&PyStr::new(line)))?;
        }
        Ok(())
    };
    if let Err(raised) = show() {
        errors::clear(raised);
    }
    errors::restore(exception)
}

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
        let typed = Statement::new(read)?;
        let mut options = Options::new(Mode::Single);
        options.flags = self.flags;
        let name = self.name.clone();
        let code = compile::with_typed_tree(&typed, &name, &options, |tree| {
            if matches!(tree, Mod::Interactive { body } if body.is_empty()) {
                return Ok(None);
            }
            let filename = self.filename();
            self.count += 1;
            compile::compile_tree(tree, &filename, &options)
                .map_err(|raised| showing(raised, &typed.source()))
                .map(Some)
        })?;
        let Some(code) = code else { return Ok(Step::End) };
        // What a statement imports from `__future__` holds for those that follow.
        self.flags |= code.raw.co_flags as u32 & flags::FUTURES;
        super::program::remember_source(&code, typed.source().as_bytes(), &self.name)?;
        taipan_interpreter::eval_code(&code, &main, None)
            .map_err(|raised| showing(raised, &typed.source()))?;
        Ok(Step::Ran)
    }
}

/// Reads statements line by line until the input ends.
pub fn run_plain() -> PyResult<i32> {
    for (name, text) in [(intern!("ps1"), ">>> "), (intern!("ps2"), "... ")] {
        if sys::get(name)?.is_none() {
            sys::set(name, &PyStr::new(text))?;
        }
    }
    let mut prompt = Prompt::new(intern!("<stdin>"), 0);
    loop {
        match prompt.step(&mut || state::runtime().typed.read_line()) {
            Ok(Step::Ran) => {}
            Ok(Step::End) => return Ok(0),
            Err(raised) => {
                if errors::matches(&raised, Exc::KeyboardInterrupt) {
                    state::runtime().interrupted.set(true);
                }
                match super::exit_status(raised) {
                    Ok(status) => return Ok(status),
                    Err(raised) => sys::display_exception(raised),
                }
            }
        }
        for stream in [intern!("stderr"), intern!("stdout")] {
            if let Err(raised) = sys::output::flush(stream) {
                errors::clear(raised);
            }
        }
    }
}
