//! `resource`: limits and use of resources.

use taipan_host::process::{self, Usage};
use taipan_objects::memory;
use taipan_objects::prelude::*;
use taipan_objects::system::{audit, os_error};
use taipan_objects::types::structseq::StructSeq;

static STRUCT_RUSAGE: StructSeq = StructSeq::new(
    "resource.struct_rusage",
    "struct_rusage: Result from getrusage.

This object may be accessed either as a tuple of
    (utime,stime,maxrss,ixrss,idrss,isrss,minflt,majflt,
    nswap,inblock,oublock,msgsnd,msgrcv,nsignals,nvcsw,nivcsw)
or via the attributes ru_utime, ru_stime, ru_maxrss, and so on.",
    &[
        ("ru_utime", "user time used"),
        ("ru_stime", "system time used"),
        ("ru_maxrss", "max. resident set size"),
        ("ru_ixrss", "shared memory size"),
        ("ru_idrss", "unshared data size"),
        ("ru_isrss", "unshared stack size"),
        ("ru_minflt", "page faults not requiring I/O"),
        ("ru_majflt", "page faults requiring I/O"),
        ("ru_nswap", "number of swap outs"),
        ("ru_inblock", "block input operations"),
        ("ru_oublock", "block output operations"),
        ("ru_msgsnd", "IPC messages sent"),
        ("ru_msgrcv", "IPC messages received"),
        ("ru_nsignals", "signals received"),
        ("ru_nvcsw", "voluntary context switches"),
        ("ru_nivcsw", "involuntary context switches"),
    ],
    16,
    true,
);

/// The highest number of a resource.
const RESOURCES: i32 = 16;
const INFINITY: u64 = u64::MAX;

/// What a process used, as the object that `getrusage` gives.
pub fn usage_object(usage: &Usage) -> PyResult {
    let mut values: Vec<Obj> = [usage.user_us, usage.system_us]
        .iter()
        .map(|&time| PyFloat::new(time as f64 * 1e-6).into_obj())
        .collect();
    values.extend(usage.counts.iter().map(|&count| PyInt::from_i64(count).into_obj()));
    STRUCT_RUSAGE.make(values)
}

fn limit_object(limit: u64) -> Obj {
    // The infinite limit is shown as -1, as `RLIM_INFINITY` is.
    if limit == INFINITY { PyInt::from_i64(-1).into_obj() } else { PyInt::from_u64(limit).into_obj() }
}

fn limit_of(value: &PyObject) -> PyResult<u64> {
    let number = number::index(value)?;
    match number.to_i64() {
        Some(-1) => Ok(INFINITY),
        Some(value) if value < 0 => Err(raised!(ValueError, "Cannot convert negative int")),
        Some(value) => Ok(value as u64),
        None => number::index_to_integer::<u64>(&number, "C unsigned long"),
    }
}

fn pair_of(limits: &PyObject) -> PyResult<(u64, u64)> {
    let limits = sequence::to_tuple(limits)?;
    match limits.as_slice() {
        [soft, hard] => Ok((limit_of(soft)?, limit_of(hard)?)),
        _ => Err(raised!(ValueError, "expected a tuple of 2 integers")),
    }
}

fn checked(resource: i32) -> PyResult<u32> {
    match u32::try_from(resource) {
        Ok(number) if resource < RESOURCES => Ok(number),
        _ => Err(raised!(ValueError, "invalid resource specified")),
    }
}

/// Errors that say which limit was wrong are `ValueError`s.
fn limit_error(errno: taipan_host::Errno) -> Raised {
    match errno.0 {
        22 => raised!(ValueError, "current limit exceeds maximum limit"),
        1 => raised!(ValueError, "not allowed to raise maximum limit"),
        _ => os_error(errno),
    }
}

