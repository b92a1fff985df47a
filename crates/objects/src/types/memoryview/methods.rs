//! The methods of `memoryview`, and the slots that are not about items.

use super::cast::cast;
use super::index::native_format;
use super::iterator::PyMemoryIter;
use super::layout::{Description, base_object, bytes_in_order};
use super::{Held, Layout, PyMemoryView, flags, item};
use crate::model::args::OptArg;
use crate::model::gc::{Traverse, Visitor};
use crate::model::{CompareOp, Obj, ObjectExt, Py, PyObject, PyResult, PyType, TypeObject, none};
use crate::protocols::{buffer, number, object};
use crate::types::bytelike::to_hex;
use crate::types::bytes::PyBytes;
use crate::types::int::PyInt;
use crate::types::list::PyList;
use crate::types::str::PyStr;
use crate::types::tuple::PyTuple;
use taipan_abi::*;
use taipan_macros::pymethods;

#[pymethods(SLOTS)]
impl PyMemoryView {
    #[new(signature = "(object)")]
    fn py_new(cls: &TypeObject, object: &PyObject) -> PyResult<Py<PyMemoryView>> {
        let _ = cls;
        PyMemoryView::from_object(object)
    }

    #[slot(tp_repr)]
    fn repr(&self) -> PyResult<String> {
        let released = if self.is_released() { "released " } else { "" };
        Ok(format!("<{released}memory at {:p}>", self.as_ptr()))
    }

    #[slot(tp_iter)]
    fn iter(&self) -> PyResult {
        let view = self.checked()?;
        match view.ndim {
            0 => Err(raised!(TypeError, "invalid indexing of 0-dim memory")),
            1 => {
                native_format(view)?;
                Ok(PyMemoryIter::new(self, buffer::shape(view)[0] as usize).into_obj())
            }
            _ => Err(raised!(NotImplementedError, "multi-dimensional sub-views are not implemented")),
        }
    }

    #[slot(tp_traverse)]
    fn traverse(&self, visitor: &mut Visitor) {
        self.mbuf.traverse(visitor);
    }

    #[slot(tp_clear)]
    fn clear(&self) {
        if self.exports.get() == 0 && !self.is_released() {
            self.give_up();
        }
        self.mbuf.set(None);
    }

    #[slot(bf_getbuffer)]
    fn getbuffer(&self, out: &mut Py_buffer, wanted: i32) -> PyResult<()> {
        let view = self.checked()?;
        if self.flags.get() & flags::RESTRICTED != 0 {
            return Err(raised!(ValueError, "cannot create new view on restricted memoryview"));
        }
        let has = |flag: i32| wanted & flag == flag;
        let lies = |flag: i32| self.flags.get() & flag != 0;
        let refuse = |what: &str| Err(raised!(BufferError, "memoryview: underlying buffer {what}"));
        if has(PyBUF_WRITABLE) && view.readonly != 0 {
            return refuse("is not writable");
        }
        if has(PyBUF_C_CONTIGUOUS) && !lies(flags::C) {
            return refuse("is not C-contiguous");
        }
        if has(PyBUF_F_CONTIGUOUS) && !lies(flags::FORTRAN) {
            return refuse("is not Fortran contiguous");
        }
        if has(PyBUF_ANY_CONTIGUOUS) && !lies(flags::C) && !lies(flags::FORTRAN) {
            return refuse("is not contiguous");
        }
        if !has(PyBUF_INDIRECT) && lies(flags::PIL) {
            return refuse("requires suboffsets");
        }
        if !has(PyBUF_STRIDES) && !lies(flags::C) {
            return refuse("is not C-contiguous");
        }
        if !has(PyBUF_ND) && has(PyBUF_FORMAT) {
            return Err(raised!(
                BufferError,
                "memoryview: cannot cast to unsigned bytes if the format flag is present"
            ));
        }
        self.describe_to(out);
        if !has(PyBUF_FORMAT) {
            out.format = core::ptr::null_mut();
        }
        if !has(PyBUF_STRIDES) {
            out.strides = core::ptr::null_mut();
        }
        if !has(PyBUF_ND) {
            out.ndim = 1;
            out.shape = core::ptr::null_mut();
        }
        self.export_to(out);
        self.exports.set(self.exports.get() + 1);
        Ok(())
    }

    #[slot(bf_releasebuffer)]
    fn releasebuffer(&self, view: &mut Py_buffer) {
        let _ = view;
        self.exports.set(self.exports.get() - 1);
    }
}

