//! `_socket.socket`: one socket with its timeout.

use super::address::{address_of, object_of};
use core::cell::Cell;
use std::io::{IoSlice, IoSliceMut};
use taipan_host::sockets::{self, Ancillary};
use taipan_host::{Errno, clocks, files, select};
use taipan_objects::errors;
use taipan_objects::memory;
use taipan_objects::model::args::OptArg;
use taipan_objects::model::thread;
use taipan_objects::prelude::*;
use taipan_objects::protocols::buffer::Buffer;
use taipan_objects::system::{audit, check_signals, os_error};

const EINTR: Errno = Errno(4);
const EAGAIN: Errno = Errno(11);
const EISCONN: Errno = Errno(106);
const EINPROGRESS: Errno = Errno(115);
const ECONNRESET: Errno = Errno(104);
const POLLIN: i16 = 1;
const POLLOUT: i16 = 4;
const NANOSECONDS: f64 = 1e9;

/// socket(family=AF_INET, type=SOCK_STREAM, proto=0) -> socket object
/// socket(family=-1, type=-1, proto=-1, fileno=None) -> socket object
///
/// Open a socket of the given type.  The family argument specifies the
/// address family; it defaults to AF_INET.  The type argument specifies
/// whether this is a stream (SOCK_STREAM, this is the default)
/// or datagram (SOCK_DGRAM) socket.  The protocol argument defaults to 0,
/// specifying the default protocol.  Keyword arguments are accepted.
/// The socket is created as non-inheritable.
///
/// When a fileno is passed in, family, type and proto are auto-detected,
/// unless they are explicitly set.
///
/// A socket object represents one endpoint of a network connection.
///
/// Methods of socket objects (keyword arguments not allowed):
///
/// _accept() -- accept connection, returning new socket fd and client address
/// bind(addr) -- bind the socket to a local address
/// close() -- close the socket
/// connect(addr) -- connect the socket to a remote address
/// connect_ex(addr) -- connect, return an error code instead of an exception
/// dup() -- return a new socket fd duplicated from fileno()
/// fileno() -- return underlying file descriptor
/// getpeername() -- return remote address [*]
/// getsockname() -- return local address
/// getsockopt(level, optname[, buflen]) -- get socket options
/// gettimeout() -- return timeout or None
/// listen([n]) -- start listening for incoming connections
/// recv(buflen[, flags]) -- receive data
/// recv_into(buffer[, nbytes[, flags]]) -- receive data (into a buffer)
/// recvfrom(buflen[, flags]) -- receive data and sender's address
/// recvfrom_into(buffer[, nbytes, [, flags]])
///   -- receive data and sender's address (into a buffer)
/// sendall(data[, flags]) -- send all data
/// send(data[, flags]) -- send data, may not send all of it
/// sendto(data[, flags], addr) -- send data to a given address
/// setblocking(bool) -- set or clear the blocking I/O flag
/// getblocking() -- return True if socket is blocking, False if non-blocking
/// setsockopt(level, optname, value[, optlen]) -- set socket options
/// settimeout(None | float) -- set or clear the timeout
/// shutdown(how) -- shut down traffic in one or both directions
///
///  [*] not available on all platforms!
#[pytype(name = "_socket.socket", flags(BASETYPE), parts(LIFE, PLACES, RECEIVING, SENDING, OPTIONS))]
pub struct PySocket {
    ob_base: PyObject,
    fd: Cell<i32>,
    family: Cell<i32>,
    kind: Cell<i32>,
    protocol: Cell<i32>,
    /// In nanoseconds; -1 waits for ever, 0 does not wait.
    timeout: Cell<i64>,
}

/// The timeout of new sockets, in nanoseconds; -1 for none.
pub struct DefaultTimeout(pub Cell<i64>);

impl Default for DefaultTimeout {
    fn default() -> Self {
        DefaultTimeout(Cell::new(-1))
    }
}

pub fn default_timeout() -> &'static Cell<i64> {
    &thread::current().interpreter().extension::<DefaultTimeout>().0
}

/// A timeout argument: `None`, or seconds that are not negative.
pub fn timeout_of(value: &PyObject) -> PyResult<i64> {
    if value.is_none() {
        return Ok(-1);
    }
    let seconds = match value.downcast::<PyFloat>() {
        Some(seconds) => seconds.value(),
        None => number::index(value)?.to_f64()?,
    };
    if seconds.is_nan() {
        return Err(raised!(ValueError, "Invalid value NaN (not a number)"));
    }
    if seconds < 0.0 {
        return Err(raised!(ValueError, "Timeout value out of range"));
    }
    let ns = (seconds * NANOSECONDS).ceil();
    if ns >= 9.2e18 {
        return Err(raised!(OverflowError, "timestamp too large to convert to C PyTime_t"));
    }
    Ok(ns as i64)
}

