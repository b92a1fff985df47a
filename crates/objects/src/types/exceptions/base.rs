//! `BaseException`: the layout every exception begins with, and its methods.

#![expect(unsafe_code, reason = "the vectorcall slot")]

use crate::errors::{self, Exc};
use crate::intern;
use crate::memory;
use crate::model::args::RawArgs;
use crate::model::trampoline::{borrow_type, ret_obj};
use crate::model::{Obj, ObjCell, ObjectExt, Py, PyObject, PyResult, PyType, Raised, TypeObject, none};
use crate::protocols::{object, sequence};
use crate::types::dict::PyDict;
use crate::types::list::PyList;
use crate::types::str::PyStr;
use crate::types::traceback::PyTraceback;
use crate::types::tuple::PyTuple;
use core::cell::Cell;
use taipan_macros::{pymethods, pytype};

/// Common base class for all exceptions
#[pytype(name = "BaseException", exported = _PyExc_BaseException, layout = PyBaseExceptionObject, subclass_flag = BASE_EXC_SUBCLASS, gc, flags(BASETYPE), dict = dict, parts(NEW, SLOTS, METHODS))]
pub struct PyBaseException {
    ob_base: PyObject,
    pub dict: ObjCell,
    pub args: ObjCell,
    pub notes: ObjCell,
    pub traceback: ObjCell,
    pub context: ObjCell,
    pub cause: ObjCell,
    #[member(name = "__suppress_context__", kind = BOOL)]
    pub suppress_context: Cell<bool>,
}

impl PyBaseException {
    /// The fields of a new exception with these arguments.
    pub(super) fn fields(args: Py<PyTuple>) -> Self {
        PyBaseException {
            ob_base: PyObject::EMPTY,
            dict: ObjCell::empty(),
            args: ObjCell::new(Some(args.into_obj())),
            notes: ObjCell::empty(),
            traceback: ObjCell::empty(),
            context: ObjCell::empty(),
            cause: ObjCell::empty(),
            suppress_context: Cell::new(false),
        }
    }

    /// An instance of a built-in exception type with one argument, a message.
    pub fn with_message(exc: Exc, message: &str) -> PyResult<Py<PyBaseException>> {
        super::create(exc.type_object(), &[&PyStr::new(message)])
    }

    /// The arguments. An exception whose `__new__` never ran has none.
    pub fn args(&self) -> Py<PyTuple> {
        self.args.get().and_then(|args| args.downcast_into().ok()).unwrap_or_else(PyTuple::empty)
    }

    /// `__context__`.
    pub fn context(&self) -> Option<Py<PyBaseException>> {
        self.context.get().and_then(|context| context.downcast_into().ok())
    }

    /// `__cause__`.
    pub fn cause(&self) -> Option<Py<PyBaseException>> {
        self.cause.get().and_then(|cause| cause.downcast_into().ok())
    }

    /// `__cause__ = cause`, which also suppresses the context (`PyException_SetCause`).
    pub fn set_cause(&self, cause: Option<Obj>) {
        self.suppress_context.set(true);
        self.cause.set(cause);
    }

    /// Adds an entry in front of the traceback.
    pub fn traceback(&self) -> Option<Obj> {
        self.traceback.get()
    }

    /// What `str()` shows when no subclass says otherwise.
    pub(super) fn text(&self) -> PyResult<Py<PyStr>> {
        let args = self.args();
        match args.len() {
            0 => Ok(PyStr::empty()),
            1 => object::str(args.get(0)),
            _ => object::str(&args),
        }
    }

    /// The instance's dictionary, if it has one already.
    pub(super) fn own_dict(&self) -> Option<Obj> {
        self.dict.get()
    }
}

/// Refuses keyword arguments as `_PyArg_NoKeywords` does.
pub(super) fn refuse_keywords(slf: &PyObject, kwargs: Option<&PyDict>) -> PyResult<()> {
    refuse_keywords_of(slf.class(), kwargs)
}

pub(super) fn refuse_keywords_of(class: &TypeObject, kwargs: Option<&PyDict>) -> PyResult<()> {
    match kwargs {
        Some(kwargs) if !kwargs.is_empty() => Err(no_keywords(class)),
        _ => Ok(()),
    }
}

