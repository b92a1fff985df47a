//! `_tuplegetter`: the descriptor of a named tuple's field.

use taipan_objects::model::ToPy;
use taipan_objects::prelude::*;

#[pytype(name = "collections._tuplegetter", gc, parts(METHODS))]
pub struct PyTupleGetter {
    ob_base: PyObject,
    index: isize,
    #[member(name = "__doc__")]
    doc: ObjCell,
}

#[pymethods(METHODS)]
impl PyTupleGetter {
    #[new(signature = "(index, doc, /)")]
    fn py_new(cls: &TypeObject, index: isize, doc: &PyObject) -> PyResult<Py<PyTupleGetter>> {
        let getter = PyTupleGetter { ob_base: PyObject::EMPTY, index, doc: ObjCell::new(Some(doc.owned())) };
        taipan_objects::memory::new_in(cls, getter)
    }

    /// The field's place.
    pub fn index(&self) -> isize {
        self.index
    }

    #[slot(tp_descr_get)]
    fn get(&self, instance: Option<&PyObject>, _owner: Option<&PyObject>) -> PyResult {
        let Some(instance) = instance else { return Ok(self.owned()) };
        let Some(tuple) = instance.downcast::<PyTuple>() else {
            if instance.is_none() {
                return Ok(self.owned());
            }
            let (index, name) = (self.index, instance.class().name());
            return Err(raised!(
                TypeError,
                "descriptor for index '{index}' for tuple subclasses doesn't apply to '{name}' object"
            ));
        };
        match tuple.as_slice().get(self.index as usize) {
            Some(item) if self.index >= 0 => Ok(item.owned()),
            _ => Err(raised!(IndexError, "tuple index out of range")),
        }
    }

    #[slot(tp_descr_set)]
    fn set(&self, _instance: &PyObject, value: Option<&PyObject>) -> PyResult<()> {
        let what = if value.is_some() { "set" } else { "delete" };
        Err(raised!(AttributeError, "can't {what} attribute"))
    }

    #[pymethod(name = "__reduce__")]
    fn reduce(&self) -> PyResult {
        let arguments = (self.index, self.doc.get().unwrap_or_else(none)).to_py()?;
        (self.class(), arguments).to_py()
    }

    #[slot(tp_repr)]
    fn repr(&self) -> PyResult<Py<PyStr>> {
        let doc = object::repr(&self.doc.get().unwrap_or_else(none))?;
        let mut text = taipan_kernels::text::TextBuilder::with_capacity(32);
        text.push_ascii(format!("{}({}, ", self.class().short_name(), self.index).as_bytes());
        doc.append_to(&mut text);
        text.push_ascii(b")");
        PyStr::try_from_builder(text)
    }
}
