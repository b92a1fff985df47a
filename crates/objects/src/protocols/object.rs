//! Operations on any object: attributes, comparison, hash, text, items.

use crate::model::{CompareOp, Obj, Py, PyObject, PyResult, TypeObject};
use crate::types::str::PyStr;

/// `getattr(object, name)`.
pub fn get_attr(object: &PyObject, name: &PyStr) -> PyResult {
    let _ = (object, name);
    todo!()
}

/// `getattr(object, name)`, `None` where it raises `AttributeError` (`PyObject_GetOptionalAttr`); raises nothing internally where the generic look-up fails.
pub fn get_optional_attr(object: &PyObject, name: &PyStr) -> PyResult<Option<Obj>> {
    let _ = (object, name);
    todo!()
}

/// `hasattr`, passing on errors other than `AttributeError`.
pub fn has_attr(object: &PyObject, name: &PyStr) -> PyResult<bool> {
    let _ = (object, name);
    todo!()
}

/// `setattr(object, name, value)`; `None` deletes.
pub fn set_attr(object: &PyObject, name: &PyStr, value: Option<&PyObject>) -> PyResult<()> {
    let _ = (object, name, value);
    todo!()
}

/// The generic `tp_getattro` (`PyObject_GenericGetAttr`).
pub fn generic_get_attr(object: &PyObject, name: &PyStr) -> PyResult {
    let _ = (object, name);
    todo!()
}

/// The generic `tp_setattro`; `None` deletes.
pub fn generic_set_attr(object: &PyObject, name: &PyStr, value: Option<&PyObject>) -> PyResult<()> {
    let _ = (object, name, value);
    todo!()
}

/// A special method looked up on the type and bound (`_PyObject_LookupSpecial`); `None` where there is none.
pub fn lookup_special(object: &PyObject, name: &PyStr) -> PyResult<Option<Obj>> {
    let _ = (object, name);
    todo!()
}

/// `repr(object)`.
pub fn repr(object: &PyObject) -> PyResult<Py<PyStr>> {
    let _ = object;
    todo!()
}

/// `str(object)`.
pub fn str(object: &PyObject) -> PyResult<Py<PyStr>> {
    let _ = object;
    todo!()
}

/// `ascii(object)`.
pub fn ascii(object: &PyObject) -> PyResult<Py<PyStr>> {
    let _ = object;
    todo!()
}

/// `bytes(object)`.
pub fn bytes(object: &PyObject) -> PyResult {
    let _ = object;
    todo!()
}

/// `format(object, spec)`; no specification is the empty one.
pub fn format(object: &PyObject, spec: Option<&PyStr>) -> PyResult<Py<PyStr>> {
    let _ = (object, spec);
    todo!()
}

/// `hash(object)`; never -1.
pub fn hash(object: &PyObject) -> PyResult<isize> {
    let _ = object;
    todo!()
}

/// Truth.
pub fn is_true(object: &PyObject) -> PyResult<bool> {
    let _ = object;
    todo!()
}

/// `a OP b` (`PyObject_RichCompare`).
pub fn compare(a: &PyObject, b: &PyObject, op: CompareOp) -> PyResult {
    let _ = (a, b, op);
    todo!()
}

/// `a OP b` as truth; identity decides `==` and `!=` first (`PyObject_RichCompareBool`).
pub fn compare_bool(a: &PyObject, b: &PyObject, op: CompareOp) -> PyResult<bool> {
    let _ = (a, b, op);
    todo!()
}

/// `object[key]`.
pub fn get_item(object: &PyObject, key: &PyObject) -> PyResult {
    let _ = (object, key);
    todo!()
}

/// `object[key] = value`; `None` deletes.
pub fn set_item(object: &PyObject, key: &PyObject, value: Option<&PyObject>) -> PyResult<()> {
    let _ = (object, key, value);
    todo!()
}

/// `len(object)`.
pub fn len(object: &PyObject) -> PyResult<usize> {
    let _ = object;
    todo!()
}

/// `len(object)`, else `__length_hint__`, else `default`.
pub fn length_hint(object: &PyObject, default: usize) -> PyResult<usize> {
    let _ = (object, default);
    todo!()
}

/// `isinstance(object, class)`.
pub fn is_instance(object: &PyObject, class: &PyObject) -> PyResult<bool> {
    let _ = (object, class);
    todo!()
}

/// `issubclass(derived, class)`.
pub fn is_subclass(derived: &PyObject, class: &PyObject) -> PyResult<bool> {
    let _ = (derived, class);
    todo!()
}

/// `dir(object)`.
pub fn dir(object: &PyObject) -> PyResult {
    let _ = object;
    todo!()
}

/// Whether it can be called.
pub fn is_callable(object: &PyObject) -> bool {
    let _ = object;
    todo!()
}

/// The instance dictionary, made now if the type has one; `None` where instances have none (`_PyObject_GetDictPtr`).
pub fn instance_dict(object: &PyObject) -> PyResult<Option<Obj>> {
    let _ = object;
    todo!()
}

/// `object.__module__.__qualname__` of a type, without `builtins.` (`PyType_GetFullyQualifiedName`).
pub fn fully_qualified_name(class: &TypeObject) -> PyResult<String> {
    let _ = class;
    todo!()
}

/// `'%R'`-style entry to recursive reprs: false where `object` is already being shown in this thread.
pub fn repr_enter(object: &PyObject) -> PyResult<bool> {
    let _ = object;
    todo!()
}

/// Ends what `repr_enter` began.
pub fn repr_leave(object: &PyObject) {
    let _ = object;
    todo!()
}
