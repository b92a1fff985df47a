//! Weak references and the collector.

use super::{PyWeakRef, count, new_proxy};
use crate::errors;
use crate::gc;
use crate::prelude::*;
use crate::testing::with_interpreter;

#[test]
fn references_die_with_their_object() {
    with_interpreter(|| {
        let class = call::call(
            crate::types::r#type::type_type(),
            &[&PyStr::new("Spam"), &PyTuple::empty(), &PyDict::new()],
        )
        .expect("a class");
        let spam = call::call(&class, &[]).expect("an instance");
        let reference = PyWeakRef::new(&spam, None).expect("a reference");
        assert!(reference.upgrade().is_some_and(|target| target.is(&spam)));
        assert_eq!(count(&spam), 1);
        let proxy = new_proxy(&spam, None).expect("a proxy");
        object::set_attr(&proxy, intern!("me"), Some(&spam)).expect("an attribute");
        drop(spam);
        assert!(reference.upgrade().is_some());
        assert!(gc::collect(2) >= 1);
        assert!(reference.upgrade().is_none());
        let gone = object::get_attr(&proxy, intern!("me")).expect_err("gone");
        assert_eq!(
            object::str(&errors::take(gone)).expect("a str").to_string_lossy(),
            "weakly-referenced object no longer exists"
        );
    });
}
