//! `zlib`: data compressed as RFC 1950, 1951 and 1952 say.

mod compress;
mod decompress;
mod incremental;
pub(crate) mod stream;

pub use compress::PyCompress;
pub use decompress::PyDecompress;
pub use incremental::PyZlibDecompressor;

use stream::{
    Failure, Settings, Stream, Z_BUF_ERROR, Z_DATA_ERROR, Z_MEM_ERROR, Z_STREAM_ERROR, Z_VERSION_ERROR,
};
use taipan_macros::pymodule;
use taipan_objects::errors;
use taipan_objects::model::thread;
use taipan_objects::prelude::*;

/// Data longer than this is worked on without the interpreter's lock.
const LONG: usize = 5 * 1024;

/// The exception type of an interpreter.
#[derive(Default)]
struct State {
    error: ObjCell,
}

fn error_type() -> PyResult {
    let cell = &thread::current().interpreter().extension::<State>().error;
    if let Some(class) = cell.get() {
        return Ok(class);
    }
    let dict = PyDict::new();
    dict.set_item(intern!("__module__"), intern!("zlib"))?;
    let class = taipan_objects::types::r#type::new_heap_type("error", Exc::Exception.type_object(), &dict)?;
    cell.set(Some(class.clone()));
    Ok(class)
}

/// `zlib.error` with this message.
#[cold]
fn error(message: &str) -> Raised {
    match error_type() {
        Ok(class) => match class.downcast::<TypeObject>() {
            Some(class) => errors::set_object(class, &PyStr::new(message)),
            None => raised!(SystemError, "zlib.error is no type"),
        },
        Err(raised) => raised,
    }
}

/// `zlib.error` for a code of the library, in the words that CPython has for codes without a message.
#[cold]
fn failed(failure: &Failure, what: &str) -> Raised {
    let known = match failure.code {
        Z_BUF_ERROR => Some("incomplete or truncated stream"),
        Z_STREAM_ERROR => Some("inconsistent stream state"),
        Z_DATA_ERROR => Some("invalid input data"),
        _ => None,
    };
    let message = match failure.code {
        Z_VERSION_ERROR => Some("library version mismatch"),
        _ => failure.message.as_deref().or(known),
    };
    match message {
        Some(message) => error(&format!("Error {} {what}: {message}", failure.code)),
        None => error(&format!("Error {} {what}", failure.code)),
    }
}

/// The error of making the state of an object.
#[cold]
fn not_made(failure: &Failure, noun: &str) -> Raised {
    match failure.code {
        Z_MEM_ERROR => raised!(MemoryError, "Can't allocate memory for {noun} object"),
        Z_STREAM_ERROR => raised!(ValueError, "Invalid initialization option"),
        _ => failed(failure, &format!("while creating {noun} object")),
    }
}

/// The error of copying the state of an object.
#[cold]
fn not_copied(code: i32, noun: &str) -> Raised {
    match code {
        Z_STREAM_ERROR => raised!(ValueError, "Inconsistent stream state"),
        Z_MEM_ERROR => raised!(MemoryError, "Can't allocate memory for {noun} object"),
        _ => failed(&Failure { code, message: None }, &format!("while copying {noun} object")),
    }
}

/// Runs `work` without the lock where there is much to do.
fn unlocked<T>(length: usize, work: impl FnOnce() -> T) -> T {
    if length > LONG { taipan_host::blocking(work) } else { work() }
}

fn compress_all(data: &[u8], level: i32, wbits: i32) -> PyResult<Vec<u8>> {
    let settings = Settings { level, method: 8, wbits, mem_level: 8, strategy: 0 };
    let mut stream = Stream::deflate(&settings).map_err(|failure| match failure.code {
        Z_MEM_ERROR => raised!(MemoryError, "Out of memory while compressing data"),
        Z_STREAM_ERROR => error("Bad compression level"),
        _ => failed(&failure, "while compressing data"),
    })?;
    let (mut rest, mut output) = (data, Vec::new());
    let first = (data.len() / 2).clamp(64, 1 << 26);
    let code = unlocked(data.len(), || {
        stream.run(&mut rest, &mut output, first, usize::MAX, stream::Z_FINISH, None)
    });
    match code {
        Ok(stream::Z_STREAM_END) => Ok(output),
        Ok(code) => Err(failed(&stream.failure(code), "while compressing data")),
        Err(failure) => Err(failed(&failure, "while compressing data")),
    }
}

