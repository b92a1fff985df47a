//! What Python sees of a native function.

use super::{PyBuiltin, doc};
use crate::intern;
use crate::model::{CompareOp, Obj, ObjectExt, PyObject, PyResult, none, not_implemented};
use crate::protocols::object;
use crate::types::module::PyModule;
use crate::types::str::PyStr;
use taipan_macros::pymethods;

#[expect(unsafe_code, reason = "reads C strings of a declaration")]
impl PyBuiltin {
    fn doc_text(&self) -> &'static str {
        // SAFETY: docstrings of declarations live as long as the process.
        unsafe { doc::c_text(self.def().ml_doc) }
    }
}

#[pymethods(METHODS)]
impl PyBuiltin {
    #[pymethod(name = "__reduce__")]
    fn reduce(&self) -> PyResult {
        let name = self.name();
        match self.receiver() {
            Some(receiver) if receiver.downcast::<PyModule>().is_none() => {
                let getattr = builtin("getattr")?;
                crate::model::ToPy::to_py((getattr, (receiver, name)))
            }
            _ => Ok(name.into_obj()),
        }
    }

    #[getter(__doc__)]
    fn get_doc(&self) -> PyResult {
        let (_, text) = doc::split(self.short_name(), self.doc_text());
        Ok(if text.is_empty() { none() } else { PyStr::new(text).into_obj() })
    }

    #[getter(__text_signature__)]
    fn text_signature(&self) -> Option<&'static str> {
        doc::split(self.short_name(), self.doc_text()).0.or_else(|| doc::of_convention(self.def()))
    }

    #[getter(__name__)]
    fn get_name(&self) -> PyResult {
        Ok(self.name().into_obj())
    }

    #[getter(__qualname__)]
    fn qualname(&self) -> PyResult {
        let name = self.name();
        let Some(receiver) = self.receiver().filter(|r| r.downcast::<PyModule>().is_none()) else {
            return Ok(name.into_obj());
        };
        let class = receiver.downcast().unwrap_or_else(|| receiver.class());
        let qualname = object::get_attr(class, intern!("__qualname__"))?;
        let Some(qualname) = qualname.downcast::<PyStr>() else {
            return Err(raised!(TypeError, "<method>.__class__.__qualname__ is not a unicode object"));
        };
        Ok(PyStr::new(&format!("{qualname}.{name}")).into_obj())
    }

    #[getter(__self__)]
    fn get_self(&self) -> PyResult {
        if self.def().ml_flags & taipan_abi::METH_STATIC != 0 {
            return Ok(none());
        }
        Ok(self.receiver().map_or_else(none, ObjectExt::owned))
    }

    #[slot(tp_repr)]
    fn repr(&self) -> PyResult {
        let text = match self.receiver() {
            Some(receiver) if receiver.downcast::<PyModule>().is_none() => format!(
                "<built-in method {} of {} object at {:p}>",
                self.short_name(),
                receiver.class().name(),
                receiver.as_ptr()
            ),
            _ => format!("<built-in function {}>", self.short_name()),
        };
        Ok(PyStr::new(&text).into_obj())
    }

    #[slot(tp_hash)]
    fn hash(&self) -> PyResult<isize> {
        let receiver = self.receiver().map_or(0, |receiver| receiver.as_ptr() as usize);
        let function = self.def().ml_meth.map_or(0, |function| function as usize);
        Ok((receiver.rotate_right(4) ^ function.rotate_right(4)) as isize)
    }

    #[slot(tp_richcompare)]
    fn compare(&self, other: &PyObject, op: CompareOp) -> PyResult {
        let (CompareOp::Eq | CompareOp::Ne, Some(other)) = (op, other.downcast::<PyBuiltin>()) else {
            return Ok(not_implemented());
        };
        let receiver = |b: &PyBuiltin| b.receiver().map(ObjectExt::as_ptr);
        let function = |b: &PyBuiltin| b.def().ml_meth.map(|function| function as usize);
        let equal = receiver(self) == receiver(other) && function(self) == function(other);
        crate::model::ToPy::to_py(equal == (op == CompareOp::Eq))
    }
}

/// A function of the module `builtins`.
pub fn builtin(name: &'static str) -> PyResult<Obj> {
    crate::protocols::sequence::builtin(&PyStr::new(name))
}
