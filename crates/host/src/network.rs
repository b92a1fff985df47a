//! Names of hosts, services, protocols and interfaces.

#![expect(unsafe_code, reason = "calls into the C library")]

use crate::calls::Checked;
use crate::sockets::Address;
use crate::{Errno, Result, blocking};
use core::ffi::{CStr, c_char, c_int, c_void};
use core::mem::MaybeUninit;
use std::sync::Mutex;

/// Why a name could not be resolved: a code of `getaddrinfo` (`EAI_…`), and `errno` for `EAI_SYSTEM`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ResolveError {
    pub code: c_int,
    pub errno: Option<Errno>,
}

impl ResolveError {
    fn new(code: c_int) -> Self {
        Self { code, errno: (code == libc::EAI_SYSTEM).then(Errno::last) }
    }

    pub fn text(&self) -> String {
        // SAFETY: the answer is a terminated text that stays.
        unsafe { CStr::from_ptr(libc::gai_strerror(self.code)) }.to_string_lossy().into_owned()
    }
}

/// One way to reach what was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddressInfo {
    pub family: c_int,
    pub kind: c_int,
    pub protocol: c_int,
    pub canonical_name: Vec<u8>,
    pub address: Option<Address>,
}

/// Every address of a host and a service.
pub fn resolve(
    host: Option<&CStr>,
    service: Option<&CStr>,
    family: c_int,
    kind: c_int,
    protocol: c_int,
    flags: c_int,
) -> core::result::Result<Vec<AddressInfo>, ResolveError> {
    // SAFETY: zeroes are valid hints.
    let mut hints: libc::addrinfo = unsafe { MaybeUninit::zeroed().assume_init() };
    hints.ai_family = family;
    hints.ai_socktype = kind;
    hints.ai_protocol = protocol;
    hints.ai_flags = flags;
    let mut list: *mut libc::addrinfo = core::ptr::null_mut();
    let (host, service) =
        (host.map_or(core::ptr::null(), CStr::as_ptr), service.map_or(core::ptr::null(), CStr::as_ptr));
    // SAFETY: the texts are null or terminated, the hints and the place whole.
    let code = blocking(|| unsafe { libc::getaddrinfo(host, service, &raw const hints, &raw mut list) });
    if code != 0 {
        return Err(ResolveError::new(code));
    }
    let mut found = Vec::new();
    // SAFETY: the list is the C library's, whole until it is freed, once, here.
    unsafe {
        let mut next = list;
        while let Some(info) = next.as_ref() {
            let name = if info.ai_canonname.is_null() {
                Vec::new()
            } else {
                CStr::from_ptr(info.ai_canonname).to_bytes().to_vec()
            };
            found.push(AddressInfo {
                family: info.ai_family,
                kind: info.ai_socktype,
                protocol: info.ai_protocol,
                canonical_name: name,
                address: Address::from_c(info.ai_addr, info.ai_addrlen),
            });
            next = info.ai_next;
        }
        libc::freeaddrinfo(list);
    }
    Ok(found)
}

/// The host and the service an address stands for.
pub fn name_of(address: &Address, flags: c_int) -> core::result::Result<(Vec<u8>, Vec<u8>), ResolveError> {
    let (mut host, mut service) = ([0 as c_char; 1025], [0 as c_char; 32]);
    let code = blocking(|| {
        address.with_c(|pointer, length| {
            let (host_room, service_room) = (host.len() as u32, service.len() as u32);
            // SAFETY: the address is whole; both buffers are as long as said.
            unsafe {
                libc::getnameinfo(
                    pointer,
                    length,
                    host.as_mut_ptr(),
                    host_room,
                    service.as_mut_ptr(),
                    service_room,
                    flags,
                )
            }
        })
    });
    match code {
        // SAFETY: both texts are terminated where the call succeeds.
        Ok(0) => Ok(unsafe {
            (
                CStr::from_ptr(host.as_ptr()).to_bytes().to_vec(),
                CStr::from_ptr(service.as_ptr()).to_bytes().to_vec(),
            )
        }),
        Ok(code) => Err(ResolveError::new(code)),
        Err(_) => Err(ResolveError { code: libc::EAI_FAMILY, errno: None }),
    }
}

