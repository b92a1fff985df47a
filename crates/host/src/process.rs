//! Processes: who this one is, starting and ending others, waiting for them, limits and usage.

#![expect(unsafe_code, reason = "calls into the C library")]

use crate::calls::Checked;
use crate::files::filled;
use crate::{Errno, Result, blocking};
use core::ffi::{CStr, c_char, c_int};
use core::mem::MaybeUninit;

pub type Pid = libc::pid_t;

blocking_calls! {
    pub fn kill(pid: Pid, signal: c_int) -> () = libc::kill(pid, signal);
    pub fn killpg(group: Pid, signal: c_int) -> () = libc::killpg(group, signal);
}

plain_calls! {
    pub fn process_group_of(pid: Pid) -> Pid = libc::getpgid(pid);
    pub fn set_process_group(pid: Pid, group: Pid) -> () = libc::setpgid(pid, group);
    pub fn session_of(pid: Pid) -> Pid = libc::getsid(pid);
    pub fn new_session() -> Pid = libc::setsid();
    pub fn set_uid(uid: u32) -> () = libc::setuid(uid);
    pub fn set_gid(gid: u32) -> () = libc::setgid(gid);
    pub fn set_euid(uid: u32) -> () = libc::seteuid(uid);
    pub fn set_egid(gid: u32) -> () = libc::setegid(gid);
    pub fn set_reuid(real: u32, effective: u32) -> () = libc::setreuid(real, effective);
    pub fn set_regid(real: u32, effective: u32) -> () = libc::setregid(real, effective);
    pub fn set_resuid(real: u32, effective: u32, saved: u32) -> () = libc::setresuid(real, effective, saved);
    pub fn set_resgid(real: u32, effective: u32, saved: u32) -> () = libc::setresgid(real, effective, saved);
    pub fn set_groups(groups: &[u32]) -> () = libc::setgroups(groups.len(), groups.as_ptr());
    pub fn init_groups(user: &CStr, group: u32) -> () = libc::initgroups(user.as_ptr(), group);
    /// A descriptor that becomes readable when the process ends.
    pub fn pidfd_open(pid: Pid, flags: u32) -> i64 = libc::syscall(libc::SYS_pidfd_open, pid, flags);
    pub fn pidfd_send_signal(fd: c_int, signal: c_int) -> () =
        libc::syscall(libc::SYS_pidfd_send_signal, fd, signal, core::ptr::null::<u8>(), 0);
    pub fn set_namespace(fd: c_int, kind: c_int) -> () = libc::setns(fd, kind);
    pub fn unshare(flags: c_int) -> () = libc::unshare(flags);
    pub fn set_dumpable(dumpable: bool) -> () = libc::prctl(libc::PR_SET_DUMPABLE, u64::from(dumpable), 0u64, 0u64, 0u64);
}