pub fn timeout_object(ns: i64) -> Obj {
    if ns < 0 { none() } else { PyFloat::new(ns as f64 / NANOSECONDS).into_obj() }
}

impl PySocket {
    /// A socket object around a descriptor, of the module's own class.
    pub fn around(fd: i32, family: i32, kind: i32, protocol: i32) -> PyResult<Py<PySocket>> {
        let made = memory::new(Self::empty());
        made.take_over(fd, family, kind, protocol)?;
        Ok(made)
    }

    fn empty() -> Self {
        PySocket {
            ob_base: PyObject::EMPTY,
            fd: Cell::new(-1),
            family: Cell::new(0),
            kind: Cell::new(0),
            protocol: Cell::new(0),
            timeout: Cell::new(-1),
        }
    }

    fn take_over(&self, fd: i32, family: i32, kind: i32, protocol: i32) -> PyResult<()> {
        const SOCK_NONBLOCK: i32 = 0o4000;
        const SOCK_CLOEXEC: i32 = 0o2_000_000;
        self.fd.set(fd);
        self.family.set(family);
        self.kind.set(kind & !(SOCK_NONBLOCK | SOCK_CLOEXEC));
        self.protocol.set(protocol);
        if kind & SOCK_NONBLOCK != 0 {
            self.timeout.set(0);
            return Ok(());
        }
        self.timeout.set(default_timeout().get());
        if self.timeout.get() >= 0 {
            files::set_blocking(fd, false).map_err(os_error)?;
        }
        Ok(())
    }

    /// Calls until it neither blocks nor is interrupted, or the timeout passed.
    fn waiting<T>(&self, events: i16, mut call: impl FnMut(i32) -> taipan_host::Result<T>) -> PyResult<T> {
        let fd = self.fd.get();
        let timeout = self.timeout.get();
        let deadline = (timeout > 0).then(|| clocks::monotonic().saturating_add(timeout));
        loop {
            if timeout > 0 {
                self.wait_for(events, deadline)?;
            }
            match call(fd) {
                Err(EINTR) => check_signals()?,
                Err(EAGAIN) if timeout > 0 => {}
                other => return other.map_err(os_error),
            }
        }
    }

    /// Waits until the socket is ready; `TimeoutError` at the deadline.
    fn wait_for(&self, events: i16, deadline: Option<i64>) -> PyResult<()> {
        loop {
            match select::wait_for(self.fd.get(), events, deadline) {
                Ok(true) => return Ok(()),
                Ok(false) => return Err(raised!(TimeoutError, "timed out")),
                Err(EINTR) => check_signals()?,
                Err(errno) => return Err(os_error(errno)),
            }
        }
    }

    fn address_argument(&self, value: &PyObject, function: &str) -> PyResult<sockets::Address> {
        address_of(value, self.family.get(), self.protocol.get(), function)
    }

    /// Connects; the outer error is a timeout or a signal handler's.
    fn connect_to(&self, address: &sockets::Address) -> PyResult<taipan_host::Result<()>> {
        let fd = self.fd.get();
        let timeout = self.timeout.get();
        match sockets::connect(fd, address) {
            Err(EINTR) => check_signals()?,
            Err(EINPROGRESS | EAGAIN) if timeout > 0 => {}
            other => return Ok(other),
        }
        if timeout == 0 {
            return Ok(Err(EINTR));
        }
        // The connection is being made: it is there when the socket can be written.
        let deadline = (timeout > 0).then(|| clocks::monotonic().saturating_add(timeout));
        self.wait_for(POLLOUT, deadline)?;
        Ok(match sockets::pending_error(fd) {
            Err(EISCONN) => Ok(()),
            other => other,
        })
    }

    fn room(size: isize, function: &str) -> PyResult<Vec<u8>> {
        let Ok(size) = usize::try_from(size) else {
            return Err(raised!(ValueError, "negative buffersize in {function}"));
        };
        let mut room = Vec::new();
        if room.try_reserve_exact(size).is_err() {
            return Err(raised!(MemoryError));
        }
        room.resize(size, 0);
        Ok(room)
    }

    fn into_length(buffer: &Buffer, nbytes: isize, function: &str) -> PyResult<usize> {
        match usize::try_from(nbytes) {
            Err(_) => Err(raised!(ValueError, "negative buffersize in {function}")),
            Ok(0) => Ok(buffer.len()),
            Ok(wanted) if wanted > buffer.len() => {
                let which = if function == "recv_into" {
                    "buffer too small for requested bytes"
                } else {
                    "nbytes is greater than the length of the buffer"
                };
                Err(raised!(ValueError, "{which}"))
            }
            Ok(wanted) => Ok(wanted),
        }
    }

