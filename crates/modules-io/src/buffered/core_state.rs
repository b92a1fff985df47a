//! What the three buffered classes are made of.

use crate::base::{self, PyIOBase};
use crate::fileio::PyFileIO;
use core::cell::{Cell, RefCell};
use taipan_host::threads::{self, Attempt, Lock};
use taipan_objects::errors;
use taipan_objects::model::gc::{Traverse, Visitor};
use taipan_objects::prelude::*;
use taipan_objects::protocols::buffer::Buffer;
use taipan_objects::types::bytearray::PyByteArray;

/// The state of a buffered file.
#[repr(C)]
pub struct Buffered {
    base: PyIOBase,
    raw: ObjCell,
    ok: Cell<bool>,
    detached: Cell<bool>,
    readable: Cell<bool>,
    writable: Cell<bool>,
    finalizing: Cell<bool>,
    size: Cell<usize>,
    /// Bytes read ahead, and how many of them were taken.
    ahead: RefCell<Vec<u8>>,
    taken: Cell<usize>,
    /// Bytes that the raw file does not have yet.
    behind: RefCell<Vec<u8>>,
    lock: Lock,
    /// The thread that holds the lock; 0 for none.
    owner: Cell<usize>,
}

impl Traverse for Buffered {
    fn traverse(&self, visitor: &mut Visitor) {
        self.base.traverse(visitor);
        self.raw.traverse(visitor);
    }
    fn drop_references(&self) {
        self.ok.set(false);
        self.raw.drop_references();
        self.base.drop_references();
    }
}

/// Holds a buffered file's lock.
struct Held<'a>(&'a Buffered);

impl Drop for Held<'_> {
    fn drop(&mut self) {
        self.0.owner.set(0);
        self.0.lock.release();
    }
}

/// What a raw read gave.
enum RawRead {
    Bytes(usize),
    WouldBlock,
}

impl Buffered {
    pub fn fields() -> Self {
        Buffered {
            base: PyIOBase::fields(),
            raw: ObjCell::empty(),
            ok: Cell::new(false),
            detached: Cell::new(false),
            readable: Cell::new(false),
            writable: Cell::new(false),
            finalizing: Cell::new(false),
            size: Cell::new(0),
            ahead: RefCell::new(Vec::new()),
            taken: Cell::new(0),
            behind: RefCell::new(Vec::new()),
            lock: Lock::new(),
            owner: Cell::new(0),
        }
    }

    /// Before `__init__`.
    pub fn reset(&self) {
        self.ok.set(false);
        self.detached.set(false);
    }

    /// Takes a raw file over.
    pub fn open(&self, raw: &PyObject, size: isize, readable: bool, writable: bool) -> PyResult<()> {
        let Some(size) = usize::try_from(size).ok().filter(|&size| size > 0) else {
            return Err(raised!(ValueError, "buffer size must be strictly positive"));
        };
        self.raw.set(Some(raw.owned()));
        self.size.set(size);
        self.readable.set(readable);
        self.writable.set(writable);
        Vec::clear(&mut self.ahead.borrow_mut());
        self.taken.set(0);
        Vec::clear(&mut self.behind.borrow_mut());
        self.ok.set(true);
        Ok(())
    }

    pub fn buffer_size(&self) -> usize {
        self.size.get()
    }

    pub fn raw_object(&self) -> Option<Obj> {
        self.raw.get()
    }

    pub fn finalizing(&self) -> bool {
        self.finalizing.get()
    }

    pub fn set_finalizing(&self, value: Option<&PyObject>) -> PyResult<()> {
        self.finalizing.set(value.map_or(Ok(false), object::is_true)?);
        Ok(())
    }

    /// The raw file; an error before `__init__` and after `detach`.
    pub fn raw(&self) -> PyResult {
        if self.ok.get()
            && let Some(raw) = self.raw.get()
        {
            return Ok(raw);
        }
        if self.detached.get() {
            Err(raised!(ValueError, "raw stream has been detached"))
        } else {
            Err(raised!(ValueError, "I/O operation on uninitialized object"))
        }
    }

    fn is_closed(&self) -> PyResult<bool> {
        let raw = self.raw()?;
        match raw.downcast_exact::<PyFileIO>() {
            Some(file) => Ok(file.descriptor() < 0),
            None => base::is_closed(&raw),
        }
    }

