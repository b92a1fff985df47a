//! Sockets: everything between `socket` and `close`. Names and services are in [`crate::network`].

#![expect(unsafe_code, reason = "calls into the C library")]

mod address;
mod messages;

pub use address::Address;
pub use messages::{
    Ancillary, Received, receive_message, send_message, send_message_to_algorithm, space as ancillary_space,
};

use crate::calls::Checked;
use crate::{Errno, Fd, Result, blocking};
use address::Storage;
use core::ffi::c_int;

plain_calls! {
    /// A new socket; new programs do not inherit it.
    pub fn socket(family: c_int, kind: c_int, protocol: c_int) -> Fd = libc::socket(family, kind | libc::SOCK_CLOEXEC, protocol);
    pub fn listen(fd: Fd, backlog: c_int) -> () = libc::listen(fd, backlog);
    pub fn set_option(fd: Fd, level: c_int, name: c_int, value: &[u8]) -> () =
        libc::setsockopt(fd, level, name, value.as_ptr().cast(), value.len() as u32);
    /// Sets an option whose value is nothing but a length (`ALG_SET_AEAD_AUTHSIZE`).
    pub fn set_option_length(fd: Fd, level: c_int, name: c_int, length: u32) -> () =
        libc::setsockopt(fd, level, name, core::ptr::null(), length);
}

blocking_calls! {
    pub fn shutdown(fd: Fd, how: c_int) -> () = libc::shutdown(fd, how);
    pub fn send(fd: Fd, data: &[u8], flags: c_int) -> usize = libc::send(fd, data.as_ptr().cast(), data.len(), flags);
    pub fn receive(fd: Fd, buffer: &mut [u8], flags: c_int) -> usize =
        libc::recv(fd, buffer.as_mut_ptr().cast(), buffer.len(), flags);
}

/// Two sockets connected to each other.
pub fn pair(family: c_int, kind: c_int, protocol: c_int) -> Result<(Fd, Fd)> {
    let mut ends = [0; 2];
    // SAFETY: the array has room for both ends.
    let done: Result<()> =
        unsafe { libc::socketpair(family, kind | libc::SOCK_CLOEXEC, protocol, ends.as_mut_ptr()) }.checked();
    done.map(|()| (ends[0], ends[1]))
}

pub fn bind(fd: Fd, address: &Address) -> Result<()> {
    let storage = Storage::from_address(address)?;
    // SAFETY: the address is whole and as long as said.
    blocking(|| unsafe { libc::bind(fd, storage.as_ptr(), storage.length()) }.checked())
}

/// Connects; `EINPROGRESS` or `EINTR` where the connection is still being made.
pub fn connect(fd: Fd, address: &Address) -> Result<()> {
    let storage = Storage::from_address(address)?;
    // SAFETY: the address is whole and as long as said.
    blocking(|| unsafe { libc::connect(fd, storage.as_ptr(), storage.length()) }.checked())
}

/// The next connection and who made it. New programs do not inherit it.
pub fn accept(fd: Fd) -> Result<(Fd, Option<Address>)> {
    let mut storage = Storage::empty();
    // SAFETY: the storage has room for every address and its length says so.
    let accepted = blocking(|| unsafe {
        libc::accept4(fd, storage.as_mut_ptr(), storage.length_mut(), libc::SOCK_CLOEXEC).checked()
    })?;
    Ok((accepted, storage.address()))
}

/// The socket's own address; `None` for one without.
pub fn own_address(fd: Fd) -> Result<Option<Address>> {
    let mut storage = Storage::empty();
    // SAFETY: the storage has room for every address and its length says so.
    let done: Result<()> =
        unsafe { libc::getsockname(fd, storage.as_mut_ptr(), storage.length_mut()) }.checked();
    done.map(|()| storage.address())
}

/// The address of the other end.
pub fn peer_address(fd: Fd) -> Result<Option<Address>> {
    let mut storage = Storage::empty();
    // SAFETY: the storage has room for every address and its length says so.
    let done: Result<()> =
        unsafe { libc::getpeername(fd, storage.as_mut_ptr(), storage.length_mut()) }.checked();
    done.map(|()| storage.address())
}

pub fn send_to(fd: Fd, data: &[u8], flags: c_int, to: &Address) -> Result<usize> {
    let storage = Storage::from_address(to)?;
    // SAFETY: data and address are as long as said.
    blocking(|| unsafe {
        libc::sendto(fd, data.as_ptr().cast(), data.len(), flags, storage.as_ptr(), storage.length())
            .checked()
    })
}

/// A datagram (or what a stream has) and who sent it, where that is told.
pub fn receive_from(fd: Fd, buffer: &mut [u8], flags: c_int) -> Result<(usize, Option<Address>)> {
    let mut storage = Storage::empty();
    // SAFETY: buffer and storage are as long as said.
    let count = blocking(|| unsafe {
        libc::recvfrom(
            fd,
            buffer.as_mut_ptr().cast(),
            buffer.len(),
            flags,
            storage.as_mut_ptr(),
            storage.length_mut(),
        )
        .checked()
    })?;
    Ok((count, storage.address()))
}