/// What the host database says: the name, other names, the family and the addresses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Host {
    pub name: Vec<u8>,
    pub aliases: Vec<Vec<u8>>,
    pub family: c_int,
    pub addresses: Vec<Vec<u8>>,
}

unsafe extern "C" {
    fn gethostbyname_r(
        name: *const c_char,
        entry: *mut libc::hostent,
        buffer: *mut c_char,
        length: usize,
        found: *mut *mut libc::hostent,
        error: *mut c_int,
    ) -> c_int;
    fn gethostbyaddr_r(
        address: *const c_void,
        address_length: u32,
        family: c_int,
        entry: *mut libc::hostent,
        buffer: *mut c_char,
        length: usize,
        found: *mut *mut libc::hostent,
        error: *mut c_int,
    ) -> c_int;
    fn hstrerror(error: c_int) -> *const c_char;
}

/// # Safety
/// `list` is null or a null-ended list of pieces of `length` bytes each, or of terminated texts for `None`.
unsafe fn pieces(mut list: *mut *mut c_char, length: Option<usize>) -> Vec<Vec<u8>> {
    let mut found = Vec::new();
    // SAFETY: by the contract of this function.
    unsafe {
        while !list.is_null() && !(*list).is_null() {
            found.push(match length {
                Some(length) => core::slice::from_raw_parts((*list).cast::<u8>(), length).to_vec(),
                None => CStr::from_ptr(*list).to_bytes().to_vec(),
            });
            list = list.add(1);
        }
    }
    found
}

/// Asks the host database with larger and larger buffers; the error is an `h_errno`.
fn host_entry(
    call: impl Fn(*mut libc::hostent, *mut c_char, usize, *mut *mut libc::hostent, *mut c_int) -> c_int,
) -> core::result::Result<Host, c_int> {
    let mut entry = MaybeUninit::<libc::hostent>::zeroed();
    let mut buffer = vec![0 as c_char; 8192];
    loop {
        let (mut found, mut error) = (core::ptr::null_mut(), 0);
        let code = blocking(|| {
            call(entry.as_mut_ptr(), buffer.as_mut_ptr(), buffer.len(), &raw mut found, &raw mut error)
        });
        if code == libc::ERANGE && buffer.len() < 1 << 20 {
            let longer = buffer.len() * 2;
            buffer.resize(longer, 0);
            continue;
        }
        // SAFETY: a found entry is the one that was filled; its lists lie in the buffer.
        return match unsafe { found.as_ref() } {
            None => Err(error),
            // SAFETY: as above.
            Some(entry) => Ok(unsafe {
                Host {
                    name: CStr::from_ptr(entry.h_name).to_bytes().to_vec(),
                    aliases: pieces(entry.h_aliases, None),
                    family: entry.h_addrtype,
                    addresses: pieces(entry.h_addr_list, Some(entry.h_length as usize)),
                }
            }),
        };
    }
}

/// The host database's entry of a name; the error is an `h_errno`.
pub fn host_by_name(name: &CStr) -> core::result::Result<Host, c_int> {
    host_entry(|entry, buffer, length, found, error| {
        // SAFETY: `host_entry` passes whole places and a buffer as long as said; the name is terminated.
        unsafe { gethostbyname_r(name.as_ptr(), entry, buffer, length, found, error) }
    })
}

/// The host database's entry of an address of 4 or 16 bytes; the error is an `h_errno`.
pub fn host_by_address(address: &[u8], family: c_int) -> core::result::Result<Host, c_int> {
    host_entry(|entry, buffer, length, found, error| {
        // SAFETY: `host_entry` passes whole places and a buffer as long as said; the address is as long as said.
        unsafe {
            gethostbyaddr_r(
                address.as_ptr().cast(),
                address.len() as u32,
                family,
                entry,
                buffer,
                length,
                found,
                error,
            )
        }
    })
}

