//! `ContextVar` and `Token`.

use super::context::{self, PyContext};
use core::cell::Cell;
use taipan_objects::model::args::OptArg;
use taipan_objects::model::thread;
use taipan_objects::prelude::*;
use taipan_objects::types::genericalias;

#[pytype(name = "_contextvars.ContextVar", exported = PyContextVar_Type, gc, parts(METHODS))]
pub struct PyContextVar {
    ob_base: PyObject,
    name: Py<PyStr>,
    default: Option<Obj>,
}

impl PyContextVar {
    pub fn new(name: &str, default: Option<Obj>) -> Py<PyContextVar> {
        taipan_objects::memory::new(PyContextVar {
            ob_base: PyObject::EMPTY,
            name: PyStr::new(name),
            default,
        })
    }

    /// The value in the current context.
    pub fn lookup(&self) -> Option<Obj> {
        thread::current()
            .context
            .get()
            .and_then(|context| context.downcast::<PyContext>().and_then(|context| context.lookup(self)))
    }

    /// The value in the current context, else the variable's default.
    pub fn value(&self) -> Option<Obj> {
        self.lookup().or_else(|| self.default.clone())
    }

    /// Sets the value; the token undoes it.
    pub fn assign(&self, value: &PyObject) -> Py<PyToken> {
        let current = context::current();
        let old = current.lookup(self);
        current.bind(self, value);
        taipan_objects::memory::new(PyToken {
            ob_base: PyObject::EMPTY,
            context: current.into_obj(),
            variable: self.as_object().owned(),
            old,
            used: Cell::new(false),
        })
    }

    /// Undoes what a token stands for.
    pub fn undo(&self, token: &PyToken) -> PyResult<()> {
        if token.used.get() {
            let shown = object::repr(token)?;
            return Err(raised!(RuntimeError, "{shown} has already been used once"));
        }
        if !token.variable.is(self) {
            let shown = object::repr(token)?;
            return Err(raised!(ValueError, "{shown} was created by a different ContextVar"));
        }
        let current = context::current();
        if !token.context.is(&current) {
            let shown = object::repr(token)?;
            return Err(raised!(ValueError, "{shown} was created in a different Context"));
        }
        token.used.set(true);
        match &token.old {
            Some(old) => current.bind(self, old),
            None => current.unbind(self),
        }
        Ok(())
    }
}

#[pymethods(METHODS)]
impl PyContextVar {
    #[new(signature = "(name=None, *, default=<unrepresentable>)")]
    fn py_new(
        cls: &TypeObject,
        name: OptArg<&PyObject>,
        default: OptArg<&PyObject>,
    ) -> PyResult<Py<PyContextVar>> {
        let _ = cls;
        let Some(name) = name.given() else {
            return Err(raised!(TypeError, "ContextVar() takes exactly 1 positional argument (0 given)"));
        };
        let Some(name) = name.downcast_owned::<PyStr>() else {
            return Err(raised!(TypeError, "context variable name must be a str"));
        };
        object::hash(&name)?;
        let default = default.given().map(ObjectExt::owned);
        Ok(taipan_objects::memory::new(PyContextVar { ob_base: PyObject::EMPTY, name, default }))
    }

    #[getter]
    fn name(&self) -> Py<PyStr> {
        self.name.clone()
    }

    /// Return a value for the context variable for the current context.
    ///
    /// If there is no value for the variable in the current context, the
    /// method will:
    ///  * return the value of the default argument of the method, if
    ///    provided; or
    ///  * return the default value for the context variable, if it was
    ///    created with one; or
    ///  * raise a LookupError.
    #[pymethod(signature = "(default=<unrepresentable>, /)")]
    fn get(&self, default: OptArg<&PyObject>) -> PyResult {
        if let Some(value) = self.lookup() {
            return Ok(value);
        }
        match (default.given(), &self.default) {
            (Some(default), _) => Ok(default.owned()),
            (None, Some(default)) => Ok(default.clone()),
            (None, None) => Err(taipan_objects::errors::set_object(
                taipan_objects::errors::Exc::LookupError.type_object(),
                self,
            )),
        }
    }

    /// Call to set a new value for the context variable in the current context.
    ///
    /// The required value argument is the new value for the context
    /// variable.
    ///
    /// Returns a Token object that can be used to restore the variable to
    /// its previous value via the `ContextVar.reset()` method.
    #[pymethod(signature = "(value, /)")]
    fn set(&self, value: &PyObject) -> Py<PyToken> {
        self.assign(value)
    }