/// The value of an option, at most so many bytes of it.
pub fn option(fd: Fd, level: c_int, name: c_int, room: usize) -> Result<Vec<u8>> {
    let mut value = vec![0; room];
    let mut length = u32::try_from(room).map_err(|_| Errno(libc::EINVAL))?;
    // SAFETY: the buffer is as long as said.
    let done: Result<()> =
        unsafe { libc::getsockopt(fd, level, name, value.as_mut_ptr().cast(), &raw mut length) }.checked();
    done?;
    value.truncate(length as usize);
    Ok(value)
}

pub fn option_number(fd: Fd, level: c_int, name: c_int) -> Result<c_int> {
    let value = option(fd, level, name, size_of::<c_int>())?;
    let mut bytes = [0; size_of::<c_int>()];
    bytes[..value.len()].copy_from_slice(&value);
    Ok(c_int::from_ne_bytes(bytes))
}

pub fn set_option_number(fd: Fd, level: c_int, name: c_int, value: c_int) -> Result<()> {
    set_option(fd, level, name, &value.to_ne_bytes())
}

/// The error that a connection attempt ended with, if it did.
pub fn pending_error(fd: Fd) -> Result<()> {
    match option_number(fd, libc::SOL_SOCKET, libc::SO_ERROR)? {
        0 => Ok(()),
        error => Err(Errno(error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{IoSlice, IoSliceMut};

    const LOCALHOST: [u8; 4] = [127, 0, 0, 1];

    #[test]
    fn a_connection_carries_bytes_both_ways() {
        let server = socket(libc::AF_INET, libc::SOCK_STREAM, 0).unwrap();
        bind(server, &Address::Inet { host: LOCALHOST, port: 0 }).unwrap();
        listen(server, 1).unwrap();
        let Some(Address::Inet { port, .. }) = own_address(server).unwrap() else {
            panic!("not an IPv4 address")
        };
        let client = socket(libc::AF_INET, libc::SOCK_STREAM, 0).unwrap();
        connect(client, &Address::Inet { host: LOCALHOST, port }).unwrap();
        let (accepted, from) = accept(server).unwrap();
        assert_eq!(from, own_address(client).unwrap());
        assert_eq!(peer_address(client).unwrap(), own_address(server).unwrap());
        assert_eq!(send(client, b"spam", 0), Ok(4));
        let mut buffer = [0; 8];
        assert_eq!(receive(accepted, &mut buffer, 0), Ok(4));
        shutdown(accepted, libc::SHUT_WR).unwrap();
        assert_eq!(receive(client, &mut buffer, 0), Ok(0));
        set_option_number(client, libc::SOL_SOCKET, libc::SO_KEEPALIVE, 1).unwrap();
        assert_eq!(option_number(client, libc::SOL_SOCKET, libc::SO_KEEPALIVE), Ok(1));
        assert_eq!(pending_error(client), Ok(()));
        for fd in [server, client, accepted] {
            crate::files::close(fd).unwrap();
        }
    }

    #[test]
    fn a_message_carries_a_descriptor() {
        let (a, b) = pair(libc::AF_UNIX, libc::SOCK_STREAM, 0).unwrap();
        let (reader, writer) = crate::files::pipe(0).unwrap();
        let ancillary = [Ancillary {
            level: libc::SOL_SOCKET,
            kind: libc::SCM_RIGHTS,
            data: writer.to_ne_bytes().to_vec(),
        }];
        assert_eq!(send_message(a, &[IoSlice::new(b"ab"), IoSlice::new(b"c")], &ancillary, 0, None), Ok(3));
        let mut buffer = [0; 8];
        let received = receive_message(b, &mut [IoSliceMut::new(&mut buffer)], 64, 0).unwrap();
        assert_eq!((received.count, &buffer[..3], received.ancillary.len()), (3, &b"abc"[..], 1));
        let passed = Fd::from_ne_bytes(received.ancillary[0].data[..4].try_into().unwrap());
        crate::files::write_all(passed, b"x").unwrap();
        let mut byte = [0];
        assert_eq!(crate::files::read(reader, &mut byte), Ok(1));
        for fd in [a, b, reader, writer, passed] {
            crate::files::close(fd).unwrap();
        }
    }

    #[test]
    fn unix_sockets_have_names() {
        let name = format!("\0taipan-host-{}", crate::process::pid()).into_bytes();
        let socket = socket(libc::AF_UNIX, libc::SOCK_DGRAM, 0).unwrap();
        assert_eq!(own_address(socket).unwrap(), Some(Address::Unix(Vec::new())));
        bind(socket, &Address::Unix(name.clone())).unwrap();
        assert_eq!(own_address(socket).unwrap(), Some(Address::Unix(name)));
        assert_eq!(bind(socket, &Address::Unix(vec![b'x'; 200])), Err(Errno(libc::ENAMETOOLONG)));
        crate::files::close(socket).unwrap();
    }
}