#[cold]
fn no_keywords(class: &TypeObject) -> Raised {
    raised!(TypeError, "{}() takes no keyword arguments", class.name())
}

/// An instance of a plain exception type, called with these arguments.
fn made(class: &TypeObject, raw: &RawArgs<'_>) -> PyResult<Py<PyBaseException>> {
    let args = raw.unnamed().ok_or_else(|| no_keywords(class))?;
    memory::new_in(class, PyBaseException::fields(PyTuple::try_from_slice(args)?))
}

/// What every plain exception type lists again: calling the type, and `__new__`.
#[pymethods(NEW)]
impl PyBaseException {
    // Stands before `tp_new`: it initialises too.
    #[slot(tp_vectorcall, raw)]
    unsafe extern "C" fn vectorcall(
        class: *mut PyObject,
        args: *const *mut PyObject,
        nargs: usize,
        names: *mut PyObject,
    ) -> *mut PyObject {
        // SAFETY: called as the slot, of a type with this layout.
        let (class, raw) = unsafe { (borrow_type(class), RawArgs::from_vectorcall(args, nargs, names)) };
        ret_obj(made(class, &raw))
    }

    #[slot(tp_new)]
    pub(super) fn py_new(cls: &TypeObject, args: &PyTuple, _kwargs: Option<&PyDict>) -> PyResult<Py<Self>> {
        memory::new_in(cls, PyBaseException::fields(args.to_owned()))
    }
}

#[pymethods(SLOTS)]
impl PyBaseException {
    #[slot(tp_init)]
    pub(super) fn init(&self, args: &PyTuple, kwargs: Option<&PyDict>) -> PyResult<()> {
        refuse_keywords(self, kwargs)?;
        self.args.set(Some(args.owned()));
        Ok(())
    }

    #[slot(tp_repr)]
    fn repr(&self) -> PyResult<Py<PyStr>> {
        let args = self.args();
        let name = self.class().short_name().to_string();
        if args.len() == 1 {
            let shown = object::repr(args.get(0))?;
            PyStr::new(&format!("{name}(")).concat(&shown)?.concat(&PyStr::new(")"))
        } else {
            PyStr::new(&name).concat(&*object::repr(&args)?)
        }
    }

    #[slot(tp_str)]
    fn str(&self) -> PyResult<Py<PyStr>> {
        self.text()
    }
}

#[pymethods(METHODS)]
impl PyBaseException {
    #[pymethod(name = "__reduce__")]
    fn reduce(&self) -> PyResult {
        let (class, args) = (self.class().owned(), self.args().into_obj());
        Ok(match self.own_dict() {
            Some(dict) => PyTuple::from_vec(vec![class, args, dict]),
            None => PyTuple::from_vec(vec![class, args]),
        }
        .into_obj())
    }

    #[pymethod(name = "__setstate__", signature = "(state, /)")]
    fn setstate(&self, state: &PyObject) -> PyResult<()> {
        if state.is_none() {
            return Ok(());
        }
        let Some(state) = state.downcast::<PyDict>() else {
            return Err(raised!(TypeError, "state is not a dictionary"));
        };
        for (name, value) in state.items_snapshot() {
            let Some(name) = name.downcast::<PyStr>() else {
                let found = name.class().name();
                return Err(raised!(TypeError, "attribute name must be string, not '{found}'"));
            };
            object::set_attr(self, name, Some(&value))?;
        }
        Ok(())
    }

    /// Set self.__traceback__ to tb and return self.
    #[pymethod(signature = "(tb, /)")]
    fn with_traceback(&self, tb: &PyObject) -> PyResult {
        self.set_traceback(Some(tb))?;
        Ok(self.owned())
    }

    /// Add a note to the exception
    #[pymethod(signature = "(note, /)")]
    fn add_note(&self, note: &PyStr) -> PyResult<()> {
        let name = intern!("__notes__");
        let notes = match object::get_optional_attr(self, name)? {
            Some(notes) => notes,
            None => {
                let notes = PyList::new().into_obj();
                object::set_attr(self, name, Some(&notes))?;
                notes
            }
        };
        match notes.downcast::<PyList>() {
            Some(notes) => notes.append(note.owned()),
            None => Err(raised!(TypeError, "Cannot add note: __notes__ is not a list")),
        }
    }

