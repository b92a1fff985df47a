//! `types.GenericAlias`: `list[int]`, a class with type arguments. Attributes it does not have are those of the class.
//!
//! | file | holds |
//! |---|---|
//! | `parameters` | collecting type variables from arguments, and putting arguments in their place |
//! | `iterator` | `*tuple[int]` |

mod iterator;
mod parameters;

pub use iterator::{GenericAliasIterator, PyGenericAliasIterator_Type};
pub use parameters::{collect_parameters, substitute};

use crate::errors::{self, Exc};
use crate::intern;
use crate::model::{
    CompareOp, Obj, ObjCell, ObjectExt, Py, PyObject, PyResult, PyType, ToPy, TypeObject, none,
    not_implemented,
};
use crate::protocols::{call, object};
use crate::types::dict::PyDict;
use crate::types::list::PyList;
use crate::types::str::PyStr;
use crate::types::tuple::PyTuple;
use core::cell::Cell;
use taipan_macros::{pymethods, pytype};

/// Represent a PEP 585 generic type
///
/// For example, for t = list[int], t.__origin__ is list and t.__args__
/// is (int,).
#[pytype(name = "types.GenericAlias", exported = Py_GenericAliasType, gc, flags(BASETYPE), weakref = weaklist, signature = "(origin, args, /)", parts(METHODS))]
pub struct PyGenericAlias {
    ob_base: PyObject,
    #[member(name = "__origin__", readonly)]
    pub origin: Obj,
    #[member(name = "__args__", readonly)]
    pub args: Py<PyTuple>,
    parameters: ObjCell,
    weaklist: Cell<*mut PyObject>,
    #[member(name = "__unpacked__", readonly, kind = BOOL)]
    starred: Cell<bool>,
}

/// Attributes that are the alias's own.
const OWN: [&str; 9] = [
    "__class__",
    "__origin__",
    "__args__",
    "__unpacked__",
    "__parameters__",
    "__typing_unpacked_tuple_args__",
    "__mro_entries__",
    "__reduce_ex__",
    "__reduce__",
];

/// Attributes of the class that the alias must not seem to have.
const HIDDEN: [&str; 3] = ["__bases__", "__copy__", "__deepcopy__"];

fn fields(origin: &PyObject, args: &PyObject, starred: bool) -> PyGenericAlias {
    let args = args.downcast_owned::<PyTuple>().unwrap_or_else(|| PyTuple::from_slice(&[args]));
    PyGenericAlias {
        ob_base: PyObject::EMPTY,
        origin: origin.owned(),
        args,
        parameters: ObjCell::empty(),
        weaklist: Cell::new(core::ptr::null_mut()),
        starred: Cell::new(starred),
    }
}

/// `Py_GenericAlias`: an alias of `origin` with these arguments (a tuple, or the one argument).
pub fn new(origin: &PyObject, args: &PyObject) -> PyResult {
    Ok(crate::memory::new(fields(origin, args, false)).into_obj())
}

/// How types are shown in `repr`s of aliases and unions (`_Py_typing_type_repr`).
pub fn type_repr(item: &PyObject) -> PyResult<String> {
    if item.is(&crate::model::ellipsis()) {
        return Ok("...".to_string());
    }
    if item.is(crate::types::singletons::none_type()) {
        return Ok("None".to_string());
    }
    let alias =
        object::has_attr(item, intern!("__origin__"))? && object::has_attr(item, intern!("__args__"))?;
    if !alias
        && let Some(qualname) = object::get_optional_attr(item, intern!("__qualname__"))?
        && let Some(module) = object::get_optional_attr(item, intern!("__module__"))?
        && !module.is_none()
    {
        let (module, qualname) = (object::str(&module)?, object::str(&qualname)?);
        if module.eq_str("builtins") {
            return Ok(qualname.to_string());
        }
        return Ok(format!("{module}.{qualname}"));
    }
    Ok(object::repr(item)?.to_string())
}

/// An argument: a list of arguments (of a parameter specification) is shown in brackets.
fn argument_repr(item: &PyObject) -> PyResult<String> {
    let Some(list) = item.downcast::<PyList>() else { return type_repr(item) };
    errors::check_stack(" while getting the repr of an object")?;
    let mut shown = Vec::new();
    for place in 0..list.len() {
        // What shows one item may have shortened the list.
        let Some(item) = list.get(place) else { return Err(raised!(IndexError, "list index out of range")) };
        shown.push(argument_repr(&item)?);
    }
    Ok(format!("[{}]", shown.join(", ")))
}

impl PyGenericAlias {
    /// `__parameters__`, collected on first use.
    fn parameters(&self) -> PyResult<Py<PyTuple>> {
        if let Some(known) = self.parameters.get().and_then(|known| known.downcast_owned::<PyTuple>()) {
            return Ok(known);
        }
        let made = collect_parameters(&self.args)?;
        self.parameters.set(Some(made.clone().into_obj()));
        Ok(made)
    }

    /// Whether it stands for its unpacked items (`*tuple[int]`).
    pub fn is_starred(&self) -> bool {
        self.starred.get()
    }

    fn plain(&self, name: &PyStr) -> PyResult {
        object::generic_get_attr(self, name)
    }
}