    /// Reset the context variable.
    ///
    /// The variable is reset to the value it had before the
    /// `ContextVar.set()` that created the token was used.
    #[pymethod(signature = "(token, /)")]
    fn reset(&self, token: &PyObject) -> PyResult<()> {
        match token.downcast::<PyToken>() {
            Some(token) => self.undo(token),
            None => {
                let shown = object::repr(token)?;
                Err(raised!(TypeError, "expected an instance of Token, got {shown}"))
            }
        }
    }

    /// ContextVars are generic over the type of their contained values
    #[pymethod(name = "__class_getitem__", class, signature = "(object, /)")]
    fn class_getitem(cls: &TypeObject, item: &PyObject) -> PyResult {
        genericalias::new(cls, item)
    }

    #[slot(tp_repr)]
    fn repr(&self) -> PyResult<Py<PyStr>> {
        let name = object::repr(&self.name)?;
        let default = match &self.default {
            Some(default) => format!(" default={}", object::repr(default)?),
            None => String::new(),
        };
        Ok(PyStr::new(&format!("<ContextVar name={name}{default} at {:#x}>", self.as_ptr() as usize)))
    }
}

/// What `Token.old_value` gives where there was none.
#[pytype(name = "_contextvars.Token.MISSING", flags(DISALLOW_INSTANTIATION), parts(MISSING_METHODS))]
struct Missing {
    ob_base: PyObject,
}

#[pymethods(MISSING_METHODS)]
impl Missing {
    #[slot(tp_repr)]
    fn repr(&self) -> PyResult<Py<PyStr>> {
        Ok(PyStr::new("<Token.MISSING>"))
    }
}

/// The one `Token.MISSING` of an interpreter.
#[derive(Default)]
struct MissingOf(core::cell::OnceCell<Obj>);

fn missing() -> Obj {
    let of: &'static MissingOf = thread::current().interpreter().extension();
    of.0.get_or_init(|| taipan_objects::memory::new(Missing { ob_base: PyObject::EMPTY }).into_obj()).clone()
}

/// Completes the types.
pub fn prepare() -> PyResult<()> {
    let class = PyToken::type_object();
    taipan_objects::types::r#type::own_dict(class).set_item(intern!("MISSING"), &missing())?;
    taipan_objects::types::r#type::modified(class);
    Ok(())
}

#[pytype(name = "_contextvars.Token", exported = PyContextToken_Type, gc, parts(TOKEN_METHODS))]
pub struct PyToken {
    ob_base: PyObject,
    context: Obj,
    variable: Obj,
    old: Option<Obj>,
    used: Cell<bool>,
}

#[pymethods(TOKEN_METHODS)]
impl PyToken {
    #[new(signature = "(*args, **kwargs)")]
    fn py_new(cls: &TypeObject, args: &[&PyObject], kwargs: Option<Py<PyDict>>) -> PyResult<Py<PyToken>> {
        let _ = (cls, args, kwargs);
        Err(raised!(RuntimeError, "Tokens can only be created by ContextVars"))
    }

    #[getter]
    fn var(&self) -> Obj {
        self.variable.clone()
    }

    #[getter]
    fn old_value(&self) -> Obj {
        self.old.clone().unwrap_or_else(missing)
    }

    /// Enter into Token context manager.
    #[pymethod(name = "__enter__")]
    fn enter(&self) -> Obj {
        self.as_object().owned()
    }

    /// Exit from Token context manager, restore the linked ContextVar.
    #[pymethod(name = "__exit__", signature = "(type, val, tb, /)")]
    fn exit(&self, class: &PyObject, value: &PyObject, traceback: &PyObject) -> PyResult<()> {
        let _ = (class, value, traceback);
        match self.variable.downcast::<PyContextVar>() {
            Some(variable) => variable.undo(self),
            None => Ok(()),
        }
    }

    /// Tokens are generic over the same type as the ContextVar which created them.
    #[pymethod(name = "__class_getitem__", class, signature = "(object, /)")]
    fn class_getitem(cls: &TypeObject, item: &PyObject) -> PyResult {
        genericalias::new(cls, item)
    }

    #[slot(tp_repr)]
    fn repr(&self) -> PyResult<Py<PyStr>> {
        let used = if self.used.get() { " used" } else { "" };
        let variable = object::repr(&self.variable)?;
        Ok(PyStr::new(&format!("<Token{used} var={variable} at {:#x}>", self.as_ptr() as usize)))
    }
}