    fn ancillary_list(pieces: &[Ancillary]) -> Obj {
        let pieces = pieces
            .iter()
            .map(|piece| {
                PyTuple::from_vec(vec![
                    PyInt::from_i64(i64::from(piece.level)).into_obj(),
                    PyInt::from_i64(i64::from(piece.kind)).into_obj(),
                    PyBytes::new(&piece.data).into_obj(),
                ])
                .into_obj()
            })
            .collect();
        PyList::from_vec(pieces).into_obj()
    }

    fn shut(&self) -> PyResult<()> {
        match self.fd.replace(-1) {
            -1 => Ok(()),
            fd => match files::close(fd) {
                // What the peer did is no error of ours.
                Err(ECONNRESET) => Ok(()),
                other => other.map_err(os_error),
            },
        }
    }
}

#[pymethods(LIFE)]
impl PySocket {
    #[new(signature = "(*args, **kwargs)")]
    fn py_new(cls: &TypeObject, _args: &[&PyObject], _kwargs: Option<Py<PyDict>>) -> PyResult<Py<PySocket>> {
        memory::new_in(cls, Self::empty())
    }

    #[init(signature = "(family=-1, type=-1, proto=-1, fileno=None)")]
    fn init(&self, family: i32, kind: i32, proto: i32, fileno: Option<&PyObject>) -> PyResult<()> {
        const SO_TYPE: i32 = 3;
        const SO_PROTOCOL: i32 = 38;
        const SO_DOMAIN: i32 = 39;
        const SOL_SOCKET: i32 = 1;
        let number = |value: i32| PyInt::from_i64(i64::from(value)).into_obj();
        audit(c"socket.__new__", &[self, &number(family), &number(kind), &number(proto)])?;
        let Some(fileno) = fileno else {
            let family = if family == -1 { super::address::AF_INET } else { family };
            let kind = if kind == -1 { 1 } else { kind };
            let proto = if proto == -1 { 0 } else { proto };
            let fd = sockets::socket(family, kind, proto).map_err(os_error)?;
            return self.take_over(fd, family, kind, proto);
        };
        if fileno.downcast::<PyFloat>().is_some() {
            return Err(raised!(TypeError, "integer argument expected, got float"));
        }
        let fd = number::index_to_integer::<i32>(fileno, "C int")?;
        if fd < 0 {
            return Err(raised!(ValueError, "negative file descriptor"));
        }
        let option = |wanted: i32, name: i32| {
            if wanted == -1 {
                sockets::option_number(fd, SOL_SOCKET, name).map_err(os_error)
            } else {
                Ok(wanted)
            }
        };
        // Also finds out whether it is a socket at all.
        let own = sockets::own_address(fd).map_err(os_error);
        let family = if family == -1 {
            own?;
            option(-1, SO_DOMAIN)?
        } else {
            family
        };
        self.take_over(fd, family, option(kind, SO_TYPE)?, option(proto, SO_PROTOCOL)?)
    }

    #[slot(tp_repr)]
    fn repr(&self) -> PyResult<Py<PyStr>> {
        Ok(PyStr::new(&format!(
            "<socket object, fd={}, family={}, type={}, proto={}>",
            self.fd.get(),
            self.family.get(),
            self.kind.get(),
            self.protocol.get()
        )))
    }

    /// close()
    ///
    /// Close the socket.  It cannot be used after this call.
    #[pymethod]
    fn close(&self) -> PyResult<()> {
        self.shut()
    }

    /// detach()
    ///
    /// Close the socket object without closing the underlying file descriptor.
    /// The object cannot be used after this call, but the file descriptor
    /// can be reused for other purposes.  The file descriptor is returned.
    #[pymethod]
    fn detach(&self) -> i32 {
        self.fd.replace(-1)
    }

    /// fileno() -> integer
    ///
    /// Return the integer file descriptor of the socket.
    #[pymethod]
    fn fileno(&self) -> i32 {
        self.fd.get()
    }

    /// the socket family
    #[getter]
    fn family(&self) -> i32 {
        self.family.get()
    }

    /// the socket type
    #[getter(name = "type")]
    fn kind(&self) -> i32 {
        self.kind.get()
    }

    /// the socket protocol
    #[getter]
    fn proto(&self) -> i32 {
        self.protocol.get()
    }

    #[slot(tp_finalize)]
    fn finalize(&self) {
        if self.fd.get() < 0 {
            return;
        }
        let shown = match object::repr(self) {
            Ok(shown) => shown.to_string_lossy().into_owned(),
            Err(raised) => {
                errors::clear(raised);
                String::from("socket")
            }
        };
        if let Err(raised) = errors::warn_resource(self, 1, format_args!("unclosed {shown}")) {
            errors::write_unraisable(raised, None, Some(self));
        }
        if let Err(raised) = self.shut() {
            errors::clear(raised);
        }
    }
}

