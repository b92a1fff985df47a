//! Mapped memory: files and anonymous pages in the address space, shared-memory objects.

#![expect(unsafe_code, reason = "maps memory")]

use crate::calls::Checked;
use crate::{Errno, Fd, Result, blocking};
use core::ffi::{CStr, c_int};
use core::ptr::NonNull;

/// A mapping. It is unmapped when dropped.
///
/// Others may change what is mapped at any time (another process, a truncated file), so no Rust reference to the bytes
/// is ever given out: only the pointer, and copies.
#[derive(Debug)]
pub struct Mapping {
    start: NonNull<u8>,
    length: usize,
}

// SAFETY: the mapping is plain memory of the process; who uses it from several threads answers for the order.
unsafe impl Send for Mapping {}
// SAFETY: as above.
unsafe impl Sync for Mapping {}

impl Mapping {
    /// Maps `length` bytes of a file from `offset` on (a multiple of the page size), or of nothing with `-1`.
    pub fn new(length: usize, protection: c_int, flags: c_int, fd: Fd, offset: i64) -> Result<Self> {
        // SAFETY: the system chooses the place, so no memory in use is touched. `MAP_FIXED` would choose it here.
        let start = blocking(|| unsafe {
            libc::mmap(core::ptr::null_mut(), length, protection, flags & !libc::MAP_FIXED, fd, offset)
        });
        match NonNull::new(start.cast::<u8>()) {
            Some(start) if start.as_ptr().cast() != libc::MAP_FAILED => Ok(Self { start, length }),
            _ => Err(Errno::last()),
        }
    }

    pub fn len(&self) -> usize {
        self.length
    }

    pub fn is_empty(&self) -> bool {
        self.length == 0
    }

    pub fn as_ptr(&self) -> *mut u8 {
        self.start.as_ptr()
    }

    /// Writes a changed range back to the file.
    pub fn flush(&self, offset: usize, length: usize, flags: c_int) -> Result<()> {
        self.check(offset, length)?;
        // SAFETY: the range lies within the mapping.
        blocking(|| unsafe { libc::msync(self.start.as_ptr().add(offset).cast(), length, flags) }.checked())
    }

    /// Tells the system how a range will be used.
    pub fn advise(&self, offset: usize, length: usize, advice: c_int) -> Result<()> {
        self.check(offset, length)?;
        // SAFETY: the range lies within the mapping.
        let start = unsafe { self.start.as_ptr().add(offset) };
        // SAFETY: as above.
        blocking(|| unsafe { libc::madvise(start.cast(), length, advice) }.checked())
    }

    /// Makes the mapping longer or shorter; it may move.
    pub fn resize(&mut self, length: usize) -> Result<()> {
        // SAFETY: the mapping is ours alone: `&mut self`. Pointers taken before are the caller's to forget.
        let start =
            unsafe { libc::mremap(self.start.as_ptr().cast(), self.length, length, libc::MREMAP_MAYMOVE) };
        match NonNull::new(start.cast::<u8>()) {
            Some(start) if start.as_ptr().cast() != libc::MAP_FAILED => {
                self.start = start;
                self.length = length;
                Ok(())
            }
            _ => Err(Errno::last()),
        }
    }

    /// A copy of a range.
    pub fn read(&self, offset: usize, length: usize) -> Result<Vec<u8>> {
        self.check(offset, length)?;
        let mut bytes = vec![0; length];
        // SAFETY: the range lies within the mapping; the copy is as long.
        unsafe { core::ptr::copy(self.start.as_ptr().add(offset), bytes.as_mut_ptr(), length) };
        Ok(bytes)
    }

    /// Writes bytes to a place.
    pub fn write(&self, offset: usize, bytes: &[u8]) -> Result<()> {
        self.check(offset, bytes.len())?;
        // SAFETY: the range lies within the mapping; the bytes may lie in it, too.
        unsafe { core::ptr::copy(bytes.as_ptr(), self.start.as_ptr().add(offset), bytes.len()) };
        Ok(())
    }

    /// Copies a range to another place in the mapping.
    pub fn shift(&self, to: usize, from: usize, length: usize) -> Result<()> {
        self.check(to, length)?;
        self.check(from, length)?;
        // SAFETY: both ranges lie within the mapping.
        unsafe { core::ptr::copy(self.start.as_ptr().add(from), self.start.as_ptr().add(to), length) };
        Ok(())
    }

    fn check(&self, offset: usize, length: usize) -> Result<()> {
        let end = offset.checked_add(length).ok_or(Errno(libc::EINVAL))?;
        if end <= self.length { Ok(()) } else { Err(Errno(libc::EINVAL)) }
    }
}

