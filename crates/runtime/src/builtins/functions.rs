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

    /// Return the absolute value of the argument.
    #[pyfunction(signature = "(x, /)")]
    fn abs(x: &PyObject) -> PyResult {
        number::absolute(x)
    }

    /// Return True if bool(x) is True for all values x in the iterable.
    ///
    /// If the iterable is empty, return True.
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

    /// Return True if bool(x) is True for any x in the iterable.
    ///
    /// If the iterable is empty, return False.
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

    /// Return an ASCII-only representation of an object.
    ///
    /// As repr(), return a string containing a printable representation of an
    /// object, but escape the non-ASCII characters in the string returned by
    /// repr() using \\x, \\u or \\U escapes. This generates a string similar
    /// to that returned by repr() in Python 2.
    #[pyfunction(signature = "(obj, /)")]
    fn ascii(obj: &PyObject) -> PyResult<Py<PyStr>> {
        object::ascii(obj)
    }

    /// Return the binary representation of an integer.
    ///
    ///    >>> bin(2796202)
    ///    '0b1010101010101010101010'
    #[pyfunction(signature = "(number, /)")]
    fn bin(value: &PyObject) -> PyResult<Py<PyStr>> {
        number::to_base(value, 2)
    }

    /// Return the hexadecimal representation of an integer.
    ///
    ///    >>> hex(12648430)
    ///    '0xc0ffee'
    #[pyfunction(signature = "(number, /)")]
    fn hex(value: &PyObject) -> PyResult<Py<PyStr>> {
        number::to_base(value, 16)
    }

    /// Return the octal representation of an integer.
    ///
    ///    >>> oct(342391)
    ///    '0o1234567'
    #[pyfunction(signature = "(number, /)")]
    fn oct(value: &PyObject) -> PyResult<Py<PyStr>> {
        number::to_base(value, 8)
    }

    /// Call sys.breakpointhook(*args, **kws).  sys.breakpointhook() must accept
    /// whatever arguments are passed.
    ///
    /// By default, this drops you into the pdb debugger.
    #[pyfunction(signature = "(*args, **kws)")]
    fn breakpoint(args: &[&PyObject], kws: Option<Py<PyDict>>) -> PyResult {
        let Some(hook) = sys::get(intern!("breakpointhook"))? else {
            return Err(raised!(RuntimeError, "lost sys.breakpointhook"));
        };
        crate::audit::audit("builtins.breakpoint", &[&hook])?;
        call::call_tuple(&hook, &PyTuple::from_slice(args), kws.as_deref())
    }

    /// __build_class__(func, name, /, *bases, [metaclass], **kwds) -> class
    ///
    /// Internal helper function used by the class statement.
    #[pyfunction(name = "__build_class__", no_text, signature = "(*args, **kwargs)")]
    fn build_class(args: &[&PyObject], kwargs: Option<Py<PyDict>>) -> PyResult {
        let named = kwargs.map_or_else(Vec::new, |dict| dict.items_snapshot());
        let mut all = args.to_vec();
        all.extend(named.iter().map(|(_, value)| &**value));
        let names: Vec<&PyObject> = named.iter().map(|(name, _)| &**name).collect();
        let names = if names.is_empty() { None } else { Some(PyTuple::from_slice(&names)) };
        taipan_interpreter::build_class(&all, names.as_deref())
    }

    /// Return whether the object is callable (i.e., some kind of function).
    ///
    /// Note that classes are callable, as are instances of classes with a
    /// __call__() method.
    #[pyfunction(signature = "(obj, /)")]
    fn callable(obj: &PyObject) -> bool {
        object::is_callable(obj)
    }

    /// Return a Unicode string of one character with ordinal i; 0 <= i <= 0x10ffff.
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

    /// Deletes the named attribute from the given object.
    ///
    /// delattr(x, 'y') is equivalent to ``del x.y``
    #[pyfunction(signature = "(obj, name, /)")]
    fn delattr(obj: &PyObject, name: &PyObject) -> PyResult<()> {
        object::set_attr(obj, attribute_name(name)?, None)
    }

    /// dir([object]) -> list of strings
    ///
    /// If called without an argument, return the names in the current scope.
    /// Else, return an alphabetized list of names comprising (some of) the
    /// attributes of the given object, and of attributes reachable from it.
    /// If the object supplies a method named __dir__, it will be used;
    /// otherwise the default dir() logic is used and returns:
    ///   for a module object: the module's attributes.
    ///   for a class object:  its attributes, and recursively the attributes
    ///     of its bases.
    ///   for any other object: its attributes, its class's attributes, and
    ///     recursively the attributes of its class's base classes.
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

    /// Return the tuple (x//y, x%y).  Invariant: div*y + mod == x.
    #[pyfunction(signature = "(x, y, /)")]
    fn divmod(x: &PyObject, y: &PyObject) -> PyResult {
        number::divmod(x, y)
    }

    /// Return type(value).__format__(value, format_spec)
    ///
    /// Many built-in types implement format_spec according to the
    /// Format Specification Mini-language. See help('FORMATTING').
    ///
    /// If type(value) does not supply a method named __format__
    /// and format_spec is empty, then str(value) is returned.
    /// See also help('SPECIALMETHODS').
    #[pyfunction(signature = "(value, format_spec='', /)")]
    fn format(value: &PyObject, format_spec: OptArg<&PyStr>) -> PyResult<Py<PyStr>> {
        object::format(value, format_spec.given())
    }

    /// getattr(object, name[, default]) -> value
    ///
    /// Get a named attribute from an object.
    ///
    /// getattr(x, 'y') is equivalent to x.y.
    /// When a default argument is given, it is returned when the attribute
    /// doesn't exist; without it, an exception is raised in that case.
    #[pyfunction(no_text, signature = "(object, name, default=None, /)")]
    fn getattr(of: &PyObject, name: &PyObject, default: OptArg<&PyObject>) -> PyResult {
        let name = attribute_name(name)?;
        match default.given() {
            None => object::get_attr(of, name),
            Some(default) => Ok(object::get_optional_attr(of, name)?.unwrap_or_else(|| default.owned())),
        }
    }

    /// Return the dictionary containing the current scope's global variables.
    ///
    /// NOTE: Updates to this dictionary *will* affect name lookups in the
    /// current global scope and vice-versa.
    #[pyfunction(signature = "()")]
    fn globals() -> PyResult {
        match current_globals() {
            Some(globals) => Ok(globals),
            None => Err(raised!(SystemError, "globals() called without a running frame")),
        }
    }

    /// Return whether the object has an attribute with the given name.
    ///
    /// This is done by calling getattr(obj, name) and catching AttributeError.
    #[pyfunction(signature = "(obj, name, /)")]
    fn hasattr(obj: &PyObject, name: &PyObject) -> PyResult<bool> {
        object::has_attr(obj, attribute_name(name)?)
    }

    /// Return the integer hash value for the given object.
    ///
    /// Two objects that compare equal must also have the same hash value, but
    /// the reverse is not necessarily true.  Hash values may differ between
    /// Python processes.  Not all objects are hashable; calling hash() on an
    /// unhashable object raises TypeError.
    #[pyfunction(signature = "(obj, /)")]
    fn hash(obj: &PyObject) -> PyResult<isize> {
        object::hash(obj)
    }

    /// Return the identity of an object.
    ///
    /// This is guaranteed to be unique among simultaneously existing objects.
    /// (CPython uses the object's memory address.)
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
    /// Import a module.
    ///
    /// Because this function is meant for use by the Python
    /// interpreter and not for general use, it is better to use
    /// importlib.import_module() to programmatically import a module.
    ///
    /// The globals argument is only used to determine the context;
    /// they are not modified.  The locals argument is unused.  The fromlist
    /// should be a list of names to emulate ``from name import ...``, or an
    /// empty list to emulate ``import name``.
    /// When importing a module from a package, note that __import__('A.B', ...)
    /// returns package A when fromlist is empty, but its submodule B when
    /// fromlist is not empty.  The level argument is used to determine whether
    /// to perform absolute or relative imports: 0 is absolute, while a positive
    /// number is the number of parent directories to search relative to the
    /// current module.
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
        crate::imports::import_level(name, globals, locals, fromlist.given(), level.given().unwrap_or(0))
    }

    /// Return whether an object is an instance of a class or of a subclass thereof.
    ///
    /// A tuple, as in ``isinstance(x, (A, B, ...))``, may be given as the
    /// target to check against.  This is equivalent to ``isinstance(x, A) or
    /// isinstance(x, B) or ...`` etc.
    #[pyfunction(signature = "(obj, class_or_tuple, /)")]
    fn isinstance(obj: &PyObject, class: &PyObject) -> PyResult<bool> {
        object::is_instance(obj, class)
    }

    /// Return whether 'cls' is derived from another class or is the same class.
    ///
    /// A tuple, as in ``issubclass(x, (A, B, ...))``, may be given as the
    /// target to check against.  This is equivalent to ``issubclass(x, A) or
    /// issubclass(x, B) or ...``.
    #[pyfunction(signature = "(cls, class_or_tuple, /)")]
    fn issubclass(derived: &PyObject, class: &PyObject) -> PyResult<bool> {
        object::is_subclass(derived, class)
    }

    /// iter(iterable) -> iterator
    /// iter(callable, sentinel) -> iterator
    ///
    /// Get an iterator from an object.  In the first form, the argument must
    /// supply its own iterator, or be a sequence.
    /// In the second form, the callable is called until it returns the
    /// sentinel.
    #[pyfunction(name = "iter", no_text, signature = "(object, sentinel=None, /)")]
    fn iter_(of: &PyObject, sentinel: OptArg<&PyObject>) -> PyResult {
        match sentinel.given() {
            None => iter::iter(of),
            Some(sentinel) if object::is_callable(of) => {
                Ok(PyCallIter::new(of.owned(), sentinel.owned()).into_obj())
            }
            Some(_) => Err(raised!(TypeError, "iter(v, w): v must be callable")),
        }
    }

    /// Return the number of items in a container.
    #[pyfunction(signature = "(obj, /)")]
    fn len(obj: &PyObject) -> PyResult<usize> {
        object::len(obj)
    }

    /// Return a dictionary containing the current scope's local variables.
    ///
    /// NOTE: Whether or not updates to this dictionary will affect name
    /// lookups in the local scope and vice-versa is *implementation
    /// dependent* and not covered by any backwards compatibility
    /// guarantees.
    #[pyfunction(signature = "()")]
    fn locals() -> PyResult {
        taipan_interpreter::frames::current_locals()
    }

    /// next(iterator[, default])
    ///
    /// Return the next item from the iterator.  If default is given and the
    /// iterator is exhausted, it is returned instead of raising StopIteration.
    #[pyfunction(no_text, signature = "(iterator, default=None, /)")]
    fn next(iterator: &PyObject, default: OptArg<&PyObject>) -> PyResult {
        if !iter::is_iterator(iterator) {
            let name = iterator.class().name();
            return Err(raised!(TypeError, "'{name}' object is not an iterator"));
        }
        let found = match default.given() {
            None => iter::next_or_stop(iterator),
            // An iterator may raise `StopIteration` itself.
            Some(_) => errors::ignore(iter::next(iterator), errors::Exc::StopIteration).map(Option::flatten),
        };
        match (found?, default.given()) {
            (Some(item), _) => Ok(item),
            (None, Some(default)) => Ok(default.owned()),
            (None, None) => Err(errors::set_none(errors::Exc::StopIteration)),
        }
    }

    /// Return the ordinal value of a character.
    ///
    /// If the argument is a one-character string, return the Unicode code
    /// point of that character.
    ///
    /// If the argument is a bytes or bytearray object of length 1, return its
    /// single byte value.
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

    /// Equivalent to base**exp with 2 arguments or base**exp % mod with 3 arguments
    ///
    /// Some types, such as ints, are able to use a more efficient algorithm
    /// when invoked using the three argument form.
    #[pyfunction(signature = "(base, exp, mod=None)")]
    fn pow(base: &PyObject, exponent: &PyObject, modulus: Option<&PyObject>) -> PyResult {
        number::power(base, exponent, modulus.unwrap_or(none_ref()))
    }

    /// Return the canonical string representation of the object.
    ///
    /// For many object types, including most builtins, eval(repr(obj)) == obj.
    #[pyfunction(signature = "(obj, /)")]
    fn repr(obj: &PyObject) -> PyResult<Py<PyStr>> {
        object::repr(obj)
    }

    /// Round a number to a given precision in decimal digits.
    ///
    /// The return value is an integer if ndigits is omitted or None.
    /// Otherwise the return value has the same type as the number.  ndigits
    /// may be negative.
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

    /// Sets the named attribute on the given object to the specified value.
    ///
    /// setattr(x, 'y', v) is equivalent to ``x.y = v``
    #[pyfunction(signature = "(obj, name, value, /)")]
    fn setattr(obj: &PyObject, name: &PyObject, value: &PyObject) -> PyResult<()> {
        object::set_attr(obj, attribute_name(name)?, Some(value))
    }

    /// sorted($module, iterable, /, *, key=None, reverse=False)
    /// --
    ///
    /// Return a new list containing all items from the iterable in ascending order.
    ///
    /// A custom key function can be supplied to customize the sort order, and the
    /// reverse flag can be set to request the result in descending order.
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

    /// vars([object]) -> dictionary
    ///
    /// Without arguments, equivalent to locals().
    /// With an argument, equivalent to object.__dict__.
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
    name.downcast::<PyStr>()
        .ok_or_else(|| raised!(TypeError, "attribute name must be string, not '{}'", name.class().name()))
}

/// The globals of the running frame.
pub fn current_globals() -> Option<Obj> {
    let _ = thread::current();
    crate::upcalls::borrowed(upcalls::get().current_globals)
}
