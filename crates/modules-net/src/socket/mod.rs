//! `_socket`: sockets, and the names of hosts and services.

mod address;
mod capi;
mod constants;
mod object;

use address::{AF_INET, AF_INET6, host_name, object_of, raise_pair, resolve_error, resolved, state};
use object::{PySocket, default_timeout, timeout_object, timeout_of};
use std::ffi::CString;
use taipan_host::sockets::{self, Address};
use taipan_host::{files, network};
use taipan_objects::model::args::OptArg;
use taipan_objects::prelude::*;
use taipan_objects::protocols::buffer::Buffer;
use taipan_objects::system::{audit, os_error};
use taipan_objects::types::r#type::type_type;

fn c_text(text: &PyStr) -> PyResult<CString> {
    CString::new(text.encode_fs()?).map_err(|_| raised!(ValueError, "embedded null character"))
}

fn text(bytes: &[u8]) -> Obj {
    PyStr::decode_fs(bytes).into_obj()
}

/// The host of `getaddrinfo`: `None`, or a name.
fn optional_host(host: &PyObject) -> PyResult<Option<CString>> {
    if host.is_none() {
        return Ok(None);
    }
    let name = match (host.downcast::<PyStr>(), host.downcast::<PyBytes>()) {
        (Some(_), _) => host_name(host, "getaddrinfo")?,
        (_, Some(bytes)) => {
            CString::new(bytes.as_slice()).map_err(|_| raised!(ValueError, "embedded null byte"))?
        }
        _ => return Err(raised!(TypeError, "getaddrinfo() argument 1 must be string or None")),
    };
    Ok(Some(name))
}

fn optional_service(port: &PyObject) -> PyResult<Option<CString>> {
    if port.is_none() {
        return Ok(None);
    }
    if port.downcast::<PyInt>().is_some() {
        let digits = taipan_objects::protocols::object::str(port)?;
        return c_text(&digits).map(Some);
    }
    match (port.downcast::<PyStr>(), port.downcast::<PyBytes>()) {
        (Some(text), _) => c_text(text).map(Some),
        (_, Some(bytes)) => {
            CString::new(bytes.as_slice()).map(Some).map_err(|_| raised!(ValueError, "embedded null byte"))
        }
        _ => Err(raised!(OSError, "Int or String expected")),
    }
}

/// The dotted text of an IPv4 host.
fn dotted(host: &CString) -> PyResult {
    match resolved(host, AF_INET)? {
        Address::Inet { host, .. } => Ok(text(&network::show(AF_INET, &host).map_err(os_error)?)),
        _ => Err(raised!(OSError, "unsupported address family")),
    }
}

fn host_triple(found: Result<network::Host, i32>) -> PyResult<(Obj, Obj, Obj)> {
    let host = found.map_err(|code| raise_pair(&state().herror, code, &network::host_error_text(code)))?;
    let aliases = PyList::from_vec(host.aliases.iter().map(|alias| text(alias)).collect());
    let mut addresses = Vec::new();
    for address in &host.addresses {
        addresses.push(text(&network::show(host.family, address).map_err(os_error)?));
    }
    Ok((text(&host.name), aliases.into_obj(), PyList::from_vec(addresses).into_obj()))
}

fn unsigned(value: &PyObject, function: &str, highest: i64, bits: u32) -> PyResult<u32> {
    if value.downcast::<PyInt>().is_none() {
        return Err(raised!(TypeError, "expected int, {} found", value.class().name()));
    }
    let number = number::index(value)?;
    match number.to_i64() {
        Some(value) if (0..=highest).contains(&value) => Ok(value as u32),
        Some(value) if value < 0 => Err(raised!(
            OverflowError,
            "{function}: can't convert negative Python int to C {bits}-bit unsigned integer"
        )),
        _ => Err(raised!(
            OverflowError,
            "{function}: Python int too large to convert to C {bits}-bit unsigned integer"
        )),
    }
}

/// Implementation module for socket operations.
///
/// See the socket module for documentation.
#[pymodule(name = "_socket")]
pub mod socket {
    use super::*;

