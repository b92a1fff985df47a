//! The rules of `rules.peg` as data, read once when the first error is explained.
//!
//! The file is part of the program, so what is wrong with it is a bug: a test reads it, and reading it panics with the
//! place. Names are resolved to indices here; matching never looks at text again, except for that of tokens.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::tokens::TokenKind;

/// What a node is, as far as messages tell expressions apart and targets are looked into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Args,
    Attribute,
    Await,
    BinOp,
    BoolOp,
    Call,
    Clause,
    Compare,
    CompareIn,
    CompareOther,
    Dict,
    DictComp,
    DoubleStarred,
    Ellipsis,
    False,
    GeneratorExp,
    IfExp,
    JoinedStr,
    Keyword,
    KeywordArgs,
    Lambda,
    List,
    ListComp,
    Literal,
    Name,
    NamedExpr,
    None,
    Param,
    Pass,
    Pattern,
    Set,
    SetComp,
    Starred,
    Subscript,
    TemplateStr,
    True,
    Tuple,
    UnaryOp,
    Yield,
}

const KINDS: &[(&str, Kind)] = &[
    ("Args", Kind::Args),
    ("Attribute", Kind::Attribute),
    ("Await", Kind::Await),
    ("BinOp", Kind::BinOp),
    ("BoolOp", Kind::BoolOp),
    ("Call", Kind::Call),
    ("Clause", Kind::Clause),
    ("Compare", Kind::Compare),
    ("CompareIn", Kind::CompareIn),
    ("CompareOther", Kind::CompareOther),
    ("Dict", Kind::Dict),
    ("DictComp", Kind::DictComp),
    ("DoubleStarred", Kind::DoubleStarred),
    ("Ellipsis", Kind::Ellipsis),
    ("False", Kind::False),
    ("GeneratorExp", Kind::GeneratorExp),
    ("IfExp", Kind::IfExp),
    ("JoinedStr", Kind::JoinedStr),
    ("Keyword", Kind::Keyword),
    ("KeywordArgs", Kind::KeywordArgs),
    ("Lambda", Kind::Lambda),
    ("List", Kind::List),
    ("ListComp", Kind::ListComp),
    ("NamedExpr", Kind::NamedExpr),
    ("None", Kind::None),
    ("Param", Kind::Param),
    ("Pass", Kind::Pass),
    ("Pattern", Kind::Pattern),
    ("Set", Kind::Set),
    ("SetComp", Kind::SetComp),
    ("Starred", Kind::Starred),
    ("Subscript", Kind::Subscript),
    ("TemplateStr", Kind::TemplateStr),
    ("True", Kind::True),
    ("Tuple", Kind::Tuple),
    ("UnaryOp", Kind::UnaryOp),
    ("Yield", Kind::Yield),
];

/// Where an error is; see the head of the file. The slots name captures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    At(u8),
    In(u8, u8),
    From(u8),
    Last,
    Next,
    Indent,
    /// From the first item of one to the last item of another.
    Between(u8, u8),
    /// From one to the last item of another.
    ToLast(u8, u8),
    /// From one to the last condition, or else the iterable, of the last comprehension clause of another.
    ToClause(u8, u8),
}

/// What an alternative gives when its items matched.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// The only item's value, or the captures.
    Value,
    Pass(u8),
    Node(Kind),
    Error(Place, Message),
    /// A function of `hooks`, by name.
    Hook(&'static str),
}

/// A message with holes.
pub type Message = Vec<Part>;

#[derive(Clone, Debug)]
pub enum Part {
    Text(String),
    /// What kind of expression a capture is.
    Expression(u8),
    Line(u8),
    Source(u8),
}

