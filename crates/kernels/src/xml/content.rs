//! Elements, text and references.

use super::events::{Error, Event, EventKind, External};
use super::input::Encoding;
use super::parser::{OpenElement, Parser, Phase};
use super::scan::{Cursor, Reference, Scanned, Tag, Trouble};
use core::ops::Range;

/// How long a text of a document in another encoding than UTF-8 is told in one piece.
const PIECE: usize = 1024;

impl Parser {
    pub(super) fn read_content(&mut self, mut cursor: Cursor<'_>) -> Scanned<bool> {
        let start = cursor.at;
        if start == cursor.text.len() && !cursor.bad {
            return self.end_content(&cursor);
        }
        match cursor.peek()? {
            b'<' => self.read_markup(cursor)?,
            b'&' => self.read_reference(cursor)?,
            b'\n' | b'\r' => self.read_newline(cursor)?,
            _ => {
                let run = cursor.text_run()?;
                self.advance(cursor.at);
                self.tell_text(cursor.slice(&run));
            }
        }
        Ok(true)
    }

    /// Where content ends: that of an entity, or of the input.
    fn end_content(&mut self, cursor: &Cursor<'_>) -> Scanned<bool> {
        if let Some(top) = self.replacements.last() {
            if top.depth != self.open.len() {
                return Err(Trouble::Bad(Error::AsyncEntity, cursor.at));
            }
            self.leave();
            return Ok(true);
        }
        if !cursor.is_last || self.document.has_partial_char() {
            return Err(Trouble::Partial);
        }
        match (self.in_child, self.open.is_empty()) {
            (true, true) => Ok(false),
            (true, false) => Err(Trouble::Bad(Error::AsyncEntity, cursor.at)),
            (false, _) => Err(Trouble::Bad(Error::NoElements, cursor.at)),
        }
    }

    /// Tells of text, in pieces where Expat would have to convert it.
    fn tell_text(&mut self, text: &str) {
        if !self.wants(EventKind::Text) {
            return self.tell_default(text);
        }
        let converts = self.replacements.is_empty()
            && !matches!(self.document.encoding(), Encoding::Open | Encoding::Utf8);
        let mut rest = text;
        while converts && rest.len() > PIECE {
            let end = (0..=PIECE).rev().find(|&end| rest.is_char_boundary(end)).unwrap_or(rest.len());
            self.tell(Event::Text(rest[..end].to_string()));
            rest = &rest[end..];
        }
        self.tell(Event::Text(rest.to_string()));
    }

    fn read_newline(&mut self, mut cursor: Cursor<'_>) -> Scanned<()> {
        let start = cursor.at;
        cursor.newline()?;
        self.advance(cursor.at);
        self.tell_or_default(EventKind::Text, cursor.slice(&(start..cursor.at)), || Event::Text("\n".into()));
        Ok(())
    }

    pub(super) fn read_cdata(&mut self, mut cursor: Cursor<'_>) -> Scanned<bool> {
        let rest = &cursor.text[cursor.at..];
        if rest.starts_with(b"]]>") {
            self.advance(cursor.at + 3);
            self.phase = Phase::Content;
            self.tell_or_default(EventKind::EndCdata, "]]>", || Event::EndCdata);
            return Ok(true);
        }
        if matches!(rest, b"]" | b"]]") {
            return Err(Trouble::Partial);
        }
        if matches!(cursor.peek()?, b'\n' | b'\r') {
            self.read_newline(cursor)?;
            return Ok(true);
        }
        let run = cursor.cdata_run()?;
        self.advance(cursor.at);
        self.tell_text(cursor.slice(&run));
        Ok(true)
    }

    fn read_markup(&mut self, mut cursor: Cursor<'_>) -> Scanned<()> {
        let start = cursor.at;
        cursor.at += 1;
        match cursor.peek()? {
            b'/' => {
                cursor.at += 1;
                let name = cursor.end_tag()?;
                self.advance(cursor.at);
                self.end_element(&cursor, start, &name)
            }
            b'?' => {
                cursor.at += 1;
                self.read_instruction(cursor, start)
            }
            b'!' => {
                cursor.at += 1;
                match cursor.peek()? {
                    b'-' => {
                        cursor.at += 1;
                        self.read_comment(cursor, start)
                    }
                    b'[' => self.open_cdata(cursor, start),
                    _ => cursor.invalid(),
                }
            }
            _ => {
                let tag = cursor.start_tag()?;
                self.advance(cursor.at);
                self.start_element(&cursor, start, &tag)
            }
        }
    }

