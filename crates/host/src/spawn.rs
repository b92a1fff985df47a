//! Starting other programs: the fork-and-exec that `subprocess` stands on, and `posix_spawn`.
//!
//! Between fork and exec the child may call only what is safe after a signal: everything it needs is laid out before,
//! and it allocates nothing.

#![expect(unsafe_code, reason = "fork, exec and raw system calls")]

use crate::calls::zero;
use crate::process::{Forked, Pid, pointers};
use crate::{Errno, Fd, Result, files};
use core::ffi::{CStr, c_char, c_int, c_short};
use core::mem::MaybeUninit;
use std::ffi::CString;

/// What a new program is to be and to inherit, as `_posixsubprocess.fork_exec` takes it. `-1` means "not given".
pub struct ForkExec<'a> {
    /// The paths to try in order.
    pub programs: &'a [CString],
    pub arguments: &'a [CString],
    pub environment: Option<&'a [CString]>,
    pub folder: Option<&'a CStr>,
    pub close_fds: bool,
    /// Descriptors to keep open with `close_fds`, in ascending order.
    pub keep: &'a [Fd],
    /// Both ends of the pipes to the child's input, output and error, and the pipe for what goes wrong.
    pub p2cread: Fd,
    pub p2cwrite: Fd,
    pub c2pread: Fd,
    pub c2pwrite: Fd,
    pub errread: Fd,
    pub errwrite: Fd,
    pub errpipe_read: Fd,
    pub errpipe_write: Fd,
    pub restore_signals: bool,
    pub new_session: bool,
    pub process_group: Option<Pid>,
    pub uid: Option<u32>,
    pub gid: Option<u32>,
    pub groups: Option<&'a [u32]>,
    pub umask: Option<u32>,
}

/// Where the child failed, for the message it sends home.
enum Failed {
    /// Before the program was tried: `noexec` stands in the message.
    Before(Errno),
    /// Changing the folder.
    Folder(Errno),
    Exec(Errno),
}

/// Starts the program in a new process. What goes wrong in the child travels as text through the error pipe, in the
/// form that `subprocess` reads: `OSError:HEX ERRNO:PLACE`.
///
/// `before_exec` runs in the child right before exec; it returns whether it went well.
///
/// # Safety
/// The caller must hold what keeps other threads from the allocator's and the interpreter's locks where
/// `before_exec` needs them.
pub unsafe fn fork_exec(plan: &ForkExec<'_>, before_exec: Option<&mut dyn FnMut() -> bool>) -> Result<Pid> {
    let arguments = pointers(plan.arguments);
    let environment = plan.environment.map(pointers);
    // All signals wait while parent and child look alike, so that no handler of the parent's runs in the child.
    let mut all = MaybeUninit::<libc::sigset_t>::zeroed();
    let mut former = MaybeUninit::<libc::sigset_t>::zeroed();
    // SAFETY: both places are whole sets.
    unsafe {
        libc::sigfillset(all.as_mut_ptr());
        libc::pthread_sigmask(libc::SIG_BLOCK, all.as_ptr(), former.as_mut_ptr());
    }
    // SAFETY: the child uses only what was laid out above.
    let forked = unsafe { crate::process::fork() };
    if let Ok(Forked::Child) = forked {
        // SAFETY: the child, with everything prepared; does not come back.
        unsafe { child(plan, &arguments, environment.as_deref(), former.as_ptr(), before_exec) }
    }
    // SAFETY: the set was filled above.
    unsafe { libc::pthread_sigmask(libc::SIG_SETMASK, former.as_ptr(), core::ptr::null_mut()) };
    match forked? {
        Forked::Parent(pid) => Ok(pid),
        Forked::Child => crate::process::exit_now(255),
    }
}

/// # Safety
/// Only in a fresh child.
unsafe fn child(
    plan: &ForkExec<'_>,
    arguments: &[*const c_char],
    environment: Option<&[*const c_char]>,
    signals: *const libc::sigset_t,
    before_exec: Option<&mut dyn FnMut() -> bool>,
) -> ! {
    // SAFETY: as this function's.
    let failed = match unsafe { prepare(plan, signals) } {
        Err(failed) => failed,
        Ok(()) => {
            if before_exec.is_some_and(|call| !call()) {
                report(plan.errpipe_write, b"SubprocessError:0:Exception occurred in preexec_fn.");
                crate::process::exit_now(255)
            }
            // SAFETY: as this function's.
            unsafe { exec_first(plan, arguments, environment) }
        }
    };
    let (error, place): (Errno, &[u8]) = match failed {
        Failed::Before(error) => (error, b"noexec"),
        Failed::Folder(error) => (error, b"noexec:chdir"),
        Failed::Exec(error) => (error, b""),
    };
    let mut message = [0u8; 64];
    let mut length = 0;
    let mut put = |bytes: &[u8]| {
        message[length..length + bytes.len()].copy_from_slice(bytes);
        length += bytes.len();
    };
    put(b"OSError:");
    let digits = b"0123456789ABCDEF";
    let mut shift = 28;
    while shift > 0 && error.0 >> shift & 15 == 0 {
        shift -= 4;
    }
    loop {
        put(&[digits[(error.0 >> shift & 15) as usize]]);
        if shift == 0 {
            break;
        }
        shift -= 4;
    }
    put(b":");
    put(place);
    report(plan.errpipe_write, &message[..length]);
    crate::process::exit_now(255)
}

