//! `_pickle`: objects to bytes and back, as the module `pickle` documents it.
//!
//! | file | holds |
//! |---|---|
//! | `opcodes` | the instructions of a pickle |
//! | `output` | what is written: opcodes, lengths, frames |
//! | `memo` | the objects that a pickler has written |
//! | `memo_proxy` | the memos as Python sees them |
//! | `pickler` | `Pickler` |
//! | `save` | values of built-in types |
//! | `reduce` | classes, functions and whatever says itself how it is made again |
//! | `input` | what is read, from memory or from a file |
//! | `unpickler` | `Unpickler` |
//! | `load` | what each instruction does |
//!
//! While a pickle is written or read, everything that changes is in a value on the native stack, and no borrow of a
//! memo lasts over a call that can run Python code.

mod input;
mod load;
mod memo;
mod memo_proxy;
mod opcodes;
mod output;
mod pickler;
mod reduce;
mod save;
mod unpickler;

pub use pickler::PyPickler;
pub use unpickler::PyUnpickler;

use input::Data;
use taipan_macros::pymodule;
use taipan_objects::errors;
use taipan_objects::model::spec::TypePart;
use taipan_objects::model::thread;
use taipan_objects::prelude::*;
use taipan_objects::types::builtin::PyBuiltin;

/// The newest protocol that is understood, and the one that is used unless another is asked for.
const HIGHEST_PROTOCOL: i64 = 5;
const DEFAULT_PROTOCOL: i64 = 5;

/// The exception types of an interpreter.
#[derive(Default)]
struct State {
    base: ObjCell,
    pickling: ObjCell,
    unpickling: ObjCell,
}

fn make_error(name: &str, base: &TypeObject) -> PyResult {
    let dict = PyDict::new();
    dict.set_item(intern!("__module__"), intern!("_pickle"))?;
    taipan_objects::types::r#type::new_heap_type(name, base, &dict)
}

/// The types `PickleError`, `PicklingError` and `UnpicklingError`, made on first use.
fn error_types() -> PyResult<[Obj; 3]> {
    let state = thread::current().interpreter().extension::<State>();
    if let (Some(base), Some(pickling), Some(unpickling)) =
        (state.base.get(), state.pickling.get(), state.unpickling.get())
    {
        return Ok([base, pickling, unpickling]);
    }
    let base = make_error("PickleError", Exc::Exception.type_object())?;
    let Some(class) = base.downcast::<TypeObject>() else {
        return Err(raised!(SystemError, "PickleError is no type"));
    };
    let pickling = make_error("PicklingError", class)?;
    let unpickling = make_error("UnpicklingError", class)?;
    state.base.set(Some(base.clone()));
    state.pickling.set(Some(pickling.clone()));
    state.unpickling.set(Some(unpickling.clone()));
    Ok([base, pickling, unpickling])
}

#[cold]
fn raise(which: usize, message: &str) -> Raised {
    match error_types() {
        Ok(types) => match types[which].downcast::<TypeObject>() {
            Some(class) => errors::set_object(class, &PyStr::new(message)),
            None => raised!(SystemError, "a pickle error is no type"),
        },
        Err(raised) => raised,
    }
}

/// `PicklingError` with this message.
#[cold]
fn pickling_error(message: &str) -> Raised {
    raise(1, message)
}

/// `PicklingError` in the context of another exception.
#[cold]
fn pickling_error_from(cause: Raised, message: &str) -> Raised {
    let cause = errors::take(cause);
    let made = errors::take(pickling_error(message));
    if let Err(raised) = object::set_attr(&made, intern!("__context__"), Some(&cause)) {
        return raised;
    }
    errors::restore(made)
}

/// `UnpicklingError` with this message.
#[cold]
fn unpickling_error(message: &str) -> Raised {
    raise(2, message)
}

/// A pickler or unpickler at work: no second pickle may be written or read meanwhile.
struct Used<'a>(&'a core::cell::Cell<bool>);

impl<'a> Used<'a> {
    fn begin(busy: &'a core::cell::Cell<bool>, what: &str) -> PyResult<Self> {
        if busy.replace(true) {
            return Err(raised!(RuntimeError, "{what} object is already used"));
        }
        Ok(Used(busy))
    }

    /// Fails where it is at work.
    fn check(busy: &core::cell::Cell<bool>, what: &str) -> PyResult<()> {
        Used::begin(busy, what).map(drop)
    }
}

