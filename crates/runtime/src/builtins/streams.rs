//! `print` and `input`.

use crate::sys;
use taipan_objects::errors::{self, Exc};
use taipan_objects::model::args::OptArg;
use taipan_objects::prelude::*;

#[pymodule(fragment)]
pub mod part {
    use super::*;

    /// Prints the values to a stream, or to sys.stdout by default.
    ///
    ///   sep
    ///     string inserted between values, default a space.
    ///   end
    ///     string appended after the last value, default a newline.
    ///   file
    ///     a file-like object (stream); defaults to the current sys.stdout.
    ///   flush
    ///     whether to forcibly flush the stream.
    #[pyfunction(signature = "(*args, sep=' ', end='\\n', file=None, flush=False)")]
    fn print(
        args: &[&PyObject],
        sep: OptArg<&PyObject>,
        end: OptArg<&PyObject>,
        file: Option<&PyObject>,
        flush: OptArg<bool>,
    ) -> PyResult<()> {
        let file = match file {
            Some(file) => file.owned(),
            None => match sys::get(intern!("stdout"))? {
                None => return Err(raised!(RuntimeError, "lost sys.stdout")),
                Some(stdout) if stdout.is_none() => return Ok(()),
                Some(stdout) => stdout,
            },
        };
        let sep = text_or_none(sep, "sep")?;
        let end = text_or_none(end, "end")?;
        let space = intern!(" ");
        let newline = intern!("\n");
        for (index, item) in args.iter().enumerate() {
            if index != 0 {
                sys::output::write_text(&file, sep.unwrap_or(space))?;
            }
            sys::output::write_str_of(&file, item)?;
        }
        sys::output::write_text(&file, end.unwrap_or(newline))?;
        if flush.given().unwrap_or(false) {
            call::method(&file, intern!("flush"), &[])?;
        }
        Ok(())
    }

    /// Read a string from standard input.  The trailing newline is stripped.
    ///
    /// The prompt string, if given, is printed to standard output without a
    /// trailing newline before reading input.
    ///
    /// If the user hits EOF (*nix: Ctrl-D, Windows: Ctrl-Z+Return), raise
    /// EOFError.
    /// On *nix systems, readline is used if available.
    #[pyfunction(signature = "(prompt='', /)")]
    fn input(prompt: OptArg<&PyObject>) -> PyResult {
        let stream = |name: &'static PyStr, lost: &str| match sys::get(name)? {
            Some(stream) if !stream.is_none() => Ok(stream),
            _ => Err(raised!(RuntimeError, "{lost}")),
        };
        let stdin = stream(intern!("stdin"), "lost sys.stdin")?;
        let stdout = stream(intern!("stdout"), "lost sys.stdout")?;
        let stderr = stream(intern!("stderr"), "lost sys.stderr")?;
        crate::audit::audit("builtins.input", &[prompt.given().unwrap_or(none_ref())])?;
        ignore_errors(call::method(&stderr, intern!("flush"), &[]))?;
        if let Some(prompt) = prompt.given() {
            sys::output::write_str_of(&stdout, prompt)?;
        }
        ignore_errors(call::method(&stdout, intern!("flush"), &[]))?;
        let line = read_line(&stdin)?;
        crate::audit::audit("builtins.input/result", &[&line])?;
        Ok(line.into_obj())
    }
}

fn text_or_none<'a>(value: OptArg<&'a PyObject>, name: &str) -> PyResult<Option<&'a PyStr>> {
    match value.given() {
        None => Ok(None),
        Some(value) if value.is_none() => Ok(None),
        Some(value) => match value.downcast::<PyStr>() {
            Some(text) => Ok(Some(text)),
            None => Err(raised!(TypeError, "{name} must be None or a string, not {}", value.class().name())),
        },
    }
}

/// Forgets an error that `input` does not care for.
fn ignore_errors(result: PyResult) -> PyResult<()> {
    errors::ignore(result, Exc::Exception).map(drop)
}

/// A line of the file without its line end; `EOFError` where there is none.
fn read_line(file: &PyObject) -> PyResult<Py<PyStr>> {
    let line = call::method(file, intern!("readline"), &[])?;
    let Some(line) = line.downcast_owned::<PyStr>() else {
        return Err(raised!(TypeError, "object.readline() returned non-string"));
    };
    match line.len() {
        0 => Err(raised!(EOFError, "EOF when reading a line")),
        length if line.char_at(length - 1) == u32::from(b'\n') => Ok(line.substring(0, length - 1)),
        _ => Ok(line),
    }
}
