//! Who runs: users, groups, sessions.

use taipan_host::{accounts, process};
use taipan_objects::model::args::{ArgName, FromArg};
use taipan_objects::prelude::*;
use taipan_objects::system::os_error;

/// A user or group number; -1 means "leave it".
#[derive(Clone, Copy)]
pub struct Id(pub u32);

impl<'a> FromArg<'a> for Id {
    fn from_arg(value: &'a PyObject, name: &ArgName<'_>) -> PyResult<Self> {
        let kind = if name.parts().1.contains("gid") || name.parts().1 == "group" { "gid" } else { "uid" };
        if !number::is_index(value) {
            return Err(raised!(TypeError, "{kind} should be integer, not {}", value.class().name()));
        }
        let number = number::index(value)?;
        match number.to_i64() {
            Some(-1) => Ok(Id(u32::MAX)),
            Some(id) if id < 0 => Err(raised!(OverflowError, "{kind} is less than minimum")),
            Some(id) if id <= i64::from(u32::MAX) => Ok(Id(id as u32)),
            None if number.sign() < 0 => Err(raised!(OverflowError, "{kind} is less than minimum")),
            _ => Err(raised!(OverflowError, "{kind} is greater than maximum")),
        }
    }
}

fn id(value: u32) -> Py<PyInt> {
    PyInt::from_i64(if value == u32::MAX { -1 } else { i64::from(value) })
}

fn ids(values: &[u32]) -> Py<PyList> {
    PyList::from_vec(values.iter().map(|&value| id(value).into_obj()).collect())
}

fn triple((a, b, c): (u32, u32, u32)) -> (Py<PyInt>, Py<PyInt>, Py<PyInt>) {
    (id(a), id(b), id(c))
}

fn c_name(name: &PyObject) -> PyResult<std::ffi::CString> {
    let bytes = match (name.downcast::<PyStr>(), name.downcast::<PyBytes>()) {
        (Some(text), _) => text.encode_fs()?,
        (_, Some(bytes)) => bytes.as_slice().to_vec(),
        _ => {
            let found = name.class().name();
            return Err(raised!(TypeError, "expected str, bytes or os.PathLike object, not {found}"));
        }
    };
    std::ffi::CString::new(bytes).map_err(|_| raised!(ValueError, "embedded null byte"))
}

#[pymodule(fragment)]
pub mod identity {
    use super::*;

    /// Return the current process id.
    #[pyfunction(signature = "()")]
    pub fn getpid() -> i32 {
        process::pid()
    }

    /// Return the parent's process id.
    ///
    /// If the parent process has already exited, Windows machines will still
    /// return its id; others systems will return the id of the 'init' process (1).
    #[pyfunction(signature = "()")]
    pub fn getppid() -> i32 {
        process::parent_pid()
    }

    /// Return the current process group id.
    #[pyfunction(signature = "()")]
    pub fn getpgrp() -> i32 {
        process::process_group()
    }

    /// Call the system call getpgid(), and return the result.
    #[pyfunction(signature = "(pid)")]
    pub fn getpgid(pid: i32) -> PyResult<i32> {
        process::process_group_of(pid).map_err(os_error)
    }

    /// Call the system call setpgid(pid, pgrp).
    #[pyfunction(signature = "(pid, pgrp, /)")]
    pub fn setpgid(pid: i32, pgrp: i32) -> PyResult<()> {
        process::set_process_group(pid, pgrp).map_err(os_error)
    }

    /// Make the current process the leader of its process group.
    #[pyfunction(signature = "()")]
    pub fn setpgrp() -> PyResult<()> {
        process::set_process_group(0, 0).map_err(os_error)
    }

    /// Call the system call getsid(pid) and return the result.
    #[pyfunction(signature = "(pid, /)")]
    pub fn getsid(pid: i32) -> PyResult<i32> {
        process::session_of(pid).map_err(os_error)
    }

    /// Call the system call setsid().
    #[pyfunction(signature = "()")]
    pub fn setsid() -> PyResult<()> {
        process::new_session().map(drop).map_err(os_error)
    }

    /// Return the current process's user id.
    #[pyfunction(signature = "()")]
    pub fn getuid() -> Py<PyInt> {
        id(process::uid())
    }

    /// Return the current process's effective user id.
    #[pyfunction(signature = "()")]
    pub fn geteuid() -> Py<PyInt> {
        id(process::euid())
    }

    /// Return the current process's group id.
    #[pyfunction(signature = "()")]
    pub fn getgid() -> Py<PyInt> {
        id(process::gid())
    }

    /// Return the current process's effective group id.
    #[pyfunction(signature = "()")]
    pub fn getegid() -> Py<PyInt> {
        id(process::egid())
    }

