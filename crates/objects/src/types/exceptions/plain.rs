//! The exception types that add nothing to the layout of their base, and the table of all of them.

#![expect(unsafe_code, reason = "exports C variables")]

use super::base::{_PyExc_BaseException, NEW, PyBaseException};
use super::groups::_PyExc_BaseExceptionGroup;
use super::import::{_PyExc_ImportError, PyImportError};
use super::name::{_PyExc_AttributeError, _PyExc_NameError, PyNameError};
use super::os_error::{_PyExc_OSError, PyOSError};
use super::stop::{_PyExc_StopIteration, _PyExc_SystemExit};
use super::syntax::{_PyExc_SyntaxError, PySyntaxError};
use super::unicode::{_PyExc_UnicodeDecodeError, _PyExc_UnicodeEncodeError, _PyExc_UnicodeTranslateError};
use crate::errors::Exc;
use crate::model::gc::{clear_fields, traverse_fields};
use crate::model::spec::{END_OF_MEMBERS, StaticType, TypePart, TypeSpec, dealloc};
use crate::model::{Py, PyObject, PyResult, TypeObject};
use crate::protocols::object;
use crate::types::str::PyStr;
use taipan_abi::{Py_TPFLAGS_BASE_EXC_SUBCLASS, Py_TPFLAGS_BASETYPE, Py_TPFLAGS_HAVE_GC};
use taipan_macros::pymethods;

/// A C variable that points to an exception type.
#[repr(transparent)]
pub struct ExcPointer(*const TypeObject);

// SAFETY: it points to a static and never changes.
unsafe impl Sync for ExcPointer {}

const PLAIN: &[&TypePart] = &[&NEW];
const INHERITED: &[&TypePart] = &[];

/// `str(KeyError(k))` shows the key's `repr`.
struct KeyErrorText;

#[pymethods(KEY_ERROR)]
impl KeyErrorText {
    #[slot(tp_str)]
    fn str(slf: &PyObject) -> PyResult<Py<PyStr>> {
        // SAFETY: the slot belongs to a type with this layout.
        let exception: &PyBaseException = unsafe { crate::model::ObjectExt::downcast_unchecked(slf) };
        let args = exception.args();
        if args.len() == 1 { object::repr(args.get(0)) } else { exception.text() }
    }
}

macro_rules! exceptions {
    (
        special { $($special:ident $special_static:ident $special_pointer:ident,)* }
        plain { $($name:ident $static:ident $pointer:ident: $base:ident, $layout:ty, $parts:expr, $doc:literal;)* }
    ) => {
        $(
            #[unsafe(no_mangle)]
            pub static $static: StaticType = {
                static SPEC: TypeSpec = TypeSpec {
                    name: match core::ffi::CStr::from_bytes_with_nul(concat!(stringify!($name), "\0").as_bytes()) {
                        Ok(name) => name,
                        Err(_) => unreachable!(),
                    },
                    doc: $doc,
                    basicsize: size_of::<$layout>() as isize,
                    itemsize: 0,
                    flags: Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASE_EXC_SUBCLASS,
                    base: Some(|| $base.get()),
                    dict_offset: core::mem::offset_of!(PyBaseException, dict) as isize,
                    weaklist_offset: 0,
                    vectorcall_offset: 0,
                    dealloc: dealloc::<$layout>,
                    traverse: Some(traverse_fields::<$layout>),
                    clear: Some(clear_fields::<$layout>),
                    members: &[END_OF_MEMBERS],
                    parts: $parts,
                };
                StaticType::new(&SPEC)
            };
            #[unsafe(no_mangle)]
            pub static $pointer: ExcPointer = ExcPointer($static.get());
        )*
        $(
            #[unsafe(no_mangle)]
            pub static $special_pointer: ExcPointer = ExcPointer($special_static.get());
        )*

        /// The type object of a built-in exception.
        #[inline]
        pub fn type_of(exc: Exc) -> &'static TypeObject {
            match exc {
                $(Exc::$special => $special_static.get(),)*
                $(Exc::$name => $static.get(),)*
            }
        }

        /// Every exception type; a base stands in front of what derives from it once types are made ready in the order
        /// of [`STATIC_TYPES`].
        static ALL: &[&StaticType] = &[$(&$special_static,)* $(&$static,)*];
    };
}

