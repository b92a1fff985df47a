//! Checks of every block, around another allocator (`PYTHONMALLOC=debug`, `PyMem_SetupDebugHooks`).
//!
//! ```text
//! -16                      -8    -7               0          N
//! size, big-endian (8)   | API | 0xFD (7)       | block … | 0xFD (8)
//! ```
//!
//! A new block holds 0xCD, a freed one 0xDD with all that lies around it. The API is the letter of the block's domain.
//! A block is looked at when it is freed or made longer or shorter. What is wrong with it is a fatal error, after a
//! description of the block. In the domains that need the interpreter's lock, a call without it is one as well. The
//! layout is that of the reference, "Debug hooks on the Python memory allocators"; no serial number follows the block,
//! as in a CPython that is not a debug build.

#![expect(unsafe_code, reason = "functions that C calls, and what lies around their blocks")]

use super::raw::{Domain, describe};
use crate::model::PyObject;
use crate::model::thread::current_opt;
use crate::model::upcalls;
use core::ffi::c_void;
use core::fmt::Write as _;
use core::ptr::null_mut;
use taipan_abi::PyMemAllocatorEx;

const WORD: usize = 8;
/// Bytes before a block and behind it.
const BEFORE: usize = 2 * WORD;
const AROUND: usize = BEFORE + WORD;

const CLEAN: u8 = 0xCD;
const DEAD: u8 = 0xDD;
const FORBIDDEN: u8 = 0xFD;

/// What the functions find in their context.
struct Checked {
    /// The letter of the domain.
    api: u8,
    inner: &'static PyMemAllocatorEx,
}

/// Checks around an allocator, which keep it for ever.
pub(super) fn around(domain: Domain, inner: &'static PyMemAllocatorEx) -> PyMemAllocatorEx {
    let api = match domain {
        Domain::Raw => b'r',
        Domain::Mem => b'm',
        Domain::Object => b'o',
    };
    let context: &'static Checked = Box::leak(Box::new(Checked { api, inner }));
    let ctx = core::ptr::from_ref(context).cast_mut().cast();
    let free = Some(if domain == Domain::Raw { raw_free as _ } else { free as _ });
    if domain == Domain::Raw {
        let (malloc, calloc, realloc) =
            (Some(raw_malloc as _), Some(raw_calloc as _), Some(raw_realloc as _));
        PyMemAllocatorEx { ctx, malloc, calloc, realloc, free }
    } else {
        let (malloc, calloc, realloc) = (Some(malloc as _), Some(calloc as _), Some(realloc as _));
        PyMemAllocatorEx { ctx, malloc, calloc, realloc, free }
    }
}

/// What an allocator checks; `None` where it is not one of these.
pub(super) fn inner(allocator: &PyMemAllocatorEx) -> Option<&'static PyMemAllocatorEx> {
    let ours = [raw_free as unsafe extern "C" fn(*mut c_void, *mut c_void), free];
    let is_ours =
        allocator.free.is_some_and(|function| ours.iter().any(|&our| core::ptr::fn_addr_eq(our, function)));
    // SAFETY: the context of these functions is one that `around` leaked.
    is_ours.then(|| unsafe { (*allocator.ctx.cast::<Checked>()).inner })
}

pub(super) fn is_debug(allocator: &PyMemAllocatorEx) -> bool {
    inner(allocator).is_some()
}

/// Whether an object's memory was freed, or never filled in, as far as one can tell: its head then holds nothing, or one
/// of the bytes that mark blocks.
///
/// # Safety
/// An object's head can be read there.
pub unsafe fn is_freed(object: *const PyObject) -> bool {
    if is_marked(object.addr()) {
        return true;
    }
    // SAFETY: the caller's promise.
    is_marked(unsafe { (*object).ob_type.get() }.addr())
}

fn is_marked(word: usize) -> bool {
    [0, CLEAN, DEAD, FORBIDDEN].into_iter().any(|byte| word == usize::from_ne_bytes([byte; WORD]))
}

