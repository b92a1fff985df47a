//! Constants of the compiler and of marshal as objects, and back.

use crate::errors::{Exc, check_stack};
use crate::model::{Obj, ObjectExt, Py, PyObject, PyResult, ellipsis, none};
use crate::types::bytes::PyBytes;
use crate::types::code::PyCode;
use crate::types::complex::PyComplex;
use crate::types::float::PyFloat;
use crate::types::int::PyInt;
use crate::types::set::PyFrozenSet;
use crate::types::slice::PySlice;
use crate::types::str::{PyStr, StrUnits};
use crate::types::tuple::PyTuple;
use num_bigint::{BigInt, Sign};
use std::collections::HashMap;
use std::sync::Arc;
use taipan_bytecode::{CodeData, Constant};
use taipan_kernels::int::Int;

/// Equal constants of one module are one object.
#[derive(Default)]
pub struct Shared {
    objects: HashMap<Constant, Obj>,
    codes: HashMap<*const CodeData, Py<PyCode>>,
}

/// The object of a constant.
pub fn constant_to_object(constant: &Constant) -> PyResult {
    super::build::Builder::default().constant(constant)
}

impl super::build::Builder {
    /// The object of a constant, shared with equal ones.
    pub fn constant(&mut self, constant: &Constant) -> PyResult {
        match constant {
            Constant::None => return Ok(none()),
            Constant::Ellipsis => return Ok(ellipsis()),
            Constant::StopIteration => return Ok(Exc::StopIteration.type_object().owned()),
            Constant::Bool(value) => return Ok(PyInt::from_bool(*value)),
            Constant::Code(data) => return self.shared_code(data),
            _ => {}
        }
        if let Some(known) = self.shared.objects.get(constant) {
            return Ok(known.clone());
        }
        let made = self.fresh(constant)?;
        self.shared.objects.insert(constant.clone(), made.clone());
        Ok(made)
    }

    /// The known object of a constant, or the one that `make` gives.
    pub(super) fn shared_object(&mut self, constant: Constant, make: impl FnOnce() -> Obj) -> Obj {
        self.shared.objects.entry(constant).or_insert_with(make).clone()
    }

    fn shared_code(&mut self, data: &Arc<CodeData>) -> PyResult {
        if let Some(known) = self.shared.codes.get(&Arc::as_ptr(data)) {
            return Ok(known.clone().into_obj());
        }
        check_stack(" while making a code object")?;
        let made = self.code(data)?;
        self.shared.codes.insert(Arc::as_ptr(data), made.clone());
        Ok(made.into_obj())
    }

    fn fresh(&mut self, constant: &Constant) -> PyResult {
        Ok(match constant {
            Constant::Int(value) => int_object(value).into_obj(),
            Constant::Float(value) => PyFloat::new(*value).into_obj(),
            Constant::Complex { real, imag } => PyComplex::new(*real, *imag).into_obj(),
            Constant::Str(text) => {
                let string = PyStr::from_wtf8(text);
                if is_all_name_characters(&string) { PyStr::intern(string) } else { string }.into_obj()
            }
            Constant::Bytes(bytes) => PyBytes::new(bytes).into_obj(),
            Constant::Tuple(items) => PyTuple::from_vec(self.items(items)?).into_obj(),
            Constant::FrozenSet(items) => PyFrozenSet::from_vec(self.items(items)?)?.into_obj(),
            Constant::Slice(parts) => {
                let [start, stop, step] = &**parts;
                PySlice::new(self.constant(start)?, self.constant(stop)?, self.constant(step)?).into_obj()
            }
            _ => none(),
        })
    }

    fn items(&mut self, items: &[Constant]) -> PyResult<Vec<Obj>> {
        check_stack(" while making a constant")?;
        items.iter().map(|item| self.constant(item)).collect()
    }
}

/// Whether a string constant looks like a name, and so is interned.
fn is_all_name_characters(string: &PyStr) -> bool {
    match string.units() {
        StrUnits::Ascii(bytes) => bytes.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'_'),
        _ => false,
    }
}

