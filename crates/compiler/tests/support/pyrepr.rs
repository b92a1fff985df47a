//! Constants of code objects as Python's `repr` writes them.

use taipan_bytecode::{Constant, Wtf8Buf};
use taipan_kernels::{float, unicode};

fn quoted(points: impl Iterator<Item = u32> + Clone, bytes: bool) -> String {
    let single = points.clone().any(|point| point == 0x27) && !points.clone().any(|point| point == 0x22);
    let quote = if single { '"' } else { '\'' };
    let mut repr = String::from(quote);
    for point in points {
        match char::from_u32(point) {
            Some(c) if c == quote || c == '\\' => repr.extend(['\\', c]),
            Some('\t') => repr.push_str("\\t"),
            Some('\n') => repr.push_str("\\n"),
            Some('\r') => repr.push_str("\\r"),
            Some(c @ ' '..='~') => repr.push(c),
            Some(c) if !bytes && unicode::is_printable(point) => repr.push(c),
            _ if point < 0x100 => repr.push_str(&format!("\\x{point:02x}")),
            _ if point < 0x1_0000 => repr.push_str(&format!("\\u{point:04x}")),
            _ => repr.push_str(&format!("\\U{point:08x}")),
        }
    }
    repr.push(quote);
    repr
}

/// `repr` of a string.
pub fn str_repr(value: &Wtf8Buf) -> String {
    quoted(value.code_points(), false)
}

/// `repr` of a tuple of things that are written already.
pub fn tuple_repr(items: &[String]) -> String {
    match items {
        [item] => format!("({item},)"),
        items => format!("({})", items.join(", ")),
    }
}

/// `repr` of a constant that is no code object.
pub fn constant_repr(value: &Constant) -> String {
    let each = |items: &[Constant]| items.iter().map(constant_repr).collect::<Vec<_>>();
    match value {
        Constant::None => "None".to_owned(),
        Constant::Ellipsis => "Ellipsis".to_owned(),
        Constant::StopIteration => "<class 'StopIteration'>".to_owned(),
        Constant::Bool(true) => "True".to_owned(),
        Constant::Bool(false) => "False".to_owned(),
        Constant::Int(value) => value.to_string(),
        Constant::Float(value) => float::repr(*value),
        Constant::Complex { real, imag } => float::format::complex_repr(*real, *imag),
        Constant::Str(value) => str_repr(value),
        Constant::Bytes(value) => format!("b{}", quoted(value.iter().map(|&byte| u32::from(byte)), true)),
        Constant::Tuple(items) => tuple_repr(&each(items)),
        Constant::FrozenSet(items) => format!("frozenset({{{}}})", each(items).join(", ")),
        Constant::Slice(parts) => format!("slice({})", each(&parts[..]).join(", ")),
        Constant::Code(code) => format!("<code object {}>", code.qualname),
    }
}
