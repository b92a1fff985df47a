//! Fatal signals: a function of ours is called before the process ends by one. Also handlers that report on a signal and
//! go on, for `faulthandler.register`.
//!
//! What is called runs inside a signal handler, of a process that may be broken: it may read memory and write to a
//! descriptor, nothing else.

#![expect(unsafe_code, reason = "installs signal handlers")]

use crate::signals::COUNT;
use crate::{Errno, Fd, Result};
use core::cell::UnsafeCell;
use core::ffi::{CStr, c_char, c_int, c_void};
use core::mem::MaybeUninit;
use core::ptr::null_mut;
use core::sync::atomic::{AtomicBool, AtomicPtr, Ordering};

/// The signals that end a process by a fault of its own, and what they are called.
pub const FATAL: [(c_int, &str); 5] = [
    (libc::SIGBUS, "Bus error"),
    (libc::SIGILL, "Illegal instruction"),
    (libc::SIGFPE, "Floating-point exception"),
    (libc::SIGABRT, "Aborted"),
    (libc::SIGSEGV, "Segmentation fault"),
];

/// What is called, with the signal's number.
pub type Report = fn(c_int);

struct Place {
    installed: AtomicBool,
    chain: AtomicBool,
    report: AtomicPtr<()>,
    former: UnsafeCell<MaybeUninit<libc::sigaction>>,
}

// SAFETY: `former` is written before `installed` is set and read only while it is.
unsafe impl Sync for Place {}

static PLACES: [Place; COUNT] = [const {
    Place {
        installed: AtomicBool::new(false),
        chain: AtomicBool::new(false),
        report: AtomicPtr::new(null_mut()),
        former: UnsafeCell::new(MaybeUninit::uninit()),
    }
}; COUNT];

fn place(signal: c_int) -> Option<&'static Place> {
    usize::try_from(signal).ok().and_then(|index| PLACES.get(index))
}

fn call_report(place: &Place, signal: c_int) {
    let report = place.report.load(Ordering::Acquire);
    if !report.is_null() {
        // SAFETY: only `install` stores here, and it stores functions of this type.
        let report: Report = unsafe { core::mem::transmute::<*mut (), Report>(report) };
        report(signal);
    }
}

/// Puts back what was installed before.
fn put_back(place: &Place, signal: c_int) {
    if place.installed.swap(false, Ordering::AcqRel) {
        // SAFETY: it was filled when our handler was installed.
        unsafe { libc::sigaction(signal, (*place.former.get()).as_ptr(), null_mut()) };
    }
}

extern "C" fn fatal(signal: c_int) {
    let saved = Errno::last();
    let Some(place) = place(signal) else { return };
    put_back(place, signal);
    call_report(place, signal);
    saved.set();
    // SAFETY: the former disposition ends the process, or whoever set it decides. That of Rust's own runtime only takes
    // itself away and waits for the fault to come again, so the signal is raised once more.
    unsafe {
        libc::raise(signal);
        libc::raise(signal);
    }
}

extern "C" fn user(signal: c_int) {
    let saved = Errno::last();
    let Some(place) = place(signal) else { return };
    call_report(place, signal);
    saved.set();
    if place.chain.load(Ordering::Acquire) {
        put_back(place, signal);
        // SAFETY: calls the former handler; ours is installed again afterwards.
        unsafe { libc::raise(signal) };
        saved.set();
        let _ = install(signal, user, None, true);
    }
}

fn install(signal: c_int, handler: extern "C" fn(c_int), report: Option<Report>, chain: bool) -> Result<()> {
    let place = place(signal).ok_or(Errno(libc::EINVAL))?;
    if let Some(report) = report {
        place.report.store(report as *mut (), Ordering::Release);
    }
    place.chain.store(chain, Ordering::Release);
    if place.installed.load(Ordering::Acquire) {
        return Ok(());
    }
    // SAFETY: a zeroed action has an empty mask and no flags.
    let mut action: libc::sigaction = unsafe { MaybeUninit::zeroed().assume_init() };
    action.sa_sigaction = handler as *const () as libc::sighandler_t;
    // Where the handler is left by another signal of its kind, that must come through; a system call goes on.
    action.sa_flags =
        libc::SA_NODEFER | libc::SA_ONSTACK | if report.is_some() { 0 } else { libc::SA_RESTART };
    // SAFETY: both structs are whole; the former action has a place that lasts.
    let failed =
        unsafe { libc::sigaction(signal, &raw const action, (*place.former.get()).as_mut_ptr()) } != 0;
    if failed {
        return Err(Errno::last());
    }
    place.installed.store(true, Ordering::Release);
    Ok(())
}

/// Bytes of the stack on which the running thread handles signals.
const SIGNAL_STACK: usize = 64 << 10;

/// Gives the running thread a stack for its signal handlers, where it has none of that size: after the native stack
/// overflowed, a handler has no other. It stays for the life of the process.
fn give_signal_stack() {
    let mut known = MaybeUninit::<libc::stack_t>::zeroed();
    // SAFETY: asks for the running thread's stack, for which there is room.
    let known = unsafe {
        libc::sigaltstack(core::ptr::null(), known.as_mut_ptr());
        known.assume_init()
    };
    if known.ss_flags & libc::SS_DISABLE == 0 && known.ss_size >= SIGNAL_STACK {
        return;
    }
    let stack = crate::memory::map_pages(SIGNAL_STACK);
    if stack.is_null() {
        return;
    }
    let given = libc::stack_t { ss_sp: stack.cast(), ss_flags: 0, ss_size: SIGNAL_STACK };
    // SAFETY: the pages are nobody else's, and stay. Where the kernel refuses, handlers run on the stack in use.
    unsafe { libc::sigaltstack(&raw const given, null_mut()) };
}

