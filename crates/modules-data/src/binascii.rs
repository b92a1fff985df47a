//! `binascii`: bytes as printable characters and back; checksums.

use taipan_macros::pymodule;
use taipan_objects::codecs::bytes_like;
use taipan_objects::errors;
use taipan_objects::model::thread;
use taipan_objects::prelude::*;
use taipan_objects::protocols::buffer;
use taipan_objects::types::bytelike::hex_pairs;

/// The exception types of an interpreter.
#[derive(Default)]
struct State {
    error: ObjCell,
    incomplete: ObjCell,
}

fn exception(cell: &'static ObjCell, name: &str, base: Exc) -> PyResult {
    if let Some(class) = cell.get() {
        return Ok(class);
    }
    let dict = PyDict::new();
    dict.set_item(intern!("__module__"), intern!("binascii"))?;
    let class = taipan_objects::types::r#type::new_heap_type(name, base.type_object(), &dict)?;
    cell.set(Some(class.clone()));
    Ok(class)
}

fn state() -> &'static State {
    thread::current().interpreter().extension::<State>()
}

fn error_type() -> PyResult {
    exception(&state().error, "Error", Exc::ValueError)
}

fn incomplete_type() -> PyResult {
    exception(&state().incomplete, "Incomplete", Exc::Exception)
}

#[cold]
fn error(message: &str) -> Raised {
    match error_type() {
        Ok(class) => match class.downcast::<TypeObject>() {
            Some(class) => errors::set_object(class, &PyStr::new(message)),
            None => raised!(SystemError, "binascii.Error is no type"),
        },
        Err(raised) => raised,
    }
}

/// The bytes of a buffer.
fn data(object: &PyObject) -> PyResult<Vec<u8>> {
    Ok(bytes_like(object)?.as_slice().to_vec())
}

/// The bytes of a buffer or of an ASCII string.
fn ascii_data(object: &PyObject) -> PyResult<Vec<u8>> {
    if let Some(text) = object.downcast::<PyStr>() {
        return match text.as_ascii() {
            Some(text) => Ok(text.as_bytes().to_vec()),
            None => Err(raised!(ValueError, "string argument should contain only ASCII characters")),
        };
    }
    if !buffer::is_exporter(object) {
        return Err(raised!(
            TypeError,
            "argument should be bytes, buffer or ASCII string, not '{}'",
            object.class().name()
        ));
    }
    data(object)
}

const BASE64: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

fn encode_base64(data: &[u8], newline: bool) -> Vec<u8> {
    let letter = |bits: u32, place: u32| BASE64[(bits >> (18 - 6 * place) & 63) as usize];
    let mut out = vec![b'='; data.len().div_ceil(3) * 4 + usize::from(newline)];
    let groups = data.chunks_exact(3);
    let rest = groups.remainder();
    let mut quads = out.chunks_exact_mut(4);
    for (group, quad) in groups.zip(&mut quads) {
        let bits = u32::from_be_bytes([0, group[0], group[1], group[2]]);
        quad.copy_from_slice(&[letter(bits, 0), letter(bits, 1), letter(bits, 2), letter(bits, 3)]);
    }
    if let (false, Some(quad)) = (rest.is_empty(), quads.next()) {
        let bits = u32::from_be_bytes([0, rest[0], rest.get(1).copied().unwrap_or(0), 0]);
        for (place, out) in quad.iter_mut().enumerate().take(rest.len() + 1) {
            *out = letter(bits, place as u32);
        }
    }
    if newline && let Some(last) = out.last_mut() {
        *last = b'\n';
    }
    out
}

/// What is no digit in a table of digit values.
const NO_DIGIT: u8 = 0xff;

/// The value of each base64 letter.
const BASE64_VALUES: [u8; 256] = {
    let mut table = [NO_DIGIT; 256];
    let mut value = 0;
    while value < 64 {
        table[BASE64[value] as usize] = value as u8;
        value += 1;
    }
    table
};