impl Drop for Used<'_> {
    fn drop(&mut self) {
        self.0.set(false);
    }
}

/// Whether a hook is the method that the native type itself has, bound to `owner`.
fn is_own_method(hook: &PyObject, owner: &PyObject, part: &'static TypePart) -> bool {
    hook.downcast_exact::<PyBuiltin>().is_some_and(|builtin| {
        builtin.receiver().is_some_and(|receiver| receiver.is(owner))
            && part.methods.iter().any(|method| core::ptr::eq(method, builtin.def()))
    })
}

/// An attribute of a module, imported now if it was not.
fn module_attr(module: &PyStr, name: &PyStr) -> PyResult {
    object::get_attr(&*taipan_runtime::imports::import_module(module)?, name)
}

/// The attribute at a dotted path, and the object that it was found in.
fn dotted_attr(object: &PyObject, path: &PyStr) -> PyResult<(Obj, Obj)> {
    let text = path.to_string_lossy().into_owned();
    let (mut parent, mut value) = (object.owned(), object.owned());
    for part in text.split('.') {
        let found = object::get_attr(&value, &PyStr::new(part))?;
        parent = core::mem::replace(&mut value, found);
    }
    Ok((value, parent))
}

/// Optimized C implementation for the Python pickle module.
#[pymodule(name = "_pickle")]
pub mod module {
    use super::*;
    use taipan_objects::codecs::bytes_like;
    use taipan_objects::model::args::OptArg;
    use taipan_objects::types::picklebuffer::PyPickleBuffer;

    #[exec]
    fn exec(m: &PyModule) -> PyResult<()> {
        let [base, pickling, unpickling] = error_types()?;
        m.add("PickleError", &base)?;
        m.add("PicklingError", &pickling)?;
        m.add("UnpicklingError", &unpickling)?;
        m.add("PickleBuffer", PyPickleBuffer::type_object())?;
        m.add_type(PyPickler::type_object())?;
        m.add_type(PyUnpickler::type_object())
    }

    /// Write a pickled representation of obj to the open file object file.
    ///
    /// This is equivalent to ``Pickler(file, protocol).dump(obj)``, but may
    /// be more efficient.
    ///
    /// The optional *protocol* argument tells the pickler to use the given
    /// protocol; supported protocols are 0, 1, 2, 3, 4 and 5.  The default
    /// protocol is 5. It was introduced in Python 3.8, and is incompatible
    /// with previous versions.
    ///
    /// Specifying a negative protocol version selects the highest protocol
    /// version supported.  The higher the protocol used, the more recent the
    /// version of Python needed to read the pickle produced.
    ///
    /// The *file* argument must have a write() method that accepts a single
    /// bytes argument.  It can thus be a file object opened for binary
    /// writing, an io.BytesIO instance, or any other custom object that meets
    /// this interface.
    ///
    /// If *fix_imports* is True and protocol is less than 3, pickle will try
    /// to map the new Python 3 names to the old module names used in Python
    /// 2, so that the pickle data stream is readable with Python 2.
    ///
    /// If *buffer_callback* is None (the default), buffer views are serialized
    /// into *file* as part of the pickle stream.  It is an error if
    /// *buffer_callback* is not None and *protocol* is None or smaller than 5.
    #[pyfunction(signature = "(obj, file, protocol=None, *, fix_imports=True, buffer_callback=None)")]
    fn dump(
        obj: &PyObject,
        file: &PyObject,
        protocol: Option<&PyObject>,
        fix_imports: OptArg<bool>,
        buffer_callback: Option<&PyObject>,
    ) -> PyResult<()> {
        let pickler = PyPickler::fresh(protocol, fix_imports.given().unwrap_or(true), buffer_callback)?;
        pickler.set_file(file)?;
        pickler.dump_to_file(obj)
    }

