//! The three places where state lives: the thread, the interpreter, the process.
//!
//! A [`ThreadState`] begins with C's `PyThreadState`; the running thread's is one thread-local load away. Floors above
//! hang their own state into an interpreter with [`InterpreterState::extension`], by its type.

#![expect(unsafe_code, reason = "thread states are reached by pointer, as C reaches them")]

use super::links::Link;
use super::{Obj, ObjCell, PyObject, TypeObject};
use core::any::{Any, TypeId};
use core::cell::{Cell, RefCell, UnsafeCell};
use core::ffi::c_void;
use core::ptr::null_mut;
use core::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::OnceLock;
use taipan_abi::{PyInterpreterState, PyThreadState};

/// The state of one thread in one interpreter.
#[repr(C)]
pub struct ThreadState {
    base: UnsafeCell<PyThreadState>,
    interpreter: &'static InterpreterState,
    /// The lowest address the native stack may reach before a call is a `RecursionError`.
    pub stack_limit: Cell<usize>,
    /// The lowest address that destructors may use before they are put off.
    pub stack_limit_dealloc: Cell<usize>,
    /// The interpreter crate's frame stack for this thread.
    pub frames: Cell<*mut c_void>,
    /// The frame of which a trace function or callback is being told, as an instruction of it begins.
    pub told_frame: Cell<*mut c_void>,
    /// Objects whose destruction was put off because the stack was deep.
    pub(crate) put_off: RefCell<Vec<*mut PyObject>>,
    pub(crate) put_off_pending: Cell<bool>,
    pub(crate) put_off_busy: Cell<bool>,
    /// Python-to-Python calls that are running (`sys.setrecursionlimit` bounds them).
    pub recursion_depth: Cell<u32>,
    /// Something the evaluation loop must look at: signals, pending calls, a wish for the lock, asynchronous exceptions.
    /// Where it is not zero, the loop calls `upcalls::check_signals`.
    pub eval_breaker: EvalBreaker,
    /// The current context of context variables; empty before the first use.
    pub context: ObjCell,
    /// The event loop that runs in the thread, for `_asyncio`.
    pub asyncio_loop: ObjCell,
    /// The task whose step the loop is running.
    pub asyncio_task: ObjCell,
    /// The tasks that were made in the thread.
    pub asyncio_tasks: Link,
    /// Whether the runtime lists it among the threads of its interpreter.
    pub is_listed: Cell<bool>,
}

/// Bits by which other threads ask a thread to look up from its work.
#[derive(Debug, Default)]
pub struct EvalBreaker(AtomicUsize);

impl EvalBreaker {
    /// A signal arrived.
    pub const SIGNALS: usize = 1;
    /// Another thread waits for the interpreter's lock.
    pub const DROP_LOCK: usize = 2;
    /// A function waits to be called (`Py_AddPendingCall`).
    pub const PENDING_CALLS: usize = 4;
    /// Another thread set an exception (`PyThreadState_SetAsyncExc`).
    pub const ASYNC_EXCEPTION: usize = 8;
    /// Somebody traces or monitors: set as long as that lasts, and looked at by the evaluation loop alone.
    pub const TRACING: usize = 32;
    /// Frames are entered through pieces of machine code: set as long as that lasts, and looked at by the evaluation loop
    /// alone.
    pub const PROFILED: usize = 64;
    /// The collector wants to run.
    pub const COLLECT: usize = 16;
    /// Memory ran out where nobody could be told.
    pub const NO_MEMORY: usize = 128;
    /// A script waits to be run (`sys.remote_exec`). In a byte of its own, for another process may set it.
    pub const REMOTE_SCRIPT: usize = 1 << 8;

    /// The bits that are set.
    #[inline(always)]
    pub fn get(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }

    /// Sets bits; any thread may, and signal handlers.
    pub fn set_bits(&self, bits: usize) {
        self.0.fetch_or(bits, Ordering::Release);
    }

    /// Clears bits.
    pub fn clear_bits(&self, bits: usize) {
        self.0.fetch_and(!bits, Ordering::Acquire);
    }
}

