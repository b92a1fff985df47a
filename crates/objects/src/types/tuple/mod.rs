//! `tuple`: the items follow the head. The collector need not look at a tuple of atoms: such a tuple is made
//! untracked, and stays so as its items never change.

#![expect(unsafe_code, reason = "the items lie behind the struct")]

pub mod iterator;
mod methods;

pub use iterator::PyTupleIterator;
pub(crate) use methods::{clipped_index, no_keywords, one_argument};

use crate::model::gc::Visitor;
use crate::model::{Obj, ObjCell, ObjectExt, Py, PyObject, PyResult, PyType, PyVarObject, TypeObject};
use crate::{gc, memory};
use core::cell::Cell;
use core::mem::ManuallyDrop;
use taipan_abi::{_Py_IMMORTAL_INITIAL_REFCNT, _Py_STATIC_FLAG_BITS, Py_TPFLAGS_HAVE_GC};
use taipan_macros::{pymethods, pytype};

/// Built-in immutable sequence.
///
/// If no argument is given, the constructor returns an empty tuple.
/// If iterable is specified the tuple is initialized from iterable's items.
///
/// If the argument is a tuple, the return value is the same object.
#[pytype(name = "tuple", exported = PyTuple_Type, layout = PyTupleObject, subclass_flag = TUPLE_SUBCLASS, gc(manual), flags(BASETYPE, SEQUENCE, _MATCH_SELF),
    basicsize = 32, itemsize = 8, signature = "(iterable=(), /)", parts(MEMORY, methods::METHODS, methods::SLOTS))]
pub struct PyTuple {
    ob_base: PyVarObject,
    hash: Cell<isize>,
    items: [ObjCell; 1],
}

/// The empty tuple, with the collector's head that every tuple has before it (never tracked).
#[repr(C)]
struct EmptyTuple {
    _collector: [usize; 2],
    tuple: PyTuple,
}

// SAFETY: nothing about it ever changes: it is immortal, and its hash is known.
unsafe impl Sync for EmptyTuple {}

static EMPTY: EmptyTuple = EmptyTuple {
    _collector: [0; 2],
    tuple: PyTuple {
        ob_base: PyVarObject {
            ob_base: PyObject {
                ob_refcnt: Cell::new(_Py_IMMORTAL_INITIAL_REFCNT),
                ob_overflow: Cell::new(0),
                ob_flags: Cell::new(_Py_STATIC_FLAG_BITS),
                ob_type: Cell::new(PyTuple_Type.get().raw()),
            },
            ob_size: Cell::new(0),
        },
        hash: Cell::new(5_740_354_900_026_072_187),
        items: [ObjCell::empty()],
    },
};

/// Whether the collector may have to follow a reference to `object`.
#[inline]
fn may_be_tracked(object: &PyObject) -> bool {
    object.class().has_flag(Py_TPFLAGS_HAVE_GC) && (!PyTuple::check_exact(object) || gc::is_tracked(object))
}

impl PyTuple {
    /// The empty tuple, shared and immortal.
    #[inline]
    pub fn empty() -> Py<PyTuple> {
        EMPTY.tuple.to_owned()
    }

    /// A tuple whose `count` items are written by `fill`, which must write all of them and run no Python code.
    #[inline]
    fn build(count: usize, fill: impl FnOnce(*mut *mut PyObject)) -> PyResult<Py<PyTuple>> {
        if count == 0 {
            return Ok(Self::empty());
        }
        let tuple = memory::collected_items::<PyTuple>(count);
        if tuple.is_null() {
            return Err(raised!(MemoryError));
        }
        // SAFETY: fresh memory, of which `fill` writes the items.
        unsafe {
            (*tuple).hash.set(-1);
            fill((*tuple).raw_items());
            let built = Py::from_raw(tuple);
            gc::enter(built.as_ptr(), built.as_slice().iter().any(|item| may_be_tracked(item)));
            Ok(built)
        }
    }

    #[inline(always)]
    fn raw_items(&self) -> *mut *mut PyObject {
        // The place of the items is derived from the whole object's address: they reach beyond the struct.
        // SAFETY: the items follow the fixed part.
        unsafe { self.as_ptr().byte_add(core::mem::offset_of!(PyTuple, items)).cast() }
    }

    /// A tuple of these items.
    #[inline]
    pub fn from_vec(items: Vec<Obj>) -> Py<PyTuple> {
        Self::try_from_vec(items).expect("memory for a tuple")
    }

    /// As `from_vec`; raises `MemoryError`.
    pub fn try_from_vec(items: Vec<Obj>) -> PyResult<Py<PyTuple>> {
        Self::build(items.len(), |places| {
            let items = ManuallyDrop::new(items);
            // SAFETY: the references move; the vector's memory is freed without them.
            unsafe {
                core::ptr::copy_nonoverlapping(items.as_ptr().cast(), places, items.len());
                let mut items = ManuallyDrop::into_inner(items);
                items.set_len(0);
            }
        })
    }

