//! What operators do with arrays.

use super::{PyArray, PyArrayIterator};
use taipan_abi::Py_buffer;
use taipan_kernels::text::TextBuilder;
use taipan_objects::intern;
use taipan_objects::model::ToPy;
use taipan_objects::prelude::*;
use taipan_objects::types::slice::PySlice;

fn bad_argument() -> taipan_objects::model::Raised {
    raised!(TypeError, "bad argument type for built-in operation")
}

#[pymethods(BUFFER)]
impl PyArray {
    #[slot(bf_getbuffer)]
    fn get_buffer(&self, view: &mut Py_buffer, flags: i32) -> PyResult<()> {
        self.export(view, flags)
    }

    #[slot(bf_releasebuffer)]
    fn release_buffer(&self, view: &mut Py_buffer) {
        let _ = view;
        self.exports.set(self.exports.get().saturating_sub(1));
    }
}

#[pymethods(SLOTS)]
impl PyArray {
    #[slot(tp_repr)]
    fn repr(&self) -> PyResult<Py<PyStr>> {
        let mut text = TextBuilder::with_capacity(32);
        let name = self.class().short_name();
        PyStr::new(&format!("{name}('{}'", self.code.letter())).append_to(&mut text);
        if self.len() > 0 {
            text.push_ascii(b", ");
            let items = if self.code.is_text() { self.text()?.into_obj() } else { self.list()?.into_obj() };
            object::repr(&items)?.append_to(&mut text);
        }
        text.push_ascii(b")");
        PyStr::try_from_builder(text)
    }

    #[slot(tp_richcompare)]
    fn compare(&self, other: &PyObject, op: CompareOp) -> PyResult {
        let Some(other) = other.downcast::<PyArray>() else { return Ok(not_implemented()) };
        if self.len() != other.len() && matches!(op, CompareOp::Eq | CompareOp::Ne) {
            return (op == CompareOp::Ne).to_py();
        }
        let mut index = 0;
        while let (Some(a), Some(b)) = (self.get(index)?, other.get(index)?) {
            if !object::compare_bool(&a, &b, CompareOp::Eq)? {
                return match op {
                    CompareOp::Eq => false.to_py(),
                    CompareOp::Ne => true.to_py(),
                    _ => object::compare(&a, &b, op),
                };
            }
            index += 1;
        }
        op.holds(self.len().cmp(&other.len())).to_py()
    }

    #[slot(tp_iter)]
    fn iter(&self) -> PyResult<Py<PyArrayIterator>> {
        PyArrayIterator::new(self)
    }

    #[slot(sq_length)]
    fn length(&self) -> PyResult<usize> {
        Ok(self.len())
    }

    #[slot(mp_length)]
    fn mapping_length(&self) -> PyResult<usize> {
        Ok(self.len())
    }

    #[slot(sq_item)]
    fn item(&self, index: isize) -> PyResult {
        let item = if index < 0 { None } else { self.get(index as usize)? };
        item.ok_or_else(|| raised!(IndexError, "array index out of range"))
    }

    #[slot(sq_ass_item)]
    fn assign_item(&self, index: isize, value: Option<&PyObject>) -> PyResult<()> {
        let out = || raised!(IndexError, "array assignment index out of range");
        if index < 0 || index as usize >= self.len() {
            return Err(out());
        }
        let index = index as usize;
        let Some(value) = value else { return self.splice(index, index + 1, &[]) };
        let bytes = self.packed(value)?;
        // Converting the value may have run code that shortened the array.
        if index >= self.len() {
            return Err(out());
        }
        self.splice(index, index + 1, &bytes)
    }

    #[slot(sq_contains)]
    fn contains(&self, value: &PyObject) -> PyResult<bool> {
        Ok(self.find(value, 0, usize::MAX)?.is_some())
    }

    #[slot(sq_concat)]
    fn concat(&self, other: &PyObject) -> PyResult<Py<PyArray>> {
        let Some(other) = other.downcast::<PyArray>() else {
            let name = other.class().name();
            return Err(raised!(TypeError, "can only append array (not \"{name}\") to array"));
        };
        if self.code != other.code {
            return Err(bad_argument());
        }
        let mut bytes = self.bytes.borrow().clone();
        bytes.extend_from_slice(&other.bytes.borrow());
        self.like(bytes)
    }

