//! `_stat`: file modes as numbers and as `ls -l` shows them.

use taipan_objects::prelude::*;

const S_IFMT_MASK: u32 = 0o170_000;

/// Constants of the module.
const NUMBERS: &[(&str, i64)] = &[
    ("SF_APPEND", 262144),
    ("SF_ARCHIVED", 65536),
    ("SF_DATALESS", 1073741824),
    ("SF_FIRMLINK", 8388608),
    ("SF_IMMUTABLE", 131072),
    ("SF_NOUNLINK", 1048576),
    ("SF_SETTABLE", 4294901760),
    ("SF_SNAPSHOT", 2097152),
    ("ST_ATIME", 7),
    ("ST_CTIME", 9),
    ("ST_DEV", 2),
    ("ST_GID", 5),
    ("ST_INO", 1),
    ("ST_MODE", 0),
    ("ST_MTIME", 8),
    ("ST_NLINK", 3),
    ("ST_SIZE", 6),
    ("ST_UID", 4),
    ("S_ENFMT", 1024),
    ("S_IEXEC", 64),
    ("S_IFBLK", 24576),
    ("S_IFCHR", 8192),
    ("S_IFDIR", 16384),
    ("S_IFDOOR", 0),
    ("S_IFIFO", 4096),
    ("S_IFLNK", 40960),
    ("S_IFPORT", 0),
    ("S_IFREG", 32768),
    ("S_IFSOCK", 49152),
    ("S_IFWHT", 0),
    ("S_IREAD", 256),
    ("S_IRGRP", 32),
    ("S_IROTH", 4),
    ("S_IRUSR", 256),
    ("S_IRWXG", 56),
    ("S_IRWXO", 7),
    ("S_IRWXU", 448),
    ("S_ISGID", 1024),
    ("S_ISUID", 2048),
    ("S_ISVTX", 512),
    ("S_IWGRP", 16),
    ("S_IWOTH", 2),
    ("S_IWRITE", 128),
    ("S_IWUSR", 128),
    ("S_IXGRP", 8),
    ("S_IXOTH", 1),
    ("S_IXUSR", 64),
    ("UF_APPEND", 4),
    ("UF_COMPRESSED", 32),
    ("UF_DATAVAULT", 128),
    ("UF_HIDDEN", 32768),
    ("UF_IMMUTABLE", 2),
    ("UF_NODUMP", 1),
    ("UF_NOUNLINK", 16),
    ("UF_OPAQUE", 8),
    ("UF_SETTABLE", 65535),
    ("UF_TRACKED", 64),
];

/// A mode: bits above the lowest 32 must be zero.
fn mode_of(value: &PyObject) -> PyResult<u32> {
    let number = number::index(value)?;
    match number.to_i64().map(u32::try_from) {
        Some(Ok(mode)) => Ok(mode),
        _ if number.sign() < 0 => Err(raised!(OverflowError, "can't convert negative value to unsigned int")),
        _ => Err(raised!(OverflowError, "mode out of range")),
    }
}

fn is_kind(value: &PyObject, kind: u32) -> PyResult<bool> {
    Ok(mode_of(value)? & S_IFMT_MASK == kind)
}

/// The ten characters of `ls -l`.
fn shown(mode: u32) -> String {
    let kind = match mode & S_IFMT_MASK {
        0o100_000 => '-',
        0o040_000 => 'd',
        0o120_000 => 'l',
        0o060_000 => 'b',
        0o020_000 => 'c',
        0o010_000 => 'p',
        0o140_000 => 's',
        _ => '?',
    };
    let mut text = String::from(kind);
    for (shift, special, set, unset) in [(6, 0o4000, 's', 'S'), (3, 0o2000, 's', 'S'), (0, 0o1000, 't', 'T')]
    {
        let bits = mode >> shift;
        text.push(if bits & 4 != 0 { 'r' } else { '-' });
        text.push(if bits & 2 != 0 { 'w' } else { '-' });
        text.push(match (mode & special != 0, bits & 1 != 0) {
            (true, true) => set,
            (true, false) => unset,
            (false, true) => 'x',
            (false, false) => '-',
        });
    }
    text
}

/// S_IFMT_: file type bits
/// S_IFDIR: directory
/// S_IFCHR: character device
/// S_IFBLK: block device
/// S_IFREG: regular file
/// S_IFIFO: fifo (named pipe)
/// S_IFLNK: symbolic link
/// S_IFSOCK: socket file
/// S_IFDOOR: door
/// S_IFPORT: event port
/// S_IFWHT: whiteout
///
/// S_ISUID: set UID bit
/// S_ISGID: set GID bit
/// S_ENFMT: file locking enforcement
/// S_ISVTX: sticky bit
/// S_IREAD: Unix V7 synonym for S_IRUSR
/// S_IWRITE: Unix V7 synonym for S_IWUSR
/// S_IEXEC: Unix V7 synonym for S_IXUSR
/// S_IRWXU: mask for owner permissions
/// S_IRUSR: read by owner
/// S_IWUSR: write by owner
/// S_IXUSR: execute by owner
/// S_IRWXG: mask for group permissions
/// S_IRGRP: read by group
/// S_IWGRP: write by group
/// S_IXGRP: execute by group
/// S_IRWXO: mask for others (not in group) permissions
/// S_IROTH: read by others
/// S_IWOTH: write by others
/// S_IXOTH: execute by others
///
/// UF_SETTABLE: mask of owner changeable flags
/// UF_NODUMP: do not dump file
/// UF_IMMUTABLE: file may not be changed
/// UF_APPEND: file may only be appended to
/// UF_OPAQUE: directory is opaque when viewed through a union stack
/// UF_NOUNLINK: file may not be renamed or deleted
/// UF_COMPRESSED: macOS: file is hfs-compressed
/// UF_TRACKED: used for dealing with document IDs
/// UF_DATAVAULT: entitlement required for reading and writing
/// UF_HIDDEN: macOS: file should not be displayed
/// SF_SETTABLE: mask of super user changeable flags
/// SF_ARCHIVED: file may be archived
/// SF_IMMUTABLE: file may not be changed
/// SF_APPEND: file may only be appended to
/// SF_RESTRICTED: entitlement required for writing
/// SF_NOUNLINK: file may not be renamed or deleted
/// SF_SNAPSHOT: file is a snapshot file
/// SF_FIRMLINK: file is a firmlink
/// SF_DATALESS: file is a dataless object
///
/// On macOS:
/// SF_SUPPORTED: mask of super user supported flags
/// SF_SYNTHETIC: mask of read-only synthetic flags
///
/// ST_MODE
/// ST_INO
/// ST_DEV
/// ST_NLINK
/// ST_UID
/// ST_GID
/// ST_SIZE
/// ST_ATIME
/// ST_MTIME
/// ST_CTIME
///
/// FILE_ATTRIBUTE_*: Windows file attribute constants
///                    (only present on Windows)
///
#[pymodule(name = "_stat")]
pub mod stat {
    use super::*;

