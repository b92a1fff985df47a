//! `ZstdCompressor`.

use super::dictionary;
use super::library::{Compressor, Mode, Use, compression_bounds, compression_name, default_level};
use super::{c_int, no_memory, parameter_types, zstd_error};
use core::cell::{Cell, RefCell};
use taipan_macros::{pymethods, pytype};
use taipan_objects::codecs::bytes_like;
use taipan_objects::memory;
use taipan_objects::model::gc::{Traverse, Visitor};
use taipan_objects::prelude::*;

const FLUSH_BLOCK: i32 = 1;
const FLUSH_FRAME: i32 = 2;
/// `ZSTD_c_compressionLevel`
const LEVEL: i32 = 100;
/// The least size that says something else than a size (`ZSTD_CONTENTSIZE_ERROR`).
const SIZES: u64 = u64::MAX - 1;

/// The context, which holds no objects.
struct Shared(RefCell<Compressor>);

impl Traverse for Shared {
    fn traverse(&self, _: &mut Visitor) {}
}

/// Create a compressor object for compressing data incrementally.
///
///   level
///     The compression level to use. Defaults to COMPRESSION_LEVEL_DEFAULT.
///   options
///     A dict object that contains advanced compression parameters.
///   zstd_dict
///     A ZstdDict object, a pre-trained Zstandard dictionary.
///
/// Thread-safe at method level.  For one-shot compression, use the
/// compress() function instead.
#[pytype(
    name = "compression.zstd.ZstdCompressor",
    flags(IMMUTABLETYPE),
    signature = "(level=None, options=None, zstd_dict=None)",
    parts(METHODS)
)]
pub struct PyZstdCompressor {
    ob_base: PyObject,
    compressor: Shared,
    #[member(
        readonly,
        kind = INT,
        doc = "The last mode used to this compressor object, its value can be .CONTINUE,\n.FLUSH_BLOCK, .FLUSH_FRAME. Initialized to .FLUSH_FRAME.\n\nIt can be used to get the current state of a compressor, such as, data\nflushed, or a frame ended."
    )]
    last_mode: Cell<i32>,
}

/// The error of a level that is none; `value` is empty where it is too large to be shown.
#[cold]
fn bad_level(value: &str) -> Raised {
    let (low, high) = compression_bounds(LEVEL).unwrap_or_default();
    raised!(ValueError, "illegal compression level{value}; the valid range is [{low}, {high}]")
}

fn set_level(compressor: &mut Compressor, level: i32) -> PyResult<i32> {
    let (low, high) = compression_bounds(LEVEL).unwrap_or_default();
    if !(low..=high).contains(&level) || compressor.set(LEVEL, level).is_err() {
        return Err(bad_level(&format!(" {level}")));
    }
    Ok(level)
}

/// Sets a parameter of a dictionary of options.
fn set_option(compressor: &mut Compressor, key: i32, value: i32) -> PyResult<()> {
    let Some(name) = compression_name(key) else {
        return Err(raised!(ValueError, "invalid compression parameter 'unknown parameter (key {key})'"));
    };
    if compressor.set(key, value).is_err() {
        let (low, high) = compression_bounds(key).unwrap_or_default();
        return Err(raised!(
            ValueError,
            "compression parameter '{name}' received an illegal value {value}; the valid range is [{low}, {high}]"
        ));
    }
    Ok(())
}

fn mode(number: i32) -> PyResult<Mode> {
    match number {
        0 => Ok(Mode::Continue),
        FLUSH_BLOCK => Ok(Mode::FlushBlock),
        FLUSH_FRAME => Ok(Mode::FlushFrame),
        _ => Err(raised!(
            ValueError,
            "mode argument wrong value, it should be one of ZstdCompressor.CONTINUE, ZstdCompressor.FLUSH_BLOCK, \
             ZstdCompressor.FLUSH_FRAME."
        )),
    }
}

impl PyZstdCompressor {
    fn run(&self, data: &[u8], number: i32, mode: Mode) -> PyResult<Py<PyBytes>> {
        let result = self.compressor.0.borrow_mut().run(data, mode);
        self.last_mode.set(if result.is_ok() { number } else { FLUSH_FRAME });
        match result {
            Ok(output) => Ok(PyBytes::new(&output)),
            Err(error) => Err(zstd_error("Unable to compress Zstandard data", &error)),
        }
    }
}

