//! Combinations and permutations: indices into a pool, advanced in lexicographic order.

use core::cell::{Cell, RefCell};
use taipan_objects::memory;
use taipan_objects::model::gc::{Traverse, Visitor};
use taipan_objects::prelude::*;
use taipan_objects::types::iterators::reuse;

/// Indices into a pool; they hold no references. One word, as in CPython, for the size of iterators is seen.
pub struct Indices(Box<RefCell<Vec<usize>>>);

impl Indices {
    pub fn new(indices: Vec<usize>) -> Self {
        Indices(Box::new(RefCell::new(indices)))
    }

    /// Calls `f` with the indices, which runs no Python code.
    pub fn with<R>(&self, f: impl FnOnce(&mut Vec<usize>) -> R) -> R {
        f(&mut self.0.borrow_mut())
    }

    pub fn bytes(&self) -> usize {
        self.0.borrow().len() * size_of::<usize>()
    }
}

impl Traverse for Indices {
    fn traverse(&self, _: &mut Visitor) {}
}

/// The items that indices choose.
fn chosen(pool: &PyTuple, indices: &[usize]) -> Vec<Obj> {
    indices.iter().map(|&i| pool.get(i).owned()).collect()
}

/// A tuple of items, if there are some. Made outside of `with`: an allocation may run finalisers.
fn tuple(kept: &ObjCell, items: Option<Vec<Obj>>) -> PyResult<Option<Obj>> {
    Ok(items.map(|items| reuse::fill_vec(kept, items)))
}

fn length(r: isize) -> PyResult<usize> {
    usize::try_from(r).map_err(|_| raised!(ValueError, "r must be non-negative"))
}

/// How far an iterator got.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Progress {
    NotBegun,
    Running,
    Ended,
}

/// Progress in a field.
pub struct ProgressCell(Cell<Progress>);

impl Traverse for ProgressCell {
    fn traverse(&self, _: &mut Visitor) {}
}

impl ProgressCell {
    fn new(ended: bool) -> Self {
        ProgressCell(Cell::new(if ended { Progress::Ended } else { Progress::NotBegun }))
    }

    /// Whether there is a further item: the first one, or what `advance` finds.
    fn advance(&self, advance: impl FnOnce() -> bool) -> bool {
        match self.0.get() {
            Progress::Ended => false,
            Progress::NotBegun => {
                self.0.set(Progress::Running);
                true
            }
            Progress::Running => {
                let found = advance();
                if !found {
                    self.0.set(Progress::Ended);
                }
                found
            }
        }
    }
}

/// Return successive r-length combinations of elements in the iterable.
///
/// combinations(range(4), 3) --> (0,1,2), (0,1,3), (0,2,3), (1,2,3)
#[pytype(
    name = "itertools.combinations",
    gc,
    flags(IMMUTABLETYPE, BASETYPE),
    signature = "(iterable, r)",
    parts(COMBINATIONS)
)]
pub struct PyCombinations {
    ob_base: PyObject,
    pool: Py<PyTuple>,
    /// The length of the tuples.
    r: usize,
    indices: Indices,
    progress: ProgressCell,
    /// The tuple given last.
    result: ObjCell,
}

#[pymethods(COMBINATIONS)]
impl PyCombinations {
    #[new(signature = "(iterable, r)")]
    fn py_new(cls: &TypeObject, iterable: &PyObject, r: isize) -> PyResult<Py<PyCombinations>> {
        let pool = sequence::to_tuple(iterable)?;
        let r = length(r)?;
        let ended = r > pool.len();
        let indices = Indices::new(if ended { Vec::new() } else { (0..r).collect() });
        let progress = ProgressCell::new(ended);
        memory::new_in(
            cls,
            PyCombinations { ob_base: PyObject::EMPTY, pool, r, indices, progress, result: ObjCell::empty() },
        )
    }

    #[slot(tp_iter)]
    fn iter(&self) -> Obj {
        self.owned()
    }

    #[slot(tp_iternext)]
    fn next(&self) -> PyResult<Option<Obj>> {
        let n = self.pool.len();
        let found = self.progress.advance(|| {
            let r = self.r;
            self.indices.with(|indices| {
                // The rightmost index that is not at its last place.
                let Some(i) = (0..r).rev().find(|&i| indices[i] != i + n - r) else { return false };
                indices[i] += 1;
                for j in i + 1..r {
                    indices[j] = indices[j - 1] + 1;
                }
                true
            })
        });
        tuple(&self.result, found.then(|| self.indices.with(|indices| chosen(&self.pool, indices))))
    }

    /// Returns size in memory, in bytes.
    #[pymethod(name = "__sizeof__")]
    fn sizeof(&self) -> usize {
        self.class().tp_basicsize() as usize + self.indices.bytes()
    }
}

