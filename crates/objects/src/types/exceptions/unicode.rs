//! The three errors of encoding, decoding and translating text.

use super::base::{PyBaseException, text_of};
use super::plain::type_of;
use crate::errors::Exc;
use crate::memory;
use crate::model::{Obj, ObjCell, ObjectExt, Py, PyObject, PyResult, PyType, TypeObject};
use crate::protocols::buffer::Buffer;
use crate::protocols::number;
use crate::types::bytes::PyBytes;
use crate::types::dict::PyDict;
use crate::types::str::PyStr;
use crate::types::tuple::PyTuple;
use core::cell::Cell;
use taipan_macros::{pymethods, pytype};

macro_rules! unicode_error {
    ($doc:tt, $name:tt, $type:ident, $exported:ident, $part:ident, $init:ident, $str:ident) => {
        #[doc = $doc]
        #[pytype(name = $name, exported = $exported, layout = PyUnicodeErrorObject, base = super::PyPlainUnicodeError, gc, flags(BASETYPE, BASE_EXC_SUBCLASS), parts($part))]
        pub struct $type {
            pub base: PyBaseException,
            /// exception encoding
            #[member]
            pub encoding: ObjCell,
            /// exception object
            #[member]
            pub object: ObjCell,
            /// exception start
            #[member(kind = PYSSIZET)]
            pub start: Cell<isize>,
            /// exception end
            #[member(kind = PYSSIZET)]
            pub end: Cell<isize>,
            /// exception reason
            #[member]
            pub reason: ObjCell,
        }

        #[pymethods($part)]
        impl $type {
            #[slot(tp_new)]
            fn py_new(cls: &TypeObject, args: &PyTuple, _kwargs: Option<&PyDict>) -> PyResult<Py<PyBaseException>> {
                memory::new_in(cls, PyBaseException::fields(args.to_owned()))
            }

            #[slot(tp_init)]
            fn init(slf: &PyObject, args: &PyTuple, kwargs: Option<&PyDict>) -> PyResult<()> {
                let slf: &PyUnicodeError = as_layout(slf);
                slf.base.init(args, kwargs)?;
                slf.$init(args)
            }

            #[slot(tp_str)]
            fn str(slf: &PyObject) -> PyResult<Py<PyStr>> {
                as_layout(slf).$str()
            }
        }
    };
}

unicode_error!(
    "Unicode encoding error.",
    "UnicodeEncodeError",
    PyUnicodeEncodeError,
    _PyExc_UnicodeEncodeError,
    ENCODE,
    init_encode,
    str_encode
);
unicode_error!(
    "Unicode decoding error.",
    "UnicodeDecodeError",
    PyUnicodeDecodeError,
    _PyExc_UnicodeDecodeError,
    DECODE,
    init_decode,
    str_decode
);
unicode_error!(
    "Unicode translation error.",
    "UnicodeTranslateError",
    PyUnicodeTranslateError,
    _PyExc_UnicodeTranslateError,
    TRANSLATE,
    init_translate,
    str_translate
);

/// The layout that the three share.
pub type PyUnicodeError = PyUnicodeEncodeError;

#[expect(unsafe_code, reason = "the three types have one layout")]
fn as_layout(object: &PyObject) -> &PyUnicodeError {
    // SAFETY: slots of the three types are called on their instances alone, and the layouts are the same.
    unsafe { object.downcast_unchecked() }
}

/// As one of the three, where it is one.
pub fn as_unicode_error(object: &PyObject) -> Option<&PyUnicodeError> {
    let class = object.class();
    let is = |exc: Exc| class.is_subtype_of(type_of(exc));
    (is(Exc::UnicodeEncodeError) || is(Exc::UnicodeDecodeError) || is(Exc::UnicodeTranslateError))
        .then(|| as_layout(object))
}

fn string_arg(args: &PyTuple, index: usize) -> PyResult<Obj> {
    let value = args.get(index);
    match value.downcast::<PyStr>() {
        Some(_) => Ok(value.owned()),
        None => {
            let found = if value.is_none() { "None" } else { value.class().name() };
            Err(raised!(TypeError, "argument {} must be str, not {found}", index + 1))
        }
    }
}

fn index_arg(args: &PyTuple, index: usize) -> PyResult<isize> {
    number::as_isize(args.get(index), Some(Exc::OverflowError))
}

fn check_count(args: &PyTuple, wanted: usize) -> PyResult<()> {
    if args.len() == wanted {
        return Ok(());
    }
    Err(raised!(TypeError, "function takes exactly {wanted} arguments ({} given)", args.len()))
}

impl PyUnicodeError {
    fn fill(&self, encoding: Option<Obj>, object: Obj, start: isize, end: isize, reason: Obj) {
        self.encoding.set(encoding);
        self.object.set(Some(object));
        self.start.set(start);
        self.end.set(end);
        self.reason.set(Some(reason));
    }

    fn init_encode(&self, args: &PyTuple) -> PyResult<()> {
        check_count(args, 5)?;
        let (encoding, object) = (string_arg(args, 0)?, string_arg(args, 1)?);
        let (start, end) = (index_arg(args, 2)?, index_arg(args, 3)?);
        self.fill(Some(encoding), object, start, end, string_arg(args, 4)?);
        Ok(())
    }

