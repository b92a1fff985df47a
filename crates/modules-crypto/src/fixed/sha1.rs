//! `_sha1`.

use super::hash_type;
use core::cell::RefCell;
use sha1::{Digest, Sha1};
use taipan_objects::prelude::*;

hash_type!(PySha1, SHA1_METHODS, "_sha1.sha1", "sha1", Sha1, 64);

#[pymodule(name = "_sha1")]
pub mod sha1_module {
    use super::*;

    /// Return a new SHA1 hash object; optionally initialized with a string.
    #[pyfunction(signature = "(data=b'', *, usedforsecurity=True, string=None)")]
    pub fn sha1(
        data: taipan_objects::model::args::OptArg<&PyObject>,
        usedforsecurity: bool,
        string: Option<&PyObject>,
    ) -> PyResult<Py<PySha1>> {
        let _ = usedforsecurity;
        Ok(PySha1::start(&crate::data::initial(data.given(), string)?))
    }

    #[exec]
    fn exec(module: &PyModule) -> PyResult<()> {
        module.add("SHA1Type", PySha1::type_object())?;
        module.add_int("_GIL_MINSIZE", crate::data::GIL_MIN_SIZE)
    }
}
