//! Where every block of memory was asked for, while `tracemalloc` traces.
//!
//! `memory::set_hook` tells of blocks. The hook runs inside allocations, so it makes no objects: it notes references to
//! file names that code objects hold, and line numbers. An interpreter has tables of its own, which its lock guards.
//! Blocks of threads that do not hold one are not seen.

use crate::lifecycle;
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::rc::Rc;
use std::sync::atomic::{AtomicUsize, Ordering};
use taipan_objects::memory::{self, Hook};
use taipan_objects::model::thread::{current, current_opt};
use taipan_objects::prelude::*;

/// The domain of the blocks that our allocators hand out. C numbers its own as it likes.
pub const DEFAULT_DOMAIN: u32 = 0;

/// The most frames that are counted.
const MOST: usize = u16::MAX as usize;

/// Where a block was asked for.
pub struct Traceback {
    /// File names and lines, the innermost frame's first.
    pub frames: Vec<(Obj, i32)>,
    /// How many frames there were in all.
    pub total: usize,
}

impl Traceback {
    /// A tuple of file names and lines.
    pub fn to_py(&self) -> Py<PyTuple> {
        let frame = |(filename, line): &(Obj, i32)| {
            let line = PyInt::from_i64(i64::from(*line)).into_obj();
            PyTuple::from_vec(vec![filename.clone(), line]).into_obj()
        };
        PyTuple::from_vec(self.frames.iter().map(frame).collect())
    }
}

/// A block.
#[derive(Clone)]
pub struct Trace {
    pub domain: u32,
    /// Bytes.
    pub size: usize,
    pub traceback: Rc<Traceback>,
}

/// Addresses of file names, and lines; the last entry is the number of frames in all.
type Place = Vec<(usize, i32)>;

/// Hashes addresses: one multiplication for each word.
#[derive(Default)]
struct AddressHasher(u64);

impl Hasher for AddressHasher {
    fn finish(&self) -> u64 {
        self.0 ^ self.0 >> 32
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|&byte| self.write_u64(byte.into()));
    }

    fn write_u32(&mut self, word: u32) {
        self.write_u64(word.into());
    }

    fn write_i32(&mut self, word: i32) {
        self.write_u64(word as u64);
    }

    fn write_usize(&mut self, word: usize) {
        self.write_u64(word as u64);
    }

    fn write_u64(&mut self, word: u64) {
        self.0 = (self.0.rotate_left(5) ^ word).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    }
}

type Map<K, V> = HashMap<K, V, BuildHasherDefault<AddressHasher>>;

#[derive(Default)]
struct Tables {
    /// By domain and address.
    traces: Map<(u32, usize), Trace>,
    /// Every traceback once.
    known: Map<Place, Rc<Traceback>>,
    /// Where the block at hand was asked for: kept, so that a place that is known costs no memory.
    place: Place,
    traced: usize,
    peak: usize,
}

impl Tables {
    fn add(&mut self, limit: usize, domain: u32, address: usize, size: usize) {
        let traceback = self.here(limit);
        let old = self.traces.insert((domain, address), Trace { domain, size, traceback });
        self.traced = self.traced - old.map_or(0, |old| old.size) + size;
        self.peak = self.peak.max(self.traced);
    }

    fn remove(&mut self, domain: u32, address: usize) {
        if let Some(trace) = self.traces.remove(&(domain, address)) {
            self.traced -= trace.size;
        }
    }

    /// The frames that run, at most `limit` of them.
    fn here(&mut self, limit: usize) -> Rc<Traceback> {
        let (place, mut total) = (&mut self.place, 0);
        place.clear();
        walk(&mut |filename, line| {
            if total < limit {
                place.push((filename.as_ptr().addr(), line));
            }
            total += 1;
            total < MOST
        });
        place.push((total, 0));
        if let Some(known) = self.known.get(place.as_slice()) {
            return known.clone();
        }
        let mut frames = Vec::with_capacity(place.len() - 1);
        walk(&mut |filename, line| {
            if frames.len() < limit {
                frames.push((filename.as_object().owned(), line));
            }
            frames.len() < limit
        });
        let traceback = Rc::new(Traceback { frames, total });
        self.known.insert(place.clone(), traceback.clone());
        traceback
    }
}

/// Shows file names and lines of the frames that run.
fn walk(visit: &mut dyn FnMut(&PyStr, i32) -> bool) {
    if let Some(thread) = current_opt() {
        taipan_interpreter::frames::walk(thread, &mut |code, line| visit(code.filename(), line.unwrap_or(0)));
    }
}

/// The tracer of one interpreter.
#[derive(Default)]
struct Tracer {
    tracing: Cell<bool>,
    limit: Cell<usize>,
    tables: RefCell<Tables>,
}

static HOOK: Hook = Hook { allocated, freed, recycled, describe };
/// Interpreters that trace.
static TRACERS: AtomicUsize = AtomicUsize::new(0);

