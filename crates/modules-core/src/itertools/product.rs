//! `product`.

use super::combinatorics::Indices;
use core::cell::Cell;
use taipan_objects::memory;
use taipan_objects::prelude::*;
use taipan_objects::types::iterators::reuse;

/// Cartesian product of input iterables.  Equivalent to nested for-loops.
///
/// For example, product(A, B) returns the same as:  ((x,y) for x in A for y in B).
/// The leftmost iterators are in the outermost for-loop, so the output tuples
/// cycle in a manner similar to an odometer (with the rightmost element changing
/// on every iteration).
///
/// To compute the product of an iterable with itself, specify the number
/// of repetitions with the optional repeat keyword argument. For example,
/// product(A, repeat=4) means the same as product(A, A, A, A).
///
/// product('ab', range(3)) --> ('a',0) ('a',1) ('a',2) ('b',0) ('b',1) ('b',2)
/// product((0,1), (0,1), (0,1)) --> (0,0,0) (0,0,1) (0,1,0) (0,1,1) (1,0,0) ...
#[pytype(
    name = "itertools.product",
    gc,
    flags(IMMUTABLETYPE, BASETYPE),
    signature = "(*iterables, repeat=1)",
    parts(PRODUCT)
)]
pub struct PyProduct {
    ob_base: PyObject,
    /// A tuple of tuples.
    pools: Py<PyTuple>,
    indices: Indices,
    begun: Cell<bool>,
    ended: Cell<bool>,
    /// The tuple given last.
    result: ObjCell,
}

#[pymethods(PRODUCT)]
impl PyProduct {
    #[new(signature = "(*iterables, repeat=1)")]
    fn py_new(cls: &TypeObject, iterables: &[&PyObject], repeat: isize) -> PyResult<Py<PyProduct>> {
        let Ok(repeat) = usize::try_from(repeat) else {
            return Err(raised!(ValueError, "repeat argument cannot be negative"));
        };
        let count = match iterables.len().checked_mul(repeat) {
            Some(count) if count <= isize::MAX as usize / 16 => count,
            _ => return Err(raised!(OverflowError, "repeat argument too large")),
        };
        let mut pools: Vec<Obj> = Vec::new();
        let mut indices = Vec::new();
        if pools.try_reserve_exact(count).is_err() || indices.try_reserve_exact(count).is_err() {
            return Err(raised!(MemoryError));
        }
        if repeat > 0 {
            for iterable in iterables {
                pools.push(sequence::to_tuple(iterable)?.into_obj());
            }
        }
        for i in iterables.len()..count {
            pools.push(pools[i - iterables.len()].clone());
        }
        indices.resize(count, 0);
        let pools = PyTuple::from_vec(pools);
        let ended = Cell::new(pools_of(&pools).any(PyTuple::is_empty));
        let (indices, begun) = (Indices::new(indices), Cell::new(false));
        memory::new_in(
            cls,
            PyProduct { ob_base: PyObject::EMPTY, pools, indices, begun, ended, result: ObjCell::empty() },
        )
    }

    #[slot(tp_iter)]
    fn iter(&self) -> Obj {
        self.owned()
    }

    #[slot(tp_iternext)]
    fn next(&self) -> PyResult<Option<Obj>> {
        if self.ended.get() {
            return Ok(None);
        }
        let found = !self.begun.replace(true) || self.indices.with(|indices| self.advance(indices));
        if !found {
            self.ended.set(true);
            return Ok(None);
        }
        let items = self.indices.with(|indices| {
            pools_of(&self.pools).zip(indices.iter()).map(|(pool, &i)| pool.get(i).owned()).collect()
        });
        Ok(Some(reuse::fill_vec(&self.result, items)))
    }

    /// Returns size in memory, in bytes.
    #[pymethod(name = "__sizeof__")]
    fn sizeof(&self) -> usize {
        self.class().tp_basicsize() as usize + self.indices.bytes()
    }
}

fn pools_of(pools: &PyTuple) -> impl Iterator<Item = &PyTuple> {
    pools.as_slice().iter().filter_map(|pool| pool.downcast::<PyTuple>())
}

impl PyProduct {
    /// The rightmost index moves on; where it is at its end it starts again and the one before moves.
    fn advance(&self, indices: &mut [usize]) -> bool {
        for (index, pool) in indices.iter_mut().zip(self.pools.as_slice()).rev() {
            let length = pool.downcast::<PyTuple>().map_or(0, |pool| pool.len());
            *index += 1;
            if *index < length {
                return true;
            }
            *index = 0;
        }
        false
    }
}
