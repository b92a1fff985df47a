//! A collection, from its start to its end.
//!
//! The order is CPython's: find the unreachable objects; set those aside that a legacy finaliser (`tp_del`) makes
//! uncollectable; clear weak references to the rest and call their callbacks; run finalisers, once in an object's life
//! (PEP 442); look again for what they resurrected; break the cycles of what remains with `tp_clear`.

#![expect(unsafe_code, reason = "moves objects between lists and calls their slots")]

use super::list::{self, COLLECTING, FINALIZED, Head, move_to, next, object_of};
use super::state::{GENERATIONS, GcState};
use super::unreachable::{clear_collecting, find, find_again, pull_reachable, traverse, untrack_tuples};
use super::{head_of, is_collected, report};
use crate::errors;
use crate::model::thread::{EvalBreaker, current};
use crate::model::{Obj, ObjectExt, PyObject};
use crate::types::exceptions::preserving;
use crate::types::list::PyList;
use crate::types::weakref::{self, PyWeakRef};
use core::ffi::{c_int, c_void};
use taipan_abi::PyGC_Head;

pub const DEBUG_STATS: i32 = 1;
pub const DEBUG_COLLECTABLE: i32 = 2;
pub const DEBUG_UNCOLLECTABLE: i32 = 4;
pub const DEBUG_SAVEALL: i32 = 32;

/// A list that lives on the stack of one collection.
struct Local(PyGC_Head);

impl Local {
    fn new() -> Box<Local> {
        let mut local = Box::new(Local(PyGC_Head { _gc_next: 0, _gc_prev: 0 }));
        // SAFETY: the box does not move.
        unsafe { list::init(local.list()) };
        local
    }

    fn list(&mut self) -> Head {
        &raw mut self.0
    }
}

/// Runs the collection that a full generation asked for. The evaluation loop calls it at a safe point where
/// [`EvalBreaker::COLLECT`] is set.
#[cold]
pub fn run_pending() {
    let thread = current();
    thread.eval_breaker.clear_bits(EvalBreaker::COLLECT);
    let state = &thread.interpreter().gc;
    if !state.enabled.get() || state.collecting.get() {
        return;
    }
    for generation in (0..GENERATIONS).rev() {
        if state.counts[generation].get() <= state.thresholds[generation].get() {
            continue;
        }
        // Going through everything pays only once much is new: that keeps the time linear in the number of objects.
        let (pending, total) = (state.long_lived_pending.get(), state.long_lived_total.get());
        if generation == GENERATIONS - 1 && pending < total / 4 {
            continue;
        }
        collect(generation);
        return;
    }
}

/// Collects a generation and the younger ones; gives the number of unreachable objects.
pub fn collect(generation: usize) -> usize {
    let state = &current().interpreter().gc;
    if state.collecting.replace(true) {
        return 0;
    }
    let found = preserving(|| {
        report::call_callbacks(state, "start", generation, 0, 0);
        let (collected, uncollectable) = collect_main(state, generation);
        let mut statistics = state.statistics[generation].get();
        statistics.collections += 1;
        statistics.collected += collected;
        statistics.uncollectable += uncollectable;
        state.statistics[generation].set(statistics);
        report::call_callbacks(state, "stop", generation, collected, uncollectable);
        collected + uncollectable
    });
    state.collecting.set(false);
    found
}

/// Collects everything without calling `gc.callbacks`: for the end of an interpreter.
pub fn collect_at_exit() -> usize {
    let state = &current().interpreter().gc;
    if state.collecting.replace(true) {
        return 0;
    }
    let (collected, uncollectable) = preserving(|| collect_main(state, GENERATIONS - 1));
    state.collecting.set(false);
    collected + uncollectable
}

fn collect_main(state: &GcState, generation: usize) -> (usize, usize) {
    let debug = state.debug.get();
    let started = if debug & DEBUG_STATS != 0 { report::starting(state, generation) } else { 0 };
    if let Some(count) = state.counts.get(generation + 1) {
        count.set(count.get() + 1);
    }
    state.counts[..=generation].iter().for_each(|count| count.set(0));
    let young = state.generation(generation);
    let old = state.generation((generation + 1).min(GENERATIONS - 1));
    let (mut unreachable, mut legacy, mut garbage) = (Local::new(), Local::new(), Local::new());
    let (unreachable, legacy, garbage) = (unreachable.list(), legacy.list(), garbage.list());
    // SAFETY: the generations' lists and the local ones stay in place; objects move between them one at a time.
    let (collected, uncollectable) = unsafe {
        for younger in 0..generation {
            list::merge(state.generation(younger), young);
        }
        find(young, unreachable);
        untrack_tuples(young);
        if young == old {
            state.long_lived_pending.set(0);
            state.long_lived_total.set(list::count(young));
        } else {
            if generation == GENERATIONS - 2 {
                state.long_lived_pending.set(state.long_lived_pending.get() + list::count(young));
            }
            list::merge(young, old);
        }
        move_legacy(unreachable, legacy);
        if debug & DEBUG_COLLECTABLE != 0 {
            report::each(unreachable, "collectable");
        }
        let mut collected = clear_weak_references(unreachable);
        run_finalisers(unreachable);
        find_again(unreachable, garbage);
        clear_collecting(unreachable);
        list::merge(unreachable, old);
        // Finalisers may have made new references to what goes now.
        drop_weak_references(garbage);
        collected += list::count(garbage);
        break_cycles(state, garbage, old);
        let uncollectable = list::count(legacy);
        if debug & DEBUG_UNCOLLECTABLE != 0 {
            report::each(legacy, "uncollectable");
        }
        keep_legacy(state, legacy, old);
        (collected, uncollectable)
    };
    if debug & DEBUG_STATS != 0 {
        report::done(started, collected, uncollectable);
    }
    (collected, uncollectable)
}