/// Has `report` called when a fatal signal comes; then the signal takes its course.
pub fn enable(report: Report) -> Result<()> {
    give_signal_stack();
    FATAL.iter().try_for_each(|&(signal, _)| install(signal, fatal, Some(report), false))
}

/// Undoes [`enable`].
pub fn disable() {
    for (signal, _) in FATAL {
        if let Some(place) = place(signal) {
            put_back(place, signal);
        }
    }
}

/// Has `report` called when the signal comes, and the handler before it too where `chain` is set.
pub fn register(signal: c_int, report: Report, chain: bool) -> Result<()> {
    unregister(signal);
    install(signal, user, Some(report), chain)
}

/// Undoes [`register`]; whether there was anything to undo.
pub fn unregister(signal: c_int) -> bool {
    let Some(place) = place(signal) else { return false };
    let was = place.installed.load(Ordering::Acquire);
    put_back(place, signal);
    was
}

/// Writes all of the bytes, in a signal handler too. What fails is not reported.
pub fn write(fd: Fd, mut bytes: &[u8]) {
    while !bytes.is_empty() {
        // SAFETY: the pointer and the length are those of the slice.
        let written = unsafe { libc::write(fd, bytes.as_ptr().cast(), bytes.len()) };
        match usize::try_from(written) {
            Ok(written) if written > 0 => bytes = &bytes[written..],
            _ if Errno::last() == Errno(libc::EINTR) => {}
            _ => return,
        }
    }
}

/// Reads from an address where nothing is: what tests of fault handlers ask for.
pub fn read_null() {
    // SAFETY: the one effect is the fault that was asked for.
    unsafe {
        core::arch::asm!("mov {value:r}, qword ptr [{address}]", value = out(reg) _, address = in(reg) 0usize)
    };
}

/// Calls itself until the stack ends: what tests of fault handlers ask for.
pub fn use_up_stack() {
    #[inline(never)]
    #[expect(unconditional_recursion, reason = "that is what it is for")]
    fn descend(depth: usize) -> usize {
        let room = core::hint::black_box([depth; 512]);
        descend(depth + 1) + core::hint::black_box(room)[depth % 512]
    }
    core::hint::black_box(descend(0));
}

/// Ends the process at once.
pub fn exit_now(status: c_int) -> ! {
    // SAFETY: ends the process without running anything.
    unsafe { libc::_exit(status) }
}

/// The most frames of native code that are shown.
const NATIVE_FRAMES: usize = 32;

/// Writes the native stack of the running thread, innermost first, a line for each frame.
pub fn write_native_stack(fd: Fd) {
    let mut addresses = [null_mut(); NATIVE_FRAMES];
    // SAFETY: there is room for as many addresses as are said.
    let count = unsafe { libc::backtrace(addresses.as_mut_ptr(), NATIVE_FRAMES as c_int) };
    for &address in addresses.iter().take(usize::try_from(count).unwrap_or(0)) {
        write_native_frame(fd, address);
    }
}

fn write_native_frame(fd: Fd, address: *mut c_void) {
    let mut info = MaybeUninit::<libc::Dl_info>::zeroed();
    // SAFETY: the struct is there to be filled; its texts are terminated where they are not null.
    let (found, info) = unsafe { (libc::dladdr(address, info.as_mut_ptr()) != 0, info.assume_init()) };
    let text = |text: *const c_char| match text.is_null() {
        true => c"",
        // SAFETY: as above.
        false => unsafe { CStr::from_ptr(text) },
    };
    write(fd, b"  Binary file \"");
    write(fd, if found { text(info.dli_fname).to_bytes() } else { b"<unknown>" });
    write(fd, b"\"");
    let base = if info.dli_saddr.is_null() { info.dli_fbase } else { info.dli_saddr };
    if found && !base.is_null() {
        write(fd, b", at ");
        if !info.dli_saddr.is_null() {
            write(fd, text(info.dli_sname).to_bytes());
        }
        write(fd, b"+0x");
        write_hexadecimal(fd, (address as usize).wrapping_sub(base as usize));
    }
    write(fd, b" [0x");
    write_hexadecimal(fd, address as usize);
    write(fd, b"]\n");
}

fn write_hexadecimal(fd: Fd, value: usize) {
    let digits = (usize::BITS - value.leading_zeros()).div_ceil(4).max(1);
    let mut text = [0; 16];
    for place in 0..digits {
        text[(digits - 1 - place) as usize] = b"0123456789abcdef"[(value >> (4 * place)) & 15];
    }
    write(fd, &text[..digits as usize]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_native_stack_names_this_program() {
        let (read, write) = crate::files::pipe(0).unwrap();
        write_native_stack(write);
        crate::files::close(write).unwrap();
        let written = String::from_utf8(crate::files::read_to_end(read).unwrap()).unwrap();
        crate::files::close(read).unwrap();
        let program = std::env::current_exe().unwrap();
        assert!(written.starts_with("  Binary file \""), "{written}");
        assert!(written.contains(program.file_name().unwrap().to_str().unwrap()), "{written}");
        assert!(written.lines().all(|line| line.contains("[0x") && line.ends_with(']')), "{written}");
    }
}
