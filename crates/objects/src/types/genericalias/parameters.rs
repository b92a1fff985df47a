//! Type variables of aliases and unions: collecting them from arguments, and putting arguments in their place.
//!
//! What a type variable accepts is its own matter: it is asked through `__typing_subst__` and
//! `__typing_prepare_subst__`.

use crate::errors::check_stack;
use crate::intern;
use crate::model::{Obj, ObjectExt, Py, PyObject, PyResult, PyType, TypeObject};
use crate::protocols::{call, object};
use crate::types::list::PyList;
use crate::types::tuple::PyTuple;

/// The type variables in these arguments, each once, in order (`_Py_make_parameters`).
pub fn collect_parameters(args: &PyTuple) -> PyResult<Py<PyTuple>> {
    let mut found = Vec::new();
    collect(args.as_slice(), &mut found)?;
    Ok(PyTuple::from_vec(found))
}

fn add(found: &mut Vec<Obj>, parameter: &PyObject) {
    if !found.iter().any(|known| known.is(parameter)) {
        found.push(parameter.owned());
    }
}

fn collect(args: &[&PyObject], found: &mut Vec<Obj>) -> PyResult<()> {
    check_stack(" in __parameter__ calculation")?;
    for &arg in args {
        // Classes have no parameters of their own here, even generic ones.
        if arg.downcast::<TypeObject>().is_some() {
            continue;
        }
        if let Some(tuple) = arg.downcast::<PyTuple>() {
            collect(tuple.as_slice(), found)?;
        } else if let Some(list) = arg.downcast::<PyList>() {
            let items = list.to_vec();
            let items: Vec<&PyObject> = items.iter().map(|item| &**item).collect();
            collect(&items, found)?;
        } else if object::get_optional_attr(arg, intern!("__typing_subst__"))?.is_some() {
            add(found, arg);
        } else if let Some(inner) = object::get_optional_attr(arg, intern!("__parameters__"))?
            && let Some(inner) = inner.downcast::<PyTuple>()
        {
            inner.as_slice().iter().for_each(|parameter| add(found, parameter));
        }
    }
    Ok(())
}

/// The items of `*tuple[int, str]`, unless it goes on for ever.
fn unpacked_items(item: &PyObject) -> PyResult<Option<Py<PyTuple>>> {
    if item.downcast::<TypeObject>().is_some() {
        return Ok(None);
    }
    let items = object::get_optional_attr(item, intern!("__typing_unpacked_tuple_args__"))?;
    let Some(items) = items.and_then(|items| items.downcast_owned::<PyTuple>()) else { return Ok(None) };
    let endless = items.as_slice().last().is_some_and(|last| last.is(&crate::model::ellipsis()));
    Ok((!endless).then_some(items))
}

/// What was given between the brackets as a flat tuple.
fn unpack_arguments(item: &PyObject) -> PyResult<Py<PyTuple>> {
    let given = item.downcast_owned::<PyTuple>().unwrap_or_else(|| PyTuple::from_slice(&[item]));
    let mut flat = Vec::with_capacity(given.len());
    for &item in given.as_slice() {
        match unpacked_items(item)? {
            Some(items) => flat.extend(items.as_slice().iter().map(|item| item.owned())),
            None => flat.push(item.owned()),
        }
    }
    Ok(PyTuple::from_vec(flat))
}