/// Sets aside what has a legacy finaliser, and all it leads to.
unsafe fn move_legacy(unreachable: Head, legacy: Head) {
    // SAFETY: as in `collect_main`.
    unsafe {
        let mut head = next(unreachable);
        while head != unreachable {
            let after = next(head);
            if (*object_of(head)).class().tp_del().is_some() {
                (*head)._gc_prev &= !COLLECTING;
                move_to(head, legacy);
            }
            head = after;
        }
        pull_reachable(legacy);
    }
}

/// Clears weak references to garbage, and calls the callbacks of those references that are not garbage themselves.
/// Gives the number of references that went with their callbacks.
unsafe fn clear_weak_references(unreachable: Head) -> usize {
    let mut waiting: Vec<(Obj, Obj)> = Vec::new();
    let mut dropped: Vec<Obj> = Vec::new();
    // SAFETY: as in `collect_main`; callbacks are kept until the walk is over, so no Python code runs during it.
    unsafe {
        let mut head = next(unreachable);
        while head != unreachable {
            let object = &*object_of(head);
            head = next(head);
            // A reference that is garbage must not call back: what it would call may be garbage too.
            if let Some(reference) = as_weak_reference(object) {
                dropped.extend(weakref::take_callback(reference));
            }
            let Some(list) = weakref::list_of(object) else { continue };
            while let Some(reference) = list.get().as_ref() {
                let callback = weakref::take_callback(reference);
                let Some(callback) = callback else { continue };
                let is_garbage = (*head_of(reference.as_ptr()))._gc_prev & COLLECTING != 0;
                if is_garbage || reference.refcount() == 0 {
                    dropped.push(callback);
                } else {
                    waiting.push((reference.owned(), callback));
                }
            }
        }
    }
    let mut gone = 0;
    for (reference, callback) in waiting {
        weakref::call_callback(&callback, &reference);
        if reference.refcount() == 1 {
            gone += 1;
        }
    }
    drop(dropped);
    gone
}

/// Clears weak references to garbage without calling back.
unsafe fn drop_weak_references(garbage: Head) {
    let mut dropped: Vec<Obj> = Vec::new();
    // SAFETY: as in `clear_weak_references`.
    unsafe {
        let mut head = next(garbage);
        while head != garbage {
            let object = &*object_of(head);
            head = next(head);
            if let Some(reference) = as_weak_reference(object) {
                dropped.extend(weakref::take_callback(reference));
            }
            let Some(list) = weakref::list_of(object) else { continue };
            while let Some(reference) = list.get().as_ref() {
                dropped.extend(weakref::take_callback(reference));
            }
        }
    }
    drop(dropped);
}

fn as_weak_reference(object: &PyObject) -> Option<&PyWeakRef> {
    weakref::as_any(object)
}

/// Runs the finalisers of garbage that were not run before.
unsafe fn run_finalisers(unreachable: Head) {
    let mut seen = Local::new();
    let seen = seen.list();
    // SAFETY: as in `collect_main`; a finaliser may take any object off the list, so the first is looked at each time.
    unsafe {
        loop {
            let head = next(unreachable);
            if head == unreachable {
                break;
            }
            move_to(head, seen);
            let object = object_of(head);
            if (*head)._gc_prev & FINALIZED == 0
                && let Some(finalize) = (*object).class().tp_finalize()
            {
                (*head)._gc_prev |= FINALIZED;
                let kept = Obj::from_borrowed(object);
                finalize(object);
                drop(kept);
            }
        }
        list::merge(seen, unreachable);
    }
}

