//! What each instruction of a pickle does to the stack and the memo.

use super::input::Input;
use super::opcodes::*;
use super::unpickler::PyUnpickler;
use super::{HIGHEST_PROTOCOL, module_attr, unpickling_error};
use taipan_kernels::int::bytes::from_bytes;
use taipan_objects::codecs::decode_object;
use taipan_objects::errors;
use taipan_objects::prelude::*;
use taipan_objects::types::bytearray::PyByteArray;
use taipan_objects::types::set::{PyFrozenSet, PySet};

/// A pickle can name any place of the memo; places beyond this are refused.
pub(super) const MEMO_LIMIT: usize = 1 << 28;

/// One run of an unpickler.
pub(super) struct Load<'a> {
    unpickler: &'a PyUnpickler,
    input: Input,
    stack: Vec<Obj>,
    marks: Vec<usize>,
    /// `find_class` where a derived class or an instance has its own.
    find_class: Option<Obj>,
}

fn underflow() -> Raised {
    unpickling_error("unpickling stack underflow")
}

fn text(bytes: &[u8]) -> PyResult<Py<PyStr>> {
    if bytes.is_ascii() {
        return Ok(PyStr::from_ascii(bytes));
    }
    match core::str::from_utf8(bytes) {
        Ok(text) => Ok(PyStr::new(text)),
        Err(_) => decode_object(&PyBytes::new(bytes), Some("utf-8"), Some("surrogatepass")),
    }
}

impl<'a> Load<'a> {
    pub(super) fn new(unpickler: &'a PyUnpickler, input: Input) -> PyResult<Self> {
        let find_class = match PyUnpickler::check_exact(unpickler) {
            true => None,
            false => Some(object::get_attr(unpickler, intern!("find_class"))?),
        };
        Ok(Load { unpickler, input, stack: Vec::new(), marks: Vec::new(), find_class })
    }

    pub(super) fn run(&mut self) -> PyResult {
        loop {
            let opcode = self.input.opcode()?;
            if opcode == STOP {
                return self.pop();
            }
            self.step(opcode)?;
        }
    }

    fn step(&mut self, opcode: u8) -> PyResult<()> {
        match opcode {
            MARK => self.marks.push(self.stack.len()),
            POP => return self.discard(),
            POP_MARK => drop(self.pop_mark()?),
            DUP => {
                let top = self.top()?.clone();
                self.stack.push(top);
            }
            SHORT_BINUNICODE => {
                let [length] = self.input.array()?;
                let value = text(self.input.take(usize::from(length))?)?;
                self.stack.push(value.into_obj());
            }
            BININT1 => {
                let [value] = self.input.array()?;
                self.stack.push(PyInt::from_i64(i64::from(value)).into_obj());
            }
            PROTO => return self.protocol(),
            FRAME => {
                let length = self.length8()?;
                return self.input.frame(length);
            }
            NONE | NEWTRUE | NEWFALSE | INT | LONG | FLOAT | BININT | BININT2 | BINFLOAT | LONG1 | LONG4 => {
                let value = self.number(opcode)?;
                self.stack.push(value);
            }
            STRING | BINSTRING | SHORT_BINSTRING | UNICODE | BINUNICODE | BINUNICODE8 | BINBYTES
            | SHORT_BINBYTES | BINBYTES8 | BYTEARRAY8 => {
                let value = self.string(opcode)?;
                self.stack.push(value);
            }
            EMPTY_LIST | LIST | EMPTY_TUPLE | TUPLE | TUPLE1 | TUPLE2 | TUPLE3 | EMPTY_DICT | DICT
            | EMPTY_SET | FROZENSET => {
                let value = self.container(opcode)?;
                self.stack.push(value);
            }
            APPEND | APPENDS => return self.append(opcode == APPEND),
            SETITEM | SETITEMS => return self.set_items(opcode == SETITEM),
            ADDITEMS => return self.add_items(),
            GET | BINGET | LONG_BINGET => return self.get(opcode),
            MEMOIZE => return self.memoize(),
            PUT | BINPUT | LONG_BINPUT => return self.put(opcode),
            GLOBAL | STACK_GLOBAL | EXT1 | EXT2 | EXT4 => {
                let value = self.global(opcode)?;
                self.stack.push(value);
            }
            REDUCE | NEWOBJ | NEWOBJ_EX | INST | OBJ => {
                let value = self.made(opcode)?;
                self.stack.push(value);
            }
            BUILD => return self.build(),
            PERSID | BINPERSID => return self.persistent(opcode == PERSID),
            NEXT_BUFFER | READONLY_BUFFER => return self.buffer(opcode == NEXT_BUFFER),
            _ => return Err(unknown(opcode)),
        }
        Ok(())
    }

