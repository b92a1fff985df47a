//! HZ (RFC 1843): GB 2312 in seven bits, between `~{` and `~}`.

use super::table::{Meaning, Table};
use super::{ILLEGAL, INCOMPLETE, State};
use crate::codecs::{CodecError, error};
use crate::text::TextBuilder;

/// The byte of the state that is 1 between the marks.
const IN_GB: usize = 0;

pub fn decode(
    table: &Table,
    state: &mut State,
    input: &[u8],
    mut at: usize,
    whole: bool,
    out: &mut TextBuilder,
) -> Result<usize, CodecError> {
    while let Some(&byte) = input.get(at) {
        let in_gb = state[IN_GB] != 0;
        let illegal = Err(error(at, at + 1, ILLEGAL));
        if !byte.is_ascii() {
            return illegal;
        }
        if byte != b'~' && !in_gb {
            out.push(u32::from(byte));
            at += 1;
            continue;
        }
        let Some(&second) = input.get(at + 1) else {
            return if whole { Err(error(at, at + 1, INCOMPLETE)) } else { Ok(at) };
        };
        match (byte, second) {
            (b'~', b'~') if !in_gb => out.push(u32::from(b'~')),
            (b'~', b'{') if !in_gb => state[IN_GB] = 1,
            (b'~', b'}') if in_gb => state[IN_GB] = 0,
            // A line that goes on.
            (b'~', b'\n') if !in_gb => {}
            (b'~', _) => return illegal,
            _ => match table.pair(byte | 0x80, second | 0x80).filter(|_| second.is_ascii()) {
                Some(Meaning::One(c)) => out.push(c),
                _ => return illegal,
            },
        }
        at += 2;
    }
    Ok(at)
}

pub fn encode(
    table: &Table,
    state: &mut State,
    text: &[u32],
    mut at: usize,
    out: &mut Vec<u8>,
) -> Result<usize, CodecError> {
    while let Some(&c) = text.get(at) {
        if let Some(byte) = super::ascii(c) {
            reset(state, out);
            out.push(byte);
            if byte == b'~' {
                out.push(byte);
            }
        } else {
            let code = table.code(c).and_then(|code| u16::try_from(code).ok());
            let Some([lead, trail]) = code.map(u16::to_be_bytes) else {
                return Err(error(at, at + 1, ILLEGAL));
            };
            if state[IN_GB] == 0 {
                out.extend_from_slice(b"~{");
                state[IN_GB] = 1;
            }
            out.extend_from_slice(&[lead & 0x7F, trail & 0x7F]);
        }
        at += 1;
    }
    Ok(at)
}

/// Goes back to ASCII.
pub fn reset(state: &mut State, out: &mut Vec<u8>) {
    if core::mem::take(&mut state[IN_GB]) != 0 {
        out.extend_from_slice(b"~}");
    }
}