/// The text of an `h_errno`.
pub fn host_error_text(error: c_int) -> String {
    // SAFETY: the answer is a terminated text that stays.
    unsafe { CStr::from_ptr(hstrerror(error)) }.to_string_lossy().into_owned()
}

/// The databases of services and protocols answer in one place of the C library's.
static DATABASE: Mutex<()> = Mutex::new(());

/// The port of a service.
pub fn service_port(name: &CStr, protocol: Option<&CStr>) -> Option<u16> {
    let _one = DATABASE.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    let protocol = protocol.map_or(core::ptr::null(), CStr::as_ptr);
    // SAFETY: the texts are null or terminated; the answer is read under the lock.
    unsafe { libc::getservbyname(name.as_ptr(), protocol).as_ref() }
        .map(|entry| u16::from_be(entry.s_port as u16))
}

/// The name of the service at a port.
pub fn service_name(port: u16, protocol: Option<&CStr>) -> Option<Vec<u8>> {
    let _one = DATABASE.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    let protocol = protocol.map_or(core::ptr::null(), CStr::as_ptr);
    // SAFETY: the text is null or terminated; the answer is copied under the lock.
    unsafe {
        let entry = libc::getservbyport(c_int::from(port.to_be()), protocol).as_ref()?;
        Some(CStr::from_ptr(entry.s_name).to_bytes().to_vec())
    }
}

/// The number of a protocol.
pub fn protocol_number(name: &CStr) -> Option<c_int> {
    let _one = DATABASE.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    // SAFETY: the name is terminated; the answer is read under the lock.
    unsafe { libc::getprotobyname(name.as_ptr()).as_ref() }.map(|entry| entry.p_proto)
}

/// The name of this machine.
pub fn host_name() -> Result<Vec<u8>> {
    let mut buffer = [0 as c_char; 1024];
    // SAFETY: the buffer is as long as said.
    let done: Result<()> = unsafe { libc::gethostname(buffer.as_mut_ptr(), buffer.len() - 1) }.checked();
    // SAFETY: the last byte is zero whatever the call wrote.
    done.map(|()| unsafe { CStr::from_ptr(buffer.as_ptr()) }.to_bytes().to_vec())
}

plain_calls! {
    pub fn set_host_name(name: &[u8]) -> () = libc::sethostname(name.as_ptr().cast(), name.len());
}

/// The address a text in numbers and dots stands for, in all the forms `inet_aton` reads.
pub fn parse_loose(text: &CStr) -> Option<[u8; 4]> {
    unsafe extern "C" {
        fn inet_aton(text: *const c_char, address: *mut u32) -> c_int;
    }
    let mut address = 0u32;
    // SAFETY: the text is terminated, the place valid.
    (unsafe { inet_aton(text.as_ptr(), &raw mut address) } != 0).then(|| address.to_ne_bytes())
}

/// The address a text stands for: 4 bytes or 16. `None`: not an address; an error: not a family.
pub fn parse(family: c_int, text: &CStr) -> Result<Option<Vec<u8>>> {
    unsafe extern "C" {
        fn inet_pton(family: c_int, text: *const c_char, address: *mut c_void) -> c_int;
    }
    let mut address = [0u8; 16];
    // SAFETY: the text is terminated; the buffer has room for the longest address.
    match unsafe { inet_pton(family, text.as_ptr(), address.as_mut_ptr().cast()) } {
        -1 => Err(Errno::last()),
        0 => Ok(None),
        _ => Ok(Some(address[..if family == libc::AF_INET { 4 } else { 16 }].to_vec())),
    }
}

