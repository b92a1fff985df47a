//! The encodings of the system's texts: that of file names, arguments and the environment, fixed when the program
//! starts, and that of the locale in force. Bytes outside an encoding become lone surrogates and back (PEP 383).

use crate::model::{Py, PyResult, thread};
use crate::types::str::{PyStr, encode_error};
use crate::with_units;
use std::sync::OnceLock;
use taipan_host::charsets::Charset;
use taipan_host::locale;
use taipan_kernels::codecs::{CodecError, handlers, utf8};
use taipan_kernels::text::TextBuilder;

/// An encoding in which ASCII stands for itself.
#[derive(Debug)]
pub enum Encoding {
    Utf8,
    Ascii,
    Latin1,
    /// That of a locale.
    Locale {
        charset: Charset,
        /// Python's name of the codec, known once the codecs are there.
        name: OnceLock<String>,
    },
}

/// `CODESET`
const CODESET: i32 = 14;

impl Encoding {
    /// The encoding of the locale in force. `kept`: also after another locale is set.
    pub fn of_locale(kept: bool) -> Encoding {
        let charset = || if kept { Charset::kept() } else { Some(Charset::CURRENT) };
        match &locale::information(CODESET).to_ascii_uppercase()[..] {
            b"" | b"UTF-8" => Encoding::Utf8,
            b"ANSI_X3.4-1968" => Encoding::Ascii,
            b"ISO-8859-1" => Encoding::Latin1,
            _ => charset()
                .map_or(Encoding::Utf8, |charset| Encoding::Locale { charset, name: OnceLock::new() }),
        }
    }

    /// Python's name of the codec; `None` before the codec was asked.
    pub fn name(&self) -> Option<&str> {
        match self {
            Encoding::Utf8 => Some("utf-8"),
            Encoding::Ascii => Some("ascii"),
            Encoding::Latin1 => Some("iso8859-1"),
            Encoding::Locale { name, .. } => name.get().map(String::as_str),
        }
    }

    fn decode(&self, bytes: &[u8]) -> Py<PyStr> {
        let mut builder = TextBuilder::with_capacity(bytes.len());
        match self {
            Encoding::Utf8 => {
                let mut at = 0;
                while let Err(error) = utf8::decode(bytes, at, true, &mut builder) {
                    bytes[error.start..error.end].iter().for_each(|&byte| builder.push(escaped(byte)));
                    at = error.end;
                }
            }
            Encoding::Ascii => bytes.iter().for_each(|&byte| {
                builder.push(if byte.is_ascii() { byte.into() } else { escaped(byte) });
            }),
            Encoding::Latin1 => return PyStr::from_latin1(bytes),
            Encoding::Locale { charset, .. } => {
                charset.decode(bytes, |found| builder.push(found.unwrap_or_else(escaped)));
            }
        }
        PyStr::from_builder(builder)
    }

    fn encode(&self, text: &PyStr) -> PyResult<Vec<u8>> {
        with_units!(text.units(), u => {
            let mut out = Vec::with_capacity(u.len());
            let mut at = 0;
            while let Err(error) = self.encode_some(u, at, &mut out) {
                match handlers::surrogateescape_encode(&u[error.start..error.end]) {
                    Some(bytes) => out.extend_from_slice(&bytes),
                    None => return Err(encode_error(self.name_in_errors(), text, &error)),
                }
                at = error.end;
            }
            Ok(out)
        })
    }

    /// Encodes from `at` on; the error spans what the encoding does not have.
    fn encode_some<C: Copy + Into<u32>>(
        &self,
        text: &[C],
        at: usize,
        out: &mut Vec<u8>,
    ) -> Result<(), CodecError> {
        if matches!(self, Encoding::Utf8) {
            return utf8::encode(text, at, out);
        }
        let mut encode = |point: u32| {
            match self {
                Encoding::Ascii if point < 0x80 => out.push(point as u8),
                Encoding::Latin1 if point < 0x100 => out.push(point as u8),
                Encoding::Locale { charset, .. } => out.extend_from_slice(&charset.encode(point)?),
                _ => return None,
            }
            Some(())
        };
        let Some(start) = (at..text.len()).find(|&index| encode(text[index].into()).is_none()) else {
            return Ok(());
        };
        let reason = match self {
            Encoding::Ascii => "ordinal not in range(128)",
            Encoding::Latin1 => "ordinal not in range(256)",
            _ => "illegal multibyte sequence",
        };
        Err(CodecError { start, end: start + 1, reason })
    }

    /// What the codec calls itself in errors.
    fn name_in_errors(&self) -> &str {
        match self {
            Encoding::Latin1 => "latin-1",
            other => other.name().unwrap_or("locale"),
        }
    }
}

/// The lone surrogate that stands for a byte.
fn escaped(byte: u8) -> u32 {
    0xdc00 + u32::from(byte)
}

/// How file names are encoded.
pub fn of_file_names() -> &'static Encoding {
    thread::process().file_names.get().unwrap_or(&Encoding::Utf8)
}

impl PyStr {
    /// Decodes what the system calls by a name: file names, arguments, the environment.
    pub fn decode_fs(bytes: &[u8]) -> Py<PyStr> {
        if bytes.is_ascii() { PyStr::from_ascii(bytes) } else { of_file_names().decode(bytes) }
    }

    /// Encodes for the file system; `UnicodeEncodeError` for what its encoding does not have.
    pub fn encode_fs(&self) -> PyResult<Vec<u8>> {
        match self.as_ascii() {
            Some(text) => Ok(text.as_bytes().to_vec()),
            None => of_file_names().encode(self),
        }
    }

    /// Decodes a text of the locale in force.
    pub fn decode_locale(bytes: &[u8]) -> Py<PyStr> {
        if bytes.is_ascii() { PyStr::from_ascii(bytes) } else { Encoding::of_locale(false).decode(bytes) }
    }

    /// Encodes for the locale in force; `UnicodeEncodeError` for what its encoding does not have.
    pub fn encode_locale(&self) -> PyResult<Vec<u8>> {
        match self.as_ascii() {
            Some(text) => Ok(text.as_bytes().to_vec()),
            None => Encoding::of_locale(false).encode(self),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::with_interpreter;

    /// What the encoding makes of bytes, as numbers, and whether they come back.
    fn decoded(encoding: &Encoding, bytes: &[u8]) -> Vec<u32> {
        let text = encoding.decode(bytes);
        assert_eq!(encoding.encode(&text).ok().as_deref(), Some(bytes));
        text.units().to_code_points()
    }

    #[test]
    fn bytes_outside_an_encoding_come_back() {
        with_interpreter(|| {
            assert_eq!(decoded(&Encoding::Utf8, b"a\xc3\xa9\xff"), [0x61, 0xe9, 0xdcff]);
            assert_eq!(decoded(&Encoding::Ascii, b"a\xc3\xa9"), [0x61, 0xdcc3, 0xdca9]);
            assert_eq!(decoded(&Encoding::Latin1, b"a\xc3\xa9"), [0x61, 0xc3, 0xa9]);
            for (encoding, missing) in [(&Encoding::Ascii, 0xe9), (&Encoding::Latin1, 0x20ac)] {
                let raised = encoding.encode(&PyStr::from_code_points(&[0x61, missing])).unwrap_err();
                assert!(crate::errors::matches(&raised, crate::errors::Exc::UnicodeEncodeError));
                crate::errors::clear(raised);
            }
        });
    }
}