fn fatal(message: &str) -> ! {
    // SAFETY: the function takes any text.
    unsafe { (upcalls::get().fatal_error)(message.as_ptr().cast(), message.len()) }
}

/// The interpreter's lock is held, or it is a fatal error.
fn check_lock(function: &str) {
    if current_opt().is_none() {
        fatal(&format!("{function}: Python memory allocator called without holding the GIL"));
    }
}

unsafe fn context(ctx: *mut c_void) -> &'static Checked {
    // SAFETY: the context of these functions is one that `around` leaked.
    unsafe { &*ctx.cast() }
}

unsafe extern "C" fn raw_malloc(ctx: *mut c_void, bytes: usize) -> *mut c_void {
    // SAFETY: the context is ours.
    let block = unsafe { make(context(ctx), bytes, false) };
    if !block.is_null() {
        // SAFETY: the block is that large.
        unsafe { block.write_bytes(CLEAN, bytes) };
    }
    block.cast()
}

unsafe extern "C" fn raw_calloc(ctx: *mut c_void, count: usize, bytes: usize) -> *mut c_void {
    let Some(bytes) = count.checked_mul(bytes) else { return null_mut() };
    // SAFETY: the context is ours.
    unsafe { make(context(ctx), bytes, true).cast() }
}

unsafe extern "C" fn raw_realloc(ctx: *mut c_void, block: *mut c_void, bytes: usize) -> *mut c_void {
    if block.is_null() {
        // SAFETY: as for any new block.
        return unsafe { raw_malloc(ctx, bytes) };
    }
    // SAFETY: the context is ours; C passes a block of this allocator.
    unsafe {
        let (checked, block) = (context(ctx), block.cast::<u8>());
        check(checked, block, "_PyMem_DebugRawRealloc");
        let old = size_of_block(block);
        // The block moves, so that who still uses the old place is found out.
        let fresh = make(checked, bytes, false);
        if !fresh.is_null() {
            fresh.copy_from_nonoverlapping(block, old.min(bytes));
            if bytes > old {
                fresh.add(old).write_bytes(CLEAN, bytes - old);
            }
            end(checked, block, old);
        }
        fresh.cast()
    }
}

unsafe extern "C" fn raw_free(ctx: *mut c_void, block: *mut c_void) {
    if !block.is_null() {
        // SAFETY: the context is ours; C passes a block of this allocator.
        unsafe {
            let (checked, block) = (context(ctx), block.cast::<u8>());
            check(checked, block, "_PyMem_DebugRawFree");
            end(checked, block, size_of_block(block));
        }
    }
}

unsafe extern "C" fn malloc(ctx: *mut c_void, bytes: usize) -> *mut c_void {
    check_lock("_PyMem_DebugMalloc");
    // SAFETY: the caller's promise.
    unsafe { raw_malloc(ctx, bytes) }
}

unsafe extern "C" fn calloc(ctx: *mut c_void, count: usize, bytes: usize) -> *mut c_void {
    check_lock("_PyMem_DebugCalloc");
    // SAFETY: the caller's promise.
    unsafe { raw_calloc(ctx, count, bytes) }
}

unsafe extern "C" fn realloc(ctx: *mut c_void, block: *mut c_void, bytes: usize) -> *mut c_void {
    check_lock("_PyMem_DebugRealloc");
    // SAFETY: the caller's promise.
    unsafe { raw_realloc(ctx, block, bytes) }
}

unsafe extern "C" fn free(ctx: *mut c_void, block: *mut c_void) {
    check_lock("_PyMem_DebugFree");
    // SAFETY: the caller's promise.
    unsafe { raw_free(ctx, block) }
}

