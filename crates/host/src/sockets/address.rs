//! Socket addresses of every family Python knows, and their C form. Ports and numbers are in the machine's own order.

use crate::{Errno, Result};

/// Where a socket is, by family.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Address {
    Inet {
        host: [u8; 4],
        port: u16,
    },
    Inet6 {
        host: [u8; 16],
        port: u16,
        flow: u32,
        scope: u32,
    },
    /// A path, a name in the abstract space (it begins with a zero byte), or nothing.
    Unix(Vec<u8>),
    Netlink {
        pid: u32,
        groups: u32,
    },
    Packet {
        interface: i32,
        protocol: u16,
        hardware: u16,
        packet: u8,
        address: Vec<u8>,
    },
    /// A CAN interface and, for ISO-TP, the two identifiers.
    Can {
        interface: i32,
        receive: u32,
        transmit: u32,
    },
    /// CAN under SAE J1939.
    CanJ1939 {
        interface: i32,
        name: u64,
        parameter_group: u32,
        address: u8,
    },
    Vsock {
        cid: u32,
        port: u32,
    },
    /// An algorithm of the kernel.
    Algorithm {
        kind: Vec<u8>,
        name: Vec<u8>,
        features: u32,
        mask: u32,
    },
    Tipc {
        kind: u8,
        scope: i8,
        values: [u32; 3],
    },
    QualcommRouter {
        node: u32,
        port: u32,
    },
    /// A family not read here: its number and the bytes behind it.
    Other {
        family: u16,
        data: Vec<u8>,
    },
}

impl Address {
    /// Reads an address in its C form; `None` for a null pointer.
    ///
    /// # Safety
    /// The pointer is null or to `length` readable bytes.
    pub(crate) unsafe fn from_c(pointer: *const libc::sockaddr, length: libc::socklen_t) -> Option<Self> {
        if pointer.is_null() {
            return None;
        }
        let mut storage = Storage { bytes: [0; ROOM], length };
        let count = (length as usize).min(ROOM);
        // SAFETY: by the contract of this function.
        storage.bytes[..count]
            .copy_from_slice(unsafe { core::slice::from_raw_parts(pointer.cast::<u8>(), count) });
        storage.address()
    }

    /// Calls with the address in its C form and its length.
    pub(crate) fn with_c<T>(
        &self,
        call: impl FnOnce(*const libc::sockaddr, libc::socklen_t) -> T,
    ) -> Result<T> {
        Storage::from_address(self).map(|storage| call(storage.as_ptr(), storage.length()))
    }
}

const ROOM: usize = size_of::<libc::sockaddr_storage>();

/// An address in its C form.
#[repr(C, align(8))]
pub(super) struct Storage {
    bytes: [u8; ROOM],
    length: libc::socklen_t,
}

/// Writes the fields of a C struct one behind the other.
struct Writer {
    storage: Storage,
    at: usize,
}

impl Writer {
    fn new(family: i32) -> Self {
        let mut writer = Self { storage: Storage { bytes: [0; ROOM], length: 0 }, at: 0 };
        writer.put(&(family as u16).to_ne_bytes());
        writer
    }

    fn put(&mut self, bytes: &[u8]) -> &mut Self {
        self.storage.bytes[self.at..self.at + bytes.len()].copy_from_slice(bytes);
        self.at += bytes.len();
        self
    }

    /// A text in a field of fixed width, ended by a zero.
    fn text(&mut self, text: &[u8], width: usize) -> Result<&mut Self> {
        if text.len() >= width {
            return Err(Errno(libc::ENAMETOOLONG));
        }
        self.storage.bytes[self.at..self.at + text.len()].copy_from_slice(text);
        self.at += width;
        Ok(self)
    }

    fn finish(mut self) -> Storage {
        self.storage.length = self.at as libc::socklen_t;
        self.storage
    }
}

impl Storage {
    /// Room for any address.
    pub(super) fn empty() -> Self {
        Self { bytes: [0; ROOM], length: ROOM as libc::socklen_t }
    }

    pub(super) fn as_ptr(&self) -> *const libc::sockaddr {
        self.bytes.as_ptr().cast()
    }

