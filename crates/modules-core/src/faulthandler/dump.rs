//! Writing tracebacks from a signal handler: nothing is allocated, no object is made, nothing is locked.

#![expect(unsafe_code, reason = "reaches the threads of an interpreter that may be broken")]

use core::ptr::null_mut;
use core::sync::atomic::{AtomicPtr, Ordering};
use taipan_host::faults::write;
use taipan_host::threads;
use taipan_objects::model::thread::{ThreadState, current_opt};
use taipan_objects::prelude::*;
use taipan_objects::types::module::PyModule;
use taipan_objects::types::set::PyFrozenSet;
use taipan_objects::types::str::StrUnits;
use taipan_runtime::imports::builtin;
use taipan_runtime::threads::registry::{Entry, Registry, registry};

/// Frames of one thread that are shown.
const FRAMES: usize = 100;
/// Threads that are shown.
const THREADS: usize = 100;
/// Characters of a name that are shown.
const CHARACTERS: usize = 500;

static THREADS_OF: AtomicPtr<Registry> = AtomicPtr::new(null_mut());

/// Notes where the threads of the running interpreter stand, for when something goes wrong.
pub fn remember_threads() {
    THREADS_OF.store(core::ptr::from_ref(registry()).cast_mut(), Ordering::Release);
}

/// A few bytes that are written together.
struct Line {
    fd: i32,
    bytes: [u8; 128],
    length: usize,
}

impl Line {
    fn new(fd: i32) -> Self {
        Line { fd, bytes: [0; 128], length: 0 }
    }

    fn push(&mut self, text: &[u8]) {
        for &byte in text {
            if self.length == self.bytes.len() {
                self.flush();
            }
            self.bytes[self.length] = byte;
            self.length += 1;
        }
    }

    fn hex(&mut self, value: usize, digits: usize) {
        for place in (0..digits).rev() {
            self.push(&[b"0123456789abcdef"[(value >> (4 * place)) & 15]]);
        }
    }

    fn decimal(&mut self, value: usize) {
        let mut digits = [0; 20];
        let (mut rest, mut at) = (value, digits.len());
        loop {
            at -= 1;
            digits[at] = b'0' + (rest % 10) as u8;
            rest /= 10;
            if rest == 0 {
                break;
            }
        }
        self.push(&digits[at..]);
    }

    fn character(&mut self, character: u32) {
        match character {
            0x20..=0x7E => self.push(&[character as u8]),
            0..=0xFF => {
                self.push(b"\\x");
                self.hex(character as usize, 2);
            }
            0x100..=0xFFFF => {
                self.push(b"\\u");
                self.hex(character as usize, 4);
            }
            _ => {
                self.push(b"\\U");
                self.hex(character as usize, 8);
            }
        }
    }

    fn text(&mut self, text: &PyStr) {
        let length = text.len().min(CHARACTERS);
        for index in 0..length {
            let character = match text.units() {
                StrUnits::Ascii(units) | StrUnits::Latin1(units) => u32::from(units[index]),
                StrUnits::Two(units) => u32::from(units[index]),
                StrUnits::Four(units) => units[index],
            };
            self.character(character);
        }
        if text.len() > length {
            self.push(b"...");
        }
    }

    fn flush(&mut self) {
        write(self.fd, &self.bytes[..self.length]);
        self.length = 0;
    }
}

fn frames(fd: i32, state: &ThreadState) {
    let mut shown = 0;
    taipan_interpreter::frames::walk(state, &mut |code, line| {
        let mut out = Line::new(fd);
        if shown == FRAMES {
            out.push(b"  ...\n");
            out.flush();
            return false;
        }
        shown += 1;
        out.push(b"  File \"");
        out.text(code.filename());
        out.push(b"\", line ");
        match line {
            Some(line) => out.decimal(line.max(0) as usize),
            None => out.push(b"???"),
        }
        out.push(b" in ");
        out.text(code.name());
        out.push(b"\n");
        out.flush();
        true
    });
    if shown == 0 {
        write(fd, b"  <no Python frame>\n");
    }
}