    fn open_cdata(&mut self, mut cursor: Cursor<'_>, start: usize) -> Scanned<()> {
        for &wanted in b"[CDATA[" {
            if cursor.peek()? != wanted {
                return cursor.invalid();
            }
            cursor.at += 1;
        }
        self.advance(cursor.at);
        self.phase = Phase::Cdata;
        let text = cursor.slice(&(start..cursor.at));
        self.tell_or_default(EventKind::StartCdata, text, || Event::StartCdata);
        Ok(())
    }

    /// A comment, from behind `<!-`.
    pub(super) fn read_comment(&mut self, mut cursor: Cursor<'_>, start: usize) -> Scanned<()> {
        let text = cursor.comment()?;
        self.advance(cursor.at);
        let whole = cursor.slice(&(start..cursor.at));
        self.tell_or_default(EventKind::Comment, whole, || Event::Comment(unified(cursor.slice(&text))));
        Ok(())
    }

    /// A processing instruction, from behind `<?`.
    pub(super) fn read_instruction(&mut self, mut cursor: Cursor<'_>, start: usize) -> Scanned<()> {
        let (target, data) = cursor.instruction()?;
        if cursor.slice(&target) == "xml" {
            return Err(Trouble::Bad(Error::MisplacedDeclaration, start));
        }
        self.advance(cursor.at);
        let whole = cursor.slice(&(start..cursor.at));
        self.tell_or_default(EventKind::Instruction, whole, || Event::Instruction {
            target: cursor.slice(&target).into(),
            data: unified(cursor.slice(&data)),
        });
        Ok(())
    }

    fn start_element(&mut self, cursor: &Cursor<'_>, start: usize, tag: &Tag) -> Scanned<()> {
        let raw = cursor.slice(&tag.name);
        let element = self.resolve(cursor, tag)?;
        let handled =
            self.wants(EventKind::StartElement) || tag.is_empty && self.wants(EventKind::EndElement);
        if handled {
            let name = element.name.clone();
            self.tell(Event::StartElement {
                name,
                attributes: element.attributes,
                specified: element.specified,
            });
        } else {
            self.tell_default(cursor.slice(&(start..cursor.at)));
        }
        self.open.push(OpenElement { raw: raw.to_string(), name: element.name, bindings: element.bindings });
        if tag.is_empty {
            if self.wants(EventKind::StartElement) && self.replacements.is_empty() {
                // The end of the element is where its tag ends.
                self.event_at = cursor.at;
            }
            self.close_element(handled);
        }
        Ok(())
    }

    fn end_element(&mut self, cursor: &Cursor<'_>, start: usize, name: &Range<usize>) -> Scanned<()> {
        let least = self.replacements.last().map_or(0, |top| top.depth);
        if self.open.len() <= least {
            return Err(Trouble::Bad(Error::AsyncEntity, start));
        }
        if self.open.last().is_some_and(|open| open.raw != cursor.slice(name)) {
            return Err(Trouble::Bad(Error::TagMismatch, start + 2));
        }
        let handled = self.wants(EventKind::EndElement);
        self.close_element(handled);
        if !handled {
            self.tell_default(cursor.slice(&(start..cursor.at)));
        }
        Ok(())
    }

    /// Ends the innermost element; it is told of where there is a handler.
    fn close_element(&mut self, handled: bool) {
        let Some(element) = self.open.pop() else { return };
        if handled {
            self.tell(Event::EndElement { name: element.name });
        }
        for _ in 0..element.bindings {
            if let Some((prefix, _)) = self.bindings.pop()
                && self.wants(EventKind::EndNamespace)
            {
                self.tell(Event::EndNamespace { prefix: (!prefix.is_empty()).then_some(prefix) });
            }
        }
        if self.open.is_empty() && !self.in_child {
            self.phase = Phase::Epilog;
        }
    }

