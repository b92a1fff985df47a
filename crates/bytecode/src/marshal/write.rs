//! Writing marshalled data.

use super::shared::{Identity, Shares, is_immortal, is_merged, names, names_are_merged};
use super::{FLAG_REF, tag};
use crate::code::{CodeData, Constant};
use crate::wtf8::Wtf8Buf;
use num_bigint::{BigInt, Sign};
use num_traits::ToPrimitive;
use std::collections::HashMap;
use std::sync::Arc;

/// The marshalled form of a constant.
pub fn dump(constant: &Constant) -> Vec<u8> {
    dump_with(constant, &Shares::of(constant))
}

fn dump_with(constant: &Constant, shares: &Shares) -> Vec<u8> {
    let mut writer = Writer { out: Vec::new(), refs: HashMap::new(), next_ref: 0, shares };
    writer.object(constant, true);
    writer.out
}

/// The marshalled form of a code object: what follows the header of a `.pyc` file.
pub fn dump_code(code: &Arc<CodeData>) -> Vec<u8> {
    dump(&Constant::Code(Arc::clone(code)))
}

/// The values that are a type byte and nothing more, which no reference is shorter than.
fn is_single_byte(constant: &Constant) -> bool {
    matches!(constant, Constant::None | Constant::Ellipsis | Constant::StopIteration | Constant::Bool(_))
}

struct Writer<'a> {
    out: Vec<u8>,
    refs: HashMap<Identity, u32>,
    /// Indices are also given to values that nothing refers to again.
    next_ref: u32,
    shares: &'a Shares,
}

