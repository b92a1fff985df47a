//! `StringIO`: a text file in memory.

use crate::base::{PyIOBase, PyTextIOBase};
use crate::text::newline::{Newlines, PyNewlineDecoder};
use crate::text::plain::Plain;
use core::cell::{Cell, RefCell};
use taipan_objects::memory;
use taipan_objects::prelude::*;

/// Text I/O implementation using an in-memory buffer.
///
/// The initial_value argument sets the value of object.  The newline
/// argument is like the one of TextIOWrapper's constructor.
#[pytype(
    name = "_io.StringIO",
    base = PyTextIOBase,
    gc,
    flags(BASETYPE),
    signature = "(initial_value='', newline='\\n')",
    parts(STRINGIO)
)]
pub struct PyStringIO {
    base: PyIOBase,
    /// Code points; `None` once closed, and before `__init__`.
    text: RefCell<Option<Vec<u32>>>,
    pos: Cell<usize>,
    newlines: Plain<Newlines>,
    /// Translates line ends of what is written, where reading is universal.
    decoder: ObjCell,
    initialised: Cell<bool>,
}

impl PyStringIO {
    fn with<T>(&self, f: impl FnOnce(&mut Vec<u32>) -> PyResult<T>) -> PyResult<T> {
        if !self.initialised.get() {
            return Err(raised!(ValueError, "I/O operation on uninitialized object"));
        }
        match self.text.borrow_mut().as_mut() {
            Some(text) => f(text),
            None => Err(raised!(ValueError, "I/O operation on closed file")),
        }
    }

    fn put(&self, text: &PyStr) -> PyResult<()> {
        let decoded = match self.decoder.get() {
            Some(decoder) => {
                let decoder = decoder.downcast_into::<PyNewlineDecoder>();
                let Ok(decoder) = decoder else { return Ok(()) };
                decoder.translate(text, true)?
            }
            None => text.to_owned(),
        };
        let mut points = crate::text::code_points(&decoded);
        if let Some(ending) = self.newlines.get().written_for_line_feed() {
            let ending: Vec<u32> = ending.bytes().map(u32::from).collect();
            points = points.iter().flat_map(|&c| if c == 10 { ending.clone() } else { vec![c] }).collect();
        }
        self.with(|buffer| {
            let start = self.pos.get();
            let Some(end) = start.checked_add(points.len()).filter(|&end| end < isize::MAX as usize / 4)
            else {
                return Err(raised!(OverflowError, "new position too large"));
            };
            if buffer.len() < end {
                buffer.try_reserve(end - buffer.len()).map_err(|_| raised!(MemoryError))?;
                buffer.resize(end, 0);
            }
            buffer[start..end].copy_from_slice(&points);
            self.pos.set(end);
            Ok(())
        })
    }

    fn take(&self, size: Option<usize>) -> PyResult<Py<PyStr>> {
        self.with(|text| {
            let start = self.pos.get().min(text.len());
            let end = size.map_or(text.len(), |size| text.len().min(start.saturating_add(size)));
            if start < end {
                self.pos.set(end);
            }
            Ok(PyStr::from_code_points(&text[start..end]))
        })
    }

    fn take_line(&self, limit: Option<usize>) -> PyResult<Py<PyStr>> {
        let newlines = self.newlines.get();
        let length = self.with(|text| {
            let start = self.pos.get().min(text.len());
            let rest = &text[start..];
            let end = newlines.find_end(rest).unwrap_or(rest.len());
            Ok(limit.map_or(end, |limit| end.min(limit)))
        })?;
        self.take(Some(length))
    }
}

#[pymethods(STRINGIO)]
impl PyStringIO {
    #[new(signature = "(*args, **kwargs)")]
    fn py_new(
        cls: &TypeObject,
        _args: &[&PyObject],
        _kwargs: Option<Py<PyDict>>,
    ) -> PyResult<Py<PyStringIO>> {
        memory::new_in(
            cls,
            PyStringIO {
                base: PyIOBase::fields(),
                text: RefCell::new(None),
                pos: Cell::new(0),
                newlines: Plain::new(Newlines::LINE_FEED),
                decoder: ObjCell::empty(),
                initialised: Cell::new(false),
            },
        )
    }