fn report(pipe: Fd, message: &[u8]) {
    // SAFETY: a pointer with its length. Nobody is left to tell where the write fails.
    unsafe { libc::write(pipe, message.as_ptr().cast(), message.len()) };
}

/// Fails with what the system says where `result` is -1.
fn tried(result: c_int) -> core::result::Result<c_int, Failed> {
    if result == -1 { Err(Failed::Before(Errno::last())) } else { Ok(result) }
}

/// # Safety
/// Only in a fresh child.
unsafe fn prepare(plan: &ForkExec<'_>, signals: *const libc::sigset_t) -> core::result::Result<(), Failed> {
    // SAFETY: system calls on the child's own descriptors and identity; pointers are into the plan.
    unsafe {
        for end in [plan.p2cwrite, plan.c2pread, plan.errread, plan.errpipe_read] {
            if end != -1 {
                tried(libc::close(end))?;
            }
        }
        // A descriptor in the place of one of the three streams must move before its place is taken.
        let (mut output, mut error) = (plan.c2pwrite, plan.errwrite);
        if output == 0 {
            output = tried(libc::dup(output))?;
        }
        while error == 0 || error == 1 {
            error = tried(libc::dup(error))?;
        }
        for (end, place) in [(plan.p2cread, 0), (output, 1), (error, 2)] {
            if end == place {
                tried(libc::fcntl(end, libc::F_SETFD, 0))?;
            } else if end != -1 {
                tried(libc::dup2(end, place))?;
            }
        }
        if let Some(folder) = plan.folder
            && libc::chdir(folder.as_ptr()) == -1
        {
            return Err(Failed::Folder(Errno::last()));
        }
        if let Some(mask) = plan.umask {
            libc::umask(mask);
        }
        if plan.restore_signals {
            for signal in [libc::SIGPIPE, libc::SIGXFSZ] {
                libc::signal(signal, libc::SIG_DFL);
            }
        }
        libc::pthread_sigmask(libc::SIG_SETMASK, signals, core::ptr::null_mut());
        if plan.new_session {
            tried(libc::setsid())?;
        }
        if let Some(group) = plan.process_group {
            tried(libc::setpgid(0, group))?;
        }
        if let Some(groups) = plan.groups {
            tried(libc::syscall(libc::SYS_setgroups, groups.len(), groups.as_ptr()) as c_int)?;
        }
        if let Some(gid) = plan.gid {
            tried(libc::syscall(libc::SYS_setregid, gid, gid) as c_int)?;
        }
        if let Some(uid) = plan.uid {
            tried(libc::syscall(libc::SYS_setreuid, uid, uid) as c_int)?;
        }
    }
    Ok(())
}

/// # Safety
/// Only in a fresh child; the arrays end with null.
unsafe fn exec_first(
    plan: &ForkExec<'_>,
    arguments: &[*const c_char],
    environment: Option<&[*const c_char]>,
) -> Failed {
    for fd in plan.keep {
        // What is kept is inherited, also where it was opened close-on-exec.
        if *fd != plan.errpipe_write {
            // SAFETY: plain numbers.
            unsafe { libc::fcntl(*fd, libc::F_SETFD, 0) };
        }
    }
    if plan.close_fds {
        let mut low = 3;
        for fd in plan.keep.iter().copied().filter(|fd| *fd >= 3) {
            close_between(low, fd);
            low = fd + 1;
        }
        close_between(low, Fd::MAX);
    }
    let mut error = Errno(libc::ENOENT);
    for program in plan.programs {
        // SAFETY: the path is terminated, both arrays end with null.
        unsafe {
            match environment {
                Some(environment) => libc::execve(program.as_ptr(), arguments.as_ptr(), environment.as_ptr()),
                None => libc::execv(program.as_ptr(), arguments.as_ptr()),
            };
        }
        let now = Errno::last();
        // The error to tell is the first that says more than "not here".
        if !matches!(now.0, libc::ENOENT | libc::ENOTDIR) && matches!(error.0, libc::ENOENT | libc::ENOTDIR) {
            error = now;
        }
    }
    Failed::Exec(error)
}

