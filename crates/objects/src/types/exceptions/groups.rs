//! `BaseExceptionGroup`: its type and methods. `ExceptionGroup`, which has two bases, is a class of each interpreter.

use super::base::{PyBaseException, refuse_keywords, text_of};
use super::plain::type_of;
use super::split::{Matcher, split_group};
use crate::errors::{self, Exc};
use crate::intern;
use crate::memory;
use crate::model::thread::current;
use crate::model::{Obj, ObjCell, ObjectExt, Py, PyObject, PyResult, PyType, TypeObject, none};
use crate::protocols::{call, object, sequence};
use crate::types::dict::PyDict;
use crate::types::list::PyList;
use crate::types::str::PyStr;
use crate::types::tuple::PyTuple;
use taipan_macros::{pymethods, pytype};

/// A combination of multiple unrelated exceptions.
#[pytype(name = "BaseExceptionGroup", exported = _PyExc_BaseExceptionGroup, layout = PyBaseExceptionGroupObject, base = PyBaseException, gc, flags(BASETYPE, BASE_EXC_SUBCLASS), parts(GROUP))]
pub struct PyBaseExceptionGroup {
    pub base: PyBaseException,
    /// exception message
    #[member(readonly, name = "message")]
    pub msg: ObjCell,
    /// nested exceptions
    #[member(readonly, name = "exceptions")]
    pub excs: ObjCell,
    /// How the sequence showed itself when the group was made, where it is neither a list nor a tuple.
    pub excs_str: ObjCell,
}

/// The interpreter's `ExceptionGroup`.
#[derive(Default)]
struct GroupClass(ObjCell);

/// `ExceptionGroup`.
pub fn exception_group_type() -> PyResult {
    let class = &current().interpreter().extension::<GroupClass>().0;
    if let Some(class) = class.get() {
        return Ok(class);
    }
    let bases = PyTuple::from_slice(&[
        type_of(Exc::BaseExceptionGroup).as_object(),
        type_of(Exc::Exception).as_object(),
    ]);
    let dict = PyDict::new();
    dict.set_item(intern!("__module__"), intern!("builtins"))?;
    dict.set_item(intern!("__doc__"), crate::model::none_ref())?;
    let metaclass = crate::types::r#type::type_type().as_object();
    let made = call::call(metaclass, &[intern!("ExceptionGroup"), &bases, &dict])?;
    class.set(Some(made.clone()));
    Ok(made)
}

/// `ExceptionGroup(message, exceptions)`.
pub fn new_group(message: &PyStr, exceptions: &PyObject) -> PyResult {
    call::call(&*exception_group_type()?, &[message, exceptions])
}

impl PyBaseExceptionGroup {
    /// The nested exceptions.
    pub fn exceptions(&self) -> Py<PyTuple> {
        self.excs.get().and_then(|excs| excs.downcast_into().ok()).unwrap_or_else(PyTuple::empty)
    }

    fn check_arguments(args: &PyTuple) -> PyResult<(&PyStr, &PyObject)> {
        let &[message, exceptions] = args.as_slice() else {
            return Err(raised!(
                TypeError,
                "BaseExceptionGroup.__new__() takes exactly 2 arguments ({} given)",
                args.len()
            ));
        };
        let Some(message) = message.downcast::<PyStr>() else {
            let found = if message.is_none() { "None" } else { message.class().name() };
            return Err(raised!(
                TypeError,
                "BaseExceptionGroup.__new__() argument 1 must be str, not {found}"
            ));
        };
        if !sequence::is_sequence(exceptions) {
            return Err(raised!(TypeError, "second argument (exceptions) must be a sequence"));
        }
        Ok((message, exceptions))
    }

    /// Checks the nested exceptions; whether one of them is not an `Exception`.
    fn check_exceptions(exceptions: &PyTuple) -> PyResult<bool> {
        if exceptions.is_empty() {
            return Err(raised!(ValueError, "second argument (exceptions) must be a non-empty sequence"));
        }
        let mut nested_base = false;
        for (index, item) in exceptions.as_slice().iter().enumerate() {
            if item.downcast::<PyBaseException>().is_none() {
                return Err(raised!(
                    ValueError,
                    "Item {index} of second argument (exceptions) is not an exception"
                ));
            }
            nested_base |= !item.class().is_subtype_of(type_of(Exc::Exception));
        }
        Ok(nested_base)
    }

    /// The class that the group is really made of: `BaseExceptionGroup` gives an `ExceptionGroup` where it can.
    fn choose_class(class: &TypeObject, nested_base: bool) -> PyResult<Py<TypeObject>> {
        let group = exception_group_type()?;
        if class.as_object().is(&group) {
            if nested_base {
                return Err(raised!(TypeError, "Cannot nest BaseExceptions in an ExceptionGroup"));
            }
        } else if class.is(type_of(Exc::BaseExceptionGroup)) {
            if !nested_base && let Ok(group) = group.downcast_into::<TypeObject>() {
                return Ok(group);
            }
        } else if nested_base && class.is_subtype_of(type_of(Exc::Exception)) {
            return Err(raised!(TypeError, "Cannot nest BaseExceptions in '{}'", class.name()));
        }
        Ok(PyType::to_owned(class))
    }
}

