//! What Python code can do with arrays.

use super::PyArray;
use super::code::{ALL, Code};
use taipan_objects::intern;
use taipan_objects::model::ToPy;
use taipan_objects::model::args::OptArg;
use taipan_objects::prelude::*;
use taipan_objects::protocols::buffer::{self, Buffer};
use taipan_objects::types::bytearray::PyByteArray;
use taipan_objects::types::genericalias;

const BAD_CODE: &str = "bad typecode (must be b, B, u, w, h, H, i, I, l, L, q, Q, f or d)";

/// The one character of a string.
fn letter_of(value: &PyObject) -> PyResult<char> {
    let Some(text) = value.downcast::<PyStr>() else {
        let name = value.class().name();
        return Err(raised!(TypeError, "array() argument 1 must be a unicode character, not {name}"));
    };
    if text.len() != 1 {
        let length = text.len();
        return Err(raised!(
            TypeError,
            "array() argument 1 must be a unicode character, not a string of length {length}"
        ));
    }
    Ok(char::from_u32(text.char_at(0)).unwrap_or('\0'))
}

/// The bytes of a text's characters, four for each.
fn wide_bytes(text: &PyStr) -> Vec<u8> {
    (0..text.len()).flat_map(|index| text.char_at(index).to_ne_bytes()).collect()
}

/// Reverses the bytes of each item.
fn swap_bytes(bytes: &mut [u8], size: usize) {
    bytes.chunks_mut(size).for_each(<[u8]>::reverse);
}

/// An index that is clipped, as `start` and `stop` of `index()` are.
fn clipped(value: OptArg<&PyObject>, default: isize) -> PyResult<isize> {
    match value {
        OptArg::Missing => Ok(default),
        OptArg::Given(value) if number::is_index(value) => number::as_isize(value, None),
        OptArg::Given(_) => {
            Err(raised!(TypeError, "slice indices must be integers or have an __index__ method"))
        }
    }
}

/// Makes an array of what a pickle holds: items in the layout of another machine perhaps.
pub(super) fn reconstruct(class: &PyObject, letter: &PyObject, format: i32, items: &PyObject) -> PyResult {
    let Some(class) = class.downcast::<TypeObject>() else {
        let name = class.class().name();
        return Err(raised!(TypeError, "first argument must be a type object, not {name}"));
    };
    if !class.is_subtype_of(PyArray::type_object()) {
        return Err(raised!(TypeError, "{} is not a subtype of array.array", class.name()));
    }
    let Some(code) = Code::from_letter(letter_of(letter)?) else {
        return Err(raised!(ValueError, "second argument must be a valid type code"));
    };
    if !(0..=21).contains(&format) {
        return Err(raised!(ValueError, "third argument must be a valid machine format code."));
    }
    let Some(bytes) = items.downcast::<PyBytes>() else {
        let name = items.class().name();
        return Err(raised!(TypeError, "fourth argument should be bytes, not {name}"));
    };
    let (size, big_endian) = match format {
        0 | 1 => (1, false),
        2..=5 => (2, format % 2 == 1),
        6..=9 | 14 | 15 | 20 | 21 => (4, format % 2 == 1),
        18 | 19 => (2, format == 19),
        _ => (8, format % 2 == 1),
    };
    let mut bytes = bytes.as_slice().to_vec();
    if bytes.len() % size != 0 {
        return Err(raised!(ValueError, "bytes length not a multiple of item size"));
    }
    if big_endian {
        swap_bytes(&mut bytes, size);
    }
    if code.machine_format() == format & !1 || (size == 1 && code.machine_format() == format) {
        return Ok(PyArray::new_in(class, code, bytes)?.into_obj());
    }
    convert(class, code, format & !1, size, bytes)
}

