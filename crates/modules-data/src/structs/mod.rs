//! `_struct`: Python values as C structures.
//!
//! | file | holds |
//! |---|---|
//! | `format` | format strings |
//! | `values` | values to bytes and back |

mod format;
mod values;

use core::cell::{Cell, RefCell};
use format::Layout;
use std::collections::HashMap;
use std::rc::Rc;
use taipan_macros::pymodule;
use taipan_objects::codecs::bytes_like;
use taipan_objects::model::gc::{Traverse, Visitor};
use taipan_objects::model::thread;
use taipan_objects::prelude::*;
use taipan_objects::protocols::buffer::Buffer;
use taipan_objects::{errors, memory};

/// Formats kept read.
const CACHED: usize = 100;

/// What an interpreter keeps.
#[derive(Default)]
struct State {
    error: ObjCell,
    cache: RefCell<HashMap<Vec<u8>, Rc<Layout>>>,
}

fn state() -> &'static State {
    thread::current().interpreter().extension::<State>()
}

/// The exception `struct.error`.
fn error_type() -> PyResult {
    if let Some(class) = state().error.get() {
        return Ok(class);
    }
    let dict = PyDict::new();
    dict.set_item(intern!("__module__"), intern!("struct"))?;
    let class = taipan_objects::types::r#type::new_heap_type("error", Exc::Exception.type_object(), &dict)?;
    state().error.set(Some(class.clone()));
    Ok(class)
}

#[cold]
fn struct_error(message: &str) -> Raised {
    match error_type() {
        Ok(class) => match class.downcast::<TypeObject>() {
            Some(class) => errors::set_object(class, &PyStr::new(message)),
            None => raised!(SystemError, "struct.error is no type"),
        },
        Err(raised) => raised,
    }
}

/// The text of a format.
fn format_text(format: &PyObject) -> PyResult<Vec<u8>> {
    if let Some(text) = format.downcast::<PyStr>() {
        return Ok(taipan_objects::codecs::encode_text(text, Some("ascii"), None)?.as_slice().to_vec());
    }
    match format.downcast::<PyBytes>() {
        Some(bytes) => Ok(bytes.as_slice().to_vec()),
        None => Err(raised!(
            TypeError,
            "Struct() argument 1 must be a str or bytes object, not {}",
            format.class().name()
        )),
    }
}

fn read_format(text: &[u8]) -> PyResult<Rc<Layout>> {
    if text.contains(&0) {
        return Err(struct_error("embedded null character"));
    }
    Layout::parse(text).map(Rc::new).map_err(struct_error)
}

/// The layout of a format, kept for the next time.
fn cached(format: &PyObject) -> PyResult<Rc<Layout>> {
    let text = format_text(format)?;
    if let Some(layout) = state().cache.borrow().get(&text) {
        return Ok(layout.clone());
    }
    let layout = read_format(&text)?;
    let mut cache = state().cache.borrow_mut();
    if cache.len() >= CACHED {
        cache.clear();
    }
    cache.insert(text, layout.clone());
    Ok(layout)
}

fn pack(layout: &Layout, values: &[&PyObject]) -> PyResult<Py<PyBytes>> {
    check_count(layout, values, "pack")?;
    Ok(PyBytes::new(&values::pack_all(layout, values)?))
}

fn check_count(layout: &Layout, values: &[&PyObject], function: &str) -> PyResult<()> {
    if values.len() == layout.values {
        return Ok(());
    }
    Err(struct_error(&format!(
        "{function} expected {} items for packing (got {})",
        layout.values,
        values.len()
    )))
}

