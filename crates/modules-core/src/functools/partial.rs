//! `partial` and its `Placeholder`.

use smallvec::SmallVec;
use taipan_objects::model::ToPy;
use taipan_objects::prelude::*;
use taipan_objects::types::descriptors::{field_dict, set_field_dict};
use taipan_objects::types::genericalias;
use taipan_objects::types::method::PyMethod;

/// The type of the Placeholder singleton.
///
/// Used as a placeholder for partial arguments.
#[pytype(name = "functools._PlaceholderType", gc, flags(IMMUTABLETYPE), parts(PLACEHOLDER))]
pub struct PyPlaceholder {
    ob_base: PyObject,
}

/// The interpreter's one placeholder.
#[derive(Default)]
struct Singleton {
    object: ObjCell,
}

/// `functools.Placeholder`.
pub fn placeholder() -> Obj {
    let singleton = taipan_objects::model::thread::current().interpreter().extension::<Singleton>();
    singleton.object.get().unwrap_or_else(|| {
        let made = taipan_objects::memory::new(PyPlaceholder { ob_base: PyObject::EMPTY }).into_obj();
        singleton.object.set(Some(made.clone()));
        made
    })
}

fn is_placeholder(object: &PyObject) -> bool {
    object.downcast_exact::<PyPlaceholder>().is_some()
}

#[pymethods(PLACEHOLDER)]
impl PyPlaceholder {
    #[slot(tp_new)]
    fn py_new(cls: &TypeObject, args: &PyTuple, kwargs: Option<&PyDict>) -> PyResult {
        let _ = cls;
        if !args.is_empty() || kwargs.is_some_and(|kwargs| !kwargs.is_empty()) {
            return Err(raised!(TypeError, "PlaceholderType takes no arguments"));
        }
        Ok(placeholder())
    }

    #[slot(tp_repr)]
    fn repr(&self) -> Py<PyStr> {
        PyStr::new("Placeholder")
    }

    #[pymethod(name = "__reduce__")]
    fn reduce(&self) -> &'static str {
        "Placeholder"
    }
}

/// Create a new function with partial application of the given arguments
/// and keywords.
#[pytype(name = "functools.partial", gc, flags(BASETYPE, IMMUTABLETYPE), dict = dict, weakref = weaklist, signature = "(func, /, *args, **keywords)", parts(METHODS))]
pub struct PyPartial {
    ob_base: PyObject,
    /// function object to use in future partial calls
    #[member(name = "func", readonly)]
    function: ObjCell,
    /// tuple of arguments to future partial calls
    #[member(name = "args", readonly)]
    args: ObjCell,
    /// dictionary of keyword arguments to future partial calls
    #[member(name = "keywords", readonly)]
    keywords: ObjCell,
    dict: ObjCell,
    weaklist: core::cell::Cell<*mut PyObject>,
}

/// Few enough arguments to lie on the stack.
type Arguments<'a> = SmallVec<[&'a PyObject; 8]>;

/// Appends arguments with the placeholders among them filled from `more`, and what is left of it behind them.
fn fill<'a>(filled: &mut Arguments<'a>, args: &[&'a PyObject], more: &[&'a PyObject]) {
    let mut more = more.iter();
    for &arg in args {
        let given = if is_placeholder(arg) { more.next() } else { None };
        filled.push(given.copied().unwrap_or(arg));
    }
    filled.extend_from_slice(more.as_slice());
}

impl PyPartial {
    fn function(&self) -> Obj {
        self.function.get().unwrap_or_else(none)
    }

    fn args(&self) -> Py<PyTuple> {
        self.args.get().and_then(|args| args.downcast_owned::<PyTuple>()).unwrap_or_else(PyTuple::empty)
    }

    fn keywords(&self) -> Py<PyDict> {
        self.keywords
            .get()
            .and_then(|keywords| keywords.downcast_owned::<PyDict>())
            .unwrap_or_else(PyDict::new)
    }

    fn check_arguments(args: &[&PyObject], kwargs: Option<&PyDict>) -> PyResult<()> {
        if args.last().is_some_and(|last| is_placeholder(last)) {
            return Err(raised!(TypeError, "trailing Placeholders are not allowed"));
        }
        for (_, value) in kwargs.map_or_else(Vec::new, PyDict::items_snapshot) {
            if is_placeholder(&value) {
                return Err(raised!(TypeError, "Placeholder cannot be passed as a keyword argument"));
            }
        }
        Ok(())
    }

    fn shown(&self) -> PyResult<String> {
        // What is shown may change the state while it is shown.
        let (function, args, keywords) = (self.function(), self.args(), self.keywords().items_snapshot());
        let mut shown = vec![object::repr(&function)?.to_string()];
        for arg in args.as_slice() {
            shown.push(object::repr(arg)?.to_string());
        }
        for (key, value) in keywords {
            shown.push(format!("{}={}", object::str(&key)?, object::repr(&value)?));
        }
        Ok(shown.join(", "))
    }
}

/// The state of a pickled partial: function, arguments, names, dictionary.
fn checked_state(state: &PyObject) -> PyResult<(Obj, Py<PyTuple>, Py<PyDict>, Obj)> {
    let invalid = || raised!(TypeError, "invalid partial state");
    let state = state.downcast::<PyTuple>().ok_or_else(invalid)?;
    let [function, args, keywords, dict] = state.as_slice() else { return Err(invalid()) };
    let args = args.downcast::<PyTuple>().filter(|_| object::is_callable(function)).ok_or_else(invalid)?;
    let is_dict = |value: &PyObject| value.is_none() || value.downcast::<PyDict>().is_some();
    if !is_dict(keywords) || !is_dict(dict) {
        return Err(invalid());
    }
    if args.as_slice().last().is_some_and(|last| is_placeholder(last)) {
        return Err(raised!(TypeError, "trailing Placeholders are not allowed"));
    }
    let args = sequence::to_tuple(args)?;
    let keywords = match keywords.downcast_exact::<PyDict>() {
        Some(keywords) => PyType::to_owned(keywords),
        None => {
            let copy = PyDict::new();
            if !keywords.is_none() {
                copy.update(keywords)?;
            }
            copy
        }
    };
    Ok((function.owned(), args, keywords, dict.owned()))
}