#[pymethods(METHODS)]
impl PyGenericAlias {
    #[new(signature = "(origin, args, /)")]
    fn py_new(cls: &TypeObject, origin: &PyObject, args: &PyObject) -> PyResult<Py<PyGenericAlias>> {
        crate::memory::new_in(cls, fields(origin, args, false))
    }

    #[slot(tp_call)]
    fn call(&self, args: &PyTuple, kwargs: Option<&PyDict>) -> PyResult {
        let made = call::call_tuple(&self.origin, args, kwargs)?;
        match object::set_attr(&made, intern!("__orig_class__"), Some(self)) {
            Err(raised) if errors::matches(&raised, Exc::TypeError) => errors::clear(raised),
            result => errors::ignore(result, Exc::AttributeError).map(drop)?,
        }
        Ok(made)
    }

    #[slot(tp_repr)]
    fn repr(&self) -> PyResult<Py<PyStr>> {
        errors::check_stack(" while getting the repr of an object")?;
        let origin = type_repr(&self.origin)?;
        let args: PyResult<Vec<String>> =
            self.args.as_slice().iter().map(|item| argument_repr(item)).collect();
        let star = if self.starred.get() { "*" } else { "" };
        let args = if self.args.is_empty() { "()".to_string() } else { args?.join(", ") };
        Ok(PyStr::new(&format!("{star}{origin}[{args}]")))
    }

    #[slot(tp_hash)]
    fn hash(&self) -> PyResult<isize> {
        Ok(object::hash(&self.origin)? ^ object::hash(&self.args)?)
    }

    #[slot(tp_richcompare)]
    fn compare(&self, other: &PyObject, op: CompareOp) -> PyResult {
        let (CompareOp::Eq | CompareOp::Ne, Some(other)) = (op, other.downcast::<PyGenericAlias>()) else {
            return Ok(not_implemented());
        };
        let equal = self.starred.get() == other.starred.get()
            && object::compare_bool(&self.origin, &other.origin, CompareOp::Eq)?
            && object::compare_bool(&self.args, &other.args, CompareOp::Eq)?;
        (equal == (op == CompareOp::Eq)).to_py()
    }

    #[slot(tp_getattro)]
    fn get_attribute(&self, name: &PyObject) -> PyResult {
        let Some(name) = name.downcast::<PyStr>() else {
            return Err(raised!(TypeError, "attribute name must be string, not '{}'", name.class().name()));
        };
        let own = name
            .as_ascii()
            .is_some_and(|text| text.starts_with("__") && (OWN.contains(&text) || HIDDEN.contains(&text)));
        if own { self.plain(name) } else { object::get_attr(&self.origin, name) }
    }

    #[slot(tp_iter)]
    fn iter(&self) -> PyResult {
        let starred = crate::memory::new(fields(&self.origin, &self.args, true));
        Ok(GenericAliasIterator::new(starred.into_obj()).into_obj())
    }

    #[slot(nb_or)]
    fn or(a: &PyObject, b: &PyObject) -> PyResult {
        crate::types::union::or(a, b)
    }

    #[slot(mp_subscript)]
    fn get_item(&self, item: &PyObject) -> PyResult {
        let parameters = self.parameters()?;
        let args = substitute(self, &self.args, &parameters, item)?;
        Ok(crate::memory::new(fields(&self.origin, &args, self.starred.get())).into_obj())
    }

    #[pymethod(name = "__mro_entries__", signature = "(object, /)")]
    fn mro_entries(&self, _bases: &PyObject) -> PyResult {
        (self.origin.clone(),).to_py()
    }

    #[pymethod(name = "__instancecheck__", signature = "(object, /)")]
    fn instance_check(&self, _object: &PyObject) -> PyResult {
        Err(raised!(TypeError, "isinstance() argument 2 cannot be a parameterized generic"))
    }

    #[pymethod(name = "__subclasscheck__", signature = "(object, /)")]
    fn subclass_check(&self, _object: &PyObject) -> PyResult {
        Err(raised!(TypeError, "issubclass() argument 2 cannot be a parameterized generic"))
    }

    #[pymethod(name = "__reduce__")]
    fn reduce(&self) -> PyResult {
        if self.starred.get() {
            let plain = new(&self.origin, &self.args)?;
            let iterator = crate::protocols::iter::iter(&plain)?;
            let next = crate::types::builtin::builtin_function("next")?;
            return (next, (iterator,)).to_py();
        }
        (self.as_object().class(), (self.origin.clone(), self.args.clone())).to_py()
    }

    #[pymethod(name = "__dir__")]
    fn dir(&self) -> PyResult {
        let names = object::dir(&self.origin)?;
        let Some(list) = names.downcast::<PyList>() else { return Ok(names) };
        let known = list.to_vec();
        for own in OWN {
            let has = |name: &Obj| name.downcast::<PyStr>().is_some_and(|name| name.eq_str(own));
            if !known.iter().any(has) {
                list.append(PyStr::new(own).into_obj())?;
            }
        }
        Ok(names)
    }

    /// Type variables in the GenericAlias.
    #[getter(__parameters__)]
    fn get_parameters(&self) -> PyResult {
        Ok(self.parameters()?.into_obj())
    }

    #[getter(__typing_unpacked_tuple_args__)]
    fn unpacked_args(&self) -> PyResult {
        let is_tuple = self.origin.is(PyTuple::type_object());
        Ok(if self.starred.get() && is_tuple { self.args.owned() } else { none() })
    }
}
