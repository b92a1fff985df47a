//! `_sha3`: SHA-3 and SHAKE.

use core::cell::RefCell;
use sha3::digest::{ExtendableOutput, Update, XofReader};
use sha3::{Digest, Sha3_224, Sha3_256, Sha3_384, Sha3_512};
use shake::{Shake128, Shake256};
use taipan_objects::model::args::OptArg;
use taipan_objects::prelude::*;

/// Declares the common methods of one type.
macro_rules! common_methods {
    ($common:ident, $struct:ident, $name:literal, $hasher:ty, $rate:literal, $suffix:literal, $size:expr) => {
        #[pymethods($common)]
        impl $struct {
            #[new(signature = "(data=b'', *, usedforsecurity=True, string=None)")]
            fn py_new(
                cls: &TypeObject,
                data: OptArg<&PyObject>,
                usedforsecurity: bool,
                string: Option<&PyObject>,
            ) -> PyResult<Py<$struct>> {
                let _ = usedforsecurity;
                let bytes = crate::data::initial(data.given(), string)?;
                let mut state = <$hasher>::default();
                crate::data::feed(&bytes, |bytes| Update::update(&mut state, bytes));
                let state = RefCell::new(state);
                taipan_objects::memory::new_in(cls, $struct { ob_base: PyObject::EMPTY, state })
            }

            /// Return a copy of the hash object.
            #[pymethod]
            fn copy(&self) -> PyResult<Py<$struct>> {
                let state = RefCell::new(self.state.borrow().clone());
                taipan_objects::memory::new_in(self.class(), $struct { ob_base: PyObject::EMPTY, state })
            }

            /// Update this hash object's state with the provided bytes-like object.
            #[pymethod(signature = "(data, /)")]
            fn update(&self, data: &PyObject) -> PyResult<()> {
                let bytes = crate::data::bytes_of(data)?;
                crate::data::feed(&bytes, |bytes| Update::update(&mut *self.state.borrow_mut(), bytes));
                Ok(())
            }

            #[getter]
            fn block_size(&self) -> usize {
                $rate / 8
            }

            #[getter]
            fn name(&self) -> &'static str {
                $name
            }

            #[getter]
            fn digest_size(&self) -> usize {
                $size
            }

            #[getter(name = "_capacity_bits")]
            fn capacity_bits(&self) -> usize {
                1600 - $rate
            }

            #[getter(name = "_rate_bits")]
            fn rate_bits(&self) -> usize {
                $rate
            }

            #[getter(name = "_suffix")]
            fn suffix(&self) -> Py<PyBytes> {
                PyBytes::new(&[$suffix])
            }
        }
    };
}

/// Declares the digests of a type with a fixed length.
macro_rules! fixed_digest {
    ($part:ident, $struct:ident) => {
        #[pymethods($part)]
        impl $struct {
            /// Return the digest value as a bytes object.
            #[pymethod]
            fn digest(&self) -> Py<PyBytes> {
                PyBytes::new(&self.state.borrow().clone().finalize())
            }

            /// Return the digest value as a string of hexadecimal digits.
            #[pymethod]
            fn hexdigest(&self) -> String {
                crate::data::hex(&self.state.borrow().clone().finalize())
            }
        }
    };
}

/// Declares the digests of a type whose digest is as long as asked.
macro_rules! extendable_digest {
    ($part:ident, $struct:ident) => {
        impl $struct {
            fn squeeze(&self, length: isize) -> PyResult<Vec<u8>> {
                const LONGEST: usize = 1 << 29;
                let Ok(length) = usize::try_from(length) else {
                    return Err(raised!(ValueError, "value must be positive"));
                };
                if length >= LONGEST {
                    return Err(raised!(ValueError, "length is too large"));
                }
                let mut out = vec![0; length];
                self.state.borrow().clone().finalize_xof().read(&mut out);
                Ok(out)
            }
        }

        #[pymethods($part)]
        impl $struct {
            /// Return the digest value as a bytes object.
            #[pymethod(signature = "(length)")]
            fn digest(&self, length: isize) -> PyResult<Py<PyBytes>> {
                Ok(PyBytes::new(&self.squeeze(length)?))
            }

            /// Return the digest value as a string of hexadecimal digits.
            #[pymethod(signature = "(length)")]
            fn hexdigest(&self, length: isize) -> PyResult<String> {
                Ok(crate::data::hex(&self.squeeze(length)?))
            }
        }
    };
}

