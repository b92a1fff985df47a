//! `_suggestions`: the name that was probably meant.

use taipan_macros::pymodule;

#[pymodule(name = "_suggestions")]
pub mod suggestions {
    use taipan_objects::prelude::*;

    /// Returns the candidate in candidates that's closest to item
    #[pyfunction(signature = "(candidates, item, /)")]
    pub fn _generate_suggestions(candidates: &PyObject, item: &PyStr) -> PyResult {
        let Some(list) = candidates.downcast_exact::<PyList>() else {
            return Err(raised!(TypeError, "candidates must be a list"));
        };
        let mut names = Vec::new();
        for candidate in list.to_vec() {
            match candidate.downcast::<PyStr>() {
                Some(name) => names.push(name.to_string()),
                None => return Err(raised!(TypeError, "all elements in 'candidates' must be strings")),
            }
        }
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        Ok(taipan_objects::errors::suggest::nearest(&names, &item.to_string())
            .map_or_else(none, |name| PyStr::new(name).into_obj()))
    }
}