impl Drop for Mapping {
    fn drop(&mut self) {
        // SAFETY: the mapping is whole and ours.
        blocking(|| unsafe { libc::munmap(self.start.as_ptr().cast(), self.length) });
    }
}

/// So many fresh bytes in pages of their own, zeroed; null where there is no memory. These calls do not wait.
pub fn map_pages(bytes: usize) -> *mut u8 {
    let (protection, flags) = (libc::PROT_READ | libc::PROT_WRITE, libc::MAP_PRIVATE | libc::MAP_ANONYMOUS);
    // SAFETY: the system chooses the place, so no memory in use is touched.
    let start = unsafe { libc::mmap(core::ptr::null_mut(), bytes, protection, flags, -1, 0) };
    if start == libc::MAP_FAILED { core::ptr::null_mut() } else { start.cast() }
}

/// Makes pages more or fewer, without copying what they hold; null (they stay) where there is no memory.
///
/// # Safety
/// `start` came from [`map_pages`] or from here, with `old` bytes; nobody uses the old place any more.
pub unsafe fn remap_pages(start: *mut u8, old: usize, bytes: usize) -> *mut u8 {
    // SAFETY: the caller's promise.
    let fresh = unsafe { libc::mremap(start.cast(), old, bytes, libc::MREMAP_MAYMOVE) };
    if fresh == libc::MAP_FAILED { core::ptr::null_mut() } else { fresh.cast() }
}

/// Gives pages back.
///
/// # Safety
/// `start` came from [`map_pages`] or [`remap_pages`], with so many bytes, and is no more used.
pub unsafe fn unmap_pages(start: *mut u8, bytes: usize) {
    // SAFETY: the caller's promise.
    unsafe { libc::munmap(start.cast(), bytes) };
}

/// Address space without memory behind it, null where the system gives none. Nothing is read or written there before
/// [`back_pages`] put memory behind it.
pub fn reserve_pages(bytes: usize) -> *mut u8 {
    let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_NORESERVE;
    // SAFETY: the system chooses the place, so no memory in use is touched.
    let start = unsafe { libc::mmap(core::ptr::null_mut(), bytes, libc::PROT_NONE, flags, -1, 0) };
    if start == libc::MAP_FAILED { core::ptr::null_mut() } else { start.cast() }
}

/// Puts memory, zeroed, behind reserved address space; false where there is none. It is taken page by page as it is
/// first touched, never as huge pages.
///
/// # Safety
/// The range lies within one that [`reserve_pages`] gave, in whole pages.
pub unsafe fn back_pages(start: *mut u8, bytes: usize) -> bool {
    // SAFETY: the caller's promise. Advice that is not taken does no harm.
    unsafe {
        let backed = libc::mprotect(start.cast(), bytes, libc::PROT_READ | libc::PROT_WRITE) == 0;
        #[cfg(target_os = "linux")]
        libc::madvise(start.cast(), bytes, libc::MADV_NOHUGEPAGE);
        backed
    }
}

/// Gives the memory behind pages back, which stay usable: what they held is gone.
///
/// # Safety
/// The range lies within memory of [`back_pages`], in whole pages, and holds nothing that anybody wants.
pub unsafe fn empty_pages(start: *mut u8, bytes: usize) {
    // SAFETY: the caller's promise.
    unsafe { libc::madvise(start.cast(), bytes, libc::MADV_DONTNEED) };
}

/// Lets go of the pages of the program's file that are mapped. Those that are needed again come back from the system's cache,
/// a fault for some of them each; those that only the start of the program needed do not. Nothing happens under a debugger,
/// whose breakpoints are changes of these pages.
#[cfg(target_os = "linux")]
pub fn let_go_of_program_pages() {
    unsafe extern "C" fn of_program(
        object: *mut libc::dl_phdr_info,
        _: usize,
        _: *mut core::ffi::c_void,
    ) -> c_int {
        // SAFETY: the system describes a loaded object and its segments. What is not writable is as the file has it, so
        // that the system finds it there again.
        unsafe {
            let segments = core::slice::from_raw_parts((*object).dlpi_phdr, (*object).dlpi_phnum.into());
            for segment in
                segments.iter().filter(|s| s.p_type == libc::PT_LOAD && s.p_flags & libc::PF_W == 0)
            {
                let start = (*object).dlpi_addr + segment.p_vaddr;
                let first = start & !(page_size() as u64 - 1);
                libc::madvise(
                    first as *mut _,
                    (start + segment.p_memsz - first) as usize,
                    libc::MADV_DONTNEED,
                );
            }
        }
        // The program is the first object; the others are not looked at.
        1
    }
    // Who allocates does not expect that the error of a call before is forgotten.
    let errno = Errno::last();
    if !is_traced() {
        // SAFETY: the function is right for it.
        unsafe { libc::dl_iterate_phdr(Some(of_program), core::ptr::null_mut()) };
    }
    errno.set();
}

