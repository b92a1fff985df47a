//! The classes of the `ast` module, made from the schema once for each interpreter.

use super::node::PyAst;
use core::cell::{OnceCell, RefCell};
use std::collections::HashMap;
use taipan_ast::schema::{CLASSES, ClassSchema, FieldSchema, FieldType, LOCATION_ATTRIBUTES, Quantity};
use taipan_objects::model::thread;
use taipan_objects::prelude::*;
use taipan_objects::types::{genericalias, r#type};

/// The classes of an interpreter by name, and the one instance of each class without fields.
#[derive(Default)]
struct Classes {
    by_name: OnceCell<HashMap<&'static str, Obj>>,
    singletons: RefCell<HashMap<&'static str, Obj>>,
    names: RefCell<HashMap<&'static str, Py<PyStr>>>,
}

fn state() -> &'static Classes {
    thread::current().interpreter().extension()
}

fn table() -> PyResult<&'static HashMap<&'static str, Obj>> {
    if let Some(table) = state().by_name.get() {
        return Ok(table);
    }
    let made = make()?;
    Ok(state().by_name.get_or_init(|| made))
}

/// All classes with their names, a base before those derived from it.
pub fn all() -> PyResult<Vec<(&'static str, Obj)>> {
    let table = table()?;
    let names = core::iter::once("AST").chain(CLASSES.iter().map(|class| class.name));
    Ok(names.filter_map(|name| table.get(name).map(|class| (name, class.clone()))).collect())
}

/// The class of this name.
pub fn class(name: &str) -> PyResult {
    match table()?.get(name) {
        Some(class) => Ok(class.clone()),
        None => Err(raised!(SystemError, "there is no class {name} in the ast module")),
    }
}

/// The instance that stands for a class without fields (`Load`, `Add`).
pub fn singleton(name: &'static str) -> PyResult {
    if let Some(known) = state().singletons.borrow().get(name) {
        return Ok(known.clone());
    }
    let class = class(name)?;
    let made = call::call(&class, &[])?;
    state().singletons.borrow_mut().insert(name, made.clone());
    Ok(made)
}

/// The interned string of a field's name.
pub fn field_name(name: &'static str) -> Py<PyStr> {
    if let Some(known) = state().names.borrow().get(name) {
        return known.clone();
    }
    let made = PyStr::intern_text(name);
    state().names.borrow_mut().insert(name, made.clone());
    made
}

fn names(names: impl Iterator<Item = &'static str>) -> Obj {
    PyTuple::from_vec(names.map(|name| field_name(name).into_obj()).collect()).into_obj()
}

fn is_optional(field: &FieldSchema) -> bool {
    field.quantity == Quantity::Optional || (field.type_ == FieldType::Constant && field.name == "kind")
}

fn make() -> PyResult<HashMap<&'static str, Obj>> {
    let mut made: HashMap<&'static str, Obj> = HashMap::new();
    let base = PyAst::type_object();
    let empty = PyTuple::empty();
    let own = r#type::own_dict(base);
    for name in ["_fields", "__match_args__", "_attributes"] {
        own.set_item(&field_name(name), &empty)?;
    }
    r#type::modified(base);
    made.insert("AST", base.owned());
    for schema in CLASSES {
        let class = make_class(schema, &made)?;
        made.insert(schema.name, class);
    }
    for schema in CLASSES.iter().filter(|schema| schema.concrete) {
        let types = field_types(schema, &made)?;
        let class = &made[schema.name];
        object::set_attr(class, intern!("_field_types"), Some(&types))?;
        object::set_attr(class, intern!("__annotations__"), Some(&types))?;
    }
    Ok(made)
}

fn make_class(schema: &'static ClassSchema, made: &HashMap<&'static str, Obj>) -> PyResult {
    let dict = PyDict::new();
    let fields = names(schema.fields.iter().map(|field| field.name));
    dict.set_item(intern!("_fields"), &fields)?;
    dict.set_item(intern!("__match_args__"), &fields)?;
    dict.set_item(intern!("__module__"), intern!("ast"))?;
    dict.set_item(intern!("__doc__"), &PyStr::new(schema.doc))?;
    if schema.base == "AST" {
        let located = if schema.located { &LOCATION_ATTRIBUTES[..] } else { &[] };
        dict.set_item(intern!("_attributes"), &names(located.iter().copied()))?;
        if schema.located {
            dict.set_item(intern!("end_lineno"), none_ref())?;
            dict.set_item(intern!("end_col_offset"), none_ref())?;
        }
    }
    for field in schema.fields.iter().filter(|field| is_optional(field)) {
        dict.set_item(&field_name(field.name), none_ref())?;
    }
    let base = &made[schema.base];
    let Some(base) = base.downcast::<TypeObject>() else {
        return Err(raised!(SystemError, "a base of the ast module is no class"));
    };
    r#type::new_heap_type(schema.name, base, &dict)
}

/// `_field_types`: what may stand in each field.
fn field_types(schema: &ClassSchema, made: &HashMap<&'static str, Obj>) -> PyResult<Py<PyDict>> {
    let types = PyDict::new();
    for field in schema.fields {
        let plain = match field.type_ {
            FieldType::Node(name) => made[name].clone(),
            FieldType::Identifier | FieldType::String => PyStr::type_object().owned(),
            FieldType::Int => PyInt::type_object().owned(),
            FieldType::Constant => taipan_objects::types::object::object_type().owned(),
        };
        let shown = match field.quantity {
            Quantity::One => plain,
            Quantity::Optional => number::or_(&plain, none_ref())?,
            Quantity::List | Quantity::ListOfOptional => genericalias::new(PyList::type_object(), &plain)?,
        };
        types.set_item(&field_name(field.name), &shown)?;
    }
    Ok(types)
}
