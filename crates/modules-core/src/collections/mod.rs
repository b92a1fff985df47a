//! `_collections`: deque, defaultdict, OrderedDict and the helpers of `collections`.

pub mod count;
pub mod defaultdict;
pub mod deque;
pub mod deque_methods;
pub mod tuplegetter;

use taipan_macros::pymodule;

/// High performance data structures.
/// - deque:        ordered collection accessible from endpoints only
/// - defaultdict:  dict subclass with a default value factory
#[pymodule(name = "_collections")]
pub mod module {
    use super::defaultdict::PyDefaultDict;
    use super::deque::{PyDeque, PyDequeIterator, PyDequeReverseIterator};
    use super::tuplegetter::PyTupleGetter;
    use taipan_objects::prelude::*;
    use taipan_objects::types::odict::PyOdict;

    /// Count elements in the iterable, updating the mapping
    #[pyfunction(signature = "(mapping, iterable, /)")]
    pub fn _count_elements(mapping: &PyObject, iterable: &PyObject) -> PyResult<()> {
        super::count::count_elements(mapping, iterable)
    }

    #[exec]
    fn exec(module: &PyModule) -> PyResult<()> {
        module.add("deque", PyDeque::type_object())?;
        module.add("defaultdict", PyDefaultDict::type_object())?;
        module.add("OrderedDict", PyOdict::type_object())?;
        module.add("_deque_iterator", PyDequeIterator::type_object())?;
        module.add("_deque_reverse_iterator", PyDequeReverseIterator::type_object())?;
        module.add("_tuplegetter", PyTupleGetter::type_object())
    }
}
