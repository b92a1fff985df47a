//! What pickling and copying ask every object: `__reduce_ex__`, `__reduce__`, `__getstate__`.

use super::{PyBaseObject, object_type};
use crate::intern;
use crate::model::{Obj, ObjectExt, Py, PyObject, PyResult, TypeObject, none};
use crate::protocols::{call, iter, object};
use crate::types::dict::PyDict;
use crate::types::int::PyInt;
use crate::types::list::PyList;
use crate::types::str::PyStr;
use crate::types::tuple::PyTuple;
use taipan_macros::pymethods;

#[pymethods(REDUCE)]
impl PyBaseObject {
    /// Helper for pickle.
    #[pymethod(name = "__reduce__", signature = "()")]
    fn reduce(slf: &PyObject) -> PyResult {
        reduce_with(slf, 0)
    }

    /// Helper for pickle.
    #[pymethod(name = "__reduce_ex__", signature = "(protocol, /)")]
    fn reduce_ex(slf: &PyObject, protocol: i32) -> PyResult {
        let name = intern!("__reduce__");
        if let Some(own) = object::get_optional_attr(slf, name)? {
            // An overridden `__reduce__` has the word.
            let of_class = object::get_attr(slf.class(), name)?;
            let of_object = crate::types::r#type::own_dict(object_type()).get_str(name)?;
            if of_object.is_none_or(|of_object| !of_object.is(&of_class)) {
                return call::call(&own, &[]);
            }
        }
        reduce_with(slf, protocol)
    }

    /// Helper for pickle.
    #[pymethod(name = "__getstate__", signature = "()")]
    fn getstate(slf: &PyObject) -> PyResult {
        default_state(slf, false)
    }
}

fn copyreg() -> PyResult {
    let name = PyStr::new("copyreg");
    import(&name)
}

#[expect(unsafe_code, reason = "an upcall")]
fn import(name: &PyStr) -> PyResult {
    // SAFETY: the upcall gives a new reference or null with an exception.
    unsafe { Obj::from_result((crate::model::upcalls::get().import_module)(name.as_ptr())) }
}

fn reduce_with(object: &PyObject, protocol: i32) -> PyResult {
    if protocol >= 2 {
        return reduce_by_new(object);
    }
    let copyreg = copyreg()?;
    call::method(&copyreg, intern!("_reduce_ex"), &[object, &PyInt::from_i64(i64::from(protocol))])
}

/// Protocol 2 and up: `copyreg.__newobj__(cls, *args)` and the state.
fn reduce_by_new(object: &PyObject) -> PyResult {
    let class = object.class();
    if class.tp_new().is_none() {
        return Err(raised!(TypeError, "cannot pickle '{}' object", class.name()));
    }
    let (args, kwargs) = new_arguments(object)?;
    let copyreg = copyreg()?;
    let has_kwargs = kwargs.as_ref().is_some_and(|kwargs| !kwargs.is_empty());
    let (function, new_args) = if !has_kwargs {
        let function = object::get_attr(&copyreg, intern!("__newobj__"))?;
        let mut all = vec![class.owned()];
        all.extend(args.iter().flat_map(|args| args.as_slice()).map(|arg| arg.owned()));
        (function, PyTuple::from_vec(all))
    } else if let (Some(args), Some(kwargs)) = (&args, &kwargs) {
        let function = object::get_attr(&copyreg, intern!("__newobj_ex__"))?;
        (function, PyTuple::from_slice(&[class, args, kwargs]))
    } else {
        return Err(raised!(SystemError, "bad argument to internal function"));
    };
    let list = object.downcast::<PyList>().is_some();
    let dict = object.downcast::<PyDict>().is_some();
    let state = get_state(object, !(args.is_some() || list || dict))?;
    let list_items = if list { iter::iter(object)? } else { none() };
    let dict_items = if dict { iter::iter(&*call::method(object, intern!("items"), &[])?)? } else { none() };
    Ok(PyTuple::from_vec(vec![function, new_args.into_obj(), state, list_items, dict_items]).into_obj())
}

