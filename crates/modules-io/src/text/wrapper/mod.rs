//! `TextIOWrapper`: text over a buffered binary file.

mod place;

use super::newline::{Newlines, PyNewlineDecoder};
use super::plain::Plain;
use crate::base::{self, PyIOBase, PyTextIOBase, unsupported};
use core::cell::{Cell, RefCell};
use place::PLACE;
use taipan_objects::codecs::builtin as codecs;
use taipan_objects::codecs::registry;
use taipan_objects::errors;
use taipan_objects::memory;
use taipan_objects::model::args::OptArg;
use taipan_objects::model::gc::{Traverse, Visitor};
use taipan_objects::prelude::*;

/// Bytes asked of the buffer at a time.
const CHUNK: usize = 8192;

/// Encodings whose encoders are called directly.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Direct {
    None,
    Utf8,
    Ascii,
    Latin1,
    /// None; the encoding begins a file with a byte order mark.
    Marked,
}

/// The state of the decoder before the last chunk, and the bytes of that chunk: what `tell` starts from.
struct Snapshot {
    flags: i32,
    input: Vec<u8>,
}

impl Traverse for Snapshot {
    fn traverse(&self, _: &mut Visitor) {}
}

/// Character and line based layer over a BufferedIOBase object, buffer.
///
/// encoding gives the name of the encoding that the stream will be
/// decoded or encoded with. It defaults to locale.getencoding().
///
/// errors determines the strictness of encoding and decoding (see
/// help(codecs.Codec) or the documentation for codecs.register) and
/// defaults to "strict".
///
/// newline controls how line endings are handled. It can be None, '',
/// '\n', '\r', and '\r\n'.  It works as follows:
///
/// * On input, if newline is None, universal newlines mode is
///   enabled. Lines in the input can end in '\n', '\r', or '\r\n', and
///   these are translated into '\n' before being returned to the
///   caller. If it is '', universal newline mode is enabled, but line
///   endings are returned to the caller untranslated. If it has any of
///   the other legal values, input lines are only terminated by the given
///   string, and the line ending is returned to the caller untranslated.
///
/// * On output, if newline is None, any '\n' characters written are
///   translated to the system default line separator, os.linesep. If
///   newline is '' or '\n', no translation takes place. If newline is any
///   of the other legal values, any '\n' characters written are translated
///   to the given string.
///
/// If line_buffering is True, a call to flush is implied when a call to
/// write contains a newline character.
#[pytype(
    name = "_io.TextIOWrapper",
    base = PyTextIOBase,
    gc,
    flags(BASETYPE),
    signature = "(buffer, encoding=None, errors=None, newline=None, line_buffering=False, write_through=False)",
    parts(LIFE, READING, WRITING, PLACE, FACTS)
)]
pub struct PyTextIOWrapper {
    base: PyIOBase,
    buffer: ObjCell,
    encoding: ObjCell,
    errors: ObjCell,
    encoder: ObjCell,
    decoder: ObjCell,
    newlines: Plain<Newlines>,
    direct: Plain<Direct>,
    line_buffering: Cell<bool>,
    write_through: Cell<bool>,
    ok: Cell<bool>,
    detached: Cell<bool>,
    finalizing: Cell<bool>,
    seekable: Cell<bool>,
    /// Whether positions can be told: not while iterating.
    telling: Cell<bool>,
    has_read1: Cell<bool>,
    chunk: Cell<usize>,
    /// Encoded, not handed to the buffer yet.
    pending: RefCell<Vec<u8>>,
    /// Decoded text, and how many characters of it were taken.
    decoded: ObjCell,
    taken: Cell<usize>,
    snapshot: RefCell<Option<Snapshot>>,
    /// Bytes a character took, on the average of the last chunk.
    ratio: Cell<f64>,
}

impl PyTextIOWrapper {
    fn checked_buffer(&self) -> PyResult {
        if self.ok.get()
            && let Some(buffer) = self.buffer.get()
        {
            return Ok(buffer);
        }
        if self.detached.get() {
            Err(raised!(ValueError, "underlying buffer has been detached"))
        } else {
            Err(raised!(ValueError, "I/O operation on uninitialized object"))
        }
    }

