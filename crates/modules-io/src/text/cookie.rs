//! What `TextIOWrapper.tell` gives: a position in bytes and how to decode from there.
//!
//! As an integer it is 21 bytes, least significant first: the position (8), the decoder's flags (4), bytes to decode
//! (4), characters to skip (4), whether the end must be decoded too (1). For most positions all but the first are zero.

use taipan_kernels::int::bytes::{from_bytes, to_bytes};
use taipan_objects::prelude::*;

/// A place in a decoded stream.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cookie {
    pub position: i64,
    pub flags: i32,
    pub bytes_to_feed: i32,
    pub chars_to_skip: i32,
    pub need_eof: bool,
}

impl Cookie {
    pub fn pack(self) -> Py<PyInt> {
        let mut bytes = [0u8; 21];
        bytes[..8].copy_from_slice(&self.position.to_le_bytes());
        bytes[8..12].copy_from_slice(&self.flags.to_le_bytes());
        bytes[12..16].copy_from_slice(&self.bytes_to_feed.to_le_bytes());
        bytes[16..20].copy_from_slice(&self.chars_to_skip.to_le_bytes());
        bytes[20] = u8::from(self.need_eof);
        PyInt::from_int(from_bytes(&bytes, true, false))
    }

    pub fn unpack(value: &PyObject) -> PyResult<Self> {
        let number = number::index(value)?;
        let mut bytes = [0u8; 21];
        if to_bytes(number.view(), &mut bytes, true, false).is_err() {
            return Err(raised!(OverflowError, "int too big to convert"));
        }
        let word = |at: usize| i32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]);
        let mut position = [0; 8];
        position.copy_from_slice(&bytes[..8]);
        Ok(Cookie {
            position: i64::from_le_bytes(position),
            flags: word(8),
            bytes_to_feed: word(12),
            chars_to_skip: word(16),
            need_eof: bytes[20] != 0,
        })
    }
}
