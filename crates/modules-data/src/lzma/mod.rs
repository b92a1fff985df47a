//! `_lzma`: data compressed as xz and lzma do.
//!
//! | file | holds |
//! |---|---|
//! | `stream` | streams of the library |
//! | `filters` | chains of filters |

mod filters;
mod stream;

use core::cell::{Cell, RefCell};
use stream::{BUF_ERROR, FINISH, Filters, GET_CHECK, Kind, NO_CHECK, OK, RUN, STREAM_END, Stream};
use taipan_macros::{pymethods, pymodule, pytype};
use taipan_objects::codecs::bytes_like;
use taipan_objects::model::thread;
use taipan_objects::prelude::*;
use taipan_objects::types::r#type;
use taipan_objects::{errors, memory};

const AUTO: i32 = 0;
const XZ: i32 = 1;
const ALONE: i32 = 2;
const RAW: i32 = 3;
const PRESET_DEFAULT: u32 = 6;
const CHECK_NONE: i64 = 0;
const CHECK_CRC64: i64 = 4;
/// The check of an input that has not said it yet.
const CHECK_UNKNOWN: i64 = 16;

const NUMBERS: [(&str, i64); 28] = [
    ("FORMAT_AUTO", 0),
    ("FORMAT_XZ", 1),
    ("FORMAT_ALONE", 2),
    ("FORMAT_RAW", 3),
    ("CHECK_NONE", 0),
    ("CHECK_CRC32", 1),
    ("CHECK_CRC64", 4),
    ("CHECK_SHA256", 10),
    ("CHECK_ID_MAX", 15),
    ("CHECK_UNKNOWN", 16),
    ("FILTER_LZMA1", filters::LZMA1 as i64),
    ("FILTER_LZMA2", filters::LZMA2 as i64),
    ("FILTER_DELTA", filters::DELTA as i64),
    ("FILTER_X86", 4),
    ("FILTER_POWERPC", 5),
    ("FILTER_IA64", 6),
    ("FILTER_ARM", 7),
    ("FILTER_ARMTHUMB", 8),
    ("FILTER_SPARC", 9),
    ("MF_HC3", 3),
    ("MF_HC4", 4),
    ("MF_BT2", 0x12),
    ("MF_BT3", 0x13),
    ("MF_BT4", 0x14),
    ("MODE_FAST", 1),
    ("MODE_NORMAL", 2),
    ("PRESET_DEFAULT", PRESET_DEFAULT as i64),
    ("PRESET_EXTREME", 1 << 31),
];

/// What an interpreter keeps for the module.
#[derive(Default)]
struct State {
    error: ObjCell,
}

/// The class `LZMAError`.
fn error_class() -> PyResult {
    let state = thread::current().interpreter().extension::<State>();
    if let Some(known) = state.error.get() {
        return Ok(known);
    }
    let dict = PyDict::new();
    dict.set_item(intern!("__module__"), intern!("_lzma"))?;
    dict.set_item(intern!("__doc__"), &PyStr::new("Call to liblzma failed."))?;
    let class = r#type::new_heap_type("LZMAError", Exc::Exception.type_object(), &dict)?;
    state.error.set(Some(class.clone()));
    Ok(class)
}

/// Raises `LZMAError`.
#[cold]
fn lzma_error(message: &str) -> Raised {
    match error_class() {
        Err(raised) => raised,
        Ok(class) => match class.downcast::<TypeObject>() {
            Some(class) => errors::set_object(class, &PyStr::new(message)),
            None => raised!(SystemError, "LZMAError is no class"),
        },
    }
}

/// The exception for one of the library's codes.
#[cold]
fn failed(code: u32) -> Raised {
    match code {
        3 => lzma_error("Unsupported integrity check"),
        5 => raised!(MemoryError),
        6 => lzma_error("Memory usage limit exceeded"),
        7 => lzma_error("Input format not supported by decoder"),
        8 => lzma_error("Invalid or unsupported options"),
        9 => lzma_error("Corrupt input data"),
        10 => lzma_error("Insufficient buffer space"),
        11 => lzma_error("Internal error"),
        _ => lzma_error(&format!("Unrecognized error from liblzma: {code}")),
    }
}

