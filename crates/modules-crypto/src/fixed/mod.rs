//! Hashes with a digest of fixed length: one macro declares a type.

pub mod md5;
pub mod sha1;
pub mod sha2;

/// Declares a hash type around a RustCrypto hasher.
macro_rules! hash_type {
    ($struct:ident, $part:ident, $type_name:literal, $name:literal, $hasher:ty, $block:literal) => {
        #[pytype(name = $type_name, flags(DISALLOW_INSTANTIATION), parts($part))]
        pub struct $struct {
            ob_base: PyObject,
            state: RefCell<$hasher>,
        }

        impl $struct {
            fn start(bytes: &[u8]) -> Py<$struct> {
                let mut state = <$hasher>::default();
                crate::data::feed(bytes, |bytes| state.update(bytes));
                taipan_objects::memory::new($struct { ob_base: PyObject::EMPTY, state: RefCell::new(state) })
            }
        }

        #[pymethods($part)]
        impl $struct {
            /// Return a copy of the hash object.
            #[pymethod]
            fn copy(&self) -> Py<$struct> {
                let state = RefCell::new(self.state.borrow().clone());
                taipan_objects::memory::new($struct { ob_base: PyObject::EMPTY, state })
            }

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

            /// Update this hash object's state with the provided string.
            #[pymethod(signature = "(obj, /)")]
            fn update(&self, obj: &PyObject) -> PyResult<()> {
                let bytes = crate::data::bytes_of(obj)?;
                crate::data::feed(&bytes, |bytes| self.state.borrow_mut().update(bytes));
                Ok(())
            }

            #[getter]
            fn block_size(&self) -> usize {
                $block
            }

            #[getter]
            fn name(&self) -> &'static str {
                $name
            }

            #[getter]
            fn digest_size(&self) -> usize {
                <$hasher as Digest>::output_size()
            }
        }
    };
}

use hash_type;
