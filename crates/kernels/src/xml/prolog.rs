//! The XML declaration, and what stands around the root element.

use super::declarations::State;
use super::events::{Error, Event, EventKind};
use super::input::Encoding;
use super::names::is_space;
use super::parser::{ParameterEntities, Parser, Phase};
use super::scan::{Cursor, Scanned, Token, Trouble};
use core::ops::Range;

/// What an XML or text declaration says.
#[derive(Default)]
struct Declared {
    version: Option<String>,
    encoding: Option<(String, usize)>,
    standalone: Option<bool>,
}

impl Parser {
    /// Reads a token outside of the root element.
    pub(super) fn read_prolog(&mut self, mut cursor: Cursor<'_>) -> Scanned<bool> {
        let start = cursor.at;
        if self.declaration.state == State::Ignore {
            return self.skip_ignored(cursor);
        }
        if start == cursor.text.len() && !cursor.bad {
            return self.end_prolog(&cursor);
        }
        let token = cursor.prolog_token()?;
        let phase = self.phase;
        if token == Token::XmlDeclaration && matches!(phase, Phase::Start | Phase::SubsetStart) {
            self.read_declaration(cursor, phase == Phase::SubsetStart)?;
            let next = if phase == Phase::Start { Phase::Prolog } else { Phase::Subset };
            match &mut self.asked {
                Some((_, phase)) => *phase = next,
                None => self.phase = next,
            }
            return Ok(true);
        }
        match phase {
            Phase::Start => self.phase = Phase::Prolog,
            Phase::SubsetStart => {
                self.dtd_mut().was_read = true;
                self.phase = Phase::Subset;
            }
            _ => {}
        }
        if phase == Phase::Epilog {
            return self.read_epilog(cursor, start, token);
        }
        match token {
            Token::Instance if self.declaration.state.is_outside() && self.phase == Phase::Prolog => {
                self.begin_root();
                return Ok(true);
            }
            Token::Comment if self.declaration.state.allows_misc() => {
                self.read_comment(Cursor { at: start + 3, ..cursor }, start)?;
            }
            Token::Instruction if self.declaration.state.allows_misc() => {
                self.read_instruction(Cursor { at: start + 2, ..cursor }, start)?;
            }
            _ => {
                self.advance(cursor.at);
                self.declare(&cursor, start, token)?;
            }
        }
        Ok(true)
    }

    fn read_epilog(&mut self, cursor: Cursor<'_>, start: usize, token: Token) -> Scanned<bool> {
        match token {
            Token::Space => {
                self.advance(cursor.at);
                self.tell_default(cursor.slice(&(start..cursor.at)));
            }
            Token::Comment => self.read_comment(Cursor { at: start + 3, ..cursor }, start)?,
            Token::Instruction => self.read_instruction(Cursor { at: start + 2, ..cursor }, start)?,
            _ => return Err(Trouble::Bad(Error::JunkAfterDocument, start)),
        }
        Ok(true)
    }

    /// The end of a replacement text, or of the input.
    fn end_prolog(&mut self, cursor: &Cursor<'_>) -> Scanned<bool> {
        let is_idle = self.declaration.state.allows_misc();
        if !self.replacements.is_empty() {
            if !is_idle && !self.in_child {
                return Err(Trouble::Bad(Error::IncompleteParameterEntity, cursor.at));
            }
            self.leave();
            return Ok(true);
        }
        if !cursor.is_last || self.document.is_cut() {
            return Err(Trouble::Partial);
        }
        match self.phase {
            Phase::Epilog => Ok(false),
            Phase::Subset | Phase::SubsetStart if is_idle && self.declaration.sections == 0 => {
                self.dtd_mut().was_read = true;
                Ok(false)
            }
            Phase::Subset | Phase::SubsetStart => Err(Trouble::Bad(Error::Syntax, cursor.at)),
            _ => Err(Trouble::Bad(Error::NoElements, cursor.at)),
        }
    }

    fn begin_root(&mut self) {
        self.phase = Phase::Content;
        if self.uses_foreign_dtd && self.declaration.state == State::Misc {
            self.ask_for_subset();
        }
    }

    /// An XML declaration, or a text declaration.
    pub(super) fn read_declaration(&mut self, cursor: Cursor<'_>, is_text: bool) -> Scanned<()> {
        let start = self.start_of_turn();
        let length =
            cursor.text[start..].windows(2).position(|pair| pair == b"?>").ok_or(Trouble::Partial)?;
        let end = start + length;
        let declared = declared(&cursor, start + 5..end, is_text)?;
        self.advance(end + 2);
        if declared.standalone == Some(true) {
            self.dtd_mut().standalone = true;
            if self.parameter_entities == ParameterEntities::UnlessStandalone {
                self.parameter_entities = ParameterEntities::Never;
            }
        }
        let encoding = declared.encoding;
        let text = cursor.slice(&(start..end + 2));
        let kind = EventKind::XmlDeclaration;
        self.tell_or_default(kind, text, || Event::XmlDeclaration {
            version: declared.version,
            encoding: encoding.as_ref().map(|(name, _)| name.clone()),
            standalone: declared.standalone.map_or(-1, i32::from),
        });
        match encoding {
            Some((name, at)) => self.declared_encoding(name, at),
            None => {
                self.settle_later(Encoding::Utf8);
                Ok(())
            }
        }
    }

