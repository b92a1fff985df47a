//! The slots of `bytearray`, and the methods that change it.

use super::items::byte_value;
use super::iterator::PyByteArrayIter;
use super::{PyByteArray, layout};
use crate::errors::{self, Exc};
use crate::model::args::OptArg;
use crate::model::{CompareOp, Obj, ObjectExt, Py, PyObject, PyResult, PyType, TypeObject, not_implemented};
use crate::protocols::{buffer, call, iter, number, object};
use crate::types::bytelike;
use crate::types::bytes::{self, Source};
use crate::types::str::PyStr;
use crate::types::tuple::PyTuple;
use taipan_abi::Py_buffer;
use taipan_macros::pymethods;

#[pymethods(SLOTS)]
impl PyByteArray {
    #[slot(tp_new)]
    fn py_new(cls: &TypeObject, args: &PyTuple, kwargs: Option<&crate::types::dict::PyDict>) -> PyResult {
        let _ = (args, kwargs);
        Ok(layout::new_in(cls, &[])?.into_obj())
    }

    #[init(signature = "(source=b'', encoding='utf-8', errors='strict')")]
    fn init(&self, source: OptArg<&PyObject>, encoding: OptArg<&str>, errors: OptArg<&str>) -> PyResult<()> {
        if !self.is_empty() {
            self.splice(0, self.len(), &[])?;
        }
        match bytes::source(source.given(), encoding.given(), errors.given(), "bytearray")? {
            Source::Zeros(count) => {
                self.resize(count)?;
                self.write(|bytes| bytes.fill(0));
                Ok(())
            }
            Source::Bytes(bytes) => self.splice(0, self.len(), &bytes),
        }
    }

    #[slot(tp_dealloc, raw)]
    #[expect(unsafe_code, reason = "the slot itself")]
    unsafe extern "C" fn py_dealloc(object: *mut PyObject) {
        // SAFETY: called as the slot.
        unsafe { layout::dealloc(object) }
    }

    #[slot(tp_repr)]
    fn repr(&self) -> PyResult<Py<PyStr>> {
        let name = self.class().short_name().to_owned();
        Ok(self.read(|bytes| bytelike::shown(bytes, &format!("{name}("), ")")))
    }

    #[slot(tp_str)]
    fn str(&self) -> PyResult<Py<PyStr>> {
        if crate::model::thread::bytes_warning() > 0 {
            errors::warn(Exc::BytesWarning, 1, format_args!("str() on a bytearray instance"))?;
        }
        self.repr()
    }

    #[slot(tp_richcompare)]
    fn richcompare(&self, other: &PyObject, op: CompareOp) -> PyResult {
        if PyStr::check(other) {
            if crate::model::thread::bytes_warning() > 0 && matches!(op, CompareOp::Eq | CompareOp::Ne) {
                errors::warn(Exc::BytesWarning, 1, format_args!("Comparison between bytearray and string"))?;
            }
            return Ok(not_implemented());
        }
        bytelike::compare(self, other, op)
    }

    #[slot(tp_iter)]
    fn iter(&self) -> PyResult {
        Ok(PyByteArrayIter::new(self).into_obj())
    }

    #[slot(sq_length)]
    fn py_len(&self) -> PyResult<usize> {
        Ok(self.len())
    }

    #[slot(sq_concat)]
    fn concat(&self, other: &PyObject) -> PyResult {
        bytelike::concat(self, other)
    }

    #[slot(sq_repeat)]
    fn repeat(&self, count: isize) -> PyResult {
        let repeated = self.read(|bytes| bytelike::repeated(bytes, count))?;
        Ok(PyByteArray::new(&repeated).into_obj())
    }

    #[slot(sq_inplace_concat)]
    fn inplace_concat(&self, other: &PyObject) -> PyResult {
        if !buffer::is_exporter(other) {
            return Err(raised!(
                TypeError,
                "can't concat {} to {}",
                other.class().name(),
                self.class().name()
            ));
        }
        // The copy also serves `a += a`.
        let new = bytelike::argument(other)?.as_slice().to_vec();
        self.append_bytes(&new)?;
        Ok(self.as_object().owned())
    }

