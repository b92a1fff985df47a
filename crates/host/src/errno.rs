//! The number that says why a call failed, and its text.

#![expect(unsafe_code, reason = "errno and strerror are C interfaces")]

use core::ffi::{CStr, c_char};
use core::fmt;

pub use libc::{
    EACCES, EAGAIN, EALREADY, ECHILD, ECONNABORTED, ECONNREFUSED, ECONNRESET, EDOM, EEXIST, EINPROGRESS,
    EINTR, EINVAL, EISDIR, ENOENT, ENOMEM, ENOTDIR, EPERM, EPIPE, ERANGE, ESHUTDOWN, ESRCH, ETIMEDOUT,
};

/// An error number of the system (`ENOENT`, `EINTR`, …).
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Errno(pub i32);

impl Errno {
    /// What the last failing call of this thread left behind.
    pub fn last() -> Self {
        // SAFETY: the location is this thread's own and always valid.
        Self(unsafe { *libc::__errno_location() })
    }

    /// Sets this thread's `errno`, for code that hands errors on to C.
    pub fn set(self) {
        // SAFETY: the location is this thread's own and always valid.
        unsafe { *libc::__errno_location() = self.0 }
    }

    /// The text of the error in the current locale, as `os.strerror` gives it.
    pub fn text(self) -> String {
        String::from_utf8_lossy(&self.bytes()).into_owned()
    }

    /// The text of the error in the encoding of the current locale.
    pub fn bytes(self) -> Vec<u8> {
        let mut buffer = [0 as c_char; 256];
        // SAFETY: the buffer is as long as said; the XSI form of strerror_r writes a terminated text or fails.
        let failed = unsafe { libc::strerror_r(self.0, buffer.as_mut_ptr(), buffer.len()) } != 0;
        if failed && buffer[0] == 0 {
            return format!("Unknown error {}", self.0).into_bytes();
        }
        // SAFETY: the text is terminated within the buffer.
        unsafe { CStr::from_ptr(buffer.as_ptr()) }.to_bytes().to_vec()
    }
}

impl fmt::Debug for Errno {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[Errno {}] {}", self.0, self.text())
    }
}

impl fmt::Display for Errno {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text())
    }
}

impl core::error::Error for Errno {}

impl From<std::io::Error> for Errno {
    fn from(error: std::io::Error) -> Self {
        Self(error.raw_os_error().unwrap_or(libc::EIO))
    }
}

#[cfg(test)]
mod tests {
    use super::Errno;

    #[test]
    fn errors_have_the_system_s_text() {
        assert_eq!(Errno(libc::ENOENT).text(), "No such file or directory");
        assert_eq!(Errno(123456).text(), "Unknown error 123456");
        Errno(libc::EINTR).set();
        assert_eq!(Errno::last(), Errno(libc::EINTR));
    }
}