    fn check_closed(&self) -> PyResult<()> {
        let closed = if self.class().is(Self::type_object()) {
            base::is_closed(&*self.checked_buffer()?)?
        } else {
            base::is_closed(self)?
        };
        if closed { Err(raised!(ValueError, "I/O operation on closed file.")) } else { Ok(()) }
    }

    fn errors_text(&self) -> String {
        let errors = self.errors.get();
        let text = errors.as_ref().and_then(|errors| errors.downcast::<PyStr>());
        text.map_or_else(|| "strict".into(), |text| text.to_string_lossy().into_owned())
    }

    // ---- reading ------------------------------------------------------------------------------------------------

    fn decoded(&self) -> Option<Py<PyStr>> {
        self.decoded.get().and_then(|text| text.downcast_into::<PyStr>().ok())
    }

    fn set_decoded(&self, text: Option<Py<PyStr>>) {
        self.decoded.set(text.map(Py::into_obj));
        self.taken.set(0);
    }

    /// Takes up to `count` decoded characters.
    fn take_decoded(&self, count: usize) -> Py<PyStr> {
        let Some(text) = self.decoded() else { return PyStr::empty() };
        let start = self.taken.get();
        let end = text.len().min(start.saturating_add(count));
        self.taken.set(end);
        if start == 0 && end == text.len() { text } else { text.substring(start, end) }
    }

    fn decoder(&self) -> PyResult {
        self.decoder.get().ok_or_else(|| unsupported("not readable"))
    }

    fn decode(decoder: &PyObject, input: &PyObject, end: bool) -> PyResult<Py<PyStr>> {
        if let Some(decoder) = decoder.downcast_exact::<PyNewlineDecoder>() {
            return decoder.decode_object(input, end);
        }
        let text = call::method(decoder, intern!("decode"), &[input, &PyInt::from_bool(end)])?;
        text.downcast_into::<PyStr>().map_err(|other| {
            raised!(TypeError, "decoder should return a string result, not '{}'", other.class().name())
        })
    }

    /// The decoder's buffered bytes and flags.
    fn decoder_state(decoder: &PyObject) -> PyResult<(Vec<u8>, i32)> {
        let state = call::method(decoder, intern!("getstate"), &[])?;
        let Some([buffered, flags]) = state.downcast::<PyTuple>().map(PyTuple::as_slice) else {
            return Err(raised!(TypeError, "illegal decoder state"));
        };
        let Some(bytes) = buffered.downcast::<PyBytes>() else {
            let found = buffered.class().name();
            return Err(raised!(
                TypeError,
                "illegal decoder state: the first item should be a bytes object, not '{found}'"
            ));
        };
        Ok((bytes.as_slice().to_vec(), number::index_to_integer::<i32>(flags, "C int")?))
    }

    fn set_decoder_state(decoder: &PyObject, buffered: &[u8], flags: i32) -> PyResult<()> {
        let state = PyTuple::from_vec(vec![
            PyBytes::new(buffered).into_obj(),
            PyInt::from_i64(i64::from(flags)).into_obj(),
        ]);
        call::method(decoder, intern!("setstate"), &[&state]).map(drop)
    }

    /// Decodes one more chunk; false at the end.
    fn read_chunk(&self, hint: usize) -> PyResult<bool> {
        let decoder = self.decoder()?;
        let before = if self.telling.get() { Some(Self::decoder_state(&decoder)?) } else { None };
        let mut wanted = self.chunk.get();
        if hint > 0 {
            wanted = wanted.max((hint as f64 * self.ratio.get().max(1.0)) as usize);
        }
        let name = if self.has_read1.get() { intern!("read1") } else { intern!("read") };
        let input = call::method(&*self.checked_buffer()?, name, &[&PyInt::from_u64(wanted as u64)])?;
        let bytes = taipan_objects::protocols::buffer::Buffer::get(&input, taipan_abi::PyBUF_SIMPLE);
        let bytes = match bytes {
            Ok(bytes) => bytes.to_vec(),
            Err(raised) => {
                errors::catch(raised, Exc::TypeError)?;
                let found = input.class().name();
                return Err(raised!(
                    TypeError,
                    "underlying {name}() should have returned a bytes-like object, not '{found}'"
                ));
            }
        };
        let end = bytes.is_empty();
        let text = Self::decode(&decoder, &input, end)?;
        let characters = text.len();
        self.set_decoded(Some(text));
        self.ratio.set(if characters > 0 { bytes.len() as f64 / characters as f64 } else { 0.0 });
        if let Some((mut buffered, flags)) = before {
            buffered.extend_from_slice(&bytes);
            self.snapshot.replace(Some(Snapshot { flags, input: buffered }));
        }
        Ok(!end || characters > 0)
    }