    #[slot(sq_inplace_repeat)]
    fn inplace_repeat(&self, count: isize) -> PyResult {
        let repeated = self.read(|bytes| bytelike::repeated(bytes, count))?;
        self.splice(0, self.len(), &repeated)?;
        Ok(self.as_object().owned())
    }

    #[slot(sq_contains)]
    fn contains(&self, value: &PyObject) -> PyResult<bool> {
        bytelike::contains(self, value)
    }

    #[slot(mp_length)]
    fn mp_length(&self) -> PyResult<usize> {
        Ok(self.len())
    }

    #[slot(nb_remainder)]
    fn remainder(a: &PyObject, b: &PyObject) -> PyResult {
        match a.downcast::<PyByteArray>() {
            Some(format) => {
                let _held = layout::Held::new(format);
                Ok(PyByteArray::new(&bytelike::percent_format(&format.to_vec(), b)?).into_obj())
            }
            None => Ok(not_implemented()),
        }
    }

    #[slot(bf_getbuffer)]
    fn getbuffer(&self, view: &mut Py_buffer, flags: i32) -> PyResult<()> {
        self.export(view, flags)
    }

    #[slot(bf_releasebuffer)]
    fn releasebuffer(&self, view: &mut Py_buffer) {
        let _ = view;
        self.release_export();
    }
}

#[pymethods(METHODS)]
impl PyByteArray {
    /// B.__alloc__() -> int
    ///
    /// Return the number of bytes actually allocated.
    #[pymethod(name = "__alloc__")]
    fn alloc(&self) -> usize {
        self.allocated()
    }

    /// Return state information for pickling.
    #[pymethod(name = "__reduce__")]
    fn reduce(&self) -> PyResult {
        self.reduced(2)
    }

    /// Return state information for pickling.
    #[pymethod(name = "__reduce_ex__", signature = "(proto=0, /)")]
    fn reduce_ex(&self, proto: i32) -> PyResult {
        self.reduced(proto)
    }

    /// Returns the size of the bytearray object in memory, in bytes.
    #[pymethod(name = "__sizeof__")]
    fn sizeof(&self) -> usize {
        layout::size_in_memory(self)
    }

    /// Append a single item to the end of the bytearray.
    ///
    ///   item
    ///     The item to be appended.
    #[pymethod(signature = "(item, /)")]
    fn append(&self, item: &PyObject) -> PyResult<()> {
        let byte = byte_value(item)?;
        if self.len() == isize::MAX as usize {
            return Err(raised!(OverflowError, "cannot add more objects to bytearray"));
        }
        let length = self.len();
        self.resize(length + 1)?;
        self.write(|bytes| bytes[length] = byte);
        Ok(())
    }

    /// Remove all items from the bytearray.
    #[pymethod]
    fn clear(&self) -> PyResult<()> {
        self.splice(0, self.len(), &[])
    }

    /// Return a copy of B.
    #[pymethod]
    fn copy(&self) -> Py<PyByteArray> {
        PyByteArray::new(&self.to_vec())
    }

    /// Append all the items from the iterator or sequence to the end of the bytearray.
    ///
    ///   iterable_of_ints
    ///     The iterable of items to append.
    #[pymethod(signature = "(iterable_of_ints, /)")]
    fn extend(&self, iterable: &PyObject) -> PyResult<()> {
        if buffer::is_exporter(iterable) {
            let end = self.len();
            let new = bytelike::argument(iterable)?.as_slice().to_vec();
            let end = end.min(self.len());
            return self.splice(end, end, &new);
        }
        let iterator = iter::iter(iterable).map_err(|raised| {
            if errors::matches(&raised, Exc::TypeError) {
                errors::clear(raised);
                raised!(TypeError, "can't extend bytearray with {}", iterable.class().name())
            } else {
                raised
            }
        })?;
        if PyStr::check(iterable) {
            return Err(raised!(TypeError, "expected iterable of integers; got: 'str'"));
        }
        let hint = object::length_hint(iterable, 32)?;
        let mut new = Vec::with_capacity(hint.min(1 << 20));
        while let Some(item) = iter::next(&iterator)? {
            new.push(byte_value(&item)?);
        }
        self.append_bytes(&new)
    }