/// Decodes letters four at a time up to the first group with anything else in it; how many were decoded.
fn decode_base64_groups(data: &[u8], out: &mut Vec<u8>) -> usize {
    let mut done = 0;
    for group in data.chunks_exact(4) {
        let values = [0, 1, 2, 3].map(|i: usize| BASE64_VALUES[group[i] as usize]);
        if values.iter().fold(0, |all, value| all | value) > 63 {
            break;
        }
        let bits = values.iter().fold(0u32, |bits, &value| bits << 6 | u32::from(value));
        out.extend_from_slice(&bits.to_be_bytes()[1..]);
        done += 4;
    }
    done
}

#[inline]
fn base64_value(c: u8) -> Option<u8> {
    Some(BASE64_VALUES[c as usize]).filter(|&value| value != NO_DIGIT)
}

fn decode_base64(data: &[u8], strict: bool) -> PyResult<Vec<u8>> {
    let mut out = Vec::with_capacity(data.len() / 4 * 3 + 3);
    if strict && data.first() == Some(&b'=') {
        return Err(error("Leading padding not allowed"));
    }
    let (mut quad, mut left, mut pads, mut padding_begun) = (0u8, 0u8, 0u8, false);
    let mut at = 0;
    while at < data.len() {
        if quad == 0 && !padding_begun {
            let whole = decode_base64_groups(&data[at..], &mut out);
            pads = if whole > 0 { 0 } else { pads };
            at += whole;
        }
        let Some(&c) = data.get(at) else { break };
        let i = at;
        at += 1;
        if c == b'=' {
            padding_begun |= quad >= 2;
            if strict && quad == 0 {
                return Err(error("Excess padding not allowed"));
            }
            if quad >= 2 {
                pads = pads.saturating_add(1);
            }
            if strict && quad >= 2 && quad + pads >= 4 {
                return match data.get(i + 1) {
                    None => Ok(out),
                    Some(b'=') => Err(error("Excess padding not allowed")),
                    Some(&c) if base64_value(c).is_none() => Err(error("Only base64 data is allowed")),
                    Some(_) => Err(error("Excess data after padding")),
                };
            }
            continue;
        }
        let Some(value) = base64_value(c) else {
            if strict {
                return Err(error("Only base64 data is allowed"));
            }
            continue;
        };
        if strict && padding_begun {
            return Err(error("Discontinuous padding not allowed"));
        }
        pads = 0;
        match quad {
            0 => {
                quad = 1;
                left = value;
            }
            1 => {
                quad = 2;
                out.push(left << 2 | value >> 4);
                left = value & 0x0f;
            }
            2 => {
                quad = 3;
                out.push(left << 4 | value >> 2);
                left = value & 0x03;
            }
            _ => {
                quad = 0;
                out.push(left << 6 | value);
                left = 0;
            }
        }
    }
    match quad {
        0 => Ok(out),
        1 => Err(error(&format!(
            "Invalid base64-encoded string: number of data characters ({}) cannot be 1 more than a multiple of 4",
            out.len() / 3 * 4 + 1
        ))),
        _ if quad + pads >= 4 => Ok(out),
        _ => Err(error("Incorrect padding")),
    }
}

fn decode_hex(text: &[u8]) -> PyResult<Vec<u8>> {
    if !text.len().is_multiple_of(2) {
        return Err(error("Odd-length string"));
    }
    hex_pairs(text).ok_or_else(|| error("Non-hexadecimal digit found"))
}

/// Uuencoding: the length, then six bits a character.
fn decode_uu(line: &[u8]) -> PyResult<Vec<u8>> {
    let Some((&first, mut rest)) = line.split_first() else { return Err(error("Missing length byte")) };
    let length = (first.wrapping_sub(b' ') & 0x3f) as usize;
    let mut out = Vec::with_capacity(length);
    let (mut bits, mut left) = (0u32, 0u32);
    while out.len() < length {
        // A line may be cut short where spaces stood at its end.
        let value = match rest.split_first() {
            None => 0,
            Some((b'\n' | b'\r', _)) => 0,
            Some((&c, _)) if !(b' '..=b' ' + 64).contains(&c) => return Err(error("Illegal char")),
            Some((&c, _)) => (c - b' ') & 0x3f,
        };
        rest = rest.get(1..).unwrap_or_default();
        left = left << 6 | value as u32;
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            out.push((left >> bits) as u8);
            left &= (1 << bits) - 1;
        }
    }
    if rest.iter().any(|c| !matches!(c, b' ' | b'`' | b'\n' | b'\r')) {
        return Err(error("Trailing garbage"));
    }
    Ok(out)
}

