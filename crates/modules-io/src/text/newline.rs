//! Line ends: what a `newline` argument means, and `IncrementalNewlineDecoder`.

use core::cell::Cell;
use taipan_objects::memory;
use taipan_objects::prelude::*;

/// How line ends are read and written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Newlines {
    /// `None`: universal, translated. `Some("")`: universal, as they are. Else this one ends a line.
    ending: Option<&'static str>,
}

impl Newlines {
    pub const LINE_FEED: Newlines = Newlines { ending: Some("\n") };

    /// From the `newline` argument of `open`.
    pub fn of_argument(newline: &PyObject) -> PyResult<Self> {
        if newline.is_none() {
            return Ok(Newlines { ending: None });
        }
        let Some(text) = newline.downcast::<PyStr>() else {
            let found = newline.class().name();
            return Err(raised!(TypeError, "newline must be str or None, not {found}"));
        };
        match ["", "\n", "\r", "\r\n"].iter().find(|known| text.eq_str(known)) {
            Some(&ending) => Ok(Newlines { ending: Some(ending) }),
            None => Err(raised!(ValueError, "illegal newline value: {}", object::repr(newline)?)),
        }
    }

    /// Back to the argument.
    pub fn argument(self) -> Obj {
        self.ending.map_or_else(none, |ending| PyStr::new(ending).into_obj())
    }

    /// Whether any of the three ends a line when reading.
    pub fn is_universal(self) -> bool {
        self.ending.is_none_or(str::is_empty)
    }

    /// Whether what is read has its line ends replaced by `\n`.
    pub fn translates(self) -> bool {
        self.ending.is_none()
    }

    /// What is written for `\n`, where it is not itself. `None` writes the system's, which is `\n`.
    pub fn written_for_line_feed(self) -> Option<&'static str> {
        self.ending.filter(|ending| matches!(*ending, "\r" | "\r\n"))
    }

    /// The index behind the first line's end; `None` where the text has none.
    pub fn find_end(self, text: &[u32]) -> Option<usize> {
        match self.ending {
            None | Some("\n") => text.iter().position(|&c| c == 10).map(|at| at + 1),
            Some("") => {
                let at = text.iter().position(|&c| c == 10 || c == 13)?;
                Some(if text[at] == 13 && text.get(at + 1) == Some(&10) { at + 2 } else { at + 1 })
            }
            Some("\r") => text.iter().position(|&c| c == 13).map(|at| at + 1),
            Some(_) => text.windows(2).position(|pair| pair == [13, 10]).map(|at| at + 2),
        }
    }
}

const SEEN_CR: u8 = 1;
const SEEN_LF: u8 = 2;
const SEEN_CRLF: u8 = 4;

/// Codec used when reading a file in universal newlines mode.
///
/// It wraps another incremental decoder, translating \r\n and \r into \n.
/// It also records the types of newlines encountered.  When used with
/// translate=False, it ensures that the newline sequence is returned in
/// one piece. When used with decoder=None, it expects unicode strings as
/// decode input and translates newlines without first invoking an external
/// decoder.
#[pytype(
    name = "_io.IncrementalNewlineDecoder",
    gc,
    flags(BASETYPE),
    signature = "(decoder, translate, errors='strict')",
    parts(NEWLINE_DECODER)
)]
pub struct PyNewlineDecoder {
    ob_base: PyObject,
    /// Empty before `__init__`; `None` to translate text.
    decoder: ObjCell,
    errors: ObjCell,
    translate: Cell<bool>,
    /// A `\r` came last: it may be half of a `\r\n`.
    pending_cr: Cell<bool>,
    seen: Cell<u8>,
}

impl PyNewlineDecoder {
    fn fields() -> Self {
        PyNewlineDecoder {
            ob_base: PyObject::EMPTY,
            decoder: ObjCell::empty(),
            errors: ObjCell::empty(),
            translate: Cell::new(false),
            pending_cr: Cell::new(false),
            seen: Cell::new(0),
        }
    }

    /// One that translates text.
    pub fn without_decoder(translate: bool) -> Py<PyNewlineDecoder> {
        Self::around(none(), translate)
    }

    /// One around a decoder.
    pub fn around(decoder: Obj, translate: bool) -> Py<PyNewlineDecoder> {
        let made = memory::new(Self::fields());
        made.decoder.set(Some(decoder));
        made.translate.set(translate);
        made
    }

    fn inner(&self) -> PyResult {
        match self.decoder.get() {
            Some(decoder) => Ok(decoder),
            None => Err(raised!(ValueError, "IncrementalNewlineDecoder.__init__() not called")),
        }
    }

    /// Decodes, holding a last `\r` back unless this is the end.
    pub fn decode_object(&self, input: &PyObject, end: bool) -> PyResult<Py<PyStr>> {
        let decoder = self.inner()?;
        let output = if decoder.is_none() {
            input.owned()
        } else {
            call::method(&decoder, intern!("decode"), &[input, &PyInt::from_bool(end)])?
        };
        let Some(output) = output.downcast::<PyStr>() else {
            let found = output.class().name();
            return Err(raised!(TypeError, "decoder should return a string result, not '{found}'"));
        };
        self.translate(output, end)
    }