    /// Where the first line of the decoded text that was not taken ends, in characters from there.
    fn line_end(&self, text: &PyStr, start: usize) -> Option<usize> {
        use taipan_objects::types::str::StrUnits;
        let newlines = self.newlines.get();
        // The usual case, without a copy.
        if newlines.translates() || newlines == Newlines::LINE_FEED {
            let found = match text.units() {
                StrUnits::Ascii(units) | StrUnits::Latin1(units) => {
                    units[start..].iter().position(|&c| c == b'\n')
                }
                StrUnits::Two(units) => units[start..].iter().position(|&c| c == 10),
                StrUnits::Four(units) => units[start..].iter().position(|&c| c == 10),
            };
            return found.map(|at| at + 1);
        }
        newlines.find_end(&super::code_points(text)[start..])
    }

    fn read_line(&self, limit: Option<usize>) -> PyResult<Py<PyStr>> {
        self.check_closed()?;
        self.write_pending()?;
        let limit = limit.unwrap_or(usize::MAX);
        let mut line: Option<Py<PyStr>> = None;
        loop {
            let have = line.as_ref().map_or(0, |line| line.len());
            if let Some(text) = self.decoded()
                && self.taken.get() < text.len()
            {
                // A line end of two characters may lie across the seam: look at both sides together.
                let (text, start) = match line.take() {
                    Some(line) => {
                        let rest = text.substring(self.taken.get(), text.len());
                        (line.concat(&rest)?, 0)
                    }
                    None => (text, self.taken.get()),
                };
                let end = self.line_end(&text, start);
                let length = end.unwrap_or(text.len() - start).min(limit);
                let complete = end.is_some() || length == limit;
                if complete {
                    self.taken.set(self.taken.get() + length - have);
                    return Ok(text.substring(start, start + length));
                }
                line = Some(text.substring(start, text.len()));
                self.set_decoded(None);
            }
            if !self.read_chunk(0)? {
                self.set_decoded(None);
                self.snapshot.replace(None);
                return Ok(line.unwrap_or_else(PyStr::empty));
            }
        }
    }

    fn read_rest(&self) -> PyResult<Py<PyStr>> {
        let decoder = self.decoder()?;
        let bytes = call::method(&*self.checked_buffer()?, intern!("read"), &[])?;
        if bytes.is_none() {
            return Err(raised!(BlockingIOError, "Read returned None."));
        }
        let first = self.take_decoded(usize::MAX);
        let rest = Self::decode(&decoder, &bytes, true)?;
        self.set_decoded(None);
        self.snapshot.replace(None);
        if first.is_empty() { Ok(rest) } else { first.concat(&rest) }
    }

    // ---- writing ------------------------------------------------------------------------------------------------

    /// Hands what is encoded to the buffer.
    fn write_pending(&self) -> PyResult<()> {
        if self.pending.borrow().is_empty() {
            return Ok(());
        }
        let bytes = PyBytes::new(&self.pending.take());
        let buffer = self.checked_buffer()?;
        loop {
            match call::method(&buffer, intern!("write"), &[&bytes]) {
                Ok(_) => return Ok(()),
                Err(raised) => {
                    errors::catch(raised, Exc::InterruptedError)?;
                    taipan_objects::system::check_signals()?;
                }
            }
        }
    }