    fn repeated(&self, count: isize) -> PyResult<Vec<u8>> {
        let (bytes, count) = (self.bytes.borrow(), count.max(0) as usize);
        let total = bytes.len().checked_mul(count).filter(|&total| total <= isize::MAX as usize);
        let mut product = Vec::new();
        match total {
            Some(total) if product.try_reserve_exact(total).is_ok() => {}
            _ => return Err(raised!(MemoryError)),
        }
        (0..if bytes.is_empty() { 0 } else { count }).for_each(|_| product.extend_from_slice(&bytes));
        Ok(product)
    }

    #[slot(sq_repeat)]
    fn repeat(&self, count: isize) -> PyResult<Py<PyArray>> {
        self.like(self.repeated(count)?)
    }

    #[slot(sq_inplace_concat)]
    fn inplace_concat(&self, other: &PyObject) -> PyResult {
        if !PyArray::check(other) {
            let name = other.class().name();
            return Err(raised!(TypeError, "can only extend with array (not \"{name}\")"));
        }
        call::method(self, intern!("extend"), &[other])?;
        Ok(self.owned())
    }

    #[slot(sq_inplace_repeat)]
    fn inplace_repeat(&self, count: isize) -> PyResult {
        let (product, length) = (self.repeated(count)?, self.len());
        self.splice(0, length, &product)?;
        Ok(self.owned())
    }

    #[slot(mp_subscript)]
    fn subscript(&self, key: &PyObject) -> PyResult {
        if number::is_index(key) {
            let index = number::as_isize(key, Some(Exc::IndexError))?;
            return self.item(if index < 0 { index + self.len() as isize } else { index });
        }
        let Some(slice) = key.downcast::<PySlice>() else {
            return Err(raised!(TypeError, "array indices must be integers"));
        };
        let indices = slice.indices_for(self.len())?;
        let (size, bytes) = (self.size(), self.bytes.borrow());
        let mut picked = Vec::with_capacity(indices.count * size);
        for i in 0..indices.count as isize {
            let at = (indices.start + i * indices.step) as usize * size;
            picked.extend_from_slice(bytes.get(at..at + size).unwrap_or_default());
        }
        drop(bytes);
        Ok(self.like(picked)?.into_obj())
    }

    #[slot(mp_ass_subscript)]
    fn assign(&self, key: &PyObject, value: Option<&PyObject>) -> PyResult<()> {
        if number::is_index(key) {
            let index = number::as_isize(key, Some(Exc::IndexError))?;
            return self.assign_item(if index < 0 { index + self.len() as isize } else { index }, value);
        }
        let Some(slice) = key.downcast::<PySlice>() else {
            return Err(raised!(TypeError, "array indices must be integers"));
        };
        let new = match value {
            None => None,
            Some(value) => match value.downcast::<PyArray>() {
                Some(other) if other.code == self.code => Some(other.bytes.borrow().clone()),
                Some(_) => return Err(bad_argument()),
                None => {
                    let name = value.class().name();
                    return Err(raised!(TypeError, "can only assign array (not \"{name}\") to array slice"));
                }
            },
        };
        let indices = slice.indices_for(self.len())?;
        let (start, size) = (indices.start as usize, self.size());
        match new {
            Some(new) if indices.step == 1 => self.splice(start, start + indices.count, &new),
            None if indices.step == 1 => self.splice(start, start + indices.count, &[]),
            Some(new) if new.len() / size == indices.count => {
                let mut bytes = self.bytes.borrow_mut();
                for (i, item) in new.chunks(size).enumerate() {
                    let at = (indices.start + i as isize * indices.step) as usize * size;
                    bytes[at..at + size].copy_from_slice(item);
                }
                Ok(())
            }
            Some(new) => Err(raised!(
                ValueError,
                "attempt to assign array of size {} to extended slice of size {}",
                new.len() / size,
                indices.count
            )),
            None => self.delete_each(indices.start, indices.step, indices.count),
        }
    }

    fn delete_each(&self, start: isize, step: isize, count: usize) -> PyResult<()> {
        if count == 0 {
            return Ok(());
        }
        self.check_resizable()?;
        let size = self.size();
        let mut gone: Vec<usize> = (0..count as isize).map(|i| (start + i * step) as usize).collect();
        gone.sort_unstable();
        let mut bytes = self.bytes.borrow_mut();
        let kept = bytes.chunks(size).enumerate().filter(|(i, _)| gone.binary_search(i).is_err());
        let kept: Vec<u8> = kept.flat_map(|(_, item)| item.iter().copied()).collect();
        *bytes = kept;
        Ok(())
    }
}
