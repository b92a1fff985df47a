//! Scripts that one process asks another to run (PEP 768, `sys.remote_exec`).
//!
//! [`DOOR`] lies in a section of the program by which other processes find it: whether they may come in, where the main
//! thread's `remote_debugger_support` is, and the byte of its eval breaker to set. Who asks writes the path of the script,
//! then that it waits, then the byte; the main thread runs the script at its next safe point.

#![expect(unsafe_code, reason = "shares memory with other processes")]

use core::ffi::{CStr, c_char};
use core::mem::offset_of;
use core::sync::atomic::{AtomicU64, Ordering};
use std::ffi::CString;
use taipan_abi::_PyRemoteDebuggerSupport as Support;
use taipan_host::process::{self, Pid};
use taipan_host::{Errno, paths, remote};
use taipan_objects::errors;
use taipan_objects::model::thread::{self, EvalBreaker};
use taipan_objects::prelude::*;

use super::inspection;
use crate::compile::{self, Mode, Options, Source};

/// The section that holds the door.
const SECTION: &[u8] = b".taipan_door";
/// What the door begins with.
const MARK: u64 = u64::from_le_bytes(*b"taipan\0\x01");
/// `R_OK`
const READABLE: i32 = 4;

/// What another process reads first.
#[repr(C)]
struct Door {
    mark: u64,
    version: u64,
    /// 1: scripts are welcome.
    open: AtomicU64,
    /// The address of the main thread's `remote_debugger_support`; 0 before there is one.
    support: AtomicU64,
    /// The address of the byte of its eval breaker that says that a script waits.
    breaker: AtomicU64,
    /// The address of the newest thread's state, from which the others are reached.
    threads: AtomicU64,
}

#[used]
#[unsafe(link_section = ".taipan_door")]
static DOOR: Door = Door {
    mark: MARK,
    version: crate::sys::HEXVERSION as u64,
    open: AtomicU64::new(0),
    support: AtomicU64::new(0),
    breaker: AtomicU64::new(0),
    threads: AtomicU64::new(0),
};

/// The byte of the eval breaker and what it becomes.
const BREAKER_BYTE: (usize, u8) = (1, (EvalBreaker::REMOTE_SCRIPT >> 8) as u8);

const _: () = assert!(BREAKER_BYTE.1 as usize == EvalBreaker::REMOTE_SCRIPT >> 8 && BREAKER_BYTE.1 != 0);

/// Opens the door to the running thread, which is the main one.
pub fn init() {
    let state = thread::current();
    // SAFETY: the address of a field of a live state.
    let support = unsafe { &raw mut (*state.raw()).remote_debugger_support };
    DOOR.support.store(support as u64, Ordering::Relaxed);
    let breaker = (&raw const state.eval_breaker) as usize + BREAKER_BYTE.0;
    DOOR.breaker.store(breaker as u64, Ordering::Relaxed);
    DOOR.open.store(u64::from(is_enabled()), Ordering::Release);
}

/// Whether other processes may send scripts.
pub fn is_enabled() -> bool {
    crate::state::config().remote_debug
}

fn os_error(errno: Errno, pid: Pid) -> taipan_objects::model::Raised {
    let what = PyStr::new(&format!("/proc/{pid}"));
    errors::set_os_error(errno, Some(&what), None)
}

/// Shows other processes where the newest thread of the main interpreter is.
pub fn show_threads(newest: *mut taipan_abi::PyThreadState) {
    DOOR.threads.store(newest as u64, Ordering::Release);
}

/// The door of a process: where it is, and as it was seen.
struct Seen(u64, [u8; size_of::<Door>()]);

impl Seen {
    /// Looks at the door of a process of this program.
    fn of(pid: Pid) -> PyResult<Seen> {
        let address = inspection::required_section(pid, SECTION)?;
        let mut seen = Seen(address, [0; size_of::<Door>()]);
        remote::read_memory(pid, address, &mut seen.1).map_err(|errno| os_error(errno, pid))?;
        if seen.word(offset_of!(Door, mark)) != MARK || seen.word(offset_of!(Door, version)) != DOOR.version {
            return Err(raised!(RuntimeError, "process {pid} runs another version of this interpreter"));
        }
        Ok(seen)
    }

    fn word(&self, at: usize) -> u64 {
        self.1.get(at..at + 8).and_then(|bytes| bytes.try_into().ok()).map_or(0, u64::from_le_bytes)
    }
}

/// Where a process says which thread is the newest. Fails where it does not run this program, or may not be looked into.
pub fn newest_thread_of(pid: Pid) -> PyResult<u64> {
    Ok(Seen::of(pid)?.0 + offset_of!(Door, threads) as u64)
}

