//! The machine and its settings: names, limits, times, random bytes, environment.

use super::constants::{CONFSTR, SYSCONF};
use taipan_host::{Errno, environment, process, random, scheduling};
use taipan_objects::prelude::*;
use taipan_objects::system::path::Path;
use taipan_objects::system::{audit, os_error, retry_or_raise};
use taipan_objects::types::structseq::StructSeq;

static TIMES_RESULT: StructSeq = StructSeq::new(
    "posix.times_result",
    "times_result: Result from os.times().

This object may be accessed either as a tuple of
  (user, system, children_user, children_system, elapsed),
or via the attributes user, system, children_user, children_system,
and elapsed.

See os.times for more information.",
    &[
        ("user", "user time"),
        ("system", "system time"),
        ("children_user", "user time of children"),
        ("children_system", "system time of children"),
        ("elapsed", "elapsed time since an arbitrary point in the past"),
    ],
    5,
    true,
);

static UNAME_RESULT: StructSeq = StructSeq::new(
    "posix.uname_result",
    "uname_result: Result from os.uname().

This object may be accessed either as a tuple of
  (sysname, nodename, release, version, machine),
or via the attributes sysname, nodename, release, version, and machine.

See os.uname for more information.",
    &[
        ("sysname", "operating system name"),
        ("nodename", "name of machine on network (implementation-defined)"),
        ("release", "operating system release"),
        ("version", "operating system version"),
        ("machine", "hardware identifier"),
    ],
    5,
    true,
);

pub(super) fn add_types(module: &PyModule) -> PyResult<()> {
    module.add("times_result", TIMES_RESULT.type_object())?;
    module.add("uname_result", UNAME_RESULT.type_object())
}

/// A configuration name: a number, or a string from the table.
pub(super) fn configured_name(name: &PyObject, table: &[(&str, i64)]) -> PyResult<i32> {
    if let Some(text) = name.downcast::<PyStr>() {
        return match table.iter().find(|(known, _)| text.eq_str(known)) {
            Some(&(_, value)) => Ok(value as i32),
            None => Err(raised!(ValueError, "unrecognized configuration name")),
        };
    }
    if !number::is_index(name) {
        return Err(raised!(TypeError, "configuration names must be strings or integers"));
    }
    number::index_to_integer::<i32>(name, "C int")
}

fn ticks_per_second() -> f64 {
    const SC_CLK_TCK: i32 = 2;
    process::sysconf(SC_CLK_TCK).ok().flatten().unwrap_or(100) as f64
}

#[pymodule(fragment)]
pub mod system {
    use super::*;

    /// Return a collection containing process timing information.
    ///
    /// The object returned behaves like a named tuple with these fields:
    ///   (utime, stime, cutime, cstime, elapsed_time)
    /// All fields are floating-point numbers.
    #[pyfunction(signature = "()")]
    pub fn times() -> PyResult {
        let ticks = ticks_per_second();
        let times = process::times().map_err(os_error)?;
        TIMES_RESULT.make(times.iter().map(|&time| PyFloat::new(time as f64 / ticks).into_obj()).collect())
    }

    /// Return an object identifying the current operating system.
    ///
    /// The object behaves like a named tuple with the following fields:
    ///   (sysname, nodename, release, version, machine)
    #[pyfunction(signature = "()")]
    pub fn uname() -> PyResult {
        let names = process::uname().map_err(os_error)?;
        UNAME_RESULT.make(names.iter().map(|name| PyStr::decode_fs(name).into_obj()).collect())
    }

    /// Set the current numeric umask and return the previous umask.
    #[pyfunction(signature = "(mask, /)")]
    pub fn umask(mask: i32) -> u32 {
        process::umask(mask as u32)
    }

    /// Translate an error code to a message string.
    #[pyfunction(signature = "(code, /)")]
    pub fn strerror(code: i32) -> String {
        Errno(code).text()
    }

    /// Return average recent system load information.
    ///
    /// Return the number of processes in the system run queue averaged over
    /// the last 1, 5, and 15 minutes as a tuple of three floats.
    /// Raises OSError if the load average was unobtainable.
    #[pyfunction(signature = "()")]
    pub fn getloadavg() -> PyResult<(f64, f64, f64)> {
        process::load_average()
            .map(|[one, five, fifteen]| (one, five, fifteen))
            .map_err(|_| raised!(OSError, "Load averages are unobtainable"))
    }

    /// Return the number of logical CPUs in the system.
    ///
    /// Return None if indeterminable.
    #[pyfunction(signature = "()")]
    pub fn cpu_count() -> Option<usize> {
        let configured = taipan_runtime::state::config().cpu_count;
        configured.and_then(|count| usize::try_from(count).ok()).or_else(scheduling::processor_count)
    }

    /// Return an integer-valued system configuration variable.
    #[pyfunction(signature = "(name, /)")]
    pub fn sysconf(name: &PyObject) -> PyResult<i64> {
        let name = configured_name(name, SYSCONF)?;
        process::sysconf(name).map(|value| value.unwrap_or(-1)).map_err(os_error)
    }

    /// Return a string-valued system configuration variable.
    #[pyfunction(signature = "(name, /)")]
    pub fn confstr(name: &PyObject) -> PyResult<Option<Obj>> {
        let name = configured_name(name, CONFSTR)?;
        let value = process::confstr(name).map_err(os_error)?;
        Ok(value.map(|text| PyStr::decode_fs(&text).into_obj()))
    }

    /// Return a bytes object containing random bytes suitable for cryptographic use.
    #[pyfunction(signature = "(size, /)")]
    pub fn urandom(size: isize) -> PyResult<Py<PyBytes>> {
        let Ok(size) = usize::try_from(size) else {
            return Err(raised!(ValueError, "negative argument not allowed"));
        };
        let mut done = Ok(());
        let bytes = PyBytes::with(size, |bytes| done = random::fill(bytes))?;
        done.map(|()| bytes).map_err(os_error)
    }

    /// Obtain a series of random bytes.
    #[pyfunction(signature = "(size, flags=0)")]
    pub fn getrandom(size: isize, flags: u32) -> PyResult<Py<PyBytes>> {
        const EINVAL: Errno = Errno(22);
        let size = usize::try_from(size).map_err(|_| os_error(EINVAL))?;
        let mut data = vec![0; size];
        let count = retry_or_raise(|| random::get(&mut data, flags))?;
        Ok(PyBytes::new(&data[..count]))
    }

    /// Change or add an environment variable.
    #[pyfunction(signature = "(name, value, /)")]
    pub fn putenv(name: Path, value: Path) -> PyResult<()> {
        if name.as_c().to_bytes().contains(&b'=') {
            return Err(raised!(ValueError, "illegal environment variable name"));
        }
        audit(c"os.putenv", &[name.object(), value.object()])?;
        environment::set(name.as_c(), value.as_c()).map_err(os_error)
    }

    /// Delete an environment variable.
    #[pyfunction(signature = "(name, /)")]
    pub fn unsetenv(name: Path) -> PyResult<()> {
        audit(c"os.unsetenv", &[name.object()])?;
        environment::unset(name.as_c()).map_err(os_error)
    }
}
