//! The type of parsers.

use super::events::Answer;
use super::{errors, handlers};
use core::cell::{Cell, RefCell};
use taipan_kernels::xml::{Encoding, Error, Options, Outcome, ParameterEntities, Parser};
use taipan_objects::codecs::{self, bytes_like};
use taipan_objects::memory;
use taipan_objects::model::args::OptArg;
use taipan_objects::model::gc::{Traverse, Visitor};
use taipan_objects::prelude::*;
use taipan_objects::types::bytearray::PyByteArray;

/// How many bytes of text are held back at first, where texts are joined.
const BUFFER_SIZE: usize = 8192;
/// How much of a file is read at once.
const READ_SIZE: i64 = 2048;

/// The parser proper, which holds no objects.
pub struct Engine(pub RefCell<Parser>);

impl Traverse for Engine {
    fn traverse(&self, _: &mut Visitor) {}
}

/// XML parser
#[pytype(
    name = "pyexpat.xmlparser",
    gc,
    flags(DISALLOW_INSTANTIATION, IMMUTABLETYPE),
    parts(METHODS, LIMITS, PROPERTIES, handlers::HANDLERS)
)]
pub struct PyXmlParser {
    ob_base: PyObject,
    pub engine: Engine,
    pub handlers: Box<[ObjCell]>,
    /// Names that were given out before.
    #[member(readonly, kind = OBJECT)]
    intern: ObjCell,
    /// An encoding to be asked of the codecs once parsing begins.
    encoding: RefCell<String>,
    pub ordered_attributes: Cell<bool>,
    pub specified_attributes: Cell<bool>,
    /// Text that is held back, where texts are joined.
    buffer: RefCell<String>,
    buffers: Cell<bool>,
    buffer_size: Cell<usize>,
    began: Cell<bool>,
    finished: Cell<bool>,
    busy: Cell<bool>,
    /// The code of what went wrong, 0 where nothing did.
    error: Cell<u8>,
    /// The parser that this one reads an entity for.
    parent: Option<Obj>,
}

/// The characters of an encoding that goes by single bytes, asked of its codec.
pub fn table(name: &str) -> PyResult<Encoding> {
    let bytes: Vec<u8> = (0..=255).collect();
    let decoded = codecs::decode_object(&PyBytes::new(&bytes), Some(name), Some("replace"))?;
    if decoded.len() != bytes.len() {
        return Err(raised!(ValueError, "multi-byte encodings are not supported"));
    }
    let mut table = Box::new([0; 256]);
    for (at, c) in table.iter_mut().enumerate() {
        *c = decoded.char_at(at);
    }
    Ok(Encoding::Table(table))
}

#[cold]
pub fn not_deleted() -> Raised {
    raised!(RuntimeError, "Cannot delete attribute")
}

impl PyXmlParser {
    fn with(engine: Parser, encoding: String, intern: Option<Obj>, parent: Option<Obj>) -> Py<PyXmlParser> {
        memory::new(PyXmlParser {
            ob_base: PyObject::EMPTY,
            engine: Engine(RefCell::new(engine)),
            handlers: handlers::KINDS.iter().map(|_| ObjCell::empty()).collect(),
            intern: ObjCell::new(intern),
            encoding: RefCell::new(encoding),
            ordered_attributes: Cell::new(false),
            specified_attributes: Cell::new(false),
            buffer: RefCell::new(String::new()),
            buffers: Cell::new(false),
            buffer_size: Cell::new(BUFFER_SIZE),
            began: Cell::new(false),
            finished: Cell::new(false),
            busy: Cell::new(false),
            error: Cell::new(0),
            parent,
        })
    }

    /// `ParserCreate`
    pub fn create(
        encoding: Option<&str>,
        separator: Option<&str>,
        intern: Option<&PyObject>,
    ) -> PyResult<Py<PyXmlParser>> {
        if separator.is_some_and(|separator| separator.chars().count() > 1) {
            let message = "namespace_separator must be at most one character, omitted, or None";
            return Err(raised!(ValueError, "{message}"));
        }
        let intern = match intern {
            None => Some(PyDict::new().into_obj()),
            Some(value) if value.is_none() => None,
            Some(value) if value.downcast::<PyDict>().is_some() => Some(value.owned()),
            Some(_) => return Err(raised!(TypeError, "intern must be a dictionary")),
        };
        let known = encoding.and_then(Encoding::by_name);
        let asked = if known.is_some() { "" } else { encoding.unwrap_or_default() };
        let options =
            Options { encoding: known, namespaces: separator.map(str::to_string), gives_prefixes: false };
        Ok(Self::with(Parser::new(options), asked.to_string(), intern, None))
    }