    fn encode(&self, text: &PyStr) -> PyResult<Vec<u8>> {
        let errors = self.errors_text();
        let errors = Some(errors.as_str());
        let bytes = match self.direct.get() {
            Direct::Utf8 | Direct::Ascii if text.is_ascii() => {
                return Ok(text.as_ascii().unwrap_or_default().as_bytes().to_vec());
            }
            Direct::Utf8 => codecs::utf8_encode(text, errors)?.into_obj(),
            Direct::Ascii => codecs::ascii_encode(text, errors)?.into_obj(),
            Direct::Latin1 => codecs::latin1_encode(text, errors)?.into_obj(),
            Direct::None | Direct::Marked => {
                let encoder = self.encoder.get().ok_or_else(|| unsupported("not writable"))?;
                call::method(&encoder, intern!("encode"), &[text])?
            }
        };
        match bytes.downcast::<PyBytes>() {
            Some(bytes) => Ok(bytes.as_slice().to_vec()),
            None => {
                let found = bytes.class().name();
                Err(raised!(TypeError, "encoder should return a bytes object, not '{found}'"))
            }
        }
    }

    fn write_text(&self, text: &PyStr) -> PyResult<usize> {
        self.check_closed()?;
        if self.encoder.is_empty() {
            return Err(unsupported("not writable"));
        }
        let length = text.len();
        let has_line_feed = (self.line_buffering.get()
            || self.newlines.get().written_for_line_feed().is_some())
            && text.find(&PyStr::from_char(10), 0, length).is_some();
        let flush = self.line_buffering.get()
            && (has_line_feed || text.find(&PyStr::from_char(13), 0, length).is_some());
        let translated = match self.newlines.get().written_for_line_feed() {
            Some(ending) if has_line_feed => {
                let replace = intern!("replace");
                let new = call::method(text, replace, &[&PyStr::from_char(10), &PyStr::new(ending)])?;
                new.downcast_into::<PyStr>()
                    .map_err(|_| raised!(TypeError, "replace() should return a string"))?
            }
            _ => text.to_owned(),
        };
        let bytes = self.encode(&translated)?;
        if self.pending.borrow().len() + bytes.len() > self.chunk.get() {
            self.write_pending()?;
        }
        self.pending.borrow_mut().extend_from_slice(&bytes);
        if self.pending.borrow().len() >= self.chunk.get() || flush || self.write_through.get() {
            self.write_pending()?;
        }
        if flush {
            call::method(&*self.checked_buffer()?, intern!("flush"), &[])?;
        }
        if !self.snapshot.borrow().is_none() || !self.decoded.is_empty() {
            self.set_decoded(None);
            self.snapshot.replace(None);
        }
        if let Some(decoder) = self.decoder.get() {
            call::method(&decoder, intern!("reset"), &[])?;
        }
        Ok(length)
    }

    // ---- set-up -------------------------------------------------------------------------------------------------

    fn make_codecs(&self, info: &PyObject, errors: &PyObject) -> PyResult<()> {
        let buffer = match self.buffer.get() {
            Some(buffer) => buffer,
            None => return Ok(()),
        };
        let newlines = self.newlines.get();
        let readable = object::is_true(&*call::method(&buffer, intern!("readable"), &[])?)?;
        self.decoder.set(None);
        if readable {
            let decoder = call::method(info, intern!("incrementaldecoder"), &[errors])?;
            let decoder = if newlines.is_universal() {
                PyNewlineDecoder::around(decoder, newlines.translates()).into_obj()
            } else {
                decoder
            };
            self.decoder.set(Some(decoder));
        }
        let writable = object::is_true(&*call::method(&buffer, intern!("writable"), &[])?)?;
        self.encoder.set(None);
        self.direct.set(Direct::None);
        if writable {
            self.encoder.set(Some(call::method(info, intern!("incrementalencoder"), &[errors])?));
            let name = object::get_optional_attr(info, intern!("name"))?;
            if let Some(name) = name.as_ref().and_then(|name| name.downcast::<PyStr>()) {
                let known = [
                    ("utf-8", Direct::Utf8),
                    ("ascii", Direct::Ascii),
                    ("iso8859-1", Direct::Latin1),
                    ("utf-16", Direct::Marked),
                    ("utf-32", Direct::Marked),
                ];
                if let Some(&(_, direct)) = known.iter().find(|(text, _)| name.eq_str(text)) {
                    self.direct.set(direct);
                }
            }
        }
        Ok(())
    }