    /// Records and translates the line ends of decoded text.
    pub fn translate(&self, text: &PyStr, end: bool) -> PyResult<Py<PyStr>> {
        let pending = self.pending_cr.get();
        // The usual case: no carriage return anywhere.
        if !(pending && (end || !text.is_empty())) && !has_carriage_return(text) {
            if self.seen.get() & SEEN_LF == 0 && contains(text, 10) {
                self.seen.set(self.seen.get() | SEEN_LF);
            }
            return Ok(text.to_owned());
        }
        let mut points = Vec::with_capacity(text.len() + 1);
        if pending && (end || !text.is_empty()) {
            points.push(13);
            self.pending_cr.set(false);
        }
        points.extend(super::code_points(text));
        // A last `\r` waits for what follows.
        if !end && points.last() == Some(&13) {
            points.pop();
            self.pending_cr.set(true);
        }
        let (mut seen, mut at, mut out) = (self.seen.get(), 0, Vec::with_capacity(points.len()));
        while at < points.len() {
            let c = points[at];
            at += 1;
            match c {
                13 if points.get(at) == Some(&10) => {
                    at += 1;
                    seen |= SEEN_CRLF;
                    out.extend_from_slice(if self.translate.get() { &[10] } else { &[13, 10] });
                }
                13 => {
                    seen |= SEEN_CR;
                    out.push(if self.translate.get() { 10 } else { 13 });
                }
                10 => {
                    seen |= SEEN_LF;
                    out.push(10);
                }
                c => out.push(c),
            }
        }
        self.seen.set(seen);
        Ok(PyStr::from_code_points(&out))
    }

    /// Which line ends were seen, as the attribute shows them.
    pub fn seen(&self) -> Obj {
        let texts: Vec<Obj> = [(SEEN_CR, "\r"), (SEEN_LF, "\n"), (SEEN_CRLF, "\r\n")]
            .iter()
            .filter(|(bit, _)| self.seen.get() & bit != 0)
            .map(|(_, text)| PyStr::new(text).into_obj())
            .collect();
        match texts.len() {
            0 => none(),
            1 => texts[0].clone(),
            _ => PyTuple::from_vec(texts).into_obj(),
        }
    }
}

fn contains(text: &PyStr, c: u8) -> bool {
    use taipan_objects::types::str::StrUnits;
    match text.units() {
        StrUnits::Ascii(units) | StrUnits::Latin1(units) => units.contains(&c),
        StrUnits::Two(units) => units.contains(&u16::from(c)),
        StrUnits::Four(units) => units.contains(&u32::from(c)),
    }
}

fn has_carriage_return(text: &PyStr) -> bool {
    contains(text, 13)
}

#[pymethods(NEWLINE_DECODER)]
impl PyNewlineDecoder {
    #[new(signature = "(*args, **kwargs)")]
    fn py_new(
        cls: &TypeObject,
        _args: &[&PyObject],
        _kwargs: Option<Py<PyDict>>,
    ) -> PyResult<Py<PyNewlineDecoder>> {
        memory::new_in(cls, Self::fields())
    }

    #[init(signature = "(decoder, translate, errors='strict')")]
    fn init(&self, decoder: &PyObject, translate: bool, errors: Option<&PyObject>) -> PyResult<()> {
        self.decoder.set(Some(decoder.owned()));
        self.errors.set(Some(errors.map_or_else(|| PyStr::new("strict").into_obj(), ObjectExt::owned)));
        self.translate.set(translate);
        self.pending_cr.set(false);
        self.seen.set(0);
        Ok(())
    }

    #[pymethod(signature = "(input, final=False)")]
    fn decode(&self, input: &PyObject, end: bool) -> PyResult<Py<PyStr>> {
        self.decode_object(input, end)
    }

    #[pymethod]
    fn getstate(&self) -> PyResult<(Obj, Obj)> {
        let decoder = self.inner()?;
        let (buffer, flag) = if decoder.is_none() {
            (PyBytes::new(b"").into_obj(), PyInt::from_i64(0).into_obj())
        } else {
            let state = call::method(&decoder, intern!("getstate"), &[])?;
            match state.downcast::<PyTuple>().map(PyTuple::as_slice) {
                Some([buffer, flag]) => (buffer.owned(), flag.owned()),
                _ => return Err(raised!(TypeError, "illegal decoder state")),
            }
        };
        let flag = number::lshift(&flag, &PyInt::from_i64(1))?;
        let flag = number::or_(&flag, &PyInt::from_i64(i64::from(self.pending_cr.get())))?;
        Ok((buffer, flag))
    }

    #[pymethod(signature = "(state, /)")]
    fn setstate(&self, state: &PyObject) -> PyResult {
        let decoder = self.inner()?;
        let Some(parts) = state.downcast::<PyTuple>() else {
            return Err(raised!(TypeError, "state argument must be a tuple"));
        };
        let [buffer, flag] = parts.as_slice() else {
            return Err(raised!(TypeError, "illegal decoder state"));
        };
        let bit = number::and_(flag, &PyInt::from_i64(1))?;
        self.pending_cr.set(object::is_true(&bit)?);
        if decoder.is_none() {
            return Ok(none());
        }
        let rest = number::rshift(flag, &PyInt::from_i64(1))?;
        let state = PyTuple::from_vec(vec![buffer.owned(), rest]);
        call::method(&decoder, intern!("setstate"), &[&state])
    }

    #[pymethod]
    fn reset(&self) -> PyResult {
        let decoder = self.inner()?;
        self.seen.set(0);
        self.pending_cr.set(false);
        if decoder.is_none() { Ok(none()) } else { call::method(&decoder, intern!("reset"), &[]) }
    }

    #[getter]
    fn newlines(&self) -> PyResult {
        self.inner()?;
        Ok(self.seen())
    }
}
