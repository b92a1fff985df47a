//! What Python code can do with a deque.

use super::deque::{PyDeque, PyDequeIterator, PyDequeReverseIterator};
use taipan_kernels::text::TextBuilder;
use taipan_objects::intern;
use taipan_objects::model::ToPy;
use taipan_objects::model::args::OptArg;
use taipan_objects::prelude::*;
use taipan_objects::types::genericalias;

/// The items of one block of CPython's deques, by which `__sizeof__` counts.
const BLOCK: usize = 64;

fn mutated() -> taipan_objects::model::Raised {
    raised!(RuntimeError, "deque mutated during iteration")
}

/// An index that is clipped, as `start` and `stop` of `index()` are.
fn clipped(value: OptArg<&PyObject>, default: isize) -> PyResult<isize> {
    match value {
        OptArg::Missing => Ok(default),
        OptArg::Given(value) if number::is_index(value) => number::as_isize(value, None),
        OptArg::Given(_) => {
            Err(raised!(TypeError, "slice indices must be integers or have an __index__ method"))
        }
    }
}

#[pymethods(METHODS)]
impl PyDeque {
    #[slot(tp_new)]
    fn py_new(cls: &TypeObject, _args: &PyTuple, _kwargs: Option<&PyDict>) -> PyResult<Py<PyDeque>> {
        PyDeque::new_in(cls)
    }

    #[init(signature = "(iterable=None, maxlen=None)")]
    fn init(&self, iterable: OptArg<&PyObject>, maxlen: Option<&PyObject>) -> PyResult<()> {
        let max = match maxlen {
            None => None,
            Some(value) => {
                let Some(value) = value.downcast::<PyInt>() else {
                    return Err(raised!(TypeError, "an integer is required"));
                };
                let value = number::as_isize(value, Some(Exc::OverflowError))?;
                if value < 0 {
                    return Err(raised!(ValueError, "maxlen must be non-negative"));
                }
                Some(value as usize)
            }
        };
        self.set_max(max);
        if !self.is_empty() {
            self.clear_items();
        }
        iterable.given().map_or(Ok(()), |iterable| self.extend_from(iterable, false))
    }

    /// Add an element to the right side of the deque.
    #[pymethod(signature = "(item, /)")]
    fn append(&self, item: &PyObject) -> PyResult<()> {
        self.push_back(item.owned())
    }

    /// Add an element to the left side of the deque.
    #[pymethod(signature = "(item, /)")]
    fn appendleft(&self, item: &PyObject) -> PyResult<()> {
        self.push_front(item.owned())
    }

    /// Remove all elements from the deque.
    #[pymethod]
    fn clear(&self) {
        self.clear_items();
    }

    /// Return a shallow copy of a deque.
    #[pymethod(name = "__copy__")]
    fn copy_special(&self) -> PyResult {
        self.copy()
    }

    /// Return a shallow copy of a deque.
    #[pymethod]
    fn copy(&self) -> PyResult {
        if PyDeque::check_exact(self) {
            let copy = PyDeque::new_in(PyDeque::type_object())?;
            copy.set_max(self.max());
            let items = self.with(|items| items.clone());
            copy.with(|into| *into = items);
            return Ok(copy.into_obj());
        }
        let copy = match self.max() {
            None => call::call(self.class(), &[self])?,
            Some(max) => call::call(self.class(), &[self, &*max.to_py()?])?,
        };
        if !PyDeque::check(&copy) {
            let (class, found) = (self.class().name(), copy.class().name());
            return Err(raised!(TypeError, "{class}() must return a deque, not {found}"));
        }
        Ok(copy)
    }

    /// Return number of occurrences of value.
    #[pymethod(signature = "(value, /)")]
    fn count(&self, value: &PyObject) -> PyResult<usize> {
        let (state, mut count, mut index) = (self.state(), 0, 0);
        while let Some(item) = self.get(index) {
            let equal = object::compare_bool(&item, value, CompareOp::Eq)?;
            if self.state() != state {
                return Err(mutated());
            }
            count += usize::from(equal);
            index += 1;
        }
        Ok(count)
    }

    /// Extend the right side of the deque with elements from the iterable.
    #[pymethod(signature = "(iterable, /)")]
    fn extend(&self, iterable: &PyObject) -> PyResult<()> {
        self.extend_from(iterable, false)
    }

    /// Extend the left side of the deque with elements from the iterable.
    #[pymethod(signature = "(iterable, /)")]
    fn extendleft(&self, iterable: &PyObject) -> PyResult<()> {
        self.extend_from(iterable, true)
    }