/// Items of another type than the array's are converted one by one.
fn convert(class: &TypeObject, code: Code, format: i32, size: usize, bytes: Vec<u8>) -> PyResult {
    let array = PyArray::new_in(class, code, Vec::new())?;
    if format == 18 || format == 20 {
        // UTF-16 or UTF-32.
        let points: Vec<u32> = if size == 2 {
            let units = bytes.chunks(2).map(|unit| u16::from_le_bytes([unit[0], unit[1]]));
            char::decode_utf16(units)
                .map(|c| c.map_or_else(|e| e.unpaired_surrogate().into(), u32::from))
                .collect()
        } else {
            bytes.chunks(4).map(|unit| u32::from_le_bytes([unit[0], unit[1], unit[2], unit[3]])).collect()
        };
        for point in points {
            array.push_bytes(&array.packed(&PyStr::from_code_points(&[point]))?)?;
        }
        return Ok(array.into_obj());
    }
    let from = ALL.iter().map(|&(_, code)| code).find(|code| code.machine_format() == format);
    let Some(from) = from else {
        return Err(raised!(ValueError, "third argument must be a valid machine format code."));
    };
    for item in bytes.chunks(size) {
        array.push_bytes(&array.packed(&*from.load(item)?)?)?;
    }
    Ok(array.into_obj())
}

#[pymethods(METHODS)]
impl PyArray {
    #[slot(tp_new)]
    fn py_new(cls: &TypeObject, args: &PyTuple, kwargs: Option<&PyDict>) -> PyResult<Py<PyArray>> {
        let own = PyArray::type_object();
        let same_init = cls.is(own) || cls.tp_init().map(|f| f as usize) == own.tp_init().map(|f| f as usize);
        if same_init && kwargs.is_some_and(|kwargs| !kwargs.is_empty()) {
            return Err(raised!(TypeError, "array.array() takes no keyword arguments"));
        }
        let args = args.as_slice();
        let (letter, initial) = match args {
            [] => return Err(raised!(TypeError, "array() takes at least 1 argument (0 given)")),
            [letter] => (letter, None),
            [letter, initial] => (letter, Some(*initial)),
            _ => {
                return Err(raised!(TypeError, "array() takes at most 2 arguments ({} given)", args.len()));
            }
        };
        let letter = letter_of(letter)?;
        if letter == 'u' {
            let message = "The 'u' type code is deprecated and will be removed in Python 3.16";
            taipan_objects::errors::warn(Exc::DeprecationWarning, 1, format_args!("{message}"))?;
        }
        let code = Code::from_letter(letter);
        if let Some(initial) = initial
            && code.is_none_or(|code| !code.is_text())
        {
            if PyStr::check(initial) {
                return Err(raised!(
                    TypeError,
                    "cannot use a str to initialize an array with typecode '{letter}'"
                ));
            }
            if initial.downcast::<PyArray>().is_some_and(|array| array.code.is_text()) {
                return Err(raised!(
                    TypeError,
                    "cannot use a unicode array to initialize an array with typecode '{letter}'"
                ));
            }
        }
        let Some(code) = code else { return Err(raised!(ValueError, "{BAD_CODE}")) };
        let array = PyArray::new_in(cls, code, Vec::new())?;
        if let Some(initial) = initial {
            array.fill(initial)?;
        }
        Ok(array)
    }

    fn fill(&self, initial: &PyObject) -> PyResult<()> {
        if PyBytes::check(initial) || PyByteArray::check(initial) {
            return self.frombytes(initial);
        }
        if let Some(text) = initial.downcast::<PyStr>() {
            return self.push_bytes(&wide_bytes(text));
        }
        // Only the constructor takes arrays of other kinds, item by item.
        match initial.downcast::<PyArray>() {
            Some(other) if other.code != self.code => iter::for_each(initial, |item| self.append(&item)),
            _ => self.extend(initial),
        }
    }

    /// Append new value v to the end of the array.
    #[pymethod(signature = "(v, /)")]
    fn append(&self, v: &PyObject) -> PyResult<()> {
        self.push_bytes(&self.packed(v)?)
    }

