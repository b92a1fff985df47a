//! How to unwind through a piece: a section `.eh_frame` and its header, as the DWARF standard and the Linux Standard Base
//! describe them.
//!
//! `perf inject` makes a library of each piece: the code, at the next multiple of eight the section, right behind that its
//! header. The offsets in them count on that.

use taipan_host::machine_code::CODE;

// The instructions for call frames that are needed (DWARF 5, section 7.24).
const ADVANCE: u8 = 0x40;
const OFFSET: u8 = 0x80;
#[cfg(target_arch = "aarch64")]
const RESTORE: u8 = 0xc0;
const NOP: u8 = 0;
const DEF_CFA: u8 = 0x0c;
const DEF_CFA_REGISTER: u8 = 0x0d;
const DEF_CFA_OFFSET: u8 = 0x0e;

/// Encodings of pointers: relative to where they stand, or to the header; four bytes with a sign, or without.
const PC_RELATIVE: u8 = 0x1b;
const HEADER_RELATIVE: u8 = 0x3b;
const UNSIGNED: u8 = 0x03;

/// What the platform calls its registers, and what the piece does with them.
struct Frame {
    code_alignment: u8,
    return_register: u8,
    /// Where the frame begins before the first instruction.
    initial: &'static [u8],
    /// What changes, instruction by instruction.
    program: &'static [u8],
}

/// Registers: 6 is `rbp`, 7 `rsp`, 16 the return address (the ABI's supplement for the processor).
#[cfg(not(target_arch = "aarch64"))]
const FRAME: Frame = Frame {
    code_alignment: 1,
    return_register: 16,
    initial: &[DEF_CFA, 7, 8, OFFSET | 16, 1],
    program: &[
        ADVANCE | 5, // behind `push`
        DEF_CFA_OFFSET,
        16,
        OFFSET | 6,
        2,
        ADVANCE | 3, // behind `mov`
        DEF_CFA_REGISTER,
        6,
        ADVANCE | 3, // behind `pop`
        DEF_CFA,
        7,
        8,
    ],
};

/// Registers: 29 is the frame pointer, 30 the return address, 31 the stack pointer.
#[cfg(target_arch = "aarch64")]
const FRAME: Frame = Frame {
    code_alignment: 4,
    return_register: 30,
    initial: &[DEF_CFA, 31, 0],
    program: &[
        ADVANCE | 1, // behind `stp`
        DEF_CFA_OFFSET,
        16,
        OFFSET | 29,
        2,
        OFFSET | 30,
        1,
        ADVANCE | 1, // behind `mov`
        DEF_CFA_REGISTER,
        29,
        ADVANCE | 2, // behind `ldp`
        RESTORE | 30,
        RESTORE | 29,
        DEF_CFA,
        31,
        0,
    ],
};

/// Section and header.
pub(super) struct Unwinding {
    pub bytes: Vec<u8>,
    /// How many of the bytes, the last ones, are the header.
    pub header: usize,
}

/// The bytes from the code's start to the section.
fn distance() -> usize {
    CODE.len().next_multiple_of(8)
}

/// Appends an entry of the section: its length, then its contents, filled up.
fn entry(section: &mut Vec<u8>, contents: &[u8]) {
    let length = (contents.len() + 4).next_multiple_of(8) - 4;
    section.extend_from_slice(&(length as u32).to_ne_bytes());
    section.extend_from_slice(contents);
    section.resize(section.len() + length - contents.len(), NOP);
}

/// What is written behind each piece.
pub(super) fn of_piece() -> Unwinding {
    let mut bytes = Vec::new();
    let mut common = vec![0, 0, 0, 0, 1];
    // The data alignment factor is -8, as a LEB128 number; the augmentation has one byte, the encoding of addresses.
    common.extend_from_slice(b"zR\0");
    common.extend_from_slice(&[FRAME.code_alignment, 0x78, FRAME.return_register, 1, PC_RELATIVE]);
    common.extend_from_slice(FRAME.initial);
    entry(&mut bytes, &common);
    let description = bytes.len();
    let mut contents = Vec::new();
    // The distance back to the common entry, from this field; the address from the next one.
    contents.extend_from_slice(&(description as u32 + 4).to_ne_bytes());
    contents.extend_from_slice(&(-((distance() + description + 8) as i32)).to_ne_bytes());
    contents.extend_from_slice(&(CODE.len() as u32).to_ne_bytes());
    contents.push(0);
    contents.extend_from_slice(FRAME.program);
    entry(&mut bytes, &contents);
    // The end of the section.
    bytes.extend_from_slice(&[0; 4]);
    let header = bytes.len() as i32;
    bytes.extend_from_slice(&[1, PC_RELATIVE, UNSIGNED, HEADER_RELATIVE]);
    bytes.extend_from_slice(&(-(header + 4)).to_ne_bytes());
    bytes.extend_from_slice(&1_u32.to_ne_bytes());
    bytes.extend_from_slice(&(-(distance() as i32 + header)).to_ne_bytes());
    bytes.extend_from_slice(&(description as i32 - header).to_ne_bytes());
    let header = bytes.len() - header as usize;
    Unwinding { bytes, header }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn word(bytes: &[u8], at: usize) -> i32 {
        i32::from_ne_bytes(bytes[at..at + 4].try_into().unwrap())
    }

    #[test]
    fn the_header_finds_code_and_description() {
        let Unwinding { bytes, header } = of_piece();
        let start = bytes.len() - header;
        assert_eq!(word(&bytes, start + 4), -(start as i32 + 4));
        assert_eq!(word(&bytes, start + 12), -((distance() + start) as i32));
        let description = (start as i32 + word(&bytes, start + 16)) as usize;
        // It refers to the common entry, which is the first, and to the code.
        assert_eq!(word(&bytes, description + 4) as usize, description + 4);
        assert_eq!(word(&bytes, description + 8), -((distance() + description + 8) as i32));
        assert_eq!(word(&bytes, description + 12) as usize, CODE.len());
        assert_eq!(4 + word(&bytes, 0) as usize, description);
    }
}
