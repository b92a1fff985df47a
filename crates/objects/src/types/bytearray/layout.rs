//! The block of a bytearray. A NUL follows the contents; contents removed from the front leave a gap there.

#![expect(unsafe_code, reason = "the contents lie in a block of their own")]

use super::PyByteArray;
use crate::memory::{raw_alloc, raw_free, raw_realloc};
use crate::model::{ObjectExt, Py, PyObject, PyResult, PyVarObject, TypeObject};
use crate::protocols::buffer::fill_info;
use core::cell::Cell;
use core::ptr::null_mut;
use taipan_abi::Py_buffer;

/// What an array without a block exports.
static NOTHING: [u8; 1] = [0];

/// A bytearray of a class with a copy of the bytes.
pub fn new_in(class: &TypeObject, bytes: &[u8]) -> PyResult<Py<PyByteArray>> {
    let array = crate::memory::new_in(
        class,
        PyByteArray {
            ob_base: PyVarObject::EMPTY,
            alloc: Cell::new(0),
            bytes: Cell::new(null_mut()),
            start: Cell::new(null_mut()),
            exports: Cell::new(0),
        },
    )?;
    array.resize(bytes.len())?;
    array.write(|contents| contents.copy_from_slice(bytes));
    Ok(array)
}

impl PyByteArray {
    /// Calls `f` with the contents. `f` runs no Python code: that could move them.
    #[inline]
    pub fn read<R>(&self, f: impl FnOnce(&[u8]) -> R) -> R {
        if self.is_empty() {
            return f(&[]);
        }
        // SAFETY: the block holds so many bytes, and nothing that could change it runs meanwhile.
        f(unsafe { core::slice::from_raw_parts(self.start.get(), self.len()) })
    }

    /// Calls `f` with the contents to change them. `f` runs no Python code.
    #[inline]
    pub fn write<R>(&self, f: impl FnOnce(&mut [u8]) -> R) -> R {
        if self.is_empty() {
            return f(&mut []);
        }
        // SAFETY: as for `read`; no other Rust reference to the contents is alive.
        f(unsafe { core::slice::from_raw_parts_mut(self.start.get(), self.len()) })
    }

    /// Where the contents lie.
    pub fn data(&self) -> *mut u8 {
        if self.is_empty() { NOTHING.as_ptr().cast_mut() } else { self.start.get() }
    }

    /// Bytes in the block.
    pub fn allocated(&self) -> usize {
        self.alloc.get() as usize
    }

    /// Whether views keep the size as it is.
    pub fn check_resizable(&self) -> PyResult<()> {
        if self.exports.get() > 0 {
            return Err(raised!(BufferError, "Existing exports of data: object cannot be re-sized"));
        }
        Ok(())
    }

    /// Changes the length; `BufferError` while exported.
    pub fn resize(&self, length: usize) -> PyResult<()> {
        if length == self.len() && !self.bytes.get().is_null() {
            return Ok(());
        }
        self.check_resizable()?;
        let gap = self.gap();
        let allocated = self.allocated();
        if gap + length < allocated {
            if length < allocated / 2 {
                return self.reallocate(length, length + 1);
            }
            self.set_length(length);
            return Ok(());
        }
        // Grow by an eighth when it grows by little, so that appending is cheap.
        let room = if length as f64 <= allocated as f64 * 1.125 {
            length.checked_add((length >> 3) + if length < 9 { 3 } else { 6 })
        } else {
            length.checked_add(1)
        };
        match room {
            Some(room) if room <= isize::MAX as usize / 2 => self.reallocate(length, room),
            _ => Err(raised!(MemoryError)),
        }
    }

    fn gap(&self) -> usize {
        self.start.get() as usize - self.bytes.get() as usize
    }

    /// Moves the contents to a block of `room` bytes, more than `length`.
    fn reallocate(&self, length: usize, room: usize) -> PyResult<()> {
        let kept = self.len().min(length);
        // SAFETY: blocks come from the allocator and are as large as `alloc` says; `kept` bytes fit both.
        unsafe {
            let block = if self.gap() > 0 {
                let block = raw_alloc(room);
                if !block.is_null() {
                    core::ptr::copy_nonoverlapping(self.start.get(), block, kept);
                    raw_free(self.bytes.get());
                }
                block
            } else {
                raw_realloc(self.bytes.get(), room)
            };
            if block.is_null() {
                return Err(raised!(MemoryError));
            }
            // What is new is zero.
            core::ptr::write_bytes(block.add(kept), 0, room - kept);
            self.bytes.set(block);
            self.start.set(block);
        }
        self.alloc.set(room as isize);
        self.set_length(length);
        Ok(())
    }

    /// Sets the length and writes the NUL behind it; the block has room for both.
    fn set_length(&self, length: usize) {
        self.ob_base.ob_size.set(length as isize);
        // SAFETY: the block is larger than the contents.
        unsafe { self.start.get().add(length).write(0) };
    }

    /// Replaces the bytes from `start` to `end`, both within the length, by others.
    pub fn splice(&self, start: usize, end: usize, new: &[u8]) -> PyResult<()> {
        let length = self.len();
        let removed = end - start;
        if new.len() != removed {
            self.check_resizable()?;
        }
        if new.len() < removed {
            let lost = removed - new.len();
            if start == 0 && lost < length {
                // The front goes: leave a gap there.
                // SAFETY: the gap stays within the contents.
                self.start.set(unsafe { self.start.get().add(lost) });
                self.ob_base.ob_size.set((length - lost) as isize);
                if self.len() < self.allocated() / 2 {
                    self.reallocate(length - lost, length - lost + 1)?;
                }
            } else {
                self.write(|contents| contents.copy_within(end.., start + new.len()));
                self.resize(length - lost)?;
            }
        } else if new.len() > removed {
            let grown = new.len() - removed;
            let Some(total) = length.checked_add(grown) else { return Err(raised!(MemoryError)) };
            self.resize(total)?;
            self.write(|contents| contents.copy_within(end..length, end + grown));
        }
        self.write(|contents| contents[start..start + new.len()].copy_from_slice(new));
        Ok(())
    }

    /// Appends bytes.
    pub fn append_bytes(&self, new: &[u8]) -> PyResult<()> {
        self.splice(self.len(), self.len(), new)
    }

    /// `bf_getbuffer`.
    pub fn export(&self, view: &mut Py_buffer, flags: i32) -> PyResult<()> {
        fill_info(view, self, self.data(), self.len(), false, flags)?;
        self.exports.set(self.exports.get() + 1);
        Ok(())
    }

    /// `bf_releasebuffer`.
    pub fn release_export(&self) {
        self.exports.set(self.exports.get() - 1);
    }
}

/// Keeps an array from changing its size while code runs that could do so.
pub struct Held<'a>(&'a PyByteArray);

impl<'a> Held<'a> {
    pub fn new(array: &'a PyByteArray) -> Self {
        array.exports.set(array.exports.get() + 1);
        Held(array)
    }
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        self.0.release_export();
    }
}

/// `tp_dealloc`.
///
/// # Safety
/// The last reference to a bytearray is gone.
pub unsafe extern "C" fn dealloc(object: *mut PyObject) {
    // SAFETY: nobody reaches the object any more.
    unsafe {
        let array = &*object.cast::<PyByteArray>();
        raw_free(array.bytes.get());
        crate::memory::free_object(object);
    }
}

/// The number of references and more that tests look at.
pub fn size_in_memory(array: &PyByteArray) -> usize {
    array.class().tp_basicsize() as usize + array.allocated()
}
