//! Copying between views of any layout and contiguous bytes.

#![expect(unsafe_code, reason = "memory of other objects is reached by pointer")]

use crate::protocols::buffer::{shape, strides, suboffsets};
use taipan_abi::Py_buffer;

/// The layout of a view, as far as walking over it needs it.
pub struct Layout {
    pub shape: Vec<isize>,
    pub strides: Vec<isize>,
    pub suboffsets: Option<Vec<isize>>,
    pub itemsize: usize,
}

impl Layout {
    pub fn of(view: &Py_buffer) -> Self {
        Layout {
            shape: shape(view),
            strides: strides(view),
            suboffsets: suboffsets(view),
            itemsize: view.itemsize as usize,
        }
    }

    /// Where item `index` of dimension `dimension` lies, counted from where the dimension begins.
    ///
    /// # Safety
    /// The view is live, and the index within the dimension.
    #[inline]
    pub unsafe fn step(&self, base: *mut u8, dimension: usize, index: isize) -> *mut u8 {
        // SAFETY: the caller's promise; an indirect dimension holds pointers.
        unsafe {
            let at = base.offset(self.strides[dimension] * index);
            match &self.suboffsets {
                Some(suboffsets) if suboffsets[dimension] >= 0 => {
                    at.cast::<*mut u8>().read_unaligned().offset(suboffsets[dimension])
                }
                _ => at,
            }
        }
    }

    /// Calls `f` with the address of every item, the last index running fastest (or the first, for Fortran's order).
    ///
    /// # Safety
    /// The view is live and `base` its beginning.
    pub unsafe fn for_each(&self, base: *mut u8, fortran: bool, f: &mut impl FnMut(*mut u8)) {
        let mut index = vec![0isize; self.shape.len()];
        if self.shape.contains(&0) {
            return;
        }
        loop {
            let mut at = base;
            for (dimension, &i) in index.iter().enumerate() {
                // SAFETY: the indices stay within the shape.
                at = unsafe { self.step(at, dimension, i) };
            }
            f(at);
            let mut advanced = false;
            for step in 0..index.len() {
                let dimension = if fortran { step } else { index.len() - 1 - step };
                index[dimension] += 1;
                if index[dimension] < self.shape[dimension] {
                    advanced = true;
                    break;
                }
                index[dimension] = 0;
            }
            if !advanced {
                return;
            }
        }
    }
}

/// Copies the items of a view to contiguous memory.
///
/// # Safety
/// The view is live; `out` is as long as it.
pub unsafe fn copy_out(view: &Py_buffer, out: &mut [u8], fortran: bool) {
    let layout = Layout::of(view);
    let size = layout.itemsize;
    let mut at = 0;
    // SAFETY: the view is live, and every item has its place in the memory.
    unsafe {
        layout.for_each(view.buf.cast(), fortran, &mut |item| {
            if at + size <= out.len() {
                core::ptr::copy_nonoverlapping(item, out.as_mut_ptr().add(at), size);
            }
            at += size;
        });
    }
}

/// Copies contiguous bytes to the items of a view.
///
/// # Safety
/// The view is live and writable; `from` is as long as it.
pub unsafe fn copy_in(view: &Py_buffer, from: &[u8], fortran: bool) {
    let layout = Layout::of(view);
    let size = layout.itemsize;
    let mut at = 0;
    // SAFETY: the view is live, and every item has its place in the bytes.
    unsafe {
        layout.for_each(view.buf.cast(), fortran, &mut |item| {
            if at + size <= from.len() {
                core::ptr::copy_nonoverlapping(from.as_ptr().add(at), item, size);
            }
            at += size;
        });
    }
}
