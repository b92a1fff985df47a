//! `_md5`.

use super::hash_type;
use core::cell::RefCell;
use md5::{Digest, Md5};
use taipan_objects::prelude::*;

hash_type!(PyMd5, MD5_METHODS, "_md5.md5", "md5", Md5, 64);

#[pymodule(name = "_md5")]
pub mod md5_module {
    use super::*;

    /// Return a new MD5 hash object; optionally initialized with a string.
    #[pyfunction(signature = "(data=b'', *, usedforsecurity=True, string=None)")]
    pub fn md5(
        data: taipan_objects::model::args::OptArg<&PyObject>,
        usedforsecurity: bool,
        string: Option<&PyObject>,
    ) -> PyResult<Py<PyMd5>> {
        let _ = usedforsecurity;
        Ok(PyMd5::start(&crate::data::initial(data.given(), string)?))
    }

    #[exec]
    fn exec(module: &PyModule) -> PyResult<()> {
        module.add("MD5Type", PyMd5::type_object())?;
        module.add_int("_GIL_MINSIZE", crate::data::GIL_MIN_SIZE)
    }
}