/// Where an offset lies in a buffer; negative ones count from the end.
fn place(layout: &Layout, offset: isize, length: usize, writing: bool) -> PyResult<usize> {
    let size = layout.size;
    let mut at = offset;
    if offset < 0 {
        if offset + size as isize > 0 {
            return Err(struct_error(&if writing {
                format!("no space to pack {size} bytes at offset {offset}")
            } else {
                format!("not enough data to unpack {size} bytes at offset {offset}")
            }));
        }
        at = offset + length as isize;
        if at < 0 {
            return Err(struct_error(&format!("offset {offset} out of range for {length}-byte buffer")));
        }
    }
    let at = at as usize;
    if length < at || length - at < size {
        let (function, doing) = if writing { ("pack_into", "packing") } else { ("unpack_from", "unpacking") };
        return Err(struct_error(&format!(
            "{function} requires a buffer of at least {} bytes for {doing} {size} bytes at offset {at} (actual buffer \
             size is {length})",
            size as u128 + at as u128
        )));
    }
    Ok(at)
}

fn pack_into(layout: &Layout, arguments: &[&PyObject]) -> PyResult<()> {
    let [buffer, offset, values @ ..] = arguments else {
        return Err(struct_error(if arguments.is_empty() {
            "pack_into expected buffer argument"
        } else {
            "pack_into expected offset argument"
        }));
    };
    check_count(layout, values, "pack_into")?;
    let mut target = Buffer::get(buffer, taipan_abi::PyBUF_WRITABLE).map_err(|raised| {
        if errors::matches(&raised, Exc::BufferError) || errors::matches(&raised, Exc::TypeError) {
            errors::clear(raised);
            raised!(TypeError, "argument must be read-write bytes-like object, not {}", buffer.class().name())
        } else {
            raised
        }
    })?;
    let offset = number::as_isize(offset, Some(Exc::IndexError))?;
    let at = place(layout, offset, target.len(), true)?;
    let packed = values::pack_all(layout, values)?;
    // Pad bytes are cleared too.
    target.as_bytes_mut()[at..at + layout.size].copy_from_slice(&packed);
    Ok(())
}

fn unpack(layout: &Layout, buffer: &PyObject) -> PyResult<Py<PyTuple>> {
    let bytes = bytes_like(buffer)?;
    if bytes.as_slice().len() != layout.size {
        return Err(struct_error(&format!("unpack requires a buffer of {} bytes", layout.size)));
    }
    Ok(values::unpack_all(layout, bytes.as_slice()))
}

fn unpack_from(layout: &Layout, buffer: &PyObject, offset: isize) -> PyResult<Py<PyTuple>> {
    let source = Buffer::get(buffer, taipan_abi::PyBUF_SIMPLE)?;
    let at = place(layout, offset, source.len(), false)?;
    let bytes = source.as_bytes()[at..at + layout.size].to_vec();
    Ok(values::unpack_all(layout, &bytes))
}

/// A layout in a field; it holds no references.
struct LayoutCell(RefCell<Option<Rc<Layout>>>);

impl Traverse for LayoutCell {
    fn traverse(&self, _: &mut Visitor) {}
}

/// Struct(fmt) --> compiled struct object
#[pytype(name = "_struct.Struct", gc, flags(BASETYPE, IMMUTABLETYPE), weakref = weaklist, parts(METHODS))]
pub struct PyStruct {
    ob_base: PyObject,
    /// Size in bytes and number of values, where C code looks for them.
    packed_size: Cell<usize>,
    packed_len: Cell<usize>,
    layout: LayoutCell,
    format: ObjCell,
    weaklist: Cell<*mut PyObject>,
}

impl PyStruct {
    fn layout(&self) -> PyResult<Rc<Layout>> {
        match &*self.layout.0.borrow() {
            Some(layout) => Ok(layout.clone()),
            None => Err(raised!(RuntimeError, "Struct object is not initialized")),
        }
    }
}

