//! The locale: its name, its conventions, its order of texts, its encoding.

#![expect(unsafe_code, reason = "calls into the C library")]

use core::ffi::{CStr, c_char, c_int};

/// Sets the locale of a category and gives its name, or asks for the name with `None`. `None` comes back where the
/// system has no such locale.
pub fn set(category: c_int, name: Option<&CStr>) -> Option<Vec<u8>> {
    let name = name.map_or(core::ptr::null(), CStr::as_ptr);
    // SAFETY: the name is null or terminated; the answer is copied at once.
    unsafe {
        let answer = libc::setlocale(category, name);
        (!answer.is_null()).then(|| CStr::from_ptr(answer).to_bytes().to_vec())
    }
}

/// How the locale writes numbers and money. `None` for a number stands for "not given" (`CHAR_MAX`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Conventions {
    pub decimal_point: Vec<u8>,
    pub thousands_sep: Vec<u8>,
    pub grouping: Vec<u8>,
    pub int_curr_symbol: Vec<u8>,
    pub currency_symbol: Vec<u8>,
    pub mon_decimal_point: Vec<u8>,
    pub mon_thousands_sep: Vec<u8>,
    pub mon_grouping: Vec<u8>,
    pub positive_sign: Vec<u8>,
    pub negative_sign: Vec<u8>,
    pub int_frac_digits: i8,
    pub frac_digits: i8,
    pub p_cs_precedes: i8,
    pub p_sep_by_space: i8,
    pub n_cs_precedes: i8,
    pub n_sep_by_space: i8,
    pub p_sign_posn: i8,
    pub n_sign_posn: i8,
}

pub fn conventions() -> Conventions {
    // SAFETY: the struct is the C library's, whole, with terminated texts, and everything is copied at once.
    unsafe {
        let all = &*libc::localeconv();
        let bytes = |text: *const c_char| CStr::from_ptr(text).to_bytes().to_vec();
        Conventions {
            decimal_point: bytes(all.decimal_point),
            thousands_sep: bytes(all.thousands_sep),
            grouping: bytes(all.grouping),
            int_curr_symbol: bytes(all.int_curr_symbol),
            currency_symbol: bytes(all.currency_symbol),
            mon_decimal_point: bytes(all.mon_decimal_point),
            mon_thousands_sep: bytes(all.mon_thousands_sep),
            mon_grouping: bytes(all.mon_grouping),
            positive_sign: bytes(all.positive_sign),
            negative_sign: bytes(all.negative_sign),
            int_frac_digits: all.int_frac_digits,
            frac_digits: all.frac_digits,
            p_cs_precedes: all.p_cs_precedes,
            p_sep_by_space: all.p_sep_by_space,
            n_cs_precedes: all.n_cs_precedes,
            n_sep_by_space: all.n_sep_by_space,
            p_sign_posn: all.p_sign_posn,
            n_sign_posn: all.n_sign_posn,
        }
    }
}

/// A text of the locale (`CODESET`, `DAY_1`, …).
pub fn information(item: libc::nl_item) -> Vec<u8> {
    // SAFETY: the answer is a terminated text, empty for an unknown item, and is copied at once.
    unsafe { CStr::from_ptr(libc::nl_langinfo(item)).to_bytes().to_vec() }
}

/// The order of two texts, below zero, zero or above.
pub fn compare(a: &CStr, b: &CStr) -> c_int {
    // SAFETY: both texts are terminated.
    unsafe { libc::strcoll(a.as_ptr(), b.as_ptr()) }
}

unsafe extern "C" {
    fn wcscoll(a: *const libc::wchar_t, b: *const libc::wchar_t) -> c_int;
    fn wcsxfrm(to: *mut libc::wchar_t, from: *const libc::wchar_t, length: usize) -> usize;
    fn gettext(message: *const c_char) -> *const c_char;
    fn dgettext(domain: *const c_char, message: *const c_char) -> *const c_char;
    fn dcgettext(domain: *const c_char, message: *const c_char, category: c_int) -> *const c_char;
    fn textdomain(domain: *const c_char) -> *const c_char;
    fn bindtextdomain(domain: *const c_char, folder: *const c_char) -> *const c_char;
    fn bind_textdomain_codeset(domain: *const c_char, codeset: *const c_char) -> *const c_char;
}

