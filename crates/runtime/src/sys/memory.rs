//! What `sys._debugmallocstats` prints.

use std::fmt::Write as _;
use taipan_objects::memory::{LARGEST_SMALL, Statistics, statistics};

/// Prints to standard error how the heap of small blocks is used, in the form of pymalloc's report.
pub(super) fn print_statistics() {
    // Where standard error is closed, nobody asks for the report.
    let _ = taipan_host::files::write_all(2, report(&statistics()).as_bytes());
}

fn report(heap: &Statistics) -> String {
    let (arena, pool, head) = Statistics::LAYOUT;
    let mut text = format!(
        "Small block threshold = {LARGEST_SMALL}, in {} size classes.\n\n\
         class   size   num pools   blocks in use  avail blocks\n\
         -----   ----   ---------   -------------  ------------\n",
        LARGEST_SMALL / 16
    );
    let (mut used, mut available, mut heads, mut lost) = (0, 0, 0, 0);
    for size in &heap.sizes {
        let class = size.size / 16 - 1;
        // Writing to a string does not fail.
        let _ =
            writeln!(text, "{class:5} {:6} {:11} {:15} {:13}", size.size, size.pools, size.live, size.free);
        used += size.live * size.size;
        available += size.free * size.size;
        heads += size.pools * head;
        lost += size.pools * ((pool - head) % size.size);
    }
    let free_pools = heap.free_pools * pool;
    text.push('\n');
    let line = |text: &mut String, what: &str, value: usize| {
        let _ = writeln!(text, "{what:<37} = {:>20}", grouped(value));
    };
    line(&mut text, "# arenas allocated current", heap.arenas);
    line(&mut text, &format!("{} arenas * {arena} bytes/arena", heap.arenas), heap.arenas * arena);
    text.push('\n');
    line(&mut text, "# bytes in allocated blocks", used);
    line(&mut text, "# bytes in available blocks", available);
    line(&mut text, &format!("{} unused pools * {pool} bytes", heap.free_pools), free_pools);
    line(&mut text, "# bytes lost to pool headers", heads);
    line(&mut text, "# bytes lost to quantization", lost);
    line(&mut text, "Total", used + available + free_pools + heads + lost);
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
        let heap = Statistics {
            sizes: vec![taipan_objects::memory::SizeStatistics { size: 48, pools: 2, live: 500, free: 180 }],
            arenas: 1,
            free_pools: 62,
        };
        let report = report(&heap);
        assert!(report.contains("    2     48           2             500           180"));
        assert!(report.contains("Total                                 =            1,048,576"), "{report}");
    }
}
