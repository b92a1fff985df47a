//! What Python code can do with a tuple.

#![expect(unsafe_code, reason = "fills the items of new tuples; the vectorcall slot")]

use super::{PyTuple, PyTupleIterator};
use crate::errors;
use crate::model::args::{OptArg, RawArgs, Signature};
use crate::model::trampoline::{borrow_type, ret_obj};
use crate::model::{
    CompareOp, Obj, ObjectExt, Py, PyObject, PyResult, PyType, ToPy, TypeObject, not_implemented,
};
use crate::protocols::{number, object, sequence};
use crate::types::dict::PyDict;
use crate::types::genericalias;
use crate::types::int::PyInt;
use crate::types::slice::PySlice;
use crate::types::str::PyStr;
use taipan_kernels::hash::TupleHasher;
use taipan_kernels::text::TextBuilder;
use taipan_macros::pymethods;

/// Refuses keyword arguments to the constructor of `base`, unless a subclass has its own `__init__`.
pub(crate) fn no_keywords(class: &TypeObject, base: &TypeObject, kwargs: Option<&PyDict>) -> PyResult<()> {
    let same = class.is(base) || class.tp_init().map(|f| f as usize) == base.tp_init().map(|f| f as usize);
    match kwargs {
        Some(kwargs) if same && !kwargs.is_empty() => {
            Err(raised!(TypeError, "{}() takes no keyword arguments", base.short_name()))
        }
        _ => Ok(()),
    }
}

/// The one optional positional argument of a constructor.
pub(crate) fn one_argument<'a>(name: &str, args: &[&'a PyObject]) -> PyResult<Option<&'a PyObject>> {
    if args.len() > 1 {
        return Err(raised!(TypeError, "{name} expected at most 1 argument, got {}", args.len()));
    }
    Ok(args.first().copied())
}

/// An index that is clipped to what an `isize` holds, as `start` and `stop` of `index()` are.
pub(crate) fn clipped_index(value: OptArg<&PyObject>, default: isize) -> PyResult<isize> {
    match value {
        OptArg::Missing => Ok(default),
        OptArg::Given(value) if number::is_index(value) => number::as_isize(value, None),
        OptArg::Given(_) => {
            Err(raised!(TypeError, "slice indices must be integers or have an __index__ method"))
        }
    }
}

/// Writes new references to two runs of items, one behind the other.
///
/// # Safety
/// There is room for both at `places`.
unsafe fn fill_concat(places: *mut *mut PyObject, a: &[&PyObject], b: &[&PyObject]) {
    for (i, item) in a.iter().chain(b).enumerate() {
        // SAFETY: the caller's promise.
        unsafe { places.add(i).write(item.owned().into_raw()) };
    }
}

static VECTORCALL: Signature = Signature {
    name: "tuple",
    params: &["iterable"],
    positional_only: 1,
    positional: 1,
    required: 0,
    required_keywords: 0,
    var_args: false,
    var_keywords: false,
    wording: crate::model::args::Wording::Clinic,
};

/// `tuple(…)` for exactly `tuple`, without an argument tuple.
///
/// # Safety
/// Called as the vectorcall slot of a type.
pub(super) unsafe fn vectorcall(
    class: *mut PyObject,
    args: *const *mut PyObject,
    nargs: usize,
    names: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: the slot's arguments.
    let (class, raw) = unsafe { (borrow_type(class), RawArgs::from_vectorcall(args, nargs, names)) };
    ret_obj(VECTORCALL.bind::<1>(&raw).and_then(|bound| make(class, bound.named[0])))
}

fn make(class: &TypeObject, iterable: Option<&PyObject>) -> PyResult<Py<PyTuple>> {
    if class.is(PyTuple::type_object()) {
        return iterable.map_or_else(|| Ok(PyTuple::empty()), sequence::to_tuple);
    }
    let items = match iterable {
        Some(iterable) => sequence::to_tuple(iterable)?,
        None => PyTuple::empty(),
    };
    PyTuple::from_slice_in(class, items.as_slice())
}

