//! The map of `perf`: a line for each piece of code, `ADDRESS SIZE NAME`, the numbers in hexadecimal (see
//! `tools/perf/Documentation/jit-interface.txt` of Linux).

use std::sync::Mutex;
use taipan_host::records::{self, Records};
use taipan_host::{Result, process};

/// The file, once somebody wrote to it, and the process whose it is. There is one for all interpreters.
static MAP: Mutex<Option<(i32, Records)>> = Mutex::new(None);

/// Where the map of a process lies.
pub fn path(pid: i32) -> String {
    format!("/tmp/perf-{pid}.map")
}

/// Does something with the file of this process, which is opened where that was not done yet.
fn with<R>(body: impl FnOnce(&mut Records) -> Result<R>) -> Result<R> {
    let mut map = MAP.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let pid = process::pid();
    let (_, records) = match map.take() {
        Some(known) if known.0 == pid => map.insert(known),
        _ => map.insert((pid, Records::open(&path(pid), false)?)),
    };
    body(records)
}

/// The process that wrote last, where that is not this one.
pub(super) fn parent() -> Option<i32> {
    let map = MAP.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    map.as_ref().map(|known| known.0).filter(|&pid| pid != process::pid())
}

/// Opens the file. Errors are the system's.
pub fn open() -> Result<()> {
    with(|_| Ok(()))
}

/// Adds a line.
pub fn write(address: usize, size: usize, name: &[u8]) -> Result<()> {
    let line = [format!("{address:x} {size:x} ").as_bytes(), name, b"\n"].concat();
    with(|map| map.append(&line))
}

/// Adds what another map says.
pub fn copy(path: &str) -> Result<()> {
    let text = records::contents(path)?;
    with(|map| map.append(&text))
}

/// Closes the file. The next line opens that of the process it is written by.
pub fn close() {
    let file = MAP.lock().unwrap_or_else(std::sync::PoisonError::into_inner).take();
    drop(file);
}