    /// getaddrinfo(host, port [, family, type, proto, flags])
    ///     -> list of (family, type, proto, canonname, sockaddr)
    ///
    /// Resolve host and port into addrinfo struct.
    #[pyfunction(signature = "(host, port, family=0, type=0, proto=0, flags=0)", no_text)]
    pub fn getaddrinfo(
        host: &PyObject,
        port: &PyObject,
        family: i32,
        kind: i32,
        proto: i32,
        flags: i32,
    ) -> PyResult<Py<PyList>> {
        let (name, service) = (optional_host(host)?, optional_service(port)?);
        let number = |value: i32| PyInt::from_i64(i64::from(value)).into_obj();
        audit(c"socket.getaddrinfo", &[host, port, &number(family), &number(kind), &number(proto)])?;
        let found = network::resolve(name.as_deref(), service.as_deref(), family, kind, proto, flags)
            .map_err(|error| resolve_error(&error))?;
        let mut list = Vec::with_capacity(found.len());
        for info in found {
            let items = vec![
                number(info.family),
                number(info.kind),
                number(info.protocol),
                text(&info.canonical_name),
                object_of(info.address.as_ref())?,
            ];
            list.push(PyTuple::from_vec(items).into_obj());
        }
        PyList::try_from_vec(list)
    }

    /// getnameinfo(sockaddr, flags) --> (host, port)
    ///
    /// Get host and port for a sockaddr.
    #[pyfunction(signature = "(sockaddr, flags, /)", no_text)]
    pub fn getnameinfo(sockaddr: &PyObject, flags: i32) -> PyResult<(Obj, Obj)> {
        const AI_NUMERICHOST: i32 = 4;
        const SOCK_DGRAM: i32 = 2;
        let Some(items) = sockaddr.downcast::<PyTuple>().map(PyTuple::as_slice) else {
            return Err(raised!(TypeError, "getnameinfo() argument 1 must be a tuple"));
        };
        let [host, port, rest @ ..] = items else {
            return Err(raised!(TypeError, "getnameinfo() takes at least 2 arguments"));
        };
        let Some(host_text) = host.downcast::<PyStr>() else {
            return Err(raised!(TypeError, "getnameinfo() argument 1 must be str"));
        };
        audit(c"socket.getnameinfo", &[sockaddr])?;
        let port = number::index_to_integer::<i32>(port, "C int")?;
        let word = |at: usize| {
            rest.get(at).map_or(Ok(0), |item| number::index_to_integer::<u32>(item, "C unsigned int"))
        };
        let (flow, scope) = (word(0)?, word(1)?);
        if flow > 0xf_ffff {
            return Err(raised!(OverflowError, "getnameinfo(): flowinfo must be 0-1048575."));
        }
        let service = CString::new(port.to_string()).unwrap_or_default();
        let found =
            network::resolve(Some(&c_text(host_text)?), Some(&service), 0, SOCK_DGRAM, 0, AI_NUMERICHOST)
                .map_err(|error| resolve_error(&error))?;
        if found.len() > 1 {
            return Err(raised!(OSError, "sockaddr resolved to multiple addresses"));
        }
        let address = match found.into_iter().find_map(|info| info.address) {
            Some(Address::Inet6 { host, port, .. }) => Address::Inet6 { host, port, flow, scope },
            Some(Address::Inet { .. }) if !rest.is_empty() => {
                return Err(raised!(OSError, "IPv4 sockaddr must be 2 tuple"));
            }
            Some(other) => other,
            None => return Err(raised!(OSError, "unsupported address family")),
        };
        let (name, service) = network::name_of(&address, flags).map_err(|error| resolve_error(&error))?;
        Ok((text(&name), text(&service)))
    }

    /// gethostbyname(host) -> address
    ///
    /// Return the IP address (a string of the form '255.255.255.255') for a host.
    #[pyfunction(signature = "(host, /)", no_text)]
    pub fn gethostbyname(host: &PyObject) -> PyResult {
        audit(c"socket.gethostbyname", &[host])?;
        dotted(&host_name(host, "gethostbyname")?)
    }

    /// gethostbyname_ex(host) -> (name, aliaslist, addresslist)
    ///
    /// Return the true host name, a list of aliases, and a list of IP addresses,
    /// for a host.  The host argument is a string giving a host name or IP number.
    #[pyfunction(signature = "(host, /)", no_text)]
    pub fn gethostbyname_ex(host: &PyObject) -> PyResult<(Obj, Obj, Obj)> {
        audit(c"socket.gethostbyname", &[host])?;
        host_triple(network::host_by_name(&host_name(host, "gethostbyname_ex")?))
    }

