//! Who awaits whom: each future knows the futures and tasks that wait for it.
//!
//! Nearly every future has one waiter, which is held as it is; a set is made for the second one. A future never holds a
//! set as its waiter, so the two cannot be mistaken.

use super::future::PyFuture;
use taipan_objects::prelude::*;
use taipan_objects::types::set::{PyFrozenSet, PySet};

impl PyFuture {
    /// Records a waiter.
    pub fn add_waiter(&self, waiter: &PyObject) -> PyResult<()> {
        let Some(known) = self.awaited_by.get() else {
            self.awaited_by.set(Some(waiter.owned()));
            return Ok(());
        };
        if known.is(waiter) {
            return Ok(());
        }
        if let Some(set) = known.downcast_exact::<PySet>() {
            set.add(waiter)?;
            return Ok(());
        }
        let set = PySet::new();
        set.add(&known)?;
        set.add(waiter)?;
        self.awaited_by.set(Some(set.into_obj()));
        Ok(())
    }

    /// Forgets a waiter, if it is one.
    pub fn discard_waiter(&self, waiter: &PyObject) -> PyResult<()> {
        let Some(known) = self.awaited_by.get() else { return Ok(()) };
        if known.is(waiter) {
            self.awaited_by.set(None);
        } else if let Some(set) = known.downcast_exact::<PySet>() {
            set.discard(waiter)?;
        }
        Ok(())
    }

    /// The waiters as Python sees them: a frozen set, or `None` for none.
    pub fn waiters(&self) -> PyResult<Option<Obj>> {
        let Some(known) = self.awaited_by.get() else { return Ok(None) };
        let members = match known.downcast_exact::<PySet>() {
            Some(set) => set.to_vec(),
            None => vec![known],
        };
        PyFrozenSet::from_vec(members).map(|set| Some(set.into_obj()))
    }
}

/// Both, where both are futures of this module.
fn pair<'a>(future: &'a PyObject, waiter: &'a PyObject) -> Option<(&'a PyFuture, &'a PyFuture)> {
    Some((future.downcast::<PyFuture>()?, waiter.downcast::<PyFuture>()?))
}

/// Records that `waiter` awaits `future`. Futures of other kinds are passed over.
pub fn add(future: &PyObject, waiter: &PyObject) -> PyResult<()> {
    pair(future, waiter).map_or(Ok(()), |(future, waiter)| future.add_waiter(waiter))
}

/// Takes back what `add` recorded.
pub fn discard(future: &PyObject, waiter: &PyObject) -> PyResult<()> {
    pair(future, waiter).map_or(Ok(()), |(future, waiter)| future.discard_waiter(waiter))
}
