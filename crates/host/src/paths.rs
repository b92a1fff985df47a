//! Files by their names: folders, links, permissions, extended attributes, what a folder holds.
//!
//! Each `…_at` function takes the descriptor of the folder that relative names start from, or
//! [`crate::CURRENT_FOLDER`].

#![expect(unsafe_code, reason = "calls into the C library")]

use crate::calls::Checked;
use crate::files::{Stat, filled};
use crate::{Errno, Fd, Result, blocking};
use core::ffi::{CStr, c_char, c_int};
use core::ptr::NonNull;
use std::ffi::CString;

blocking_calls! {
    pub fn mkdir_at(folder: Fd, path: &CStr, mode: u32) -> () = libc::mkdirat(folder, path.as_ptr(), mode);
    pub fn rmdir(path: &CStr) -> () = libc::rmdir(path.as_ptr());
    pub fn unlink(path: &CStr) -> () = libc::unlink(path.as_ptr());
    /// Removes a name; `AT_REMOVEDIR` among the flags removes a folder.
    pub fn unlink_at(folder: Fd, path: &CStr, flags: c_int) -> () = libc::unlinkat(folder, path.as_ptr(), flags);
    pub fn rename_at(from: Fd, old: &CStr, to: Fd, new: &CStr) -> () =
        libc::renameat(from, old.as_ptr(), to, new.as_ptr());
    pub fn link_at(from: Fd, old: &CStr, to: Fd, new: &CStr, flags: c_int) -> () =
        libc::linkat(from, old.as_ptr(), to, new.as_ptr(), flags);
    pub fn symlink_at(target: &CStr, folder: Fd, path: &CStr) -> () =
        libc::symlinkat(target.as_ptr(), folder, path.as_ptr());
    pub fn chdir(path: &CStr) -> () = libc::chdir(path.as_ptr());
    pub fn chroot(path: &CStr) -> () = libc::chroot(path.as_ptr());
    pub fn chmod(path: &CStr, mode: u32) -> () = libc::chmod(path.as_ptr(), mode);
    pub fn chmod_at(folder: Fd, path: &CStr, mode: u32, flags: c_int) -> () =
        libc::fchmodat(folder, path.as_ptr(), mode, flags);
    pub fn chown_at(folder: Fd, path: &CStr, uid: u32, gid: u32, flags: c_int) -> () =
        libc::fchownat(folder, path.as_ptr(), uid, gid, flags);
    pub fn access_at(folder: Fd, path: &CStr, mode: c_int, flags: c_int) -> () =
        libc::faccessat(folder, path.as_ptr(), mode, flags);
    pub fn mkfifo_at(folder: Fd, path: &CStr, mode: u32) -> () = libc::mkfifoat(folder, path.as_ptr(), mode);
    pub fn mknod_at(folder: Fd, path: &CStr, mode: u32, device: u64) -> () =
        libc::mknodat(folder, path.as_ptr(), mode, device);
    pub fn remove_xattr(path: &CStr, name: &CStr) -> () = libc::removexattr(path.as_ptr(), name.as_ptr());
    pub fn remove_link_xattr(path: &CStr, name: &CStr) -> () = libc::lremovexattr(path.as_ptr(), name.as_ptr());
    pub fn remove_fd_xattr(fd: Fd, name: &CStr) -> () = libc::fremovexattr(fd, name.as_ptr());
}

pub fn stat(path: &CStr) -> Result<Stat> {
    stat_at(crate::CURRENT_FOLDER, path, 0)
}

/// `stat` of the link itself where the path names one.
pub fn lstat(path: &CStr) -> Result<Stat> {
    stat_at(crate::CURRENT_FOLDER, path, libc::AT_SYMLINK_NOFOLLOW)
}

pub fn stat_at(folder: Fd, path: &CStr, flags: c_int) -> Result<Stat> {
    // SAFETY: `filled` passes a pointer to a whole struct; the path is terminated.
    filled(|stat| unsafe { libc::fstatat(folder, path.as_ptr(), stat, flags) })
        .map(|stat| Stat::from_c(&stat))
}