    #[init(signature = "(initial_value='', newline='\\n')")]
    fn init(
        &self,
        initial_value: taipan_objects::model::args::OptArg<&PyObject>,
        newline: taipan_objects::model::args::OptArg<&PyObject>,
    ) -> PyResult<()> {
        let newlines = match newline.given() {
            None => Newlines::LINE_FEED,
            Some(newline) => Newlines::of_argument(newline)?,
        };
        let initial = initial_value.given().filter(|value| !value.is_none());
        let initial = match initial {
            None => None,
            Some(value) => match value.downcast_owned::<PyStr>() {
                Some(text) => Some(text),
                None => {
                    let found = value.class().name();
                    return Err(raised!(TypeError, "initial_value must be str or None, not {found}"));
                }
            },
        };
        self.newlines.set(newlines);
        self.decoder.set(if newlines.is_universal() {
            Some(PyNewlineDecoder::without_decoder(newlines.translates()).into_obj())
        } else {
            None
        });
        self.text.replace(Some(Vec::new()));
        self.pos.set(0);
        self.initialised.set(true);
        if let Some(text) = initial {
            self.put(&text)?;
            self.pos.set(0);
        }
        Ok(())
    }

    #[slot(tp_iternext)]
    fn next(slf: &PyObject) -> PyResult<Option<Obj>> {
        let line = match slf.downcast_exact::<PyStringIO>() {
            Some(this) => this.take_line(None)?.into_obj(),
            None => {
                let line = call::method(slf, intern!("readline"), &[])?;
                if line.downcast::<PyStr>().is_none() {
                    let found = line.class().name();
                    return Err(raised!(
                        OSError,
                        "readline() should have returned a str object, not '{found}'"
                    ));
                }
                line
            }
        };
        Ok(if object::len(&line)? == 0 { None } else { Some(line) })
    }

    /// Close the IO object.
    ///
    /// Attempting any further operation after the object is closed
    /// will raise a ValueError.
    ///
    /// This method has no effect if the file is already closed.
    #[pymethod]
    fn close(&self) {
        self.text.replace(None);
        self.initialised.set(true);
    }

    /// Retrieve the entire contents of the object.
    #[pymethod]
    fn getvalue(&self) -> PyResult<Py<PyStr>> {
        self.with(|text| Ok(PyStr::from_code_points(text)))
    }

    /// Read at most size characters, returned as a string.
    ///
    /// If the argument is negative or omitted, read until EOF
    /// is reached. Return an empty string at EOF.
    #[pymethod(signature = "(size=-1, /)")]
    fn read(&self, size: Option<isize>) -> PyResult<Py<PyStr>> {
        self.take(size.and_then(|size| usize::try_from(size).ok()))
    }

    /// Read until newline or EOF.
    ///
    /// Returns an empty string if EOF is hit immediately.
    #[pymethod(signature = "(size=-1, /)")]
    fn readline(&self, size: Option<isize>) -> PyResult<Py<PyStr>> {
        self.take_line(size.and_then(|size| usize::try_from(size).ok()))
    }

    /// Tell the current file position.
    #[pymethod]
    fn tell(&self) -> PyResult<usize> {
        self.with(|_| Ok(self.pos.get()))
    }

    /// Truncate size to pos.
    ///
    /// The pos argument defaults to the current file position, as
    /// returned by tell().  The current file position is unchanged.
    /// Returns the new absolute position.
    #[pymethod(signature = "(pos=None, /)")]
    fn truncate(&self, pos: Option<isize>) -> PyResult<usize> {
        let size = match pos {
            None => self.pos.get(),
            Some(size) => {
                self.with(|_| Ok(()))?;
                usize::try_from(size).map_err(|_| raised!(ValueError, "Negative size value {size}"))?
            }
        };
        self.with(|text| {
            text.truncate(size);
            Ok(size)
        })
    }