    /// Return a tuple of the current process's real, effective, and saved user ids.
    #[pyfunction(signature = "()")]
    pub fn getresuid() -> PyResult<(Py<PyInt>, Py<PyInt>, Py<PyInt>)> {
        process::resuid().map(triple).map_err(os_error)
    }

    /// Return a tuple of the current process's real, effective, and saved group ids.
    #[pyfunction(signature = "()")]
    pub fn getresgid() -> PyResult<(Py<PyInt>, Py<PyInt>, Py<PyInt>)> {
        process::resgid().map(triple).map_err(os_error)
    }

    /// Return list of supplemental group IDs for the process.
    #[pyfunction(signature = "()")]
    pub fn getgroups() -> PyResult<Py<PyList>> {
        process::groups().map(|groups| ids(&groups)).map_err(os_error)
    }

    /// Returns a list of groups to which a user belongs.
    ///
    ///   user
    ///     username to lookup
    ///   group
    ///     base group id of the user
    #[pyfunction(signature = "(user, group, /)")]
    pub fn getgrouplist(user: &PyObject, group: Id) -> PyResult<Py<PyList>> {
        accounts::groups_of(&c_name(user)?, group.0).map(|groups| ids(&groups)).map_err(os_error)
    }

    /// Initialize the group access list.
    ///
    /// Call the system initgroups() to initialize the group access list with all of
    /// the groups of which the specified username is a member, plus the specified
    /// group id.
    #[pyfunction(signature = "(username, gid, /)")]
    pub fn initgroups(username: &PyObject, gid: Id) -> PyResult<()> {
        process::init_groups(&c_name(username)?, gid.0).map_err(os_error)
    }

    /// Return the actual login name.
    #[pyfunction(signature = "()")]
    pub fn getlogin() -> PyResult<Py<PyStr>> {
        accounts::login_name().map(|name| PyStr::decode_fs(&name)).map_err(os_error)
    }

    /// Set the groups of the current process to list.
    #[pyfunction(signature = "(groups, /)")]
    pub fn setgroups(groups: &PyObject) -> PyResult<()> {
        static NAMES: taipan_objects::model::args::Signature = taipan_objects::model::args::Signature {
            name: "setgroups",
            params: &["gid"],
            positional_only: 1,
            positional: 1,
            required: 1,
            required_keywords: 0,
            var_args: false,
            var_keywords: false,
            wording: taipan_objects::model::args::Wording::Clinic,
        };
        if !sequence::is_sequence(groups) {
            return Err(raised!(TypeError, "setgroups argument must be a sequence"));
        }
        let mut numbers = Vec::new();
        for group in iter::collect(groups)? {
            numbers.push(Id::from_arg(&group, &ArgName::only(&NAMES))?.0);
        }
        process::set_groups(&numbers).map_err(os_error)
    }

    /// Set the current process's user id.
    #[pyfunction(signature = "(uid, /)")]
    pub fn setuid(uid: Id) -> PyResult<()> {
        process::set_uid(uid.0).map_err(os_error)
    }

    /// Set the current process's effective user id.
    #[pyfunction(signature = "(euid, /)")]
    pub fn seteuid(euid: Id) -> PyResult<()> {
        process::set_euid(euid.0).map_err(os_error)
    }

    /// Set the current process's group id.
    #[pyfunction(signature = "(gid, /)")]
    pub fn setgid(gid: Id) -> PyResult<()> {
        process::set_gid(gid.0).map_err(os_error)
    }

    /// Set the current process's effective group id.
    #[pyfunction(signature = "(egid, /)")]
    pub fn setegid(egid: Id) -> PyResult<()> {
        process::set_egid(egid.0).map_err(os_error)
    }

    /// Set the current process's real and effective user ids.
    #[pyfunction(signature = "(ruid, euid, /)")]
    pub fn setreuid(ruid: Id, euid: Id) -> PyResult<()> {
        process::set_reuid(ruid.0, euid.0).map_err(os_error)
    }

    /// Set the current process's real and effective group ids.
    #[pyfunction(signature = "(rgid, egid, /)")]
    pub fn setregid(rgid: Id, egid: Id) -> PyResult<()> {
        process::set_regid(rgid.0, egid.0).map_err(os_error)
    }

    /// Set the current process's real, effective, and saved user ids.
    #[pyfunction(signature = "(ruid, euid, suid, /)")]
    pub fn setresuid(ruid: Id, euid: Id, suid: Id) -> PyResult<()> {
        process::set_resuid(ruid.0, euid.0, suid.0).map_err(os_error)
    }

    /// Set the current process's real, effective, and saved group ids.
    #[pyfunction(signature = "(rgid, egid, sgid, /)")]
    pub fn setresgid(rgid: Id, egid: Id, sgid: Id) -> PyResult<()> {
        process::set_resgid(rgid.0, egid.0, sgid.0).map_err(os_error)
    }
}
