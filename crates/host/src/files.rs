//! Open files: reading, writing, seeking, locking and asking about descriptors.

#![expect(unsafe_code, reason = "calls into the C library")]

use crate::calls::{Checked, zero};
use crate::{Fd, Result, blocking};
use core::ffi::{CStr, c_int, c_void};
use core::mem::MaybeUninit;
use std::io::{IoSlice, IoSliceMut};

/// What `stat` says about a file. Times are seconds and nanoseconds since the epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stat {
    pub mode: u32,
    pub ino: u64,
    pub dev: u64,
    pub nlink: u64,
    pub uid: u32,
    pub gid: u32,
    pub size: i64,
    pub atime: (i64, i64),
    pub mtime: (i64, i64),
    pub ctime: (i64, i64),
    pub blksize: i64,
    pub blocks: i64,
    pub rdev: u64,
}

impl Stat {
    pub fn is_dir(&self) -> bool {
        self.mode & libc::S_IFMT == libc::S_IFDIR
    }

    pub fn is_file(&self) -> bool {
        self.mode & libc::S_IFMT == libc::S_IFREG
    }

    pub(crate) fn from_c(stat: &libc::stat) -> Self {
        Self {
            mode: stat.st_mode,
            ino: stat.st_ino,
            dev: stat.st_dev,
            nlink: stat.st_nlink,
            uid: stat.st_uid,
            gid: stat.st_gid,
            size: stat.st_size,
            atime: (stat.st_atime, stat.st_atime_nsec),
            mtime: (stat.st_mtime, stat.st_mtime_nsec),
            ctime: (stat.st_ctime, stat.st_ctime_nsec),
            blksize: stat.st_blksize,
            blocks: stat.st_blocks,
            rdev: stat.st_rdev,
        }
    }
}

/// Runs a call that fills a C struct.
pub(crate) fn filled<T>(call: impl FnOnce(*mut T) -> c_int) -> Result<T> {
    let mut value = MaybeUninit::<T>::zeroed();
    let done: Result<()> = blocking(|| call(value.as_mut_ptr()).checked());
    // SAFETY: the callers are this crate's; each passes the pointer to a function that fills plain C data.
    done.map(|()| unsafe { value.assume_init() })
}

