//! Numbers that look random and are the same for the same seed.

/// A small generator (xorshift), so that a seed says everything.
pub struct Random(u64);

impl Random {
    /// The generator of input `index` of a run.
    pub fn of(seed: u64, index: u64) -> Self {
        // Neighbours must not look alike (the finaliser of SplitMix64).
        let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(index.wrapping_add(1) << 1 | 1);
        state = (state ^ state >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        state = (state ^ state >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        Self((state ^ state >> 31) | 1)
    }

    pub fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    /// A number below `limit`, 0 where there is none.
    pub fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit.max(1) as u64) as usize
    }

    /// True once in so many times.
    pub fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    /// An element of a slice that has some.
    pub fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }

    /// A number that is often at the edge of what is expected.
    pub fn number(&mut self) -> u32 {
        match self.below(8) {
            0 => 0,
            1 => 1,
            2 => u32::MAX >> self.below(32),
            3 => 1 << self.below(32),
            4 => self.next() as u32,
            _ => self.below(20) as u32,
        }
    }
}