#[pymethods(METHODS)]
impl PyStruct {
    #[slot(tp_new)]
    fn py_new(cls: &TypeObject, args: &PyTuple, kwargs: Option<&PyDict>) -> PyResult {
        let _ = (args, kwargs);
        let object = PyStruct {
            ob_base: PyObject::EMPTY,
            packed_size: Cell::new(0),
            packed_len: Cell::new(0),
            layout: LayoutCell(RefCell::new(None)),
            format: ObjCell::empty(),
            weaklist: Cell::new(core::ptr::null_mut()),
        };
        Ok(memory::new_in(cls, object)?.into_obj())
    }

    #[init(signature = "(format)")]
    fn init(&self, format: &PyObject) -> PyResult<()> {
        let text = format_text(format)?;
        let layout = read_format(&text)?;
        self.format.set(Some(PyStr::from_ascii(&text).into_obj()));
        self.packed_size.set(layout.size);
        self.packed_len.set(layout.values);
        *self.layout.0.borrow_mut() = Some(layout);
        Ok(())
    }

    #[slot(tp_repr)]
    fn repr(&self) -> PyResult<String> {
        self.layout()?;
        let format = self.format.get().unwrap_or_else(none);
        let name = self.class().short_name().to_owned();
        Ok(format!("{name}({})", object::repr(&format)?))
    }

    /// Return an iterator yielding tuples.
    ///
    /// Tuples are unpacked from the given bytes source, like a repeated
    /// invocation of unpack_from().
    ///
    /// Requires that the bytes length be a multiple of the struct size.
    #[pymethod(signature = "(buffer, /)")]
    fn iter_unpack(&self, buffer: &PyObject) -> PyResult<Py<PyUnpackIterator>> {
        PyUnpackIterator::over(self.layout()?, buffer)
    }

    /// S.pack(v1, v2, ...) -> bytes
    ///
    /// Return a bytes object containing values v1, v2, ... packed according
    /// to the format string S.format.  See help(struct) for more on format
    /// strings.
    #[pymethod(signature = "(*values)", no_text)]
    fn pack(&self, values: &[&PyObject]) -> PyResult<Py<PyBytes>> {
        pack(&*self.layout()?, values)
    }

    /// S.pack_into(buffer, offset, v1, v2, ...)
    ///
    /// Pack the values v1, v2, ... according to the format string S.format
    /// and write the packed bytes into the writable buffer buf starting at
    /// offset.  Note that the offset is a required argument.  A negative
    /// offset counts from the end of the buffer.  See help(struct) for more
    /// on format strings.
    #[pymethod(signature = "(*arguments)", no_text)]
    fn pack_into(&self, arguments: &[&PyObject]) -> PyResult<()> {
        pack_into(&*self.layout()?, arguments)
    }

    /// Return a tuple containing unpacked values.
    ///
    /// Unpack according to the format string Struct.format. The buffer's size
    /// in bytes must be Struct.size.
    ///
    /// See help(struct) for more on format strings.
    #[pymethod(signature = "(buffer, /)")]
    fn unpack(&self, buffer: &PyObject) -> PyResult<Py<PyTuple>> {
        unpack(&*self.layout()?, buffer)
    }

    /// Return a tuple containing unpacked values.
    ///
    /// Values are unpacked according to the format string Struct.format.
    ///
    /// The buffer's size in bytes, starting at position offset, must be
    /// at least Struct.size.  A negative offset counts from the end of the
    /// buffer.
    ///
    /// See help(struct) for more on format strings.
    #[pymethod(signature = "(buffer, offset=0)")]
    fn unpack_from(&self, buffer: &PyObject, offset: isize) -> PyResult<Py<PyTuple>> {
        unpack_from(&*self.layout()?, buffer, offset)
    }

    /// S.__sizeof__() -> size of S in memory, in bytes
    #[pymethod(name = "__sizeof__")]
    fn sizeof(&self) -> PyResult<usize> {
        // What CPython counts: the head, a description for each item, and one for the end.
        let items = self.layout()?.items.len();
        Ok(56 + (items + 1) * 32)
    }

    /// struct format string
    #[getter]
    fn format(&self) -> PyResult {
        self.layout()?;
        Ok(self.format.get().unwrap_or_else(none))
    }

