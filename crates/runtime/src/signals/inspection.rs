//! Looking into another process of this program: its threads, its sections, its memory, and what is raised where that fails.

use super::remote::newest_thread_of;
use taipan_host::process::Pid;
use taipan_host::{Errno, remote};
use taipan_interpreter::frames::remote::{self as frames, Failure, Read, RemoteThread};
use taipan_objects::errors;
use taipan_objects::model::gc::{Traverse, Visitor};
use taipan_objects::prelude::*;

/// `errno.h`
const EPERM: i32 = 1;
const ESRCH: i32 = 3;
const EACCES: i32 = 13;

/// A read that failed.
#[derive(Clone, Copy, Debug)]
pub struct Unread {
    errno: Errno,
    address: u64,
    size: usize,
}

/// A process that can be looked into.
#[derive(Clone, Copy)]
pub struct Process {
    pid: Pid,
    /// Where it says which thread is the newest.
    newest: u64,
}

impl Traverse for Process {
    fn traverse(&self, _: &mut Visitor) {}
}

impl Process {
    /// Fails where the process does not run this program, or may not be looked into.
    pub fn new(pid: Pid) -> PyResult<Process> {
        Ok(Process { pid, newest: newest_thread_of(pid)? })
    }

    /// The address of a section of its program; `None` where that has no such section, or the process is no more.
    pub fn section(self, name: &[u8]) -> Option<u64> {
        remote::program_section(self.pid, name).ok().flatten()
    }

    /// Runs a function that reads memory of the process; it is told where the address of the newest thread lies.
    pub fn look<T>(
        self,
        look: impl FnOnce(Read<'_, Unread>, u64) -> Result<T, Failure<Unread>>,
    ) -> PyResult<T> {
        let pid = self.pid;
        let mut read = |address, buffer: &mut [u8]| {
            let size = buffer.len();
            remote::read_memory(pid, address, buffer).map_err(|errno| Unread { errno, address, size })
        };
        look(&mut read, self.newest).map_err(|failure| match failure {
            Failure::Unreadable(unread) => unread.raise(pid),
            Failure::TooMany(what) => raised!(RuntimeError, "{what}"),
        })
    }

    /// The threads and what they run.
    pub fn threads(self) -> PyResult<Vec<RemoteThread>> {
        self.look(|read, newest| {
            let newest = frames::word(read, newest)?;
            frames::threads(read, newest)
        })
    }
}

impl Unread {
    #[cold]
    fn raise(self, pid: Pid) -> Raised {
        let Unread { errno, address, size } = self;
        let cause = errors::set_os_error(errno, None, None);
        if matches!(errno, Errno(ESRCH | EPERM)) {
            return cause;
        }
        let text = errno.text();
        errors::set_from_cause(
            cause,
            Exc::OSError,
            format_args!(
                "process_vm_readv failed for PID {pid} at address {address:#x} (size {size}, partial read 0 bytes): {text}"
            ),
        )
    }
}

/// The address of a section in a process that has to have it.
pub fn required_section(pid: Pid, name: &[u8]) -> PyResult<u64> {
    let found = remote::program_section(pid, name);
    if let Ok(Some(address)) = found {
        return Ok(address);
    }
    if found == Err(Errno(EACCES)) {
        return Err(unreadable_map(Errno(EACCES), pid));
    }
    let earlier = found.err().map(|errno| errors::take(no_map(errno, pid)));
    let raised =
        raised!(RuntimeError, "Failed to find the PyRuntime section in process {pid} on Linux platform");
    errors::chain(earlier, Err(raised)).map(|()| 0)
}

fn map_of(pid: Pid) -> String {
    format!("/proc/{pid}/maps")
}

/// What the system says of the file that tells what a process has mapped.
#[cold]
fn unreadable_map(errno: Errno, pid: Pid) -> Raised {
    errors::set_os_error(errno, Some(&PyStr::new(&map_of(pid))), None)
}

/// As [`unreadable_map`], and what it was read for.
#[cold]
fn no_map(errno: Errno, pid: Pid) -> Raised {
    let maps = map_of(pid);
    let cause = unreadable_map(errno, pid);
    let text = errno.text();
    errors::set_from_cause(
        cause,
        Exc::OSError,
        format_args!("Cannot open process memory map file '{maps}' for PID {pid} section search: {text}"),
    )
}