    /// Create a bytearray object from a string of hexadecimal numbers.
    ///
    /// Spaces between two numbers are accepted.
    /// Example:
    ///     bytearray.fromhex('B9 01EF') -> bytearray(b'\\xb9\\x01\\xef')
    #[pymethod(class, signature = "(string, /)")]
    fn fromhex(cls: &TypeObject, string: &PyObject) -> PyResult {
        let bytes = bytelike::from_hex(string)?;
        if cls.is(PyByteArray::type_object()) {
            return Ok(PyByteArray::new(&bytes).into_obj());
        }
        call::call(cls, &[&*crate::types::bytes::PyBytes::new(&bytes)])
    }

    /// Insert a single item into the bytearray before the given index.
    ///
    ///   index
    ///     The index where the value is to be inserted.
    ///   item
    ///     The item to be inserted.
    #[pymethod(signature = "(index, item, /)")]
    fn insert(&self, index: isize, item: &PyObject) -> PyResult<()> {
        let byte = byte_value(item)?;
        let length = self.len() as isize;
        let index = if index < 0 { (index + length).max(0) } else { index.min(length) } as usize;
        self.splice(index, index, &[byte])
    }

    /// Remove and return a single item from B.
    ///
    ///   index
    ///     The index from where to remove the item.
    ///     -1 (the default value) means remove the last item.
    ///
    /// If no index argument is given, will pop the last item.
    #[pymethod(signature = "(index=-1, /)")]
    fn pop(&self, index: isize) -> PyResult<u8> {
        if self.is_empty() {
            return Err(raised!(IndexError, "pop from empty bytearray"));
        }
        let index = if index < 0 { index + self.len() as isize } else { index };
        let Some(byte) = usize::try_from(index).ok().and_then(|at| self.read(|bytes| bytes.get(at).copied()))
        else {
            return Err(raised!(IndexError, "pop index out of range"));
        };
        self.splice(index as usize, index as usize + 1, &[])?;
        Ok(byte)
    }

    /// Remove the first occurrence of a value in the bytearray.
    ///
    ///   value
    ///     The value to remove.
    #[pymethod(signature = "(value, /)")]
    fn remove(&self, value: &PyObject) -> PyResult<()> {
        let byte = byte_value(value)?;
        match self.read(|bytes| memchr::memchr(byte, bytes)) {
            Some(at) => self.splice(at, at + 1, &[]),
            None => Err(raised!(ValueError, "value not found in bytearray")),
        }
    }

    /// Resize the internal buffer of bytearray to len.
    ///
    ///   size
    ///     New size to resize to.
    #[pymethod(name = "resize", signature = "(size, /)")]
    fn py_resize(&self, size: &PyObject) -> PyResult<()> {
        let size = number::as_isize(size, Some(Exc::OverflowError))?;
        if size < 0 {
            return Err(raised!(ValueError, "Can only resize to positive sizes, got {size}"));
        }
        let before = self.len();
        self.resize(size as usize)?;
        // What a smaller size left in the block must not come back.
        self.write(|bytes| {
            if let Some(new) = bytes.get_mut(before..) {
                new.fill(0);
            }
        });
        Ok(())
    }

    /// Reverse the order of the values in B in place.
    #[pymethod]
    fn reverse(&self) {
        self.write(<[u8]>::reverse);
    }
}

impl PyByteArray {
    fn reduced(&self, proto: i32) -> PyResult {
        let state = call::method(self, crate::intern!("__getstate__"), &[])?;
        let arguments: Obj = if self.is_empty() {
            PyTuple::empty().into_obj()
        } else if proto < 3 {
            let text = self.read(PyStr::from_latin1);
            PyTuple::from_vec(vec![text.into_obj(), PyStr::new("latin-1").into_obj()]).into_obj()
        } else {
            let bytes = self.read(crate::types::bytes::PyBytes::new);
            PyTuple::from_vec(vec![bytes.into_obj()]).into_obj()
        };
        bytelike::tuple(vec![self.class().owned(), arguments, state])
    }
}
