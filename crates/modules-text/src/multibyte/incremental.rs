//! `MultibyteIncrementalEncoder` and `MultibyteIncrementalDecoder`: texts in pieces.

use super::codec::{Codec, PyMultibyteCodec, points_of, text_of};
use core::cell::{Cell, RefCell};
use taipan_kernels::codecs::multibyte::State;
use taipan_objects::errors::Exc;
use taipan_objects::memory;
use taipan_objects::model::args::OptArg;
use taipan_objects::model::gc::{Traverse, Visitor};
use taipan_objects::prelude::*;
use taipan_objects::types::str::unicode_error;

/// The most bytes, or bytes of UTF-8, that wait for the next piece.
const MOST_PENDING: usize = 8;

/// What lies between two pieces.
pub struct Pending<T> {
    pub state: Cell<State>,
    pub rest: RefCell<T>,
    pub errors: RefCell<String>,
}

impl<T> Pending<T> {
    pub fn new(state: State, rest: T, errors: Option<&str>) -> Self {
        Pending {
            state: Cell::new(state),
            rest: RefCell::new(rest),
            errors: RefCell::new(errors.unwrap_or("strict").to_string()),
        }
    }

    pub fn set_errors(&self, value: Option<&PyObject>) -> PyResult<()> {
        let Some(value) = value else { return Err(raised!(AttributeError, "cannot delete attribute")) };
        let Some(value) = value.downcast::<PyStr>() else {
            return Err(raised!(TypeError, "errors must be a string"));
        };
        self.errors.replace(value.to_utf8()?.to_string());
        Ok(())
    }
}

impl<T> Traverse for Pending<T> {
    fn traverse(&self, _: &mut Visitor) {}
}

#[pytype(name = "_multibytecodec.MultibyteIncrementalEncoder", flags(BASETYPE), parts(ENCODER))]
pub struct PyEncoder {
    ob_base: PyObject,
    codec: Codec,
    pending: Pending<Vec<u32>>,
}

/// Encodes a piece behind what waits; what waits from then on is put in its place.
pub fn encode_piece(
    codec: Codec,
    pending: &Pending<Vec<u32>>,
    input: &PyObject,
    whole: bool,
) -> PyResult<Vec<u8>> {
    let text = text_of(input)?;
    let mut points = pending.rest.borrow().clone();
    let text = if points.is_empty() {
        text
    } else {
        points.extend(points_of(&text));
        PyStr::from_code_points(&points)
    };
    let (mut state, errors) = (pending.state.get(), pending.errors.borrow().clone());
    let (bytes, consumed) = codec.encode(&mut state, &text, Some(&errors), whole)?;
    let rest = points_of(&text).split_off(consumed.min(text.len()));
    if rest.len() > MOST_PENDING / 4 {
        return Err(codec.too_much(&text, consumed));
    }
    pending.rest.replace(rest);
    pending.state.set(state);
    Ok(bytes)
}

#[pymethods(ENCODER)]
impl PyEncoder {
    #[new(signature = "(errors='strict')")]
    fn py_new(cls: &TypeObject, errors: OptArg<&str>) -> PyResult<Py<PyEncoder>> {
        let codec = PyMultibyteCodec::of_class(cls)?;
        let pending = Pending::new(codec.0.encoding(), Vec::new(), errors.given());
        memory::new_in(cls, PyEncoder { ob_base: PyObject::EMPTY, codec, pending })
    }

    #[init(signature = "(*args, **kwargs)")]
    fn init(&self, args: &[&PyObject], kwargs: Option<Py<PyDict>>) -> PyResult<()> {
        let _ = (args, kwargs);
        Ok(())
    }

    #[pymethod(signature = "(input, final=False)")]
    fn encode(&self, input: &PyObject, whole: bool) -> PyResult<Py<PyBytes>> {
        Ok(PyBytes::new(&encode_piece(self.codec, &self.pending, input, whole)?))
    }

    /// The state as a number: how many bytes of text wait, those in UTF-8, and the encoding's own state.
    #[pymethod]
    fn getstate(&self) -> PyResult<Py<PyInt>> {
        let waiting: String = self.pending.rest.borrow().iter().filter_map(|&c| char::from_u32(c)).collect();
        let mut bytes = vec![waiting.len() as u8];
        bytes.extend_from_slice(waiting.as_bytes());
        bytes.extend_from_slice(&self.pending.state.get());
        Ok(PyInt::from_int(taipan_kernels::int::bytes::from_bytes(&bytes, true, false)))
    }

    #[pymethod(signature = "(state, /)")]
    fn setstate(&self, state: &PyInt) -> PyResult<()> {
        let length = PyInt::from_i64(1 + 2 * MOST_PENDING as i64);
        let bytes = call::method(state, intern!("to_bytes"), &[&length, intern!("little")])?;
        let bytes = taipan_objects::codecs::bytes_like(&bytes)?;
        let (count, bytes) =
            bytes.as_slice().split_first().map_or((0, &[][..]), |(&n, rest)| (n.into(), rest));
        if count > MOST_PENDING {
            return Err(raised!(UnicodeError, "pending buffer too large"));
        }
        let (waiting, state) = bytes.split_at(count);
        let text = taipan_objects::codecs::decode_bytes(waiting, None, Some("utf-8"), None)?;
        let Some(text) = text.downcast::<PyStr>() else {
            return Err(raised!(UnicodeError, "pending buffer is no text"));
        };
        self.pending.rest.replace(points_of(text));
        self.pending.state.set(first_of(state));
        Ok(())
    }

