//! `_queue`: a queue that threads, signal handlers and finalisers may put into at any moment.

use core::cell::RefCell;
use core::sync::atomic::{AtomicU32, Ordering};
use std::collections::VecDeque;
use taipan_host::{clocks, threads};
use taipan_macros::pymodule;
use taipan_objects::model::gc::{Traverse, Visitor};
use taipan_objects::model::thread;
use taipan_objects::prelude::*;
use taipan_objects::types::genericalias;
use taipan_objects::{errors, memory};

/// The exception type of an interpreter.
#[derive(Default)]
struct State {
    empty: ObjCell,
}

/// The exception `Empty`.
fn empty_type() -> PyResult {
    let state = thread::current().interpreter().extension::<State>();
    if let Some(class) = state.empty.get() {
        return Ok(class);
    }
    let dict = PyDict::new();
    dict.set_item(&PyStr::new("__module__"), &PyStr::new("_queue"))?;
    let doc = PyStr::new("Exception raised by Queue.get(block=0)/get_nowait().");
    dict.set_item(&PyStr::new("__doc__"), &doc)?;
    let class = taipan_objects::types::r#type::new_heap_type("Empty", Exc::Exception.type_object(), &dict)?;
    state.empty.set(Some(class.clone()));
    Ok(class)
}

fn raise_empty() -> taipan_objects::model::Raised {
    match empty_type() {
        Ok(class) => match class.downcast::<TypeObject>() {
            Some(class) => errors::set_object(class, none_ref()),
            None => raised!(SystemError, "_queue.Empty is no type"),
        },
        Err(raised) => raised,
    }
}

struct Items(RefCell<VecDeque<Obj>>);

impl Traverse for Items {
    fn traverse(&self, visitor: &mut Visitor) {
        if let Ok(items) = self.0.try_borrow() {
            items.iter().for_each(|item| visitor.visit(item));
        }
    }

    fn drop_references(&self) {
        drop(self.0.take());
    }
}

/// A count of what was put, for waiting.
struct Puts(AtomicU32);

impl Traverse for Puts {
    fn traverse(&self, _: &mut Visitor) {}
}

/// Simple, unbounded, reentrant FIFO queue.
#[pytype(name = "_queue.SimpleQueue", gc, flags(BASETYPE), weakref = weaklist, signature = "()", parts(METHODS))]
pub struct PySimpleQueue {
    ob_base: PyObject,
    items: Items,
    puts: Puts,
    weaklist: core::cell::Cell<*mut PyObject>,
}

#[pymethods(METHODS)]
impl PySimpleQueue {
    #[slot(tp_new)]
    fn py_new(cls: &TypeObject, args: &PyTuple, kwargs: Option<&PyDict>) -> PyResult<Py<PySimpleQueue>> {
        if !args.is_empty() && cls.is(Self::type_object()) {
            return Err(raised!(TypeError, "SimpleQueue() takes no positional arguments"));
        }
        if kwargs.is_some_and(|kwargs| !kwargs.is_empty()) && cls.is(Self::type_object()) {
            return Err(raised!(TypeError, "SimpleQueue() takes no keyword arguments"));
        }
        let queue = PySimpleQueue {
            ob_base: PyObject::EMPTY,
            items: Items(RefCell::new(VecDeque::new())),
            puts: Puts(AtomicU32::new(0)),
            weaklist: core::cell::Cell::new(core::ptr::null_mut()),
        };
        memory::new_in(cls, queue)
    }

    fn push(&self, item: &PyObject) {
        self.items.0.borrow_mut().push_back(item.owned());
        self.puts.0.fetch_add(1, Ordering::Release);
        threads::wake(&self.puts.0, 1);
    }

    fn take(&self) -> Option<Obj> {
        self.items.0.borrow_mut().pop_front()
    }