/// How many types of library modules there can be; every `#[pytype]` without a C name is one.
pub const HEAP_TYPES: usize = 1024;

/// The number of a type is a hash already.
#[derive(Default)]
struct TypeHasher(u64);

impl Hasher for TypeHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(byte);
        }
    }

    fn write_u64(&mut self, number: u64) {
        self.0 = number;
    }
}

/// The state of one interpreter.
pub struct InterpreterState {
    pub id: i64,
    /// The collector of this interpreter's objects.
    pub gc: crate::gc::GcState,
    /// `sys.modules`.
    pub modules: ObjCell,
    /// The dictionary of the module `builtins`.
    pub builtins: ObjCell,
    /// `all` and `any` as they were at the start, for code that must not see them replaced.
    pub common_functions: [ObjCell; 2],
    /// `len`, `isinstance` and `list.append`, once specialised calls know them.
    pub known_callables: [ObjCell; 3],
    /// The dictionary of the module `sys`.
    pub sys_dict: ObjCell,
    /// The folder that was put first on `sys.path` for the program that runs; none where nothing was.
    pub program_folder: ObjCell,
    /// `importlib._bootstrap`.
    pub importlib: ObjCell,
    pub recursion_limit: Cell<u32>,
    /// `sys.set_int_max_str_digits`; 0 for no limit.
    pub int_max_str_digits: Cell<i32>,
    /// Whether code objects keep columns (`-X no_debug_ranges`).
    pub code_debug_ranges: Cell<bool>,
    /// How comparisons of bytes with text are met: the count of `-b` options.
    pub bytes_warning: Cell<i32>,
    /// `-X dev`: names of codecs and error handlers are checked before they are needed.
    pub dev_mode: Cell<bool>,
    /// Who hears of code objects, functions and contexts.
    pub watchers: super::watchers::Watchers,
    /// Tasks that were made in threads which have ended or are not listed, for `_asyncio`.
    pub asyncio_tasks: Link,
    /// Memory of small objects, kept for the next ones.
    pub free_lists: super::free_list::FreeLists,
    /// One string for each text that was interned.
    pub interned: crate::types::str::Interned,
    /// Types of library modules by their numbers; null where there is none yet. The interpreter owns them.
    heap_types: [Cell<*mut PyObject>; HEAP_TYPES],
    extensions: RefCell<HashMap<TypeId, Box<dyn Any>, BuildHasherDefault<TypeHasher>>>,
}

/// The state of the process.
pub struct ProcessState {
    /// The key of string hashes: the first use fixes it, so the runtime fills it before the first string is hashed.
    pub hash_key: OnceLock<taipan_kernels::hash::Secret>,
    /// How file names are encoded; UTF-8 where nobody said.
    pub file_names: OnceLock<crate::system::encoding::Encoding>,
    /// Whether any interpreter ever had an audit hook: hooks are never removed.
    pub audited: AtomicBool,
}

static PROCESS: ProcessState =
    ProcessState { hash_key: OnceLock::new(), file_names: OnceLock::new(), audited: AtomicBool::new(false) };

/// The state of the process.
#[inline(always)]
pub fn process() -> &'static ProcessState {
    &PROCESS
}

/// The count of `-b` options in this interpreter.
pub fn bytes_warning() -> i32 {
    current().interpreter().bytes_warning.get()
}

impl ProcessState {
    /// The key of string hashes; a random one where nobody set it.
    #[inline]
    pub fn hash_secret(&self) -> &taipan_kernels::hash::Secret {
        self.hash_key.get_or_init(|| {
            let mut bytes = [0; 24];
            match taipan_host::random::fill(&mut bytes) {
                Ok(()) => taipan_kernels::hash::Secret::from_bytes(bytes),
                Err(_) => taipan_kernels::hash::Secret::default(),
            }
        })
    }
}

thread_local! {
    static CURRENT: Cell<*const ThreadState> = const { Cell::new(core::ptr::null()) };
}

/// The running thread's state.
///
/// # Panics
/// When no state is attached to the thread: a mistake of the embedding program, as in CPython.
#[inline(always)]
pub fn current() -> &'static ThreadState {
    let state = CURRENT.get();
    assert!(!state.is_null(), "no thread state is attached to this thread");
    // SAFETY: an attached state lives until it is detached.
    unsafe { &*state }
}