    /// A tuple of new references to these items.
    #[inline]
    pub fn from_slice(items: &[&PyObject]) -> Py<PyTuple> {
        Self::try_from_slice(items).expect("memory for a tuple")
    }

    /// As `from_slice`; raises `MemoryError`.
    pub fn try_from_slice(items: &[&PyObject]) -> PyResult<Py<PyTuple>> {
        Self::build(items.len(), |places| {
            for (i, item) in items.iter().enumerate() {
                // SAFETY: there is room for every item.
                unsafe { places.add(i).write(item.owned().into_raw()) };
            }
        })
    }

    /// A tuple of `class`, a subclass of `tuple`, with these items.
    pub fn from_slice_in(class: &TypeObject, items: &[&PyObject]) -> PyResult<Py<PyTuple>> {
        if class.is(Self::type_object()) {
            return Self::try_from_slice(items);
        }
        let raw = memory::alloc(class, items.len())?.cast::<PyTuple>();
        // SAFETY: fresh memory of a tuple with room for the items.
        unsafe {
            (*raw).hash.set(-1);
            for (i, item) in items.iter().enumerate() {
                (*raw).raw_items().add(i).write(item.owned().into_raw());
            }
            Ok(Py::from_raw(raw))
        }
    }

    /// So many items, of which the function makes one after the other; it must run no Python code.
    #[inline]
    pub fn from_fn(count: usize, mut item: impl FnMut(usize) -> Obj) -> Py<PyTuple> {
        // SAFETY: there is room for so many.
        Self::build(count, |places| unsafe {
            (0..count).for_each(|index| places.add(index).write(item(index).into_raw()));
        })
        .expect("memory for a tuple")
    }

    /// Two items.
    #[inline]
    pub fn pair(first: Obj, second: Obj) -> Py<PyTuple> {
        Self::build(2, |places| {
            // SAFETY: there is room for two.
            unsafe {
                places.write(first.into_raw());
                places.add(1).write(second.into_raw());
            }
        })
        .expect("memory for a tuple")
    }

    /// A tuple that takes over the references in an array.
    ///
    /// # Safety
    /// `items` holds `count` owned references, which pass to the tuple.
    #[inline]
    pub unsafe fn from_raw_items(items: *const *mut PyObject, count: usize) -> PyResult<Py<PyTuple>> {
        // SAFETY: the caller's promise.
        Self::build(count, |places| unsafe { core::ptr::copy_nonoverlapping(items, places, count) })
    }

    /// The items.
    #[inline(always)]
    pub fn as_slice(&self) -> &[&PyObject] {
        // SAFETY: the items are never null once the tuple is seen, and never change.
        unsafe { core::slice::from_raw_parts(self.raw_items().cast(), self.len()) }
    }

    /// Their number.
    #[inline(always)]
    pub fn len(&self) -> usize {
        self.ob_base.ob_size.get() as usize
    }

    /// Whether there are none.
    #[inline(always)]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Item `index`, which is below `len`.
    #[inline(always)]
    pub fn get(&self, index: usize) -> &PyObject {
        self.as_slice()[index]
    }

    /// The items from `start` to `end`.
    pub fn slice(&self, start: usize, end: usize) -> Py<PyTuple> {
        if start == 0 && end >= self.len() && Self::check_exact(self) {
            return self.to_owned();
        }
        let end = end.min(self.len());
        Self::from_slice(&self.as_slice()[start.min(end)..end])
    }
}

#[pymethods(MEMORY)]
impl PyTuple {
    #[slot(tp_traverse)]
    fn traverse(&self, visitor: &mut Visitor) {
        let places = self.raw_items();
        for i in 0..self.len() {
            // SAFETY: a tuple that C code is filling has null items.
            if let Some(item) = unsafe { (*places.add(i)).as_ref() } {
                visitor.visit(item);
            }
        }
    }

    #[slot(tp_dealloc, raw)]
    unsafe extern "C" fn dealloc(object: *mut PyObject) {
        // SAFETY: called as the slot, when the last reference is gone.
        unsafe {
            if !memory::begin_dealloc(object) {
                return;
            }
            let tuple = &*object.cast::<PyTuple>();
            let places = tuple.raw_items();
            for i in (0..tuple.len()).rev() {
                let item = *places.add(i);
                if !item.is_null() {
                    drop(Obj::from_raw(item));
                }
            }
            memory::free_object(object);
            memory::end_dealloc();
        }
    }

    #[slot(tp_vectorcall, raw)]
    unsafe extern "C" fn vectorcall_raw(
        class: *mut PyObject,
        args: *const *mut PyObject,
        nargs: usize,
        names: *mut PyObject,
    ) -> *mut PyObject {
        // SAFETY: called as the slot.
        unsafe { methods::vectorcall(class, args, nargs, names) }
    }
}
