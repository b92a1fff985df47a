//! Indices and slices of a memory view.

use super::layout::{self, Description, format_of, item_address};
use super::{PyMemoryView, item};
use crate::errors::Exc;
use crate::model::{ObjectExt, PyObject, PyResult, PyType, Raised, ellipsis};
use crate::protocols::buffer::{Buffer, shape};
use crate::protocols::number;
use crate::types::slice::PySlice;
use crate::types::tuple::PyTuple;
use taipan_abi::{Py_buffer, PyBUF_FULL_RO};
use taipan_macros::pymethods;

/// What stands between the brackets.
enum Key<'a> {
    Ellipsis,
    Index(&'a PyObject),
    Slice(&'a PySlice),
    /// An index for each dimension.
    Indices(&'a PyTuple),
    /// A slice for each dimension.
    Slices,
    Wrong,
}

impl<'a> Key<'a> {
    fn of(key: &'a PyObject) -> Self {
        if key.is(&ellipsis()) {
            return Key::Ellipsis;
        }
        if number::is_index(key) {
            return Key::Index(key);
        }
        if let Some(slice) = key.downcast::<PySlice>() {
            return Key::Slice(slice);
        }
        match key.downcast::<PyTuple>() {
            Some(tuple) if tuple.as_slice().iter().all(|item| number::is_index(item)) => Key::Indices(tuple),
            Some(tuple) if tuple.as_slice().iter().all(|item| PySlice::check(item)) => Key::Slices,
            _ => Key::Wrong,
        }
    }
}

#[cold]
fn wrong_key() -> Raised {
    raised!(TypeError, "memoryview: invalid slice key")
}

#[cold]
fn scalar_key() -> Raised {
    raised!(TypeError, "invalid indexing of 0-dim memory")
}

/// The native format of a view's items.
pub fn native_format(view: &Py_buffer) -> PyResult<(u8, usize)> {
    match item::native(format_of(view)) {
        Some((code, size, _)) if size as isize == view.itemsize => Ok((code, size)),
        _ => Err(raised!(NotImplementedError, "memoryview: format {} not supported", format_of(view))),
    }
}

/// An index within dimension `dimension`.
fn within(view: &Py_buffer, dimension: usize, index: isize) -> PyResult<isize> {
    let length = shape(view)[dimension];
    let index = if index < 0 { index + length } else { index };
    if index < 0 || index >= length {
        return Err(raised!(IndexError, "index out of bounds on dimension {}", dimension + 1));
    }
    Ok(index)
}

fn address_of(view: &Py_buffer, indices: &PyTuple, refusal: &str) -> PyResult<*mut u8> {
    let count = indices.len();
    let ndim = view.ndim as usize;
    if count < ndim {
        return Err(raised!(NotImplementedError, "{refusal}"));
    }
    if count > ndim {
        return Err(raised!(TypeError, "cannot index {ndim}-dimension view with {count}-element tuple"));
    }
    let mut places = Vec::with_capacity(count);
    for (dimension, index) in indices.as_slice().iter().enumerate() {
        let index = number::as_isize(index, Some(Exc::IndexError))?;
        places.push(within(view, dimension, index)?);
    }
    Ok(item_address(view, &places))
}

impl PyMemoryView {
    /// Item `index` of a one-dimensional view.
    pub fn item(&self, index: isize) -> PyResult {
        let view = self.checked()?;
        let (code, size) = native_format(view)?;
        match view.ndim {
            0 => Err(scalar_key()),
            1 => {
                let index = within(view, 0, index)?;
                Ok(item::unpack(item_address(view, &[index]), code, size))
            }
            _ => Err(raised!(NotImplementedError, "multi-dimensional sub-views are not implemented")),
        }
    }

    fn store(&self, view: &Py_buffer, address: *mut u8, value: &PyObject) -> PyResult<()> {
        let (code, _) = native_format(view)?;
        let bytes = item::pack(value, code)?;
        // The conversion may have released the view.
        self.checked()?;
        layout::write_item(address, &bytes);
        Ok(())
    }

    fn store_slice(&self, slice: &PySlice, value: &PyObject) -> PyResult<()> {
        let source = Buffer::get(value, PyBUF_FULL_RO)?;
        let bounds = slice.bounds()?;
        let view = self.checked()?;
        let mut description = Description::of(view);
        let indices = bounds.indices_for(description.shape[0] as usize);
        description.cut(indices.start, indices.step, indices.count);
        let target = self.derived(description)?;
        let target_view = target.raw_view();
        let plain = |format: &str| format.strip_prefix('@').unwrap_or(format).to_owned();
        let same = plain(format_of(target_view)) == plain(format_of(source.view()))
            && target_view.itemsize == source.view().itemsize
            && shape(target_view) == shape(source.view());
        if !same {
            return Err(raised!(
                ValueError,
                "memoryview assignment: lvalue and rvalue have different structures"
            ));
        }
        // By way of a copy: both may lie in the same memory.
        layout::overwrite(target_view, &layout::bytes_in_order(source.view(), false));
        Ok(())
    }
}

#[pymethods(SLOTS)]
impl PyMemoryView {
    #[slot(sq_length)]
    fn len(&self) -> PyResult<usize> {
        let view = self.checked()?;
        match view.ndim {
            0 => Err(raised!(TypeError, "0-dim memory has no length")),
            _ => Ok(shape(view)[0] as usize),
        }
    }

    #[slot(mp_length)]
    fn mp_length(&self) -> PyResult<usize> {
        self.len()
    }

    #[slot(sq_item)]
    fn sq_item(&self, index: isize) -> PyResult {
        self.item(index)
    }

    #[slot(mp_subscript)]
    fn subscript(&self, key: &PyObject) -> PyResult {
        let view = self.checked()?;
        if view.ndim == 0 {
            return match Key::of(key) {
                Key::Indices(indices) if indices.is_empty() => {
                    let (code, size) = native_format(view)?;
                    Ok(item::unpack(view.buf.cast(), code, size))
                }
                Key::Ellipsis => Ok(self.as_object().owned()),
                _ => Err(scalar_key()),
            };
        }
        match Key::of(key) {
            Key::Index(index) => self.item(number::as_isize(index, Some(Exc::IndexError))?),
            Key::Slice(slice) => {
                // The bounds may release this view; the memory stays.
                let shared = self.shared()?;
                let mut description = Description::of(view);
                shared.add_view();
                let cut = slice.bounds().and_then(|bounds| {
                    let indices = bounds.indices_for(description.shape[0] as usize);
                    description.cut(indices.start, indices.step, indices.count);
                    layout::new(&shared, description)
                });
                shared.drop_view();
                Ok(cut?.into_obj())
            }
            Key::Indices(indices) => {
                let (code, size) = native_format(view)?;
                let address = address_of(view, indices, "sub-views are not implemented")?;
                self.checked()?;
                Ok(item::unpack(address, code, size))
            }
            Key::Slices => Err(raised!(NotImplementedError, "multi-dimensional slicing is not implemented")),
            Key::Ellipsis | Key::Wrong => Err(wrong_key()),
        }
    }

    #[slot(mp_ass_subscript)]
    fn ass_subscript(&self, key: &PyObject, value: Option<&PyObject>) -> PyResult<()> {
        let view = self.checked()?;
        native_format(view)?;
        if view.readonly != 0 {
            return Err(raised!(TypeError, "cannot modify read-only memory"));
        }
        let Some(value) = value else { return Err(raised!(TypeError, "cannot delete memory")) };
        if view.ndim == 0 {
            return match Key::of(key) {
                Key::Ellipsis => self.store(view, view.buf.cast(), value),
                Key::Indices(indices) if indices.is_empty() => self.store(view, view.buf.cast(), value),
                _ => Err(scalar_key()),
            };
        }
        match Key::of(key) {
            Key::Index(_) if view.ndim > 1 => {
                Err(raised!(NotImplementedError, "sub-views are not implemented"))
            }
            Key::Index(index) => {
                let index = number::as_isize(index, Some(Exc::IndexError))?;
                let index = within(self.checked()?, 0, index)?;
                self.store(view, item_address(view, &[index]), value)
            }
            Key::Slice(slice) if view.ndim == 1 => self.store_slice(slice, value),
            Key::Indices(indices) => {
                let address = address_of(view, indices, "sub-views are not implemented")?;
                self.checked()?;
                self.store(view, address, value)
            }
            Key::Slice(_) | Key::Slices => Err(raised!(
                NotImplementedError,
                "memoryview slice assignments are currently restricted to ndim = 1"
            )),
            Key::Ellipsis | Key::Wrong => Err(wrong_key()),
        }
    }
}