/// Whether a debugger is attached, as far as one can see.
#[cfg(target_os = "linux")]
fn is_traced() -> bool {
    let mut status = [0_u8; 4096];
    // Without the hooks around calls that wait: this is called in the middle of an allocation, and never waits.
    // SAFETY: the system writes at most the buffer's length into it.
    let length = unsafe {
        let file = libc::open(c"/proc/self/status".as_ptr(), libc::O_RDONLY | libc::O_CLOEXEC);
        let length = libc::read(file, status.as_mut_ptr().cast(), status.len());
        libc::close(file);
        usize::try_from(length).unwrap_or(0)
    };
    !status[..length].windows(13).any(|line| line == b"TracerPid:\t0\n")
}

blocking_calls! {
    pub fn shm_open(name: &CStr, flags: c_int, mode: u32) -> Fd = libc::shm_open(name.as_ptr(), flags, mode);
    pub fn shm_unlink(name: &CStr) -> () = libc::shm_unlink(name.as_ptr());
}

/// The size of a page.
pub fn page_size() -> usize {
    crate::process::sysconf(libc::_SC_PAGESIZE)
        .ok()
        .flatten()
        .and_then(|size| usize::try_from(size).ok())
        .unwrap_or(4096)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_move_with_what_they_hold() {
        let start = map_pages(page_size());
        assert!(!start.is_null());
        // SAFETY: mapped right here, with these sizes; a place is used until it is remapped.
        unsafe {
            start.write(b's');
            let longer = remap_pages(start, page_size(), 1000 * page_size());
            assert_eq!((longer.read(), longer.add(999 * page_size()).read()), (b's', 0));
            let shorter = remap_pages(longer, 1000 * page_size(), 1);
            assert_eq!(shorter.read(), b's');
            unmap_pages(shorter, 1);
        }
        assert!(map_pages(usize::MAX / 2).is_null());
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn pages_of_the_program_are_let_go_of() {
        // "shared" in proc(5): pages that are mapped from files.
        let mapped = || {
            let sizes = crate::paths::read_file(c"/proc/self/statm").unwrap();
            let shared = String::from_utf8(sizes).unwrap().split(' ').nth(2).unwrap().to_string();
            shared.parse::<usize>().unwrap()
        };
        let before = mapped();
        let_go_of_program_pages();
        assert!(is_traced() || mapped() < before);
    }

    #[test]
    fn reserved_pages_are_backed_and_emptied() {
        let (page, reserved) = (page_size(), 1 << 30);
        let start = reserve_pages(reserved);
        assert!(!start.is_null());
        // SAFETY: within the reservation; written and read only where memory was put behind it.
        unsafe {
            assert!(back_pages(start.add(page), 2 * page));
            start.add(page).write(b's');
            start.add(2 * page).write(b'p');
            empty_pages(start.add(page), page);
            assert_eq!((start.add(page).read(), start.add(2 * page).read()), (0, b'p'));
            unmap_pages(start, reserved);
        }
    }

    #[test]
    fn a_file_is_mapped_and_grows() {
        let fd = crate::files::memfd_create(c"map", 0).unwrap();
        crate::files::write_all(fd, b"spam").unwrap();
        crate::files::ftruncate(fd, 2 * page_size() as i64).unwrap();
        let protection = libc::PROT_READ | libc::PROT_WRITE;
        let mut mapping = Mapping::new(page_size(), protection, libc::MAP_SHARED, fd, 0).unwrap();
        // SAFETY: within the mapping.
        unsafe {
            assert_eq!(*mapping.as_ptr(), b's');
            *mapping.as_ptr() = b'S';
        }
        mapping.flush(0, page_size(), libc::MS_SYNC).unwrap();
        assert_eq!(mapping.flush(1, page_size(), libc::MS_SYNC), Err(Errno(libc::EINVAL)));
        mapping.resize(2 * page_size()).unwrap();
        let mut byte = [0];
        crate::files::pread(fd, &mut byte, 0).unwrap();
        assert_eq!(byte, *b"S");
        crate::files::close(fd).unwrap();
        assert_eq!(
            Mapping::new(0, protection, libc::MAP_SHARED | libc::MAP_ANONYMOUS, -1, 0).unwrap_err(),
            Errno(libc::EINVAL)
        );
    }
}
