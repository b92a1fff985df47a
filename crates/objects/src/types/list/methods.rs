//! What Python code can do with a list.

#![expect(unsafe_code, reason = "moves items within the array; the vectorcall slot")]

use super::{MAX_ITEMS, PyList, PyListIterator, PyListReverseIterator, sort};
use crate::errors::{self, Exc};
use crate::model::args::{OptArg, RawArgs, Signature};
use crate::model::trampoline::ret_obj;
use crate::model::{
    CompareOp, Obj, ObjectExt, Py, PyObject, PyResult, PyType, ToPy, TypeObject, not_implemented,
};
use crate::protocols::{iter, number, object};
use crate::types::dict::PyDict;
use crate::types::genericalias;
use crate::types::int::PyInt;
use crate::types::slice::{PySlice, SliceIndices};
use crate::types::str::PyStr;
use crate::types::tuple::{PyTuple, clipped_index, one_argument};
use taipan_kernels::text::TextBuilder;
use taipan_macros::pymethods;

static VECTORCALL: Signature = Signature {
    name: "list",
    params: &["iterable"],
    positional_only: 1,
    positional: 1,
    required: 0,
    required_keywords: 0,
    var_args: false,
    var_keywords: false,
    wording: crate::model::args::Wording::Clinic,
};

/// `list(…)` for exactly `list`, without an argument tuple.
///
/// # Safety
/// Called as the vectorcall slot of a type.
pub(super) unsafe fn vectorcall(
    _class: *mut PyObject,
    args: *const *mut PyObject,
    nargs: usize,
    names: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: the slot's arguments.
    let raw = unsafe { RawArgs::from_vectorcall(args, nargs, names) };
    ret_obj(VECTORCALL.bind::<1>(&raw).and_then(|bound| {
        let list = PyList::new();
        if let Some(iterable) = bound.named[0] {
            list.extend(iterable)?;
        }
        Ok(list)
    }))
}

#[pymethods(METHODS)]
impl PyList {
    #[slot(tp_init)]
    fn init(&self, args: &PyTuple, kwargs: Option<&PyDict>) -> PyResult<()> {
        let base = PyList::type_object();
        let class = self.class();
        let same = class.is(base) || class.tp_new().map(|f| f as usize) == base.tp_new().map(|f| f as usize);
        if same && kwargs.is_some_and(|kwargs| !kwargs.is_empty()) {
            return Err(raised!(TypeError, "list() takes no keyword arguments"));
        }
        let iterable = one_argument("list", args.as_slice())?;
        self.clear_items();
        iterable.map_or(Ok(()), |iterable| self.extend(iterable))
    }

    /// Return self[index].
    #[pymethod(name = "__getitem__", coexist, signature = "(index, /)")]
    fn getitem_method(&self, index: &PyObject) -> PyResult {
        self.subscript(index)
    }

    /// Return a reverse iterator over the list.
    #[pymethod(name = "__reversed__")]
    fn reversed(&self) -> Py<PyListReverseIterator> {
        PyListReverseIterator::new(self)
    }

    /// Return the size of the list in memory, in bytes.
    #[pymethod(name = "__sizeof__")]
    fn sizeof(&self) -> usize {
        self.class().tp_basicsize() as usize + self.capacity() * size_of::<*mut PyObject>()
    }

    /// Remove all items from list.
    #[pymethod]
    fn clear(&self) {
        self.clear_items();
    }

    /// Return a shallow copy of the list.
    #[pymethod]
    fn copy(&self) -> PyResult<Py<PyList>> {
        PyList::try_from_vec(self.to_vec())
    }

    /// Append object to the end of the list.
    #[pymethod(name = "append", signature = "(object, /)")]
    fn append_method(&self, item: &PyObject) -> PyResult<()> {
        self.append(item.owned())
    }

    /// Insert object before index.
    #[pymethod(name = "insert", signature = "(index, object, /)")]
    fn insert_method(&self, index: isize, item: &PyObject) -> PyResult<()> {
        let index = if index < 0 { (index + self.len() as isize).max(0) } else { index };
        self.insert(index as usize, item.owned())
    }

    /// Extend list by appending elements from the iterable.
    #[pymethod(name = "extend", signature = "(iterable, /)")]
    fn extend_method(&self, iterable: &PyObject) -> PyResult<()> {
        self.extend(iterable)
    }

    /// Remove and return item at index (default last).
    ///
    /// Raises IndexError if list is empty or index is out of range.
    #[pymethod(name = "pop", signature = "(index=-1, /)")]
    fn pop_method(&self, index: isize) -> PyResult {
        let length = self.len();
        if length == 0 {
            return Err(raised!(IndexError, "pop from empty list"));
        }
        let at = if index < 0 { index + length as isize } else { index };
        if at < 0 || at >= length as isize {
            return Err(raised!(IndexError, "pop index out of range"));
        }
        if at as usize == length - 1 {
            return self.pop().ok_or_else(|| raised!(IndexError, "pop from empty list"));
        }
        Ok(self.take_out(at as usize))
    }