fn encode_uu(data: &[u8], backtick: bool) -> PyResult<Vec<u8>> {
    if data.len() > 45 {
        return Err(error("At most 45 bytes at once"));
    }
    let character = |value: u32| if value == 0 && backtick { b'`' } else { b' ' + value as u8 };
    let mut out = vec![character(data.len() as u32)];
    for group in data.chunks(3) {
        let bits = group.iter().fold(0u32, |bits, &byte| bits << 8 | byte as u32) << (8 * (3 - group.len()));
        (0..4).for_each(|i| out.push(character(bits >> (18 - 6 * i) & 63)));
    }
    out.push(b'\n');
    Ok(out)
}

/// CRC-CCITT, as BinHex uses it.
fn crc_ccitt(data: &[u8], crc: u32) -> u32 {
    data.iter().fold(crc & 0xffff, |crc, &byte| {
        (0..8).fold(crc ^ (byte as u32) << 8, |crc, _| {
            (if crc & 0x8000 != 0 { crc << 1 ^ 0x1021 } else { crc << 1 }) & 0xffff
        })
    })
}

/// Quoted-printable to bytes; in a header `_` is a space.
fn decode_qp(data: &[u8], header: bool) -> Vec<u8> {
    let digit = |i: usize| data.get(i).and_then(|&c| (c as char).to_digit(16));
    let mut out = Vec::with_capacity(data.len());
    let mut at = 0;
    while let Some(&c) = data.get(at) {
        if c == b'=' {
            at += 1;
            match data.get(at) {
                None => break,
                // A soft line break: nothing up to the end of the line.
                Some(b'\n' | b'\r') => {
                    if data[at] != b'\n' {
                        while at < data.len() && data[at] != b'\n' {
                            at += 1;
                        }
                    }
                    at += (at < data.len()) as usize;
                }
                Some(b'=') => {
                    out.push(b'=');
                    at += 1;
                }
                Some(_) => match (digit(at), digit(at + 1)) {
                    (Some(high), Some(low)) => {
                        out.push((high << 4 | low) as u8);
                        at += 2;
                    }
                    _ => out.push(b'='),
                },
            }
        } else {
            out.push(if header && c == b'_' { b' ' } else { c });
            at += 1;
        }
    }
    out
}

/// The longest line of quoted-printable text, without its end.
const QP_LINE: usize = 76;

/// How `b2a_qp` encodes.
struct QpRules {
    quote_tabs: bool,
    is_text: bool,
    header: bool,
}

impl QpRules {
    /// Whether the byte at `at` must be written as `=XX`; `line` is how much stands on the line.
    fn must_quote(&self, data: &[u8], at: usize, line: usize) -> bool {
        let c = data[at];
        let next = data.get(at + 1).copied();
        let ends_line = next.is_none_or(|next| next == b'\n')
            || (next == Some(b'\r') && data.get(at + 2) == Some(&b'\n'));
        c > b'~'
            || c == b'='
            || (self.header && c == b'_')
            || (c == b'.' && line == 0 && next.is_none_or(|next| matches!(next, b'\n' | b'\r' | 0)))
            || (!self.is_text && matches!(c, b'\r' | b'\n'))
            || (matches!(c, b'\t' | b' ')
                && ends_line
                && (self.is_text || next.is_none())
                && !self.is_header_space(c))
            || (c < b'!' && !matches!(c, b'\r' | b'\n' | b'\t' | b' '))
            || (c < b'!' && !matches!(c, b'\r' | b'\n') && self.quote_tabs && !self.is_header_space(c))
    }

