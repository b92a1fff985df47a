//! Looking attributes up in types, through a cache; version tags; telling others of changes.
//!
//! A version tag stands for one state of a type and of all its bases: every change of a type gives up its tag and the
//! tags of all classes derived from it ([`modified`]). Tags are unique in the process, so that what is remembered under
//! one can never be wrong. A type with a tag has only bases with tags.
//!
//! The cache is each thread's own: 4096 entries found by tag and name. An entry's value is borrowed from the dictionary
//! of a class; it is valid as long as the tag is.

#![expect(unsafe_code, reason = "borrows values from the dictionaries of types")]

use super::subclasses;
use crate::model::thread::current;
use crate::model::{Obj, ObjectExt, PyObject, TypeObject};
use crate::types::dict::PyDict;
use crate::types::str::PyStr;
use core::cell::{Cell, RefCell};
use core::ffi::c_int;
use core::ptr::null_mut;
use core::sync::atomic::{AtomicU32, Ordering};
use taipan_abi::*;

const ENTRIES: usize = 1 << 12;

struct Entry {
    version: Cell<u32>,
    /// Owned: no other string can come to lie at its address.
    name: Cell<*mut PyObject>,
    value: Cell<*mut PyObject>,
}

thread_local! {
    static CACHE: [Entry; ENTRIES] =
        const { [const { Entry { version: Cell::new(0), name: Cell::new(null_mut()), value: Cell::new(null_mut()) } }; ENTRIES] };
}

static NEXT_VERSION: AtomicU32 = AtomicU32::new(1);

/// How many tags one class may use up.
const VERSIONS_PER_CLASS: u16 = 1000;

/// `tp_versions_used` of a class that never gets a tag (`_Py_ATTR_CACHE_UNUSED`).
const NEVER: u16 = _Py_ATTR_CACHE_UNUSED as u16;

/// Gives the class no tag from now on.
pub fn never_remember(class: &TypeObject) {
    modified(class);
    // SAFETY: one field of a live type is written.
    unsafe { (*class.raw()).tp_versions_used = NEVER };
}

/// What is called when a watched type changes (`PyType_AddWatcher`).
pub type Watcher = unsafe extern "C" fn(*mut PyTypeObject) -> c_int;

/// The type watchers of an interpreter.
#[derive(Default)]
pub struct Watchers(RefCell<[Option<Watcher>; 8]>);

impl Watchers {
    /// Adds one; gives its number, `None` where all places are taken.
    pub fn add(&self, watcher: Watcher) -> Option<usize> {
        let mut watchers = self.0.borrow_mut();
        let place = watchers.iter().position(Option::is_none)?;
        watchers[place] = Some(watcher);
        Some(place)
    }

    /// Removes one; false where there was none.
    pub fn remove(&self, place: usize) -> bool {
        self.0.borrow_mut().get_mut(place).and_then(Option::take).is_some()
    }

    /// Whether there is one of this number.
    pub fn contains(&self, place: usize) -> bool {
        self.0.borrow().get(place).is_some_and(Option::is_some)
    }
}

#[inline(always)]
fn index_of(version: u32, name: &PyStr) -> usize {
    (version as usize ^ (core::ptr::from_ref(name).addr() >> 4)) & (ENTRIES - 1)
}

/// The first definition of `name` along the MRO (`_PyType_Lookup`).
#[inline]
pub fn lookup(class: &TypeObject, name: &PyStr) -> Option<Obj> {
    let version = class.tp_version_tag();
    if version != 0 {
        let found = CACHE.with(|cache| {
            let entry = &cache[index_of(version, name)];
            (entry.version.get() == version && entry.name.get() == name.as_ptr()).then(|| entry.value.get())
        });
        if let Some(value) = found {
            // SAFETY: while the tag is valid the dictionaries hold the value.
            return if value.is_null() { None } else { Some(unsafe { Obj::from_borrowed(value) }) };
        }
    }
    lookup_and_remember(class, name)
}

#[cold]
#[inline(never)]
fn lookup_and_remember(class: &TypeObject, name: &PyStr) -> Option<Obj> {
    let version = if name.is_interned() { assign_version(class) } else { 0 };
    let found = lookup_in_mro(class, name);
    if version != 0 && class.tp_version_tag() == version {
        CACHE.with(|cache| {
            let entry = &cache[index_of(version, name)];
            let value = found.as_deref().map_or(null_mut(), ObjectExt::as_ptr);
            entry.version.set(version);
            entry.value.set(value);
            let before = entry.name.replace(name.owned().into_raw());
            if !before.is_null() {
                // SAFETY: the entry owned its name; dropping a string runs no other code.
                drop(unsafe { Obj::from_raw(before) });
            }
        });
    }
    found
}

/// As [`lookup`] without the cache. Errors of strange keys count as not found.
pub fn lookup_in_mro(class: &TypeObject, name: &PyStr) -> Option<Obj> {
    lookup_with_class(class, name).map(|(_, value)| value)
}

/// As [`lookup_in_mro`], with the class that defines it.
pub fn lookup_with_class(class: &TypeObject, name: &PyStr) -> Option<(Obj, Obj)> {
    // SAFETY: the tuple is kept alive while its items are looked at.
    let _mro = unsafe {
        let mro = (*class.raw()).tp_mro;
        if mro.is_null() { None } else { Some(Obj::from_borrowed(mro)) }
    };
    if _mro.is_none() {
        return get_own(class, name).map(|value| (class.owned(), value));
    }
    class.mro().iter().find_map(|ty| get_own(ty, name).map(|value| (ty.owned(), value)))
}