    /// An encoder that starts in the middle of a file writes no byte order mark; those of UTF-16 and UTF-32 write none
    /// either where the file has no positions.
    fn fix_encoder_state(&self) -> PyResult<()> {
        let Some(encoder) = self.encoder.get() else { return Ok(()) };
        let is_inside = if self.seekable.get() {
            let position = call::method(&*self.checked_buffer()?, intern!("tell"), &[])?;
            object::is_true(&position)?
        } else {
            self.direct.get() == Direct::Marked
        };
        if is_inside {
            let set = call::method(&encoder, intern!("setstate"), &[&PyInt::from_i64(0)]);
            if let Err(raised) = set {
                errors::catch(raised, Exc::LookupError)?;
            }
        }
        Ok(())
    }

    fn text_codec(encoding: &PyStr) -> PyResult {
        let name = encoding.to_utf8()?;
        let info = registry::lookup(name)?;
        let is_text = match object::get_optional_attr(&info, intern!("_is_text_encoding"))? {
            Some(flag) => object::is_true(&flag)?,
            None => true,
        };
        if is_text {
            return Ok(info);
        }
        Err(raised!(LookupError, "'{name}' is not a text encoding"))
    }

    fn reset_encoder(&self, at_start: bool) -> PyResult<()> {
        let Some(encoder) = self.encoder.get() else { return Ok(()) };
        if at_start {
            call::method(&encoder, intern!("reset"), &[]).map(drop)
        } else {
            call::method(&encoder, intern!("setstate"), &[&PyInt::from_i64(0)]).map(drop)
        }
    }
}

/// The encoding that text has without being told: UTF-8 in UTF-8 mode, else the locale's.
fn default_encoding() -> PyResult<Py<PyStr>> {
    if crate::io::flag(intern!("utf8_mode")) {
        return Ok(intern!("utf-8").to_owned());
    }
    Ok(locale_encoding())
}

fn locale_encoding() -> Py<PyStr> {
    const CODESET: i32 = 14;
    let name = taipan_host::locale::information(CODESET);
    if name.is_empty() { intern!("utf-8").to_owned() } else { PyStr::decode_fs(&name) }
}

#[pymethods(LIFE)]
impl PyTextIOWrapper {
    #[new(signature = "(*args, **kwargs)")]
    fn py_new(
        cls: &TypeObject,
        _args: &[&PyObject],
        _kwargs: Option<Py<PyDict>>,
    ) -> PyResult<Py<PyTextIOWrapper>> {
        memory::new_in(
            cls,
            PyTextIOWrapper {
                base: PyIOBase::fields(),
                buffer: ObjCell::empty(),
                encoding: ObjCell::empty(),
                errors: ObjCell::empty(),
                encoder: ObjCell::empty(),
                decoder: ObjCell::empty(),
                newlines: Plain::new(Newlines::LINE_FEED),
                direct: Plain::new(Direct::None),
                line_buffering: Cell::new(false),
                write_through: Cell::new(false),
                ok: Cell::new(false),
                detached: Cell::new(false),
                finalizing: Cell::new(false),
                seekable: Cell::new(false),
                telling: Cell::new(false),
                has_read1: Cell::new(false),
                chunk: Cell::new(CHUNK),
                pending: RefCell::new(Vec::new()),
                decoded: ObjCell::empty(),
                taken: Cell::new(0),
                snapshot: RefCell::new(None),
                ratio: Cell::new(0.0),
            },
        )
    }

