//! `array`: sequences of numbers of one C type, packed.
//!
//! The bytes lie in a vector that is borrowed only for steps that run no Python code. While somebody holds a buffer of
//! them (`exports`), the length cannot change, so the bytes stay in place.

mod code;
mod iterator;
mod methods;
mod slots;

pub use iterator::PyArrayIterator;

use code::Code;
use core::cell::{Cell, RefCell};
use taipan_abi::{Py_buffer, PyBUF_FORMAT, PyBUF_ND};
use taipan_macros::pymodule;
use taipan_objects::memory;
use taipan_objects::prelude::*;

/// array(typecode [, initializer]) -> array
///
/// Return a new array whose items are restricted by typecode, and
/// initialized from the optional initializer value, which must be a list,
/// string or iterable over elements of the appropriate type.
///
/// Arrays represent basic values and behave very much like lists, except
/// the type of objects stored in them is constrained. The type is specified
/// at object creation time by using a type code, which is a single character.
/// The following type codes are defined:
///
///     Type code   C Type             Minimum size in bytes
///     'b'         signed integer     1
///     'B'         unsigned integer   1
///     'u'         Unicode character  2 (see note)
///     'w'         Py_UCS4            4
///     'h'         signed integer     2
///     'H'         unsigned integer   2
///     'i'         signed integer     2
///     'I'         unsigned integer   2
///     'l'         signed integer     4
///     'L'         unsigned integer   4
///     'q'         signed integer     8 (see note)
///     'Q'         unsigned integer   8 (see note)
///     'f'         floating-point     4
///     'd'         floating-point     8
///
/// NOTE: The 'u' typecode corresponds to Python's unicode character. On
/// narrow builds this is 2-bytes on wide builds this is 4-bytes.
///
/// NOTE: The 'q' and 'Q' type codes are only available if the platform
/// C compiler used to build Python supports 'long long', or, on Windows,
/// '__int64'.
///
/// Methods:
///
/// append() -- append a new item to the end of the array
/// buffer_info() -- return information giving the current memory info
/// byteswap() -- byteswap all the items of the array
/// count() -- return number of occurrences of an object
/// extend() -- extend array by appending multiple elements from an iterable
/// fromfile() -- read items from a file object
/// fromlist() -- append items from the list
/// frombytes() -- append items from the string
/// index() -- return index of first occurrence of an object
/// insert() -- insert a new item into the array at a provided position
/// pop() -- remove and return item (default last)
/// remove() -- remove first occurrence of an object
/// reverse() -- reverse the order of the items in the array
/// tofile() -- write all items to a file object
/// tolist() -- return the array converted to an ordinary list
/// tobytes() -- return the array converted to a string
///
/// Attributes:
///
/// typecode -- the typecode character used to create the array
/// itemsize -- the length in bytes of one array item
#[pytype(name = "array.array", flags(BASETYPE, SEQUENCE), weakref = weaklist, parts(methods::METHODS, methods::MORE, slots::SLOTS, slots::BUFFER))]
pub struct PyArray {
    ob_base: PyObject,
    bytes: RefCell<Vec<u8>>,
    exports: Cell<usize>,
    /// The number of items while a buffer is exported, whose shape points here.
    shape: Cell<isize>,
    weaklist: Cell<*mut PyObject>,
    code: Code,
}

impl PyArray {
    fn new_in(class: &TypeObject, code: Code, bytes: Vec<u8>) -> PyResult<Py<PyArray>> {
        let array = PyArray {
            ob_base: PyObject::EMPTY,
            bytes: RefCell::new(bytes),
            exports: Cell::new(0),
            shape: Cell::new(0),
            weaklist: Cell::new(core::ptr::null_mut()),
            code,
        };
        memory::new_in(class, array)
    }

    /// An array of the same code, of exact type.
    fn like(&self, bytes: Vec<u8>) -> PyResult<Py<PyArray>> {
        Self::new_in(Self::type_object(), self.code, bytes)
    }

