//! Which values of a code object are one object in CPython, and how often each is referred to.
//!
//! CPython's compiler merges equal constants, tuples of names and tables throughout a file, interns names
//! and strings that look like names, and has single objects for small integers, one-character strings and
//! what is empty. Marshal flags whatever is referred to more than once; what is here says so without
//! reference counts.

use crate::code::flags::CO_OPTIMIZED;
use crate::code::{CodeData, Constant};
use crate::wtf8::Wtf8Buf;
use num_traits::ToPrimitive;
use std::collections::{HashMap, HashSet};

/// What makes two values one object.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Identity {
    /// An interned string.
    Name(Wtf8Buf),
    /// Merged with equal constants.
    Value(Constant),
}

/// Whether a string constant is interned: if it looks like a name, or is a single character of Latin-1.
pub fn is_interned_constant(text: &Wtf8Buf) -> bool {
    let bytes = text.as_bytes();
    bytes.iter().all(|b| b.is_ascii_alphanumeric() || *b == b'_') || is_latin1_character(text)
}

fn is_latin1_character(text: &Wtf8Buf) -> bool {
    let mut points = text.code_points();
    points.next().is_some_and(|p| p < 256) && points.next().is_none()
}

/// Whether all equal values are one object that lives for ever.
pub fn is_immortal(constant: &Constant) -> bool {
    match constant {
        Constant::Int(value) => value.to_i32().is_some_and(|v| (-5..=256).contains(&v)),
        Constant::Bytes(bytes) => bytes.len() <= 1,
        Constant::Tuple(items) => items.is_empty(),
        Constant::Str(text) => is_interned_constant(text),
        _ => false,
    }
}

/// Whether equal constants are one object. CPython interns the names in a frozen set by making the set anew,
/// and the new one is not merged with others.
pub fn is_merged(constant: &Constant) -> bool {
    let is_name = |item: &Constant| matches!(item, Constant::Str(text) if is_interned_constant(text) && !is_latin1_character(text));
    match constant {
        Constant::FrozenSet(items) => !items.iter().any(is_name),
        _ => true,
    }
}

/// How many containers refer to each value.
#[derive(Default, Debug)]
pub struct Shares {
    counts: HashMap<Identity, usize>,
    /// Qualified names of classes: a class body keeps its own as a constant too, and it is the interned
    /// string, with which equal constants are merged.
    qualnames: HashSet<Wtf8Buf>,
}

impl Shares {
    pub fn of(root: &Constant) -> Self {
        let mut shares = Self::default();
        shares.find_qualnames(root);
        shares.visit(root);
        shares
    }

    fn find_qualnames(&mut self, constant: &Constant) {
        match constant {
            Constant::Code(code) => {
                if code.flags & CO_OPTIMIZED == 0 && code.qualname != "<module>" {
                    self.qualnames.insert(code.qualname.clone());
                }
                code.consts.iter().for_each(|constant| self.find_qualnames(constant));
            }
            Constant::Tuple(items) => items.iter().for_each(|item| self.find_qualnames(item)),
            _ => {}
        }
    }

    /// Whether a string constant is an interned string.
    pub fn is_interned(&self, text: &Wtf8Buf) -> bool {
        is_interned_constant(text) || self.qualnames.contains(text)
    }

    pub fn identity(&self, constant: &Constant) -> Identity {
        match constant {
            Constant::Str(text) if self.is_interned(text) => Identity::Name(text.clone()),
            other => Identity::Value(other.clone()),
        }
    }

    pub fn is_shared(&self, identity: &Identity) -> bool {
        self.counts.get(identity).is_some_and(|count| *count > 1)
    }

    /// Counts one reference; whether it is the first.
    fn count(&mut self, identity: Identity) -> bool {
        let count = self.counts.entry(identity).or_default();
        *count += 1;
        *count == 1
    }

    fn count_constant(&mut self, constant: &Constant) -> bool {
        let identity = self.identity(constant);
        self.count(identity)
    }

    fn visit(&mut self, constant: &Constant) {
        match constant {
            Constant::Tuple(items) => {
                if self.count_constant(constant) {
                    items.iter().for_each(|item| self.visit(item));
                }
            }
            Constant::FrozenSet(items) => {
                if self.count_constant(constant) {
                    for item in items.iter() {
                        // The writer holds a second reference while it sorts.
                        self.visit(item);
                        self.count_constant(item);
                    }
                }
            }
            Constant::Code(code) => {
                if self.count_constant(constant) {
                    self.visit_code(code);
                }
            }
            Constant::Int(_)
            | Constant::Float(_)
            | Constant::Complex { .. }
            | Constant::Str(_)
            | Constant::Slice(_)
            | Constant::Bytes(_) => {
                self.count_constant(constant);
            }
            Constant::None | Constant::Ellipsis | Constant::StopIteration | Constant::Bool(_) => {}
        }
    }

    fn visit_code(&mut self, code: &CodeData) {
        self.visit(&Constant::tuple(code.consts.iter().cloned()));
        // The names themselves are interned, so only the tuples count.
        self.count(Identity::Value(names(&code.names)));
        if names_are_merged(code) {
            self.count(Identity::Value(names(&code.localsplusnames)));
        }
        self.visit(&Constant::bytes(&*code.linetable));
        self.visit(&Constant::bytes(&*code.exceptiontable));
    }
}

/// Whether the tuple of a code object's variables is merged with equal ones. That of an annotation scope is
/// not: its parameter gets its name, `format`, when all else is done.
pub fn names_are_merged(code: &CodeData) -> bool {
    !(code.argcount == 1
        && code.posonlyargcount == 1
        && code.kwonlyargcount == 0
        && code.localsplusnames.first().is_some_and(|name| *name == "format"))
}

/// A tuple of names as a constant.
pub fn names(names: &[Wtf8Buf]) -> Constant {
    Constant::tuple(names.iter().cloned().map(Constant::Str))
}
