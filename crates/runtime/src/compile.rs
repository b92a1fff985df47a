//! Source to code objects: the parser and the compiler joined with the objects they know nothing of.
//!
//! What they refuse becomes a `SyntaxError`, what they warn of goes through the warnings machinery, where a filter may turn
//! it into an error.

use crate::lifecycle::Statement;
use crate::{audit, warnings};
use taipan_ast::{Arena, Location, SyntaxError, SyntaxErrorKind, WarningCategory, WarningSink};
use taipan_bytecode::Wtf8Buf;
use taipan_compiler::CompileOptions;
use taipan_objects::errors::{self, Exc};
use taipan_objects::model::thread;
use taipan_objects::prelude::*;
use taipan_objects::types::code::PyCode;
use taipan_objects::types::exceptions::PySyntaxError;
pub use taipan_parser::Mode;
use taipan_parser::ParseOptions;
use taipan_parser::tokens::encoding::{self, DecodeError, Origin};

/// `PyCF_*`, and the future flags that code objects hand on.
pub mod flags {
    pub const SOURCE_IS_UTF8: u32 = 0x0100;
    pub const DONT_IMPLY_DEDENT: u32 = 0x0200;
    pub const ONLY_AST: u32 = 0x0400;
    pub const IGNORE_COOKIE: u32 = 0x0800;
    pub const TYPE_COMMENTS: u32 = 0x1000;
    pub const ALLOW_TOP_LEVEL_AWAIT: u32 = 0x2000;
    pub const ALLOW_INCOMPLETE_INPUT: u32 = 0x4000;
    pub const OPTIMIZED_AST: u32 = 0x8000 | ONLY_AST;
    /// `CO_FUTURE_*`
    pub const FUTURES: u32 = 0x1FE_0000;
    /// `CO_NESTED`, which means nothing any more.
    pub const OBSOLETE: u32 = 0x10;
    pub const ALL: u32 = FUTURES | OBSOLETE | 0xFF00;
}

/// How a source is to be compiled.
#[derive(Clone)]
pub struct Options {
    pub mode: Mode,
    pub flags: u32,
    /// -1: as the interpreter was started.
    pub optimize: i32,
    pub feature_version: i32,
}

impl Options {
    pub fn new(mode: Mode) -> Self {
        Options { mode, flags: 0, optimize: -1, feature_version: -1 }
    }

    pub fn level(&self) -> u8 {
        let level = if self.optimize < 0 { crate::state::config().optimize as i32 } else { self.optimize };
        level.clamp(0, 2) as u8
    }

    /// The options of the parser.
    pub fn parse_options(&self) -> ParseOptions {
        let mut options = ParseOptions::new(self.mode);
        options.type_comments = self.flags & flags::TYPE_COMMENTS != 0;
        if self.flags & flags::ONLY_AST != 0 && self.feature_version >= 0 {
            options.feature_version = self.feature_version;
        }
        options.barry_as_flufl = self.flags & taipan_bytecode::code::flags::CO_FUTURE_BARRY_AS_BDFL != 0;
        options.allow_incomplete_input = self.flags & flags::ALLOW_INCOMPLETE_INPUT != 0;
        options.dont_imply_dedent = self.flags & flags::DONT_IMPLY_DEDENT != 0;
        options.max_int_digits = thread::current().interpreter().int_max_str_digits.get().max(0) as usize;
        options.with_stack(stack_left())
    }

    /// The options of the compiler.
    pub fn compile_options(&self, filename: &PyStr) -> CompileOptions {
        let mut options = CompileOptions::new(filename.to_wtf8());
        options.optimize = self.level();
        options.future_flags = self.flags & flags::FUTURES;
        options.top_level_await = self.flags & flags::ALLOW_TOP_LEVEL_AWAIT != 0;
        options.stack_budget = stack_left();
        options
    }
}

/// Bytes of native stack that this thread may still use.
fn stack_left() -> usize {
    thread::stack_pointer().saturating_sub(thread::current().stack_limit.get())
}