    #[init(
        signature = "(buffer, encoding=None, errors=None, newline=None, line_buffering=False, write_through=False)"
    )]
    fn init(
        &self,
        buffer: &PyObject,
        encoding: Option<&PyObject>,
        errors: Option<&PyObject>,
        newline: Option<&PyObject>,
        line_buffering: bool,
        write_through: bool,
    ) -> PyResult<()> {
        self.ok.set(false);
        self.detached.set(false);
        let newlines = Newlines::of_argument(newline.unwrap_or(none_ref()))?;
        let encoding = match encoding {
            None => {
                if crate::io::flag(intern!("warn_default_encoding")) {
                    errors::warn(Exc::EncodingWarning, 1, format_args!("'encoding' argument not specified"))?;
                }
                default_encoding()?
            }
            Some(encoding) => match encoding.downcast_owned::<PyStr>() {
                Some(text) if text.eq_str("locale") => locale_encoding(),
                Some(text) => text,
                None => {
                    let found = encoding.class().name();
                    return Err(raised!(
                        TypeError,
                        "TextIOWrapper() argument 'encoding' must be str or None, not {found}"
                    ));
                }
            },
        };
        let errors = match errors {
            None => intern!("strict").to_owned(),
            Some(errors) => errors.downcast_owned::<PyStr>().ok_or_else(|| {
                let found = errors.class().name();
                raised!(TypeError, "TextIOWrapper() argument 'errors' must be str or None, not {found}")
            })?,
        };
        if encoding.to_utf8()?.contains('\0') || errors.to_utf8()?.contains('\0') {
            return Err(raised!(ValueError, "embedded null character"));
        }
        let info = Self::text_codec(&encoding)?;
        self.buffer.set(Some(buffer.owned()));
        self.encoding.set(Some(encoding.into_obj()));
        self.newlines.set(newlines);
        self.line_buffering.set(line_buffering);
        self.write_through.set(write_through);
        self.chunk.set(CHUNK);
        Vec::clear(&mut self.pending.borrow_mut());
        self.set_decoded(None);
        self.snapshot.replace(None);
        self.make_codecs(&info, &errors)?;
        self.errors.set(Some(errors.into_obj()));
        let seekable = object::is_true(&*call::method(buffer, intern!("seekable"), &[])?)?;
        self.seekable.set(seekable);
        self.telling.set(seekable);
        self.has_read1.set(object::has_attr(buffer, intern!("read1"))?);
        self.ok.set(true);
        self.fix_encoder_state()
    }

    /// Reconfigure the text stream with new parameters.
    ///
    /// This also does an implicit stream flush.
    #[pymethod(
        signature = "(*, encoding=None, errors=None, newline=None, line_buffering=None, write_through=None)"
    )]
    fn reconfigure(
        &self,
        encoding: Option<&PyObject>,
        errors: Option<&PyObject>,
        newline: OptArg<&PyObject>,
        line_buffering: Option<&PyObject>,
        write_through: Option<&PyObject>,
    ) -> PyResult<()> {
        self.checked_buffer()?;
        let newline = newline.given();
        if self.decoded().is_some() && (encoding.is_some() || errors.is_some() || newline.is_some()) {
            return Err(unsupported(
                "It is not possible to set the encoding or newline of stream after the first read",
            ));
        }
        for (name, value) in [("encoding", encoding), ("errors", errors)] {
            if let Some(value) = value.filter(|value| value.downcast::<PyStr>().is_none()) {
                let found = value.class().name();
                return Err(raised!(
                    TypeError,
                    "reconfigure() argument '{name}' must be str or None, not {found}"
                ));
            }
        }
        let newlines = newline.map_or(Ok(self.newlines.get()), Newlines::of_argument)?;
        let truth = |value: Option<&PyObject>, now: bool| value.map_or(Ok(now), object::is_true);
        let line_buffering = truth(line_buffering, self.line_buffering.get())?;
        let write_through = truth(write_through, self.write_through.get())?;
        call::method(self, intern!("flush"), &[])?;
        if encoding.is_some() || errors.is_some() || newline.is_some() {
            let new_errors = match (errors, encoding) {
                (Some(errors), _) => errors.owned(),
                (None, Some(_)) => intern!("strict").owned(),
                (None, None) => self.errors.get().unwrap_or_else(none),
            };
            let new_encoding = match encoding.and_then(|encoding| encoding.downcast_owned::<PyStr>()) {
                Some(text) if text.eq_str("locale") => locale_encoding(),
                Some(text) => text,
                None => match self.encoding.get().map(Obj::downcast_into::<PyStr>) {
                    Some(Ok(text)) => text,
                    _ => default_encoding()?,
                },
            };
            let info = Self::text_codec(&new_encoding)?;
            self.newlines.set(newlines);
            self.make_codecs(&info, &new_errors)?;
            self.encoding.set(Some(new_encoding.into_obj()));
            self.errors.set(Some(new_errors));
            self.fix_encoder_state()?;
        }
        self.line_buffering.set(line_buffering);
        self.write_through.set(write_through);
        Ok(())
    }

    #[pymethod]
    fn detach(&self) -> PyResult {
        self.checked_buffer()?;
        call::method(self, intern!("flush"), &[])?;
        let buffer = self.buffer.take();
        self.detached.set(true);
        self.ok.set(false);
        buffer.map_or_else(|| Err(raised!(ValueError, "underlying buffer has been detached")), Ok)
    }

    #[pymethod]
    fn close(&self) -> PyResult {
        let buffer = self.checked_buffer()?;
        let closed = object::get_attr(self, intern!("closed"))?;
        if object::is_true(&closed)? {
            return Ok(none());
        }
        if self.finalizing.get()
            && let Err(raised) = call::method(&buffer, intern!("_dealloc_warn"), &[self])
        {
            errors::clear(raised);
        }
        let pending = call::method(self, intern!("flush"), &[]).err().map(errors::take);
        let closed = call::method(&buffer, intern!("close"), &[]);
        match (pending, closed) {
            (None, closed) => closed,
            (earlier, closed) => errors::chain(earlier, closed.map(drop)).map(|()| none()),
        }
    }
}

