//! The state of a parser, and its turns: each reads one token and queues what is to be told of it.

use super::declarations::{Declaration, Reading};
use super::dtd::Dtd;
use super::events::{Error, Event, EventKind};
use super::input::{Document, Encoding, Position};
use super::scan::{Cursor, Scanned, Trouble};
use std::cell::{Ref, RefCell, RefMut};
use std::collections::VecDeque;
use std::rc::Rc;

/// How a document is read.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The encoding, whatever the document says.
    pub encoding: Option<Encoding>,
    /// Names are given as URI, separator, local name; the separator may be empty.
    pub namespaces: Option<String>,
    /// The prefix follows the local name.
    pub gives_prefixes: bool,
}

/// What a turn came to.
#[derive(Debug, PartialEq, Eq)]
pub enum Outcome {
    Event(Event),
    /// All was read that can be read of the input so far.
    NeedsInput,
    /// The document names this encoding; the caller answers with `set_encoding`.
    UnknownEncoding(String),
}

/// Whether references to parameter entities, and the external subset, are followed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ParameterEntities {
    #[default]
    Never,
    UnlessStandalone,
    Always,
}

/// What is being read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// The prolog; nothing was read yet.
    Start,
    /// The prolog, or the document type within it.
    Prolog,
    /// An external entity, where a text declaration may stand.
    EntityStart,
    Content,
    Cdata,
    /// Behind the root element.
    Epilog,
    /// An external subset or parameter entity, where a text declaration may stand.
    SubsetStart,
    Subset,
    /// The caller is being asked for an encoding.
    Encoding,
}

/// The replacement text of an internal entity that is being read.
pub struct Replacement {
    pub text: Rc<str>,
    pub at: usize,
    /// How many elements were open before it.
    pub depth: usize,
}

/// An element that is open.
pub struct OpenElement {
    /// As it stands in its start tag.
    pub raw: String,
    /// As it was told.
    pub name: String,
    /// How many bindings of prefixes it made.
    pub bindings: usize,
}

/// Limits on what entities make of a document.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// How many times as long as the document it may become.
    pub factor: f32,
    /// Up to so many bytes everything is fine.
    pub threshold: u64,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits { factor: 100.0, threshold: 8 << 20 }
    }
}

pub struct Parser {
    pub(super) namespaces: Option<String>,
    pub gives_prefixes: bool,
    wants: u32,
    pub parameter_entities: ParameterEntities,
    pub uses_foreign_dtd: bool,
    pub base: Option<String>,
    pub limits: Limits,
    /// A token that is not whole is read anew only once the input has grown considerably.
    pub defers: bool,
    /// How long such a token was.
    deferred: usize,
    /// The input has not grown enough.
    waits: bool,
    /// Where reading began with the latest input.
    fed_at: usize,
    pub(super) document: Document,
    pub(super) replacements: Vec<Replacement>,
    /// Names of the entities that are open, those of the parser that made this one included.
    pub(super) open_entities: Vec<String>,
    dtd: Rc<RefCell<Dtd>>,
    pub(super) phase: Phase,
    pub(super) declaration: Declaration,
    pub(super) open: Vec<OpenElement>,
    /// Prefix and URI, the latest last.
    pub(super) bindings: Vec<(String, String)>,
    pub(super) in_child: bool,
    /// External declarations that were asked for; whether somebody read them shows at the next turn.
    pub(super) reading: Option<Reading>,
    pub(super) event_at: usize,
    queue: VecDeque<(usize, Event)>,
    /// The error that follows what is queued.
    failure: Option<(usize, Error)>,
    /// Bytes read of the document, and of replacement texts.
    direct: u64,
    indirect: u64,
    pub(super) asked: Option<(String, Phase)>,
    /// The encoding of what follows the declaration just read.
    settling: Option<Encoding>,
}

pub(super) const XML_URI: &str = "http://www.w3.org/XML/1998/namespace";

impl Parser {
    pub fn new(options: Options) -> Parser {
        Parser {
            bindings: vec![("xml".into(), XML_URI.into())],
            namespaces: options.namespaces,
            gives_prefixes: options.gives_prefixes,
            wants: 0,
            parameter_entities: ParameterEntities::Never,
            uses_foreign_dtd: false,
            base: None,
            limits: Limits::default(),
            defers: true,
            deferred: 0,
            waits: false,
            fed_at: 0,
            document: Document::new(options.encoding.unwrap_or(Encoding::Open)),
            replacements: Vec::new(),
            open_entities: Vec::new(),
            dtd: Rc::default(),
            phase: Phase::Start,
            declaration: Declaration::default(),
            open: Vec::new(),
            in_child: false,
            reading: None,
            event_at: 0,
            queue: VecDeque::new(),
            failure: None,
            direct: 0,
            indirect: 0,
            asked: None,
            settling: None,
        }
    }