/// A number without a sign; `what` is the C type it has to fit.
fn unsigned(value: &PyObject, what: &str) -> PyResult<u64> {
    let value = number::index(value)?;
    if let Some(value) = value.to_u64() {
        return Ok(value);
    }
    if value.to_i64().is_some_and(|value| value < 0) {
        return Err(raised!(ValueError, "Cannot convert negative int"));
    }
    Err(raised!(OverflowError, "Python int too large for C {what}"))
}

#[cold]
fn bad_format(format: i32) -> Raised {
    raised!(ValueError, "Invalid container format: {format}")
}

fn raw_filters(filters: Option<&PyObject>) -> PyResult<Filters> {
    let filters = filters.ok_or_else(|| raised!(ValueError, "Must specify filters for FORMAT_RAW"))?;
    filters::chain(filters)
}

/// LZMACompressor(format=FORMAT_XZ, check=-1, preset=None, filters=None)
///
/// Create a compressor object for compressing data incrementally.
///
/// format specifies the container format to use for the output. This can
/// be FORMAT_XZ (default), FORMAT_ALONE, or FORMAT_RAW.
///
/// check specifies the integrity check to use; only FORMAT_XZ has one, by
/// default CHECK_CRC64.
///
/// The settings are either a compression level from 0 to 9 (preset), perhaps
/// with PRESET_EXTREME, or a chain of filters: a sequence of dictionaries,
/// each with the number of a filter under "id" and with its options.
///
/// For one-shot compression, use the compress() function instead.
#[pytype(name = "_lzma.LZMACompressor", flags(IMMUTABLETYPE), parts(COMPRESSOR))]
pub struct PyLzmaCompressor {
    ob_base: PyObject,
    stream: RefCell<Stream>,
    flushed: Cell<bool>,
}

impl PyLzmaCompressor {
    fn run(&self, mut data: &[u8], action: u32) -> PyResult<Py<PyBytes>> {
        let mut output = Vec::new();
        match self.stream.borrow_mut().run(&mut data, &mut output, usize::MAX, action) {
            OK | STREAM_END | BUF_ERROR => Ok(PyBytes::new(&output)),
            code => Err(failed(code)),
        }
    }

    fn kind(format: i32, check: i64, preset: u32, filters: Option<&PyObject>) -> PyResult<Kind> {
        let check = if check == -1 { CHECK_CRC64 } else { check } as u32;
        Ok(match (format, filters) {
            (XZ, None) => Kind::EasyEncoder { preset, check },
            (XZ, Some(filters)) => Kind::Encoder { filters: filters::chain(filters)?, check },
            (ALONE, None) => Kind::AloneEncoder { options: filters::preset_options(preset)? },
            (ALONE, Some(given)) => {
                let chain = filters::chain(given)?;
                let Some(options) = chain.into_single(filters::LZMA1) else {
                    return Err(raised!(
                        ValueError,
                        "Invalid filter chain for FORMAT_ALONE - must be a single LZMA1 filter"
                    ));
                };
                Kind::AloneEncoder { options }
            }
            (RAW, filters) => Kind::RawEncoder { filters: raw_filters(filters)? },
            _ => return Err(bad_format(format)),
        })
    }
}

#[pymethods(COMPRESSOR)]
impl PyLzmaCompressor {
    #[new(signature = "(format=1, check=-1, preset=None, filters=None)")]
    fn py_new(
        cls: &TypeObject,
        format: i32,
        check: i32,
        preset: Option<&PyObject>,
        filters: Option<&PyObject>,
    ) -> PyResult<Py<PyLzmaCompressor>> {
        let check = i64::from(check);
        if preset.is_some() && filters.is_some() {
            return Err(raised!(ValueError, "Cannot specify both preset and filter chain"));
        }
        let level = preset.map_or(Ok(PRESET_DEFAULT), filters::number)?;
        if format != XZ && check != -1 && check != CHECK_NONE {
            return Err(raised!(ValueError, "Integrity checks are only supported by FORMAT_XZ"));
        }
        let stream = RefCell::new(Stream::new(Self::kind(format, check, level, filters)?).map_err(failed)?);
        memory::new_in(cls, PyLzmaCompressor { ob_base: PyObject::EMPTY, stream, flushed: Cell::new(false) })
    }