    /// Where the objects of the innermost mark begin.
    fn floor(&self) -> usize {
        self.marks.last().copied().unwrap_or(0)
    }

    fn pop(&mut self) -> PyResult {
        if self.stack.len() <= self.floor() {
            return Err(match self.marks.is_empty() {
                true => underflow(),
                false => unpickling_error("unexpected MARK found"),
            });
        }
        self.stack.pop().ok_or_else(underflow)
    }

    fn top(&self) -> PyResult<&Obj> {
        match self.stack.last() {
            Some(top) if self.stack.len() > self.floor() => Ok(top),
            _ => Err(underflow()),
        }
    }

    /// Takes off the object or the mark on top.
    fn discard(&mut self) -> PyResult<()> {
        if self.marks.last() == Some(&self.stack.len()) {
            self.marks.pop();
            return Ok(());
        }
        self.pop().map(drop)
    }

    /// Takes off everything above the innermost mark, and the mark.
    fn pop_mark(&mut self) -> PyResult<Vec<Obj>> {
        match self.marks.pop() {
            Some(mark) => Ok(self.stack.split_off(mark)),
            None => Err(unpickling_error("could not find MARK")),
        }
    }

    fn protocol(&mut self) -> PyResult<()> {
        let [protocol] = self.input.array()?;
        if i64::from(protocol) > HIGHEST_PROTOCOL {
            return Err(raised!(ValueError, "unsupported pickle protocol: {protocol}"));
        }
        self.unpickler.protocol.set(i32::from(protocol));
        Ok(())
    }

    fn length4(&mut self) -> PyResult<usize> {
        Ok(u32::from_le_bytes(self.input.array()?) as usize)
    }

    fn length8(&mut self) -> PyResult<usize> {
        match isize::try_from(u64::from_le_bytes(self.input.array()?)) {
            Ok(length) => Ok(length as usize),
            Err(_) => Err(raised!(
                OverflowError,
                "the length exceeds the system's maximum size of {} bytes",
                isize::MAX
            )),
        }
    }

    fn number(&mut self, opcode: u8) -> PyResult {
        Ok(match opcode {
            NONE => none(),
            NEWTRUE => PyInt::from_bool(true),
            NEWFALSE => PyInt::from_bool(false),
            BININT => PyInt::from_i64(i64::from(i32::from_le_bytes(self.input.array()?))).into_obj(),
            BININT2 => PyInt::from_i64(i64::from(u16::from_le_bytes(self.input.array()?))).into_obj(),
            BINFLOAT => PyFloat::new(f64::from_be_bytes(self.input.array()?)).into_obj(),
            LONG1 | LONG4 => {
                let length = match opcode {
                    LONG1 => usize::from(self.input.array::<1>()?[0]),
                    _ => match usize::try_from(i32::from_le_bytes(self.input.array()?)) {
                        Ok(length) => length,
                        Err(_) => return Err(unpickling_error("LONG pickle has negative byte count")),
                    },
                };
                PyInt::from_int(from_bytes(self.input.take(length)?, true, true)).into_obj()
            }
            FLOAT => {
                let line = text(&self.input.line()?)?;
                call::call(PyFloat::type_object(), &[&line])?
            }
            _ => {
                let mut line = self.input.line()?;
                match &line[..] {
                    b"00" if opcode == INT => return Ok(PyInt::from_bool(false)),
                    b"01" if opcode == INT => return Ok(PyInt::from_bool(true)),
                    [.., b'L'] if opcode == LONG => drop(line.pop()),
                    _ => {}
                }
                let line = text(&line)?;
                let number = call::call(PyInt::type_object(), &[&line]);
                number.map_err(|raised| match opcode == INT && errors::matches(&raised, Exc::ValueError) {
                    true => {
                        errors::clear(raised);
                        raised!(ValueError, "could not convert string to int")
                    }
                    false => raised,
                })?
            }
        })
    }

