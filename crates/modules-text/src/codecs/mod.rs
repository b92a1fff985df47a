//! `_codecs`: the registry of codecs and the built-in ones as functions.

use taipan_macros::pymodule;

#[pymodule(name = "_codecs", fragments(registry, encoders, decoders))]
pub mod module {}

#[pymodule(fragment)]
pub mod registry {
    use taipan_objects::codecs::{charmap, registry};
    use taipan_objects::prelude::*;

    /// Register a codec search function.
    ///
    /// Search functions are expected to take one argument, the encoding name in
    /// all lower case letters, and either return None, or a tuple of functions
    /// (encoder, decoder, stream_reader, stream_writer) (or a CodecInfo object).
    #[pyfunction(signature = "(search_function, /)")]
    pub fn register(search_function: &PyObject) -> PyResult<()> {
        registry::register(search_function)
    }

    /// Unregister a codec search function and clear the registry's cache.
    ///
    /// If the search function is not registered, do nothing.
    #[pyfunction(signature = "(search_function, /)")]
    pub fn unregister(search_function: &PyObject) {
        registry::unregister(search_function);
    }

    /// Looks up a codec tuple in the Python codec registry and returns a CodecInfo object.
    #[pyfunction(signature = "(encoding, /)")]
    pub fn lookup(encoding: &str) -> PyResult {
        if encoding.contains('\0') {
            return Err(raised!(ValueError, "embedded null character"));
        }
        registry::lookup(encoding)
    }

    /// Encodes obj using the codec registered for encoding.
    ///
    /// The default encoding is 'utf-8'.  errors may be given to set a
    /// different error handling scheme.  Default is 'strict' meaning that encoding
    /// errors raise a ValueError.  Other possible values are 'ignore', 'replace'
    /// and 'backslashreplace' as well as any other name registered with
    /// codecs.register_error that can handle ValueErrors.
    #[pyfunction(signature = "(obj, encoding='utf-8', errors='strict')")]
    pub fn encode(obj: &PyObject, encoding: Option<&str>, errors: Option<&str>) -> PyResult {
        registry::encode(obj, encoding.unwrap_or("utf-8"), errors)
    }

    /// Decodes obj using the codec registered for encoding.
    ///
    /// Default encoding is 'utf-8'.  errors may be given to set a
    /// different error handling scheme.  Default is 'strict' meaning that encoding
    /// errors raise a ValueError.  Other possible values are 'ignore', 'replace'
    /// and 'backslashreplace' as well as any other name registered with
    /// codecs.register_error that can handle ValueErrors.
    #[pyfunction(signature = "(obj, encoding='utf-8', errors='strict')")]
    pub fn decode(obj: &PyObject, encoding: Option<&str>, errors: Option<&str>) -> PyResult {
        registry::decode(obj, encoding.unwrap_or("utf-8"), errors)
    }

    /// Register the specified error handler under the name errors.
    ///
    /// handler must be a callable object, that
    /// will be called with an exception instance containing
    /// information about the location of the encoding/decoding
    /// error and must return a (replacement, new position) tuple.
    #[pyfunction(signature = "(errors, handler, /)")]
    pub fn register_error(errors: &str, handler: &PyObject) -> PyResult<()> {
        registry::register_error(errors, handler)
    }

    /// Un-register the specified error handler for the error handling `errors'.
    ///
    /// Only custom error handlers can be un-registered. An exception is raised
    /// if the error handling is a built-in one (e.g., 'strict'), or if an error
    /// occurs.
    ///
    /// Otherwise, this returns True if a custom handler has been successfully
    /// un-registered, and False if no custom handler for the specified error
    /// handling exists.
    #[pyfunction(name = "_unregister_error", signature = "(errors, /)")]
    pub fn unregister_error(errors: &str) -> PyResult<bool> {
        registry::unregister_error(errors)
    }

    /// lookup_error(errors) -> handler
    ///
    /// Return the error handler for the specified error handling name or raise a
    /// LookupError, if no handler exists under this name.
    #[pyfunction(signature = "(name, /)")]
    pub fn lookup_error(name: &str) -> PyResult {
        registry::lookup_error(name)
    }

    #[pyfunction(signature = "(map, /)")]
    pub fn charmap_build(map: &PyStr) -> PyResult {
        charmap::build(map)
    }
}

#[pymodule(fragment)]
pub mod encoders {
    use taipan_objects::codecs::{Input, builtin, bytes_like, charmap};
    use taipan_objects::prelude::*;

    type Encoded = PyResult<(Py<PyBytes>, usize)>;

    fn with_length(text: &PyStr, bytes: PyResult<Py<PyBytes>>) -> Encoded {
        Ok((bytes?, text.len()))
    }

