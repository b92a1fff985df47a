//! Where a text file stands: `tell` packs the decoder's state with the byte position, `seek` puts both back.

use super::super::cookie::Cookie;
use super::{PyTextIOWrapper, Snapshot};
use crate::base::unsupported;
use taipan_objects::model::args::OptArg;
use taipan_objects::prelude::*;

#[pymethods(PLACE)]
impl PyTextIOWrapper {
    /// Return the stream position as an opaque number.
    ///
    /// The return value of tell() can be given as input to seek(), to restore a
    /// previous stream position.
    #[pymethod]
    fn tell(&self) -> PyResult<Py<PyInt>> {
        let buffer = self.checked_buffer()?;
        self.check_closed()?;
        if !self.seekable.get() {
            return Err(unsupported("underlying stream is not seekable"));
        }
        if !self.telling.get() {
            return Err(raised!(OSError, "telling position disabled by next() call"));
        }
        self.write_pending()?;
        call::method(self, intern!("flush"), &[])?;
        let position = crate::io::offset(&*call::method(&buffer, intern!("tell"), &[])?)?;
        let (Some(decoder), Some((flags, input))) =
            (self.decoder.get(), self.snapshot.borrow().as_ref().map(|s| (s.flags, s.input.clone())))
        else {
            return Ok(PyInt::from_i64(position));
        };
        let start = Cookie { position: position - input.len() as i64, flags, ..Cookie::default() };
        let taken = self.taken.get();
        if taken == 0 {
            return Ok(start.pack());
        }
        let (saved, saved_flags) = Self::decoder_state(&decoder)?;
        let found = self.locate(&decoder, start, &input, taken);
        let restored = Self::set_decoder_state(&decoder, &saved, saved_flags);
        let cookie = found?;
        restored?;
        Ok(cookie.pack())
    }

    /// Set the stream position, and return the new stream position.
    ///
    ///   cookie
    ///     Zero or an opaque number returned by tell().
    ///   whence
    ///     The relative position to seek from.
    ///
    /// Four operations are supported, given by the following argument
    /// combinations:
    ///
    /// - seek(0, SEEK_SET): Rewind to the start of the stream.
    /// - seek(cookie, SEEK_SET): Restore a previous position;
    ///   'cookie' must be a number returned by tell().
    /// - seek(0, SEEK_END): Fast-forward to the end of the stream.
    /// - seek(0, SEEK_CUR): Leave the current stream position unchanged.
    ///
    /// Any other argument combinations are invalid,
    /// and may raise exceptions.
    #[pymethod(signature = "(cookie, whence=os.SEEK_SET, /)")]
    fn seek(&self, cookie: &PyObject, whence: OptArg<i32>) -> PyResult {
        let buffer = self.checked_buffer()?;
        self.check_closed()?;
        if !self.seekable.get() {
            return Err(unsupported("underlying stream is not seekable"));
        }
        let zero = PyInt::from_i64(0);
        let is_zero = |value: &PyObject| object::compare_bool(value, &zero, CompareOp::Eq);
        let target = match whence.given().unwrap_or(0) {
            1 => {
                if !is_zero(cookie)? {
                    return Err(unsupported("can't do nonzero cur-relative seeks"));
                }
                call::method(self, intern!("tell"), &[])?
            }
            2 => {
                if !is_zero(cookie)? {
                    return Err(unsupported("can't do nonzero end-relative seeks"));
                }
                call::method(self, intern!("flush"), &[])?;
                self.set_decoded(None);
                self.snapshot.replace(None);
                if let Some(decoder) = self.decoder.get() {
                    call::method(&decoder, intern!("reset"), &[])?;
                }
                let at = call::method(&buffer, intern!("seek"), &[&zero, &PyInt::from_i64(2)])?;
                self.reset_encoder(is_zero(&at)?)?;
                return Ok(at);
            }
            0 => cookie.owned(),
            other => return Err(raised!(ValueError, "invalid whence ({other}, should be 0, 1 or 2)")),
        };
        if object::compare_bool(&target, &zero, CompareOp::Lt)? {
            return Err(raised!(ValueError, "negative seek position {}", object::repr(&target)?));
        }
        call::method(self, intern!("flush"), &[])?;
        self.go_to(&buffer, Cookie::unpack(&target)?)?;
        Ok(target)
    }
}