    /// gethostbyaddr(host) -> (name, aliaslist, addresslist)
    ///
    /// Return the true host name, a list of aliases, and a list of IP addresses,
    /// for a host.  The host argument is a string giving a host name or IP number.
    #[pyfunction(signature = "(host, /)", no_text)]
    pub fn gethostbyaddr(host: &PyObject) -> PyResult<(Obj, Obj, Obj)> {
        audit(c"socket.gethostbyaddr", &[host])?;
        match resolved(&host_name(host, "gethostbyaddr")?, 0)? {
            Address::Inet { host, .. } => host_triple(network::host_by_address(&host, AF_INET)),
            Address::Inet6 { host, .. } => host_triple(network::host_by_address(&host, AF_INET6)),
            _ => Err(raised!(OSError, "unsupported address family")),
        }
    }

    /// gethostname() -> string
    ///
    /// Return the current host name.
    #[pyfunction(signature = "()")]
    pub fn gethostname() -> PyResult {
        audit(c"socket.gethostname", &[])?;
        network::host_name().map(|name| text(&name)).map_err(os_error)
    }

    /// sethostname(name)
    ///
    /// Sets the hostname to name.
    #[pyfunction(signature = "(name, /)", no_text)]
    pub fn sethostname(name: &PyObject) -> PyResult<()> {
        audit(c"socket.sethostname", &[name])?;
        let bytes = match name.downcast::<PyStr>() {
            Some(text) => text.encode_fs()?,
            None => Buffer::get(name, taipan_abi::PyBUF_SIMPLE)?.to_vec(),
        };
        network::set_host_name(&bytes).map_err(os_error)
    }

    /// getservbyname(servicename[, protocolname]) -> integer
    ///
    /// Return a port number from a service name and protocol name.
    /// The optional protocol name, if given, should be 'tcp' or 'udp',
    /// otherwise any protocol will match.
    #[pyfunction(signature = "(servicename, protocolname=None, /)", no_text)]
    pub fn getservbyname(servicename: &PyStr, protocolname: OptArg<&PyStr>) -> PyResult<u16> {
        let protocol = protocolname.given().map(c_text).transpose()?;
        network::service_port(&c_text(servicename)?, protocol.as_deref())
            .ok_or_else(|| raised!(OSError, "service/proto not found"))
    }

    /// getservbyport(port[, protocolname]) -> string
    ///
    /// Return the service name from a port number and protocol name.
    /// The optional protocol name, if given, should be 'tcp' or 'udp',
    /// otherwise any protocol will match.
    #[pyfunction(signature = "(port, protocolname=None, /)", no_text)]
    pub fn getservbyport(port: i32, protocolname: OptArg<&PyStr>) -> PyResult {
        let Ok(port) = u16::try_from(port) else {
            return Err(raised!(OverflowError, "getservbyport: port must be 0-65535."));
        };
        let protocol = protocolname.given().map(c_text).transpose()?;
        network::service_name(port, protocol.as_deref())
            .map(|name| text(&name))
            .ok_or_else(|| raised!(OSError, "port/proto not found"))
    }

    /// getprotobyname(name) -> integer
    ///
    /// Return the protocol number for the named protocol.  (Rarely used.)
    #[pyfunction(signature = "(name, /)", no_text)]
    pub fn getprotobyname(name: &PyStr) -> PyResult<i32> {
        network::protocol_number(&c_text(name)?).ok_or_else(|| raised!(OSError, "protocol not found"))
    }

    /// socketpair([family[, type [, proto]]]) -> (socket object, socket object)
    ///
    /// Create a pair of socket objects from the sockets returned by the platform
    /// socketpair() function.
    /// The arguments are the same as for socket() except the default family is
    /// AF_UNIX if defined on the platform; otherwise, the default is AF_INET.
    #[pyfunction(signature = "(family=None, type=1, proto=0, /)", no_text)]
    pub fn socketpair(family: Option<i32>, kind: i32, proto: i32) -> PyResult<(Py<PySocket>, Py<PySocket>)> {
        const AF_UNIX: i32 = 1;
        let family = family.unwrap_or(AF_UNIX);
        let (a, b) = sockets::pair(family, kind, proto).map_err(os_error)?;
        Ok((PySocket::around(a, family, kind, proto)?, PySocket::around(b, family, kind, proto)?))
    }

    /// close(integer) -> None
    ///
    /// Close an integer socket file descriptor.  This is like os.close(), but for
    /// sockets; on some platforms os.close() won't work for socket file descriptors.
    #[pyfunction(signature = "(object, /)")]
    pub fn close(fd: i32) -> PyResult<()> {
        const ECONNRESET: i32 = 104;
        match files::close(fd) {
            Err(errno) if errno.0 == ECONNRESET => Ok(()),
            other => other.map_err(os_error),
        }
    }

