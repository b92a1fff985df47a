//! `MultibyteCodec`: whole texts encoded and decoded, and the loops that the incremental forms share.

use core::cell::Cell;
use taipan_kernels::codecs::multibyte::{Multibyte, State};
use taipan_objects::codecs::engine;
use taipan_objects::codecs::handlers::Replacement;
use taipan_objects::memory;
use taipan_objects::prelude::*;
use taipan_objects::types::str::encode_error;
use taipan_objects::with_units;

#[pytype(name = "_multibytecodec.MultibyteCodec", flags(DISALLOW_INSTANTIATION), parts(METHODS))]
pub struct PyMultibyteCodec {
    ob_base: PyObject,
    codec: Codec,
}

/// The encoding of an object.
#[derive(Clone, Copy)]
pub struct Codec(pub &'static Multibyte);

impl taipan_objects::model::gc::Traverse for Codec {
    fn traverse(&self, _: &mut taipan_objects::model::gc::Visitor) {}
}

impl PyMultibyteCodec {
    pub fn new(codec: &'static Multibyte) -> Py<Self> {
        memory::new(PyMultibyteCodec { ob_base: PyObject::EMPTY, codec: Codec(codec) })
    }

    /// The codec in the attribute `codec` of a class.
    pub fn of_class(class: &TypeObject) -> PyResult<Codec> {
        let codec = object::get_attr(class, intern!("codec"))?;
        match codec.downcast::<PyMultibyteCodec>() {
            Some(codec) => Ok(codec.codec),
            None => Err(raised!(TypeError, "codec is unexpected type")),
        }
    }
}

/// What is to be encoded: a string, or anything as one.
pub fn text_of(input: &PyObject) -> PyResult<Py<PyStr>> {
    match input.downcast_owned::<PyStr>() {
        Some(text) => Ok(text),
        None => object::str(input),
    }
}

pub fn points_of(text: &PyStr) -> Vec<u32> {
    with_units!(text.units(), u => u.iter().map(|&c| u32::from(c)).collect())
}

impl Codec {
    /// Encodes, and ends the text where it is whole; gives the bytes and how many characters were consumed.
    pub fn encode(
        self,
        state: &mut State,
        text: &PyStr,
        errors: Option<&str>,
        whole: bool,
    ) -> PyResult<(Vec<u8>, usize)> {
        let Codec(codec) = self;
        if text.is_empty() && !whole {
            return Ok((Vec::new(), 0));
        }
        let (points, mut out) = (points_of(text), Vec::with_capacity(text.len() * 2));
        let (now, consumed) = (Cell::new(*state), Cell::new(0));
        let step = |points: &[u32], at: usize, whole: bool, out: &mut Vec<u8>| {
            let mut state = now.get();
            let result = codec.encode(&mut state, points, at, whole, out);
            now.set(state);
            result
        };
        engine::encode(
            codec.name,
            text,
            errors,
            &mut out,
            |_, at, out| step(&points, at, whole, out).map(|end| consumed.set(end)),
            |out, replacement| match replacement {
                Replacement::Bytes(bytes) => {
                    out.extend_from_slice(bytes);
                    true
                }
                Replacement::Text(points) => step(points, 0, true, out).is_ok(),
            },
        )?;
        let mut after = now.get();
        if whole {
            codec.reset(&mut after, &mut out);
        }
        *state = after;
        Ok((out, consumed.get()))
    }

    /// Decodes; gives the text and how many bytes were consumed.
    pub fn decode(
        self,
        state: &mut State,
        input: &[u8],
        errors: Option<&str>,
        whole: bool,
    ) -> PyResult<(Py<PyStr>, usize)> {
        let mut now = *state;
        let decoded = engine::decode(self.0.name, input, errors, |bytes, at, out| {
            self.0.decode(&mut now, bytes, at, whole, out)
        })?;
        *state = now;
        Ok(decoded)
    }

    /// The exception for a text that could not be encoded from a place on.
    pub fn too_much(self, text: &PyStr, start: usize) -> taipan_objects::model::Raised {
        let error =
            taipan_kernels::codecs::CodecError { start, end: text.len(), reason: "pending buffer overflow" };
        encode_error(self.0.name, text, &error)
    }
}

#[pymethods(METHODS)]
impl PyMultibyteCodec {
    /// Return an encoded string version of 'input'.
    ///
    /// 'errors' may be given to set a different error handling scheme.
    /// Default is 'strict' meaning that encoding errors raise
    /// a UnicodeEncodeError.  Other possible values are 'ignore', 'replace'
    /// and 'xmlcharrefreplace' as well as any other name registered with
    /// codecs.register_error that can handle UnicodeEncodeErrors.
    #[pymethod(signature = "(input, errors=None)")]
    fn encode(&self, input: &PyObject, errors: Option<&str>) -> PyResult<(Py<PyBytes>, usize)> {
        let text = text_of(input)?;
        if text.is_empty() {
            return Ok((PyBytes::new(&[]), 0));
        }
        let (bytes, _) = self.codec.encode(&mut self.codec.0.encoding(), &text, errors, true)?;
        Ok((PyBytes::new(&bytes), text.len()))
    }

    /// Decodes 'input'.
    ///
    /// 'errors' may be given to set a different error handling scheme.
    /// Default is 'strict' meaning that encoding errors raise
    /// a UnicodeDecodeError.  Other possible values are 'ignore' and 'replace'
    /// as well as any other name registered with codecs.register_error that is
    /// able to handle UnicodeDecodeErrors.
    #[pymethod(signature = "(input, errors=None)")]
    fn decode(&self, input: &PyObject, errors: Option<&str>) -> PyResult<(Py<PyStr>, usize)> {
        let input = taipan_objects::codecs::bytes_like(input)?;
        let input = input.as_slice();
        let (text, _) = self.codec.decode(&mut self.codec.0.decoding(), input, errors, true)?;
        Ok((text, input.len()))
    }
}