/// The items below an address as nested lists.
fn nested(layout: &Layout, indices: &mut Vec<isize>, view: &Py_buffer, code: u8) -> PyResult {
    let dimension = indices.len();
    if dimension == layout.shape.len() {
        return Ok(item::unpack(super::layout::item_address(view, indices), code, layout.itemsize));
    }
    let mut items = Vec::with_capacity(layout.shape[dimension] as usize);
    for index in 0..layout.shape[dimension] {
        indices.push(index);
        items.push(nested(layout, indices, view, code)?);
        indices.pop();
    }
    PyList::try_from_vec(items).map(Py::into_obj)
}

#[pymethods(METHODS)]
impl PyMemoryView {
    /// Release the underlying buffer exposed by the memoryview object.
    #[pymethod(name = "release")]
    fn py_release(&self) -> PyResult<()> {
        self.release()
    }

    /// Return the data in the buffer as a byte string.
    ///
    /// Order can be {'C', 'F', 'A'}.  When order is 'C' or 'F', the data of
    /// the original array is converted to C or Fortran order.  For
    /// contiguous views, 'A' returns an exact copy of the physical memory.
    /// In particular, in-memory Fortran order is preserved.  For
    /// non-contiguous views, the data is converted to C first.  order=None
    /// is the same as order='C'.
    #[pymethod(signature = "(order='C')")]
    fn tobytes(&self, order: OptArg<Option<&str>>) -> PyResult<Py<PyBytes>> {
        let view = self.checked()?;
        let fortran = match order.given().flatten() {
            None | Some("C") => false,
            Some("F") => true,
            Some("A") => self.flags.get() & flags::C == 0 && self.flags.get() & flags::FORTRAN != 0,
            Some(_) => return Err(raised!(ValueError, "order must be 'C', 'F' or 'A'")),
        };
        Ok(PyBytes::new(&bytes_in_order(view, fortran)))
    }

    /// Return the data in the buffer as a str of hexadecimal numbers.
    ///
    ///   sep
    ///     An optional single character or byte to separate hex bytes.
    ///   bytes_per_sep
    ///     How many bytes between separators.  Positive values count from
    ///     the right, negative values count from the left.
    ///
    /// Example:
    /// >>> value = memoryview(b'\xb9\x01\xef')
    /// >>> value.hex()
    /// 'b901ef'
    /// >>> value.hex(':')
    /// 'b9:01:ef'
    /// >>> value.hex(':', 2)
    /// 'b9:01ef'
    /// >>> value.hex(':', -2)
    /// 'b901:ef'
    #[pymethod(signature = "(sep=<unrepresentable>, bytes_per_sep=1)")]
    fn hex(&self, sep: OptArg<&PyObject>, bytes_per_sep: i32) -> PyResult<Py<PyStr>> {
        let bytes = bytes_in_order(self.checked()?, false);
        // The separator may run code that would release the view.
        let _held = Held::new(self);
        to_hex(&bytes, sep.given(), bytes_per_sep)
    }

    /// Return the data in the buffer as a list of elements.
    #[pymethod]
    fn tolist(&self) -> PyResult {
        let view = self.checked()?;
        let (code, _) = native_format(view)?;
        nested(&Layout::of(view), &mut Vec::new(), view, code)
    }

    /// Cast a memoryview to a new format or shape.
    #[pymethod(name = "cast", signature = "(format, shape=<unrepresentable>)")]
    fn py_cast(&self, format: &str, shape: OptArg<&PyObject>) -> PyResult<Py<PyMemoryView>> {
        cast(self, format, shape.given())
    }

    /// Return a readonly version of the memoryview.
    #[pymethod]
    fn toreadonly(&self) -> PyResult<Py<PyMemoryView>> {
        let mut description = Description::of(self.checked()?);
        description.readonly = true;
        self.derived(description)
    }

    /// Create a new memoryview object which references the given object.
    #[pymethod(class, name = "_from_flags", signature = "(object, flags)")]
    fn from_flags(cls: &TypeObject, object: &PyObject, flags: i32) -> PyResult<Py<PyMemoryView>> {
        let _ = cls;
        PyMemoryView::from_object_flags(object, flags)
    }

    /// Count the number of occurrences of a value.
    #[pymethod(signature = "(value, /)")]
    fn count(&self, value: &PyObject) -> PyResult<usize> {
        let items = object_iter(self)?;
        let mut found = 0;
        while let Some(item) = crate::protocols::iter::next(&items)? {
            found += (item.is(value) || object::compare_bool(&item, value, CompareOp::Eq)?) as usize;
        }
        Ok(found)
    }