#[pymethods(PLACES)]
impl PySocket {
    /// _accept() -> (integer, address info)
    ///
    /// Wait for an incoming connection.  Return a new socket file descriptor
    /// representing the connection, and the address of the client.
    /// For IP sockets, the address info is a pair (hostaddr, port).
    #[pymethod(name = "_accept")]
    fn accept(&self) -> PyResult<(i32, Obj)> {
        let (fd, from) = self.waiting(POLLIN, sockets::accept)?;
        match object_of(from.as_ref()) {
            Ok(address) => Ok((fd, address)),
            Err(raised) => {
                // The descriptor is nobody's.
                let closed = files::close(fd);
                debug_assert!(closed.is_ok());
                Err(raised)
            }
        }
    }

    /// bind(address)
    ///
    /// Bind the socket to a local address.  For IP sockets, the address is a
    /// pair (host, port); the host must refer to the local host. For raw packet
    /// sockets the address is a tuple (ifname, proto [,pkttype [,hatype [,addr]]])
    #[pymethod(signature = "(object, /)")]
    fn bind(&self, address: &PyObject) -> PyResult<()> {
        let to = self.address_argument(address, "bind")?;
        audit(c"socket.bind", &[self, address])?;
        sockets::bind(self.fd.get(), &to).map_err(os_error)
    }

    /// connect(address)
    ///
    /// Connect the socket to a remote address.  For IP sockets, the address
    /// is a pair (host, port).
    #[pymethod(signature = "(object, /)")]
    fn connect(&self, address: &PyObject) -> PyResult<()> {
        let to = self.address_argument(address, "connect")?;
        audit(c"socket.connect", &[self, address])?;
        self.connect_to(&to)?.map_err(os_error)
    }

    /// connect_ex(address) -> errno
    ///
    /// This is like connect(address), but returns an error code (the errno value)
    /// instead of raising an exception when an error occurs.
    #[pymethod(signature = "(object, /)")]
    fn connect_ex(&self, address: &PyObject) -> PyResult<i32> {
        let to = self.address_argument(address, "connect_ex")?;
        audit(c"socket.connect", &[self, address])?;
        match self.connect_to(&to) {
            Ok(Ok(())) => Ok(0),
            Ok(Err(errno)) => Ok(errno.0),
            Err(raised) => {
                errors::catch(raised, Exc::TimeoutError)?;
                Ok(EAGAIN.0)
            }
        }
    }

    /// listen([backlog])
    ///
    /// Enable a server to accept connections.  If backlog is specified, it must be
    /// at least 0 (if it is lower, it is set to 0); it specifies the number of
    /// unaccepted connections that the system will allow before refusing new
    /// connections. If not specified, a default reasonable value is chosen.
    #[pymethod(signature = "(backlog=128, /)", no_text)]
    fn listen(&self, backlog: i32) -> PyResult<()> {
        sockets::listen(self.fd.get(), backlog.max(0)).map_err(os_error)
    }

    /// shutdown(flag)
    ///
    /// Shut down the reading side of the socket (flag == SHUT_RD), the writing side
    /// of the socket (flag == SHUT_WR), or both ends (flag == SHUT_RDWR).
    #[pymethod(signature = "(object, /)")]
    fn shutdown(&self, how: i32) -> PyResult<()> {
        sockets::shutdown(self.fd.get(), how).map_err(os_error)
    }

    /// getpeername() -> address info
    ///
    /// Return the address of the remote endpoint.  For IP sockets, the address
    /// info is a pair (hostaddr, port).
    #[pymethod]
    fn getpeername(&self) -> PyResult {
        object_of(sockets::peer_address(self.fd.get()).map_err(os_error)?.as_ref())
    }

    /// getsockname() -> address info
    ///
    /// Return the address of the local endpoint. The format depends on the
    /// address family. For IPv4 sockets, the address info is a pair
    /// (hostaddr, port). For IPv6 sockets, the address info is a 4-tuple
    /// (hostaddr, port, flowinfo, scope_id).
    #[pymethod]
    fn getsockname(&self) -> PyResult {
        object_of(sockets::own_address(self.fd.get()).map_err(os_error)?.as_ref())
    }
}

#[pymethods(RECEIVING)]
impl PySocket {
    /// recv(buffersize[, flags]) -> data
    ///
    /// Receive up to buffersize bytes from the socket.  For the optional flags
    /// argument, see the Unix manual.  When no data is available, block until
    /// at least one byte is available or until the remote end is closed.  When
    /// the remote end is closed and all data is read, return the empty string.
    #[pymethod(signature = "(buffersize, flags=0, /)", no_text)]
    fn recv(&self, buffersize: isize, flags: i32) -> PyResult<Py<PyBytes>> {
        let mut room = Self::room(buffersize, "recv")?;
        if room.is_empty() {
            return Ok(PyBytes::new(b""));
        }
        let count = self.waiting(POLLIN, |fd| sockets::receive(fd, &mut room, flags))?;
        Ok(PyBytes::new(&room[..count]))
    }

