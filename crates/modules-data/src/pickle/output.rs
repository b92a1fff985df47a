//! What a pickler writes: opcodes and their arguments, gathered into frames from protocol 4 on.

use super::opcodes::FRAME;
use taipan_objects::prelude::*;

/// A frame is closed once it is this long; longer data stand outside of frames.
const FRAME_TARGET: usize = 64 * 1024;
/// Shorter frames are not worth their head.
const FRAME_MIN: usize = 4;
const FRAME_HEAD: usize = 9;

pub(super) struct Output<'a> {
    bytes: Vec<u8>,
    /// Whether there was no memory for something: then nothing more is gathered, and it ends with `MemoryError`.
    failed: bool,
    /// Where the head of the open frame is.
    frame: Option<usize>,
    framing: bool,
    /// The file's `write`; without one everything stays in memory.
    write: Option<&'a PyObject>,
}

impl<'a> Output<'a> {
    pub(super) fn new(write: Option<&'a PyObject>) -> Self {
        Output { bytes: Vec::with_capacity(256), failed: false, frame: None, framing: false, write }
    }

    /// From here on there are frames.
    pub(super) fn start_framing(&mut self) {
        self.framing = true;
    }

    #[cold]
    fn open_frame(&mut self) {
        self.frame = Some(self.bytes.len());
        self.bytes.extend_from_slice(&[0; FRAME_HEAD]);
    }

    /// Makes room for so many more bytes; `false` where there is no memory.
    #[inline(always)]
    fn room(&mut self, more: usize) -> bool {
        self.bytes.capacity() - self.bytes.len() >= more || self.grow(more)
    }

    #[cold]
    #[inline(never)]
    fn grow(&mut self, more: usize) -> bool {
        self.failed = self.failed || self.bytes.try_reserve(more).is_err();
        !self.failed
    }

    fn check(&self) -> PyResult<()> {
        if self.failed { Err(raised!(MemoryError)) } else { Ok(()) }
    }

    #[inline]
    pub(super) fn push(&mut self, bytes: &[u8]) {
        if self.framing && self.frame.is_none() {
            self.open_frame();
        }
        if self.room(bytes.len()) {
            self.bytes.extend_from_slice(bytes);
        }
    }

    #[inline]
    pub(super) fn op(&mut self, opcode: u8) {
        if self.framing && self.frame.is_none() {
            self.open_frame();
        }
        if self.room(1) {
            self.bytes.push(opcode);
        }
    }

    /// An opcode, the length of its data in one byte, the data.
    #[inline]
    pub(super) fn short(&mut self, opcode: u8, data: &[u8]) {
        debug_assert!(data.len() < 256);
        if self.framing && self.frame.is_none() {
            self.open_frame();
        }
        if self.room(data.len() + 2) {
            self.bytes.push(opcode);
            self.bytes.push(data.len() as u8);
            self.bytes.extend_from_slice(data);
        }
    }

    fn close_frame(&mut self) {
        let Some(start) = self.frame.take() else { return };
        let length = self.bytes.len() - start - FRAME_HEAD;
        if length >= FRAME_MIN {
            self.bytes[start] = FRAME;
            self.bytes[start + 1..start + FRAME_HEAD].copy_from_slice(&(length as u64).to_le_bytes());
        } else {
            self.bytes.drain(start..start + FRAME_HEAD);
        }
    }

    fn flush(&mut self) -> PyResult<()> {
        self.check()?;
        let Some(write) = self.write else { return Ok(()) };
        if self.bytes.is_empty() {
            return Ok(());
        }
        let bytes = core::mem::take(&mut self.bytes);
        call::call(write, &[&PyBytes::new(&bytes)]).map(drop)
    }

    /// Between two objects: a frame that is long enough is closed.
    #[inline]
    pub(super) fn boundary(&mut self) -> PyResult<()> {
        match self.frame {
            Some(start) if self.bytes.len() - start - FRAME_HEAD >= FRAME_TARGET => {
                self.close_frame();
                self.flush()
            }
            _ => Ok(()),
        }
    }

    /// An opcode with its length, and data; long data are not copied into a frame.
    pub(super) fn data(&mut self, head: &[u8], data: &PyObject, bytes: &[u8]) -> PyResult<()> {
        if bytes.len() < FRAME_TARGET || !self.framing {
            self.push(head);
            self.push(bytes);
            return Ok(());
        }
        self.close_frame();
        self.framing = false;
        self.push(head);
        let done = match self.write {
            Some(write) => self.flush().and_then(|()| call::call(write, &[data]).map(drop)),
            None => {
                self.push(bytes);
                Ok(())
            }
        };
        self.framing = true;
        done
    }

    /// Writes out what is there; the bytes where there is no file.
    pub(super) fn finish(mut self) -> PyResult<Vec<u8>> {
        self.close_frame();
        self.framing = false;
        self.flush()?;
        Ok(self.bytes)
    }
}
