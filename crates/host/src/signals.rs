//! Signals: catching them, sending them, masks, timers.
//!
//! A caught signal does three things, all of which are allowed in a handler: it raises its flag, calls the function the
//! runtime registered (which asks the main thread to look), and writes its number to the wake-up descriptor. Python
//! code runs later, when the main thread takes the flags.

#![expect(unsafe_code, reason = "calls into the C library")]

use crate::calls::{Checked, zero};
use crate::files::filled;
use crate::process::Pid;
use crate::spawn::signal_set;
use crate::{Errno, Fd, Result, blocking};
use core::ffi::{CStr, c_int};
use core::mem::MaybeUninit;
use core::sync::atomic::{AtomicBool, AtomicI32, AtomicPtr, Ordering};

/// One more than the highest signal number (`NSIG`).
pub const COUNT: usize = 65;

/// What is to happen, or happens, when a signal comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Disposition {
    Default,
    Ignore,
    /// Raise its flag for [`take`].
    Catch,
    /// Something that is not ours; only ever reported.
    Foreign,
}

static RAISED: [AtomicBool; COUNT] = [const { AtomicBool::new(false) }; COUNT];
static ANY: AtomicBool = AtomicBool::new(false);
static NOTIFY: AtomicPtr<()> = AtomicPtr::new(core::ptr::null_mut());
static WAKEUP_FD: AtomicI32 = AtomicI32::new(-1);
static WAKEUP_ERRNO: AtomicI32 = AtomicI32::new(0);

extern "C" fn handler(signal: c_int) {
    let saved = Errno::last();
    raise_flag(signal);
    saved.set();
}

/// What the handler does, also for signals that are only simulated (`PyErr_SetInterruptEx`).
pub fn raise_flag(signal: c_int) {
    let Some(flag) = usize::try_from(signal).ok().and_then(|index| RAISED.get(index)) else { return };
    flag.store(true, Ordering::Relaxed);
    ANY.store(true, Ordering::Release);
    let notify = NOTIFY.load(Ordering::Acquire);
    if !notify.is_null() {
        // SAFETY: only `set_notify` stores here, and it stores functions of this type.
        let notify: fn() = unsafe { core::mem::transmute::<*mut (), fn()>(notify) };
        notify();
    }
    let fd = WAKEUP_FD.load(Ordering::Relaxed);
    if fd != -1 {
        let byte = signal as u8;
        // SAFETY: one byte, allowed in a handler.
        let written = unsafe { libc::write(fd, (&raw const byte).cast(), 1) };
        if written < 0 {
            WAKEUP_ERRNO.store(Errno::last().0, Ordering::Relaxed);
        }
    }
}

/// Says what is called whenever a signal is caught. The function must do nothing but set flags.
pub fn set_notify(notify: fn()) {
    NOTIFY.store(notify as *mut (), Ordering::Release);
}

/// Whether any caught signal waits to be taken. One relaxed load.
pub fn any_raised() -> bool {
    ANY.load(Ordering::Relaxed)
}

/// Takes the flags of all caught signals: their numbers in ascending order.
pub fn take() -> Vec<c_int> {
    if !ANY.swap(false, Ordering::Acquire) {
        return Vec::new();
    }
    (1..COUNT)
        .filter(|signal| RAISED[*signal].swap(false, Ordering::Relaxed))
        .map(|signal| signal as c_int)
        .collect()
}

/// Puts the flag of a taken signal back.
pub fn put_back(signal: c_int) {
    if let Some(flag) = usize::try_from(signal).ok().and_then(|index| RAISED.get(index)) {
        flag.store(true, Ordering::Relaxed);
        ANY.store(true, Ordering::Release);
    }
}

/// Says where the handler writes the numbers of caught signals (-1: nowhere); gives the former descriptor.
pub fn set_wakeup_fd(fd: Fd) -> Fd {
    WAKEUP_FD.swap(fd, Ordering::Relaxed)
}

/// The error of a failed write to the wake-up descriptor, once.
pub fn take_wakeup_error() -> Option<Errno> {
    match WAKEUP_ERRNO.swap(0, Ordering::Relaxed) {
        0 => None,
        error => Some(Errno(error)),
    }
}

/// Says what happens when the signal comes; gives what happened before.
pub fn set_disposition(signal: c_int, disposition: Disposition) -> Result<Disposition> {
    let function = match disposition {
        Disposition::Default => libc::SIG_DFL,
        Disposition::Ignore => libc::SIG_IGN,
        Disposition::Catch => handler as *const () as libc::sighandler_t,
        Disposition::Foreign => return Err(Errno(libc::EINVAL)),
    };
    // SAFETY: a zeroed action has an empty mask and no flags; handlers run on the alternate stack where there is one.
    let mut action: libc::sigaction = unsafe { MaybeUninit::zeroed().assume_init() };
    action.sa_sigaction = function;
    action.sa_flags = libc::SA_ONSTACK;
    // SAFETY: `filled` passes a pointer to a whole struct; the new action outlives the call.
    filled(|old| unsafe { libc::sigaction(signal, &raw const action, old) }).map(read_disposition)
}

