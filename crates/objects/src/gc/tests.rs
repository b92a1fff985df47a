//! The collector and the end of objects, tried on a type that needs no other.

#![expect(unsafe_code, reason = "prepares a type by hand and destroys objects")]

use super::{collect, is_tracked};
use crate::memory;
use crate::model::thread::{InterpreterState, ThreadState, swap_current};
use crate::model::{ObjCell, ObjectExt, Py, PyObject, PyType};
use core::cell::Cell;
use taipan_macros::pytype;

#[pytype(name = "node", exported = TaipanTestNode_Type, gc)]
struct Node {
    ob_base: PyObject,
    next: ObjCell,
    other: ObjCell,
}

thread_local! {
    static FREED: Cell<usize> = const { Cell::new(0) };
    static RESCUED: Cell<*mut PyObject> = const { Cell::new(core::ptr::null_mut()) };
}

unsafe extern "C" fn dealloc(object: *mut PyObject) {
    FREED.set(FREED.get() + 1);
    // SAFETY: a `Node` whose last reference is gone.
    unsafe { crate::model::spec::dealloc::<Node>(object) }
}

unsafe extern "C" fn rescue(object: *mut PyObject) {
    // SAFETY: the finaliser gets a live object.
    unsafe { crate::model::incref(object) };
    RESCUED.set(object);
}

fn node() -> Py<Node> {
    memory::new(Node { ob_base: PyObject::EMPTY, next: ObjCell::empty(), other: ObjCell::empty() })
}

/// Runs `f` in an interpreter of its own, with no other test beside it: they share types.
fn with_thread(finalize: bool, f: impl FnOnce() + Send + 'static) {
    let work = move || {
        let thread = ThreadState::new(InterpreterState::new(0));
        swap_current(Some(thread));
        thread.measure_stack();
        // SAFETY: no object of the type exists yet.
        unsafe {
            let ty = Node::type_object().raw();
            (*ty).tp_dealloc = Some(dealloc);
            (*ty).tp_finalize = if finalize { Some(rescue) } else { None };
        }
        f();
        swap_current(None);
    };
    crate::testing::with_interpreter(|| {
        let thread = std::thread::Builder::new().stack_size(1 << 20).spawn(work).expect("a thread");
        thread.join().expect("no panic");
    });
}

#[test]
fn cycles_go_and_what_is_held_stays() {
    with_thread(false, || {
        let held = node();
        let reached = node();
        held.next.set(Some(reached.clone().into_obj()));
        reached.next.set(Some(held.clone().into_obj()));
        for _ in 0..10 {
            let (a, b) = (node(), node());
            a.next.set(Some(b.clone().into_obj()));
            b.next.set(Some(a.clone().into_obj()));
            b.other.set(Some(held.clone().into_obj()));
        }
        drop(reached);
        assert_eq!(FREED.get(), 0);
        assert_eq!(collect(2), 20);
        assert_eq!(FREED.get(), 20);
        assert!(is_tracked(&held));
        assert_eq!(held.refcount(), 2);
        drop(held);
        assert_eq!(collect(0), 0, "what survived is old now");
        assert_eq!(collect(2), 2);
        assert_eq!(FREED.get(), 22);
    });
}

#[test]
fn a_long_chain_goes_on_a_small_stack() {
    with_thread(false, || {
        let mut chain = node();
        for _ in 0..300_000 {
            let fresh = node();
            fresh.next.set(Some(chain.into_obj()));
            chain = fresh;
        }
        drop(chain);
        assert_eq!(FREED.get(), 300_001);
        assert_eq!(collect(2), 0);
    });
}

#[test]
fn a_finaliser_runs_once_and_may_rescue() {
    with_thread(true, || {
        let a = node();
        a.next.set(Some(a.clone().into_obj()));
        let address = a.as_ptr();
        drop(a);
        assert_eq!(collect(2), 0, "the finaliser rescued it");
        assert_eq!(RESCUED.replace(core::ptr::null_mut()), address);
        // SAFETY: the finaliser took the count that is given up here.
        unsafe { crate::model::decref(address) };
        assert_eq!(FREED.get(), 0);
        assert_eq!(collect(2), 1, "no second chance");
        assert!(RESCUED.get().is_null());
        assert_eq!(FREED.get(), 1);
    });
}