    fn init_decode(&self, args: &PyTuple) -> PyResult<()> {
        check_count(args, 5)?;
        let encoding = string_arg(args, 0)?;
        let (start, end) = (index_arg(args, 2)?, index_arg(args, 3)?);
        let reason = string_arg(args, 4)?;
        let object = args.get(1);
        let object = if object.downcast::<PyBytes>().is_some() {
            object.owned()
        } else {
            PyBytes::new(&Buffer::get(object, taipan_abi::PyBUF_SIMPLE)?.to_vec()).into_obj()
        };
        self.fill(Some(encoding), object, start, end, reason);
        Ok(())
    }

    fn init_translate(&self, args: &PyTuple) -> PyResult<()> {
        check_count(args, 4)?;
        let object = string_arg(args, 0)?;
        let (start, end) = (index_arg(args, 1)?, index_arg(args, 2)?);
        self.fill(None, object, start, end, string_arg(args, 3)?);
        Ok(())
    }

    /// The place, where the error is about one item that exists.
    fn single(&self, length: usize) -> Option<usize> {
        let (start, end) = (self.start.get(), self.end.get());
        let within = start >= 0 && (start as usize) < length && end >= 0 && end as usize <= length;
        (within && end == start + 1).then_some(start as usize)
    }

    /// ` in position 3-5`, with the last position included.
    fn range(&self) -> String {
        format!("{}-{}", self.start.get(), self.end.get().wrapping_sub(1))
    }

    /// The text of an attribute; C prints a missing one so.
    fn part(&self, cell: &ObjCell) -> PyResult<String> {
        if cell.is_empty() { Ok("<NULL>".into()) } else { text_of(cell) }
    }

    /// `object`, after code ran that may have changed it.
    fn object_as<T: PyType>(&self, wanted: &str) -> PyResult<Py<T>> {
        let Some(object) = self.object.get() else {
            return Err(raised!(TypeError, "UnicodeError 'object' attribute is not set"));
        };
        object
            .downcast_into::<T>()
            .map_err(|_| raised!(TypeError, "UnicodeError 'object' attribute must be a {wanted}"))
    }

    fn str_encode(&self) -> PyResult<Py<PyStr>> {
        if self.object.is_empty() {
            return Ok(PyStr::empty());
        }
        let (reason, encoding) = (self.part(&self.reason)?, self.part(&self.encoding)?);
        let object = self.object_as::<PyStr>("string")?;
        Ok(PyStr::new(&match self.single(object.len()) {
            Some(at) => format!(
                "'{encoding}' codec can't encode character '{}' in position {at}: {reason}",
                escaped(object.char_at(at))
            ),
            None => {
                format!("'{encoding}' codec can't encode characters in position {}: {reason}", self.range())
            }
        }))
    }

    fn str_decode(&self) -> PyResult<Py<PyStr>> {
        if self.object.is_empty() {
            return Ok(PyStr::empty());
        }
        let (reason, encoding) = (self.part(&self.reason)?, self.part(&self.encoding)?);
        let object = self.object_as::<PyBytes>("bytes")?;
        let bytes = object.as_slice();
        Ok(PyStr::new(&match self.single(bytes.len()) {
            Some(at) => {
                format!("'{encoding}' codec can't decode byte 0x{:02x} in position {at}: {reason}", bytes[at])
            }
            None => format!("'{encoding}' codec can't decode bytes in position {}: {reason}", self.range()),
        }))
    }

    fn str_translate(&self) -> PyResult<Py<PyStr>> {
        if self.object.is_empty() {
            return Ok(PyStr::empty());
        }
        let reason = self.part(&self.reason)?;
        let object = self.object_as::<PyStr>("string")?;
        Ok(PyStr::new(&match self.single(object.len()) {
            Some(at) => {
                let shown = escaped(object.char_at(at));
                format!("can't translate character '{shown}' in position {at}: {reason}")
            }
            None => format!("can't translate characters in position {}: {reason}", self.range()),
        }))
    }
}

fn escaped(character: u32) -> String {
    match character {
        0..=0xFF => format!("\\x{character:02x}"),
        0x100..=0xFFFF => format!("\\u{character:04x}"),
        _ => format!("\\U{character:08x}"),
    }
}

fn raise(exc: Exc, args: &[&PyObject]) -> crate::model::Raised {
    match super::create(exc.type_object(), args) {
        Ok(exception) => crate::errors::set_instance(exception),
        Err(raised) => raised,
    }
}

/// Raises `UnicodeEncodeError`; positions count characters.
#[cold]
pub fn raise_encode(
    encoding: &str,
    object: &PyStr,
    start: usize,
    end: usize,
    reason: &str,
) -> crate::model::Raised {
    let (start, end) = (int(start), int(end));
    raise(Exc::UnicodeEncodeError, &[&PyStr::new(encoding), object, &start, &end, &PyStr::new(reason)])
}

/// Raises `UnicodeDecodeError`; positions count bytes.
#[cold]
pub fn raise_decode(
    encoding: &str,
    object: &PyBytes,
    start: usize,
    end: usize,
    reason: &str,
) -> crate::model::Raised {
    let (start, end) = (int(start), int(end));
    raise(Exc::UnicodeDecodeError, &[&PyStr::new(encoding), object, &start, &end, &PyStr::new(reason)])
}

fn int(value: usize) -> Obj {
    crate::types::int::PyInt::from_u64(value as u64).into_obj()
}