#[pymethods(READING)]
impl PyTextIOWrapper {
    #[pymethod(signature = "(size=-1, /)")]
    fn read(&self, size: Option<isize>) -> PyResult<Py<PyStr>> {
        self.checked_buffer()?;
        self.check_closed()?;
        self.decoder()?;
        self.write_pending()?;
        let Some(size) = size.and_then(|size| usize::try_from(size).ok()) else {
            return self.read_rest();
        };
        let mut text = self.take_decoded(size);
        while text.len() < size {
            if !self.read_chunk(size - text.len())? {
                break;
            }
            let more = self.take_decoded(size - text.len());
            text = if text.is_empty() { more } else { text.concat(&more)? };
        }
        Ok(text)
    }

    #[pymethod(signature = "(size=-1, /)")]
    fn readline(&self, size: Option<isize>) -> PyResult<Py<PyStr>> {
        self.checked_buffer()?;
        self.decoder()?;
        self.read_line(size.and_then(|size| usize::try_from(size).ok()))
    }

    #[slot(tp_iternext)]
    fn next(&self) -> PyResult<Option<Obj>> {
        self.checked_buffer()?;
        self.telling.set(false);
        let line = if self.class().is(Self::type_object()) {
            self.read_line(None)?.into_obj()
        } else {
            let line = call::method(self, intern!("readline"), &[])?;
            if line.downcast::<PyStr>().is_none() {
                let found = line.class().name();
                return Err(raised!(OSError, "readline() should have returned a str object, not '{found}'"));
            }
            line
        };
        if object::len(&line)? > 0 {
            return Ok(Some(line));
        }
        self.snapshot.replace(None);
        self.telling.set(self.seekable.get());
        Ok(None)
    }
}

#[pymethods(WRITING)]
impl PyTextIOWrapper {
    #[pymethod(signature = "(text, /)")]
    fn write(&self, text: &PyObject) -> PyResult<usize> {
        self.checked_buffer()?;
        match text.downcast_owned::<PyStr>() {
            Some(text) => self.write_text(&text),
            None => {
                let found = text.class().name();
                Err(raised!(TypeError, "write() argument must be str, not {found}"))
            }
        }
    }

    #[pymethod]
    fn flush(&self) -> PyResult {
        let buffer = self.checked_buffer()?;
        self.check_closed()?;
        self.telling.set(self.seekable.get());
        self.write_pending()?;
        call::method(&buffer, intern!("flush"), &[])
    }

    #[pymethod(signature = "(pos=None, /)")]
    fn truncate(&self, pos: Option<&PyObject>) -> PyResult {
        let buffer = self.checked_buffer()?;
        call::method(self, intern!("flush"), &[])?;
        let pos = match pos {
            Some(pos) => pos.owned(),
            None => call::method(self, intern!("tell"), &[])?,
        };
        call::method(&buffer, intern!("truncate"), &[&pos])
    }
}

#[pymethods(FACTS)]
impl PyTextIOWrapper {
    #[slot(tp_repr)]
    fn repr(&self) -> PyResult<Py<PyStr>> {
        self.checked_buffer()?;
        if !object::repr_enter(self)? {
            return Err(raised!(RuntimeError, "reentrant call inside {}.__repr__", self.class().name()));
        }
        let shown = self.shown();
        object::repr_leave(self);
        Ok(PyStr::new(&shown?))
    }

