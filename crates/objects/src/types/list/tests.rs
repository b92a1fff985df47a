//! Lists and their sort.

use super::*;
use crate::model::CompareOp;
use crate::protocols::object;
use crate::testing::with_interpreter;
use crate::types::float::PyFloat;
use crate::types::int::PyInt;
use crate::types::set::PySet;
use crate::types::str::PyStr;

fn next_random(state: &mut u64) -> u64 {
    *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    *state >> 33
}

/// Numbers with runs, repeats and disorder.
fn numbers(count: usize, state: &mut u64) -> Vec<i64> {
    let mut numbers = Vec::new();
    while numbers.len() < count {
        let (start, length) = (next_random(state) % 1000, next_random(state) as i64 % 90);
        match next_random(state) % 3 {
            0 => numbers.extend((0..length).map(|i| start as i64 + i)),
            1 => numbers.extend((0..length).map(|i| start as i64 - i)),
            _ => numbers.extend((0..length).map(|_| next_random(state) as i64 % 500)),
        }
    }
    numbers.truncate(count);
    numbers
}

fn check_sorted(make: impl Fn(i64) -> Obj) {
    let mut state = 7;
    for count in [0, 1, 2, 3, 10, 63, 64, 65, 100, 1000, 5000] {
        for reverse in [false, true] {
            let mut expected = numbers(count, &mut state);
            let list = PyList::from_vec(expected.iter().map(|&n| make(n)).collect());
            sort::sort(&list, None, reverse).expect("sort");
            expected.sort_unstable();
            if reverse {
                expected.reverse();
            }
            assert_eq!(list.len(), count);
            for (item, number) in list.to_vec().iter().zip(expected) {
                assert!(object::compare_bool(item, &make(number), CompareOp::Eq).expect("eq"));
            }
        }
    }
}

#[test]
fn sorting() {
    with_interpreter(|| {
        check_sorted(|n| PyInt::from_i64(n).into_obj());
        check_sorted(|n| PyInt::from_i64(n << 40).into_obj());
        check_sorted(|n| PyFloat::new(n as f64).into_obj());
        check_sorted(|n| PyStr::new(&format!("{:06}", n + 2000)).into_obj());
        check_sorted(|n| PyStr::new(&format!("€{:06}", n + 2000)).into_obj());
        check_sorted(|n| {
            PyTuple::pair(PyInt::from_i64(n / 8).into_obj(), PyInt::from_i64(n).into_obj()).into_obj()
        });
    });
}

#[test]
fn a_sort_that_fails_loses_nothing() {
    with_interpreter(|| {
        let mut state = 3;
        let mut items: Vec<Obj> =
            numbers(500, &mut state).into_iter().map(|n| PyInt::from_i64(n).into_obj()).collect();
        items.insert(333, PyStr::new("x").into_obj());
        let list = PyList::from_vec(items);
        let raised = list.sort().expect_err("not comparable");
        crate::errors::clear(raised);
        assert_eq!(list.len(), 501);
        assert_eq!(list.to_vec().iter().filter(|item| item.downcast::<PyStr>().is_some()).count(), 1);
    });
}

#[test]
fn growth_is_that_of_cpython() {
    with_interpreter(|| {
        let list = PyList::new();
        let mut capacities = vec![];
        for number in 0..100 {
            list.append(PyInt::from_i64(number).into_obj()).expect("append");
            if capacities.last() != Some(&list.capacity()) {
                capacities.push(list.capacity());
            }
        }
        assert_eq!(capacities, [4, 8, 16, 24, 32, 40, 52, 64, 76, 92, 108]);
        list.set_slice(10, 90, vec![PyInt::from_i64(-1).into_obj()]).expect("slice");
        assert_eq!(list.len(), 21);
        list.extend(&list).expect("extend with itself");
        assert_eq!(list.len(), 42);
    });
}

#[test]
fn sets_hold_what_was_added() {
    with_interpreter(|| {
        let (set, mut model, mut state) = (PySet::new(), std::collections::BTreeSet::new(), 5);
        for _ in 0..5000 {
            let number = next_random(&mut state) as i64 % 700;
            let key = PyInt::from_i64(number * 8);
            if next_random(&mut state).is_multiple_of(3) {
                assert_eq!(set.discard(&key).expect("discard"), model.remove(&number));
            } else {
                assert_eq!(set.add(&key).expect("add"), model.insert(number));
            }
            assert_eq!(set.len(), model.len());
        }
        for number in 0..700 {
            let there = set.contains(&PyInt::from_i64(number * 8)).expect("contains");
            assert_eq!(there, model.contains(&number));
        }
        while set.pop().is_some() {}
        assert!(set.is_empty());
    });
}