    /// struct size in bytes
    #[getter]
    fn size(&self) -> isize {
        self.layout.0.borrow().as_ref().map_or(-1, |layout| layout.size as isize)
    }
}

/// A buffer in a field.
struct BufferCell(RefCell<Option<Buffer>>);

impl Traverse for BufferCell {
    fn traverse(&self, _: &mut Visitor) {}
}

#[pytype(name = "_struct.unpack_iterator", gc, flags(DISALLOW_INSTANTIATION, IMMUTABLETYPE), parts(ITERATOR))]
pub struct PyUnpackIterator {
    ob_base: PyObject,
    layout: LayoutCell,
    /// None at the end.
    buffer: BufferCell,
    index: Cell<usize>,
}

impl PyUnpackIterator {
    fn over(layout: Rc<Layout>, buffer: &PyObject) -> PyResult<Py<PyUnpackIterator>> {
        if layout.size == 0 {
            return Err(struct_error("cannot iteratively unpack with a struct of length 0"));
        }
        let buffer = Buffer::get(buffer, taipan_abi::PyBUF_SIMPLE)?;
        if buffer.len() % layout.size != 0 {
            return Err(struct_error(&format!(
                "iterative unpacking requires a buffer of a multiple of {} bytes",
                layout.size
            )));
        }
        Ok(memory::new(PyUnpackIterator {
            ob_base: PyObject::EMPTY,
            layout: LayoutCell(RefCell::new(Some(layout))),
            buffer: BufferCell(RefCell::new(Some(buffer))),
            index: Cell::new(0),
        }))
    }

    /// The bytes of the next structure.
    fn next_bytes(&self, size: usize) -> Option<Vec<u8>> {
        let buffer = self.buffer.0.borrow();
        let bytes = buffer.as_ref()?.as_bytes();
        bytes.get(self.index.get()..self.index.get() + size).map(<[u8]>::to_vec)
    }
}

#[pymethods(ITERATOR)]
impl PyUnpackIterator {
    #[slot(tp_iter)]
    fn iter(&self) -> Obj {
        self.owned()
    }

    #[slot(tp_iternext)]
    fn next(&self) -> PyResult<Option<Obj>> {
        let Some(layout) = self.layout.0.borrow().clone() else { return Ok(None) };
        match self.next_bytes(layout.size) {
            Some(bytes) => {
                self.index.set(self.index.get() + layout.size);
                Ok(Some(values::unpack_all(&layout, &bytes).into_obj()))
            }
            None => {
                let ended = self.buffer.0.borrow_mut().take();
                drop(ended);
                Ok(None)
            }
        }
    }

    #[pymethod(name = "__length_hint__")]
    fn length_hint(&self) -> usize {
        let size = self.layout.0.borrow().as_ref().map_or(1, |layout| layout.size);
        let length = self.buffer.0.borrow().as_ref().map_or(0, Buffer::len);
        length.saturating_sub(self.index.get()) / size
    }
}

