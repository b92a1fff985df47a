//! Writing marshalled values.

use super::{FLAG_REF, MAX_DEPTH};
use std::collections::HashMap;
use taipan_objects::errors::{self, Exc};
use taipan_objects::prelude::*;
use taipan_objects::protocols::buffer::{self, Buffer};
use taipan_objects::types::code::PyCode;
use taipan_objects::types::complex::PyComplex;
use taipan_objects::types::set::{PyFrozenSet, PySet};
use taipan_objects::types::slice::PySlice;

/// The marshalled form of a value.
pub fn dump(value: &PyObject, version: i32, allow_code: bool) -> PyResult<Vec<u8>> {
    let mut writer = Writer {
        out: Vec::new(),
        refs: HashMap::new(),
        kept: Vec::new(),
        open: Vec::new(),
        version,
        depth: 0,
        allow_code,
    };
    match writer.value(value) {
        Ok(()) => Ok(writer.out),
        Err(Trouble::Raised(raised)) => Err(raised),
        Err(Trouble::Deep) => Err(raised!(ValueError, "object too deeply nested to marshal")),
        Err(Trouble::Unmarshallable) => Err(raised!(ValueError, "unmarshallable object")),
        Err(Trouble::Code) => Err(raised!(ValueError, "marshalling code objects is disallowed")),
    }
}

/// Why a value cannot be written.
enum Trouble {
    Raised(Raised),
    Deep,
    Unmarshallable,
    Code,
}

impl From<Raised> for Trouble {
    fn from(raised: Raised) -> Self {
        Trouble::Raised(raised)
    }
}

type Written = Result<(), Trouble>;

struct Writer {
    out: Vec<u8>,
    /// Indices of values by address.
    refs: HashMap<usize, u32>,
    /// Keeps the addresses from being used again.
    kept: Vec<Obj>,
    /// Addresses of the values being written that cannot be read back before they are whole.
    open: Vec<usize>,
    version: i32,
    depth: usize,
    allow_code: bool,
}

fn is_exact<T: PyType>(value: &PyObject) -> bool {
    value.downcast_exact::<T>().is_some()
}

impl Writer {
    fn i32(&mut self, value: i32) {
        self.out.extend_from_slice(&value.to_le_bytes());
    }

    fn size(&mut self, size: usize) -> Written {
        match i32::try_from(size) {
            Ok(size) => {
                self.i32(size);
                Ok(())
            }
            Err(_) => Err(Trouble::Unmarshallable),
        }
    }

    /// Values that are a type byte and nothing more.
    fn single(&mut self, value: &PyObject) -> bool {
        let byte = if value.is_none() {
            b'N'
        } else if value.is(Exc::StopIteration.type_object()) {
            b'S'
        } else if value.is(&taipan_objects::types::singletons::ellipsis()) {
            b'.'
        } else if value.is(&PyInt::from_bool(false)) {
            b'F'
        } else if value.is(&PyInt::from_bool(true)) {
            b'T'
        } else {
            return false;
        };
        self.out.push(byte);
        true
    }