    fn is_header_space(&self, c: u8) -> bool {
        self.header && c == b' ' && !self.quote_tabs
    }
}

fn encode_qp(data: &[u8], rules: &QpRules) -> Vec<u8> {
    // Lines end as the first one does.
    let crlf = data.iter().position(|&c| c == b'\n').is_some_and(|at| at > 0 && data[at - 1] == b'\r');
    let end: &[u8] = if crlf { b"\r\n" } else { b"\n" };
    let mut out = Vec::with_capacity(data.len() * 2);
    let (mut at, mut line) = (0, 0);
    while at < data.len() {
        let c = data[at];
        if rules.must_quote(data, at, line) {
            if line + 3 >= QP_LINE {
                out.push(b'=');
                out.extend_from_slice(end);
                line = 0;
            }
            out.extend_from_slice(format!("={c:02X}").as_bytes());
            line += 3;
            at += 1;
            continue;
        }
        if rules.is_text && (c == b'\n' || (c == b'\r' && data.get(at + 1) == Some(&b'\n'))) {
            line = 0;
            out.extend_from_slice(end);
            at += if c == b'\r' { 2 } else { 1 };
            continue;
        }
        let line_ends_next = data.get(at + 1).is_none_or(|&next| next == b'\n');
        if !line_ends_next && line + 1 >= QP_LINE {
            out.push(b'=');
            out.extend_from_slice(end);
            line = 0;
        }
        line += 1;
        out.push(if rules.header && c == b' ' { b'_' } else { c });
        at += 1;
    }
    out
}

/// Conversion between binary data and ASCII
#[pymodule(name = "binascii")]
pub mod module {
    use super::*;
    use taipan_objects::model::args::OptArg;
    use taipan_objects::types::bytelike::to_hex;

    fn bytes(data: &[u8]) -> PyResult<Py<PyBytes>> {
        Ok(PyBytes::new(data))
    }

    fn hex_bytes(data: &PyObject, sep: OptArg<&PyObject>, bytes_per_sep: i32) -> PyResult<Py<PyBytes>> {
        let text = to_hex(&super::data(data)?, sep.given(), bytes_per_sep)?;
        bytes(text.as_ascii().unwrap_or_default().as_bytes())
    }

    fn checksum(object: &PyObject) -> PyResult<u32> {
        Ok(number::index(object)?.view().to_u64_wrapping() as u32)
    }

    /// Decode a line of uuencoded data.
    #[pyfunction(signature = "(data, /)")]
    pub fn a2b_uu(data: &PyObject) -> PyResult<Py<PyBytes>> {
        bytes(&decode_uu(&ascii_data(data)?)?)
    }

    /// Uuencode line of data.
    #[pyfunction(signature = "(data, /, *, backtick=False)")]
    pub fn b2a_uu(data: &PyObject, backtick: bool) -> PyResult<Py<PyBytes>> {
        bytes(&encode_uu(&super::data(data)?, backtick)?)
    }

    /// Decode a line of base64 data.
    ///
    ///   strict_mode
    ///     When set to True, bytes that are not part of the base64 standard are not allowed.
    ///     The same applies to excess data after padding (= / ==).
    #[pyfunction(signature = "(data, /, *, strict_mode=False)")]
    pub fn a2b_base64(data: &PyObject, strict_mode: bool) -> PyResult<Py<PyBytes>> {
        bytes(&decode_base64(&ascii_data(data)?, strict_mode)?)
    }

    /// Base64-code line of data.
    #[pyfunction(signature = "(data, /, *, newline=True)")]
    pub fn b2a_base64(data: &PyObject, newline: bool) -> PyResult<Py<PyBytes>> {
        bytes(&encode_base64(&super::data(data)?, newline))
    }

    /// Binary data of hexadecimal representation.
    ///
    /// hexstr must contain an even number of hex digits (upper or lower case).
    /// This function is also available as "unhexlify()".
    #[pyfunction(signature = "(hexstr, /)")]
    pub fn a2b_hex(hexstr: &PyObject) -> PyResult<Py<PyBytes>> {
        bytes(&decode_hex(&ascii_data(hexstr)?)?)
    }

