//! Reading numbers out of options and variables.

/// A decimal integer with nothing around it but leading blanks, as the C library's `strtol` takes it: no text is 0.
pub fn integer(text: &[u8]) -> Option<i64> {
    let text = str::from_utf8(text).ok()?;
    if text.is_empty() { Some(0) } else { text.trim_start().parse().ok() }
}

/// A flag in a variable: what is no number, or negative, counts as 1.
pub fn flag(text: &[u8]) -> u32 {
    integer(text)
        .and_then(|value| i32::try_from(value).ok())
        .and_then(|value| u32::try_from(value).ok())
        .unwrap_or(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_the_c_library_reads_them() {
        assert_eq!([integer(b""), integer(b" 7"), integer(b"+7")], [Some(0), Some(7), Some(7)]);
        assert_eq!([integer(b"  "), integer(b"7 "), integer(b"0x7")], [None; 3]);
        assert_eq!([flag(b"2"), flag(b"-1"), flag(b"x"), flag(b"2147483648")], [2, 1, 1, 1]);
    }
}
