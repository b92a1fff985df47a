//! Indices and slices of a bytearray.

use super::PyByteArray;
use crate::codecs::bytes_like;
use crate::errors::Exc;
use crate::model::{ObjectExt, Py, PyObject, PyResult, PyType};
use crate::protocols::number;
use crate::types::bytes;
use crate::types::int::PyInt;
use crate::types::slice::{PySlice, SliceIndices};
use crate::types::str::PyStr;
use taipan_macros::pymethods;

/// A value that is stored as a byte.
pub fn byte_value(value: &PyObject) -> PyResult<u8> {
    match number::as_isize(value, None)? {
        value @ 0..=255 => Ok(value as u8),
        _ => Err(raised!(ValueError, "byte must be in range(0, 256)")),
    }
}

impl PyByteArray {
    fn index_of(&self, key: &PyObject) -> PyResult<usize> {
        let index = number::as_isize(key, Some(Exc::IndexError))?;
        self.checked(if index < 0 { index + self.len() as isize } else { index })
    }

    /// An index that must be within the length.
    fn checked(&self, index: isize) -> PyResult<usize> {
        if index < 0 || index as usize >= self.len() {
            return Err(raised!(IndexError, "bytearray index out of range"));
        }
        Ok(index as usize)
    }

    fn byte_at(&self, index: usize) -> PyResult {
        match self.read(|bytes| bytes.get(index).copied()) {
            Some(byte) => Ok(PyInt::from_i64(byte as i64).into_obj()),
            None => Err(raised!(IndexError, "bytearray index out of range")),
        }
    }

    fn set_byte(&self, index: isize, value: Option<&PyObject>) -> PyResult<()> {
        let Some(value) = value else {
            let index = self.checked(index)?;
            return self.splice(index, index + 1, &[]);
        };
        // The conversion may run code that changes the length.
        let byte = byte_value(value)?;
        let index = self.checked(index)?;
        self.write(|bytes| bytes[index] = byte);
        Ok(())
    }

    /// `array[slice] = bytes`, or `del array[slice]` for no bytes.
    fn set_slice(&self, slice: SliceIndices, new: &[u8]) -> PyResult<()> {
        let SliceIndices { start, stop, step, count } = slice;
        if step == 1 {
            let start = start as usize;
            return self.splice(start, (stop.max(start as isize)) as usize, new);
        }
        if new.is_empty() {
            return self.delete_stepped(slice);
        }
        if new.len() != count {
            return Err(raised!(
                ValueError,
                "attempt to assign bytes of size {} to extended slice of size {count}",
                new.len()
            ));
        }
        self.write(|bytes| {
            let mut at = start;
            for &byte in new {
                bytes[at as usize] = byte;
                at += step;
            }
        });
        Ok(())
    }

    fn delete_stepped(&self, slice: SliceIndices) -> PyResult<()> {
        let SliceIndices { start, step, count, .. } = slice;
        if count == 0 {
            return Ok(());
        }
        self.check_resizable()?;
        // From the lowest index upwards, whichever way the slice ran.
        let (first, step) =
            if step < 0 { (start + step * (count as isize - 1), -step) } else { (start, step) };
        let (first, step) = (first as usize, step as usize);
        let kept: Vec<u8> = self.read(|bytes| {
            let gone =
                |i: usize| i >= first && (i - first).is_multiple_of(step) && (i - first) / step < count;
            bytes.iter().enumerate().filter(|(i, _)| !gone(*i)).map(|(_, &byte)| byte).collect()
        });
        self.resize(kept.len())?;
        self.write(|bytes| bytes.copy_from_slice(&kept));
        Ok(())
    }

    /// The bytes that a slice names.
    fn subsequence(&self, slice: SliceIndices) -> Py<PyByteArray> {
        let SliceIndices { start, step, count, .. } = slice;
        let bytes: Vec<u8> = self.read(|bytes| {
            if step == 1 {
                return bytes[start as usize..start as usize + count].to_vec();
            }
            (0..count as isize).map(|i| bytes[(start + i * step) as usize]).collect()
        });
        PyByteArray::new(&bytes)
    }
}

#[pymethods(SLOTS)]
impl PyByteArray {
    #[slot(sq_item)]
    fn sq_item(&self, index: isize) -> PyResult {
        let index = self.checked(index)?;
        self.byte_at(index)
    }

    #[slot(sq_ass_item)]
    fn sq_ass_item(&self, index: isize, value: Option<&PyObject>) -> PyResult<()> {
        self.set_byte(index, value)
    }

    #[slot(mp_subscript)]
    fn subscript(&self, key: &PyObject) -> PyResult {
        if number::is_index(key) {
            let index = self.index_of(key)?;
            return self.byte_at(index);
        }
        match key.downcast::<PySlice>() {
            Some(slice) => {
                let bounds = slice.bounds()?;
                Ok(self.subsequence(bounds.indices_for(self.len())).into_obj())
            }
            None => Err(raised!(
                TypeError,
                "bytearray indices must be integers or slices, not {}",
                key.class().name()
            )),
        }
    }

    #[slot(mp_ass_subscript)]
    fn ass_subscript(&self, key: &PyObject, value: Option<&PyObject>) -> PyResult<()> {
        if number::is_index(key) {
            let index = number::as_isize(key, Some(Exc::IndexError))?;
            let index = if index < 0 { index + self.len() as isize } else { index };
            // An index out of range is told before the value is looked at.
            self.checked(index)?;
            return self.set_byte(index, value);
        }
        let Some(slice) = key.downcast::<PySlice>() else {
            return Err(raised!(
                TypeError,
                "bytearray indices must be integers or slices, not {}",
                key.class().name()
            ));
        };
        let bounds = slice.bounds()?;
        let Some(value) = value else { return self.set_slice(bounds.indices_for(self.len()), &[]) };
        let new = if let Some(array) = value.downcast::<PyByteArray>() {
            array.to_vec()
        } else if number::is_index(value) || PyStr::check(value) {
            return Err(raised!(
                TypeError,
                "can assign only bytes, buffers, or iterables of ints in range(0, 256)"
            ));
        } else if crate::protocols::buffer::is_exporter(value) {
            bytes_like(value)?.as_slice().to_vec()
        } else {
            bytes::collect_bytes(value)?
        };
        self.set_slice(bounds.indices_for(self.len()), &new)
    }
}