/// Asks the process to run a script.
pub fn ask(pid: Pid, script: &CStr) -> PyResult<()> {
    match paths::access_at(taipan_host::CURRENT_FOLDER, script, READABLE, 0) {
        Ok(()) => {}
        Err(Errno(ENOENT)) => return Err(raised!(FileNotFoundError, "Script file does not exist")),
        Err(Errno(EACCES)) => return Err(raised!(PermissionError, "Script file cannot be read")),
        Err(errno) => return Err(errors::set_os_error(errno, None, None)),
    }
    if !is_enabled() {
        return Err(raised!(RuntimeError, "Remote debugging is not enabled"));
    }
    let path = script.to_bytes_with_nul();
    if path.len() > size_of_val(&Support::EMPTY.debugger_script_path) {
        return Err(raised!(ValueError, "Debugger script path is too long"));
    }
    if pid == process::pid() {
        leave(path);
        return Ok(());
    }
    let door = Seen::of(pid).map_err(|raised| {
        // Who may not look is told just that.
        if errors::matches(&raised, Exc::PermissionError) {
            return raised;
        }
        let what = "PyRuntime address lookup failed during debug offsets initialization";
        errors::set_from_cause(raised, Exc::RuntimeError, format_args!("{what}"))
    })?;
    if door.word(offset_of!(Door, open)) != 1 {
        return Err(raised!(RuntimeError, "Remote debugging is not enabled in the remote process"));
    }
    let support = door.word(offset_of!(Door, support));
    let writes = [
        (support + offset_of!(Support, debugger_script_path) as u64, path),
        (support + offset_of!(Support, debugger_pending_call) as u64, &1_i32.to_le_bytes()),
        (door.word(offset_of!(Door, breaker)), &[BREAKER_BYTE.1]),
    ];
    writes
        .iter()
        .try_for_each(|(address, data)| remote::write_memory(pid, *address, data))
        .map_err(|errno| os_error(errno, pid))
}

/// `errno.h`
const ENOENT: i32 = 2;
const EACCES: i32 = 13;

/// Leaves a path, terminated, for the main thread of this process.
fn leave(path: &[u8]) {
    let support = DOOR.support.load(Ordering::Relaxed) as *mut Support;
    if support.is_null() {
        return;
    }
    // SAFETY: the main thread's state lives as long as the process; the caller has looked at the length. Other processes
    // may write at the same time, which volatile writes allow for.
    unsafe {
        let place = (&raw mut (*support).debugger_script_path).cast::<u8>();
        path.iter().enumerate().for_each(|(at, &byte)| place.add(at).write_volatile(byte));
        (&raw mut (*support).debugger_pending_call).write_volatile(1);
    }
    super::interrupt_main(EvalBreaker::REMOTE_SCRIPT);
}

/// The path that waits, which then waits no longer.
fn take() -> Option<CString> {
    let support = DOOR.support.load(Ordering::Relaxed) as *mut Support;
    if support.is_null() {
        return None;
    }
    // SAFETY: as in `leave`; the last byte is taken for the end whatever was written there.
    let path: Vec<c_char> = unsafe {
        let pending = &raw mut (*support).debugger_pending_call;
        if pending.read_volatile() != 1 {
            return None;
        }
        pending.write_volatile(0);
        let place = (&raw const (*support).debugger_script_path).cast::<c_char>();
        let length = size_of_val(&Support::EMPTY.debugger_script_path) - 1;
        (0..length).map(|at| place.add(at).read_volatile()).take_while(|&byte| byte != 0).collect()
    };
    CString::new(path.into_iter().map(|byte| byte as u8).collect::<Vec<u8>>())
        .ok()
        .filter(|path| !path.is_empty())
}

/// Runs the script that waits. Nothing it raises reaches the code that was interrupted.
pub fn run() {
    let Some(path) = take().filter(|_| is_enabled()) else { return };
    let path = PyStr::decode_fs(path.to_bytes());
    let told = |raised, what: &str| {
        errors::write_unraisable(raised, Some(&format!("{what} {}", path.to_string_lossy())), None);
    };
    if let Err(raised) = crate::audit::audit("cpython.remote_debugger_script", &[&path]) {
        return told(raised, "Error when auditing remote debugger script");
    }
    match source(&path) {
        Ok(source) => {
            if let Err(raised) = run_source(&source) {
                told(raised, "Error executing debugger script");
            }
        }
        Err(raised) => told(raised, "Can't open debugger script"),
    }
}

fn source(path: &PyStr) -> PyResult {
    let open = crate::imports::library_attribute("io", intern!("open_code"))?;
    let file = call::call(&open, &[path])?;
    let source = call::method(&file, intern!("read"), &[]);
    call::method(&file, intern!("close"), &[])?;
    source
}

fn run_source(source: &PyObject) -> PyResult<()> {
    let Some(source) = source.downcast::<PyBytes>() else {
        return Err(raised!(TypeError, "read() of a script gives bytes"));
    };
    let code =
        compile::compile(&Source::Bytes(source.as_slice()), intern!("<string>"), &Options::new(Mode::Exec))?;
    let globals = PyDict::new();
    let builtins = crate::imports::import_absolute(intern!("builtins"))?;
    globals.set_item(intern!("__builtins__"), &builtins)?;
    taipan_interpreter::eval_code(&code, &globals, None).map(drop)
}
