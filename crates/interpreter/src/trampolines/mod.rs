//! Telling `perf` of Python functions: while that is wanted, each code object has a piece of machine code of its own, by way
//! of which its frames are entered, so that a native stack shows which functions run.
//!
//! Every thread's eval breaker has the bit `PROFILED` then. A frame by which the loop is entered goes through its piece at
//! once (`eval::drive`); a frame that the loop went on in goes through it at its `RESUME`, where the breaker is looked at
//! anyway, and runs in a loop of its own. Where nobody profiles nothing looks for any of this.
//!
//! | file | holds |
//! |---|---|
//! | `map` | `/tmp/perf-PID.map`: addresses and names |
//! | `dump` | `/tmp/jit-PID.dump`: code with its names and how to unwind through it |
//! | `unwinding` | the DWARF that says so |

#![expect(unsafe_code, reason = "a code object keeps its piece behind a C pointer")]

pub mod dump;
pub mod map;
mod unwinding;

use core::cell::{Cell, RefCell};
use core::ffi::c_void;
use taipan_host::machine_code::{CODE, Piece, Pieces};
use taipan_objects::model::thread::{self, EvalBreaker, ThreadState};
use taipan_objects::types::code::{PyCode, extra};

/// Who is told of the pieces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backend {
    /// `perf`: the map.
    Map,
    /// `perf_jit`: the dump.
    Dump,
}

impl Backend {
    /// Bytes from one piece to the next. Where `perf inject` makes a library of a piece, what it says of unwinding lies
    /// behind the code, also in memory: there the pieces leave room for it.
    fn stride(self) -> usize {
        match self {
            Backend::Map => 32,
            Backend::Dump => 256,
        }
    }

    /// Makes the piece known. A profiler that hears nothing shows an address instead of a name.
    fn tell(self, piece: Piece, code: &PyCode) -> taipan_host::Result<()> {
        let name = format!("py::{}:{}", code.qualname().to_string_lossy(), code.filename().to_string_lossy());
        // Lines end the map's entries, zeros the dump's names.
        let name = name.replace(char::is_control, "?");
        match self {
            Backend::Map => map::write(piece.address(), CODE.len(), name.as_bytes()),
            Backend::Dump => dump::write(piece.address(), &name),
        }
    }
}

/// What an interpreter knows of its pieces.
#[derive(Default)]
struct Trampolines {
    backend: Cell<Option<Backend>>,
    /// Who was told of the pieces of this generation.
    told: Cell<Option<Backend>>,
    pieces: RefCell<Option<Pieces>>,
    /// The index at which code objects keep their pieces.
    index: Cell<Option<usize>>,
    /// Pieces of an earlier generation are not known to whoever listens now.
    generation: Cell<u64>,
    /// The child of a fork keeps the pieces, and what was told of them.
    kept_by_children: Cell<bool>,
}

/// A piece as a code object keeps it.
struct Kept {
    generation: u64,
    piece: Piece,
}

fn state() -> &'static Trampolines {
    thread::current().interpreter().extension::<Trampolines>()
}

/// # Safety
/// `kept` is what `piece_of` stored.
unsafe extern "C" fn free(kept: *mut c_void) {
    // SAFETY: the caller's promise; it is freed once.
    drop(unsafe { Box::from_raw(kept.cast::<Kept>()) });
}

/// Whether functions are entered through their pieces in the running interpreter.
pub fn backend() -> Option<Backend> {
    state().backend.get()
}

/// Begins. Threads other than the running one have to be told by [`mark`]. `None` where no pieces can be had.
pub fn activate(backend: Backend) -> Option<()> {
    let state = state();
    if state.index.get().is_none() {
        state.index.set(Some(extra::request_index(Some(free))?));
    }
    if state.told.get() != Some(backend) {
        let mut pieces = Pieces::new(backend.stride());
        // Whether there can be pieces is known when the first one is there.
        pieces.take().ok()?;
        if backend == Backend::Dump {
            dump::open().ok()?;
        }
        state.pieces.replace(Some(pieces));
        state.generation.set(state.generation.get() + 1);
        state.told.set(Some(backend));
    }
    state.backend.set(Some(backend));
    Some(())
}

/// Ends. Frames that were entered stay as they are.
pub fn deactivate() {
    state().backend.set(None);
    map::close();
}

/// Makes a thread's loop do as is wanted.
pub fn mark(thread: &ThreadState) {
    if thread.interpreter().extension::<Trampolines>().backend.get().is_some() {
        thread.eval_breaker.set_bits(EvalBreaker::PROFILED);
    } else {
        thread.eval_breaker.clear_bits(EvalBreaker::PROFILED);
    }
}

/// Whether children of forks keep the pieces.
pub fn set_kept_by_children(kept: bool) {
    state().kept_by_children.set(kept);
}

/// Puts the files in order in the child of a fork: it tells of its own functions, under its own number.
pub fn after_fork_in_child() {
    let state = state();
    let parent = map::parent().filter(|_| state.kept_by_children.get());
    map::close();
    dump::close();
    if let Some(parent) = parent
        && state.told.get() == Some(Backend::Map)
    {
        // A profiler that hears nothing shows addresses.
        let _ = map::copy(&map::path(parent));
    } else {
        state.generation.set(state.generation.get() + 1);
    }
}

/// The piece of a code object; a new one where it has none yet.
pub fn piece_of(code: &PyCode) -> Option<Piece> {
    let state = state();
    let (backend, index) = (state.backend.get()?, state.index.get()?);
    let generation = state.generation.get();
    // SAFETY: at this index lies what this function stored.
    let kept = unsafe { extra::get(code, index).cast::<Kept>().as_ref() };
    if let Some(kept) = kept.filter(|kept| kept.generation == generation) {
        return Some(kept.piece);
    }
    let piece = state.pieces.borrow_mut().as_mut()?.take().ok()?;
    let _ = backend.tell(piece, code);
    extra::set(code, index, Box::into_raw(Box::new(Kept { generation, piece })).cast());
    Some(piece)
}

/// Runs what runs a frame of the code by way of its piece.
pub(crate) fn enter<R>(code: &PyCode, run: impl FnOnce() -> R) -> R {
    match piece_of(code) {
        Some(piece) => piece.call(run),
        None => run(),
    }
}
