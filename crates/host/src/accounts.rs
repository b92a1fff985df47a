//! The users and groups of the machine.

#![expect(unsafe_code, reason = "calls into the C library")]

use crate::{Errno, Result, blocking};
use core::ffi::{CStr, c_char, c_int};
use core::mem::MaybeUninit;
use std::sync::Mutex;

/// One line of the user database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    pub name: Vec<u8>,
    pub password: Vec<u8>,
    pub uid: u32,
    pub gid: u32,
    pub comment: Vec<u8>,
    pub home: Vec<u8>,
    pub shell: Vec<u8>,
}

/// One line of the group database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    pub name: Vec<u8>,
    pub password: Vec<u8>,
    pub gid: u32,
    pub members: Vec<Vec<u8>>,
}

/// # Safety
/// `text` is null or terminated.
unsafe fn bytes(text: *const c_char) -> Vec<u8> {
    if text.is_null() {
        return Vec::new();
    }
    // SAFETY: by the contract of this function.
    unsafe { CStr::from_ptr(text) }.to_bytes().to_vec()
}

/// # Safety
/// The texts of the entry are null or terminated.
unsafe fn user(entry: &libc::passwd) -> User {
    // SAFETY: by the contract of this function.
    unsafe {
        User {
            name: bytes(entry.pw_name),
            password: bytes(entry.pw_passwd),
            uid: entry.pw_uid,
            gid: entry.pw_gid,
            comment: bytes(entry.pw_gecos),
            home: bytes(entry.pw_dir),
            shell: bytes(entry.pw_shell),
        }
    }
}

/// # Safety
/// The texts of the entry are null or terminated; its member list ends with null.
unsafe fn group(entry: &libc::group) -> Group {
    let mut members = Vec::new();
    let mut next = entry.gr_mem;
    // SAFETY: by the contract of this function.
    unsafe {
        while !next.is_null() && !(*next).is_null() {
            members.push(bytes(*next));
            next = next.add(1);
        }
        Group { name: bytes(entry.gr_name), password: bytes(entry.gr_passwd), gid: entry.gr_gid, members }
    }
}

/// Asks with larger and larger buffers; `None` where there is no such entry.
fn look_up<C, T>(
    call: impl Fn(*mut C, *mut c_char, usize, *mut *mut C) -> c_int,
    read: impl Fn(&C) -> T,
) -> Result<Option<T>> {
    let mut entry = MaybeUninit::<C>::zeroed();
    let mut buffer = vec![0 as c_char; 1024];
    loop {
        let mut found: *mut C = core::ptr::null_mut();
        let error = blocking(|| call(entry.as_mut_ptr(), buffer.as_mut_ptr(), buffer.len(), &raw mut found));
        match error {
            // SAFETY: a found entry is the one that was filled; its texts lie in the buffer.
            0 => return Ok(unsafe { found.as_ref() }.map(&read)),
            libc::ERANGE if buffer.len() < 1 << 24 => buffer.resize(buffer.len() * 2, 0),
            libc::ENOENT | libc::ESRCH | libc::EBADF | libc::EPERM => return Ok(None),
            error => return Err(Errno(error)),
        }
    }
}

pub fn user_by_name(name: &CStr) -> Result<Option<User>> {
    look_up(
        // SAFETY: `look_up` passes whole places and a buffer as long as said.
        |entry, buffer, length, found| unsafe {
            libc::getpwnam_r(name.as_ptr(), entry, buffer, length, found)
        },
        // SAFETY: the C library filled the entry.
        |entry| unsafe { user(entry) },
    )
}

pub fn user_by_id(uid: u32) -> Result<Option<User>> {
    look_up(
        // SAFETY: `look_up` passes whole places and a buffer as long as said.
        |entry, buffer, length, found| unsafe { libc::getpwuid_r(uid, entry, buffer, length, found) },
        // SAFETY: the C library filled the entry.
        |entry| unsafe { user(entry) },
    )
}

pub fn group_by_name(name: &CStr) -> Result<Option<Group>> {
    look_up(
        // SAFETY: `look_up` passes whole places and a buffer as long as said.
        |entry, buffer, length, found| unsafe {
            libc::getgrnam_r(name.as_ptr(), entry, buffer, length, found)
        },
        // SAFETY: the C library filled the entry.
        |entry| unsafe { group(entry) },
    )
}

pub fn group_by_id(gid: u32) -> Result<Option<Group>> {
    look_up(
        // SAFETY: `look_up` passes whole places and a buffer as long as said.
        |entry, buffer, length, found| unsafe { libc::getgrgid_r(gid, entry, buffer, length, found) },
        // SAFETY: the C library filled the entry.
        |entry| unsafe { group(entry) },
    )
}

/// Walking a database uses one place of the C library's: one walk at a time.
static WALK: Mutex<()> = Mutex::new(());

pub fn users() -> Vec<User> {
    let _walk = WALK.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    let mut found = Vec::new();
    // SAFETY: the lock keeps other walks away; each entry is valid until the next call.
    unsafe {
        libc::setpwent();
        while let Some(entry) = libc::getpwent().as_ref() {
            found.push(user(entry));
        }
        libc::endpwent();
    }
    found
}

pub fn groups() -> Vec<Group> {
    let _walk = WALK.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    let mut found = Vec::new();
    // SAFETY: the lock keeps other walks away; each entry is valid until the next call.
    unsafe {
        libc::setgrent();
        while let Some(entry) = libc::getgrent().as_ref() {
            found.push(group(entry));
        }
        libc::endgrent();
    }
    found
}

/// The groups a user belongs to, `group` among them.
pub fn groups_of(user: &CStr, group: u32) -> Result<Vec<u32>> {
    let mut found = vec![0; 32];
    loop {
        let mut count = found.len() as c_int;
        // SAFETY: the vector has room for as many as said.
        let done = unsafe { libc::getgrouplist(user.as_ptr(), group, found.as_mut_ptr(), &raw mut count) };
        if done != -1 {
            found.truncate(count as usize);
            return Ok(found);
        }
        let longer = (count as usize).max(found.len() * 2);
        found.resize(longer, 0);
    }
}

unsafe extern "C" {
    fn getlogin_r(name: *mut c_char, length: usize) -> c_int;
}

/// The name this session was opened under.
pub fn login_name() -> Result<Vec<u8>> {
    let mut buffer = [0 as c_char; 256];
    // SAFETY: the buffer is as long as said.
    match unsafe { getlogin_r(buffer.as_mut_ptr(), buffer.len()) } {
        // SAFETY: the text is terminated where the call succeeds.
        0 => Ok(unsafe { bytes(buffer.as_ptr()) }),
        error => Err(Errno(error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_user_is_found_both_ways() {
        let root = user_by_id(0).unwrap().unwrap();
        assert_eq!(user_by_name(c"root").unwrap(), Some(root.clone()));
        assert!(users().contains(&root));
        assert_eq!(user_by_name(c"no such user").unwrap(), None);
        assert_eq!(group_by_id(0).unwrap().unwrap().name, b"root");
        assert!(groups().iter().any(|group| group.gid == 0));
        assert!(groups_of(c"root", 0).unwrap().contains(&0));
    }
}
