//! Python's form of socket addresses: pairs for IPv4, tuples of four for IPv6, paths for Unix sockets, and so on.

use std::ffi::CString;
use taipan_host::network::{self, AddressInfo, ResolveError};
use taipan_host::sockets::Address;
use taipan_objects::errors;
use taipan_objects::prelude::*;
use taipan_objects::protocols::buffer::Buffer;

pub const AF_UNIX: i32 = 1;
pub const AF_INET: i32 = 2;
pub const AF_INET6: i32 = 10;
pub const AF_NETLINK: i32 = 16;
pub const AF_PACKET: i32 = 17;
pub const AF_CAN: i32 = 29;
pub const AF_ALG: i32 = 38;
pub const AF_VSOCK: i32 = 40;
pub const AF_QIPCRTR: i32 = 42;

/// The exceptions of this module.
#[derive(Default)]
pub struct SocketErrors {
    pub gaierror: ObjCell,
    pub herror: ObjCell,
}

/// Raises `socket.gaierror` or `socket.herror`: a number and its text.
#[cold]
pub fn raise_pair(cell: &ObjCell, code: i32, text: &str) -> Raised {
    let args =
        PyTuple::from_vec(vec![PyInt::from_i64(i64::from(code)).into_obj(), PyStr::new(text).into_obj()]);
    match cell.get() {
        Some(class) => match class.downcast::<TypeObject>() {
            Some(class) => errors::set_object(class, &args),
            None => raised!(OSError, "{text}"),
        },
        None => raised!(OSError, "{text}"),
    }
}

pub fn state() -> &'static SocketErrors {
    taipan_objects::model::thread::current().interpreter().extension::<SocketErrors>()
}

/// The exception for a name that could not be resolved.
#[cold]
pub fn resolve_error(error: &ResolveError) -> Raised {
    match error.errno {
        Some(errno) => taipan_objects::system::os_error(errno),
        None => raise_pair(&state().gaierror, error.code, &error.text()),
    }
}

/// A host's name as the resolver takes it: text is encoded with the `idna` codec where it is not ASCII.
pub fn host_name(value: &PyObject, function: &str) -> PyResult<CString> {
    let bytes = if let Some(text) = value.downcast::<PyStr>() {
        match text.as_ascii() {
            Some(ascii) => ascii.as_bytes().to_vec(),
            None => {
                let encoded = call::method(value, intern!("encode"), &[intern!("idna")])?;
                encoded.downcast::<PyBytes>().map(|bytes| bytes.as_slice().to_vec()).unwrap_or_default()
            }
        }
    } else if let Some(bytes) = value.downcast::<PyBytes>() {
        bytes.as_slice().to_vec()
    } else if value.downcast::<taipan_objects::types::bytearray::PyByteArray>().is_some() {
        Buffer::get(value, taipan_abi::PyBUF_SIMPLE)?.to_vec()
    } else {
        let found = value.class().name();
        return Err(raised!(TypeError, "{function}(): host must be str, bytes or bytearray, not {found}"));
    };
    CString::new(bytes).map_err(|_| raised!(TypeError, "host name must not contain null character"))
}

/// The first address of a host in a family. The empty name is any address, `<broadcast>` the broadcast one.
pub fn resolved(host: &CString, family: i32) -> PyResult<Address> {
    const AI_PASSIVE: i32 = 1;
    const SOCK_DGRAM: i32 = 2;
    const SOCK_STREAM: i32 = 1;
    match host.as_bytes() {
        b"" => {
            let found = network::resolve(None, Some(c"0"), family, SOCK_DGRAM, 0, AI_PASSIVE)
                .map_err(|e| resolve_error(&e))?;
            first(found)
        }
        b"<broadcast>" | b"255.255.255.255" if family == AF_INET || family == 0 => {
            Ok(Address::Inet { host: [255; 4], port: 0 })
        }
        b"<broadcast>" => Err(raised!(OSError, "address family mismatched")),
        _ => {
            // Numbers need no resolver.
            if (family == AF_INET || family == 0)
                && let Ok(Some(bytes)) = network::parse(AF_INET, host)
                && let Ok(host) = <[u8; 4]>::try_from(bytes.as_slice())
            {
                return Ok(Address::Inet { host, port: 0 });
            }
            let found = network::resolve(Some(host), None, family, SOCK_STREAM, 0, 0)
                .map_err(|e| resolve_error(&e))?;
            first(found)
        }
    }
}