impl PyTextIOWrapper {
    fn go_to(&self, buffer: &PyObject, cookie: Cookie) -> PyResult<()> {
        call::method(buffer, intern!("seek"), &[&PyInt::from_i64(cookie.position)])?;
        self.set_decoded(None);
        self.snapshot.replace(None);
        if let Some(decoder) = self.decoder.get() {
            if cookie.position == 0 && cookie.flags == 0 {
                call::method(&decoder, intern!("reset"), &[])?;
            } else {
                Self::set_decoder_state(&decoder, b"", cookie.flags)?;
            }
            self.snapshot.replace(Some(Snapshot { flags: cookie.flags, input: Vec::new() }));
            if cookie.chars_to_skip > 0 {
                let fed = i64::from(cookie.bytes_to_feed);
                let input = call::method(buffer, intern!("read"), &[&PyInt::from_i64(fed)])?;
                let Some(bytes) = input.downcast::<PyBytes>() else {
                    let found = input.class().name();
                    return Err(raised!(
                        TypeError,
                        "underlying read() should have returned a bytes object, not '{found}'"
                    ));
                };
                let bytes = bytes.as_slice().to_vec();
                let text = Self::decode(&decoder, &input, cookie.need_eof)?;
                self.snapshot.replace(Some(Snapshot { flags: cookie.flags, input: bytes }));
                let skip = cookie.chars_to_skip as usize;
                if text.len() < skip {
                    return Err(raised!(OSError, "can't restore logical file position"));
                }
                self.set_decoded(Some(text));
                self.taken.set(skip);
            }
        }
        self.reset_encoder(cookie.position == 0 && cookie.flags == 0)
    }

    /// Finds the last place before the character that was taken last where the decoder holds nothing back.
    fn locate(&self, decoder: &PyObject, start: Cookie, input: &[u8], taken: usize) -> PyResult<Cookie> {
        let decode = |bytes: &[u8], end: bool| Ok(Self::decode(decoder, &PyBytes::new(bytes), end)?.len());
        let mut at = start;
        let mut left = taken;
        // A guess from the average length of a character, corrected downwards.
        let mut guess = ((self.ratio.get() * taken as f64) as usize).min(input.len());
        let mut step = 1;
        while guess > 0 {
            Self::set_decoder_state(decoder, b"", start.flags)?;
            let characters = decode(&input[..guess], false)?;
            if characters <= left {
                let (held, flags) = Self::decoder_state(decoder)?;
                if held.is_empty() {
                    at.position += guess as i64;
                    at.flags = flags;
                    left -= characters;
                    break;
                }
                guess = guess.saturating_sub(held.len());
                step = 1;
            } else {
                guess = guess.saturating_sub(step);
                step *= 2;
            }
        }
        if guess == 0 {
            Self::set_decoder_state(decoder, b"", start.flags)?;
        }
        if left == 0 {
            return Ok(at);
        }
        // From there byte by byte.
        let (mut fed, mut characters) = (0, 0);
        for byte in &input[guess..] {
            fed += 1;
            characters += decode(core::slice::from_ref(byte), false)?;
            let (held, flags) = Self::decoder_state(decoder)?;
            if held.is_empty() && characters <= left {
                at.position += i64::from(fed);
                at.flags = flags;
                left -= characters;
                (fed, characters) = (0, 0);
            }
            if characters >= left {
                return Ok(Cookie { bytes_to_feed: fed, chars_to_skip: left as i32, ..at });
            }
        }
        characters += decode(b"", true)?;
        if characters < left {
            return Err(raised!(OSError, "can't reconstruct logical file position"));
        }
        Ok(Cookie { bytes_to_feed: fed, chars_to_skip: left as i32, need_eof: true, ..at })
    }
}