/// Declares the functions that cannot fail and take nothing.
macro_rules! always {
    ($($(#[$meta:meta])* fn $name:ident() -> $type:ty = $call:ident;)*) => {$(
        $(#[$meta])*
        pub fn $name() -> $type {
            // SAFETY: takes nothing and cannot fail.
            unsafe { libc::$call() }
        }
    )*};
}

always! {
    fn pid() -> Pid = getpid;
    fn parent_pid() -> Pid = getppid;
    fn process_group() -> Pid = getpgrp;
    fn uid() -> u32 = getuid;
    fn euid() -> u32 = geteuid;
    fn gid() -> u32 = getgid;
    fn egid() -> u32 = getegid;
}

/// Sets the bits that new files do not get; gives the former ones.
pub fn umask(mask: u32) -> u32 {
    // SAFETY: cannot fail.
    unsafe { libc::umask(mask) }
}

/// Real, effective and saved user.
pub fn resuid() -> Result<(u32, u32, u32)> {
    let (mut real, mut effective, mut saved) = (0, 0, 0);
    // SAFETY: three valid places.
    let done: Result<()> =
        unsafe { libc::getresuid(&raw mut real, &raw mut effective, &raw mut saved) }.checked();
    done.map(|()| (real, effective, saved))
}

/// Real, effective and saved group.
pub fn resgid() -> Result<(u32, u32, u32)> {
    let (mut real, mut effective, mut saved) = (0, 0, 0);
    // SAFETY: three valid places.
    let done: Result<()> =
        unsafe { libc::getresgid(&raw mut real, &raw mut effective, &raw mut saved) }.checked();
    done.map(|()| (real, effective, saved))
}

pub fn groups() -> Result<Vec<u32>> {
    // SAFETY: a count of zero asks for the number alone.
    let count: c_int = unsafe { libc::getgroups(0, core::ptr::null_mut()) }.checked()?;
    let mut groups = vec![0; count as usize];
    // SAFETY: the vector has room for as many as said.
    let count: c_int = unsafe { libc::getgroups(count, groups.as_mut_ptr()) }.checked()?;
    groups.truncate(count as usize);
    Ok(groups)
}

/// Which process a `fork` returned in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Forked {
    Parent(Pid),
    Child,
}

/// Splits the process in two. What must not be shared is the caller's affair: only this thread lives on in the child.
///
/// # Safety
/// In the child, locks that other threads held stay locked for ever: the caller must make its own anew before use.
pub unsafe fn fork() -> Result<Forked> {
    // SAFETY: by the contract of this function.
    match unsafe { libc::fork() } {
        -1 => Err(Errno::last()),
        0 => Ok(Forked::Child),
        pid => Ok(Forked::Parent(pid)),
    }
}

/// A terminated array of terminated texts, as `exec` takes them.
pub(crate) fn pointers(texts: &[impl AsRef<CStr>]) -> Vec<*const c_char> {
    texts.iter().map(|text| text.as_ref().as_ptr()).chain([core::ptr::null()]).collect()
}

/// Replaces the program of this process; comes back with the reason where it cannot.
pub fn exec(path: &CStr, arguments: &[impl AsRef<CStr>], environment: Option<&[impl AsRef<CStr>]>) -> Errno {
    let arguments = pointers(arguments);
    // SAFETY: paths are terminated, both arrays end with null and outlive the call.
    unsafe {
        match environment.map(pointers) {
            Some(environment) => libc::execve(path.as_ptr(), arguments.as_ptr(), environment.as_ptr()),
            None => libc::execv(path.as_ptr(), arguments.as_ptr()),
        };
    }
    Errno::last()
}

/// `exec` of the program an open file holds.
pub fn exec_fd(fd: c_int, arguments: &[impl AsRef<CStr>], environment: &[impl AsRef<CStr>]) -> Errno {
    let (arguments, environment) = (pointers(arguments), pointers(environment));
    // SAFETY: both arrays end with null and outlive the call.
    unsafe { libc::fexecve(fd, arguments.as_ptr(), environment.as_ptr()) };
    Errno::last()
}

/// Waits for a child: its number (0 with `WNOHANG` and none done) and its status word.
pub fn wait_for(pid: Pid, options: c_int) -> Result<(Pid, c_int)> {
    let mut status = 0;
    // SAFETY: the place for the status is valid.
    let done = blocking(|| unsafe { libc::waitpid(pid, &raw mut status, options) }.checked())?;
    Ok((done, status))
}

/// [`wait_for`], with what the child used.
pub fn wait_with_usage(pid: Pid, options: c_int) -> Result<(Pid, c_int, Usage)> {
    let mut status = 0;
    let mut usage = MaybeUninit::<libc::rusage>::zeroed();
    // SAFETY: both places are valid.
    let done =
        blocking(|| unsafe { libc::wait4(pid, &raw mut status, options, usage.as_mut_ptr()) }.checked())?;
    // SAFETY: zeroed or filled; plain C data either way.
    Ok((done, status, Usage::from_c(unsafe { usage.assume_init_ref() })))
}

/// What `waitid` tells of a child.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WaitInfo {
    pub pid: Pid,
    pub uid: u32,
    pub signal: c_int,
    pub status: c_int,
    pub code: c_int,
}

