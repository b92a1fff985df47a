//! Values to bytes and back.

use super::format::{Item, Layout, Order};
use super::struct_error;
use taipan_kernels::float::arith::{from_half, to_half};
use taipan_kernels::int::bytes;
use taipan_objects::errors;
use taipan_objects::prelude::*;
use taipan_objects::types::bytearray::PyByteArray;
use taipan_objects::types::complex::{PyComplex, as_complex};

fn is_little(order: Order) -> bool {
    match order {
        Order::Little => true,
        Order::Big => false,
        Order::Native => cfg!(target_endian = "little"),
    }
}

fn is_signed(code: u8) -> bool {
    matches!(code, b'b' | b'h' | b'i' | b'l' | b'q' | b'n')
}

/// A double of a number, with `struct`'s error for what is none.
fn double(value: &PyObject) -> PyResult<f64> {
    number::as_f64(value).map_err(|raised| {
        if errors::matches(&raised, Exc::TypeError) {
            errors::clear(raised);
            struct_error("required argument is not a float")
        } else {
            raised
        }
    })
}

#[cold]
fn too_large(code: u8) -> Raised {
    raised!(OverflowError, "float too large to pack with {} format", code as char)
}

fn single(value: f64, code: u8) -> PyResult<f32> {
    let single = value as f32;
    if single.is_infinite() && value.is_finite() { Err(too_large(code)) } else { Ok(single) }
}

/// Bytes in the layout's order.
fn store(out: &mut [u8], native: &[u8], order: Order) {
    out.copy_from_slice(native);
    if is_little(order) != cfg!(target_endian = "little") {
        out.reverse();
    }
}

#[cold]
fn out_of_range(code: u8, size: usize) -> Raised {
    let bits = size as u32 * 8;
    let (low, high) = if is_signed(code) {
        (-(1i128 << (bits - 1)), (1i128 << (bits - 1)) - 1)
    } else {
        (0, (1i128 << bits) - 1)
    };
    struct_error(&format!("'{}' format requires {low} <= number <= {high}", code as char))
}

fn integer(out: &mut [u8], value: &PyObject, code: u8, order: Order) -> PyResult<()> {
    if !number::is_index(value) {
        return Err(struct_error("required argument is not an integer"));
    }
    let value = number::index(value)?;
    if code == b'P' {
        // A pointer may be given as a negative number.
        let signed = value.is_negative();
        return bytes::to_bytes(value.view(), out, is_little(order), signed)
            .map_err(|_| struct_error("int too large to convert"));
    }
    bytes::to_bytes(value.view(), out, is_little(order), is_signed(code))
        .map_err(|_| out_of_range(code, out.len()))
}

fn byte_string(value: &PyObject) -> Option<Vec<u8>> {
    match value.downcast::<PyBytes>() {
        Some(value) => Some(value.as_slice().to_vec()),
        None => value.downcast::<PyByteArray>().map(PyByteArray::to_vec),
    }
}

/// Packs one value.
pub fn pack(out: &mut [u8], value: &PyObject, code: u8, order: Order) -> PyResult<()> {
    match code {
        b'c' => match value.downcast::<PyBytes>() {
            Some(bytes) if bytes.len() == 1 => out.copy_from_slice(bytes.as_slice()),
            _ => return Err(struct_error("char format requires a bytes object of length 1")),
        },
        b'?' => out[0] = object::is_true(value)? as u8,
        b'e' => match to_half(double(value)?) {
            Some(half) => store(out, &half.to_ne_bytes(), order),
            None => return Err(too_large(code)),
        },
        b'f' => store(out, &single(double(value)?, code)?.to_ne_bytes(), order),
        b'd' => store(out, &double(value)?.to_ne_bytes(), order),
        b'F' | b'D' => {
            let (re, im) = as_complex(value).map_err(|raised| {
                if errors::matches(&raised, Exc::TypeError) {
                    errors::clear(raised);
                    struct_error("required argument is not a complex")
                } else {
                    raised
                }
            })?;
            let half = out.len() / 2;
            let (first, second) = out.split_at_mut(half);
            if code == b'F' {
                store(first, &single(re, b'f')?.to_ne_bytes(), order);
                store(second, &single(im, b'f')?.to_ne_bytes(), order);
            } else {
                store(first, &re.to_ne_bytes(), order);
                store(second, &im.to_ne_bytes(), order);
            }
        }
        b's' => {
            let Some(bytes) = byte_string(value) else {
                return Err(struct_error("argument for 's' must be a bytes object"));
            };
            let taken = bytes.len().min(out.len());
            out[..taken].copy_from_slice(&bytes[..taken]);
        }
        b'p' => {
            let Some(bytes) = byte_string(value) else {
                return Err(struct_error("argument for 'p' must be a bytes object"));
            };
            if let Some((length, text)) = out.split_first_mut() {
                let taken = bytes.len().min(text.len());
                text[..taken].copy_from_slice(&bytes[..taken]);
                *length = taken.min(255) as u8;
            }
        }
        _ => integer(out, value, code, order)?,
    }
    Ok(())
}

