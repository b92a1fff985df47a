//! `pwd` and `grp`: users and groups.

use std::ffi::CString;
use taipan_host::accounts::{self, Group, User};
use taipan_objects::errors;
use taipan_objects::prelude::*;
use taipan_objects::system::os_error;
use taipan_objects::types::structseq::StructSeq;

static STRUCT_PASSWD: StructSeq = StructSeq::new(
    "pwd.struct_passwd",
    "pwd.struct_passwd: Results from getpw*() routines.

This object may be accessed either as a tuple of
  (pw_name,pw_passwd,pw_uid,pw_gid,pw_gecos,pw_dir,pw_shell)
or via the object attributes as named in the above tuple.",
    &[
        ("pw_name", "user name"),
        ("pw_passwd", "password"),
        ("pw_uid", "user id"),
        ("pw_gid", "group id"),
        ("pw_gecos", "real name"),
        ("pw_dir", "home directory"),
        ("pw_shell", "shell program"),
    ],
    7,
    true,
);

static STRUCT_GROUP: StructSeq = StructSeq::new(
    "grp.struct_group",
    "grp.struct_group: Results from getgr*() routines.

This object may be accessed either as a tuple of
  (gr_name,gr_passwd,gr_gid,gr_mem)
or via the object attributes as named in the above tuple.
",
    &[
        ("gr_name", "group name"),
        ("gr_passwd", "password"),
        ("gr_gid", "group id"),
        ("gr_mem", "group members"),
    ],
    4,
    true,
);

fn text(bytes: &[u8]) -> Obj {
    PyStr::decode_fs(bytes).into_obj()
}

fn id_object(id: u32) -> Obj {
    PyInt::from_i64(if id == u32::MAX { -1 } else { i64::from(id) }).into_obj()
}

fn user_object(user: &User) -> PyResult {
    STRUCT_PASSWD.make(vec![
        text(&user.name),
        text(&user.password),
        id_object(user.uid),
        id_object(user.gid),
        text(&user.comment),
        text(&user.home),
        text(&user.shell),
    ])
}

fn group_object(group: &Group) -> PyResult {
    let members = PyList::from_vec(group.members.iter().map(|member| text(member)).collect());
    STRUCT_GROUP.make(vec![
        text(&group.name),
        text(&group.password),
        id_object(group.gid),
        members.into_obj(),
    ])
}

fn name_of(name: &PyStr) -> PyResult<CString> {
    CString::new(name.encode_fs()?).map_err(|_| raised!(ValueError, "embedded null byte"))
}

/// `KeyError` with a message.
#[cold]
fn missing(message: String) -> Raised {
    errors::set_key_error(&PyStr::new(&message))
}

/// A number of a user or group; out of range it is nobody's: `None`.
fn id_of(value: &PyObject) -> PyResult<Option<u32>> {
    Ok(match number::index(value)?.to_i64() {
        Some(-1) => Some(u32::MAX),
        Some(id) => u32::try_from(id).ok(),
        None => None,
    })
}

/// This module provides access to the Unix password database.
/// It is available on all Unix versions.
///
/// Password database entries are reported as 7-tuples containing the following
/// items from the password database (see `<pwd.h>'), in order:
/// pw_name, pw_passwd, pw_uid, pw_gid, pw_gecos, pw_dir, pw_shell.
/// The uid and gid items are integers, all others are strings. An
/// exception is raised if the entry asked for cannot be found.
#[pymodule(name = "pwd")]
pub mod pwd {
    use super::*;

    /// Return the password database entry for the given numeric user ID.
    ///
    /// See `help(pwd)` for more on password database entries.
    #[pyfunction(signature = "(uidobj, /)")]
    pub fn getpwuid(uidobj: &PyObject) -> PyResult {
        let found = match id_of(uidobj)? {
            Some(uid) => accounts::user_by_id(uid).map_err(os_error)?,
            None => None,
        };
        match found {
            Some(user) => user_object(&user),
            None => Err(missing(format!("getpwuid(): uid not found: {}", object::str(uidobj)?))),
        }
    }

    /// Return the password database entry for the given user name.
    ///
    /// See `help(pwd)` for more on password database entries.
    #[pyfunction(signature = "(name, /)")]
    pub fn getpwnam(name: &PyStr) -> PyResult {
        match accounts::user_by_name(&name_of(name)?).map_err(os_error)? {
            Some(user) => user_object(&user),
            None => Err(missing(format!("getpwnam(): name not found: {}", object::repr(name)?))),
        }
    }

    /// Return a list of all available password database entries, in arbitrary order.
    ///
    /// See help(pwd) for more on password database entries.
    #[pyfunction(signature = "()")]
    pub fn getpwall() -> PyResult<Py<PyList>> {
        let users: PyResult<Vec<Obj>> = accounts::users().iter().map(user_object).collect();
        Ok(PyList::from_vec(users?))
    }

    #[exec]
    fn exec(module: &PyModule) -> PyResult<()> {
        module.add("struct_passwd", STRUCT_PASSWD.type_object())
    }
}

/// Access to the Unix group database.
///
/// Group entries are reported as 4-tuples containing the following fields
/// from the group database, in order:
///
///   gr_name   - name of the group
///   gr_passwd - group password (encrypted); often empty
///   gr_gid    - numeric ID of the group
///   gr_mem    - list of members
///
/// The gid is an integer, name and password are strings.  (Note that most
/// users are not explicitly listed as members of the groups they are in
/// according to the password database.  Check both databases to get
/// complete membership information.)
#[pymodule(name = "grp")]
pub mod grp {
    use super::*;

    /// Return the group database entry for the given numeric group ID.
    ///
    /// If id is not valid, raise KeyError.
    #[pyfunction(signature = "(id)")]
    pub fn getgrgid(id: &PyObject) -> PyResult {
        let found = match id_of(id)? {
            Some(gid) => accounts::group_by_id(gid).map_err(os_error)?,
            None => None,
        };
        match found {
            Some(group) => group_object(&group),
            None => Err(missing(format!("getgrgid(): gid not found: {}", object::str(id)?))),
        }
    }

    /// Return the group database entry for the given group name.
    ///
    /// If name is not valid, raise KeyError.
    #[pyfunction(signature = "(name)")]
    pub fn getgrnam(name: &PyStr) -> PyResult {
        match accounts::group_by_name(&name_of(name)?).map_err(os_error)? {
            Some(group) => group_object(&group),
            None => Err(missing(format!("getgrnam(): name not found: {}", object::repr(name)?))),
        }
    }

    /// Return a list of all available group entries, in arbitrary order.
    ///
    /// An entry whose name starts with '+' or '-' represents an instruction
    /// to use YP/NIS and may not be accessible via getgrnam or getgrgid.
    #[pyfunction(signature = "()")]
    pub fn getgrall() -> PyResult<Py<PyList>> {
        let groups: PyResult<Vec<Obj>> = accounts::groups().iter().map(group_object).collect();
        Ok(PyList::from_vec(groups?))
    }

    #[exec]
    fn exec(module: &PyModule) -> PyResult<()> {
        module.add("struct_group", STRUCT_GROUP.type_object())
    }
}
