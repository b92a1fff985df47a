//! `_typing`: the types that `typing` is built on.

use taipan_macros::pymodule;

/// Primitives and accelerators for the typing module.
#[pymodule(name = "_typing")]
pub mod typing {
    use taipan_objects::prelude::*;
    use taipan_objects::types::typing::{
        PyGeneric, PyParamSpec, PyParamSpecArgs, PyParamSpecKwargs, PyTypeAliasType, PyTypeVar,
        PyTypeVarTuple, no_default,
    };
    use taipan_objects::types::union::PyUnion;

    #[pyfunction(signature = "(x, /)")]
    pub fn _idfunc(x: &PyObject) -> Obj {
        x.owned()
    }

    #[exec]
    fn exec(module: &PyModule) -> PyResult<()> {
        let types = [
            PyTypeVar::type_object(),
            PyTypeVarTuple::type_object(),
            PyParamSpec::type_object(),
            PyParamSpecArgs::type_object(),
            PyParamSpecKwargs::type_object(),
            PyGeneric::type_object(),
            PyTypeAliasType::type_object(),
            PyUnion::type_object(),
        ];
        types.iter().try_for_each(|class| module.add_type(class))?;
        module.add("NoDefault", &no_default())
    }
}
