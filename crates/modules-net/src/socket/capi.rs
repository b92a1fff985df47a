//! `_socket.CAPI`: the table by which extensions written in C make sockets.

#![expect(unsafe_code, reason = "a table that C reads")]

use super::object::PySocket;
use core::ffi::{c_int, c_void};
use taipan_abi::visitproc;
use taipan_objects::errors::Exc;
use taipan_objects::prelude::*;
use taipan_objects::types::capsule::PyCapsule;

/// `PySocketModule_APIObject` of `socketmodule.h`.
#[repr(C)]
struct Table {
    socket: *mut PyObject,
    error: *mut PyObject,
    timeout_error: *mut PyObject,
}

/// Where a capsule's table is.
unsafe fn table<'a>(capsule: *mut PyObject) -> Option<&'a Table> {
    // SAFETY: the collector passes the capsule, whose table lives as long as the process.
    unsafe { (*capsule.cast::<PyCapsule>()).pointer.get().cast::<Table>().as_ref() }
}

unsafe extern "C" fn traverse(capsule: *mut PyObject, visit: visitproc, data: *mut c_void) -> c_int {
    // SAFETY: as above; the table's references are live. The exceptions are static types, which are not collected.
    unsafe { table(capsule).map_or(0, |table| visit(table.socket, data)) }
}

/// The table may be in use for as long as the process lives.
unsafe extern "C" fn clear(_capsule: *mut PyObject) -> c_int {
    0
}

/// The capsule of a table that is never freed.
pub fn capsule() -> Obj {
    let table = Box::leak(Box::new(Table {
        socket: PySocket::type_object().owned().into_raw(),
        error: Exc::OSError.type_object().owned().into_raw(),
        timeout_error: Exc::TimeoutError.type_object().owned().into_raw(),
    }));
    let capsule = PyCapsule::new(core::ptr::from_mut(table).cast(), c"_socket.CAPI".as_ptr(), None);
    capsule.set_traverse(traverse, clear);
    capsule.into_obj()
}