    /// Moves item `index` out, which is there.
    fn take_out(&self, index: usize) -> Obj {
        let length = self.len();
        debug_assert!(index < length);
        // SAFETY: the item's reference passes to the result; those behind move down.
        let item = unsafe {
            let place = self.items.get().add(index);
            let item = Obj::from_raw(*place);
            core::ptr::copy(place.add(1), place, length - index - 1);
            item
        };
        self.set_len(length - 1);
        self.shrink();
        item
    }

    /// Remove first occurrence of value.
    ///
    /// Raises ValueError if the value is not present.
    #[pymethod(signature = "(value, /)")]
    fn remove(&self, value: &PyObject) -> PyResult<()> {
        match self.find(value, 0, isize::MAX)? {
            Some(index) => self.set_slice(index, index + 1, Vec::new()),
            None => Err(raised!(ValueError, "list.remove(x): x not in list")),
        }
    }

    /// The index of the first item equal to `value`.
    fn find(&self, value: &PyObject, start: isize, stop: isize) -> PyResult<Option<usize>> {
        let mut index = start;
        while index < stop {
            // SAFETY: what is compared without a call is only looked at; else the item is held.
            let known = match unsafe { self.borrow_items() }.get(index as usize) {
                Some(item) => object::known_equal(item, value).ok_or_else(|| item.owned()),
                None => break,
            };
            let equal = match known {
                Ok(equal) => equal,
                Err(item) => object::compare_bool(&item, value, CompareOp::Eq)?,
            };
            if equal {
                return Ok(Some(index as usize));
            }
            index += 1;
        }
        Ok(None)
    }

    /// Return first index of value.
    ///
    /// Raises ValueError if the value is not present.
    #[pymethod(signature = "(value, start=0, stop=sys.maxsize, /)")]
    fn index(&self, value: &PyObject, start: OptArg<&PyObject>, stop: OptArg<&PyObject>) -> PyResult<usize> {
        let (start, stop) = (clipped_index(start, 0)?, clipped_index(stop, isize::MAX)?);
        let length = self.len() as isize;
        let from_end = |i: isize| if i < 0 { (i + length).max(0) } else { i };
        match self.find(value, from_end(start), from_end(stop))? {
            Some(index) => Ok(index),
            None => Err(raised!(ValueError, "list.index(x): x not in list")),
        }
    }

    /// lists are generic over the type of their contents
    #[pymethod(name = "__class_getitem__", class, signature = "(object, /)")]
    fn class_getitem(cls: &TypeObject, item: &PyObject) -> PyResult {
        genericalias::new(cls, item)
    }

    /// Return number of occurrences of value.
    #[pymethod(signature = "(value, /)")]
    fn count(&self, value: &PyObject) -> PyResult<usize> {
        let (mut count, mut index) = (0, 0);
        while let Some(item) = self.get(index) {
            count += usize::from(object::compare_bool(&item, value, CompareOp::Eq)?);
            index += 1;
        }
        Ok(count)
    }

    /// Reverse *IN PLACE*.
    #[pymethod(name = "reverse")]
    fn reverse_method(&self) {
        self.reverse();
    }

    /// Sort the list in ascending order and return None.
    ///
    /// The sort is in-place (i.e. the list itself is modified) and stable
    /// (i.e. the order of two equal elements is maintained).
    ///
    /// If a key function is given, apply it once to each list item and sort
    /// them, ascending or descending, according to their function values.
    ///
    /// The reverse flag can be set to sort in descending order.
    #[pymethod(name = "sort", signature = "(*, key=None, reverse=False)")]
    fn sort_method(&self, key: Option<&PyObject>, reverse: bool) -> PyResult<()> {
        sort::sort(self, key, reverse)
    }
}

#[pymethods(SLOTS)]
impl PyList {
    #[slot(tp_repr)]
    fn repr(&self) -> PyResult<Py<PyStr>> {
        if self.is_empty() {
            return Ok(PyStr::from_ascii(b"[]"));
        }
        if !object::repr_enter(self)? {
            return Ok(PyStr::from_ascii(b"[...]"));
        }
        let shown = self.show_items();
        object::repr_leave(self);
        shown
    }

