//! The table of the crate's static types, which `types::type::init` makes ready. Every static type must stand here.

use crate::model::spec::StaticType;

/// Every static type but the exceptions, which have a table of their own.
pub static STATIC_TYPES: &[&StaticType] = &[
    &super::object::PyBaseObject_Type,
    &super::r#type::PyType_Type,
    &super::super_type::PySuper_Type,
    &super::bool::PyBool_Type,
    &super::builtin::PyCFunction_Type,
    &super::builtin::PyCMethod_Type,
    &super::bytearray::PyByteArray_Type,
    &super::bytes::PyBytes_Type,
    &super::capsule::PyCapsule_Type,
    &super::cell::PyCell_Type,
    &super::code::PyCode_Type,
    &super::complex::PyComplex_Type,
    &super::descriptors::PyClassMethodDescr_Type,
    &super::descriptors::PyClassMethod_Type,
    &super::descriptors::PyStaticMethod_Type,
    &super::descriptors::PyGetSetDescr_Type,
    &super::descriptors::PyDictProxy_Type,
    &super::descriptors::PyMemberDescr_Type,
    &super::descriptors::PyMethodDescr_Type,
    &super::descriptors::PyProperty_Type,
    &super::descriptors::PyWrapperDescr_Type,
    &super::descriptors::_PyMethodWrapper_Type,
    &super::dict::PyDict_Type,
    &super::float::PyFloat_Type,
    &super::function::PyFunction_Type,
    &super::int::PyLong_Type,
    &super::list::PyList_Type,
    &super::method::PyMethod_Type,
    &super::method::PyInstanceMethod_Type,
    &super::module::PyModule_Type,
    &super::range::PyRange_Type,
    &super::set::PySet_Type,
    &super::set::PyFrozenSet_Type,
    &super::singletons::_PyNone_Type,
    &super::singletons::PyEllipsis_Type,
    &super::singletons::_PyNotImplemented_Type,
    &super::slice::PySlice_Type,
    &super::str::PyUnicode_Type,
    &super::str::iterator::PyUnicodeIter_Type,
    &super::str::iterator::_PyUnicodeASCIIIter_Type,
    &super::template::_PyInterpolation_Type,
    &super::template::_PyTemplateIter_Type,
    &super::template::_PyTemplate_Type,
    &super::traceback::PyTraceBack_Type,
    &super::tuple::PyTuple_Type,
    &super::weakref::_PyWeakref_ProxyType,
    &super::weakref::_PyWeakref_CallableProxyType,
    &super::weakref::_PyWeakref_RefType,
];

/// All of them.
pub fn all() -> impl Iterator<Item = &'static StaticType> {
    STATIC_TYPES.iter().chain(super::exceptions::static_types()).copied()
}