#[pymethods(METHODS)]
impl PyTuple {
    #[slot(tp_new)]
    fn py_new(cls: &TypeObject, args: &PyTuple, kwargs: Option<&PyDict>) -> PyResult<Py<PyTuple>> {
        no_keywords(cls, PyTuple::type_object(), kwargs)?;
        make(cls, one_argument("tuple", args.as_slice())?)
    }

    #[pymethod(name = "__getnewargs__")]
    fn getnewargs(&self) -> Py<PyTuple> {
        PyTuple::from_vec(vec![PyTuple::from_slice(self.as_slice()).into_obj()])
    }

    /// Return first index of value.
    ///
    /// Raises ValueError if the value is not present.
    #[pymethod(signature = "(value, start=0, stop=sys.maxsize, /)")]
    fn index(&self, value: &PyObject, start: OptArg<&PyObject>, stop: OptArg<&PyObject>) -> PyResult<usize> {
        let (start, stop) = (clipped_index(start, 0)?, clipped_index(stop, isize::MAX)?);
        let length = self.len() as isize;
        let from_end = |i: isize| if i < 0 { (i + length).max(0) } else { i };
        for i in from_end(start)..from_end(stop).min(length) {
            if object::compare_bool(self.get(i as usize), value, CompareOp::Eq)? {
                return Ok(i as usize);
            }
        }
        Err(raised!(ValueError, "tuple.index(x): x not in tuple"))
    }

    /// Tuples are generic over the types of their contents.
    ///
    /// For example, use ``tuple[int, str]`` for a pair whose first element
    /// is an int and second element is a string.
    ///
    /// Tuples also support the form ``tuple[T, ...]`` to indicate
    /// an arbitrary length tuple of elements of type T.
    #[pymethod(name = "__class_getitem__", class, signature = "(object, /)")]
    fn class_getitem(cls: &TypeObject, item: &PyObject) -> PyResult {
        genericalias::new(cls, item)
    }

    /// Return number of occurrences of value.
    #[pymethod(signature = "(value, /)")]
    fn count(&self, value: &PyObject) -> PyResult<usize> {
        let mut count = 0;
        for item in self.as_slice() {
            count += usize::from(object::compare_bool(item, value, CompareOp::Eq)?);
        }
        Ok(count)
    }
}

#[pymethods(SLOTS)]
impl PyTuple {
    #[slot(tp_repr)]
    fn repr(&self) -> PyResult<Py<PyStr>> {
        if self.is_empty() {
            return Ok(PyStr::from_ascii(b"()"));
        }
        if !object::repr_enter(self)? {
            return Ok(PyStr::from_ascii(b"(...)"));
        }
        let shown = self.show_items();
        object::repr_leave(self);
        shown
    }

    fn show_items(&self) -> PyResult<Py<PyStr>> {
        let mut text = TextBuilder::with_capacity(2 + 3 * self.len());
        text.push_ascii(b"(");
        for (i, item) in self.as_slice().iter().enumerate() {
            if i > 0 {
                text.push_ascii(b", ");
            }
            object::repr(item)?.try_append_to(&mut text)?;
        }
        text.push_ascii(if self.len() == 1 { b",)" } else { b")" });
        PyStr::try_from_builder(text)
    }

    #[slot(tp_hash)]
    fn hash_items(&self) -> PyResult<isize> {
        let known = self.hash.get();
        if known != -1 {
            return Ok(known);
        }
        errors::check_stack(" while hashing a tuple")?;
        let mut hasher = TupleHasher::default();
        for item in self.as_slice() {
            hasher.add(object::hash(item)? as i64);
        }
        let hash = hasher.finish() as isize;
        self.hash.set(hash);
        Ok(hash)
    }

