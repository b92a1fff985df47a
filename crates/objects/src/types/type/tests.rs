//! Types made ready, classes made by hand.

use super::*;
use crate::model::{ObjectExt, PyType};
use crate::testing::with_interpreter;
use crate::types::object::object_type;

fn has(class: &TypeObject, name: &str) -> bool {
    cache::get_own(class, &PyStr::intern(PyStr::new(name))).is_some()
}

#[test]
fn built_in_types_are_ready() {
    with_interpreter(|| {
        for ty in crate::types::static_types::all() {
            let class = ty.get();
            assert!(class.has_flag(Py_TPFLAGS_READY), "{}", class.name());
            assert!(class.mro().last().is_some_and(|last| last.is(object_type())), "{}", class.name());
        }
        for name in ["__new__", "__repr__", "__eq__", "__init__", "__reduce_ex__", "__class__", "__doc__"] {
            assert!(has(object_type(), name), "object.{name}");
        }
        assert!(has(PyDict::type_object(), "__len__"));
        let text = object::repr(PyDict::type_object()).expect("repr");
        assert!(text.eq_str("<class 'dict'>"));
    });
}

#[test]
fn a_class_and_its_instance() {
    with_interpreter(|| {
        let dict = PyDict::new();
        let class = new_class("C", &[object_type().as_object()], &dict).expect("a class");
        let class = class.downcast::<TypeObject>().expect("a type");
        let instance = crate::protocols::call::call(class, &[]).expect("an instance");
        let name = intern!("colour");
        object::set_attr(&instance, name, Some(&PyStr::new("red"))).expect("set");
        let value = object::get_attr(&instance, name).expect("get");
        assert!(value.downcast::<PyStr>().is_some_and(|text| text.eq_str("red")));
        object::set_attr(&instance, name, None).expect("delete");
        assert!(object::get_optional_attr(&instance, name).expect("look").is_none());
        let missing = object::get_attr(&instance, name).expect_err("gone");
        let text = object::str(&crate::errors::take(missing)).expect("message");
        assert!(text.eq_str("'C' object has no attribute 'colour'"), "{text}");
    });
}

#[test]
fn changes_of_a_base_reach_derived_classes() {
    with_interpreter(|| {
        let base = new_class("B", &[], &PyDict::new()).expect("a class");
        let derived = new_class("D", &[&base], &PyDict::new()).expect("a class");
        let (base, derived) =
            (base.downcast::<TypeObject>().expect("type"), derived.downcast::<TypeObject>().expect("type"));
        assert!(lookup(derived, intern!("x")).is_none());
        let version = assign_version(derived);
        object::set_attr(base, intern!("x"), Some(&PyStr::new("y"))).expect("set");
        assert!(lookup(derived, intern!("x")).is_some());
        assert_ne!(assign_version(derived), version);
    });
}
