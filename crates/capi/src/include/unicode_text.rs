//! `unicodeobject.h`: searching, splitting, and strings that are still being written.

#![expect(unsafe_code, reason = "functions that C calls")]

use crate::glue::*;
use core::ffi::*;
use taipan_kernels::unicode;
use taipan_objects::prelude::*;

fn number(value: isize) -> Obj {
    PyInt::from_i64(value as i64).into_obj()
}

/// The start and end of a search, brought within the string.
fn bounds(length: usize, start: isize, end: isize) -> (usize, usize) {
    let length = length as isize;
    let place = |at: isize| if at < 0 { (at + length).max(0) } else { at };
    let end = place(end).min(length);
    (place(start) as usize, end as usize)
}

/// Whether the string may still be written: nobody else sees it, and nothing was derived from it.
unsafe fn writable(object: Ref) -> bool {
    // SAFETY: the caller passes a live string.
    unsafe {
        let text = object.cast::<taipan_abi::PyASCIIObject>();
        (*object).ob_refcnt.get() == 1
            && (*text).hash == -1
            && !at(object).downcast::<PyStr>().is_none_or(PyStr::is_interned)
    }
}

unsafe fn put(text: &PyStr, index: usize, c: u32) {
    let data = text.data().cast_mut();
    // SAFETY: the caller checked the index, and that the character fits the string's kind.
    unsafe {
        match text.kind() {
            1 => data.add(index).write(c as u8),
            2 => data.cast::<u16>().add(index).write(c as u16),
            _ => data.cast::<u32>().add(index).write(c),
        }
    }
}

/// The largest character that the string has room for.
fn widest(text: &PyStr) -> u32 {
    match text.kind() {
        1 if text.is_ascii() => 0x7f,
        1 => 0xff,
        2 => 0xffff,
        _ => 0x10_ffff,
    }
}

unsafe fn copy(to: Ref, to_start: isize, from: Ref, from_start: isize, count: isize) -> PyResult<isize> {
    // SAFETY: the caller passes live objects or null.
    unsafe {
        let (target, source) = (typed::<PyStr>(to)?, typed::<PyStr>(from)?);
        let (Ok(to_start), Ok(from_start)) = (usize::try_from(to_start), usize::try_from(from_start)) else {
            return Err(raised!(IndexError, "string index out of range"));
        };
        if from_start > source.len() || to_start > target.len() {
            return Err(raised!(IndexError, "string index out of range"));
        }
        if count < 0 {
            return Err(raised!(SystemError, "how_many cannot be negative"));
        }
        let count = (count as usize).min(source.len() - from_start);
        if to_start + count > target.len() {
            return Err(raised!(
                SystemError,
                "Cannot write {count} characters at {to_start} in a string of {} characters",
                target.len()
            ));
        }
        if count == 0 {
            return Ok(0);
        }
        if !writable(to) {
            return Err(raised!(SystemError, "Cannot modify a string currently used"));
        }
        let room = widest(target);
        if (from_start..from_start + count).any(|index| source.char_at(index) > room) {
            return Err(raised!(
                SystemError,
                "Cannot copy {} characters into a string of {} characters",
                kind_name(source),
                kind_name(target)
            ));
        }
        for index in 0..count {
            put(target, to_start + index, source.char_at(from_start + index));
        }
        Ok(count as isize)
    }
}

fn kind_name(text: &PyStr) -> &'static str {
    match text.kind() {
        1 if text.is_ascii() => "ascii",
        1 => "latin1",
        2 => "UCS2",
        _ => "UCS4",
    }
}

unsafe fn resized(object: *mut Ref, length: isize) -> PyResult<()> {
    // SAFETY: the caller passes a pointer to a live string that it owns.
    unsafe {
        let text = typed::<PyStr>(*object)?;
        let Ok(length) = usize::try_from(length) else { return Err(bad_call()) };
        if length == text.len() {
            return Ok(());
        }
        if !writable(*object) {
            // A shared string is replaced by a copy, as far as it goes.
            let longer = PyStr::unfilled(length, widest(text))?;
            for index in 0..length.min(text.len()) {
                put(&longer, index, text.char_at(index));
            }
            drop(Obj::from_raw(core::mem::replace(&mut *object, longer.into_obj().into_raw())));
            return Ok(());
        }
        let new = PyStr::unfilled(length, widest(text))?;
        if length > 0 {
            let bytes = length.min(text.len()) * text.kind() as usize;
            core::ptr::copy_nonoverlapping(text.data(), new.data().cast_mut(), bytes);
        }
        drop(Obj::from_raw(core::mem::replace(&mut *object, new.into_obj().into_raw())));
        Ok(())
    }
}

