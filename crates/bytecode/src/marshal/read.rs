//! Reading marshalled data.

use super::{FLAG_REF, MAX_DEPTH, MarshalError, tag};
use crate::code::{CodeData, Constant};
use crate::wtf8::Wtf8Buf;
use num_bigint::{BigInt, Sign};
use std::sync::Arc;

type Result<T> = std::result::Result<T, MarshalError>;

/// Reads one value. Bytes behind it are ignored, as `marshal.loads` ignores them.
pub fn load(bytes: &[u8]) -> Result<Constant> {
    Reader { rest: bytes, refs: Vec::new(), depth: 0 }.object("object")
}

/// Reads a code object.
pub fn load_code(bytes: &[u8]) -> Result<Arc<CodeData>> {
    match load(bytes)? {
        Constant::Code(code) => Ok(code),
        _ => Err(MarshalError::BadCode("expected a code object")),
    }
}

struct Reader<'a> {
    rest: &'a [u8],
    /// Values that were flagged; `None` while one is being read.
    refs: Vec<Option<Constant>>,
    depth: usize,
}

impl<'a> Reader<'a> {
    fn take(&mut self, count: usize) -> Result<&'a [u8]> {
        let (taken, rest) = self.rest.split_at_checked(count).ok_or(MarshalError::TooShort)?;
        self.rest = rest;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N]> {
        let (taken, rest) = self.rest.split_first_chunk::<N>().ok_or(MarshalError::TooShort)?;
        self.rest = rest;
        Ok(*taken)
    }

    fn byte(&mut self) -> Result<u8> {
        self.array::<1>().map(|[byte]| byte)
    }

    fn i32(&mut self) -> Result<i32> {
        self.array().map(i32::from_le_bytes)
    }

    fn f64(&mut self) -> Result<f64> {
        self.array().map(f64::from_le_bytes)
    }

    fn size(&mut self, what: &'static str) -> Result<usize> {
        usize::try_from(self.i32()?).map_err(|_| MarshalError::SizeOutOfRange(what))
    }

    /// A value; `place` names what it is part of, for the message about a null.
    fn object(&mut self, place: &'static str) -> Result<Constant> {
        let Some((head, rest)) = self.rest.split_first() else { return Err(MarshalError::MissingObject) };
        self.rest = rest;
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(MarshalError::TooDeep);
        }
        let flagged = head & FLAG_REF != 0;
        let kind = head & !FLAG_REF;
        // Containers take their index before their contents do.
        let slot = flagged.then(|| {
            self.refs.push(None);
            self.refs.len() - 1
        });
        let simple = matches!(
            kind,
            tag::NULL | tag::NONE | tag::FALSE | tag::TRUE | tag::STOP_ITERATION | tag::ELLIPSIS | tag::REF
        );
        if simple && slot.is_some() {
            // These are never in the list.
            self.refs.pop();
        }
        let value = self.contents(kind, place)?;
        if let Some(slot) = slot.filter(|_| !simple) {
            self.refs[slot] = Some(value.clone());
        }
        self.depth -= 1;
        Ok(value)
    }

    fn contents(&mut self, kind: u8, place: &'static str) -> Result<Constant> {
        Ok(match kind {
            tag::NULL => return Err(MarshalError::Null(place)),
            tag::NONE => Constant::None,
            tag::FALSE => Constant::Bool(false),
            tag::TRUE => Constant::Bool(true),
            tag::STOP_ITERATION => Constant::StopIteration,
            tag::ELLIPSIS => Constant::Ellipsis,
            tag::INT => Constant::Int(self.i32()?.into()),
            tag::LONG => Constant::Int(self.long()?),
            tag::FLOAT => Constant::Float(self.f64()?),
            tag::FLOAT_TEXT => Constant::Float(self.float_text()?),
            tag::COMPLEX => Constant::Complex { real: self.f64()?, imag: self.f64()? },
            tag::COMPLEX_TEXT => Constant::Complex { real: self.float_text()?, imag: self.float_text()? },
            tag::BYTES => {
                let size = self.size("bytes object")?;
                Constant::bytes(self.take(size)?)
            }
            tag::ASCII | tag::ASCII_INTERNED => {
                let size = self.size("string")?;
                Constant::Str(latin1(self.take(size)?))
            }
            tag::SHORT_ASCII | tag::SHORT_ASCII_INTERNED => {
                let size = usize::from(self.byte()?);
                Constant::Str(latin1(self.take(size)?))
            }
            tag::UNICODE | tag::INTERNED => {
                let size = self.size("string")?;
                let bytes = self.take(size)?;
                Constant::Str(Wtf8Buf::from_wtf8(bytes).ok_or(MarshalError::BadUtf8)?)
            }
            tag::TUPLE => {
                let size = self.size("tuple")?;
                Constant::Tuple(self.items(size, "tuple")?.into())
            }
            tag::SMALL_TUPLE => {
                let size = usize::from(self.byte()?);
                Constant::Tuple(self.items(size, "tuple")?.into())
            }
            tag::FROZENSET => {
                let size = self.size("set")?;
                Constant::frozen_set(self.items(size, "set")?)
            }
            tag::SLICE => {
                let parts = [self.object("slice")?, self.object("slice")?, self.object("slice")?];
                Constant::Slice(Arc::new(parts))
            }
            tag::CODE => Constant::Code(Arc::new(self.code()?)),
            tag::REF => {
                let index = usize::try_from(self.i32()?).map_err(|_| MarshalError::InvalidReference)?;
                self.refs.get(index).cloned().flatten().ok_or(MarshalError::InvalidReference)?
            }
            tag::LIST | tag::DICT | tag::SET | tag::UNKNOWN => return Err(MarshalError::NotAConstant),
            _ => return Err(MarshalError::UnknownType),
        })
    }

    fn items(&mut self, count: usize, place: &'static str) -> Result<Vec<Constant>> {
        // Each takes a byte at least, so a size that lies cannot make us reserve memory.
        let mut items = Vec::with_capacity(count.min(self.rest.len()));
        for _ in 0..count {
            items.push(self.object(place)?);
        }
        Ok(items)
    }

    /// Digits of fifteen bits, lowest first; the sign is that of their number.
    fn long(&mut self) -> Result<BigInt> {
        let count = self.i32()?;
        if count == i32::MIN {
            return Err(MarshalError::SizeOutOfRange("long"));
        }
        let mut words = Vec::new();
        let mut buffer = 0_u64;
        let mut bits = 0;
        let mut last = 1;
        for _ in 0..count.unsigned_abs() {
            last = u16::from_le_bytes(self.array()?);
            if last > 0x7FFF {
                return Err(MarshalError::DigitOutOfRange);
            }
            buffer |= u64::from(last) << bits;
            bits += 15;
            if bits >= 32 {
                words.push(buffer as u32);
                buffer >>= 32;
                bits -= 32;
            }
        }
        if last == 0 {
            return Err(MarshalError::UnnormalizedLong);
        }
        words.push(buffer as u32);
        Ok(BigInt::from_slice(if count < 0 { Sign::Minus } else { Sign::Plus }, &words))
    }

    fn float_text(&mut self) -> Result<f64> {
        let size = usize::from(self.byte()?);
        let text = String::from_utf8_lossy(self.take(size)?).into_owned();
        text.parse().map_err(|_| MarshalError::BadFloat(text))
    }

    fn count(&mut self, what: &'static str) -> Result<u32> {
        u32::try_from(self.i32()?).map_err(|_| MarshalError::BadCode(what))
    }

    fn bytes(&mut self, what: &'static str) -> Result<Box<[u8]>> {
        match self.object("code object")? {
            Constant::Bytes(bytes) => Ok((&*bytes).into()),
            _ => Err(MarshalError::BadCode(what)),
        }
    }

    fn text(&mut self, what: &'static str) -> Result<Wtf8Buf> {
        match self.object("code object")? {
            Constant::Str(text) => Ok(text),
            _ => Err(MarshalError::BadCode(what)),
        }
    }

    fn names(&mut self, what: &'static str) -> Result<Box<[Wtf8Buf]>> {
        let Constant::Tuple(items) = self.object("code object")? else {
            return Err(MarshalError::BadCode(what));
        };
        items
            .iter()
            .map(|item| match item {
                Constant::Str(text) => Ok(text.clone()),
                _ => Err(MarshalError::BadCode(what)),
            })
            .collect()
    }

    fn code(&mut self) -> Result<CodeData> {
        let code = CodeData {
            argcount: self.count("argcount must not be negative")?,
            posonlyargcount: self.count("posonlyargcount must not be negative")?,
            kwonlyargcount: self.count("kwonlyargcount must not be negative")?,
            stacksize: self.count("stacksize must not be negative")?,
            flags: self.i32()? as u32,
            code: self.bytes("co_code must be bytes")?,
            consts: match self.object("code object")? {
                Constant::Tuple(items) => (&*items).into(),
                _ => return Err(MarshalError::BadCode("co_consts must be a tuple")),
            },
            names: self.names("co_names must be a tuple of strings")?,
            localsplusnames: self.names("co_localsplusnames must be a tuple of strings")?,
            localspluskinds: self.bytes("co_localspluskinds must be bytes")?,
            filename: self.text("co_filename must be a string")?,
            name: self.text("co_name must be a string")?,
            qualname: self.text("co_qualname must be a string")?,
            firstlineno: self.i32()?,
            linetable: self.bytes("co_linetable must be bytes")?,
            exceptiontable: self.bytes("co_exceptiontable must be bytes")?,
        };
        if code.localsplusnames.len() != code.localspluskinds.len() {
            return Err(MarshalError::BadCode("co_localspluskinds does not fit co_localsplusnames"));
        }
        Ok(code)
    }
}

/// A string whose code points are the bytes.
fn latin1(bytes: &[u8]) -> Wtf8Buf {
    bytes.iter().map(|b| char::from(*b)).collect::<String>().into()
}
