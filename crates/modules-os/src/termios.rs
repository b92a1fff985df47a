//! `termios`: the settings of terminals.

use taipan_host::terminal::{self, CONTROL_CHARACTERS, Settings};
use taipan_objects::model::thread;
use taipan_objects::prelude::*;
use taipan_objects::system::fd::FileNumber;
use taipan_objects::{errors, system};

/// The exception type of an interpreter.
#[derive(Default)]
struct State {
    error: ObjCell,
}

/// The exception `termios.error`.
fn error_type() -> PyResult {
    let state = thread::current().interpreter().extension::<State>();
    if let Some(class) = state.error.get() {
        return Ok(class);
    }
    let dict = PyDict::new();
    dict.set_item(intern!("__module__"), intern!("termios"))?;
    let class = taipan_objects::types::r#type::new_heap_type("error", Exc::Exception.type_object(), &dict)?;
    state.error.set(Some(class.clone()));
    Ok(class)
}

/// `termios.error` with number and text of what the system says.
#[cold]
fn termios_error(errno: taipan_host::Errno) -> Raised {
    let class = match error_type() {
        Ok(class) => class,
        Err(raised) => return raised,
    };
    // The text is the one that `OSError` has.
    let plain = errors::take(system::os_error(errno));
    let text = match object::get_attr(&plain, intern!("strerror")) {
        Ok(text) => text,
        Err(raised) => return raised,
    };
    let value = PyTuple::pair(PyInt::from_i64(errno.0.into()).into_obj(), text);
    match class.downcast::<TypeObject>() {
        Some(class) => errors::set_object(class, &value),
        None => raised!(SystemError, "termios.error is no type"),
    }
}

/// Where the least number of characters and the time to wait for them stand, while input is not by lines.
const VTIME: usize = 5;
const VMIN: usize = 6;
const ICANON: u32 = 2;

fn settings_list(settings: &Settings) -> PyResult<Py<PyList>> {
    let raw = settings.local & ICANON == 0;
    let characters: Vec<Obj> = settings
        .characters
        .iter()
        .enumerate()
        .map(|(i, &c)| {
            if raw && (i == VMIN || i == VTIME) {
                PyInt::from_i64(c.into()).into_obj()
            } else {
                PyBytes::new(&[c]).into_obj()
            }
        })
        .collect();
    let numbers = [
        settings.input,
        settings.output,
        settings.control,
        settings.local,
        settings.input_speed,
        settings.output_speed,
    ];
    let mut items: Vec<Obj> = numbers.iter().map(|&n| PyInt::from_i64(n.into()).into_obj()).collect();
    items.push(PyList::from_vec(characters).into_obj());
    PyList::try_from_vec(items)
}

/// A number of the list; flags may be written as negative numbers.
fn flags(value: &PyObject) -> PyResult<u32> {
    match value.downcast::<PyInt>() {
        // As C's cast of a long.
        Some(number) => match number.to_i64() {
            Some(number) => Ok(number as u32),
            None => Err(raised!(OverflowError, "Python int too large to convert to C long")),
        },
        None => {
            let name = value.class().name();
            Err(raised!(TypeError, "'{name}' object cannot be interpreted as an integer"))
        }
    }
}

fn settings_of(attributes: &PyObject) -> PyResult<Settings> {
    let wrong = || raised!(TypeError, "tcsetattr, arg 3: must be 7 element list");
    let items = attributes.downcast::<PyList>().map(PyList::to_vec).ok_or_else(wrong)?;
    let [input, output, control, local, input_speed, output_speed, characters] = &items[..] else {
        return Err(wrong());
    };
    let mut settings = Settings {
        input: flags(input)?,
        output: flags(output)?,
        control: flags(control)?,
        local: flags(local)?,
        input_speed: flags(input_speed)?,
        output_speed: flags(output_speed)?,
        characters: [0; CONTROL_CHARACTERS],
    };
    let wrong = || raised!(TypeError, "tcsetattr: attributes[6] must be {CONTROL_CHARACTERS} element list");
    let characters = characters.downcast::<PyList>().map(PyList::to_vec).ok_or_else(wrong)?;
    if characters.len() != CONTROL_CHARACTERS {
        return Err(wrong());
    }
    for (place, value) in settings.characters.iter_mut().zip(&characters) {
        *place = match (value.downcast::<PyBytes>().map(PyBytes::as_slice), value.downcast::<PyInt>()) {
            (Some(&[byte]), _) => byte,
            (_, Some(_)) => flags(value)? as u8,
            _ => {
                return Err(raised!(
                    TypeError,
                    "tcsetattr: elements of attributes must be characters or integers"
                ));
            }
        };
    }
    Ok(settings)
}