    /// A parser for an external entity in this context, or for an external subset or parameter entity where there is none.
    pub fn child(&self, context: Option<&str>, encoding: Option<Encoding>) -> Parser {
        let options =
            Options { encoding, namespaces: self.namespaces.clone(), gives_prefixes: self.gives_prefixes };
        let mut child = Parser::new(options);
        child.wants = self.wants;
        child.parameter_entities = self.parameter_entities;
        child.base.clone_from(&self.base);
        child.limits = self.limits;
        child.defers = self.defers;
        child.in_child = true;
        match context {
            Some(context) => {
                child.dtd = Rc::new(RefCell::new(self.dtd.borrow().clone()));
                child.phase = Phase::EntityStart;
                child.enter_context(context);
            }
            None => {
                child.dtd = Rc::clone(&self.dtd);
                child.phase = Phase::SubsetStart;
                child.declaration.state = super::declarations::State::Subset;
            }
        }
        child
    }

    pub fn set_wanted(&mut self, kind: EventKind, wanted: bool) {
        let bit = 1 << kind as u32;
        self.wants = if wanted { self.wants | bit } else { self.wants & !bit };
    }

    pub fn wants(&self, kind: EventKind) -> bool {
        self.wants & 1 << kind as u32 != 0
    }

    /// Whether namespaces may be switched, an encoding set, and so on: nothing was read yet.
    pub fn is_fresh(&self) -> bool {
        self.document.text.is_empty() && self.direct == 0
    }

