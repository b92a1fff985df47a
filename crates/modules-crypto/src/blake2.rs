//! `_blake2`: BLAKE2b and BLAKE2s with all their parameters.

use core::cell::RefCell;
use taipan_objects::model::args::OptArg;
use taipan_objects::prelude::*;

/// The parameters of a new hash, as Python gives them.
struct Wishes<'a> {
    digest_size: isize,
    key: OptArg<&'a PyObject>,
    salt: OptArg<&'a PyObject>,
    person: OptArg<&'a PyObject>,
    fanout: i32,
    depth: i32,
    leaf_size: &'a PyObject,
    node_offset: &'a PyObject,
    node_depth: i32,
    inner_size: i32,
    last_node: bool,
}

/// An optional byte argument of bounded length.
fn bounded(value: &OptArg<&PyObject>, name: &str, longest: usize) -> PyResult<Vec<u8>> {
    let OptArg::Given(value) = value else { return Ok(Vec::new()) };
    let bytes = taipan_objects::protocols::buffer::Buffer::get(value, taipan_abi::PyBUF_SIMPLE)?.to_vec();
    if bytes.len() > longest {
        return Err(raised!(ValueError, "maximum {name} length is {longest} bytes"));
    }
    Ok(bytes)
}

fn in_range(value: i32, low: i32, high: i32, name: &str) -> PyResult<u8> {
    if (low..=high).contains(&value) {
        Ok(value as u8)
    } else {
        Err(raised!(ValueError, "{name} must be between {low} and {high}"))
    }
}

/// Declares one of the two types.
macro_rules! blake2_type {
    ($struct:ident, $part:ident, $type_name:literal, $name:literal, $krate:ident, $max:literal, $salt:literal, $block:literal, $max_offset:expr, $offset_type:ty) => {
        impl $struct {
            fn parameters(wishes: &Wishes<'_>) -> PyResult<$krate::Params> {
                let mut parameters = $krate::Params::new();
                if !(1..=$max).contains(&wishes.digest_size) {
                    return Err(raised!(
                        ValueError,
                        "digest_size for {} must be between 1 and {} bytes, here it is {}",
                        if $max == 64 { "Blake2b" } else { "Blake2s" },
                        $max,
                        wishes.digest_size
                    ));
                }
                parameters.hash_length(wishes.digest_size as usize);
                parameters.salt(&bounded(&wishes.salt, "salt", $salt)?);
                parameters.personal(&bounded(&wishes.person, "person", $salt)?);
                parameters.fanout(in_range(wishes.fanout, 0, 255, "fanout")?);
                parameters.max_depth(in_range(wishes.depth, 1, 255, "depth")?);
                parameters.max_leaf_length(number::index_to_integer::<u32>(wishes.leaf_size, "C unsigned long")?);
                let offset = number::index_to_integer::<u64>(wishes.node_offset, "C unsigned long long")?;
                if offset > $max_offset {
                    return Err(raised!(OverflowError, "node_offset is too large"));
                }
                parameters.node_offset(offset as $offset_type);
                parameters.node_depth(in_range(wishes.node_depth, 0, 255, "node_depth")?);
                let inner = in_range(wishes.inner_size, 0, $max, "inner_size")?;
                parameters.inner_hash_length(usize::from(inner));
                parameters.last_node(wishes.last_node);
                parameters.key(&bounded(&wishes.key, "key", $max)?);
                Ok(parameters)
            }
        }

        #[pymethods($part)]
        impl $struct {
            #[new(
                signature = "(data=b'', *, digest_size=MAX, key=b'', salt=b'', person=b'', fanout=1, depth=1, leaf_size=0, node_offset=0, node_depth=0, inner_size=0, last_node=False, usedforsecurity=True, string=None)"
            )]
            fn py_new(
                cls: &TypeObject,
                data: OptArg<&PyObject>,
                digest_size: OptArg<isize>,
                key: OptArg<&PyObject>,
                salt: OptArg<&PyObject>,
                person: OptArg<&PyObject>,
                fanout: i32,
                depth: i32,
                leaf_size: OptArg<&PyObject>,
                node_offset: OptArg<&PyObject>,
                node_depth: i32,
                inner_size: i32,
                last_node: bool,
                usedforsecurity: bool,
                string: Option<&PyObject>,
            ) -> PyResult<Py<$struct>> {
                let _ = usedforsecurity;
                let bytes = crate::data::initial(data.given(), string)?;
                let zero = PyInt::from_i64(0);
                let wishes = Wishes {
                    digest_size: digest_size.given().unwrap_or($max),
                    key,
                    salt,
                    person,
                    fanout,
                    depth,
                    leaf_size: leaf_size.given().unwrap_or(&zero),
                    node_offset: node_offset.given().unwrap_or(&zero),
                    node_depth,
                    inner_size,
                    last_node,
                };
                let mut state = Self::parameters(&wishes)?.to_state();
                crate::data::feed(&bytes, |bytes| {
                    state.update(bytes);
                });
                let size = wishes.digest_size as usize;
                taipan_objects::memory::new_in(cls, $struct { ob_base: PyObject::EMPTY, state: RefCell::new(state), size })
            }

            /// Return a copy of the hash object.
            #[pymethod]
            fn copy(&self) -> PyResult<Py<$struct>> {
                let state = RefCell::new(self.state.borrow().clone());
                taipan_objects::memory::new_in(self.class(), $struct { ob_base: PyObject::EMPTY, state, size: self.size })
            }

            /// Return the digest value as a bytes object.
            #[pymethod]
            fn digest(&self) -> Py<PyBytes> {
                PyBytes::new(self.state.borrow().finalize().as_bytes())
            }

            /// Return the digest value as a string of hexadecimal digits.
            #[pymethod]
            fn hexdigest(&self) -> String {
                crate::data::hex(self.state.borrow().finalize().as_bytes())
            }

            /// Update this hash object's state with the provided bytes-like object.
            #[pymethod(signature = "(data, /)")]
            fn update(&self, data: &PyObject) -> PyResult<()> {
                let bytes = crate::data::bytes_of(data)?;
                crate::data::feed(&bytes, |bytes| {
                    self.state.borrow_mut().update(bytes);
                });
                Ok(())
            }

            #[getter]
            fn name(&self) -> &'static str {
                $name
            }

            #[getter]
            fn block_size(&self) -> usize {
                $block
            }

            #[getter]
            fn digest_size(&self) -> usize {
                self.size
            }
        }
    };
}