    fn show_items(&self) -> PyResult<Py<PyStr>> {
        let mut text = TextBuilder::with_capacity(2 + 3 * self.len());
        text.push_ascii(b"[");
        let mut index = 0;
        while let Some(item) = self.get(index) {
            if index > 0 {
                text.push_ascii(b", ");
            }
            object::repr(&item)?.try_append_to(&mut text)?;
            index += 1;
        }
        text.push_ascii(b"]");
        PyStr::try_from_builder(text)
    }

    #[slot(tp_richcompare)]
    fn compare(&self, other: &PyObject, op: CompareOp) -> PyResult {
        let Some(other) = other.downcast::<PyList>() else { return Ok(not_implemented()) };
        if self.len() != other.len() && matches!(op, CompareOp::Eq | CompareOp::Ne) {
            return (op == CompareOp::Ne).to_py();
        }
        let mut index = 0;
        while let (Some(a), Some(b)) = (self.get(index), other.get(index)) {
            if !a.is(&b) && !object::compare_bool(&a, &b, CompareOp::Eq)? {
                if index >= self.len() || index >= other.len() {
                    // The comparison shortened a list: lengths decide.
                    break;
                }
                return match op {
                    CompareOp::Eq => false.to_py(),
                    CompareOp::Ne => true.to_py(),
                    _ => object::compare(&a, &b, op),
                };
            }
            index += 1;
        }
        op.holds(self.len().cmp(&other.len())).to_py()
    }

    #[slot(tp_iter)]
    fn iter(&self) -> PyResult<Py<PyListIterator>> {
        Ok(PyListIterator::new(self))
    }

    #[slot(sq_length)]
    fn length(&self) -> PyResult<usize> {
        Ok(self.len())
    }

    #[slot(sq_contains)]
    fn contains(&self, value: &PyObject) -> PyResult<bool> {
        Ok(self.find(value, 0, isize::MAX)?.is_some())
    }

    #[slot(sq_item)]
    fn item(&self, index: isize) -> PyResult {
        let item = if index < 0 { None } else { self.get(index as usize) };
        item.ok_or_else(|| raised!(IndexError, "list index out of range"))
    }

    #[slot(sq_ass_item)]
    fn assign_item(&self, index: isize, value: Option<&PyObject>) -> PyResult<()> {
        if index < 0 || index >= self.len() as isize {
            return Err(raised!(IndexError, "list assignment index out of range"));
        }
        match value {
            Some(value) => {
                self.set(index as usize, value.owned());
                Ok(())
            }
            None => self.set_slice(index as usize, index as usize + 1, Vec::new()),
        }
    }

    #[slot(sq_concat)]
    fn concat(&self, other: &PyObject) -> PyResult<Py<PyList>> {
        let Some(other) = other.downcast::<PyList>() else {
            let name = other.class().name();
            return Err(raised!(TypeError, "can only concatenate list (not \"{name}\") to list"));
        };
        let sum = PyList::with_capacity(self.len() + other.len())?;
        // SAFETY: taking references runs no Python code.
        for item in unsafe { self.borrow_items().iter().chain(other.borrow_items()) } {
            sum.push_within_capacity(item.owned());
        }
        Ok(sum)
    }

    #[slot(sq_repeat)]
    fn repeat(&self, count: isize) -> PyResult<Py<PyList>> {
        let length = self.len();
        let count = count.max(0) as usize;
        let total = length.checked_mul(count).filter(|&total| total <= MAX_ITEMS);
        let Some(total) = total else { return Err(raised!(MemoryError)) };
        let list = PyList::with_capacity(total)?;
        for index in 0..total {
            // SAFETY: taking a reference runs no Python code; the length is not zero here.
            list.push_within_capacity(unsafe { self.borrow_items()[index % length] }.owned());
        }
        Ok(list)
    }

    #[slot(sq_inplace_concat)]
    fn inplace_concat(&self, other: &PyObject) -> PyResult {
        self.extend(other)?;
        Ok(self.owned())
    }

    #[slot(sq_inplace_repeat)]
    fn inplace_repeat(&self, count: isize) -> PyResult {
        let length = self.len();
        if count < 1 {
            self.clear_items();
            return Ok(self.owned());
        }
        let total = length.checked_mul(count as usize).filter(|&total| total <= MAX_ITEMS);
        let Some(total) = total else { return Err(raised!(MemoryError)) };
        self.reserve(total)?;
        for index in length..total {
            // SAFETY: taking a reference runs no Python code.
            self.push_within_capacity(unsafe { self.borrow_items()[index % length] }.owned());
        }
        Ok(self.owned())
    }

    #[slot(mp_length)]
    fn mapping_length(&self) -> PyResult<usize> {
        Ok(self.len())
    }