    /// A string of Python 2.
    fn old_string(&self, bytes: &[u8]) -> PyResult {
        let encoding = self.unpickler.encoding.get().map(|value| object::str(&value)).transpose()?;
        let errors = self.unpickler.errors.get().map(|value| object::str(&value)).transpose()?;
        let encoding = encoding.map_or_else(|| "ASCII".to_owned(), |value| value.to_string());
        if encoding == "bytes" {
            return Ok(PyBytes::new(bytes).into_obj());
        }
        let errors = errors.map(|value| value.to_string());
        Ok(decode_object(&PyBytes::new(bytes), Some(&encoding), errors.as_deref())?.into_obj())
    }

    fn string(&mut self, opcode: u8) -> PyResult {
        if opcode == STRING {
            let line = self.input.line()?;

            let inner = match &line[..] {
                [b'\'', inner @ .., b'\''] | [b'"', inner @ .., b'"'] => PyBytes::new(inner),
                _ => return Err(unpickling_error("the STRING opcode argument must be quoted")),
            };
            let decode = module_attr(intern!("_codecs"), intern!("escape_decode"))?;
            let decoded = call::call(&decode, &[&inner])?;
            let first = sequence::get_item(&decoded, 0)?;
            let Some(bytes) = first.downcast::<PyBytes>() else { return Err(underflow()) };
            return self.old_string(bytes.as_slice());
        }
        if opcode == UNICODE {
            let line = self.input.line()?;
            return Ok(decode_object(&PyBytes::new(&line), Some("raw-unicode-escape"), None)?.into_obj());
        }
        let length = match opcode {
            SHORT_BINSTRING | SHORT_BINBYTES => usize::from(self.input.array::<1>()?[0]),
            BINSTRING => match usize::try_from(i32::from_le_bytes(self.input.array()?)) {
                Ok(length) => length,
                Err(_) => return Err(unpickling_error("BINSTRING pickle has negative byte count")),
            },
            BINUNICODE | BINBYTES => self.length4()?,
            _ => self.length8()?,
        };
        let bytes = self.input.take(length)?;
        Ok(match opcode {
            BINUNICODE | BINUNICODE8 => text(bytes)?.into_obj(),
            BINBYTES | SHORT_BINBYTES | BINBYTES8 => PyBytes::new(bytes).into_obj(),
            BYTEARRAY8 => PyByteArray::new(bytes).into_obj(),
            _ => {
                let bytes = bytes.to_vec();
                self.old_string(&bytes)?
            }
        })
    }

    fn popped(&mut self, count: usize) -> PyResult<Vec<Obj>> {
        match self.stack.len().checked_sub(count) {
            Some(start) if start >= self.floor() => Ok(self.stack.split_off(start)),
            _ => Err(underflow()),
        }
    }

    /// A tuple of the objects on top.
    fn tuple_of(&mut self, count: usize) -> PyResult {
        let start = match self.stack.len().checked_sub(count) {
            Some(start) if start >= self.floor() => start,
            _ => return Err(underflow()),
        };
        let mut items = [none_ref(); 3];
        for (place, item) in items.iter_mut().zip(&self.stack[start..]) {
            *place = item;
        }
        let tuple = PyTuple::from_slice(&items[..count]).into_obj();
        self.stack.truncate(start);
        Ok(tuple)
    }

    fn container(&mut self, opcode: u8) -> PyResult {
        Ok(match opcode {
            EMPTY_LIST => PyList::new().into_obj(),
            LIST => PyList::from_vec(self.pop_mark()?).into_obj(),
            EMPTY_TUPLE => PyTuple::empty().into_obj(),
            TUPLE => PyTuple::from_vec(self.pop_mark()?).into_obj(),
            TUPLE1 => self.tuple_of(1)?,
            TUPLE2 => self.tuple_of(2)?,
            TUPLE3 => self.tuple_of(3)?,
            EMPTY_DICT => PyDict::new().into_obj(),
            EMPTY_SET => PySet::new().into_obj(),
            FROZENSET => PyFrozenSet::from_vec(self.pop_mark()?)?.into_obj(),
            _ => {
                let items = self.pop_mark()?;
                let dict = PyDict::new();
                for pair in items.chunks(2) {
                    let [key, value] = pair else {
                        return Err(unpickling_error("odd number of items for DICT"));
                    };
                    dict.set_item(key, value)?;
                }
                dict.into_obj()
            }
        })
    }

    /// Where the innermost mark is, which is taken off.
    fn take_mark(&mut self) -> PyResult<usize> {
        self.marks.pop().ok_or_else(|| unpickling_error("could not find MARK"))
    }

