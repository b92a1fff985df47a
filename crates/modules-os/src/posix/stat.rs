//! What the system knows about files and file systems.

use super::folder_of;
use taipan_host::{files, paths};
use taipan_objects::prelude::*;
use taipan_objects::system::fd::FileNumber;
use taipan_objects::system::path::{FolderFd, Path, PathOrFd};
use taipan_objects::system::{retry, retry_or_raise};
use taipan_objects::types::structseq::StructSeq;

const AT_SYMLINK_NOFOLLOW: i32 = 0x100;

/// Three fields without names hold the times in whole seconds: the tuple shows those, the attributes the exact ones.
static STAT_RESULT: StructSeq = StructSeq::new(
    "os.stat_result",
    "stat_result: Result from stat, fstat, or lstat.

This object may be accessed either as a tuple of
  (mode, ino, dev, nlink, uid, gid, size, atime, mtime, ctime)
or via the attributes st_mode, st_ino, st_dev, st_nlink, and so on.

Posix/windows: If your platform supports st_blksize, st_blocks, st_rdev,
or st_flags, they are available as attributes only.

See os.stat for more information.",
    &[
        ("st_mode", "protection bits"),
        ("st_ino", "inode"),
        ("st_dev", "device"),
        ("st_nlink", "number of hard links"),
        ("st_uid", "user ID of owner"),
        ("st_gid", "group ID of owner"),
        ("st_size", "total size, in bytes"),
        ("", "integer time of last access"),
        ("", "integer time of last modification"),
        ("", "integer time of last change"),
        ("st_atime", "time of last access"),
        ("st_mtime", "time of last modification"),
        ("st_ctime", "time of last change"),
        ("st_atime_ns", "time of last access in nanoseconds"),
        ("st_mtime_ns", "time of last modification in nanoseconds"),
        ("st_ctime_ns", "time of last change in nanoseconds"),
        ("st_blksize", "blocksize for filesystem I/O"),
        ("st_blocks", "number of blocks allocated"),
        ("st_rdev", "device type (if inode device)"),
    ],
    10,
    true,
);

static STATVFS_RESULT: StructSeq = StructSeq::new(
    "os.statvfs_result",
    "statvfs_result: Result from statvfs or fstatvfs.

This object may be accessed either as a tuple of
  (bsize, frsize, blocks, bfree, bavail, files, ffree, favail, flag, namemax),
or via the attributes f_bsize, f_frsize, f_blocks, f_bfree, and so on.

See os.statvfs for more information.",
    &[
        ("f_bsize", ""),
        ("f_frsize", ""),
        ("f_blocks", ""),
        ("f_bfree", ""),
        ("f_bavail", ""),
        ("f_files", ""),
        ("f_ffree", ""),
        ("f_favail", ""),
        ("f_flag", ""),
        ("f_namemax", ""),
        ("f_fsid", ""),
    ],
    10,
    true,
);

/// Adds the types to the module.
pub(super) fn add_types(module: &PyModule) -> PyResult<()> {
    module.add("stat_result", STAT_RESULT.type_object())?;
    module.add("statvfs_result", STATVFS_RESULT.type_object())
}

/// The result object for what the system said.
pub(super) fn result(stat: &files::Stat) -> PyResult {
    let unsigned = |value: u64| PyInt::from_u64(value).into_obj();
    let signed = |value: i64| PyInt::from_i64(value).into_obj();
    // Users and groups of "nobody known" are -1 as everywhere in this module.
    let id = |value: u32| signed(if value == u32::MAX { -1 } else { i64::from(value) });
    let times = [stat.atime, stat.mtime, stat.ctime];
    let mut values = vec![
        unsigned(u64::from(stat.mode)),
        unsigned(stat.ino),
        unsigned(stat.dev),
        unsigned(stat.nlink),
        id(stat.uid),
        id(stat.gid),
        signed(stat.size),
    ];
    values.extend(times.iter().map(|time| signed(time.0)));
    values.extend(times.iter().map(|&(s, ns)| PyFloat::new(s as f64 + 1e-9 * ns as f64).into_obj()));
    for &(seconds, ns) in &times {
        let total = i128::from(seconds) * 1_000_000_000 + i128::from(ns);
        values.push(match i64::try_from(total) {
            Ok(total) => signed(total),
            Err(_) => {
                let product = number::multiply(&signed(seconds), &signed(1_000_000_000))?;
                number::add(&product, &signed(ns))?
            }
        });
    }
    values.extend([signed(stat.blksize), signed(stat.blocks), unsigned(stat.rdev)]);
    STAT_RESULT.make(values)
}

