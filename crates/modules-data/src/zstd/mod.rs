//! `_zstd`: data compressed as Zstandard does (RFC 8878).
//!
//! | file | holds |
//! |---|---|
//! | `library` | the library's contexts and functions |
//! | `dictionary` | `ZstdDict` |
//! | `compressor`, `decompressor` | `ZstdCompressor`, `ZstdDecompressor` |

mod compressor;
mod decompressor;
mod dictionary;
mod library;

use compressor::PyZstdCompressor;
use decompressor::PyZstdDecompressor;
use dictionary::PyZstdDict;
use taipan_macros::pymodule;
use taipan_objects::codecs::bytes_like;
use taipan_objects::errors;
use taipan_objects::model::thread;
use taipan_objects::prelude::*;
use taipan_objects::types::r#type;

/// Strategies of compression.
const STRATEGIES: [&str; 9] =
    ["fast", "dfast", "greedy", "lazy", "lazy2", "btlazy2", "btopt", "btultra", "btultra2"];

/// What an interpreter keeps for the module.
#[derive(Default)]
struct State {
    error: ObjCell,
    /// The classes of parameters of compression and of decompression.
    types: [ObjCell; 2],
}

fn state() -> &'static State {
    thread::current().interpreter().extension::<State>()
}

fn parameter_types() -> (Option<Obj>, Option<Obj>) {
    let [compression, decompression] = &state().types;
    (compression.get(), decompression.get())
}

/// The class `ZstdError`.
fn error_class() -> PyResult {
    if let Some(known) = state().error.get() {
        return Ok(known);
    }
    let dict = PyDict::new();
    dict.set_item(intern!("__module__"), intern!("compression.zstd"))?;
    dict.set_item(intern!("__doc__"), &PyStr::new("An error occurred in the zstd library."))?;
    let class = r#type::new_heap_type("ZstdError", Exc::Exception.type_object(), &dict)?;
    state().error.set(Some(class.clone()));
    Ok(class)
}

/// Raises `ZstdError`.
#[cold]
fn raise(message: &str) -> Raised {
    match error_class() {
        Err(raised) => raised,
        Ok(class) => match class.downcast::<TypeObject>() {
            Some(class) => errors::set_object(class, &PyStr::new(message)),
            None => raised!(SystemError, "ZstdError is no class"),
        },
    }
}

/// Raises `ZstdError` for what the library says.
#[cold]
fn zstd_error(what: &str, error: &library::Error) -> Raised {
    raise(&format!("{what}: {}", error.0))
}

#[cold]
fn no_memory(_: library::NoMemory) -> Raised {
    raised!(MemoryError)
}

/// A number as C's `int` takes it.
fn c_int(value: &PyObject) -> PyResult<i32> {
    let value = number::index(value)?;
    let small = value.to_i64().and_then(|value| i32::try_from(value).ok());
    small.ok_or_else(|| raised!(OverflowError, "Python int too large to convert to C int"))
}

/// The sizes of samples that stand one behind the other.
fn sample_sizes(sizes: &PyTuple, samples: &[u8]) -> PyResult<Vec<usize>> {
    let mut found = Vec::with_capacity(sizes.as_slice().len());
    let mut sum = 0_usize;
    for &size in sizes.as_slice() {
        let Some(size) = size.downcast::<PyInt>() else {
            return Err(raised!(TypeError, "an integer is required"));
        };
        let size = size.to_u64().and_then(|size| usize::try_from(size).ok());
        let Some(size) = size else {
            let most = u64::MAX;
            return Err(raised!(
                ValueError,
                "Items in samples_sizes should be an int object, with a value between 0 and {most}."
            ));
        };
        sum = sum.saturating_add(size);
        found.push(size);
    }
    if sum != samples.len() {
        return Err(raised!(ValueError, "The samples size tuple doesn't match the concatenation's size."));
    }
    Ok(found)
}

fn dictionary_size(size: isize) -> PyResult<usize> {
    usize::try_from(size)
        .ok()
        .filter(|&size| size > 0)
        .ok_or_else(|| raised!(ValueError, "dict_size argument should be positive number."))
}

/// Implementation module for Zstandard compression.
#[pymodule(name = "_zstd")]
pub mod module {
    use super::*;

    /// Train a Zstandard dictionary on sample data.
    ///
    ///   samples_bytes
    ///     Concatenation of samples.
    ///   samples_sizes
    ///     Tuple of samples' sizes.
    ///   dict_size
    ///     The size of the dictionary.
    #[pyfunction(signature = "(samples_bytes, samples_sizes, dict_size, /)")]
    fn train_dict(
        samples_bytes: &PyBytes,
        samples_sizes: &PyTuple,
        dict_size: isize,
    ) -> PyResult<Py<PyBytes>> {
        let size = dictionary_size(dict_size)?;
        let samples = samples_bytes.as_slice();
        let sizes = sample_sizes(samples_sizes, samples)?;
        match library::train(samples, &sizes, size) {
            Ok(dictionary) => Ok(PyBytes::new(&dictionary)),
            Err(error) => Err(zstd_error("Unable to train the Zstandard dictionary", &error)),
        }
    }

