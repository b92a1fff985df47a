//! The Zstandard library: contexts, digested dictionaries, and what it says of frames. The one place that calls it.

#![expect(unsafe_code, reason = "the library's interface takes pointers")]

use core::ffi::CStr;
use core::ptr::NonNull;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use zstd_sys::{self as z, ZSTD_cParameter as C, ZSTD_dParameter as D};

/// The first room for output; it doubles as it fills.
const FIRST: usize = 32 * 1024;

/// What the library says is wrong.
pub struct Error(pub String);

fn checked(result: usize) -> Result<usize, Error> {
    // SAFETY: a number; messages are C strings that live as long as the process.
    unsafe {
        if z::ZSTD_isError(result) == 0 {
            return Ok(result);
        }
        Err(Error(CStr::from_ptr(z::ZSTD_getErrorName(result)).to_string_lossy().into_owned()))
    }
}

/// Parameters of compression, by their numbers.
pub const COMPRESSION: [(&str, &str, C); 19] = [
    ("ZSTD_c_compressionLevel", "compression_level", C::ZSTD_c_compressionLevel),
    ("ZSTD_c_windowLog", "window_log", C::ZSTD_c_windowLog),
    ("ZSTD_c_hashLog", "hash_log", C::ZSTD_c_hashLog),
    ("ZSTD_c_chainLog", "chain_log", C::ZSTD_c_chainLog),
    ("ZSTD_c_searchLog", "search_log", C::ZSTD_c_searchLog),
    ("ZSTD_c_minMatch", "min_match", C::ZSTD_c_minMatch),
    ("ZSTD_c_targetLength", "target_length", C::ZSTD_c_targetLength),
    ("ZSTD_c_strategy", "strategy", C::ZSTD_c_strategy),
    (
        "ZSTD_c_enableLongDistanceMatching",
        "enable_long_distance_matching",
        C::ZSTD_c_enableLongDistanceMatching,
    ),
    ("ZSTD_c_ldmHashLog", "ldm_hash_log", C::ZSTD_c_ldmHashLog),
    ("ZSTD_c_ldmMinMatch", "ldm_min_match", C::ZSTD_c_ldmMinMatch),
    ("ZSTD_c_ldmBucketSizeLog", "ldm_bucket_size_log", C::ZSTD_c_ldmBucketSizeLog),
    ("ZSTD_c_ldmHashRateLog", "ldm_hash_rate_log", C::ZSTD_c_ldmHashRateLog),
    ("ZSTD_c_contentSizeFlag", "content_size_flag", C::ZSTD_c_contentSizeFlag),
    ("ZSTD_c_checksumFlag", "checksum_flag", C::ZSTD_c_checksumFlag),
    ("ZSTD_c_dictIDFlag", "dict_id_flag", C::ZSTD_c_dictIDFlag),
    ("ZSTD_c_nbWorkers", "nb_workers", C::ZSTD_c_nbWorkers),
    ("ZSTD_c_jobSize", "job_size", C::ZSTD_c_jobSize),
    ("ZSTD_c_overlapLog", "overlap_log", C::ZSTD_c_overlapLog),
];

/// The only parameter of decompression.
pub const WINDOW_LOG_MAX: i32 = D::ZSTD_d_windowLogMax as i32;

fn compression(number: i32) -> Option<C> {
    COMPRESSION.iter().map(|&(_, _, parameter)| parameter).find(|&parameter| parameter as i32 == number)
}

/// The name of a parameter of compression.
pub fn compression_name(number: i32) -> Option<&'static str> {
    COMPRESSION.iter().find(|&&(_, _, parameter)| parameter as i32 == number).map(|&(_, name, _)| name)
}

fn bounds_of(bounds: z::ZSTD_bounds) -> Result<(i32, i32), Error> {
    checked(bounds.error).map(|_| (bounds.lowerBound, bounds.upperBound))
}

/// The bounds of a parameter of compression.
pub fn compression_bounds(number: i32) -> Result<(i32, i32), Error> {
    let parameter = compression(number).ok_or_else(|| Error("Unsupported parameter".into()))?;
    // SAFETY: a known parameter.
    bounds_of(unsafe { z::ZSTD_cParam_getBounds(parameter) })
}

/// The bounds of a parameter of decompression.
pub fn decompression_bounds(number: i32) -> Result<(i32, i32), Error> {
    if number != WINDOW_LOG_MAX {
        return Err(Error("Unsupported parameter".into()));
    }
    // SAFETY: a known parameter.
    bounds_of(unsafe { z::ZSTD_dParam_getBounds(D::ZSTD_d_windowLogMax) })
}

pub fn version() -> u32 {
    // SAFETY: takes nothing.
    unsafe { z::ZSTD_versionNumber() }
}