    /// The same object for the same name.
    pub fn interned(&self, name: &PyStr) -> PyResult {
        let Some(intern) = self.intern.get() else { return Ok(name.as_object().owned()) };
        let Some(dict) = intern.downcast::<PyDict>() else { return Ok(name.as_object().owned()) };
        if let Some(known) = dict.get_item(name)? {
            return Ok(known);
        }
        dict.set_item(name, name)?;
        Ok(name.as_object().owned())
    }

    /// Hands out the text that is held back.
    pub fn flush(&self) -> PyResult<()> {
        let held = std::mem::take(&mut *self.buffer.borrow_mut());
        if held.is_empty() {
            return Ok(());
        }
        match self.handler(taipan_kernels::xml::EventKind::Text) {
            Some(handler) => call::call(&handler, &[&PyStr::new(&held)]).map(drop),
            None => Ok(()),
        }
    }

    /// Hands out text, or holds it back where texts are joined.
    pub fn tell_text(&self, handler: &PyObject, data: &str) -> PyResult<()> {
        if !self.buffers.get() {
            return call::call(handler, &[&PyStr::new(data)]).map(drop);
        }
        let held = self.buffer.borrow().len();
        if held + data.len() > self.buffer_size.get() {
            self.flush()?;
            // The handler may have gone with that.
            let Some(handler) = self.handler(taipan_kernels::xml::EventKind::Text) else { return Ok(()) };
            if data.len() > self.buffer_size.get() {
                return call::call(&handler, &[&PyStr::new(data)]).map(drop);
            }
        }
        self.buffer.borrow_mut().push_str(data);
        Ok(())
    }

    /// Raises for an error, after which nothing more is read.
    fn fail(&self, error: u8) -> Raised {
        self.error.set(error);
        self.finished.set(true);
        self.complain(error)
    }

    /// Reads all that can be read.
    fn run(&self) -> PyResult<()> {
        loop {
            let outcome = self.engine.0.borrow_mut().next_event();
            match outcome {
                Ok(Outcome::Event(event)) => match self.dispatch(event) {
                    Ok(Answer::Fine) => {}
                    Ok(Answer::Refused(error)) => return Err(self.fail(error as u8)),
                    Err(raised) => {
                        self.clear_handlers();
                        self.engine.0.borrow_mut().stop();
                        return Err(raised);
                    }
                },
                Ok(Outcome::NeedsInput) => return Ok(()),
                Ok(Outcome::UnknownEncoding(name)) => {
                    let table = table(&name)?;
                    let settled = self.engine.0.borrow_mut().set_encoding(table);
                    settled.map_err(|error| self.fail(error as u8))?;
                }
                Err(error) => return Err(self.fail(error as u8)),
            }
        }
    }

    fn parse(&self, data: &[u8], is_final: bool) -> PyResult<i32> {
        if self.finished.get() {
            let error = self.error.get();
            return Err(self.fail(if error == 0 { Error::Finished as u8 } else { error }));
        }
        self.began.set(true);
        let asked = self.encoding.borrow().clone();
        if !asked.is_empty() {
            let table = table(&asked)?;
            self.encoding.borrow_mut().clear();
            let settled = self.engine.0.borrow_mut().set_encoding(table);
            settled.map_err(|error| self.fail(error as u8))?;
        }
        self.busy.set(true);
        self.engine.0.borrow_mut().feed(data, is_final);
        let result = self.run();
        self.busy.set(false);
        self.finished.set(is_final || self.finished.get());
        result?;
        self.flush()?;
        Ok(1)
    }

    fn is_under_way(&self) -> bool {
        self.began.get() && !self.finished.get()
    }

    fn not_within(&self, method: &str) -> PyResult<()> {
        match self.busy.get() {
            true => Err(raised!(RuntimeError, "cannot call {method}() from within a handler")),
            false => Ok(()),
        }
    }

    #[cold]
    fn complain(&self, code: u8) -> Raised {
        errors::raise(code, self.engine.0.borrow().position(), None)
    }
}

