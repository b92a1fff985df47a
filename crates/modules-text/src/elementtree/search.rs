//! Finding children: by tag here, by a path in `xml.etree.ElementPath`.

use super::element::PyElement;
use taipan_macros::pymethods;
use taipan_objects::prelude::*;

/// Whether a path is just a tag. Braces hold a namespace, in which anything may stand; `{}` and `{*}` stand for more than
/// one tag.
fn is_tag(path: &PyObject) -> bool {
    let Some(path) = path.downcast::<PyStr>() else { return false };
    let Ok(path) = path.to_utf8() else { return false };
    let mut in_namespace = false;
    let special = path.chars().any(|c| match c {
        '{' => {
            in_namespace = true;
            false
        }
        '}' => {
            in_namespace = false;
            false
        }
        '/' | '*' | '[' | '@' | '.' => !in_namespace,
        _ => false,
    });
    !special && !path.starts_with("{}") && !path.starts_with("{*}")
}

/// Whether the element has this tag.
pub fn has_tag(element: &PyElement, tag: &PyObject) -> PyResult<bool> {
    match element.tag.get() {
        Some(own) => Ok(own.is(tag) || object::compare_bool(&own, tag, CompareOp::Eq)?),
        None => Ok(false),
    }
}

impl PyElement {
    /// The children with a tag, one after the other, as long as `visit` wants more.
    fn each_with_tag(&self, tag: &PyObject, mut visit: impl FnMut(Obj) -> bool) -> PyResult<()> {
        let mut place = 0;
        // Comparing tags may change the children.
        while let Some(child) = self.child(place) {
            if let Some(element) = child.downcast::<PyElement>()
                && has_tag(element, tag)?
                && !visit(child)
            {
                break;
            }
            place += 1;
        }
        Ok(())
    }

    fn first_with_tag(&self, tag: &PyObject) -> PyResult<Option<Obj>> {
        let mut found = None;
        self.each_with_tag(tag, |child| {
            found = Some(child);
            false
        })?;
        Ok(found)
    }

    /// Asks a function of `ElementPath`.
    fn by_path(&self, function: &PyStr, path: &PyObject, rest: &[&PyObject]) -> PyResult {
        let module = taipan_runtime::imports::import_module(intern!("xml.etree.ElementPath"))?;
        let mut args: Vec<&PyObject> = vec![self, path];
        args.extend_from_slice(rest);
        call::method(&module, function, &args)
    }
}

#[pymethods(METHODS)]
impl PyElement {
    #[pymethod(signature = "(path, namespaces=None)")]
    fn find(&self, path: &PyObject, namespaces: Option<&PyObject>) -> PyResult {
        if namespaces.is_some() || !is_tag(path) {
            return self.by_path(intern!("find"), path, &[namespaces.unwrap_or(none_ref())]);
        }
        Ok(self.first_with_tag(path)?.unwrap_or_else(none))
    }

    #[pymethod(signature = "(path, default=None, namespaces=None)")]
    fn findtext(
        &self,
        path: &PyObject,
        default: Option<&PyObject>,
        namespaces: Option<&PyObject>,
    ) -> PyResult {
        let default = default.unwrap_or(none_ref());
        if namespaces.is_some() || !is_tag(path) {
            let rest = [default, namespaces.unwrap_or(none_ref())];
            return self.by_path(intern!("findtext"), path, &rest);
        }
        let Some(found) = self.first_with_tag(path)? else { return Ok(default.owned()) };
        let text = found.downcast::<PyElement>().and_then(|element| element.text.get());
        Ok(text.filter(|text| !text.is_none()).unwrap_or_else(|| PyStr::new("").into_obj()))
    }

    #[pymethod(signature = "(path, namespaces=None)")]
    fn findall(&self, path: &PyObject, namespaces: Option<&PyObject>) -> PyResult {
        if namespaces.is_some() || !is_tag(path) {
            return self.by_path(intern!("findall"), path, &[namespaces.unwrap_or(none_ref())]);
        }
        let mut found = Vec::new();
        self.each_with_tag(path, |child| {
            found.push(child);
            true
        })?;
        Ok(PyList::from_vec(found).into_obj())
    }

    #[pymethod(signature = "(path, namespaces=None)")]
    fn iterfind(&self, path: &PyObject, namespaces: Option<&PyObject>) -> PyResult {
        self.by_path(intern!("iterfind"), path, &[namespaces.unwrap_or(none_ref())])
    }
}