fn window_size(value: &PyObject) -> PyResult<u16> {
    let number = match value.downcast::<PyInt>() {
        Some(number) => number.to_i64(),
        None => number::index(value)?.to_i64(),
    };
    let Some(number) = number else {
        return Err(raised!(OverflowError, "Python int too large to convert to C long"));
    };
    u16::try_from(number).map_err(|_| raised!(OverflowError, "winsize value(s) out of range."))
}

/// Constants of the module.
const NUMBERS: &[(&str, i64)] = &[
    ("B0", 0),
    ("B1000000", 0xf4240),
    ("B110", 0x6e),
    ("B115200", 0x1c200),
    ("B1152000", 0x119400),
    ("B1200", 0x4b0),
    ("B134", 0x86),
    ("B14400", 0x3840),
    ("B150", 0x96),
    ("B1500000", 0x16e360),
    ("B1800", 0x708),
    ("B19200", 0x4b00),
    ("B200", 0xc8),
    ("B2000000", 0x1e8480),
    ("B230400", 0x38400),
    ("B2400", 0x960),
    ("B2500000", 0x2625a0),
    ("B28800", 0x7080),
    ("B300", 0x12c),
    ("B3000000", 0x2dc6c0),
    ("B3500000", 0x3567e0),
    ("B38400", 0x9600),
    ("B4000000", 0x3d0900),
    ("B460800", 0x70800),
    ("B4800", 0x12c0),
    ("B50", 0x32),
    ("B500000", 0x7a120),
    ("B57600", 0xe100),
    ("B576000", 0x8ca00),
    ("B600", 0x258),
    ("B7200", 0x1c20),
    ("B75", 0x4b),
    ("B76800", 0x12c00),
    ("B921600", 0xe1000),
    ("B9600", 0x2580),
    ("BRKINT", 0x2),
    ("BS0", 0),
    ("BS1", 0x2000),
    ("BSDLY", 0x2000),
    ("CBAUD", 0x100f),
    ("CBAUDEX", 0x1000),
    ("CDSUSP", 0x19),
    ("CEOF", 0x4),
    ("CEOL", 0),
    ("CEOT", 0x4),
    ("CERASE", 0x7f),
    ("CFLUSH", 0xf),
    ("CIBAUD", 0x100f0000),
    ("CINTR", 0x3),
    ("CKILL", 0x15),
    ("CLNEXT", 0x16),
    ("CLOCAL", 0x800),
    ("CQUIT", 0x1c),
    ("CR0", 0),
    ("CR1", 0x200),
    ("CR2", 0x400),
    ("CR3", 0x600),
    ("CRDLY", 0x600),
    ("CREAD", 0x80),
    ("CRPRNT", 0x12),
    ("CRTSCTS", 0x80000000),
    ("CS5", 0),
    ("CS6", 0x10),
    ("CS7", 0x20),
    ("CS8", 0x30),
    ("CSIZE", 0x30),
    ("CSTART", 0x11),
    ("CSTOP", 0x13),
    ("CSTOPB", 0x40),
    ("CSUSP", 0x1a),
    ("CWERASE", 0x17),
    ("ECHO", 0x8),
    ("ECHOCTL", 0x200),
    ("ECHOE", 0x10),
    ("ECHOK", 0x20),
    ("ECHOKE", 0x800),
    ("ECHONL", 0x40),
    ("ECHOPRT", 0x400),
    ("EXTA", 0x4b00),
    ("EXTB", 0x9600),
    ("EXTPROC", 0x10000),
    ("FF0", 0),
    ("FF1", 0x8000),
    ("FFDLY", 0x8000),
    ("FIOASYNC", 0x5452),
    ("FIOCLEX", 0x5451),
    ("FIONBIO", 0x5421),
    ("FIONCLEX", 0x5450),
    ("FIONREAD", 0x541b),
    ("FLUSHO", 0x1000),
    ("HUPCL", 0x400),
    ("IBSHIFT", 0x10),
    ("ICANON", 0x2),
    ("ICRNL", 0x100),
    ("IEXTEN", 0x8000),
    ("IGNBRK", 0x1),
    ("IGNCR", 0x80),
    ("IGNPAR", 0x4),
    ("IMAXBEL", 0x2000),
    ("INLCR", 0x40),
    ("INPCK", 0x10),
    ("IOCSIZE_MASK", 0x3fff0000),
    ("IOCSIZE_SHIFT", 0x10),
    ("ISIG", 0x1),
    ("ISTRIP", 0x20),
    ("IUCLC", 0x200),
    ("IUTF8", 0x4000),
    ("IXANY", 0x800),
    ("IXOFF", 0x1000),
    ("IXON", 0x400),
    ("NCCS", 0x20),
    ("NL0", 0),
    ("NL1", 0x100),
    ("NLDLY", 0x100),
    ("NOFLSH", 0x80),
    ("N_MOUSE", 0x2),
    ("N_PPP", 0x3),
    ("N_SLIP", 0x1),
    ("N_STRIP", 0x4),
    ("N_TTY", 0),
    ("OCRNL", 0x8),
    ("OFDEL", 0x80),
    ("OFILL", 0x40),
    ("OLCUC", 0x2),
    ("ONLCR", 0x4),
    ("ONLRET", 0x20),
    ("ONOCR", 0x10),
    ("OPOST", 0x1),
    ("PARENB", 0x100),
    ("PARMRK", 0x8),
    ("PARODD", 0x200),
    ("PENDIN", 0x4000),
    ("TAB0", 0),
    ("TAB1", 0x800),
    ("TAB2", 0x1000),
    ("TAB3", 0x1800),
    ("TABDLY", 0x1800),
    ("TCFLSH", 0x540b),
    ("TCGETS", 0x5401),
    ("TCIFLUSH", 0),
    ("TCIOFF", 0x2),
    ("TCIOFLUSH", 0x2),
    ("TCION", 0x3),
    ("TCOFLUSH", 0x1),
    ("TCOOFF", 0),
    ("TCOON", 0x1),
    ("TCSADRAIN", 0x1),
    ("TCSAFLUSH", 0x2),
    ("TCSANOW", 0),
    ("TCSBRK", 0x5409),
    ("TCSBRKP", 0x5425),
    ("TCSETS", 0x5402),
    ("TCSETSF", 0x5404),
    ("TCSETSW", 0x5403),
    ("TCXONC", 0x540a),
    ("TIOCCONS", 0x541d),
    ("TIOCEXCL", 0x540c),
    ("TIOCGETD", 0x5424),
    ("TIOCGICOUNT", 0x545d),
    ("TIOCGLCKTRMIOS", 0x5456),
    ("TIOCGPGRP", 0x540f),
    ("TIOCGSERIAL", 0x541e),
    ("TIOCGSOFTCAR", 0x5419),
    ("TIOCGWINSZ", 0x5413),
    ("TIOCINQ", 0x541b),
    ("TIOCLINUX", 0x541c),
    ("TIOCMBIC", 0x5417),
    ("TIOCMBIS", 0x5416),
    ("TIOCMGET", 0x5415),
    ("TIOCMIWAIT", 0x545c),
    ("TIOCMSET", 0x5418),
    ("TIOCM_CAR", 0x40),
    ("TIOCM_CD", 0x40),
    ("TIOCM_CTS", 0x20),
    ("TIOCM_DSR", 0x100),
    ("TIOCM_DTR", 0x2),
    ("TIOCM_LE", 0x1),
    ("TIOCM_RI", 0x80),
    ("TIOCM_RNG", 0x80),
    ("TIOCM_RTS", 0x4),
    ("TIOCM_SR", 0x10),
    ("TIOCM_ST", 0x8),
    ("TIOCNOTTY", 0x5422),
    ("TIOCNXCL", 0x540d),
    ("TIOCOUTQ", 0x5411),
    ("TIOCPKT", 0x5420),
    ("TIOCPKT_DATA", 0),
    ("TIOCPKT_DOSTOP", 0x20),
    ("TIOCPKT_FLUSHREAD", 0x1),
    ("TIOCPKT_FLUSHWRITE", 0x2),
    ("TIOCPKT_NOSTOP", 0x10),
    ("TIOCPKT_START", 0x8),
    ("TIOCPKT_STOP", 0x4),
    ("TIOCSCTTY", 0x540e),
    ("TIOCSERCONFIG", 0x5453),
    ("TIOCSERGETLSR", 0x5459),
    ("TIOCSERGETMULTI", 0x545a),
    ("TIOCSERGSTRUCT", 0x5458),
    ("TIOCSERGWILD", 0x5454),
    ("TIOCSERSETMULTI", 0x545b),
    ("TIOCSERSWILD", 0x5455),
    ("TIOCSER_TEMT", 0x1),
    ("TIOCSETD", 0x5423),
    ("TIOCSLCKTRMIOS", 0x5457),
    ("TIOCSPGRP", 0x5410),
    ("TIOCSSERIAL", 0x541f),
    ("TIOCSSOFTCAR", 0x541a),
    ("TIOCSTI", 0x5412),
    ("TIOCSWINSZ", 0x5414),
    ("TOSTOP", 0x100),
    ("VDISCARD", 0xd),
    ("VEOF", 0x4),
    ("VEOL", 0xb),
    ("VEOL2", 0x10),
    ("VERASE", 0x2),
    ("VINTR", 0),
    ("VKILL", 0x3),
    ("VLNEXT", 0xf),
    ("VMIN", 0x6),
    ("VQUIT", 0x1),
    ("VREPRINT", 0xc),
    ("VSTART", 0x8),
    ("VSTOP", 0x9),
    ("VSUSP", 0xa),
    ("VSWTC", 0x7),
    ("VSWTCH", 0x7),
    ("VT0", 0),
    ("VT1", 0x4000),
    ("VTDLY", 0x4000),
    ("VTIME", 0x5),
    ("VWERASE", 0xe),
    ("XCASE", 0x4),
    ("XTABS", 0x1800),
    ("_POSIX_VDISABLE", 0),
];

