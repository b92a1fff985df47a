//! Walks the rules over the tokens.
//!
//! A rule either gives a [`Value`] and leaves `pos` after what it matched, or gives nothing. An error stops everything: it is
//! kept in `error`, and every rule gives nothing from then on. Tokens are fetched when first looked at; how many there
//! are is part of what an error says. Outcomes are remembered for the rules whose outcomes CPython remembers, and in the same
//! way, because a remembered outcome hides errors that looking again would find.

use taipan_ast::{SyntaxError, SyntaxErrorKind};

use super::rules::{Alternative, Item, Kind, Message, Outcome, Part, Place, RULES, Rule, SLOTS};
use crate::tokens::{Token, TokenKind, Tokenizer, char_offset};

/// What a rule gave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Value {
    /// Something that nothing needs to know about.
    Unit,
    /// A token, by its index.
    Token(u32),
    /// A node, by its index.
    Node(u32),
    /// A range of `items`.
    List(u32, u32),
}

/// Part of the source with a meaning.
#[derive(Clone, Copy, Debug)]
pub struct Node {
    pub kind: Kind,
    pub span: Span,
    /// The captures of the alternative that made it.
    pub parts: [Value; 2],
}

/// A range of the source: lines from 1, columns in bytes.
#[derive(Clone, Copy, Debug)]
pub struct Span {
    pub start: (i32, i32),
    pub end: (i32, i32),
}

/// Rules deeper than this are not followed.
const MAX_DEPTH: u32 = 6000;

const KEYWORDS: [&str; 35] = [
    "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue", "def",
    "del", "elif", "else", "except", "finally", "for", "from", "global", "if", "import", "in", "is",
    "lambda", "nonlocal", "not", "or", "pass", "raise", "return", "try", "while", "with", "yield",
];

pub struct Engine<'s> {
    pub tokenizer: Tokenizer<'s>,
    pub tokens: Vec<Token>,
    pub pos: usize,
    /// The reasons of errors are looked for.
    pub explaining: bool,
    pub error: Option<SyntaxError>,
    /// `<>` is the unequal sign.
    pub flufl: bool,
    pub nodes: Vec<Node>,
    pub items: Vec<Value>,
    remembered: Vec<Vec<(usize, Option<Value>, usize)>>,
    depth: u32,
}

impl<'s> Engine<'s> {
    pub fn new(tokenizer: Tokenizer<'s>, flufl: bool) -> Self {
        Engine {
            tokenizer,
            tokens: Vec::new(),
            pos: 0,
            explaining: false,
            error: None,
            flufl,
            nodes: Vec::new(),
            items: Vec::new(),
            remembered: Vec::new(),
            depth: 0,
        }
    }

    /// Goes back to the first token, to look for the reason of an error.
    pub fn start_explaining(&mut self) {
        self.pos = 0;
        self.explaining = true;
        self.remembered.iter_mut().for_each(Vec::clear);
    }

    // ---- tokens

    /// The token at `pos`.
    fn current(&mut self) -> Option<Token> {
        if self.error.is_some() {
            return None;
        }
        if let Some(&token) = self.tokens.get(self.pos) {
            return Some(token);
        }
        match self.tokenizer.next() {
            Ok(token) => {
                self.tokens.push(token);
                Some(token)
            }
            Err(error) => {
                // CPython counts the token that there is not.
                let lineno = self.tokenizer.lineno();
                let at = self.tokenizer.position();
                self.tokens.push(Token {
                    kind: TokenKind::ErrorToken,
                    start: at,
                    end: at,
                    lineno,
                    col_offset: -1,
                    end_lineno: lineno,
                    end_col_offset: -1,
                    level: 0,
                });
                self.error = Some(error);
                None
            }
        }
    }