/// The running thread's state, if one is attached.
#[inline]
pub fn current_opt() -> Option<&'static ThreadState> {
    // SAFETY: an attached state lives until it is detached.
    unsafe { CURRENT.get().as_ref() }
}

/// Attaches a state to the running thread, or detaches it; gives back the one before.
pub fn swap_current(state: Option<&'static ThreadState>) -> Option<&'static ThreadState> {
    let before = current_opt();
    CURRENT.set(state.map_or(core::ptr::null(), core::ptr::from_ref));
    before
}

impl ThreadState {
    /// A state for a thread of `interpreter`, not attached yet. It lives as long as the process.
    pub fn new(interpreter: &'static InterpreterState) -> &'static ThreadState {
        let mut base = PyThreadState::EMPTY;
        base.interp = core::ptr::from_ref(interpreter).cast_mut().cast::<PyInterpreterState>();
        let state = Box::leak(Box::new(ThreadState {
            base: UnsafeCell::new(base),
            interpreter,
            stack_limit: Cell::new(0),
            stack_limit_dealloc: Cell::new(0),
            frames: Cell::new(null_mut()),
            told_frame: Cell::new(null_mut()),
            put_off: RefCell::new(Vec::new()),
            put_off_pending: Cell::new(false),
            put_off_busy: Cell::new(false),
            recursion_depth: Cell::new(0),
            eval_breaker: EvalBreaker::default(),
            context: ObjCell::empty(),
            asyncio_loop: ObjCell::empty(),
            asyncio_task: ObjCell::empty(),
            asyncio_tasks: Link::new(),
            is_listed: Cell::new(false),
        }));
        // SAFETY: the state is not shared yet; the first handled-exception item lies in the state itself.
        unsafe { (*state.raw()).exc_info = &raw mut (*state.raw()).exc_state };
        state
    }

    /// Notes whether the thread holds its interpreter's lock, for who looks from outside.
    pub fn note_lock(&self, held: bool) {
        // SAFETY: one field is written, by the thread itself.
        unsafe { (*self.raw()).holds_gil = held.into() };
    }

    /// Notes the numbers by which library and system know the running thread, whose state this is.
    pub fn note_identity(&self) {
        // SAFETY: two fields are written.
        unsafe {
            (*self.raw()).thread_id = taipan_host::threads::identity() as _;
            (*self.raw()).native_thread_id = taipan_host::threads::native_id() as _;
        }
    }

    /// Links the states of an interpreter's threads, the newest first; gives the first.
    pub fn link_all<'a>(states: impl DoubleEndedIterator<Item = &'a ThreadState>) -> *mut PyThreadState {
        let mut newest = null_mut();
        for state in states {
            // SAFETY: states live as long as the process; the interpreter's lock is held.
            unsafe {
                (*state.raw()).next = newest;
                (*state.raw()).prev = null_mut();
                if let Some(older) = newest.as_mut() {
                    older.prev = state.raw();
                }
            }
            newest = state.raw();
        }
        newest
    }

    /// Where tasks join that are made in this thread.
    pub fn task_list(&self) -> &Link {
        if self.is_listed.get() { &self.asyncio_tasks } else { &self.interpreter.asyncio_tasks }
    }

    /// Leaves the tasks of a thread that ends to its interpreter, whose lock is held.
    pub fn leave_tasks(&self) {
        self.is_listed.set(false);
        // SAFETY: both heads live as long as the process, and the interpreter's lock guards both lists.
        unsafe { self.asyncio_tasks.move_members(&self.interpreter.asyncio_tasks) };
    }

    /// C's view of it.
    #[inline(always)]
    pub fn raw(&self) -> *mut PyThreadState {
        self.base.get()
    }

    #[inline(always)]
    pub fn interpreter(&self) -> &'static InterpreterState {
        self.interpreter
    }

    /// Measures the running thread's native stack and sets the limits by it. Called once, on the thread that the state
    /// belongs to.
    pub fn measure_stack(&self) {
        // Native code that no check bounds (the system's resolver, regular expressions of an extension) needs room.
        const RESERVE: usize = 256 << 10;
        if let Ok((low, high)) = taipan_host::threads::stack_bounds() {
            // The main thread's stack grows on demand up to a limit that may be none at all.
            let low = low.max(high.saturating_sub(64 << 20));
            let size = high - low;
            let reserve = RESERVE.min(size / 4);
            self.stack_limit.set(low + reserve);
            self.stack_limit_dealloc.set(low + 2 * reserve);
        }
    }

    /// Whether native code may go on calling: the stack pointer is above the limit.
    #[inline(always)]
    pub fn has_stack(&self) -> bool {
        stack_pointer() > self.stack_limit.get()
    }
}

