//! A zlib stream that owns its state: the one place that calls the library's C-like interface.
//!
//! Input and output are slices for the length of one call; a stream that was ended answers every call with
//! [`Z_STREAM_ERROR`], as the library would.

#![expect(unsafe_code, reason = "the library's interface takes pointers")]

use core::ffi::CStr;
use libz_rs_sys as z;
use taipan_objects::model::gc::{Traverse, Visitor};

pub use libz_rs_sys::{
    Z_BUF_ERROR, Z_DATA_ERROR, Z_FINISH, Z_MEM_ERROR, Z_NEED_DICT, Z_NO_FLUSH, Z_OK, Z_STREAM_END,
    Z_STREAM_ERROR, Z_SYNC_FLUSH, Z_VERSION_ERROR,
};

/// The first room for output; it doubles as it fills.
pub const DEF_BUF_SIZE: usize = 16 * 1024;

/// The most that one call of the library is given or asked for.
const MOST: usize = u32::MAX as usize;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    Deflate,
    Inflate,
}

/// How a deflating stream is made.
pub struct Settings {
    pub level: i32,
    pub method: i32,
    pub wbits: i32,
    pub mem_level: i32,
    pub strategy: i32,
}

/// What went wrong: the library's code, and its message where it has one.
pub struct Failure {
    pub code: i32,
    pub message: Option<String>,
}

/// A stream; `None` once it was ended.
pub struct Stream {
    raw: Option<Box<z::z_stream>>,
    way: Way,
}

impl Stream {
    fn new(way: Way, init: impl FnOnce(&mut z::z_stream) -> i32) -> Result<Stream, Failure> {
        let mut raw = Box::<z::z_stream>::default();
        match init(&mut raw) {
            Z_OK => Ok(Stream { raw: Some(raw), way }),
            code => Err(Failure { code, message: message(&raw) }),
        }
    }

    /// A stream that compresses.
    pub fn deflate(settings: &Settings) -> Result<Stream, Failure> {
        Stream::new(Way::Deflate, |raw| {
            // SAFETY: the stream is live, its allocators are the defaults, and version and size are the library's own.
            unsafe {
                z::deflateInit2_(
                    raw,
                    settings.level,
                    settings.method,
                    settings.wbits,
                    settings.mem_level,
                    settings.strategy,
                    z::zlibVersion(),
                    size_of::<z::z_stream>() as i32,
                )
            }
        })
    }

    /// A stream that decompresses.
    pub fn inflate(wbits: i32) -> Result<Stream, Failure> {
        Stream::new(Way::Inflate, |raw| {
            // SAFETY: as above.
            unsafe { z::inflateInit2_(raw, wbits, z::zlibVersion(), size_of::<z::z_stream>() as i32) }
        })
    }

    /// Gives a dictionary to the stream.
    pub fn set_dictionary(&mut self, dictionary: &[u8]) -> i32 {
        let Some(raw) = &mut self.raw else { return Z_STREAM_ERROR };
        let (start, length) = (dictionary.as_ptr(), dictionary.len() as u32);
        // SAFETY: the stream is live, and the dictionary as long as it says.
        unsafe {
            match self.way {
                Way::Deflate => z::deflateSetDictionary(&mut **raw, start, length),
                Way::Inflate => z::inflateSetDictionary(&mut **raw, start, length),
            }
        }
    }

    /// One call: takes from the front of `input`, appends at most `room` bytes to `output`.
    fn step(&mut self, input: &mut &[u8], output: &mut Vec<u8>, room: usize, flush: i32) -> i32 {
        let Some(raw) = &mut self.raw else { return Z_STREAM_ERROR };
        if output.capacity() - output.len() < room && output.try_reserve_exact(room).is_err() {
            return Z_MEM_ERROR;
        }
        let (given, room) = (input.len().min(MOST), room.min(MOST));
        raw.next_in = input.as_ptr();
        raw.avail_in = given as u32;
        raw.next_out = output.spare_capacity_mut().as_mut_ptr().cast();
        raw.avail_out = room as u32;
        // SAFETY: the stream is live; input and the spare capacity are at least as long as told, and the library
        // wrote all of the output that it counts.
        unsafe {
            let code = match self.way {
                Way::Deflate => z::deflate(&mut **raw, flush),
                Way::Inflate => z::inflate(&mut **raw, flush),
            };
            output.set_len(output.len() + (room - raw.avail_out as usize));
            *input = &input[given - raw.avail_in as usize..];
            code
        }
    }