    pub(super) fn as_mut_ptr(&mut self) -> *mut libc::sockaddr {
        self.bytes.as_mut_ptr().cast()
    }

    pub(super) fn length(&self) -> libc::socklen_t {
        self.length
    }

    pub(super) fn length_mut(&mut self) -> *mut libc::socklen_t {
        &raw mut self.length
    }

    /// Says how long an address is that was written through the pointer.
    pub(super) fn set_length(&mut self, length: libc::socklen_t) {
        self.length = length;
    }

    pub(super) fn from_address(address: &Address) -> Result<Self> {
        let mut writer;
        match address {
            Address::Inet { host, port } => {
                writer = Writer::new(libc::AF_INET);
                writer.put(&port.to_be_bytes()).put(host).put(&[0; 8]);
            }
            Address::Inet6 { host, port, flow, scope } => {
                writer = Writer::new(libc::AF_INET6);
                writer.put(&port.to_be_bytes()).put(&flow.to_be_bytes()).put(host).put(&scope.to_ne_bytes());
            }
            Address::Unix(path) => {
                writer = Writer::new(libc::AF_UNIX);
                let is_path = path.first().is_some_and(|byte| *byte != 0);
                if path.len() + usize::from(is_path) > 108 {
                    return Err(Errno(libc::ENAMETOOLONG));
                }
                writer.put(path);
                if is_path {
                    writer.put(&[0]);
                }
            }
            Address::Netlink { pid, groups } => {
                writer = Writer::new(libc::AF_NETLINK);
                writer.put(&[0; 2]).put(&pid.to_ne_bytes()).put(&groups.to_ne_bytes());
            }
            Address::Packet { interface, protocol, hardware, packet, address } => {
                if address.len() > 8 {
                    return Err(Errno(libc::EINVAL));
                }
                writer = Writer::new(libc::AF_PACKET);
                writer
                    .put(&protocol.to_be_bytes())
                    .put(&interface.to_ne_bytes())
                    .put(&hardware.to_ne_bytes());
                let mut padded = [0; 8];
                padded[..address.len()].copy_from_slice(address);
                writer.put(&[*packet, address.len() as u8]).put(&padded);
            }
            Address::Can { interface, receive, transmit } => {
                writer = Writer::new(libc::AF_CAN);
                writer.put(&[0; 2]).put(&interface.to_ne_bytes());
                writer.put(&receive.to_ne_bytes()).put(&transmit.to_ne_bytes()).put(&[0; 8]);
            }
            Address::CanJ1939 { interface, name, parameter_group, address } => {
                writer = Writer::new(libc::AF_CAN);
                writer.put(&[0; 2]).put(&interface.to_ne_bytes()).put(&name.to_ne_bytes());
                writer.put(&parameter_group.to_ne_bytes()).put(&[*address, 0, 0, 0]);
            }
            Address::Vsock { cid, port } => {
                writer = Writer::new(libc::AF_VSOCK);
                writer.put(&[0; 2]).put(&port.to_ne_bytes()).put(&cid.to_ne_bytes()).put(&[0; 4]);
            }
            Address::Algorithm { kind, name, features, mask } => {
                writer = Writer::new(libc::AF_ALG);
                writer
                    .text(kind, 14)?
                    .put(&features.to_ne_bytes())
                    .put(&mask.to_ne_bytes())
                    .text(name, 64)?;
            }
            Address::Tipc { kind, scope, values } => {
                writer = Writer::new(libc::AF_TIPC);
                writer.put(&[*kind, *scope as u8]);
                for value in values {
                    writer.put(&value.to_ne_bytes());
                }
            }
            Address::QualcommRouter { node, port } => {
                writer = Writer::new(AF_QIPCRTR);
                writer.put(&[0; 2]).put(&node.to_ne_bytes()).put(&port.to_ne_bytes());
            }
            Address::Other { family, data } => {
                writer = Writer::new(i32::from(*family));
                if data.len() > ROOM - 2 {
                    return Err(Errno(libc::EINVAL));
                }
                writer.put(data);
            }
        }
        Ok(writer.finish())
    }

    fn array<const N: usize>(&self, at: usize) -> [u8; N] {
        let mut bytes = [0; N];
        bytes.copy_from_slice(&self.bytes[at..at + N]);
        bytes
    }

