//! The frames of another process of this program, read from its memory.
//!
//! What coroutines wait for is read in `generators::remote`.
//!
//! The other process does not stand still: what is read may be half written, so nothing that is found is believed further
//! than to where the next read begins, and every walk is bounded.

use super::{Frame, Owner};
use core::mem::offset_of;
use taipan_abi::{
    PyASCIIObject, PyASCIIObject_state_ascii_MASK, PyASCIIObject_state_kind_MASK,
    PyASCIIObject_state_kind_SHIFT, PyBytesObject, PyCodeObject, PyCompactUnicodeObject, PyThreadState,
    PyVarObject,
};
use taipan_bytecode::linetable;

/// The most frames of a thread, and the most threads.
const MOST: usize = 1024;
/// The most characters of a name that are read.
const LONGEST_NAME: usize = 1024;
/// The longest line table that is read.
const LONGEST_TABLE: usize = 4096;

/// Reads memory at an address.
pub type Read<'a, E> = &'a mut dyn FnMut(u64, &mut [u8]) -> Result<(), E>;

/// Why nothing came of it.
pub enum Failure<E> {
    /// Memory could not be read.
    Unreadable(E),
    /// There are more frames or threads than can be.
    TooMany(&'static str),
}

impl<E> From<E> for Failure<E> {
    fn from(error: E) -> Self {
        Failure::Unreadable(error)
    }
}

/// A frame as it is shown.
pub struct RemoteFrame {
    pub filename: String,
    /// `None` where the line table is too long to be read, or says nothing.
    pub line: Option<i32>,
    pub name: String,
}

/// A thread and its frames, the innermost first, out to the one that native code called.
pub struct RemoteThread {
    /// The system's number of the thread.
    pub identity: u64,
    pub holds_lock: bool,
    /// Whether it is the first of its interpreter.
    pub is_main: bool,
    pub frames: Vec<RemoteFrame>,
}

/// A copied struct, whose fields are asked for by their offsets.
pub struct Copied<const N: usize>([u8; N]);

impl<const N: usize> Copied<N> {
    pub fn read<E>(read: Read<'_, E>, address: u64) -> Result<Self, E> {
        let mut bytes = [0; N];
        read(address, &mut bytes)?;
        Ok(Copied(bytes))
    }

    pub fn word(&self, at: usize) -> u64 {
        self.0.get(at..at + 8).and_then(|bytes| bytes.try_into().ok()).map_or(0, u64::from_le_bytes)
    }

    pub fn half(&self, at: usize) -> u32 {
        self.0.get(at..at + 4).and_then(|bytes| bytes.try_into().ok()).map_or(0, u32::from_le_bytes)
    }