/// A block with its surroundings, null where there is no memory.
unsafe fn make(checked: &Checked, bytes: usize, zeroed: bool) -> *mut u8 {
    let Some(whole) = bytes.checked_add(AROUND).filter(|&whole| whole <= isize::MAX as usize) else {
        return null_mut();
    };
    let inner = checked.inner;
    // SAFETY: an allocator's functions, called as they want; the writes lie within what they gave.
    unsafe {
        let start: *mut u8 = match (inner.malloc, inner.calloc) {
            (Some(malloc), _) if !zeroed => malloc(inner.ctx, whole).cast(),
            (_, Some(calloc)) => calloc(inner.ctx, 1, whole).cast(),
            _ => null_mut(),
        };
        if start.is_null() {
            return start;
        }
        start.cast::<[u8; WORD]>().write(bytes.to_be_bytes());
        start.add(WORD).write(checked.api);
        start.add(WORD + 1).write_bytes(FORBIDDEN, WORD - 1);
        let block = start.add(BEFORE);
        block.add(bytes).write_bytes(FORBIDDEN, WORD);
        block
    }
}

/// Marks a block dead and frees it.
unsafe fn end(checked: &Checked, block: *mut u8, bytes: usize) {
    // SAFETY: the caller passes a whole block, which it forgets.
    unsafe {
        let start = block.sub(BEFORE);
        start.write_bytes(DEAD, bytes + AROUND);
        if let Some(free) = checked.inner.free {
            free(checked.inner.ctx, start.cast());
        }
    }
}

/// The bytes that were asked for.
unsafe fn size_of_block(block: *const u8) -> usize {
    // SAFETY: the caller passes a block with its surroundings.
    usize::from_be_bytes(unsafe { block.sub(BEFORE).cast::<[u8; WORD]>().read() })
}

/// What lies before a block, from its API on, and behind it.
unsafe fn surroundings(block: *const u8) -> ([u8; WORD], Option<[u8; WORD]>) {
    // SAFETY: the caller passes a block with its surroundings.
    unsafe {
        let before = block.sub(WORD).cast::<[u8; WORD]>().read();
        // A size that no block has is not followed.
        let bytes = size_of_block(block);
        let behind = (bytes < 1 << 47).then(|| block.add(bytes).cast::<[u8; WORD]>().read());
        (before, behind)
    }
}

/// Nothing wrote around the block, and it belongs to this domain, or it is a fatal error.
unsafe fn check(checked: &Checked, block: *const u8, function: &str) {
    // SAFETY: the caller passes a block with its surroundings.
    let before = unsafe { block.sub(WORD).cast::<[u8; WORD]>().read() };
    let (api, wanted) = (before[0], checked.api);
    let message = if api != wanted {
        let (api, wanted) = (char::from(api), char::from(wanted));
        format!("bad ID: Allocated using API '{api}', verified using API '{wanted}'")
    } else if before[1..] != [FORBIDDEN; WORD - 1] {
        "bad leading pad byte".to_string()
    } else {
        // SAFETY: the size is whole as long as what follows it is.
        let behind = unsafe { block.add(size_of_block(block)).cast::<[u8; WORD]>().read() };
        if behind == [FORBIDDEN; WORD] {
            return;
        }
        "bad trailing pad byte".to_string()
    };
    // SAFETY: as above. Where standard error is closed, nobody reads it.
    let _ = taipan_host::files::write_all(2, unsafe { description(block) }.as_bytes());
    describe(block.addr());
    fatal(&format!("{function}: {message}"))
}