pub fn default_level() -> i32 {
    // SAFETY: takes nothing.
    unsafe { z::ZSTD_defaultCLevel() }
}

/// How much output a decompressor is best asked for.
pub fn output_size() -> usize {
    // SAFETY: takes nothing.
    unsafe { z::ZSTD_DStreamOutSize() }
}

struct DigestedC(NonNull<z::ZSTD_CDict>);
struct DigestedD(NonNull<z::ZSTD_DDict>);

// SAFETY: digested dictionaries are only read once they are made.
unsafe impl Send for DigestedC {}
// SAFETY: as above.
unsafe impl Sync for DigestedC {}
// SAFETY: as above.
unsafe impl Send for DigestedD {}
// SAFETY: as above.
unsafe impl Sync for DigestedD {}

impl Drop for DigestedC {
    fn drop(&mut self) {
        // SAFETY: it was made by the library, and nobody has it any more.
        unsafe { z::ZSTD_freeCDict(self.0.as_ptr()) };
    }
}

impl Drop for DigestedD {
    fn drop(&mut self) {
        // SAFETY: as above.
        unsafe { z::ZSTD_freeDDict(self.0.as_ptr()) };
    }
}

/// A dictionary: its content, and what was digested of it.
pub struct Dictionary {
    pub content: Vec<u8>,
    pub id: u32,
    for_levels: Mutex<HashMap<i32, Arc<DigestedC>>>,
    for_decompression: Mutex<Option<Arc<DigestedD>>>,
}

/// How a dictionary is used.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Use {
    Digested,
    Undigested,
    Prefix,
}

impl Dictionary {
    pub fn new(content: Vec<u8>) -> Arc<Dictionary> {
        // SAFETY: bytes and their length.
        let id = unsafe { z::ZDICT_getDictID(content.as_ptr().cast(), content.len()) };
        Arc::new(Dictionary {
            content,
            id,
            for_levels: Mutex::default(),
            for_decompression: Mutex::default(),
        })
    }

    fn digested(&self, level: i32) -> Option<Arc<DigestedC>> {
        let mut known = self.for_levels.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = known.get(&level) {
            return Some(Arc::clone(known));
        }
        // SAFETY: bytes and their length, which the library copies.
        let made = unsafe { z::ZSTD_createCDict(self.content.as_ptr().cast(), self.content.len(), level) };
        let made = Arc::new(DigestedC(NonNull::new(made)?));
        known.insert(level, Arc::clone(&made));
        Some(made)
    }

    fn digested_for_decompression(&self) -> Option<Arc<DigestedD>> {
        let mut known = self.for_decompression.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = &*known {
            return Some(Arc::clone(known));
        }
        // SAFETY: as above.
        let made = unsafe { z::ZSTD_createDDict(self.content.as_ptr().cast(), self.content.len()) };
        let made = Arc::new(DigestedD(NonNull::new(made)?));
        *known = Some(Arc::clone(&made));
        Some(made)
    }
}

/// What happens to the input that was given.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    Continue,
    FlushBlock,
    FlushFrame,
}

/// A context that compresses. What it refers to lives as long as it does.
pub struct Compressor {
    context: NonNull<z::ZSTD_CCtx>,
    _digested: Option<Arc<DigestedC>>,
    _dictionary: Option<Arc<Dictionary>>,
}

impl Drop for Compressor {
    fn drop(&mut self) {
        // SAFETY: the context is this one's.
        unsafe { z::ZSTD_freeCCtx(self.context.as_ptr()) };
    }
}

/// No memory could be had.
pub struct NoMemory;

impl Compressor {
    pub fn new() -> Result<Compressor, NoMemory> {
        // SAFETY: takes nothing.
        let context = NonNull::new(unsafe { z::ZSTD_createCCtx() }).ok_or(NoMemory)?;
        Ok(Compressor { context, _digested: None, _dictionary: None })
    }

    pub fn set(&mut self, number: i32, value: i32) -> Result<(), Error> {
        let parameter = compression(number).ok_or_else(|| Error("Unsupported parameter".into()))?;
        // SAFETY: the context is this one's; a known parameter.
        checked(unsafe { z::ZSTD_CCtx_setParameter(self.context.as_ptr(), parameter, value) }).map(drop)
    }

