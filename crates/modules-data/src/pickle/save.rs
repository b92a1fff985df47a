//! Writing values of built-in types.

use super::opcodes::*;
use super::output::Output;
use super::pickler::PyPickler;
use super::pickling_error;
use taipan_abi::PyBUF_FULL_RO;
use taipan_kernels::float;
use taipan_kernels::int::bytes::to_bytes;
use taipan_objects::codecs::encode_text;
use taipan_objects::errors;
use taipan_objects::model::ellipsis;
use taipan_objects::prelude::*;
use taipan_objects::protocols::buffer::Buffer;
use taipan_objects::types::bool::PyBool;
use taipan_objects::types::bytearray::PyByteArray;
use taipan_objects::types::function::PyFunction;
use taipan_objects::types::picklebuffer::PyPickleBuffer;
use taipan_objects::types::set::{PyFrozenSet, PySet};

/// So many items are put into a container by one instruction.
const BATCH: usize = 1000;

/// One run of a pickler.
pub(super) struct Save<'a> {
    pub(super) pickler: &'a PyPickler,
    pub(super) out: Output<'a>,
    pub(super) protocol: i32,
    pub(super) fast: bool,
    pub(super) fix_imports: bool,
    pub(super) persistent_id: Option<Obj>,
    pub(super) reducer_override: Option<Obj>,
    pub(super) dispatch_table: Option<Obj>,
}

/// Adds to an exception what was being written.
#[cold]
pub(super) fn note(raised: Raised, text: &str) -> Raised {
    let exception = errors::take(raised);
    match call::method(&exception, intern!("add_note"), &[&PyStr::new(text)]) {
        Ok(_) => errors::restore(exception),
        Err(other) => other,
    }
}

pub(super) fn full_name(object: &PyObject) -> String {
    match object::fully_qualified_name(object.class()) {
        Ok(name) => name,
        Err(raised) => {
            errors::clear(raised);
            object.class().name().to_string()
        }
    }
}

/// An opcode with the length of its data.
struct Head {
    bytes: [u8; 9],
    length: usize,
}

impl Head {
    fn new(op: u8, length: &[u8]) -> Head {
        let mut bytes = [op; 9];
        bytes[1..=length.len()].copy_from_slice(length);
        Head { bytes, length: length.len() + 1 }
    }

    fn as_slice(&self) -> &[u8] {
        &self.bytes[..self.length]
    }
}

