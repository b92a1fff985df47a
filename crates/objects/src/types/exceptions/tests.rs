//! Exceptions and groups of them, without an interpreter.

use super::{PyBaseException, new_group, prep_reraise_star};
use crate::errors;
use crate::prelude::*;
use crate::testing::with_interpreter;

fn shown(object: &PyObject) -> String {
    object::repr(object).expect("a repr").to_string_lossy().into_owned()
}

fn text(object: &PyObject) -> String {
    object::str(object).expect("a str").to_string_lossy().into_owned()
}

fn made(exc: Exc, message: &str) -> Obj {
    PyBaseException::with_message(exc, message).expect("an exception").into_obj()
}

#[test]
fn messages_are_shown() {
    with_interpreter(|| {
        let exception = errors::take(raised!(TypeError, "spam {}", 1));
        assert_eq!(shown(&exception), "TypeError('spam 1')");
        let exception = errors::take(errors::set_key_error(&PyStr::new("k")));
        assert_eq!(text(&exception), "'k'");
        let value = object::get_attr(&exception, intern!("args")).expect("args");
        assert_eq!(shown(&value), "('k',)");
    });
}

#[test]
fn groups_are_split_and_put_together() {
    with_interpreter(|| {
        let members = PyTuple::from_vec(vec![made(Exc::ValueError, "a"), made(Exc::TypeError, "b")]);
        let group = new_group(&PyStr::new("two"), &members).expect("a group");
        assert_eq!(text(&group), "two (2 sub-exceptions)");
        let wanted = Exc::ValueError.type_object();
        let pair = call::method(&group, intern!("split"), &[wanted]).expect("two halves");
        assert_eq!(
            shown(&pair),
            "(ExceptionGroup('two', [ValueError('a')]), ExceptionGroup('two', [TypeError('b')]))"
        );
        let rest = pair.downcast::<PyTuple>().expect("a tuple").get(1).owned();
        let left = prep_reraise_star(&group, &PyList::from_vec(vec![none(), rest])).expect("the rest");
        assert_eq!(shown(&left), "ExceptionGroup('two', [TypeError('b')])");
        let wrong = call::method(&group, intern!("split"), &[&PyStr::new("x")]).expect_err("no matcher");
        assert!(text(&errors::take(wrong)).starts_with("expected an exception type"));
    });
}