    #[getter(name = "__dict__")]
    fn get_dict(&self) -> PyResult {
        match self.dict.get() {
            Some(dict) => Ok(dict),
            None => {
                let dict = PyDict::new().into_obj();
                self.dict.set(Some(dict.clone()));
                Ok(dict)
            }
        }
    }

    #[setter(name = "__dict__")]
    fn set_dict(&self, value: Option<&PyObject>) -> PyResult<()> {
        match value {
            None => Err(raised!(TypeError, "cannot delete __dict__")),
            Some(value) if value.downcast::<PyDict>().is_none() => Err(raised!(
                TypeError,
                "__dict__ must be set to a dictionary, not a '{}'",
                value.class().name()
            )),
            Some(value) => {
                self.dict.set(Some(value.owned()));
                Ok(())
            }
        }
    }

    #[getter(name = "args")]
    fn get_args(&self) -> PyResult {
        Ok(self.args.get().unwrap_or_else(none))
    }

    #[setter(name = "args")]
    fn set_args(&self, value: Option<&PyObject>) -> PyResult<()> {
        let Some(value) = value else {
            return Err(raised!(TypeError, "args may not be deleted"));
        };
        let args = sequence::to_tuple(value)?;
        self.args.set(Some(args.into_obj()));
        Ok(())
    }

    #[getter(name = "__traceback__")]
    fn get_traceback(&self) -> PyResult {
        Ok(self.traceback.get().unwrap_or_else(none))
    }

    #[setter(name = "__traceback__")]
    pub(super) fn set_traceback(&self, value: Option<&PyObject>) -> PyResult<()> {
        let Some(value) = value else {
            return Err(raised!(TypeError, "__traceback__ may not be deleted"));
        };
        if value.is_none() {
            self.traceback.set(None);
        } else if value.downcast::<PyTraceback>().is_some() {
            self.traceback.set(Some(value.owned()));
        } else {
            return Err(raised!(TypeError, "__traceback__ must be a traceback or None"));
        }
        Ok(())
    }

    #[getter(name = "__context__")]
    fn get_context(&self) -> PyResult {
        Ok(self.context.get().unwrap_or_else(none))
    }

    #[setter(name = "__context__")]
    fn set_context(&self, value: Option<&PyObject>) -> PyResult<()> {
        self.context.set(other_exception(value, "__context__", "exception context")?);
        Ok(())
    }

    #[getter(name = "__cause__")]
    fn get_cause(&self) -> PyResult {
        Ok(self.cause.get().unwrap_or_else(none))
    }

    #[setter(name = "__cause__")]
    fn set_cause_attribute(&self, value: Option<&PyObject>) -> PyResult<()> {
        let cause = other_exception(value, "__cause__", "exception cause")?;
        self.set_cause(cause);
        Ok(())
    }
}

/// The value of `__context__` or `__cause__`: an exception, or `None`.
fn other_exception(value: Option<&PyObject>, name: &str, what: &str) -> PyResult<Option<Obj>> {
    match value {
        None => Err(raised!(TypeError, "{name} may not be deleted")),
        Some(value) if value.is_none() => Ok(None),
        Some(value) if value.downcast::<PyBaseException>().is_some() => Ok(Some(value.owned())),
        Some(_) => Err(raised!(TypeError, "{what} must be None or derive from BaseException")),
    }
}

/// The dictionary of an exception's state: a copy of its own one, or none yet.
pub(super) fn state_dict(exception: &PyBaseException) -> PyResult<Option<Py<PyDict>>> {
    match exception.own_dict() {
        Some(dict) => match dict.downcast::<PyDict>() {
            Some(dict) => dict.copy().map(Some),
            None => Ok(None),
        },
        None => Ok(None),
    }
}

/// The text of an attribute that may not be set, as `%S` prints it.
pub(super) fn text_of(cell: &ObjCell) -> PyResult<String> {
    let value = cell.get().unwrap_or_else(none);
    Ok(object::str(&value)?.to_string_lossy().into_owned())
}

/// What is set is kept while `f` runs (destructors must not lose the exception that flies by).
pub fn preserving<T>(f: impl FnOnce() -> T) -> T {
    let kept = errors::take_opt();
    let result = f();
    if let Some(kept) = kept {
        let _ = errors::restore(kept);
    }
    result
}