impl Save<'_> {
    /// Writes an object.
    pub(super) fn save(&mut self, object: &PyObject) -> PyResult<()> {
        self.out.boundary()?;
        if self.persistent_id.is_some()
            && let Some(persistent_id) = self.persistent_id.clone()
        {
            let id = call::call(&persistent_id, &[object])?;
            if !id.is_none() {
                return self.save_persistent(&id);
            }
        }
        // Most of what is written are strings.
        if let Some(text) = object.downcast_exact::<PyStr>() {
            return match self.place(object) {
                Some(place) => {
                    self.get(place);
                    Ok(())
                }
                None => self.save_str(text),
            };
        }
        if self.save_atom(object)? {
            return Ok(());
        }
        if let Some(place) = self.place(object) {
            self.get(place);
            return Ok(());
        }
        if let Some(bytes) = object.downcast_exact::<PyBytes>() {
            return self.save_bytes(bytes);
        }
        errors::check_stack(" while pickling an object")?;
        if let Some(dict) = object.downcast_exact::<PyDict>() {
            self.save_dict(dict)
        } else if let Some(set) = object.downcast_exact::<PySet>() {
            self.save_set(set)
        } else if let Some(set) = object.downcast_exact::<PyFrozenSet>() {
            self.save_frozenset(set)
        } else if let Some(list) = object.downcast_exact::<PyList>() {
            self.save_list(list)
        } else if let Some(tuple) = object.downcast_exact::<PyTuple>() {
            self.save_tuple(tuple)
        } else if let Some(array) = object.downcast_exact::<PyByteArray>() {
            self.save_bytearray(array)
        } else if let Some(buffer) = object.downcast_exact::<PyPickleBuffer>() {
            self.save_buffer(buffer)
        } else {
            self.save_other(object)
        }
    }

    fn save_other(&mut self, object: &PyObject) -> PyResult<()> {
        if let Some(reducer) = self.reducer_override.clone() {
            let value = call::call(&reducer, &[object])?;
            if !value.is(&not_implemented()) {
                return self.save_reduced(object, &value);
            }
        }
        if object.class().is(TypeObject::type_object()) {
            return self.save_type(object);
        }
        if object.downcast_exact::<PyFunction>().is_some() {
            return self.save_global(object, None);
        }
        self.save_by_protocol(object)
    }

    /// `None`, truth values, integers and floats: they are not remembered.
    fn save_atom(&mut self, object: &PyObject) -> PyResult<bool> {
        if object.is_none() {
            self.out.op(NONE);
        } else if object.downcast_exact::<PyBool>().is_some() {
            let truth = object.is(&PyInt::from_bool(true));
            match (self.protocol >= 2, truth) {
                (true, true) => self.out.op(NEWTRUE),
                (true, false) => self.out.op(NEWFALSE),
                (false, true) => self.out.push(b"I01\n"),
                (false, false) => self.out.push(b"I00\n"),
            }
        } else if let Some(int) = object.downcast_exact::<PyInt>() {
            self.save_int(int)?;
        } else if let Some(value) = object.downcast_exact::<PyFloat>() {
            let value = value.value();
            if self.protocol > 0 {
                self.out.op(BINFLOAT);
                self.out.push(&value.to_be_bytes());
            } else {
                self.out.push(format!("F{}\n", float::repr(value)).as_bytes());
            }
        } else {
            return Ok(false);
        }
        Ok(true)
    }

    fn save_int(&mut self, int: &PyInt) -> PyResult<()> {
        if let Some(small) = int.to_i64().and_then(|value| i32::try_from(value).ok()) {
            match small {
                _ if self.protocol == 0 => self.out.push(format!("I{small}\n").as_bytes()),
                0..=0xff => self.out.push(&[BININT1, small as u8]),
                0x100..=0xffff => {
                    let [low, high] = (small as u16).to_le_bytes();
                    self.out.push(&[BININT2, low, high]);
                }
                _ => {
                    self.out.op(BININT);
                    self.out.push(&small.to_le_bytes());
                }
            }
            return Ok(());
        }
        if self.protocol < 2 {
            self.out.push(format!("L{}L\n", object::repr(int)?).as_bytes());
            return Ok(());
        }
        let length = (int.bit_length() / 8 + 1) as usize;
        let mut bytes = vec![0; length];
        if to_bytes(int.view(), &mut bytes, true, true).is_err() {
            return Err(raised!(OverflowError, "int too large to pickle"));
        }
        // A negative power of two needs no further byte for its sign.
        if let [.., before, 0xff] = bytes[..]
            && int.is_negative()
            && before & 0x80 != 0
        {
            bytes.pop();
        }
        match u8::try_from(bytes.len()) {
            Ok(length) => self.out.push(&[LONG1, length]),
            Err(_) => {
                let Ok(length) = i32::try_from(bytes.len()) else {
                    return Err(raised!(OverflowError, "int too large to pickle"));
                };
                self.out.op(LONG4);
                self.out.push(&length.to_le_bytes());
            }
        }
        self.out.push(&bytes);
        Ok(())
    }

    /// Where the object was remembered.
    pub(super) fn place(&self, object: &PyObject) -> Option<usize> {
        self.pickler.memo.borrow().place(object)
    }

    /// Fetches a remembered object.
    pub(super) fn get(&mut self, place: usize) {
        self.numbered(place, "g", BINGET, LONG_BINGET);
    }

    fn numbered(&mut self, place: usize, text: &str, short: u8, long: u8) {
        match u8::try_from(place) {
            _ if self.protocol == 0 => self.out.push(format!("{text}{place}\n").as_bytes()),
            Ok(place) => self.out.push(&[short, place]),
            Err(_) => {
                self.out.op(long);
                self.out.push(&(place as u32).to_le_bytes());
            }
        }
    }

    /// Remembers an object that was written.
    pub(super) fn memoize(&mut self, object: &PyObject) {
        if self.fast {
            return;
        }
        let place = self.pickler.memo.borrow_mut().add(object);
        if self.protocol >= 4 {
            self.out.op(MEMOIZE);
        } else {
            self.numbered(place, "p", BINPUT, LONG_BINPUT);
        }
    }

    fn save_persistent(&mut self, id: &PyObject) -> PyResult<()> {
        if self.protocol > 0 {
            // The id itself has no id.
            let hook = self.persistent_id.take();
            let done = self.save(id);
            self.persistent_id = hook;
            done?;
            self.out.op(BINPERSID);
            return Ok(());
        }
        let text = object::str(id)?;
        if !text.is_ascii() {
            return Err(pickling_error("persistent IDs in protocol 0 must be ASCII strings"));
        }
        self.out.push(format!("P{text}\n").as_bytes());
        Ok(())
    }

    /// An opcode with a length: the shortest that holds it.
    fn head(&self, length: usize, ops: [Option<u8>; 3]) -> PyResult<Head> {
        let [short, middle, long] = ops;
        if let (Some(op), Ok(length)) = (short, u8::try_from(length)) {
            return Ok(Head::new(op, &[length]));
        }
        if let (Some(op), Ok(length)) = (middle, u32::try_from(length)) {
            return Ok(Head::new(op, &length.to_le_bytes()));
        }
        match long {
            Some(op) if self.protocol >= 4 => Ok(Head::new(op, &(length as u64).to_le_bytes())),
            _ => Err(raised!(
                OverflowError,
                "serializing an object larger than 4 GiB requires pickle protocol 4 or higher"
            )),
        }
    }

    fn save_bytes(&mut self, bytes: &PyBytes) -> PyResult<()> {
        if self.protocol < 3 {
            let class = PyBytes::type_object();
            if bytes.is_empty() {
                return self.save_call(class, &PyTuple::empty(), Some(bytes));
            }
            let encode = super::module_attr(intern!("_codecs"), intern!("encode"))?;
            let args = (PyStr::from_latin1(bytes.as_slice()).into_obj(), intern!("latin1").owned());
            return self.save_call(&encode, &PyTuple::pair(args.0, args.1), Some(bytes));
        }
        let head = self.head(bytes.len(), [Some(SHORT_BINBYTES), Some(BINBYTES), Some(BINBYTES8)])?;
        self.out.data(head.as_slice(), bytes, bytes.as_slice())?;
        self.memoize(bytes);
        Ok(())
    }

    fn save_bytearray(&mut self, array: &PyByteArray) -> PyResult<()> {
        let bytes = PyBytes::new(&array.to_vec());
        if self.protocol < 5 {
            let args = if bytes.is_empty() { vec![] } else { vec![bytes.into_obj()] };
            return self.save_call(PyByteArray::type_object(), &PyTuple::from_vec(args), Some(array));
        }
        let head = self.head(bytes.len(), [None, None, Some(BYTEARRAY8)])?;
        self.out.data(head.as_slice(), &bytes, bytes.as_slice())?;
        self.memoize(array);
        Ok(())
    }

    /// A buffer: within the pickle, or outside of it where the callback takes it.
    fn save_buffer(&mut self, buffer: &PyPickleBuffer) -> PyResult<()> {
        if self.protocol < 5 {
            return Err(pickling_error("PickleBuffer can only be pickled with protocol >= 5"));
        }
        // Whatever the callback does to the wrapper, the memory stays.
        let held = Buffer::get(buffer, PyBUF_FULL_RO)?;
        let readonly = held.view().readonly != 0;
        if !held.is_contiguous(b'A') {
            return Err(pickling_error(
                "PickleBuffer can not be pickled when pointing to a non-contiguous buffer",
            ));
        }
        let inside = match self.pickler.buffer_callback.get() {
            Some(callback) => object::is_true(&*call::call(&callback, &[buffer])?)?,
            None => true,
        };
        if !inside {
            self.out.op(NEXT_BUFFER);
            if readonly {
                self.out.op(READONLY_BUFFER);
            }
            return Ok(());
        }
        let bytes = PyBytes::new(held.as_bytes());
        let ops = match readonly {
            true => [Some(SHORT_BINBYTES), Some(BINBYTES), Some(BINBYTES8)],
            false => [None, None, Some(BYTEARRAY8)],
        };
        let head = self.head(bytes.len(), ops)?;
        self.out.data(head.as_slice(), &bytes, bytes.as_slice())?;
        self.memoize(buffer);
        Ok(())
    }

    fn save_str(&mut self, text: &PyStr) -> PyResult<()> {
        if self.protocol == 0 {
            let mut line = String::from("V");
            for c in (0..text.len()).map(|i| text.char_at(i)) {
                match c {
                    0x5c | 0 | 0x0a | 0x0d | 0x1a | 0x100..=0xffff => line.push_str(&format!("\\u{c:04x}")),
                    0x1_0000.. => line.push_str(&format!("\\U{c:08x}")),
                    _ => line.push(char::from(c as u8)),
                }
            }
            line.push('\n');
            let bytes: Vec<u8> = line.chars().map(|c| c as u32 as u8).collect();
            self.out.push(&bytes);
        } else if let Some(ascii) = text.as_ascii().filter(|ascii| ascii.len() < 256 && self.protocol >= 4) {
            self.out.short(SHORT_BINUNICODE, ascii.as_bytes());
        } else {
            let bytes = encode_text(text, Some("utf-8"), Some("surrogatepass"))?;
            let short = (self.protocol >= 4).then_some(SHORT_BINUNICODE);
            let head = self.head(bytes.len(), [short, Some(BINUNICODE), Some(BINUNICODE8)])?;
            self.out.data(head.as_slice(), &bytes, bytes.as_slice())?;
        }
        self.memoize(text);
        Ok(())
    }

    fn save_items(&mut self, owner: &PyObject, items: &[&PyObject]) -> PyResult<()> {
        for (i, item) in items.iter().enumerate() {
            self.save(item)
                .map_err(|raised| note(raised, &format!("when serializing {} item {i}", full_name(owner))))?;
        }
        Ok(())
    }

    fn save_tuple(&mut self, tuple: &PyTuple) -> PyResult<()> {
        let count = tuple.len();
        if count == 0 {
            self.out.push(if self.protocol > 0 { &[EMPTY_TUPLE] } else { &[MARK, TUPLE] });
            return Ok(());
        }
        let short = count <= 3 && self.protocol >= 2;
        if !short {
            self.out.op(MARK);
        }
        self.save_items(tuple, tuple.as_slice())?;
        // A tuple that holds itself was remembered while its items were written.
        if let Some(place) = self.place(tuple) {
            match (short, self.protocol > 0) {
                (true, _) => self.out.push(&[POP; 3][..count]),
                (false, true) => self.out.op(POP_MARK),
                (false, false) => self.out.push(&vec![POP; count + 1]),
            }
            self.get(place);
            return Ok(());
        }
        self.out.op(match count {
            1 if short => TUPLE1,
            2 if short => TUPLE2,
            3 if short => TUPLE3,
            _ => TUPLE,
        });
        self.memoize(tuple);
        Ok(())
    }

    fn save_list(&mut self, list: &PyList) -> PyResult<()> {
        self.out.push(if self.protocol > 0 { &[EMPTY_LIST] } else { &[MARK, LIST] });
        self.memoize(list);
        if list.is_empty() {
            return Ok(());
        }
        if self.protocol == 0 {
            let iterator = iter::iter(list)?;
            return self.append_all(list, &iterator);
        }
        if list.len() == 1 {
            let Some(item) = list.get(0) else { return Ok(()) };
            self.list_item(list, &item, 0)?;
            self.out.op(APPEND);
            return Ok(());
        }
        // The list may change while an item is written.
        let mut next = 0;
        while next < list.len() {
            self.out.op(MARK);
            let end = next + BATCH;
            while next < end
                && let Some(item) = list.get(next)
            {
                self.list_item(list, &item, next)?;
                next += 1;
            }
            self.out.op(APPENDS);
        }
        Ok(())
    }

    fn list_item(&mut self, list: &PyObject, item: &PyObject, i: usize) -> PyResult<()> {
        self.save(item)
            .map_err(|raised| note(raised, &format!("when serializing {} item {i}", full_name(list))))
    }

    /// Appends what an iterator gives to the list on top.
    pub(super) fn append_all(&mut self, owner: &PyObject, iterator: &PyObject) -> PyResult<()> {
        let mut i = 0;
        self.in_batches(iterator, APPEND, APPENDS, &mut |save, item| {
            save.save(item)
                .map_err(|raised| note(raised, &format!("when serializing {} item {i}", full_name(owner))))?;
            i += 1;
            Ok(())
        })
    }

    fn in_batches(
        &mut self,
        iterator: &PyObject,
        one: u8,
        many: u8,
        write: &mut dyn FnMut(&mut Self, &PyObject) -> PyResult<()>,
    ) -> PyResult<()> {
        if self.protocol == 0 {
            while let Some(item) = iter::next(iterator)? {
                write(self, &item)?;
                self.out.op(one);
            }
            return Ok(());
        }
        let mut ahead = iter::next(iterator)?;
        while let Some(first) = ahead.take() {
            ahead = iter::next(iterator)?;
            if ahead.is_none() {
                write(self, &first)?;
                self.out.op(one);
                break;
            }
            self.out.op(MARK);
            write(self, &first)?;
            let mut count = 1;
            while count < BATCH
                && let Some(item) = ahead.take()
            {
                write(self, &item)?;
                count += 1;
                ahead = iter::next(iterator)?;
            }
            self.out.op(many);
        }
        Ok(())
    }

    fn save_dict(&mut self, dict: &PyDict) -> PyResult<()> {
        self.out.push(if self.protocol > 0 { &[EMPTY_DICT] } else { &[MARK, DICT] });
        self.memoize(dict);
        if dict.is_empty() {
            return Ok(());
        }
        if self.protocol == 0 {
            let items = call::method(dict, intern!("items"), &[])?;
            let iterator = iter::iter(&items)?;
            return self.set_all(dict, &iterator);
        }
        let length = dict.len();
        if length == 1 {
            let Some((_, key, value)) = dict.next(0) else { return Ok(()) };
            self.pair(dict, &key, &value)?;
            self.out.op(SETITEM);
            return Ok(());
        }
        let (mut at, mut count) = (0, BATCH);
        while count == BATCH {
            count = 0;
            self.out.op(MARK);
            while count < BATCH
                && let Some((next, key, value)) = dict.next(at)
            {
                self.pair(dict, &key, &value)?;
                at = next;
                count += 1;
            }
            self.out.op(SETITEMS);
            if dict.len() != length {
                return Err(raised!(RuntimeError, "dictionary changed size during iteration"));
            }
        }
        Ok(())
    }

    /// A key and its value.
    fn pair(&mut self, owner: &PyObject, key: &PyObject, value: &PyObject) -> PyResult<()> {
        self.save(key)?;
        self.save(value).map_err(|raised| match object::repr(key) {
            Ok(key) => note(raised, &format!("when serializing {} item {key}", full_name(owner))),
            Err(other) => {
                errors::clear(other);
                raised
            }
        })
    }

    /// Puts the pairs that an iterator gives into the mapping on top.
    pub(super) fn set_all(&mut self, owner: &PyObject, iterator: &PyObject) -> PyResult<()> {
        self.in_batches(iterator, SETITEM, SETITEMS, &mut |save, item| {
            let Some([key, value]) = item.downcast::<PyTuple>().map(PyTuple::as_slice) else {
                return Err(raised!(TypeError, "dict items iterator must return 2-tuples"));
            };
            save.pair(owner, key, value)
        })
    }

    fn element(&mut self, owner: &PyObject, item: &PyObject) -> PyResult<()> {
        self.save(item)
            .map_err(|raised| note(raised, &format!("when serializing {} element", full_name(owner))))
    }

    fn save_set(&mut self, set: &PySet) -> PyResult<()> {
        if self.protocol < 4 {
            let items = PyList::from_vec(set.to_vec()).into_obj();
            return self.save_call(PySet::type_object(), &PyTuple::from_vec(vec![items]), Some(set));
        }
        self.out.op(EMPTY_SET);
        self.memoize(set);
        let items = set.to_vec();
        let mut batches = items.chunks(BATCH);
        // A batch that is full is followed by another one, which may be empty.
        let mut full = !items.is_empty();
        while full {
            let batch = batches.next().unwrap_or_default();
            full = batch.len() == BATCH;
            self.out.op(MARK);
            for item in batch {
                self.element(set, item)?;
            }
            self.out.op(ADDITEMS);
            if set.len() != items.len() {
                return Err(raised!(RuntimeError, "set changed size during iteration"));
            }
        }
        Ok(())
    }

    fn save_frozenset(&mut self, set: &PyFrozenSet) -> PyResult<()> {
        let items = set.to_vec();
        if self.protocol < 4 {
            let items = PyList::from_vec(items).into_obj();
            return self.save_call(PyFrozenSet::type_object(), &PyTuple::from_vec(vec![items]), Some(set));
        }
        self.out.op(MARK);
        for item in &items {
            self.element(set, item)?;
        }
        if let Some(place) = self.place(set) {
            self.out.op(POP_MARK);
            self.get(place);
            return Ok(());
        }
        self.out.op(FROZENSET);
        self.memoize(set);
        Ok(())
    }

    /// A class: the types of the singletons have no name of their own.
    fn save_type(&mut self, class: &PyObject) -> PyResult<()> {
        for singleton in [none(), ellipsis(), not_implemented()] {
            if class.is(singleton.class()) {
                let args = PyTuple::from_vec(vec![singleton.clone()]);
                return self.save_call(TypeObject::type_object(), &args, Some(class));
            }
        }
        self.save_global(class, None)
    }
}