/// Packs all values; there are as many as the layout says.
pub fn pack_all(layout: &Layout, values: &[&PyObject]) -> PyResult<Vec<u8>> {
    let mut out = Vec::new();
    if out.try_reserve_exact(layout.size).is_err() {
        return Err(raised!(MemoryError));
    }
    out.resize(layout.size, 0);
    let mut values = values.iter();
    for &Item { code, offset, size, count } in &layout.items {
        for i in 0..count {
            let Some(value) = values.next() else { break };
            let at = offset + i * size;
            pack(&mut out[at..at + size], value, code, layout.order)?;
        }
    }
    Ok(out)
}

fn array<const N: usize>(bytes: &[u8], order: Order) -> [u8; N] {
    let mut native = [0; N];
    native.copy_from_slice(bytes);
    if is_little(order) != cfg!(target_endian = "little") {
        native.reverse();
    }
    native
}

/// Unpacks one value.
pub fn unpack(bytes_in: &[u8], code: u8, order: Order) -> Obj {
    let float = |value: f64| PyFloat::new(value).into_obj();
    match code {
        b'c' | b's' => PyBytes::new(bytes_in).into_obj(),
        b'p' => match bytes_in.split_first() {
            Some((&length, text)) => PyBytes::new(&text[..(length as usize).min(text.len())]).into_obj(),
            None => PyBytes::new(&[]).into_obj(),
        },
        b'?' => PyInt::from_bool(bytes_in[0] != 0),
        b'e' => float(from_half(u16::from_ne_bytes(array(bytes_in, order)))),
        b'f' => float(f32::from_ne_bytes(array(bytes_in, order)) as f64),
        b'd' => float(f64::from_ne_bytes(array(bytes_in, order))),
        b'F' => {
            let part = |bytes: &[u8]| f32::from_ne_bytes(array(bytes, order)) as f64;
            PyComplex::new(part(&bytes_in[..4]), part(&bytes_in[4..])).into_obj()
        }
        b'D' => {
            let part = |bytes: &[u8]| f64::from_ne_bytes(array(bytes, order));
            PyComplex::new(part(&bytes_in[..8]), part(&bytes_in[8..])).into_obj()
        }
        _ => {
            let mut value = 0u64;
            if is_little(order) {
                bytes_in.iter().rev().for_each(|&byte| value = value << 8 | byte as u64);
            } else {
                bytes_in.iter().for_each(|&byte| value = value << 8 | byte as u64);
            }
            if is_signed(code) {
                let unused = 64 - 8 * bytes_in.len() as u32;
                PyInt::from_i64((value << unused) as i64 >> unused).into_obj()
            } else {
                PyInt::from_u64(value).into_obj()
            }
        }
    }
}

/// Unpacks all values from bytes as long as the layout.
pub fn unpack_all(layout: &Layout, bytes: &[u8]) -> Py<PyTuple> {
    let mut values = Vec::with_capacity(layout.values.min(bytes.len() + layout.items.len()));
    for &Item { code, offset, size, count } in &layout.items {
        for i in 0..count {
            let at = offset + i * size;
            values.push(unpack(&bytes[at..at + size], code, layout.order));
        }
    }
    PyTuple::from_vec(values)
}
