//! Content models: tuples of type, quantity, name and parts.

use taipan_kernels::xml::{Part, Quantity, Shape};
use taipan_objects::prelude::*;

const SHAPES: [(Shape, &str, i64); 6] = [
    (Shape::Empty, "EMPTY", 1),
    (Shape::Anything, "ANY", 2),
    (Shape::Mixed, "MIXED", 3),
    (Shape::Name, "NAME", 4),
    (Shape::Choice, "CHOICE", 5),
    (Shape::Sequence, "SEQ", 6),
];

const QUANTITIES: [(Quantity, &str, i64); 4] = [
    (Quantity::Once, "NONE", 0),
    (Quantity::Optional, "OPT", 1),
    (Quantity::Any, "REP", 2),
    (Quantity::Some, "PLUS", 3),
];

/// Makes `pyexpat.model`.
pub fn add_module(parent: &PyModule) -> PyResult<()> {
    let doc = "Constants used to interpret content model information.";
    let module = super::errors::add_submodule(parent, "model", doc)?;
    for (_, name, value) in SHAPES {
        module.add_int(&format!("XML_CTYPE_{name}"), value)?;
    }
    for (_, name, value) in QUANTITIES {
        module.add_int(&format!("XML_CQUANT_{name}"), value)?;
    }
    Ok(())
}

/// A content model as a tuple.
pub fn tuple(model: &[Part]) -> PyResult {
    let mut built: Vec<Obj> = Vec::new();
    for part in model {
        let shape = SHAPES.iter().find(|(shape, ..)| *shape == part.shape).map_or(0, |known| known.2);
        let quantity =
            QUANTITIES.iter().find(|(quantity, ..)| *quantity == part.quantity).map_or(0, |known| known.2);
        let parts = built.split_off(built.len() - part.parts);
        let fields = vec![
            PyInt::from_i64(shape).into_obj(),
            PyInt::from_i64(quantity).into_obj(),
            part.name.as_deref().map_or_else(none, |name| PyStr::new(name).into_obj()),
            PyTuple::from_vec(parts).into_obj(),
        ];
        built.push(PyTuple::from_vec(fields).into_obj());
    }
    built.pop().ok_or_else(|| raised!(SystemError, "a content model has no parts"))
}