fn first(found: Vec<AddressInfo>) -> PyResult<Address> {
    found
        .into_iter()
        .find_map(|info| info.address)
        .ok_or_else(|| raised!(OSError, "unsupported address family"))
}

fn port(value: &PyObject, function: &str) -> PyResult<u16> {
    let number = number::index(value)?;
    match number.to_i64().map(u16::try_from) {
        Some(Ok(port)) => Ok(port),
        _ => Err(raised!(OverflowError, "{function}(): port must be 0-65535.")),
    }
}

fn interface(value: &PyObject) -> PyResult<i32> {
    let name = match (value.downcast::<PyStr>(), value.downcast::<PyBytes>()) {
        (Some(text), _) => text.encode_fs()?,
        (_, Some(bytes)) => bytes.as_slice().to_vec(),
        _ => return Err(raised!(TypeError, "interface name must be str or bytes")),
    };
    if name.is_empty() {
        return Ok(0);
    }
    let name = CString::new(name).map_err(|_| raised!(ValueError, "embedded null byte"))?;
    network::interface_number(&name).map(|number| number as i32).map_err(taipan_objects::system::os_error)
}

fn tuple_of<'a>(value: &'a PyObject, function: &str, family: &str) -> PyResult<&'a [&'a PyObject]> {
    match value.downcast::<PyTuple>() {
        Some(tuple) => Ok(tuple.as_slice()),
        None => {
            let found = value.class().name();
            Err(raised!(TypeError, "{function}(): {family} address must be tuple, not {found}"))
        }
    }
}

fn unsigned(value: &PyObject) -> PyResult<u32> {
    number::index_to_integer::<u32>(value, "C unsigned int")
}

/// The address that Python code means, for a socket of this family and protocol.
pub fn address_of(value: &PyObject, family: i32, protocol: i32, function: &str) -> PyResult<Address> {
    match family {
        AF_UNIX => unix_path(value, function).map(Address::Unix),
        AF_INET => {
            let items = tuple_of(value, function, "AF_INET")?;
            let [host, port_object] = items else {
                return Err(raised!(TypeError, "{function}(): AF_INET address must be a pair (host, port)"));
            };
            let host = resolved(&host_name(host, function)?, AF_INET)?;
            let port = port(port_object, function)?;
            match host {
                Address::Inet { host, .. } => Ok(Address::Inet { host, port }),
                _ => Err(raised!(OSError, "address family mismatched")),
            }
        }
        AF_INET6 => inet6_address(value, function),
        AF_NETLINK => match tuple_of(value, function, "AF_NETLINK")? {
            [pid, groups] => Ok(Address::Netlink { pid: unsigned(pid)?, groups: unsigned(groups)? }),
            _ => Err(raised!(TypeError, "{function}(): AF_NETLINK address must be a pair (pid, groups)")),
        },
        AF_VSOCK => match tuple_of(value, function, "AF_VSOCK")? {
            [cid, port] => Ok(Address::Vsock { cid: unsigned(cid)?, port: unsigned(port)? }),
            _ => Err(raised!(TypeError, "{function}(): AF_VSOCK address must be a pair (CID, port)")),
        },
        AF_QIPCRTR => match tuple_of(value, function, "AF_QIPCRTR")? {
            [node, port] => Ok(Address::QualcommRouter { node: unsigned(node)?, port: unsigned(port)? }),
            _ => Err(raised!(TypeError, "{function}(): AF_QIPCRTR address must be a pair (node, port)")),
        },
        AF_PACKET => packet_address(value, function),
        AF_CAN => can_address(value, protocol, function),
        AF_ALG => algorithm_address(value, function),
        _ => Err(raised!(OSError, "{function}(): bad family")),
    }
}