    /// The bytes of a string in UTF-8, or of an object that exports them (`s*`).
    fn text_or_bytes(data: &PyObject) -> PyResult<Input<'_>> {
        match data.downcast::<PyStr>() {
            Some(text) => Ok(Input::Copied(text.to_utf8()?.as_bytes().to_vec())),
            None => bytes_like(data),
        }
    }

    #[pyfunction(signature = "(str, errors=None, /)")]
    pub fn utf_8_encode(text: &PyStr, errors: Option<&str>) -> Encoded {
        with_length(text, builtin::utf8_encode(text, errors))
    }

    #[pyfunction(signature = "(str, errors=None, /)")]
    pub fn utf_7_encode(text: &PyStr, errors: Option<&str>) -> Encoded {
        let _ = errors;
        with_length(text, Ok(builtin::utf7_encode(text)))
    }

    #[pyfunction(signature = "(str, errors=None, /)")]
    pub fn ascii_encode(text: &PyStr, errors: Option<&str>) -> Encoded {
        with_length(text, builtin::ascii_encode(text, errors))
    }

    #[pyfunction(signature = "(str, errors=None, /)")]
    pub fn latin_1_encode(text: &PyStr, errors: Option<&str>) -> Encoded {
        with_length(text, builtin::latin1_encode(text, errors))
    }

    #[pyfunction(signature = "(str, errors=None, byteorder=0, /)")]
    pub fn utf_16_encode(text: &PyStr, errors: Option<&str>, byteorder: i32) -> Encoded {
        with_length(text, builtin::utf16_encode(text, errors, byteorder))
    }

    #[pyfunction(signature = "(str, errors=None, /)")]
    pub fn utf_16_le_encode(text: &PyStr, errors: Option<&str>) -> Encoded {
        with_length(text, builtin::utf16_encode(text, errors, -1))
    }

    #[pyfunction(signature = "(str, errors=None, /)")]
    pub fn utf_16_be_encode(text: &PyStr, errors: Option<&str>) -> Encoded {
        with_length(text, builtin::utf16_encode(text, errors, 1))
    }

    #[pyfunction(signature = "(str, errors=None, byteorder=0, /)")]
    pub fn utf_32_encode(text: &PyStr, errors: Option<&str>, byteorder: i32) -> Encoded {
        with_length(text, builtin::utf32_encode(text, errors, byteorder))
    }

    #[pyfunction(signature = "(str, errors=None, /)")]
    pub fn utf_32_le_encode(text: &PyStr, errors: Option<&str>) -> Encoded {
        with_length(text, builtin::utf32_encode(text, errors, -1))
    }

    #[pyfunction(signature = "(str, errors=None, /)")]
    pub fn utf_32_be_encode(text: &PyStr, errors: Option<&str>) -> Encoded {
        with_length(text, builtin::utf32_encode(text, errors, 1))
    }

    #[pyfunction(signature = "(str, errors=None, /)")]
    pub fn unicode_escape_encode(text: &PyStr, errors: Option<&str>) -> Encoded {
        let _ = errors;
        with_length(text, Ok(builtin::unicode_escape_encode(text)))
    }

    #[pyfunction(signature = "(str, errors=None, /)")]
    pub fn raw_unicode_escape_encode(text: &PyStr, errors: Option<&str>) -> Encoded {
        let _ = errors;
        with_length(text, Ok(builtin::raw_unicode_escape_encode(text)))
    }

    #[pyfunction(signature = "(str, errors=None, mapping=None, /)")]
    pub fn charmap_encode(text: &PyStr, errors: Option<&str>, mapping: Option<&PyObject>) -> Encoded {
        with_length(text, charmap::encode(text, errors, mapping))
    }

    #[pyfunction(signature = "(data, errors=None, /)")]
    pub fn escape_encode(data: &PyBytes, errors: Option<&str>) -> Encoded {
        let _ = errors;
        Ok((builtin::escape_encode(data.as_slice()), data.len()))
    }

    #[pyfunction(signature = "(data, errors=None, /)")]
    pub fn readbuffer_encode(data: &PyObject, errors: Option<&str>) -> Encoded {
        let _ = errors;
        let input = text_or_bytes(data)?;
        Ok((PyBytes::new(input.as_slice()), input.as_slice().len()))
    }
}

#[pymodule(fragment)]
pub mod decoders {
    use taipan_objects::codecs::{Input, builtin, bytes_like, charmap};
    use taipan_objects::prelude::*;

    type Decoded = PyResult<(Py<PyStr>, usize)>;