    /// Return a tuple (address, length) giving the current memory address and the length in items of the buffer used to hold array's contents.
    ///
    /// The length should be multiplied by the itemsize attribute to
    /// calculate the buffer length in bytes.
    #[pymethod]
    fn buffer_info(&self) -> PyResult {
        (self.bytes.borrow().as_ptr().addr(), self.len()).to_py()
    }

    /// Byteswap all items of the array.
    ///
    /// If the items in the array are not 1, 2, 4, or 8 bytes in size,
    /// RuntimeError is raised.
    #[pymethod]
    fn byteswap(&self) {
        swap_bytes(&mut self.bytes.borrow_mut(), self.size());
    }

    /// Remove all items from the array.
    #[pymethod]
    fn clear(&self) -> PyResult<()> {
        self.check_resizable()?;
        self.bytes.borrow_mut().clear();
        Ok(())
    }

    /// Return a copy of the array.
    #[pymethod(name = "__copy__")]
    fn copy(&self) -> PyResult<Py<PyArray>> {
        let bytes = self.bytes.borrow().clone();
        self.like(bytes)
    }

    /// Return a copy of the array.
    #[pymethod(name = "__deepcopy__", signature = "(unused, /)")]
    fn deepcopy(&self, _unused: &PyObject) -> PyResult<Py<PyArray>> {
        self.copy()
    }

    /// Return number of occurrences of v in the array.
    #[pymethod(signature = "(v, /)")]
    fn count(&self, v: &PyObject) -> PyResult<usize> {
        let (mut count, mut index) = (0, 0);
        while let Some(item) = self.get(index)? {
            count += usize::from(object::compare_bool(&item, v, CompareOp::Eq)?);
            index += 1;
        }
        Ok(count)
    }

    /// Append items to the end of the array.
    #[pymethod(signature = "(bb, /)")]
    fn extend(&self, bb: &PyObject) -> PyResult<()> {
        if let Some(other) = bb.downcast::<PyArray>() {
            if other.code != self.code {
                return Err(raised!(TypeError, "can only extend with array of same kind"));
            }
            let bytes = other.bytes.borrow().clone();
            return if bytes.is_empty() { Ok(()) } else { self.push_bytes(&bytes) };
        }
        iter::for_each(bb, |item| self.append(&item))
    }

    /// The place of the first item equal to `v`.
    pub(super) fn find(&self, v: &PyObject, start: usize, stop: usize) -> PyResult<Option<usize>> {
        let mut index = start;
        while index < stop
            && let Some(item) = self.get(index)?
        {
            if object::compare_bool(&item, v, CompareOp::Eq)? {
                return Ok(Some(index));
            }
            index += 1;
        }
        Ok(None)
    }

    /// Return index of first occurrence of v in the array.
    ///
    /// Raise ValueError if the value is not present.
    #[pymethod(signature = "(v, start=0, stop=sys.maxsize, /)")]
    fn index(&self, v: &PyObject, start: OptArg<&PyObject>, stop: OptArg<&PyObject>) -> PyResult<usize> {
        let (start, stop) = (clipped(start, 0)?, clipped(stop, isize::MAX)?);
        let length = self.len() as isize;
        let from_end = |i: isize| if i < 0 { (i + length).max(0) } else { i };
        match self.find(v, from_end(start) as usize, from_end(stop) as usize)? {
            Some(index) => Ok(index),
            None => Err(raised!(ValueError, "array.index(x): x not in array")),
        }
    }

    /// Insert a new item v into the array before position i.
    #[pymethod(signature = "(i, v, /)")]
    fn insert(&self, i: isize, v: &PyObject) -> PyResult<()> {
        let (bytes, length) = (self.packed(v)?, self.len());
        let at = if i < 0 { (i + length as isize).max(0) } else { i } as usize;
        self.splice(at.min(length), at.min(length), &bytes)
    }