/// Text or bytes to be compiled.
pub enum Source<'a> {
    Text(&'a PyStr),
    Bytes(&'a [u8]),
}

/// Tells of a source that is going to be parsed: its bytes, or none of one that is read piece by piece.
fn audit_source(source: Option<&[u8]>, filename: &PyStr) -> PyResult<()> {
    if !audit::is_active() {
        return Ok(());
    }
    let source = source.map_or_else(none, |source| PyBytes::new(source).into_obj());
    audit::audit("compile", &[&source, filename])
}

/// The text of a source.
fn decode<'a>(source: &Source<'a>, filename: &PyStr) -> PyResult<std::borrow::Cow<'a, str>> {
    let text: std::borrow::Cow<'a, str> = match source {
        Source::Text(text) => {
            // SAFETY is not at stake: the cached UTF-8 lives as long as the string, which outlives the call.
            let text = text.to_utf8()?;
            refuse_nulls(text.as_bytes())?;
            audit_source(Some(text.as_bytes()), filename)?;
            return Ok(std::borrow::Cow::Borrowed(text));
        }
        Source::Bytes(bytes) => {
            refuse_nulls(bytes)?;
            audit_source(Some(bytes), filename)?;
            let mut codec = |name: &str, bytes: &[u8]| decode_with(name, bytes);
            encoding::decode(bytes, Origin::Bytes, &mut codec).map_err(|error| undecoded(&error, filename))?
        }
    };
    refuse_nulls(text.as_bytes())?;
    Ok(text)
}

/// The error of bytes that are no source. What the reader of bytes finds is made before it knows the file name: that is
/// missing in the arguments and set later.
fn undecoded(error: &DecodeError, filename: &PyStr) -> Raised {
    if !error.without_filename {
        return raise(&error.error, Some(filename), None);
    }
    let exception = errors::take(raise(&error.error, None, None));
    if let Some(exception) = exception.downcast::<PySyntaxError>() {
        exception.filename.set(Some(filename.as_object().owned()));
    }
    errors::restore(exception)
}

fn refuse_nulls(bytes: &[u8]) -> PyResult<()> {
    if bytes.contains(&0) {
        return Err(raised!(SyntaxError, "source code string cannot contain null bytes"));
    }
    Ok(())
}

/// Decodes with Python's codecs; an error is the text of the exception.
pub fn decode_with(name: &str, bytes: &[u8]) -> Result<String, String> {
    let decoded = call::method(&PyBytes::new(bytes), intern!("decode"), &[&PyStr::new(name)]).and_then(
        |text| match text.downcast::<PyStr>() {
            Some(text) => text.to_utf8().map(str::to_string),
            None => Err(raised!(TypeError, "decoder did not return a string object")),
        },
    );
    decoded.map_err(|raised| {
        let exception = errors::take(raised);
        object::str(&exception).map_or_else(
            |raised| {
                errors::clear(raised);
                format!("encoding problem: {name}")
            },
            |text| text.to_string_lossy().into_owned(),
        )
    })
}

/// Passes warnings on to the warnings machinery.
pub struct Warnings<'a> {
    filename: &'a PyStr,
    source: Option<&'a str>,
    /// An exception that is not the warning itself.
    other: Option<Raised>,
}

impl<'a> Warnings<'a> {
    pub fn new(filename: &'a PyStr, source: Option<&'a str>) -> Self {
        Warnings { filename, source, other: None }
    }

    /// The exception for what parser or compiler gave back.
    pub fn raise(&mut self, error: &SyntaxError) -> Raised {
        match self.other.take() {
            Some(raised) => raised,
            None => raise(error, Some(self.filename), self.source),
        }
    }
}

impl WarningSink for Warnings<'_> {
    fn warn(&mut self, category: WarningCategory, msg: &str, loc: Location) -> Result<(), SyntaxError> {
        let class = match category {
            WarningCategory::Syntax => Exc::SyntaxWarning,
            WarningCategory::Deprecation => Exc::DeprecationWarning,
        };
        let text = PyStr::new(msg);
        match warnings::explicit(class.type_object(), &text, self.filename, loc.lineno, None) {
            Ok(()) => Ok(()),
            Err(raised) => {
                if errors::matches(&raised, class) {
                    errors::clear(raised);
                } else {
                    self.other = Some(raised);
                }
                Err(SyntaxError {
                    kind: SyntaxErrorKind::SyntaxError,
                    msg: msg.to_string(),
                    lineno: loc.lineno,
                    offset: loc.col_offset + 1,
                    end_lineno: loc.end_lineno,
                    end_offset: loc.end_col_offset + 1,
                    text: None,
                })
            }
        }
    }
}

