//! `Pickler`.

use super::memo::Memo;
use super::memo_proxy::{self, PyPicklerMemo};
use super::output::Output;
use super::save::Save;
use super::{DEFAULT_PROTOCOL, HIGHEST_PROTOCOL, Used, is_own_method, opcodes, pickling_error};
use core::cell::{Cell, RefCell};
use taipan_objects::memory;
use taipan_objects::model::args::OptArg;
use taipan_objects::prelude::*;

/// This takes a binary file for writing a pickle data stream.
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
/// bytes argument. It can thus be a file object opened for binary
/// writing, an io.BytesIO instance, or any other custom object that meets
/// this interface.
///
/// If *fix_imports* is True and protocol is less than 3, pickle will try
/// to map the new Python 3 names to the old module names used in Python
/// 2, so that the pickle data stream is readable with Python 2.
///
/// If *buffer_callback* is None (the default), buffer views are
/// serialized into *file* as part of the pickle stream.
///
/// If *buffer_callback* is not None, then it can be called any number
/// of times with a buffer view.  If the callback returns a false value
/// (such as None), the given buffer is out-of-band; otherwise the
/// buffer is serialized in-band, i.e. inside the pickle stream.
///
/// It is an error if *buffer_callback* is not None and *protocol*
/// is None or smaller than 5.
#[pytype(
    name = "_pickle.Pickler",
    gc,
    flags(BASETYPE, IMMUTABLETYPE),
    signature = "(file, protocol=None, fix_imports=True, buffer_callback=None)",
    parts(METHODS)
)]
pub struct PyPickler {
    ob_base: PyObject,
    write: ObjCell,
    pub(super) memo: RefCell<Memo>,
    #[member(kind = OBJECT_EX)]
    dispatch_table: ObjCell,
    pub(super) buffer_callback: ObjCell,
    /// A function that was set as the attribute `persistent_id`.
    persistent_id: ObjCell,
    protocol: Cell<i32>,
    #[member(kind = INT)]
    bin: Cell<i32>,
    #[member(kind = INT)]
    fast: Cell<i32>,
    fix_imports: Cell<bool>,
    /// It is writing a pickle.
    pub(super) busy: Cell<bool>,
}

fn empty() -> PyPickler {
    PyPickler {
        ob_base: PyObject::EMPTY,
        write: ObjCell::empty(),
        memo: RefCell::new(Memo::default()),
        dispatch_table: ObjCell::empty(),
        buffer_callback: ObjCell::empty(),
        protocol: Cell::new(DEFAULT_PROTOCOL as i32),
        persistent_id: ObjCell::empty(),
        bin: Cell::new(1),
        fast: Cell::new(0),
        fix_imports: Cell::new(true),
        busy: Cell::new(false),
    }
}

impl PyPickler {
    /// A pickler of its own class for one object.
    pub(super) fn fresh(
        protocol: Option<&PyObject>,
        fix_imports: bool,
        buffer_callback: Option<&PyObject>,
    ) -> PyResult<Py<PyPickler>> {
        let pickler = memory::new(empty());
        pickler.configure(protocol, fix_imports, buffer_callback)?;
        Ok(pickler)
    }

    fn configure(
        &self,
        protocol: Option<&PyObject>,
        fix_imports: bool,
        buffer_callback: Option<&PyObject>,
    ) -> PyResult<()> {
        let protocol = match protocol {
            None => DEFAULT_PROTOCOL,
            Some(value) => match number::as_isize(value, Some(Exc::OverflowError))? as i64 {
                value if value < 0 => HIGHEST_PROTOCOL,
                value if value > HIGHEST_PROTOCOL => {
                    return Err(raised!(ValueError, "pickle protocol must be <= {HIGHEST_PROTOCOL}"));
                }
                value => value,
            },
        };
        if buffer_callback.is_some() && protocol < 5 {
            return Err(raised!(ValueError, "buffer_callback needs protocol >= 5"));
        }
        self.protocol.set(protocol as i32);
        self.bin.set(i32::from(protocol > 0));
        self.fix_imports.set(fix_imports && protocol < 3);
        self.buffer_callback.set(buffer_callback.map(|callback| callback.owned()));
        Ok(())
    }

    pub(super) fn set_file(&self, file: &PyObject) -> PyResult<()> {
        let Some(write) = object::get_optional_attr(file, intern!("write"))? else {
            return Err(raised!(TypeError, "file must have a 'write' attribute"));
        };
        self.write.set(Some(write));
        Ok(())
    }