/// Whether the path names something that exists.
pub fn exists(path: &CStr) -> bool {
    stat(path).is_ok()
}

pub fn statvfs(path: &CStr) -> Result<crate::files::FileSystem> {
    // SAFETY: `filled` passes a pointer to a whole struct; the path is terminated.
    filled(|stat| unsafe { libc::statvfs(path.as_ptr(), stat) }).map(crate::files::file_system)
}

pub fn statx(folder: Fd, path: &CStr, flags: c_int, mask: u32) -> Result<libc::statx> {
    // SAFETY: `filled` passes a pointer to a whole struct; the path is terminated.
    filled(|stat| unsafe { libc::statx(folder, path.as_ptr(), flags, mask, stat) })
}

/// The current folder.
pub fn current_folder() -> Result<Vec<u8>> {
    grown(|buffer| {
        // SAFETY: the buffer is as long as said; the text is terminated where the call succeeds.
        let got = unsafe { libc::getcwd(buffer.as_mut_ptr().cast(), buffer.len()) };
        if got.is_null() {
            return Err(Errno::last());
        }
        Ok(buffer.iter().position(|byte| *byte == 0))
    })
}

/// What a symbolic link says.
pub fn readlink_at(folder: Fd, path: &CStr) -> Result<Vec<u8>> {
    grown(|buffer| {
        // SAFETY: the path is terminated and the buffer as long as said.
        let length: usize =
            unsafe { libc::readlinkat(folder, path.as_ptr(), buffer.as_mut_ptr().cast(), buffer.len()) }
                .checked()?;
        Ok((length < buffer.len()).then_some(length))
    })
}

/// Calls `fill` with larger and larger buffers until what it writes fits; it says how much it wrote, if that was all.
fn grown(mut fill: impl FnMut(&mut [u8]) -> Result<Option<usize>>) -> Result<Vec<u8>> {
    let mut buffer = vec![0; 1024];
    loop {
        match blocking(|| fill(&mut buffer)) {
            Ok(Some(length)) => {
                buffer.truncate(length);
                return Ok(buffer);
            }
            Ok(None) => {}
            Err(Errno(libc::ERANGE)) => {}
            Err(error) => return Err(error),
        }
        let longer = buffer.len() * 2;
        buffer.resize(longer, 0);
    }
}

/// The path without links, `.` and `..`; every part of it must exist.
pub fn realpath(path: &CStr) -> Result<Vec<u8>> {
    blocking(|| {
        // SAFETY: the path is terminated; with a null buffer the call allocates what it returns.
        let resolved = NonNull::new(unsafe { libc::realpath(path.as_ptr(), core::ptr::null_mut()) });
        let Some(resolved) = resolved else { return Err(Errno::last()) };
        // SAFETY: the call gave back a terminated text of its own, freed once, here.
        unsafe {
            let text = CStr::from_ptr(resolved.as_ptr()).to_bytes().to_vec();
            libc::free(resolved.as_ptr().cast());
            Ok(text)
        }
    })
}

/// Sets access and modification times, in nanoseconds since the epoch; `None` means now.
pub fn set_times(folder: Fd, path: &CStr, times: Option<(i64, i64)>, flags: c_int) -> Result<()> {
    let split = |ns: i64| libc::timespec {
        tv_sec: ns.div_euclid(1_000_000_000),
        tv_nsec: ns.rem_euclid(1_000_000_000),
    };
    let pair = times.map(|(accessed, modified)| [split(accessed), split(modified)]);
    let pointer = pair.as_ref().map_or(core::ptr::null(), |pair| pair.as_ptr());
    // SAFETY: the path is terminated; the pointer is null or to both times.
    blocking(|| unsafe { libc::utimensat(folder, path.as_ptr(), pointer, flags) }.checked())
}

