//! `ZstdDict`, and how it is given to compressors and decompressors.

use super::library::{Dictionary, Use};
use std::sync::Arc;
use taipan_macros::{pymethods, pytype};
use taipan_objects::codecs::bytes_like;
use taipan_objects::memory;
use taipan_objects::model::gc::{Traverse, Visitor};
use taipan_objects::prelude::*;

/// The shortest content of a dictionary.
const SHORTEST: usize = 8;

/// The dictionary, which holds no objects.
struct Shared(Arc<Dictionary>);

impl Traverse for Shared {
    fn traverse(&self, _: &mut Visitor) {}
}

/// Represents a Zstandard dictionary.
///
///   dict_content
///     The content of a Zstandard dictionary as a bytes-like object.
///   is_raw
///     If true, perform no checks on *dict_content*, useful for some
///     advanced cases. Otherwise, check that the content represents
///     a Zstandard dictionary created by the zstd library or CLI.
///
/// The dictionary can be used for compression or decompression, and can be
/// shared by multiple ZstdCompressor or ZstdDecompressor objects.
#[pytype(
    name = "compression.zstd.ZstdDict",
    flags(IMMUTABLETYPE),
    signature = "(dict_content, /, *, is_raw=False)",
    parts(METHODS, PROPERTIES)
)]
pub struct PyZstdDict {
    ob_base: PyObject,
    dictionary: Shared,
}

#[pymethods(METHODS)]
impl PyZstdDict {
    #[new(signature = "(dict_content, /, *, is_raw=False)")]
    fn py_new(cls: &TypeObject, dict_content: &PyObject, is_raw: bool) -> PyResult<Py<PyZstdDict>> {
        let content = bytes_like(dict_content)?.as_slice().to_vec();
        if content.len() < SHORTEST {
            return Err(raised!(
                ValueError,
                "Zstandard dictionary content too short (must have at least eight bytes)"
            ));
        }
        let dictionary = Dictionary::new(content);
        if !is_raw && dictionary.id == 0 {
            return Err(raised!(ValueError, "invalid Zstandard dictionary"));
        }
        memory::new_in(cls, PyZstdDict { ob_base: PyObject::EMPTY, dictionary: Shared(dictionary) })
    }

    #[slot(sq_length)]
    fn len(&self) -> PyResult<usize> {
        Ok(self.dictionary.0.content.len())
    }

    #[slot(tp_repr)]
    fn repr(&self) -> PyResult<String> {
        let Dictionary { content, id, .. } = &*self.dictionary.0;
        Ok(format!("<ZstdDict dict_id={id} dict_size={}>", content.len()))
    }
}

impl PyZstdDict {
    fn used_as(&self, how: Use) -> Py<PyTuple> {
        PyTuple::from_vec(vec![self.owned(), PyInt::from_i64(how as i64).into_obj()])
    }
}

#[pymethods(PROPERTIES)]
impl PyZstdDict {
    /// The content of a Zstandard dictionary, as a bytes object.
    #[getter]
    fn dict_content(&self) -> Py<PyBytes> {
        PyBytes::new(&self.dictionary.0.content)
    }

    /// The Zstandard dictionary, an int between 0 and 2**32.
    ///
    /// A non-zero value represents an ordinary Zstandard dictionary,
    /// conforming to the standardised format.
    ///
    /// A value of zero indicates a 'raw content' dictionary,
    /// without any restrictions on format or content.
    #[getter]
    fn dict_id(&self) -> u32 {
        self.dictionary.0.id
    }

    /// Load as a digested dictionary to compressor.
    ///
    /// Pass this attribute as zstd_dict argument:
    /// compress(dat, zstd_dict=zd.as_digested_dict)
    ///
    /// Some parameters of the compressor may be overridden by those of the
    /// dictionary, which is digested once for each compression level.
    #[getter]
    fn as_digested_dict(&self) -> Py<PyTuple> {
        self.used_as(Use::Digested)
    }

    /// Load as an undigested dictionary to compressor.
    ///
    /// Pass this attribute as zstd_dict argument:
    /// compress(dat, zstd_dict=zd.as_undigested_dict)
    ///
    /// No parameter of the compressor is overridden; loading costs each time.
    #[getter]
    fn as_undigested_dict(&self) -> Py<PyTuple> {
        self.used_as(Use::Undigested)
    }

    /// Load as a prefix to compressor/decompressor.
    ///
    /// Pass this attribute as zstd_dict argument:
    /// compress(dat, zstd_dict=zd.as_prefix)
    ///
    /// It works for the first frame, and for its decompression the same
    /// prefix is needed; unlike dictionaries it goes with matching over long
    /// distances.
    #[getter]
    fn as_prefix(&self) -> Py<PyTuple> {
        self.used_as(Use::Prefix)
    }
}

fn not_a_dictionary() -> Raised {
    raised!(TypeError, "zstd_dict argument should be a ZstdDict object.")
}

/// A dictionary that was given: as it is, or with how it is to be used.
pub fn given(argument: &PyObject, usual: Use) -> PyResult<(Arc<Dictionary>, Use)> {
    if let Some(dict) = argument.downcast::<PyZstdDict>() {
        return Ok((Arc::clone(&dict.dictionary.0), usual));
    }
    let Some(pair) = argument.downcast::<PyTuple>() else { return Err(not_a_dictionary()) };
    let &[dict, how] = pair.as_slice() else { return Err(not_a_dictionary()) };
    let Some(dict) = dict.downcast::<PyZstdDict>() else { return Err(not_a_dictionary()) };
    if how.downcast::<PyInt>().is_none() {
        return Err(not_a_dictionary());
    }
    let how = match super::c_int(how)? {
        0 => Use::Digested,
        1 => Use::Undigested,
        2 => Use::Prefix,
        _ => return Err(not_a_dictionary()),
    };
    Ok((Arc::clone(&dict.dictionary.0), how))
}