    pub fn byte(&self, at: usize) -> u8 {
        self.0.get(at).copied().unwrap_or(0)
    }
}

/// One word.
pub fn word<E>(read: Read<'_, E>, address: u64) -> Result<u64, E> {
    Ok(Copied::<8>::read(read, address)?.word(0))
}

/// A string; of a long one the first `most` characters.
pub fn text<E>(read: Read<'_, E>, address: u64, most: usize) -> Result<String, E> {
    let head = Copied::<{ size_of::<PyASCIIObject>() }>::read(read, address)?;
    let state = head.half(offset_of!(PyASCIIObject, state));
    let length = (head.word(offset_of!(PyASCIIObject, length)) as usize).min(most);
    let ascii = state & PyASCIIObject_state_ascii_MASK != 0;
    let start = if ascii { size_of::<PyASCIIObject>() } else { size_of::<PyCompactUnicodeObject>() };
    let kind = (state & PyASCIIObject_state_kind_MASK) >> PyASCIIObject_state_kind_SHIFT;
    let size = match kind {
        1 | 2 | 4 => kind as usize,
        _ => return Ok(String::new()),
    };
    let mut units = vec![0; length * size];
    read(address + start as u64, &mut units)?;
    let point = |unit: &[u8]| unit.iter().rev().fold(0, |point, &byte| point << 8 | u32::from(byte));
    let character = |unit: &[u8]| char::from_u32(point(unit)).unwrap_or(char::REPLACEMENT_CHARACTER);
    Ok(units.chunks(size).map(character).collect())
}

/// The bytes of a line table; `None` where there are too many.
fn line_table<E>(read: Read<'_, E>, address: u64) -> Result<Option<Vec<u8>>, E> {
    let head = Copied::<{ size_of::<PyVarObject>() }>::read(read, address)?;
    let length = head.word(offset_of!(PyVarObject, ob_size)) as usize;
    if length > LONGEST_TABLE {
        return Ok(None);
    }
    let mut table = vec![0; length];
    read(address + offset_of!(PyBytesObject, ob_sval) as u64, &mut table)?;
    Ok(Some(table))
}

/// A frame on the way outward.
pub(crate) struct Step {
    /// What is shown of it; nothing where it has not begun.
    pub(crate) shown: Option<RemoteFrame>,
    /// The frame that called it.
    pub(crate) previous: u64,
    /// Native code called it.
    pub(crate) is_entry: bool,
}

/// Reads a frame.
pub(crate) fn frame<E>(read: Read<'_, E>, address: u64) -> Result<Step, E> {
    const CODE: usize = size_of::<PyCodeObject>();
    let frame = Copied::<{ size_of::<Frame>() }>::read(read, address)?;
    let previous = frame.word(offset_of!(Frame, previous));
    let is_entry = frame.byte(offset_of!(Frame, is_entry)) != 0;
    // The low bits say who owns the reference.
    let code_at = frame.word(offset_of!(Frame, executable)) & !3;
    let code = Copied::<CODE>::read(read, code_at)?;
    let first = code_at + offset_of!(PyCodeObject, co_code_adaptive) as u64;
    let unit = frame.word(offset_of!(Frame, instr)).wrapping_sub(first) / 2;
    let begins = u64::from(code.half(offset_of!(PyCodeObject, _co_firsttraceable)));
    if frame.byte(offset_of!(Frame, owner)) == Owner::Thread as u8 && unit < begins {
        return Ok(Step { shown: None, previous, is_entry });
    }
    let table = line_table(read, code.word(offset_of!(PyCodeObject, co_linetable)))?;
    let first_line = code.half(offset_of!(PyCodeObject, co_firstlineno)) as i32;
    let line =
        table.and_then(|table| linetable::line_at(&table, first_line, usize::try_from(unit * 2).ok()?));
    let filename = text(read, code.word(offset_of!(PyCodeObject, co_filename)), LONGEST_NAME)?;
    let name = text(read, code.word(offset_of!(PyCodeObject, co_qualname)), LONGEST_NAME)?;
    Ok(Step { shown: Some(RemoteFrame { filename, line, name }), previous, is_entry })
}

/// The frames from this one outward: as far as `last`, or where that is 0 as far as the one that native code called, for
/// there CPython's walk ends.
pub(crate) fn stack<E>(
    read: Read<'_, E>,
    innermost: u64,
    last: u64,
    too_many: &'static str,
) -> Result<Vec<RemoteFrame>, Failure<E>> {
    let (mut frames, mut at) = (Vec::new(), innermost);
    for _ in 0..MOST {
        if at == 0 {
            return Ok(frames);
        }
        let step = frame(read, at)?;
        frames.extend(step.shown);
        if at == last || (last == 0 && step.is_entry) {
            return Ok(frames);
        }
        at = step.previous;
    }
    if at == 0 { Ok(frames) } else { Err(Failure::TooMany(too_many)) }
}

/// The addresses of the states of the threads from this one on, the newest first.
pub fn thread_states<E>(read: Read<'_, E>, newest: u64) -> Result<Vec<u64>, Failure<E>> {
    let (mut found, mut next) = (Vec::new(), newest);
    while next != 0 {
        if found.len() == MOST {
            return Err(Failure::TooMany("Too many threads in the remote process"));
        }
        found.push(next);
        next = word(read, next + offset_of!(PyThreadState, next) as u64)?;
    }
    Ok(found)
}

/// The system's number of a thread.
pub fn identity<E>(read: Read<'_, E>, state: u64) -> Result<u64, E> {
    word(read, state + offset_of!(PyThreadState, native_thread_id) as u64)
}

/// The innermost frame of a thread; 0 for none.
pub fn current_frame<E>(read: Read<'_, E>, state: u64) -> Result<u64, E> {
    word(read, state + offset_of!(PyThreadState, current_frame) as u64)
}

/// The interpreter of a thread.
pub fn interpreter<E>(read: Read<'_, E>, state: u64) -> Result<u64, E> {
    word(read, state + offset_of!(PyThreadState, interp) as u64)
}

/// The threads from this one on, the newest first, and what they run.
pub fn threads<E>(read: Read<'_, E>, newest: u64) -> Result<Vec<RemoteThread>, Failure<E>> {
    let states = thread_states(read, newest)?;
    let main = states.last().copied();
    let mut found = Vec::with_capacity(states.len());
    for at in states {
        let state = Copied::<{ size_of::<PyThreadState>() }>::read(read, at)?;
        let innermost = state.word(offset_of!(PyThreadState, current_frame));
        found.push(RemoteThread {
            identity: state.word(offset_of!(PyThreadState, native_thread_id)),
            holds_lock: state.half(offset_of!(PyThreadState, holds_gil)) != 0,
            is_main: main == Some(at),
            frames: stack(read, innermost, 0, "Too many stack frames (possible infinite loop)")?,
        });
    }
    Ok(found)
}