/// Sets the times of an open file, in nanoseconds since the epoch; `None` means now.
pub fn set_fd_times(fd: Fd, times: Option<(i64, i64)>) -> Result<()> {
    let split = |ns: i64| libc::timespec {
        tv_sec: ns.div_euclid(1_000_000_000),
        tv_nsec: ns.rem_euclid(1_000_000_000),
    };
    let pair = times.map(|(accessed, modified)| [split(accessed), split(modified)]);
    let pointer = pair.as_ref().map_or(core::ptr::null(), |pair| pair.as_ptr());
    // SAFETY: the pointer is null or to both times.
    blocking(|| unsafe { libc::futimens(fd, pointer) }.checked())
}

/// A limit of the file system; `None` where there is none.
pub fn pathconf(path: &CStr, name: c_int) -> Result<Option<i64>> {
    Errno(0).set();
    // SAFETY: the path is terminated.
    limit(unsafe { libc::pathconf(path.as_ptr(), name) })
}

pub fn fpathconf(fd: Fd, name: c_int) -> Result<Option<i64>> {
    Errno(0).set();
    // SAFETY: plain numbers.
    limit(unsafe { libc::fpathconf(fd, name) })
}

fn limit(value: i64) -> Result<Option<i64>> {
    match Errno::last() {
        Errno(0) if value == -1 => Ok(None),
        error if value == -1 => Err(error),
        _ => Ok(Some(value)),
    }
}

/// Which file an extended attribute belongs to.
#[derive(Clone, Copy)]
pub enum XattrOf<'a> {
    File(&'a CStr),
    Link(&'a CStr),
    Open(Fd),
}

pub fn get_xattr(of: XattrOf<'_>, name: &CStr) -> Result<Vec<u8>> {
    grown(|buffer| {
        let (pointer, length) = (buffer.as_mut_ptr().cast(), buffer.len());
        // SAFETY: names are terminated and the buffer as long as said.
        let got = unsafe {
            match of {
                XattrOf::File(path) => libc::getxattr(path.as_ptr(), name.as_ptr(), pointer, length),
                XattrOf::Link(path) => libc::lgetxattr(path.as_ptr(), name.as_ptr(), pointer, length),
                XattrOf::Open(fd) => libc::fgetxattr(fd, name.as_ptr(), pointer, length),
            }
        };
        got.checked().map(Some)
    })
}

pub fn list_xattr(of: XattrOf<'_>) -> Result<Vec<Vec<u8>>> {
    let names = grown(|buffer| {
        let (pointer, length) = (buffer.as_mut_ptr().cast(), buffer.len());
        // SAFETY: the path is terminated and the buffer as long as said.
        let got = unsafe {
            match of {
                XattrOf::File(path) => libc::listxattr(path.as_ptr(), pointer, length),
                XattrOf::Link(path) => libc::llistxattr(path.as_ptr(), pointer, length),
                XattrOf::Open(fd) => libc::flistxattr(fd, pointer, length),
            }
        };
        got.checked().map(Some)
    })?;
    Ok(names.split(|byte| *byte == 0).filter(|name| !name.is_empty()).map(<[u8]>::to_vec).collect())
}

pub fn set_xattr(of: XattrOf<'_>, name: &CStr, value: &[u8], flags: c_int) -> Result<()> {
    let (pointer, length) = (value.as_ptr().cast(), value.len());
    // SAFETY: names are terminated and the value as long as said.
    blocking(|| unsafe {
        match of {
            XattrOf::File(path) => libc::setxattr(path.as_ptr(), name.as_ptr(), pointer, length, flags),
            XattrOf::Link(path) => libc::lsetxattr(path.as_ptr(), name.as_ptr(), pointer, length, flags),
            XattrOf::Open(fd) => libc::fsetxattr(fd, name.as_ptr(), pointer, length, flags),
        }
        .checked()
    })
}

/// One thing in a folder, as `readdir` tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub name: CString,
    pub ino: u64,
    /// `DT_DIR`, `DT_REG`, …, or `DT_UNKNOWN` where the file system does not say.
    pub kind: u8,
}