    /// Runs the stream until it makes no more of this input, or `output` has `limit` bytes. `flush` is meant for the end
    /// of the input; a dictionary that the data asks for is given once.
    pub fn run(
        &mut self,
        input: &mut &[u8],
        output: &mut Vec<u8>,
        first: usize,
        limit: usize,
        flush: i32,
        dictionary: Option<&[u8]>,
    ) -> Result<i32, Failure> {
        let mut room = first.max(1).min(limit - output.len().min(limit));
        loop {
            let now = if input.len() > MOST { Z_NO_FLUSH } else { flush };
            let before = (input.len(), output.len());
            let code = self.step(input, output, room, now);
            if code == Z_NEED_DICT
                && let Some(dictionary) = dictionary
            {
                match self.set_dictionary(dictionary) {
                    Z_OK => continue,
                    code => return Err(self.failure(code)),
                }
            }
            if !matches!(code, Z_OK | Z_BUF_ERROR) {
                return Ok(code);
            }
            let full = output.len() - before.1 == room;
            let stuck = before == (input.len(), output.len());
            if output.len() >= limit || (!full && (input.is_empty() || stuck)) {
                return Ok(code);
            }
            if full {
                room = output.len().clamp(DEF_BUF_SIZE, 256 << 20).min(limit - output.len());
            }
        }
    }

    /// What the library says about `code`.
    pub fn failure(&self, code: i32) -> Failure {
        Failure { code, message: self.raw.as_deref().and_then(message) }
    }

    /// A stream in the same state.
    pub fn copy(&mut self) -> Result<Stream, i32> {
        let Some(raw) = &mut self.raw else { return Err(Z_STREAM_ERROR) };
        let mut copy = Box::<z::z_stream>::default();
        // SAFETY: the source is live; the copy is written as a whole.
        let code = unsafe {
            match self.way {
                Way::Deflate => z::deflateCopy(&mut *copy, &mut **raw),
                Way::Inflate => z::inflateCopy(&mut *copy, &**raw),
            }
        };
        if code == Z_OK { Ok(Stream { raw: Some(copy), way: self.way }) } else { Err(code) }
    }

    /// Frees the state and tells what the library said to that.
    pub fn end(&mut self) -> i32 {
        let Some(mut raw) = self.raw.take() else { return Z_STREAM_ERROR };
        // SAFETY: the stream is live and not used after this.
        unsafe {
            match self.way {
                Way::Deflate => z::deflateEnd(&mut *raw),
                Way::Inflate => z::inflateEnd(&mut *raw),
            }
        }
    }
}

/// The library's state holds no objects.
impl Traverse for Stream {
    fn traverse(&self, _: &mut Visitor) {}
}

impl Drop for Stream {
    fn drop(&mut self) {
        self.end();
    }
}

fn message(raw: &z::z_stream) -> Option<String> {
    if raw.msg.is_null() {
        return None;
    }
    // SAFETY: the library's messages are static C strings.
    Some(unsafe { CStr::from_ptr(raw.msg) }.to_string_lossy().into_owned())
}

/// The Adler-32 checksum of more data.
pub fn adler32(value: u32, data: &[u8]) -> u32 {
    // SAFETY: the data is as long as told.
    unsafe { z::adler32_z(value.into(), data.as_ptr(), data.len()) as u32 }
}

/// The CRC-32 checksum of more data.
pub fn crc32(value: u32, data: &[u8]) -> u32 {
    // SAFETY: as above.
    unsafe { z::crc32_z(value.into(), data.as_ptr(), data.len()) as u32 }
}

/// The library's version, without what it adds to the version of zlib it equals.
pub fn version() -> String {
    // SAFETY: a static C string.
    let text = unsafe { CStr::from_ptr(z::zlibVersion()) }.to_string_lossy().into_owned();
    text.split('-').next().unwrap_or_default().to_string()
}