/// The integer of a big number: its 32-bit digits regrouped by 30 bits.
fn int_object(value: &BigInt) -> Py<PyInt> {
    if let Ok(small) = i64::try_from(value) {
        return PyInt::from_i64(small);
    }
    let (mut digits, mut bits, mut filled) = (Vec::new(), 0u64, 0);
    for digit in value.iter_u32_digits() {
        bits |= u64::from(digit) << filled;
        filled += 32;
        while filled >= 30 {
            digits.push((bits & 0x3FFF_FFFF) as u32);
            bits >>= 30;
            filled -= 30;
        }
    }
    digits.push(bits as u32);
    PyInt::from_int(Int::new(value.sign() == Sign::Minus, digits))
}

/// The big number of an integer.
fn big_int(value: &PyInt) -> BigInt {
    if let Some(small) = value.to_i64() {
        return BigInt::from(small);
    }
    let view = value.view();
    let (mut digits, mut bits, mut filled) = (Vec::new(), 0u64, 0);
    for &digit in view.digits {
        bits |= u64::from(digit) << filled;
        filled += 30;
        if filled >= 32 {
            digits.push(bits as u32);
            bits >>= 32;
            filled -= 32;
        }
    }
    digits.push(bits as u32);
    BigInt::from_slice(if view.negative { Sign::Minus } else { Sign::Plus }, &digits)
}

/// The constant of an object that marshal could write; `None` for other types.
pub fn object_to_constant(object: &PyObject) -> Option<Constant> {
    if !crate::model::thread::current().has_stack() {
        return None;
    }
    if object.is_none() {
        return Some(Constant::None);
    }
    if object.is(&ellipsis()) {
        return Some(Constant::Ellipsis);
    }
    if object.is(Exc::StopIteration.type_object()) {
        return Some(Constant::StopIteration);
    }
    if object.is(&PyInt::from_bool(true)) || object.is(&PyInt::from_bool(false)) {
        return Some(Constant::Bool(object.is(&PyInt::from_bool(true))));
    }
    if let Some(value) = object.downcast_exact::<PyStr>() {
        return Some(Constant::Str(value.to_wtf8()));
    }
    if let Some(value) = object.downcast_exact::<PyInt>() {
        return Some(Constant::Int(big_int(value)));
    }
    if let Some(value) = object.downcast_exact::<PyFloat>() {
        return Some(Constant::Float(value.value()));
    }
    if let Some(value) = object.downcast_exact::<PyComplex>() {
        let (real, imag) = value.parts();
        return Some(Constant::Complex { real, imag });
    }
    if let Some(value) = object.downcast_exact::<PyBytes>() {
        return Some(Constant::bytes(value.as_slice()));
    }
    if let Some(value) = object.downcast_exact::<PyCode>() {
        return value.constants_are_plain().then(|| Constant::Code(value.to_data()));
    }
    if let Some(value) = object.downcast_exact::<PyTuple>() {
        let items: Option<Vec<_>> = value.as_slice().iter().map(|item| object_to_constant(item)).collect();
        return Some(Constant::Tuple(items?.into()));
    }
    if let Some(value) = object.downcast_exact::<PySlice>() {
        let part = |part: &PyObject| object_to_constant(part);
        let parts = [part(&value.start)?, part(&value.stop)?, part(&value.step)?];
        return Some(Constant::Slice(Arc::new(parts)));
    }
    if object.downcast_exact::<PyFrozenSet>().is_some() {
        // Iterating over a frozen set of exact type runs no Python code.
        let items = crate::protocols::iter::collect(object);
        return match items {
            Ok(items) => {
                let items: Option<Vec<_>> = items.iter().map(|item| object_to_constant(item)).collect();
                Some(Constant::FrozenSet(items?.into()))
            }
            Err(raised) => {
                crate::errors::clear(raised);
                None
            }
        };
    }
    None
}