#[pymethods(METHODS)]
impl PyXmlParser {
    /// Parse XML data.
    ///
    /// 'data' can be a bytes-like object or a string.  If it is a string,
    /// the encoding declaration in the XML data is ignored.
    /// 'isfinal' should be true at end of input.
    #[pymethod(name = "Parse", signature = "(data, isfinal=False, /)")]
    fn parse_data(&self, data: &PyObject, isfinal: Option<bool>) -> PyResult<i32> {
        self.not_within("Parse")?;
        let is_final = isfinal.unwrap_or(false);
        match data.downcast::<PyStr>() {
            Some(text) => {
                let bytes = text.to_utf8()?;
                if !self.began.get() {
                    self.encoding.borrow_mut().clear();
                    let settled = self.engine.0.borrow_mut().set_encoding(Encoding::Utf8);
                    settled.map_err(|error| self.fail(error as u8))?;
                }
                self.parse(bytes.as_ref(), is_final)
            }
            None => {
                let data = bytes_like(data)?;
                self.parse(data.as_slice(), is_final)
            }
        }
    }

    /// Parse XML data from a binary file-like object.
    ///
    /// Its read() method should return bytes.
    #[pymethod(name = "ParseFile", signature = "(file, /)")]
    fn parse_file(&self, file: &PyObject) -> PyResult<i32> {
        self.not_within("ParseFile")?;
        let Some(read) = object::get_optional_attr(file, intern!("read"))? else {
            return Err(raised!(TypeError, "argument must have 'read' attribute"));
        };
        loop {
            let piece = call::call(&read, &[&PyInt::from_i64(READ_SIZE)])?;
            let data = if let Some(bytes) = piece.downcast::<PyBytes>() {
                bytes.as_slice().to_vec()
            } else if let Some(bytes) = piece.downcast::<PyByteArray>() {
                bytes.to_vec()
            } else {
                let class = piece.class().name();
                return Err(raised!(TypeError, "read() did not return a bytes object (type={class})"));
            };
            if data.len() as i64 > READ_SIZE {
                let length = data.len();
                let message = format!("{READ_SIZE} bytes requested, {length} returned");
                return Err(raised!(ValueError, "read() returned too much data: {message}"));
            }
            let status = self.parse(&data, data.is_empty())?;
            if data.is_empty() {
                return Ok(status);
            }
        }
    }

    /// Set the base URL for the parser.
    #[pymethod(name = "SetBase", signature = "(base, /)")]
    fn set_base(&self, base: &str) {
        self.engine.0.borrow_mut().base = Some(base.to_string());
    }

    /// Return base URL string for the parser.
    #[pymethod(name = "GetBase", signature = "()")]
    fn get_base(&self) -> Option<Py<PyStr>> {
        self.engine.0.borrow().base.as_deref().map(PyStr::new)
    }

    /// Return the input which generated the current event as bytes.
    ///
    /// The data is in the encoding of the entity which contains the text.
    /// It extends to the end of the currently buffered input, therefore it
    /// can contain also the data of the following events, and if the event
    /// was generated by a large amount of text, not all of it may be
    /// available.
    #[pymethod(name = "GetInputContext", signature = "()")]
    fn get_input_context(&self) -> Option<Py<PyBytes>> {
        self.busy.get().then(|| PyBytes::new(&self.engine.0.borrow().context()))
    }

    /// Create a parser for parsing an external entity based on the information passed to the ExternalEntityRefHandler.
    #[pymethod(name = "ExternalEntityParserCreate", signature = "(context, encoding=<unrepresentable>, /)")]
    fn external_entity_parser_create(
        &self,
        context: Option<&PyObject>,
        encoding: OptArg<&str>,
    ) -> PyResult<Py<PyXmlParser>> {
        let context = super::text_or_none(context, "ExternalEntityParserCreate() argument 1")?;
        let encoding = encoding.given();
        let known = encoding.and_then(Encoding::by_name);
        let asked = if known.is_some() { "" } else { encoding.unwrap_or_default() };
        let engine = self.engine.0.borrow().child(context.as_deref(), known);
        // The parent outlives the child.
        let parent = Some(self.as_object().owned());
        let child = Self::with(engine, asked.to_string(), self.intern.get(), parent);
        child.ordered_attributes.set(self.ordered_attributes.get());
        child.specified_attributes.set(self.specified_attributes.get());
        child.buffers.set(self.buffers.get());
        child.buffer_size.set(self.buffer_size.get());
        for (own, handler) in child.handlers.iter().zip(&self.handlers) {
            own.set(handler.get());
        }
        Ok(child)
    }

