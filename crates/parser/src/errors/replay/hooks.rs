//! What some alternatives do beyond making a node or an error of fixed wording.

use taipan_ast::SyntaxErrorKind;

use super::engine::{Engine, Value};
use super::rules::{Kind, SLOTS};
use crate::strings;
use crate::tokens::TokenKind;

/// What targets are for: it decides what may stand in them and the wording.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Targets {
    Assignment,
    For,
    Del,
}

impl Engine<'_> {
    /// Runs the function that an alternative names. Nothing means that the alternative does not match after all, or
    /// that an error was raised.
    pub fn hook(&mut self, name: &str, captures: &[Value; SLOTS], at: usize) -> Option<Value> {
        let [a, b, ..] = *captures;
        match name {
            "bad_assign_target" => self.bad_target(a, Targets::Assignment),
            "bad_for_target" => self.bad_target(a, Targets::For),
            "bad_del_target" => self.bad_target(a, Targets::Del),
            "future_import" => self.future_import(a, b),
            "not_equal" => self.not_equal(a),
            "real_number" => self.part_of_complex(a, false),
            "imaginary_number" => self.part_of_complex(a, true),
            "forgotten_comma" => self.forgotten_comma(a, b),
            "legacy_statement" => self.legacy_statement(a, b),
            "missing_colon" => {
                let span = self.span(a);
                let (kind, msg) =
                    (SyntaxErrorKind::SyntaxError, "':' expected after dictionary key".to_owned());
                self.raise_bytes(kind, msg, (span.start.0, span.end.1), (span.end.0, 0))
            }
            "bad_bound_of_tuple" => self.bad_bound(a, b, "TypeVarTuple"),
            "bad_bound_of_spec" => self.bad_bound(a, b, "ParamSpec"),
            "bare_generator" => self.bare_generator(a, b),
            "positional_after_keyword" => {
                let node = self.node_at(a)?;
                let keywords = node.parts[usize::from(node.kind == Kind::Args)];
                let unpacks =
                    |&value: &Value| self.node_at(value).is_some_and(|node| node.kind == Kind::DoubleStarred);
                let what = if self.flat(keywords).iter().any(unpacks) { " unpacking" } else { "" };
                let msg = format!("positional argument follows keyword argument{what}");
                self.raise_last(SyntaxErrorKind::SyntaxError, msg)
            }
            "string" => self.string(a),
            "middle" => self.middle(a),
            "joined" => self.joined(a, b, at),
            "join_strings" => self.join_strings(a, at),
            "conversion" => self.conversion(a, b),
            "nothing" => None,
            other => unreachable!("no hook is called {other}"),
        }
    }

    /// What messages call an expression.
    pub fn expression_name(&self, value: Value) -> &'static str {
        let kind = match value {
            Value::Token(_) => match self.token_at(value) {
                Some(token) if token.kind == TokenKind::Name => match self.text(&token) {
                    "True" => Kind::True,
                    "False" => Kind::False,
                    "None" => Kind::None,
                    _ => Kind::Name,
                },
                _ => Kind::Literal,
            },
            _ => self.node_at(value).map_or(Kind::Literal, |node| node.kind),
        };
        match kind {
            Kind::Attribute => "attribute",
            Kind::Subscript => "subscript",
            Kind::Starred => "starred",
            Kind::Name => "name",
            Kind::List => "list",
            Kind::Tuple => "tuple",
            Kind::Lambda => "lambda",
            Kind::Call => "function call",
            Kind::BoolOp | Kind::BinOp | Kind::UnaryOp => "expression",
            Kind::GeneratorExp => "generator expression",
            Kind::Yield => "yield expression",
            Kind::Await => "await expression",
            Kind::ListComp => "list comprehension",
            Kind::SetComp => "set comprehension",
            Kind::DictComp => "dict comprehension",
            Kind::Dict => "dict literal",
            Kind::Set => "set display",
            Kind::JoinedStr => "f-string expression",
            Kind::TemplateStr => "t-string expression",
            Kind::True => "True",
            Kind::False => "False",
            Kind::None => "None",
            Kind::Ellipsis => "ellipsis",
            Kind::Compare => "comparison",
            Kind::IfExp => "conditional expression",
            Kind::NamedExpr => "named expression",
            _ => "literal",
        }
    }

    /// The part of an expression that cannot be a target.
    fn invalid_target(&self, value: Value, targets: Targets) -> Option<Value> {
        let Some(node) = self.node_at(value) else {
            return (self.expression_name(value) != "name").then_some(value);
        };
        match node.kind {
            Kind::List | Kind::Tuple => {
                let elements = node.parts.into_iter().flat_map(|part| self.flat(part));
                elements.into_iter().find_map(|element| self.invalid_target(element, targets))
            }
            Kind::Starred if targets == Targets::Del => Some(value),
            Kind::Starred => self.invalid_target(node.parts[0], targets),
            Kind::Compare if targets == Targets::For => {
                let operators = self.flat(node.parts[1]);
                let first = operators.first().and_then(|&operator| self.node_at(operator));
                match first {
                    Some(operator) if operator.kind == Kind::CompareIn => {
                        self.invalid_target(node.parts[0], targets)
                    }
                    _ => None,
                }
            }
            Kind::Name | Kind::Subscript | Kind::Attribute => None,
            _ => Some(value),
        }
    }

    fn bad_target(&mut self, value: Value, targets: Targets) -> Option<Value> {
        let bad = self.invalid_target(value, targets)?;
        let verb = if targets == Targets::Del { "delete" } else { "assign to" };
        let message = format!("cannot {verb} {}", self.expression_name(bad));
        self.raise(self.span(bad), message)
    }

    fn future_import(&mut self, module: Value, names: Value) -> Option<Value> {
        let text = |value: Value| self.token_at(value).map_or("", |token| self.text(&token));
        if text(module) == "__future__"
            && self.flat(names).into_iter().any(|name| text(name) == "barry_as_FLUFL")
        {
            self.flufl = true;
        }
        Some(Value::Unit)
    }

    fn not_equal(&mut self, sign: Value) -> Option<Value> {
        let token = self.token_at(sign)?;
        match (self.flufl, self.text(&token)) {
            (true, "<>") | (false, "!=") => Some(sign),
            (true, _) => {
                let msg = "with Barry as BDFL, use '<>' instead of '!='".to_owned();
                self.raise_last(SyntaxErrorKind::SyntaxError, msg)
            }
            (false, _) if self.explaining => {
                let msg = "invalid syntax.  Maybe you meant '!=' instead of '<>'?".to_owned();
                self.raise(self.span(sign), msg)
            }
            _ => None,
        }
    }

    fn part_of_complex(&mut self, number: Value, imaginary: bool) -> Option<Value> {
        let token = self.token_at(number)?;
        if self.text(&token).ends_with(['j', 'J']) == imaginary {
            return Some(number);
        }
        let kind = if imaginary { "imaginary" } else { "real" };
        self.raise(self.span(number), format!("{kind} number required in complex literal"))
    }

    /// Whether a name is that of a statement of Python 2.
    fn legacy_name(&self, value: Value) -> Option<&str> {
        let token = self.token_at(value)?;
        let text = self.text(&token);
        matches!(text, "print" | "exec").then_some(text)
    }

    fn forgotten_comma(&mut self, a: Value, b: Value) -> Option<Value> {
        let level = self.tokens.get(self.pos.wrapping_sub(1)).map_or(0, |token| token.level);
        if self.legacy_name(a).is_some() || level == 0 {
            return None;
        }
        let span = super::engine::Span { start: self.span(a).start, end: self.span(b).end };
        self.raise(span, "invalid syntax. Perhaps you forgot a comma?".to_owned())
    }

    fn legacy_statement(&mut self, name: Value, rest: Value) -> Option<Value> {
        let word = self.legacy_name(name)?;
        let msg = format!("Missing parentheses in call to '{word}'. Did you mean {word}(...)?");
        let span = super::engine::Span { start: self.span(name).start, end: self.span(rest).end };
        self.raise(span, msg)
    }

    fn bad_bound(&mut self, colon: Value, bound: Value, of: &str) -> Option<Value> {
        let is_tuple = self.node_at(bound).is_some_and(|node| node.kind == Kind::Tuple);
        let what = if is_tuple { "constraints" } else { "bound" };
        self.raise_from(self.span(colon).start, format!("cannot use {what} with {of}"))
    }

    /// A generator without parentheses as the last of several arguments.
    fn bare_generator(&mut self, args: Value, clauses: Value) -> Option<Value> {
        let node = self.node_at(args)?;
        let all = node.kind == Kind::Args;
        let mut positional = if all { self.flat(node.parts[0]) } else { Vec::new() };
        let starred = |value: &Value| self.node_at(*value).is_some_and(|node| node.kind == Kind::Starred);
        positional.extend(self.flat(node.parts[usize::from(all)]).into_iter().filter(starred));
        let &last = positional.last().filter(|_| positional.len() > 1)?;
        let clause = self.flat(clauses).last().copied()?;
        let end = self.end_of_clause(clause);
        let span = super::engine::Span { start: self.span(last).start, end: self.span(end).end };
        self.raise(span, "Generator expression must be parenthesized".to_owned())
    }

    fn string(&mut self, value: Value) -> Option<Value> {
        let token = self.token_at(value)?;
        match strings::literal(self.text(&token)) {
            Ok(_) => Some(value),
            Err(msg) => self.raise(self.span(value), msg),
        }
    }

    /// Decodes a piece of text of an f-string or t-string.
    fn middle(&mut self, value: Value) -> Option<Value> {
        let (Value::Token(index), Some(token)) = (value, self.token_at(value)) else { return Some(value) };
        let mut open = 1;
        let before = self.tokens.get(..index as usize).unwrap_or_default();
        let start = before.iter().rev().find(|token| {
            match token.kind {
                TokenKind::FStringStart | TokenKind::TStringStart => open -= 1,
                TokenKind::FStringEnd | TokenKind::TStringEnd => open += 1,
                _ => {}
            }
            open == 0
        });
        let raw = start.is_some_and(|start| strings::is_raw(self.text(start)));
        match strings::middle(self.text(&token), raw) {
            Ok(_) => Some(value),
            Err(msg) => self.raise(self.span(value), msg),
        }
    }

    fn joined(&mut self, start: Value, pieces: Value, at: usize) -> Option<Value> {
        for piece in self.flat(pieces) {
            let kind = self.token_at(piece).map(|token| token.kind);
            if matches!(kind, Some(TokenKind::FStringMiddle | TokenKind::TStringMiddle)) {
                self.middle(piece)?;
            }
        }
        let template = self.token_at(start)?.kind == TokenKind::TStringStart;
        let kind = if template { Kind::TemplateStr } else { Kind::JoinedStr };
        Some(self.node(kind, at, [Value::Unit; 2]))
    }

    fn join_strings(&mut self, parts: Value, at: usize) -> Option<Value> {
        let parts = self.flat(parts);
        let is_bytes = |&part: &Value| {
            self.token_at(part).is_some_and(|token| {
                let prefix = self.text(&token).bytes().take_while(u8::is_ascii_alphabetic);
                prefix.into_iter().any(|c| c | 0x20 == b'b')
            })
        };
        let bytes = parts.iter().filter(|part| is_bytes(part)).count();
        if bytes != 0 && bytes != parts.len() {
            let msg = "cannot mix bytes and nonbytes literals".to_owned();
            return self.raise_last(SyntaxErrorKind::SyntaxError, msg);
        }
        let formatted = parts.iter().any(|&part| self.node_at(part).is_some());
        let kind = if formatted { Kind::JoinedStr } else { Kind::Literal };
        Some(self.node(kind, at, [Value::Unit; 2]))
    }

    /// `!r` in a replacement field.
    fn conversion(&mut self, mark: Value, name: Value) -> Option<Value> {
        let (mark_span, name_span) = (self.span(mark), self.span(name));
        let token = self.token_at(name)?;
        let letter = self.string_letter();
        if mark_span.end != name_span.start {
            let span = super::engine::Span { start: mark_span.start, end: name_span.end };
            let msg = format!("{letter}-string: conversion type must come right after the exclamation mark");
            return self.raise(span, msg);
        }
        let text = self.text(&token);
        if matches!(text, "s" | "r" | "a") {
            return Some(name);
        }
        let msg = format!(
            "{letter}-string: invalid conversion character '{}': expected 's', 'r', or 'a'",
            crate::tokens::names::normalize(text)
        );
        self.raise(name_span, msg)
    }

    /// `f` or `t`: the innermost literal around `pos`.
    fn string_letter(&self) -> char {
        let mut open = 1;
        let before = self.tokens.get(..self.pos).unwrap_or_default();
        for token in before.iter().rev() {
            match token.kind {
                TokenKind::FStringStart | TokenKind::TStringStart => open -= 1,
                TokenKind::FStringEnd | TokenKind::TStringEnd => open += 1,
                _ => {}
            }
            if open == 0 {
                return if token.kind == TokenKind::TStringStart { 't' } else { 'f' };
            }
        }
        'f'
    }
}
