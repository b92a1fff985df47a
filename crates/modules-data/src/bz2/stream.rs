//! A bzip2 stream that owns its state: the one place that calls the library's C-like interface.

#![expect(unsafe_code, reason = "the library's interface takes pointers")]

use libbz2_rs_sys as bz;
use taipan_objects::model::gc::{Traverse, Visitor};

pub const RUN: i32 = bz::BZ_RUN;
pub const FINISH: i32 = bz::BZ_FINISH;
pub const OK: i32 = bz::BZ_OK;
pub const RUN_OK: i32 = bz::BZ_RUN_OK;
pub const FINISH_OK: i32 = bz::BZ_FINISH_OK;
pub const STREAM_END: i32 = bz::BZ_STREAM_END;

/// The first room for output; it doubles as it fills.
const FIRST: usize = 16 * 1024;
/// The most that one call of the library is given or asked for.
const MOST: usize = u32::MAX as usize;

/// A stream that compresses, or one that decompresses.
pub struct Stream {
    raw: Box<bz::bz_stream>,
    compresses: bool,
}

impl Stream {
    pub fn compress(level: i32) -> Result<Stream, i32> {
        Self::new(true, |raw| {
            // SAFETY: a zeroed stream has the default allocators.
            unsafe { bz::BZ2_bzCompressInit(raw, level, 0, 0) }
        })
    }

    pub fn decompress() -> Result<Stream, i32> {
        Self::new(false, |raw| {
            // SAFETY: as above.
            unsafe { bz::BZ2_bzDecompressInit(raw, 0, 0) }
        })
    }

    fn new(compresses: bool, init: impl FnOnce(&mut bz::bz_stream) -> i32) -> Result<Stream, i32> {
        let mut raw = Box::new(bz::bz_stream::zeroed());
        match init(&mut raw) {
            OK => Ok(Stream { raw, compresses }),
            code => Err(code),
        }
    }

    /// Runs the stream until it makes no more of this input, ends, or `output` has `limit` bytes.
    pub fn run(&mut self, input: &mut &[u8], output: &mut Vec<u8>, limit: usize, action: i32) -> i32 {
        let mut room = FIRST.min(limit - output.len().min(limit));
        loop {
            if output.capacity() - output.len() < room && output.try_reserve_exact(room).is_err() {
                return bz::BZ_MEM_ERROR;
            }
            let (given, space) = (input.len().min(MOST), room.min(MOST));
            self.raw.next_in = input.as_ptr().cast_mut().cast();
            self.raw.avail_in = given as u32;
            self.raw.next_out = output.spare_capacity_mut().as_mut_ptr().cast();
            self.raw.avail_out = space as u32;
            // SAFETY: the stream is live; input and the spare capacity are at least as long as told, the library only
            // reads the input, and it wrote all of the output that it counts.
            let code = unsafe {
                let code = match self.compresses {
                    true => bz::BZ2_bzCompress(&mut *self.raw, if input.len() > MOST { RUN } else { action }),
                    false => bz::BZ2_bzDecompress(&mut *self.raw),
                };
                output.set_len(output.len() + (space - self.raw.avail_out as usize));
                code
            };
            *input = &input[given - self.raw.avail_in as usize..];
            let goes_on = match code {
                OK | RUN_OK => !input.is_empty() || (!self.compresses && self.raw.avail_out == 0),
                FINISH_OK => true,
                _ => false,
            };
            if !goes_on || output.len() >= limit {
                return code;
            }
            if self.raw.avail_out == 0 {
                room = output.len().clamp(FIRST, 256 << 20).min(limit - output.len());
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
        // SAFETY: the stream is live and not used after this.
        unsafe {
            match self.compresses {
                true => bz::BZ2_bzCompressEnd(&mut *self.raw),
                false => bz::BZ2_bzDecompressEnd(&mut *self.raw),
            }
        };
    }
}