    /// recv_into(buffer, [nbytes[, flags]]) -> nbytes_read
    ///
    /// A version of recv() that stores its data into a buffer rather than creating
    /// a new string.  Receive up to buffersize bytes from the socket.  If buffersize
    /// is not specified (or 0), receive up to the size available in the given buffer.
    ///
    /// See recv() for documentation about the flags.
    #[pymethod(signature = "(buffer, nbytes=0, flags=0)", no_text)]
    fn recv_into(&self, buffer: &PyObject, nbytes: isize, flags: i32) -> PyResult<usize> {
        let mut into = Buffer::get(buffer, taipan_abi::PyBUF_WRITABLE)?;
        let length = Self::into_length(&into, nbytes, "recv_into")?;
        if length == 0 {
            return Ok(0);
        }
        self.waiting(POLLIN, |fd| sockets::receive(fd, &mut into.as_bytes_mut()[..length], flags))
    }

    /// recvfrom(buffersize[, flags]) -> (data, address info)
    ///
    /// Like recv(buffersize, flags) but also return the sender's address info.
    #[pymethod(signature = "(buffersize, flags=0, /)", no_text)]
    fn recvfrom(&self, buffersize: isize, flags: i32) -> PyResult<(Py<PyBytes>, Obj)> {
        let mut room = Self::room(buffersize, "recvfrom")?;
        let (count, from) = self.waiting(POLLIN, |fd| sockets::receive_from(fd, &mut room, flags))?;
        Ok((PyBytes::new(&room[..count]), object_of(from.as_ref())?))
    }

    /// recvfrom_into(buffer[, nbytes[, flags]]) -> (nbytes, address info)
    ///
    /// Like recv_into(buffer[, nbytes[, flags]]) but also return the sender's address info.
    #[pymethod(signature = "(buffer, nbytes=0, flags=0)", no_text)]
    fn recvfrom_into(&self, buffer: &PyObject, nbytes: isize, flags: i32) -> PyResult<(usize, Obj)> {
        let mut into = Buffer::get(buffer, taipan_abi::PyBUF_WRITABLE)?;
        let length = Self::into_length(&into, nbytes, "recvfrom_into")?;
        let (count, from) =
            self.waiting(POLLIN, |fd| sockets::receive_from(fd, &mut into.as_bytes_mut()[..length], flags))?;
        Ok((count, object_of(from.as_ref())?))
    }

    /// recvmsg(bufsize[, ancbufsize[, flags]]) -> (data, ancdata, msg_flags, address)
    ///
    /// Receive normal data (up to bufsize bytes) and ancillary data from the
    /// socket.  The ancbufsize argument sets the size in bytes of the
    /// internal buffer used to receive the ancillary data; it defaults to 0,
    /// meaning that no ancillary data will be received.  Appropriate buffer
    /// sizes for ancillary data can be calculated using CMSG_SPACE() or
    /// CMSG_LEN(), and items which do not fit into the buffer might be
    /// truncated or discarded.  The flags argument defaults to 0 and has the
    /// same meaning as for recv().
    ///
    /// The return value is a 4-tuple: (data, ancdata, msg_flags, address).
    /// The data item is a bytes object holding the non-ancillary data
    /// received.  The ancdata item is a list of zero or more tuples
    /// (cmsg_level, cmsg_type, cmsg_data) representing the ancillary data
    /// (control messages) received: cmsg_level and cmsg_type are integers
    /// specifying the protocol level and protocol-specific type respectively,
    /// and cmsg_data is a bytes object holding the associated data.  The
    /// msg_flags item is the bitwise OR of various flags indicating
    /// conditions on the received message; see your system documentation for
    /// details.  If the receiving socket is unconnected, address is the
    /// address of the sending socket, if available; otherwise, its value is
    /// unspecified.
    ///
    /// If recvmsg() raises an exception after the system call returns, it
    /// will first attempt to close any file descriptors received via the
    /// SCM_RIGHTS mechanism.
    #[pymethod(signature = "(bufsize, ancbufsize=0, flags=0, /)", no_text)]
    fn recvmsg(
        &self,
        bufsize: isize,
        ancbufsize: isize,
        flags: i32,
    ) -> PyResult<(Py<PyBytes>, Obj, i32, Obj)> {
        if bufsize < 0 {
            return Err(raised!(ValueError, "negative buffer size in recvmsg()"));
        }
        let mut room = Self::room(bufsize, "recvmsg")?;
        let ancillary = ancillary_room(ancbufsize, "recvmsg")?;
        let received = self.waiting(POLLIN, |fd| {
            sockets::receive_message(fd, &mut [IoSliceMut::new(&mut room)], ancillary, flags)
        })?;
        Ok((
            PyBytes::new(&room[..received.count]),
            Self::ancillary_list(&received.ancillary),
            received.flags,
            object_of(received.from.as_ref())?,
        ))
    }