/// What the type's own dictionary has under `name`.
#[inline]
pub fn get_own(class: &TypeObject, name: &PyStr) -> Option<Obj> {
    // SAFETY: a type's dictionary lives as long as the type.
    let dict = unsafe { (*class.raw()).tp_dict.cast::<PyDict>().as_ref()? };
    match dict.get_str(name) {
        Ok(found) => found,
        Err(raised) => {
            crate::errors::clear(raised);
            None
        }
    }
}

/// A version tag for inline caches: nonzero, unique to this state of the type; 0 when they ran out.
pub fn assign_version(class: &TypeObject) -> u32 {
    let known = class.tp_version_tag();
    if known != 0 {
        return known;
    }
    if !class.has_flag(Py_TPFLAGS_READY) {
        return 0;
    }
    // SAFETY: single fields of a live type are read and written.
    unsafe {
        let raw = class.raw();
        let limit = if class.has_flag(Py_TPFLAGS_IMMUTABLETYPE) { NEVER } else { VERSIONS_PER_CLASS };
        if (*raw).tp_versions_used >= limit {
            return 0;
        }
        let bases = (*raw).tp_bases;
        if !bases.is_null() {
            let bases = &*bases.cast::<crate::types::tuple::PyTuple>();
            for base in bases.as_slice() {
                if base.downcast::<TypeObject>().is_some_and(|base| assign_version(base) == 0) {
                    return 0;
                }
            }
        }
        let tag = next_version();
        if tag != 0 {
            (*raw).tp_version_tag = tag;
            (*raw).tp_versions_used = ((*raw).tp_versions_used + 1).min(NEVER - 1);
            (*raw).tp_flags |= Py_TPFLAGS_VALID_VERSION_TAG;
        }
        tag
    }
}

fn next_version() -> u32 {
    let next = |tag: u32| (tag != 0).then(|| tag.wrapping_add(1));
    NEXT_VERSION.fetch_update(Ordering::Relaxed, Ordering::Relaxed, next).unwrap_or(0)
}

/// Gives the type this tag, for tests of what tags guard; it counts as used. A tag that somebody had cannot be given
/// again, so the type is left without one then.
pub fn assign_specific_version(class: &TypeObject, tag: u32) {
    let own = class.tp_version_tag();
    if tag != own {
        modified(class);
    }
    // SAFETY: single fields of a live type are read and written.
    unsafe {
        let raw = class.raw();
        (*raw).tp_versions_used = (*raw).tp_versions_used.saturating_add(1).min(NEVER - 1);
        if tag != 0 && tag != own && NEXT_VERSION.load(Ordering::Relaxed) <= tag {
            NEXT_VERSION.store(tag.wrapping_add(1), Ordering::Relaxed);
            (*raw).tp_version_tag = tag;
            (*raw).tp_flags |= Py_TPFLAGS_VALID_VERSION_TAG;
        }
    }
}

/// Forgets what this thread remembers.
pub fn clear_cache() {
    CACHE.with(|cache| {
        for entry in cache {
            entry.version.set(0);
            entry.value.set(null_mut());
            let name = entry.name.replace(null_mut());
            if !name.is_null() {
                // SAFETY: the entry owned its name; dropping a string runs no other code.
                drop(unsafe { Obj::from_raw(name) });
            }
        }
    });
}

/// Tells caches that the type or a base of it changed (`PyType_Modified`).
pub fn modified(class: &TypeObject) {
    if class.tp_version_tag() == 0 {
        // Then no class derived from it has one.
        return;
    }
    for subclass in subclasses::of(class) {
        if let Some(subclass) = subclass.downcast::<TypeObject>() {
            modified(subclass);
        }
    }
    // SAFETY: single fields of a live type are read and written.
    unsafe {
        let raw = class.raw();
        (*raw).tp_version_tag = 0;
        (*raw).tp_flags &= !Py_TPFLAGS_VALID_VERSION_TAG;
        if class.is_heap() {
            (*raw.cast::<PyHeapTypeObject>())._spec_cache.getitem = null_mut();
        }
        if (*raw).tp_watched != 0 {
            tell_watchers(class, (*raw).tp_watched);
        }
    }
}

#[cold]
fn tell_watchers(class: &TypeObject, watched: u8) {
    let watchers = current().interpreter().extension::<Watchers>();
    for place in (0..8).filter(|place| watched & 1 << place != 0) {
        let watcher = watchers.0.borrow()[place];
        let Some(watcher) = watcher else { continue };
        // SAFETY: who added the watcher promised that it can be called with a live type.
        if unsafe { watcher(class.raw()) } < 0 {
            let raised = crate::model::Raised::claim();
            let shown = crate::types::exceptions::preserving(|| crate::protocols::object::repr(class));
            let shown = shown.map_or_else(
                |other| {
                    crate::errors::clear(other);
                    "<type>".to_string()
                },
                |text| text.to_string_lossy().into_owned(),
            );
            let message = format!("Exception ignored in type watcher callback #{place} for {shown}");
            crate::errors::write_unraisable(raised, Some(&message), None);
        }
    }
}

/// Makes watcher `place` hear of changes of the type, or no longer.
pub fn watch(class: &TypeObject, place: usize, on: bool) {
    if on {
        // Changes are noticed on types with a tag only.
        assign_version(class);
    }
    // SAFETY: one field is written.
    unsafe {
        let watched = &raw mut (*class.raw()).tp_watched;
        *watched = if on { *watched | 1 << place } else { *watched & !(1 << place) };
    }
}
