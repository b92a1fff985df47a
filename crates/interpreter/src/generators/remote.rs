//! What coroutines of another process wait for, read from its memory: each waits for the next, down to something else.

use super::{AsyncGenSend, AsyncGenThrow, State, Suspended};
use crate::frames::Frame;
use crate::frames::remote::{self, Copied, Failure, Read, RemoteFrame};
use crate::value::Value;
use core::mem::offset_of;
use taipan_abi::PyObject;

/// The most coroutines of which each waits for the next.
const MOST: usize = 1024;

const FRAME: u64 = offset_of!(Suspended, frame) as u64;

/// Where the types lie that are followed.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Types {
    pub coroutine: u64,
    pub async_generator_asend: u64,
    pub async_generator_athrow: u64,
}

impl Types {
    /// The coroutine or asynchronous generator that an awaitable stands for, if it is one that is known.
    fn suspended<E>(&self, read: Read<'_, E>, awaitable: u64) -> Result<Option<u64>, E> {
        let class = remote::word(read, awaitable + offset_of!(PyObject, ob_type) as u64)?;
        let place = match class {
            _ if class == self.coroutine => return Ok(Some(awaitable)),
            _ if class == self.async_generator_asend => offset_of!(AsyncGenSend, generator),
            _ if class == self.async_generator_athrow => offset_of!(AsyncGenThrow, generator),
            _ => return Ok(None),
        };
        remote::word(read, awaitable + place as u64).map(Some)
    }

    /// The frames of a coroutine and of all that it waits for, the innermost first. Nothing of a coroutine that has ended.
    pub fn awaited<E>(&self, read: Read<'_, E>, coroutine: u64) -> Result<Vec<RemoteFrame>, Failure<E>> {
        let (mut frames, mut at) = (Vec::new(), coroutine);
        while at != 0 {
            let Some(suspended) = self.suspended(read, at)? else { break };
            if frames.len() == MOST {
                return Err(Failure::TooMany("Too many coroutine frames (possible infinite loop)"));
            }
            let head = Copied::<{ size_of::<Suspended>() }>::read(read, suspended)?;
            let state = head.byte(offset_of!(Suspended, state)) as i8;
            if state >= State::Completed as i8 {
                break;
            }
            frames.extend(remote::frame(read, suspended + FRAME)?.shown);
            if state != State::Delegating as i8 {
                break;
            }
            // What it waits for is on top of its stack.
            let top = head.word(offset_of!(Suspended, frame) + offset_of!(Frame, sp)).wrapping_sub(8);
            at = Value::address_in(remote::word(read, top)?);
        }
        frames.reverse();
        Ok(frames)
    }

    /// The frames of a thread, from the innermost one out to that of the coroutine. None where it has no frame.
    pub fn running<E>(
        &self,
        read: Read<'_, E>,
        innermost: u64,
        coroutine: u64,
    ) -> Result<Vec<RemoteFrame>, Failure<E>> {
        let Some(suspended) = self.suspended(read, coroutine)? else { return Ok(Vec::new()) };
        let too_many = "Too many async stack frames (possible infinite loop)";
        remote::stack(read, innermost, suspended + FRAME, too_many)
    }
}

/// Those of this process.
pub fn types() -> Types {
    Types {
        coroutine: (&raw const super::PyCoro_Type) as u64,
        async_generator_asend: (&raw const super::_PyAsyncGenASend_Type) as u64,
        async_generator_athrow: (&raw const super::_PyAsyncGenAThrow_Type) as u64,
    }
}
