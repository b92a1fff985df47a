//! `compile`, `eval` and `exec`.

use crate::compile::{self, Options, Source, flags};
use crate::{audit, fs};
use taipan_objects::prelude::*;
use taipan_objects::protocols::buffer::{self, Buffer};
use taipan_objects::types::cell::PyCell;
use taipan_objects::types::code::PyCode;
use taipan_parser::Mode;

#[pymodule(fragment)]
pub mod part {
    use super::*;

    /// Compile source into a code object that can be executed by exec() or eval().
    ///
    /// The source code may represent a Python module, statement or
    /// expression.
    /// The filename will be used for run-time error messages.
    /// The mode must be 'exec' to compile a module, 'single' to compile a
    /// single (interactive) statement, or 'eval' to compile an expression.
    /// The flags argument, if present, controls which future statements
    /// influence the compilation of the code.
    /// The dont_inherit argument, if true, stops the compilation inheriting
    /// the effects of any future statements in effect in the code calling
    /// compile; if absent or false these statements do influence the
    /// compilation, in addition to any features explicitly specified.
    #[pyfunction(
        name = "compile",
        signature = "(source, filename, mode, flags=0,\n        dont_inherit=False, optimize=-1, *, _feature_version=-1)"
    )]
    fn compile_(
        source: &PyObject,
        filename: &PyObject,
        mode: &str,
        flags_given: i32,
        dont_inherit: bool,
        optimize: i32,
        feature_version: i32,
    ) -> PyResult {
        let filename = fs::decode(filename)?;
        let mut options = Options::new(Mode::Exec);
        options.flags = flags_given as u32;
        options.optimize = optimize;
        options.feature_version = feature_version;
        if options.flags & !flags::ALL != 0 {
            return Err(raised!(ValueError, "compile(): unrecognised flags"));
        }
        if !(-1..=2).contains(&optimize) {
            return Err(raised!(ValueError, "compile(): invalid optimize value"));
        }
        if !dont_inherit {
            options.flags |= inherited_flags();
        }
        let tree_only = options.flags & flags::ONLY_AST != 0;
        options.mode = match mode {
            "exec" => Mode::Exec,
            "eval" => Mode::Eval,
            "single" => Mode::Single,
            "func_type" if tree_only => Mode::FuncType,
            "func_type" => {
                return Err(raised!(ValueError, "compile() mode 'func_type' requires flag PyCF_ONLY_AST"));
            }
            _ if tree_only => {
                let message = "compile() mode must be 'exec', 'eval', 'single' or 'func_type'";
                return Err(raised!(ValueError, "{message}"));
            }
            _ => return Err(raised!(ValueError, "compile() mode must be 'exec', 'eval' or 'single'")),
        };
        if let Some(done) = crate::ast::compile(source, &filename, &options)? {
            return Ok(done);
        }
        let code = with_source(source, "compile", "string, bytes or AST", |text| {
            if tree_only {
                crate::ast::parse(text, &filename, &options)
            } else {
                compile::compile(text, &filename, &options).map(Py::into_obj)
            }
        })?;
        Ok(code)
    }

    /// Evaluate the given source in the context of globals and locals.
    ///
    /// The source may be a string representing a Python expression
    /// or a code object as returned by compile().
    /// The globals must be a dictionary and locals can be any mapping,
    /// defaulting to the current globals and locals.
    /// If only globals is given, locals defaults to it.
    #[pyfunction(signature = "(source, /, globals=None, locals=None)")]
    fn eval(source: &PyObject, globals: Option<&PyObject>, locals: Option<&PyObject>) -> PyResult {
        if let Some(locals) = locals
            && !mapping::is_mapping(locals)
        {
            return Err(raised!(TypeError, "locals must be a mapping"));
        }
        if let Some(globals) = globals
            && globals.downcast::<PyDict>().is_none()
        {
            return Err(if mapping::is_mapping(globals) {
                raised!(TypeError, "globals must be a real dict; try eval(code, {{}}, mapping)")
            } else {
                raised!(TypeError, "globals must be a dict")
            });
        }
        let scope = Scope::new("eval", globals, locals)?;
        if let Some(code) = source.downcast::<PyCode>() {
            if code.raw.co_nfreevars > 0 {
                return Err(raised!(
                    TypeError,
                    "code object passed to eval() may not contain free variables"
                ));
            }
            audit::audit("exec", &[source])?;
            return scope.run(code, None);
        }
        let code = with_source(source, "eval", "string, bytes or code", |text| {
            let mut options = Options::new(Mode::Eval);
            options.flags = inherited_flags();
            let stripped;
            let text = match text {
                Source::Text(text) => {
                    let blanks =
                        (0..text.len()).take_while(|&i| matches!(text.char_at(i), 0x20 | 0x09)).count();
                    stripped = text.substring(blanks, text.len());
                    Source::Text(&stripped)
                }
                Source::Bytes(bytes) => {
                    let blanks = bytes.iter().take_while(|&&c| c == b' ' || c == b'\t').count();
                    Source::Bytes(&bytes[blanks..])
                }
            };
            compile::compile(&text, intern!("<string>"), &options)
        })?;
        audit::audit("exec", &[&code])?;
        scope.run(&code, None)
    }

    /// Execute the given source in the context of globals and locals.
    ///
    /// The source may be a string representing one or more Python statements
    /// or a code object as returned by compile().
    /// The globals must be a dictionary and locals can be any mapping,
    /// defaulting to the current globals and locals.
    /// If only globals is given, locals defaults to it.
    /// The closure must be a tuple of cellvars, and can only be used
    /// when source is a code object requiring exactly that many cellvars.
    #[pyfunction(signature = "(source, /, globals=None, locals=None, *, closure=None)")]
    fn exec(
        source: &PyObject,
        globals: Option<&PyObject>,
        locals: Option<&PyObject>,
        closure: Option<&PyObject>,
    ) -> PyResult<()> {
        if let Some(globals) = globals
            && globals.downcast::<PyDict>().is_none()
        {
            let name = globals.class().name();
            return Err(raised!(TypeError, "exec() globals must be a dict, not {name}"));
        }
        if let Some(locals) = locals
            && !mapping::is_mapping(locals)
        {
            let name = locals.class().name();
            return Err(raised!(TypeError, "locals must be a mapping or None, not {name}"));
        }
        let scope = Scope::new("exec", globals, locals)?;
        if let Some(code) = source.downcast::<PyCode>() {
            let free = code.raw.co_nfreevars as usize;
            let closure = match closure {
                None if free == 0 => None,
                Some(_) if free == 0 => {
                    return Err(raised!(TypeError, "cannot use a closure with this code object"));
                }
                given => match given.and_then(|closure| closure.downcast_exact::<PyTuple>()) {
                    Some(cells)
                        if cells.len() == free
                            && cells.as_slice().iter().all(|cell| cell.downcast::<PyCell>().is_some()) =>
                    {
                        Some(cells)
                    }
                    _ => {
                        return Err(raised!(
                            TypeError,
                            "code object requires a closure of exactly length {free}"
                        ));
                    }
                },
            };
            audit::audit("exec", &[source])?;
            return scope.run(code, closure).map(drop);
        }
        if closure.is_some() {
            return Err(raised!(TypeError, "closure can only be used when source is a code object"));
        }
        let code = with_source(source, "exec", "string, bytes or code", |text| {
            let mut options = Options::new(Mode::Exec);
            options.flags = inherited_flags();
            compile::compile(text, intern!("<string>"), &options)
        })?;
        audit::audit("exec", &[&code])?;
        scope.run(&code, None).map(drop)
    }
}

