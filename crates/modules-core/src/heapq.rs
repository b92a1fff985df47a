//! `_heapq`: lists as heaps, the smallest (or greatest) item first.
//!
//! Comparing items may run Python code; a list that changes its length meanwhile is an error.

use taipan_macros::pymodule;
use taipan_objects::prelude::*;

/// Whether `a` belongs nearer to the root than `b`.
fn before(a: &PyObject, b: &PyObject, max: bool) -> PyResult<bool> {
    if max { object::compare_bool(b, a, CompareOp::Lt) } else { object::compare_bool(a, b, CompareOp::Lt) }
}

fn changed() -> taipan_objects::model::Raised {
    raised!(RuntimeError, "list changed size during iteration")
}

fn out_of_range() -> taipan_objects::model::Raised {
    raised!(IndexError, "index out of range")
}

fn two(heap: &PyList, a: usize, b: usize) -> PyResult<(Obj, Obj)> {
    heap.get(a).zip(heap.get(b)).ok_or_else(changed)
}

/// Moves the item at `place` towards the root as far as it belongs.
fn rise(heap: &PyList, root: usize, mut place: usize, max: bool) -> PyResult<()> {
    let length = heap.len();
    if place >= length {
        return Err(out_of_range());
    }
    while place > root {
        let parent = (place - 1) / 2;
        let (item, above) = two(heap, place, parent)?;
        let rises = before(&item, &above, max)?;
        if heap.len() != length {
            return Err(changed());
        }
        if !rises {
            break;
        }
        heap.swap(place, parent);
        place = parent;
    }
    Ok(())
}

/// Lets the item at `root` sink to a leaf, its better child taking its place each time, and rise from there: that takes
/// fewer comparisons than stopping on the way.
fn settle(heap: &PyList, root: usize, max: bool) -> PyResult<()> {
    let length = heap.len();
    if root >= length {
        return Err(out_of_range());
    }
    let mut place = root;
    while place < length / 2 {
        let mut child = 2 * place + 1;
        if child + 1 < length {
            let (left, right) = two(heap, child, child + 1)?;
            // The left one is taken only where it is strictly better.
            let left_wins = if max { before(&right, &left, false)? } else { before(&left, &right, false)? };
            if !left_wins {
                child += 1;
            }
            if heap.len() != length {
                return Err(changed());
            }
        }
        heap.swap(place, child);
        place = child;
    }
    rise(heap, root, place, max)
}

fn push(heap: &PyList, item: &PyObject, max: bool) -> PyResult<()> {
    heap.append(item.owned())?;
    rise(heap, 0, heap.len() - 1, max)
}

fn pop(heap: &PyList, max: bool) -> PyResult {
    let last = heap.pop().ok_or_else(out_of_range)?;
    if heap.is_empty() {
        return Ok(last);
    }
    replace_root(heap, last, max)
}

/// Puts an item in the root's place, which is there.
fn replace_root(heap: &PyList, item: Obj, max: bool) -> PyResult {
    let root = heap.get(0).ok_or_else(out_of_range)?;
    heap.set(0, item);
    settle(heap, 0, max)?;
    Ok(root)
}

fn push_pop(heap: &PyList, item: &PyObject, max: bool) -> PyResult {
    let Some(root) = heap.get(0) else { return Ok(item.owned()) };
    if !before(&root, item, max)? {
        return Ok(item.owned());
    }
    replace_root(heap, item.owned(), max)
}

fn heapify_list(heap: &PyList, max: bool) -> PyResult<()> {
    for place in (0..heap.len() / 2).rev() {
        settle(heap, place, max)?;
    }
    Ok(())
}

