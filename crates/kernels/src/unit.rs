//! Text units: a string's characters lie in one, two or four bytes each.

/// A unit of text.
pub trait Unit: Copy + Ord + Into<u32> + std::fmt::Debug + 'static {
    /// The unit of this code point, if there is one.
    fn from_code(c: u32) -> Option<Self>;
    /// The first place of a code point.
    fn find(text: &[Self], c: u32) -> Option<usize>;
    /// The last place of a code point.
    fn find_last(text: &[Self], c: u32) -> Option<usize>;
    /// The first place of any of three code points.
    fn find_any(text: &[Self], set: [u32; 3]) -> Option<usize>;
    /// The text as bytes, where a unit is one.
    fn as_bytes(text: &[Self]) -> Option<&[u8]>;
    /// Bytes as text, where a unit is one.
    fn of_bytes(bytes: &[u8]) -> Option<&[Self]>;
}

impl Unit for u8 {
    #[inline]
    fn from_code(c: u32) -> Option<u8> {
        u8::try_from(c).ok()
    }

    #[inline]
    fn find(text: &[u8], c: u32) -> Option<usize> {
        // Most searches end within a few characters; the vectorised one has a cost to start.
        let c = u8::try_from(c).ok()?;
        let near = text.len().min(4);
        match text[..near].iter().position(|&u| u == c) {
            Some(i) => Some(i),
            None => memchr::memchr(c, &text[near..]).map(|i| i + near),
        }
    }

    #[inline]
    fn find_last(text: &[u8], c: u32) -> Option<usize> {
        memchr::memrchr(u8::try_from(c).ok()?, text)
    }

    fn find_any(text: &[u8], set: [u32; 3]) -> Option<usize> {
        memchr::memchr3(set[0] as u8, set[1] as u8, set[2] as u8, text)
    }

    #[inline]
    fn as_bytes(text: &[u8]) -> Option<&[u8]> {
        Some(text)
    }

    #[inline]
    fn of_bytes(bytes: &[u8]) -> Option<&[u8]> {
        Some(bytes)
    }
}

macro_rules! wide_unit {
    ($unit:ty) => {
        impl Unit for $unit {
            #[inline]
            fn from_code(c: u32) -> Option<$unit> {
                <$unit>::try_from(c).ok()
            }

            #[inline]
            fn find(text: &[$unit], c: u32) -> Option<usize> {
                let c = <$unit>::try_from(c).ok()?;
                // Blocks without an early exit are compiled to vector instructions.
                const BLOCK: usize = 32;
                let mut start = 0;
                for block in text.chunks_exact(BLOCK) {
                    if block.iter().fold(false, |found, &u| found | (u == c)) {
                        break;
                    }
                    start += BLOCK;
                }
                text[start..].iter().position(|&u| u == c).map(|i| start + i)
            }

            #[inline]
            fn find_last(text: &[$unit], c: u32) -> Option<usize> {
                let c = <$unit>::try_from(c).ok()?;
                text.iter().rposition(|&u| u == c)
            }

            fn find_any(text: &[$unit], set: [u32; 3]) -> Option<usize> {
                let set = set.map(|c| c as $unit);
                text.iter().position(|u| set.contains(u))
            }

            #[inline]
            fn as_bytes(_: &[$unit]) -> Option<&[u8]> {
                None
            }

            #[inline]
            fn of_bytes(_: &[u8]) -> Option<&[$unit]> {
                None
            }
        }
    };
}

wide_unit!(u16);
wide_unit!(u32);