    pub(super) fn dtd(&self) -> Ref<'_, Dtd> {
        self.dtd.borrow()
    }

    pub(super) fn dtd_mut(&self) -> RefMut<'_, Dtd> {
        self.dtd.borrow_mut()
    }

    /// Takes in more of the document.
    pub fn feed(&mut self, bytes: &[u8], is_last: bool) {
        let before = self.document.at;
        self.direct += bytes.len() as u64;
        self.document.feed(bytes, is_last, before);
        self.event_at = self.event_at.saturating_sub(before - self.document.at);
        self.fed_at = self.document.at;
        let available = self.document.unread();
        self.waits = self.defers && !is_last && self.deferred > 0 && available < 2 * self.deferred;
    }

    /// Sets an encoding before anything is read, or answers a question for one.
    ///
    /// # Errors
    ///
    /// Where the characters of markup are other bytes than in ASCII.
    pub fn set_encoding(&mut self, encoding: Encoding) -> Result<(), Error> {
        if !encoding.holds_markup() {
            return Err(Error::UnknownEncoding);
        }
        match self.asked.take() {
            Some((_, phase)) => {
                self.phase = phase;
                self.document.settle(encoding);
            }
            None => self.document = Document::new(encoding),
        }
        Ok(())
    }

    /// Forgets what is still to be told.
    pub fn stop(&mut self) {
        self.queue.clear();
        self.event_at = self.document.at;
    }

    /// The place of the event told last, or of the error.
    pub fn position(&self) -> Position {
        self.document.position(self.event_at)
    }

    /// The input from the event told last on.
    pub fn context(&self) -> Vec<u8> {
        self.document.original(self.event_at)
    }

    /// Reads on.
    ///
    /// # Errors
    ///
    /// What is wrong with the document; its place is `position()` then.
    pub fn next_event(&mut self) -> Result<Outcome, Error> {
        if self.waits {
            return Ok(Outcome::NeedsInput);
        }
        loop {
            if let Some((at, event)) = self.queue.pop_front() {
                self.place(at);
                return Ok(Outcome::Event(event));
            }
            if let Some((at, error)) = self.failure.take() {
                self.place(at);
                return Err(error);
            }
            if let Some((name, _)) = &self.asked {
                return Ok(Outcome::UnknownEncoding(name.clone()));
            }
            if self.reading.is_some() {
                self.finish_reading();
                continue;
            }
            match self.turn() {
                Ok(true) => {}
                Ok(false) => {
                    let stuck = self.document.at == self.fed_at;
                    self.deferred = if stuck { self.document.unread() } else { 0 };
                    return Ok(Outcome::NeedsInput);
                }
                Err((error, at)) => self.failure = Some((at, error)),
            }
        }
    }

    /// Settles the encoding at the end of the turn.
    pub(super) fn settle_later(&mut self, encoding: Encoding) {
        self.settling = Some(encoding);
    }

    fn place(&mut self, at: usize) {
        self.event_at = at;
        self.document.remember(at);
    }

    pub(super) fn tell(&mut self, event: Event) {
        let at = self.event_at;
        self.queue.push_back((at, event));
    }

    /// How many events were told of and not taken yet.
    pub(super) fn told(&self) -> usize {
        self.queue.len()
    }

    /// Tells of text that has no handler.
    pub(super) fn tell_default(&mut self, text: &str) {
        if !text.is_empty() && (self.wants(EventKind::Default) || self.wants(EventKind::DefaultExpand)) {
            self.tell(Event::Default(text.to_string()));
        }
    }

    /// Tells of what was read if that is wanted, else of its text.
    pub(super) fn tell_or_default(&mut self, kind: EventKind, text: &str, event: impl FnOnce() -> Event) {
        if self.wants(kind) { self.tell(event()) } else { self.tell_default(text) }
    }

    /// Entities are replaced rather than told of.
    pub(super) fn expands(&self) -> bool {
        !self.wants(EventKind::Default)
    }

    /// Reads one token. False where more input is needed.
    fn turn(&mut self) -> Result<bool, (Error, usize)> {
        let replaced = self.replacements.last().map(|top| (Rc::clone(&top.text), top.at));
        let result = match replaced {
            Some((text, at)) => self.read(Cursor {
                text: text.as_bytes(),
                at,
                bad: false,
                is_last: true,
                namespaces: self.namespaces.is_some(),
            }),
            None => {
                self.event_at = self.document.at;
                let text = std::mem::take(&mut self.document.text);
                let result = self.read(Cursor {
                    text: &text,
                    at: self.document.at,
                    bad: self.document.bad,
                    is_last: self.document.is_last && !self.document.bad,
                    namespaces: self.namespaces.is_some(),
                });
                self.document.text = text;
                if let Some(encoding) = self.settling.take() {
                    self.document.settle(encoding);
                }
                result
            }
        };
        let in_document = self.replacements.is_empty();
        match result {
            Ok(more) => Ok(more),
            Err(Trouble::Bad(error, at)) => Err((error, if in_document { at } else { self.event_at })),
            Err(Trouble::Partial) if in_document && !self.document.is_last => Ok(false),
            Err(Trouble::Partial) => {
                let error = match self.phase {
                    Phase::Cdata => Error::UnclosedCdata,
                    _ if in_document && self.document.has_partial_char() => Error::PartialChar,
                    _ => Error::UnclosedToken,
                };
                Err((error, self.event_at))
            }
        }
    }

    fn read(&mut self, cursor: Cursor<'_>) -> Scanned<bool> {
        match self.phase {
            Phase::Content => self.read_content(cursor),
            Phase::Cdata => self.read_cdata(cursor),
            Phase::EntityStart => self.read_entity_start(cursor),
            Phase::Encoding => Ok(false),
            Phase::Start | Phase::Prolog | Phase::Epilog | Phase::SubsetStart | Phase::Subset => {
                self.read_prolog(cursor)
            }
        }
    }

    /// What is read next in the text of the turn.
    pub(super) fn advance(&mut self, to: usize) {
        match self.replacements.last_mut() {
            Some(top) => top.at = to,
            None => self.document.at = to,
        }
    }

    /// Begins with the replacement text of an entity.
    pub(super) fn enter(&mut self, name: &str, text: &Rc<str>, is_parameter: bool) -> Scanned<()> {
        self.count_indirect(text.len())?;
        self.replacements.push(Replacement { text: Rc::clone(text), at: 0, depth: self.open.len() });
        self.open_entities.push(entity_key(name, is_parameter));
        Ok(())
    }

    /// Ends the replacement text on top.
    pub(super) fn leave(&mut self) {
        self.replacements.pop();
        self.open_entities.pop();
    }

    pub(super) fn is_open(&self, name: &str, is_parameter: bool) -> bool {
        let key = entity_key(name, is_parameter);
        self.open_entities.contains(&key)
    }

    /// Counts bytes that come of entities.
    ///
    /// # Errors
    ///
    /// Where they have become too many for so short a document.
    pub(super) fn count_indirect(&mut self, bytes: usize) -> Scanned<()> {
        self.indirect += bytes as u64;
        let total = self.direct + self.indirect;
        let factor = total as f32 / self.direct.max(1) as f32;
        if total >= self.limits.threshold && factor > self.limits.factor {
            return Err(Trouble::Bad(Error::Amplification, self.event_at));
        }
        Ok(())
    }
}

/// General and parameter entities have names of their own.
fn entity_key(name: &str, is_parameter: bool) -> String {
    if is_parameter { format!("%{name}") } else { name.to_string() }
}