/// The line of the source that the program was compiled from, or of the file.
fn source_line(source: Option<&str>, filename: Option<&PyStr>, lineno: i32) -> Option<String> {
    let index = usize::try_from(lineno).ok()?.checked_sub(1)?;
    let line = |text: &str| text.split_inclusive('\n').nth(index).map(str::to_string);
    if let Some(source) = source {
        return line(source);
    }
    let path = filename?.encode_fs().ok().and_then(|bytes| std::ffi::CString::new(bytes).ok())?;
    let bytes = taipan_host::paths::read_file(&path).ok()?;
    line(&text_of_file(&bytes)?)
}

/// A source file's contents as text, for showing: what cannot be decoded is replaced.
pub fn text_of_file(contents: &[u8]) -> Option<String> {
    let mut codec = |name: &str, bytes: &[u8]| {
        decode_with(name, bytes).or_else(|_| Ok(String::from_utf8_lossy(bytes).into_owned()))
    };
    encoding::decode_source(contents, Origin::Bytes, false, &mut codec).ok()
}

/// Raises what parser or compiler refused.
pub fn raise(error: &SyntaxError, filename: Option<&PyStr>, source: Option<&str>) -> Raised {
    let exc = match error.kind {
        SyntaxErrorKind::SyntaxError => Exc::SyntaxError,
        SyntaxErrorKind::IndentationError => Exc::IndentationError,
        SyntaxErrorKind::TabError => Exc::TabError,
        SyntaxErrorKind::IncompleteInput => Exc::_IncompleteInputError,
        SyntaxErrorKind::MemoryError => Exc::MemoryError,
        SyntaxErrorKind::ValueError => Exc::ValueError,
        SyntaxErrorKind::RecursionError => Exc::RecursionError,
        SyntaxErrorKind::SystemError => Exc::SystemError,
    };
    if !error.kind.has_position() {
        return errors::set_message(exc, format_args!("{}", error.msg));
    }
    let text = match &error.text {
        Some(text) => Some(text.clone()),
        None => source_line(source, filename, error.lineno),
    };
    let number = |value: i32| PyInt::from_i64(i64::from(value)).into_obj();
    let mut details = vec![
        filename.map_or_else(none, |name| name.as_object().owned()),
        number(error.lineno),
        number(error.offset),
        text.map_or_else(none, |text| PyStr::new(&text).into_obj()),
    ];
    // A source that could not be decoded has no place to point at, so nothing ends there either.
    if error.lineno > 0 || error.offset >= 0 {
        details.extend([number(error.end_lineno), number(error.end_offset)]);
    }
    let details = PyTuple::from_vec(details).into_obj();
    let arguments = PyTuple::from_vec(vec![PyStr::new(&error.msg).into_obj(), details]);
    errors::set_object(exc.type_object(), &arguments)
}

/// Compiles a source to a code object.
pub fn compile(source: &Source<'_>, filename: &PyStr, options: &Options) -> PyResult<Py<PyCode>> {
    let text = decode(source, filename)?;
    let arena = Arena::new();
    let module = parse(&text, true, filename, options, &arena)?;
    compile_tree(&module, filename, options)
}

/// Parses; `shown` says that a syntax error takes the source along, which that of a file run as the program does not.
fn parse<'a>(
    text: &'a str,
    shown: bool,
    filename: &PyStr,
    options: &Options,
    arena: &'a Arena,
) -> PyResult<taipan_ast::Mod<'a>> {
    let mut sink = Warnings::new(filename, None);
    let mut parse_options = options.parse_options();
    parse_options.is_file = !shown;
    let parsed = taipan_parser::parse(text, &parse_options, arena, &mut sink);
    parsed.map_err(|error| {
        let source = if shown { Some(as_tokenized(text, options)) } else { None };
        with_source(sink.raise(&error), source.as_deref())
    })
}

/// A syntax error that takes its source along, so that whoever shows it can look for what was meant.
fn with_source(raised: Raised, source: Option<&str>) -> Raised {
    let exception = errors::take(raised);
    if let Some(exception) = exception.downcast::<PySyntaxError>() {
        let source = source.map_or_else(none, |source| PyStr::new(source).into_obj());
        let zero = || PyInt::from_i64(0).into_obj();
        exception.metadata.set(Some(PyTuple::from_vec(vec![zero(), zero(), source]).into_obj()));
    }
    errors::restore(exception)
}

