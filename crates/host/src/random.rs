//! Random bytes from the system.

#![expect(unsafe_code, reason = "calls into the C library")]

use crate::{Errno, Result};
use core::ffi::c_uint;

blocking_calls! {
    /// Random bytes into the start of `buffer`; their number, which may be fewer than asked for.
    pub fn get(buffer: &mut [u8], flags: c_uint) -> usize = libc::getrandom(buffer.as_mut_ptr().cast(), buffer.len(), flags);
}

/// Fills all of `buffer` with random bytes.
pub fn fill(buffer: &mut [u8]) -> Result<()> {
    let mut done = 0;
    while done < buffer.len() {
        match get(&mut buffer[done..], 0) {
            Ok(count) => done += count,
            Err(Errno(libc::EINTR)) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #[test]
    fn bytes_are_filled_and_differ() {
        let (mut a, mut b) = ([0; 300], [0; 300]);
        super::fill(&mut a).unwrap();
        super::fill(&mut b).unwrap();
        assert_ne!(a, b);
    }
}