    #[slot(mp_subscript)]
    fn subscript(&self, key: &PyObject) -> PyResult {
        if let Some(index) = key.downcast_exact::<PyInt>().and_then(PyInt::to_i64) {
            return self.item(self.counted_from_end(index as isize));
        }
        if number::is_index(key) {
            let index = number::as_isize(key, Some(Exc::IndexError))?;
            return self.item(self.counted_from_end(index));
        }
        let Some(slice) = key.downcast::<PySlice>() else {
            let name = key.class().name();
            return Err(raised!(TypeError, "list indices must be integers or slices, not {name}"));
        };
        let indices = self.slice_indices(slice)?;
        if indices.step == 1 {
            let start = indices.start as usize;
            // SAFETY: a list takes references to the items, which runs no Python code; the indices are for the present length.
            let part = unsafe { &self.borrow_items()[start..start + indices.count] };
            return PyList::from_slice(part).map(Py::into_obj);
        }
        let picked = PyList::with_capacity(indices.count)?;
        for i in 0..indices.count as isize {
            let at = (indices.start + i * indices.step) as usize;
            // SAFETY: taking a reference runs no Python code; the indices are for the present length.
            picked.push_within_capacity(unsafe { self.borrow_items()[at] }.owned());
        }
        Ok(picked.into_obj())
    }

    #[slot(mp_ass_subscript)]
    fn assign_subscript(&self, key: &PyObject, value: Option<&PyObject>) -> PyResult<()> {
        if number::is_index(key) {
            let index = number::as_isize(key, Some(Exc::IndexError))?;
            return self.assign_item(self.counted_from_end(index), value);
        }
        let Some(slice) = key.downcast::<PySlice>() else {
            let name = key.class().name();
            return Err(raised!(TypeError, "list indices must be integers or slices, not {name}"));
        };
        let Some(value) = value else { return self.delete_slice(self.slice_indices(slice)?) };
        self.assign_slice(slice, value)
    }

    fn counted_from_end(&self, index: isize) -> isize {
        if index < 0 { index + self.len() as isize } else { index }
    }

    /// The indices of a slice for the length that the list has when they are known: finding them may run Python code.
    fn slice_indices(&self, slice: &PySlice) -> PyResult<SliceIndices> {
        loop {
            let length = self.len();
            let indices = slice.indices_for(length)?;
            if self.len() == length {
                return Ok(indices);
            }
        }
    }

    fn assign_slice(&self, slice: &PySlice, value: &PyObject) -> PyResult<()> {
        let (mut indices, length) = (self.slice_indices(slice)?, self.len());
        let items = self.items_to_assign(value)?;
        if self.len() != length {
            // Reading the values changed the list.
            indices = self.slice_indices(slice)?;
        }
        if indices.step == 1 {
            let start = indices.start as usize;
            return self.set_slice(start, start + indices.count, items);
        }
        if items.len() != indices.count {
            return Err(raised!(
                ValueError,
                "attempt to assign sequence of size {} to extended slice of size {}",
                items.len(),
                indices.count
            ));
        }
        let mut old = Vec::with_capacity(items.len());
        for (i, item) in items.into_iter().enumerate() {
            let at = (indices.start + i as isize * indices.step) as usize;
            // SAFETY: the indices are for the present length; the old items are dropped at the end.
            old.push(unsafe { Obj::from_raw(self.items.get().add(at).replace(item.into_raw())) });
        }
        drop(old);
        Ok(())
    }

    fn items_to_assign(&self, value: &PyObject) -> PyResult<Vec<Obj>> {
        if PyList::check_exact(value) || PyTuple::check_exact(value) {
            return iter::collect(value);
        }
        let iterator = iter::iter(value).or_else(|raised| {
            errors::catch(raised, Exc::TypeError)?;
            Err(raised!(TypeError, "must assign iterable to extended slice"))
        })?;
        iter::collect(&iterator)
    }

    fn delete_slice(&self, indices: SliceIndices) -> PyResult<()> {
        let SliceIndices { mut start, mut step, count, .. } = indices;
        if count == 0 {
            return Ok(());
        }
        if step < 0 {
            start += step * (count as isize - 1);
            step = -step;
        }
        let (start, step, length) = (start as usize, step as usize, self.len());
        if step == 1 {
            return self.set_slice(start, start + count, Vec::new());
        }
        let mut old = Vec::with_capacity(count);
        let mut to = start;
        for from in start..length {
            // SAFETY: every item either moves down or out.
            unsafe {
                let item = *self.items.get().add(from);
                if (from - start).is_multiple_of(step) && old.len() < count {
                    old.push(Obj::from_raw(item));
                } else {
                    self.items.get().add(to).write(item);
                    to += 1;
                }
            }
        }
        self.set_len(to);
        self.shrink();
        drop(old);
        Ok(())
    }
}
