//! Characters by name, as `\N{…}` and `unicodedata.lookup` find them: any case, otherwise spelled exactly.
//!
//! Formal aliases count; named sequences do not, since an escape stands for one character.

use super::aliases::ALIASES;

/// Ideographs whose names are made from their code points.
const TANGUT_IDEOGRAPHS: [(u32, u32); 2] = [(0x17000, 0x187F7), (0x18D00, 0x18D08)];
const TANGUT_PREFIX: &str = "TANGUT IDEOGRAPH-";
/// No name is longer.
const MAX_NAME: usize = 256;

/// The character of a name.
pub fn lookup(name: &str) -> Option<char> {
    if name.len() > MAX_NAME || !name.starts_with(|c: char| c.is_ascii_alphanumeric()) {
        return None;
    }
    let name = name.to_ascii_uppercase();
    if let Ok(at) = ALIASES.binary_search_by_key(&&*name, |&(alias, _)| alias) {
        return char::from_u32(ALIASES[at].1);
    }
    if let Some(digits) = name.strip_prefix(TANGUT_PREFIX) {
        let code = u32::from_str_radix(digits, 16).ok()?;
        let known = TANGUT_IDEOGRAPHS.iter().any(|&(first, last)| (first..=last).contains(&code));
        return char::from_u32(code).filter(|_| known && format!("{code:X}") == digits);
    }
    // The crate matches loosely; the name that it knows decides.
    let character = unicode_names2::character(&name)?;
    (unicode_names2::name(character)?.to_string() == name).then_some(character)
}

/// Whether a name is a formal alias.
pub fn is_alias(name: &str) -> bool {
    let name = name.to_ascii_uppercase();
    ALIASES.binary_search_by_key(&&*name, |&(alias, _)| alias).is_ok()
}

/// The name of a character; aliases are none.
pub fn name(c: u32) -> Option<String> {
    if TANGUT_IDEOGRAPHS.iter().any(|&(first, last)| (first..=last).contains(&c)) {
        return Some(format!("{TANGUT_PREFIX}{c:X}"));
    }
    unicode_names2::name(char::from_u32(c)?).map(|name| name.to_string())
}

#[cfg(test)]
mod tests {
    use super::lookup;

    #[test]
    fn names() {
        for (name, character) in [
            ("DIGIT ONE", '1'),
            ("latin small letter a", 'a'),
            ("NULL", '\0'),
            ("NEL", '\u{85}'),
            ("BELL", '\u{1F514}'),
            ("ALERT", '\x07'),
            ("HANGUL SYLLABLE GAG", '\u{AC01}'),
            ("HANGUL JUNGSEONG O-E", '\u{1180}'),
            ("HANGUL JUNGSEONG OE", '\u{116C}'),
            ("CJK UNIFIED IDEOGRAPH-323AF", '\u{323AF}'),
            ("tangut ideograph-17000", '\u{17000}'),
            ("NUSHU CHARACTER-1B170", '\u{1B170}'),
            ("GARAY CAPITAL LETTER A", '\u{10D50}'),
            ("VS1", '\u{FE00}'),
            ("LATIN CAPITAL LETTER GHA", '\u{1A2}'),
        ] {
            assert_eq!(lookup(name), Some(character), "{name}");
        }
        for name in [
            "",
            "-",
            "-A",
            "foo",
            "Digit  one",
            "LATIN_SMALL_LETTER_A",
            "HANGUL SYLLABLE GAG ",
            "HANGUL SYLLABLE",
            "CJK UNIFIED IDEOGRAPH-04E00",
            "CJK UNIFIED IDEOGRAPH-9FFF0",
            "TANGUT IDEOGRAPH-16FFF",
            "KEYCAP DIGIT ONE",
            "TANGUT IDEOGRAPH-+17000",
            "é",
        ] {
            assert_eq!(lookup(name), None, "{name}");
        }
    }
}