    fn size(&self) -> usize {
        self.code.size()
    }

    fn len(&self) -> usize {
        self.bytes.borrow().len() / self.size()
    }

    /// Item `index`, which is there.
    fn get(&self, index: usize) -> PyResult<Option<Obj>> {
        let size = self.size();
        let mut item = [0; 8];
        match self.bytes.borrow().get(index * size..(index + 1) * size) {
            Some(bytes) => item[..size].copy_from_slice(bytes),
            None => return Ok(None),
        }
        self.code.load(&item[..size]).map(Some)
    }

    /// The bytes of one object.
    fn packed(&self, value: &PyObject) -> PyResult<Vec<u8>> {
        let mut bytes = Vec::with_capacity(8);
        self.code.store(value, &mut bytes)?;
        Ok(bytes)
    }

    fn check_resizable(&self) -> PyResult<()> {
        if self.exports.get() > 0 {
            return Err(raised!(BufferError, "cannot resize an array that is exporting buffers"));
        }
        Ok(())
    }

    /// Replaces items `start..end`.
    fn splice(&self, start: usize, end: usize, new: &[u8]) -> PyResult<()> {
        let size = self.size();
        let mut bytes = self.bytes.borrow_mut();
        let (start, end) = ((start * size).min(bytes.len()), (end * size).min(bytes.len()));
        if end - start == new.len() {
            bytes[start..end].copy_from_slice(new);
            return Ok(());
        }
        self.check_resizable()?;
        if bytes.try_reserve(new.len()).is_err() {
            return Err(raised!(MemoryError));
        }
        bytes.splice(start..end, new.iter().copied());
        Ok(())
    }

    fn push_bytes(&self, new: &[u8]) -> PyResult<()> {
        let end = self.len();
        self.splice(end, end, new)
    }

    /// Fills a view of all bytes.
    fn export(&self, view: &mut Py_buffer, flags: i32) -> PyResult<()> {
        let (start, length) = {
            let mut bytes = self.bytes.borrow_mut();
            (bytes.as_mut_ptr(), bytes.len())
        };
        taipan_objects::protocols::buffer::fill_info(view, self, start, length, false, flags)?;
        self.shape.set((length / self.size()) as isize);
        view.itemsize = self.size() as isize;
        if flags & PyBUF_ND == PyBUF_ND {
            view.shape = self.shape.as_ptr();
        }
        if flags & PyBUF_FORMAT == PyBUF_FORMAT {
            view.format = self.code.format().as_ptr().cast_mut();
        }
        self.exports.set(self.exports.get() + 1);
        Ok(())
    }
}

/// This module defines an object type which can efficiently represent
/// an array of basic values: characters, integers, floating-point
/// numbers.  Arrays are sequence types and behave very much like lists,
/// except that the type of objects stored in them is constrained.
#[pymodule(name = "array")]
pub mod module {
    use super::PyArray;
    use super::code::ALL;
    use super::methods::reconstruct;
    use taipan_objects::intern;
    use taipan_objects::prelude::*;

    /// Internal. Used for pickling support.
    #[pyfunction(signature = "(arraytype, typecode, mformat_code, items, /)")]
    pub fn _array_reconstructor(
        arraytype: &PyObject,
        typecode: &PyObject,
        mformat_code: i32,
        items: &PyObject,
    ) -> PyResult {
        reconstruct(arraytype, typecode, mformat_code, items)
    }

    #[exec]
    fn exec(module: &PyModule) -> PyResult<()> {
        module.add("ArrayType", PyArray::type_object())?;
        module.add("array", PyArray::type_object())?;
        let letters: String = ALL.iter().map(|(letter, _)| letter).collect();
        module.add_str("typecodes", &letters)?;
        let abc = taipan_runtime::imports::import_module(intern!("collections.abc"))?;
        let mutable = object::get_attr(&abc, intern!("MutableSequence"))?;
        call::method(&mutable, intern!("register"), &[PyArray::type_object()]).map(drop)
    }
}
