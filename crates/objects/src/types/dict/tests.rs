//! Dictionaries against a model, key sharing, walking.

use super::*;
use crate::model::thread;
use crate::protocols::object;
use crate::testing::with_interpreter;
use crate::types::int::PyInt;
use crate::types::object::object_type;

fn text(number: usize) -> Py<PyStr> {
    PyStr::new(&format!("key{number}"))
}

/// A small generator of pseudo-random numbers.
fn next_random(state: &mut u64) -> usize {
    *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    (*state >> 33) as usize
}

fn check_against_model(key: impl Fn(usize) -> Obj) {
    let (dict, mut model, mut state) = (PyDict::new(), Vec::<(usize, i64)>::new(), 1);
    for step in 0..4000i64 {
        let number = next_random(&mut state) % 200;
        let name = key(number);
        match next_random(&mut state) % 4 {
            0 => {
                let found = dict.pop(&name).expect("pop").is_some();
                let before = model.len();
                model.retain(|(k, _)| *k != number);
                assert_eq!(found, model.len() < before);
            }
            1 if step % 97 == 0 => {
                let last = dict.pop_last().expect("popitem");
                assert_eq!(last.is_some(), model.pop().is_some());
            }
            _ => {
                dict.set_item(&name, &PyInt::from_i64(step)).expect("set");
                match model.iter_mut().find(|(k, _)| *k == number) {
                    Some((_, value)) => *value = step,
                    None => model.push((number, step)),
                }
            }
        }
        assert_eq!(dict.len(), model.len());
    }
    for copy in [dict.copy().expect("copy"), dict] {
        let items = copy.items_snapshot();
        assert_eq!(items.len(), model.len());
        for ((name, value), (number, expected)) in items.iter().zip(&model) {
            assert!(object::compare_bool(name, &key(*number), crate::model::CompareOp::Eq).expect("eq"));
            assert_eq!(value.downcast::<PyInt>().and_then(PyInt::to_i64), Some(*expected));
        }
    }
}

#[test]
fn strings_and_integers_as_keys() {
    with_interpreter(|| {
        check_against_model(|number| text(number).into_obj());
        check_against_model(|number| PyInt::from_i64(number as i64 * 1000).into_obj());
        check_against_model(|number| {
            if number % 2 == 0 { text(number).into_obj() } else { PyInt::from_i64(number as i64).into_obj() }
        });
    });
}

#[test]
fn sizes_are_those_of_cpython() {
    with_interpreter(|| {
        let dict = PyDict::new();
        let mut sizes = vec![dict.size_in_bytes() + 16];
        for number in 0..171 {
            dict.set_item(&text(number), &PyInt::from_i64(0)).expect("set");
            let size = dict.size_in_bytes() + 16;
            if sizes.last() != Some(&size) {
                sizes.push(size);
            }
        }
        assert_eq!(sizes, [64, 184, 272, 464, 832, 1584, 3328, 6576]);
    });
}

#[test]
fn instances_share_keys() {
    with_interpreter(|| {
        let class = crate::types::r#type::new_class("C", &[object_type().as_object()], &PyDict::new())
            .expect("a class");
        let class = class.downcast::<TypeObject>().expect("a type");
        let (a, b) = (PyStr::intern(PyStr::new("a")), PyStr::intern(PyStr::new("b")));
        let one = PyInt::from_i64(1);
        let first = crate::protocols::call::call(class, &[]).expect("an instance");
        object::set_attr(&first, &a, Some(&one)).expect("set");
        assert_eq!(cache::shared_index(class, &a), Some(0));
        let dict = instance::dict(&first).expect("dict");
        assert_eq!(dict.len(), 1);
        // The dictionary and the instance are two views of the same values.
        object::set_attr(&first, &b, Some(&one)).expect("set");
        assert_eq!(dict.len(), 2);
        assert!(dict.pop(&a).expect("pop").is_some());
        assert!(object::get_optional_attr(&first, &a).expect("get").is_none());
        // A key that is no string ends the sharing.
        dict.set_item(&one, &one).expect("set");
        object::set_attr(&first, &a, Some(&one)).expect("set");
        assert_eq!(dict.len(), 3);
        let second = crate::protocols::call::call(class, &[]).expect("an instance");
        object::set_attr(&second, &b, Some(&one)).expect("set");
        let kept = instance::dict(&second).expect("dict");
        drop(second);
        assert_eq!(kept.len(), 1);
        assert!(kept.get_str(&b).expect("get").is_some_and(|value| value.is(&one)));
        let many = crate::protocols::call::call(class, &[]).expect("an instance");
        for number in 0..60 {
            object::set_attr(&many, &PyStr::intern(text(number)), Some(&one)).expect("set");
        }
        assert_eq!(instance::dict(&many).expect("dict").len(), 60);
    });
}

#[test]
fn versions_change_with_keys_only() {
    with_interpreter(|| {
        let _ = thread::current();
        let dict = PyDict::new();
        dict.set_item(&text(1), &text(1)).expect("set");
        let version = cache::keys_version(&dict);
        dict.set_item(&text(1), &text(2)).expect("set");
        assert_eq!(cache::current_version(&dict), version);
        dict.set_item(&text(2), &text(2)).expect("set");
        assert_ne!(cache::keys_version(&dict), version);
        assert_eq!(cache::index_of(&dict, &text(2)), Some(1));
    });
}

#[test]
fn walking_notices_changes() {
    with_interpreter(|| {
        let dict = PyDict::new();
        for number in 0..3 {
            dict.set_item(&text(number), &text(number)).expect("set");
        }
        let keys = PyDictKeyIterator::new(&dict);
        assert!(keys.advance().expect("first").is_some());
        dict.set_item(&text(9), &text(9)).expect("set");
        let raised = keys.advance().expect_err("changed");
        crate::errors::clear(raised);
        let items = PyDictReverseItemIterator::new(&dict);
        let mut count = 0;
        while items.advance().expect("next").is_some() {
            count += 1;
        }
        assert_eq!(count, 4);
    });
}