    /// recvmsg_into(buffers[, ancbufsize[, flags]]) -> (nbytes, ancdata, msg_flags, address)
    ///
    /// Receive normal data and ancillary data from the socket, scattering the
    /// non-ancillary data into a series of buffers.  The buffers argument
    /// must be an iterable of objects that export writable buffers
    /// (e.g. bytearray objects); these will be filled with successive chunks
    /// of the non-ancillary data until it has all been written or there are
    /// no more buffers.  The ancbufsize argument sets the size in bytes of
    /// the internal buffer used to receive the ancillary data; it defaults to
    /// 0, meaning that no ancillary data will be received.  Appropriate
    /// buffer sizes for ancillary data can be calculated using CMSG_SPACE()
    /// or CMSG_LEN(), and items which do not fit into the buffer might be
    /// truncated or discarded.  The flags argument defaults to 0 and has the
    /// same meaning as for recv().
    ///
    /// The return value is a 4-tuple: (nbytes, ancdata, msg_flags, address).
    /// The nbytes item is the total number of bytes of non-ancillary data
    /// written into the buffers.  The ancdata item is a list of zero or more
    /// tuples (cmsg_level, cmsg_type, cmsg_data) representing the ancillary
    /// data (control messages) received: cmsg_level and cmsg_type are
    /// integers specifying the protocol level and protocol-specific type
    /// respectively, and cmsg_data is a bytes object holding the associated
    /// data.  The msg_flags item is the bitwise OR of various flags
    /// indicating conditions on the received message; see your system
    /// documentation for details.  If the receiving socket is unconnected,
    /// address is the address of the sending socket, if available; otherwise,
    /// its value is unspecified.
    ///
    /// If recvmsg_into() raises an exception after the system call returns,
    /// it will first attempt to close any file descriptors received via the
    /// SCM_RIGHTS mechanism.
    #[pymethod(signature = "(buffers, ancbufsize=0, flags=0, /)", no_text)]
    fn recvmsg_into(
        &self,
        buffers: &PyObject,
        ancbufsize: isize,
        flags: i32,
    ) -> PyResult<(usize, Obj, i32, Obj)> {
        let ancillary = ancillary_room(ancbufsize, "recvmsg_into")?;
        let mut held: Vec<Buffer> = Vec::new();
        iter::for_each(buffers, |object| {
            held.push(Buffer::get(&object, taipan_abi::PyBUF_WRITABLE)?);
            Ok(())
        })?;
        let received = self.waiting(POLLIN, |fd| {
            let mut slices: Vec<IoSliceMut<'_>> =
                held.iter_mut().map(|buffer| IoSliceMut::new(buffer.as_bytes_mut())).collect();
            sockets::receive_message(fd, &mut slices, ancillary, flags)
        })?;
        Ok((
            received.count,
            Self::ancillary_list(&received.ancillary),
            received.flags,
            object_of(received.from.as_ref())?,
        ))
    }
}

fn ancillary_room(size: isize, function: &str) -> PyResult<usize> {
    usize::try_from(size)
        .ok()
        .filter(|&size| size <= i32::MAX as usize)
        .ok_or_else(|| raised!(ValueError, "invalid ancillary data buffer length in {function}()"))
}

#[pymethods(SENDING)]
impl PySocket {
    /// send(data[, flags]) -> count
    ///
    /// Send a data string to the socket.  For the optional flags
    /// argument, see the Unix manual.  Return the number of bytes
    /// sent; this may be less than len(data) if the network is busy.
    #[pymethod(signature = "(data, flags=0, /)", no_text)]
    fn send(&self, data: &PyObject, flags: i32) -> PyResult<usize> {
        let data = Buffer::get(data, taipan_abi::PyBUF_SIMPLE)?;
        self.waiting(POLLOUT, |fd| sockets::send(fd, data.as_bytes(), flags))
    }

    /// sendall(data[, flags])
    ///
    /// Send a data string to the socket.  For the optional flags
    /// argument, see the Unix manual.  This calls send() repeatedly
    /// until all data is sent.  If an error occurs, it's impossible
    /// to tell how much data has been sent.
    #[pymethod(signature = "(data, flags=0, /)", no_text)]
    fn sendall(&self, data: &PyObject, flags: i32) -> PyResult<()> {
        let data = Buffer::get(data, taipan_abi::PyBUF_SIMPLE)?;
        let timeout = self.timeout.get();
        let deadline = (timeout > 0).then(|| clocks::monotonic().saturating_add(timeout));
        let mut rest = data.as_bytes();
        while !rest.is_empty() {
            if timeout > 0 {
                self.wait_for(POLLOUT, deadline)?;
            }
            match sockets::send(self.fd.get(), rest, flags) {
                Ok(count) => rest = &rest[count..],
                Err(EINTR) => {}
                Err(EAGAIN) if timeout > 0 => {}
                Err(errno) => return Err(os_error(errno)),
            }
            check_signals()?;
        }
        Ok(())
    }

