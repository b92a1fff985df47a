//! Pieces of machine code that call back: each is an address of its own on the native stack, by which a profiler tells
//! one caller from another.
//!
//! All pieces are the same few instructions after the platform's calling convention: make a frame, call the function in the
//! second argument with the first one, take the frame off. They are written while the memory is writable; it becomes
//! executable once and is not written again.

#![expect(unsafe_code, reason = "maps and calls machine code")]

use crate::{Errno, Result};
use core::ffi::c_void;
use core::ptr::null_mut;

/// The instructions of a piece, and what unwinding has to know of them.
#[cfg(target_arch = "x86_64")]
pub const CODE: &[u8] = &[
    0xf3, 0x0f, 0x1e, 0xfa, // endbr64
    0x55, // push rbp
    0x48, 0x89, 0xe5, // mov rbp, rsp
    0xff, 0xd6, // call rsi
    0x5d, // pop rbp
    0xc3, // ret
];

/// The instructions of a piece.
#[cfg(target_arch = "aarch64")]
pub const CODE: &[u8] = &[
    0xfd, 0x7b, 0xbf, 0xa9, // stp x29, x30, [sp, #-16]!
    0xfd, 0x03, 0x00, 0x91, // mov x29, sp
    0x20, 0x00, 0x3f, 0xd6, // blr x1
    0xfd, 0x7b, 0xc1, 0xa8, // ldp x29, x30, [sp], #16
    0xc0, 0x03, 0x5f, 0xd6, // ret
];

/// The instructions of a piece: none are known for this processor.
#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
pub const CODE: &[u8] = &[];

/// Bytes of one mapping.
const MAPPING: usize = 1 << 16;

/// A piece of code. It stays for the life of the process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Piece(*const u8);

// SAFETY: the code is never written or unmapped.
unsafe impl Send for Piece {}
// SAFETY: as above.
unsafe impl Sync for Piece {}

/// The C function that a piece calls, with the word it is given.
type Callback = unsafe extern "C" fn(*mut c_void);

impl Piece {
    pub fn address(self) -> usize {
        self.0 as usize
    }

    /// Calls `body` by way of the piece, which is then a frame of the native stack.
    #[inline]
    pub fn call<R, F: FnOnce() -> R>(self, body: F) -> R {
        struct Call<F, R> {
            body: Option<F>,
            result: Option<R>,
        }
        unsafe extern "C" fn callback<R, F: FnOnce() -> R>(call: *mut c_void) {
            // SAFETY: `call` below passes its own variable, which nobody else uses meanwhile.
            let call = unsafe { &mut *call.cast::<Call<F, R>>() };
            call.result = call.body.take().map(|body| body());
        }
        let mut call = Call { body: Some(body), result: None };
        // SAFETY: the piece is a whole function of this type, see `CODE`; what it calls does not unwind (an `extern "C"`
        // function ends the process instead).
        unsafe {
            let piece: unsafe extern "C" fn(*mut c_void, Callback) = core::mem::transmute(self.0);
            piece((&raw mut call).cast(), callback::<R, F>);
        }
        call.result.expect("the piece calls what it is given")
    }
}

/// Where new pieces come from.
#[derive(Debug)]
pub struct Pieces {
    /// Bytes from one piece to the next.
    stride: usize,
    next: *mut u8,
    left: usize,
}

impl Pieces {
    /// `stride`: bytes from one piece to the next, a multiple of 16 that a piece fits in.
    pub fn new(stride: usize) -> Pieces {
        assert!(stride.is_multiple_of(16) && (CODE.len()..=MAPPING).contains(&stride));
        Pieces { stride, next: null_mut(), left: 0 }
    }

    /// A new piece. `ENOSYS` where no code is known for the processor, else what the system refuses.
    pub fn take(&mut self) -> Result<Piece> {
        if self.left == 0 {
            self.map()?;
        }
        let piece = Piece(self.next);
        // SAFETY: within the mapping, or right behind it.
        self.next = unsafe { self.next.add(self.stride) };
        self.left -= 1;
        Ok(piece)
    }

    /// Maps memory full of pieces.
    fn map(&mut self) -> Result<()> {
        if CODE.is_empty() {
            return Err(Errno(libc::ENOSYS));
        }
        let count = MAPPING / self.stride;
        // SAFETY: fresh memory is mapped, filled within its bounds, then made executable and no longer writable.
        unsafe {
            let start = libc::mmap(
                null_mut(),
                MAPPING,
                libc::PROT_READ | libc::PROT_WRITE,
                libc::MAP_PRIVATE | libc::MAP_ANONYMOUS,
                -1,
                0,
            );
            if start == libc::MAP_FAILED {
                return Err(Errno::last());
            }
            let start = start.cast::<u8>();
            for index in 0..count {
                start.add(index * self.stride).copy_from_nonoverlapping(CODE.as_ptr(), CODE.len());
            }
            if libc::mprotect(start.cast(), MAPPING, libc::PROT_READ | libc::PROT_EXEC) != 0 {
                let error = Errno::last();
                libc::munmap(start.cast(), MAPPING);
                return Err(error);
            }
            synchronise(start, MAPPING);
            (self.next, self.left) = (start, count);
        }
        Ok(())
    }
}

/// Makes the processor read the instructions anew.
///
/// # Safety
/// The memory is mapped.
#[cfg(target_arch = "aarch64")]
unsafe fn synchronise(start: *mut u8, length: usize) {
    unsafe extern "C" {
        fn __clear_cache(start: *mut u8, end: *mut u8);
    }
    // SAFETY: the caller's promise.
    unsafe { __clear_cache(start, start.add(length)) }
}

/// Here the processor sees what is written.
///
/// # Safety
/// None is asked for.
#[cfg(not(target_arch = "aarch64"))]
unsafe fn synchronise(_start: *mut u8, _length: usize) {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
    fn a_piece_calls_and_gives_the_result() {
        let mut pieces = Pieces::new(32);
        let (first, second) = (pieces.take().unwrap(), pieces.take().unwrap());
        assert_eq!(second.address() - first.address(), 32);
        let text = String::from("called");
        assert_eq!(first.call(|| second.call(|| text.len() + 1)), 7);
        let mut more: Vec<Piece> = (0..MAPPING / 32).map(|_| pieces.take().unwrap()).collect();
        more.dedup();
        assert_eq!(more.len(), MAPPING / 32);
        assert_eq!(more.last().unwrap().call(|| 3), 3);
    }
}
