//! Strings, bytes and tuples: concatenation, repetition within limits, subscripts.

use num_bigint::BigInt;
use num_traits::{Signed, ToPrimitive};
use taipan_bytecode::{Constant, Wtf8Buf};

/// Items in the longest repeated tuple.
const MAX_COLLECTION_SIZE: usize = 256;
/// Characters in the longest repeated string.
const MAX_STR_SIZE: usize = 4096;
/// Items in a repeated tuple with those of the tuples in it.
const MAX_TOTAL_ITEMS: i64 = 1024;

pub fn concat(left: &Constant, right: &Constant) -> Option<Constant> {
    match (left, right) {
        (Constant::Str(a), Constant::Str(b)) => Some(Constant::Str(a.concat(b))),
        (Constant::Bytes(a), Constant::Bytes(b)) => Some(Constant::bytes([&**a, &**b].concat())),
        (Constant::Tuple(a), Constant::Tuple(b)) => Some(Constant::tuple(a.iter().chain(b.iter()).cloned())),
        _ => None,
    }
}

/// A sequence times an integer, on either side.
pub fn repeat(left: &Constant, right: &Constant) -> Option<Constant> {
    let (sequence, count) = match (integer(left), integer(right)) {
        (Some(count), None) => (right, count),
        (None, Some(count)) => (left, count),
        _ => return None,
    };
    let count = count.to_i64()?;
    let times = |size: usize, limit: usize| -> Option<usize> {
        if size == 0 {
            return Some(0);
        }
        usize::try_from(count).ok().filter(|n| *n <= limit / size)
    };
    match sequence {
        Constant::Str(s) => {
            let n = times(s.len(), MAX_STR_SIZE)?;
            Wtf8Buf::from_wtf8(s.as_bytes().repeat(n)).map(Constant::Str)
        }
        Constant::Bytes(b) => Some(Constant::bytes(b.repeat(times(b.len(), MAX_STR_SIZE)?))),
        Constant::Tuple(items) => {
            let n = times(items.len(), MAX_COLLECTION_SIZE)?;
            if n != 0 && complexity_left(sequence, MAX_TOTAL_ITEMS / n as i64) < 0 {
                return None;
            }
            Some(Constant::tuple(std::iter::repeat_n(items.iter().cloned(), n).flatten()))
        }
        _ => None,
    }
}

/// What is left of a limit on items when those of the constant are taken off; negative if too many.
fn complexity_left(constant: &Constant, limit: i64) -> i64 {
    let (Constant::Tuple(items) | Constant::FrozenSet(items)) = constant else { return limit };
    let mut limit = limit - items.len() as i64;
    for item in items.iter() {
        if limit < 0 {
            break;
        }
        limit = complexity_left(item, limit);
    }
    limit
}

fn integer(constant: &Constant) -> Option<BigInt> {
    match constant {
        Constant::Int(i) => Some(i.clone()),
        Constant::Bool(b) => Some(BigInt::from(u8::from(*b))),
        _ => None,
    }
}

pub fn subscript(container: &Constant, key: &Constant) -> Option<Constant> {
    if let Constant::Slice(parts) = key {
        return slice(container, parts);
    }
    let index = integer(key)?.to_i64()?;
    let at = |length: usize| -> Option<usize> {
        let index = if index < 0 { index.checked_add(i64::try_from(length).ok()?)? } else { index };
        usize::try_from(index).ok().filter(|i| *i < length)
    };
    match container {
        Constant::Str(s) => {
            let point = s.code_points().nth(at(s.len())?)?;
            Wtf8Buf::from_code_points([point]).map(Constant::Str)
        }
        Constant::Bytes(b) => Some(Constant::from(i64::from(b[at(b.len())?]))),
        Constant::Tuple(items) => Some(items[at(items.len())?].clone()),
        _ => None,
    }
}

fn slice(container: &Constant, parts: &[Constant; 3]) -> Option<Constant> {
    match container {
        Constant::Str(s) => {
            let points: Vec<u32> = s.code_points().collect();
            let chosen = indices(parts, points.len())?.into_iter().map(|i| points[i]);
            Wtf8Buf::from_code_points(chosen).map(Constant::Str)
        }
        Constant::Bytes(b) => {
            let chosen: Vec<u8> = indices(parts, b.len())?.into_iter().map(|i| b[i]).collect();
            Some(Constant::bytes(chosen))
        }
        Constant::Tuple(items) => {
            Some(Constant::tuple(indices(parts, items.len())?.into_iter().map(|i| items[i].clone())))
        }
        _ => None,
    }
}

/// The indices that a slice picks from a sequence of a length.
fn indices(parts: &[Constant; 3], length: usize) -> Option<Vec<usize>> {
    let part = |c: &Constant| -> Option<Option<i64>> {
        match c {
            Constant::None => Some(None),
            _ => {
                let value = integer(c)?;
                let clamped = if value.is_negative() { i64::MIN / 2 } else { i64::MAX / 2 };
                Some(Some(value.to_i64().map_or(clamped, |v| v.clamp(i64::MIN / 2, i64::MAX / 2))))
            }
        }
    };
    let length = i64::try_from(length).ok()?;
    let step = part(&parts[2])?.unwrap_or(1);
    if step == 0 {
        return None;
    }
    let (low, high) = if step > 0 { (0, length) } else { (-1, length - 1) };
    let bound = |value: Option<i64>, default: i64| match value {
        None => default,
        Some(v) => (if v < 0 { v + length } else { v }).clamp(low, high),
    };
    let start = bound(part(&parts[0])?, if step > 0 { low } else { high });
    let stop = bound(part(&parts[1])?, if step > 0 { high } else { low });
    let mut out = Vec::new();
    let mut at = start;
    while if step > 0 { at < stop } else { at > stop } {
        out.push(usize::try_from(at).ok()?);
        at = at.checked_add(step)?;
    }
    Some(out)
}