    /// Return the i-th element and delete it from the array.
    ///
    /// i defaults to -1.
    #[pymethod(signature = "(i=-1, /)")]
    fn pop(&self, i: isize) -> PyResult {
        let length = self.len();
        if length == 0 {
            return Err(raised!(IndexError, "pop from empty array"));
        }
        let at = if i < 0 { i + length as isize } else { i };
        let item = if at < 0 { None } else { self.get(at as usize)? };
        let Some(item) = item else { return Err(raised!(IndexError, "pop index out of range")) };
        self.splice(at as usize, at as usize + 1, &[])?;
        Ok(item)
    }

    /// Remove the first occurrence of v in the array.
    #[pymethod(signature = "(v, /)")]
    fn remove(&self, v: &PyObject) -> PyResult<()> {
        match self.find(v, 0, usize::MAX)? {
            Some(index) => self.splice(index, index + 1, &[]),
            None => Err(raised!(ValueError, "array.remove(x): x not in array")),
        }
    }

    /// Reverse the order of the items in the array.
    #[pymethod]
    fn reverse(&self) {
        let size = self.size();
        let mut bytes = self.bytes.borrow_mut();
        bytes.reverse();
        swap_bytes(&mut bytes, size);
    }
}

#[pymethods(MORE)]
impl PyArray {
    /// Read n objects from the file object f and append them to the end of the array.
    #[pymethod(signature = "(f, n, /)")]
    fn fromfile(&self, f: &PyObject, n: isize) -> PyResult<()> {
        if n < 0 {
            return Err(raised!(ValueError, "negative count"));
        }
        let Some(wanted) = (n as usize).checked_mul(self.size()).filter(|&n| n <= isize::MAX as usize) else {
            return Err(raised!(MemoryError));
        };
        let read = call::method(f, intern!("read"), &[&*wanted.to_py()?])?;
        let Some(bytes) = read.downcast::<PyBytes>() else {
            return Err(raised!(TypeError, "read() didn't return bytes"));
        };
        let short = bytes.as_slice().len() != wanted;
        self.frombytes(&read)?;
        if short { Err(raised!(EOFError, "read() didn't return enough bytes")) } else { Ok(()) }
    }

    /// Write all items (as machine values) to the file object f.
    #[pymethod(signature = "(f, /)")]
    fn tofile(&self, f: &PyObject) -> PyResult<()> {
        const BLOCK: usize = 64 * 1024;
        let bytes = self.bytes.borrow().clone();
        for block in bytes.chunks(BLOCK) {
            call::method(f, intern!("write"), &[&*PyBytes::new(block)])?;
        }
        Ok(())
    }

    /// Append items to array from list.
    #[pymethod(signature = "(list, /)")]
    fn fromlist(&self, list: &PyObject) -> PyResult<()> {
        let Some(list) = list.downcast::<PyList>() else {
            return Err(raised!(TypeError, "arg must be list"));
        };
        // All or nothing.
        let (mut bytes, length) = (Vec::new(), list.len());
        for item in list.to_vec() {
            self.code.store(&item, &mut bytes)?;
            if list.len() != length {
                return Err(raised!(RuntimeError, "list changed size during iteration"));
            }
        }
        if bytes.is_empty() { Ok(()) } else { self.push_bytes(&bytes) }
    }

    /// Convert array to an ordinary list with the same items.
    #[pymethod(name = "tolist")]
    pub(super) fn list(&self) -> PyResult<Py<PyList>> {
        let list = PyList::new();
        let mut index = 0;
        while let Some(item) = self.get(index)? {
            list.append(item)?;
            index += 1;
        }
        Ok(list)
    }

    /// Appends items from the string, interpreting it as an array of machine values, as if it had been read from a file using the fromfile() method.
    #[pymethod(signature = "(buffer, /)")]
    pub(super) fn frombytes(&self, buffer: &PyObject) -> PyResult<()> {
        if !buffer::is_exporter(buffer) {
            let name = buffer.class().name();
            return Err(raised!(TypeError, "a bytes-like object is required, not '{name}'"));
        }
        let bytes = Buffer::get(buffer, taipan_abi::PyBUF_SIMPLE)?.to_vec();
        if bytes.len() % self.size() != 0 {
            return Err(raised!(ValueError, "bytes length not a multiple of item size"));
        }
        if bytes.is_empty() { Ok(()) } else { self.push_bytes(&bytes) }
    }