#[pymethods(GROUP)]
impl PyBaseExceptionGroup {
    #[slot(tp_new)]
    fn py_new(cls: &TypeObject, args: &PyTuple, _kwargs: Option<&PyDict>) -> PyResult<Py<Self>> {
        let (message, exceptions) = Self::check_arguments(args)?;
        let excs = sequence::to_tuple(exceptions)?;
        let nested_base = Self::check_exceptions(&excs)?;
        let class = Self::choose_class(cls, nested_base)?;
        let plain = PyList::check_exact(exceptions) || PyTuple::check_exact(exceptions);
        let shown = if plain { None } else { Some(object::repr(exceptions)?.into_obj()) };
        memory::new_in(
            &class,
            PyBaseExceptionGroup {
                base: PyBaseException::fields(PyType::to_owned(args)),
                msg: ObjCell::new(Some(message.owned())),
                excs: ObjCell::new(Some(excs.into_obj())),
                excs_str: ObjCell::new(shown),
            },
        )
    }

    #[slot(tp_init)]
    fn init(&self, args: &PyTuple, kwargs: Option<&PyDict>) -> PyResult<()> {
        refuse_keywords(self, kwargs)?;
        self.base.args.set(Some(args.owned()));
        Ok(())
    }

    #[slot(tp_str)]
    fn str(&self) -> PyResult<Py<PyStr>> {
        let count = self.exceptions().len();
        let plural = if count == 1 { "" } else { "s" };
        let tail = format!(" ({count} sub-exception{plural})");
        object::str(&self.msg.get().unwrap_or_else(none))?.concat(&PyStr::new(&tail))
    }

    #[slot(tp_repr)]
    fn repr(&self) -> PyResult<Py<PyStr>> {
        let name = self.class().short_name().to_string();
        let message = object::repr(&self.msg.get().unwrap_or_else(none))?;
        let args = self.base.args();
        let nested: Obj = if !self.excs_str.is_empty() {
            PyStr::new(&text_of(&self.excs_str)?).into_obj()
        } else if args.len() == 2 && args.get(1).downcast::<PyList>().is_some() {
            let items = self.exceptions().as_slice().iter().map(|item| item.owned()).collect();
            object::repr(&PyList::from_vec(items))?.into_obj()
        } else {
            object::repr(&self.exceptions())?.into_obj()
        };
        let Some(nested) = nested.downcast::<PyStr>() else { return Ok(message) };
        PyStr::new(&format!("{name}("))
            .concat(&message)?
            .concat(&PyStr::new(", "))?
            .concat(nested)?
            .concat(&PyStr::new(")"))
    }

    /// Exception groups are generic over the type of their contained exceptions
    #[pymethod(class, name = "__class_getitem__", signature = "(object, /)")]
    fn class_getitem(cls: &TypeObject, item: &PyObject) -> PyResult {
        crate::types::genericalias::new(cls.as_object(), item)
    }

    #[pymethod(signature = "(excs, /)")]
    fn derive(&self, excs: &PyObject) -> PyResult {
        let message = self.msg.get().unwrap_or_else(none);
        call::call(type_of(Exc::BaseExceptionGroup).as_object(), &[&message, excs])
    }

    #[pymethod(signature = "(matcher_value, /)")]
    fn split(&self, matcher_value: &PyObject) -> PyResult {
        let matcher = Matcher::of(matcher_value)?;
        let (matched, rest) = split_group(self, &matcher, true)?;
        Ok(PyTuple::from_vec(vec![matched.unwrap_or_else(none), rest.unwrap_or_else(none)]).into_obj())
    }

    #[pymethod(signature = "(matcher_value, /)")]
    fn subgroup(&self, matcher_value: &PyObject) -> PyResult {
        let matcher = Matcher::of(matcher_value)?;
        let (matched, _) = split_group(self, &matcher, false)?;
        Ok(matched.unwrap_or_else(none))
    }
}

/// What `except*` looks for, checked (`CHECK_EG_MATCH`).
pub fn check_star_types(wanted: &PyObject) -> PyResult<()> {
    let check = |class: &PyObject| {
        let Some(class) = errors::exception_class(class) else {
            return Err(raised!(
                TypeError,
                "catching classes that do not inherit from BaseException is not allowed"
            ));
        };
        if class.is_subtype_of(type_of(Exc::BaseExceptionGroup)) {
            return Err(raised!(
                TypeError,
                "catching ExceptionGroup with except* is not allowed. Use except instead."
            ));
        }
        Ok(())
    };
    match wanted.downcast::<PyTuple>() {
        Some(choices) => choices.as_slice().iter().try_for_each(|choice| check(choice)),
        None => check(wanted),
    }
}

/// Divides what is raised into what an `except*` clause handles and what is left (`None` each where there is nothing).
/// An exception that is no group is wrapped in one; `wrap` sees it, to add the running frame to its traceback.
pub fn exception_group_match(
    exception: &PyObject,
    wanted: &PyObject,
    wrap: impl FnOnce(&PyObject),
) -> PyResult<(Obj, Obj)> {
    if exception.is_none() {
        return Ok((none(), none()));
    }
    let is_group = exception.downcast::<PyBaseExceptionGroup>().is_some();
    if errors::given_matches(exception, wanted) {
        if is_group {
            return Ok((exception.owned(), none()));
        }
        let group = new_group(&PyStr::empty(), &PyTuple::from_slice(&[exception]))?;
        wrap(&group);
        return Ok((group, none()));
    }
    if !is_group {
        return Ok((none(), exception.owned()));
    }
    let pair = call::method(exception, intern!("split"), &[wanted])?;
    let class = exception.class().name().to_string();
    let Some(parts) = pair.downcast::<PyTuple>() else {
        let found = pair.class().name();
        return Err(raised!(TypeError, "{class}.split must return a tuple, not {found}"));
    };
    if parts.len() < 2 {
        return Err(raised!(
            TypeError,
            "{class}.split must return a 2-tuple, got tuple of size {}",
            parts.len()
        ));
    }
    Ok((parts.get(0).owned(), parts.get(1).owned()))
}
