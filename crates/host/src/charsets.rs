//! Characters in the encoding of a locale, by the C library's conversions.

#![expect(unsafe_code, reason = "calls into the C library")]

use core::ffi::c_char;

unsafe extern "C" {
    fn mbrtowc(to: *mut libc::wchar_t, from: *const c_char, length: usize, state: *mut State) -> usize;
    fn wcrtomb(to: *mut c_char, character: libc::wchar_t, state: *mut State) -> usize;
}

/// `mbstate_t`: room for what the C library remembers between calls; all zero at the start of a text.
#[repr(C, align(8))]
#[derive(Default)]
struct State([u64; 16]);

/// The longest character of any encoding, with room to spare (`MB_LEN_MAX`).
const LONGEST: usize = 16;

/// `LC_GLOBAL_LOCALE`: stands for whatever locale the process has.
const GLOBAL: libc::locale_t = -1_isize as libc::locale_t;

/// The encoding of a locale that is kept, or of the one in force.
#[derive(Debug)]
pub struct Charset(libc::locale_t);

// SAFETY: a locale object is never changed once it is made, and never freed.
unsafe impl Send for Charset {}
// SAFETY: as above.
unsafe impl Sync for Charset {}

/// Puts the thread's locale back.
struct Restore(libc::locale_t);

impl Drop for Restore {
    fn drop(&mut self) {
        // SAFETY: the locale is the one that was in force.
        unsafe { libc::uselocale(self.0) };
    }
}

impl Charset {
    /// The encoding of whatever locale the process has when a text is read.
    pub const CURRENT: Charset = Charset(GLOBAL);

    /// The encoding of the locale of this moment, whatever the process sets later. `None` where memory is short.
    pub fn kept() -> Option<Charset> {
        // SAFETY: takes the process's locale, which always is.
        let locale = unsafe { libc::duplocale(GLOBAL) };
        (!locale.is_null()).then_some(Charset(locale))
    }

    fn enter(&self) -> Restore {
        // SAFETY: the locale lives for ever.
        Restore(unsafe { libc::uselocale(self.0) })
    }

    /// Hands over each character, or each byte that is part of none.
    pub fn decode(&self, bytes: &[u8], mut take: impl FnMut(Result<u32, u8>)) {
        let _restore = self.enter();
        let mut rest = bytes;
        while let Some(&first) = rest.first() {
            let mut character: libc::wchar_t = 0;
            let mut state = State::default();
            // SAFETY: the bytes are as many as said, and the state is fresh.
            let length = unsafe { mbrtowc(&mut character, rest.as_ptr().cast(), rest.len(), &mut state) };
            let point = character as u32;
            // A zero byte is a character of length 0. What is wrong or unfinished is a number above any length.
            let (length, found) = match length {
                0 => (1, Ok(0)),
                length if length <= rest.len() && !(0xd800..0xe000).contains(&point) => (length, Ok(point)),
                _ => (1, Err(first)),
            };
            take(found);
            rest = &rest[length..];
        }
    }

    /// The bytes of a character; `None` where the encoding has none for it.
    pub fn encode(&self, point: u32) -> Option<Vec<u8>> {
        let _restore = self.enter();
        let mut bytes = [0_u8; LONGEST];
        let mut state = State::default();
        // SAFETY: the buffer takes the longest character, and the state is fresh.
        let length = unsafe { wcrtomb(bytes.as_mut_ptr().cast(), point as libc::wchar_t, &mut state) };
        bytes.get(..length).map(<[u8]>::to_vec)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_text_is_the_same_in_every_locale() {
        let charset = Charset::kept().unwrap();
        let mut found = Vec::new();
        charset.decode(b"a\0z", |character| found.push(character));
        assert_eq!(found, [Ok(0x61), Ok(0), Ok(0x7a)]);
        assert_eq!(charset.encode(0x61).unwrap(), b"a");
        assert_eq!(Charset::CURRENT.encode(0xd800), None);
    }
}