/// Heap queue algorithm (a.k.a. priority queue).
///
/// Heaps are arrays for which a[k] <= a[2*k+1] and a[k] <= a[2*k+2] for
/// all k, counting elements from 0.  For the sake of comparison,
/// non-existing elements are considered to be infinite.  The interesting
/// property of a heap is that a[0] is always its smallest element.
///
/// Usage:
///
/// heap = []            # creates an empty heap
/// heappush(heap, item) # pushes a new item on the heap
/// item = heappop(heap) # pops the smallest item from the heap
/// item = heap[0]       # smallest item on the heap without popping it
/// heapify(x)           # transforms list into a heap, in-place, in linear time
/// item = heapreplace(heap, item) # pops and returns smallest item, and adds
///                                # new item; the heap size is unchanged
///
/// Our API differs from textbook heap algorithms as follows:
///
/// - We use 0-based indexing.  This makes the relationship between the
///   index for a node and the indexes for its children slightly less
///   obvious, but is more suitable since Python uses 0-based indexing.
///
/// - Our heappop() method returns the smallest item, not the largest.
///
/// These two make it possible to view the heap as a regular Python list
/// without surprises: heap[0] is the smallest item, and heap.sort()
/// maintains the heap invariant!
#[pymodule(name = "_heapq")]
pub mod module {
    use taipan_objects::prelude::*;

    /// Push item onto heap, maintaining the heap invariant.
    #[pyfunction(signature = "(heap, item, /)")]
    pub fn heappush(heap: &PyList, item: &PyObject) -> PyResult<()> {
        super::push(heap, item, false)
    }

    /// Push item on the heap, then pop and return the smallest item from the heap.
    ///
    /// The combined action runs more efficiently than heappush() followed by
    /// a separate call to heappop().
    #[pyfunction(signature = "(heap, item, /)")]
    pub fn heappushpop(heap: &PyList, item: &PyObject) -> PyResult {
        super::push_pop(heap, item, false)
    }

    /// Pop the smallest item off the heap, maintaining the heap invariant.
    #[pyfunction(signature = "(heap, /)")]
    pub fn heappop(heap: &PyList) -> PyResult {
        super::pop(heap, false)
    }

    /// Pop and return the current smallest value, and add the new item.
    ///
    /// This is more efficient than heappop() followed by heappush(), and can be
    /// more appropriate when using a fixed-size heap.  Note that the value
    /// returned may be larger than item!  That constrains reasonable uses of
    /// this routine unless written as part of a conditional replacement:
    ///
    ///     if item > heap[0]:
    ///         item = heapreplace(heap, item)
    #[pyfunction(signature = "(heap, item, /)")]
    pub fn heapreplace(heap: &PyList, item: &PyObject) -> PyResult {
        super::replace_root(heap, item.owned(), false)
    }

    /// Transform list into a heap, in-place, in O(len(heap)) time.
    #[pyfunction(signature = "(heap, /)")]
    pub fn heapify(heap: &PyList) -> PyResult<()> {
        super::heapify_list(heap, false)
    }

    /// Push item onto max heap, maintaining the heap invariant.
    #[pyfunction(signature = "(heap, item, /)")]
    pub fn heappush_max(heap: &PyList, item: &PyObject) -> PyResult<()> {
        super::push(heap, item, true)
    }

    /// Maxheap variant of heappushpop.
    ///
    /// The combined action runs more efficiently than heappush_max()
    /// followed by a separate call to heappop_max().
    #[pyfunction(signature = "(heap, item, /)")]
    pub fn heappushpop_max(heap: &PyList, item: &PyObject) -> PyResult {
        super::push_pop(heap, item, true)
    }

    /// Maxheap variant of heappop.
    #[pyfunction(signature = "(heap, /)")]
    pub fn heappop_max(heap: &PyList) -> PyResult {
        super::pop(heap, true)
    }

    /// Maxheap variant of heapreplace.
    #[pyfunction(signature = "(heap, item, /)")]
    pub fn heapreplace_max(heap: &PyList, item: &PyObject) -> PyResult {
        super::replace_root(heap, item.owned(), true)
    }

    /// Maxheap variant of heapify.
    #[pyfunction(signature = "(heap, /)")]
    pub fn heapify_max(heap: &PyList) -> PyResult<()> {
        super::heapify_list(heap, true)
    }
}
