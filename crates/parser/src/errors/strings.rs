//! String literals, f-strings and t-strings.

use taipan_ast::{Constant, ExprKind, Wtf8};

use super::engine::{Diagnosis, Memo, Node, Rule};
use crate::grammar::buffer::Tok;
use crate::strings;
use crate::tokens::TokenKind;

/// The kinds of tokens of an f-string or a t-string, and the letter in messages.
#[derive(Clone, Copy)]
struct Flavour {
    letter: char,
    start: TokenKind,
    middle: TokenKind,
    end: TokenKind,
}

const F: Flavour = Flavour {
    letter: 'f',
    start: TokenKind::FStringStart,
    middle: TokenKind::FStringMiddle,
    end: TokenKind::FStringEnd,
};
const T: Flavour = Flavour {
    letter: 't',
    start: TokenKind::TStringStart,
    middle: TokenKind::TStringMiddle,
    end: TokenKind::TStringEnd,
};

const AFTER_VALUE: &[TokenKind] =
    &[TokenKind::Equal, TokenKind::Exclamation, TokenKind::Colon, TokenKind::RBrace];

impl<'a> Diagnosis<'a, '_> {
    pub fn strings(&mut self) -> Rule<Node<'a>> {
        self.remember(Memo::Strings, |this| {
            let mark = this.pos;
            let start = this.peek()?;
            if this.invalid {
                this.invalid_concatenation()?;
                this.pos = mark;
            }
            if let Some(parts) = this.some(Self::fstring_or_string)? {
                return this.concatenated(start, &parts);
            }
            this.pos = mark;
            if this.some(|this| this.interpolated(T))?.is_some() {
                return Ok(Some(this.node(start, ExprKind::TemplateStr { values: &[] })));
            }
            Ok(None)
        })
    }

    fn fstring_or_string(&mut self) -> Rule<Node<'a>> {
        let mark = self.pos;
        if let Some(node) = self.interpolated(F)? {
            return Ok(Some(node));
        }
        self.pos = mark;
        self.string()
    }

    /// A plain literal; whether it is one of bytes is kept.
    fn string(&mut self) -> Rule<Node<'a>> {
        let Some(tok) = self.tok(TokenKind::String)? else { return Ok(None) };
        match strings::literal(self.buffer.text(&tok)) {
            Ok(literal) => {
                let value =
                    if literal.is_bytes { Constant::Bytes(&[]) } else { Constant::Str(Wtf8::from_str("")) };
                Ok(Some(self.constant(tok, value)))
            }
            Err(msg) => self.raise_at(tok.loc, msg),
        }
    }

    fn concatenated(&mut self, start: Tok, parts: &[Node<'a>]) -> Rule<Node<'a>> {
        let is_bytes =
            |part: &&Node<'a>| matches!(part.kind, ExprKind::Constant { value: Constant::Bytes(_), .. });
        let bytes = parts.iter().filter(is_bytes).count();
        if bytes > 0 && bytes < parts.len() {
            return self.raise("cannot mix bytes and nonbytes literals");
        }
        if let [only] = parts {
            return Ok(Some(only));
        }
        let kind = match parts.iter().find(|part| matches!(part.kind, ExprKind::JoinedStr { .. })) {
            Some(_) => ExprKind::JoinedStr { values: &[] },
            None => parts[0].kind,
        };
        Ok(Some(self.node(start, kind)))
    }

    /// t-strings join with nothing else.
    fn invalid_concatenation(&mut self) -> Rule {
        let msg = "cannot mix t-string literals with string or bytes literals";
        let mark = self.pos;
        if let Some(before) = self.some(Self::fstring_or_string)?
            && let Some(template) = self.interpolated(T)?
        {
            return self.raise_at(before[0].loc.to(template.loc), msg);
        }
        self.pos = mark;
        if let Some(templates) = self.some(|this| this.interpolated(T))?
            && let Some(after) = self.fstring_or_string()?
        {
            return self.raise_at(templates[0].loc.to(after.loc), msg);
        }
        Ok(None)
    }

    fn interpolated(&mut self, flavour: Flavour) -> Rule<Node<'a>> {
        let Some(start) = self.tok(flavour.start)? else { return Ok(None) };
        let raw = strings::is_raw(self.buffer.text(&start));
        let mut pieces = Vec::new();
        self.many(|this| {
            let mark = this.pos;
            if this.deeper(6, |this| this.field(flavour, raw))?.is_some() {
                return Ok(Some(()));
            }
            this.pos = mark;
            let Some(tok) = this.tok(flavour.middle)? else { return Ok(None) };
            pieces.push(tok);
            Ok(Some(()))
        })?;
        if !self.eat(flavour.end)? {
            return Ok(None);
        }
        for piece in &pieces {
            self.decode(piece, raw)?;
        }
        let kind = if flavour.letter == 'f' {
            ExprKind::JoinedStr { values: &[] }
        } else {
            self.since_version(14, "t-strings are")?;
            ExprKind::TemplateStr { values: &[] }
        };
        Ok(Some(self.node(start, kind)))
    }

    /// Raises if the text of a piece cannot be decoded.
    fn decode(&mut self, piece: &Tok, raw: bool) -> Rule {
        match strings::middle(self.buffer.text(piece), raw) {
            Ok(_) => Ok(Some(())),
            Err(msg) => self.raise_at(piece.loc, msg),
        }
    }

    fn field(&mut self, flavour: Flavour, raw: bool) -> Rule {
        let mark = self.pos;
        if self.eat(TokenKind::LBrace)? && self.annotated_rhs()?.is_some() {
            self.eat(TokenKind::Equal)?;
            self.opt(|this| this.conversion(flavour))?;
            self.opt(|this| this.format_spec(flavour, raw))?;
            if self.eat(TokenKind::RBrace)? {
                return Ok(Some(()));
            }
        }
        self.pos = mark;
        if self.invalid {
            self.invalid_field(flavour.letter, raw)?;
        }
        Ok(None)
    }

    fn conversion(&mut self, flavour: Flavour) -> Rule {
        let letter = flavour.letter;
        let Some(mark) = self.tok(TokenKind::Exclamation)? else { return Ok(None) };
        let Some(name) = self.name()? else { return Ok(None) };
        if (mark.loc.lineno, mark.loc.end_col_offset) != (name.loc.lineno, name.loc.col_offset) {
            let msg = format!("{letter}-string: conversion type must come right after the exclamation mark");
            return self.raise_at(mark.loc.to(name.loc), msg);
        }
        match name.kind {
            ExprKind::Name { id, .. } if !matches!(id, "s" | "r" | "a") => {
                let msg = format!(
                    "{letter}-string: invalid conversion character '{id}': expected 's', 'r', or 'a'"
                );
                self.raise_at(name.loc, msg)
            }
            _ => Ok(Some(())),
        }
    }

    fn format_spec(&mut self, flavour: Flavour, raw: bool) -> Rule {
        if !self.eat(TokenKind::Colon)? {
            return Ok(None);
        }
        self.spec_pieces(flavour, raw)?;
        Ok(Some(()))
    }

    fn spec_pieces(&mut self, flavour: Flavour, raw: bool) -> Rule {
        self.many(|this| {
            let mark = this.pos;
            if let Some(tok) = this.tok(flavour.middle)? {
                return this.decode(&tok, raw);
            }
            this.pos = mark;
            this.field(flavour, raw)
        })?;
        Ok(Some(()))
    }

    /// `{a`, `=`, `!r` as far as they are there.
    fn head_of_field(&mut self, conversion: bool) -> Rule {
        if self.eat(TokenKind::LBrace)? && self.annotated_rhs()?.is_some() {
            self.eat(TokenKind::Equal)?;
            if conversion {
                self.opt(|this| if this.eat(TokenKind::Exclamation)? { this.name() } else { Ok(None) })?;
            }
            return Ok(Some(()));
        }
        Ok(None)
    }

    fn invalid_field(&mut self, letter: char, raw: bool) -> Rule {
        let mark = self.pos;
        for (kind, shown) in [
            (TokenKind::Equal, '='),
            (TokenKind::Exclamation, '!'),
            (TokenKind::Colon, ':'),
            (TokenKind::RBrace, '}'),
        ] {
            self.pos = mark;
            if self.eat(TokenKind::LBrace)?
                && let Some(tok) = self.tok(kind)?
            {
                let msg = format!("{letter}-string: valid expression required before '{shown}'");
                return self.raise_at(tok.loc, msg);
            }
        }
        self.pos = mark;
        if self.eat(TokenKind::LBrace)? && !self.ahead(Self::annotated_rhs)? {
            return self.raise_on_next(format!("{letter}-string: expecting a valid expression after '{{'"));
        }
        self.pos = mark;
        if self.eat(TokenKind::LBrace)? && self.annotated_rhs()?.is_some() && !self.at_any(AFTER_VALUE)? {
            return self.raise_on_next(format!("{letter}-string: expecting '=', or '!', or ':', or '}}'"));
        }
        self.pos = mark;
        if self.eat(TokenKind::LBrace)?
            && self.annotated_rhs()?.is_some()
            && self.eat(TokenKind::Equal)?
            && !self.at_any(&AFTER_VALUE[1..])?
        {
            return self.raise_on_next(format!("{letter}-string: expecting '!', or ':', or '}}'"));
        }
        self.pos = mark;
        if self.head_of_field(false)?.is_some() {
            self.invalid_conversion(letter)?;
        }
        self.pos = mark;
        if self.head_of_field(true)?.is_some() && !self.at_any(&AFTER_VALUE[2..])? {
            return self.raise_on_next(format!("{letter}-string: expecting ':' or '}}'"));
        }
        self.pos = mark;
        if self.head_of_field(true)?.is_some() && self.eat(TokenKind::Colon)? {
            // The rule is that of f-strings, also in t-strings, whose text it does not match.
            self.spec_pieces(F, raw)?;
            if !self.at(TokenKind::RBrace)? {
                return self.raise_on_next(format!("{letter}-string: expecting '}}', or format specs"));
            }
        }
        self.pos = mark;
        if self.head_of_field(true)?.is_some() && !self.at(TokenKind::RBrace)? {
            return self.raise_on_next(format!("{letter}-string: expecting '}}'"));
        }
        Ok(None)
    }

    fn invalid_conversion(&mut self, letter: char) -> Rule {
        let mark = self.pos;
        if self.eat(TokenKind::Exclamation)? && self.at_any(&[TokenKind::Colon, TokenKind::RBrace])? {
            return self.raise_on_next(format!("{letter}-string: missing conversion character"));
        }
        self.pos = mark;
        if self.eat(TokenKind::Exclamation)? && !self.peek()?.is_name() {
            return self.raise_on_next(format!("{letter}-string: invalid conversion character"));
        }
        Ok(None)
    }
}