/// What happens when the signal comes.
pub fn disposition(signal: c_int) -> Result<Disposition> {
    // SAFETY: `filled` passes a pointer to a whole struct; without a new action nothing is set.
    filled(|old| unsafe { libc::sigaction(signal, core::ptr::null(), old) }).map(read_disposition)
}

fn read_disposition(action: libc::sigaction) -> Disposition {
    match action.sa_sigaction {
        libc::SIG_DFL => Disposition::Default,
        libc::SIG_IGN => Disposition::Ignore,
        function if function == handler as *const () as libc::sighandler_t => Disposition::Catch,
        _ => Disposition::Foreign,
    }
}

/// Whether a call the signal interrupts goes on or fails.
pub fn set_interrupts(signal: c_int, interrupts: bool) -> Result<()> {
    // SAFETY: `filled` passes a pointer to a whole struct.
    let mut action: libc::sigaction =
        filled(|old| unsafe { libc::sigaction(signal, core::ptr::null(), old) })?;
    action.sa_flags =
        if interrupts { action.sa_flags & !libc::SA_RESTART } else { action.sa_flags | libc::SA_RESTART };
    // SAFETY: the action is the present one but for a flag.
    unsafe { libc::sigaction(signal, &raw const action, core::ptr::null_mut()) }.checked()
}

blocking_calls! {
    /// Sends a signal to this thread.
    pub fn raise(signal: c_int) -> () = libc::raise(signal);
}

/// Sends a signal to a thread of this process.
///
/// # Safety
/// The thread must not have ended.
pub unsafe fn send_to_thread(thread: usize, signal: c_int) -> Result<()> {
    // SAFETY: by the contract of this function.
    blocking(|| zero(unsafe { libc::pthread_kill(thread as libc::pthread_t, signal) }))
}

/// Waits for any signal.
pub fn pause() {
    // SAFETY: takes nothing.
    blocking(|| unsafe { libc::pause() });
}

/// Asks for `SIGALRM` in so many seconds (0: no more); gives what was left.
pub fn alarm(seconds: u32) -> u32 {
    // SAFETY: a plain number.
    unsafe { libc::alarm(seconds) }
}

/// An interval timer: microseconds to its next expiry and between the ones after.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timer {
    pub next_us: i64,
    pub interval_us: i64,
}

impl Timer {
    fn from_c(timer: libc::itimerval) -> Self {
        let join = |time: libc::timeval| time.tv_sec * 1_000_000 + time.tv_usec;
        Self { next_us: join(timer.it_value), interval_us: join(timer.it_interval) }
    }
}

/// Sets a timer (`ITIMER_REAL`, …); gives its former state.
pub fn set_timer(which: c_int, timer: Timer) -> Result<Timer> {
    let split =
        |us: i64| libc::timeval { tv_sec: us.div_euclid(1_000_000), tv_usec: us.rem_euclid(1_000_000) };
    let new = libc::itimerval { it_value: split(timer.next_us), it_interval: split(timer.interval_us) };
    // SAFETY: `filled` passes a pointer to a whole struct; the new setting outlives the call.
    filled(|old| unsafe { libc::setitimer(which as _, &raw const new, old) }).map(Timer::from_c)
}

pub fn timer(which: c_int) -> Result<Timer> {
    // SAFETY: `filled` passes a pointer to a whole struct.
    filled(|old| unsafe { libc::getitimer(which as _, old) }).map(Timer::from_c)
}

/// The numbers in a set.
fn numbers(set: &libc::sigset_t) -> Vec<c_int> {
    // SAFETY: the set is whole; sigismember answers -1 for what is no signal.
    (1..COUNT as c_int).filter(|signal| unsafe { libc::sigismember(set, *signal) } == 1).collect()
}

/// Changes (`SIG_BLOCK`, `SIG_UNBLOCK`, `SIG_SETMASK`) which signals wait for this thread; gives the former mask.
pub fn set_mask(how: c_int, signals: &[c_int]) -> Result<Vec<c_int>> {
    let new = signal_set(signals)?;
    let mut old = MaybeUninit::<libc::sigset_t>::zeroed();
    // SAFETY: both sets are whole.
    zero(unsafe { libc::pthread_sigmask(how, &raw const new, old.as_mut_ptr()) })?;
    // SAFETY: filled.
    Ok(numbers(unsafe { old.assume_init_ref() }))
}

