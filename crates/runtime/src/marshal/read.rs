//! Reading marshalled values.

use super::{FLAG_REF, MAX_DEPTH};
use taipan_bytecode::{CodeData, Wtf8Buf};
use taipan_objects::errors::Exc;
use taipan_objects::prelude::*;
use taipan_objects::types::bytearray::PyByteArray;
use taipan_objects::types::code::{Parts, PyCode, from_parts, outlines};
use taipan_objects::types::complex::PyComplex;
use taipan_objects::types::memoryview::PyMemoryView;
use taipan_objects::types::set::{PyFrozenSet, PySet};
use taipan_objects::types::slice::PySlice;

/// Reads one value; what follows it is ignored.
pub fn load(bytes: &[u8]) -> PyResult {
    load_with(bytes, true)
}

/// As [`load`]; also says how many bytes the value took.
pub fn load_first(bytes: &[u8]) -> PyResult<(Obj, usize)> {
    let mut reader = Reader::new(Memory(bytes), true, false);
    let value = reader.whole()?;
    Ok((value, bytes.len() - reader.source.left()))
}

pub fn load_with(bytes: &[u8], allow_code: bool) -> PyResult {
    let mut reader = Reader::new(Memory(bytes), allow_code, false);
    reader.whole()
}

/// Reads code that lies in the program itself: it is not judged.
pub fn load_trusted(bytes: &'static [u8]) -> PyResult {
    let mut reader = Reader::new(Memory(bytes), true, true);
    reader.whole()
}

/// Reads one value from a file object and no byte more.
pub fn load_from_file(file: &PyObject, allow_code: bool) -> PyResult {
    // Says early whether it is a file of bytes.
    let probe = call::method(file, intern!("read"), &[&PyInt::from_i64(0)])?;
    if probe.downcast::<PyBytes>().is_none() {
        let name = probe.class().name();
        return Err(raised!(TypeError, "file.read() returned not bytes but {name}"));
    }
    let mut reader = Reader::new(File(file), allow_code, false);
    reader.whole()
}

/// Where bytes come from.
trait Source {
    /// So many bytes; `None` where there are not that many.
    fn take(&mut self, count: usize) -> PyResult<Option<std::borrow::Cow<'_, [u8]>>>;
    /// At most how many are left, as far as is known.
    fn left(&self) -> usize;
}

struct Memory<'a>(&'a [u8]);

impl Source for Memory<'_> {
    fn take(&mut self, count: usize) -> PyResult<Option<std::borrow::Cow<'_, [u8]>>> {
        let Some((taken, rest)) = self.0.split_at_checked(count) else { return Ok(None) };
        self.0 = rest;
        Ok(Some(taken.into()))
    }

    fn left(&self) -> usize {
        self.0.len()
    }
}

struct File<'a>(&'a PyObject);

impl Source for File<'_> {
    fn take(&mut self, count: usize) -> PyResult<Option<std::borrow::Cow<'_, [u8]>>> {
        if count == 0 {
            return Ok(Some(std::borrow::Cow::Borrowed(&[])));
        }
        let storage = PyByteArray::new(&vec![0; count]);
        let view = PyMemoryView::from_object(&storage)?;
        let read = call::method(self.0, intern!("readinto"), &[&view])?;
        let got = number::as_isize(&read, Some(Exc::ValueError))?;
        if got > count as isize {
            return Err(raised!(
                ValueError,
                "read() returned too much data: {count} bytes requested, {got} returned"
            ));
        }
        if got < count as isize {
            return Ok(None);
        }
        let bytes = storage.to_vec();
        Ok(Some(bytes.into()))
    }

    fn left(&self) -> usize {
        1 << 16
    }
}

/// A value that was flagged.
#[derive(Clone)]
enum Flagged {
    Value(Obj),
    /// A tuple whose items are being read: lists and dictionaries among them may refer to it.
    Tuple,
    /// Another value whose parts are being read, which nothing may refer to.
    Unfinished,
}

/// Where a tuple belongs once it is there.
enum Place {
    Item(Py<PyList>, usize),
    Value(Py<PyDict>, Obj),
}

struct Reader<S> {
    source: S,
    refs: Vec<Flagged>,
    /// The index of the unfinished tuple for which the value read last stands.
    stands_for: Option<usize>,
    /// Where unfinished tuples belong, by their indices.
    places: Vec<(usize, Place)>,
    depth: usize,
    allow_code: bool,
    /// Whether code objects are taken as they are.
    trusted: bool,
}

#[cold]
fn too_short() -> Raised {
    raised!(EOFError, "marshal data too short")
}

#[cold]
fn bad(what: &str) -> Raised {
    raised!(ValueError, "bad marshal data ({what})")
}

