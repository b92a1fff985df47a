//! `_posixshmem`: shared-memory objects by name.

use std::ffi::CString;
use taipan_host::memory;
use taipan_objects::prelude::*;

fn name_of(path: &PyStr) -> PyResult<CString> {
    CString::new(path.to_utf8()?).map_err(|_| raised!(ValueError, "embedded null character"))
}

/// POSIX shared memory module
#[pymodule(name = "_posixshmem")]
pub mod posixshmem {
    use super::*;

    /// Open a shared memory object.  Returns a file descriptor (integer).
    #[pyfunction(signature = "(path, flags, mode=511)")]
    pub fn shm_open(path: &PyStr, flags: i32, mode: i32) -> PyResult<i32> {
        let name = name_of(path)?;
        match taipan_objects::system::retry(|| memory::shm_open(&name, flags, mode as u32))? {
            Ok(fd) => Ok(fd),
            Err(errno) => Err(taipan_objects::system::os_error_at(errno, path)),
        }
    }

    /// Remove a shared memory object (similar to unlink()).
    ///
    /// Remove a shared memory object name, and, once all processes have
    /// unmapped the object, de-allocates and destroys the contents of the
    /// associated memory region.
    ///
    #[pyfunction(signature = "(path, /)")]
    pub fn shm_unlink(path: &PyStr) -> PyResult<()> {
        let name = name_of(path)?;
        match taipan_objects::system::retry(|| memory::shm_unlink(&name))? {
            Ok(()) => Ok(()),
            Err(errno) => Err(taipan_objects::system::os_error_at(errno, path)),
        }
    }
}