/// The future flags of the running code.
fn inherited_flags() -> u32 {
    match taipan_interpreter::frames::current_frame_object() {
        Some(frame) => frame.code().raw.co_flags as u32 & flags::FUTURES,
        None => 0,
    }
}

/// Where code is to run.
struct Scope {
    globals: Py<PyDict>,
    locals: Option<Obj>,
}

impl Scope {
    fn new(function: &str, globals: Option<&PyObject>, locals: Option<&PyObject>) -> PyResult<Scope> {
        let (globals, locals) = match globals {
            Some(globals) => (Some(globals.owned()), locals.map(ObjectExt::owned)),
            None => {
                let globals = super::functions::current_globals();
                let locals = match (&globals, locals) {
                    (_, Some(locals)) => Some(locals.owned()),
                    (Some(_), None) => Some(taipan_interpreter::frames::current_locals()?),
                    (None, None) => None,
                };
                (globals, locals)
            }
        };
        let Some(globals) = globals.and_then(|globals| globals.downcast_owned::<PyDict>()) else {
            return Err(raised!(
                SystemError,
                "{}",
                if function == "eval" {
                    "eval must be given globals and locals when called without a frame"
                } else {
                    "globals and locals cannot be NULL"
                }
            ));
        };
        let key = intern!("__builtins__");
        if !globals.contains(key)?
            && let Some(builtins) = crate::upcalls::current_builtins()
        {
            globals.set_item(key, &builtins)?;
        }
        Ok(Scope { globals, locals })
    }

    fn run(&self, code: &PyCode, closure: Option<&PyTuple>) -> PyResult {
        taipan_interpreter::eval_code_with(code, &self.globals, self.locals.as_deref(), closure)
    }
}

/// Hands the text in `source` to `then`.
fn with_source<T>(
    source: &PyObject,
    function: &str,
    wanted: &str,
    then: impl FnOnce(&Source<'_>) -> PyResult<T>,
) -> PyResult<T> {
    if let Some(text) = source.downcast::<PyStr>() {
        return then(&Source::Text(text));
    }
    if let Some(bytes) = source.downcast::<PyBytes>() {
        return then(&Source::Bytes(bytes.as_slice()));
    }
    if !buffer::is_exporter(source) {
        return Err(raised!(TypeError, "{function}() arg 1 must be a {wanted} object"));
    }
    let bytes = Buffer::get(source, taipan_abi::PyBUF_SIMPLE)?.to_vec();
    then(&Source::Bytes(&bytes))
}