/// Return successive r-length combinations of elements in the iterable allowing individual elements to have successive repeats.
///
/// combinations_with_replacement('ABC', 2) --> ('A','A'), ('A','B'), ('A','C'), ('B','B'), ('B','C'), ('C','C')
#[pytype(
    name = "itertools.combinations_with_replacement",
    gc,
    flags(IMMUTABLETYPE, BASETYPE),
    signature = "(iterable, r)",
    parts(WITH_REPLACEMENT)
)]
pub struct PyCombinationsWithReplacement {
    ob_base: PyObject,
    pool: Py<PyTuple>,
    /// The length of the tuples.
    r: usize,
    indices: Indices,
    progress: ProgressCell,
    /// The tuple given last.
    result: ObjCell,
}

#[pymethods(WITH_REPLACEMENT)]
impl PyCombinationsWithReplacement {
    #[new(signature = "(iterable, r)")]
    fn py_new(
        cls: &TypeObject,
        iterable: &PyObject,
        r: isize,
    ) -> PyResult<Py<PyCombinationsWithReplacement>> {
        let pool = sequence::to_tuple(iterable)?;
        let r = length(r)?;
        let mut indices = Vec::new();
        if indices.try_reserve_exact(r).is_err() {
            return Err(raised!(MemoryError));
        }
        indices.resize(r, 0);
        let progress = ProgressCell::new(pool.is_empty() && r > 0);
        let indices = Indices::new(indices);
        memory::new_in(
            cls,
            PyCombinationsWithReplacement {
                ob_base: PyObject::EMPTY,
                pool,
                r,
                indices,
                progress,
                result: ObjCell::empty(),
            },
        )
    }

    #[slot(tp_iter)]
    fn iter(&self) -> Obj {
        self.owned()
    }

    #[slot(tp_iternext)]
    fn next(&self) -> PyResult<Option<Obj>> {
        let n = self.pool.len();
        let found = self.progress.advance(|| {
            let r = self.r;
            self.indices.with(|indices| {
                let Some(i) = (0..r).rev().find(|&i| indices[i] != n - 1) else { return false };
                let next = indices[i] + 1;
                indices[i..].fill(next);
                true
            })
        });
        tuple(&self.result, found.then(|| self.indices.with(|indices| chosen(&self.pool, indices))))
    }

    /// Returns size in memory, in bytes.
    #[pymethod(name = "__sizeof__")]
    fn sizeof(&self) -> usize {
        self.class().tp_basicsize() as usize + self.indices.bytes()
    }
}

/// Return successive r-length permutations of elements in the iterable.
///
/// permutations(range(3), 2) --> (0,1), (0,2), (1,0), (1,2), (2,0), (2,1)
#[pytype(
    name = "itertools.permutations",
    gc,
    flags(IMMUTABLETYPE, BASETYPE),
    signature = "(iterable, r=None)",
    parts(PERMUTATIONS)
)]
pub struct PyPermutations {
    ob_base: PyObject,
    pool: Py<PyTuple>,
    /// The length of the tuples.
    r: usize,
    indices: Indices,
    cycles: Indices,
    progress: ProgressCell,
    /// The tuple given last.
    result: ObjCell,
}

#[pymethods(PERMUTATIONS)]
impl PyPermutations {
    #[new(signature = "(iterable, r=None)")]
    fn py_new(cls: &TypeObject, iterable: &PyObject, r: Option<&PyObject>) -> PyResult<Py<PyPermutations>> {
        let pool = sequence::to_tuple(iterable)?;
        let n = pool.len();
        let r = match r {
            None => n,
            Some(r) if PyInt::check(r) => length(number::index_to_integer::<isize>(r, "C ssize_t")?)?,
            Some(_) => return Err(raised!(TypeError, "Expected int as r")),
        };
        let ended = r > n;
        let cycles = if ended { Vec::new() } else { (0..r).map(|i| n - i).collect() };
        let (indices, cycles) = (Indices::new((0..n).collect()), Indices::new(cycles));
        let progress = ProgressCell::new(ended);
        memory::new_in(
            cls,
            PyPermutations {
                ob_base: PyObject::EMPTY,
                pool,
                r,
                indices,
                cycles,
                progress,
                result: ObjCell::empty(),
            },
        )
    }

    #[slot(tp_iter)]
    fn iter(&self) -> Obj {
        self.owned()
    }

    #[slot(tp_iternext)]
    fn next(&self) -> PyResult<Option<Obj>> {
        let n = self.pool.len();
        let found = self.progress.advance(|| {
            self.indices.with(|indices| self.cycles.with(|cycles| advance_permutation(indices, cycles, n)))
        });
        tuple(
            &self.result,
            found.then(|| self.indices.with(|indices| chosen(&self.pool, &indices[..self.r]))),
        )
    }

    /// Returns size in memory, in bytes.
    #[pymethod(name = "__sizeof__")]
    fn sizeof(&self) -> usize {
        self.class().tp_basicsize() as usize + self.indices.bytes() + self.cycles.bytes()
    }
}

/// The next permutation in lexicographic order: `cycles` counts how far each place has gone.
fn advance_permutation(indices: &mut [usize], cycles: &mut [usize], n: usize) -> bool {
    for i in (0..cycles.len()).rev() {
        cycles[i] -= 1;
        if cycles[i] == 0 {
            indices[i..].rotate_left(1);
            cycles[i] = n - i;
        } else {
            indices.swap(i, n - cycles[i]);
            return true;
        }
    }
    false
}
