//! Format strings of `struct`: what they say about bytes.

/// How numbers lie in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// The machine's order, sizes and alignment.
    Native,
    Little,
    Big,
}

/// One item, or a run of like items.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Item {
    pub code: u8,
    /// Where the first one lies.
    pub offset: usize,
    /// Bytes of one.
    pub size: usize,
    /// How many; 1 for strings, whose length is `size`.
    pub count: usize,
}

/// A format, read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
    pub order: Order,
    pub items: Vec<Item>,
    pub size: usize,
    /// How many values are packed.
    pub values: usize,
}

/// Why a format is refused.
pub type FormatError = &'static str;

const TOO_LONG: FormatError = "total struct size too long";

/// Size and alignment of a code.
fn size_of_code(code: u8, order: Order) -> Option<(usize, usize)> {
    let native = order == Order::Native;
    let size = match code {
        b'x' | b'b' | b'B' | b'c' | b's' | b'p' | b'?' => 1,
        b'h' | b'H' | b'e' => 2,
        b'i' | b'I' | b'f' => 4,
        b'l' | b'L' => {
            if native {
                8
            } else {
                4
            }
        }
        b'q' | b'Q' | b'd' => 8,
        b'n' | b'N' | b'P' if native => 8,
        b'F' => 8,
        b'D' => 16,
        _ => return None,
    };
    // Complex numbers are aligned as their parts.
    let align = match code {
        _ if !native => 1,
        b'F' => 4,
        b'D' => 8,
        _ => size,
    };
    Some((size, align))
}

impl Layout {
    /// Reads a format.
    pub fn parse(format: &[u8]) -> Result<Layout, FormatError> {
        let (order, body) = match format {
            [b'<', rest @ ..] => (Order::Little, rest),
            [b'>' | b'!', rest @ ..] => (Order::Big, rest),
            [b'=', rest @ ..] => {
                (if cfg!(target_endian = "little") { Order::Little } else { Order::Big }, rest)
            }
            [b'@', rest @ ..] => (Order::Native, rest),
            rest => (Order::Native, rest),
        };
        let mut layout = Layout { order, items: Vec::new(), size: 0, values: 0 };
        let mut at = 0;
        while let Some(&c) = body.get(at) {
            at += 1;
            if matches!(c, b' ' | b'\t'..=b'\r') {
                continue;
            }
            let mut count = 1usize;
            let mut code = c;
            if c.is_ascii_digit() {
                count = (c - b'0') as usize;
                loop {
                    let Some(&next) = body.get(at) else {
                        return Err("repeat count given without format specifier");
                    };
                    at += 1;
                    if !next.is_ascii_digit() {
                        code = next;
                        break;
                    }
                    count = count
                        .checked_mul(10)
                        .and_then(|count| count.checked_add((next - b'0') as usize))
                        .filter(|&count| count <= isize::MAX as usize)
                        .ok_or(TOO_LONG)?;
                }
            }
            layout.add(code, count)?;
        }
        Ok(layout)
    }

    fn add(&mut self, code: u8, count: usize) -> Result<(), FormatError> {
        let (size, align) = size_of_code(code, self.order).ok_or("bad char in struct format")?;
        let offset = self.size.checked_next_multiple_of(align).ok_or(TOO_LONG)?;
        let length = size.checked_mul(count).ok_or(TOO_LONG)?;
        self.size = offset.checked_add(length).filter(|&size| size <= isize::MAX as usize).ok_or(TOO_LONG)?;
        match code {
            b'x' => {}
            b's' | b'p' => {
                self.items.push(Item { code, offset, size: count, count: 1 });
                self.values += 1;
            }
            _ if count > 0 => {
                self.items.push(Item { code, offset, size, count });
                self.values += count;
            }
            _ => {}
        }
        Ok(())
    }
}