fn file_system(path: &PathOrFd) -> PyResult {
    let found = retry(|| match path {
        PathOrFd::Path(path) => paths::statvfs(path.as_c()),
        PathOrFd::Fd(fd) => files::fstatvfs(*fd),
    })?;
    file_system_result(found.map_err(|errno| path.error(errno))?)
}

fn file_system_result(fs: files::FileSystem) -> PyResult {
    STATVFS_RESULT.make(fs.iter().map(|&value| PyInt::from_u64(value).into_obj()).collect())
}

#[pymodule(fragment)]
pub mod stat {
    use super::*;

    /// Perform a stat system call on the given path.
    ///
    ///   path
    ///     Path to be examined; can be string, bytes, a path-like object or
    ///     open-file-descriptor int.
    ///   dir_fd
    ///     If not None, it should be a file descriptor open to a directory,
    ///     and path should be a relative string; path will then be relative to
    ///     that directory.
    ///   follow_symlinks
    ///     If False, and the last element of the path is a symbolic link,
    ///     stat will examine the symbolic link itself instead of the file
    ///     the link points to.
    ///
    /// dir_fd and follow_symlinks may not be implemented
    ///   on your platform.  If they are unavailable, using them will raise a
    ///   NotImplementedError.
    ///
    /// It's an error to use dir_fd or follow_symlinks when specifying path as
    ///   an open file descriptor.
    #[pyfunction(signature = "(path, *, dir_fd=None, follow_symlinks=True)")]
    pub fn stat(path: PathOrFd, dir_fd: Option<FolderFd>, follow_symlinks: bool) -> PyResult {
        let found = match &path {
            PathOrFd::Fd(_) if dir_fd.is_some() => {
                return Err(raised!(ValueError, "stat: can't specify dir_fd without matching path"));
            }
            PathOrFd::Fd(_) if !follow_symlinks => {
                return Err(raised!(ValueError, "stat: cannot use fd and follow_symlinks together"));
            }
            PathOrFd::Fd(fd) => files::fstat(*fd),
            PathOrFd::Path(path) => {
                let flags = if follow_symlinks { 0 } else { AT_SYMLINK_NOFOLLOW };
                paths::stat_at(folder_of(dir_fd), path.as_c(), flags)
            }
        };
        result(&found.map_err(|errno| path.error(errno))?)
    }

    /// Perform a stat system call on the given path, without following symbolic links.
    ///
    /// Like stat(), but do not follow symbolic links.
    /// Equivalent to stat(path, follow_symlinks=False).
    #[pyfunction(signature = "(path, *, dir_fd=None)")]
    pub fn lstat(path: Path, dir_fd: Option<FolderFd>) -> PyResult {
        let found = paths::stat_at(folder_of(dir_fd), path.as_c(), AT_SYMLINK_NOFOLLOW);
        result(&found.map_err(|errno| path.error(errno))?)
    }

    /// Perform a stat system call on the given file descriptor.
    ///
    /// Like stat(), but for an open file descriptor.
    /// Equivalent to os.stat(fd).
    #[pyfunction(signature = "(fd)")]
    pub fn fstat(fd: i32) -> PyResult {
        result(&retry_or_raise(|| files::fstat(fd))?)
    }

    /// Perform a statvfs system call on the given path.
    ///
    /// path may always be specified as a string.
    /// On some platforms, path may also be specified as an open file descriptor.
    ///   If this functionality is unavailable, using it raises an exception.
    #[pyfunction(signature = "(path)")]
    pub fn statvfs(path: PathOrFd) -> PyResult {
        file_system(&path)
    }

    /// Perform an fstatvfs system call on the given fd.
    ///
    /// Equivalent to statvfs(fd).
    #[pyfunction(signature = "(fd, /)")]
    pub fn fstatvfs(fd: FileNumber) -> PyResult {
        file_system_result(retry_or_raise(|| files::fstatvfs(fd.0))?)
    }

    /// Extracts a device major number from a raw device number.
    #[pyfunction(signature = "(device, /)")]
    pub fn major(device: u64) -> u64 {
        (device >> 8) & 0xfff | (device >> 32) & 0xffff_f000
    }

    /// Extracts a device minor number from a raw device number.
    #[pyfunction(signature = "(device, /)")]
    pub fn minor(device: u64) -> u64 {
        device & 0xff | (device >> 12) & 0xffff_ff00
    }

    /// Composes a raw device number from the major and minor device numbers.
    #[pyfunction(signature = "(major, minor, /)")]
    pub fn makedev(major: u32, minor: u32) -> u64 {
        let (major, minor) = (u64::from(major), u64::from(minor));
        (major & 0xfff) << 8 | (major & 0xffff_f000) << 32 | minor & 0xff | (minor & 0xffff_ff00) << 12
    }
}
