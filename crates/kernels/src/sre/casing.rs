//! What `_sre` tells `re._compiler` about case: `ascii_iscased`, `unicode_iscased`, `ascii_tolower`,
//! `unicode_tolower`.

use crate::unicode;

/// An ASCII letter.
pub fn ascii_is_cased(c: u32) -> bool {
    c < 128 && (c as u8).is_ascii_alphabetic()
}

/// A character that another one equals when case is ignored.
pub fn unicode_is_cased(c: u32) -> bool {
    let lower = unicode::to_lower(c);
    c != lower || c != unicode::to_upper(c)
}

/// Lower case of an ASCII letter.
#[inline]
pub fn ascii_to_lower(c: u32) -> u32 {
    if c < 128 { (c as u8).to_ascii_lowercase() as u32 } else { c }
}

/// Simple lower case.
#[inline]
pub fn unicode_to_lower(c: u32) -> u32 {
    unicode::to_lower(c)
}