/// Waits for a change of a child; `None` with `WNOHANG` and no change.
pub fn wait_id(kind: libc::idtype_t, id: u32, options: c_int) -> Result<Option<WaitInfo>> {
    // SAFETY: `filled` passes a pointer to a whole struct.
    let info: libc::siginfo_t = filled(|info| unsafe { libc::waitid(kind, id, info, options) })?;
    // SAFETY: zeroed or filled by waitid, which sets the fields of a child's change.
    let (pid, uid, status) = unsafe { (info.si_pid(), info.si_uid(), info.si_status()) };
    Ok((pid != 0).then_some(WaitInfo { pid, uid, signal: info.si_signo, status, code: info.si_code }))
}

/// What a process has used. Times are in microseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    pub user_us: i64,
    pub system_us: i64,
    /// `ru_maxrss`, `ru_ixrss`, `ru_idrss`, `ru_isrss`, `ru_minflt`, `ru_majflt`, `ru_nswap`, `ru_inblock`,
    /// `ru_oublock`, `ru_msgsnd`, `ru_msgrcv`, `ru_nsignals`, `ru_nvcsw`, `ru_nivcsw`.
    pub counts: [i64; 14],
}

impl Usage {
    fn from_c(usage: &libc::rusage) -> Self {
        let join = |time: libc::timeval| time.tv_sec * 1_000_000 + time.tv_usec;
        Self {
            user_us: join(usage.ru_utime),
            system_us: join(usage.ru_stime),
            counts: [
                usage.ru_maxrss,
                usage.ru_ixrss,
                usage.ru_idrss,
                usage.ru_isrss,
                usage.ru_minflt,
                usage.ru_majflt,
                usage.ru_nswap,
                usage.ru_inblock,
                usage.ru_oublock,
                usage.ru_msgsnd,
                usage.ru_msgrcv,
                usage.ru_nsignals,
                usage.ru_nvcsw,
                usage.ru_nivcsw,
            ],
        }
    }
}

/// What this process, its children or this thread have used.
pub fn usage(who: c_int) -> Result<Usage> {
    // SAFETY: `filled` passes a pointer to a whole struct.
    filled(|usage| unsafe { libc::getrusage(who, usage) }).map(|usage| Usage::from_c(&usage))
}

/// User, system, children's user, children's system and elapsed time, in clock ticks.
pub fn times() -> Result<[i64; 5]> {
    let mut times = MaybeUninit::<libc::tms>::zeroed();
    // SAFETY: the place is a whole struct.
    let elapsed: i64 = unsafe { libc::times(times.as_mut_ptr()) }.checked()?;
    // SAFETY: zeroed or filled; plain C data either way.
    let times = unsafe { times.assume_init() };
    Ok([times.tms_utime, times.tms_stime, times.tms_cutime, times.tms_cstime, elapsed])
}

/// A limit of the process (`RLIMIT_…`): soft and hard.
pub fn limit(pid: Pid, resource: u32) -> Result<(u64, u64)> {
    // SAFETY: `filled` passes a pointer to a whole struct; without a new limit nothing is set.
    filled(|old: *mut libc::rlimit| unsafe { libc::prlimit(pid, resource, core::ptr::null(), old) })
        .map(|old| (old.rlim_cur, old.rlim_max))
}

/// The number of the limit of the address space, in bytes.
pub const ADDRESS_SPACE: u32 = libc::RLIMIT_AS;
/// The value of a limit that is none.
pub const NO_LIMIT: u64 = libc::RLIM_INFINITY;

/// Sets a limit of the process; gives the former one.
pub fn set_limit(pid: Pid, resource: u32, soft: u64, hard: u64) -> Result<(u64, u64)> {
    let new = libc::rlimit { rlim_cur: soft, rlim_max: hard };
    // SAFETY: both structs outlive the call.
    filled(|old: *mut libc::rlimit| unsafe { libc::prlimit(pid, resource, &raw const new, old) })
        .map(|old| (old.rlim_cur, old.rlim_max))
}