/// Limits this process. Where that limits its address space, what is only reserved must not count.
fn limit_this(number: u32, soft: u64, hard: u64) -> PyResult<(u64, u64)> {
    let former = process::set_limit(0, number, soft, hard).map_err(limit_error)?;
    if number == process::ADDRESS_SPACE && soft != INFINITY {
        memory::give_back();
        memory::keep_back(soft as usize);
    }
    Ok(former)
}

/// Constants of the module.
const NUMBERS: &[(&str, i64)] = &[
    ("RLIMIT_AS", process::ADDRESS_SPACE as i64),
    ("RLIMIT_CORE", 4),
    ("RLIMIT_CPU", 0),
    ("RLIMIT_DATA", 2),
    ("RLIMIT_FSIZE", 1),
    ("RLIMIT_MEMLOCK", 8),
    ("RLIMIT_MSGQUEUE", 12),
    ("RLIMIT_NICE", 13),
    ("RLIMIT_NOFILE", 7),
    ("RLIMIT_NPROC", 6),
    ("RLIMIT_OFILE", 7),
    ("RLIMIT_RSS", 5),
    ("RLIMIT_RTPRIO", 14),
    ("RLIMIT_RTTIME", 15),
    ("RLIMIT_SIGPENDING", 11),
    ("RLIMIT_STACK", 3),
    ("RLIM_INFINITY", -1),
    ("RUSAGE_CHILDREN", -1),
    ("RUSAGE_SELF", 0),
    ("RUSAGE_THREAD", 1),
];

#[pymodule(name = "resource")]
pub mod resource {
    use super::*;

    #[pyfunction(signature = "(who, /)")]
    pub fn getrusage(who: i32) -> PyResult {
        match process::usage(who) {
            Ok(usage) => usage_object(&usage),
            Err(taipan_host::Errno(22)) => Err(raised!(ValueError, "invalid who parameter")),
            Err(errno) => Err(os_error(errno)),
        }
    }

    #[pyfunction(signature = "(resource, /)")]
    pub fn getrlimit(resource: i32) -> PyResult<(Obj, Obj)> {
        let (soft, hard) = process::limit(0, checked(resource)?).map_err(os_error)?;
        Ok((limit_object(soft), limit_object(hard)))
    }

    #[pyfunction(signature = "(resource, limits, /)")]
    pub fn setrlimit(resource: i32, limits: &PyObject) -> PyResult<()> {
        let number = checked(resource)?;
        audit(c"resource.setrlimit", &[&PyInt::from_i64(i64::from(resource)), limits])?;
        let (soft, hard) = pair_of(limits)?;
        limit_this(number, soft, hard).map(drop)
    }

    #[pyfunction(signature = "(pid, resource, limits=None, /)")]
    pub fn prlimit(pid: i32, resource: i32, limits: Option<&PyObject>) -> PyResult<(Obj, Obj)> {
        let number = checked(resource)?;
        let shown = limits.map_or_else(none, ObjectExt::owned);
        let (pid_object, resource_object) =
            (PyInt::from_i64(i64::from(pid)), PyInt::from_i64(i64::from(resource)));
        audit(c"resource.prlimit", &[&pid_object, &resource_object, &shown])?;
        let former = match limits {
            None => process::limit(pid, number).map_err(limit_error)?,
            Some(limits) => {
                let (soft, hard) = pair_of(limits)?;
                if pid == 0 || pid == process::pid() {
                    limit_this(number, soft, hard)?
                } else {
                    process::set_limit(pid, number, soft, hard).map_err(limit_error)?
                }
            }
        };
        Ok((limit_object(former.0), limit_object(former.1)))
    }

    #[pyfunction(signature = "()")]
    pub fn getpagesize() -> usize {
        taipan_host::memory::page_size()
    }

    #[exec]
    fn exec(module: &PyModule) -> PyResult<()> {
        for &(name, value) in NUMBERS {
            module.add_int(name, value)?;
        }
        module.add("error", Exc::OSError.type_object())?;
        module.add("struct_rusage", STRUCT_RUSAGE.type_object())
    }
}
