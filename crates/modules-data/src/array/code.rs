//! Type codes: how items of an array become bytes and back.

use core::ffi::CStr;
use taipan_objects::model::gc::{Traverse, Visitor};
use taipan_objects::model::{Raised, ToPy};
use taipan_objects::prelude::*;

/// The C types an array can hold.
#[expect(clippy::enum_variant_names, reason = "the types' names")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    SignedChar,
    UnsignedChar,
    /// A wide character; four bytes here.
    Wide,
    CodePoint,
    Short,
    UnsignedShort,
    Int,
    UnsignedInt,
    Long,
    UnsignedLong,
    LongLong,
    UnsignedLongLong,
    Float,
    Double,
}

use Code::*;

/// The codes with their letters, in the order of `typecodes`.
pub const ALL: [(char, Code); 14] = [
    ('b', SignedChar),
    ('B', UnsignedChar),
    ('u', Wide),
    ('w', CodePoint),
    ('h', Short),
    ('H', UnsignedShort),
    ('i', Int),
    ('I', UnsignedInt),
    ('l', Long),
    ('L', UnsignedLong),
    ('q', LongLong),
    ('Q', UnsignedLongLong),
    ('f', Float),
    ('d', Double),
];

impl Traverse for Code {
    fn traverse(&self, _: &mut Visitor) {}
}

fn overflow(what: &str, which: &str) -> Raised {
    raised!(OverflowError, "{what} is {which}")
}

/// An integer of a range, with the error of its C type.
fn bounded(value: &PyObject, low: i64, high: i64, what: &str) -> PyResult<i64> {
    let number = number::index_to_integer::<i64>(value, "C long")?;
    if number < low {
        Err(overflow(what, "less than minimum"))
    } else if number > high {
        Err(overflow(what, "greater than maximum"))
    } else {
        Ok(number)
    }
}

impl Code {
    pub fn from_letter(letter: char) -> Option<Code> {
        ALL.iter().find(|(known, _)| *known == letter).map(|&(_, code)| code)
    }

    pub fn letter(self) -> char {
        ALL[self as usize].0
    }

    /// Bytes of an item.
    pub fn size(self) -> usize {
        match self {
            SignedChar | UnsignedChar => 1,
            Short | UnsignedShort => 2,
            Wide | CodePoint | Int | UnsignedInt | Float => 4,
            Long | UnsignedLong | LongLong | UnsignedLongLong | Double => 8,
        }
    }

    /// The format of the buffer protocol.
    pub fn format(self) -> &'static CStr {
        match self {
            SignedChar => c"b",
            UnsignedChar => c"B",
            Wide | CodePoint => c"w",
            Short => c"h",
            UnsignedShort => c"H",
            Int => c"i",
            UnsignedInt => c"I",
            Long => c"l",
            UnsignedLong => c"L",
            LongLong => c"q",
            UnsignedLongLong => c"Q",
            Float => c"f",
            Double => c"d",
        }
    }

    pub fn is_text(self) -> bool {
        matches!(self, Wide | CodePoint)
    }

    /// The machine format by which pickles name the layout of items.
    pub fn machine_format(self) -> i32 {
        match self {
            UnsignedChar => 0,
            SignedChar => 1,
            UnsignedShort => 2,
            Short => 4,
            UnsignedInt => 6,
            Int => 8,
            UnsignedLong | UnsignedLongLong => 10,
            Long | LongLong => 12,
            Float => 14,
            Double => 16,
            Wide | CodePoint => 20,
        }
    }

    /// The item as an object; `bytes` has its size.
    pub fn load(self, bytes: &[u8]) -> PyResult {
        fn fixed<const N: usize>(bytes: &[u8]) -> [u8; N] {
            let mut fixed = [0; N];
            fixed.copy_from_slice(&bytes[..N]);
            fixed
        }
        match self {
            SignedChar => i8::from_ne_bytes(fixed(bytes)).to_py(),
            UnsignedChar => bytes[0].to_py(),
            Short => i16::from_ne_bytes(fixed(bytes)).to_py(),
            UnsignedShort => u16::from_ne_bytes(fixed(bytes)).to_py(),
            Int => i32::from_ne_bytes(fixed(bytes)).to_py(),
            UnsignedInt => u32::from_ne_bytes(fixed(bytes)).to_py(),
            Long | LongLong => i64::from_ne_bytes(fixed(bytes)).to_py(),
            UnsignedLong | UnsignedLongLong => u64::from_ne_bytes(fixed(bytes)).to_py(),
            Float => f64::from(f32::from_ne_bytes(fixed(bytes))).to_py(),
            Double => f64::from_ne_bytes(fixed(bytes)).to_py(),
            Wide | CodePoint => {
                let point = u32::from_ne_bytes(fixed(bytes));
                if point > 0x10_ffff {
                    return Err(raised!(
                        ValueError,
                        "character U+{point:x} is not in range [U+0000; U+10ffff]"
                    ));
                }
                Ok(PyStr::from_code_points(&[point]).into_obj())
            }
        }
    }

    /// The bytes of an object as an item, appended to `into`.
    pub fn store(self, value: &PyObject, into: &mut Vec<u8>) -> PyResult<()> {
        match self {
            SignedChar => {
                into.push(bounded(value, i8::MIN.into(), i8::MAX.into(), "signed char")? as u8);
            }
            UnsignedChar => into.push(bounded(value, 0, 255, "unsigned byte integer")? as u8),
            Short => {
                let number = bounded(value, i16::MIN.into(), i16::MAX.into(), "signed short integer")?;
                into.extend((number as i16).to_ne_bytes());
            }
            UnsignedShort => {
                into.extend((bounded(value, 0, 65535, "unsigned short")? as u16).to_ne_bytes());
            }
            Int => {
                let number = bounded(value, i32::MIN.into(), i32::MAX.into(), "signed integer")?;
                into.extend((number as i32).to_ne_bytes());
            }
            UnsignedInt => {
                let number = unsigned(value)?;
                let Ok(number) = u32::try_from(number) else {
                    return Err(overflow("unsigned int", "greater than maximum"));
                };
                into.extend(number.to_ne_bytes());
            }
            Long => into.extend(number::index_to_integer::<i64>(value, "C long")?.to_ne_bytes()),
            LongLong => match number::index(value)?.to_i64() {
                Some(number) => into.extend(number.to_ne_bytes()),
                None => return Err(raised!(OverflowError, "int too big to convert")),
            },
            UnsignedLong => into.extend(unsigned(value)?.to_ne_bytes()),
            UnsignedLongLong => {
                let number = number::index(value)?;
                let Some(number) = number.to_u64() else {
                    return Err(if number.sign() < 0 {
                        raised!(OverflowError, "can't convert negative int to unsigned")
                    } else {
                        raised!(OverflowError, "int too big to convert")
                    });
                };
                into.extend(number.to_ne_bytes());
            }
            Float => into.extend((number::as_f64(value)? as f32).to_ne_bytes()),
            Double => into.extend(number::as_f64(value)?.to_ne_bytes()),
            Wide | CodePoint => {
                let Some(text) = value.downcast::<PyStr>() else {
                    let name = value.class().name();
                    return Err(raised!(TypeError, "array item must be a unicode character, not {name}"));
                };
                if text.len() != 1 {
                    let length = text.len();
                    return Err(raised!(
                        TypeError,
                        "array item must be a unicode character, not a string of length {length}"
                    ));
                }
                into.extend(text.char_at(0).to_ne_bytes());
            }
        }
        Ok(())
    }
}

fn unsigned(value: &PyObject) -> PyResult<u64> {
    number::index_to_integer::<u64>(value, "C unsigned long")
}
