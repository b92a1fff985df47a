//! `OSError`: an error number picks the subclass; file names ride along.

use super::base::{PyBaseException, refuse_keywords, refuse_keywords_of, text_of};
use super::plain::type_of;
use crate::errors::Exc;
use crate::memory;
use crate::model::{Obj, ObjCell, ObjectExt, Py, PyObject, PyResult, PyType, TypeObject, none};
use crate::protocols::{number, object};
use crate::types::dict::PyDict;
use crate::types::int::PyInt;
use crate::types::str::PyStr;
use crate::types::tuple::PyTuple;
use core::cell::Cell;
use taipan_macros::{pymethods, pytype};

/// Base class for I/O related errors.
#[pytype(name = "OSError", exported = _PyExc_OSError, layout = PyOSErrorObject, base = super::PyException, gc, flags(BASETYPE, BASE_EXC_SUBCLASS), parts(OS_ERROR))]
pub struct PyOSError {
    pub base: PyBaseException,
    /// POSIX exception code
    #[member(name = "errno")]
    pub myerrno: ObjCell,
    /// exception strerror
    #[member]
    pub strerror: ObjCell,
    /// exception filename
    #[member]
    pub filename: ObjCell,
    /// second exception filename
    #[member]
    pub filename2: ObjCell,
    /// -1 where it says nothing.
    pub written: Cell<isize>,
}

/// What the arguments of an `OSError` say; all missing when there are not two to five.
#[derive(Default)]
struct Details {
    errno: Option<Obj>,
    strerror: Option<Obj>,
    filename: Option<Obj>,
    filename2: Option<Obj>,
}

impl Details {
    fn of(args: &PyTuple) -> Details {
        let item = |index: usize| (index < args.len()).then(|| args.get(index).owned());
        if !(2..=5).contains(&args.len()) {
            return Details::default();
        }
        Details { errno: item(0), strerror: item(1), filename: item(2), filename2: item(4) }
    }
}

/// The subclass that belongs to an error number.
pub fn class_of_errno(errno: i64) -> Option<Exc> {
    use taipan_host::errno as e;
    let errno = i32::try_from(errno).ok()?;
    Some(match errno {
        e::EAGAIN | e::EALREADY | e::EINPROGRESS => Exc::BlockingIOError,
        e::EPIPE | e::ESHUTDOWN => Exc::BrokenPipeError,
        e::ECHILD => Exc::ChildProcessError,
        e::ECONNABORTED => Exc::ConnectionAbortedError,
        e::ECONNREFUSED => Exc::ConnectionRefusedError,
        e::ECONNRESET => Exc::ConnectionResetError,
        e::EEXIST => Exc::FileExistsError,
        e::ENOENT => Exc::FileNotFoundError,
        e::EISDIR => Exc::IsADirectoryError,
        e::ENOTDIR => Exc::NotADirectoryError,
        e::EINTR => Exc::InterruptedError,
        e::EACCES | e::EPERM => Exc::PermissionError,
        e::ESRCH => Exc::ProcessLookupError,
        e::ETIMEDOUT => Exc::TimeoutError,
        _ => return None,
    })
}

/// A subclass that overrides `__init__` but not `__new__` has its arguments read by `OSError.__init__`, every other by
/// `OSError.__new__`: the number must be known before the object is made.
fn reads_in_init(class: &TypeObject) -> bool {
    let base = type_of(Exc::OSError);
    let same_init = class.tp_init().map(|f| f as usize) == base.tp_init().map(|f| f as usize);
    let same_new = class.tp_new().map(|f| f as usize) == base.tp_new().map(|f| f as usize);
    !same_init && same_new
}

#[pymethods(OS_ERROR)]
impl PyOSError {
    #[slot(tp_new)]
    fn py_new(cls: &TypeObject, args: &PyTuple, kwargs: Option<&PyDict>) -> PyResult<Py<PyOSError>> {
        if reads_in_init(cls) {
            let error = Self::make(cls, PyTuple::empty())?;
            return Ok(error);
        }
        refuse_keywords_of(cls, kwargs)?;
        let details = Details::of(args);
        let mut class = cls;
        if cls.is(type_of(Exc::OSError))
            && let Some(errno) = details.errno.as_ref().and_then(|errno| errno.downcast::<PyInt>())
            && let Some(subclass) = errno.to_i64().and_then(class_of_errno)
        {
            class = type_of(subclass);
        }
        let error = Self::make(class, args.to_owned())?;
        error.fill(args, details)?;
        Ok(error)
    }

