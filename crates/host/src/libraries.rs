//! Shared libraries: loading them and finding what they define.

#![expect(unsafe_code, reason = "the dynamic loader runs foreign code")]

use crate::blocking;
use core::ffi::{CStr, c_int, c_void};
use core::ptr::NonNull;

/// A loaded library. It stays loaded until [`Library::close`] is called: dropping it does nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Library(NonNull<c_void>);

/// What the loader says went wrong.
fn last_error() -> String {
    // SAFETY: the text is this thread's own until the next call of the loader; it is copied at once.
    unsafe {
        let text = libc::dlerror();
        if text.is_null() {
            String::from("unknown dlopen() error")
        } else {
            CStr::from_ptr(text).to_string_lossy().into_owned()
        }
    }
}

impl Library {
    /// Loads a library, or the program itself for `None`.
    ///
    /// # Safety
    /// The library's initialisers run: it must be meant to be loaded into this process.
    pub unsafe fn open(path: Option<&CStr>, flags: c_int) -> Result<Self, String> {
        let path = path.map_or(core::ptr::null(), CStr::as_ptr);
        // The lock is kept: initialisers of extension modules may call the C API.
        // SAFETY: by the contract of this function; the path is null or terminated.
        NonNull::new(unsafe { libc::dlopen(path, flags) }).map(Self).ok_or_else(last_error)
    }

    /// A library the loader gave as a bare handle.
    pub fn from_handle(handle: *mut c_void) -> Option<Self> {
        NonNull::new(handle).map(Self)
    }

    pub fn handle(self) -> *mut c_void {
        self.0.as_ptr()
    }

    /// The address of a function or of data; an error where the library has none of that name.
    pub fn symbol(self, name: &CStr) -> Result<*mut c_void, String> {
        // SAFETY: the handle is the loader's, the name terminated. Asking runs no foreign code but resolvers.
        unsafe {
            libc::dlerror();
            let address = libc::dlsym(self.0.as_ptr(), name.as_ptr());
            if address.is_null() { Err(last_error()) } else { Ok(address) }
        }
    }

    /// Gives the library back.
    ///
    /// # Safety
    /// Nothing of the library may be used any more.
    pub unsafe fn close(self) -> Result<(), String> {
        // SAFETY: by the contract of this function.
        if blocking(|| unsafe { libc::dlclose(self.0.as_ptr()) }) == 0 { Ok(()) } else { Err(last_error()) }
    }
}

/// The path of every library loaded into this process, as the loader names it.
pub fn loaded() -> Vec<Vec<u8>> {
    unsafe extern "C" fn add(info: *mut libc::dl_phdr_info, _size: usize, data: *mut c_void) -> c_int {
        // SAFETY: the loader passes a whole entry, and the vector that was handed over below.
        unsafe {
            let found = &mut *data.cast::<Vec<Vec<u8>>>();
            if !(*info).dlpi_name.is_null() {
                found.push(CStr::from_ptr((*info).dlpi_name).to_bytes().to_vec());
            }
        }
        0
    }
    let mut found: Vec<Vec<u8>> = Vec::new();
    // SAFETY: the callback's data is the vector, which outlives the call.
    unsafe { libc::dl_iterate_phdr(Some(add), (&raw mut found).cast()) };
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_program_itself_has_symbols() {
        // SAFETY: the program is loaded already.
        let program = unsafe { Library::open(None, libc::RTLD_NOW) }.unwrap();
        assert!(!program.symbol(c"malloc").unwrap().is_null());
        assert!(program.symbol(c"no_such_symbol_here").unwrap_err().contains("no_such_symbol_here"));
        // SAFETY: there is no such library.
        let missing = unsafe { Library::open(Some(c"/no/such.so"), libc::RTLD_NOW) };
        assert!(missing.unwrap_err().starts_with("/no/such.so: cannot open shared object file"));
        assert!(loaded().iter().any(|path| path.windows(4).any(|part| part == b"libc")));
    }
}