/// This module provides an interface to the Posix calls for tty I/O control.
/// For a complete description of these calls, see the Posix or Unix manual
/// pages. It is only available for those Unix versions that support Posix
/// termios style tty I/O control.
///
/// All functions in this module take a file descriptor fd as their first
/// argument. This can be an integer file descriptor, such as returned by
/// sys.stdin.fileno(), or a file object, such as sys.stdin itself.
#[pymodule(name = "termios")]
pub mod termios {
    use super::*;

    /// Get the tty attributes for file descriptor fd.
    ///
    /// Returns a list [iflag, oflag, cflag, lflag, ispeed, ospeed, cc]
    /// where cc is a list of the tty special characters (each a string of
    /// length 1, except the items with indices VMIN and VTIME, which are
    /// integers when these fields are defined).  The interpretation of the
    /// flags and the speeds as well as the indexing in the cc array must be
    /// done using the symbolic constants defined in this module.
    #[pyfunction(signature = "(fd, /)")]
    pub fn tcgetattr(fd: FileNumber) -> PyResult<Py<PyList>> {
        settings_list(&terminal::settings(fd.0).map_err(termios_error)?)
    }

    /// Set the tty attributes for file descriptor fd.
    ///
    /// The attributes to be set are taken from the attributes argument, which
    /// is a list like the one returned by tcgetattr(). The when argument
    /// determines when the attributes are changed: termios.TCSANOW to
    /// change immediately, termios.TCSADRAIN to change after transmitting all
    /// queued output, or termios.TCSAFLUSH to change after transmitting all
    /// queued output and discarding all queued input.
    #[pyfunction(signature = "(fd, when, attributes, /)")]
    pub fn tcsetattr(fd: FileNumber, when: i32, attributes: &PyObject) -> PyResult<()> {
        let settings = settings_of(attributes)?;
        terminal::set_settings(fd.0, when, &settings).map_err(termios_error)
    }