#[pymethods(METHODS)]
impl PyPartial {
    #[slot(tp_new)]
    fn py_new(cls: &TypeObject, args: &PyTuple, kwargs: Option<&PyDict>) -> PyResult<Py<PyPartial>> {
        let Some((&function, args)) = args.as_slice().split_first() else {
            return Err(raised!(TypeError, "type 'partial' takes at least one argument"));
        };
        if !object::is_callable(function) {
            return Err(raised!(TypeError, "the first argument must be callable"));
        }
        Self::check_arguments(args, kwargs)?;
        // A partial of a partial is one partial, unless it has attributes of its own.
        let inner = function.downcast::<PyPartial>().filter(|inner| inner.dict.is_empty());
        let (function, args, keywords) = match inner {
            Some(inner) => {
                let keywords = inner.keywords().copy()?;
                if let Some(kwargs) = kwargs {
                    keywords.merge(kwargs, true)?;
                }
                let (known, mut filled) = (inner.args(), Arguments::new());
                fill(&mut filled, known.as_slice(), args);
                (inner.function(), PyTuple::from_slice(&filled), keywords)
            }
            None => {
                let keywords = match kwargs {
                    Some(kwargs) => kwargs.copy()?,
                    None => PyDict::new(),
                };
                (function.owned(), PyTuple::from_slice(args), keywords)
            }
        };
        taipan_objects::memory::new_in(
            cls,
            PyPartial {
                ob_base: PyObject::EMPTY,
                function: ObjCell::new(Some(function)),
                args: ObjCell::new(Some(args.into_obj())),
                keywords: ObjCell::new(Some(keywords.into_obj())),
                dict: ObjCell::empty(),
                weaklist: core::cell::Cell::new(core::ptr::null_mut()),
            },
        )
    }

    #[slot(tp_call)]
    fn call(&self, args: &PyTuple, kwargs: Option<&PyDict>) -> PyResult {
        let known = self.args();
        let missing = known.as_slice().iter().filter(|arg| is_placeholder(arg)).count();
        if args.len() < missing {
            return Err(raised!(
                TypeError,
                "missing positional arguments in 'partial' call; expected at least {missing}, got {}",
                args.len()
            ));
        }
        let keywords = self.keywords();
        let all = match kwargs.filter(|kwargs| !kwargs.is_empty()) {
            None if keywords.is_empty() => None,
            None => Some(keywords),
            Some(kwargs) => {
                let merged = keywords.copy()?;
                merged.merge(kwargs, true)?;
                Some(merged)
            }
        };
        let function = self.function();
        let mut filled = Arguments::new();
        fill(&mut filled, known.as_slice(), args.as_slice());
        match all {
            Some(all) => call::call_tuple(&function, &PyTuple::from_slice(&filled), Some(&all)),
            None => call::call(&function, &filled),
        }
    }

    #[slot(tp_descr_get)]
    fn bind(&self, instance: Option<&PyObject>, _owner: Option<&PyObject>) -> PyResult {
        match instance {
            Some(instance) if !instance.is_none() => Ok(PyMethod::new(self, instance).into_obj()),
            _ => Ok(self.owned()),
        }
    }

    #[slot(tp_repr)]
    fn repr(&self) -> PyResult<Py<PyStr>> {
        if !object::repr_enter(self)? {
            return Ok(PyStr::new("..."));
        }
        let shown = self.shown();
        object::repr_leave(self);
        let shown = shown?;
        let class = self.as_object().class();
        let module = object::str(&*object::get_attr(class, intern!("__module__"))?)?;
        let qualname = taipan_objects::types::r#type::qualname(class)?;
        Ok(PyStr::new(&format!("{module}.{qualname}({shown})")))
    }

    #[pymethod(name = "__reduce__")]
    fn reduce(&self) -> PyResult {
        let (function, dict) = (self.function(), self.dict.get());
        let state = (function.clone(), self.args(), self.keywords(), dict).to_py()?;
        (self.as_object().class(), (function,), state).to_py()
    }

    #[pymethod(name = "__setstate__", signature = "(object, /)")]
    fn set_state(&self, state: &PyObject) -> PyResult<()> {
        let (function, args, keywords, dict) = checked_state(state)?;
        self.function.set(Some(function));
        self.args.set(Some(args.into_obj()));
        self.keywords.set(Some(keywords.into_obj()));
        self.dict.set((!dict.is_none()).then_some(dict));
        Ok(())
    }

    /// partial is generic over the wrapped function's return type
    #[pymethod(name = "__class_getitem__", class, signature = "(object, /)")]
    fn class_getitem(cls: &TypeObject, object: &PyObject) -> PyResult {
        genericalias::new(cls, object)
    }

    #[getter(__dict__)]
    fn dict(&self) -> Obj {
        field_dict(&self.dict)
    }

    #[setter(__dict__)]
    fn set_dict(&self, value: Option<&PyObject>) -> PyResult<()> {
        set_field_dict(&self.dict, value)
    }
}