/// How busy the machine was over one, five and fifteen minutes.
pub fn load_average() -> Result<[f64; 3]> {
    let mut loads = [0.0; 3];
    // SAFETY: the array has room for all three.
    match unsafe { libc::getloadavg(loads.as_mut_ptr(), 3) } {
        3 => Ok(loads),
        _ => Err(Errno(libc::ENOSYS)),
    }
}

/// System, node, release, version and machine.
pub fn uname() -> Result<[Vec<u8>; 5]> {
    // SAFETY: `filled` passes a pointer to a whole struct.
    let names: libc::utsname = filled(|names| unsafe { libc::uname(names) })?;
    let text = |field: &[c_char]| field.iter().take_while(|c| **c != 0).map(|c| *c as u8).collect();
    Ok([
        text(&names.sysname),
        text(&names.nodename),
        text(&names.release),
        text(&names.version),
        text(&names.machine),
    ])
}

/// A value of the system's configuration; `None` where it has no limit.
pub fn sysconf(name: c_int) -> Result<Option<i64>> {
    Errno(0).set();
    // SAFETY: a plain number.
    let value = unsafe { libc::sysconf(name) };
    match Errno::last() {
        Errno(0) if value == -1 => Ok(None),
        error if value == -1 => Err(error),
        _ => Ok(Some(value)),
    }
}

/// A text of the system's configuration; `None` where it has none.
pub fn confstr(name: c_int) -> Result<Option<Vec<u8>>> {
    Errno(0).set();
    // SAFETY: a length of zero asks for the length alone.
    let length = unsafe { libc::confstr(name, core::ptr::null_mut(), 0) };
    if length == 0 {
        return match Errno::last() {
            Errno(0) => Ok(None),
            error => Err(error),
        };
    }
    let mut text = vec![0; length];
    // SAFETY: the buffer is as long as said.
    unsafe { libc::confstr(name, text.as_mut_ptr().cast(), length) };
    text.truncate(length - 1);
    Ok(Some(text))
}

/// Ends the process at once, with nothing flushed and no exit function called.
pub fn exit_now(status: c_int) -> ! {
    // SAFETY: does not come back.
    unsafe { libc::_exit(status) }
}

/// Ends the process by `SIGABRT`.
pub fn abort() -> ! {
    // SAFETY: does not come back.
    unsafe { libc::abort() }
}

/// Runs a command in the shell; its status word.
pub fn shell(command: &CStr) -> Result<c_int> {
    // SAFETY: the command is terminated.
    blocking(|| unsafe { libc::system(command.as_ptr()) }.checked())
}

/// The path of the running program itself.
pub fn own_program() -> Result<Vec<u8>> {
    crate::paths::readlink_at(crate::CURRENT_FOLDER, c"/proc/self/exe")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_child_ends_with_its_status() {
        // SAFETY: the child calls nothing but `_exit`.
        match unsafe { fork() }.unwrap() {
            Forked::Child => exit_now(7),
            Forked::Parent(child) => {
                let (pid, status) = wait_for(child, 0).unwrap();
                assert_eq!((pid, libc::WEXITSTATUS(status)), (child, 7));
            }
        }
        assert_eq!(wait_for(pid(), 0), Err(Errno(libc::ECHILD)));
    }

    #[test]
    fn the_process_knows_itself() {
        assert_eq!(process_group_of(0).unwrap(), process_group());
        assert_eq!(resuid().unwrap().0, uid());
        assert_eq!(uname().unwrap()[0], b"Linux");
        assert!(sysconf(libc::_SC_PAGESIZE).unwrap().is_some_and(|size| size >= 4096));
        assert_eq!(sysconf(-5), Err(Errno(libc::EINVAL)));
        let (soft, hard) = limit(0, libc::RLIMIT_NOFILE).unwrap();
        assert_eq!(set_limit(0, libc::RLIMIT_NOFILE, soft, hard).unwrap(), (soft, hard));
        assert!(own_program().unwrap().starts_with(b"/"));
        assert!(usage(libc::RUSAGE_SELF).unwrap().counts[0] > 0);
    }
}