c_api! {
    fn PyUnicode_Count(object: Ref, part: Ref, start: isize, end: isize) -> isize {
        let counted = typed::<PyStr>(object)
            .and_then(|text| call::method(text, intern!("count"), &[at(part), &number(start), &number(end)]))
            .and_then(|count| number::as_isize(&count, None));
        counted.unwrap_or(-1)
    }
    fn PyUnicode_FindChar(object: Ref, c: u32, start: isize, end: isize, direction: c_int) -> isize {
        let Ok(text) = typed::<PyStr>(object) else { return -2 };
        let (start, end) = bounds(text.len(), start, end);
        let mut range = start..end;
        let found = if direction > 0 {
            range.find(|&index| text.char_at(index) == c)
        } else {
            range.rfind(|&index| text.char_at(index) == c)
        };
        found.map_or(-1, |index| index as isize)
    }
    fn PyUnicode_Partition(object: Ref, separator: Ref) -> Ref {
        new_ref(typed::<PyStr>(object).and_then(|text| call::method(text, intern!("partition"), &[at(separator)])))
    }
    fn PyUnicode_RPartition(object: Ref, separator: Ref) -> Ref {
        new_ref(typed::<PyStr>(object).and_then(|text| call::method(text, intern!("rpartition"), &[at(separator)])))
    }
    fn PyUnicode_RSplit(object: Ref, separator: Ref, most: isize) -> Ref {
        let separator = opt(separator).map_or_else(none, ObjectExt::owned);
        new_ref(typed::<PyStr>(object).and_then(|text| call::method(text, intern!("rsplit"), &[&separator, &number(most)])))
    }
    fn PyUnicode_Splitlines(object: Ref, keep_ends: c_int) -> Ref {
        let keep = PyInt::from_bool(keep_ends != 0);
        new_ref(typed::<PyStr>(object).and_then(|text| call::method(text, intern!("splitlines"), &[&keep])))
    }
    fn PyUnicode_CopyCharacters(to: Ref, to_start: isize, from: Ref, from_start: isize, count: isize) -> isize {
        copy(to, to_start, from, from_start, count).unwrap_or(-1)
    }
    fn PyUnicode_Fill(object: Ref, start: isize, length: isize, c: u32) -> isize {
        let Ok(text) = typed::<PyStr>(object) else { return -1 };
        if !writable(object) {
            let _: Raised = raised!(SystemError, "Cannot modify a string currently used");
            return -1;
        }
        if c > widest(text) {
            let _: Raised = raised!(ValueError, "fill character is bigger than the string maximum character");
            return -1;
        }
        let Ok(start) = usize::try_from(start) else {
            let _: Raised = raised!(IndexError, "string index out of range");
            return -1;
        };
        let count = length.min(text.len() as isize - start as isize).max(0);
        for index in start..start + count as usize {
            put(text, index, c);
        }
        count
    }
    fn PyUnicode_WriteChar(object: Ref, index: isize, c: u32) -> c_int {
        let Ok(text) = typed::<PyStr>(object) else { return -1 };
        let Some(index) = usize::try_from(index).ok().filter(|&index| index < text.len()) else {
            let _: Raised = raised!(IndexError, "string index out of range");
            return -1;
        };
        if !writable(object) {
            let _: Raised = raised!(SystemError, "Cannot modify a string currently used");
            return -1;
        }
        if c > widest(text) {
            let _: Raised = raised!(ValueError, "character out of range");
            return -1;
        }
        put(text, index, c);
        0
    }
    fn PyUnicode_Resize(object: *mut Ref, length: isize) -> c_int {
        if object.is_null() || (*object).is_null() {
            let _: Raised = bad_call();
            return -1;
        }
        status(resized(object, length))
    }
    fn _PyUnicode_IsAlpha(c: u32) -> c_int { c_int::from(unicode::is_alpha(c)) }
    fn _PyUnicode_IsDecimalDigit(c: u32) -> c_int { c_int::from(unicode::is_decimal(c)) }
    fn _PyUnicode_IsDigit(c: u32) -> c_int { c_int::from(unicode::is_digit(c)) }
    fn _PyUnicode_IsNumeric(c: u32) -> c_int { c_int::from(unicode::is_numeric(c)) }
    fn _PyUnicode_IsLowercase(c: u32) -> c_int { c_int::from(unicode::is_lower(c)) }
    fn _PyUnicode_IsUppercase(c: u32) -> c_int { c_int::from(unicode::is_upper(c)) }
    fn _PyUnicode_IsTitlecase(c: u32) -> c_int { c_int::from(unicode::is_title(c)) }
    fn _PyUnicode_IsWhitespace(c: u32) -> c_int { c_int::from(unicode::is_space(c)) }
    fn _PyUnicode_IsPrintable(c: u32) -> c_int { c_int::from(unicode::is_printable(c)) }
    fn _PyUnicode_IsLinebreak(c: u32) -> c_int { c_int::from(unicode::is_line_break(c)) }
    fn _PyUnicode_ToDecimalDigit(c: u32) -> c_int { unicode::to_decimal(c).map_or(-1, c_int::from) }
    fn _PyUnicode_ToDigit(c: u32) -> c_int { unicode::to_digit(c).map_or(-1, c_int::from) }
    fn _PyUnicode_ToNumeric(c: u32) -> c_double { unicode::to_numeric(c).unwrap_or(-1.0) }
    fn _PyUnicode_ToLowercase(c: u32) -> u32 { unicode::to_lower(c) }
    fn _PyUnicode_ToUppercase(c: u32) -> u32 { unicode::to_upper(c) }
    fn _PyUnicode_ToTitlecase(c: u32) -> u32 { unicode::to_title(c) }
}

/// Which ASCII characters are white space, as `Py_UNICODE_ISSPACE` looks them up.
#[unsafe(no_mangle)]
pub static _Py_ascii_whitespace: [u8; 128] = spaces();

const fn spaces() -> [u8; 128] {
    let (mut table, mut c) = ([0; 128], 0);
    while c < 128 {
        if matches!(c as u8, 9..=13 | 28..=32) {
            table[c] = 1;
        }
        c += 1;
    }
    table
}
