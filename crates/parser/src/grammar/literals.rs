//! String literals: adjacent ones joined, f-strings (PEP 498, 701) and t-strings (PEP 750).
//!
//! All literals of a concatenation are first flattened into one row of constants and fields; then neighbouring constants
//! are merged and empty ones dropped ([`merge`]). Text pieces of an f-string are decoded once its end has been read, so
//! that warnings come in CPython's order.

use std::borrow::Cow;

use taipan_ast::{Arena, Constant, Expr, ExprKind, Location, SyntaxError, WarningCategory, Wtf8};

use super::buffer::Tok;
use super::{Parsed, Parser, Refused};
use crate::errors::located;
use crate::strings::escapes::InvalidEscape;
use crate::strings::interpolation::{field_text, interpolation_text};
use crate::strings::{self, EscapeWarning};
use crate::tokens::TokenKind;

/// The kinds of the tokens of an f-string or a t-string.
#[derive(Clone, Copy, PartialEq)]
enum Flavour {
    F,
    T,
}

impl Flavour {
    fn middle(self) -> TokenKind {
        if self == Flavour::F { TokenKind::FStringMiddle } else { TokenKind::TStringMiddle }
    }

    fn end(self) -> TokenKind {
        if self == Flavour::F { TokenKind::FStringEnd } else { TokenKind::TStringEnd }
    }
}

/// A piece of an f-string: text that is not decoded yet, or what a field became.
enum Piece<'a> {
    Text(Tok),
    Node(Expr<'a>),
}

/// Text of a tree, from the bytes of a decoded literal.
fn text<'a>(arena: &'a Arena, value: Cow<'a, [u8]>) -> &'a [u8] {
    match value {
        Cow::Borrowed(bytes) => bytes,
        Cow::Owned(bytes) => arena.bytes(&bytes),
    }
}

fn text_constant<'a>(bytes: &'a [u8], kind: Option<&'a str>, loc: Location) -> Expr<'a> {
    Expr { kind: ExprKind::Constant { value: Constant::Str(Wtf8::from_bytes(bytes)), kind }, loc }
}

/// The text of a node that is a text constant.
fn constant_text<'a>(node: &Expr<'a>) -> Option<(&'a [u8], Option<&'a str>)> {
    match node.kind {
        ExprKind::Constant { value: Constant::Str(text), kind } => Some((text.as_bytes(), kind)),
        _ => None,
    }
}

