//! The method resolution order: the C3 merge, `mro()` of metaclasses, and putting a new order in place.

#![expect(unsafe_code, reason = "writes `tp_mro`")]

use super::cache;
use crate::intern;
use crate::model::{Obj, ObjectExt, Py, PyObject, PyResult, PyType, TypeObject};
use crate::protocols::{call, object, sequence};
use crate::types::tuple::PyTuple;

/// The direct bases.
pub fn bases(class: &TypeObject) -> Py<PyTuple> {
    // SAFETY: `tp_bases` is null or a tuple that the type owns.
    unsafe {
        match (*class.raw()).tp_bases.cast::<PyTuple>().as_ref() {
            Some(bases) => bases.to_owned(),
            None => PyTuple::empty(),
        }
    }
}

fn class_name(class: &PyObject) -> String {
    match class.downcast::<TypeObject>() {
        Some(class) => class.short_name().to_owned(),
        None => object::repr(class).map(|text| text.to_string()).unwrap_or_default(),
    }
}

/// The order C3 gives, the class first (`type.mro`).
pub fn linearise(class: &TypeObject) -> PyResult<Vec<Obj>> {
    let bases = bases(class);
    let mut rows: Vec<Vec<Obj>> = Vec::with_capacity(bases.len() + 1);
    for base in bases.as_slice() {
        let Some(base) = base.downcast::<TypeObject>() else {
            return Err(raised!(TypeError, "bases must be types"));
        };
        if base.mro().is_empty() {
            return Err(raised!(TypeError, "Cannot extend an incomplete type '{}'", base.name()));
        }
        rows.push(base.mro().iter().map(|ty| ty.owned()).collect());
    }
    let mut order = vec![class.owned()];
    if let [only] = &mut rows[..] {
        order.append(only);
        return Ok(order);
    }
    for (place, base) in bases.as_slice().iter().enumerate() {
        if bases.as_slice()[place + 1..].iter().any(|other| other.is(base)) {
            return Err(raised!(TypeError, "duplicate base class {}", class_name(base)));
        }
    }
    rows.push(bases.as_slice().iter().map(|base| base.owned()).collect());
    merge(&mut order, &rows)?;
    Ok(order)
}

/// Appends to `order` what the rows have: always the first head that stands in no tail.
fn merge(order: &mut Vec<Obj>, rows: &[Vec<Obj>]) -> PyResult<()> {
    let mut starts = vec![0; rows.len()];
    loop {
        let heads = || rows.iter().zip(&starts).filter_map(|(row, &start)| row.get(start));
        if heads().next().is_none() {
            return Ok(());
        }
        let in_a_tail = |candidate: &Obj| {
            rows.iter()
                .zip(&starts)
                .any(|(row, &start)| row.iter().skip(start + 1).any(|ty| ty.is(candidate)))
        };
        let Some(next) = heads().find(|head| !in_a_tail(head)).cloned() else {
            let mut names: Vec<String> = Vec::new();
            let mut seen: Vec<&Obj> = Vec::new();
            for head in heads() {
                if !seen.iter().any(|known| known.is(head)) {
                    seen.push(head);
                    names.push(class_name(head));
                }
            }
            return Err(raised!(
                TypeError,
                "Cannot create a consistent method resolution order (MRO) for bases {}",
                names.join(", ")
            ));
        };
        for (row, start) in rows.iter().zip(&mut starts) {
            if row.get(*start).is_some_and(|head| head.is(&next)) {
                *start += 1;
            }
        }
        order.push(next);
    }
}

/// The order that the class's metaclass gives: `mro()` where it is overridden, else C3.
fn compute(class: &TypeObject) -> PyResult<Py<PyTuple>> {
    let meta = class.class();
    if meta.is(super::type_type()) {
        return Ok(PyTuple::from_vec(linearise(class)?));
    }
    let own = cache::lookup(super::type_type(), intern!("mro"));
    let theirs = cache::lookup(meta, intern!("mro"));
    if let (Some(own), Some(theirs)) = (&own, &theirs)
        && own.is(theirs)
    {
        return Ok(PyTuple::from_vec(linearise(class)?));
    }
    let Some(result) = call::special(class, intern!("mro"), &[])? else {
        return Err(raised!(AttributeError, "mro"));
    };
    let order = sequence::to_tuple(&result)?;
    if order.is_empty() {
        return Err(raised!(TypeError, "type MRO must not be empty"));
    }
    check(class, &order)?;
    Ok(order)
}

/// Instances must have the storage of every class in the order.
fn check(class: &TypeObject, order: &PyTuple) -> PyResult<()> {
    let solid = super::layout::solid_base(class);
    for entry in order.as_slice() {
        let Some(base) = entry.downcast::<TypeObject>() else {
            return Err(raised!(TypeError, "mro() returned a non-class ('{}')", entry.class().name()));
        };
        if !solid.is_subtype_of(super::layout::solid_base(base)) {
            return Err(raised!(TypeError, "mro() returned base with unsuitable layout ('{}')", base.name()));
        }
    }
    Ok(())
}

/// Computes the order anew and puts it in place. `Ok(None)` where `mro()` meanwhile put another one in place, else the
/// order before.
pub fn update(class: &TypeObject) -> PyResult<Option<Option<Obj>>> {
    // SAFETY: `tp_mro` is null or owned by the type.
    let before = unsafe {
        let before = (*class.raw()).tp_mro;
        if before.is_null() { None } else { Some(Obj::from_borrowed(before)) }
    };
    let order = compute(class)?;
    // SAFETY: as above.
    let now = unsafe { (*class.raw()).tp_mro };
    if before.as_deref().map_or(core::ptr::null_mut(), ObjectExt::as_ptr) != now {
        return Ok(None);
    }
    put(class, Some(order.into_obj()));
    cache::modified(class);
    if !class.class().is(super::type_type()) && class.mro().iter().any(|base| !descends(class, base)) {
        // Changes of a class it does not descend from go unnoticed: nothing may be remembered about it.
        cache::never_remember(class);
    }
    Ok(Some(before))
}

/// Whether `base` can be reached through `__bases__`.
fn descends(class: &TypeObject, base: &TypeObject) -> bool {
    class.is(base)
        || bases(class)
            .as_slice()
            .iter()
            .any(|direct| direct.downcast::<TypeObject>().is_some_and(|direct| descends(direct, base)))
}

/// Replaces `tp_mro`.
pub fn put(class: &TypeObject, order: Option<Obj>) {
    // SAFETY: `tp_mro` is null or owned by the type; the old order is dropped when the new one is in place.
    unsafe {
        let place = &raw mut (*class.raw()).tp_mro;
        let before = core::mem::replace(&mut *place, order.map_or(core::ptr::null_mut(), Obj::into_raw));
        if !before.is_null() {
            drop(Obj::from_raw(before));
        }
    }
}

/// The order of a class, kept alive.
pub fn order(class: &TypeObject) -> Option<Py<PyTuple>> {
    // SAFETY: `tp_mro` is null or a tuple that the type owns.
    unsafe { (*class.raw()).tp_mro.cast::<PyTuple>().as_ref() }.map(PyType::to_owned)
}
