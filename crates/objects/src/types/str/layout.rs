//! How a string lies in memory (PEP 393), its making and its end.
//!
//! | form | head | characters |
//! |---|---|---|
//! | ASCII | `PyASCIIObject` | behind the head |
//! | compact | `PyCompactUnicodeObject`, with the cached UTF-8 | behind the head, 1, 2 or 4 bytes each |
//! | subclass | `PyUnicodeObject` | in a block of their own |
//!
//! A NUL unit follows the characters. The characters are always in the narrowest form that holds them. The first 256
//! characters and the empty string are immortal statics.

#![expect(unsafe_code, reason = "reads and makes objects of varying size")]

use super::{PyStr, PyUnicode_Type, StrUnits};
use crate::memory;
use crate::model::{ObjectExt, Py, PyObject, PyResult, PyType, Raised, TypeObject};
use core::cell::Cell;
use core::ffi::c_char;
use core::ptr::null_mut;
use taipan_abi::*;
use taipan_kernels::text::{TextBuilder, Units};
use taipan_macros::pymethods;

const ASCII_HEAD: usize = size_of::<PyASCIIObject>();
const COMPACT_HEAD: usize = size_of::<PyCompactUnicodeObject>();

pub(super) const COMPACT: u32 = PyASCIIObject_state_compact_MASK;
pub(super) const ASCII: u32 = PyASCIIObject_state_ascii_MASK;
const STATIC: u32 = PyASCIIObject_state_statically_allocated_MASK;
pub(super) const INTERNED: u32 = PyASCIIObject_state_interned_MASK;
const KIND_SHIFT: u32 = PyASCIIObject_state_kind_SHIFT;

/// A unit that strings are stored in.
pub(super) trait Stored: Copy {
    const KIND: u32;
    const ZERO: Self;
}

impl Stored for u8 {
    const KIND: u32 = 1;
    const ZERO: u8 = 0;
}

impl Stored for u16 {
    const KIND: u32 = 2;
    const ZERO: u16 = 0;
}

impl Stored for u32 {
    const KIND: u32 = 4;
    const ZERO: u32 = 0;
}

/// A static string of at most one ASCII character.
#[repr(C)]
struct StaticAscii {
    head: PyASCIIObject,
    data: [u8; 8],
}

/// A static string of one character from 128 to 255.
#[repr(C)]
struct StaticLatin1 {
    head: PyCompactUnicodeObject,
    data: [u8; 8],
}

#[repr(C)]
struct Statics {
    empty: StaticAscii,
    ascii: [StaticAscii; 128],
    latin1: [StaticLatin1; 128],
}

// SAFETY: immortal objects; only the cached hash changes, to the same value whoever computes it.
unsafe impl Sync for Statics {}

const fn static_head(length: isize, ascii: bool) -> PyASCIIObject {
    let state = SSTATE_INTERNED_IMMORTAL_STATIC | 1 << KIND_SHIFT | COMPACT | STATIC;
    PyASCIIObject {
        ob_base: PyObject {
            ob_refcnt: Cell::new(_Py_IMMORTAL_INITIAL_REFCNT),
            ob_overflow: Cell::new(0),
            ob_flags: Cell::new(_Py_STATIC_FLAG_BITS),
            ob_type: Cell::new(PyUnicode_Type.get().raw()),
        },
        length,
        hash: -1,
        state: if ascii { state | ASCII } else { state },
    }
}

const fn static_ascii(c: u8, length: isize) -> StaticAscii {
    StaticAscii { head: static_head(length, true), data: [c, 0, 0, 0, 0, 0, 0, 0] }
}

/// The characters from 128 to 255 in UTF-8.
static LATIN1_UTF8: [[u8; 3]; 128] = {
    let mut table = [[0; 3]; 128];
    let mut i = 0;
    while i < 128 {
        table[i] = [0xc2 + (i >> 6) as u8, 0x80 + (i & 0x3f) as u8, 0];
        i += 1;
    }
    table
};

const fn static_latin1(c: u8) -> StaticLatin1 {
    let head = PyCompactUnicodeObject { _base: static_head(1, false), utf8_length: 0, utf8: null_mut() };
    StaticLatin1 { head, data: [c, 0, 0, 0, 0, 0, 0, 0] }
}

