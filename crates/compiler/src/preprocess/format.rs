//! `'literal' % (a, b)` as an f-string, where the literal's conversions are simple: `%s`, `%r`, `%a` with a width and
//! precision below 100.

use taipan_ast::{Arena, Constant, Expr, ExprKind, Location, Wtf8};

/// Literal parts and format specifications have no place in the source.
const NOWHERE: Location = Location::new(-1, -1, -1, -1);
/// Numbers of this many digits are left alone.
const MAX_DIGITS: usize = 3;

fn constant<'a>(text: &[u8], arena: &'a Arena) -> Expr<'a> {
    let value = Constant::Str(Wtf8::from_bytes(arena.bytes(text)));
    Expr { kind: ExprKind::Constant { value, kind: None }, loc: NOWHERE }
}

/// The bytes of a format, read from the front. All that matters is ASCII.
struct Reader<'t> {
    rest: &'t [u8],
}

impl Reader<'_> {
    fn next(&mut self) -> Option<u8> {
        let (&first, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(first)
    }

    /// Text up to a conversion, with `%%` resolved.
    fn literal(&mut self) -> Vec<u8> {
        let mut text = Vec::new();
        while let Some(&byte) = self.rest.first() {
            if byte == b'%' {
                if self.rest.get(1) != Some(&b'%') {
                    break;
                }
                self.rest = &self.rest[1..];
            }
            text.push(byte);
            self.rest = &self.rest[1..];
        }
        text
    }

    /// A number that starts with `first`, and what comes after it.
    fn number(&mut self, first: u8) -> Option<(u32, u8)> {
        let (mut value, mut byte, mut digits) = (0, first, 0);
        while byte.is_ascii_digit() {
            value = value * 10 + u32::from(byte - b'0');
            byte = self.next()?;
            digits += 1;
            if digits >= MAX_DIGITS {
                return None;
            }
        }
        Some((value, byte))
    }

    /// A conversion, after its `%`: the letter and the format specification.
    fn conversion(&mut self) -> Option<(u8, String)> {
        let (mut left, mut byte) = (false, self.next()?);
        while matches!(byte, b'-' | b'+' | b' ' | b'#' | b'0') {
            left |= byte == b'-';
            byte = self.next()?;
        }
        let mut spec = String::new();
        if byte.is_ascii_digit() {
            let width;
            (width, byte) = self.number(byte)?;
            if !left && width > 0 {
                spec.push('>');
            }
            spec.push_str(&width.to_string());
        }
        if byte == b'.' {
            let first = self.next()?;
            let precision;
            (precision, byte) = self.number(first)?;
            spec.push('.');
            spec.push_str(&precision.to_string());
        }
        matches!(byte, b's' | b'r' | b'a').then_some((byte, spec))
    }
}

/// The f-string that formats `elts` with `format`, if there is one.
pub(super) fn to_joined_str<'a>(
    format: &Wtf8,
    elts: &'a [Expr<'a>],
    arena: &'a Arena,
) -> Option<ExprKind<'a>> {
    if elts.iter().any(|elt| matches!(elt.kind, ExprKind::Starred { .. })) {
        return None;
    }
    let mut reader = Reader { rest: format.as_bytes() };
    let mut values = Vec::with_capacity(elts.len() * 2 + 1);
    let mut left = elts.iter();
    loop {
        let literal = reader.literal();
        if !literal.is_empty() {
            values.push(constant(&literal, arena));
        }
        if reader.next().is_none() {
            break;
        }
        let value = left.next()?;
        let (letter, spec) = reader.conversion()?;
        let format_spec =
            if spec.is_empty() { None } else { Some(arena.alloc(constant(spec.as_bytes(), arena))) };
        let kind = ExprKind::FormattedValue { value, conversion: i32::from(letter), format_spec };
        values.push(Expr { kind, loc: value.loc });
    }
    left.next().is_none().then(|| ExprKind::JoinedStr { values: arena.slice(&values) })
}
