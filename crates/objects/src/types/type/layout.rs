//! Which base decides the storage of instances.
//!
//! A class is *solid* where its instances hold more than those of its base, beyond a dictionary and weak references.
//! Several bases go together where one's solid class derives from all the others'.

#![expect(unsafe_code, reason = "reads fields of type structs")]

use crate::model::{ObjectExt, PyResult, TypeObject};
use crate::types::object::object_type;
use crate::types::tuple::PyTuple;
use taipan_abi::*;

/// Where the list of weak references lies with `Py_TPFLAGS_MANAGED_WEAKREF`: four words before the object.
pub const MANAGED_WEAKREF_OFFSET: isize = -32;

/// Whether instances of `class` hold more than those of `base`.
fn adds_storage(class: &TypeObject, base: &TypeObject) -> bool {
    let (mut size, base_size) = (class.tp_basicsize(), base.tp_basicsize());
    if class.tp_itemsize() != 0 || base.tp_itemsize() != 0 {
        return size != base_size || class.tp_itemsize() != base.tp_itemsize();
    }
    let pointer = size_of::<usize>() as isize;
    if class.tp_weaklistoffset() != 0
        && base.tp_weaklistoffset() == 0
        && class.tp_weaklistoffset() + pointer == size
        && class.is_heap()
    {
        size -= pointer;
    }
    if class.tp_dictoffset() != 0
        && base.tp_dictoffset() == 0
        && class.tp_dictoffset() + pointer == size
        && class.is_heap()
    {
        size -= pointer;
    }
    size != base_size
}

/// The class whose storage instances of `class` have.
pub fn solid_base(class: &TypeObject) -> &TypeObject {
    let mut class = class;
    while let Some(base) = class.base() {
        if adds_storage(class, base) {
            return class;
        }
        class = base;
    }
    object_type()
}

/// The base that gives a new class its storage.
pub fn best_base(bases: &PyTuple) -> PyResult<&TypeObject> {
    let mut best: Option<(&TypeObject, &TypeObject)> = None;
    for base in bases.as_slice() {
        let Some(base) = base.downcast::<TypeObject>() else {
            return Err(raised!(TypeError, "bases must be types"));
        };
        if !base.has_flag(Py_TPFLAGS_READY) && !base.has_flag(Py_TPFLAGS_READYING) {
            super::ready::ready(base, None, core::ptr::null_mut())?;
        }
        if !base.has_flag(Py_TPFLAGS_BASETYPE) {
            return Err(raised!(TypeError, "type '{}' is not an acceptable base type", base.name()));
        }
        let solid = solid_base(base);
        match best {
            None => best = Some((base, solid)),
            Some((_, winner)) if winner.is_subtype_of(solid) => {}
            Some((_, winner)) if solid.is_subtype_of(winner) => best = Some((base, solid)),
            Some(_) => return Err(raised!(TypeError, "multiple bases have instance lay-out conflict")),
        }
    }
    Ok(best.map_or(object_type(), |(base, _)| base))
}

fn same_slots_added(a: &TypeObject, b: &TypeObject) -> bool {
    let Some(base) = a.base() else { return false };
    if b.base().is_none_or(|other| !other.is(base)) {
        return false;
    }
    let slots = |class: &TypeObject| {
        // SAFETY: heap types have this layout; `ht_slots` is null or a tuple.
        unsafe {
            let slots = (*class.raw().cast::<PyHeapTypeObject>()).ht_slots;
            slots.cast::<PyTuple>().as_ref()
        }
    };
    let size = |class: &TypeObject| class.tp_basicsize() - base.tp_basicsize();
    if size(a) != size(b) || a.tp_itemsize() != b.tp_itemsize() {
        return false;
    }
    let names = |class: &TypeObject| -> Option<Vec<String>> {
        Some(
            slots(class)?
                .as_slice()
                .iter()
                .filter_map(|s| s.downcast::<crate::types::str::PyStr>())
                .map(|s| s.to_string())
                .collect(),
        )
    };
    size(a) == 0 || (a.is_heap() && b.is_heap() && names(a).is_some() && names(a) == names(b))
}

/// Whether an instance of `old` can become one of `new`: for assignments to `__class__` and `__bases__`.
pub fn compatible(new: &TypeObject, old: &TypeObject, attribute: &str) -> PyResult<()> {
    if new.tp_free().map(|f| f as usize) != old.tp_free().map(|f| f as usize) {
        return Err(raised!(
            TypeError,
            "{attribute} assignment: '{}' deallocator differs from '{}'",
            new.name(),
            old.name()
        ));
    }
    let managed = Py_TPFLAGS_INLINE_VALUES | Py_TPFLAGS_PREHEADER;
    let (a, b) = (first_with_storage(new), first_with_storage(old));
    let same_base = match (a.base(), b.base()) {
        (Some(a), Some(b)) => a.is(b),
        (None, None) => true,
        _ => false,
    };
    let same = a.is(b) || (same_base && same_slots_added(a, b));
    if !same || new.flags() & managed != old.flags() & managed {
        return Err(raised!(
            TypeError,
            "{attribute} assignment: '{}' object layout differs from '{}'",
            new.name(),
            old.name()
        ));
    }
    Ok(())
}

/// The first class of the chain of bases that adds something to its base's instances.
fn first_with_storage(class: &TypeObject) -> &TypeObject {
    let mut class = class;
    while let Some(base) = class.base()
        && same_storage(class, base)
    {
        class = base;
    }
    class
}

/// Whether a class adds nothing at all to the instances of its base.
fn same_storage(class: &TypeObject, base: &TypeObject) -> bool {
    let generic = super::instance::clear as *const () as usize;
    let clear = |ty: &TypeObject| ty.tp_clear().map(|f| f as usize);
    class.tp_basicsize() == base.tp_basicsize()
        && class.tp_itemsize() == base.tp_itemsize()
        && class.tp_dictoffset() == base.tp_dictoffset()
        && class.tp_weaklistoffset() == base.tp_weaklistoffset()
        && class.has_flag(Py_TPFLAGS_HAVE_GC) == base.has_flag(Py_TPFLAGS_HAVE_GC)
        && (!class.has_flag(Py_TPFLAGS_HAVE_GC)
            || clear(class) == clear(base)
            || clear(class) == Some(generic))
}

/// The metaclass of a class with these bases: the most derived of `meta` and theirs.
pub fn calculate_metaclass<'a>(meta: &'a TypeObject, bases: &'a PyTuple) -> PyResult<&'a TypeObject> {
    let mut winner = meta;
    for base in bases.as_slice() {
        let theirs = base.class();
        if winner.is_subtype_of(theirs) {
            continue;
        }
        if theirs.is_subtype_of(winner) {
            winner = theirs;
            continue;
        }
        return Err(raised!(
            TypeError,
            "metaclass conflict: the metaclass of a derived class must be a (non-strict) subclass of the metaclasses of all its bases"
        ));
    }
    Ok(winner)
}