    /// Finalize a Zstandard dictionary.
    ///
    ///   custom_dict_bytes
    ///     Custom dictionary content.
    ///   samples_bytes
    ///     Concatenation of samples.
    ///   samples_sizes
    ///     Tuple of samples' sizes.
    ///   dict_size
    ///     The size of the dictionary.
    ///   compression_level
    ///     Optimize for a specific Zstandard compression level, 0 means default.
    #[pyfunction(
        signature = "(custom_dict_bytes, samples_bytes, samples_sizes, dict_size, compression_level, /)"
    )]
    fn finalize_dict(
        custom_dict_bytes: &PyBytes,
        samples_bytes: &PyBytes,
        samples_sizes: &PyTuple,
        dict_size: isize,
        compression_level: i32,
    ) -> PyResult<Py<PyBytes>> {
        let size = dictionary_size(dict_size)?;
        let samples = samples_bytes.as_slice();
        let sizes = sample_sizes(samples_sizes, samples)?;
        match library::finalize(custom_dict_bytes.as_slice(), samples, &sizes, size, compression_level) {
            Ok(dictionary) => Ok(PyBytes::new(&dictionary)),
            Err(error) => Err(zstd_error("Unable to finalize the Zstandard dictionary", &error)),
        }
    }

    /// Get Zstandard frame infomation from a frame header.
    ///
    ///   frame_buffer
    ///     A bytes-like object, containing the header of a Zstandard frame.
    #[pyfunction(signature = "(frame_buffer)")]
    fn get_frame_info(frame_buffer: &PyObject) -> PyResult<Py<PyTuple>> {
        let Some((size, id)) = library::frame_info(bytes_like(frame_buffer)?.as_slice()) else {
            return Err(raise(
                "Error when getting information from the header of a Zstandard frame. Ensure the frame_buffer \
                 argument starts from the beginning of a frame, and its length is not less than the frame header \
                 (6~18 bytes).",
            ));
        };
        let size = size.map_or_else(none, |size| PyInt::from_u64(size).into_obj());
        Ok(PyTuple::from_vec(vec![size, PyInt::from_u64(id.into()).into_obj()]))
    }

    /// Get the size of a Zstandard frame, including the header and optional checksum.
    ///
    ///   frame_buffer
    ///     A bytes-like object, it should start from the beginning of a frame,
    ///     and contains at least one complete frame.
    #[pyfunction(signature = "(frame_buffer)")]
    fn get_frame_size(frame_buffer: &PyObject) -> PyResult<usize> {
        library::frame_size(bytes_like(frame_buffer)?.as_slice()).map_err(|error| {
            raise(&format!(
                "Error when finding the compressed size of a Zstandard frame. Ensure the frame_buffer argument \
                 starts from the beginning of a frame, and its length is not less than this complete frame. Zstd \
                 error message: {}.",
                error.0
            ))
        })
    }

    /// Get CompressionParameter/DecompressionParameter bounds.
    ///
    ///   parameter
    ///     The parameter to get bounds.
    ///   is_compress
    ///     True for CompressionParameter, False for DecompressionParameter.
    #[pyfunction(signature = "(parameter, is_compress)")]
    fn get_param_bounds(parameter: i32, is_compress: bool) -> PyResult<Py<PyTuple>> {
        let (bounds, kind) = match is_compress {
            true => (library::compression_bounds(parameter), "compression"),
            false => (library::decompression_bounds(parameter), "decompression"),
        };
        let (low, high) = bounds
            .map_err(|error| zstd_error(&format!("Unable to get zstd {kind} parameter bounds"), &error))?;
        let bounds = [low, high].map(|bound| PyInt::from_i64(bound.into()).into_obj());
        Ok(PyTuple::from_vec(bounds.into()))
    }

    /// Set CompressionParameter and DecompressionParameter types for validity check.
    ///
    ///   c_parameter_type
    ///     CompressionParameter IntEnum type object
    ///   d_parameter_type
    ///     DecompressionParameter IntEnum type object
    #[pyfunction(signature = "(c_parameter_type, d_parameter_type)")]
    fn set_parameter_types(c_parameter_type: &TypeObject, d_parameter_type: &TypeObject) {
        let [compression, decompression] = &state().types;
        compression.set(Some(c_parameter_type.as_object().owned()));
        decompression.set(Some(d_parameter_type.as_object().owned()));
    }

    #[exec]
    fn exec(module: &PyModule) -> PyResult<()> {
        module.add("ZstdError", &*error_class()?)?;
        module.add_type(PyZstdDict::type_object())?;
        module.add_type(PyZstdCompressor::type_object())?;
        module.add_type(PyZstdDecompressor::type_object())?;
        let own = r#type::own_dict(PyZstdCompressor::type_object());
        for (mode, name) in ["CONTINUE", "FLUSH_BLOCK", "FLUSH_FRAME"].into_iter().enumerate() {
            own.set_item(&PyStr::new(name), &PyInt::from_i64(mode as i64))?;
        }
        for (name, _, parameter) in library::COMPRESSION {
            module.add_int(name, i64::from(parameter as i32))?;
        }
        module.add_int("ZSTD_d_windowLogMax", library::WINDOW_LOG_MAX.into())?;
        for (at, name) in STRATEGIES.iter().enumerate() {
            module.add_int(&format!("ZSTD_{name}"), at as i64 + 1)?;
        }
        let version = library::version();
        module.add_int("zstd_version_number", version.into())?;
        let (major, minor, micro) = (version / 10000, version / 100 % 100, version % 100);
        module.add_str("zstd_version", &format!("{major}.{minor}.{micro}"))?;
        module.add_int("ZSTD_CLEVEL_DEFAULT", library::default_level().into())?;
        module.add_int("ZSTD_DStreamOutSize", library::output_size() as i64)
    }
}