    pub fn closed_object(&self) -> PyResult {
        object::get_attr(&*self.raw()?, intern!("closed"))
    }

    fn check_open(&self, action: &str) -> PyResult<()> {
        if self.is_closed()? { Err(raised!(ValueError, "{action} of closed file")) } else { Ok(()) }
    }

    fn hold(&self, slf: &PyObject) -> PyResult<Held<'_>> {
        if !self.lock.try_take() {
            if self.owner.get() == threads::identity() {
                return Err(raised!(RuntimeError, "reentrant call inside {}", object::repr(slf)?));
            }
            while !matches!(self.lock.take(None, true), Attempt::Taken) {
                taipan_objects::system::check_signals()?;
            }
        }
        self.owner.set(threads::identity());
        Ok(Held(self))
    }

    // ---- the raw file -------------------------------------------------------------------------------------------

    /// Reads up to `count` bytes of the raw file behind `into`.
    fn raw_read(&self, into: &mut Vec<u8>, count: usize) -> PyResult<RawRead> {
        let raw = self.raw()?;
        let start = into.len();
        if let Some(file) = raw.downcast_exact::<PyFileIO>() {
            into.resize(start + count, 0);
            let read = file.read_raw(&mut into[start..]);
            let got = match &read {
                Ok(Some(got)) => *got,
                _ => 0,
            };
            into.truncate(start + got);
            return Ok(read?.map_or(RawRead::WouldBlock, RawRead::Bytes));
        }
        let storage = PyByteArray::new(&vec![0; count]);
        let view = crate::io::memory_view(&storage)?;
        let read = self.retried(|| call::method(&raw, intern!("readinto"), &[&view]));
        // An exception waits aside while the view is given back.
        let read = read.map_err(errors::take);
        let released = call::method(&view, intern!("release"), &[]);
        let read = match read {
            Ok(read) => read,
            Err(exception) => {
                return errors::chain(Some(exception), released.map(drop)).map(|()| RawRead::WouldBlock);
            }
        };
        released?;
        if read.is_none() {
            return Ok(RawRead::WouldBlock);
        }
        let got = match number::as_isize(&read, Some(Exc::ValueError)) {
            Ok(got) => got,
            Err(raised) => {
                return Err(errors::set_from_cause(
                    raised,
                    Exc::OSError,
                    format_args!("raw readinto() failed"),
                ));
            }
        };
        let Some(got) = usize::try_from(got).ok().filter(|&got| got <= count) else {
            return Err(raised!(
                OSError,
                "raw readinto() returned invalid length {got} (should have been between 0 and {count})"
            ));
        };
        let data = storage.to_vec();
        into.extend_from_slice(&data[..got.min(data.len())]);
        Ok(RawRead::Bytes(got))
    }

    /// Calls again what a signal interrupted.
    fn retried(&self, mut call: impl FnMut() -> PyResult) -> PyResult {
        loop {
            match call() {
                Ok(result) => return Ok(result),
                Err(raised) => {
                    errors::catch(raised, Exc::InterruptedError)?;
                    taipan_objects::system::check_signals()?;
                }
            }
        }
    }

    /// Writes some of `data` to the raw file; `None` where it would block.
    fn raw_write(&self, data: &[u8]) -> PyResult<Option<usize>> {
        let raw = self.raw()?;
        if let Some(file) = raw.downcast_exact::<PyFileIO>() {
            return file.write_raw(data);
        }
        let bytes = PyBytes::new(data);
        let view = crate::io::memory_view(&bytes)?;
        let written = self.retried(|| call::method(&raw, intern!("write"), &[&view]))?;
        if written.is_none() {
            return Ok(None);
        }
        let count = number::as_isize(&written, Some(Exc::ValueError))?;
        match usize::try_from(count).ok().filter(|&count| count <= data.len()) {
            Some(count) => Ok(Some(count)),
            None => Err(raised!(
                OSError,
                "raw write() returned invalid length {count} (should have been between 0 and {})",
                data.len()
            )),
        }
    }

    fn raw_seek(&self, offset: i64, whence: i32) -> PyResult<i64> {
        let raw = self.raw()?;
        if let Some(file) = raw.downcast_exact::<PyFileIO>() {
            return file.seek_raw(offset, whence);
        }
        let at = call::method(
            &raw,
            intern!("seek"),
            &[&PyInt::from_i64(offset), &PyInt::from_i64(i64::from(whence))],
        )?;
        Self::valid_position(&at)
    }

    fn valid_position(at: &PyObject) -> PyResult<i64> {
        let at = crate::io::offset(at)?;
        if at < 0 {
            return Err(raised!(OSError, "Raw stream returned invalid position {at}"));
        }
        Ok(at)
    }

    fn raw_tell(&self) -> PyResult<i64> {
        let raw = self.raw()?;
        if let Some(file) = raw.downcast_exact::<PyFileIO>() {
            return file.seek_raw(0, 1);
        }
        let at = call::method(&raw, intern!("tell"), &[])?;
        Self::valid_position(&at)
    }

    // ---- both sides ---------------------------------------------------------------------------------------------

    fn unread(&self) -> usize {
        self.ahead.borrow().len() - self.taken.get()
    }

    fn forget_ahead(&self) {
        Vec::clear(&mut self.ahead.borrow_mut());
        self.taken.set(0);
    }

    /// Takes up to `count` bytes of what was read ahead.
    fn take_ahead(&self, count: usize) -> Vec<u8> {
        let start = self.taken.get();
        let ahead = self.ahead.borrow();
        let end = ahead.len().min(start.saturating_add(count));
        self.taken.set(end);
        ahead[start..end].to_vec()
    }

    /// Writes out what is pending. What the raw file does not take stays.
    fn flush_behind(&self) -> PyResult<()> {
        let mut pending = core::mem::take(&mut *self.behind.borrow_mut());
        let mut done = 0;
        let mut outcome = Ok(());
        while done < pending.len() {
            match self.raw_write(&pending[done..]) {
                Ok(Some(count)) => done += count,
                Ok(None) => {
                    outcome = Err(would_block(0));
                    break;
                }
                Err(raised) => {
                    outcome = Err(raised);
                    break;
                }
            }
            if let Err(raised) = taipan_objects::system::check_signals() {
                outcome = Err(raised);
                break;
            }
        }
        pending.drain(..done);
        let mut behind = self.behind.borrow_mut();
        if behind.is_empty() {
            *behind = pending;
        } else {
            pending.append(&mut behind);
            *behind = pending;
        }
        drop(behind);
        outcome
    }

    /// Before writing: the raw position goes back to where the reader stands.
    fn rewind(&self) -> PyResult<()> {
        let unread = self.unread();
        if unread > 0 {
            self.raw_seek(-(unread as i64), 1)?;
        }
        self.forget_ahead();
        Ok(())
    }

    fn before_reading(&self) -> PyResult<()> {
        if self.writable.get() && !self.behind.borrow().is_empty() {
            return self.flush_behind();
        }
        Ok(())
    }

    pub fn flush(&self, slf: &PyObject) -> PyResult<()> {
        self.check_open("flush")?;
        let _held = self.hold(slf)?;
        if self.writable.get() {
            self.flush_behind()?;
            if self.readable.get() {
                return self.rewind();
            }
        }
        if !self.writable.get() {
            call::method(&*self.raw()?, intern!("flush"), &[])?;
        }
        Ok(())
    }

    pub fn close(&self, slf: &PyObject) -> PyResult {
        let raw = self.raw()?;
        {
            let _held = self.hold(slf)?;
            if self.is_closed()? {
                return Ok(none());
            }
        }
        if self.finalizing.get() {
            self.dealloc_warn(slf);
        }
        let flushed = call::method(slf, intern!("flush"), &[]);
        let pending = flushed.err().map(errors::take);
        let _held = self.hold(slf)?;
        let closed = call::method(&raw, intern!("close"), &[]);
        self.ahead.replace(Vec::new());
        self.taken.set(0);
        self.behind.replace(Vec::new());
        match (pending, closed) {
            (None, closed) => closed,
            (earlier, closed) => errors::chain(earlier, closed.map(drop)).map(|()| none()),
        }
    }

    pub fn detach(&self, slf: &PyObject) -> PyResult {
        let raw = self.raw()?;
        call::method(slf, intern!("flush"), &[])?;
        self.raw.set(None);
        self.detached.set(true);
        self.ok.set(false);
        Ok(raw)
    }

    /// Passes on that the file was not closed.
    pub fn dealloc_warn(&self, source: &PyObject) {
        if let Ok(raw) = self.raw().map_err(errors::clear)
            && let Err(raised) = call::method(&raw, intern!("_dealloc_warn"), &[source])
        {
            errors::clear(raised);
        }
    }

    pub fn repr(&self, slf: &PyObject) -> PyResult<Py<PyStr>> {
        let class = slf.class().name();
        let name = match object::get_optional_attr(slf, intern!("name")) {
            Ok(name) => name,
            Err(raised) => {
                errors::catch(raised, Exc::ValueError)?;
                None
            }
        };
        let Some(name) = name else { return Ok(PyStr::new(&format!("<{class}>"))) };
        if !object::repr_enter(slf)? {
            return Err(raised!(RuntimeError, "reentrant call inside {class}.__repr__"));
        }
        let shown = object::repr(&name);
        object::repr_leave(slf);
        Ok(PyStr::new(&format!("<{class} name={}>", shown?)))
    }

    // ---- positions ----------------------------------------------------------------------------------------------

    pub fn tell(&self, slf: &PyObject) -> PyResult<i64> {
        self.raw()?;
        let _held = self.hold(slf)?;
        let at = self.raw_tell()?;
        Ok((at + self.behind.borrow().len() as i64 - self.unread() as i64).max(0))
    }

    pub fn seek(&self, slf: &PyObject, target: &PyObject, whence: i32) -> PyResult<i64> {
        const SEEK_HOLE: i32 = 4;
        if !(0..=SEEK_HOLE).contains(&whence) {
            return Err(raised!(ValueError, "whence value {whence} unsupported"));
        }
        self.check_open("seek")?;
        base::check_seekable(&*self.raw()?)?;
        let mut target = crate::io::offset(target)?;
        let _held = self.hold(slf)?;
        if whence != 2 && self.readable.get() && whence < 2 && self.behind.borrow().is_empty() {
            // Within what was read ahead nothing has to be asked of the raw file but its position.
            let at = self.raw_tell()?;
            let here = at - self.unread() as i64;
            let wanted = if whence == 0 { target } else { here + target };
            let (low, high) = (here - self.taken.get() as i64, at);
            if wanted >= low && wanted <= high && self.unread() > 0 {
                self.taken.set((wanted - low) as usize);
                return Ok(wanted);
            }
        }
        if self.writable.get() {
            self.flush_behind()?;
        }
        if whence == 1 {
            target -= self.unread() as i64;
        }
        let at = self.raw_seek(target, whence)?;
        self.forget_ahead();
        Ok(at)
    }

    pub fn truncate(&self, slf: &PyObject, pos: Option<&PyObject>) -> PyResult {
        self.check_open("truncate")?;
        if !self.writable.get() {
            return Err(base::unsupported("truncate"));
        }
        let _held = self.hold(slf)?;
        self.flush_behind()?;
        if self.readable.get() {
            self.rewind()?;
        }
        let pos = match pos {
            Some(pos) => pos.owned(),
            None => PyInt::from_i64(self.raw_tell()?).into_obj(),
        };
        call::method(&*self.raw()?, intern!("truncate"), &[&pos])
    }

    // ---- reading ------------------------------------------------------------------------------------------------

    fn fill(&self) -> PyResult<RawRead> {
        let mut fresh = core::mem::take(&mut *self.ahead.borrow_mut());
        fresh.drain(..self.taken.replace(0));
        let start = fresh.len();
        let read = self.raw_read(&mut fresh, self.size.get().saturating_sub(start).max(1));
        self.ahead.replace(fresh);
        read
    }

    pub fn read(&self, slf: &PyObject, size: Option<isize>) -> PyResult {
        let size = size.unwrap_or(-1);
        if size < -1 {
            return Err(raised!(ValueError, "read length must be non-negative or -1"));
        }
        self.check_open("read")?;
        let Ok(size) = usize::try_from(size) else {
            let _held = self.hold(slf)?;
            return self.read_all();
        };
        if size <= self.unread() && self.behind.borrow().is_empty() {
            return Ok(PyBytes::new(&self.take_ahead(size)).into_obj());
        }
        let _held = self.hold(slf)?;
        let mut data = self.take_ahead(size);
        self.before_reading()?;
        self.forget_ahead();
        while data.len() < size {
            let missing = size - data.len();
            // Whole buffers go straight to the result.
            let read = if missing >= self.size.get() {
                let whole = missing - missing % self.size.get();
                self.raw_read(&mut data, whole)?
            } else {
                let read = self.fill()?;
                data.extend_from_slice(&self.take_ahead(missing));
                read
            };
            match read {
                RawRead::Bytes(0) => break,
                RawRead::WouldBlock if data.is_empty() => return Ok(none()),
                RawRead::WouldBlock => break,
                RawRead::Bytes(_) => {}
            }
        }
        Ok(PyBytes::new(&data).into_obj())
    }

    fn read_all(&self) -> PyResult {
        let mut data = self.take_ahead(usize::MAX);
        self.before_reading()?;
        self.forget_ahead();
        let raw = self.raw()?;
        if let Some(readall) = object::get_optional_attr(&raw, intern!("readall"))? {
            let rest = call::call(&readall, &[])?;
            if rest.is_none() {
                return Ok(if data.is_empty() { rest } else { PyBytes::new(&data).into_obj() });
            }
            let Some(bytes) = rest.downcast::<PyBytes>() else {
                return Err(raised!(TypeError, "readall() should return bytes"));
            };
            if data.is_empty() {
                return Ok(rest);
            }
            data.extend_from_slice(bytes.as_slice());
            return Ok(PyBytes::new(&data).into_obj());
        }
        loop {
            let chunk = call::method(&raw, intern!("read"), &[])?;
            if chunk.is_none() {
                return Ok(if data.is_empty() { chunk } else { PyBytes::new(&data).into_obj() });
            }
            let Some(bytes) = chunk.downcast::<PyBytes>() else {
                return Err(raised!(TypeError, "read() should return bytes"));
            };
            if bytes.is_empty() {
                return Ok(PyBytes::new(&data).into_obj());
            }
            data.extend_from_slice(bytes.as_slice());
        }
    }

    pub fn peek(&self, slf: &PyObject) -> PyResult<Py<PyBytes>> {
        self.check_open("peek")?;
        let _held = self.hold(slf)?;
        if self.writable.get() {
            self.flush_behind()?;
            if self.readable.get() && self.unread() == 0 {
                self.forget_ahead();
            }
        }
        if self.unread() == 0 {
            self.fill()?;
        }
        let ahead = self.ahead.borrow();
        Ok(PyBytes::new(&ahead[self.taken.get()..]))
    }

    pub fn read1(&self, slf: &PyObject, size: isize) -> PyResult<Py<PyBytes>> {
        self.check_open("read")?;
        let size = usize::try_from(size).unwrap_or(self.size.get());
        if size == 0 {
            return Ok(PyBytes::new(b""));
        }
        if self.unread() > 0 {
            return Ok(PyBytes::new(&self.take_ahead(size)));
        }
        let _held = self.hold(slf)?;
        self.before_reading()?;
        self.forget_ahead();
        let mut data = Vec::new();
        self.raw_read(&mut data, size)?;
        Ok(PyBytes::new(&data))
    }

    pub fn readinto(&self, slf: &PyObject, buffer: &PyObject, once: bool) -> PyResult<Option<usize>> {
        self.check_open("readinto")?;
        let mut into =
            Buffer::writable(buffer, if once { "readinto1() argument" } else { "readinto() argument" })?;
        let length = into.len();
        let ready = self.take_ahead(length);
        let mut written = ready.len();
        into.as_bytes_mut()[..written].copy_from_slice(&ready);
        if written == length {
            return Ok(Some(written));
        }
        let _held = self.hold(slf)?;
        self.before_reading()?;
        self.forget_ahead();
        while written < length && !(once && written > 0) {
            let missing = length - written;
            let mut fresh = Vec::new();
            let read = if missing > self.size.get() {
                self.raw_read(&mut fresh, missing)?
            } else {
                let read = self.fill()?;
                fresh = self.take_ahead(missing);
                read
            };
            into.as_bytes_mut()[written..written + fresh.len()].copy_from_slice(&fresh);
            written += fresh.len();
            match read {
                RawRead::Bytes(0) => break,
                RawRead::WouldBlock if written == 0 => return Ok(None),
                RawRead::WouldBlock => break,
                RawRead::Bytes(_) => {}
            }
        }
        Ok(Some(written))
    }

    pub fn readline(&self, slf: &PyObject, size: Option<isize>) -> PyResult<Py<PyBytes>> {
        self.check_open("readline")?;
        let limit = size.and_then(|size| usize::try_from(size).ok()).unwrap_or(usize::MAX);
        let line_in_ahead = |limit: usize| {
            let ahead = self.ahead.borrow();
            let rest = &ahead[self.taken.get()..];
            let rest = &rest[..rest.len().min(limit)];
            memory_find(rest)
        };
        if let Some(length) = line_in_ahead(limit) {
            return Ok(PyBytes::new(&self.take_ahead(length)));
        }
        let _held = self.hold(slf)?;
        let mut line = self.take_ahead(limit);
        if line.len() < limit {
            self.before_reading()?;
        }
        while line.len() < limit {
            self.forget_ahead();
            if !matches!(self.fill()?, RawRead::Bytes(1..)) {
                break;
            }
            let room = limit - line.len();
            match line_in_ahead(room) {
                Some(length) => {
                    line.extend_from_slice(&self.take_ahead(length));
                    break;
                }
                None => line.extend_from_slice(&self.take_ahead(room)),
            }
        }
        Ok(PyBytes::new(&line))
    }

    pub fn next_line(&self, slf: &PyObject) -> PyResult<Option<Obj>> {
        let class = slf.class();
        let own = class.is(super::PyBufferedReader::type_object())
            || class.is(super::PyBufferedRandom::type_object());
        let line = if own {
            self.readline(slf, None)?.into_obj()
        } else {
            let line = call::method(slf, intern!("readline"), &[])?;
            if line.downcast::<PyBytes>().is_none() {
                let found = line.class().name();
                return Err(raised!(
                    OSError,
                    "readline() should have returned a bytes object, not '{found}'"
                ));
            }
            line
        };
        Ok(if object::len(&line)? == 0 { None } else { Some(line) })
    }

    // ---- writing ------------------------------------------------------------------------------------------------

    pub fn write(&self, slf: &PyObject, buffer: &PyObject) -> PyResult<usize> {
        self.raw()?;
        let data = Buffer::get(buffer, taipan_abi::PyBUF_SIMPLE)?;
        let _held = self.hold(slf)?;
        if self.is_closed()? {
            return Err(raised!(ValueError, "write to closed file"));
        }
        if self.readable.get() {
            self.rewind()?;
        }
        let (bytes, size) = (data.as_bytes(), self.size.get());
        if self.behind.borrow().len() + bytes.len() <= size {
            self.behind.borrow_mut().extend_from_slice(bytes);
            return Ok(bytes.len());
        }
        if let Err(raised) = self.flush_behind() {
            return self.keep_what_fits(raised, bytes);
        }
        let mut done = 0;
        while bytes.len() - done > size {
            match self.raw_write(&bytes[done..])? {
                Some(count) => done += count,
                None => {
                    // The buffer takes what it can; the caller hears how much that was.
                    let kept = size.min(bytes.len() - done);
                    self.behind.borrow_mut().extend_from_slice(&bytes[done..done + kept]);
                    if done + kept < bytes.len() {
                        return Err(would_block(done + kept));
                    }
                    return Ok(bytes.len());
                }
            }
            taipan_objects::system::check_signals()?;
        }
        self.behind.borrow_mut().extend_from_slice(&bytes[done..]);
        Ok(bytes.len())
    }

    /// The raw file takes nothing now: buffers as much as there is room for.
    fn keep_what_fits(&self, raised: Raised, bytes: &[u8]) -> PyResult<usize> {
        errors::catch(raised, Exc::BlockingIOError)?;
        let room = self.size.get().saturating_sub(self.behind.borrow().len());
        let kept = room.min(bytes.len());
        self.behind.borrow_mut().extend_from_slice(&bytes[..kept]);
        if kept < bytes.len() { Err(would_block(kept)) } else { Ok(kept) }
    }
}

/// Where the first line of `bytes` ends.
fn memory_find(bytes: &[u8]) -> Option<usize> {
    bytes.iter().position(|&b| b == b'\n').map(|at| at + 1)
}

/// `BlockingIOError` that says how many bytes were taken.
#[cold]
fn would_block(written: usize) -> Raised {
    const EAGAIN: i64 = 11;
    let args = PyTuple::from_vec(vec![
        PyInt::from_i64(EAGAIN).into_obj(),
        PyStr::new("write could not complete without blocking").into_obj(),
        PyInt::from_u64(written as u64).into_obj(),
    ]);
    errors::set_object(Exc::BlockingIOError.type_object(), &args)
}
