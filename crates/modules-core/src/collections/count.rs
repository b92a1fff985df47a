//! Counting the items of an iterable, for `collections.Counter`.

use taipan_objects::intern;
use taipan_objects::prelude::*;
use taipan_objects::types::r#type::lookup;

/// Whether `class` has the same method under this name as `dict`.
fn same_as_dict(class: &TypeObject, name: &'static PyStr) -> bool {
    match (lookup(class, name), lookup(PyDict::type_object(), name)) {
        (Some(a), Some(b)) => a.is(&b),
        _ => false,
    }
}

/// `for x in iterable: mapping[x] = mapping.get(x, 0) + 1`.
pub fn count_elements(mapping: &PyObject, iterable: &PyObject) -> PyResult<()> {
    let one = PyInt::from_i64(1);
    let iterator = iter::iter(iterable)?;
    let class = mapping.class();
    if let Some(dict) = mapping.downcast::<PyDict>()
        && same_as_dict(class, intern!("get"))
        && same_as_dict(class, intern!("__setitem__"))
    {
        while let Some(key) = iter::next(&iterator)? {
            let hash = object::hash(&key)?;
            let count = match dict.get_known_hash(&key, hash)? {
                Some(count) => number::add(&count, &one)?,
                None => one.clone().into_obj(),
            };
            dict.set_known_hash(key, hash, count)?;
        }
        return Ok(());
    }
    let (get, zero) = (object::get_attr(mapping, intern!("get"))?, PyInt::from_i64(0));
    while let Some(key) = iter::next(&iterator)? {
        let count = call::call(&get, &[&key, &zero])?;
        object::set_item(mapping, &key, Some(&*number::add(&count, &one)?))?;
    }
    Ok(())
}
