//! "Did you mean" for named arguments.

use taipan_objects::errors::suggest::nearest;
use taipan_objects::prelude::*;

/// The candidate nearest to `name`, if one is near enough.
pub(crate) fn suggestion<'a>(candidates: &[&'a PyObject], name: &PyStr) -> Option<&'a PyStr> {
    let strings: Vec<&'a PyStr> = candidates.iter().filter_map(|c| c.downcast::<PyStr>()).collect();
    let texts: Vec<String> = strings.iter().map(ToString::to_string).collect();
    let borrowed: Vec<&str> = texts.iter().map(String::as_str).collect();
    let found = nearest(&borrowed, &name.to_string())?;
    strings.into_iter().zip(&texts).find(|(_, text)| *text == found).map(|(string, _)| string)
}