/// What can be matched.
#[derive(Clone, Debug)]
pub enum Item {
    Token(TokenKind),
    Keyword(&'static str),
    Soft(&'static str),
    AnySoft,
    /// An identifier that is no keyword.
    Name,
    Rule(usize),
    Optional(Box<Item>),
    /// At least so many.
    Many(Box<Item>, usize),
    Separated(Box<Item>, Box<Item>),
    Ahead(Box<Item>),
    NotAhead(Box<Item>),
    Choice(Vec<Alternative>),
    Cut,
    /// It must follow; the text is shown where it does not, once the reason of an error is looked for.
    Forced(Box<Item>, &'static str),
}

impl Item {
    /// False for what only looks.
    pub fn takes_tokens(&self) -> bool {
        !matches!(self, Item::Ahead(_) | Item::NotAhead(_) | Item::Cut)
    }
}

#[derive(Clone, Debug)]
pub struct Alternative {
    pub items: Vec<(Option<u8>, Item)>,
    pub outcome: Outcome,
    /// Only looked at when the reason of an error is wanted.
    pub explains: bool,
}

#[derive(Debug)]
pub struct Rule {
    pub name: &'static str,
    pub remembered: bool,
    pub left_recursive: bool,
    /// Within it, no reasons are looked for.
    pub quiet: bool,
    pub alternatives: Vec<Alternative>,
}

/// All rules.
pub struct Rules {
    pub rules: Vec<Rule>,
    names: HashMap<&'static str, usize>,
}

impl Rules {
    /// The index of a rule that exists.
    pub fn index(&self, name: &str) -> usize {
        self.names[name]
    }
}

/// The rules, read when first needed.
pub static RULES: LazyLock<Rules> = LazyLock::new(|| Reader::new(include_str!("rules.peg")).rules());

/// How deep captures may go: slots are numbered in order of appearance.
pub const SLOTS: usize = 6;

struct Reader {
    words: Vec<&'static str>,
    at: usize,
    names: HashMap<&'static str, usize>,
}

/// Splits the file into names, literals and signs.
fn words(text: &'static str) -> Vec<&'static str> {
    let mut words = Vec::new();
    for line in text.lines() {
        let mut rest = line.trim_start();
        while !rest.is_empty() && !rest.starts_with('#') {
            let bytes = rest.as_bytes();
            let length = match bytes[0] {
                quote @ (b'\'' | b'"') => {
                    let mut end = 1;
                    while bytes[end] != quote {
                        end += if bytes[end] == b'\\' { 2 } else { 1 };
                    }
                    end + 1
                }
                b'-' | b'=' if bytes.get(1) == Some(&b'>') => 2,
                b'!' if bytes.get(1) == Some(&b'!') => 2,
                c if c.is_ascii_alphanumeric() || c == b'_' => {
                    bytes.iter().take_while(|c| c.is_ascii_alphanumeric() || **c == b'_').count()
                }
                _ => 1,
            };
            let (word, after) = rest.split_at(length);
            words.push(word);
            rest = after.trim_start();
        }
    }
    words
}

impl Reader {
    fn new(text: &'static str) -> Self {
        let words = words(text);
        let mut names = HashMap::new();
        let mut starts = true;
        for (at, &word) in words.iter().enumerate() {
            if starts {
                let index = names.len();
                let old = names.insert(word, index);
                assert!(old.is_none(), "rule {word} is defined twice");
            }
            starts = word == ";" && words.get(at + 1).is_some();
        }
        Reader { words, at: 0, names }
    }

    fn rules(mut self) -> Rules {
        let mut rules = Vec::new();
        while self.at < self.words.len() {
            let name = self.word();
            let remembered = self.eat("*");
            self.expect("=");
            let alternatives = self.alternatives();
            self.expect(";");
            let index = rules.len();
            let left_recursive = alternatives
                .iter()
                .any(|alternative| matches!(alternative.items[0].1, Item::Rule(first) if first == index));
            let quiet = name == "expression_without_bad";
            rules.push(Rule { name, remembered, left_recursive, quiet, alternatives });
        }
        // The one pair of rules that start with each other.
        rules[self.names["attr"]].left_recursive = true;
        Rules { rules, names: self.names }
    }

    fn peek(&self) -> &'static str {
        self.words.get(self.at).copied().unwrap_or("")
    }

    fn word(&mut self) -> &'static str {
        let word = self.peek();
        self.at += 1;
        word
    }

    fn eat(&mut self, word: &str) -> bool {
        let found = self.peek() == word;
        self.at += usize::from(found);
        found
    }

    fn expect(&mut self, word: &str) {
        let found = self.word();
        assert!(found == word, "{word} expected, not {found}, before {:?}", self.words.get(self.at));
    }

    fn alternatives(&mut self) -> Vec<Alternative> {
        let mut alternatives = vec![self.alternative()];
        while self.eat("/") {
            alternatives.push(self.alternative());
        }
        alternatives
    }

    fn alternative(&mut self) -> Alternative {
        let mut captures = Vec::new();
        let mut items = Vec::new();
        while !matches!(self.peek(), "/" | ";" | ")" | "->" | "=>" | "") {
            let capture = (self.words.get(self.at + 1) == Some(&":")).then(|| {
                captures.push(self.word());
                self.expect(":");
                (captures.len() - 1) as u8
            });
            let item = self.item();
            items.push((capture, item));
        }
        assert!(captures.len() <= SLOTS, "too many captures: {captures:?}");
        let outcome = if self.eat("->") {
            let word = self.word();
            match KINDS.iter().find(|(name, _)| *name == word) {
                Some(&(_, kind)) => Outcome::Node(kind),
                None => Outcome::Pass(slot(&captures, word)),
            }
        } else if self.eat("=>") {
            self.outcome(&captures)
        } else {
            Outcome::Value
        };
        let explains = matches!(items[..], [(_, Item::Rule(rule))] if self.name_of(rule).starts_with("bad_"));
        Alternative { items, outcome, explains }
    }

    fn name_of(&self, rule: usize) -> &'static str {
        self.names.iter().find(|&(_, &index)| index == rule).map_or("", |(name, _)| name)
    }

    fn outcome(&mut self, captures: &[&'static str]) -> Outcome {
        let word = self.word();
        let mut one = || slot(captures, self.word());
        let place = match word {
            "at" => Place::At(one()),
            "in" => Place::In(one(), one()),
            "from" => Place::From(one()),
            "ends" => {
                let both = one();
                Place::Between(both, both)
            }
            "between" => Place::Between(one(), one()),
            "to_last" => Place::ToLast(one(), one()),
            "to_clause" => Place::ToClause(one(), one()),
            "last" => Place::Last,
            "next" => Place::Next,
            "indent" => Place::Indent,
            hook => return Outcome::Hook(hook),
        };
        let message = self.word();
        Outcome::Error(place, message_parts(message, captures))
    }

    fn item(&mut self) -> Item {
        if self.eat("&") {
            return Item::Ahead(Box::new(self.item()));
        }
        if self.eat("!") {
            return Item::NotAhead(Box::new(self.item()));
        }
        if self.eat("~") {
            return Item::Cut;
        }
        let word = self.word();
        let mut item = if word == "(" {
            let choice = Item::Choice(self.alternatives());
            self.expect(")");
            choice
        } else {
            self.atom(word)
        };
        loop {
            item = match self.peek() {
                "?" => Item::Optional(Box::new(item)),
                "*" => Item::Many(Box::new(item), 0),
                "+" => Item::Many(Box::new(item), 1),
                "!!" => Item::Forced(Box::new(item), word),
                "%" => {
                    self.at += 1;
                    let separator = self.word();
                    item = Item::Separated(Box::new(item), Box::new(self.atom(separator)));
                    continue;
                }
                _ => return item,
            };
            self.at += 1;
        }
    }

    fn atom(&self, word: &'static str) -> Item {
        if let Some(literal) = word.strip_prefix('\'') {
            let literal = literal.trim_end_matches('\'');
            if literal.bytes().all(|c| c.is_ascii_alphabetic()) {
                return Item::Keyword(literal);
            }
            let kind = TokenKind::ALL.iter().find(|kind| kind.spelling() == Some(literal));
            return Item::Token(*kind.unwrap_or_else(|| panic!("no operator {literal}")));
        }
        if let Some(literal) = word.strip_prefix('"') {
            return Item::Soft(literal.trim_end_matches('"'));
        }
        match word {
            "NAME" => return Item::Name,
            "SOFT_KEYWORD" => return Item::AnySoft,
            _ => {}
        }
        if let Some(kind) = TokenKind::ALL.iter().find(|kind| kind.name() == word) {
            return Item::Token(*kind);
        }
        Item::Rule(*self.names.get(word).unwrap_or_else(|| panic!("no rule {word}")))
    }
}

fn slot(captures: &[&str], name: &str) -> u8 {
    let found = captures.iter().position(|capture| *capture == name);
    found.unwrap_or_else(|| panic!("nothing is called {name}")) as u8
}

/// Cuts a quoted message at its holes: `{a}`, `{a.line}`, `{a.text}`. Any other brace is text.
fn message_parts(quoted: &str, captures: &[&str]) -> Message {
    let text = quoted[1..quoted.len() - 1].replace("\\\"", "\"");
    let mut parts = Vec::new();
    let mut rest = text.as_str();
    let mut plain = String::new();
    while let Some(open) = rest.find('{') {
        let (before, from) = rest.split_at(open);
        plain.push_str(before);
        let hole = from.find('}').map(|close| (&from[1..close], &from[close + 1..]));
        let name = hole.map(|(hole, _)| hole.split('.').next().unwrap_or(""));
        match (hole, name) {
            (Some((hole, after)), Some(name)) if captures.contains(&name) => {
                parts.push(Part::Text(std::mem::take(&mut plain)));
                let slot = slot(captures, name);
                parts.push(match hole.split_once('.') {
                    Some((_, "line")) => Part::Line(slot),
                    Some(_) => Part::Source(slot),
                    None => Part::Expression(slot),
                });
                rest = after;
            }
            _ => {
                plain.push('{');
                rest = &from[1..];
            }
        }
    }
    plain.push_str(rest);
    parts.push(Part::Text(plain));
    parts
}
