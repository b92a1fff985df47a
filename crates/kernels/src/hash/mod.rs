//! Hash functions with CPython's values: strings and bytes, numbers, containers, pointers.

/// Bits of the modulus for numeric hashes (`sys.hash_info.modulus` is a Mersenne prime).
pub const NUMERIC_BITS: u32 = 61;
/// The prime that numeric hashes are reduced by.
pub const NUMERIC_MODULUS: u64 = (1 << NUMERIC_BITS) - 1;
/// Hash of infinity (`sys.hash_info.inf`); negative infinity has the negated one.
pub const INFINITY: i64 = 314_159;
/// Multiplier of the imaginary part (`sys.hash_info.imag`).
pub const IMAGINARY: u64 = 1_000_003;