    /// Controls parsing of parameter entities (including the external DTD subset).
    ///
    /// Possible flag values are XML_PARAM_ENTITY_PARSING_NEVER,
    /// XML_PARAM_ENTITY_PARSING_UNLESS_STANDALONE and
    /// XML_PARAM_ENTITY_PARSING_ALWAYS. Returns true if setting the flag
    /// was successful.
    #[pymethod(name = "SetParamEntityParsing", signature = "(flag, /)")]
    fn set_param_entity_parsing(&self, flag: i32) -> i32 {
        if self.is_under_way() {
            return 0;
        }
        self.engine.0.borrow_mut().parameter_entities = match flag {
            0 => ParameterEntities::Never,
            1 => ParameterEntities::UnlessStandalone,
            _ => ParameterEntities::Always,
        };
        1
    }

    /// Allows the application to provide an artificial external subset if one is not specified as part of the document instance.
    ///
    /// This readily allows the use of a 'default' document type controlled
    /// by the application, while still getting the advantage of providing
    /// document type information to the parser.  'flag' defaults to True if
    /// not provided.
    #[pymethod(name = "UseForeignDTD", signature = "(flag=True, /)")]
    fn use_foreign_dtd(&self, flag: Option<bool>) -> PyResult<()> {
        if self.is_under_way() {
            return Err(self.complain(errors::TOO_LATE));
        }
        self.engine.0.borrow_mut().uses_foreign_dtd = flag.unwrap_or(true);
        Ok(())
    }
}

#[pymethods(LIMITS)]
impl PyXmlParser {
    /// Enable/Disable reparse deferral; enabled by default with Expat >=2.6.0.
    #[pymethod(name = "SetReparseDeferralEnabled", signature = "(enabled, /)")]
    fn set_reparse_deferral_enabled(&self, enabled: bool) {
        self.engine.0.borrow_mut().defers = enabled;
    }

    /// Retrieve reparse deferral enabled status; always returns false with Expat <2.6.0.
    #[pymethod(name = "GetReparseDeferralEnabled", signature = "()")]
    fn get_reparse_deferral_enabled(&self) -> bool {
        self.engine.0.borrow().defers
    }

    /// Sets the number of output bytes needed to activate protection against billion laughs attacks.
    ///
    /// The number of output bytes includes amplification from entity expansion
    /// and reading DTD files.
    ///
    /// Parser objects usually have a protection activation threshold of 8 MiB,
    /// but the actual default value depends on the underlying Expat library.
    ///
    /// Activation thresholds below 4 MiB are known to break support for DITA 1.3
    /// payload and are hence not recommended.
    #[pymethod(name = "SetBillionLaughsAttackProtectionActivationThreshold", signature = "(threshold, /)")]
    fn set_billion_laughs_attack_protection_activation_threshold(
        &self,
        threshold: &PyObject,
    ) -> PyResult<()> {
        let threshold = number::index(threshold)?;
        if threshold.is_negative() {
            return Err(raised!(ValueError, "Cannot convert negative int"));
        }
        let threshold = number::index_to_integer(&threshold, "C unsigned long long")?;
        self.root_only("parser must be a root parser")?;
        self.engine.0.borrow_mut().limits.threshold = threshold;
        Ok(())
    }

    /// Sets the maximum tolerated amplification factor for protection against billion laughs attacks.
    ///
    /// The amplification factor is calculated as "(direct + indirect) / direct"
    /// while parsing, where "direct" is the number of bytes read from the primary
    /// document in parsing and "indirect" is the number of bytes added by expanding
    /// entities and reading external DTD files, combined.
    ///
    /// The 'max_factor' value must be a non-NaN floating point value greater than
    /// or equal to 1.0. Amplification factors greater than 30,000 can be observed
    /// in the middle of parsing even with benign files in practice. In particular,
    /// the activation threshold should be carefully chosen to avoid false positives.
    ///
    /// Parser objects usually have a maximum amplification factor of 100,
    /// but the actual default value depends on the underlying Expat library.
    #[pymethod(name = "SetBillionLaughsAttackProtectionMaximumAmplification", signature = "(max_factor, /)")]
    fn set_billion_laughs_attack_protection_maximum_amplification(&self, max_factor: f64) -> PyResult<()> {
        self.root_only("parser must be a root parser")?;
        if max_factor.is_nan() || max_factor < 1.0 {
            return Err(self.refuse("'max_factor' must be at least 1.0"));
        }
        self.engine.0.borrow_mut().limits.factor = max_factor as f32;
        Ok(())
    }
}