    #[slot(tp_init)]
    fn init(&self, args: &PyTuple, kwargs: Option<&PyDict>) -> PyResult<()> {
        if !reads_in_init(self.class()) {
            return Ok(());
        }
        refuse_keywords(self, kwargs)?;
        self.fill(args, Details::of(args))
    }

    #[slot(tp_str)]
    fn str(&self) -> PyResult<Py<PyStr>> {
        let shown = |cell: &ObjCell| object::repr(&cell.get().unwrap_or_else(none));
        if !self.filename.is_empty() {
            let head = format!("[Errno {}] {}: ", text_of(&self.myerrno)?, text_of(&self.strerror)?);
            let text = PyStr::new(&head).concat(&*shown(&self.filename)?)?;
            return if self.filename2.is_empty() {
                Ok(text)
            } else {
                text.concat(&PyStr::new(" -> "))?.concat(&*shown(&self.filename2)?)
            };
        }
        if !self.myerrno.is_empty() && !self.strerror.is_empty() {
            let text = format!("[Errno {}] {}", text_of(&self.myerrno)?, text_of(&self.strerror)?);
            return Ok(PyStr::new(&text));
        }
        self.base.text()
    }

    #[pymethod(name = "__reduce__")]
    fn reduce(&self) -> PyResult {
        let mut args = self.base.args();
        // The file names were cut off the arguments; they are needed to make the object again.
        if args.len() == 2
            && let Some(filename) = self.filename.get()
        {
            let mut items = vec![args.get(0).owned(), args.get(1).owned(), filename];
            if let Some(filename2) = self.filename2.get() {
                items.push(none());
                items.push(filename2);
            }
            args = PyTuple::from_vec(items);
        }
        let mut parts = vec![self.class().owned(), args.into_obj()];
        parts.extend(self.base.own_dict());
        Ok(PyTuple::from_vec(parts).into_obj())
    }

    #[getter]
    fn characters_written(&self) -> PyResult<isize> {
        match self.written.get() {
            -1 => Err(raised!(AttributeError, "characters_written")),
            count => Ok(count),
        }
    }

    #[setter]
    fn set_characters_written(&self, value: Option<&PyObject>) -> PyResult<()> {
        match value {
            None if self.written.get() == -1 => Err(raised!(AttributeError, "characters_written")),
            None => {
                self.written.set(-1);
                Ok(())
            }
            Some(value) => {
                self.written.set(number::as_isize(value, Some(Exc::ValueError))?);
                Ok(())
            }
        }
    }
}

impl PyOSError {
    fn make(class: &TypeObject, args: Py<PyTuple>) -> PyResult<Py<PyOSError>> {
        memory::new_in(
            class,
            PyOSError {
                base: PyBaseException::fields(args),
                myerrno: ObjCell::empty(),
                strerror: ObjCell::empty(),
                filename: ObjCell::empty(),
                filename2: ObjCell::empty(),
                written: Cell::new(-1),
            },
        )
    }

    fn fill(&self, args: &PyTuple, details: Details) -> PyResult<()> {
        let Details { errno, strerror, filename, filename2 } = details;
        let mut kept = args.to_owned();
        if let Some(filename) = filename.filter(|name| !name.is_none()) {
            if self.class().is(type_of(Exc::BlockingIOError)) && number::is_number(&filename) {
                self.written.set(number::as_isize(&filename, Some(Exc::ValueError))?);
            } else {
                self.filename.set(Some(filename));
                self.filename2.set(filename2.filter(|name| !name.is_none()));
                // For the sake of old programs that unpack them, the arguments are the first two.
                kept = args.slice(0, 2);
            }
        }
        self.myerrno.set(errno);
        self.strerror.set(strerror);
        self.base.args.set(Some(kept.into_obj()));
        Ok(())
    }
}