exceptions! {
    special {
        BaseException _PyExc_BaseException PyExc_BaseException,
        BaseExceptionGroup _PyExc_BaseExceptionGroup PyExc_BaseExceptionGroup,
        StopIteration _PyExc_StopIteration PyExc_StopIteration,
        SystemExit _PyExc_SystemExit PyExc_SystemExit,
        ImportError _PyExc_ImportError PyExc_ImportError,
        NameError _PyExc_NameError PyExc_NameError,
        AttributeError _PyExc_AttributeError PyExc_AttributeError,
        OSError _PyExc_OSError PyExc_OSError,
        SyntaxError _PyExc_SyntaxError PyExc_SyntaxError,
        UnicodeDecodeError _PyExc_UnicodeDecodeError PyExc_UnicodeDecodeError,
        UnicodeEncodeError _PyExc_UnicodeEncodeError PyExc_UnicodeEncodeError,
        UnicodeTranslateError _PyExc_UnicodeTranslateError PyExc_UnicodeTranslateError,
    }
    plain {
        Exception _PyExc_Exception PyExc_Exception: _PyExc_BaseException, PyBaseException, PLAIN, c"Common base class for all non-exit exceptions.";
        ArithmeticError _PyExc_ArithmeticError PyExc_ArithmeticError: _PyExc_Exception, PyBaseException, PLAIN, c"Base class for arithmetic errors.";
        FloatingPointError _PyExc_FloatingPointError PyExc_FloatingPointError: _PyExc_ArithmeticError, PyBaseException, PLAIN, c"Floating-point operation failed.";
        OverflowError _PyExc_OverflowError PyExc_OverflowError: _PyExc_ArithmeticError, PyBaseException, PLAIN, c"Result too large to be represented.";
        ZeroDivisionError _PyExc_ZeroDivisionError PyExc_ZeroDivisionError: _PyExc_ArithmeticError, PyBaseException, PLAIN, c"Second argument to a division or modulo operation was zero.";
        AssertionError _PyExc_AssertionError PyExc_AssertionError: _PyExc_Exception, PyBaseException, PLAIN, c"Assertion failed.";
        BufferError _PyExc_BufferError PyExc_BufferError: _PyExc_Exception, PyBaseException, PLAIN, c"Buffer error.";
        EOFError _PyExc_EOFError PyExc_EOFError: _PyExc_Exception, PyBaseException, PLAIN, c"Read beyond end of file.";
        ModuleNotFoundError _PyExc_ModuleNotFoundError PyExc_ModuleNotFoundError: _PyExc_ImportError, PyImportError, INHERITED, c"Module not found.";
        LookupError _PyExc_LookupError PyExc_LookupError: _PyExc_Exception, PyBaseException, PLAIN, c"Base class for lookup errors.";
        IndexError _PyExc_IndexError PyExc_IndexError: _PyExc_LookupError, PyBaseException, PLAIN, c"Sequence index out of range.";
        KeyError _PyExc_KeyError PyExc_KeyError: _PyExc_LookupError, PyBaseException, &[&KEY_ERROR], c"Mapping key not found.";
        MemoryError _PyExc_MemoryError PyExc_MemoryError: _PyExc_Exception, PyBaseException, PLAIN, c"Out of memory.";
        UnboundLocalError _PyExc_UnboundLocalError PyExc_UnboundLocalError: _PyExc_NameError, PyNameError, INHERITED, c"Local name referenced but not bound to a value.";
        BlockingIOError _PyExc_BlockingIOError PyExc_BlockingIOError: _PyExc_OSError, PyOSError, INHERITED, c"I/O operation would block.";
        ChildProcessError _PyExc_ChildProcessError PyExc_ChildProcessError: _PyExc_OSError, PyOSError, INHERITED, c"Child process error.";
        ConnectionError _PyExc_ConnectionError PyExc_ConnectionError: _PyExc_OSError, PyOSError, INHERITED, c"Connection error.";
        BrokenPipeError _PyExc_BrokenPipeError PyExc_BrokenPipeError: _PyExc_ConnectionError, PyOSError, INHERITED, c"Broken pipe.";
        ConnectionAbortedError _PyExc_ConnectionAbortedError PyExc_ConnectionAbortedError: _PyExc_ConnectionError, PyOSError, INHERITED, c"Connection aborted.";
        ConnectionRefusedError _PyExc_ConnectionRefusedError PyExc_ConnectionRefusedError: _PyExc_ConnectionError, PyOSError, INHERITED, c"Connection refused.";
        ConnectionResetError _PyExc_ConnectionResetError PyExc_ConnectionResetError: _PyExc_ConnectionError, PyOSError, INHERITED, c"Connection reset.";
        FileExistsError _PyExc_FileExistsError PyExc_FileExistsError: _PyExc_OSError, PyOSError, INHERITED, c"File already exists.";
        FileNotFoundError _PyExc_FileNotFoundError PyExc_FileNotFoundError: _PyExc_OSError, PyOSError, INHERITED, c"File not found.";
        InterruptedError _PyExc_InterruptedError PyExc_InterruptedError: _PyExc_OSError, PyOSError, INHERITED, c"Interrupted by signal.";
        IsADirectoryError _PyExc_IsADirectoryError PyExc_IsADirectoryError: _PyExc_OSError, PyOSError, INHERITED, c"Operation doesn't work on directories.";
        NotADirectoryError _PyExc_NotADirectoryError PyExc_NotADirectoryError: _PyExc_OSError, PyOSError, INHERITED, c"Operation only works on directories.";
        PermissionError _PyExc_PermissionError PyExc_PermissionError: _PyExc_OSError, PyOSError, INHERITED, c"Not enough permissions.";
        ProcessLookupError _PyExc_ProcessLookupError PyExc_ProcessLookupError: _PyExc_OSError, PyOSError, INHERITED, c"Process not found.";
        TimeoutError _PyExc_TimeoutError PyExc_TimeoutError: _PyExc_OSError, PyOSError, INHERITED, c"Timeout expired.";
        ReferenceError _PyExc_ReferenceError PyExc_ReferenceError: _PyExc_Exception, PyBaseException, PLAIN, c"Weak ref proxy used after referent went away.";
        RuntimeError _PyExc_RuntimeError PyExc_RuntimeError: _PyExc_Exception, PyBaseException, PLAIN, c"Unspecified run-time error.";
        NotImplementedError _PyExc_NotImplementedError PyExc_NotImplementedError: _PyExc_RuntimeError, PyBaseException, PLAIN, c"Method or function hasn't been implemented yet.";
        PythonFinalizationError _PyExc_PythonFinalizationError PyExc_PythonFinalizationError: _PyExc_RuntimeError, PyBaseException, PLAIN, c"Operation blocked during Python finalization.";
        RecursionError _PyExc_RecursionError PyExc_RecursionError: _PyExc_RuntimeError, PyBaseException, PLAIN, c"Recursion limit exceeded.";
        StopAsyncIteration _PyExc_StopAsyncIteration PyExc_StopAsyncIteration: _PyExc_Exception, PyBaseException, PLAIN, c"Signal the end from iterator.__anext__().";
        IndentationError _PyExc_IndentationError PyExc_IndentationError: _PyExc_SyntaxError, PySyntaxError, INHERITED, c"Improper indentation.";
        TabError _PyExc_TabError PyExc_TabError: _PyExc_IndentationError, PySyntaxError, INHERITED, c"Improper mixture of spaces and tabs.";
        _IncompleteInputError _PyExc__IncompleteInputError _PyExc_IncompleteInputError: _PyExc_SyntaxError, PySyntaxError, INHERITED, c"incomplete input.";
        SystemError _PyExc_SystemError PyExc_SystemError: _PyExc_Exception, PyBaseException, PLAIN, c"Internal error in the Python interpreter.\n\nPlease report this to the Python maintainer, along with the traceback,\nthe Python version, and the hardware/OS platform and version.";
        TypeError _PyExc_TypeError PyExc_TypeError: _PyExc_Exception, PyBaseException, PLAIN, c"Inappropriate argument type.";
        ValueError _PyExc_ValueError PyExc_ValueError: _PyExc_Exception, PyBaseException, PLAIN, c"Inappropriate argument value (of correct type).";
        UnicodeError _PyExc_UnicodeError PyExc_UnicodeError: _PyExc_ValueError, PyBaseException, PLAIN, c"Unicode related error.";
        Warning _PyExc_Warning PyExc_Warning: _PyExc_Exception, PyBaseException, PLAIN, c"Base class for warning categories.";
        BytesWarning _PyExc_BytesWarning PyExc_BytesWarning: _PyExc_Warning, PyBaseException, PLAIN, c"Base class for warnings about bytes and buffer related problems, mostly\nrelated to conversion from str or comparing to str.";
        DeprecationWarning _PyExc_DeprecationWarning PyExc_DeprecationWarning: _PyExc_Warning, PyBaseException, PLAIN, c"Base class for warnings about deprecated features.";
        EncodingWarning _PyExc_EncodingWarning PyExc_EncodingWarning: _PyExc_Warning, PyBaseException, PLAIN, c"Base class for warnings about encodings.";
        FutureWarning _PyExc_FutureWarning PyExc_FutureWarning: _PyExc_Warning, PyBaseException, PLAIN, c"Base class for warnings about constructs that will change semantically\nin the future.";
        ImportWarning _PyExc_ImportWarning PyExc_ImportWarning: _PyExc_Warning, PyBaseException, PLAIN, c"Base class for warnings about probable mistakes in module imports";
        PendingDeprecationWarning _PyExc_PendingDeprecationWarning PyExc_PendingDeprecationWarning: _PyExc_Warning, PyBaseException, PLAIN, c"Base class for warnings about features which will be deprecated\nin the future.";
        ResourceWarning _PyExc_ResourceWarning PyExc_ResourceWarning: _PyExc_Warning, PyBaseException, PLAIN, c"Base class for warnings about resource usage.";
        RuntimeWarning _PyExc_RuntimeWarning PyExc_RuntimeWarning: _PyExc_Warning, PyBaseException, PLAIN, c"Base class for warnings about dubious runtime behavior.";
        SyntaxWarning _PyExc_SyntaxWarning PyExc_SyntaxWarning: _PyExc_Warning, PyBaseException, PLAIN, c"Base class for warnings about dubious syntax.";
        UnicodeWarning _PyExc_UnicodeWarning PyExc_UnicodeWarning: _PyExc_Warning, PyBaseException, PLAIN, c"Base class for warnings about Unicode related problems, mostly\nrelated to conversion problems.";
        UserWarning _PyExc_UserWarning PyExc_UserWarning: _PyExc_Warning, PyBaseException, PLAIN, c"Base class for warnings generated by user code.";
        GeneratorExit _PyExc_GeneratorExit PyExc_GeneratorExit: _PyExc_BaseException, PyBaseException, PLAIN, c"Request that a generator exit.";
        KeyboardInterrupt _PyExc_KeyboardInterrupt PyExc_KeyboardInterrupt: _PyExc_BaseException, PyBaseException, PLAIN, c"Program interrupted by user.";
    }
}

/// `OSError` under its former names.
#[unsafe(no_mangle)]
pub static PyExc_EnvironmentError: ExcPointer = ExcPointer(_PyExc_OSError.get());
#[unsafe(no_mangle)]
pub static PyExc_IOError: ExcPointer = ExcPointer(_PyExc_OSError.get());

/// Every exception type of this crate, in no order: bases are made ready on the way.
pub fn static_types() -> &'static [&'static StaticType] {
    ALL
}
