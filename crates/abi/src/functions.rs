//! The function-pointer types of slots, methods and callbacks, under their C names.
//!
//! In the structs every one of them appears as `Option<…>`, which has the bits of a nullable C function pointer.

use crate::{
    Py_buffer, Py_hash_t, Py_ssize_t, PyFrameObject, PyObject, PySendResult, PyThreadState, PyTypeObject,
};
use core::ffi::{c_char, c_int, c_void};

type Ref = *mut PyObject;

pub type unaryfunc = unsafe extern "C" fn(Ref) -> Ref;
pub type binaryfunc = unsafe extern "C" fn(Ref, Ref) -> Ref;
pub type ternaryfunc = unsafe extern "C" fn(Ref, Ref, Ref) -> Ref;
pub type inquiry = unsafe extern "C" fn(Ref) -> c_int;
pub type lenfunc = unsafe extern "C" fn(Ref) -> Py_ssize_t;
pub type ssizeargfunc = unsafe extern "C" fn(Ref, Py_ssize_t) -> Ref;
pub type ssizessizeargfunc = unsafe extern "C" fn(Ref, Py_ssize_t, Py_ssize_t) -> Ref;
pub type ssizeobjargproc = unsafe extern "C" fn(Ref, Py_ssize_t, Ref) -> c_int;
pub type ssizessizeobjargproc = unsafe extern "C" fn(Ref, Py_ssize_t, Py_ssize_t, Ref) -> c_int;
pub type objobjargproc = unsafe extern "C" fn(Ref, Ref, Ref) -> c_int;
pub type objobjproc = unsafe extern "C" fn(Ref, Ref) -> c_int;

pub type visitproc = unsafe extern "C" fn(Ref, *mut c_void) -> c_int;
pub type traverseproc = unsafe extern "C" fn(Ref, visitproc, *mut c_void) -> c_int;
pub type freefunc = unsafe extern "C" fn(*mut c_void);
pub type destructor = unsafe extern "C" fn(Ref);
pub type allocfunc = unsafe extern "C" fn(*mut PyTypeObject, Py_ssize_t) -> Ref;
pub type newfunc = unsafe extern "C" fn(*mut PyTypeObject, Ref, Ref) -> Ref;
pub type initproc = unsafe extern "C" fn(Ref, Ref, Ref) -> c_int;

pub type getattrfunc = unsafe extern "C" fn(Ref, *mut c_char) -> Ref;
pub type setattrfunc = unsafe extern "C" fn(Ref, *mut c_char, Ref) -> c_int;
pub type getattrofunc = unsafe extern "C" fn(Ref, Ref) -> Ref;
pub type setattrofunc = unsafe extern "C" fn(Ref, Ref, Ref) -> c_int;
pub type reprfunc = unsafe extern "C" fn(Ref) -> Ref;
pub type hashfunc = unsafe extern "C" fn(Ref) -> Py_hash_t;
pub type richcmpfunc = unsafe extern "C" fn(Ref, Ref, c_int) -> Ref;
pub type getiterfunc = unsafe extern "C" fn(Ref) -> Ref;
pub type iternextfunc = unsafe extern "C" fn(Ref) -> Ref;
pub type descrgetfunc = unsafe extern "C" fn(Ref, Ref, Ref) -> Ref;
pub type descrsetfunc = unsafe extern "C" fn(Ref, Ref, Ref) -> c_int;
pub type sendfunc = unsafe extern "C" fn(Ref, Ref, *mut Ref) -> PySendResult;
pub type vectorcallfunc = unsafe extern "C" fn(Ref, *const Ref, usize, Ref) -> Ref;

pub type getbufferproc = unsafe extern "C" fn(Ref, *mut Py_buffer, c_int) -> c_int;
pub type releasebufferproc = unsafe extern "C" fn(Ref, *mut Py_buffer);

pub type getter = unsafe extern "C" fn(Ref, *mut c_void) -> Ref;
pub type setter = unsafe extern "C" fn(Ref, Ref, *mut c_void) -> c_int;
pub type wrapperfunc = unsafe extern "C" fn(Ref, Ref, *mut c_void) -> Ref;
pub type wrapperfunc_kwds = unsafe extern "C" fn(Ref, Ref, *mut c_void, Ref) -> Ref;

/// `METH_NOARGS`, `METH_O`, `METH_VARARGS`. The other flags give `ml_meth` one of the types below.
pub type PyCFunction = unsafe extern "C" fn(Ref, Ref) -> Ref;
/// `METH_VARARGS | METH_KEYWORDS`.
pub type PyCFunctionWithKeywords = unsafe extern "C" fn(Ref, Ref, Ref) -> Ref;
/// `METH_FASTCALL`.
pub type PyCFunctionFast = unsafe extern "C" fn(Ref, *const Ref, Py_ssize_t) -> Ref;
/// `METH_FASTCALL | METH_KEYWORDS`.
pub type PyCFunctionFastWithKeywords = unsafe extern "C" fn(Ref, *const Ref, Py_ssize_t, Ref) -> Ref;
/// `METH_METHOD | METH_FASTCALL | METH_KEYWORDS`.
pub type PyCMethod = unsafe extern "C" fn(Ref, *mut PyTypeObject, *const Ref, Py_ssize_t, Ref) -> Ref;

pub type Py_tracefunc = unsafe extern "C" fn(Ref, *mut PyFrameObject, c_int, Ref) -> c_int;
pub type PyCapsule_Destructor = unsafe extern "C" fn(Ref);
pub type PyOS_sighandler_t = unsafe extern "C" fn(c_int);
pub type Py_AuditHookFunction = unsafe extern "C" fn(*const c_char, Ref, *mut c_void) -> c_int;
pub type Py_PendingCall = unsafe extern "C" fn(*mut c_void) -> c_int;
pub type _PyFrameEvalFunction =
    unsafe extern "C" fn(*mut PyThreadState, *mut crate::_PyInterpreterFrame, c_int) -> Ref;
