//! The `class` statement: `__build_class__`.

#![expect(unsafe_code, reason = "pushes the frame of a class body")]

use super::frames::push_general;
use crate::eval;
use crate::value::Value;
use taipan_objects::errors;
use taipan_objects::model::thread;
use taipan_objects::prelude::*;
use taipan_objects::types::cell::PyCell;
use taipan_objects::types::function::PyFunction;

/// `__build_class__(func, name, /, *bases, metaclass=…, **kwds)`; the last arguments are named by `names`.
pub fn build_class(args: &[&PyObject], names: Option<&PyTuple>) -> PyResult {
    let keywords = names.map_or(0, PyTuple::len);
    let (positional, values) = args.split_at(args.len() - keywords);
    if positional.len() < 2 {
        return Err(raised!(TypeError, "__build_class__: not enough arguments"));
    }
    let Some(func) = positional[0].downcast_exact::<PyFunction>() else {
        return Err(raised!(TypeError, "__build_class__: func must be a function"));
    };
    let Some(name) = positional[1].downcast::<PyStr>() else {
        return Err(raised!(TypeError, "__build_class__: name is not a string"));
    };
    let given = PyTuple::from_slice(&positional[2..]);
    let bases = resolve_bases(&given)?;
    let kwargs = keyword_dict(names, values)?;
    let metaclass = match &kwargs {
        Some(kwargs) => kwargs.pop(intern!("metaclass"))?,
        None => None,
    };
    let metaclass = match metaclass {
        Some(metaclass) if metaclass.downcast::<TypeObject>().is_none() => metaclass,
        explicit => {
            let first = match (explicit, bases.is_empty()) {
                (Some(explicit), _) => explicit,
                (None, true) => TypeObject::type_object().owned(),
                (None, false) => bases.get(0).class().owned(),
            };
            most_derived(&first, &bases)?
        }
    };
    let namespace = prepare(&metaclass, name, &bases, kwargs.as_deref())?;
    let cell = run_body(func, &namespace)?;
    if !bases.is_same(&given) {
        object::set_item(&namespace, intern!("__orig_bases__"), Some(&*given))?;
    }
    let call_args = PyTuple::from_slice(&[name, &*bases, &namespace]);
    let class = call::call_tuple(&metaclass, &call_args, kwargs.as_deref())?;
    check_class_cell(&class, &cell, name)?;
    Ok(class)
}

trait IsSame {
    fn is_same(&self, other: &PyTuple) -> bool;
}

impl IsSame for Py<PyTuple> {
    fn is_same(&self, other: &PyTuple) -> bool {
        let this: &PyObject = self;
        this.is(other)
    }
}

fn keyword_dict(names: Option<&PyTuple>, values: &[&PyObject]) -> PyResult<Option<Py<PyDict>>> {
    match names {
        Some(names) if !names.is_empty() => call::names_to_dict(names, values).map(Some),
        _ => Ok(None),
    }
}

/// Replaces bases that are no classes by what their `__mro_entries__` gives (PEP 560).
fn resolve_bases(bases: &Py<PyTuple>) -> PyResult<Py<PyTuple>> {
    let mut resolved: Option<Vec<Obj>> = None;
    for (index, &base) in bases.as_slice().iter().enumerate() {
        if base.downcast::<TypeObject>().is_some() {
            if let Some(resolved) = &mut resolved {
                resolved.push(base.owned());
            }
            continue;
        }
        let Some(entries) = object::get_optional_attr(base, intern!("__mro_entries__"))? else {
            if let Some(resolved) = &mut resolved {
                resolved.push(base.owned());
            }
            continue;
        };
        let replacement = call::call(&entries, &[&**bases])?;
        let Some(replacement) = replacement.downcast::<PyTuple>() else {
            return Err(raised!(TypeError, "__mro_entries__ must return a tuple"));
        };
        let list = resolved
            .get_or_insert_with(|| bases.as_slice()[..index].iter().map(|base| base.owned()).collect());
        list.extend(replacement.as_slice().iter().map(|base| base.owned()));
    }
    Ok(resolved.map_or_else(|| bases.clone(), PyTuple::from_vec))
}

/// The most derived metaclass of the given one and those of the bases.
fn most_derived(metaclass: &Obj, bases: &PyTuple) -> PyResult {
    let mut winner = metaclass.clone();
    for base in bases.as_slice() {
        let candidate = base.class();
        let Some(current) = winner.downcast::<TypeObject>() else { break };
        if current.is_subtype_of(candidate) {
            continue;
        }
        if candidate.is_subtype_of(current) {
            winner = candidate.owned();
            continue;
        }
        return Err(raised!(
            TypeError,
            "metaclass conflict: the metaclass of a derived class must be a (non-strict) subclass of the metaclasses of \
             all its bases"
        ));
    }
    Ok(winner)
}

/// The namespace of the class body: what the metaclass prepares.
fn prepare(metaclass: &PyObject, name: &PyStr, bases: &PyTuple, kwargs: Option<&PyDict>) -> PyResult {
    let Some(prepare) = object::get_optional_attr(metaclass, intern!("__prepare__"))? else {
        return Ok(PyDict::new().into_obj());
    };
    let args = PyTuple::from_slice(&[name, bases]);
    let namespace = call::call_tuple(&prepare, &args, kwargs)?;
    if mapping::is_mapping(&namespace) {
        return Ok(namespace);
    }
    let shown = match metaclass.downcast::<TypeObject>() {
        Some(ty) => ty.short_name().to_owned(),
        None => "<metaclass>".to_owned(),
    };
    Err(raised!(TypeError, "{shown}.__prepare__() must return a mapping, not {}", namespace.class().name()))
}

/// Runs the class body in the namespace; it returns the cell of `__class__`, or `None`.
fn run_body(func: &PyFunction, namespace: &PyObject) -> PyResult {
    let thread = thread::current();
    errors::check_stack("")?;
    // SAFETY: the function is one, and there are no arguments.
    let frame = unsafe {
        push_general(thread, Value::new_ref(func), core::ptr::null(), 0, None, Some(namespace.owned()))?
    };
    eval::run(thread, frame).map(Value::into_obj)
}

/// `type.__new__` fills the cell of `__class__`; a metaclass that keeps it from doing so is told.
fn check_class_cell(class: &PyObject, cell: &PyObject, name: &PyStr) -> PyResult<()> {
    let Some(cell) = cell.downcast_exact::<PyCell>() else { return Ok(()) };
    if class.downcast::<TypeObject>().is_none() {
        return Ok(());
    }
    match cell.contents.get() {
        Some(found) if found.is(class) => Ok(()),
        Some(found) => Err(raised!(
            TypeError,
            "__class__ set to {} defining '{name}' as {}",
            object::repr(&found)?,
            object::repr(class)?
        )),
        None => Err(raised!(
            RuntimeError,
            "__class__ not set defining '{name}' as {}. Was __classcell__ propagated to type.__new__?",
            object::repr(class)?
        )),
    }
}