    fn append(&mut self, one: bool) -> PyResult<()> {
        if one && self.stack.len() >= self.floor() + 2 {
            let target = self.stack[self.stack.len() - 2].clone();
            if let Some(list) = target.downcast_exact::<PyList>() {
                return list.append(self.pop()?);
            }
        }
        let items = if one { vec![self.pop()?] } else { self.pop_mark()? };
        let target = self.top()?.clone();
        if let Some(list) = target.downcast_exact::<PyList>() {
            return list.extend_vec(items);
        }
        if !one && let Some(extend) = object::get_optional_attr(&target, intern!("extend"))? {
            return call::call(&extend, &[&PyList::from_vec(items)]).map(drop);
        }
        let append = object::get_attr(&target, intern!("append"))?;
        items.iter().try_for_each(|item| call::call(&append, &[item]).map(drop))
    }

    /// `SETITEMS`; a dictionary takes the objects as they lie on the stack.
    fn set_many(&mut self) -> PyResult<()> {
        let mark = self.take_mark()?;
        if mark <= self.floor() {
            return Err(underflow());
        }
        let target = self.stack[mark - 1].clone();
        let dict = target.downcast_exact::<PyDict>();
        for at in (mark..self.stack.len()).step_by(2) {
            let [key, value] = &self.stack[at..(at + 2).min(self.stack.len())] else {
                return Err(unpickling_error("odd number of items for SETITEMS"));
            };
            match dict {
                Some(dict) => dict.set_item(key, value)?,
                None => object::set_item(&target, key, Some(value))?,
            }
        }
        self.stack.truncate(mark);
        Ok(())
    }

    fn set_items(&mut self, one: bool) -> PyResult<()> {
        if !one {
            return self.set_many();
        }
        let items = self.popped(2)?;
        let target = self.top()?.clone();
        for pair in items.chunks(2) {
            let [key, value] = pair else { return Err(underflow()) };
            match target.downcast_exact::<PyDict>() {
                Some(dict) => dict.set_item(key, value)?,
                None => object::set_item(&target, key, Some(value))?,
            }
        }
        Ok(())
    }

    fn add_items(&mut self) -> PyResult<()> {
        let items = self.pop_mark()?;
        let target = self.top()?.clone();
        if let Some(set) = target.downcast::<PySet>() {
            return items.iter().try_for_each(|item| set.add(item).map(drop));
        }
        let add = object::get_attr(&target, intern!("add"))?;
        items.iter().try_for_each(|item| call::call(&add, &[item]).map(drop))
    }

    fn place(&mut self, text_op: u8, short_op: u8, opcode: u8) -> PyResult<usize> {
        if opcode == short_op {
            return Ok(usize::from(self.input.array::<1>()?[0]));
        }
        if opcode != text_op {
            return self.length4();
        }
        let line = self.input.line()?;
        let line = text(&line)?;
        let number = call::call(PyInt::type_object(), &[&line])?;
        match number.downcast::<PyInt>().and_then(PyInt::to_i64).map(usize::try_from) {
            Some(Ok(place)) => Ok(place),
            _ if opcode == PUT => Err(raised!(ValueError, "negative PUT argument")),
            _ => Err(unpickling_error(&format!("Memo value not found at index {}", object::str(&number)?))),
        }
    }

    fn get(&mut self, opcode: u8) -> PyResult<()> {
        let place = self.place(GET, BINGET, opcode)?;
        let found = self.unpickler.memo.borrow().get(place).cloned().flatten();
        match found {
            Some(value) => self.stack.push(value),
            None => return Err(unpickling_error(&format!("Memo value not found at index {place}"))),
        }
        Ok(())
    }

    fn memoize(&mut self) -> PyResult<()> {
        let value = self.top()?.clone();
        let mut memo = self.unpickler.memo.borrow_mut();
        if memo.len() >= MEMO_LIMIT {
            return Err(raised!(MemoryError));
        }
        memo.push(Some(value));
        Ok(())
    }

    fn put(&mut self, opcode: u8) -> PyResult<()> {
        let place = self.place(PUT, BINPUT, opcode)?;
        let value = self.top()?.clone();
        if place >= MEMO_LIMIT {
            return Err(raised!(MemoryError));
        }
        let old = {
            let mut memo = self.unpickler.memo.borrow_mut();
            if memo.len() <= place {
                memo.resize(place + 1, None);
            }
            memo[place].replace(value)
        };
        drop(old);
        Ok(())
    }

