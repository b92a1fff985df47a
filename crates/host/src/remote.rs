//! Other processes of this system from inside: where a section of their program lies, and the memory there.

#![expect(unsafe_code, reason = "calls into the C library")]

use crate::calls::Checked;
use crate::process::Pid;
use crate::{CURRENT_FOLDER, Errno, Result, files, paths};
use core::ffi::CStr;
use std::ffi::CString;

/// `Elf64_Ehdr`: where the section headers lie, how long one is, how many there are, which of them holds the names.
const HEADER_SIZE: usize = 64;
const SECTION_SIZE: usize = 64;

/// Copies memory of a process.
pub fn read_memory(pid: Pid, address: u64, buffer: &mut [u8]) -> Result<()> {
    let here = libc::iovec { iov_base: buffer.as_mut_ptr().cast(), iov_len: buffer.len() };
    let there = libc::iovec { iov_base: address as *mut _, iov_len: buffer.len() };
    // SAFETY: what is written to is the buffer; the other address belongs to the other process.
    let count: usize =
        unsafe { libc::process_vm_readv(pid, &raw const here, 1, &raw const there, 1, 0) }.checked()?;
    if count == buffer.len() { Ok(()) } else { Err(Errno(libc::EFAULT)) }
}

/// Changes memory of another process. Its own memory no process changes this way: `EINVAL`.
pub fn write_memory(pid: Pid, address: u64, data: &[u8]) -> Result<()> {
    if pid == crate::process::pid() {
        return Err(Errno(libc::EINVAL));
    }
    let here = libc::iovec { iov_base: data.as_ptr().cast_mut().cast(), iov_len: data.len() };
    let there = libc::iovec { iov_base: address as *mut _, iov_len: data.len() };
    // SAFETY: the data is only read; the other address belongs to another process.
    let count: usize =
        unsafe { libc::process_vm_writev(pid, &raw const here, 1, &raw const there, 1, 0) }.checked()?;
    if count == data.len() { Ok(()) } else { Err(Errno(libc::EFAULT)) }
}

/// The address, in a process, of a section of the program it runs; `None` where that has no such section.
pub fn program_section(pid: Pid, name: &[u8]) -> Result<Option<u64>> {
    let Ok(program) = CString::new(format!("/proc/{pid}/exe")) else { return Ok(None) };
    let Some(base) = program_base(pid, &program)? else { return Ok(None) };
    let file = files::open(&program, libc::O_RDONLY, 0)?;
    let found = section_place(file, name);
    files::close(file)?;
    Ok(found?.map(|place| match place {
        Place::Absolute(address) => address,
        Place::FromBase(distance) => base + distance,
    }))
}

/// Where the first page of the program is mapped.
fn program_base(pid: Pid, program: &CStr) -> Result<Option<u64>> {
    let Ok(maps) = CString::new(format!("/proc/{pid}/maps")) else { return Ok(None) };
    let maps = paths::read_file(&maps)?;
    let path = paths::readlink_at(CURRENT_FOLDER, program)?;
    for line in maps.split(|&c| c == b'\n') {
        // ADDRESS-END PERMISSIONS OFFSET DEVICE INODE PATH
        let mut words = line.splitn(6, |&c| c == b' ');
        let range = words.next().unwrap_or_default();
        let offset = words.nth(1).and_then(hexadecimal);
        let mapped = words.nth(2).unwrap_or_default();
        if offset == Some(0) && mapped.trim_ascii_start() == path {
            return Ok(range.split(|&c| c == b'-').next().and_then(hexadecimal));
        }
    }
    Ok(None)
}

fn hexadecimal(digits: &[u8]) -> Option<u64> {
    u64::from_str_radix(str::from_utf8(digits).ok()?, 16).ok()
}

/// The number of `N` bytes at a place, little-endian.
fn number<const N: usize>(bytes: &[u8], at: usize) -> u64 {
    let mut word = [0; 8];
    if let Some(found) = bytes.get(at..at + N) {
        word[..N].copy_from_slice(found);
    }
    u64::from_le_bytes(word)
}

fn read_at(file: crate::Fd, offset: u64, length: usize) -> Result<Vec<u8>> {
    let mut buffer = vec![0; length];
    let count = files::pread(file, &mut buffer, offset as i64)?;
    buffer.truncate(count);
    Ok(buffer)
}

/// Where a section lies in memory: a program has a fixed address (`ET_EXEC`) or any (`ET_DYN`).
enum Place {
    Absolute(u64),
    FromBase(u64),
}

/// `ET_EXEC` of `e_type`.
const FIXED: u64 = 2;

/// The place of a section as the file gives it (ELF, "Section Header").
fn section_place(file: crate::Fd, name: &[u8]) -> Result<Option<Place>> {
    let header = read_at(file, 0, HEADER_SIZE)?;
    if !header.starts_with(b"\x7fELF\x02") {
        return Ok(None);
    }
    let (table, count, names) =
        (number::<8>(&header, 40), number::<2>(&header, 60), number::<2>(&header, 62));
    let sections = read_at(file, table, count as usize * SECTION_SIZE)?;
    let field = |section: usize, at: usize| number::<8>(&sections, section * SECTION_SIZE + at);
    let strings = read_at(file, field(names as usize, 24), field(names as usize, 32) as usize)?;
    for section in 0..count as usize {
        let start = number::<4>(&sections, section * SECTION_SIZE) as usize;
        let found = strings.get(start..).and_then(|rest| rest.split(|&c| c == 0).next());
        if found == Some(name) {
            let address = field(section, 16);
            let fixed = number::<2>(&header, 16) == FIXED;
            return Ok(Some(if fixed { Place::Absolute(address) } else { Place::FromBase(address) }));
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_section_of_this_program_is_found_and_read() {
        #[unsafe(link_section = ".taipan_test")]
        #[used]
        static MARK: [u8; 8] = *b"a mark\0\0";
        let pid = crate::process::pid();
        let address = program_section(pid, b".taipan_test").unwrap().unwrap();
        assert_eq!(address, MARK.as_ptr() as u64);
        let mut bytes = [0; 8];
        read_memory(pid, address, &mut bytes).unwrap();
        assert_eq!(bytes, MARK);
        assert_eq!(program_section(pid, b".no_such_section"), Ok(None));
        assert_eq!(write_memory(pid, address, b"x"), Err(Errno(libc::EINVAL)));
    }
}