    fn start_of_turn(&self) -> usize {
        self.document.at
    }

    fn declared_encoding(&mut self, name: String, at: usize) -> Scanned<()> {
        let wide = self.document.is_wide();
        if !wide && *self.document.encoding() != Encoding::Open {
            return Ok(());
        }
        let is_given = name.eq_ignore_ascii_case("utf-16") && wide;
        match Encoding::by_name(&name) {
            Some(_) if is_given => {}
            Some(Encoding::Utf16 { .. }) if !wide => return Err(Trouble::Bad(Error::IncorrectEncoding, at)),
            Some(encoding) if wide && encoding != *self.document.encoding() => {
                return Err(Trouble::Bad(Error::IncorrectEncoding, at));
            }
            Some(encoding) => self.settle_later(encoding),
            None => {
                self.event_at = at;
                self.asked = Some((name, self.phase));
                self.phase = Phase::Encoding;
            }
        }
        Ok(())
    }
}

/// Reads the pseudo-attributes of a declaration.
fn declared(cursor: &Cursor<'_>, range: Range<usize>, is_text: bool) -> Scanned<Declared> {
    let error = if is_text { Error::TextDeclaration } else { Error::XmlDeclaration };
    let bad = |at: usize| Trouble::Bad(error, at);
    let mut found = Declared::default();
    let mut at = range.start;
    let next = |at: &mut usize| pseudo_attribute(cursor.text, at, range.end).map_err(bad);
    let Some((mut name, mut value)) = next(&mut at)? else { return Err(bad(range.start)) };
    if cursor.slice(&name) == "version" {
        let minor = cursor.slice(&value).strip_prefix("1.").unwrap_or_default();
        if minor.is_empty() || !minor.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(bad(value.start));
        }
        found.version = Some(cursor.slice(&value).to_string());
        match next(&mut at)? {
            Some((next_name, next_value)) => (name, value) = (next_name, next_value),
            // A text declaration names an encoding.
            None if is_text => return Err(bad(at)),
            None => return Ok(found),
        }
    } else if !is_text {
        return Err(bad(name.start));
    }
    if cursor.slice(&name) == "encoding" {
        if !cursor.text[value.start].is_ascii_alphabetic() {
            return Err(bad(value.start));
        }
        found.encoding = Some((cursor.slice(&value).to_string(), value.start));
        match next(&mut at)? {
            Some((next_name, next_value)) => (name, value) = (next_name, next_value),
            None => return Ok(found),
        }
    }
    if cursor.slice(&name) != "standalone" || is_text {
        return Err(bad(name.start));
    }
    found.standalone = match cursor.slice(&value) {
        "yes" => Some(true),
        "no" => Some(false),
        _ => return Err(bad(value.start)),
    };
    while at < range.end && is_space(cursor.text[at]) {
        at += 1;
    }
    if at < range.end { Err(bad(at)) } else { Ok(found) }
}

/// ` NAME = "VALUE"`; none at the end. An error is the place of what is wrong.
fn pseudo_attribute(
    text: &[u8],
    at: &mut usize,
    end: usize,
) -> Result<Option<(Range<usize>, Range<usize>)>, usize> {
    let spaces = |mut index: usize| {
        while index < end && is_space(text[index]) {
            index += 1;
        }
        index
    };
    let begin = *at;
    let start = spaces(begin);
    if start == end {
        *at = end;
        return Ok(None);
    }
    if start == begin {
        return Err(start);
    }
    let mut index = start;
    while index < end && text[index] != b'=' && !is_space(text[index]) {
        if !text[index].is_ascii() {
            return Err(index);
        }
        index += 1;
    }
    let name = start..index;
    index = spaces(index);
    if name.is_empty() || index == end || text[index] != b'=' {
        return Err(index);
    }
    index = spaces(index + 1);
    let quote =
        text[index..end].first().copied().filter(|quote| matches!(quote, b'"' | b'\'')).ok_or(index)?;
    let value = index + 1;
    index = value;
    loop {
        match text[index..end].first() {
            Some(&byte) if byte == quote => break,
            Some(byte) if byte.is_ascii_alphanumeric() || b".-_".contains(byte) => index += 1,
            _ => return Err(index),
        }
    }
    *at = index + 1;
    Ok(Some((name, value..index)))
}