    fn run<'a>(&'a self, value: &PyObject, write: Option<&'a PyObject>) -> PyResult<Vec<u8>> {
        let _used = Used::begin(&self.busy, "Pickler")?;
        let exact = Self::check_exact(self);
        let (table, reducer_override) = match exact {
            true => (self.dispatch_table.get(), None),
            false => (
                object::get_optional_attr(self, intern!("dispatch_table"))?,
                object::get_optional_attr(self, intern!("reducer_override"))?,
            ),
        };
        let persistent_id = match exact {
            true => self.persistent_id.get(),
            false => object::get_optional_attr(self, intern!("persistent_id"))?
                .filter(|hook| !is_own_method(hook, self, &METHODS)),
        };
        let mut save = Save {
            pickler: self,
            out: Output::new(write),
            protocol: self.protocol.get(),
            fast: self.fast.get() != 0,
            fix_imports: self.fix_imports.get(),
            persistent_id,
            reducer_override,
            dispatch_table: table,
        };
        if save.protocol >= 2 {
            save.out.push(&[opcodes::PROTO, save.protocol as u8]);
            if save.protocol >= 4 {
                save.out.start_framing();
            }
        }
        save.save(value)?;
        save.out.op(opcodes::STOP);
        save.out.finish()
    }

    pub(super) fn dump_to_bytes(&self, value: &PyObject) -> PyResult<Vec<u8>> {
        self.run(value, None)
    }

    pub(super) fn dump_to_file(&self, value: &PyObject) -> PyResult<()> {
        let Some(write) = self.write.get() else {
            let class = self.as_object().class().name();
            return Err(pickling_error(&format!("Pickler.__init__() was not called by {class}.__init__()")));
        };
        self.run(value, Some(&write)).map(drop)
    }
}

#[pymethods(METHODS)]
impl PyPickler {
    #[slot(tp_new)]
    fn py_new(cls: &TypeObject, _args: &PyTuple, _kwargs: Option<&PyDict>) -> PyResult<Py<PyPickler>> {
        memory::new_in(cls, empty())
    }

    #[init(signature = "(file, protocol=None, fix_imports=True, buffer_callback=None)")]
    fn init(
        &self,
        file: &PyObject,
        protocol: Option<&PyObject>,
        fix_imports: OptArg<bool>,
        buffer_callback: Option<&PyObject>,
    ) -> PyResult<()> {
        Used::check(&self.busy, "Pickler")?;
        self.configure(protocol, fix_imports.given().unwrap_or(true), buffer_callback)?;
        self.set_file(file)?;
        drop(self.memo.take());
        Ok(())
    }

    #[slot(tp_getattro)]
    fn get_attribute(&self, name: &PyObject) -> PyResult {
        let Some(name) = name.downcast::<PyStr>() else { return Err(object::bad_name(name)) };
        if name.eq_str("persistent_id")
            && let Some(hook) = self.persistent_id.get()
        {
            return Ok(hook);
        }
        object::generic_get_attr(self, name)
    }

    #[slot(tp_setattro)]
    fn set_attribute(&self, name: &PyObject, value: Option<&PyObject>) -> PyResult<()> {
        let Some(name) = name.downcast::<PyStr>() else { return Err(object::bad_name(name)) };
        if name.eq_str("persistent_id") {
            self.persistent_id.set(value.map(ObjectExt::owned));
            return Ok(());
        }
        object::generic_set_attr(self, name, value)
    }

    #[pymethod(name = "persistent_id", signature = "(obj, /)")]
    fn default_persistent_id(&self, _obj: &PyObject) {}

    #[getter(memo)]
    fn get_memo(&self) -> Py<PyPicklerMemo> {
        PyPicklerMemo::new(self)
    }

    #[setter(memo)]
    fn set_memo(&self, value: Option<&PyObject>) -> PyResult<()> {
        let Some(value) = value else {
            return Err(raised!(TypeError, "attribute deletion is not supported"));
        };
        drop(self.memo.replace(memo_proxy::pickler_memo(value)?));
        Ok(())
    }

    /// Returns size in memory, in bytes.
    #[pymethod(name = "__sizeof__")]
    fn size_of(&self) -> usize {
        size_of::<PyPickler>() + self.memo.borrow().size()
    }

    /// Write a pickled representation of the given object to the open file.
    #[pymethod(signature = "(obj, /)")]
    fn dump(&self, obj: &PyObject) -> PyResult<()> {
        self.dump_to_file(obj)
    }

    /// Clears the pickler's "memo".
    ///
    /// The memo is the data structure that remembers which objects the
    /// pickler has already seen, so that shared or recursive objects are
    /// pickled by reference and not by value.  This method is useful when
    /// re-using picklers.
    #[pymethod]
    fn clear_memo(&self) {
        drop(self.memo.take());
    }
}
