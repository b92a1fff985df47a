//! `AST`: the base of all nodes.

use super::classes;
use taipan_objects::errors::{self, Exc};
use taipan_objects::model::ObjCell;
use taipan_objects::prelude::*;

/// A node: everything is in its dictionary.
#[pytype(name = "ast.AST", gc, dict = dict, flags(BASETYPE), parts(METHODS))]
pub struct PyAst {
    ob_base: PyObject,
    dict: ObjCell,
}

impl PyAst {
    /// A node of this class with these attributes.
    pub fn with_dict(class: &TypeObject, dict: Py<PyDict>) -> PyResult {
        let node = taipan_objects::memory::new_in(
            class,
            PyAst { ob_base: PyObject::EMPTY, dict: ObjCell::new(Some(dict.into_obj())) },
        )?;
        Ok(node.into_obj())
    }

    fn attributes(&self) -> PyResult<Py<PyDict>> {
        match object::instance_dict(self)? {
            Some(dict) => match dict.downcast_into::<PyDict>() {
                Ok(dict) => Ok(dict),
                Err(_) => Err(raised!(TypeError, "__dict__ must be a dictionary")),
            },
            None => Ok(PyDict::new()),
        }
    }
}

/// The names in a class attribute.
fn names_of(class: &TypeObject, attribute: &PyStr) -> PyResult<Vec<Obj>> {
    match object::get_optional_attr(class, attribute)? {
        Some(names) => iter::collect(&names),
        None => Ok(Vec::new()),
    }
}