/// Roughly the address of the top of the native stack.
#[cfg(all(target_arch = "x86_64", not(miri)))]
#[inline(always)]
pub fn stack_pointer() -> usize {
    let pointer: usize;
    // SAFETY: a register is read.
    unsafe { core::arch::asm!("mov {}, rsp", out(reg) pointer, options(nomem, nostack, preserves_flags)) };
    pointer
}

/// Roughly the address of the top of the native stack.
#[cfg(not(all(target_arch = "x86_64", not(miri))))]
#[inline(always)]
pub fn stack_pointer() -> usize {
    let marker = 0u8;
    core::ptr::from_ref(core::hint::black_box(&marker)) as usize
}

impl InterpreterState {
    /// An interpreter without modules. It lives as long as the process.
    pub fn new(id: i64) -> &'static InterpreterState {
        Box::leak(Box::new(InterpreterState {
            id,
            gc: crate::gc::GcState::new(),
            modules: ObjCell::empty(),
            builtins: ObjCell::empty(),
            common_functions: [ObjCell::empty(), ObjCell::empty()],
            known_callables: [ObjCell::empty(), ObjCell::empty(), ObjCell::empty()],
            sys_dict: ObjCell::empty(),
            program_folder: ObjCell::empty(),
            importlib: ObjCell::empty(),
            recursion_limit: Cell::new(1000),
            int_max_str_digits: Cell::new(4300),
            code_debug_ranges: Cell::new(true),
            bytes_warning: Cell::new(0),
            dev_mode: Cell::new(false),
            watchers: super::watchers::Watchers::default(),
            asyncio_tasks: Link::new(),
            free_lists: super::free_list::FreeLists::new(),
            interned: crate::types::str::Interned::default(),
            heap_types: [const { Cell::new(null_mut()) }; HEAP_TYPES],
            extensions: RefCell::default(),
        }))
    }

    /// The heap type of this number, made by `make` if it is not there.
    #[inline(always)]
    pub(crate) fn heap_type(&'static self, index: usize, make: impl FnOnce() -> Obj) -> &'static TypeObject {
        let known = self.heap_types[index].get();
        if !known.is_null() {
            // SAFETY: the table keeps its types as long as the interpreter lives.
            return unsafe { TypeObject::from_raw(known.cast()) };
        }
        self.keep_heap_type(index, make())
    }

    #[cold]
    fn keep_heap_type(&'static self, index: usize, made: Obj) -> &'static TypeObject {
        let place = &self.heap_types[index];
        if place.get().is_null() {
            place.set(made.into_raw());
        }
        // SAFETY: as above.
        unsafe { TypeObject::from_raw(place.get().cast()) }
    }

    /// State of a higher floor, made on first use. It lives as long as the interpreter.
    pub fn extension<T: Any + Default>(&'static self) -> &'static T {
        let key = TypeId::of::<T>();
        let known = self.extensions.borrow().get(&key).map(|value| core::ptr::from_ref(&**value));
        let value = known.unwrap_or_else(|| {
            let fresh = Box::new(T::default());
            let mut extensions = self.extensions.borrow_mut();
            core::ptr::from_ref(&**extensions.entry(key).or_insert(fresh))
        });
        // SAFETY: boxed values do not move and are never removed.
        unsafe { &*value }.downcast_ref().expect("entries are kept by their type")
    }
}