    /// index($self, value, [start, [stop]])
    /// --
    ///
    /// Return first index of value.
    ///
    /// Raises ValueError if the value is not present.
    #[pymethod(no_text, signature = "(value, start=0, stop=sys.maxsize, /)")]
    fn index(&self, value: &PyObject, start: OptArg<&PyObject>, stop: OptArg<&PyObject>) -> PyResult<usize> {
        let (start, stop) = (clipped(start, 0)?, clipped(stop, isize::MAX)?);
        let length = self.len() as isize;
        let from_end = |i: isize| if i < 0 { (i + length).max(0) } else { i };
        match self.find(value, from_end(start) as usize, from_end(stop) as usize)? {
            Some(index) => Ok(index),
            None => Err(raised!(ValueError, "deque.index(x): x not in deque")),
        }
    }

    fn find(&self, value: &PyObject, start: usize, stop: usize) -> PyResult<Option<usize>> {
        let state = self.state();
        let mut index = start;
        while index < stop
            && let Some(item) = self.get(index)
        {
            let equal = object::compare_bool(&item, value, CompareOp::Eq)?;
            if equal {
                return Ok(Some(index));
            }
            if self.state() != state {
                return Err(mutated());
            }
            index += 1;
        }
        Ok(None)
    }

    /// Insert value before index.
    #[pymethod(signature = "(index, value, /)")]
    fn insert(&self, index: isize, value: &PyObject) -> PyResult<()> {
        let length = self.len();
        if self.max() == Some(length) {
            return Err(raised!(IndexError, "deque already at its maximum size"));
        }
        let at = if index < 0 { (index + length as isize).max(0) } else { index } as usize;
        self.with(|items| items.insert(at.min(length), value.owned()));
        self.touch();
        Ok(())
    }

    /// Remove and return the rightmost element.
    #[pymethod]
    fn pop(&self) -> PyResult {
        let item = self.with(|items| items.pop_back());
        self.touch();
        item.ok_or_else(|| raised!(IndexError, "pop from an empty deque"))
    }

    /// Remove and return the leftmost element.
    #[pymethod]
    fn popleft(&self) -> PyResult {
        let item = self.with(|items| items.pop_front());
        self.touch();
        item.ok_or_else(|| raised!(IndexError, "pop from an empty deque"))
    }

    /// Return state information for pickling.
    #[pymethod(name = "__reduce__")]
    fn reduce(&self) -> PyResult {
        let state = call::method(self, intern!("__getstate__"), &[])?;
        let iterator = iter::iter(self)?;
        let arguments = match self.max() {
            None => PyTuple::empty().into_obj(),
            Some(max) => (PyTuple::empty(), max).to_py()?,
        };
        (self.class(), arguments, state, iterator).to_py()
    }

    /// Remove first occurrence of value.
    #[pymethod(signature = "(value, /)")]
    fn remove(&self, value: &PyObject) -> PyResult<()> {
        let (state, mut index) = (self.state(), 0);
        while let Some(item) = self.get(index) {
            let equal = object::compare_bool(&item, value, CompareOp::Eq)?;
            if self.state() != state {
                return Err(raised!(IndexError, "deque mutated during remove()."));
            }
            if equal {
                drop(self.remove_at(index));
                return Ok(());
            }
            index += 1;
        }
        Err(raised!(ValueError, "deque.remove(x): x not in deque"))
    }

    /// Return a reverse iterator over the deque.
    #[pymethod(name = "__reversed__")]
    fn reversed(&self) -> PyResult<Py<PyDequeReverseIterator>> {
        PyDequeReverseIterator::new(self, 0)
    }

    /// Reverse *IN PLACE*.
    #[pymethod]
    fn reverse(&self) {
        self.with(|items| items.make_contiguous().reverse());
    }

    /// Rotate the deque n steps to the right.  If n is negative, rotates left.
    #[pymethod(signature = "(n=1, /)")]
    fn rotate(&self, n: isize) {
        let length = self.len() as isize;
        if length > 1 {
            self.with(|items| items.rotate_right(n.rem_euclid(length) as usize));
            self.touch();
        }
    }

    /// Return the size of the deque in memory, in bytes.
    #[pymethod(name = "__sizeof__")]
    fn sizeof(&self) -> usize {
        let blocks = (self.len() + BLOCK) / BLOCK;
        self.class().tp_basicsize() as usize + blocks * (BLOCK + 2) * size_of::<usize>()
    }

    /// deques are generic over the type of their contents
    #[pymethod(name = "__class_getitem__", class, signature = "(object, /)")]
    fn class_getitem(cls: &TypeObject, item: &PyObject) -> PyResult {
        genericalias::new(cls, item)
    }

    /// maximum size of a deque or None if unbounded
    #[getter]
    fn maxlen(&self) -> Option<usize> {
        self.max()
    }
}

