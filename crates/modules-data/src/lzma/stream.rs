//! A stream of liblzma that owns its state, and chains of filters: the one place that calls the library.

#![expect(unsafe_code, reason = "the library's interface takes pointers")]

use core::ffi::c_void;
use core::ptr::null_mut;
use liblzma_sys as lzma;
use taipan_objects::model::gc::{Traverse, Visitor};

pub use lzma::{LZMA_FINISH as FINISH, LZMA_RUN as RUN};

/// What the library answers.
pub type Code = u32;
pub const OK: Code = lzma::LZMA_OK;
pub const STREAM_END: Code = lzma::LZMA_STREAM_END;
pub const NO_CHECK: Code = lzma::LZMA_NO_CHECK;
pub const GET_CHECK: Code = lzma::LZMA_GET_CHECK;
pub const BUF_ERROR: Code = lzma::LZMA_BUF_ERROR;

/// The first room for output; it doubles as it fills.
const FIRST: usize = 8 * 1024;

/// What a filter is told.
pub enum Options {
    Lzma(Box<lzma::lzma_options_lzma>),
    Delta(Box<lzma::lzma_options_delta>),
    Branches(Box<lzma::lzma_options_bcj>),
}

/// The numbers that filters of the LZMA kind are told, beside the preset that they begin with.
#[derive(Clone, Copy)]
pub enum Setting {
    DictSize,
    Lc,
    Lp,
    Pb,
    Mode,
    NiceLen,
    Mf,
    Depth,
}

impl Options {
    /// Those of a preset; `None` where there is no such preset.
    pub fn preset(preset: u32) -> Option<Options> {
        // SAFETY: numbers and null pointers.
        let mut options: Box<lzma::lzma_options_lzma> = Box::new(unsafe { core::mem::zeroed() });
        // SAFETY: the library fills the struct.
        let failed = unsafe { lzma::lzma_lzma_preset(&raw mut *options, preset) };
        (failed == 0).then_some(Options::Lzma(options))
    }

    /// Changes one number of a preset.
    pub fn set(&mut self, setting: Setting, value: u32) {
        let Options::Lzma(options) = self else { return };
        match setting {
            Setting::DictSize => options.dict_size = value,
            Setting::Lc => options.lc = value,
            Setting::Lp => options.lp = value,
            Setting::Pb => options.pb = value,
            Setting::Mode => options.mode = value,
            Setting::NiceLen => options.nice_len = value,
            Setting::Mf => options.mf = value,
            Setting::Depth => options.depth = value,
        }
    }

    /// Differences between bytes that lie `distance` apart.
    pub fn delta(distance: u32) -> Options {
        // SAFETY: numbers and null pointers.
        let mut options: Box<lzma::lzma_options_delta> = Box::new(unsafe { core::mem::zeroed() });
        options.dist = distance;
        Options::Delta(options)
    }

    /// Branches of machine code that begins at an address.
    pub fn branches(start_offset: u32) -> Options {
        // SAFETY: a number.
        let mut options: Box<lzma::lzma_options_bcj> = Box::new(unsafe { core::mem::zeroed() });
        options.start_offset = start_offset;
        Options::Branches(options)
    }

    fn pointer(&mut self) -> *mut c_void {
        match self {
            Options::Lzma(options) => (&raw mut **options).cast(),
            Options::Delta(options) => (&raw mut **options).cast(),
            Options::Branches(options) => (&raw mut **options).cast(),
        }
    }
}

/// A chain of filters; the library copies what it needs of it.
#[derive(Default)]
pub struct Filters(Vec<(u64, Options)>);

impl Filters {
    pub fn push(&mut self, id: u64, options: Options) {
        self.0.push((id, options));
    }

    /// The options of the only filter, which has to have this number.
    pub fn into_single(mut self, wanted: u64) -> Option<Options> {
        match self.0.pop() {
            Some((id, options)) if id == wanted && self.0.is_empty() => Some(options),
            _ => None,
        }
    }

    fn with<R>(&mut self, f: impl FnOnce(*const lzma::lzma_filter) -> R) -> R {
        let mut list: Vec<lzma::lzma_filter> = self
            .0
            .iter_mut()
            .map(|(id, options)| lzma::lzma_filter { id: *id, options: options.pointer() })
            .collect();
        // What ends a list.
        list.push(lzma::lzma_filter { id: u64::MAX, options: null_mut() });
        f(list.as_ptr())
    }