    /// Provide data to the compressor object.
    ///
    /// Returns a chunk of compressed data if possible, or b'' otherwise.
    ///
    /// When you have finished providing data to the compressor, call the
    /// flush() method to finish the compression process.
    #[pymethod(signature = "(data, /)")]
    fn compress(&self, data: &PyObject) -> PyResult<Py<PyBytes>> {
        let data = bytes_like(data)?;
        if self.flushed.get() {
            return Err(raised!(ValueError, "Compressor has been flushed"));
        }
        self.run(data.as_slice(), RUN)
    }

    /// Finish the compression process.
    ///
    /// Returns the compressed data left in internal buffers.
    ///
    /// The compressor object may not be used after this method is called.
    #[pymethod]
    fn flush(&self) -> PyResult<Py<PyBytes>> {
        if self.flushed.replace(true) {
            return Err(raised!(ValueError, "Repeated call to flush()"));
        }
        self.run(&[], FINISH)
    }
}

/// Create a decompressor object for decompressing data incrementally.
///
///   format
///     Specifies the container format of the input stream.  If this is
///     FORMAT_AUTO (the default), the decompressor will automatically detect
///     whether the input is FORMAT_XZ or FORMAT_ALONE.  Streams created with
///     FORMAT_RAW cannot be autodetected.
///   memlimit
///     Limit the amount of memory used by the decompressor.  This will cause
///     decompression to fail if the input cannot be decompressed within the
///     given limit.
///   filters
///     A custom filter chain.  This argument is required for FORMAT_RAW, and
///     not accepted with any other format.  When provided, this should be a
///     sequence of dicts, each indicating the ID and options for a single
///     filter.
///
/// For one-shot decompression, use the decompress() function instead.
#[pytype(
    name = "_lzma.LZMADecompressor",
    flags(IMMUTABLETYPE),
    signature = "(format=FORMAT_AUTO, memlimit=None, filters=None)",
    parts(DECOMPRESSOR)
)]
pub struct PyLzmaDecompressor {
    ob_base: PyObject,
    stream: RefCell<Stream>,
    /// Input that waits for room in the output.
    pending: RefCell<Vec<u8>>,
    #[member(readonly, kind = INT, doc = "ID of the integrity check used by the input stream.")]
    check: Cell<i32>,
    #[member(readonly, kind = BOOL, doc = "True if the end-of-stream marker has been reached.")]
    eof: Cell<bool>,
    #[member(
        readonly,
        kind = BOOL,
        doc = "True if more input is needed before more decompressed data can be produced."
    )]
    needs_input: Cell<bool>,
    #[member(readonly, doc = "Data found after the end of the compressed stream.")]
    unused_data: ObjCell,
}

impl PyLzmaDecompressor {
    /// Decompresses; what the library says of the check on the way is noted.
    fn run(&self, rest: &mut &[u8], output: &mut Vec<u8>, limit: usize) -> u32 {
        let mut stream = self.stream.borrow_mut();
        loop {
            match stream.run(rest, output, limit, RUN) {
                GET_CHECK | NO_CHECK => self.check.set(stream.check() as i32),
                code => return code,
            }
        }
    }
}