    /// The bytes of a string in UTF-8, or of an object that exports them (`s*`).
    fn text_or_bytes(data: &PyObject) -> PyResult<Input<'_>> {
        match data.downcast::<PyStr>() {
            Some(text) => Ok(Input::Copied(text.to_utf8()?.as_bytes().to_vec())),
            None => bytes_like(data),
        }
    }

    #[pyfunction(signature = "(data, errors=None, final=False, /)")]
    pub fn utf_8_decode(data: &PyObject, errors: Option<&str>, is_final: bool) -> Decoded {
        let input = bytes_like(data)?;
        builtin::utf8_decode(input.as_slice(), errors, is_final)
    }

    #[pyfunction(signature = "(data, errors=None, final=False, /)")]
    pub fn utf_7_decode(data: &PyObject, errors: Option<&str>, is_final: bool) -> Decoded {
        let input = bytes_like(data)?;
        builtin::utf7_decode(input.as_slice(), errors, is_final)
    }

    #[pyfunction(signature = "(data, errors=None, /)")]
    pub fn ascii_decode(data: &PyObject, errors: Option<&str>) -> Decoded {
        let input = bytes_like(data)?;
        builtin::ascii_decode(input.as_slice(), errors)
    }

    #[pyfunction(signature = "(data, errors=None, /)")]
    pub fn latin_1_decode(data: &PyObject, errors: Option<&str>) -> Decoded {
        let input = bytes_like(data)?;
        let _ = errors;
        Ok((PyStr::from_latin1(input.as_slice()), input.as_slice().len()))
    }

    #[pyfunction(signature = "(data, errors=None, final=False, /)")]
    pub fn utf_16_decode(data: &PyObject, errors: Option<&str>, is_final: bool) -> Decoded {
        let input = bytes_like(data)?;
        builtin::utf16_decode(input.as_slice(), errors, 0, is_final).map(|(text, n, _)| (text, n))
    }

    #[pyfunction(signature = "(data, errors=None, final=False, /)")]
    pub fn utf_16_le_decode(data: &PyObject, errors: Option<&str>, is_final: bool) -> Decoded {
        let input = bytes_like(data)?;
        builtin::utf16_decode(input.as_slice(), errors, -1, is_final).map(|(text, n, _)| (text, n))
    }

    #[pyfunction(signature = "(data, errors=None, final=False, /)")]
    pub fn utf_16_be_decode(data: &PyObject, errors: Option<&str>, is_final: bool) -> Decoded {
        let input = bytes_like(data)?;
        builtin::utf16_decode(input.as_slice(), errors, 1, is_final).map(|(text, n, _)| (text, n))
    }

    #[pyfunction(signature = "(data, errors=None, byteorder=0, final=False, /)")]
    pub fn utf_16_ex_decode(
        data: &PyObject,
        errors: Option<&str>,
        byteorder: i32,
        is_final: bool,
    ) -> PyResult<(Py<PyStr>, usize, i32)> {
        let input = bytes_like(data)?;
        builtin::utf16_decode(input.as_slice(), errors, byteorder, is_final)
    }

    #[pyfunction(signature = "(data, errors=None, final=False, /)")]
    pub fn utf_32_decode(data: &PyObject, errors: Option<&str>, is_final: bool) -> Decoded {
        let input = bytes_like(data)?;
        builtin::utf32_decode(input.as_slice(), errors, 0, is_final).map(|(text, n, _)| (text, n))
    }

    #[pyfunction(signature = "(data, errors=None, final=False, /)")]
    pub fn utf_32_le_decode(data: &PyObject, errors: Option<&str>, is_final: bool) -> Decoded {
        let input = bytes_like(data)?;
        builtin::utf32_decode(input.as_slice(), errors, -1, is_final).map(|(text, n, _)| (text, n))
    }

    #[pyfunction(signature = "(data, errors=None, final=False, /)")]
    pub fn utf_32_be_decode(data: &PyObject, errors: Option<&str>, is_final: bool) -> Decoded {
        let input = bytes_like(data)?;
        builtin::utf32_decode(input.as_slice(), errors, 1, is_final).map(|(text, n, _)| (text, n))
    }

    #[pyfunction(signature = "(data, errors=None, byteorder=0, final=False, /)")]
    pub fn utf_32_ex_decode(
        data: &PyObject,
        errors: Option<&str>,
        byteorder: i32,
        is_final: bool,
    ) -> PyResult<(Py<PyStr>, usize, i32)> {
        let input = bytes_like(data)?;
        builtin::utf32_decode(input.as_slice(), errors, byteorder, is_final)
    }

    #[pyfunction(signature = "(data, errors=None, final=True, /)")]
    pub fn unicode_escape_decode(data: &PyObject, errors: Option<&str>, is_final: bool) -> Decoded {
        let input = text_or_bytes(data)?;
        builtin::unicode_escape_decode(input.as_slice(), errors, is_final)
    }

    #[pyfunction(signature = "(data, errors=None, final=True, /)")]
    pub fn raw_unicode_escape_decode(data: &PyObject, errors: Option<&str>, is_final: bool) -> Decoded {
        let input = text_or_bytes(data)?;
        builtin::raw_unicode_escape_decode(input.as_slice(), errors, is_final)
    }

    #[pyfunction(signature = "(data, errors=None, mapping=None, /)")]
    pub fn charmap_decode(data: &PyObject, errors: Option<&str>, mapping: Option<&PyObject>) -> Decoded {
        let input = bytes_like(data)?;
        Ok((charmap::decode(input.as_slice(), errors, mapping)?, input.as_slice().len()))
    }

    #[pyfunction(signature = "(data, errors=None, /)")]
    pub fn escape_decode(data: &PyObject, errors: Option<&str>) -> PyResult<(Py<PyBytes>, usize)> {
        let input = text_or_bytes(data)?;
        Ok((builtin::escape_decode(input.as_slice(), errors)?, input.as_slice().len()))
    }
}
