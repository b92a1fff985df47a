//! Messages with ancillary data: descriptors, credentials and options that travel beside the bytes.

use super::address::{Address, Storage};
use crate::calls::Checked;
use crate::{Errno, Fd, Result, blocking};
use core::ffi::c_int;
use core::mem::MaybeUninit;
use std::io::{IoSlice, IoSliceMut};

/// One piece of ancillary data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ancillary {
    pub level: c_int,
    pub kind: c_int,
    pub data: Vec<u8>,
}

/// What [`receive_message`] got.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Received {
    pub count: usize,
    pub ancillary: Vec<Ancillary>,
    pub flags: c_int,
    pub from: Option<Address>,
}

const HEADER: usize = size_of::<libc::cmsghdr>();

/// The size of a piece with its padding (`CMSG_SPACE`).
pub fn space(length: usize) -> Option<usize> {
    length.checked_add(HEADER + 7).map(|sum| sum / 8 * 8)
}

/// The pieces one behind the other in the form the system reads, in words so that they are aligned.
fn packed(ancillary: &[Ancillary]) -> Result<Vec<u64>> {
    let mut bytes = Vec::new();
    for piece in ancillary {
        let length = HEADER + piece.data.len();
        bytes.extend_from_slice(&length.to_ne_bytes());
        bytes.extend_from_slice(&piece.level.to_ne_bytes());
        bytes.extend_from_slice(&piece.kind.to_ne_bytes());
        bytes.extend_from_slice(&piece.data);
        bytes.resize(bytes.len().next_multiple_of(8), 0);
    }
    Ok(bytes.chunks_exact(8).map(|word| u64::from_ne_bytes(word.try_into().unwrap_or_default())).collect())
}

/// The pieces the system wrote into so many bytes; a piece cut off at the end has what arrived of it.
fn unpacked(words: &[u64], length: usize) -> Vec<Ancillary> {
    let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_ne_bytes()).take(length).collect();
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(header) = bytes.get(at..at + HEADER) {
        let number =
            |from: usize| c_int::from_ne_bytes(header[from..from + 4].try_into().unwrap_or_default());
        let whole = usize::from_ne_bytes(header[..8].try_into().unwrap_or_default());
        if whole < HEADER {
            break;
        }
        let end = at.saturating_add(whole).min(bytes.len());
        found.push(Ancillary { level: number(8), kind: number(12), data: bytes[at + HEADER..end].to_vec() });
        at = at.saturating_add(whole).next_multiple_of(8);
    }
    found
}

/// A zeroed message head. Its padding, which the `libc` crate hides, is zeroed with it.
fn empty_head() -> libc::msghdr {
    // SAFETY: null pointers and zero lengths are a valid head.
    unsafe { MaybeUninit::zeroed().assume_init() }
}

/// Sends the pieces of `data` as one message.
pub fn send_message(
    fd: Fd,
    data: &[IoSlice<'_>],
    ancillary: &[Ancillary],
    flags: c_int,
    to: Option<&Address>,
) -> Result<usize> {
    let storage = to.map(Storage::from_address).transpose()?;
    let mut control = packed(ancillary)?;
    let mut head = empty_head();
    if let Some(storage) = &storage {
        head.msg_name = storage.as_ptr().cast_mut().cast();
        head.msg_namelen = storage.length();
    }
    head.msg_iov = data.as_ptr().cast_mut().cast();
    head.msg_iovlen = data.len();
    if !control.is_empty() {
        head.msg_control = control.as_mut_ptr().cast();
        head.msg_controllen = control.len() * 8;
    }
    // SAFETY: everything the head points to is as long as it says and outlives the call, which only reads.
    blocking(|| unsafe { libc::sendmsg(fd, &raw const head, flags) }.checked())
}

/// `sendmsg` for a socket of the kernel's algorithms: the operation, its starting vector and the length of what is only
/// authenticated travel as ancillary data.
pub fn send_message_to_algorithm(
    fd: Fd,
    data: &[IoSlice<'_>],
    operation: u32,
    vector: Option<&[u8]>,
    authenticated: Option<u32>,
    flags: c_int,
) -> Result<usize> {
    let piece = |kind: c_int, data: Vec<u8>| Ancillary { level: libc::SOL_ALG, kind, data };
    let mut ancillary = vec![piece(libc::ALG_SET_OP, operation.to_ne_bytes().to_vec())];
    if let Some(vector) = vector {
        let length = u32::try_from(vector.len()).map_err(|_| Errno(libc::EINVAL))?;
        ancillary.push(piece(libc::ALG_SET_IV, [&length.to_ne_bytes(), vector].concat()));
    }
    if let Some(length) = authenticated {
        ancillary.push(piece(libc::ALG_SET_AEAD_ASSOCLEN, length.to_ne_bytes().to_vec()));
    }
    send_message(fd, data, &ancillary, flags, None)
}

/// Receives one message into the pieces of `buffers`, with at most `room` bytes of ancillary data.
pub fn receive_message(
    fd: Fd,
    buffers: &mut [IoSliceMut<'_>],
    room: usize,
    flags: c_int,
) -> Result<Received> {
    let mut storage = Storage::empty();
    let mut control = vec![0u64; room.div_ceil(8)];
    let mut head = empty_head();
    head.msg_name = storage.as_mut_ptr().cast();
    head.msg_namelen = storage.length();
    head.msg_iov = buffers.as_mut_ptr().cast();
    head.msg_iovlen = buffers.len();
    if room > 0 {
        head.msg_control = control.as_mut_ptr().cast();
        head.msg_controllen = room;
    }
    // SAFETY: everything the head points to is writable for as long as it says and outlives the call.
    let count = blocking(|| unsafe { libc::recvmsg(fd, &raw mut head, flags) }.checked())?;
    storage.set_length(head.msg_namelen);
    let ancillary = unpacked(&control, head.msg_controllen);
    Ok(Received { count, ancillary, flags: head.msg_flags, from: storage.address() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ancillary_data_is_packed_as_the_system_reads_it() {
        let pieces = [
            Ancillary { level: 1, kind: 2, data: vec![9; 5] },
            Ancillary { level: 3, kind: 4, data: vec![] },
        ];
        let words = packed(&pieces).unwrap();
        assert_eq!(words.len() * 8, space(5).unwrap() + space(0).unwrap());
        assert_eq!(unpacked(&words, words.len() * 8), pieces);
        assert_eq!(unpacked(&words, HEADER + 3)[0].data, [9; 3]);
    }
}