#[pymethods(DECOMPRESSOR)]
impl PyLzmaDecompressor {
    #[new(signature = "(format=0, memlimit=None, filters=None)")]
    fn py_new(
        cls: &TypeObject,
        format: i32,
        memlimit: Option<&PyObject>,
        filters: Option<&PyObject>,
    ) -> PyResult<Py<PyLzmaDecompressor>> {
        if memlimit.is_some() && format == RAW {
            return Err(raised!(ValueError, "Cannot specify memory limit with FORMAT_RAW"));
        }
        let limit = memlimit.map_or(Ok(u64::MAX), |limit| unsigned(limit, "uint64_t"))?;
        if filters.is_some() && format != RAW {
            return Err(raised!(ValueError, "Cannot specify filters except with FORMAT_RAW"));
        }
        let kind = match format {
            AUTO => Kind::AutoDecoder { limit },
            XZ => Kind::Decoder { limit },
            ALONE => Kind::AloneDecoder { limit },
            RAW => Kind::RawDecoder { filters: raw_filters(filters)? },
            _ => return Err(bad_format(format)),
        };
        let check = if matches!(format, ALONE | RAW) { CHECK_NONE } else { CHECK_UNKNOWN };
        let unused_data = ObjCell::default();
        unused_data.set(Some(PyBytes::new(&[]).into_obj()));
        memory::new_in(
            cls,
            PyLzmaDecompressor {
                ob_base: PyObject::EMPTY,
                stream: RefCell::new(Stream::new(kind).map_err(failed)?),
                pending: RefCell::default(),
                check: Cell::new(check as i32),
                eof: Cell::new(false),
                needs_input: Cell::new(true),
                unused_data,
            },
        )
    }

    /// Decompress *data*, returning uncompressed data as bytes.
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
    /// Attempting to decompress data after the end of stream is reached
    /// raises an EOFError.  Any data found after the end of the stream is
    /// ignored and saved in the unused_data attribute.
    #[pymethod(signature = "(data, max_length=-1)")]
    fn decompress(&self, data: &PyObject, max_length: isize) -> PyResult<Py<PyBytes>> {
        let data = bytes_like(data)?;
        if self.eof.get() {
            return Err(raised!(EOFError, "Already at end of stream"));
        }
        let limit = if max_length < 0 { usize::MAX } else { max_length as usize };
        let mut joined = self.pending.take();
        let data = if joined.is_empty() {
            data.as_slice()
        } else {
            joined.extend_from_slice(data.as_slice());
            &joined
        };
        let (mut rest, mut output) = (data, Vec::new());
        match self.run(&mut rest, &mut output, limit) {
            OK | BUF_ERROR => {
                self.needs_input.set(rest.is_empty() && (output.len() < limit || limit == 0));
                *self.pending.borrow_mut() = rest.to_vec();
            }
            STREAM_END => {
                self.eof.set(true);
                self.needs_input.set(false);
                if !rest.is_empty() {
                    self.unused_data.set(Some(PyBytes::new(rest).into_obj()));
                }
            }
            code => return Err(failed(code)),
        }
        Ok(PyBytes::new(&output))
    }
}

#[pymodule(name = "_lzma")]
pub mod module {
    use super::*;

    /// Test whether the given integrity check is supported.
    ///
    /// Always returns True for CHECK_NONE and CHECK_CRC32.
    #[pyfunction(signature = "(check_id, /)")]
    fn is_check_supported(check_id: i32) -> bool {
        u32::try_from(check_id).is_ok_and(stream::has_check)
    }

    /// Return a bytes object encoding the options (properties) of the filter specified by *filter* (a dict).
    ///
    /// The result does not include the filter ID itself, only the options.
    #[pyfunction(signature = "(filter, /)")]
    fn _encode_filter_properties(filter: &PyObject) -> PyResult<Py<PyBytes>> {
        filters::encode(filter)
    }

    /// Return a dict describing the filter with these options (properties), which are a bytes object.
    #[pyfunction(signature = "(filter_id, encoded_props, /)")]
    fn _decode_filter_properties(filter_id: &PyObject, encoded_props: &PyObject) -> PyResult<Py<PyDict>> {
        filters::decode(unsigned(filter_id, "lzma_vli")?, bytes_like(encoded_props)?.as_slice())
    }

    #[exec]
    fn exec(module: &PyModule) -> PyResult<()> {
        for (name, value) in NUMBERS {
            module.add_int(name, value)?;
        }
        module.add("LZMAError", &*error_class()?)?;
        module.add_type(PyLzmaCompressor::type_object())?;
        module.add_type(PyLzmaDecompressor::type_object())
    }
}