/// Calls `tp_clear` of all garbage; with `DEBUG_SAVEALL` keeps it in `gc.garbage` instead.
unsafe fn break_cycles(state: &GcState, garbage: Head, old: Head) {
    // SAFETY: as in `run_finalisers`.
    unsafe {
        loop {
            let head = next(garbage);
            if head == garbage {
                break;
            }
            let object = object_of(head);
            let kept = Obj::from_borrowed(object);
            if state.debug.get() & DEBUG_SAVEALL != 0 {
                state.add_garbage(kept.clone());
            } else if let Some(clear) = kept.class().tp_clear() {
                clear(object);
                if errors::occurred() {
                    let class = kept.class().name().to_string();
                    let message = format!("Exception ignored in tp_clear of {class}");
                    errors::write_unraisable(crate::model::Raised::claim(), Some(&message), None);
                }
            }
            drop(kept);
            if next(garbage) == head {
                // It lives on.
                (*head)._gc_prev &= !COLLECTING;
                move_to(head, old);
            }
        }
    }
}

/// Puts what has a legacy finaliser into `gc.garbage`.
unsafe fn keep_legacy(state: &GcState, legacy: Head, old: Head) {
    // SAFETY: as in `collect_main`; adding to a list runs no Python code.
    unsafe {
        let mut head = next(legacy);
        while head != legacy {
            let object = object_of(head);
            if state.debug.get() & DEBUG_SAVEALL != 0 || (*object).class().tp_del().is_some() {
                state.add_garbage(Obj::from_borrowed(object));
            }
            head = next(head);
        }
        list::merge(legacy, old);
    }
}

impl GcState {
    /// `gc.garbage`.
    pub fn garbage(&self) -> Obj {
        list_in(&self.garbage)
    }

    /// `gc.callbacks`.
    pub fn callbacks(&self) -> Obj {
        list_in(&self.callbacks)
    }

    fn add_garbage(&self, object: Obj) {
        if let Some(garbage) = self.garbage().downcast::<PyList>()
            && let Err(raised) = garbage.append(object)
        {
            errors::clear(raised);
        }
    }

    /// The tracked objects of one generation, or of all.
    pub fn objects(&self, generation: Option<usize>) -> Vec<Obj> {
        let mut found = Vec::new();
        for index in 0..GENERATIONS {
            if generation.is_none_or(|wanted| wanted == index) {
                self.each(index, |object| {
                    found.push(object.owned());
                });
            }
        }
        found
    }

    fn each(&self, generation: usize, mut f: impl FnMut(&PyObject)) {
        let list = self.generation(generation);
        // SAFETY: callers' functions run no Python code, so the list stays as it is.
        unsafe {
            let mut head = next(list);
            while head != list {
                let object = &*object_of(head);
                head = next(head);
                if object.refcount() != 0 {
                    f(object);
                }
            }
        }
    }

    /// The tracked objects that refer directly to one of these.
    pub fn referrers(&self, wanted: &[&PyObject]) -> Vec<Obj> {
        unsafe extern "C" fn is_wanted(object: *mut PyObject, data: *mut c_void) -> c_int {
            // SAFETY: the data is the slice below.
            let wanted = unsafe { &*data.cast::<&[&PyObject]>() };
            c_int::from(wanted.iter().any(|other| core::ptr::eq(*other, object)))
        }
        let mut found = Vec::new();
        for generation in 0..GENERATIONS {
            self.each(generation, |object| {
                let data = (&raw const wanted).cast_mut().cast();
                // SAFETY: the object is live, and the visitor reads the slice alone.
                if unsafe { traverse(object.as_ptr(), is_wanted, data) } != 0 {
                    found.push(object.owned());
                }
            });
        }
        found
    }

    /// Moves all objects where no collection looks.
    pub fn freeze(&self) {
        for generation in 0..GENERATIONS {
            // SAFETY: two lists of this state.
            unsafe { list::merge(self.generation(generation), self.permanent()) };
            self.counts[generation].set(0);
        }
    }

    /// Moves them back into the oldest generation.
    pub fn unfreeze(&self) {
        // SAFETY: two lists of this state.
        unsafe { list::merge(self.permanent(), self.generation(GENERATIONS - 1)) }
    }

    pub fn freeze_count(&self) -> usize {
        // SAFETY: a list of this state.
        unsafe { list::count(self.permanent()) }
    }
}

/// What an object refers to directly.
pub fn referents(object: &PyObject) -> Vec<Obj> {
    unsafe extern "C" fn push(object: *mut PyObject, data: *mut c_void) -> c_int {
        // SAFETY: a visited object is live, and the data is the list below.
        unsafe { (*data.cast::<Vec<Obj>>()).push(Obj::from_borrowed(object)) };
        0
    }
    let mut found: Vec<Obj> = Vec::new();
    if is_collected(object) {
        // SAFETY: the object is live; the visitor fills the list alone.
        unsafe { traverse(object.as_ptr(), push, (&raw mut found).cast()) };
    }
    found
}

fn list_in(cell: &crate::model::ObjCell) -> Obj {
    cell.get().unwrap_or_else(|| {
        let list = PyList::new().into_obj();
        cell.set(Some(list.clone()));
        list
    })
}
