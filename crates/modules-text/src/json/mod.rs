//! `_json`: reading and writing JSON.

mod encoder;
mod scanner;
mod strings;

use taipan_macros::pymodule;

/// json speedups
#[pymodule(name = "_json")]
pub mod module {
    use super::encoder::PyEncoder;
    use super::scanner::PyJsonScanner;
    use super::strings;
    use taipan_objects::model::args::OptArg;
    use taipan_objects::prelude::*;

    /// encode_basestring_ascii(string) -> string
    ///
    /// Return an ASCII-only JSON representation of a Python string
    #[pyfunction(signature = "(object, /)")]
    pub fn encode_basestring_ascii(object: &PyObject) -> PyResult<Py<PyStr>> {
        strings::quote(strings::need_str(object)?, true)
    }

    /// encode_basestring(string) -> string
    ///
    /// Return a JSON representation of a Python string
    #[pyfunction(signature = "(object, /)")]
    pub fn encode_basestring(object: &PyObject) -> PyResult<Py<PyStr>> {
        strings::quote(strings::need_str(object)?, false)
    }

    /// scanstring(string, end, strict=True) -> (string, end)
    ///
    /// Scan the string s for a JSON string. End is the index of the
    /// character in s after the quote that started the JSON string.
    /// Unescapes all valid JSON string escape sequences and raises ValueError
    /// on attempt to decode an invalid string. If strict is False then literal
    /// control characters are allowed in the string.
    ///
    /// Returns a tuple of the decoded string and the index of the character in s
    /// after the end quote.
    #[pyfunction(signature = "(string, end, strict=True, /)", no_text)]
    pub fn scanstring(string: &PyObject, end: isize, strict: OptArg<bool>) -> PyResult<(Py<PyStr>, usize)> {
        strings::scan_string(strings::need_str(string)?, end, strict.given().unwrap_or(true))
    }

    #[exec]
    fn exec(module: &PyModule) -> PyResult<()> {
        module.add("make_scanner", PyJsonScanner::type_object())?;
        module.add("make_encoder", PyEncoder::type_object())
    }
}
