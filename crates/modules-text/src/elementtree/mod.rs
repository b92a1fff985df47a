//! `_elementtree`: trees of XML elements, and the parser that builds them.
//!
//! The parser is `taipan_kernels::xml` itself, without handlers in between.
//!
//! | file | holds |
//! |---|---|
//! | `element` | `Element`: its fields and children |
//! | `methods` | `Element` as Python sees it |
//! | `search` | finding children by tag or path |
//! | `copying` | copies of elements, and their state for pickles |
//! | `iterator` | walks over elements and their text |
//! | `builder` | `TreeBuilder` |
//! | `parser` | `XMLParser` |

mod builder;
mod copying;
mod element;
mod iterator;
mod methods;
mod parser;
mod search;

use builder::PyTreeBuilder;
use core::cell::RefCell;
use element::PyElement;
use parser::PyXmlTreeParser;
use taipan_macros::pymodule;
use taipan_objects::model::gc::{Traverse, Visitor};
use taipan_objects::model::thread;
use taipan_objects::prelude::*;
use taipan_objects::types::r#type;

/// What an interpreter keeps for the module.
#[derive(Default)]
struct State {
    error: ObjCell,
    comment_factory: ObjCell,
    pi_factory: ObjCell,
}

fn state() -> &'static State {
    thread::current().interpreter().extension::<State>()
}

/// The class `ParseError`.
fn parse_error() -> PyResult {
    if let Some(known) = state().error.get() {
        return Ok(known);
    }
    let dict = PyDict::new();
    dict.set_item(intern!("__module__"), intern!("xml.etree.ElementTree"))?;
    let class = r#type::new_heap_type("ParseError", Exc::SyntaxError.type_object(), &dict)?;
    state().error.set(Some(class.clone()));
    Ok(class)
}

/// Objects in the order in which they came.
#[derive(Default)]
struct Held(RefCell<Vec<Obj>>);

impl Traverse for Held {
    fn traverse(&self, visitor: &mut Visitor) {
        self.0.traverse(visitor);
    }

    fn drop_references(&self) {
        drop(self.0.take());
    }
}

/// What is called to make comments or processing instructions; `None` says nothing.
fn factory(value: &PyObject, what: &str) -> PyResult<Option<Obj>> {
    if !value.is_none() && !object::is_callable(value) {
        let name = value.class().name();
        return Err(raised!(TypeError, "{what} factory must be callable, not {name}"));
    }
    Ok((!value.is_none()).then(|| value.owned()))
}

#[pymodule(name = "_elementtree")]
pub mod module {
    use super::*;

    #[pyfunction(name = "SubElement", signature = "(*args, **kwargs)", no_text)]
    fn sub_element(args: &[&PyObject], kwargs: Option<Py<PyDict>>) -> PyResult<Py<PyElement>> {
        element::sub_element(args, kwargs.as_deref())
    }

    /// Change the factories used to create comments and processing instructions.
    ///
    /// For internal use only.
    #[pyfunction(signature = "(comment_factory, pi_factory, /)")]
    fn _set_factories(comment_factory: &PyObject, pi_factory: &PyObject) -> PyResult<Py<PyTuple>> {
        let comment = factory(comment_factory, "Comment")?;
        let pi = factory(pi_factory, "PI")?;
        let state = state();
        let before = [state.comment_factory.replace(comment), state.pi_factory.replace(pi)];
        Ok(PyTuple::from_vec(before.map(|factory| factory.unwrap_or_else(none)).into()))
    }

    #[exec]
    fn exec(module: &PyModule) -> PyResult<()> {
        module.add("ParseError", &*parse_error()?)?;
        module.add_type(PyElement::type_object())?;
        module.add_type(PyTreeBuilder::type_object())?;
        module.add_type(PyXmlTreeParser::type_object())
    }
}