fn close_between(low: Fd, high: Fd) {
    if low >= high {
        return;
    }
    // SAFETY: plain numbers.
    let done = unsafe { libc::syscall(libc::SYS_close_range, low as u32, (high - 1) as u32, 0) };
    if done != 0 {
        for fd in low..high.min(65536) {
            // SAFETY: a plain number.
            unsafe { libc::close(fd) };
        }
    }
}

/// One thing `posix_spawn` does to the child's descriptors.
pub enum FileAction<'a> {
    Open { fd: Fd, path: &'a CStr, flags: c_int, mode: u32 },
    Close(Fd),
    Duplicate { from: Fd, to: Fd },
    CloseFrom(Fd),
}

/// How `posix_spawn` sets up the child.
#[derive(Default)]
pub struct SpawnAttributes<'a> {
    pub process_group: Option<Pid>,
    pub reset_ids: bool,
    pub new_session: bool,
    pub signal_mask: Option<&'a [c_int]>,
    pub default_signals: Option<&'a [c_int]>,
    /// Policy (if it changes) and priority.
    pub scheduler: Option<(Option<c_int>, c_int)>,
}

/// A set of signals.
pub(crate) fn signal_set(signals: &[c_int]) -> Result<libc::sigset_t> {
    let mut set = MaybeUninit::<libc::sigset_t>::zeroed();
    // SAFETY: the place is a whole set; sigaddset refuses numbers that are no signals.
    unsafe {
        libc::sigemptyset(set.as_mut_ptr());
        for signal in signals {
            if libc::sigaddset(set.as_mut_ptr(), *signal) != 0 {
                return Err(Errno::last());
            }
        }
        Ok(set.assume_init())
    }
}

/// Frees what the C library keeps for a spawn.
struct Prepared {
    actions: libc::posix_spawn_file_actions_t,
    attributes: libc::posix_spawnattr_t,
}

impl Drop for Prepared {
    fn drop(&mut self) {
        // SAFETY: both were initialised and are given back once.
        unsafe {
            libc::posix_spawn_file_actions_destroy(&raw mut self.actions);
            libc::posix_spawnattr_destroy(&raw mut self.attributes);
        }
    }
}

