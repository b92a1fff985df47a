//! `_types`: the built-in types that have no name elsewhere.

use taipan_macros::pymodule;

/// Define names for built-in types.
#[pymodule(name = "_types")]
pub mod types {
    use taipan_interpreter::frames::PyFrame;
    use taipan_interpreter::generators::{PyAsyncGenerator, PyCoroutine, PyGenerator};
    use taipan_objects::prelude::*;
    use taipan_objects::types::builtin::PyBuiltin;
    use taipan_objects::types::capsule::PyCapsule;
    use taipan_objects::types::cell::PyCell;
    use taipan_objects::types::code::PyCode;
    use taipan_objects::types::descriptors::{
        PyClassMethodDescr, PyGetSetDescr, PyMappingProxy, PyMemberDescr, PyMethodDescr, PyMethodWrapper,
        PyWrapperDescr,
    };
    use taipan_objects::types::function::PyFunction;
    use taipan_objects::types::genericalias::PyGenericAlias;
    use taipan_objects::types::method::PyMethod;
    use taipan_objects::types::namespace::PyNamespace;
    use taipan_objects::types::traceback::PyTraceback;
    use taipan_objects::types::union::PyUnion;

    #[exec]
    fn exec(module: &PyModule) -> PyResult<()> {
        let ellipsis = taipan_objects::model::ellipsis();
        let not_implemented = not_implemented();
        let named: [(&str, &TypeObject); 27] = [
            ("AsyncGeneratorType", PyAsyncGenerator::type_object()),
            ("BuiltinFunctionType", PyBuiltin::type_object()),
            ("BuiltinMethodType", PyBuiltin::type_object()),
            ("CapsuleType", PyCapsule::type_object()),
            ("CellType", PyCell::type_object()),
            ("ClassMethodDescriptorType", PyClassMethodDescr::type_object()),
            ("CodeType", PyCode::type_object()),
            ("CoroutineType", PyCoroutine::type_object()),
            ("EllipsisType", ellipsis.class()),
            ("FrameType", PyFrame::type_object()),
            ("FunctionType", PyFunction::type_object()),
            ("GeneratorType", PyGenerator::type_object()),
            ("GenericAlias", PyGenericAlias::type_object()),
            ("GetSetDescriptorType", PyGetSetDescr::type_object()),
            ("LambdaType", PyFunction::type_object()),
            ("MappingProxyType", PyMappingProxy::type_object()),
            ("MemberDescriptorType", PyMemberDescr::type_object()),
            ("MethodDescriptorType", PyMethodDescr::type_object()),
            ("MethodType", PyMethod::type_object()),
            ("MethodWrapperType", PyMethodWrapper::type_object()),
            ("ModuleType", PyModule::type_object()),
            ("NoneType", none_ref().class()),
            ("NotImplementedType", not_implemented.class()),
            ("SimpleNamespace", PyNamespace::type_object()),
            ("TracebackType", PyTraceback::type_object()),
            ("UnionType", PyUnion::type_object()),
            ("WrapperDescriptorType", PyWrapperDescr::type_object()),
        ];
        named.iter().try_for_each(|(name, class)| module.add(name, class))
    }
}