/// The signals that wait because they are masked.
pub fn pending() -> Result<Vec<c_int>> {
    // SAFETY: `filled` passes a pointer to a whole struct.
    filled(|set| unsafe { libc::sigpending(set) }).map(|set| numbers(&set))
}

/// Waits until one of the signals comes, and takes it.
pub fn wait(signals: &[c_int]) -> Result<c_int> {
    let set = signal_set(signals)?;
    let mut signal = 0;
    // SAFETY: the set is whole, the place valid.
    blocking(|| zero(unsafe { libc::sigwait(&raw const set, &raw mut signal) }))?;
    Ok(signal)
}

/// What came with a signal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Info {
    pub signal: c_int,
    pub code: c_int,
    pub errno: c_int,
    pub pid: Pid,
    pub uid: u32,
    pub status: c_int,
    pub band: i64,
}

/// Waits until one of the signals comes, for so many nanoseconds at most (`None`: for ever).
pub fn wait_with_info(signals: &[c_int], timeout_ns: Option<i64>) -> Result<Info> {
    let set = signal_set(signals)?;
    let timeout = timeout_ns.map(crate::clocks::timespec);
    let timeout = timeout.as_ref().map_or(core::ptr::null(), core::ptr::from_ref);
    let mut info = MaybeUninit::<libc::siginfo_t>::zeroed();
    // SAFETY: the set and the place are whole; the timeout is null or whole.
    let _: c_int =
        blocking(|| unsafe { libc::sigtimedwait(&raw const set, info.as_mut_ptr(), timeout) }.checked())?;
    // SAFETY: filled; the fields a signal does not use are zero.
    let info = unsafe { info.assume_init() };
    // SAFETY: the union's fields are plain numbers, whichever of them the signal has set.
    let (pid, uid, status) = unsafe { (info.si_pid(), info.si_uid(), info.si_status()) };
    // The band of a SIGPOLL lies where the number of the sender lies otherwise.
    Ok(Info {
        signal: info.si_signo,
        code: info.si_code,
        errno: info.si_errno,
        pid,
        uid,
        status,
        band: i64::from(pid),
    })
}

/// Every signal number a program may use.
pub fn valid() -> Vec<c_int> {
    let mut set = MaybeUninit::<libc::sigset_t>::zeroed();
    // SAFETY: the place is a whole set, which the call fills.
    numbers(unsafe {
        libc::sigfillset(set.as_mut_ptr());
        set.assume_init_ref()
    })
}

/// What the signal means, in words.
pub fn describe(signal: c_int) -> Option<String> {
    if !(1..COUNT as c_int).contains(&signal) {
        return None;
    }
    // SAFETY: the number is a signal's; the text is copied at once.
    unsafe {
        let text = libc::strsignal(signal);
        (!text.is_null()).then(|| CStr::from_ptr(text).to_string_lossy().into_owned())
    }
}

/// The real-time signals' first and last number.
pub fn realtime() -> (c_int, c_int) {
    (libc::SIGRTMIN(), libc::SIGRTMAX())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_caught_signal_raises_its_flag_and_wakes() {
        let (reader, writer) = crate::files::pipe(libc::O_NONBLOCK).unwrap();
        let former_fd = set_wakeup_fd(writer);
        let former = set_disposition(libc::SIGUSR1, Disposition::Catch).unwrap();
        assert_eq!(disposition(libc::SIGUSR1), Ok(Disposition::Catch));
        raise(libc::SIGUSR1).unwrap();
        assert!(any_raised());
        assert_eq!(take(), [libc::SIGUSR1]);
        assert_eq!(take(), []);
        let mut byte = [0];
        assert_eq!(crate::files::read(reader, &mut byte), Ok(1));
        assert_eq!(c_int::from(byte[0]), libc::SIGUSR1);
        assert_eq!(set_disposition(libc::SIGUSR1, former), Ok(Disposition::Catch));
        set_wakeup_fd(former_fd);
        crate::files::close(reader).unwrap();
        crate::files::close(writer).unwrap();
    }

    #[test]
    fn masked_signals_wait() {
        let former = set_mask(libc::SIG_BLOCK, &[libc::SIGUSR2]).unwrap();
        raise(libc::SIGUSR2).unwrap();
        assert!(pending().unwrap().contains(&libc::SIGUSR2));
        assert_eq!(wait(&[libc::SIGUSR2]), Ok(libc::SIGUSR2));
        assert_eq!(wait_with_info(&[libc::SIGUSR2], Some(0)), Err(Errno(libc::EAGAIN)));
        set_mask(libc::SIG_SETMASK, &former).unwrap();
        assert_eq!(set_disposition(libc::SIGKILL, Disposition::Ignore), Err(Errno(libc::EINVAL)));
        assert_eq!(describe(libc::SIGINT).unwrap(), "Interrupt");
        assert!(valid().contains(&libc::SIGTERM) && !valid().contains(&32));
    }
}
