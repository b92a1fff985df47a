//! Running what the command line asks for.

use super::interactive;
use crate::compile::{self, Options, Source};
use crate::config::{Bytes, Run};
use crate::{audit, imports, state, sys};
use std::ffi::CString;
use taipan_host::{environment, files, paths};
use taipan_objects::errors;
use taipan_objects::prelude::*;
use taipan_objects::types::code::PyCode;
use taipan_parser::Mode;

/// Runs the program; gives its exit status.
pub fn run() -> i32 {
    let status = match run_main() {
        Ok(status) => status,
        Err(raised) => sys::handle_uncaught(raised),
    };
    inspect(status)
}

/// The prompt after the program, where `-i` or `PYTHONINSPECT` asks for it.
fn inspect(status: i32) -> i32 {
    let config = state::config();
    let asked = config.inspect > 0
        || (config.use_environment
            && environment::get(c"PYTHONINSPECT").is_some_and(|value| !value.is_empty()));
    let fits = !matches!(config.run, Run::Input) && (files::is_terminal(0) || config.interactive > 0);
    if !asked || !fits {
        return status;
    }
    match interactive::run(false) {
        Ok(status) => status,
        Err(raised) => sys::handle_uncaught(raised),
    }
}

fn run_main() -> PyResult<i32> {
    let config = state::config();
    let run = config.run.clone();
    let importer = match &run {
        Run::File(path) => importer_of(path)?,
        _ => None,
    };
    match (&importer, &run) {
        (Some(_), Run::File(path)) => prepend_path(&PyStr::decode_fs(path))?,
        _ if config.safe_path => {}
        _ => {
            if let Some(first) = first_path(&run, &config.argv) {
                prepend_path(&first)?;
            }
        }
    }
    match &run {
        Run::Command(command) => run_command(command),
        Run::Module(name) => run_module(&PyStr::decode_fs(name), true),
        Run::File(_) if importer.is_some() => run_module(&PyStr::new("__main__"), false),
        Run::File(path) => run_file(path),
        Run::Input => run_input(),
    }
}

fn prepend_path(entry: &PyStr) -> PyResult<()> {
    taipan_objects::model::thread::current()
        .interpreter()
        .program_folder
        .set(Some(entry.as_object().owned()));
    match sys::get(intern!("path"))? {
        Some(path) => match path.downcast::<PyList>() {
            Some(path) => path.insert(0, entry.as_object().owned()),
            None => Ok(()),
        },
        None => Ok(()),
    }
}

/// `sys.path[0]`: the folder of the script, the current folder for `-m`, the empty string otherwise.
fn first_path(run: &Run, argv: &[Bytes]) -> Option<Py<PyStr>> {
    match run {
        Run::Module(_) => paths::current_folder().ok().map(|folder| PyStr::decode_fs(&folder)),
        Run::Command(_) | Run::Input => Some(PyStr::empty()),
        Run::File(_) => {
            let script = argv.first()?;
            let resolved = CString::new(&script[..]).ok().and_then(|path| paths::realpath(&path).ok());
            let path = resolved.unwrap_or_else(|| script.clone());
            let folder = match path.iter().rposition(|&c| c == b'/') {
                Some(0) => &path[..1],
                Some(at) => &path[..at],
                None => b"",
            };
            Some(PyStr::decode_fs(folder))
        }
    }
}

/// The importer of a folder or archive; none for a plain file.
fn importer_of(path: &[u8]) -> PyResult<Option<Obj>> {
    let Ok(c_path) = CString::new(path) else { return Ok(None) };
    let Ok(stat) = paths::stat(&c_path) else { return Ok(None) };
    if stat.is_file() && !looks_like_archive(&c_path) {
        return Ok(None);
    }
    let name = PyStr::decode_fs(path);
    let hooks = match sys::get(intern!("path_hooks"))? {
        Some(hooks) => iter::collect(&hooks)?,
        None => Vec::new(),
    };
    for hook in hooks {
        match call::call(&hook, &[&name]) {
            Ok(importer) => {
                if let Some(cache) = sys::get(intern!("path_importer_cache"))? {
                    object::set_item(&cache, &name, Some(&importer))?;
                }
                return Ok(Some(importer));
            }
            Err(raised) => errors::catch(raised, errors::Exc::ImportError)?,
        }
    }
    Ok(None)
}

