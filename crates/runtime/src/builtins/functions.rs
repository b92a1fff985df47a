//! The functions of `builtins` that hand on to the abstract operations.

use crate::sys;
use taipan_objects::errors;
use taipan_objects::model::args::OptArg;
use taipan_objects::model::thread;
use taipan_objects::model::upcalls;
use taipan_objects::prelude::*;
use taipan_objects::types::bytearray::PyByteArray;
use taipan_objects::types::iterators::PyCallIter;

#[pymodule(fragment)]
pub mod part {
    use super::*;

    /// @doc builtins.abs
    #[pyfunction(signature = "(x, /)")]
    fn abs(x: &PyObject) -> PyResult {
        number::absolute(x)
    }

    /// @doc builtins.all
    #[pyfunction(signature = "(iterable, /)")]
    fn all(iterable: &PyObject) -> PyResult<bool> {
        let iterator = iter::iter(iterable)?;
        while let Some(item) = iter::next(&iterator)? {
            if !object::is_true(&item)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// @doc builtins.any
    #[pyfunction(signature = "(iterable, /)")]
    fn any(iterable: &PyObject) -> PyResult<bool> {
        let iterator = iter::iter(iterable)?;
        while let Some(item) = iter::next(&iterator)? {
            if object::is_true(&item)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// @doc builtins.ascii
    #[pyfunction(signature = "(obj, /)")]
    fn ascii(obj: &PyObject) -> PyResult<Py<PyStr>> {
        object::ascii(obj)
    }

    /// @doc builtins.bin
    #[pyfunction(signature = "(number, /)")]
    fn bin(value: &PyObject) -> PyResult<Py<PyStr>> {
        number::to_base(value, 2)
    }

    /// @doc builtins.hex
    #[pyfunction(signature = "(number, /)")]
    fn hex(value: &PyObject) -> PyResult<Py<PyStr>> {
        number::to_base(value, 16)
    }

    /// @doc builtins.oct
    #[pyfunction(signature = "(number, /)")]
    fn oct(value: &PyObject) -> PyResult<Py<PyStr>> {
        number::to_base(value, 8)
    }

    /// @doc builtins.breakpoint
    #[pyfunction(signature = "(*args, **kws)")]
    fn breakpoint(args: &[&PyObject], kws: Option<Py<PyDict>>) -> PyResult {
        let Some(hook) = sys::get(intern!("breakpointhook"))? else {
            return Err(raised!(RuntimeError, "lost sys.breakpointhook"));
        };
        crate::audit::audit("builtins.breakpoint", &[&hook])?;
        call::call_tuple(&hook, &PyTuple::from_slice(args), kws.as_deref())
    }

    /// @doc builtins.__build_class__
    #[pyfunction(name = "__build_class__", no_text, signature = "(*args, **kwargs)")]
    fn build_class(args: &[&PyObject], kwargs: Option<Py<PyDict>>) -> PyResult {
        let named = kwargs.map_or_else(Vec::new, |dict| dict.items_snapshot());
        let mut all = args.to_vec();
        all.extend(named.iter().map(|(_, value)| &**value));
        let names: Vec<&PyObject> = named.iter().map(|(name, _)| &**name).collect();
        let names = if names.is_empty() { None } else { Some(PyTuple::from_slice(&names)) };
        taipan_interpreter::build_class(&all, names.as_deref())
    }

    /// @doc builtins.callable
    #[pyfunction(signature = "(obj, /)")]
    fn callable(obj: &PyObject) -> bool {
        object::is_callable(obj)
    }

    /// @doc builtins.chr
    #[pyfunction(signature = "(i, /)")]
    fn chr(i: &PyObject) -> PyResult<Py<PyStr>> {
        let value = number::index(i)?;
        match value.to_i64() {
            Some(code) if (0..=0x10_FFFF).contains(&code) => Ok(PyStr::from_char(code as u32)),
            Some(code) if i32::try_from(code).is_ok() => {
                Err(raised!(ValueError, "chr() arg not in range(0x110000)"))
            }
            _ => Err(raised!(ValueError, "chr() arg not in range(0x110000)")),
        }
    }

    /// @doc builtins.delattr
    #[pyfunction(signature = "(obj, name, /)")]
    fn delattr(obj: &PyObject, name: &PyObject) -> PyResult<()> {
        object::set_attr(obj, attribute_name(name)?, None)
    }

    /// @doc builtins.dir
    #[pyfunction(no_text, signature = "(object=None, /)")]
    fn dir(of: OptArg<&PyObject>) -> PyResult {
        match of.given() {
            Some(of) => object::dir(of),
            None => {
                let locals = taipan_interpreter::frames::current_locals()?;
                let names = match locals.downcast_exact::<PyDict>() {
                    Some(dict) => dict.keys()?.into_obj(),
                    None => call::method(&locals, intern!("keys"), &[])?,
                };
                let list = sequence::to_list(&names)?;
                list.sort()?;
                Ok(list.into_obj())
            }
        }
    }

    /// @doc builtins.divmod
    #[pyfunction(signature = "(x, y, /)")]
    fn divmod(x: &PyObject, y: &PyObject) -> PyResult {
        number::divmod(x, y)
    }

    /// @doc builtins.format
    #[pyfunction(signature = "(value, format_spec='', /)")]
    fn format(value: &PyObject, format_spec: OptArg<&PyStr>) -> PyResult<Py<PyStr>> {
        object::format(value, format_spec.given())
    }

    /// @doc builtins.getattr
    #[pyfunction(no_text, signature = "(object, name, default=None, /)")]
    fn getattr(of: &PyObject, name: &PyObject, default: OptArg<&PyObject>) -> PyResult {
        let name = attribute_name(name)?;
        match default.given() {
            None => object::get_attr(of, name),
            Some(default) => Ok(object::get_optional_attr(of, name)?.unwrap_or_else(|| default.owned())),
        }
    }

    /// @doc builtins.globals
    #[pyfunction(signature = "()")]
    fn globals() -> PyResult {
        match current_globals() {
            Some(globals) => Ok(globals),
            None => Err(raised!(SystemError, "globals() called without a running frame")),
        }
    }

    /// @doc builtins.hasattr
    #[pyfunction(signature = "(obj, name, /)")]
    fn hasattr(obj: &PyObject, name: &PyObject) -> PyResult<bool> {
        object::has_attr(obj, attribute_name(name)?)
    }

    /// @doc builtins.hash
    #[pyfunction(signature = "(obj, /)")]
    fn hash(obj: &PyObject) -> PyResult<isize> {
        object::hash(obj)
    }

    /// @doc builtins.id
    #[pyfunction(signature = "(obj, /)")]
    fn id(obj: &PyObject) -> PyResult<usize> {
        let address = obj.as_ptr() as usize;
        if crate::audit::is_active() {
            let id = PyInt::from_u64(address as u64);
            crate::audit::audit("builtins.id", &[&id])?;
        }
        Ok(address)
    }

    /// __import__($module, /, name, globals=None, locals=None, fromlist=(),
    ///            level=0)
    /// --
    ///
    /// @doc builtins.__import__
    #[pyfunction(
        name = "__import__",
        no_text,
        signature = "(name, globals=None, locals=None, fromlist=(), level=0)"
    )]
    fn import(
        name: &PyObject,
        globals: Option<&PyObject>,
        locals: Option<&PyObject>,
        fromlist: OptArg<&PyObject>,
        level: OptArg<i32>,
    ) -> PyResult {
        crate::imports::import_level(
            name,
            globals,
            locals,
            fromlist.given(),
            level.given().unwrap_or(0),
        )
    }

    /// @doc builtins.isinstance
    #[pyfunction(signature = "(obj, class_or_tuple, /)")]
    fn isinstance(obj: &PyObject, class: &PyObject) -> PyResult<bool> {
        object::is_instance(obj, class)
    }

    /// @doc builtins.issubclass
    #[pyfunction(signature = "(cls, class_or_tuple, /)")]
    fn issubclass(derived: &PyObject, class: &PyObject) -> PyResult<bool> {
        object::is_subclass(derived, class)
    }

    /// @doc builtins.iter
    #[pyfunction(name = "iter", no_text, signature = "(object, sentinel=None, /)")]
    fn iter_(of: &PyObject, sentinel: OptArg<&PyObject>) -> PyResult {
        match sentinel.given() {
            None => iter::iter(of),
            Some(sentinel) if object::is_callable(of) => Ok(PyCallIter::new(of, sentinel).into_obj()),
            Some(_) => Err(raised!(TypeError, "iter(v, w): v must be callable")),
        }
    }

    /// @doc builtins.len
    #[pyfunction(signature = "(obj, /)")]
    fn len(obj: &PyObject) -> PyResult<usize> {
        object::len(obj)
    }

    /// @doc builtins.locals
    #[pyfunction(signature = "()")]
    fn locals() -> PyResult {
        taipan_interpreter::frames::current_locals()
    }

    /// @doc builtins.next
    #[pyfunction(no_text, signature = "(iterator, default=None, /)")]
    fn next(iterator: &PyObject, default: OptArg<&PyObject>) -> PyResult {
        if !iter::is_iterator(iterator) {
            let name = iterator.class().name();
            return Err(raised!(TypeError, "'{name}' object is not an iterator"));
        }
        let found = match default.given() {
            None => iter::next(iterator),
            // An iterator may raise `StopIteration` itself.
            Some(_) => errors::ignore(iter::next(iterator), errors::Exc::StopIteration).map(Option::flatten),
        };
        match (found?, default.given()) {
            (Some(item), _) => Ok(item),
            (None, Some(default)) => Ok(default.owned()),
            (None, None) => Err(errors::set_none(errors::Exc::StopIteration)),
        }
    }

    /// @doc builtins.ord
    #[pyfunction(signature = "(character, /)")]
    fn ord(c: &PyObject) -> PyResult<u32> {
        let size = if let Some(text) = c.downcast::<PyStr>() {
            if text.len() == 1 {
                return Ok(text.char_at(0));
            }
            text.len()
        } else if let Some(bytes) = c.downcast::<PyBytes>() {
            if let [byte] = bytes.as_slice() {
                return Ok(u32::from(*byte));
            }
            bytes.len()
        } else if let Some(bytes) = c.downcast::<PyByteArray>() {
            if let [byte] = bytes.to_vec()[..] {
                return Ok(u32::from(byte));
            }
            bytes.len()
        } else {
            let name = c.class().name();
            return Err(raised!(TypeError, "ord() expected string of length 1, but {name} found"));
        };
        Err(raised!(TypeError, "ord() expected a character, but string of length {size} found"))
    }

    /// @doc builtins.pow
    #[pyfunction(signature = "(base, exp, mod=None)")]
    fn pow(base: &PyObject, exponent: &PyObject, modulus: Option<&PyObject>) -> PyResult {
        number::power(base, exponent, modulus.unwrap_or(none_ref()))
    }

    /// @doc builtins.repr
    #[pyfunction(signature = "(obj, /)")]
    fn repr(obj: &PyObject) -> PyResult<Py<PyStr>> {
        object::repr(obj)
    }

    /// @doc builtins.round
    #[pyfunction(signature = "(number, ndigits=None)")]
    fn round(value: &PyObject, ndigits: Option<&PyObject>) -> PyResult {
        let arguments: &[&PyObject] = match &ndigits {
            Some(digits) => core::slice::from_ref(digits),
            None => &[],
        };
        match call::special(value, intern!("__round__"), arguments)? {
            Some(rounded) => Ok(rounded),
            None => {
                let name = value.class().name();
                Err(raised!(TypeError, "type {name} doesn't define __round__ method"))
            }
        }
    }

    /// @doc builtins.setattr
    #[pyfunction(signature = "(obj, name, value, /)")]
    fn setattr(obj: &PyObject, name: &PyObject, value: &PyObject) -> PyResult<()> {
        object::set_attr(obj, attribute_name(name)?, Some(value))
    }

    /// sorted($module, iterable, /, *, key=None, reverse=False)
    /// --
    ///
    /// @doc builtins.sorted
    #[pyfunction(no_text, signature = "(*args, **kwargs)")]
    fn sorted(args: &[&PyObject], kwargs: Option<Py<PyDict>>) -> PyResult {
        let [iterable] = args else {
            return Err(raised!(TypeError, "sorted expected 1 argument, got {}", args.len()));
        };
        let list = sequence::to_list(iterable)?;
        match kwargs.filter(|kwargs| !kwargs.is_empty()) {
            None => list.sort()?,
            Some(kwargs) => {
                let sort = object::get_attr(&list, intern!("sort"))?;
                call::call_tuple(&sort, &PyTuple::empty(), Some(&kwargs))?;
            }
        }
        Ok(list.into_obj())
    }

    /// @doc builtins.vars
    #[pyfunction(no_text, signature = "(object=None, /)")]
    fn vars(of: OptArg<&PyObject>) -> PyResult {
        match of.given() {
            None => taipan_interpreter::frames::current_locals(),
            Some(of) => match object::get_optional_attr(of, intern!("__dict__"))? {
                Some(dict) => Ok(dict),
                None => Err(raised!(TypeError, "vars() argument must have __dict__ attribute")),
            },
        }
    }
}

/// The name of an attribute, which must be a string.
fn attribute_name(name: &PyObject) -> PyResult<&PyStr> {
    name.downcast::<PyStr>().ok_or_else(|| {
        raised!(TypeError, "attribute name must be string, not '{}'", name.class().name())
    })
}

/// The globals of the running frame.
pub fn current_globals() -> Option<Obj> {
    let _ = thread::current();
    crate::upcalls::borrowed(upcalls::get().current_globals)
}