    /// Has it use a dictionary. `None` where the dictionary could not be digested.
    pub fn load(&mut self, dictionary: &Arc<Dictionary>, how: Use, level: i32) -> Option<Result<(), Error>> {
        let content = &dictionary.content;
        let (context, bytes, length) = (self.context.as_ptr(), content.as_ptr().cast(), content.len());
        let result = match how {
            Use::Digested => {
                let digested = dictionary.digested(level)?;
                // SAFETY: the digested dictionary is kept below for as long as the context.
                let result = unsafe { z::ZSTD_CCtx_refCDict(context, digested.0.as_ptr()) };
                self._digested = Some(digested);
                result
            }
            // SAFETY: bytes and their length, which the library copies.
            Use::Undigested => unsafe { z::ZSTD_CCtx_loadDictionary(context, bytes, length) },
            // SAFETY: the dictionary, which does not change, is kept below for as long as the context.
            Use::Prefix => unsafe { z::ZSTD_CCtx_refPrefix(context, bytes, length) },
        };
        self._dictionary = Some(Arc::clone(dictionary));
        Some(checked(result).map(drop))
    }

    /// Says how long the next frame will be; `None` that it is not known.
    pub fn pledge(&mut self, size: Option<u64>) -> Result<(), Error> {
        let size = size.unwrap_or(z::ZSTD_CONTENTSIZE_UNKNOWN as i64 as u64);
        // SAFETY: the context is this one's.
        checked(unsafe { z::ZSTD_CCtx_setPledgedSrcSize(self.context.as_ptr(), size) }).map(drop)
    }

    /// Compresses all of the input. After an error the context is at the beginning of a frame.
    pub fn run(&mut self, data: &[u8], mode: Mode) -> Result<Vec<u8>, Error> {
        let end = match mode {
            Mode::Continue => z::ZSTD_EndDirective::ZSTD_e_continue,
            Mode::FlushBlock => z::ZSTD_EndDirective::ZSTD_e_flush,
            Mode::FlushFrame => z::ZSTD_EndDirective::ZSTD_e_end,
        };
        let mut output = Vec::new();
        let mut input = z::ZSTD_inBuffer { src: data.as_ptr().cast(), size: data.len(), pos: 0 };
        loop {
            let result = fill(&mut output, usize::MAX, |room| {
                // SAFETY: the context is this one's; both buffers are as long as they say.
                unsafe { z::ZSTD_compressStream2(self.context.as_ptr(), room, &raw mut input, end) }
            });
            let left = checked(result).inspect_err(|_| self.reset())?;
            let is_done = if mode == Mode::Continue { input.pos == input.size } else { left == 0 };
            if is_done {
                return Ok(output);
            }
        }
    }

    fn reset(&self) {
        // SAFETY: the context is this one's.
        unsafe { z::ZSTD_CCtx_reset(self.context.as_ptr(), z::ZSTD_ResetDirective::ZSTD_reset_session_only) };
    }
}

/// Lets the library append to output, of which there may be `limit` bytes.
fn fill(output: &mut Vec<u8>, limit: usize, f: impl FnOnce(*mut z::ZSTD_outBuffer) -> usize) -> usize {
    let room = output.len().max(FIRST).min(limit - output.len());
    output.reserve(room);
    let spare = output.spare_capacity_mut();
    let mut buffer = z::ZSTD_outBuffer { dst: spare.as_mut_ptr().cast(), size: room, pos: 0 };
    let result = f(&raw mut buffer);
    // SAFETY: the library filled these bytes of the room that there is.
    unsafe { output.set_len(output.len() + buffer.pos.min(room)) };
    result
}

/// A context that decompresses. What it refers to lives as long as it does.
pub struct Decompressor {
    context: NonNull<z::ZSTD_DCtx>,
    _digested: Option<Arc<DigestedD>>,
    _dictionary: Option<Arc<Dictionary>>,
}

impl Drop for Decompressor {
    fn drop(&mut self) {
        // SAFETY: the context is this one's.
        unsafe { z::ZSTD_freeDCtx(self.context.as_ptr()) };
    }
}

impl Decompressor {
    pub fn new() -> Result<Decompressor, NoMemory> {
        // SAFETY: takes nothing.
        let context = NonNull::new(unsafe { z::ZSTD_createDCtx() }).ok_or(NoMemory)?;
        Ok(Decompressor { context, _digested: None, _dictionary: None })
    }

    /// Sets the only parameter.
    pub fn set_window_log_max(&mut self, value: i32) -> Result<(), Error> {
        // SAFETY: the context is this one's.
        let result =
            unsafe { z::ZSTD_DCtx_setParameter(self.context.as_ptr(), D::ZSTD_d_windowLogMax, value) };
        checked(result).map(drop)
    }