/// What `__getnewargs_ex__` or `__getnewargs__` say.
fn new_arguments(object: &PyObject) -> PyResult<(Option<Py<PyTuple>>, Option<Py<PyDict>>)> {
    if let Some(method) = object::lookup_special(object, intern!("__getnewargs_ex__"))? {
        let result = call::call(&method, &[])?;
        let Some(pair) = result.downcast::<PyTuple>() else {
            let found = result.class().name();
            return Err(raised!(TypeError, "__getnewargs_ex__ should return a tuple, not '{found}'"));
        };
        if pair.len() != 2 {
            let length = pair.len();
            return Err(raised!(
                ValueError,
                "__getnewargs_ex__ should return a tuple of length 2, not {length}"
            ));
        }
        let Some(args) = pair.get(0).downcast_owned::<PyTuple>() else {
            let found = pair.get(0).class().name();
            return Err(raised!(
                TypeError,
                "first item of the tuple returned by __getnewargs_ex__ must be a tuple, not '{found}'"
            ));
        };
        let Some(kwargs) = pair.get(1).downcast_owned::<PyDict>() else {
            let found = pair.get(1).class().name();
            return Err(raised!(
                TypeError,
                "second item of the tuple returned by __getnewargs_ex__ must be a dict, not '{found}'"
            ));
        };
        return Ok((Some(args), Some(kwargs)));
    }
    if let Some(method) = object::lookup_special(object, intern!("__getnewargs__"))? {
        let result = call::call(&method, &[])?;
        return match result.downcast_owned::<PyTuple>() {
            Some(args) => Ok((Some(args), None)),
            None => {
                let found = result.class().name();
                Err(raised!(TypeError, "__getnewargs__ should return a tuple, not '{found}'"))
            }
        };
    }
    Ok((None, None))
}

fn get_state(object: &PyObject, required: bool) -> PyResult {
    let method = object::get_attr(object, intern!("__getstate__"))?;
    let default = method.downcast_exact::<crate::types::builtin::PyBuiltin>().is_some_and(|method| {
        method.receiver().is_some_and(|receiver| receiver.is(object)) && is_default(method)
    });
    if default {
        return default_state(object, required);
    }
    call::call(&method, &[])
}

fn is_default(method: &crate::types::builtin::PyBuiltin) -> bool {
    REDUCE.methods.iter().any(|def| core::ptr::eq(def, method.def()))
}

/// The dictionary, and the values of `__slots__` where there are any. `required`: the object cannot be made anew by
/// other means, so nothing of it may be hidden.
fn default_state(object: &PyObject, required: bool) -> PyResult {
    let class = object.class();
    if required && class.tp_itemsize() != 0 {
        return Err(raised!(TypeError, "cannot pickle {} objects", class.name()));
    }
    let state = match object::get_optional_attr(object, intern!("__dict__"))? {
        // An empty dictionary is no state.
        Some(dict) if dict.downcast::<PyDict>().is_some_and(PyDict::is_empty) => none(),
        Some(dict) => dict,
        None => none(),
    };
    let names = slot_names(class)?;
    if required {
        refuse_hidden_storage(class, names.as_deref())?;
    }
    let Some(names) = names else { return Ok(state) };
    if names.is_empty() {
        return Ok(state);
    }
    let values = PyDict::new();
    for name in names.to_vec() {
        if let Some(text) = name.downcast::<PyStr>()
            && let Some(value) = object::get_optional_attr(object, text)?
        {
            values.set_item(text, &value)?;
        }
    }
    if values.is_empty() {
        return Ok(state);
    }
    Ok(PyTuple::from_slice(&[&state, &values]).into_obj())
}

fn refuse_hidden_storage(class: &TypeObject, names: Option<&PyList>) -> PyResult<()> {
    let word = size_of::<usize>() as isize;
    let mut size = object_type().tp_basicsize();
    // Dictionaries and weak references count where they lie in the object itself.
    if class.tp_dictoffset() > 0 {
        size += word;
    }
    if class.tp_weaklistoffset() > 0 {
        size += word;
    }
    size += names.map_or(0, PyList::len) as isize * word;
    if class.tp_basicsize() > size {
        return Err(raised!(TypeError, "cannot pickle '{}' object", class.name()));
    }
    Ok(())
}

/// `copyreg._slotnames(class)`, remembered by the class as `__slotnames__`.
fn slot_names(class: &TypeObject) -> PyResult<Option<Py<PyList>>> {
    let own = crate::types::r#type::own_dict(class);
    let found = match own.get_str(intern!("__slotnames__"))? {
        Some(found) => found,
        None => call::method(&*copyreg()?, intern!("_slotnames"), &[class])?,
    };
    if found.is_none() {
        return Ok(None);
    }
    match found.downcast_owned::<PyList>() {
        Some(names) => Ok(Some(names)),
        None => {
            let found = found.class().name();
            let class = class.name();
            Err(raised!(TypeError, "{class}.__slotnames__ should be a list or None, not {found}"))
        }
    }
}
