//! The grammar of `str.format`: replacement fields and the names in them.
//!
//! [`Markup`] cuts a format string into literal text and fields, [`FieldName`] a field's name into its first part and
//! the look-ups behind it. Both work on positions, so that `_string`'s iterators can stop in between.

use super::PyStr;
use crate::model::PyResult;
use core::ops::Range;
use taipan_kernels::unicode;

/// A piece of a format string: literal text, and the field that follows it.
pub struct Piece {
    pub literal: Range<usize>,
    pub field: Option<Field>,
}

/// A replacement field.
pub struct Field {
    pub name: Range<usize>,
    pub conversion: Option<u32>,
    pub spec: Range<usize>,
    /// The specification has fields of its own.
    pub nested: bool,
}

/// Where reading a format string stands.
#[derive(Clone)]
pub struct Markup {
    at: usize,
    end: usize,
}

fn is(text: &PyStr, at: usize, c: char) -> bool {
    text.char_at(at) == c as u32
}

impl Markup {
    /// Reads this part of a string.
    pub fn new(range: Range<usize>) -> Self {
        Markup { at: range.start, end: range.end }
    }

    /// The next piece.
    pub fn next(&mut self, text: &PyStr) -> PyResult<Option<Piece>> {
        if self.at >= self.end {
            return Ok(None);
        }
        let start = self.at;
        let brace = (start..self.end).find(|&i| is(text, i, '{') || is(text, i, '}'));
        let Some(brace) = brace else {
            self.at = self.end;
            return Ok(Some(Piece { literal: start..self.end, field: None }));
        };
        let c = text.char_at(brace);
        self.at = brace + 1;
        let at_end = self.at >= self.end;
        let doubled = !at_end && text.char_at(self.at) == c;
        if c == '}' as u32 && !doubled {
            return Err(raised!(ValueError, "Single '}}' encountered in format string"));
        }
        if at_end {
            return Err(raised!(ValueError, "Single '{{' encountered in format string"));
        }
        if doubled {
            self.at += 1;
            return Ok(Some(Piece { literal: start..brace + 1, field: None }));
        }
        let field = self.field(text)?;
        Ok(Some(Piece { literal: start..brace, field: Some(field) }))
    }

    fn take(&mut self, text: &PyStr) -> Option<u32> {
        let c = (self.at < self.end).then(|| text.char_at(self.at));
        self.at += usize::from(c.is_some());
        c
    }

    fn field(&mut self, text: &PyStr) -> PyResult<Field> {
        let start = self.at;
        let mut ended_by = None;
        while let Some(c) = self.take(text) {
            match char::from_u32(c) {
                Some('{') => return Err(raised!(ValueError, "unexpected '{{' in field name")),
                Some('[') => {
                    while self.at < self.end && !is(text, self.at, ']') {
                        self.at += 1;
                    }
                }
                Some(c @ ('}' | ':' | '!')) => {
                    ended_by = Some(c);
                    break;
                }
                _ => {}
            }
        }
        let Some(ended_by) = ended_by else {
            return Err(raised!(ValueError, "expected '}}' before end of string"));
        };
        let name = start..self.at - 1;
        let mut field = Field { name, conversion: None, spec: self.at..self.at, nested: false };
        if ended_by == '}' {
            return Ok(field);
        }
        if ended_by == '!' {
            let Some(conversion) = self.take(text) else {
                return Err(raised!(ValueError, "end of string while looking for conversion specifier"));
            };
            field.conversion = Some(conversion);
            match self.take(text).map(char::from_u32) {
                Some(Some('}')) => return Ok(field),
                Some(Some(':')) | None => {}
                _ => return Err(raised!(ValueError, "expected ':' after conversion specifier")),
            }
        }
        let start = self.at;
        let mut depth = 1;
        while let Some(c) = self.take(text) {
            match char::from_u32(c) {
                Some('{') => {
                    field.nested = true;
                    depth += 1;
                }
                Some('}') => {
                    depth -= 1;
                    if depth == 0 {
                        field.spec = start..self.at - 1;
                        return Ok(field);
                    }
                }
                _ => {}
            }
        }
        Err(raised!(ValueError, "unmatched '{{' in format spec"))
    }
}

/// The decimal number that a part of a name is; `None` where it is a name.
pub fn number(text: &PyStr, range: Range<usize>) -> PyResult<Option<usize>> {
    if range.is_empty() {
        return Ok(None);
    }
    let mut value = 0usize;
    for i in range {
        let Some(digit) = unicode::to_decimal(text.char_at(i)) else {
            return Ok(None);
        };
        let next = value.checked_mul(10).and_then(|v| v.checked_add(digit.into()));
        match next.filter(|&v| v <= isize::MAX as usize) {
            Some(next) => value = next,
            None => return Err(raised!(ValueError, "Too many decimal digits in format string")),
        }
    }
    Ok(Some(value))
}

/// A look-up behind the first part of a field name.
pub enum Lookup {
    Attribute(Range<usize>),
    /// A key, and the number it is, if it is one.
    Item(Range<usize>, Option<usize>),
}

/// The look-ups of a field name.
#[derive(Clone)]
pub struct FieldName {
    at: usize,
    end: usize,
}

impl FieldName {
    /// The first part of the name in `range`, and what follows it.
    pub fn split(text: &PyStr, range: Range<usize>) -> (Range<usize>, FieldName) {
        let end = range.clone().find(|&i| is(text, i, '.') || is(text, i, '[')).unwrap_or(range.end);
        (range.start..end, FieldName { at: end, end: range.end })
    }

    /// The next look-up.
    pub fn next(&mut self, text: &PyStr) -> PyResult<Option<Lookup>> {
        if self.at >= self.end {
            return Ok(None);
        }
        let start = self.at + 1;
        let lookup = match char::from_u32(text.char_at(self.at)) {
            Some('.') => {
                let end = (start..self.end).find(|&i| is(text, i, '.') || is(text, i, '['));
                self.at = end.unwrap_or(self.end);
                Lookup::Attribute(start..self.at)
            }
            Some('[') => {
                let Some(end) = (start..self.end).find(|&i| is(text, i, ']')) else {
                    return Err(raised!(ValueError, "Missing ']' in format string"));
                };
                self.at = end + 1;
                Lookup::Item(start..end, number(text, start..end)?)
            }
            _ => {
                return Err(raised!(ValueError, "Only '.' or '[' may follow ']' in format field specifier"));
            }
        };
        let (Lookup::Attribute(name) | Lookup::Item(name, _)) = &lookup;
        if name.is_empty() {
            return Err(raised!(ValueError, "Empty attribute in format string"));
        }
        Ok(Some(lookup))
    }
}
