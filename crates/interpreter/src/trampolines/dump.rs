//! The dump that `perf inject --jit` reads: each piece of code with its name and how to unwind through it (see
//! `tools/perf/Documentation/jitdump-specification.txt` of Linux).

use super::unwinding;
use std::sync::Mutex;
use taipan_host::machine_code::CODE;
use taipan_host::records::Records;
use taipan_host::{Result, clocks, process, threads};

/// "JiTD" in the machine's order of bytes.
const MAGIC: u32 = 0x4a69_5444;
const VERSION: u32 = 1;
/// The size of the file's header in bytes.
const HEADER: u32 = 40;
/// What ELF calls the processor: `EM_X86_64`, `EM_AARCH64`.
const MACHINE: u32 = if cfg!(target_arch = "aarch64") { 183 } else { 62 };

/// Kinds of records.
const CODE_LOAD: u32 = 0;
const CODE_UNWINDING_INFO: u32 = 4;

/// The file of this process. There is one for all interpreters.
struct Dump {
    file: Records,
    /// How many pieces it holds: their numbers.
    count: u64,
}

static DUMP: Mutex<Option<Dump>> = Mutex::new(None);

/// What a record is made of.
#[derive(Default)]
struct Bytes(Vec<u8>);

impl Bytes {
    fn word(mut self, word: u32) -> Self {
        self.0.extend_from_slice(&word.to_ne_bytes());
        self
    }

    fn long(mut self, long: u64) -> Self {
        self.0.extend_from_slice(&long.to_ne_bytes());
        self
    }

    fn bytes(mut self, bytes: &[u8]) -> Self {
        self.0.extend_from_slice(bytes);
        self
    }
}

/// The time by the clock that `perf record -k mono` uses, in nanoseconds.
fn now() -> u64 {
    clocks::monotonic() as u64
}

/// A record with its head: kind, size, time.
fn record(kind: u32, contents: &Bytes) -> Vec<u8> {
    let size = 16 + contents.0.len();
    Bytes::default().word(kind).word(size as u32).long(now()).bytes(&contents.0).0
}

/// Does something with the file, which is begun where that was not done yet.
fn with<R>(body: impl FnOnce(&mut Dump) -> Result<R>) -> Result<R> {
    let mut dump = DUMP.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let dump = match &mut *dump {
        Some(dump) => dump,
        none => {
            let pid = process::pid();
            let mut file = Records::open(&format!("/tmp/jit-{pid}.dump"), true)?;
            let head = Bytes::default().word(MAGIC).word(VERSION).word(HEADER).word(MACHINE).word(0);
            file.append(&head.word(pid as u32).long(now()).long(0).0)?;
            file.show_to_perf()?;
            none.insert(Dump { file, count: 0 })
        }
    };
    body(dump)
}

/// Begins the file. Errors are the system's.
pub fn open() -> Result<()> {
    with(|_| Ok(()))
}

/// Adds a piece at an address.
pub fn write(address: usize, name: &str) -> Result<()> {
    with(|dump| {
        let unwinding = unwinding::of_piece();
        let length = unwinding.bytes.len();
        let padded = length.next_multiple_of(8);
        let contents = Bytes::default().long(length as u64).long(unwinding.header as u64).long(padded as u64);
        let filling = vec![0; padded - length];
        let mut records = record(CODE_UNWINDING_INFO, &contents.bytes(&unwinding.bytes).bytes(&filling));
        dump.count += 1;
        let contents = Bytes::default()
            .word(process::pid() as u32)
            .word(threads::native_id() as u32)
            .long(address as u64)
            .long(address as u64)
            .long(CODE.len() as u64)
            .long(dump.count)
            .bytes(name.as_bytes())
            .bytes(&[0])
            .bytes(CODE);
        records.extend_from_slice(&record(CODE_LOAD, &contents));
        dump.file.append(&records)
    })
}

/// Closes the file.
pub fn close() {
    let file = DUMP.lock().unwrap_or_else(std::sync::PoisonError::into_inner).take();
    drop(file);
}
