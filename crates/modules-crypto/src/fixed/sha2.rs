//! `_sha2`.

use super::hash_type;
use core::cell::RefCell;
use sha2::{Digest, Sha224, Sha256, Sha384, Sha512};
use taipan_objects::prelude::*;

hash_type!(PySha224, SHA224_METHODS, "_sha2.SHA224Type", "sha224", Sha224, 64);
hash_type!(PySha256, SHA256_METHODS, "_sha2.SHA256Type", "sha256", Sha256, 64);
hash_type!(PySha384, SHA384_METHODS, "_sha2.SHA384Type", "sha384", Sha384, 128);
hash_type!(PySha512, SHA512_METHODS, "_sha2.SHA512Type", "sha512", Sha512, 128);

#[pymodule(name = "_sha2")]
pub mod sha2_module {
    use super::*;

    /// Return a new SHA-224 hash object; optionally initialized with a string.
    #[pyfunction(signature = "(data=b'', *, usedforsecurity=True, string=None)")]
    pub fn sha224(
        data: taipan_objects::model::args::OptArg<&PyObject>,
        usedforsecurity: bool,
        string: Option<&PyObject>,
    ) -> PyResult<Py<PySha224>> {
        let _ = usedforsecurity;
        Ok(PySha224::start(&crate::data::initial(data.given(), string)?))
    }

    /// Return a new SHA-256 hash object; optionally initialized with a string.
    #[pyfunction(signature = "(data=b'', *, usedforsecurity=True, string=None)")]
    pub fn sha256(
        data: taipan_objects::model::args::OptArg<&PyObject>,
        usedforsecurity: bool,
        string: Option<&PyObject>,
    ) -> PyResult<Py<PySha256>> {
        let _ = usedforsecurity;
        Ok(PySha256::start(&crate::data::initial(data.given(), string)?))
    }

    /// Return a new SHA-384 hash object; optionally initialized with a string.
    #[pyfunction(signature = "(data=b'', *, usedforsecurity=True, string=None)")]
    pub fn sha384(
        data: taipan_objects::model::args::OptArg<&PyObject>,
        usedforsecurity: bool,
        string: Option<&PyObject>,
    ) -> PyResult<Py<PySha384>> {
        let _ = usedforsecurity;
        Ok(PySha384::start(&crate::data::initial(data.given(), string)?))
    }

    /// Return a new SHA-512 hash object; optionally initialized with a string.
    #[pyfunction(signature = "(data=b'', *, usedforsecurity=True, string=None)")]
    pub fn sha512(
        data: taipan_objects::model::args::OptArg<&PyObject>,
        usedforsecurity: bool,
        string: Option<&PyObject>,
    ) -> PyResult<Py<PySha512>> {
        let _ = usedforsecurity;
        Ok(PySha512::start(&crate::data::initial(data.given(), string)?))
    }

    #[exec]
    fn exec(module: &PyModule) -> PyResult<()> {
        module.add_type(PySha224::type_object())?;
        module.add_type(PySha256::type_object())?;
        module.add_type(PySha384::type_object())?;
        module.add_type(PySha512::type_object())?;
        module.add_int("_GIL_MINSIZE", crate::data::GIL_MIN_SIZE)
    }
}