    /// Send a break on file descriptor fd.
    ///
    /// A zero duration sends a break for 0.25-0.5 seconds; a nonzero duration
    /// has a system dependent meaning.
    #[pyfunction(signature = "(fd, duration, /)")]
    pub fn tcsendbreak(fd: FileNumber, duration: i32) -> PyResult<()> {
        terminal::send_break(fd.0, duration).map_err(termios_error)
    }

    /// Wait until all output written to file descriptor fd has been transmitted.
    #[pyfunction(signature = "(fd, /)")]
    pub fn tcdrain(fd: FileNumber) -> PyResult<()> {
        terminal::drain(fd.0).map_err(termios_error)
    }

    /// Discard queued data on file descriptor fd.
    ///
    /// The queue selector specifies which queue: termios.TCIFLUSH for the input
    /// queue, termios.TCOFLUSH for the output queue, or termios.TCIOFLUSH for
    /// both queues.
    #[pyfunction(signature = "(fd, queue, /)")]
    pub fn tcflush(fd: FileNumber, queue: i32) -> PyResult<()> {
        terminal::flush(fd.0, queue).map_err(termios_error)
    }

    /// Suspend or resume input or output on file descriptor fd.
    ///
    /// The action argument can be termios.TCOOFF to suspend output,
    /// termios.TCOON to restart output, termios.TCIOFF to suspend input,
    /// or termios.TCION to restart input.
    #[pyfunction(signature = "(fd, action, /)")]
    pub fn tcflow(fd: FileNumber, action: i32) -> PyResult<()> {
        terminal::flow(fd.0, action).map_err(termios_error)
    }