    /// S_ISBLK(mode) -> bool
    ///
    /// Return True if mode is from a block special device file.
    #[pyfunction(name = "S_ISBLK", signature = "(object, /)")]
    pub fn s_isblk(mode: &PyObject) -> PyResult<bool> {
        is_kind(mode, 0o060000)
    }

    /// S_ISCHR(mode) -> bool
    ///
    /// Return True if mode is from a character special device file.
    #[pyfunction(name = "S_ISCHR", signature = "(object, /)")]
    pub fn s_ischr(mode: &PyObject) -> PyResult<bool> {
        is_kind(mode, 0o020000)
    }

    /// S_ISDIR(mode) -> bool
    ///
    /// Return True if mode is from a directory.
    #[pyfunction(name = "S_ISDIR", signature = "(object, /)")]
    pub fn s_isdir(mode: &PyObject) -> PyResult<bool> {
        is_kind(mode, 0o040000)
    }

    /// S_ISFIFO(mode) -> bool
    ///
    /// Return True if mode is from a FIFO (named pipe).
    #[pyfunction(name = "S_ISFIFO", signature = "(object, /)")]
    pub fn s_isfifo(mode: &PyObject) -> PyResult<bool> {
        is_kind(mode, 0o010000)
    }

    /// S_ISLNK(mode) -> bool
    ///
    /// Return True if mode is from a symbolic link.
    #[pyfunction(name = "S_ISLNK", signature = "(object, /)")]
    pub fn s_islnk(mode: &PyObject) -> PyResult<bool> {
        is_kind(mode, 0o120000)
    }

    /// S_ISREG(mode) -> bool
    ///
    /// Return True if mode is from a regular file.
    #[pyfunction(name = "S_ISREG", signature = "(object, /)")]
    pub fn s_isreg(mode: &PyObject) -> PyResult<bool> {
        is_kind(mode, 0o100000)
    }

    /// S_ISSOCK(mode) -> bool
    ///
    /// Return True if mode is from a socket.
    #[pyfunction(name = "S_ISSOCK", signature = "(object, /)")]
    pub fn s_issock(mode: &PyObject) -> PyResult<bool> {
        is_kind(mode, 0o140000)
    }

    /// S_ISDOOR(mode) -> bool
    ///
    /// Return True if mode is from a door.
    #[pyfunction(name = "S_ISDOOR", signature = "(object, /)")]
    pub fn s_isdoor(mode: &PyObject) -> PyResult<bool> {
        mode_of(mode).map(|_| false)
    }

    /// S_ISPORT(mode) -> bool
    ///
    /// Return True if mode is from an event port.
    #[pyfunction(name = "S_ISPORT", signature = "(object, /)")]
    pub fn s_isport(mode: &PyObject) -> PyResult<bool> {
        mode_of(mode).map(|_| false)
    }

    /// S_ISWHT(mode) -> bool
    ///
    /// Return True if mode is from a whiteout.
    #[pyfunction(name = "S_ISWHT", signature = "(object, /)")]
    pub fn s_iswht(mode: &PyObject) -> PyResult<bool> {
        mode_of(mode).map(|_| false)
    }

    /// Return the portion of the file's mode that can be set by os.chmod().
    #[pyfunction(name = "S_IMODE", signature = "(object, /)")]
    pub fn s_imode(mode: &PyObject) -> PyResult<u32> {
        Ok(mode_of(mode)? & 0o7777)
    }

    /// Return the portion of the file's mode that describes the file type.
    #[pyfunction(name = "S_IFMT", signature = "(object, /)")]
    pub fn s_ifmt(mode: &PyObject) -> PyResult<u32> {
        Ok(mode_of(mode)? & S_IFMT_MASK)
    }

    /// Convert a file's mode to a string of the form '-rwxrwxrwx'
    #[pyfunction(name = "filemode", signature = "(object, /)")]
    pub fn filemode(mode: &PyObject) -> PyResult<String> {
        mode_of(mode).map(shown)
    }

    #[exec]
    fn exec(module: &PyModule) -> PyResult<()> {
        for &(name, value) in NUMBERS {
            module.add_int(name, value)?;
        }
        Ok(())
    }
}