    /// dup(integer) -> integer
    ///
    /// Duplicate an integer socket file descriptor.  This is like os.dup(), but for
    /// sockets; on some platforms os.dup() won't work for socket file descriptors.
    #[pyfunction(signature = "(object, /)")]
    pub fn dup(fd: i32) -> PyResult<i32> {
        files::dup(fd).map_err(os_error)
    }

    /// Convert a 16-bit unsigned integer from network to host byte order.
    #[pyfunction(signature = "(integer, /)")]
    pub fn ntohs(integer: &PyObject) -> PyResult<u32> {
        unsigned(integer, "ntohs", 0xffff, 16).map(|value| u32::from(u16::from_be(value as u16)))
    }

    /// Convert a 16-bit unsigned integer from host to network byte order.
    #[pyfunction(signature = "(integer, /)")]
    pub fn htons(integer: &PyObject) -> PyResult<u32> {
        unsigned(integer, "htons", 0xffff, 16).map(|value| u32::from((value as u16).to_be()))
    }

    /// Convert a 32-bit unsigned integer from network to host byte order.
    #[pyfunction(signature = "(integer, /)")]
    pub fn ntohl(integer: &PyObject) -> PyResult<u32> {
        unsigned(integer, "ntohl", 0xffff_ffff, 32).map(u32::from_be)
    }

    /// Convert a 32-bit unsigned integer from host to network byte order.
    #[pyfunction(signature = "(integer, /)")]
    pub fn htonl(integer: &PyObject) -> PyResult<u32> {
        unsigned(integer, "htonl", 0xffff_ffff, 32).map(u32::to_be)
    }

    /// Convert an IP address in string format (123.45.67.89) to the 32-bit packed binary format used in low-level network functions.
    #[pyfunction(signature = "(ip_addr, /)")]
    pub fn inet_aton(ip_addr: &PyStr) -> PyResult<Py<PyBytes>> {
        match network::parse_loose(&c_text(ip_addr)?) {
            Some(address) => Ok(PyBytes::new(&address)),
            None => Err(raised!(OSError, "illegal IP address string passed to inet_aton")),
        }
    }

    /// Convert an IP address from 32-bit packed binary format to string format.
    #[pyfunction(signature = "(packed_ip, /)")]
    pub fn inet_ntoa(packed_ip: &PyObject) -> PyResult {
        let packed = Buffer::get(packed_ip, taipan_abi::PyBUF_SIMPLE)?.to_vec();
        if packed.len() != 4 {
            return Err(raised!(OSError, "packed IP wrong length"));
        }
        Ok(text(&network::show(AF_INET, &packed).map_err(os_error)?))
    }

    /// inet_pton(af, ip) -> packed IP address string
    ///
    /// Convert an IP address from string format to a packed string suitable
    /// for use with low-level network functions.
    #[pyfunction(signature = "(af, ip, /)", no_text)]
    pub fn inet_pton(af: i32, ip: &PyStr) -> PyResult<Py<PyBytes>> {
        match network::parse(af, &c_text(ip)?).map_err(os_error)? {
            Some(address) => Ok(PyBytes::new(&address)),
            None => Err(raised!(OSError, "illegal IP address string passed to inet_pton")),
        }
    }

    /// inet_ntop(af, packed_ip) -> string formatted IP address
    ///
    /// Convert a packed IP address of the given family to string format.
    #[pyfunction(signature = "(af, packed_ip, /)", no_text)]
    pub fn inet_ntop(af: i32, packed_ip: &PyObject) -> PyResult {
        let packed = Buffer::get(packed_ip, taipan_abi::PyBUF_SIMPLE)?.to_vec();
        match (af, packed.len()) {
            (AF_INET, 4) | (AF_INET6, 16) => {}
            (AF_INET | AF_INET6, _) => {
                return Err(raised!(ValueError, "invalid length of packed IP address string"));
            }
            _ => return Err(raised!(ValueError, "unknown address family {af}")),
        }
        Ok(text(&network::show(af, &packed).map_err(os_error)?))
    }

    /// if_nameindex()
    ///
    /// Returns a list of network interface information (index, name) tuples.
    #[pyfunction(signature = "()")]
    pub fn if_nameindex() -> PyResult<Py<PyList>> {
        let found = network::interfaces().map_err(os_error)?;
        let pair = |(number, name): &(u32, Vec<u8>)| {
            PyTuple::from_vec(vec![PyInt::from_i64(i64::from(*number)).into_obj(), text(name)]).into_obj()
        };
        Ok(PyList::from_vec(found.iter().map(pair).collect()))
    }