/// The text of an address of 4 or 16 bytes.
pub fn show(family: c_int, address: &[u8]) -> Result<Vec<u8>> {
    unsafe extern "C" {
        fn inet_ntop(family: c_int, address: *const c_void, text: *mut c_char, length: u32) -> *const c_char;
    }
    let wanted = if family == libc::AF_INET { 4 } else { 16 };
    if address.len() != wanted {
        return Err(Errno(libc::EINVAL));
    }
    let mut text = [0 as c_char; 64];
    // SAFETY: the address is as long as its family asks; the buffer is as long as said.
    let shown = unsafe { inet_ntop(family, address.as_ptr().cast(), text.as_mut_ptr(), text.len() as u32) };
    if shown.is_null() {
        return Err(Errno::last());
    }
    // SAFETY: terminated where the call succeeds.
    Ok(unsafe { CStr::from_ptr(text.as_ptr()) }.to_bytes().to_vec())
}

/// Every network interface: its number and its name.
pub fn interfaces() -> Result<Vec<(u32, Vec<u8>)>> {
    let mut found = Vec::new();
    // SAFETY: the list ends with a null name and is freed once.
    unsafe {
        let list = libc::if_nameindex();
        if list.is_null() {
            return Err(Errno::last());
        }
        let mut next = list;
        while !(*next).if_name.is_null() {
            found.push(((*next).if_index, CStr::from_ptr((*next).if_name).to_bytes().to_vec()));
            next = next.add(1);
        }
        libc::if_freenameindex(list);
    }
    Ok(found)
}

pub fn interface_number(name: &CStr) -> Result<u32> {
    // SAFETY: the name is terminated.
    match unsafe { libc::if_nametoindex(name.as_ptr()) } {
        0 => Err(Errno::last()),
        number => Ok(number),
    }
}

pub fn interface_name(number: u32) -> Result<Vec<u8>> {
    let mut name = [0 as c_char; libc::IF_NAMESIZE];
    // SAFETY: the buffer is as long as the call asks; the text is terminated where it succeeds.
    unsafe {
        if libc::if_indextoname(number, name.as_mut_ptr()).is_null() {
            return Err(Errno::last());
        }
        Ok(CStr::from_ptr(name.as_ptr()).to_bytes().to_vec())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numeric_addresses_resolve_without_a_network() {
        let found =
            resolve(Some(c"127.0.0.1"), Some(c"80"), 0, libc::SOCK_STREAM, 0, libc::AI_NUMERICHOST).unwrap();
        assert_eq!(found[0].address, Some(Address::Inet { host: [127, 0, 0, 1], port: 80 }));
        let error = resolve(Some(c"not an address"), None, 0, 0, 0, libc::AI_NUMERICHOST).unwrap_err();
        assert_eq!((error.code, error.text().as_str()), (libc::EAI_NONAME, "Name or service not known"));
        let address = Address::Inet { host: [127, 0, 0, 1], port: 80 };
        let named = name_of(&address, libc::NI_NUMERICHOST | libc::NI_NUMERICSERV).unwrap();
        assert_eq!(named, (b"127.0.0.1".to_vec(), b"80".to_vec()));
    }

    #[test]
    fn texts_and_addresses_convert() {
        assert_eq!(parse_loose(c"127.1"), Some([127, 0, 0, 1]));
        assert_eq!(parse(libc::AF_INET, c"127.1"), Ok(None));
        assert_eq!(parse(libc::AF_INET6, c"::1").unwrap().unwrap()[15], 1);
        assert_eq!(parse(12345, c"x"), Err(Errno(libc::EAFNOSUPPORT)));
        assert_eq!(show(libc::AF_INET, &[1, 2, 3, 4]).unwrap(), b"1.2.3.4");
        assert_eq!(show(libc::AF_INET, &[1]), Err(Errno(libc::EINVAL)));
        let (number, name) = interfaces().unwrap().remove(0);
        assert_eq!(interface_name(number).unwrap(), name);
        assert!(!host_name().unwrap().is_empty());
        assert_eq!(host_by_name(c"127.0.0.1").unwrap().addresses, [vec![127, 0, 0, 1]]);
    }
}