/// Whether the file ends as archives do; archives may begin with anything.
fn looks_like_archive(path: &CString) -> bool {
    const MARK: &[u8] = b"PK\x05\x06";
    paths::read_file(path).is_ok_and(|bytes| {
        let tail = &bytes[bytes.len().saturating_sub(65557)..];
        tail.windows(MARK.len()).any(|window| window == MARK)
    })
}

/// The dictionary of `__main__`.
pub fn main_dict() -> PyResult<Py<PyDict>> {
    match imports::loaded(intern!("__main__"))? {
        Some(main) => match main.downcast::<PyModule>() {
            Some(main) => Ok(main.dict()),
            None => Err(raised!(SystemError, "__main__ is not a module")),
        },
        None => {
            let main = PyModule::new("__main__");
            object::set_item(&*imports::modules()?, intern!("__main__"), Some(&main))?;
            Ok(main.dict())
        }
    }
}

/// Compiles and runs a source in `__main__`.
pub fn run_source(source: &[u8], filename: &PyStr) -> PyResult<()> {
    let code = compile::compile(&Source::Bytes(source), filename, &Options::new(Mode::Exec))?;
    taipan_interpreter::eval_code(&code, &*main_dict()?, None).map(drop)
}

fn run_command(command: &[u8]) -> PyResult<i32> {
    let text = PyStr::decode_fs(command);
    audit::audit("cpython.run_command", &[&text])?;
    let dedented = dedent(command);
    let filename = intern!("<string>");
    let source = PyStr::decode_fs(&dedented);
    if let Err(raised) = source.to_utf8() {
        sys::output::write_stderr("Unable to decode the command from the command line:\n");
        return Err(raised);
    }
    let code = compile::compile(&Source::Text(&source), filename, &Options::new(Mode::Exec))?;
    remember_source(&code, &dedented, filename)?;
    taipan_interpreter::eval_code(&code, &*main_dict()?, None)?;
    Ok(0)
}

/// Lets tracebacks show the lines of the command.
pub fn remember_source(code: &PyCode, source: &[u8], filename: &PyStr) -> PyResult<()> {
    let register = imports::library_attribute("linecache", intern!("_register_code"));
    let Some(register) = errors::ignore(register, errors::Exc::Exception)? else { return Ok(()) };
    let registered = call::call(&register, &[code, &PyStr::decode_fs(source), filename]);
    errors::ignore(registered, errors::Exc::Exception).map(drop)
}

/// Takes the blanks away that all lines of the command begin with.
fn dedent(command: &[u8]) -> Vec<u8> {
    let is_blank = |line: &[u8]| line.iter().all(|c| matches!(c, b' ' | b'\t' | b'\r' | b'\n'));
    let lines = || command.split_inclusive(|&c| c == b'\n');
    let mut common: Option<&[u8]> = None;
    for line in lines().filter(|line| !is_blank(line)) {
        let blanks = line.iter().take_while(|c| matches!(c, b' ' | b'\t')).count();
        let indent = &line[..blanks];
        common = Some(match common {
            None => indent,
            Some(known) => {
                let shared = known.iter().zip(indent).take_while(|(a, b)| a == b).count();
                &known[..shared]
            }
        });
    }
    let cut = common.map_or(0, <[u8]>::len);
    if cut == 0 {
        return command.to_vec();
    }
    let mut text = Vec::with_capacity(command.len());
    for line in lines() {
        if is_blank(line) {
            text.push(b'\n');
        } else {
            text.extend_from_slice(&line[cut..]);
        }
    }
    text
}

