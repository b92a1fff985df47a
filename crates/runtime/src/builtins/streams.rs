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
        if is_terminal(&stdin, 0)? && is_terminal(&stdout, 1)? {
            let line = read_typed(&stdin, &stdout, prompt.given())?;
            crate::audit::audit("builtins.input/result", &[&line])?;
            return Ok(line);
        }
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

/// Whether a stream is that of a descriptor, and the descriptor a terminal.
fn is_terminal(stream: &PyObject, fd: i64) -> PyResult<bool> {
    let number = errors::ignore(call::method(stream, intern!("fileno"), &[]), Exc::Exception)?;
    let number = number.and_then(|number| number.downcast::<PyInt>().and_then(PyInt::to_i64));
    Ok(number == Some(fd) && taipan_host::files::is_terminal(fd as i32))
}

/// A line that is typed at the terminal, without its line end; `EOFError` where there is none.
fn read_typed(stdin: &PyObject, stdout: &PyObject, prompt: Option<&PyObject>) -> PyResult {
    let coding = |stream: &PyObject| {
        let encoding = object::get_attr(stream, intern!("encoding"))?;
        Ok((encoding, object::get_attr(stream, intern!("errors"))?))
    };
    let (encoding, errors) = coding(stdin)?;
    ignore_errors(call::method(stdout, intern!("flush"), &[]))?;
    if let Some(prompt) = prompt {
        let (encoding, errors) = coding(stdout)?;
        let prompt = call::method(&*object::str(prompt)?, intern!("encode"), &[&encoding, &errors])?;
        let prompt = prompt.downcast::<PyBytes>().map(PyBytes::as_slice).unwrap_or_default();
        if prompt.contains(&0) {
            return Err(raised!(ValueError, "input: prompt string cannot contain null characters"));
        }
        // Nobody can be told where the terminal itself is gone.
        let _ = taipan_host::files::write_all(2, prompt);
    }
    let mut line = crate::state::runtime().typed.read_line()?;
    if line.is_empty() {
        return Err(errors::set_none(Exc::EOFError));
    }
    line.pop_if(|&mut end| end == b'\n');
    call::method(&PyBytes::new(&line), intern!("decode"), &[&encoding, &errors])
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