    fn number(&self, at: usize) -> u32 {
        u32::from_ne_bytes(self.array(at))
    }

    fn text(&self, at: usize, width: usize) -> Vec<u8> {
        self.bytes[at..at + width].iter().copied().take_while(|byte| *byte != 0).collect()
    }

    /// The address the system wrote; `None` where it wrote none.
    pub(super) fn address(&self) -> Option<Address> {
        let length = (self.length as usize).min(ROOM);
        if length < 2 {
            return None;
        }
        let family = u16::from_ne_bytes(self.array(0));
        let port = u16::from_be_bytes(self.array(2));
        Some(match i32::from(family) {
            libc::AF_INET => Address::Inet { host: self.array(4), port },
            libc::AF_INET6 => Address::Inet6 {
                host: self.array(8),
                port,
                flow: u32::from_be_bytes(self.array(4)),
                scope: self.number(24),
            },
            libc::AF_UNIX => Address::Unix(self.unix(length)),
            libc::AF_NETLINK => Address::Netlink { pid: self.number(4), groups: self.number(8) },
            libc::AF_PACKET => Address::Packet {
                interface: self.number(4) as i32,
                protocol: port,
                hardware: u16::from_ne_bytes(self.array(8)),
                packet: self.bytes[10],
                address: self.bytes[12..12 + usize::from(self.bytes[11]).min(8)].to_vec(),
            },
            libc::AF_CAN => Address::Can {
                interface: self.number(4) as i32,
                receive: self.number(8),
                transmit: self.number(12),
            },
            libc::AF_VSOCK => Address::Vsock { port: self.number(4), cid: self.number(8) },
            libc::AF_ALG => Address::Algorithm {
                kind: self.text(2, 14),
                name: self.text(24, 64),
                features: self.number(16),
                mask: self.number(20),
            },
            libc::AF_TIPC => Address::Tipc {
                kind: self.bytes[2],
                scope: self.bytes[3] as i8,
                values: [self.number(4), self.number(8), self.number(12)],
            },
            AF_QIPCRTR => Address::QualcommRouter { node: self.number(4), port: self.number(8) },
            _ => Address::Other { family, data: self.bytes[2..length].to_vec() },
        })
    }

    fn unix(&self, length: usize) -> Vec<u8> {
        let path = &self.bytes[2..length];
        match path.first() {
            None => Vec::new(),
            // A name in the abstract space is as long as the address says, zeros and all.
            Some(0) => path.to_vec(),
            Some(_) => path.iter().copied().take_while(|byte| *byte != 0).collect(),
        }
    }
}

/// The family of Qualcomm's router, which the `libc` crate does not name.
const AF_QIPCRTR: i32 = 42;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_survive_their_c_form() {
        let all = [
            Address::Inet { host: [1, 2, 3, 4], port: 80 },
            Address::Inet6 { host: [7; 16], port: 443, flow: 5, scope: 2 },
            Address::Unix(b"/tmp/x".to_vec()),
            Address::Unix(b"\0a\0b".to_vec()),
            Address::Unix(Vec::new()),
            Address::Netlink { pid: 9, groups: 3 },
            Address::Packet {
                interface: 2,
                protocol: 0x800,
                hardware: 1,
                packet: 4,
                address: vec![1, 2, 3, 4, 5, 6],
            },
            Address::Can { interface: 3, receive: 4, transmit: 5 },
            Address::Vsock { cid: 2, port: 1024 },
            Address::Algorithm { kind: b"hash".to_vec(), name: b"sha256".to_vec(), features: 0, mask: 0 },
            Address::Tipc { kind: 1, scope: 2, values: [3, 4, 5] },
            Address::QualcommRouter { node: 1, port: 2 },
        ];
        for address in all {
            assert_eq!(Storage::from_address(&address).unwrap().address(), Some(address));
        }
        let inet = Storage::from_address(&Address::Inet { host: [1, 2, 3, 4], port: 0x1234 }).unwrap();
        assert_eq!(
            (inet.length as usize, &inet.bytes[2..8]),
            (size_of::<libc::sockaddr_in>(), &[0x12, 0x34, 1, 2, 3, 4][..])
        );
    }
}