static STATICS: Statics = {
    let mut statics = Statics {
        empty: static_ascii(0, 0),
        ascii: [const { static_ascii(0, 1) }; 128],
        latin1: [const { static_latin1(0) }; 128],
    };
    let mut c = 0;
    while c < 128 {
        statics.ascii[c].data[0] = c as u8;
        statics.latin1[c].data[0] = c as u8 + 128;
        statics.latin1[c].head.utf8_length = 2;
        statics.latin1[c].head.utf8 = (&raw const LATIN1_UTF8[c]).cast_mut().cast();
        c += 1;
    }
    statics
};

/// The empty string.
#[inline(always)]
pub(super) fn empty_ref() -> &'static PyStr {
    // SAFETY: laid out as a string.
    unsafe { &*(&raw const STATICS.empty).cast() }
}

/// The shared string of one character below 256.
#[inline(always)]
pub(super) fn latin1_ref(c: u8) -> &'static PyStr {
    // SAFETY: laid out as strings.
    unsafe {
        if c < 128 {
            &*(&raw const STATICS.ascii[c as usize]).cast()
        } else {
            &*(&raw const STATICS.latin1[c as usize - 128]).cast()
        }
    }
}

/// Memory for `length` units behind a fitting head, the head filled in and the NUL written; `None` where memory ends.
fn allocate<T: Stored>(length: usize, ascii: bool) -> Option<(*mut PyStr, *mut T)> {
    let head = if ascii { ASCII_HEAD } else { COMPACT_HEAD };
    let bytes = length.checked_add(1)?.checked_mul(size_of::<T>())?.checked_add(head)?;
    if bytes > isize::MAX as usize {
        return None;
    }
    let start = memory::raw_alloc(bytes);
    if start.is_null() {
        return None;
    }
    // SAFETY: the block holds the head and the units.
    unsafe {
        let object = start.cast::<PyASCIIObject>();
        object.write(PyASCIIObject {
            ob_base: PyObject {
                ob_refcnt: Cell::new(1),
                ob_overflow: Cell::new(0),
                ob_flags: Cell::new(0),
                ob_type: Cell::new(PyUnicode_Type.get().raw()),
            },
            length: length as isize,
            hash: -1,
            state: T::KIND << KIND_SHIFT | COMPACT | if ascii { ASCII } else { 0 },
        });
        if !ascii {
            let compact = start.cast::<PyCompactUnicodeObject>();
            (*compact).utf8_length = 0;
            (*compact).utf8 = null_mut();
        }
        memory::tracer::created(start.cast());
        let data = start.add(head).cast::<T>();
        data.add(length).write(T::ZERO);
        Some((start.cast(), data))
    }
}

/// A string whose `length` units `fill` writes, through a pointer to uninitialised memory.
///
/// # Safety
/// `fill` writes every unit, and the units are in their narrowest form (`ascii` says which of the two narrow ones).
pub(super) unsafe fn make<T: Stored>(
    length: usize,
    ascii: bool,
    fill: impl FnOnce(*mut T),
) -> PyResult<Py<PyStr>> {
    let Some((object, data)) = allocate::<T>(length, ascii) else {
        return Err(raised!(MemoryError));
    };
    fill(data);
    // SAFETY: a new object with one reference.
    Ok(unsafe { Py::from_raw(object) })
}

impl PyStr {
    /// A new string of `length` characters up to `widest`, for C code that writes them in place (`PyUnicode_New`). Until
    /// then they are zero.
    pub fn unfilled(length: usize, widest: u32) -> PyResult<Py<PyStr>> {
        if length == 0 {
            return Ok(Self::empty());
        }
        // SAFETY: zeros are written to every unit.
        unsafe {
            match widest {
                0..=0x7f => make::<u8>(length, true, |data| data.write_bytes(0, length)),
                0x80..=0xff => make::<u8>(length, false, |data| data.write_bytes(0, length)),
                0x100..=0xffff => make::<u16>(length, false, |data| data.write_bytes(0, length)),
                0x1_0000..=0x10_ffff => make::<u32>(length, false, |data| data.write_bytes(0, length)),
                _ => Err(raised!(SystemError, "invalid maximum character passed to PyUnicode_New")),
            }
        }
    }
}

/// A string of units in their narrowest form. Ends the process where memory ends, as Rust's collections do.
fn copy<T: Stored>(units: &[T], ascii: bool) -> Py<PyStr> {
    let (object, data) = allocate::<T>(units.len(), ascii)
        .unwrap_or_else(|| memory::surely(|| allocate::<T>(units.len(), ascii).ok_or(())));
    // SAFETY: there is room for the units; the object is new with one reference.
    unsafe {
        data.copy_from_nonoverlapping(units.as_ptr(), units.len());
        Py::from_raw(object)
    }
}