    fn find(&self, module: &PyObject, name: &PyObject) -> PyResult {
        match (&self.find_class, module.downcast::<PyStr>(), name.downcast::<PyStr>()) {
            (Some(find), ..) => call::call(find, &[module, name]),
            (None, Some(module), Some(name)) => self.unpickler.global(module, name),
            _ => Err(unpickling_error("STACK_GLOBAL requires str")),
        }
    }

    fn global(&mut self, opcode: u8) -> PyResult {
        match opcode {
            GLOBAL => {
                let (module, name) = (text(&self.input.line()?)?, text(&self.input.line()?)?);
                self.find(&module, &name)
            }
            STACK_GLOBAL => {
                let (name, module) = (self.pop()?, self.pop()?);
                if name.downcast_exact::<PyStr>().is_none() || module.downcast_exact::<PyStr>().is_none() {
                    return Err(unpickling_error("STACK_GLOBAL requires str"));
                }
                self.find(&module, &name)
            }
            EXT1 => {
                let code = i64::from(self.input.array::<1>()?[0]);
                self.extension(code)
            }
            EXT2 => {
                let code = i64::from(u16::from_le_bytes(self.input.array()?));
                self.extension(code)
            }
            _ => {
                let code = i64::from(i32::from_le_bytes(self.input.array()?));
                self.extension(code)
            }
        }
    }

    /// An object of the registry of extensions.
    fn extension(&self, code: i64) -> PyResult {
        if code <= 0 {
            return Err(unpickling_error("EXT specifies code <= 0"));
        }
        let code = PyInt::from_i64(code);
        let cache = module_attr(intern!("copyreg"), intern!("_extension_cache"))?;
        if let Some(known) = mapping::get_optional_item(&cache, &code)? {
            return Ok(known);
        }
        let registry = module_attr(intern!("copyreg"), intern!("_inverted_registry"))?;
        let pair = mapping::get_optional_item(&registry, &code)?;
        let Some(pair) = pair.filter(|pair| object::is_true(pair).unwrap_or(true)) else {
            return Err(raised!(ValueError, "unregistered extension code {}", object::str(&code)?));
        };
        let names = pair.downcast::<PyTuple>().map(PyTuple::as_slice);
        let Some([module, name]) = names.filter(|names| names.iter().all(|name| PyStr::check(name))) else {
            return Err(raised!(
                ValueError,
                "_inverted_registry[{}] isn't a 2-tuple of strings",
                object::str(&code)?
            ));
        };
        let found = self.find(module, name)?;
        object::set_item(&cache, &code, Some(&found))?;
        Ok(found)
    }

    fn made(&mut self, opcode: u8) -> PyResult {
        match opcode {
            REDUCE => {
                let (args, function) = (self.pop()?, self.pop()?);
                let Some(args) = args.downcast::<PyTuple>() else {
                    return Err(raised!(TypeError, "argument list must be a tuple"));
                };
                call::call_tuple(&function, args, None)
            }
            NEWOBJ => {
                let (args, class) = (self.pop()?, self.pop()?);
                new_object(&class, &args, None, "NEWOBJ")
            }
            NEWOBJ_EX => {
                let (kwargs, args, class) = (self.pop()?, self.pop()?, self.pop()?);
                new_object(&class, &args, Some(&kwargs), "NEWOBJ_EX")
            }
            INST => {
                let args = PyTuple::from_vec(self.pop_mark()?);
                let (module, name) = (text(&self.input.line()?)?, text(&self.input.line()?)?);
                let class = self.find(&module, &name)?;
                instantiate(&class, &args)
            }
            _ => {
                let mut items = self.pop_mark()?;
                if items.is_empty() {
                    return Err(underflow());
                }
                let class = items.remove(0);
                instantiate(&class, &PyTuple::from_vec(items))
            }
        }
    }