fn unix_path(value: &PyObject, function: &str) -> PyResult<Vec<u8>> {
    const LONGEST: usize = 108;
    let path = match value.downcast::<PyStr>() {
        Some(text) => text.encode_fs()?,
        None if taipan_objects::protocols::buffer::is_exporter(value) => {
            Buffer::get(value, taipan_abi::PyBUF_SIMPLE)?.to_vec()
        }
        None => {
            let found = value.class().name();
            return Err(raised!(TypeError, "{function}(): a bytes-like object is required, not '{found}'"));
        }
    };
    let abstract_name = path.first() == Some(&0);
    if path.len() > LONGEST || (!abstract_name && path.len() == LONGEST) {
        return Err(raised!(OSError, "AF_UNIX path too long"));
    }
    Ok(path)
}

fn inet6_address(value: &PyObject, function: &str) -> PyResult<Address> {
    let items = tuple_of(value, function, "AF_INET6")?;
    let (host, port_object, rest) = match items {
        [host, port, rest @ ..] if rest.len() <= 2 => (host, port, rest),
        _ => {
            return Err(raised!(
                TypeError,
                "{function}(): AF_INET6 address must be a tuple (host, port[, flowinfo[, scopeid]])"
            ));
        }
    };
    let host = resolved(&host_name(host, function)?, AF_INET6)?;
    let port = port(port_object, function)?;
    let flow = rest.first().map_or(Ok(0), |flow| unsigned(flow))?;
    let scope = rest.get(1).map_or(Ok(0), |scope| unsigned(scope))?;
    if flow > 0xf_ffff {
        return Err(raised!(OverflowError, "{function}(): flowinfo must be 0-1048575."));
    }
    match host {
        Address::Inet6 { host, scope: found, .. } => {
            Ok(Address::Inet6 { host, port, flow, scope: if rest.len() > 1 { scope } else { found } })
        }
        _ => Err(raised!(OSError, "address family mismatched")),
    }
}

fn packet_address(value: &PyObject, function: &str) -> PyResult<Address> {
    let items = tuple_of(value, function, "AF_PACKET")?;
    if items.len() < 2 || items.len() > 5 {
        return Err(raised!(
            TypeError,
            "{function}(): AF_PACKET address must be a tuple of two to five elements"
        ));
    }
    let protocol = number::index_to_integer::<u16>(items[1], "C unsigned short").map_err(|raised| {
        errors::clear(raised);
        raised!(OverflowError, "{function}(): proto must be 0-65535.")
    })?;
    let byte = |at: usize| items.get(at).map_or(Ok(0), |item| number::index_to_integer::<i32>(item, "C int"));
    let address = match items.get(4) {
        Some(address) => Buffer::get(address, taipan_abi::PyBUF_SIMPLE)?.to_vec(),
        None => Vec::new(),
    };
    if address.len() > 8 {
        return Err(raised!(ValueError, "hardware address must be 8 bytes or less"));
    }
    Ok(Address::Packet {
        interface: interface(items[0])?,
        protocol,
        packet: byte(2)? as u8,
        hardware: byte(3)? as u16,
        address,
    })
}

fn can_address(value: &PyObject, protocol: i32, function: &str) -> PyResult<Address> {
    const CAN_ISOTP: i32 = 6;
    const CAN_J1939: i32 = 7;
    let items = tuple_of(value, function, "AF_CAN")?;
    match (protocol, items) {
        (CAN_ISOTP, [name, receive, transmit]) => Ok(Address::Can {
            interface: interface(name)?,
            receive: unsigned(receive)?,
            transmit: unsigned(transmit)?,
        }),
        (CAN_J1939, [name, own, group, address]) => Ok(Address::CanJ1939 {
            interface: interface(name)?,
            name: number::index_to_integer::<u64>(own, "C unsigned long long")?,
            parameter_group: unsigned(group)?,
            address: number::index_to_integer::<u8>(address, "C unsigned char")?,
        }),
        (_, [name]) => Ok(Address::Can { interface: interface(name)?, receive: 0, transmit: 0 }),
        _ => Err(raised!(TypeError, "{function}(): AF_CAN address must be a tuple (interface,)")),
    }
}