impl<S: Source> Reader<S> {
    fn new(source: S, allow_code: bool, trusted: bool) -> Self {
        let (refs, places) = (Vec::new(), Vec::new());
        Reader { source, refs, stands_for: None, places, depth: 0, allow_code, trusted }
    }

    fn whole(&mut self) -> PyResult {
        match self.value()? {
            Some(value) => Ok(value),
            None => Err(null("object")),
        }
    }

    fn bytes(&mut self, count: usize) -> PyResult<std::borrow::Cow<'_, [u8]>> {
        self.source.take(count)?.ok_or_else(too_short)
    }

    fn array<const N: usize>(&mut self) -> PyResult<[u8; N]> {
        let bytes = self.bytes(N)?;
        let mut array = [0; N];
        array.copy_from_slice(&bytes);
        Ok(array)
    }

    fn byte(&mut self) -> PyResult<u8> {
        self.array::<1>().map(|[byte]| byte)
    }

    fn i32(&mut self) -> PyResult<i32> {
        self.array().map(i32::from_le_bytes)
    }

    fn f64(&mut self) -> PyResult<f64> {
        self.array().map(f64::from_le_bytes)
    }

    fn size(&mut self, what: &str) -> PyResult<usize> {
        let size = self.i32()?;
        usize::try_from(size).map_err(|_| bad(&format!("{what} size out of range")))
    }

    /// A value that must be there.
    fn item(&mut self, of: &str) -> PyResult {
        match self.value()? {
            Some(_) if self.stands_for.take().is_some() => Err(bad("invalid reference")),
            Some(value) => Ok(value),
            None => Err(null(of)),
        }
    }

    /// Notes the place of a value that stands for an unfinished tuple.
    fn place(&mut self, place: impl FnOnce() -> Place) {
        if let Some(index) = self.stands_for.take() {
            self.places.push((index, place()));
        }
    }

    /// A value; `None` for the null that ends dictionaries. Where it is a reference to an unfinished tuple, something else
    /// stands for that: `stands_for` says so.
    fn value(&mut self) -> PyResult<Option<Obj>> {
        let head = match self.source.take(1)? {
            Some(byte) => byte[0],
            None => return Err(raised!(EOFError, "EOF read where object expected")),
        };
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            self.depth -= 1;
            return Err(raised!(ValueError, "recursion limit exceeded"));
        }
        let flagged = head & FLAG_REF != 0;
        let value = self.contents(head & !FLAG_REF, flagged);
        self.depth -= 1;
        value
    }

    /// Gives the value the next index, where it is flagged.
    fn remember(&mut self, flagged: bool, value: Obj) -> Obj {
        if flagged {
            self.refs.push(Flagged::Value(value.clone()));
        }
        value
    }

    /// Reserves the index of a value whose parts are read first.
    fn reserve(&mut self, flagged: bool, as_what: Flagged) -> Option<usize> {
        flagged.then(|| {
            self.refs.push(as_what);
            self.refs.len() - 1
        })
    }

    fn fill(&mut self, index: Option<usize>, value: Obj) -> Obj {
        if let Some(index) = index {
            self.refs[index] = Flagged::Value(value.clone());
        }
        value
    }

    /// Puts a tuple that is complete now where it belongs.
    fn fill_tuple(&mut self, index: Option<usize>, tuple: Obj) -> PyResult {
        if let Some(index) = index {
            while let Some(at) = self.places.iter().position(|(wanted, _)| *wanted == index) {
                match self.places.swap_remove(at).1 {
                    Place::Item(list, at) => list.set(at, tuple.clone()),
                    Place::Value(dict, key) => dict.set_item(&key, &tuple)?,
                }
            }
        }
        Ok(self.fill(index, tuple))
    }

    fn contents(&mut self, kind: u8, flagged: bool) -> PyResult<Option<Obj>> {
        let value = match kind {
            b'0' => return Ok(None),
            b'N' => none(),
            b'F' => PyInt::from_bool(false),
            b'T' => PyInt::from_bool(true),
            b'S' => Exc::StopIteration.type_object().owned(),
            b'.' => taipan_objects::types::singletons::ellipsis(),
            b'r' => {
                let index = self.i32()?;
                let index = usize::try_from(index).unwrap_or(usize::MAX);
                return match self.refs.get(index) {
                    Some(Flagged::Value(value)) => Ok(Some(value.clone())),
                    Some(Flagged::Tuple) => {
                        self.stands_for = Some(index);
                        Ok(Some(none()))
                    }
                    _ => Err(bad("invalid reference")),
                };
            }
            b'[' | b'(' | b')' | b'{' | b'<' | b'>' | b':' | b'c' => {
                return self.compound(kind, flagged).map(Some);
            }
            _ => {
                let value = self.plain(kind)?;
                self.remember(flagged, value)
            }
        };
        Ok(Some(value))
    }

    fn plain(&mut self, kind: u8) -> PyResult {
        Ok(match kind {
            b'i' => PyInt::from_i64(i64::from(self.i32()?)).into_obj(),
            b'I' => PyInt::from_i64(self.array().map(i64::from_le_bytes)?).into_obj(),
            b'l' => self.long()?,
            b'g' => PyFloat::new(self.f64()?).into_obj(),
            b'f' => PyFloat::new(self.float_text()?).into_obj(),
            b'y' => PyComplex::new(self.f64()?, self.f64()?).into_obj(),
            b'x' => PyComplex::new(self.float_text()?, self.float_text()?).into_obj(),
            b's' => {
                let size = self.size("bytes object")?;
                PyBytes::new(&self.bytes(size)?).into_obj()
            }
            b'a' | b'A' => {
                let size = self.size("string")?;
                self.latin1(size, kind == b'A')?
            }
            b'z' | b'Z' => {
                let size = usize::from(self.byte()?);
                self.latin1(size, kind == b'Z')?
            }
            b'u' | b't' => {
                let size = self.size("string")?;
                let bytes = self.bytes(size)?;
                let text = match core::str::from_utf8(&bytes) {
                    Ok(text) => PyStr::new(text),
                    Err(_) => match Wtf8Buf::from_wtf8(&*bytes) {
                        Some(text) => PyStr::from_wtf8(&text),
                        None => {
                            // Words the error.
                            let bytes = PyBytes::new(&bytes);
                            let utf8 = intern!("utf-8");
                            return call::method(
                                &bytes,
                                intern!("decode"),
                                &[utf8, intern!("surrogatepass")],
                            );
                        }
                    },
                };
                if kind == b't' { PyStr::intern(text).into_obj() } else { text.into_obj() }
            }
            _ => return Err(bad("unknown type code")),
        })
    }

    fn latin1(&mut self, size: usize, interned: bool) -> PyResult {
        let bytes = self.bytes(size)?;
        let text = if interned { PyStr::intern_latin1(&bytes) } else { PyStr::from_latin1(&bytes) };
        Ok(text.into_obj())
    }

    fn float_text(&mut self) -> PyResult<f64> {
        let size = usize::from(self.byte()?);
        let text = PyStr::from_latin1(&self.bytes(size)?);
        number::as_f64(&*number::float(&text)?)
    }

    /// Digits of fifteen bits, lowest first; the sign is that of their number.
    fn long(&mut self) -> PyResult {
        let count = self.i32()?;
        if count == i32::MIN {
            return Err(bad("long size out of range"));
        }
        let length = count.unsigned_abs() as usize;
        let raw = self.bytes(length * 2)?.into_owned();
        let mut bytes = vec![0u8; length * 15 / 8 + 2];
        for (index, pair) in raw.chunks_exact(2).enumerate() {
            let digit = u32::from(u16::from_le_bytes([pair[0], pair[1]]));
            if digit > 0x7FFF {
                return Err(bad("digit out of range in long"));
            }
            if index == length - 1 && digit == 0 {
                return Err(bad("unnormalized long data"));
            }
            let at = index * 15;
            let shifted = digit << (at % 8);
            for (offset, byte) in shifted.to_le_bytes().iter().take(3).enumerate() {
                if let Some(slot) = bytes.get_mut(at / 8 + offset) {
                    *slot |= byte;
                }
            }
        }
        let magnitude = taipan_kernels::int::bytes::from_bytes(&bytes, true, false);
        let value = PyInt::from_int(magnitude);
        if count < 0 { number::negative(&value) } else { Ok(value.into_obj()) }
    }

    fn items(&mut self, count: usize, of: &str) -> PyResult<Vec<Obj>> {
        // Each takes a byte at least, so a size that lies cannot make us reserve memory.
        let mut items = Vec::with_capacity(count.min(self.source.left()));
        for _ in 0..count {
            items.push(self.item(of)?);
        }
        Ok(items)
    }

    fn compound(&mut self, kind: u8, flagged: bool) -> PyResult {
        match kind {
            b'(' | b')' => {
                let count = if kind == b')' { usize::from(self.byte()?) } else { self.size("tuple")? };
                let index = self.reserve(flagged, Flagged::Tuple);
                let items = self.items(count, "tuple")?;
                self.fill_tuple(index, PyTuple::from_vec(items).into_obj())
            }
            b'[' => {
                let count = self.size("list")?;
                let list = PyList::new();
                self.remember(flagged, list.clone().into_obj());
                for at in 0..count {
                    list.append(self.value()?.ok_or_else(|| null("list"))?)?;
                    self.place(|| Place::Item(list.clone(), at));
                }
                Ok(list.into_obj())
            }
            b'{' => {
                let dict = PyDict::new();
                self.remember(flagged, dict.clone().into_obj());
                while let Some(key) = self.value()? {
                    if self.stands_for.take().is_some() {
                        return Err(bad("invalid reference"));
                    }
                    let Some(value) = self.value()? else { break };
                    dict.set_item(&key, &value)?;
                    self.place(|| Place::Value(dict.clone(), key));
                }
                Ok(dict.into_obj())
            }
            b'<' => {
                let count = self.size("set")?;
                let set = PySet::new();
                self.remember(flagged, set.clone().into_obj());
                for _ in 0..count {
                    set.add(&*self.item("set")?)?;
                }
                Ok(set.into_obj())
            }
            b'>' => {
                let count = self.size("set")?;
                let index = self.reserve(flagged, Flagged::Unfinished);
                let items = self.items(count, "set")?;
                Ok(self.fill(index, PyFrozenSet::from_vec(items)?.into_obj()))
            }
            b':' => {
                let index = self.reserve(flagged, Flagged::Unfinished);
                let (start, stop, step) = (self.item("slice")?, self.item("slice")?, self.item("slice")?);
                Ok(self.fill(index, PySlice::new(start, stop, step).into_obj()))
            }
            _ => {
                if !self.allow_code {
                    return Err(raised!(ValueError, "unmarshalling code objects is disallowed"));
                }
                let index = self.reserve(flagged, Flagged::Unfinished);
                let code = self.code()?;
                Ok(self.fill(index, code.into_obj()))
            }
        }
    }

    /// A part of a code object of this type.
    fn part<T: PyType>(&mut self, what: &str) -> PyResult<Py<T>> {
        let part = self.item("code object")?;
        part.downcast_owned::<T>().ok_or_else(|| wrong_part(what))
    }

    /// A tuple of strings.
    fn names(&mut self, what: &str) -> PyResult<Py<PyTuple>> {
        let names = self.part::<PyTuple>(what)?;
        let fits = names.as_slice().iter().all(|name| name.downcast::<PyStr>().is_some());
        if fits { Ok(names) } else { Err(wrong_part(what)) }
    }

    fn count(&mut self, what: &str) -> PyResult<u32> {
        u32::try_from(self.i32()?).map_err(|_| raised!(ValueError, "code: {what} must not be negative"))
    }

    fn code(&mut self) -> PyResult<Py<PyCode>> {
        let mut numbers = CodeData {
            argcount: self.count("argcount")?,
            posonlyargcount: self.count("posonlyargcount")?,
            kwonlyargcount: self.count("kwonlyargcount")?,
            stacksize: self.count("stacksize")?,
            flags: self.i32()? as u32,
            ..CodeData::default()
        };
        let code = self.part::<PyBytes>("co_code")?;
        let consts = self.part::<PyTuple>("co_consts")?;
        let names = self.names("co_names")?;
        let localsplusnames = self.names("co_localsplusnames")?;
        let localspluskinds = self.part::<PyBytes>("co_localspluskinds")?;
        let filename = self.part::<PyStr>("co_filename")?;
        let name = self.part::<PyStr>("co_name")?;
        let qualname = self.part::<PyStr>("co_qualname")?;
        numbers.firstlineno = self.i32()?;
        let linetable = self.part::<PyBytes>("co_linetable")?;
        let exceptiontable = self.part::<PyBytes>("co_exceptiontable")?;
        numbers.code = code.as_slice().into();
        numbers.localspluskinds = localspluskinds.as_slice().into();
        if !self.trusted {
            // What the judgement looks at: how many there are, and the tables.
            let anonymous = Wtf8Buf::default();
            numbers.consts = outlines(&consts);
            numbers.names = vec![anonymous.clone(); names.len()].into();
            numbers.localsplusnames = vec![anonymous; localsplusnames.len()].into();
            numbers.linetable = linetable.as_slice().into();
            numbers.exceptiontable = exceptiontable.as_slice().into();
        }
        let parts = Parts {
            consts,
            names,
            localsplusnames,
            localspluskinds,
            filename,
            name,
            qualname,
            linetable,
            exceptiontable,
        };
        from_parts(&numbers, parts, self.trusted)
    }
}

#[cold]
fn wrong_part(what: &str) -> Raised {
    raised!(TypeError, "code: {what} has a wrong type")
}

#[cold]
fn null(of: &str) -> Raised {
    raised!(TypeError, "NULL object in marshal data for {of}")
}
