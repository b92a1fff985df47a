//! What the heap of small blocks holds, and the report of it (`sys._debugmallocstats`, `PYTHONMALLOCSTATS`).

use super::small::{self, ARENA, GRAIN, HEAD, LARGEST, POOL, SIZES};
use crate::model::free_list::FreeList;
use crate::model::thread::current_opt;
use std::fmt::Write as _;

/// The pools whose blocks have one size, together.
#[derive(Clone, Copy, Default)]
pub struct SizeStatistics {
    /// Bytes of a block.
    pub size: usize,
    pub pools: usize,
    /// Blocks in use.
    pub live: usize,
    /// Blocks for which there is room.
    pub free: usize,
}

/// What the heap holds at the moment.
#[derive(Default)]
pub struct Statistics {
    /// Sizes in use, small ones first.
    pub sizes: Vec<SizeStatistics>,
    /// How often an arena got memory, and how often one gave it back.
    pub given: usize,
    pub reclaimed: usize,
    /// The most arenas that had memory at one time.
    pub most: usize,
    /// Pools with memory that hold no blocks.
    pub free_pools: usize,
}

impl Statistics {
    /// Blocks in use.
    pub fn live(&self) -> usize {
        self.sizes.iter().map(|size| size.live).sum()
    }
}

/// Counts what the heap holds, for a thread that holds the interpreter's lock.
pub fn statistics() -> Statistics {
    let mut sizes = [SizeStatistics::default(); SIZES];
    let free_pools = small::visit_pools(|size, live| {
        let sum = &mut sizes[size / GRAIN];
        sum.size = size;
        sum.pools += 1;
        sum.live += live;
        sum.free += (POOL - HEAD) / size - live;
    });
    let (given, reclaimed, most) = small::arenas();
    let sizes = sizes.into_iter().filter(|sum| sum.pools != 0).collect();
    Statistics { sizes, given, reclaimed, most, free_pools }
}

/// Has the heap report when it grows (`PYTHONMALLOCSTATS`).
pub fn report_growth() {
    small::report_growth();
}

/// Writes to standard error how the heap is used, in the form of pymalloc's report.
pub fn report() {
    // Where standard error is closed, nobody asks for the report.
    let _ = taipan_host::files::write_all(2, text_of(&statistics()).as_bytes());
}

/// Writes to standard error what the free lists keep.
pub fn report_free_lists() {
    let Some(thread) = current_opt() else { return };
    let lists = &thread.interpreter().free_lists;
    let line = |name: &str, size: usize, list: &FreeList| {
        let count = list.len();
        let what = format!("{count} free {name}s * {size} bytes each");
        format!("{what:>48} = {:>20}\n", grouped(count * size))
    };
    let text = line("PyFloatObject", 24, &lists.floats) + &line("PyLongObject", 32, &lists.ints);
    let _ = taipan_host::files::write_all(2, text.as_bytes());
}

fn text_of(heap: &Statistics) -> String {
    let mut text = format!(
        "Small block threshold = {LARGEST}, in {} size classes.\n\n\
         class   size   num pools   blocks in use  avail blocks\n\
         -----   ----   ---------   -------------  ------------\n",
        LARGEST / GRAIN
    );
    let (mut used, mut available, mut heads, mut lost) = (0, 0, 0, 0);
    for size in &heap.sizes {
        let class = size.size / GRAIN - 1;
        // Writing to a string does not fail.
        let _ =
            writeln!(text, "{class:5} {:6} {:11} {:15} {:13}", size.size, size.pools, size.live, size.free);
        used += size.live * size.size;
        available += size.free * size.size;
        heads += size.pools * HEAD;
        lost += size.pools * ((POOL - HEAD) % size.size);
    }
    let (arenas, free_pools) = (heap.given - heap.reclaimed, heap.free_pools * POOL);
    text.push('\n');
    let line = |text: &mut String, what: &str, value: usize| {
        let _ = writeln!(text, "{what:<34} = {:>20}", grouped(value));
    };
    line(&mut text, "# arenas allocated total", heap.given);
    line(&mut text, "# arenas reclaimed", heap.reclaimed);
    line(&mut text, "# arenas highwater mark", heap.most);
    line(&mut text, "# arenas allocated current", arenas);
    line(&mut text, &format!("{arenas} arenas * {ARENA} bytes/arena"), arenas * ARENA);
    text.push('\n');
    line(&mut text, "# bytes in allocated blocks", used);
    line(&mut text, "# bytes in available blocks", available);
    line(&mut text, &format!("{} unused pools * {POOL} bytes", heap.free_pools), free_pools);
    line(&mut text, "# bytes lost to pool headers", heads);
    line(&mut text, "# bytes lost to quantization", lost);
    line(&mut text, "Total", used + available + free_pools + heads + lost);
    text.push('\n');
    text
}

/// A number with commas between its thousands.
fn grouped(value: usize) -> String {
    let digits = value.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place != 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_report_accounts_for_every_byte() {
        let sizes = vec![SizeStatistics { size: 48, pools: 2, live: 500, free: 180 }];
        let heap = Statistics { sizes, given: 3, reclaimed: 2, most: 2, free_pools: 62 };
        let report = text_of(&heap);
        assert!(report.contains("    2     48           2             500           180"));
        assert!(report.contains("1 arenas * 1048576 bytes/arena     =            1,048,576"), "{report}");
        assert!(report.contains("Total                              =            1,048,576"), "{report}");
    }
}
