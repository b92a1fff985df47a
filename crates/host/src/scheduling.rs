//! Priorities, scheduling policies and processors.

#![expect(unsafe_code, reason = "calls into the C library")]

use crate::calls::Checked;
use crate::files::filled;
use crate::process::Pid;
use crate::{Errno, Result, blocking};
use core::ffi::c_int;

plain_calls! {
    pub fn policy(pid: Pid) -> c_int = libc::sched_getscheduler(pid);
    pub fn lowest_priority(policy: c_int) -> c_int = libc::sched_get_priority_min(policy);
    pub fn highest_priority(policy: c_int) -> c_int = libc::sched_get_priority_max(policy);
    pub fn set_niceness(which: u32, who: u32, niceness: c_int) -> () = libc::setpriority(which, who, niceness);
}

/// Adds to how willingly this process gives way; gives the new value.
pub fn nice(increment: c_int) -> Result<c_int> {
    Errno(0).set();
    // SAFETY: a plain number.
    let value = unsafe { libc::nice(increment) };
    if value == -1 && Errno::last() != Errno(0) { Err(Errno::last()) } else { Ok(value) }
}

pub fn niceness(which: u32, who: u32) -> Result<c_int> {
    Errno(0).set();
    // SAFETY: plain numbers.
    let value = unsafe { libc::getpriority(which, who) };
    if value == -1 && Errno::last() != Errno(0) { Err(Errno::last()) } else { Ok(value) }
}

pub fn priority(pid: Pid) -> Result<c_int> {
    // SAFETY: `filled` passes a pointer to a whole struct.
    filled(|parameter| unsafe { libc::sched_getparam(pid, parameter) })
        .map(|parameter: libc::sched_param| parameter.sched_priority)
}

pub fn set_priority(pid: Pid, priority: c_int) -> Result<()> {
    let parameter = libc::sched_param { sched_priority: priority };
    // SAFETY: the struct outlives the call.
    unsafe { libc::sched_setparam(pid, &raw const parameter) }.checked()
}

pub fn set_policy(pid: Pid, policy: c_int, priority: c_int) -> Result<()> {
    let parameter = libc::sched_param { sched_priority: priority };
    // SAFETY: the struct outlives the call.
    unsafe { libc::sched_setscheduler(pid, policy, &raw const parameter) }.checked()
}

/// The time slice of a process under `SCHED_RR`, in nanoseconds.
pub fn round_robin_interval(pid: Pid) -> Result<i64> {
    // SAFETY: `filled` passes a pointer to a whole struct.
    filled(|interval| unsafe { libc::sched_rr_get_interval(pid, interval) })
        .map(|interval: libc::timespec| interval.tv_sec * 1_000_000_000 + interval.tv_nsec)
}

/// Lets others run first.
pub fn give_way() -> Result<()> {
    // SAFETY: takes nothing.
    blocking(|| unsafe { libc::sched_yield() }.checked())
}

/// The processors a process may run on, in order.
pub fn processors(pid: Pid) -> Result<Vec<usize>> {
    let mut words = vec![0u64; 16];
    loop {
        let size = words.len() * 8;
        // SAFETY: the mask is as long as said.
        match unsafe { libc::sched_getaffinity(pid, size, words.as_mut_ptr().cast()) }.checked() {
            Ok(()) => break,
            Err(Errno(libc::EINVAL)) if words.len() < 1 << 14 => words.resize(words.len() * 2, 0),
            Err(error) => return Err(error),
        }
    }
    let bits = words.iter().enumerate();
    Ok(bits
        .flat_map(|(index, word)| {
            (0..64).filter(move |bit| word >> bit & 1 == 1).map(move |bit| index * 64 + bit)
        })
        .collect())
}

/// Says which processors a process may run on.
pub fn set_processors(pid: Pid, processors: &[usize]) -> Result<()> {
    let highest = processors.iter().copied().max().unwrap_or(0);
    let mut words = vec![0u64; (highest / 64 + 1).max(16)];
    for processor in processors {
        words[processor / 64] |= 1 << (processor % 64);
    }
    // SAFETY: the mask is as long as said.
    unsafe { libc::sched_setaffinity(pid, words.len() * 8, words.as_ptr().cast()) }.checked()
}

/// How many processors the machine has on line.
pub fn processor_count() -> Option<usize> {
    let count = crate::process::sysconf(libc::_SC_NPROCESSORS_ONLN).ok().flatten()?;
    usize::try_from(count).ok().filter(|count| *count > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn processors_can_be_read_and_set() {
        let mine = processors(0).unwrap();
        assert!(!mine.is_empty() && mine.len() <= processor_count().unwrap().max(mine.len()));
        set_processors(0, &mine).unwrap();
        assert_eq!(processors(0).unwrap(), mine);
        assert_eq!(nice(0).unwrap(), niceness(libc::PRIO_PROCESS, 0).unwrap());
        assert!(lowest_priority(libc::SCHED_FIFO).unwrap() <= highest_priority(libc::SCHED_FIFO).unwrap());
    }
}