/// Starts a program; with `search`, along `PATH`.
pub fn posix_spawn(
    program: &CStr,
    arguments: &[CString],
    environment: &[CString],
    actions: &[FileAction<'_>],
    attributes: &SpawnAttributes<'_>,
    search: bool,
) -> Result<Pid> {
    // SAFETY: zeroed C structs, initialised by their functions right away.
    let mut prepared: Prepared = unsafe {
        let mut prepared: Prepared = MaybeUninit::zeroed().assume_init();
        libc::posix_spawn_file_actions_init(&raw mut prepared.actions);
        libc::posix_spawnattr_init(&raw mut prepared.attributes);
        prepared
    };
    for action in actions {
        let list = &raw mut prepared.actions;
        // SAFETY: the list is initialised; paths are terminated and copied by the call.
        zero(unsafe {
            match action {
                FileAction::Open { fd, path, flags, mode } => {
                    libc::posix_spawn_file_actions_addopen(list, *fd, path.as_ptr(), *flags, *mode)
                }
                FileAction::Close(fd) => libc::posix_spawn_file_actions_addclose(list, *fd),
                FileAction::Duplicate { from, to } => {
                    libc::posix_spawn_file_actions_adddup2(list, *from, *to)
                }
                FileAction::CloseFrom(low) => libc::posix_spawn_file_actions_addclosefrom_np(list, *low),
            }
        })?;
    }
    set_attributes(&mut prepared.attributes, attributes)?;
    let (arguments, environment) = (pointers(arguments), pointers(environment));
    let (arguments, environment) = (arguments.as_ptr().cast(), environment.as_ptr().cast());
    let (actions, attributes) = (&raw const prepared.actions, &raw const prepared.attributes);
    let mut pid = 0;
    // SAFETY: everything is initialised, terminated and outlives the call.
    zero(crate::blocking(|| unsafe {
        if search {
            libc::posix_spawnp(&raw mut pid, program.as_ptr(), actions, attributes, arguments, environment)
        } else {
            libc::posix_spawn(&raw mut pid, program.as_ptr(), actions, attributes, arguments, environment)
        }
    }))?;
    Ok(pid)
}

fn set_attributes(target: &mut libc::posix_spawnattr_t, wanted: &SpawnAttributes<'_>) -> Result<()> {
    let mut flags: c_int = 0;
    let target = &raw mut *target;
    // SAFETY: the attributes are initialised; each pointer is to a whole value.
    unsafe {
        if let Some(group) = wanted.process_group {
            zero(libc::posix_spawnattr_setpgroup(target, group))?;
            flags |= libc::POSIX_SPAWN_SETPGROUP;
        }
        if wanted.reset_ids {
            flags |= libc::POSIX_SPAWN_RESETIDS;
        }
        if wanted.new_session {
            flags |= c_int::from(libc::POSIX_SPAWN_SETSID);
        }
        if let Some(signals) = wanted.signal_mask {
            zero(libc::posix_spawnattr_setsigmask(target, &signal_set(signals)?))?;
            flags |= libc::POSIX_SPAWN_SETSIGMASK;
        }
        if let Some(signals) = wanted.default_signals {
            zero(libc::posix_spawnattr_setsigdefault(target, &signal_set(signals)?))?;
            flags |= libc::POSIX_SPAWN_SETSIGDEF;
        }
        if let Some((policy, priority)) = wanted.scheduler {
            let parameter = libc::sched_param { sched_priority: priority };
            zero(libc::posix_spawnattr_setschedparam(target, &raw const parameter))?;
            flags |= libc::POSIX_SPAWN_SETSCHEDPARAM;
            if let Some(policy) = policy {
                zero(libc::posix_spawnattr_setschedpolicy(target, policy))?;
                flags |= libc::POSIX_SPAWN_SETSCHEDULER;
            }
        }
        zero(libc::posix_spawnattr_setflags(target, flags as c_short))
    }
}

/// Runs a program to its end and gives what it wrote and its status word.
pub fn output_of(program: &CStr, arguments: &[CString], environment: &[CString]) -> Result<(Vec<u8>, c_int)> {
    let (reader, writer) = files::pipe(0)?;
    let actions = [FileAction::Duplicate { from: writer, to: 1 }];
    let spawned = posix_spawn(program, arguments, environment, &actions, &SpawnAttributes::default(), true);
    files::close(writer)?;
    let read = files::read_to_end(reader);
    files::close(reader)?;
    let (_, status) = crate::process::wait_for(spawned?, 0)?;
    Ok((read?, status))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(words: &[&str]) -> Vec<CString> {
        words.iter().map(|word| CString::new(*word).unwrap()).collect()
    }

    #[test]
    fn a_spawned_program_writes_through_a_pipe() {
        let (said, status) =
            output_of(c"sh", &texts(&["sh", "-c", "echo $A; exit 3"]), &texts(&["A=spam", "PATH=/bin"]))
                .unwrap();
        assert_eq!((said.as_slice(), libc::WEXITSTATUS(status)), (&b"spam\n"[..], 3));
        assert_eq!(output_of(c"/no/such", &texts(&["x"]), &[]), Err(Errno(libc::ENOENT)));
    }

    fn plan<'a>(programs: &'a [CString], arguments: &'a [CString], pipes: [Fd; 4]) -> ForkExec<'a> {
        ForkExec {
            programs,
            arguments,
            environment: None,
            folder: None,
            close_fds: true,
            keep: &[],
            p2cread: -1,
            p2cwrite: -1,
            c2pread: pipes[0],
            c2pwrite: pipes[1],
            errread: -1,
            errwrite: -1,
            errpipe_read: pipes[2],
            errpipe_write: pipes[3],
            restore_signals: true,
            new_session: false,
            process_group: None,
            uid: None,
            gid: None,
            groups: None,
            umask: None,
        }
    }

    #[test]
    fn fork_exec_runs_a_program_or_says_why_not() {
        for (program, wanted_output, wanted_error) in
            [("/bin/echo", "hi\n", ""), ("/no/such", "", "OSError:2:")]
        {
            let (out, error) = (files::pipe(0).unwrap(), files::pipe(0).unwrap());
            let (programs, arguments) = (texts(&[program]), texts(&["echo", "hi"]));
            let keep = [error.1];
            let mut plan = plan(&programs, &arguments, [out.0, out.1, error.0, error.1]);
            plan.keep = &keep;
            // SAFETY: the child runs no code of other threads.
            let pid = unsafe { fork_exec(&plan, None) }.unwrap();
            for end in [out.1, error.1] {
                files::close(end).unwrap();
            }
            assert_eq!(files::read_to_end(error.0).unwrap(), wanted_error.as_bytes());
            assert_eq!(files::read_to_end(out.0).unwrap(), wanted_output.as_bytes());
            for end in [out.0, error.0] {
                files::close(end).unwrap();
            }
            crate::process::wait_for(pid, 0).unwrap();
        }
    }
}