    /// Return the index of the first occurrence of a value.
    ///
    /// Raises ValueError if the value is not present.
    #[pymethod(signature = "(value, start=0, stop=sys.maxsize, /)")]
    fn index(&self, value: &PyObject, start: OptArg<&PyObject>, stop: OptArg<&PyObject>) -> PyResult<isize> {
        let view = self.checked()?;
        if view.ndim == 0 {
            return Err(raised!(TypeError, "invalid lookup on 0-dim memory"));
        }
        if view.ndim != 1 {
            return Err(raised!(NotImplementedError, "multi-dimensional lookup is not implemented"));
        }
        let bound = |given: OptArg<&PyObject>, default| {
            given.given().map_or(Ok(default), |value| number::as_isize(value, None))
        };
        let (start, stop) = (bound(start, 0)?, bound(stop, isize::MAX)?);
        let length = buffer::shape(self.checked()?)[0];
        let from_end = |at: isize| if at < 0 { (at + length).max(0) } else { at };
        let (start, stop) = (from_end(start), from_end(stop).min(length));
        for at in start..stop {
            let item = self.item(at)?;
            if item.is(value) || object::compare_bool(&item, value, CompareOp::Eq)? {
                return Ok(at);
            }
        }
        Err(raised!(ValueError, "memoryview.index(x): x not found"))
    }

    #[pymethod(name = "__enter__")]
    fn enter(&self) -> PyResult {
        self.checked()?;
        Ok(self.as_object().owned())
    }

    /// Release the underlying buffer exposed by the memoryview object.
    #[pymethod(name = "__exit__", signature = "(*exc_info)")]
    fn exit(&self, exc_info: &[&PyObject]) -> PyResult<()> {
        let _ = exc_info;
        self.release()
    }

    /// memoryviews are generic over the type of their underlying data
    #[pymethod(class, name = "__class_getitem__", signature = "(object, /)")]
    fn class_getitem(cls: &TypeObject, object: &PyObject) -> PyResult {
        crate::types::genericalias::new(cls.as_object(), object)
    }
}

fn object_iter(view: &PyMemoryView) -> PyResult {
    crate::protocols::iter::iter(view)
}

fn tuple_of(values: &[isize]) -> Py<PyTuple> {
    PyTuple::from_vec(values.iter().map(|&value| PyInt::from_i64(value as i64).into_obj()).collect())
}

#[pymethods(PROPERTIES)]
impl PyMemoryView {
    /// The underlying object of the memoryview.
    #[getter]
    fn obj(&self) -> PyResult {
        Ok(base_object(self.checked()?).map_or_else(none, ObjectExt::owned))
    }

    /// The amount of space in bytes that the array would use in
    ///  a contiguous representation.
    #[getter]
    fn nbytes(&self) -> PyResult<isize> {
        Ok(self.checked()?.len)
    }

    /// A bool indicating whether the memory is read only.
    #[getter]
    fn readonly(&self) -> PyResult<bool> {
        Ok(self.checked()?.readonly != 0)
    }

    /// The size in bytes of each element of the memoryview.
    #[getter]
    fn itemsize(&self) -> PyResult<isize> {
        Ok(self.checked()?.itemsize)
    }

    /// A string containing the format (in struct module style)
    ///  for each element in the view.
    #[getter(format)]
    fn get_format(&self) -> PyResult<Obj> {
        self.checked()?;
        Ok(PyStr::new(self.format()).into_obj())
    }

    /// An integer indicating how many dimensions of a multi-dimensional
    ///  array the memory represents.
    #[getter]
    fn ndim(&self) -> PyResult<i32> {
        Ok(self.checked()?.ndim)
    }

    /// A tuple of ndim integers giving the shape of the memory
    ///  as an N-dimensional array.
    #[getter]
    fn shape(&self) -> PyResult<Py<PyTuple>> {
        Ok(tuple_of(&buffer::shape(self.checked()?)))
    }

    /// A tuple of ndim integers giving the size in bytes to access
    ///  each element for each dimension of the array.
    #[getter]
    fn strides(&self) -> PyResult<Py<PyTuple>> {
        Ok(tuple_of(&buffer::strides(self.checked()?)))
    }

    /// A tuple of integers used internally for PIL-style arrays.
    #[getter]
    fn suboffsets(&self) -> PyResult<Py<PyTuple>> {
        Ok(tuple_of(&buffer::suboffsets(self.checked()?).unwrap_or_default()))
    }

    /// A bool indicating whether the memory is C contiguous.
    #[getter]
    fn c_contiguous(&self) -> PyResult<bool> {
        self.checked()?;
        Ok(self.flags.get() & flags::C != 0)
    }

    /// A bool indicating whether the memory is Fortran contiguous.
    #[getter]
    fn f_contiguous(&self) -> PyResult<bool> {
        self.checked()?;
        Ok(self.flags.get() & flags::FORTRAN != 0)
    }

    /// A bool indicating whether the memory is contiguous.
    #[getter]
    fn contiguous(&self) -> PyResult<bool> {
        self.checked()?;
        Ok(self.flags.get() & (flags::C | flags::FORTRAN) != 0)
    }
}