impl PyXmlParser {
    fn root_only(&self, message: &str) -> PyResult<()> {
        if self.parent.is_some() { Err(self.refuse(message)) } else { Ok(()) }
    }

    #[cold]
    fn refuse(&self, message: &str) -> Raised {
        errors::raise(errors::INVALID_ARGUMENT, self.engine.0.borrow().position(), Some(message))
    }

    fn flag(value: Option<&PyObject>) -> PyResult<bool> {
        value.ok_or_else(not_deleted).and_then(object::is_true)
    }

    fn line(&self) -> usize {
        self.engine.0.borrow().position().line
    }

    fn column(&self) -> usize {
        self.engine.0.borrow().position().column
    }

    fn byte(&self) -> i64 {
        if self.began.get() { self.engine.0.borrow().position().byte as i64 } else { -1 }
    }
}

#[pymethods(PROPERTIES)]
impl PyXmlParser {
    #[getter(ErrorCode)]
    fn error_code(&self) -> i32 {
        i32::from(self.error.get())
    }

    #[getter(ErrorLineNumber)]
    fn error_line(&self) -> usize {
        self.line()
    }

    #[getter(ErrorColumnNumber)]
    fn error_column(&self) -> usize {
        self.column()
    }

    #[getter(ErrorByteIndex)]
    fn error_byte(&self) -> i64 {
        self.byte()
    }

    #[getter(CurrentLineNumber)]
    fn current_line(&self) -> usize {
        self.line()
    }

    #[getter(CurrentColumnNumber)]
    fn current_column(&self) -> usize {
        self.column()
    }

    #[getter(CurrentByteIndex)]
    fn current_byte(&self) -> i64 {
        self.byte()
    }

    #[getter(buffer_size)]
    fn get_buffer_size(&self) -> usize {
        self.buffer_size.get()
    }

    #[setter(buffer_size)]
    fn set_buffer_size(&self, value: Option<&PyObject>) -> PyResult<()> {
        let value = value.ok_or_else(not_deleted)?;
        let Some(number) = value.downcast::<PyInt>() else {
            return Err(raised!(TypeError, "buffer_size must be an integer"));
        };
        let size = match number.to_i64() {
            Some(size) if size <= 0 => {
                return Err(raised!(ValueError, "buffer_size must be greater than zero"));
            }
            Some(size) if size <= i64::from(i32::MAX) => size as usize,
            _ => return Err(raised!(ValueError, "buffer_size must not be greater than {}", i32::MAX)),
        };
        self.flush()?;
        self.buffer_size.set(size);
        Ok(())
    }

    #[getter(buffer_text)]
    fn get_buffer_text(&self) -> bool {
        self.buffers.get()
    }

    #[setter(buffer_text)]
    fn set_buffer_text(&self, value: Option<&PyObject>) -> PyResult<()> {
        let buffers = Self::flag(value)?;
        if !buffers {
            self.flush()?;
        }
        self.buffers.set(buffers);
        Ok(())
    }

    #[getter(buffer_used)]
    fn get_buffer_used(&self) -> usize {
        self.buffer.borrow().len()
    }

    #[getter(namespace_prefixes)]
    fn get_namespace_prefixes(&self) -> bool {
        self.engine.0.borrow().gives_prefixes
    }

    #[setter(namespace_prefixes)]
    fn set_namespace_prefixes(&self, value: Option<&PyObject>) -> PyResult<()> {
        let gives = Self::flag(value)?;
        self.engine.0.borrow_mut().gives_prefixes = gives;
        Ok(())
    }

    #[getter(ordered_attributes)]
    fn get_ordered_attributes(&self) -> bool {
        self.ordered_attributes.get()
    }

    #[setter(ordered_attributes)]
    fn set_ordered_attributes(&self, value: Option<&PyObject>) -> PyResult<()> {
        self.ordered_attributes.set(Self::flag(value)?);
        Ok(())
    }

    #[getter(specified_attributes)]
    fn get_specified_attributes(&self) -> bool {
        self.specified_attributes.get()
    }

    #[setter(specified_attributes)]
    fn set_specified_attributes(&self, value: Option<&PyObject>) -> PyResult<()> {
        self.specified_attributes.set(Self::flag(value)?);
        Ok(())
    }
}