    fn build(&mut self) -> PyResult<()> {
        let state = self.pop()?;
        let instance = self.top()?.clone();
        if let Some(set_state) = object::get_optional_attr(&instance, intern!("__setstate__"))? {
            return call::call(&set_state, &[&state]).map(drop);
        }
        let (state, slots) = match state.downcast::<PyTuple>().map(PyTuple::as_slice) {
            Some([state, slots]) => (state.owned(), Some(slots.owned())),
            _ => (state, None),
        };
        if !state.is_none() {
            let Some(state) = state.downcast::<PyDict>() else {
                return Err(unpickling_error("state is not a dictionary"));
            };
            let dict = object::get_attr(&instance, intern!("__dict__"))?;
            for (key, value) in state.items_snapshot() {
                let key = match key.downcast_exact::<PyStr>() {
                    Some(name) => PyStr::intern(name.to_owned()).into_obj(),
                    None => key,
                };
                object::set_item(&dict, &key, Some(&value))?;
            }
        }
        if let Some(slots) = slots.filter(|slots| !slots.is_none()) {
            let Some(slots) = slots.downcast::<PyDict>() else {
                return Err(unpickling_error("slot state is not a dictionary"));
            };
            for (name, value) in slots.items_snapshot() {
                let Some(name) = name.downcast::<PyStr>() else {
                    return Err(raised!(
                        TypeError,
                        "attribute name must be string, not '{}'",
                        name.class().name()
                    ));
                };
                object::set_attr(&instance, name, Some(&value))?;
            }
        }
        Ok(())
    }

    fn persistent(&mut self, from_text: bool) -> PyResult<()> {
        let load = object::get_attr(self.unpickler, intern!("persistent_load"))?;
        let id = if from_text {
            let line = self.input.line()?;
            if !line.is_ascii() {
                return Err(unpickling_error("persistent IDs in protocol 0 must be ASCII strings"));
            }
            text(&line)?.into_obj()
        } else {
            self.pop()?
        };
        let value = call::call(&load, &[&id])?;
        self.stack.push(value);
        Ok(())
    }

    /// A buffer that stands outside of the pickle, or the one on top made read-only.
    fn buffer(&mut self, next: bool) -> PyResult<()> {
        if next {
            let Some(buffers) = self.unpickler.buffers.get() else {
                return Err(unpickling_error(
                    "pickle stream refers to out-of-band data but no *buffers* argument was given",
                ));
            };
            let Some(buffer) = iter::next(&buffers)? else {
                return Err(unpickling_error("not enough out-of-band buffers"));
            };
            self.stack.push(buffer);
            return Ok(());
        }
        let top = self.top()?.clone();
        let view = call::call(taipan_objects::types::memoryview::PyMemoryView::type_object(), &[&top])?;
        if !object::is_true(&*object::get_attr(&view, intern!("readonly"))?)? {
            self.pop()?;
            self.stack.push(call::method(&view, intern!("toreadonly"), &[])?);
        }
        Ok(())
    }
}

fn unknown(opcode: u8) -> Raised {
    let shown = match opcode {
        b'\'' => "\"'\"".to_owned(),
        b'\\' => "'\\\\'".to_owned(),
        0x20..=0x7e => format!("'{}'", char::from(opcode)),
        _ => format!("'\\x{opcode:02x}'"),
    };
    unpickling_error(&format!("invalid load key, {shown}."))
}

/// `class.__new__(class, *args, **kwargs)`.
fn new_object(class: &PyObject, args: &PyObject, kwargs: Option<&PyObject>, opcode: &str) -> PyResult {
    if class.downcast::<TypeObject>().is_none() {
        let found = class.class().name();
        return Err(unpickling_error(&format!("{opcode} class argument must be a type, not {found}")));
    }
    let Some(args) = args.downcast::<PyTuple>() else {
        let found = args.class().name();
        return Err(unpickling_error(&format!("{opcode} args argument must be a tuple, not {found}")));
    };
    let named = match kwargs {
        None => None,
        Some(kwargs) => match kwargs.downcast::<PyDict>() {
            Some(named) => Some(named),
            None => {
                let found = kwargs.class().name();
                return Err(unpickling_error(&format!(
                    "{opcode} kwargs argument must be a dict, not {found}"
                )));
            }
        },
    };
    let new = object::get_attr(class, intern!("__new__"))?;
    let mut all = vec![class];
    all.extend_from_slice(args.as_slice());
    call::call_tuple(&new, &PyTuple::from_slice(&all), named)
}

/// An instance as Python 2 pickled them: without arguments `__init__` is not called.
fn instantiate(class: &PyObject, args: &PyTuple) -> PyResult {
    let plain = args.is_empty()
        && class.downcast::<TypeObject>().is_some()
        && errors::ignore(object::get_attr(class, intern!("__getinitargs__")), Exc::AttributeError)?
            .is_none();
    if plain {
        let new = object::get_attr(class, intern!("__new__"))?;
        return call::call(&new, &[class]);
    }
    call::call_tuple(class, args, None)
}