    #[pymethod]
    fn fileno(&self) -> PyResult {
        call::method(&*self.checked_buffer()?, intern!("fileno"), &[])
    }

    #[pymethod]
    fn seekable(&self) -> PyResult {
        call::method(&*self.checked_buffer()?, intern!("seekable"), &[])
    }

    #[pymethod]
    fn readable(&self) -> PyResult {
        call::method(&*self.checked_buffer()?, intern!("readable"), &[])
    }

    #[pymethod]
    fn writable(&self) -> PyResult {
        call::method(&*self.checked_buffer()?, intern!("writable"), &[])
    }

    #[pymethod]
    fn isatty(&self) -> PyResult {
        call::method(&*self.checked_buffer()?, intern!("isatty"), &[])
    }

    #[pymethod(name = "__getstate__")]
    fn getstate(&self) -> PyResult {
        Err(raised!(TypeError, "cannot pickle '{}' instances", self.class().name()))
    }

    #[getter]
    fn encoding(&self) -> Option<Obj> {
        self.encoding.get()
    }

    #[getter]
    fn line_buffering(&self) -> bool {
        self.line_buffering.get()
    }

    #[getter]
    fn write_through(&self) -> bool {
        self.write_through.get()
    }

    #[getter(name = "_finalizing")]
    fn finalizing(&self) -> bool {
        self.finalizing.get()
    }

    #[setter(name = "_finalizing")]
    fn set_finalizing(&self, value: Option<&PyObject>) -> PyResult<()> {
        self.finalizing.set(value.map_or(Ok(false), object::is_true)?);
        Ok(())
    }

    #[getter]
    fn name(&self) -> PyResult {
        object::get_attr(&*self.checked_buffer()?, intern!("name"))
    }

    #[getter]
    fn closed(&self) -> PyResult {
        object::get_attr(&*self.checked_buffer()?, intern!("closed"))
    }

    #[getter]
    fn newlines(&self) -> PyResult {
        self.checked_buffer()?;
        match self.decoder.get() {
            Some(decoder) => {
                Ok(object::get_optional_attr(&decoder, intern!("newlines"))?.unwrap_or_else(none))
            }
            None => Ok(none()),
        }
    }

    #[getter]
    fn errors(&self) -> PyResult<Option<Obj>> {
        self.checked_buffer()?;
        Ok(self.errors.get())
    }

    #[getter]
    fn buffer(&self) -> PyResult {
        self.checked_buffer()
    }

    #[getter(name = "_CHUNK_SIZE")]
    fn chunk_size(&self) -> PyResult<usize> {
        self.checked_buffer()?;
        Ok(self.chunk.get())
    }

    #[setter(name = "_CHUNK_SIZE")]
    fn set_chunk_size(&self, value: Option<&PyObject>) -> PyResult<()> {
        self.checked_buffer()?;
        let Some(value) = value else {
            return Err(raised!(AttributeError, "cannot delete attribute"));
        };
        let size = number::as_isize(value, Some(Exc::ValueError))?;
        match usize::try_from(size).ok().filter(|&size| size > 0) {
            Some(size) => {
                self.chunk.set(size);
                Ok(())
            }
            None => Err(raised!(ValueError, "a strictly positive integer is required")),
        }
    }
}

impl PyTextIOWrapper {
    fn shown(&self) -> PyResult<String> {
        let optional = |name: &PyStr| match object::get_optional_attr(self, name) {
            Ok(value) => Ok(value),
            Err(raised) => errors::catch(raised, Exc::ValueError).map(|()| None),
        };
        let mut text = String::from("<_io.TextIOWrapper");
        if let Some(name) = optional(intern!("name"))? {
            text.push_str(&format!(" name={}", object::repr(&name)?));
        }
        if let Some(mode) = optional(intern!("mode"))? {
            text.push_str(&format!(" mode={}", object::repr(&mode)?));
        }
        let encoding = self.encoding.get().unwrap_or_else(none);
        text.push_str(&format!(" encoding={}>", object::repr(&encoding)?));
        Ok(text)
    }
}