/// As [`copy`]; `MemoryError` where memory ends.
fn try_copy<T: Stored>(units: &[T], ascii: bool) -> PyResult<Py<PyStr>> {
    // SAFETY: there is room for the units, and all of them are written.
    unsafe {
        make(units.len(), ascii, |data: *mut T| data.copy_from_nonoverlapping(units.as_ptr(), units.len()))
    }
}

/// An ASCII string of so many characters, from pieces that `give` hands over one after the other.
///
/// # Panics
/// Where the pieces have more characters than that, or fewer.
pub(super) fn of_pieces<'a>(
    length: usize,
    give: impl FnOnce(&mut dyn FnMut(&'a [u8])),
) -> PyResult<Py<PyStr>> {
    if length == 0 {
        return Ok(empty_ref().to_owned());
    }
    let mut done = 0;
    // SAFETY: every piece is written where the one before ends, within the memory, and together they fill it.
    let made = unsafe {
        make::<u8>(length, true, |data| {
            give(&mut |piece| {
                assert!(piece.len() <= length - done, "pieces are no longer than the string");
                data.add(done).copy_from_nonoverlapping(piece.as_ptr(), piece.len());
                done += piece.len();
            });
            assert_eq!(done, length, "pieces are as long as the string");
        })?
    };
    Ok(if length == 1 { latin1_ref(made.raw_bytes()[0]).to_owned() } else { made })
}

/// Bytes as a string of Latin-1; `ascii` says that they are all below 128.
pub(super) fn narrow(bytes: &[u8], ascii: bool) -> Py<PyStr> {
    match bytes {
        [] => empty_ref().to_owned(),
        [c] => latin1_ref(*c).to_owned(),
        _ => copy(bytes, ascii),
    }
}

pub(super) fn wide2(units: &[u16]) -> Py<PyStr> {
    copy(units, false)
}

pub(super) fn wide4(units: &[u32]) -> Py<PyStr> {
    copy(units, false)
}

impl PyStr {
    /// A string of these units, which are in their narrowest form.
    pub fn from_units(units: Units) -> Py<PyStr> {
        match units {
            Units::One(v) => narrow(&v, v.is_ascii()),
            Units::Two(v) => wide2(&v),
            Units::Four(v) => wide4(&v),
        }
    }

    /// What a builder collected, where that is short and nobody could be told that there is no memory.
    pub fn from_builder(builder: TextBuilder) -> Py<PyStr> {
        if builder.has_failed() {
            std::alloc::handle_alloc_error(std::alloc::Layout::new::<TextBuilder>());
        }
        let ascii = builder.is_ascii();
        match builder.finish() {
            Units::One(v) => narrow(&v, ascii),
            Units::Two(v) => wide2(&v),
            Units::Four(v) => wide4(&v),
        }
    }

    /// What a builder collected; `MemoryError` where there was no memory for all of it.
    pub fn try_from_builder(builder: TextBuilder) -> PyResult<Py<PyStr>> {
        if builder.has_failed() {
            return Err(raised!(MemoryError));
        }
        let ascii = builder.is_ascii();
        match builder.finish() {
            Units::One(v) if v.len() <= 1 => Ok(narrow(&v, ascii)),
            Units::One(v) => try_copy(&v, ascii),
            Units::Two(v) => try_copy(&v, false),
            Units::Four(v) => try_copy(&v, false),
        }
    }

    /// The bits of `state`.
    #[inline(always)]
    pub fn state(&self) -> u32 {
        self.state.get()
    }

    /// Bytes of a unit: 1, 2 or 4.
    #[inline(always)]
    pub fn kind(&self) -> u32 {
        (self.state.get() & PyASCIIObject_state_kind_MASK) >> KIND_SHIFT
    }

    /// Whether the characters follow the head.
    #[inline(always)]
    pub fn is_compact(&self) -> bool {
        self.state.get() & COMPACT != 0
    }

    /// The first unit (`PyUnicode_DATA`).
    #[inline(always)]
    pub fn data(&self) -> *const u8 {
        let start = core::ptr::from_ref(self).cast::<u8>();
        // SAFETY: the state says where the characters are.
        unsafe {
            match self.state.get() & (COMPACT | ASCII) {
                state if state == COMPACT | ASCII => start.add(ASCII_HEAD),
                COMPACT => start.add(COMPACT_HEAD),
                _ => (*start.cast::<PyUnicodeObject>()).data.cast_const().cast(),
            }
        }
    }

    /// The characters.
    #[inline(always)]
    pub fn units(&self) -> StrUnits<'_> {
        let (data, length) = (self.data(), self.length as usize);
        // SAFETY: there are `length` units of the kind behind the pointer; a string never changes.
        unsafe {
            if self.state.get() & ASCII != 0 {
                return StrUnits::Ascii(core::slice::from_raw_parts(data, length));
            }
            match self.kind() {
                1 => StrUnits::Latin1(core::slice::from_raw_parts(data, length)),
                2 => StrUnits::Two(core::slice::from_raw_parts(data.cast(), length)),
                _ => StrUnits::Four(core::slice::from_raw_parts(data.cast(), length)),
            }
        }
    }

    /// As UTF-8, cached in the object; `UnicodeEncodeError` for lone surrogates (`PyUnicode_AsUTF8AndSize`).
    #[inline]
    pub fn to_utf8(&self) -> PyResult<&str> {
        if let StrUnits::Ascii(bytes) = self.units() {
            // SAFETY: ASCII is UTF-8.
            return Ok(unsafe { core::str::from_utf8_unchecked(bytes) });
        }
        let compact = core::ptr::from_ref(self).cast::<PyCompactUnicodeObject>().cast_mut();
        // SAFETY: a string that is not ASCII has the larger head. The cache is written once and freed with the object.
        unsafe {
            if (*compact).utf8.is_null() {
                let text = super::encode_utf8_strict(self)?;
                let block = memory::raw_alloc(text.len() + 1);
                if block.is_null() {
                    return Err(raised!(MemoryError));
                }
                block.copy_from_nonoverlapping(text.as_ptr(), text.len());
                block.add(text.len()).write(0);
                (*compact).utf8_length = text.len() as isize;
                (*compact).utf8 = block.cast::<c_char>();
            }
            let bytes =
                core::slice::from_raw_parts((*compact).utf8.cast::<u8>(), (*compact).utf8_length as usize);
            Ok(core::str::from_utf8_unchecked(bytes))
        }
    }

    /// The text where it is ASCII.
    #[inline]
    pub fn as_ascii(&self) -> Option<&str> {
        match self.units() {
            // SAFETY: ASCII is UTF-8.
            StrUnits::Ascii(bytes) => Some(unsafe { core::str::from_utf8_unchecked(bytes) }),
            _ => None,
        }
    }

    /// An instance of a subclass with the text of `value`.
    pub fn new_in_subclass(class: &TypeObject, value: &PyStr) -> PyResult<Py<PyStr>> {
        let bytes = (value.len() + 1) * value.kind() as usize;
        let object = memory::alloc(class, 0)?;
        let data = memory::raw_alloc(bytes);
        // SAFETY: `alloc` gives a zeroed object of the class's size, which is at least `PyUnicodeObject`'s; its data
        // stays null until there is a block, which `dealloc` minds.
        unsafe {
            let owned = Py::from_raw(object.cast::<PyStr>());
            if data.is_null() {
                return Err(raised!(MemoryError));
            }
            data.copy_from_nonoverlapping(value.data(), bytes);
            let whole = object.cast::<PyUnicodeObject>();
            (*whole).data = data.cast();
            (*whole)._base._base.length = value.length;
            (*whole)._base._base.hash = value.hash.get();
            (*whole)._base._base.state = value.state.get() & (ASCII | PyASCIIObject_state_kind_MASK);
            if value.is_ascii() {
                (*whole)._base.utf8 = data.cast();
                (*whole)._base.utf8_length = value.length;
            }
            Ok(owned)
        }
    }

    /// Bytes of the object and what it owns (`__sizeof__`).
    pub(super) fn memory_size(&self) -> usize {
        let units = (self.len() + 1) * self.kind() as usize;
        if self.is_compact() && self.is_ascii() {
            return ASCII_HEAD + units;
        }
        let head = if self.is_compact() { COMPACT_HEAD } else { size_of::<PyUnicodeObject>() };
        let compact = core::ptr::from_ref(self).cast::<PyCompactUnicodeObject>();
        // SAFETY: the string has the larger head.
        let (utf8, length) = unsafe { ((*compact).utf8, (*compact).utf8_length) };
        let cached = !utf8.is_null() && utf8.cast_const().cast() != self.data();
        head + units + if cached { length as usize + 1 } else { 0 }
    }
}