fn decompress_all(data: &[u8], wbits: i32, first: usize) -> PyResult<Vec<u8>> {
    const WHAT: &str = "while decompressing data";
    let mut stream = Stream::inflate(wbits).map_err(|failure| match failure.code {
        Z_MEM_ERROR => raised!(MemoryError, "Out of memory while decompressing data"),
        _ => failed(&failure, "while preparing to decompress data"),
    })?;
    let (mut rest, mut output) = (data, Vec::new());
    let code = unlocked(data.len(), || {
        stream.run(&mut rest, &mut output, first, usize::MAX, stream::Z_FINISH, None)
    });
    match code {
        Ok(stream::Z_STREAM_END) => Ok(output),
        Ok(Z_MEM_ERROR) => Err(raised!(MemoryError, "Out of memory while decompressing data")),
        Ok(code) => Err(failed(&stream.failure(code), WHAT)),
        Err(failure) => Err(failed(&failure, WHAT)),
    }
}

/// The functions in this module allow compression and decompression using the
/// zlib library, which is based on GNU zip.
///
/// adler32(string[, start]) -- Compute an Adler-32 checksum.
/// compress(data[, level]) -- Compress data, with compression level 0-9 or -1.
/// compressobj([level[, ...]]) -- Return a compressor object.
/// crc32(string[, start]) -- Compute a CRC-32 checksum.
/// decompress(string,[wbits],[bufsize]) -- Decompresses a compressed string.
/// decompressobj([wbits[, zdict]]) -- Return a decompressor object.
///
/// 'wbits' is window buffer size and container format.
/// Compressor objects support compress() and flush() methods; decompressor
/// objects support decompress() and flush().
#[pymodule(name = "zlib")]
pub mod module {
    use super::stream::{DEF_BUF_SIZE, Settings, adler32 as adler, crc32 as crc, version};
    use super::{PyCompress, PyDecompress, PyZlibDecompressor, unlocked};
    use taipan_objects::codecs::bytes_like;
    use taipan_objects::model::args::OptArg;
    use taipan_objects::prelude::*;

    /// The low 32 bits of an integer.
    fn masked(value: OptArg<&PyObject>, default: u32) -> PyResult<u32> {
        match value.given() {
            Some(value) => Ok(number::index(value)?.view().to_u64_wrapping() as u32),
            None => Ok(default),
        }
    }

    /// Compute an Adler-32 checksum of data.
    ///
    ///   value
    ///     Starting value of the checksum.
    ///
    /// The returned checksum is an integer.
    #[pyfunction(signature = "(data, value=1, /)")]
    pub fn adler32(data: &PyObject, value: OptArg<&PyObject>) -> PyResult<u32> {
        let data = bytes_like(data)?;
        let (value, data) = (masked(value, 1)?, data.as_slice());
        Ok(unlocked(data.len(), || adler(value, data)))
    }

    /// Compute a CRC-32 checksum of data.
    ///
    ///   value
    ///     Starting value of the checksum.
    ///
    /// The returned checksum is an integer.
    #[pyfunction(signature = "(data, value=0, /)")]
    pub fn crc32(data: &PyObject, value: OptArg<&PyObject>) -> PyResult<u32> {
        let data = bytes_like(data)?;
        let (value, data) = (masked(value, 0)?, data.as_slice());
        Ok(unlocked(data.len(), || crc(value, data)))
    }

    /// Returns a bytes object containing compressed data.
    ///
    ///   data
    ///     Binary data to be compressed.
    ///   level
    ///     Compression level, in 0-9 or -1.
    ///   wbits
    ///     The window buffer size and container format.
    #[pyfunction(signature = "(data, /, level=Z_DEFAULT_COMPRESSION, wbits=MAX_WBITS)")]
    pub fn compress(data: &PyObject, level: OptArg<i32>, wbits: OptArg<i32>) -> PyResult<Py<PyBytes>> {
        let data = bytes_like(data)?;
        let (level, wbits) = (level.given().unwrap_or(-1), wbits.given().unwrap_or(15));
        Ok(PyBytes::new(&super::compress_all(data.as_slice(), level, wbits)?))
    }

    /// Returns a bytes object containing the uncompressed data.
    ///
    ///   data
    ///     Compressed data.
    ///   wbits
    ///     The window buffer size and container format.
    ///   bufsize
    ///     The initial output buffer size.
    #[pyfunction(signature = "(data, /, wbits=MAX_WBITS, bufsize=DEF_BUF_SIZE)")]
    pub fn decompress(data: &PyObject, wbits: OptArg<i32>, bufsize: OptArg<isize>) -> PyResult<Py<PyBytes>> {
        let data = bytes_like(data)?;
        let first = match bufsize.given() {
            Some(size) if size < 0 => return Err(raised!(ValueError, "bufsize must be non-negative")),
            Some(size) => (size as usize).clamp(1, 1 << 30),
            None => DEF_BUF_SIZE,
        };
        let output = super::decompress_all(data.as_slice(), wbits.given().unwrap_or(15), first)?;
        Ok(PyBytes::new(&output))
    }