    /// Change stream position.
    ///
    /// Seek to character offset pos relative to position indicated by whence:
    ///     0  Start of stream (the default).  pos should be >= 0;
    ///     1  Current position - pos must be 0;
    ///     2  End of stream - pos must be 0.
    /// Returns the new absolute position.
    #[pymethod(signature = "(pos, whence=0, /)")]
    fn seek(&self, pos: isize, whence: i32) -> PyResult<usize> {
        let length = self.with(|text| Ok(text.len()))?;
        let to = match whence {
            0 => usize::try_from(pos).map_err(|_| raised!(ValueError, "Negative seek position {pos}"))?,
            1 | 2 if pos != 0 => return Err(raised!(OSError, "Can't do nonzero cur-relative seeks")),
            1 => self.pos.get(),
            2 => length,
            _ => return Err(raised!(ValueError, "Invalid whence ({whence}, should be 0, 1 or 2)")),
        };
        self.pos.set(to);
        Ok(to)
    }

    /// Write string to file.
    ///
    /// Returns the number of characters written, which is always equal to
    /// the length of the string.
    #[pymethod(signature = "(s, /)")]
    fn write(&self, s: &PyObject) -> PyResult<usize> {
        self.with(|_| Ok(()))?;
        let Some(text) = s.downcast_owned::<PyStr>() else {
            return Err(raised!(TypeError, "string argument expected, got '{}'", s.class().name()));
        };
        if !text.is_empty() {
            self.put(&text)?;
        }
        Ok(text.len())
    }

    /// Returns True if the IO object can be seeked.
    #[pymethod]
    fn seekable(&self) -> PyResult<bool> {
        self.with(|_| Ok(true))
    }

    /// Returns True if the IO object can be read.
    #[pymethod]
    fn readable(&self) -> PyResult<bool> {
        self.with(|_| Ok(true))
    }

    /// Returns True if the IO object can be written.
    #[pymethod]
    fn writable(&self) -> PyResult<bool> {
        self.with(|_| Ok(true))
    }

    #[pymethod(name = "__getstate__")]
    fn getstate(&self) -> PyResult<(Py<PyStr>, Obj, usize, Obj)> {
        let value = self.getvalue()?;
        let newline = self.newlines.get().argument();
        let dict = match self.base.own_dict() {
            Some(dict) => match dict.downcast::<PyDict>() {
                Some(dict) => dict.copy()?.into_obj(),
                None => none(),
            },
            None => none(),
        };
        Ok((value, newline, self.pos.get(), dict))
    }

    #[pymethod(name = "__setstate__", signature = "(state, /)")]
    fn setstate(&self, state: &PyObject) -> PyResult<()> {
        let class = self.class().short_name();
        let items = state.downcast::<PyTuple>().map(PyTuple::as_slice);
        let Some([value, newline, position, attributes, ..]) = items else {
            let found = state.class().name();
            return Err(raised!(TypeError, "{class}.__setstate__ argument should be 4-tuple, got {found}"));
        };
        let newlines = Newlines::of_argument(newline)?;
        self.newlines.set(newlines);
        self.decoder.set(if newlines.is_universal() {
            Some(PyNewlineDecoder::without_decoder(newlines.translates()).into_obj())
        } else {
            None
        });
        // The value has its line ends translated already.
        let Some(value) = value.downcast_owned::<PyStr>() else {
            return Err(raised!(
                TypeError,
                "initial_value must be str or None, not {}",
                value.class().name()
            ));
        };
        self.text.replace(Some(crate::text::code_points(&value)));
        self.initialised.set(true);
        if position.downcast::<PyInt>().is_none() {
            let found = position.class().name();
            return Err(raised!(TypeError, "third item of state must be an integer, got {found}"));
        }
        let Ok(position) = usize::try_from(number::as_isize(position, None)?) else {
            return Err(raised!(ValueError, "position value cannot be negative"));
        };
        self.pos.set(position);
        crate::io::restore_attributes(self, attributes, "fourth item of state")
    }

    #[getter]
    fn closed(&self) -> PyResult<bool> {
        if !self.initialised.get() {
            return Err(raised!(ValueError, "I/O operation on uninitialized object"));
        }
        Ok(self.text.borrow().is_none())
    }

    #[getter]
    fn newlines(&self) -> PyResult {
        self.with(|_| Ok(()))?;
        match self.decoder.get() {
            Some(decoder) => object::get_attr(&decoder, intern!("newlines")),
            None => Ok(none()),
        }
    }

    #[getter]
    fn line_buffering(&self) -> PyResult<bool> {
        self.with(|_| Ok(false))
    }
}