/// Merges neighbouring constants, whose kind is that of the first, and drops those that are empty.
fn merge<'a>(arena: &'a Arena, row: &[Expr<'a>]) -> Vec<Expr<'a>> {
    let mut merged = Vec::with_capacity(row.len());
    let mut at = 0;
    while at < row.len() {
        let Some((first, kind)) = constant_text(&row[at]) else {
            merged.push(row[at]);
            at += 1;
            continue;
        };
        let start = at;
        let mut joined = Cow::Borrowed(first);
        at += 1;
        while let Some((more, _)) = row.get(at).and_then(constant_text) {
            if joined.is_empty() {
                joined = Cow::Borrowed(more);
            } else if !more.is_empty() {
                joined.to_mut().extend_from_slice(more);
            }
            at += 1;
        }
        if !joined.is_empty() {
            merged.push(text_constant(text(arena, joined), kind, row[start].loc.to(row[at - 1].loc)));
        }
    }
    merged
}

impl<'a> Parser<'a, '_> {
    /// One or more adjacent string literals.
    pub(super) fn strings(&mut self) -> Parsed<Expr<'a>> {
        let start = self.current.loc;
        if self.at(TokenKind::TStringStart) {
            let mut row = Vec::new();
            while self.at(TokenKind::TStringStart) {
                self.interpolated(Flavour::T, &mut row)?;
            }
            if self.at(TokenKind::String) || self.at(TokenKind::FStringStart) {
                return Err(Refused);
            }
            self.since_version(14)?;
            let values = merge(self.arena, &row);
            let kind = ExprKind::TemplateStr { values: self.arena.slice(&values) };
            return Ok(Expr { kind, loc: self.since(start) });
        }
        if self.at(TokenKind::String) {
            let tok = self.bump()?;
            if !matches!(
                self.current.kind,
                TokenKind::String | TokenKind::FStringStart | TokenKind::TStringStart
            ) {
                return self.plain(&tok).map(|(node, _)| node);
            }
            return self.concatenation(start, Some(tok));
        }
        self.concatenation(start, None)
    }

    /// Literals of which at least one is an f-string, or of which there are several. The first may be consumed.
    fn concatenation(&mut self, start: Location, first: Option<Tok>) -> Parsed<Expr<'a>> {
        let mut row = Vec::new();
        let (mut bytes, mut texts, mut interpolated) = (0, 0, false);
        let mut next = first;
        loop {
            let tok = match next.take() {
                Some(tok) => tok,
                None if self.at(TokenKind::String) => self.bump()?,
                None if self.at(TokenKind::FStringStart) => {
                    self.interpolated(Flavour::F, &mut row)?;
                    interpolated = true;
                    texts += 1;
                    continue;
                }
                None => break,
            };
            let (node, is_bytes) = self.plain(&tok)?;
            row.push(node);
            if is_bytes {
                bytes += 1;
            } else {
                texts += 1;
            }
        }
        if self.at(TokenKind::TStringStart) || bytes > 0 && texts > 0 {
            return Err(Refused);
        }
        let loc = self.since(start);
        if bytes > 0 {
            return Ok(self.joined_bytes(&row, loc));
        }
        let values = merge(self.arena, &row);
        if !interpolated {
            return Ok(self.joined_text(&row, &values, loc));
        }
        Ok(Expr { kind: ExprKind::JoinedStr { values: self.arena.slice(&values) }, loc })
    }

    fn joined_text(&self, row: &[Expr<'a>], values: &[Expr<'a>], loc: Location) -> Expr<'a> {
        let bytes = values.first().and_then(constant_text).map_or(&[][..], |(bytes, _)| bytes);
        let kind = row.first().and_then(constant_text).and_then(|(_, kind)| kind);
        text_constant(bytes, kind, loc)
    }

    fn joined_bytes(&self, row: &[Expr<'a>], loc: Location) -> Expr<'a> {
        let mut joined = Vec::new();
        for node in row {
            if let ExprKind::Constant { value: Constant::Bytes(bytes), .. } = node.kind {
                joined.extend_from_slice(bytes);
            }
        }
        let value = Constant::Bytes(self.arena.bytes(&joined));
        Expr { kind: ExprKind::Constant { value, kind: None }, loc }
    }

    /// A literal without fields; true with it if it is a bytes literal.
    fn plain(&mut self, tok: &Tok) -> Parsed<(Expr<'a>, bool)> {
        let source = self.buffer.text(tok);
        let literal = strings::literal(source).map_err(|_| Refused)?;
        if let Some(escape) = &literal.invalid_escape {
            self.warn_of_escape(escape, tok, tok.end)?;
            self.warned_to = self.warned_to.max(tok.end);
        }
        let value = text(self.arena, literal.value);
        if literal.is_bytes {
            let kind = ExprKind::Constant { value: Constant::Bytes(value), kind: None };
            return Ok((Expr { kind, loc: tok.loc }, true));
        }
        Ok((text_constant(value, literal.has_u_prefix.then_some("u"), tok.loc), false))
    }

    #[cold]
    fn warn_of_escape(&mut self, escape: &InvalidEscape, tok: &Tok, end: usize) -> Parsed<()> {
        if end <= self.warned_to {
            return Ok(());
        }
        let warning = EscapeWarning::new(escape, self.buffer.text(tok), tok.loc.lineno, tok.loc.col_offset);
        let loc = Location::new(warning.lineno, warning.col_offset, warning.lineno, warning.col_offset + 2);
        match self.warnings.warn(WarningCategory::Syntax, &warning.msg, loc) {
            Ok(()) => Ok(()),
            Err(error) => {
                let error: SyntaxError = if error.kind.has_position() {
                    located(self.buffer.tokenizer.source(), warning.msg_as_error, loc)
                } else {
                    error
                };
                self.raised = Some(error);
                Err(Refused)
            }
        }
    }

    /// An f-string or t-string, added piece by piece to the row of its concatenation.
    fn interpolated(&mut self, flavour: Flavour, row: &mut Vec<Expr<'a>>) -> Parsed<()> {
        let start = self.bump()?;
        let raw = strings::is_raw(self.buffer.text(&start));
        let mut pieces = Vec::new();
        let end = loop {
            if self.at(flavour.middle()) {
                pieces.push(Piece::Text(self.bump()?));
            } else if self.at(TokenKind::LBrace) {
                self.enter(12)?;
                let mut nodes = Vec::new();
                self.field(flavour, flavour == Flavour::T, raw, &mut nodes)?;
                pieces.extend(nodes.into_iter().map(Piece::Node));
                self.leave(12);
            } else if self.at(flavour.end()) {
                break self.bump()?;
            } else {
                return Err(Refused);
            }
        };
        for piece in pieces {
            match piece {
                Piece::Node(node) => row.push(node),
                Piece::Text(tok) => row.push(self.piece_of_text(&tok, &end, raw)?),
            }
        }
        self.warned_to = self.warned_to.max(end.end);
        Ok(())
    }

    /// Decodes text of an f-string; `place` is the token that warnings are placed at.
    fn piece_of_text(&mut self, tok: &Tok, place: &Tok, raw: bool) -> Parsed<Expr<'a>> {
        let source = self.buffer.text(tok);
        let (value, escape) = strings::middle(source, raw).map_err(|_| Refused)?;
        if let Some(escape) = &escape {
            self.warn_of_escape(escape, place, place.end)?;
        }
        Ok(text_constant(text(self.arena, value), None, tok.loc))
    }

    /// A replacement field; a debugging one (`{x=}`) is text and a value.
    fn field(&mut self, flavour: Flavour, template: bool, raw: bool, row: &mut Vec<Expr<'a>>) -> Parsed<()> {
        let open = self.expect(TokenKind::LBrace)?;
        let value = self.annotated_rhs()?;
        let is_debug = self.eat(TokenKind::Equal)?;
        let after = self.current;
        let mut conversion = self.conversion()?;
        let format_spec =
            if self.at(TokenKind::Colon) { Some(self.format_spec(flavour, raw)?) } else { None };
        self.expect(TokenKind::RBrace)?;
        let loc = self.since(open.loc);
        let source = self.buffer.slice(open.end, after.start);
        if is_debug {
            let shown = field_text(source);
            let shown = match shown {
                Cow::Borrowed(shown) => shown,
                Cow::Owned(shown) => self.arena.str(&shown),
            };
            let Location { lineno, col_offset, .. } = after.loc;
            let text_loc = Location::new(open.loc.lineno, open.loc.col_offset + 1, lineno, col_offset);
            row.push(text_constant(shown.as_bytes(), None, text_loc));
            if conversion < 0 && format_spec.is_none() {
                conversion = i32::from(b'r');
            }
        }
        let value = self.arena.alloc(value);
        let kind = if template {
            let str = match interpolation_text(source, is_debug) {
                Cow::Borrowed(text) => text,
                Cow::Owned(text) => self.arena.str(&text),
            };
            ExprKind::Interpolation {
                value,
                str: Constant::Str(Wtf8::from_str(str)),
                conversion,
                format_spec,
            }
        } else {
            ExprKind::FormattedValue { value, conversion, format_spec }
        };
        row.push(Expr { kind, loc });
        Ok(())
    }

    /// `!r`; -1 if there is none.
    fn conversion(&mut self) -> Parsed<i32> {
        if !self.at(TokenKind::Exclamation) {
            return Ok(-1);
        }
        let mark = self.bump()?;
        let (name, loc) = self.name()?;
        if (mark.loc.lineno, mark.loc.end_col_offset) != (loc.lineno, loc.col_offset) {
            return Err(Refused);
        }
        match name {
            "s" | "r" | "a" => Ok(i32::from(name.as_bytes()[0])),
            _ => Err(Refused),
        }
    }

    /// `:` and what follows it, up to the `}` of the field.
    fn format_spec(&mut self, flavour: Flavour, raw: bool) -> Parsed<&'a Expr<'a>> {
        let start = self.expect(TokenKind::Colon)?;
        let mut row = Vec::new();
        let mut fields = 0;
        loop {
            if self.at(flavour.middle()) {
                let tok = self.bump()?;
                row.push(self.piece_of_text(&tok, &tok, raw)?);
                self.warned_to = self.warned_to.max(tok.end);
            } else if self.at(TokenKind::LBrace) {
                fields += 1;
                self.enter(12)?;
                // Even in a t-string, a format specification is ordinary formatted text.
                self.field(flavour, false, raw, &mut row)?;
                self.leave(12);
            } else {
                break;
            }
        }
        let loc = self.since(start.loc);
        row.retain(|node| constant_text(node).is_none_or(|(text, _)| !text.is_empty()));
        let values = merge(self.arena, &row);
        let node = if fields == 0 && row.len() > 1 {
            // Text that the tokenizer gave in several pieces, as it does after a named escape, is no f-string in CPython.
            self.joined_text(&row, &values, loc)
        } else {
            Expr { kind: ExprKind::JoinedStr { values: self.arena.slice(&values) }, loc }
        };
        Ok(self.arena.alloc(node))
    }
}