impl Writer<'_> {
    fn i32(&mut self, value: i32) {
        self.out.extend_from_slice(&value.to_le_bytes());
    }

    fn u32(&mut self, value: u32) {
        self.out.extend_from_slice(&value.to_le_bytes());
    }

    /// Writes a reference if the value has been written, otherwise gives it an index and returns the flag
    /// for its type byte.
    fn reference(&mut self, identity: Identity) -> Option<u8> {
        if let Some(index) = self.refs.get(&identity) {
            let index = *index;
            self.out.push(tag::REF);
            self.u32(index);
            return None;
        }
        self.refs.insert(identity, self.next_ref);
        self.next_ref += 1;
        Some(FLAG_REF)
    }

    /// `held`: something beside the containers counted holds the value.
    fn object(&mut self, constant: &Constant, held: bool) {
        let id = self.shares.identity(constant);
        let merged = is_merged(constant) && self.shares.is_shared(&id);
        let mut flag = 0;
        if !is_single_byte(constant)
            && (held || merged || is_immortal(constant) || matches!(id, Identity::Name(_)))
        {
            match self.reference(id) {
                Some(f) => flag = f,
                None => return,
            }
        }
        self.contents(constant, flag);
    }

    fn contents(&mut self, constant: &Constant, flag: u8) {
        match constant {
            Constant::None => self.out.push(tag::NONE),
            Constant::Ellipsis => self.out.push(tag::ELLIPSIS),
            Constant::StopIteration => self.out.push(tag::STOP_ITERATION),
            Constant::Bool(false) => self.out.push(tag::FALSE),
            Constant::Bool(true) => self.out.push(tag::TRUE),
            Constant::Int(value) => self.int(value, flag),
            Constant::Float(value) => {
                self.out.push(tag::FLOAT | flag);
                self.out.extend_from_slice(&value.to_le_bytes());
            }
            Constant::Complex { real, imag } => {
                self.out.push(tag::COMPLEX | flag);
                self.out.extend_from_slice(&real.to_le_bytes());
                self.out.extend_from_slice(&imag.to_le_bytes());
            }
            Constant::Str(text) => {
                let interned = self.shares.is_interned(text);
                self.text(text, interned, flag);
            }
            Constant::Bytes(bytes) => self.bytes(bytes, flag),
            Constant::Tuple(items) => {
                match u8::try_from(items.len()) {
                    Ok(size) => self.out.extend_from_slice(&[tag::SMALL_TUPLE | flag, size]),
                    Err(_) => {
                        self.out.push(tag::TUPLE | flag);
                        self.u32(items.len() as u32);
                    }
                }
                for item in items.iter() {
                    self.object(item, false);
                }
            }
            Constant::FrozenSet(items) => {
                self.out.push(tag::FROZENSET | flag);
                self.u32(items.len() as u32);
                // In the order of the elements' own marshalled forms, whatever the order of their hashes.
                let mut sorted: Vec<(Vec<u8>, &Constant)> =
                    items.iter().map(|item| (dump_with(item, self.shares), item)).collect();
                sorted.sort_by(|a, b| a.0.cmp(&b.0));
                for (_, item) in sorted {
                    self.object(item, true);
                }
            }
            Constant::Slice(parts) => {
                self.out.push(tag::SLICE | flag);
                // The parts are not merged with equal constants.
                for part in parts.iter() {
                    if is_immortal(part) {
                        self.object(part, false);
                    } else {
                        self.contents(part, 0);
                    }
                }
            }
            Constant::Code(code) => self.code(code, flag),
        }
    }

    fn int(&mut self, value: &BigInt, flag: u8) {
        if let Some(small) = value.to_i32() {
            self.out.push(tag::INT | flag);
            self.i32(small);
            return;
        }
        self.out.push(tag::LONG | flag);
        let mut digits: Vec<u16> = Vec::new();
        let mut buffer = 0_u64;
        let mut bits = 0;
        for word in value.magnitude().iter_u32_digits() {
            buffer |= u64::from(word) << bits;
            bits += 32;
            while bits >= 15 {
                digits.push((buffer & 0x7FFF) as u16);
                buffer >>= 15;
                bits -= 15;
            }
        }
        digits.push(buffer as u16);
        while digits.last() == Some(&0) {
            digits.pop();
        }
        let count = digits.len() as i32;
        self.i32(if value.sign() == Sign::Minus { -count } else { count });
        for digit in digits {
            self.out.extend_from_slice(&digit.to_le_bytes());
        }
    }

    fn text(&mut self, text: &Wtf8Buf, interned: bool, flag: u8) {
        let bytes = text.as_bytes();
        if text.is_ascii() {
            if let Ok(size) = u8::try_from(bytes.len()) {
                let kind = if interned { tag::SHORT_ASCII_INTERNED } else { tag::SHORT_ASCII };
                self.out.extend_from_slice(&[kind | flag, size]);
            } else {
                self.out.push(flag | if interned { tag::ASCII_INTERNED } else { tag::ASCII });
                self.u32(bytes.len() as u32);
            }
        } else {
            self.out.push(flag | if interned { tag::INTERNED } else { tag::UNICODE });
            self.u32(bytes.len() as u32);
        }
        self.out.extend_from_slice(bytes);
    }

    fn bytes(&mut self, bytes: &[u8], flag: u8) {
        self.out.push(tag::BYTES | flag);
        self.u32(bytes.len() as u32);
        self.out.extend_from_slice(bytes);
    }

    /// An interned string.
    fn name(&mut self, name: &Wtf8Buf) {
        if let Some(flag) = self.reference(Identity::Name(name.clone())) {
            self.text(name, true, flag);
        }
    }

    fn names(&mut self, list: &[Wtf8Buf], merged: bool) {
        let constant = names(list);
        let id = Identity::Value(constant);
        let mut flag = 0;
        if list.is_empty() || merged && self.shares.is_shared(&id) {
            match self.reference(id) {
                Some(f) => flag = f,
                None => return,
            }
        }
        match u8::try_from(list.len()) {
            Ok(size) => self.out.extend_from_slice(&[tag::SMALL_TUPLE | flag, size]),
            Err(_) => {
                self.out.push(tag::TUPLE | flag);
                self.u32(list.len() as u32);
            }
        }
        for name in list {
            self.name(name);
        }
    }

    fn code(&mut self, code: &CodeData, flag: u8) {
        self.out.push(tag::CODE | flag);
        for count in [code.argcount, code.posonlyargcount, code.kwonlyargcount, code.stacksize, code.flags] {
            self.u32(count);
        }
        // The code's bytes are made for the occasion and kept, so they are flagged but never shared.
        self.next_ref += 1;
        self.bytes(&code.code, FLAG_REF);
        self.object(&Constant::tuple(code.consts.iter().cloned()), false);
        self.names(&code.names, true);
        self.names(&code.localsplusnames, names_are_merged(code));
        // Made without a look at the single objects for one byte, and not merged.
        if code.localspluskinds.is_empty() {
            self.object(&Constant::bytes(&*code.localspluskinds), false);
        } else {
            self.bytes(&code.localspluskinds, 0);
        }
        self.name(&code.filename);
        self.name(&code.name);
        self.name(&code.qualname);
        self.i32(code.firstlineno);
        self.object(&Constant::bytes(&*code.linetable), false);
        self.object(&Constant::bytes(&*code.exceptiontable), false);
    }
}