    /// Return a compressor object.
    ///
    ///   level
    ///     The compression level (an integer in the range 0-9 or -1; default is
    ///     currently equivalent to 6).  Higher compression levels are slower,
    ///     but produce smaller results.
    ///   method
    ///     The compression algorithm.  If given, this must be DEFLATED.
    ///   wbits
    ///     +9 to +15: The base-two logarithm of the window size.  Include a zlib
    ///         container.
    ///     -9 to -15: Generate a raw stream.
    ///     +25 to +31: Include a gzip container.
    ///   memLevel
    ///     Controls the amount of memory used for internal compression state.
    ///     Valid values range from 1 to 9.  Higher values result in higher memory
    ///     usage, faster compression, and smaller output.
    ///   strategy
    ///     Used to tune the compression algorithm.  Possible values are
    ///     Z_DEFAULT_STRATEGY, Z_FILTERED, and Z_HUFFMAN_ONLY.
    ///   zdict
    ///     The predefined compression dictionary - a sequence of bytes
    ///     containing subsequences that are likely to occur in the input data.
    #[pyfunction(signature = "(level=Z_DEFAULT_COMPRESSION, method=DEFLATED,
            wbits=MAX_WBITS, memLevel=DEF_MEM_LEVEL,
            strategy=Z_DEFAULT_STRATEGY, zdict=<unrepresentable>)")]
    pub fn compressobj(
        level: OptArg<i32>,
        method: OptArg<i32>,
        wbits: OptArg<i32>,
        mem_level: OptArg<i32>,
        strategy: OptArg<i32>,
        zdict: OptArg<&PyObject>,
    ) -> PyResult<Py<PyCompress>> {
        let settings = Settings {
            level: level.given().unwrap_or(-1),
            method: method.given().unwrap_or(8),
            wbits: wbits.given().unwrap_or(15),
            mem_level: mem_level.given().unwrap_or(8),
            strategy: strategy.given().unwrap_or(0),
        };
        let zdict = zdict.given().map(bytes_like).transpose()?;
        PyCompress::create(&settings, zdict.as_ref().map(|zdict| zdict.as_slice()))
    }

    /// Return a decompressor object.
    ///
    ///   wbits
    ///     The window buffer size and container format.
    ///   zdict
    ///     The predefined compression dictionary.  This must be the same
    ///     dictionary as used by the compressor that produced the input data.
    #[pyfunction(signature = "(wbits=MAX_WBITS, zdict=b'')")]
    pub fn decompressobj(wbits: OptArg<i32>, zdict: OptArg<&PyObject>) -> PyResult<Py<PyDecompress>> {
        PyDecompress::create(wbits.given().unwrap_or(15), zdict.given())
    }

    #[exec]
    fn exec(module: &PyModule) -> PyResult<()> {
        module.add("error", &*super::error_type()?)?;
        module.add("_ZlibDecompressor", PyZlibDecompressor::type_object())?;
        let constants = [
            ("MAX_WBITS", 15),
            ("DEFLATED", 8),
            ("DEF_MEM_LEVEL", 8),
            ("DEF_BUF_SIZE", DEF_BUF_SIZE as i64),
            ("Z_NO_COMPRESSION", 0),
            ("Z_BEST_SPEED", 1),
            ("Z_BEST_COMPRESSION", 9),
            ("Z_DEFAULT_COMPRESSION", -1),
            ("Z_DEFAULT_STRATEGY", 0),
            ("Z_FILTERED", 1),
            ("Z_HUFFMAN_ONLY", 2),
            ("Z_RLE", 3),
            ("Z_FIXED", 4),
            ("Z_NO_FLUSH", 0),
            ("Z_PARTIAL_FLUSH", 1),
            ("Z_SYNC_FLUSH", 2),
            ("Z_FULL_FLUSH", 3),
            ("Z_FINISH", 4),
            ("Z_BLOCK", 5),
            ("Z_TREES", 6),
        ];
        for (name, value) in constants {
            module.add_int(name, value)?;
        }
        module.add_str("ZLIB_VERSION", &version())?;
        module.add_str("ZLIB_RUNTIME_VERSION", &version())?;
        module.add_str("__version__", "1.0")
    }
}