    /// sendto(data[, flags], address) -> count
    ///
    /// Like send(data, flags) but allows specifying the destination address.
    /// For IP sockets, the address is a pair (hostaddr, port).
    #[pymethod(signature = "(*args)", no_text)]
    fn sendto(&self, args: &[&PyObject]) -> PyResult<usize> {
        let (data, flags, to) = match args {
            [data, to] => (data, 0, to),
            [data, flags, to] => (data, number::index_to_integer::<i32>(flags, "C int")?, to),
            _ => {
                let given = args.len();
                return Err(raised!(TypeError, "sendto() takes 2 or 3 arguments ({given} given)"));
            }
        };
        let data = Buffer::get(data, taipan_abi::PyBUF_SIMPLE)?;
        let address = self.address_argument(to, "sendto")?;
        audit(c"socket.sendto", &[self, to])?;
        self.waiting(POLLOUT, |fd| sockets::send_to(fd, data.as_bytes(), flags, &address))
    }

    /// sendmsg(buffers[, ancdata[, flags[, address]]]) -> count
    ///
    /// Send normal and ancillary data to the socket, gathering the
    /// non-ancillary data from a series of buffers and concatenating it into
    /// a single message.  The buffers argument specifies the non-ancillary
    /// data as an iterable of bytes-like objects (e.g. bytes objects).
    /// The ancdata argument specifies the ancillary data (control messages)
    /// as an iterable of zero or more tuples (cmsg_level, cmsg_type,
    /// cmsg_data), where cmsg_level and cmsg_type are integers specifying the
    /// protocol level and protocol-specific type respectively, and cmsg_data
    /// is a bytes-like object holding the associated data.  The flags
    /// argument defaults to 0 and has the same meaning as for send().  If
    /// address is supplied and not None, it sets a destination address for
    /// the message.  The return value is the number of bytes of non-ancillary
    /// data sent.
    #[pymethod(signature = "(buffers, ancdata=(), flags=0, address=None, /)", no_text)]
    fn sendmsg(
        &self,
        buffers: &PyObject,
        ancdata: OptArg<&PyObject>,
        flags: i32,
        address: Option<&PyObject>,
    ) -> PyResult<usize> {
        let to = address.map(|address| self.address_argument(address, "sendmsg")).transpose()?;
        audit(c"socket.sendmsg", &[self, address.unwrap_or(none_ref())])?;
        let mut held: Vec<Buffer> = Vec::new();
        iter::for_each(buffers, |object| {
            held.push(Buffer::get(&object, taipan_abi::PyBUF_SIMPLE)?);
            Ok(())
        })?;
        let mut pieces = Vec::new();
        if let Some(ancdata) = ancdata.given() {
            iter::for_each(ancdata, |item| {
                let parts = item.downcast::<PyTuple>().map(PyTuple::as_slice);
                let Some([level, kind, data]) = parts else {
                    return Err(raised!(
                        TypeError,
                        "[sendmsg() ancillary data items] must be sequence of length 3"
                    ));
                };
                pieces.push(Ancillary {
                    level: number::index_to_integer::<i32>(level, "C int")?,
                    kind: number::index_to_integer::<i32>(kind, "C int")?,
                    data: Buffer::get(data, taipan_abi::PyBUF_SIMPLE)?.to_vec(),
                });
                Ok(())
            })?;
        }
        let slices: Vec<IoSlice<'_>> = held.iter().map(|buffer| IoSlice::new(buffer.as_bytes())).collect();
        self.waiting(POLLOUT, |fd| sockets::send_message(fd, &slices, &pieces, flags, to.as_ref()))
    }

    /// sendmsg_afalg([msg], *, op[, iv[, assoclen[, flags=MSG_MORE]]])
    ///
    /// Set operation mode, IV and length of associated data for an AF_ALG
    /// operation socket.
    #[pymethod(signature = "(msg=(), *, op, iv=None, assoclen=None, flags=0)", no_text)]
    fn sendmsg_afalg(
        &self,
        msg: OptArg<&PyObject>,
        op: u32,
        iv: Option<&PyObject>,
        assoclen: Option<u32>,
        flags: i32,
    ) -> PyResult<usize> {
        if self.family.get() != super::address::AF_ALG {
            return Err(raised!(OSError, "algset is only supported for AF_ALG"));
        }
        let vector = iv.map(|iv| Buffer::get(iv, taipan_abi::PyBUF_SIMPLE)).transpose()?;
        let mut held: Vec<Buffer> = Vec::new();
        if let Some(msg) = msg.given() {
            iter::for_each(msg, |object| {
                held.push(Buffer::get(&object, taipan_abi::PyBUF_SIMPLE)?);
                Ok(())
            })?;
        }
        let slices: Vec<IoSlice<'_>> = held.iter().map(|buffer| IoSlice::new(buffer.as_bytes())).collect();
        let vector = vector.as_ref().map(Buffer::as_bytes);
        self.waiting(POLLOUT, |fd| {
            sockets::send_message_to_algorithm(fd, &slices, op, vector, assoclen, flags)
        })
    }
}