#[pymethods(METHODS)]
impl PyZstdCompressor {
    #[new(signature = "(level=None, options=None, zstd_dict=None)")]
    fn py_new(
        cls: &TypeObject,
        level: Option<&PyObject>,
        options: Option<&PyObject>,
        zstd_dict: Option<&PyObject>,
    ) -> PyResult<Py<PyZstdCompressor>> {
        if level.is_some() && options.is_some() {
            return Err(raised!(TypeError, "Only one of level or options should be used."));
        }
        let mut compressor = Compressor::new().map_err(no_memory)?;
        let mut used = default_level();
        if let Some(level) = level {
            let Some(level) = level.downcast::<PyInt>() else {
                return Err(raised!(TypeError, "invalid type for level, expected int"));
            };
            let level = level.to_i64().and_then(|level| i32::try_from(level).ok());
            used = set_level(&mut compressor, level.ok_or_else(|| bad_level(""))?)?;
        }
        if let Some(options) = options {
            let Some(options) = options.downcast::<PyDict>() else {
                let name = options.class().name();
                return Err(raised!(
                    TypeError,
                    "ZstdCompressor() argument 'options' must be dict, not {name}"
                ));
            };
            for (key, value) in options.items_snapshot() {
                if parameter_types().1.is_some_and(|class| key.class().as_object().is(&class)) {
                    return Err(raised!(
                        TypeError,
                        "compression options dictionary key must not be a DecompressionParameter attribute"
                    ));
                }
                let (key, value) = (c_int(&key)?, c_int(&value)?);
                if key == LEVEL {
                    used = set_level(&mut compressor, value)?;
                } else {
                    set_option(&mut compressor, key, value)?;
                }
            }
        }
        if let Some(argument) = zstd_dict {
            let (dictionary, how) = dictionary::given(argument, Use::Undigested)?;
            match compressor.load(&dictionary, how, used) {
                Some(Ok(())) => {}
                Some(Err(error)) => {
                    return Err(zstd_error(
                        "Unable to load Zstandard dictionary or prefix for compression",
                        &error,
                    ));
                }
                None => {
                    let message = "Failed to create a ZSTD_CDict instance from Zstandard dictionary content.";
                    return Err(super::raise(message));
                }
            }
        }
        memory::new_in(
            cls,
            PyZstdCompressor {
                ob_base: PyObject::EMPTY,
                compressor: Shared(RefCell::new(compressor)),
                last_mode: Cell::new(FLUSH_FRAME),
            },
        )
    }

    /// Provide data to the compressor object.
    ///
    ///   mode
    ///     Can be these 3 values ZstdCompressor.CONTINUE,
    ///     ZstdCompressor.FLUSH_BLOCK, ZstdCompressor.FLUSH_FRAME
    ///
    /// Return a chunk of compressed data if possible, or b'' otherwise.
    /// When you have finished providing data to the compressor, call the
    /// flush() method to finish the compression process.
    #[pymethod(signature = "(data, mode=0)", text = "($self, /, data, mode=ZstdCompressor.CONTINUE)")]
    fn compress(&self, data: &PyObject, mode: i32) -> PyResult<Py<PyBytes>> {
        let data = bytes_like(data)?;
        let kind = self::mode(mode)?;
        self.run(data.as_slice(), mode, kind)
    }

    /// Finish the compression process.
    ///
    ///   mode
    ///     Can be these 2 values ZstdCompressor.FLUSH_FRAME,
    ///     ZstdCompressor.FLUSH_BLOCK
    ///
    /// Flush any remaining data left in internal buffers.  Since Zstandard
    /// data consists of one or more independent frames, the compressor
    /// object can still be used after this method is called.
    #[pymethod(signature = "(mode=2)", text = "($self, /, mode=ZstdCompressor.FLUSH_FRAME)")]
    fn flush(&self, mode: i32) -> PyResult<Py<PyBytes>> {
        match mode {
            FLUSH_BLOCK => self.run(&[], mode, Mode::FlushBlock),
            FLUSH_FRAME => self.run(&[], mode, Mode::FlushFrame),
            _ => Err(raised!(
                ValueError,
                "mode argument wrong value, it should be ZstdCompressor.FLUSH_FRAME or ZstdCompressor.FLUSH_BLOCK."
            )),
        }
    }

    /// Set the uncompressed content size to be written into the frame header.
    ///
    ///   size
    ///     The size of the uncompressed data to be provided to the compressor.
    ///
    /// This method can be used to ensure the header of the frame about to
    /// be written includes the size of the data, unless the
    /// CompressionParameter.content_size_flag is set to False.
    /// If last_mode != FLUSH_FRAME, then a RuntimeError is raised.
    ///
    /// It is important to ensure that the pledged data size matches the
    /// actual data size.  If they do not match the compressed output data
    /// may be corrupted and the final chunk written may be lost.
    #[pymethod(signature = "(size, /)")]
    fn set_pledged_input_size(&self, size: Option<&PyObject>) -> PyResult<()> {
        let size = match size {
            None => None,
            Some(size) => {
                let Some(size) = size.downcast::<PyInt>() else {
                    return Err(raised!(TypeError, "an integer is required"));
                };
                let size = size.to_u64().filter(|&size| size < SIZES);
                let wrong =
                    || raised!(ValueError, "size argument should be a positive int less than {SIZES}");
                Some(size.ok_or_else(wrong)?)
            }
        };
        if self.last_mode.get() != FLUSH_FRAME {
            return Err(raised!(
                ValueError,
                "set_pledged_input_size() method must be called when last_mode == FLUSH_FRAME"
            ));
        }
        let result = self.compressor.0.borrow_mut().pledge(size);
        result.map_err(|error| zstd_error("Unable to set pledged uncompressed content size", &error))
    }
}