    /// Returns the interface index corresponding to the interface name if_name.
    #[pyfunction(signature = "(oname, /)")]
    pub fn if_nametoindex(oname: &PyObject) -> PyResult<u32> {
        let name = taipan_objects::system::path::Path::new(oname, "if_nametoindex: oname")?;
        network::interface_number(name.as_c()).map_err(|_| raised!(OSError, "no interface with this name"))
    }

    /// Returns the interface name corresponding to the interface index if_index.
    #[pyfunction(signature = "(if_index, /)")]
    pub fn if_indextoname(if_index: u32) -> PyResult {
        network::interface_name(if_index).map(|name| text(&name)).map_err(os_error)
    }

    /// getdefaulttimeout() -> timeout
    ///
    /// Returns the default timeout in seconds (float) for new socket objects.
    /// A value of None indicates that new socket objects have no timeout.
    /// When the socket module is first imported, the default is None.
    #[pyfunction(signature = "()")]
    pub fn getdefaulttimeout() -> Obj {
        timeout_object(default_timeout().get())
    }

    /// setdefaulttimeout(timeout)
    ///
    /// Set the default timeout in seconds (float) for new socket objects.
    /// A value of None indicates that new socket objects have no timeout.
    /// When the socket module is first imported, the default is None.
    #[pyfunction(signature = "(object, /)")]
    pub fn setdefaulttimeout(timeout: &PyObject) -> PyResult<()> {
        default_timeout().set(timeout_of(timeout)?);
        Ok(())
    }

    /// CMSG_LEN(length) -> control message length
    ///
    /// Return the total length, without trailing padding, of an ancillary
    /// data item with associated data of the given length.  This value can
    /// often be used as the buffer size for recvmsg() to receive a single
    /// item of ancillary data, but RFC 3542 requires portable applications to
    /// use CMSG_SPACE() and thus include space for padding, even when the
    /// item will be the last in the buffer.  Raises OverflowError if length
    /// is outside the permissible range of values.
    #[pyfunction(name = "CMSG_LEN", signature = "(length, /)", no_text)]
    pub fn cmsg_len(length: isize) -> PyResult<usize> {
        const HEADER: usize = 16;
        usize::try_from(length)
            .ok()
            .filter(|length| sockets::ancillary_space(*length).is_some())
            .map(|length| HEADER + length)
            .ok_or_else(|| raised!(OverflowError, "CMSG_LEN() argument out of range"))
    }

    /// CMSG_SPACE(length) -> buffer size
    ///
    /// Return the buffer size needed for recvmsg() to receive an ancillary
    /// data item with associated data of the given length, along with any
    /// trailing padding.  The buffer space needed to receive multiple items
    /// is the sum of the CMSG_SPACE() values for their associated data
    /// lengths.  Raises OverflowError if length is outside the permissible
    /// range of values.
    #[pyfunction(name = "CMSG_SPACE", signature = "(length, /)", no_text)]
    pub fn cmsg_space(length: isize) -> PyResult<usize> {
        usize::try_from(length)
            .ok()
            .and_then(sockets::ancillary_space)
            .ok_or_else(|| raised!(OverflowError, "CMSG_SPACE() argument out of range"))
    }

    #[exec]
    fn exec(module: &PyModule) -> PyResult<()> {
        for &(name, value) in constants::NUMBERS {
            module.add_int(name, value)?;
        }
        let error = Exc::OSError.type_object();
        for (cell, name) in [(&state().gaierror, "gaierror"), (&state().herror, "herror")] {
            let dict = PyDict::new();
            dict.set_item(intern!("__module__"), intern!("socket"))?;
            let bases = PyTuple::from_slice(&[error]);
            let class = call::call(type_type(), &[&PyStr::new(name), &bases, &dict])?;
            module.add(name, &class)?;
            cell.set(Some(class));
        }
        module.add("error", error)?;
        module.add("timeout", Exc::TimeoutError.type_object())?;
        module.add("SocketType", PySocket::type_object())?;
        module.add("socket", PySocket::type_object())?;
        module.add("CAPI", &capi::capsule())?;
        module.add("has_ipv6", &PyInt::from_bool(true))?;
        module.add_str("BDADDR_ANY", "00:00:00:00:00:00")?;
        module.add_str("BDADDR_LOCAL", "00:00:00:FF:FF:FF")
    }
}