/// Everything that is known of a block.
unsafe fn description(block: *const u8) -> String {
    // SAFETY: the caller passes a block with its surroundings.
    let (bytes, (before, behind)) = unsafe { (size_of_block(block), surroundings(block)) };
    let mut text = format!("Debug memory block at address p={block:p}: API '{}'\n", char::from(before[0]));
    // Writing to a string does not fail.
    let _ = writeln!(text, "    {bytes} bytes originally requested");
    let _ = write!(text, "    The {} pad bytes at p-{} are ", WORD - 1, WORD - 1);
    let leading = show_padding(&mut text, &before[1..], |place| format!("p-{}", WORD - 1 - place));
    if !leading {
        text.push_str(
            "    Because memory is corrupted at the start, the count of bytes requested\n       \
             may be bogus, and checking the trailing pad bytes may segfault.\n",
        );
    }
    let Some(behind) = behind else { return text };
    let tail = block.wrapping_add(bytes);
    let _ = write!(text, "    The {WORD} pad bytes at tail={tail:p} are ");
    show_padding(&mut text, &behind, |place| format!("tail+{place}"));
    if bytes > 0 {
        // SAFETY: the block is that large, unless its size was overwritten with one that is too large for it.
        let byte = |place: usize| unsafe { block.add(place).read() };
        text.push_str("    Data at p:");
        let first = if bytes <= 2 * WORD { bytes } else { WORD };
        (0..first).for_each(|place| {
            let _ = write!(text, " {:02x}", byte(place));
        });
        if bytes > first {
            text.push_str(" ...");
            (bytes - WORD..bytes).for_each(|place| {
                let _ = write!(text, " {:02x}", byte(place));
            });
        }
        text.push('\n');
    }
    text.push('\n');
    text
}

/// Says whether padding is as it should be, and otherwise what it holds.
fn show_padding(text: &mut String, bytes: &[u8], name: impl Fn(usize) -> String) -> bool {
    let whole = bytes.iter().all(|&byte| byte == FORBIDDEN);
    if whole {
        text.push_str("FORBIDDENBYTE, as expected.\n");
    } else {
        // Writing to a string does not fail.
        let _ = writeln!(text, "not all FORBIDDENBYTE ({FORBIDDEN:#04x}):");
        for (place, &byte) in bytes.iter().enumerate() {
            let mark = if byte == FORBIDDEN { "" } else { " *** OUCH" };
            let _ = writeln!(text, "        at {}: {byte:#04x}{mark}", name(place));
        }
    }
    whole
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::{allocator, raw::Domain};

    #[test]
    fn a_block_lies_between_its_size_and_forbidden_bytes() {
        let hooks = around(Domain::Raw, allocator(Domain::Raw));
        assert!(is_debug(&hooks) && !is_debug(allocator(Domain::Raw)));
        let (Some(malloc), Some(realloc), Some(free)) = (hooks.malloc, hooks.realloc, hooks.free) else {
            panic!("every function is there");
        };
        // SAFETY: the allocator's functions; reads and writes lie within the block and what is known to surround it.
        unsafe {
            let block = malloc(hooks.ctx, 20).cast::<u8>();
            let bytes = |block: *mut u8, count| {
                core::slice::from_raw_parts(block.sub(BEFORE), count + AROUND).to_vec()
            };
            let mut wanted = vec![0, 0, 0, 0, 0, 0, 0, 20, b'r'];
            wanted.extend([[FORBIDDEN; 7].as_slice(), &[CLEAN; 20], &[FORBIDDEN; 8]].concat());
            assert_eq!(bytes(block, 20), wanted);
            block.write(7);
            let longer = realloc(hooks.ctx, block.cast(), 30).cast::<u8>();
            assert_eq!(&bytes(longer, 30)[7..9], &[30, b'r']);
            assert_eq!((longer.read(), longer.add(29).read(), longer.add(30).read()), (7, CLEAN, FORBIDDEN));
            longer.add(32).write(1);
            let text = description(longer);
            assert!(text.contains("    The 7 pad bytes at p-7 are FORBIDDENBYTE, as expected.\n"), "{text}");
            assert!(text.contains("        at tail+1: 0xfd\n        at tail+2: 0x01 *** OUCH\n"), "{text}");
            assert!(
                text.ends_with("    Data at p: 07 cd cd cd cd cd cd cd ... cd cd cd cd cd cd cd cd\n\n"),
                "{text}"
            );
            longer.add(32).write(FORBIDDEN);
            free(hooks.ctx, longer.cast());
        }
    }
}