fn heading(fd: i32, identity: usize, current: bool) {
    let mut out = Line::new(fd);
    out.push(if current { b"Current thread 0x" } else { b"Thread 0x" });
    out.hex(identity, 16);
    let mut name = [0; 16];
    let length = threads::name_of(identity, &mut name);
    if length != 0 {
        out.push(b" [");
        out.push(&name[..length]);
        out.push(b"]");
    }
    out.push(b" (most recent call first):\n");
    out.flush();
}

/// The registry of the threads that are remembered.
fn remembered() -> Option<&'static Registry> {
    // SAFETY: what is remembered is the registry of an interpreter, which lives as long as the process.
    unsafe { THREADS_OF.load(Ordering::Acquire).as_ref() }
}

/// The state of the running thread. One that waits for the system is not attached to it: the registry knows.
fn this_state() -> Option<&'static ThreadState> {
    current_opt().or_else(|| {
        let entries = remembered()?.entries.try_borrow().ok()?;
        let identity = threads::identity();
        entries.iter().find(|entry| entry.identity == identity).map(|entry| entry.state)
    })
}

/// The traceback of the running thread.
pub fn this_thread(fd: i32) {
    write(fd, b"Stack (most recent call first):\n");
    match this_state() {
        Some(state) => frames(fd, state),
        None => write(fd, b"  <no Python frame>\n"),
    }
}

/// The value of a key, which is looked for without making a string of it.
fn value_of(dict: &PyDict, wanted: &str) -> Option<Obj> {
    let mut at = 0;
    while let Some((next, key, value)) = dict.next(at) {
        if key.downcast_exact::<PyStr>().and_then(PyStr::as_ascii) == Some(wanted) {
            return Some(value);
        }
        at = next;
    }
    None
}

/// The modules that are not the library's and not written in Python.
pub fn extension_modules(fd: i32) {
    let Some(interpreter) = this_state().map(ThreadState::interpreter) else { return };
    // SAFETY: what the cells hold is looked at here and now; nothing else runs in this process.
    let (modules, sys) = unsafe { (interpreter.modules.peek(), interpreter.sys_dict.peek()) };
    let Some(modules) = modules.and_then(|modules| modules.downcast_exact::<PyDict>()) else { return };
    let known = sys.and_then(|sys| value_of(sys.downcast_exact()?, "stdlib_module_names"));
    let known = known.as_deref().and_then(|known| known.downcast_exact::<PyFrozenSet>());
    let mut out = Line::new(fd);
    let mut count = 0;
    let mut at = 0;
    while let Some((next, key, module)) = modules.next(at) {
        at = next;
        let Some(name) = key.downcast_exact::<PyStr>() else { continue };
        let native = module.downcast::<PyModule>().is_some_and(|module| !module.def().is_null());
        let native = native || name.as_ascii().is_some_and(|name| builtin::find(name).is_some());
        if !native || known.is_some_and(|known| known.contains(name).unwrap_or(true)) {
            continue;
        }
        out.push(if count == 0 { b"\nExtension modules: " } else { b", " });
        out.text(name);
        count += 1;
    }
    if count != 0 {
        out.push(b" (total: ");
        out.decimal(count);
        out.push(b")\n");
        out.flush();
    }
}

/// The tracebacks of all threads.
pub fn all_threads(fd: i32) {
    let Some(registry) = remembered() else { return this_thread(fd) };
    // Where a thread is being entered or left this moment, the list cannot be looked at.
    let Ok(entries) = registry.entries.try_borrow() else { return this_thread(fd) };
    // Not by the attached state: a thread that waits for the system has none.
    let current = threads::identity();
    let is_current = |entry: &Entry| entry.identity == current;
    for (index, entry) in entries.iter().rev().enumerate() {
        if index != 0 {
            write(fd, b"\n");
        }
        if index == THREADS {
            write(fd, b"...\n");
            return;
        }
        heading(fd, entry.identity, is_current(entry));
        frames(fd, entry.state);
    }
}