    /// Return the pickled representation of the object as a bytes object.
    ///
    /// The optional *protocol* argument tells the pickler to use the given
    /// protocol; supported protocols are 0, 1, 2, 3, 4 and 5.  The default
    /// protocol is 5. It was introduced in Python 3.8, and is incompatible
    /// with previous versions.
    ///
    /// Specifying a negative protocol version selects the highest protocol
    /// version supported.  The higher the protocol used, the more recent the
    /// version of Python needed to read the pickle produced.
    ///
    /// If *fix_imports* is True and *protocol* is less than 3, pickle will
    /// try to map the new Python 3 names to the old module names used in
    /// Python 2, so that the pickle data stream is readable with Python 2.
    ///
    /// If *buffer_callback* is None (the default), buffer views are serialized
    /// into *file* as part of the pickle stream.  It is an error if
    /// *buffer_callback* is not None and *protocol* is None or smaller than 5.
    #[pyfunction(signature = "(obj, protocol=None, *, fix_imports=True, buffer_callback=None)")]
    fn dumps(
        obj: &PyObject,
        protocol: Option<&PyObject>,
        fix_imports: OptArg<bool>,
        buffer_callback: Option<&PyObject>,
    ) -> PyResult<Py<PyBytes>> {
        let pickler = PyPickler::fresh(protocol, fix_imports.given().unwrap_or(true), buffer_callback)?;
        Ok(PyBytes::new(&pickler.dump_to_bytes(obj)?))
    }

    /// Read and return an object from the pickle data stored in a file.
    ///
    /// This is equivalent to ``Unpickler(file).load()``, but may be more
    /// efficient.
    ///
    /// The protocol version of the pickle is detected automatically, so no
    /// protocol argument is needed.  Bytes past the pickled object's
    /// representation are ignored.
    ///
    /// The argument *file* must have two methods, a read() method that takes
    /// an integer argument, and a readline() method that requires no
    /// arguments.  Both methods should return bytes.  Thus *file* can be a
    /// binary file object opened for reading, an io.BytesIO object, or any
    /// other custom object that meets this interface.
    ///
    /// Optional keyword arguments are *fix_imports*, *encoding* and *errors*,
    /// which are used to control compatibility support for pickle stream
    /// generated by Python 2.  If *fix_imports* is True, pickle will try to
    /// map the old Python 2 names to the new names used in Python 3.  The
    /// *encoding* and *errors* tell pickle how to decode 8-bit string
    /// instances pickled by Python 2; these default to 'ASCII' and 'strict',
    /// respectively.  The *encoding* can be 'bytes' to read these 8-bit
    /// string instances as bytes objects.
    #[pyfunction(signature = "(file, *, fix_imports=True, encoding='ASCII', errors='strict', buffers=())")]
    fn load(
        file: &PyObject,
        fix_imports: OptArg<bool>,
        encoding: OptArg<&str>,
        errors: OptArg<&str>,
        buffers: Option<&PyObject>,
    ) -> PyResult {
        let unpickler = PyUnpickler::fresh(
            fix_imports.given().unwrap_or(true),
            encoding.given(),
            errors.given(),
            buffers,
        )?;
        unpickler.set_file(file)?;
        unpickler.load_from_file()
    }

    /// Read and return an object from the given pickle data.
    ///
    /// The protocol version of the pickle is detected automatically, so no
    /// protocol argument is needed.  Bytes past the pickled object's
    /// representation are ignored.
    ///
    /// Optional keyword arguments are *fix_imports*, *encoding* and *errors*,
    /// which are used to control compatibility support for pickle stream
    /// generated by Python 2.  If *fix_imports* is True, pickle will try to
    /// map the old Python 2 names to the new names used in Python 3.  The
    /// *encoding* and *errors* tell pickle how to decode 8-bit string
    /// instances pickled by Python 2; these default to 'ASCII' and 'strict',
    /// respectively.  The *encoding* can be 'bytes' to read these 8-bit
    /// string instances as bytes objects.
    #[pyfunction(signature = "(data, /, *, fix_imports=True, encoding='ASCII', errors='strict', buffers=())")]
    fn loads(
        data: &PyObject,
        fix_imports: OptArg<bool>,
        encoding: OptArg<&str>,
        errors: OptArg<&str>,
        buffers: Option<&PyObject>,
    ) -> PyResult {
        let data = match data.downcast_owned::<PyBytes>() {
            Some(bytes) => Data::Shared(bytes),
            None => Data::Own(bytes_like(data)?.as_slice().to_vec()),
        };
        let unpickler = PyUnpickler::fresh(
            fix_imports.given().unwrap_or(true),
            encoding.given(),
            errors.given(),
            buffers,
        )?;
        unpickler.load_from_bytes(data)
    }
}
