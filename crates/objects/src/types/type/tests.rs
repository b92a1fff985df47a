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

#[test]
fn special_methods_of_native_types_can_be_called_and_inherited() {
    with_interpreter(|| {
        let dict = PyDict::new();
        let name = PyStr::new("x");
        let pair = crate::protocols::call::method(&dict, intern!("__setitem__"), &[&name, &name]);
        assert!(pair.is_ok_and(|none| none.is_none()));
        assert_eq!(dict.len(), 1);
        let class = new_class("D", &[PyDict::type_object().as_object()], &PyDict::new()).expect("a class");
        let class = class.downcast::<TypeObject>().expect("type");
        assert_eq!(
            class.mp_subscript().map(|f| f as usize),
            PyDict::type_object().mp_subscript().map(|f| f as usize)
        );
        // A Python method in place of the native one: the slot looks it up from now on.
        let len = object::get_attr(PyDict::type_object(), intern!("__len__")).expect("a wrapper");
        object::set_attr(class, intern!("__len__"), Some(&len)).expect("set");
        assert_eq!(
            class.mp_length().map(|f| f as usize),
            PyDict::type_object().mp_length().map(|f| f as usize)
        );
        object::set_attr(class, intern!("__len__"), Some(&PyStr::new("no"))).expect("set");
        assert_eq!(class.mp_length().map(|f| f as usize), Some(generic::length as *const () as usize));
        object::set_attr(class, intern!("__len__"), None).expect("delete");
        assert_eq!(
            class.mp_length().map(|f| f as usize),
            PyDict::type_object().mp_length().map(|f| f as usize)
        );
    });
}

#[test]
fn slots_are_members_and_layouts_conflict() {
    with_interpreter(|| {
        let slotted = |name: &str, slots: &[&str]| {
            let dict = PyDict::new();
            let names: Vec<_> = slots.iter().map(|slot| PyStr::new(slot).into_obj()).collect();
            dict.set_item(intern!("__slots__"), &PyTuple::from_vec(names)).expect("set");
            new_class(name, &[], &dict).expect("a class")
        };
        let (a, b) = (slotted("A", &["x", "y"]), slotted("B", &["z"]));
        let class = a.downcast::<TypeObject>().expect("type");
        assert_eq!(class.tp_basicsize(), 32);
        let instance = crate::protocols::call::call(&a, &[]).expect("an instance");
        object::set_attr(&instance, intern!("y"), Some(&a)).expect("set");
        assert!(object::get_attr(&instance, intern!("y")).expect("get").is(&a));
        assert!(object::get_optional_attr(&instance, intern!("x")).expect("look").is_none());
        assert!(
            object::set_attr(&instance, intern!("other"), Some(&a)).map_err(crate::errors::clear).is_err()
        );
        let conflict = new_class("C", &[&a, &b], &PyDict::new()).expect_err("no layout");
        let text = object::str(&crate::errors::take(conflict)).expect("message");
        assert!(text.eq_str("multiple bases have instance lay-out conflict"), "{text}");
    });
}

#[test]
fn orders_follow_c3() {
    with_interpreter(|| {
        let class = |name: &str, bases: &[&PyObject]| new_class(name, bases, &PyDict::new());
        let a = class("A", &[]).expect("A");
        let b = class("B", &[&a]).expect("B");
        let c = class("C", &[&a]).expect("C");
        let d = class("D", &[&b, &c]).expect("D");
        let order: Vec<String> =
            d.downcast::<TypeObject>().expect("type").mro().iter().map(|ty| ty.name().to_owned()).collect();
        assert_eq!(order, ["D", "B", "C", "A", "object"]);
        let wrong = class("E", &[&a, &b]).expect_err("no order");
        let text = object::str(&crate::errors::take(wrong)).expect("message");
        assert!(
            text.eq_str("Cannot create a consistent method resolution order (MRO) for bases A, B"),
            "{text}"
        );
    });
}