fn algorithm_address(value: &PyObject, function: &str) -> PyResult<Address> {
    let items = tuple_of(value, function, "AF_ALG")?;
    let text = |item: &PyObject| match item.downcast::<PyStr>() {
        Some(text) => text.encode_fs(),
        None => {
            Err(raised!(TypeError, "{function}(): AF_ALG address must be a tuple of strings and numbers"))
        }
    };
    match items {
        [kind, name, rest @ ..] if rest.len() <= 2 => {
            let (kind, name) = (text(kind)?, text(name)?);
            if kind.len() > 13 {
                return Err(raised!(ValueError, "AF_ALG type too long."));
            }
            if name.len() > 63 {
                return Err(raised!(ValueError, "AF_ALG name too long."));
            }
            let number = |at: usize| rest.get(at).map_or(Ok(0), |item| unsigned(item));
            Ok(Address::Algorithm { kind, name, features: number(0)?, mask: number(1)? })
        }
        _ => Err(raised!(TypeError, "{function}(): AF_ALG address must be a tuple of two to four elements")),
    }
}

fn number(value: impl Into<u64>) -> Obj {
    PyInt::from_u64(value.into()).into_obj()
}

fn shown(family: i32, bytes: &[u8]) -> PyResult {
    let text = network::show(family, bytes).map_err(taipan_objects::system::os_error)?;
    Ok(PyStr::decode_fs(&text).into_obj())
}

fn interface_text(index: i32) -> Obj {
    let name =
        if index == 0 { Vec::new() } else { network::interface_name(index as u32).unwrap_or_default() };
    PyStr::decode_fs(&name).into_obj()
}

/// An address as Python code sees it; `None` where there is none.
pub fn object_of(address: Option<&Address>) -> PyResult {
    let items = match address {
        None => return Ok(none()),
        Some(Address::Inet { host, port }) => vec![shown(AF_INET, host)?, number(*port)],
        Some(Address::Inet6 { host, port, flow, scope }) => {
            vec![shown(AF_INET6, host)?, number(*port), number(*flow), number(*scope)]
        }
        Some(Address::Unix(path)) if path.first() == Some(&0) => return Ok(PyBytes::new(path).into_obj()),
        Some(Address::Unix(path)) => return Ok(PyStr::decode_fs(path).into_obj()),
        Some(Address::Netlink { pid, groups }) => vec![number(*pid), number(*groups)],
        Some(Address::Vsock { cid, port }) => vec![number(*cid), number(*port)],
        Some(Address::QualcommRouter { node, port }) => vec![number(*node), number(*port)],
        Some(Address::Packet { interface, protocol, hardware, packet, address }) => vec![
            interface_text(*interface),
            number(*protocol),
            number(*packet),
            number(*hardware),
            PyBytes::new(address).into_obj(),
        ],
        Some(Address::Can { interface, receive, transmit }) if *receive != 0 || *transmit != 0 => {
            vec![interface_text(*interface), number(*receive), number(*transmit)]
        }
        Some(Address::Can { interface, .. }) => vec![interface_text(*interface)],
        Some(Address::CanJ1939 { interface, name, parameter_group, address }) => {
            vec![interface_text(*interface), number(*name), number(*parameter_group), number(*address)]
        }
        Some(Address::Algorithm { kind, name, features, mask }) => {
            vec![
                PyStr::decode_fs(kind).into_obj(),
                PyStr::decode_fs(name).into_obj(),
                number(*features),
                number(*mask),
            ]
        }
        Some(Address::Tipc { kind, scope, values }) => vec![
            number(*kind),
            number(values[0]),
            number(values[1]),
            number(values[2]),
            PyInt::from_i64(i64::from(*scope)).into_obj(),
        ],
        Some(Address::Other { family, data }) => vec![number(*family), PyBytes::new(data).into_obj()],
    };
    Ok(PyTuple::from_vec(items).into_obj())
}
