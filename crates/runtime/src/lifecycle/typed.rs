//! Lines typed at a prompt: the prompt is written, a line is read as bytes and becomes text.
//!
//! The parser asks for each line when it needs one ([`TypedLines`]). What it cannot be told (an exception of a signal
//! handler, say) waits here until the parser has given up.

use crate::compile;
use crate::sys;
use core::cell::{Cell, Ref, RefCell};
use std::borrow::Cow;
use taipan_host::files;
use taipan_objects::errors;
use taipan_objects::prelude::*;
use taipan_parser::tokens::TypedLines;

/// Reads a line with its end as bytes; nothing at the end of the input.
pub type ReadLine<'a> = &'a mut dyn FnMut() -> PyResult<Vec<u8>>;

/// The lines of one statement.
pub struct Statement<'a> {
    read: RefCell<ReadLine<'a>>,
    /// What the first line and those that follow are asked for with.
    prompts: [Vec<u8>; 2],
    encoding: Option<String>,
    source: RefCell<String>,
    raised: Cell<Option<Raised>>,
}

impl<'a> Statement<'a> {
    pub fn new(read: ReadLine<'a>) -> PyResult<Self> {
        Ok(Statement {
            read: RefCell::new(read),
            prompts: [prompt(intern!("ps1"))?, prompt(intern!("ps2"))?],
            encoding: encoding()?,
            source: RefCell::default(),
            raised: Cell::new(None),
        })
    }

    /// All that was typed.
    pub fn source(&self) -> Ref<'_, str> {
        Ref::map(self.source.borrow(), String::as_str)
    }

    /// What was raised while a line was read.
    pub fn take_raised(&self) -> Option<Raised> {
        self.raised.take()
    }

    fn decode<'b>(&self, line: &'b [u8]) -> Result<Cow<'b, str>, String> {
        let name = match (&self.encoding, std::str::from_utf8(line)) {
            (None, Ok(text)) => return Ok(Cow::Borrowed(text)),
            (None, Err(_)) => "utf-8",
            (Some(name), _) => name,
        };
        let decoded = compile::decode_with(name, line).map(Cow::Owned);
        decoded.map_err(|msg| format!("(unicode error) {msg}"))
    }
}

impl TypedLines for Statement<'_> {
    fn next_line(&self) -> Result<Option<String>, String> {
        let first = self.source.borrow().is_empty();
        // Whoever closed the descriptor wants no prompt.
        let _ = files::write_all(2, &self.prompts[usize::from(!first)]);
        let line = match (self.read.borrow_mut())() {
            Ok(line) if !line.is_empty() => line,
            Ok(_) => {
                sys::output::write_stderr("\n");
                return Ok(None);
            }
            Err(raised) => {
                sys::output::write_stderr("\n");
                self.raised.set(Some(raised));
                return Err(String::new());
            }
        };
        let line = self.decode(&line)?.into_owned();
        self.source.borrow_mut().push_str(&line);
        Ok(Some(line))
    }
}

/// The text of `sys.ps1` or `sys.ps2`, up to a null as C writes it. One that is no text is none.
fn prompt(name: &'static PyStr) -> PyResult<Vec<u8>> {
    let Some(value) = sys::get(name)? else { return Ok(Vec::new()) };
    let text = object::str(&value).and_then(|text| text.to_utf8().map(|text| text.as_bytes().to_vec()));
    let mut text = text.unwrap_or_else(|raised| {
        errors::clear(raised);
        Vec::new()
    });
    text.truncate(text.iter().position(|&byte| byte == 0).unwrap_or(text.len()));
    Ok(text)
}

/// What `sys.stdin` says that its bytes mean; `None` for UTF-8.
fn encoding() -> PyResult<Option<String>> {
    let Some(stdin) = sys::get(intern!("stdin"))? else { return Ok(None) };
    let encoding = match object::get_optional_attr(&stdin, intern!("encoding")) {
        Ok(encoding) => encoding,
        Err(raised) => {
            errors::clear(raised);
            None
        }
    };
    let name =
        encoding.and_then(|name| name.downcast::<PyStr>().map(PyStr::to_string_lossy).map(Cow::into_owned));
    Ok(name.filter(|name| !name.eq_ignore_ascii_case("utf-8")))
}

/// What was read of the standard input and not yet asked for, as C's `stdin` keeps it.
#[derive(Default)]
pub struct InputBuffer {
    bytes: RefCell<Vec<u8>>,
}

/// How much is read at once: with `-u` nothing that was not asked for.
fn block() -> usize {
    if crate::state::config().unbuffered > 0 { 1 } else { 4096 }
}

impl InputBuffer {
    /// Appends what there is of a line; true behind its end, and at the end of the input.
    fn fill(&self, line: &mut Vec<u8>) -> PyResult<bool> {
        // Taken, since a signal handler may ask for a line meanwhile.
        let mut bytes = self.bytes.take();
        if bytes.is_empty() {
            let read = taipan_objects::system::retry(|| files::read_into(0, &mut bytes, block()))?;
            // A descriptor that cannot be read is at its end.
            if read.unwrap_or(0) == 0 {
                return Ok(true);
            }
        }
        let end = bytes.iter().position(|&byte| byte == b'\n').map_or(bytes.len(), |at| at + 1);
        line.extend(bytes.drain(..end));
        if !bytes.is_empty() && files::seek(0, -(bytes.len() as i64), CURRENT).is_ok() {
            // Of a file, whoever reads the descriptor itself goes on behind the line.
            bytes.clear();
        }
        self.bytes.replace(bytes);
        Ok(line.ends_with(b"\n"))
    }

    /// A line of the standard input with its end; nothing at the end. As C reads text, a null hides the rest of its
    /// line and the line end with it.
    pub fn read_line(&self) -> PyResult<Vec<u8>> {
        let mut line = Vec::new();
        loop {
            let mut part = Vec::new();
            let ended = self.fill(&mut part)?;
            let null = part.iter().position(|&byte| byte == 0);
            part.truncate(null.unwrap_or(part.len()));
            line.extend(part);
            if ended && null.is_none() {
                return Ok(line);
            }
        }
    }
}

/// `SEEK_CUR`
const CURRENT: i32 = 1;