    /// Convert the array to an array of machine values and return the bytes representation.
    #[pymethod]
    fn tobytes(&self) -> Py<PyBytes> {
        PyBytes::new(&self.bytes.borrow())
    }

    /// Extends this array with data from the unicode string ustr.
    ///
    /// The array must be a unicode type array; otherwise a ValueError is raised.
    /// Use array.frombytes(ustr.encode(...)) to append Unicode data to an array of
    /// some other type.
    #[pymethod(signature = "(ustr, /)")]
    fn fromunicode(&self, ustr: &PyStr) -> PyResult<()> {
        if !self.code.is_text() {
            return Err(raised!(
                ValueError,
                "fromunicode() may only be called on unicode type arrays ('u' or 'w')"
            ));
        }
        self.push_bytes(&wide_bytes(ustr))
    }

    /// Extends this array with data from the unicode string ustr.
    ///
    /// Convert the array to a unicode string.  The array must be a unicode type array;
    /// otherwise a ValueError is raised.  Use array.tobytes().decode() to obtain a
    /// unicode string from an array of some other type.
    #[pymethod]
    fn tounicode(&self) -> PyResult<Py<PyStr>> {
        if !self.code.is_text() {
            return Err(raised!(
                ValueError,
                "tounicode() may only be called on unicode type arrays ('u' or 'w')"
            ));
        }
        self.text()
    }

    pub(super) fn text(&self) -> PyResult<Py<PyStr>> {
        let bytes = self.bytes.borrow();
        let points: Vec<u32> = bytes
            .chunks_exact(4)
            .map(|unit| u32::from_ne_bytes([unit[0], unit[1], unit[2], unit[3]]))
            .collect();
        if let Some(point) = points.iter().find(|&&point| point > 0x10_ffff) {
            return Err(raised!(ValueError, "character U+{point:x} is not in range [U+0000; U+10ffff]"));
        }
        Ok(PyStr::from_code_points(&points))
    }

    /// Return state information for pickling.
    #[pymethod(name = "__reduce_ex__", signature = "(value, /)")]
    fn reduce(&self, value: &PyObject) -> PyResult {
        let Some(protocol) = value.downcast::<PyInt>() else {
            return Err(raised!(TypeError, "__reduce_ex__ argument should be an integer"));
        };
        let dict = object::get_optional_attr(self, intern!("__dict__"))?.unwrap_or_else(none);
        let letter = PyStr::new(self.code.letter().encode_utf8(&mut [0; 4]));
        if protocol.to_i64().is_some_and(|protocol| protocol < 3) {
            let items = self.list()?;
            return (self.class(), (letter, items).to_py()?, dict).to_py();
        }
        let module = taipan_runtime::imports::import_module(intern!("array"))?;
        let function = object::get_attr(&module, intern!("_array_reconstructor"))?;
        let arguments = (self.class(), letter, self.code.machine_format(), self.tobytes()).to_py()?;
        (function, arguments, dict).to_py()
    }

    /// Size of the array in memory, in bytes.
    #[pymethod(name = "__sizeof__")]
    fn sizeof(&self) -> usize {
        self.class().tp_basicsize() as usize + self.bytes.borrow().capacity()
    }

    /// Return a generic alias of an array type.
    #[pymethod(name = "__class_getitem__", class, signature = "(object, /)")]
    fn class_getitem(cls: &TypeObject, item: &PyObject) -> PyResult {
        genericalias::new(cls, item)
    }

    /// the typecode character used to create the array
    #[getter]
    fn typecode(&self) -> Py<PyStr> {
        PyStr::new(self.code.letter().encode_utf8(&mut [0; 4]))
    }

    /// the size, in bytes, of one array item
    #[getter]
    fn itemsize(&self) -> usize {
        self.size()
    }
}