    /// The properties of the first filter as they stand in files.
    pub fn properties(&mut self) -> Result<Vec<u8>, Code> {
        self.with(|filters| {
            let mut size = 0;
            // SAFETY: a list of filters with their options; the size is written.
            match unsafe { lzma::lzma_properties_size(&raw mut size, filters) } {
                OK => {}
                code => return Err(code),
            }
            let mut properties = vec![0; size as usize];
            // SAFETY: as above; there is room for the properties.
            match unsafe { lzma::lzma_properties_encode(filters, properties.as_mut_ptr()) } {
                OK => Ok(properties),
                code => Err(code),
            }
        })
    }
}

/// Whether a check is known.
pub fn has_check(check: u32) -> bool {
    // SAFETY: takes a number.
    unsafe { lzma::lzma_check_is_supported(check) != 0 }
}

/// What a stream does.
pub enum Kind {
    EasyEncoder { preset: u32, check: u32 },
    Encoder { filters: Filters, check: u32 },
    AloneEncoder { options: Options },
    RawEncoder { filters: Filters },
    AutoDecoder { limit: u64 },
    Decoder { limit: u64 },
    AloneDecoder { limit: u64 },
    RawDecoder { filters: Filters },
}

pub struct Stream(Box<lzma::lzma_stream>);

impl Traverse for Stream {
    fn traverse(&self, _: &mut Visitor) {}
}

impl Drop for Stream {
    fn drop(&mut self) {
        // SAFETY: the stream was made by the library, or is zeroed.
        unsafe { lzma::lzma_end(&raw mut *self.0) };
    }
}

impl Stream {
    pub fn new(kind: Kind) -> Result<Stream, Code> {
        /// Decoders say which check a stream has.
        const TOLD: u32 = lzma::LZMA_TELL_ANY_CHECK | lzma::LZMA_TELL_NO_CHECK;
        // SAFETY: a zeroed stream is what the library asks for (`LZMA_STREAM_INIT`).
        let mut stream = Stream(Box::new(unsafe { core::mem::zeroed() }));
        let raw = &raw mut *stream.0;
        // SAFETY: the stream is fresh; filters and options live during the calls, which copy them.
        let code = unsafe {
            match kind {
                Kind::EasyEncoder { preset, check } => lzma::lzma_easy_encoder(raw, preset, check),
                Kind::Encoder { mut filters, check } => {
                    filters.with(|filters| lzma::lzma_stream_encoder(raw, filters, check))
                }
                Kind::AloneEncoder { options: Options::Lzma(options) } => {
                    lzma::lzma_alone_encoder(raw, &raw const *options)
                }
                Kind::AloneEncoder { .. } => lzma::LZMA_OPTIONS_ERROR,
                Kind::RawEncoder { mut filters } => {
                    filters.with(|filters| lzma::lzma_raw_encoder(raw, filters))
                }
                Kind::AutoDecoder { limit } => lzma::lzma_auto_decoder(raw, limit, TOLD),
                Kind::Decoder { limit } => lzma::lzma_stream_decoder(raw, limit, TOLD),
                Kind::AloneDecoder { limit } => lzma::lzma_alone_decoder(raw, limit),
                Kind::RawDecoder { mut filters } => {
                    filters.with(|filters| lzma::lzma_raw_decoder(raw, filters))
                }
            }
        };
        if code == OK { Ok(stream) } else { Err(code) }
    }

    /// The check that the input has.
    pub fn check(&self) -> u32 {
        // SAFETY: the stream is one of the library's.
        unsafe { lzma::lzma_get_check(&raw const *self.0) }
    }

    /// Turns input into output until the input is used up, the output is as long as it may be, or the library has something
    /// to say.
    pub fn run(&mut self, input: &mut &[u8], output: &mut Vec<u8>, limit: usize, action: u32) -> Code {
        loop {
            let room = output.len().max(FIRST).min(limit - output.len());
            output.reserve(room);
            let spare = output.spare_capacity_mut();
            let given = spare.len().min(room);
            self.0.next_in = input.as_ptr();
            self.0.avail_in = input.len();
            self.0.next_out = spare.as_mut_ptr().cast();
            self.0.avail_out = given;
            // SAFETY: the stream is one of the library's; input and output are as long as it is told.
            let code = unsafe { lzma::lzma_code(&raw mut *self.0, action) };
            *input = &input[input.len() - self.0.avail_in..];
            let made = given - self.0.avail_out;
            // SAFETY: the library filled these bytes.
            unsafe { output.set_len(output.len() + made) };
            self.0.next_in = core::ptr::null();
            self.0.next_out = null_mut();
            match code {
                OK => {}
                // There was nothing to do.
                BUF_ERROR if input.is_empty() && made < given => return OK,
                code => return code,
            }
            let is_done = action == RUN && input.is_empty() && made < given;
            if is_done || output.len() >= limit {
                return OK;
            }
        }
    }
}