/// An open folder, read entry by entry; `.` and `..` are left out.
pub struct Folder {
    stream: NonNull<libc::DIR>,
    /// Whether the position belongs to a descriptor of the caller's, to be put back when done.
    shared: bool,
}

// SAFETY: the stream is used through `&mut self` alone, and readdir is safe on different streams at once.
unsafe impl Send for Folder {}

impl Folder {
    pub fn open(path: &CStr) -> Result<Self> {
        // SAFETY: the path is terminated.
        let stream =
            blocking(|| NonNull::new(unsafe { libc::opendir(path.as_ptr()) }).ok_or_else(Errno::last))?;
        Ok(Self { stream, shared: false })
    }

    /// Reads the folder that `fd` has open. The descriptor stays the caller's.
    pub fn from_fd(fd: Fd) -> Result<Self> {
        let own = crate::files::dup(fd)?;
        // SAFETY: the descriptor is our own; the stream takes it.
        match NonNull::new(unsafe { libc::fdopendir(own) }) {
            Some(stream) => Ok(Self { stream, shared: true }),
            None => {
                let error = Errno::last();
                crate::files::close(own)?;
                Err(error)
            }
        }
    }

    /// The next entry, or `None` at the end.
    pub fn next_entry(&mut self) -> Result<Option<Entry>> {
        loop {
            let stream = self.stream;
            let entry = blocking(|| {
                Errno(0).set();
                // SAFETY: the stream is open.
                let entry = unsafe { libc::readdir(stream.as_ptr()) };
                match (NonNull::new(entry), Errno::last()) {
                    (None, Errno(0)) => Ok(None),
                    (None, error) => Err(error),
                    (Some(entry), _) => Ok(Some(entry)),
                }
            })?;
            let Some(entry) = entry else { return Ok(None) };
            // SAFETY: the entry is valid until the next read of the stream and its name is terminated.
            let (name, ino, kind) = unsafe {
                let entry = entry.as_ptr();
                let name: *const c_char = (&raw const (*entry).d_name).cast();
                (CStr::from_ptr(name), (*entry).d_ino, (*entry).d_type)
            };
            if !matches!(name.to_bytes(), b"." | b"..") {
                return Ok(Some(Entry { name: name.to_owned(), ino, kind }));
            }
        }
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let (stream, shared) = (self.stream, self.shared);
        // SAFETY: the stream is open and closed once, here.
        blocking(|| unsafe {
            if shared {
                libc::rewinddir(stream.as_ptr());
            }
            libc::closedir(stream.as_ptr());
        });
    }
}

/// Every entry of a folder.
pub fn read_folder(path: &CStr) -> Result<Vec<Entry>> {
    let mut folder = Folder::open(path)?;
    let mut entries = Vec::new();
    while let Some(entry) = folder.next_entry()? {
        entries.push(entry);
    }
    Ok(entries)
}

/// The whole of a file.
pub fn read_file(path: &CStr) -> Result<Vec<u8>> {
    let fd = crate::files::open(path, libc::O_RDONLY, 0)?;
    let data = crate::files::read_to_end(fd);
    crate::files::close(fd)?;
    data
}

/// Writes a file as a whole: readers see the old contents or the new, never a part (as `.pyc` files need).
pub fn write_file_atomically(path: &CStr, data: &[u8], mode: u32) -> Result<()> {
    let mut temporary = path.to_bytes().to_vec();
    temporary.extend_from_slice(format!(".{}", crate::process::pid()).as_bytes());
    let temporary = CString::new(temporary).map_err(|_| Errno(libc::EINVAL))?;
    let flags = libc::O_WRONLY | libc::O_CREAT | libc::O_EXCL;
    let fd = crate::files::open(&temporary, flags, mode)?;
    let written = crate::files::write_all(fd, data);
    let closed = crate::files::close(fd);
    let here = crate::CURRENT_FOLDER;
    let done = written.and(closed).and_then(|()| rename_at(here, &temporary, here, path));
    if done.is_err() {
        // The write failed already: that error is the one to tell.
        let _ = unlink(&temporary);
    }
    done
}

