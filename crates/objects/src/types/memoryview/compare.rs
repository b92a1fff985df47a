//! Comparison and hash of memory views.

use super::layout::{addresses, base_object, bytes_in_order, format_of};
use super::{Held, PyMemoryView, item};
use crate::errors::{self, Exc};
use crate::intern;
use crate::model::{CompareOp, Obj, ObjectExt, PyObject, PyResult, not_implemented, thread};
use crate::protocols::buffer::{Buffer, shape};
use crate::protocols::{call, object};
use crate::types::bytes::PyBytes;
use crate::types::int::PyInt;
use crate::types::str::PyStr;
use taipan_abi::{Py_buffer, PyBUF_FULL_RO};
use taipan_macros::pymethods;

/// How the items of a view become values.
enum Reader {
    Native(u8, usize),
    /// `struct.Struct(format).unpack`, for what is no single native character.
    Struct(Obj, usize),
}

impl Reader {
    fn new(view: &Py_buffer) -> PyResult<Option<Reader>> {
        let format = format_of(view);
        if let Some((code, size, _)) = item::native(format)
            && size as isize == view.itemsize
        {
            return Ok(Some(Reader::Native(code, size)));
        }
        let module = super::layout::import_module(intern!("struct"))?;
        let class = object::get_attr(&module, intern!("Struct"))?;
        match call::call(&class, &[&*PyStr::new(format)]) {
            Ok(made) => {
                let size = object::get_attr(&made, intern!("size"))?;
                if crate::protocols::number::as_isize(&size, None)? != view.itemsize {
                    return Ok(None);
                }
                let unpack = object::get_attr(&made, intern!("unpack"))?;
                Ok(Some(Reader::Struct(unpack, view.itemsize as usize)))
            }
            Err(raised) => {
                // A format that `struct` does not know: such views are equal to nothing.
                errors::catch(raised, Exc::Exception)?;
                Ok(None)
            }
        }
    }

    fn read(&self, address: *const u8) -> PyResult {
        match self {
            Reader::Native(code, size) => Ok(item::unpack(address, *code, *size)),
            Reader::Struct(unpack, size) => {
                let mut bytes = Vec::with_capacity(*size);
                for offset in 0..*size {
                    bytes.push(super::layout::read_item(address.wrapping_add(offset), 1)[0]);
                }
                let values = call::call(unpack, &[&*PyBytes::new(&bytes)])?;
                // One value stands for itself.
                match values.downcast::<crate::types::tuple::PyTuple>() {
                    Some(tuple) if tuple.len() == 1 => Ok(tuple.get(0).owned()),
                    _ => Ok(values),
                }
            }
        }
    }
}

/// Formats whose items are equal exactly when their bytes are.
fn is_bitwise(code: u8) -> bool {
    !matches!(code, b'f' | b'd' | b'e' | b'?')
}

fn equal(a: &Py_buffer, b: &Py_buffer) -> PyResult<bool> {
    if shape(a) != shape(b) {
        return Ok(false);
    }
    let (Some(reader_a), Some(reader_b)) = (Reader::new(a)?, Reader::new(b)?) else { return Ok(false) };
    if let (Reader::Native(code_a, _), Reader::Native(code_b, _)) = (&reader_a, &reader_b)
        && code_a == code_b
        && is_bitwise(*code_a)
    {
        return Ok(bytes_in_order(a, false) == bytes_in_order(b, false));
    }
    for (item_a, item_b) in addresses(a).into_iter().zip(addresses(b)) {
        let (value_a, value_b) = (reader_a.read(item_a)?, reader_b.read(item_b)?);
        // Not-a-number differs from itself here as everywhere.
        if !object::is_true(&*object::compare(&value_a, &value_b, CompareOp::Eq)?)? {
            return Ok(false);
        }
    }
    Ok(true)
}

#[pymethods(SLOTS)]
impl PyMemoryView {
    #[slot(tp_richcompare)]
    fn richcompare(&self, other: &PyObject, op: CompareOp) -> PyResult {
        let wanted = match op {
            CompareOp::Eq => true,
            CompareOp::Ne => false,
            _ => return Ok(not_implemented()),
        };
        let same = other.is(self);
        let is_released =
            |object: &PyObject| object.downcast::<PyMemoryView>().is_some_and(PyMemoryView::is_released);
        if self.is_released() || is_released(other) {
            return Ok(PyInt::from_bool(same == wanted));
        }
        let Ok(mine) = Buffer::get(self, PyBUF_FULL_RO).map_err(errors::clear) else {
            return Ok(not_implemented());
        };
        let Ok(theirs) = Buffer::get(other, PyBUF_FULL_RO).map_err(errors::clear) else {
            return Ok(not_implemented());
        };
        Ok(PyInt::from_bool(equal(mine.view(), theirs.view())? == wanted))
    }

    #[slot(tp_hash)]
    fn hash(&self) -> PyResult<isize> {
        let known = self.hash.get();
        if known != -1 {
            return Ok(known);
        }
        let view = self.checked()?;
        if view.readonly == 0 {
            return Err(raised!(ValueError, "cannot hash writable memoryview object"));
        }
        match item::native(self.format()) {
            Some((code, ..)) if item::is_byte(code) => {}
            _ => {
                return Err(raised!(
                    ValueError,
                    "memoryview: hashing is restricted to formats 'B', 'b' or 'c'"
                ));
            }
        }
        if let Some(base) = base_object(view) {
            let base = base.owned();
            let _held = Held::new(self);
            object::hash(&base)?;
        }
        let bytes = bytes_in_order(self.checked()?, false);
        let hash = thread::process().hash_secret().hash_bytes(&bytes) as isize;
        self.hash.set(hash);
        Ok(hash)
    }
}