    pub fn text(&self, token: &Token) -> &'s str {
        self.tokenizer.text(token)
    }

    fn is_keyword(&self, token: &Token) -> bool {
        token.kind == TokenKind::Name && KEYWORDS.binary_search(&self.text(token)).is_ok()
    }

    fn token_if(&mut self, test: impl FnOnce(&Self, &Token) -> bool) -> Option<Value> {
        let token = self.current()?;
        test(self, &token).then(|| {
            self.pos += 1;
            Value::Token((self.pos - 1) as u32)
        })
    }

    // ---- matching

    /// Matches a rule.
    pub fn rule(&mut self, index: usize) -> Option<Value> {
        if self.error.is_some() {
            return None;
        }
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            let msg = "Parser stack overflowed - Python source too complex to parse";
            self.error = Some(SyntaxError::plain(SyntaxErrorKind::MemoryError, msg));
        }
        let rule = &RULES.rules[index];
        let explaining = self.explaining;
        self.explaining &= !rule.quiet;
        let value = if rule.left_recursive {
            self.grow(index, rule)
        } else if rule.remembered {
            self.remember(index, rule)
        } else {
            self.choose(&rule.alternatives)
        };
        self.explaining = explaining;
        self.depth -= 1;
        value
    }

    fn recall(&self, index: usize) -> Option<(Option<Value>, usize)> {
        let outcomes = self.remembered.get(self.pos)?;
        outcomes.iter().find(|outcome| outcome.0 == index).map(|&(_, value, pos)| (value, pos))
    }

    fn note(&mut self, at: usize, index: usize, value: Option<Value>, pos: usize) {
        if self.remembered.len() <= at {
            self.remembered.resize_with(at + 1, Vec::new);
        }
        let outcomes = &mut self.remembered[at];
        match outcomes.iter_mut().find(|outcome| outcome.0 == index) {
            Some(outcome) => *outcome = (index, value, pos),
            None => outcomes.push((index, value, pos)),
        }
    }

    fn remember(&mut self, index: usize, rule: &'static Rule) -> Option<Value> {
        if let Some((value, pos)) = self.recall(index) {
            self.pos = pos;
            return value;
        }
        let at = self.pos;
        let value = self.choose(&rule.alternatives);
        if self.error.is_none() {
            self.note(at, index, value, self.pos);
        }
        value
    }

    /// A rule that starts with itself: its outcome so far is what it finds there, until it no longer grows.
    fn grow(&mut self, index: usize, rule: &'static Rule) -> Option<Value> {
        if let Some((value, pos)) = self.recall(index) {
            self.pos = pos;
            return value;
        }
        let at = self.pos;
        let (mut best, mut best_pos) = (None, at);
        loop {
            self.note(at, index, best, best_pos);
            self.pos = at;
            let value = self.choose(&rule.alternatives);
            if self.error.is_some() {
                return None;
            }
            if value.is_none() || self.pos <= best_pos {
                break;
            }
            (best, best_pos) = (value, self.pos);
        }
        self.pos = best_pos;
        best
    }

    /// The first alternative that matches.
    fn choose(&mut self, alternatives: &'static [Alternative]) -> Option<Value> {
        let at = self.pos;
        for alternative in alternatives {
            if alternative.explains && !self.explaining {
                continue;
            }
            let mut cut = false;
            let value = self.alternative(alternative, at, &mut cut);
            if value.is_some() {
                return value;
            }
            self.pos = at;
            if cut || self.error.is_some() {
                return None;
            }
        }
        None
    }

    fn alternative(&mut self, alternative: &'static Alternative, at: usize, cut: &mut bool) -> Option<Value> {
        let mut captures = [Value::Unit; SLOTS];
        let mut last = Value::Unit;
        for (slot, item) in &alternative.items {
            if matches!(item, Item::Cut) {
                *cut = true;
                continue;
            }
            let value = self.item(item)?;
            if item.takes_tokens() {
                last = value;
            }
            if let Some(slot) = slot {
                captures[usize::from(*slot)] = value;
            }
        }
        let captured = alternative.items.iter().filter(|(slot, _)| slot.is_some()).count();
        let mut matched = alternative.items.iter().filter(|(_, item)| item.takes_tokens());
        let single = matched.next().is_some() && matched.next().is_none();
        match &alternative.outcome {
            Outcome::Value if captured > 0 => Some(self.list(&captures[..captured])),
            Outcome::Value if single => Some(last),
            Outcome::Value => Some(Value::Unit),
            Outcome::Pass(slot) => Some(captures[usize::from(*slot)]),
            Outcome::Node(kind) => Some(self.node(*kind, at, [captures[0], captures[1]])),
            Outcome::Error(place, message) => {
                let message = self.message(message, &captures);
                self.refuse(*place, &captures, message)
            }
            Outcome::Hook(hook) => self.hook(hook, &captures, at),
        }
    }

    fn item(&mut self, item: &'static Item) -> Option<Value> {
        match item {
            Item::Token(kind) => self.token_if(|_, token| token.kind == *kind),
            Item::Keyword(word) => {
                self.token_if(|this, token| token.kind == TokenKind::Name && this.text(token) == *word)
            }
            Item::Soft(word) => {
                self.token_if(|this, token| token.kind == TokenKind::Name && this.text(token) == *word)
            }
            Item::AnySoft => self.token_if(|this, token| {
                token.kind == TokenKind::Name && matches!(this.text(token), "_" | "case" | "match" | "type")
            }),
            Item::Name => {
                self.token_if(|this, token| token.kind == TokenKind::Name && !this.is_keyword(token))
            }
            Item::Rule(index) => self.rule(*index),
            Item::Optional(item) => {
                let at = self.pos;
                let value = self.item(item);
                if self.error.is_some() {
                    return None;
                }
                if value.is_none() {
                    self.pos = at;
                }
                value.or(Some(Value::Unit))
            }
            Item::Many(item, least) => self.many(item, None, *least),
            Item::Separated(item, separator) => self.many(item, Some(separator), 1),
            Item::Ahead(item) => self.look_ahead(item).then_some(Value::Unit),
            Item::NotAhead(item) => {
                let found = self.look_ahead(item);
                (!found && self.error.is_none()).then_some(Value::Unit)
            }
            Item::Choice(alternatives) => self.choose(alternatives),
            Item::Cut => Some(Value::Unit),
            Item::Forced(item, quoted) => {
                let value = self.item(item);
                if value.is_none() && self.error.is_none() && self.explaining {
                    let token = self.current()?;
                    let span = span_of(&token);
                    return self.raise(span, format!("expected {quoted}"));
                }
                value
            }
        }
    }

    fn look_ahead(&mut self, item: &'static Item) -> bool {
        let at = self.pos;
        let found = self.item(item).is_some();
        self.pos = at;
        found
    }

    fn many(&mut self, item: &'static Item, separator: Option<&'static Item>, least: usize) -> Option<Value> {
        let mut values = Vec::new();
        loop {
            let at = self.pos;
            let separated = match separator {
                Some(separator) if !values.is_empty() => self.item(separator).is_some(),
                _ => true,
            };
            let value = if separated { self.item(item) } else { None };
            if self.error.is_some() {
                return None;
            }
            match value {
                Some(value) if self.pos > at => values.push(value),
                _ => {
                    self.pos = at;
                    break;
                }
            }
        }
        (values.len() >= least).then(|| self.list(&values))
    }

    // ---- values

    fn list(&mut self, values: &[Value]) -> Value {
        let start = self.items.len() as u32;
        self.items.extend_from_slice(values);
        Value::List(start, values.len() as u32)
    }

    /// A node from the token at `at` to the last token before `pos` that is text.
    pub fn node(&mut self, kind: Kind, at: usize, parts: [Value; 2]) -> Value {
        let start = self.tokens.get(at).map_or((0, 0), |token| (token.lineno, token.col_offset));
        let is_text = |token: &&Token| {
            !matches!(
                token.kind,
                TokenKind::Newline | TokenKind::Indent | TokenKind::Dedent | TokenKind::EndMarker
            )
        };
        let before = self.tokens.get(..self.pos).unwrap_or_default();
        let last = before.iter().rev().find(is_text);
        let end = last.map_or(start, |token| (token.end_lineno, token.end_col_offset));
        self.nodes.push(Node { kind, span: Span { start, end }, parts });
        Value::Node((self.nodes.len() - 1) as u32)
    }

    pub fn node_at(&self, value: Value) -> Option<Node> {
        match value {
            Value::Node(index) => self.nodes.get(index as usize).copied(),
            _ => None,
        }
    }

    pub fn token_at(&self, value: Value) -> Option<Token> {
        match value {
            Value::Token(index) => self.tokens.get(index as usize).copied(),
            _ => None,
        }
    }

    /// All tokens and nodes in lists within lists, in order.
    pub fn flat(&self, value: Value) -> Vec<Value> {
        match value {
            Value::Unit => Vec::new(),
            Value::List(start, length) => {
                let range = start as usize..(start + length) as usize;
                self.items[range].iter().flat_map(|&item| self.flat(item)).collect()
            }
            one => vec![one],
        }
    }

    pub fn span(&self, value: Value) -> Span {
        match value {
            Value::Token(index) => span_of(&self.tokens[index as usize]),
            Value::Node(index) => self.nodes[index as usize].span,
            Value::List(..) => {
                let all = self.flat(value);
                match (all.first(), all.last()) {
                    (Some(&first), Some(&last)) => {
                        Span { start: self.span(first).start, end: self.span(last).end }
                    }
                    _ => Span { start: (0, 0), end: (0, 0) },
                }
            }
            Value::Unit => Span { start: (0, 0), end: (0, 0) },
        }
    }

    // ---- errors

    fn message(&self, parts: &Message, captures: &[Value; SLOTS]) -> String {
        let mut message = String::new();
        for part in parts {
            match part {
                Part::Text(text) => message.push_str(text),
                Part::Expression(slot) => {
                    message.push_str(self.expression_name(captures[usize::from(*slot)]));
                }
                Part::Line(slot) => {
                    message.push_str(&self.span(captures[usize::from(*slot)]).start.0.to_string());
                }
                Part::Source(slot) => {
                    if let Some(token) = self.token_at(captures[usize::from(*slot)]) {
                        message.push_str(self.text(&token));
                    }
                }
            }
        }
        message
    }

    fn refuse(&mut self, place: Place, captures: &[Value; SLOTS], message: String) -> Option<Value> {
        let capture = |slot: u8| captures[usize::from(slot)];
        let between =
            |this: &Self, first, last| Span { start: this.span(first).start, end: this.span(last).end };
        let last_of = |this: &Self, list| this.flat(list).last().copied().unwrap_or(Value::Unit);
        let span = match place {
            Place::At(a) => self.span(capture(a)),
            Place::In(a, b) | Place::Between(a, b) => between(self, capture(a), capture(b)),
            Place::ToLast(a, b) => between(self, capture(a), last_of(self, capture(b))),
            Place::ToClause(a, b) => {
                let end = self.end_of_clause(last_of(self, capture(b)));
                between(self, capture(a), end)
            }
            Place::From(a) => return self.raise_from(self.span(capture(a)).start, message),
            Place::Last => return self.raise_last(SyntaxErrorKind::SyntaxError, message),
            Place::Indent => return self.raise_last(SyntaxErrorKind::IndentationError, message),
            Place::Next => {
                let token = self.current()?;
                return self.raise_token(SyntaxErrorKind::SyntaxError, &token, message);
            }
        };
        self.raise(span, message)
    }

    /// The last condition of a comprehension clause, or else its iterable.
    pub fn end_of_clause(&self, clause: Value) -> Value {
        let Some(node) = self.node_at(clause) else { return clause };
        self.flat(node.parts[1]).last().copied().unwrap_or(node.parts[0])
    }

    /// An error at a range.
    pub fn raise(&mut self, span: Span, message: String) -> Option<Value> {
        let kind = SyntaxErrorKind::SyntaxError;
        let ((lineno, col), (end_lineno, end_col)) = (span.start, span.end);
        self.raise_bytes(kind, message, (lineno, col + 1), (end_lineno, end_col + 1))
    }

    /// An error from a place to where the tokenizer is.
    pub fn raise_from(&mut self, start: (i32, i32), message: String) -> Option<Value> {
        let end = (self.tokenizer.lineno(), self.tokenizer.column());
        self.raise_bytes(SyntaxErrorKind::SyntaxError, message, (start.0, start.1 + 1), end)
    }

    /// An error at the last token that was fetched.
    pub fn raise_last(&mut self, kind: SyntaxErrorKind, message: String) -> Option<Value> {
        let token = self.tokens.last().copied()?;
        self.raise_token(kind, &token, message)
    }

    fn raise_token(&mut self, kind: SyntaxErrorKind, token: &Token, message: String) -> Option<Value> {
        let col = if token.col_offset == -1 { self.tokenizer.column() } else { token.col_offset + 1 };
        let end = if token.end_col_offset == -1 { -1 } else { token.end_col_offset + 1 };
        self.raise_bytes(kind, message, (token.lineno, col), (token.end_lineno, end))
    }

    /// An error whose columns are in bytes from 1.
    pub fn raise_bytes(
        &mut self,
        kind: SyntaxErrorKind,
        msg: String,
        (lineno, col): (i32, i32),
        (end_lineno, end_col): (i32, i32),
    ) -> Option<Value> {
        if self.error.is_none() {
            let text = self.tokenizer.error_text(lineno);
            let offset = char_offset(&text, col);
            let end_offset = if end_col > 0 { char_offset(&text, end_col) } else { end_col };
            let text = Some(text);
            self.error = Some(SyntaxError { kind, msg, lineno, offset, end_lineno, end_offset, text });
        }
        None
    }
}

/// The range of a token.
pub fn span_of(token: &Token) -> Span {
    Span { start: (token.lineno, token.col_offset), end: (token.end_lineno, token.end_col_offset) }
}