/// Makes a folder and those above it, as far as they do not exist.
pub fn make_folders(path: &CStr, mode: u32) -> Result<()> {
    match mkdir_at(crate::CURRENT_FOLDER, path, mode) {
        Err(Errno(libc::EEXIST)) => Ok(()),
        Err(Errno(libc::ENOENT)) => {
            let bytes = path.to_bytes();
            let end = bytes
                .iter()
                .rposition(|byte| *byte == b'/')
                .filter(|at| *at > 0)
                .ok_or(Errno(libc::ENOENT))?;
            let above = CString::new(&bytes[..end]).map_err(|_| Errno(libc::EINVAL))?;
            make_folders(&above, mode)?;
            match mkdir_at(crate::CURRENT_FOLDER, path, mode) {
                Err(Errno(libc::EEXIST)) => Ok(()),
                other => other,
            }
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::CURRENT_FOLDER;

    fn scratch(name: &str) -> CString {
        let path = std::env::temp_dir().join(format!("taipan-host-{name}-{}", crate::process::pid()));
        CString::new(path.into_os_string().into_encoded_bytes()).unwrap()
    }

    fn below(folder: &CStr, name: &str) -> CString {
        CString::new([folder.to_bytes(), b"/", name.as_bytes()].concat()).unwrap()
    }

    #[test]
    fn a_folder_is_made_filled_read_and_removed() {
        let folder = scratch("paths");
        let inner = below(&folder, "a/b");
        make_folders(&inner, 0o755).unwrap();
        let file = below(&folder, "f");
        write_file_atomically(&file, b"one", 0o644).unwrap();
        write_file_atomically(&file, b"two", 0o644).unwrap();
        assert_eq!(read_file(&file).unwrap(), b"two");
        let link = below(&folder, "l");
        symlink_at(c"f", CURRENT_FOLDER, &link).unwrap();
        assert_eq!(readlink_at(CURRENT_FOLDER, &link).unwrap(), b"f");
        assert_eq!(realpath(&link).unwrap(), realpath(&file).unwrap());
        assert_ne!(lstat(&link).unwrap().ino, stat(&link).unwrap().ino);
        set_times(CURRENT_FOLDER, &file, Some((1_500_000_000, -1)), 0).unwrap();
        let times = stat(&file).unwrap();
        assert_eq!((times.atime, times.mtime), ((1, 500_000_000), (-1, 999_999_999)));
        let mut names: Vec<_> = read_folder(&folder).unwrap().into_iter().map(|entry| entry.name).collect();
        names.sort();
        assert_eq!(names, [c"a", c"f", c"l"].map(CStr::to_owned));
        for path in [&link, &file] {
            unlink(path).unwrap();
        }
        for path in [&inner, &below(&folder, "a"), &folder] {
            rmdir(path).unwrap();
        }
        assert_eq!(stat(&folder), Err(Errno(libc::ENOENT)));
    }

    #[test]
    fn a_folder_can_be_read_through_a_descriptor_twice() {
        let folder = scratch("fd");
        make_folders(&folder, 0o755).unwrap();
        let file = below(&folder, "x");
        write_file_atomically(&file, b"", 0o644).unwrap();
        let fd = crate::files::open(&folder, libc::O_RDONLY | libc::O_DIRECTORY, 0).unwrap();
        for _ in 0..2 {
            let mut stream = Folder::from_fd(fd).unwrap();
            assert_eq!(stream.next_entry().unwrap().unwrap().name.as_c_str(), c"x");
            assert_eq!(stream.next_entry().unwrap(), None);
        }
        crate::files::close(fd).unwrap();
        unlink(&file).unwrap();
        rmdir(&folder).unwrap();
    }
}
