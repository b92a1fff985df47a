//! The loops around the kernels: run until something cannot be decoded or encoded, ask the error handler, go on.

use super::handlers::{Handler, Replacement};
use crate::model::{Py, PyResult};
use crate::types::bytes::PyBytes;
use crate::types::str::{PyStr, StrUnits};
use taipan_kernels::codecs::CodecError;
use taipan_kernels::text::TextBuilder;

/// Decodes `input` with `step`, a kernel that decodes from a place on and says how much it consumed. Gives the text and
/// how much was consumed.
pub fn decode(
    encoding: &str,
    input: &[u8],
    errors: Option<&str>,
    mut step: impl FnMut(&[u8], usize, &mut TextBuilder) -> Result<usize, CodecError>,
) -> PyResult<(Py<PyStr>, usize)> {
    let mut out = TextBuilder::with_capacity(input.len());
    let mut handler = None;
    let mut at = 0;
    // A handler may put other bytes in place of the input.
    let mut replaced: Option<Vec<u8>> = None;
    loop {
        let bytes = replaced.as_deref().unwrap_or(input);
        let error = match step(bytes, at, &mut out) {
            Ok(consumed) => return Ok((PyStr::try_from_builder(out)?, consumed)),
            Err(error) => error,
        };
        let handler = handler.get_or_insert_with(|| Handler::of_name(errors));
        let (next, other) = handler.decode_error(encoding, bytes, &error, &mut out)?;
        at = next;
        if other.is_some() {
            replaced = other;
        }
    }
}

/// Encodes `text` with `step`, a kernel that encodes from a place on. `emit` encodes what a handler puts in place of
/// characters; it says `false` where that has no bytes either, and the error is raised.
pub fn encode(
    encoding: &str,
    text: &PyStr,
    errors: Option<&str>,
    out: &mut Vec<u8>,
    mut step: impl FnMut(StrUnits<'_>, usize, &mut Vec<u8>) -> Result<(), CodecError>,
    emit: impl Fn(&mut Vec<u8>, &Replacement) -> bool,
) -> PyResult<()> {
    let mut handler = None;
    let mut at = 0;
    while let Err(error) = step(text.units(), at, out) {
        let handler = handler.get_or_insert_with(|| Handler::of_name(errors));
        let (replacement, next) = handler.encode_error(encoding, text, &error)?;
        if !emit(out, &replacement) {
            return Err(crate::types::str::encode_error(encoding, text, &error));
        }
        at = next;
    }
    Ok(())
}

/// Encodes to a new byte string.
pub fn encode_to_bytes(
    encoding: &str,
    text: &PyStr,
    errors: Option<&str>,
    step: impl FnMut(StrUnits<'_>, usize, &mut Vec<u8>) -> Result<(), CodecError>,
    emit: impl Fn(&mut Vec<u8>, &Replacement) -> bool,
) -> PyResult<Py<PyBytes>> {
    let mut out = Vec::with_capacity(text.len());
    encode(encoding, text, errors, &mut out, step, emit)?;
    Ok(PyBytes::new(&out))
}