    #[pymethod]
    fn reset(&self) {
        self.pending.rest.replace(Vec::new());
        self.pending.state.set(self.codec.0.encoding());
    }

    /// how to treat errors
    #[getter]
    fn errors(&self) -> Py<PyStr> {
        PyStr::new(&self.pending.errors.borrow())
    }

    #[setter]
    fn set_errors(&self, value: Option<&PyObject>) -> PyResult<()> {
        self.pending.set_errors(value)
    }
}

fn first_of(bytes: &[u8]) -> State {
    let mut state = State::default();
    state.iter_mut().zip(bytes).for_each(|(to, &from)| *to = from);
    state
}

#[pytype(name = "_multibytecodec.MultibyteIncrementalDecoder", flags(BASETYPE), parts(DECODER))]
pub struct PyDecoder {
    ob_base: PyObject,
    codec: Codec,
    pending: Pending<Vec<u8>>,
}

/// Decodes a piece behind what waits; what waits from then on is put in its place.
pub fn decode_piece(
    codec: Codec,
    pending: &Pending<Vec<u8>>,
    input: &[u8],
    whole: bool,
) -> PyResult<Py<PyStr>> {
    let mut bytes = pending.rest.borrow().clone();
    bytes.extend_from_slice(input);
    let (mut state, errors) = (pending.state.get(), pending.errors.borrow().clone());
    let (text, consumed) = codec.decode(&mut state, &bytes, Some(&errors), whole)?;
    let rest = bytes.split_off(consumed.min(bytes.len()));
    if rest.len() > MOST_PENDING {
        let source = PyBytes::new(&rest);
        let (name, end) = (codec.0.name, rest.len());
        return Err(unicode_error(
            Exc::UnicodeDecodeError,
            Some(name),
            &source,
            0,
            end,
            "pending buffer overflow",
        ));
    }
    pending.rest.replace(rest);
    pending.state.set(state);
    Ok(text)
}

#[pymethods(DECODER)]
impl PyDecoder {
    #[new(signature = "(errors='strict')")]
    fn py_new(cls: &TypeObject, errors: OptArg<&str>) -> PyResult<Py<PyDecoder>> {
        let codec = PyMultibyteCodec::of_class(cls)?;
        let pending = Pending::new(codec.0.decoding(), Vec::new(), errors.given());
        memory::new_in(cls, PyDecoder { ob_base: PyObject::EMPTY, codec, pending })
    }

    #[init(signature = "(*args, **kwargs)")]
    fn init(&self, args: &[&PyObject], kwargs: Option<Py<PyDict>>) -> PyResult<()> {
        let _ = (args, kwargs);
        Ok(())
    }

    #[pymethod(signature = "(input, final=False)")]
    fn decode(&self, input: &PyObject, whole: bool) -> PyResult<Py<PyStr>> {
        let input = taipan_objects::codecs::bytes_like(input)?;
        decode_piece(self.codec, &self.pending, input.as_slice(), whole)
    }

    #[pymethod]
    fn getstate(&self) -> (Py<PyBytes>, u64) {
        let state = u64::from_le_bytes(self.pending.state.get());
        (PyBytes::new(&self.pending.rest.borrow()), state)
    }

    #[pymethod(signature = "(state, /)")]
    fn setstate(&self, state: &PyTuple) -> PyResult<()> {
        let wrong = || raised!(TypeError, "setstate(): illegal state argument");
        let &[waiting, number] = state.as_slice() else { return Err(wrong()) };
        let waiting = waiting.downcast::<PyBytes>().ok_or_else(wrong)?.as_slice();
        let number = number.downcast::<PyInt>().ok_or_else(wrong)?;
        if waiting.len() > MOST_PENDING {
            let (name, end) = (self.codec.0.name, waiting.len());
            let source = PyBytes::new(waiting);
            let reason = "pending buffer too large";
            return Err(unicode_error(Exc::UnicodeDecodeError, Some(name), &source, 0, end, reason));
        }
        let bytes = call::method(
            number,
            intern!("to_bytes"),
            &[&PyInt::from_i64(size_of::<State>() as i64), intern!("little")],
        )?;
        let bytes = taipan_objects::codecs::bytes_like(&bytes)?;
        self.pending.state.set(first_of(bytes.as_slice()));
        self.pending.rest.replace(waiting.to_vec());
        Ok(())
    }

    #[pymethod]
    fn reset(&self) {
        self.pending.rest.replace(Vec::new());
        self.pending.state.set(self.codec.0.decoding());
    }

    /// how to treat errors
    #[getter]
    fn errors(&self) -> Py<PyStr> {
        PyStr::new(&self.pending.errors.borrow())
    }

    #[setter]
    fn set_errors(&self, value: Option<&PyObject>) -> PyResult<()> {
        self.pending.set_errors(value)
    }
}