    /// Has it use a dictionary. `None` where the dictionary could not be digested.
    pub fn load(&mut self, dictionary: &Arc<Dictionary>, how: Use) -> Option<Result<(), Error>> {
        let content = &dictionary.content;
        let (context, bytes, length) = (self.context.as_ptr(), content.as_ptr().cast(), content.len());
        let result = match how {
            Use::Digested => {
                let digested = dictionary.digested_for_decompression()?;
                // SAFETY: the digested dictionary is kept below for as long as the context.
                let result = unsafe { z::ZSTD_DCtx_refDDict(context, digested.0.as_ptr()) };
                self._digested = Some(digested);
                result
            }
            // SAFETY: bytes and their length, which the library copies.
            Use::Undigested => unsafe { z::ZSTD_DCtx_loadDictionary(context, bytes, length) },
            // SAFETY: the dictionary, which does not change, is kept below for as long as the context.
            Use::Prefix => unsafe { z::ZSTD_DCtx_refPrefix(context, bytes, length) },
        };
        self._dictionary = Some(Arc::clone(dictionary));
        Some(checked(result).map(drop))
    }

    /// Decompresses until the frame ends, the input is used up or the output is as long as it may be; whether the frame has
    /// ended. After an error the context is at the beginning of a frame.
    pub fn run(&mut self, data: &mut &[u8], output: &mut Vec<u8>, limit: usize) -> Result<bool, Error> {
        let mut input = z::ZSTD_inBuffer { src: data.as_ptr().cast(), size: data.len(), pos: 0 };
        loop {
            let before = (output.len(), output.len().max(FIRST).min(limit - output.len()));
            let result = fill(output, limit, |room| {
                // SAFETY: the context is this one's; both buffers are as long as they say.
                unsafe { z::ZSTD_decompressStream(self.context.as_ptr(), room, &raw mut input) }
            });
            let left = checked(result).inspect_err(|_| {
                let all = z::ZSTD_ResetDirective::ZSTD_reset_session_only;
                // SAFETY: the context is this one's.
                unsafe { z::ZSTD_DCtx_reset(self.context.as_ptr(), all) };
            })?;
            let is_full = output.len() - before.0 == before.1;
            if left == 0 || output.len() >= limit || (input.pos == input.size && !is_full) {
                *data = &data[input.pos.min(data.len())..];
                return Ok(left == 0);
            }
        }
    }
}

/// The size of what is in a frame, where it says that, and the number of its dictionary. `None`: that is no frame.
pub fn frame_info(frame: &[u8]) -> Option<(Option<u64>, u32)> {
    let (bytes, length) = (frame.as_ptr().cast(), frame.len());
    // SAFETY: bytes and their length.
    let (size, id) =
        unsafe { (z::ZSTD_getFrameContentSize(bytes, length), z::ZSTD_getDictID_fromFrame(bytes, length)) };
    match size {
        _ if size == z::ZSTD_CONTENTSIZE_ERROR as i64 as u64 => None,
        _ if size == z::ZSTD_CONTENTSIZE_UNKNOWN as i64 as u64 => Some((None, id)),
        size => Some((Some(size), id)),
    }
}

/// The length of the frame that stands at the beginning.
pub fn frame_size(frame: &[u8]) -> Result<usize, Error> {
    // SAFETY: bytes and their length.
    checked(unsafe { z::ZSTD_findFrameCompressedSize(frame.as_ptr().cast(), frame.len()) })
}

/// Makes a dictionary of samples that stand one behind the other.
///
/// # Panics
/// Where the sizes do not add up to the length of the samples.
pub fn train(samples: &[u8], sizes: &[usize], capacity: usize) -> Result<Vec<u8>, Error> {
    assert_eq!(sizes.iter().sum::<usize>(), samples.len(), "the sizes are those of the samples");
    let mut dictionary = vec![0; capacity];
    // SAFETY: buffers with their lengths.
    let length = checked(unsafe {
        z::ZDICT_trainFromBuffer(
            dictionary.as_mut_ptr().cast(),
            capacity,
            samples.as_ptr().cast(),
            sizes.as_ptr(),
            sizes.len() as u32,
        )
    })?;
    dictionary.truncate(length);
    Ok(dictionary)
}

/// Makes a dictionary of content and of samples of what it will be used for.
///
/// # Panics
/// As [`train`].
pub fn finalize(
    content: &[u8],
    samples: &[u8],
    sizes: &[usize],
    capacity: usize,
    level: i32,
) -> Result<Vec<u8>, Error> {
    assert_eq!(sizes.iter().sum::<usize>(), samples.len(), "the sizes are those of the samples");
    let mut dictionary = vec![0; capacity];
    let parameters = z::ZDICT_params_t { compressionLevel: level, notificationLevel: 0, dictID: 0 };
    // SAFETY: buffers with their lengths.
    let length = checked(unsafe {
        z::ZDICT_finalizeDictionary(
            dictionary.as_mut_ptr().cast(),
            capacity,
            content.as_ptr().cast(),
            content.len(),
            samples.as_ptr().cast(),
            sizes.as_ptr(),
            sizes.len() as u32,
            parameters,
        )
    })?;
    dictionary.truncate(length);
    Ok(dictionary)
}