    /// Hexadecimal representation of binary data.
    ///
    ///   sep
    ///     An optional single character or byte to separate hex bytes.
    ///   bytes_per_sep
    ///     How many bytes between separators.  Positive values count from the
    ///     right, negative values count from the left.
    ///
    /// The return value is a bytes object.  This function is also
    /// available as "hexlify()".
    ///
    /// Example:
    /// >>> binascii.b2a_hex(b'\xb9\x01\xef')
    /// b'b901ef'
    /// >>> binascii.hexlify(b'\xb9\x01\xef', ':')
    /// b'b9:01:ef'
    /// >>> binascii.b2a_hex(b'\xb9\x01\xef', b'_', 2)
    /// b'b9_01ef'
    #[pyfunction(signature = "(data, sep=<unrepresentable>, bytes_per_sep=1)")]
    pub fn b2a_hex(data: &PyObject, sep: OptArg<&PyObject>, bytes_per_sep: i32) -> PyResult<Py<PyBytes>> {
        hex_bytes(data, sep, bytes_per_sep)
    }

    /// Hexadecimal representation of binary data.
    ///
    ///   sep
    ///     An optional single character or byte to separate hex bytes.
    ///   bytes_per_sep
    ///     How many bytes between separators.  Positive values count from the
    ///     right, negative values count from the left.
    ///
    /// The return value is a bytes object.  This function is also
    /// available as "b2a_hex()".
    #[pyfunction(signature = "(data, sep=<unrepresentable>, bytes_per_sep=1)")]
    pub fn hexlify(data: &PyObject, sep: OptArg<&PyObject>, bytes_per_sep: i32) -> PyResult<Py<PyBytes>> {
        hex_bytes(data, sep, bytes_per_sep)
    }

    /// Binary data of hexadecimal representation.
    ///
    /// hexstr must contain an even number of hex digits (upper or lower case).
    #[pyfunction(signature = "(hexstr, /)")]
    pub fn unhexlify(hexstr: &PyObject) -> PyResult<Py<PyBytes>> {
        bytes(&decode_hex(&ascii_data(hexstr)?)?)
    }

    /// Compute CRC-CCITT incrementally.
    #[pyfunction(signature = "(data, crc, /)")]
    pub fn crc_hqx(data: &PyObject, crc: &PyObject) -> PyResult<u32> {
        Ok(crc_ccitt(&super::data(data)?, checksum(crc)?))
    }

    /// Compute CRC-32 incrementally.
    #[pyfunction(signature = "(data, crc=0, /)")]
    pub fn crc32(data: &PyObject, crc: OptArg<&PyObject>) -> PyResult<u32> {
        let crc = crc.given().map_or(Ok(0), checksum)?;
        Ok(super::super::zlib::stream::crc32(crc, bytes_like(data)?.as_slice()))
    }

    /// Decode a string of qp-encoded data.
    #[pyfunction(signature = "(data, header=False)")]
    pub fn a2b_qp(data: &PyObject, header: bool) -> PyResult<Py<PyBytes>> {
        bytes(&decode_qp(&ascii_data(data)?, header))
    }

    /// Encode a string using quoted-printable encoding.
    ///
    /// On encoding, when istext is set, newlines are not encoded, and white
    /// space at end of lines is.  When istext is not set, \r and \n (CR/LF)
    /// are both encoded.  When quotetabs is set, space and tabs are encoded.
    #[pyfunction(signature = "(data, quotetabs=False, istext=True, header=False)")]
    pub fn b2a_qp(data: &PyObject, quotetabs: bool, istext: bool, header: bool) -> PyResult<Py<PyBytes>> {
        let rules = QpRules { quote_tabs: quotetabs, is_text: istext, header };
        bytes(&encode_qp(&super::data(data)?, &rules))
    }

    #[exec]
    fn exec(module: &PyModule) -> PyResult<()> {
        module.add("Error", &*error_type()?)?;
        module.add("Incomplete", &*incomplete_type()?)
    }
}