    fn value(&mut self, value: &PyObject) -> Written {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            self.depth -= 1;
            return Err(Trouble::Deep);
        }
        let written = if self.single(value) { Ok(()) } else { self.shared(value) };
        self.depth -= 1;
        written
    }

    fn shared(&mut self, value: &PyObject) -> Written {
        let mut flag = 0;
        // A value that only its container holds is not met again.
        if self.version >= 3 && value.refcount() > 1 {
            let address = value.as_ptr() as usize;
            if let Some(index) = self.refs.get(&address) {
                let index = *index as i32;
                if self.open.contains(&address) {
                    return Err(Trouble::Unmarshallable);
                }
                self.out.push(b'r');
                self.i32(index);
                return Ok(());
            }
            let index = self.refs.len() as u32;
            self.refs.insert(address, index);
            self.kept.push(value.owned());
            flag = FLAG_REF;
        }
        let whole_first =
            is_exact::<PyCode>(value) || is_exact::<PySlice>(value) || is_exact::<PyFrozenSet>(value);
        if whole_first {
            self.open.push(value.as_ptr() as usize);
        }
        let written = self.contents(value, flag);
        if whole_first {
            self.open.pop();
        }
        written
    }

    fn contents(&mut self, value: &PyObject, flag: u8) -> Written {
        if let Some(int) = value.downcast_exact::<PyInt>() {
            self.int(int, flag)
        } else if let Some(float) = value.downcast_exact::<PyFloat>() {
            self.floats(flag, b'g', b'f', &[float.value()])
        } else if let Some(complex) = value.downcast_exact::<PyComplex>() {
            let (real, imag) = complex.parts();
            self.floats(flag, b'y', b'x', &[real, imag])
        } else if let Some(bytes) = value.downcast_exact::<PyBytes>() {
            self.bytes(bytes.as_slice(), flag)
        } else if let Some(text) = value.downcast_exact::<PyStr>() {
            self.text(text, flag)
        } else if let Some(tuple) = value.downcast_exact::<PyTuple>() {
            self.tuple(tuple, flag)
        } else if let Some(list) = value.downcast_exact::<PyList>() {
            self.out.push(b'[' | flag);
            self.sequence(&list.to_vec())
        } else if let Some(dict) = value.downcast_exact::<PyDict>() {
            self.out.push(b'{' | flag);
            for (key, value) in dict.items_snapshot() {
                self.value(&key)?;
                self.value(&value)?;
            }
            self.out.push(b'0');
            Ok(())
        } else if is_exact::<PySet>(value) {
            self.set(value, b'<' | flag)
        } else if is_exact::<PyFrozenSet>(value) {
            self.set(value, b'>' | flag)
        } else if let Some(code) = value.downcast_exact::<PyCode>() {
            self.code(code, flag)
        } else if let Some(slice) = value.downcast_exact::<PySlice>() {
            if self.version < 5 {
                self.out.push(b'?');
                return Err(Trouble::Unmarshallable);
            }
            self.out.push(b':' | flag);
            self.value(&slice.start)?;
            self.value(&slice.stop)?;
            self.value(&slice.step)
        } else if buffer::is_exporter(value) {
            let bytes = match Buffer::get(value, taipan_abi::PyBUF_SIMPLE) {
                Ok(buffer) => buffer.to_vec(),
                Err(raised) => {
                    errors::clear(raised);
                    return Err(Trouble::Unmarshallable);
                }
            };
            self.bytes(&bytes, flag)
        } else {
            Err(Trouble::Unmarshallable)
        }
    }

    fn int(&mut self, int: &PyInt, flag: u8) -> Written {
        if let Some(small) = int.to_i64().and_then(|value| i32::try_from(value).ok()) {
            self.out.push(b'i' | flag);
            self.i32(small);
            return Ok(());
        }
        self.out.push(b'l' | flag);
        let bytes = magnitude(int)?;
        let bits = int.bit_length() as usize;
        let count = bits.div_ceil(15);
        self.i32(if int.sign() < 0 { -(count as i32) } else { count as i32 });
        for index in 0..count {
            let at = index * 15;
            let mut word = 0u32;
            for offset in 0..3 {
                word |= u32::from(bytes.get(at / 8 + offset).copied().unwrap_or(0)) << (8 * offset);
            }
            let digit = (word >> (at % 8)) & 0x7FFF;
            self.out.extend_from_slice(&(digit as u16).to_le_bytes());
        }
        Ok(())
    }

    /// Doubles as their bits, in old versions as text.
    fn floats(&mut self, flag: u8, binary: u8, textual: u8, values: &[f64]) -> Written {
        if self.version > 1 {
            self.out.push(binary | flag);
            values.iter().for_each(|value| self.out.extend_from_slice(&value.to_le_bytes()));
            return Ok(());
        }
        self.out.push(textual | flag);
        for value in values {
            let text = call::method(&PyFloat::new(*value), intern!("__format__"), &[&PyStr::new(".17g")])?;
            let text = object::str(&text)?.to_string_lossy().into_owned();
            self.out.push(text.len() as u8);
            self.out.extend_from_slice(text.as_bytes());
        }
        Ok(())
    }

    fn bytes(&mut self, bytes: &[u8], flag: u8) -> Written {
        self.out.push(b's' | flag);
        self.size(bytes.len())?;
        self.out.extend_from_slice(bytes);
        Ok(())
    }

    fn text(&mut self, text: &PyStr, flag: u8) -> Written {
        let interned = text.is_interned();
        if self.version >= 4
            && let Some(ascii) = text.as_ascii()
        {
            if let Ok(size) = u8::try_from(ascii.len()) {
                self.out.push(flag | if interned { b'Z' } else { b'z' });
                self.out.push(size);
            } else {
                self.out.push(flag | if interned { b'A' } else { b'a' });
                self.size(ascii.len())?;
            }
            self.out.extend_from_slice(ascii.as_bytes());
            return Ok(());
        }
        let bytes = text.to_wtf8();
        self.out.push(flag | if interned && self.version >= 3 { b't' } else { b'u' });
        self.size(bytes.as_bytes().len())?;
        self.out.extend_from_slice(bytes.as_bytes());
        Ok(())
    }

    fn tuple(&mut self, tuple: &PyTuple, flag: u8) -> Written {
        match u8::try_from(tuple.len()) {
            Ok(size) if self.version >= 4 => self.out.extend_from_slice(&[b')' | flag, size]),
            _ => {
                self.out.push(b'(' | flag);
                self.size(tuple.len())?;
            }
        }
        for item in tuple.as_slice() {
            self.value(item)?;
        }
        Ok(())
    }

    fn sequence(&mut self, items: &[Obj]) -> Written {
        self.size(items.len())?;
        items.iter().try_for_each(|item| self.value(item))
    }

    /// The members in the order of their own marshalled forms, which does not depend on hashes.
    fn set(&mut self, set: &PyObject, head: u8) -> Written {
        self.out.push(head);
        let mut members = Vec::new();
        let size = object::len(set)?;
        for member in iter::collect(set)? {
            let form = dump(&member, self.version, self.allow_code).map_err(|raised| {
                errors::clear(raised);
                Trouble::Unmarshallable
            })?;
            members.push((form, member));
            if object::len(set)? != size {
                return Err(raised!(RuntimeError, "set changed size during iteration").into());
            }
        }
        members.sort_by(|a, b| a.0.cmp(&b.0));
        self.size(members.len())?;
        members.iter().try_for_each(|(_, member)| self.value(member))
    }

    fn code(&mut self, code: &PyCode, flag: u8) -> Written {
        if !self.allow_code {
            return Err(Trouble::Code);
        }
        self.out.push(b'c' | flag);
        let raw = &code.raw;
        for count in
            [raw.co_argcount, raw.co_posonlyargcount, raw.co_kwonlyargcount, raw.co_stacksize, raw.co_flags]
        {
            self.i32(count);
        }
        self.value(&code.code_bytes())?;
        self.value(code.consts())?;
        self.value(code.names())?;
        self.value(code.localsplusnames())?;
        self.bytes(code.localspluskinds(), 0)?;
        self.value(code.filename())?;
        self.value(code.name())?;
        self.value(code.qualname())?;
        self.i32(raw.co_firstlineno);
        self.value(code.linetable())?;
        self.value(code.exceptiontable())
    }
}

/// The magnitude of an integer, lowest byte first.
pub fn magnitude(int: &PyInt) -> PyResult<Vec<u8>> {
    let magnitude = number::absolute(int)?;
    let length = PyInt::from_u64(int.bit_length() / 8 + 1);
    let bytes = call::method(&magnitude, intern!("to_bytes"), &[&length, intern!("little")])?;
    Ok(bytes.downcast::<PyBytes>().map_or_else(Vec::new, |bytes| bytes.as_slice().to_vec()))
}
