//! Memory: where blocks come from and were asked for, and objects that are none any more.

#![expect(unsafe_code, reason = "makes objects that are broken on purpose")]

use taipan_objects::memory;
use taipan_objects::prelude::*;
use taipan_runtime::tracemalloc;

/// The bytes that the checks of blocks put around each of them.
const FORBIDDEN: u8 = 0xFD;

/// Whether the memory of an object that `prepare` left there counts as freed, or the test has failed.
fn check(prepare: impl FnOnce(*mut PyObject)) -> PyResult<()> {
    let block = memory::raw_alloc(size_of::<PyObject>()).cast::<PyObject>();
    if block.is_null() {
        return Err(raised!(MemoryError));
    }
    prepare(block);
    // SAFETY: the block is that large. It is given back, unless `prepare` did so.
    unsafe { expect_freed(block) }
}

/// # Safety
/// An object's head can be read there.
unsafe fn expect_freed(object: *const PyObject) -> PyResult<()> {
    // SAFETY: the caller's promise.
    if unsafe { memory::is_freed(object) } {
        Ok(())
    } else {
        Err(raised!(AssertionError, "object is not seen as freed"))
    }
}

#[pymodule(fragment)]
pub mod memory_views {
    use super::*;

    /// The allocator that memory comes from.
    #[pyfunction(signature = "()")]
    pub fn pymem_getallocatorsname() -> PyResult<&'static str> {
        memory::current_name().ok_or_else(|| raised!(RuntimeError, "cannot get allocators name"))
    }

    /// Where a block of memory was asked for.
    #[pyfunction(name = "_PyTraceMalloc_GetTraceback", signature = "(domain, ptr, /)")]
    pub fn traceback_of_block(domain: u32, address: usize) -> Option<Obj> {
        tracemalloc::traceback_of(domain, address).map(|traceback| traceback.to_py().into_obj())
    }

    /// Check that no object is seen as freed.
    #[pyfunction(signature = "()")]
    pub fn check_pyobject_null_is_freed() -> PyResult<()> {
        // SAFETY: nothing is read of no object.
        unsafe { expect_freed(core::ptr::null()) }
    }

    /// Check that an object whose head was never filled in is seen as freed.
    #[pyfunction(signature = "()")]
    pub fn check_pyobject_uninitialized_is_freed() -> PyResult<()> {
        // SAFETY: the block is that large; its type stays as the allocator left it.
        check(|object| unsafe { (*object).ob_refcnt.set(1) })
    }

    /// Check that an object of forbidden bytes is seen as freed.
    #[pyfunction(signature = "()")]
    pub fn check_pyobject_forbidden_bytes_is_freed() -> PyResult<()> {
        // SAFETY: the block is that large.
        check(|object| unsafe { object.write_bytes(FORBIDDEN, 1) })
    }

    /// Check that an object that was freed is seen as such.
    #[pyfunction(signature = "()")]
    pub fn check_pyobject_freed_is_freed() -> PyResult<()> {
        // SAFETY: small blocks stay readable after they are given back.
        check(|object| unsafe { memory::raw_free(object.cast()) })
    }
}