#[pymethods(MEMORY)]
impl PyStr {
    /// `tp_dealloc` of `str` and what inherits it.
    ///
    /// # Safety
    /// Called as a slot, with a string whose last reference is gone.
    #[slot(tp_dealloc, raw)]
    unsafe extern "C" fn dealloc(object: *mut PyObject) {
        // SAFETY: nobody else reaches the string any more.
        unsafe {
            let string = &*object.cast::<PyStr>();
            match string.state() & INTERNED {
                SSTATE_NOT_INTERNED => {}
                SSTATE_INTERNED_MORTAL => super::intern::forget(string),
                // An extension gave up a reference it did not own.
                _ => {
                    string.make_immortal();
                    return;
                }
            }
            if string.state() & (COMPACT | ASCII) != COMPACT | ASCII {
                let whole = object.cast::<PyUnicodeObject>();
                let data = string.data();
                let utf8 = (*whole)._base.utf8;
                if !utf8.is_null() && utf8.cast_const().cast() != data {
                    memory::raw_free(utf8.cast());
                }
                if !string.is_compact() {
                    memory::raw_free(data.cast_mut());
                }
            }
            memory::free_object(object);
        }
    }
}

/// `string` with the text of `right` behind it, in its own memory where nobody else can see that: the caller's is the
/// only reference, and the characters are as wide. Where that fails, the string comes back as it was.
pub(super) fn append(string: Py<PyStr>, right: &PyStr) -> Result<Py<PyStr>, (Raised, Py<PyStr>)> {
    let alone = string.refcount() == 1
        && string.state() & INTERNED == 0
        && string.is_compact()
        && PyStr::check_exact(&string)
        && string.kind() >= right.kind()
        && (right.is_ascii() || !string.is_ascii())
        && !core::ptr::eq(&*string, right);
    if !alone {
        return string.concat(right).map_err(|raised| (raised, string));
    }
    let (old, added, kind) = (string.len(), right.len(), string.kind() as usize);
    let head = if string.is_ascii() { ASCII_HEAD } else { COMPACT_HEAD };
    let bytes = (old + added + 1).checked_mul(kind).and_then(|n| n.checked_add(head));
    let Some(bytes) = bytes.filter(|&n| n <= isize::MAX as usize) else {
        return Err((raised!(OverflowError, "strings are too large to concat"), string));
    };
    let raw = string.into_raw();
    // SAFETY: the only reference is ours, so the block may move; the cached text goes with the old length. What is
    // copied is no wider than the string's own units.
    unsafe {
        if (*raw).state() & ASCII == 0 {
            let compact = raw.cast::<PyCompactUnicodeObject>();
            memory::raw_free((*compact).utf8.cast());
            (*compact).utf8 = null_mut();
            (*compact).utf8_length = 0;
        }
        let moved = memory::raw_realloc(raw.cast(), bytes).cast::<PyStr>();
        if moved.is_null() {
            // The block is where it was.
            return Err((raised!(MemoryError), Py::from_raw(raw)));
        }
        (*moved).length = (old + added) as isize;
        (*moved).hash.set(-1);
        let end = moved.cast::<u8>().add(head + old * kind);
        match right.units() {
            StrUnits::Ascii(units) | StrUnits::Latin1(units) => match kind {
                1 => copy_units::<u8, u8>(end, units),
                2 => copy_units::<u8, u16>(end, units),
                _ => copy_units::<u8, u32>(end, units),
            },
            StrUnits::Two(units) if kind == 2 => copy_units::<u16, u16>(end, units),
            StrUnits::Two(units) => copy_units::<u16, u32>(end, units),
            StrUnits::Four(units) => copy_units::<u32, u32>(end, units),
        }
        end.add(added * kind).write_bytes(0, kind);
        Ok(Py::from_raw(moved))
    }
}

/// Writes units as wider ones.
///
/// # Safety
/// There is room at `to`, which is aligned for `B`.
pub(super) unsafe fn copy_units<A: Copy, B: Copy + From<A>>(to: *mut u8, units: &[A]) {
    let to = to.cast::<B>();
    for (i, &unit) in units.iter().enumerate() {
        // SAFETY: the caller's promise.
        unsafe { to.add(i).write(B::from(unit)) }
    }
}