    /// Get the tty winsize for file descriptor fd.
    ///
    /// Returns a tuple (ws_row, ws_col).
    #[pyfunction(signature = "(fd, /)")]
    pub fn tcgetwinsize(fd: FileNumber) -> PyResult {
        let (rows, columns) = terminal::size(fd.0).map_err(termios_error)?;
        let number = |n: u16| PyInt::from_i64(n.into()).into_obj();
        Ok(PyTuple::pair(number(rows), number(columns)).into_obj())
    }

    /// Set the tty winsize for file descriptor fd.
    ///
    /// The winsize to be set is taken from the winsize argument, which
    /// is a two-item tuple (ws_row, ws_col) like the one returned by
    /// tcgetwinsize().
    #[pyfunction(signature = "(fd, winsize, /)")]
    pub fn tcsetwinsize(fd: FileNumber, winsize: &PyObject) -> PyResult<()> {
        let wrong = || raised!(TypeError, "tcsetwinsize, arg 2: must be a two-item sequence");
        if !sequence::is_sequence(winsize) || object::len(winsize)? != 2 {
            return Err(wrong());
        }
        let rows = window_size(&*sequence::get_item(winsize, 0)?)?;
        let columns = window_size(&*sequence::get_item(winsize, 1)?)?;
        terminal::set_size(fd.0, rows, columns).map_err(termios_error)
    }

    #[exec]
    fn exec(module: &PyModule) -> PyResult<()> {
        for &(name, value) in NUMBERS {
            module.add_int(name, value)?;
        }
        module.add("error", &*error_type()?)
    }
}