fn holds(names: &[Obj], wanted: &PyObject) -> PyResult<bool> {
    for name in names {
        if object::compare_bool(name, wanted, CompareOp::Eq)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// What a field that was not given becomes.
fn fill_missing(
    slf: &PyObject,
    class: &TypeObject,
    types: Option<&PyObject>,
    name: &PyObject,
) -> PyResult<()> {
    let shown = class.short_name();
    let found = match types {
        Some(types) => object::get_item(types, name),
        None => return Ok(()),
    };
    let found = errors::ignore(found, Exc::KeyError)?;
    let text = name.downcast::<PyStr>();
    let (Some(kind), Some(text)) = (found, text) else {
        let name = object::repr(name)?;
        return errors::warn(
            Exc::DeprecationWarning,
            1,
            format_args!(
                "Field {name} is missing from {shown}._field_types. This will become an error in Python 3.15."
            ),
        );
    };
    if kind.downcast::<taipan_objects::types::union::PyUnion>().is_some() {
        return Ok(());
    }
    if kind.downcast::<taipan_objects::types::genericalias::PyGenericAlias>().is_some() {
        return object::set_attr(slf, text, Some(&PyList::new()));
    }
    if kind.is(&*classes::class("expr_context")?) {
        return object::set_attr(slf, text, Some(&*classes::singleton("Load")?));
    }
    let name = object::repr(name)?;
    errors::warn(
        Exc::DeprecationWarning,
        1,
        format_args!(
            "{shown}.__init__ missing 1 required positional argument: {name}. This will become an error in Python 3.15."
        ),
    )
}

#[pymethods(METHODS)]
impl PyAst {
    #[getter(__dict__)]
    fn dict_object(slf: &PyObject) -> PyResult<Option<Obj>> {
        object::instance_dict(slf)
    }

    #[setter(__dict__)]
    fn set_dict_object(&self, value: Option<&PyObject>) -> PyResult<()> {
        match value {
            Some(value) if value.downcast::<PyDict>().is_some() => {
                self.dict.set(Some(value.owned()));
                Ok(())
            }
            Some(value) => {
                let name = value.class().name();
                Err(raised!(TypeError, "__dict__ must be set to a dictionary, not a '{name}'"))
            }
            None => Err(raised!(TypeError, "cannot delete __dict__")),
        }
    }

    #[new(signature = "(*args, **kwargs)")]
    fn py_new(cls: &TypeObject, args: &[&PyObject], kwargs: Option<Py<PyDict>>) -> PyResult<Py<PyAst>> {
        let _ = (args, kwargs);
        taipan_objects::memory::new_in(cls, PyAst { ob_base: PyObject::EMPTY, dict: ObjCell::empty() })
    }

    #[init(signature = "(*args, **kwargs)")]
    fn init(slf: &PyObject, args: &[&PyObject], kwargs: Option<Py<PyDict>>) -> PyResult<()> {
        let class = slf.class();
        let shown = class.short_name();
        let fields = iter::collect(&*object::get_attr(class, intern!("_fields"))?)?;
        if args.len() > fields.len() {
            return Err(raised!(
                TypeError,
                "{shown} constructor takes at most {} positional argument{}",
                fields.len(),
                if fields.len() == 1 { "" } else { "s" }
            ));
        }
        let mut given = vec![false; fields.len()];
        for (index, value) in args.iter().enumerate() {
            if let Some(name) = fields[index].downcast::<PyStr>() {
                object::set_attr(slf, name, Some(value))?;
            }
            given[index] = true;
        }
        for (key, value) in kwargs.map_or_else(Vec::new, |kwargs| kwargs.items_snapshot()) {
            let mut place = None;
            for (index, field) in fields.iter().enumerate() {
                if object::compare_bool(field, &key, CompareOp::Eq)? {
                    place = Some(index);
                    break;
                }
            }
            let name = object::repr(&key)?;
            match place {
                Some(index) if given[index] => {
                    return Err(raised!(TypeError, "{shown} got multiple values for argument {name}"));
                }
                Some(index) => given[index] = true,
                None if !holds(&names_of(class, intern!("_attributes"))?, &key)? => errors::warn(
                    Exc::DeprecationWarning,
                    1,
                    format_args!(
                        "{shown}.__init__ got an unexpected keyword argument {name}. Support for arbitrary keyword arguments is deprecated and will be removed in Python 3.15."
                    ),
                )?,
                None => {}
            }
            let Some(key) = key.downcast::<PyStr>() else {
                let found = key.class().name();
                return Err(raised!(TypeError, "attribute name must be string, not '{found}'"));
            };
            object::set_attr(slf, key, Some(&value))?;
        }
        if given.iter().all(|given| *given) {
            return Ok(());
        }
        let types = object::get_optional_attr(class, intern!("_field_types"))?;
        for (field, given) in fields.iter().zip(given) {
            if !given {
                fill_missing(slf, class, types.as_deref(), field)?;
            }
        }
        Ok(())
    }

    #[pymethod(name = "__reduce__")]
    fn reduce(&self) -> PyResult {
        let class = self.class();
        let dict = self.attributes()?;
        // Fields are passed as `None` so that their absence is not warned about; the state sets them.
        let fields = names_of(class, intern!("_fields"))?;
        let mut placeholders = Vec::new();
        for field in &fields {
            if !dict.contains(field)? {
                break;
            }
            placeholders.push(none());
        }
        let arguments = PyTuple::from_vec(placeholders).into_obj();
        Ok(PyTuple::from_vec(vec![class.owned(), arguments, dict.copy()?.into_obj()]).into_obj())
    }

    /// Return a copy of the AST node with new values for the specified fields.
    #[pymethod(name = "__replace__", signature = "(*args, **fields)", text = "($self, /, **fields)")]
    fn replace(&self, args: &[&PyObject], changes: Option<Py<PyDict>>) -> PyResult {
        if !args.is_empty() {
            return Err(raised!(TypeError, "__replace__() takes no positional arguments"));
        }
        let class = self.class();
        let shown = class.short_name();
        let mut known = names_of(class, intern!("_fields"))?;
        known.extend(names_of(class, intern!("_attributes"))?);
        let dict = PyDict::new();
        for (key, value) in self.attributes()?.items_snapshot() {
            if holds(&known, &key)? {
                dict.set_item(&key, &value)?;
            }
        }
        for (key, value) in changes.map_or_else(Vec::new, |changes| changes.items_snapshot()) {
            if !holds(&known, &key)? {
                let name = object::repr(&key)?;
                return Err(raised!(
                    TypeError,
                    "{shown}.__replace__ got an unexpected keyword argument {name}."
                ));
            }
            dict.set_item(&key, &value)?;
        }
        for field in names_of(class, intern!("_fields"))? {
            if dict.contains(&field)? {
                continue;
            }
            let default = match field.downcast::<PyStr>() {
                Some(name) => object::get_optional_attr(class, name)?,
                None => None,
            };
            if default.is_none() {
                let name = object::repr(&field)?;
                return Err(raised!(TypeError, "{shown}.__replace__ missing 1 keyword argument: {name}."));
            }
        }
        call::call_tuple(class, &PyTuple::empty(), Some(&dict))
    }

    #[slot(tp_repr)]
    fn repr(slf: &PyObject) -> PyResult<Py<PyStr>> {
        Ok(PyStr::new(&show(slf, 3)?))
    }
}

/// The node and what is in it, `depth` levels of nodes deep.
fn show(node: &PyObject, depth: u32) -> PyResult<String> {
    let class = node.class().short_name();
    if depth == 0 {
        return Ok(format!("{class}(...)"));
    }
    if !object::repr_enter(node)? {
        return Ok(format!("{class}(...)"));
    }
    let fields = show_fields(node, depth);
    object::repr_leave(node);
    Ok(format!("{class}({})", fields?))
}

fn show_fields(node: &PyObject, depth: u32) -> PyResult<String> {
    let mut shown = Vec::new();
    for field in names_of(node.class(), intern!("_fields"))? {
        let Some(name) = field.downcast::<PyStr>() else { continue };
        let value = object::get_attr(node, name)?;
        shown.push(format!("{name}={}", show_value(&value, depth - 1)?));
    }
    Ok(shown.join(", "))
}

fn show_value(value: &PyObject, depth: u32) -> PyResult<String> {
    if value.downcast::<PyAst>().is_some() {
        return show(value, depth);
    }
    let (open, close) = if value.downcast::<PyList>().is_some() {
        ("[", "]")
    } else if value.downcast::<PyTuple>().is_some() {
        ("(", ")")
    } else {
        return Ok(object::repr(value)?.to_string_lossy().into_owned());
    };
    let items = iter::collect(value)?;
    // Of a longer list, its first and last item are shown.
    let picked: Vec<&Obj> = match &items[..] {
        [first, .., last] if items.len() > 2 => vec![first, last],
        all => all.iter().collect(),
    };
    let mut shown = picked.iter().map(|item| show_value(item, depth)).collect::<PyResult<Vec<_>>>()?;
    if items.len() > 2 {
        shown.insert(1, "...".into());
    }
    Ok(format!("{open}{}{close}", shown.join(", ")))
}
