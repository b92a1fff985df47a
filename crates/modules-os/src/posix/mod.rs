//! `posix`: the operating system's calls as `os` offers them.
//!
//! One file for each subject; every call goes through `taipan_host`. A call that a signal interrupts is made again
//! (`taipan_objects::system::retry`).

mod constants;
mod descriptors;
mod folders;
mod forks;
mod identity;
mod links;
pub mod processes;
mod scandir;
mod scheduling;
mod spawn;
mod stat;
mod system;
mod terminals;
mod timers;
mod transfer;
mod waiting;
mod xattr;

use taipan_objects::prelude::*;
use taipan_objects::system::path::FolderFd;
use taipan_objects::types::bytes::PyBytes as Bytes;

/// The descriptor that an optional `dir_fd` means.
fn folder_of(dir_fd: Option<FolderFd>) -> i32 {
    dir_fd.unwrap_or(FolderFd::CURRENT).0
}

/// This module provides access to operating system functionality that is
/// standardized by the C Standard and the POSIX standard (a thinly
/// disguised Unix interface).  Refer to the library manual and
/// corresponding Unix manual entries for more information on calls.
#[pymodule(
    name = "posix",
    fragments(
        descriptors::descriptors,
        folders::folders,
        forks::forks,
        identity::identity,
        links::links,
        processes::processes,
        scandir::scandir,
        scheduling::scheduling,
        spawn::spawn,
        stat::stat,
        system::system,
        terminals::terminals,
        timers::timers,
        transfer::transfer,
        waiting::waiting,
        xattr::xattr
    )
)]
pub mod posix {
    use super::*;

    /// Create the environment dictionary.
    #[pyfunction(name = "_create_environ", signature = "()")]
    pub fn create_environ() -> PyResult<Py<PyDict>> {
        environ()
    }

    /// Checks if PyOS_CallInputHook is set
    #[pyfunction(signature = "()")]
    fn _is_inputhook_installed() -> bool {
        taipan_host::input_hook::is_installed()
    }

    /// Calls PyOS_CallInputHook dropping the GIL first
    #[pyfunction(signature = "()")]
    fn _inputhook() -> i32 {
        taipan_host::input_hook::call()
    }

    #[exec]
    fn exec(module: &PyModule) -> PyResult<()> {
        for &(name, value) in constants::INTEGERS {
            module.add_int(name, value)?;
        }
        for &(name, table) in constants::TABLES {
            let dict = PyDict::new();
            for &(key, value) in table {
                dict.set_item(&PyStr::new(key), &PyInt::from_i64(value))?;
            }
            module.add(name, &dict)?;
        }
        let have = PyList::from_vec(constants::HAVE.iter().map(|name| PyStr::new(name).into_obj()).collect());
        module.add("_have_functions", &have)?;
        module.add("environ", &*environ()?)?;
        module.add("error", Exc::OSError.type_object().as_object())?;
        scandir::add_types(module)?;
        stat::add_types(module)?;
        system::add_types(module)?;
        waiting::add_types(module)?;
        scheduling::add_types(module)?;
        terminals::add_types(module)
    }
}

fn environ() -> PyResult<Py<PyDict>> {
    let dict = PyDict::new();
    for entry in taipan_host::environment::all() {
        let Some(at) = entry.iter().skip(1).position(|&b| b == b'=').map(|at| at + 1) else { continue };
        let (name, value) = (&entry[..at], &entry[at + 1..]);
        dict.set_default(&Bytes::new(name), &Bytes::new(value))?;
    }
    Ok(dict)
}
