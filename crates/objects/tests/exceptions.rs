//! Exceptions, groups of them and weak references, without an interpreter.

use taipan_objects::errors;
use taipan_objects::gc;
use taipan_objects::model::thread::{InterpreterState, ThreadState, swap_current};
use taipan_objects::prelude::*;
use taipan_objects::types::exceptions::{PyBaseException, new_group, prep_reraise_star};
use taipan_objects::types::weakref::{self, PyWeakRef};

fn shown(object: &PyObject) -> String {
    object::repr(object).expect("a repr").to_string_lossy().into_owned()
}

fn text(object: &PyObject) -> String {
    object::str(object).expect("a str").to_string_lossy().into_owned()
}

fn made(exc: Exc, message: &str) -> Obj {
    PyBaseException::with_message(exc, message).expect("an exception").into_obj()
}

fn messages() {
    let exception = errors::take(raised!(TypeError, "spam {}", 1));
    assert_eq!(shown(&exception), "TypeError('spam 1')");
    let exception = errors::take(errors::set_key_error(&PyStr::new("k")));
    assert_eq!(text(&exception), "'k'");
    let value = object::get_attr(&exception, intern!("args")).expect("args");
    assert_eq!(shown(&value), "('k',)");
}

fn groups() {
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
}

fn references() {
    let class = call::call(
        taipan_objects::types::r#type::type_type(),
        &[&PyStr::new("Spam"), &PyTuple::empty(), &PyDict::new()],
    )
    .expect("a class");
    let spam = call::call(&class, &[]).expect("an instance");
    let reference = PyWeakRef::new(&spam, None).expect("a reference");
    assert!(reference.upgrade().is_some_and(|target| target.is(&spam)));
    assert_eq!(weakref::count(&spam), 1);
    let proxy = weakref::new_proxy(&spam, None).expect("a proxy");
    object::set_attr(&proxy, intern!("me"), Some(&spam)).expect("an attribute");
    drop(spam);
    assert!(reference.upgrade().is_some());
    assert!(gc::collect(2) >= 1);
    assert!(reference.upgrade().is_none());
    let gone = object::get_attr(&proxy, intern!("me")).expect_err("gone");
    assert_eq!(text(&errors::take(gone)), "weakly-referenced object no longer exists");
}

#[test]
fn exceptions_and_references_work_without_an_interpreter() {
    let thread = ThreadState::new(InterpreterState::new(0));
    swap_current(Some(thread));
    thread.measure_stack();
    taipan_objects::types::r#type::init().expect("types are made ready");
    messages();
    groups();
    references();
}
