//! `ZstdDecompressor`.

use super::dictionary;
use super::library::{Decompressor, Use, WINDOW_LOG_MAX, decompression_bounds};
use super::{c_int, no_memory, parameter_types, zstd_error};
use core::cell::{Cell, RefCell};
use taipan_macros::{pymethods, pytype};
use taipan_objects::codecs::bytes_like;
use taipan_objects::memory;
use taipan_objects::model::gc::{Traverse, Visitor};
use taipan_objects::prelude::*;

/// The context, which holds no objects.
struct Shared(RefCell<Decompressor>);

impl Traverse for Shared {
    fn traverse(&self, _: &mut Visitor) {}
}

/// Create a decompressor object for decompressing data incrementally.
///
///   zstd_dict
///     A ZstdDict object, a pre-trained Zstandard dictionary.
///   options
///     A dict object that contains advanced decompression parameters.
///
/// Thread-safe at method level.  For one-shot decompression, use the
/// decompress() function instead.
#[pytype(
    name = "compression.zstd.ZstdDecompressor",
    flags(IMMUTABLETYPE),
    signature = "(zstd_dict=None, options=None)",
    parts(METHODS)
)]
pub struct PyZstdDecompressor {
    ob_base: PyObject,
    decompressor: Shared,
    /// Input that waits for room in the output, or stands behind the frame.
    rest: RefCell<Vec<u8>>,
    #[member(
        readonly,
        kind = BOOL,
        doc = "True means the end of the first frame has been reached. If decompress data\nafter that, an EOFError exception will be raised."
    )]
    eof: Cell<bool>,
    #[member(
        readonly,
        kind = BOOL,
        doc = "If the max_length output limit in .decompress() method has been reached,\nand the decompressor has (or may has) unconsumed input data, it will be set\nto False. In this case, passing b'' to the .decompress() method may output\nfurther data."
    )]
    needs_input: Cell<bool>,
}

fn set_option(decompressor: &mut Decompressor, key: i32, value: i32) -> PyResult<()> {
    if key != WINDOW_LOG_MAX {
        return Err(raised!(ValueError, "invalid decompression parameter 'unknown parameter (key {key})'"));
    }
    if decompressor.set_window_log_max(value).is_err() {
        let (low, high) = decompression_bounds(key).unwrap_or_default();
        return Err(raised!(
            ValueError,
            "decompression parameter 'window_log_max' received an illegal value {value}; the valid range is \
             [{low}, {high}]"
        ));
    }
    Ok(())
}

#[pymethods(METHODS)]
impl PyZstdDecompressor {
    #[new(signature = "(zstd_dict=None, options=None)")]
    fn py_new(
        cls: &TypeObject,
        zstd_dict: Option<&PyObject>,
        options: Option<&PyObject>,
    ) -> PyResult<Py<PyZstdDecompressor>> {
        let mut decompressor = Decompressor::new().map_err(no_memory)?;
        if let Some(argument) = zstd_dict {
            let (dictionary, how) = dictionary::given(argument, Use::Digested)?;
            match decompressor.load(&dictionary, how) {
                Some(Ok(())) => {}
                Some(Err(error)) => {
                    return Err(zstd_error(
                        "Unable to load Zstandard dictionary or prefix for decompression",
                        &error,
                    ));
                }
                None => {
                    let message = "Failed to create a ZSTD_DDict instance from Zstandard dictionary content.";
                    return Err(super::raise(message));
                }
            }
        }
        if let Some(options) = options {
            let Some(options) = options.downcast::<PyDict>() else {
                let name = options.class().name();
                return Err(raised!(
                    TypeError,
                    "ZstdDecompressor() argument 'options' must be dict, not {name}"
                ));
            };
            for (key, value) in options.items_snapshot() {
                if parameter_types().0.is_some_and(|class| key.class().as_object().is(&class)) {
                    return Err(raised!(
                        TypeError,
                        "decompression options dictionary key must not be a CompressionParameter attribute"
                    ));
                }
                set_option(&mut decompressor, c_int(&key)?, c_int(&value)?)?;
            }
        }
        memory::new_in(
            cls,
            PyZstdDecompressor {
                ob_base: PyObject::EMPTY,
                decompressor: Shared(RefCell::new(decompressor)),
                rest: RefCell::default(),
                eof: Cell::new(false),
                needs_input: Cell::new(true),
            },
        )
    }

    /// A bytes object of un-consumed input data.
    ///
    /// When ZstdDecompressor object stops after a frame is
    /// decompressed, unused input data after the frame.  Otherwise this
    /// will be b''.
    #[getter]
    fn unused_data(&self) -> Py<PyBytes> {
        if self.eof.get() { PyBytes::new(&self.rest.borrow()) } else { PyBytes::new(&[]) }
    }

    /// Decompress *data*, returning uncompressed bytes if possible, or b'' otherwise.
    ///
    ///   data
    ///     A bytes-like object, Zstandard data to be decompressed.
    ///   max_length
    ///     Maximum size of returned data. When it is negative, the size of
    ///     output buffer is unlimited. When it is nonnegative, returns at
    ///     most max_length bytes of decompressed data.
    ///
    /// If *max_length* is nonnegative, returns at most *max_length* bytes
    /// of decompressed data.  If this limit is reached and further output
    /// can be produced, *self.needs_input* will be set to ``False``.  In
    /// this case, the next call to *decompress()* may provide *data* as b''
    /// to obtain more of the output.
    ///
    /// If all of the input data was decompressed and returned (either
    /// because this was less than *max_length* bytes, or because
    /// *max_length* was negative), *self.needs_input* will be set to True.
    ///
    /// Attempting to decompress data after the end of a frame is reached
    /// raises an EOFError.  Any data found after the end of the frame is
    /// ignored and saved in the self.unused_data attribute.
    #[pymethod(signature = "(data, max_length=-1)")]
    fn decompress(&self, data: &PyObject, max_length: isize) -> PyResult<Py<PyBytes>> {
        let data = bytes_like(data)?;
        if self.eof.get() {
            return Err(raised!(EOFError, "Already at the end of a Zstandard frame."));
        }
        let limit = if max_length < 0 { usize::MAX } else { max_length as usize };
        let mut joined = self.rest.take();
        let data = if joined.is_empty() {
            data.as_slice()
        } else {
            joined.extend_from_slice(data.as_slice());
            &joined
        };
        let (mut rest, mut output) = (data, Vec::new());
        let result = self.decompressor.0.borrow_mut().run(&mut rest, &mut output, limit);
        let ended = match result {
            Ok(ended) => ended,
            Err(error) => {
                self.needs_input.set(true);
                return Err(zstd_error("Unable to decompress Zstandard data", &error));
            }
        };
        *self.rest.borrow_mut() = rest.to_vec();
        self.eof.set(ended);
        self.needs_input.set(!ended && rest.is_empty() && output.len() < limit);
        Ok(PyBytes::new(&output))
    }
}