/// Return a new BLAKE2b hash object.
#[pytype(
    name = "_blake2.blake2b",
    signature = "(data=b'', *, digest_size=_blake2.blake2b.MAX_DIGEST_SIZE, key=b'', salt=b'', person=b'', fanout=1, depth=1, leaf_size=0, node_offset=0, node_depth=0, inner_size=0, last_node=False, usedforsecurity=True, string=None)",
    flags(BASETYPE),
    parts(BLAKE2B_METHODS)
)]
pub struct PyBlake2b {
    ob_base: PyObject,
    state: RefCell<blake2b_simd::State>,
    size: usize,
}

blake2_type!(
    PyBlake2b,
    BLAKE2B_METHODS,
    "_blake2.blake2b",
    "blake2b",
    blake2b_simd,
    64,
    16,
    128,
    u64::MAX,
    u64
);

/// Return a new BLAKE2s hash object.
#[pytype(
    name = "_blake2.blake2s",
    signature = "(data=b'', *, digest_size=_blake2.blake2s.MAX_DIGEST_SIZE, key=b'', salt=b'', person=b'', fanout=1, depth=1, leaf_size=0, node_offset=0, node_depth=0, inner_size=0, last_node=False, usedforsecurity=True, string=None)",
    flags(BASETYPE),
    parts(BLAKE2S_METHODS)
)]
pub struct PyBlake2s {
    ob_base: PyObject,
    state: RefCell<blake2s_simd::State>,
    size: usize,
}

blake2_type!(
    PyBlake2s,
    BLAKE2S_METHODS,
    "_blake2.blake2s",
    "blake2s",
    blake2s_simd,
    32,
    8,
    64,
    (1u64 << 48) - 1,
    u64
);

#[pymodule(name = "_blake2")]
pub mod blake2 {
    use super::*;

    #[exec]
    fn exec(module: &PyModule) -> PyResult<()> {
        for (class, prefix, size, salt) in
            [(PyBlake2b::type_object(), "BLAKE2B", 64, 16), (PyBlake2s::type_object(), "BLAKE2S", 32, 8)]
        {
            module.add_type(class)?;
            let dict = taipan_objects::types::r#type::own_dict(class);
            for (name, value) in [
                ("SALT_SIZE", salt),
                ("PERSON_SIZE", salt),
                ("MAX_KEY_SIZE", size),
                ("MAX_DIGEST_SIZE", size),
            ] {
                dict.set_item(&PyStr::new(name), &PyInt::from_i64(value))?;
                module.add_int(&format!("{prefix}_{name}"), value)?;
            }
        }
        module.add_int("_GIL_MINSIZE", crate::data::GIL_MIN_SIZE)
    }
}