/// The format and what follows it.
fn split_format<'a>(arguments: &'a [&'a PyObject]) -> PyResult<(Rc<Layout>, &'a [&'a PyObject])> {
    match arguments {
        [format, rest @ ..] => Ok((cached(format)?, rest)),
        [] => Err(raised!(TypeError, "missing format argument")),
    }
}

/// Functions to convert between Python values and C structs.
/// Python bytes objects are used to hold the data representing the C struct.
/// The format string (explained below) describes the layout of data
/// in the C struct.
///
/// The optional first format char indicates byte order, size and alignment:
///   @: native order, size & alignment (default)
///   =: native order, std. size & alignment
///   <: little-endian, std. size & alignment
///   >: big-endian, std. size & alignment
///   !: same as >
///
/// The remaining characters indicate types of args and must match exactly;
/// these can be preceded by a decimal repeat count:
///   x: pad byte (no data); c: char; b: signed byte; B: unsigned byte;
///   ?: _Bool; h: short; H: unsigned short; i: int; I: unsigned int;
///   l: long; L: unsigned long; q: long long; Q: unsigned long long;
///   f: float; d: double; e: half-float;
///   F: float complex; D: double complex.
/// Special cases (preceding decimal count indicates length):
///   s: byte string (array of char); p: Pascal string (with count byte).
/// Special cases (only available in native format):
///   n: ssize_t; N: size_t;
///   P: an integer type that is wide enough to hold a pointer.
/// Whitespace between formats is ignored.
///
/// The variable struct.error is an exception raised on errors.
#[pymodule(name = "_struct")]
pub mod module {
    use taipan_objects::prelude::*;

    /// Clear the internal cache.
    #[pyfunction(signature = "()")]
    pub fn _clearcache() {
        super::state().cache.borrow_mut().clear();
    }

    /// Return size in bytes of the struct described by the format string.
    #[pyfunction(signature = "(format, /)")]
    pub fn calcsize(format: &PyObject) -> PyResult<usize> {
        Ok(super::cached(format)?.size)
    }

    /// Return an iterator yielding tuples unpacked from the given bytes.
    ///
    /// The bytes are unpacked according to the format string, like
    /// a repeated invocation of unpack_from().
    ///
    /// Requires that the bytes length be a multiple of the format struct size.
    #[pyfunction(signature = "(format, buffer, /)")]
    pub fn iter_unpack(format: &PyObject, buffer: &PyObject) -> PyResult<Py<super::PyUnpackIterator>> {
        super::PyUnpackIterator::over(super::cached(format)?, buffer)
    }

    /// pack(format, v1, v2, ...) -> bytes
    ///
    /// Return a bytes object containing the values v1, v2, ... packed according
    /// to the format string.  See help(struct) for more on format strings.
    #[pyfunction(signature = "(*arguments)", no_text)]
    pub fn pack(arguments: &[&PyObject]) -> PyResult<Py<PyBytes>> {
        let (layout, values) = super::split_format(arguments)?;
        super::pack(&layout, values)
    }

    /// pack_into(format, buffer, offset, v1, v2, ...)
    ///
    /// Pack the values v1, v2, ... according to the format string and write
    /// the packed bytes into the writable buffer buf starting at offset.  Note
    /// that the offset is a required argument.  A negative offset counts from
    /// the end of the buffer.  See help(struct) for more on format strings.
    #[pyfunction(signature = "(*arguments)", no_text)]
    pub fn pack_into(arguments: &[&PyObject]) -> PyResult<()> {
        let (layout, rest) = super::split_format(arguments)?;
        super::pack_into(&layout, rest)
    }

    /// Return a tuple containing values unpacked according to the format string.
    ///
    /// The buffer's size in bytes must be calcsize(format).
    ///
    /// See help(struct) for more on format strings.
    #[pyfunction(signature = "(format, buffer, /)")]
    pub fn unpack(format: &PyObject, buffer: &PyObject) -> PyResult<Py<PyTuple>> {
        super::unpack(&*super::cached(format)?, buffer)
    }

    /// Return a tuple containing values unpacked according to the format string.
    ///
    /// The buffer's size, minus offset, must be at least calcsize(format).
    /// A negative offset counts from the end of the buffer.
    ///
    /// See help(struct) for more on format strings.
    #[pyfunction(signature = "(format, /, buffer, offset=0)")]
    pub fn unpack_from(format: &PyObject, buffer: &PyObject, offset: isize) -> PyResult<Py<PyTuple>> {
        super::unpack_from(&*super::cached(format)?, buffer, offset)
    }

    #[exec]
    fn exec(module: &PyModule) -> PyResult<()> {
        module.add("error", &*super::error_type()?)?;
        module.add_type(super::PyStruct::type_object())
    }
}