fn terminated(text: &[libc::wchar_t]) -> Vec<libc::wchar_t> {
    text.iter().copied().take_while(|c| *c != 0).chain([0]).collect()
}

/// The order of two texts given as code points.
pub fn compare_wide(a: &[libc::wchar_t], b: &[libc::wchar_t]) -> c_int {
    let (a, b) = (terminated(a), terminated(b));
    // SAFETY: both texts are terminated.
    unsafe { wcscoll(a.as_ptr(), b.as_ptr()) }
}

/// A text whose plain order is the order of the locale.
pub fn transform_wide(text: &[libc::wchar_t]) -> Vec<libc::wchar_t> {
    let text = terminated(text);
    // SAFETY: the text is terminated; a length of zero asks for the length alone.
    let length = unsafe { wcsxfrm(core::ptr::null_mut(), text.as_ptr(), 0) };
    let mut transformed = vec![0; length + 1];
    // SAFETY: the buffer is as long as said.
    let length = unsafe { wcsxfrm(transformed.as_mut_ptr(), text.as_ptr(), length + 1) };
    transformed.truncate(length);
    transformed
}

/// # Safety
/// `text` is null or terminated.
unsafe fn copied(text: *const c_char) -> Option<Vec<u8>> {
    // SAFETY: by the contract of this function.
    (!text.is_null()).then(|| unsafe { CStr::from_ptr(text) }.to_bytes().to_vec())
}

/// The translation of a message, in a domain and a category where they are given.
pub fn translate(domain: Option<&CStr>, message: &CStr, category: Option<c_int>) -> Vec<u8> {
    let pointer = domain.map_or(core::ptr::null(), CStr::as_ptr);
    // SAFETY: every text is null or terminated; the answer is the message or a text that stays.
    let answer = unsafe {
        copied(match category {
            Some(category) => dcgettext(pointer, message.as_ptr(), category),
            None if domain.is_some() => dgettext(pointer, message.as_ptr()),
            None => gettext(message.as_ptr()),
        })
    };
    answer.unwrap_or_else(|| message.to_bytes().to_vec())
}

/// Sets the domain of translations, or asks for it.
pub fn text_domain(domain: Option<&CStr>) -> Option<Vec<u8>> {
    // SAFETY: the text is null or terminated; the answer is copied at once.
    unsafe { copied(textdomain(domain.map_or(core::ptr::null(), CStr::as_ptr))) }
}

/// Sets where the translations of a domain lie, or asks for it.
pub fn bind_text_domain(domain: &CStr, folder: Option<&CStr>) -> Option<Vec<u8>> {
    // SAFETY: the texts are null or terminated; the answer is copied at once.
    unsafe { copied(bindtextdomain(domain.as_ptr(), folder.map_or(core::ptr::null(), CStr::as_ptr))) }
}

/// Sets the encoding of the translations of a domain, or asks for it.
pub fn bind_text_codeset(domain: &CStr, codeset: Option<&CStr>) -> Option<Vec<u8>> {
    // SAFETY: the texts are null or terminated; the answer is copied at once.
    unsafe {
        copied(bind_textdomain_codeset(domain.as_ptr(), codeset.map_or(core::ptr::null(), CStr::as_ptr)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_c_locale_is_plain() {
        assert_eq!(set(libc::LC_NUMERIC, None).unwrap(), b"C");
        assert_eq!(set(libc::LC_ALL, Some(c"no_SUCH.locale")), None);
        let conventions = conventions();
        assert_eq!(conventions.decimal_point, b".");
        assert_eq!(conventions.frac_digits, c_char::MAX);
        assert!(compare(c"a", c"b") < 0);
        let wide: Vec<libc::wchar_t> = "ab".chars().map(|c| c as libc::wchar_t).collect();
        assert_eq!(compare_wide(&wide, &wide), 0);
        assert_eq!(transform_wide(&wide), wide);
        assert_eq!(information(libc::DAY_1), b"Sunday");
        assert_eq!(translate(None, c"spam", None), b"spam");
    }
}