fn run_module(name: &PyStr, set_argv: bool) -> PyResult<i32> {
    audit::audit("cpython.run_module", &[name])?;
    let run = imports::library_attribute("runpy", intern!("_run_module_as_main"))?;
    call::call(&run, &[name, &PyInt::from_bool(set_argv)])?;
    Ok(0)
}

/// What messages about the program's file begin with.
fn program_name() -> String {
    let name = state::config().original_argv.first().cloned().unwrap_or_default();
    String::from_utf8_lossy(&name).into_owned()
}

fn run_file(path: &[u8]) -> PyResult<i32> {
    let name = PyStr::decode_fs(path);
    audit::audit("cpython.run_file", &[&name])?;
    let shown = object::repr(&name)?;
    let c_path = CString::new(path).unwrap_or_default();
    if paths::stat(&c_path).is_ok_and(|stat| stat.is_dir()) {
        sys::output::write_stderr(&format!("{}: {shown} is a directory, cannot continue\n", program_name()));
        return Ok(1);
    }
    let mut source = match paths::read_file(&c_path) {
        Ok(source) => source,
        Err(errno) => {
            sys::output::write_stderr(&format!(
                "{}: can't open file {shown}: [Errno {}] {}\n",
                program_name(),
                errno.0,
                errno.text()
            ));
            return Ok(2);
        }
    };
    if state::config().skip_first_line {
        // The line end stays, so that lines keep their numbers.
        let end = source.iter().position(|&c| c == b'\n').unwrap_or(source.len());
        source.drain(..end);
    }
    let main = main_dict()?;
    main.set_item(intern!("__file__"), &name)?;
    main.set_item(intern!("__cached__"), none_ref())?;
    let compiled = path.ends_with(b".pyc");
    set_main_loader(&main, &name, if compiled { "SourcelessFileLoader" } else { "SourceFileLoader" })?;
    let code = if compiled { code_of_pyc(&source)? } else { compile_file(&source, &name)? };
    taipan_interpreter::eval_code(&code, &main, None)?;
    Ok(0)
}

fn compile_file(source: &[u8], name: &PyStr) -> PyResult<Py<PyCode>> {
    compile::compile_file(source, name, &Options::new(Mode::Exec))
}

/// The code of a compiled file; whatever is wrong with what follows its header is said in one way.
fn code_of_pyc(bytes: &[u8]) -> PyResult<Py<PyCode>> {
    use taipan_bytecode::marshal::{PYC_HEADER_SIZE, PYC_MAGIC};
    let cut = || raised!(EOFError, "EOF read where not expected");
    if bytes.get(..4).ok_or_else(cut)? != &PYC_MAGIC[..] {
        return Err(raised!(RuntimeError, "Bad magic number in .pyc file"));
    }
    let body = bytes.get(PYC_HEADER_SIZE..).ok_or_else(cut)?;
    let bad = || raised!(RuntimeError, "Bad code object in .pyc file");
    let loaded = errors::ignore(crate::marshal::load(body), errors::Exc::Exception)?;
    loaded.ok_or_else(bad)?.downcast_into::<PyCode>().map_err(|_| bad())
}

/// Gives `__main__` a loader that knows its source.
pub fn set_main_loader(main: &PyDict, filename: &PyStr, class: &'static str) -> PyResult<()> {
    let Some(external) = imports::loaded(intern!("_frozen_importlib_external"))? else { return Ok(()) };
    let class = object::get_attr(&external, &PyStr::new(class))?;
    let loader = call::call(&class, &[intern!("__main__"), filename])?;
    main.set_item(intern!("__loader__"), &loader)
}

fn run_input() -> PyResult<i32> {
    let config = state::config();
    let terminal = files::is_terminal(0);
    audit::audit("cpython.run_stdin", &[])?;
    if config.is_interactive(terminal) {
        return interactive::run(true);
    }
    state::runtime().prompted.set(true);
    let source = files::read_to_end(0).unwrap_or_default();
    let name = intern!("<stdin>");
    let main = main_dict()?;
    let code = compile_file(&source, name)?;
    taipan_interpreter::eval_code(&code, &main, None)?;
    Ok(0)
}