#[pymethods(SLOTS)]
impl PyDeque {
    #[slot(tp_repr)]
    fn repr(&self) -> PyResult<Py<PyStr>> {
        if !object::repr_enter(self)? {
            return Ok(PyStr::from_ascii(b"[...]"));
        }
        let shown = sequence::to_list(self).and_then(|list| object::repr(&list));
        object::repr_leave(self);
        let mut text = TextBuilder::with_capacity(32);
        PyStr::new(self.class().short_name()).append_to(&mut text);
        text.push_ascii(b"(");
        shown?.append_to(&mut text);
        if let Some(max) = self.max() {
            text.push_ascii(format!(", maxlen={max}").as_bytes());
        }
        text.push_ascii(b")");
        PyStr::try_from_builder(text)
    }

    #[slot(tp_richcompare)]
    fn compare(&self, other: &PyObject, op: CompareOp) -> PyResult {
        let Some(other) = other.downcast::<PyDeque>() else { return Ok(not_implemented()) };
        if self.is(other) && matches!(op, CompareOp::Eq | CompareOp::Ne) {
            return (op == CompareOp::Eq).to_py();
        }
        if self.len() != other.len() && matches!(op, CompareOp::Eq | CompareOp::Ne) {
            return (op == CompareOp::Ne).to_py();
        }
        let states = (self.state(), other.state());
        let mut index = 0;
        while let (Some(a), Some(b)) = (self.get(index), other.get(index)) {
            let equal = object::compare_bool(&a, &b, CompareOp::Eq)?;
            if !equal {
                return match op {
                    CompareOp::Eq => false.to_py(),
                    CompareOp::Ne => true.to_py(),
                    _ => object::compare(&a, &b, op),
                };
            }
            if (self.state(), other.state()) != states {
                return Err(mutated());
            }
            index += 1;
        }
        op.holds(self.len().cmp(&other.len())).to_py()
    }

    #[slot(tp_iter)]
    fn iter(&self) -> PyResult<Py<PyDequeIterator>> {
        PyDequeIterator::new(self, 0)
    }

    #[slot(sq_length)]
    fn length(&self) -> PyResult<usize> {
        Ok(self.len())
    }

    #[slot(sq_contains)]
    fn contains(&self, value: &PyObject) -> PyResult<bool> {
        Ok(self.find(value, 0, usize::MAX)?.is_some())
    }

    #[slot(sq_item)]
    fn item(&self, index: isize) -> PyResult {
        let item = usize::try_from(index).ok().and_then(|index| self.get(index));
        item.ok_or_else(|| raised!(IndexError, "deque index out of range"))
    }

    #[slot(sq_ass_item)]
    fn assign(&self, index: isize, value: Option<&PyObject>) -> PyResult<()> {
        if index < 0 || index >= self.len() as isize {
            return Err(raised!(IndexError, "deque index out of range"));
        }
        match value {
            None => drop(self.remove_at(index as usize)),
            Some(value) => {
                let value = value.owned();
                let old = self.with(|items| core::mem::replace(&mut items[index as usize], value));
                drop(old);
            }
        }
        Ok(())
    }

    #[slot(sq_concat)]
    fn concat(&self, other: &PyObject) -> PyResult {
        if !PyDeque::check(other) {
            let name = other.class().name();
            return Err(raised!(TypeError, "can only concatenate deque (not \"{name}\") to deque"));
        }
        let sum = self.copy()?;
        if let Some(sum) = sum.downcast::<PyDeque>() {
            sum.extend_from(other, false)?;
        }
        Ok(sum)
    }

    #[slot(sq_repeat)]
    fn repeat(&self, count: isize) -> PyResult {
        let product = self.copy()?;
        if let Some(product) = product.downcast::<PyDeque>() {
            product.multiply(count)?;
        }
        Ok(product)
    }

    #[slot(sq_inplace_concat)]
    fn inplace_concat(&self, other: &PyObject) -> PyResult {
        self.extend_from(other, false)?;
        Ok(self.owned())
    }

    #[slot(sq_inplace_repeat)]
    fn inplace_repeat(&self, count: isize) -> PyResult {
        self.multiply(count)?;
        Ok(self.owned())
    }

    /// Repeats the items in place; a bounded deque keeps the last ones.
    fn multiply(&self, count: isize) -> PyResult<()> {
        let length = self.len();
        if count <= 0 {
            self.clear_items();
            return Ok(());
        }
        if length == 0 || count == 1 {
            return Ok(());
        }
        let total = length.checked_mul(count as usize).filter(|&total| total <= isize::MAX as usize / 8);
        let total = match (total, self.max()) {
            (_, Some(max)) if total.is_none_or(|total| total > max) => max.next_multiple_of(length),
            (Some(total), _) => total,
            (None, _) => return Err(raised!(MemoryError)),
        };
        if self.with(|items| items.try_reserve(total - length.min(total)).is_err()) {
            return Err(raised!(MemoryError));
        }
        for index in length..total {
            // A full deque moves along as items come; what follows is always `length` places before the end.
            let item =
                if self.max().is_some() { self.get(self.len() - length) } else { self.get(index % length) };
            match item {
                Some(item) => self.push_back(item)?,
                None => break,
            }
        }
        Ok(())
    }
}