/// This interpreter's tracer, while it traces.
fn tracer() -> Option<&'static Tracer> {
    let tracer = current_opt()?.interpreter().extension::<Tracer>();
    tracer.tracing.get().then_some(tracer)
}

/// Does something with the tables, unless they are in use: where the tracer itself gives memory back.
fn with_tables(run: impl FnOnce(&Tracer, &mut Tables)) {
    if let Some(tracer) = tracer()
        && let Ok(mut tables) = tracer.tables.try_borrow_mut()
    {
        run(tracer, &mut tables);
    }
}

fn allocated(address: usize, size: usize) {
    with_tables(|tracer, tables| tables.add(tracer.limit.get(), DEFAULT_DOMAIN, address, size));
}

fn freed(address: usize) {
    with_tables(|_, tables| tables.remove(DEFAULT_DOMAIN, address));
}

fn recycled(address: usize) {
    with_tables(|tracer, tables| {
        if tables.traces.contains_key(&(DEFAULT_DOMAIN, address)) {
            let traceback = tables.here(tracer.limit.get());
            if let Some(trace) = tables.traces.get_mut(&(DEFAULT_DOMAIN, address)) {
                trace.traceback = traceback;
            }
        }
    });
}

fn describe(address: usize) {
    if let Some(traceback) = traceback_of(DEFAULT_DOMAIN, address) {
        let mut text = String::from("Memory block allocated at (most recent call first):\n");
        for (filename, line) in &traceback.frames {
            if let Some(filename) = filename.downcast::<PyStr>() {
                text.push_str(&format!("  File \"{filename}\", line {line}\n"));
            }
        }
        text.push('\n');
        lifecycle::say(&text);
    }
}

/// Whether this interpreter traces.
pub fn is_tracing() -> bool {
    tracer().is_some()
}

/// Starts to trace in this interpreter, with at most so many frames of each place. `ValueError` where that is no number of
/// frames.
pub fn start(limit: i64) -> PyResult<()> {
    let limit = usize::try_from(limit).unwrap_or(0);
    if !(1..=MOST).contains(&limit) {
        return Err(raised!(ValueError, "the number of frames must be in range [1; {MOST}]"));
    }
    let tracer = current().interpreter().extension::<Tracer>();
    if !tracer.tracing.get() {
        tracer.limit.set(limit);
        tracer.tracing.set(true);
        if TRACERS.fetch_add(1, Ordering::AcqRel) == 0 {
            memory::set_hook(Some(&HOOK));
        }
    }
    Ok(())
}

/// Ends tracing in this interpreter, and forgets what it noted.
pub fn stop() {
    if let Some(tracer) = tracer() {
        if TRACERS.fetch_sub(1, Ordering::AcqRel) == 1 {
            memory::set_hook(None);
        }
        tracer.tracing.set(false);
        drop(tracer.tables.take());
    }
}

/// Forgets the blocks so far.
pub fn clear() {
    if let Some(tracer) = tracer() {
        let tables = tracer.tables.take();
        drop(tables);
    }
}

/// Notes a block that C tells of; `false` where nobody traces.
pub fn track(domain: u32, address: usize, size: usize) -> bool {
    with_tables(|tracer, tables| tables.add(tracer.limit.get(), domain, address, size));
    is_tracing()
}

/// Forgets a block that C tells of; `false` where nobody traces.
pub fn untrack(domain: u32, address: usize) -> bool {
    with_tables(|_, tables| tables.remove(domain, address));
    is_tracing()
}

/// Where a block was asked for.
pub fn traceback_of(domain: u32, address: usize) -> Option<Rc<Traceback>> {
    let tables = tracer()?.tables.try_borrow().ok()?;
    tables.traces.get(&(domain, address)).map(|trace| trace.traceback.clone())
}

/// Every block.
pub fn traces() -> Vec<Trace> {
    tracer().map_or_else(Vec::new, |tracer| tracer.tables.borrow().traces.values().cloned().collect())
}

/// The most frames that are noted of a place.
pub fn limit() -> usize {
    current_opt().map_or(1, |thread| thread.interpreter().extension::<Tracer>().limit.get().max(1))
}

/// Bytes of the blocks that are traced, now and at most since the start or [`reset_peak`].
pub fn traced() -> (usize, usize) {
    tracer().map_or((0, 0), |tracer| {
        let tables = tracer.tables.borrow();
        (tables.traced, tables.peak)
    })
}

pub fn reset_peak() {
    with_tables(|_, tables| tables.peak = tables.traced);
}

/// About how many bytes the tables take.
pub fn own_memory() -> usize {
    let Some(tracer) = tracer() else { return 0 };
    let tables = tracer.tables.borrow();
    let entry = size_of::<(u32, usize)>() + size_of::<Trace>() + 1;
    let places: usize = tables.known.keys().map(|place| size_of::<Traceback>() + 40 * place.len()).sum();
    tables.traces.capacity() * entry + places
}
