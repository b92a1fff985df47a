//! The packed library: an index that is searched where it lies, and each file compressed by itself, so that reading one
//! costs nothing for the others and a program that reads none pays nothing.
//!
//! ```text
//! "TPLIB1\0\0"  checksum: u32  count: u32
//! count × { path at: u32, path length: u32, data at: u32, packed length: u32, length: u32, form: u32 }
//! paths, then data
//! ```
//!
//! Numbers are little-endian, offsets count from the start of the file, entries are in the byte order of their paths.
//! The form is 0 for data as it is and 1 for a raw deflate stream. The checksum is of everything behind it: it names the
//! version of the whole library.

use flate2::Compression;
use flate2::write::DeflateEncoder;
use std::collections::BTreeMap;
use std::io::Write;

const MAGIC: &[u8; 8] = b"TPLIB1\0\0";
const HEAD: usize = 16;
const ENTRY: usize = 24;

pub fn pack(files: &BTreeMap<String, Vec<u8>>) -> Vec<u8> {
    let paths_at = HEAD + ENTRY * files.len();
    let mut paths = Vec::new();
    let mut data = Vec::new();
    let mut places = Vec::new();
    for (path, contents) in files {
        let packed = deflate(contents);
        // What does not shrink by an eighth is not worth unpacking.
        let (form, bytes) =
            if packed.len() + contents.len() / 8 < contents.len() { (1, &packed) } else { (0, contents) };
        places.push([paths.len(), path.len(), data.len(), bytes.len(), contents.len(), form]);
        paths.extend_from_slice(path.as_bytes());
        data.extend_from_slice(bytes);
    }
    let data_at = paths_at + paths.len();
    let mut body = Vec::new();
    put(&mut body, files.len());
    for [path, path_length, at, packed, length, form] in places {
        for number in [paths_at + path, path_length, data_at + at, packed, length, form] {
            put(&mut body, number);
        }
    }
    body.extend_from_slice(&paths);
    body.extend_from_slice(&data);
    let mut file = MAGIC.to_vec();
    file.extend_from_slice(&crc32fast::hash(&body).to_le_bytes());
    file.extend_from_slice(&body);
    file
}

fn put(bytes: &mut Vec<u8>, number: usize) {
    let number = u32::try_from(number).expect("the library is smaller than 4 GiB");
    bytes.extend_from_slice(&number.to_le_bytes());
}

fn deflate(contents: &[u8]) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(contents).expect("a vector takes everything");
    encoder.finish().expect("a vector takes everything")
}