blocking_calls! {
    /// Opens a file; the descriptor is not inherited by new programs (PEP 446).
    pub fn open(path: &CStr, flags: c_int, mode: u32) -> Fd = libc::open(path.as_ptr(), flags | libc::O_CLOEXEC, mode);
    pub fn open_at(folder: Fd, path: &CStr, flags: c_int, mode: u32) -> Fd =
        libc::openat(folder, path.as_ptr(), flags | libc::O_CLOEXEC, mode);
    pub fn close(fd: Fd) -> () = libc::close(fd);
    pub fn read(fd: Fd, buffer: &mut [u8]) -> usize = libc::read(fd, buffer.as_mut_ptr().cast(), buffer.len());
    pub fn write(fd: Fd, data: &[u8]) -> usize = libc::write(fd, data.as_ptr().cast(), data.len());
    pub fn pread(fd: Fd, buffer: &mut [u8], at: i64) -> usize =
        libc::pread(fd, buffer.as_mut_ptr().cast(), buffer.len(), at);
    pub fn pwrite(fd: Fd, data: &[u8], at: i64) -> usize = libc::pwrite(fd, data.as_ptr().cast(), data.len(), at);
    pub fn readv(fd: Fd, buffers: &mut [IoSliceMut<'_>]) -> usize =
        libc::readv(fd, buffers.as_mut_ptr().cast(), buffers.len() as c_int);
    pub fn writev(fd: Fd, data: &[IoSlice<'_>]) -> usize = libc::writev(fd, data.as_ptr().cast(), data.len() as c_int);
    pub fn preadv(fd: Fd, buffers: &mut [IoSliceMut<'_>], at: i64, flags: c_int) -> usize =
        libc::preadv2(fd, buffers.as_mut_ptr().cast(), buffers.len() as c_int, at, flags);
    pub fn pwritev(fd: Fd, data: &[IoSlice<'_>], at: i64, flags: c_int) -> usize =
        libc::pwritev2(fd, data.as_ptr().cast(), data.len() as c_int, at, flags);
    pub fn seek(fd: Fd, offset: i64, whence: c_int) -> i64 = libc::lseek(fd, offset, whence);
    pub fn truncate(path: &CStr, length: i64) -> () = libc::truncate(path.as_ptr(), length);
    pub fn ftruncate(fd: Fd, length: i64) -> () = libc::ftruncate(fd, length);
    pub fn fsync(fd: Fd) -> () = libc::fsync(fd);
    pub fn fdatasync(fd: Fd) -> () = libc::fdatasync(fd);
    pub fn fchmod(fd: Fd, mode: u32) -> () = libc::fchmod(fd, mode);
    pub fn fchown(fd: Fd, uid: u32, gid: u32) -> () = libc::fchown(fd, uid, gid);
    pub fn fchdir(fd: Fd) -> () = libc::fchdir(fd);
    /// `flock`: whole-file locks of the descriptor.
    pub fn flock(fd: Fd, operation: c_int) -> () = libc::flock(fd, operation);
    /// A descriptor-control command whose argument is a number.
    pub fn fcntl(fd: Fd, command: c_int, argument: libc::c_long) -> c_int = libc::fcntl(fd, command, argument);
    /// A device-control request whose argument is a number.
    pub fn ioctl(fd: Fd, request: u64, argument: libc::c_ulong) -> c_int = libc::ioctl(fd, request, argument);
    pub fn memfd_create(name: &CStr, flags: u32) -> Fd = libc::memfd_create(name.as_ptr(), flags);
    pub fn eventfd(initial: u32, flags: c_int) -> Fd = libc::eventfd(initial, flags);
    /// A timer that is read; the descriptor is not inherited by new programs (PEP 446).
    pub fn timerfd_create(clock: c_int, flags: c_int) -> Fd = libc::timerfd_create(clock, flags | libc::TFD_CLOEXEC);
    pub fn copy_file_range(from: Fd, from_at: Option<&mut i64>, to: Fd, to_at: Option<&mut i64>, count: usize) -> usize =
        libc::copy_file_range(from, optional(from_at), to, optional(to_at), count, 0);
    pub fn splice(from: Fd, from_at: Option<&mut i64>, to: Fd, to_at: Option<&mut i64>, count: usize, flags: u32) -> usize =
        libc::splice(from, optional(from_at), to, optional(to_at), count, flags);
    pub fn sendfile(to: Fd, from: Fd, at: Option<&mut i64>, count: usize) -> usize =
        libc::sendfile(to, from, optional(at), count);
    pub fn lockf(fd: Fd, command: c_int, length: i64) -> () = libc::lockf(fd, command, length);
}

plain_calls! {
    pub fn dup(fd: Fd) -> Fd = libc::fcntl(fd, libc::F_DUPFD_CLOEXEC, 0);
    /// Makes `to` name what `fd` names; new programs inherit it.
    pub fn dup2(fd: Fd, to: Fd) -> Fd = libc::dup2(fd, to);
    pub fn dup3(fd: Fd, to: Fd, flags: c_int) -> Fd = libc::dup3(fd, to, flags);
}

fn optional(at: Option<&mut i64>) -> *mut i64 {
    at.map_or(core::ptr::null_mut(), |at| at)
}

/// Reads through an uninitialised tail: at most `count` bytes are appended to `buffer`, and their number is returned.
pub fn read_into(fd: Fd, buffer: &mut Vec<u8>, count: usize) -> Result<usize> {
    buffer.reserve(count);
    let room = buffer.spare_capacity_mut();
    let length = room.len().min(count);
    // SAFETY: the spare capacity is writable for its length; read initialises as many bytes as it says.
    let read: usize = blocking(|| unsafe { libc::read(fd, room.as_mut_ptr().cast(), length) }.checked())?;
    // SAFETY: so many bytes behind the old length are initialised now.
    unsafe { buffer.set_len(buffer.len() + read) };
    Ok(read)
}

/// All that is left to read of a descriptor. Interruptions are passed over.
pub fn read_to_end(fd: Fd) -> Result<Vec<u8>> {
    let expected = fstat(fd).map_or(0, |stat| usize::try_from(stat.size).unwrap_or(0));
    let mut data = Vec::new();
    let mut count = expected.max(4096) + 1;
    loop {
        match read_into(fd, &mut data, count) {
            Ok(0) => return Ok(data),
            Ok(_) => count = data.len().clamp(4096, 1 << 20),
            Err(error) if error.0 == libc::EINTR => {}
            Err(error) => return Err(error),
        }
    }
}

/// Writes all of `data`. Interruptions are passed over.
pub fn write_all(fd: Fd, mut data: &[u8]) -> Result<()> {
    while !data.is_empty() {
        match write(fd, data) {
            Ok(written) => data = &data[written..],
            Err(error) if error.0 == libc::EINTR => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

pub fn fstat(fd: Fd) -> Result<Stat> {
    // SAFETY: `filled` passes a pointer to a whole struct.
    filled(|stat| unsafe { libc::fstat(fd, stat) }).map(|stat| Stat::from_c(&stat))
}

/// What `statvfs` says of a file system: `f_bsize`, `f_frsize`, `f_blocks`, `f_bfree`, `f_bavail`, `f_files`,
/// `f_ffree`, `f_favail`, `f_flag`, `f_namemax`, `f_fsid`.
pub type FileSystem = [u64; 11];

pub(crate) fn file_system(of: libc::statvfs) -> FileSystem {
    [
        of.f_bsize,
        of.f_frsize,
        of.f_blocks,
        of.f_bfree,
        of.f_bavail,
        of.f_files,
        of.f_ffree,
        of.f_favail,
        of.f_flag,
        of.f_namemax,
        of.f_fsid,
    ]
}

pub fn fstatvfs(fd: Fd) -> Result<FileSystem> {
    // SAFETY: `filled` passes a pointer to a whole struct.
    filled(|stat| unsafe { libc::fstatvfs(fd, stat) }).map(file_system)
}

/// The two ends of a new pipe: for reading, for writing. `flags` are added to `O_CLOEXEC`.
pub fn pipe(flags: c_int) -> Result<(Fd, Fd)> {
    let mut ends = [0; 2];
    // SAFETY: the array has room for both ends.
    let done: Result<()> = unsafe { libc::pipe2(ends.as_mut_ptr(), flags | libc::O_CLOEXEC) }.checked();
    done.map(|()| (ends[0], ends[1]))
}

/// How much a control command may write behind the data it was given before memory of others would suffer.
const CONTROL_MARGIN: usize = 1024;

/// Runs a control call on a copy of `data` with room behind it: how much a command writes is the driver's affair.
fn controlled(data: &mut [u8], call: impl FnOnce(*mut c_void) -> c_int) -> Result<c_int> {
    let mut copy = data.to_vec();
    copy.resize(data.len() + CONTROL_MARGIN, 0);
    let result = blocking(|| call(copy.as_mut_ptr().cast()).checked());
    let length = data.len();
    data.copy_from_slice(&copy[..length]);
    result
}

/// A descriptor-control command whose argument is a block of data, which it may change.
pub fn fcntl_data(fd: Fd, command: c_int, data: &mut [u8]) -> Result<c_int> {
    // SAFETY: the pointer is writable for more than any known command writes.
    controlled(data, |pointer| unsafe { libc::fcntl(fd, command, pointer) })
}

/// A device-control request whose argument is a block of data, which it may change.
pub fn ioctl_data(fd: Fd, request: u64, data: &mut [u8]) -> Result<c_int> {
    // SAFETY: the pointer is writable for more than any known request writes.
    controlled(data, |pointer| unsafe { libc::ioctl(fd, request, pointer) })
}

/// A record lock (`F_SETLK`, `F_SETLKW`) of `kind` (`F_RDLCK`, `F_WRLCK`, `F_UNLCK`).
pub fn record_lock(fd: Fd, wait: bool, kind: i16, whence: i16, start: i64, length: i64) -> Result<()> {
    let lock = libc::flock { l_type: kind, l_whence: whence, l_start: start, l_len: length, l_pid: 0 };
    let command = if wait { libc::F_SETLKW } else { libc::F_SETLK };
    // SAFETY: the struct outlives the call.
    blocking(|| unsafe { libc::fcntl(fd, command, &raw const lock) }.checked())
}

pub fn sync() {
    // SAFETY: takes nothing and cannot fail.
    blocking(|| unsafe { libc::sync() });
}

/// Makes room on the disk for a range of the file.
pub fn posix_fallocate(fd: Fd, offset: i64, length: i64) -> Result<()> {
    // SAFETY: plain numbers.
    blocking(|| zero(unsafe { libc::posix_fallocate(fd, offset, length) }))
}

pub fn posix_fadvise(fd: Fd, offset: i64, length: i64, advice: c_int) -> Result<()> {
    // SAFETY: plain numbers.
    blocking(|| zero(unsafe { libc::posix_fadvise(fd, offset, length, advice) }))
}

/// Whether the descriptor is a terminal.
pub fn is_terminal(fd: Fd) -> bool {
    // SAFETY: a plain number.
    unsafe { libc::isatty(fd) == 1 }
}

/// Whether new programs inherit the descriptor.
pub fn is_inheritable(fd: Fd) -> Result<bool> {
    // SAFETY: plain numbers.
    let flags: c_int = unsafe { libc::fcntl(fd, libc::F_GETFD) }.checked()?;
    Ok(flags & libc::FD_CLOEXEC == 0)
}

pub fn set_inheritable(fd: Fd, inheritable: bool) -> Result<()> {
    // SAFETY: plain numbers.
    let flags: c_int = unsafe { libc::fcntl(fd, libc::F_GETFD) }.checked()?;
    let wanted = if inheritable { flags & !libc::FD_CLOEXEC } else { flags | libc::FD_CLOEXEC };
    if wanted == flags {
        return Ok(());
    }
    // SAFETY: plain numbers.
    unsafe { libc::fcntl(fd, libc::F_SETFD, wanted) }.checked()
}

/// Whether a read of the descriptor waits for data.
pub fn is_blocking(fd: Fd) -> Result<bool> {
    // SAFETY: plain numbers.
    let flags: c_int = unsafe { libc::fcntl(fd, libc::F_GETFL) }.checked()?;
    Ok(flags & libc::O_NONBLOCK == 0)
}

pub fn set_blocking(fd: Fd, wait: bool) -> Result<()> {
    // SAFETY: plain numbers.
    let flags: c_int = unsafe { libc::fcntl(fd, libc::F_GETFL) }.checked()?;
    let wanted = if wait { flags & !libc::O_NONBLOCK } else { flags | libc::O_NONBLOCK };
    // SAFETY: plain numbers.
    unsafe { libc::fcntl(fd, libc::F_SETFL, wanted) }.checked()
}

/// Closes every descriptor from `low` up to but not including `high`, whatever each close says.
pub fn close_range(low: Fd, high: Fd) {
    if low >= high {
        return;
    }
    let low = low.max(0);
    blocking(|| {
        // SAFETY: plain numbers.
        let done = unsafe { libc::syscall(libc::SYS_close_range, low as u32, (high - 1) as u32, 0) };
        if done != 0 {
            for fd in low..high {
                // SAFETY: a plain number; closing what is not open does nothing.
                unsafe { libc::close(fd) };
            }
        }
    });
}

/// Adds to or waits for an event counter.
pub fn eventfd_write(fd: Fd, value: u64) -> Result<()> {
    write(fd, &value.to_ne_bytes()).map(|_| ())
}

pub fn eventfd_read(fd: Fd) -> Result<u64> {
    let mut value = [0; 8];
    read(fd, &mut value).map(|_| u64::from_ne_bytes(value))
}

/// Arms a timer descriptor: nanoseconds to the first expiry and between the next ones; gives the former setting.
pub fn timerfd_settime(fd: Fd, flags: c_int, interval_ns: i64, first_ns: i64) -> Result<(i64, i64)> {
    let split = |ns: i64| libc::timespec {
        tv_sec: ns.div_euclid(1_000_000_000),
        tv_nsec: ns.rem_euclid(1_000_000_000),
    };
    let new = libc::itimerspec { it_interval: split(interval_ns), it_value: split(first_ns) };
    // SAFETY: both structs outlive the call.
    filled(|old| unsafe { libc::timerfd_settime(fd, flags, &raw const new, old) }).map(timer_setting)
}

pub fn timerfd_gettime(fd: Fd) -> Result<(i64, i64)> {
    // SAFETY: `filled` passes a pointer to a whole struct.
    filled(|old| unsafe { libc::timerfd_gettime(fd, old) }).map(timer_setting)
}

fn timer_setting(timer: libc::itimerspec) -> (i64, i64) {
    let join = |time: libc::timespec| time.tv_sec.saturating_mul(1_000_000_000).saturating_add(time.tv_nsec);
    (join(timer.it_interval), join(timer.it_value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pipe_carries_bytes_and_is_not_inherited() {
        let (reader, writer) = pipe(0).unwrap();
        assert!(!is_inheritable(reader).unwrap());
        set_inheritable(reader, true).unwrap();
        assert!(is_inheritable(reader).unwrap());
        assert!(is_blocking(reader).unwrap());
        write_all(writer, b"spam").unwrap();
        close(writer).unwrap();
        assert_eq!(read_to_end(reader).unwrap(), b"spam");
        close(reader).unwrap();
        // A number that no other test opens meanwhile.
        assert_eq!(close(i32::MAX), Err(crate::Errno(libc::EBADF)));
    }

    #[test]
    fn a_memory_file_has_a_position_and_a_size() {
        let fd = memfd_create(c"host-test", libc::MFD_CLOEXEC).unwrap();
        write_all(fd, b"0123456789").unwrap();
        assert_eq!(seek(fd, -3, libc::SEEK_END).unwrap(), 7);
        let mut buffer = [0; 8];
        assert_eq!(read(fd, &mut buffer).unwrap(), 3);
        assert_eq!(&buffer[..3], b"789");
        assert_eq!(pread(fd, &mut buffer[..2], 4).unwrap(), 2);
        assert_eq!(&buffer[..2], b"45");
        ftruncate(fd, 5).unwrap();
        let stat = fstat(fd).unwrap();
        assert!(stat.is_file() && stat.size == 5);
        assert!(!is_terminal(fd));
        close(fd).unwrap();
    }
}
