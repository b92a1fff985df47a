//! The iterator behind `*tuple[int]`: gives the starred alias once.

use crate::model::{Obj, ObjCell, ObjectExt, Py, PyObject, PyResult, ToPy};
use crate::types::tuple::PyTuple;
use taipan_macros::{pymethods, pytype};

#[pytype(name = "generic_alias_iterator", exported = PyGenericAliasIterator_Type, gc, flags(DISALLOW_INSTANTIATION), parts(METHODS))]
pub struct GenericAliasIterator {
    ob_base: PyObject,
    alias: ObjCell,
}

impl GenericAliasIterator {
    /// An iterator over one alias.
    pub(super) fn new(alias: Obj) -> Py<GenericAliasIterator> {
        crate::memory::new(GenericAliasIterator {
            ob_base: PyObject::EMPTY,
            alias: ObjCell::new(Some(alias)),
        })
    }
}

#[pymethods(METHODS)]
impl GenericAliasIterator {
    #[slot(tp_iter)]
    fn iter(&self) -> PyResult {
        Ok(self.owned())
    }

    #[slot(tp_iternext)]
    fn next(&self) -> PyResult<Option<Obj>> {
        Ok(self.alias.take())
    }

    #[pymethod(name = "__reduce__")]
    fn reduce(&self) -> PyResult {
        let iter = crate::types::builtin::builtin_function("iter")?;
        match self.alias.get().as_deref().and_then(|alias| alias.downcast::<super::PyGenericAlias>()) {
            Some(alias) => (iter, (super::new(&alias.origin, &alias.args)?,)).to_py(),
            None => (iter, (PyTuple::empty(),)).to_py(),
        }
    }
}