    /// Waits for an item until the monotonic clock shows `deadline`, while other threads run.
    fn wait(&self, deadline: Option<i64>) -> PyResult {
        loop {
            let seen = self.puts.0.load(Ordering::Acquire);
            if let Some(item) = self.take() {
                return Ok(item);
            }
            if deadline.is_some_and(|deadline| clocks::monotonic() >= deadline) {
                return Err(raise_empty());
            }
            // Whatever ended the wait, the loop looks again; an interruption runs signal handlers first.
            let _woken = taipan_host::blocking(|| threads::wait(&self.puts.0, seen, deadline));
            taipan_runtime::signals::handle_pending()?;
        }
    }

    /// Return True if the queue is empty, False otherwise (not reliable!).
    #[pymethod]
    fn empty(&self) -> bool {
        self.items.0.borrow().is_empty()
    }

    /// Remove and return an item from the queue.
    ///
    /// If optional args 'block' is true and 'timeout' is None (the
    /// default), block if necessary until an item is available.  If
    /// 'timeout' is a non-negative number, it blocks at most 'timeout'
    /// seconds and raises the Empty exception if no item was available
    /// within that time.
    /// Otherwise ('block' is false), return an item if one is immediately
    /// available, else raise the Empty exception ('timeout' is ignored
    /// in that case).
    #[pymethod(signature = "(block=True, timeout=None)")]
    fn get(&self, block: bool, timeout: Option<&PyObject>) -> PyResult {
        if !block {
            return self.take().ok_or_else(raise_empty);
        }
        let deadline = match timeout {
            None => None,
            Some(timeout) => {
                let seconds = seconds(timeout)?;
                if seconds < 0.0 {
                    return Err(raised!(ValueError, "'timeout' must be a non-negative number"));
                }
                if seconds > 9_223_372_036.0 {
                    return Err(raised!(OverflowError, "timeout value is too large"));
                }
                Some(clocks::monotonic().saturating_add((seconds * 1e9).ceil() as i64))
            }
        };
        self.wait(deadline)
    }

    /// Remove and return an item from the queue without blocking.
    ///
    /// Only get an item if one is immediately available. Otherwise
    /// raise the Empty exception.
    #[pymethod]
    fn get_nowait(&self) -> PyResult {
        self.take().ok_or_else(raise_empty)
    }

    /// Put the item on the queue.
    ///
    /// The optional 'block' and 'timeout' arguments are ignored, as this
    /// method never blocks.  They are provided for compatibility with the
    /// Queue class.
    #[pymethod(signature = "(item, block=True, timeout=None)")]
    fn put(&self, item: &PyObject, _block: bool, _timeout: Option<&PyObject>) {
        self.push(item);
    }

    /// Put an item into the queue without blocking.
    ///
    /// This is exactly equivalent to `put(item)` and is only provided
    /// for compatibility with the Queue class.
    #[pymethod(signature = "(item)")]
    fn put_nowait(&self, item: &PyObject) {
        self.push(item);
    }

    /// Return the approximate size of the queue (not reliable!).
    #[pymethod]
    fn qsize(&self) -> usize {
        self.items.0.borrow().len()
    }

    /// SimpleQueues are generic over the type of their contents
    #[pymethod(name = "__class_getitem__", class, signature = "(object, /)")]
    fn class_getitem(cls: &TypeObject, item: &PyObject) -> PyResult {
        genericalias::new(cls, item)
    }
}

/// A number of seconds: an integer or a float.
fn seconds(value: &PyObject) -> PyResult<f64> {
    if PyFloat::check(value) || number::is_index(value) {
        let seconds = number::as_f64(value)?;
        if seconds.is_nan() {
            return Err(raised!(ValueError, "Invalid value NaN (not a number)"));
        }
        return Ok(seconds);
    }
    let name = value.class().name();
    Err(raised!(TypeError, "'{name}' object cannot be interpreted as an integer or float"))
}

/// C implementation of the Python queue module.
/// This module is an implementation detail, please do not use it directly.
#[pymodule(name = "_queue")]
pub mod module {
    use taipan_objects::prelude::*;

    #[exec]
    fn exec(module: &PyModule) -> PyResult<()> {
        module.add("Empty", &*super::empty_type()?)?;
        module.add("SimpleQueue", super::PySimpleQueue::type_object())
    }
}
