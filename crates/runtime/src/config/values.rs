//! Reading numbers out of options and variables.

/// A decimal integer with nothing around it but leading blanks, as the C library's `strtol` takes it.
pub fn integer(text: &[u8]) -> Option<i64> {
    let text = str::from_utf8(text).ok()?;
    let trimmed = text.trim_start();
    if trimmed.is_empty() { None } else { trimmed.parse().ok() }
}

/// A flag in a variable: what is no number, or negative, counts as 1.
pub fn flag(text: &[u8]) -> u32 {
    integer(text).and_then(|value| u32::try_from(value).ok()).unwrap_or(1)
}