/// sha3_224([data], *, usedforsecurity=True) -> SHA3 object
///
/// Return a new SHA3 hash object with a hashbit length of 28 bytes.
#[pytype(name = "_sha3.sha3_224", parts(SHA3_224_COMMON, SHA3_224_DIGEST))]
pub struct PySha3_224 {
    ob_base: PyObject,
    state: RefCell<Sha3_224>,
}

common_methods!(SHA3_224_COMMON, PySha3_224, "sha3_224", Sha3_224, 1152, 6, 28);
fixed_digest!(SHA3_224_DIGEST, PySha3_224);

/// sha3_256([data], *, usedforsecurity=True) -> SHA3 object
///
/// Return a new SHA3 hash object with a hashbit length of 32 bytes.
#[pytype(name = "_sha3.sha3_256", parts(SHA3_256_COMMON, SHA3_256_DIGEST))]
pub struct PySha3_256 {
    ob_base: PyObject,
    state: RefCell<Sha3_256>,
}

common_methods!(SHA3_256_COMMON, PySha3_256, "sha3_256", Sha3_256, 1088, 6, 32);
fixed_digest!(SHA3_256_DIGEST, PySha3_256);

/// sha3_384([data], *, usedforsecurity=True) -> SHA3 object
///
/// Return a new SHA3 hash object with a hashbit length of 48 bytes.
#[pytype(name = "_sha3.sha3_384", parts(SHA3_384_COMMON, SHA3_384_DIGEST))]
pub struct PySha3_384 {
    ob_base: PyObject,
    state: RefCell<Sha3_384>,
}

common_methods!(SHA3_384_COMMON, PySha3_384, "sha3_384", Sha3_384, 832, 6, 48);
fixed_digest!(SHA3_384_DIGEST, PySha3_384);

/// sha3_512([data], *, usedforsecurity=True) -> SHA3 object
///
/// Return a new SHA3 hash object with a hashbit length of 64 bytes.
#[pytype(name = "_sha3.sha3_512", parts(SHA3_512_COMMON, SHA3_512_DIGEST))]
pub struct PySha3_512 {
    ob_base: PyObject,
    state: RefCell<Sha3_512>,
}

common_methods!(SHA3_512_COMMON, PySha3_512, "sha3_512", Sha3_512, 576, 6, 64);
fixed_digest!(SHA3_512_DIGEST, PySha3_512);

/// shake_128([data], *, usedforsecurity=True) -> SHAKE object
///
/// Return a new SHAKE hash object.
#[pytype(name = "_sha3.shake_128", parts(SHAKE_128_COMMON, SHAKE_128_DIGEST))]
pub struct PyShake128 {
    ob_base: PyObject,
    state: RefCell<Shake128>,
}

common_methods!(SHAKE_128_COMMON, PyShake128, "shake_128", Shake128, 1344, 31, 0);
extendable_digest!(SHAKE_128_DIGEST, PyShake128);

/// shake_256([data], *, usedforsecurity=True) -> SHAKE object
///
/// Return a new SHAKE hash object.
#[pytype(name = "_sha3.shake_256", parts(SHAKE_256_COMMON, SHAKE_256_DIGEST))]
pub struct PyShake256 {
    ob_base: PyObject,
    state: RefCell<Shake256>,
}

common_methods!(SHAKE_256_COMMON, PyShake256, "shake_256", Shake256, 1088, 31, 0);
extendable_digest!(SHAKE_256_DIGEST, PyShake256);

#[pymodule(name = "_sha3")]
pub mod sha3_module {
    use super::*;

    #[exec]
    fn exec(module: &PyModule) -> PyResult<()> {
        module.add_type(PySha3_224::type_object())?;
        module.add_type(PySha3_256::type_object())?;
        module.add_type(PySha3_384::type_object())?;
        module.add_type(PySha3_512::type_object())?;
        module.add_type(PyShake128::type_object())?;
        module.add_type(PyShake256::type_object())?;
        module.add_str("implementation", "RustCrypto")?;
        module.add_int("_GIL_MINSIZE", crate::data::GIL_MIN_SIZE)
    }
}