/// Parses a statement while it is typed and hands the tree to `then`; it is empty where nothing was typed.
pub fn with_typed_tree<T>(
    typed: &Statement<'_>,
    name: &PyStr,
    options: &Options,
    then: impl FnOnce(&taipan_ast::Mod<'_>) -> PyResult<T>,
) -> PyResult<T> {
    audit_source(None, name)?;
    let arena = Arena::new();
    let mut sink = Warnings::new(name, None);
    let parsed = taipan_parser::parse_typed(typed, &options.parse_options(), &arena, &mut sink);
    match parsed {
        Ok(tree) => then(&tree),
        Err(error) => Err(typed.take_raised().unwrap_or_else(|| {
            let source = Some(typed.source()).filter(|source| !source.is_empty());
            with_source(sink.raise(&error), source.as_deref())
        })),
    }
}

/// The source as the tokenizer reads it: lines end in line feeds, the last one of a module too.
fn as_tokenized<'a>(text: &'a str, options: &Options) -> std::borrow::Cow<'a, str> {
    let ended = options.mode != Mode::Exec || text.is_empty() || text.ends_with('\n');
    if ended && !text.contains('\r') {
        return std::borrow::Cow::Borrowed(text);
    }
    let mut text = text.replace("\r\n", "\n").replace('\r', "\n");
    if !ended && !text.ends_with('\n') {
        text.push('\n');
    }
    std::borrow::Cow::Owned(text)
}

/// The error for a file with a NUL at `at`: it shows the line up to there.
fn null_in_file(source: &[u8], at: usize) -> SyntaxError {
    let before = &source[..at];
    let start = before.iter().rposition(|&byte| byte == b'\n').map_or(0, |feed| feed + 1);
    let lineno = 1 + before.iter().filter(|&&byte| byte == b'\n').count() as i32;
    SyntaxError {
        kind: SyntaxErrorKind::SyntaxError,
        msg: "source code cannot contain null bytes".into(),
        lineno,
        offset: 0,
        end_lineno: lineno,
        end_offset: 0,
        text: Some(String::from_utf8_lossy(&before[start..]).into_owned()),
    }
}

/// Compiles a file that is run as the program: what is wrong with its encoding is said as for a file.
pub fn compile_file(source: &[u8], filename: &PyStr, options: &Options) -> PyResult<Py<PyCode>> {
    audit_source(None, filename)?;
    let shown = filename.to_string_lossy().into_owned();
    let mut codec = |name: &str, bytes: &[u8]| decode_with(name, bytes);
    if let Some(at) = source.iter().position(|&byte| byte == 0) {
        // A file is read line by line: what comes before counts first.
        encoding::decode(&source[..at], Origin::File(&shown), &mut codec)
            .map_err(|error| undecoded(&error, filename))?;
        return Err(raise(&null_in_file(source, at), Some(filename), None));
    }
    let text = encoding::decode(source, Origin::File(&shown), &mut codec)
        .map_err(|error| undecoded(&error, filename))?;
    refuse_nulls(text.as_bytes())?;
    let arena = Arena::new();
    let module = parse(&text, false, filename, options, &arena)?;
    compile_tree(&module, filename, options)
}

/// Compiles a tree.
pub fn compile_tree(
    module: &taipan_ast::Mod<'_>,
    filename: &PyStr,
    options: &Options,
) -> PyResult<Py<PyCode>> {
    let mut sink = Warnings::new(filename, None);
    let compiled = taipan_compiler::compile(module, &options.compile_options(filename), &mut sink);
    let data = compiled.map_err(|error| sink.raise(&error))?;
    PyCode::from_data(&data)
}

/// Parses a source and hands the tree to `then`.
pub fn with_tree<T>(
    source: &Source<'_>,
    filename: &PyStr,
    options: &Options,
    then: impl FnOnce(&taipan_ast::Mod<'_>, &Arena) -> PyResult<T>,
) -> PyResult<T> {
    let text = decode(source, filename)?;
    let arena = Arena::new();
    let module = parse(&text, true, filename, options, &arena)?;
    then(&module, &arena)
}

/// A name for [`Wtf8Buf`] of a Rust string, for file names of our own.
pub fn name(text: &str) -> Wtf8Buf {
    text.into()
}

/// A line of a source file, for showing.
pub fn line_of_file(filename: &PyStr, lineno: i32) -> Option<String> {
    source_line(None, Some(filename), lineno)
}