#[pymethods(OPTIONS)]
impl PySocket {
    /// setblocking(flag)
    ///
    /// Set the socket to blocking (flag is true) or non-blocking (false).
    /// setblocking(True) is equivalent to settimeout(None);
    /// setblocking(False) is equivalent to settimeout(0.0).
    #[pymethod(signature = "(object, /)")]
    fn setblocking(&self, flag: bool) -> PyResult<()> {
        self.timeout.set(if flag { -1 } else { 0 });
        files::set_blocking(self.fd.get(), flag).map_err(os_error)
    }

    /// getblocking()
    ///
    /// Returns True if socket is in blocking mode, or False if it
    /// is in non-blocking mode.
    #[pymethod]
    fn getblocking(&self) -> bool {
        self.timeout.get() != 0
    }

    /// settimeout(timeout)
    ///
    /// Set a timeout on socket operations.  'timeout' can be a float,
    /// giving in seconds, or None.  Setting a timeout of None disables
    /// the timeout feature and is equivalent to setblocking(1).
    /// Setting a timeout of zero is the same as setblocking(0).
    #[pymethod(signature = "(object, /)")]
    fn settimeout(&self, timeout: &PyObject) -> PyResult<()> {
        let ns = timeout_of(timeout)?;
        self.timeout.set(ns);
        files::set_blocking(self.fd.get(), ns < 0).map_err(os_error)
    }

    /// gettimeout() -> timeout
    ///
    /// Returns the timeout in seconds (float) associated with socket
    /// operations. A timeout of None indicates that timeouts on socket
    /// operations are disabled.
    #[pymethod]
    fn gettimeout(&self) -> Obj {
        timeout_object(self.timeout.get())
    }

    /// the socket timeout
    #[getter]
    fn timeout(&self) -> Obj {
        timeout_object(self.timeout.get())
    }

    /// getsockopt(level, option[, buffersize]) -> value
    ///
    /// Get a socket option.  See the Unix manual for level and option.
    /// If a nonzero buffersize argument is given, the return value is a
    /// string of that length; otherwise it is an integer.
    #[pymethod(signature = "(level, option, buffersize=0, /)", no_text)]
    fn getsockopt(&self, level: i32, option: i32, buffersize: isize) -> PyResult {
        const LONGEST: isize = 1024;
        if buffersize == 0 {
            let value = sockets::option_number(self.fd.get(), level, option).map_err(os_error)?;
            return Ok(PyInt::from_i64(i64::from(value)).into_obj());
        }
        if !(1..=LONGEST).contains(&buffersize) {
            return Err(raised!(OSError, "getsockopt buflen out of range"));
        }
        let value = sockets::option(self.fd.get(), level, option, buffersize as usize).map_err(os_error)?;
        Ok(PyBytes::new(&value).into_obj())
    }

    /// setsockopt(level, option, value: int)
    /// setsockopt(level, option, value: buffer)
    /// setsockopt(level, option, None, optlen: int)
    ///
    /// Set a socket option.  See the Unix manual for level and option.
    /// The value argument can either be an integer, a string buffer, or
    /// None, optlen.
    #[pymethod(signature = "(level, option, value, optlen=None, /)", no_text)]
    fn setsockopt(
        &self,
        level: i32,
        option: i32,
        value: &PyObject,
        optlen: OptArg<&PyObject>,
    ) -> PyResult<()> {
        let fd = self.fd.get();
        let done = match optlen.given() {
            Some(length) => {
                if !value.is_none() {
                    let found = value.class().name();
                    return Err(raised!(TypeError, "setsockopt() argument 3 must be NoneType, not {found}"));
                }
                sockets::set_option_length(
                    fd,
                    level,
                    option,
                    number::index_to_integer::<u32>(length, "C unsigned int")?,
                )
            }
            None if number::is_index(value) => {
                let value = number::index_to_integer::<i32>(value, "C int")?;
                sockets::set_option_number(fd, level, option, value)
            }
            None => {
                let value = Buffer::get(value, taipan_abi::PyBUF_SIMPLE)?;
                sockets::set_option(fd, level, option, value.as_bytes())
            }
        };
        done.map_err(os_error)
    }
}