    #[slot(tp_richcompare)]
    fn compare(&self, other: &PyObject, op: CompareOp) -> PyResult {
        let Some(other) = other.downcast::<PyTuple>() else { return Ok(not_implemented()) };
        let (a, b) = (self.as_slice(), other.as_slice());
        for (x, y) in a.iter().zip(b) {
            if !object::compare_bool(x, y, CompareOp::Eq)? {
                return match op {
                    CompareOp::Eq => false.to_py(),
                    CompareOp::Ne => true.to_py(),
                    _ => object::compare(x, y, op),
                };
            }
        }
        op.holds(a.len().cmp(&b.len())).to_py()
    }

    #[slot(tp_iter)]
    fn iter(&self) -> PyResult<Py<PyTupleIterator>> {
        Ok(PyTupleIterator::new(self))
    }

    #[slot(sq_length)]
    fn length(&self) -> PyResult<usize> {
        Ok(self.len())
    }

    #[slot(sq_contains)]
    fn contains(&self, value: &PyObject) -> PyResult<bool> {
        for item in self.as_slice() {
            if object::compare_bool(item, value, CompareOp::Eq)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    #[slot(sq_item)]
    fn item(&self, index: isize) -> PyResult {
        match self.as_slice().get(index as usize) {
            Some(item) if index >= 0 => Ok(item.owned()),
            _ => Err(raised!(IndexError, "tuple index out of range")),
        }
    }

    #[slot(sq_concat)]
    fn concat(&self, other: &PyObject) -> PyResult<Py<PyTuple>> {
        if self.is_empty() && PyTuple::check_exact(other) {
            return other.downcast_owned().map_or_else(|| Ok(PyTuple::empty()), Ok);
        }
        let Some(tuple) = other.downcast::<PyTuple>() else {
            let name = other.class().name();
            return Err(raised!(TypeError, "can only concatenate tuple (not \"{name}\") to tuple"));
        };
        if tuple.is_empty() && PyTuple::check_exact(self) {
            return Ok(self.to_owned());
        }
        let (a, b) = (self.as_slice(), tuple.as_slice());
        // SAFETY: there is room for both.
        PyTuple::build(a.len() + b.len(), |places| unsafe { fill_concat(places, a, b) })
    }

    #[slot(sq_repeat)]
    fn repeat(&self, count: isize) -> PyResult<Py<PyTuple>> {
        let items = self.as_slice();
        if (items.is_empty() || count == 1) && PyTuple::check_exact(self) {
            return Ok(self.to_owned());
        }
        let count = count.max(0) as usize;
        let Some(total) = items.len().checked_mul(count) else { return Err(raised!(MemoryError)) };
        PyTuple::build(total, |places| {
            for i in 0..total {
                // SAFETY: there is room for all.
                unsafe { places.add(i).write(items[i % items.len()].owned().into_raw()) };
            }
        })
    }

    #[slot(mp_length)]
    fn mapping_length(&self) -> PyResult<usize> {
        Ok(self.len())
    }

    #[slot(mp_subscript)]
    fn subscript(&self, key: &PyObject) -> PyResult {
        if let Some(index) = key.downcast_exact::<PyInt>().and_then(PyInt::to_i64) {
            return self.item_from_end(index as isize);
        }
        if number::is_index(key) {
            return self.item_from_end(number::as_isize(key, Some(errors::Exc::IndexError))?);
        }
        let Some(slice) = key.downcast::<PySlice>() else {
            let name = key.class().name();
            return Err(raised!(TypeError, "tuple indices must be integers or slices, not {name}"));
        };
        let indices = slice.indices_for(self.len())?;
        if indices.count == 0 {
            return Ok(PyTuple::empty().into_obj());
        }
        if indices.step == 1 {
            let start = indices.start as usize;
            return Ok(self.slice(start, start + indices.count).into_obj());
        }
        let picked: Vec<&PyObject> = (0..indices.count as isize)
            .map(|i| self.get((indices.start + i * indices.step) as usize))
            .collect();
        Ok(PyTuple::try_from_slice(&picked)?.into_obj())
    }

    fn item_from_end(&self, index: isize) -> PyResult<Obj> {
        self.item(if index < 0 { index + self.len() as isize } else { index })
    }
}
