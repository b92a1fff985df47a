//! A C `va_list`, read from Rust: the System V convention of x86-64 (psABI 3.5.7).
//!
//! Integers and pointers come from the saved general registers and then from the stack, doubles from the saved vector
//! registers and then from the stack.

#![expect(unsafe_code, reason = "reads the arguments of variadic C calls")]

use core::ffi::c_void;

/// What `va_list` points to.
#[repr(C)]
pub struct VaList {
    general: u32,
    vector: u32,
    stack: *mut u8,
    saved: *mut u8,
}

/// Bytes of saved general registers; the vector registers follow.
const GENERAL_END: u32 = 48;
const VECTOR_END: u32 = 176;

impl VaList {
    /// The next argument of up to eight bytes that is no floating-point number.
    ///
    /// # Safety
    /// The caller passed such an argument.
    pub unsafe fn word(&mut self) -> u64 {
        // SAFETY: the list says where the argument lies.
        unsafe {
            if self.general < GENERAL_END {
                let value = self.saved.add(self.general as usize).cast::<u64>().read();
                self.general += 8;
                value
            } else {
                self.take_from_stack()
            }
        }
    }

    /// The next floating-point argument.
    ///
    /// # Safety
    /// The caller passed such an argument.
    pub unsafe fn double(&mut self) -> f64 {
        // SAFETY: the list says where the argument lies.
        unsafe {
            if self.vector < VECTOR_END {
                let value = self.saved.add(self.vector as usize).cast::<f64>().read();
                self.vector += 16;
                value
            } else {
                f64::from_bits(self.take_from_stack())
            }
        }
    }

    unsafe fn take_from_stack(&mut self) -> u64 {
        // SAFETY: as above.
        unsafe {
            let value = self.stack.cast::<u64>().read();
            self.stack = self.stack.add(8);
            value
        }
    }

    /// The next pointer.
    ///
    /// # Safety
    /// The caller passed one.
    pub unsafe fn pointer<T>(&mut self) -> *mut T {
        // SAFETY: the caller's promise.
        unsafe { self.word() as *mut c_void }.cast()
    }

    /// The next `int`.
    ///
    /// # Safety
    /// The caller passed one, or something narrower.
    pub unsafe fn int(&mut self) -> i32 {
        // SAFETY: the caller's promise.
        unsafe { self.word() as i32 }
    }
}
