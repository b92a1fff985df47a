//! Files to which records for other programs are appended: the maps and dumps by which `perf` knows code.
//!
//! A record is written while the interpreter's lock is held, since it must be there before its code runs: nothing here
//! lets other threads run.

#![expect(unsafe_code, reason = "maps a page")]

use crate::{Errno, Result};
use core::ptr::null_mut;
use std::fs::File;
use std::io::Write;
use std::os::fd::AsRawFd;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

/// The file of records. No other program that this one starts inherits it.
#[derive(Debug)]
pub struct Records(File);

fn errno(error: &std::io::Error) -> Errno {
    Errno(error.raw_os_error().unwrap_or(libc::EIO))
}

impl Records {
    /// Opens the file, or makes it; for this user alone. Another one's symbolic link is not followed. `anew`: what it held
    /// is gone.
    pub fn open(path: &str, anew: bool) -> Result<Records> {
        File::options()
            .read(true)
            .append(!anew)
            .write(true)
            .truncate(anew)
            .create(true)
            .mode(0o600)
            .custom_flags(libc::O_NOFOLLOW | libc::O_CLOEXEC)
            .open(Path::new(path))
            .map(Records)
            .map_err(|error| errno(&error))
    }

    /// Appends a record.
    pub fn append(&mut self, record: &[u8]) -> Result<()> {
        self.0.write_all(record).map_err(|error| errno(&error))
    }

    /// Maps the file's first page as code for a moment: a recording `perf` notes which file it was.
    pub fn show_to_perf(&self) -> Result<()> {
        // SAFETY: the system chooses the place; nobody reads or runs what is mapped.
        unsafe {
            let page = libc::sysconf(libc::_SC_PAGESIZE).max(1) as usize;
            let protection = libc::PROT_READ | libc::PROT_EXEC;
            let start = libc::mmap(null_mut(), page, protection, libc::MAP_PRIVATE, self.0.as_raw_fd(), 0);
            if start == libc::MAP_FAILED {
                return Err(Errno::last());
            }
            libc::munmap(start, page);
        }
        Ok(())
    }
}

/// All that a file holds.
pub fn contents(path: &str) -> Result<Vec<u8>> {
    std::fs::read(path).map_err(|error| errno(&error))
}
