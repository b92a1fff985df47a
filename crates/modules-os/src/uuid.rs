//! `_uuid`: identifiers made of the time and of what is the machine's own (RFC 9562, "UUID Version 1").

use std::sync::{Mutex, PoisonError};
use taipan_host::{clocks, process, random};
use taipan_macros::pymodule;
use taipan_objects::prelude::*;
use taipan_objects::system::os_error;

/// Ticks of 100 ns from the calendar's reform in 1582 to 1970.
const BEFORE_1970: u64 = 0x01B2_1DD2_1381_4000;

/// What an identifier made after others goes by.
struct Last {
    /// The process that it belongs to: the child of a fork begins anew.
    pid: i32,
    ticks: u64,
    /// Distinguishes identifiers where the clock was set back: 14 bits.
    sequence: u16,
    /// Stands for the machine: random, with the bit that addresses of network cards never have.
    node: [u8; 6],
}

static LAST: Mutex<Option<Last>> = Mutex::new(None);

fn begin(pid: i32) -> PyResult<Last> {
    let mut bytes = [0; 8];
    random::fill(&mut bytes).map_err(os_error)?;
    let [a, b, mut node @ ..] = bytes;
    node[0] |= 1;
    Ok(Last { pid, ticks: 0, sequence: u16::from_be_bytes([a, b]) & 0x3FFF, node })
}

/// The next identifier of this process.
fn next() -> PyResult<[u8; 16]> {
    let pid = process::pid();
    let mut place = LAST.lock().unwrap_or_else(PoisonError::into_inner);
    let mut last = match place.take() {
        Some(last) if last.pid == pid => last,
        _ => begin(pid)?,
    };
    let now = (clocks::time().max(0) as u64 / 100).wrapping_add(BEFORE_1970);
    if now.saturating_add(1 << 24) < last.ticks {
        // The clock was set back by more than a burst of identifiers has run ahead of it.
        last.sequence = (last.sequence + 1) & 0x3FFF;
        last.ticks = now;
    } else {
        last.ticks = now.max(last.ticks + 1);
    }
    let mut made = [0; 16];
    made[..4].copy_from_slice(&(last.ticks as u32).to_be_bytes());
    made[4..6].copy_from_slice(&((last.ticks >> 32) as u16).to_be_bytes());
    made[6..8].copy_from_slice(&((last.ticks >> 48) as u16 & 0x0FFF | 0x1000).to_be_bytes());
    made[8..10].copy_from_slice(&(last.sequence | 0x8000).to_be_bytes());
    made[10..].copy_from_slice(&last.node);
    *place = Some(last);
    Ok(made)
}

#[pymodule(name = "_uuid")]
pub mod module {
    use super::*;

    #[pyfunction(signature = "()")]
    fn generate_time_safe() -> PyResult<Py<PyTuple>> {
        // Nothing outside of the process keeps others from the same time.
        let unsafe_made = PyInt::from_i64(-1).into_obj();
        Ok(PyTuple::from_vec(vec![PyBytes::new(&next()?).into_obj(), unsafe_made]))
    }

    #[exec]
    fn exec(module: &PyModule) -> PyResult<()> {
        module.add_int("has_uuid_generate_time_safe", 1)?;
        module.add_int("has_stable_extractable_node", 0)
    }
}