    fn read_reference(&mut self, mut cursor: Cursor<'_>) -> Scanned<()> {
        let start = cursor.at;
        let reference = cursor.reference()?;
        let text = cursor.slice(&(start..cursor.at));
        let character = match &reference {
            Reference::Character(None) => return Err(Trouble::Bad(Error::BadCharacterReference, start)),
            Reference::Character(Some(c)) => Some(*c),
            Reference::Entity(name) => predefined(cursor.slice(name)),
        };
        self.advance(cursor.at);
        match (character, reference) {
            (Some(c), _) => self.tell_or_default(EventKind::Text, text, || Event::Text(c.into())),
            (None, Reference::Entity(name)) => self.read_entity(cursor.slice(&name), text, start)?,
            _ => {}
        }
        Ok(())
    }

    /// A reference to an entity in content.
    fn read_entity(&mut self, name: &str, text: &str, start: usize) -> Scanned<()> {
        let bad = |error| Err(Trouble::Bad(error, start));
        let (complete, entity) = {
            let dtd = self.dtd();
            (dtd.is_complete(), dtd.general.get(name).cloned())
        };
        let skipped = || Event::SkippedEntity { name: name.into(), is_parameter: false };
        let Some(entity) = entity else {
            if complete {
                return bad(Error::UndefinedEntity);
            }
            self.tell_or_default(EventKind::SkippedEntity, text, skipped);
            return Ok(());
        };
        if complete && !entity.is_internal {
            return bad(Error::DeclaredInParameterEntity);
        }
        if self.is_open(name, false) {
            return bad(Error::RecursiveReference);
        }
        if entity.notation.is_some() {
            return bad(Error::BinaryReference);
        }
        match entity.value {
            Some(value) if self.expands() => self.enter(name, &value, false)?,
            Some(_) => self.tell_or_default(EventKind::SkippedEntity, text, skipped),
            None if self.wants(EventKind::ExternalEntity) => {
                let context = self.context_of(name);
                self.tell(Event::ExternalEntity { context: Some(context), place: entity.place });
            }
            None => self.tell_default(text),
        }
        Ok(())
    }

    /// What a parser for an external entity must know, as text: bindings of prefixes and open entities.
    fn context_of(&self, name: &str) -> String {
        let mut parts: Vec<String> = Vec::new();
        if self.namespaces.is_some() {
            for (at, (prefix, uri)) in self.bindings.iter().enumerate() {
                let is_latest = !self.bindings[at + 1..].iter().any(|(later, _)| later == prefix);
                if is_latest && !uri.is_empty() {
                    parts.push(format!("{prefix}={uri}"));
                }
            }
            // The default namespace stands first.
            parts.sort_by_key(|part| !part.starts_with('='));
        }
        parts.extend(self.open_entities.iter().filter(|open| !open.starts_with('%')).cloned());
        parts.push(name.to_string());
        parts.join("\u{C}")
    }

    /// Takes in what `context_of` gave.
    pub(super) fn enter_context(&mut self, context: &str) {
        for part in context.split('\u{C}') {
            match part.split_once('=') {
                Some(("xml", _)) => {}
                Some((prefix, uri)) => self.bindings.push((prefix.into(), uri.into())),
                None => self.open_entities.push(part.into()),
            }
        }
    }

    /// The start of an external entity: perhaps a text declaration.
    pub(super) fn read_entity_start(&mut self, cursor: Cursor<'_>) -> Scanned<bool> {
        const OPENING: &[u8] = b"<?xml";
        let rest = &cursor.text[cursor.at..];
        if OPENING.starts_with(rest) && !cursor.is_last {
            return Err(Trouble::Partial);
        }
        self.phase = Phase::Content;
        if rest.starts_with(OPENING)
            && rest.get(OPENING.len()).is_none_or(|&byte| super::names::is_space(byte))
        {
            self.phase = Phase::EntityStart;
            self.read_declaration(cursor, true)?;
            if self.phase == Phase::EntityStart {
                self.phase = Phase::Content;
            }
            if let Some((_, phase)) = &mut self.asked {
                *phase = Phase::Content;
            }
        }
        Ok(true)
    }
}

/// Line ends as the application sees them.
pub(super) fn unified(text: &str) -> String {
    if text.contains('\r') { text.replace("\r\n", "\n").replace('\r', "\n") } else { text.to_string() }
}

/// The entities that every document has.
pub(super) fn predefined(name: &str) -> Option<char> {
    match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => None,
    }
}

/// An external entity's place, from its parts.
pub(super) fn place(base: Option<&String>, system: Option<String>, public: Option<String>) -> External {
    External { base: base.cloned(), system, public }
}
