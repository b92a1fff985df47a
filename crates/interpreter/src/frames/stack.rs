//! The contiguous stack of a thread's frames.
//!
//! Memory comes in chunks; a frame lies within one chunk. The pointers live in C's thread state (`datastack_*`), where
//! programs that switch stacks look for them. The first words of a chunk are its header.

#![expect(unsafe_code, reason = "frames lie in raw memory")]

use super::Frame;
use core::ptr::null_mut;
use std::alloc::{Layout, alloc, dealloc, handle_alloc_error};
use taipan_abi::{_PyStackChunk, PyObject};
use taipan_objects::model::thread::ThreadState;

const CHUNK_WORDS: usize = 8 * 1024;
const HEADER_WORDS: usize = core::mem::offset_of!(_PyStackChunk, data) / 8;

fn layout(words: usize) -> Layout {
    Layout::array::<*mut PyObject>(words)
        .expect("chunks are small")
        .align_to(16)
        .expect("16 is a power of two")
}

/// Memory for a frame of so many words on top of the stack.
#[inline(always)]
pub(crate) fn push(thread: &ThreadState, words: usize) -> *mut Frame {
    // SAFETY: whether there is room was asked.
    unsafe { if has_room(thread, words) { push_within(thread, words) } else { push_chunk(thread, words) } }
}

/// Memory for a frame where there is room for it.
///
/// # Safety
/// [`has_room`] says so.
#[inline(always)]
pub(crate) unsafe fn push_within(thread: &ThreadState, words: usize) -> *mut Frame {
    // SAFETY: the caller's promise.
    unsafe {
        let state = thread.raw();
        let top = (*state).datastack_top;
        (*state).datastack_top = top.add(words);
        top.cast()
    }
}

#[cold]
#[inline(never)]
fn push_chunk(thread: &ThreadState, words: usize) -> *mut Frame {
    // SAFETY: fresh memory; the old chunk remembers where its top was.
    unsafe {
        let state = thread.raw();
        let old = (*state).datastack_chunk;
        if !old.is_null() {
            (*old).top = (*state).datastack_top.offset_from((&raw const (*old).data).cast()) as usize;
        }
        let total = CHUNK_WORDS.max((words + HEADER_WORDS + 1).next_power_of_two());
        let chunk: *mut _PyStackChunk = if total == CHUNK_WORDS && !(*state).datastack_cached_chunk.is_null()
        {
            core::mem::replace(&mut (*state).datastack_cached_chunk, null_mut())
        } else {
            let memory = alloc(layout(total));
            if memory.is_null() {
                handle_alloc_error(layout(total));
            }
            memory.cast()
        };
        (*chunk).previous = old;
        (*chunk).size = total * 8;
        (*chunk).top = 0;
        let base: *mut *mut PyObject = (&raw mut (*chunk).data).cast();
        (*state).datastack_chunk = chunk;
        (*state).datastack_limit = chunk.cast::<*mut PyObject>().add(total);
        (*state).datastack_top = base.add(words);
        base.cast()
    }
}

/// Whether a frame of so many words fits into the current chunk.
#[inline(always)]
pub(crate) fn has_room(thread: &ThreadState, words: usize) -> bool {
    // SAFETY: the pointers are within the current chunk.
    unsafe {
        let state = thread.raw();
        words * 8 < (*state).datastack_limit as usize - (*state).datastack_top as usize
    }
}

/// Whether the topmost frame is the first one of its chunk.
#[inline(always)]
pub(crate) fn is_first(thread: &ThreadState, frame: *mut Frame) -> bool {
    // SAFETY: only the address is taken.
    unsafe { core::ptr::eq(frame.cast(), &raw const (*(*thread.raw()).datastack_chunk).data) }
}

/// Frees the topmost frame, which is not the first one of its chunk.
#[inline(always)]
pub(crate) fn pop_within(thread: &ThreadState, frame: *mut Frame) {
    // SAFETY: the frame is the topmost one.
    unsafe { (*thread.raw()).datastack_top = frame.cast() }
}

/// Frees the topmost frame.
#[inline(always)]
pub(crate) fn pop(thread: &ThreadState, frame: *mut Frame) {
    // SAFETY: the frame is the topmost one; a frame at the start of a chunk frees the chunk.
    unsafe {
        let first = is_first(thread, frame);
        pop_within(thread, frame);
        if first {
            pop_chunk(thread, (*thread.raw()).datastack_chunk);
        }
    }
}

#[cold]
#[inline(never)]
fn pop_chunk(thread: &ThreadState, chunk: *mut _PyStackChunk) {
    // SAFETY: the chunk is the current one and empty.
    unsafe {
        let state = thread.raw();
        let previous = (*chunk).previous;
        if previous.is_null() {
            return;
        }
        (*state).datastack_chunk = previous;
        (*state).datastack_limit = previous.cast::<*mut PyObject>().add((*previous).size / 8);
        let base: *mut *mut PyObject = (&raw mut (*previous).data).cast();
        (*state).datastack_top = base.add((*previous).top);
        if (*chunk).size == CHUNK_WORDS * 8 && (*state).datastack_cached_chunk.is_null() {
            (*state).datastack_cached_chunk = chunk;
        } else {
            dealloc(chunk.cast(), layout((*chunk).size / 8));
        }
    }
}

/// Frees the chunks of a thread that has ended.
pub fn release(thread: &ThreadState) {
    // SAFETY: no frame of the thread is left.
    unsafe {
        let state = thread.raw();
        let cached = core::mem::replace(&mut (*state).datastack_cached_chunk, null_mut());
        for mut chunk in [cached, core::mem::replace(&mut (*state).datastack_chunk, null_mut())] {
            while !chunk.is_null() {
                let previous = if core::ptr::eq(chunk, cached) { null_mut() } else { (*chunk).previous };
                dealloc(chunk.cast(), layout((*chunk).size / 8));
                chunk = previous;
            }
        }
        (*state).datastack_top = null_mut();
        (*state).datastack_limit = null_mut();
    }
}