/// The arguments of an alias or union with `item` put in place of its parameters (`_Py_subs_parameters`).
pub fn substitute(
    alias: &PyObject,
    args: &PyTuple,
    parameters: &PyTuple,
    item: &PyObject,
) -> PyResult<Py<PyTuple>> {
    if parameters.is_empty() {
        return Err(raised!(TypeError, "{} is not a generic class", object::repr(alias)?));
    }
    let mut given = unpack_arguments(item)?;
    for parameter in parameters.as_slice() {
        let prepare = object::get_optional_attr(parameter, intern!("__typing_prepare_subst__"))?;
        if let Some(prepare) = prepare.filter(|prepare| !prepare.is_none()) {
            let prepared = call::call(&prepare, &[alias, &given])?;
            given = prepared.downcast_owned::<PyTuple>().unwrap_or_else(|| PyTuple::from_slice(&[&prepared]));
        }
    }
    if given.len() != parameters.len() {
        let how = if given.len() > parameters.len() { "many" } else { "few" };
        return Err(raised!(
            TypeError,
            "Too {how} arguments for {}; actual {}, expected {}",
            object::repr(alias)?,
            given.len(),
            parameters.len()
        ));
    }
    Ok(PyTuple::from_vec(substitute_all(args.as_slice(), parameters, &given)?))
}

fn place_of(parameter: &PyObject, parameters: &PyTuple) -> Option<usize> {
    parameters.as_slice().iter().position(|known| known.is(parameter))
}

fn substitute_all(args: &[&PyObject], parameters: &PyTuple, given: &PyTuple) -> PyResult<Vec<Obj>> {
    check_stack(" while substituting type parameters")?;
    let mut out = Vec::with_capacity(args.len());
    for &arg in args {
        if arg.downcast::<TypeObject>().is_some() {
            out.push(arg.owned());
            continue;
        }
        if let Some(tuple) = arg.downcast::<PyTuple>() {
            out.push(PyTuple::from_vec(substitute_all(tuple.as_slice(), parameters, given)?).into_obj());
            continue;
        }
        if let Some(list) = arg.downcast::<PyList>() {
            let items = list.to_vec();
            let items: Vec<&PyObject> = items.iter().map(|item| &**item).collect();
            out.push(PyList::from_vec(substitute_all(&items, parameters, given)?).into_obj());
            continue;
        }
        let unpack = match object::get_optional_attr(arg, intern!("__typing_is_unpacked_typevartuple__"))? {
            Some(flag) => object::is_true(&flag)?,
            None => false,
        };
        let subst = object::get_optional_attr(arg, intern!("__typing_subst__"))?;
        let value = match (subst, place_of(arg, parameters)) {
            (Some(subst), Some(place)) => call::call(&subst, &[given.get(place)])?,
            (Some(_), None) => {
                let shown = object::repr(arg)?;
                return Err(raised!(
                    TypeError,
                    "argument {shown} with __typing_subst__ was not found in __parameters__"
                ));
            }
            _ => substitute_inside(arg, parameters, given)?,
        };
        if !unpack {
            out.push(value);
            continue;
        }
        let Some(items) = value.downcast::<PyTuple>() else {
            let original = object::fully_qualified_name(arg.class())?;
            let found = object::fully_qualified_name(value.class())?;
            return Err(raised!(
                TypeError,
                "expected __typing_subst__ of {original} objects to return a tuple, not {found}"
            ));
        };
        out.extend(items.as_slice().iter().map(|item| item.owned()));
    }
    Ok(out)
}

/// An argument that has parameters itself: `list[T]` within `dict[str, list[T]]`.
fn substitute_inside(arg: &PyObject, parameters: &PyTuple, given: &PyTuple) -> PyResult {
    let inner = object::get_optional_attr(arg, intern!("__parameters__"))?;
    let inner = inner.and_then(|inner| inner.downcast_owned::<PyTuple>()).filter(|inner| !inner.is_empty());
    let Some(inner) = inner else { return Ok(arg.owned()) };
    let mut items = Vec::with_capacity(inner.len());
    for parameter in inner.as_slice() {
        let Some(place) = place_of(parameter, parameters) else {
            items.push(parameter.owned());
            continue;
        };
        let value = given.get(place);
        // Only a tuple of type variables can be iterated over; what it stands for is spread.
        match value.downcast::<PyTuple>().filter(|_| parameter.class().tp_iter().is_some()) {
            Some(values) => items.extend(values.as_slice().iter().map(|value| value.owned())),
            None => items.push(value.owned()),
        }
    }
    object::get_item(arg, PyTuple::from_vec(items).as_object())
}
