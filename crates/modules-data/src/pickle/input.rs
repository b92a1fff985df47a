//! What an unpickler reads: bytes in memory, or a file from which frames and arguments are fetched as they are needed.

use super::unpickling_error;
use taipan_objects::codecs::bytes_like;
use taipan_objects::prelude::*;

/// The methods of the file.
pub(super) struct Source {
    pub(super) read: Obj,
    pub(super) readline: Obj,
}

/// Bytes in memory: a bytes object as it is, or a copy.
pub(super) enum Data {
    Shared(Py<PyBytes>),
    Own(Vec<u8>),
}

impl Data {
    #[inline]
    fn as_slice(&self) -> &[u8] {
        match self {
            Data::Shared(bytes) => bytes.as_slice(),
            Data::Own(bytes) => bytes,
        }
    }
}

pub(super) struct Input {
    bytes: Data,
    at: usize,
    /// Where the frame ends; no instruction may lie across it.
    frame: Option<usize>,
    source: Option<Source>,
}

#[cold]
fn across() -> Raised {
    unpickling_error("pickle exhausted before end of frame")
}

fn truncated() -> Raised {
    unpickling_error("pickle data was truncated")
}

impl Input {
    pub(super) fn from_bytes(bytes: Data) -> Self {
        Input { bytes, at: 0, frame: None, source: None }
    }

    pub(super) fn from_file(source: Source) -> Self {
        Input { bytes: Data::Own(Vec::new()), at: 0, frame: None, source: Some(source) }
    }

    fn left(&self) -> usize {
        self.bytes.as_slice().len() - self.at
    }

    fn fetched(value: &PyObject, what: &str) -> PyResult<Vec<u8>> {
        match value.downcast::<PyBytes>() {
            Some(bytes) => Ok(bytes.as_slice().to_vec()),
            None => match bytes_like(value) {
                Ok(bytes) => Ok(bytes.as_slice().to_vec()),
                Err(raised) => {
                    taipan_objects::errors::clear(raised);
                    let found = value.class().name();
                    Err(raised!(TypeError, "{what}() returned non-bytes object ({found})"))
                }
            },
        }
    }

    /// Fetches so much that `count` bytes are there.
    fn fetch(&mut self, count: usize) -> PyResult<()> {
        let missing = count - self.left();
        let Some(source) = &self.source else { return Err(truncated()) };
        let Ok(asked) = i64::try_from(missing) else { return Err(truncated()) };
        let value = call::call(&source.read, &[&PyInt::from_i64(asked)])?;
        let more = Self::fetched(&value, "read")?;
        if more.len() < missing {
            return Err(truncated());
        }
        let mut bytes = self.bytes.as_slice()[self.at..].to_vec();
        bytes.extend_from_slice(&more);
        self.frame = self.frame.map(|end| end.saturating_sub(self.at));
        (self.bytes, self.at) = (Data::Own(bytes), 0);
        Ok(())
    }

    /// Ends the frame that was read to its end; fails where what was read lies across it.
    #[inline]
    fn check_frame(&mut self) -> PyResult<()> {
        match self.frame {
            Some(end) if self.at >= end => {
                self.frame = None;
                if self.at > end { Err(across()) } else { Ok(()) }
            }
            _ => Ok(()),
        }
    }

    /// The next `count` bytes.
    #[inline]
    pub(super) fn take(&mut self, count: usize) -> PyResult<&[u8]> {
        if self.left() < count {
            self.fetch(count)?;
        }
        let start = self.at;
        self.at += count;
        self.check_frame()?;
        Ok(&self.bytes.as_slice()[start..self.at])
    }

    #[inline]
    pub(super) fn array<const N: usize>(&mut self) -> PyResult<[u8; N]> {
        let mut array = [0; N];
        array.copy_from_slice(self.take(N)?);
        Ok(array)
    }

    /// The next instruction.
    #[inline]
    pub(super) fn opcode(&mut self) -> PyResult<u8> {
        if self.left() == 0 {
            if let Some(source) = &self.source {
                let value = call::call(&source.read, &[&PyInt::from_i64(1)])?;
                let more = Self::fetched(&value, "read")?;
                (self.bytes, self.at) = (Data::Own(more), 0);
            }
            if self.left() == 0 {
                return Err(raised!(EOFError, "Ran out of input"));
            }
        }
        self.at += 1;
        self.check_frame()?;
        Ok(self.bytes.as_slice()[self.at - 1])
    }

    /// The bytes up to the end of the line, without it.
    pub(super) fn line(&mut self) -> PyResult<Vec<u8>> {
        let rest = &self.bytes.as_slice()[self.at..];
        if let Some(length) = rest.iter().position(|&byte| byte == b'\n') {
            let line = rest[..length].to_vec();
            self.at += length + 1;
            self.check_frame()?;
            return Ok(line);
        }
        if self.frame.is_some() {
            return Err(across());
        }
        let Some(source) = &self.source else { return Err(truncated()) };
        let mut line = rest.to_vec();
        self.at = self.bytes.as_slice().len();
        let value = call::call(&source.readline, &[])?;
        line.extend(Self::fetched(&value, "readline")?);
        match line.pop() {
            Some(b'\n') => Ok(line),
            _ => Err(truncated()),
        }
    }

    /// A frame of this many bytes begins.
    pub(super) fn frame(&mut self, length: usize) -> PyResult<()> {
        if self.frame.is_some() {
            return Err(unpickling_error("beginning of a new frame before end of current frame"));
        }
        if self.left() < length {
            self.fetch(length)?;
        }
        if length > 0 {
            self.frame = Some(self.at + length);
        }
        Ok(())
    }
}
