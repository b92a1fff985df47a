//! The pure-Python library, packed into the program.
//!
//! [`read`] gives one file, unpacking that file alone; [`install`] writes all of them to a folder, so that
//! `os.__file__`, tracebacks and `inspect` show real source. Start-up uses neither: what it needs is compiled to code
//! objects at build time and lies in the program as it is.
//!
//! Paths are those below `lib/python3.14`, with `/` between the parts (`json/__init__.py`). `build/pack.rs` says what
//! the packed file looks like.

mod frozen;
mod install;
mod pack;

pub use frozen::frozen;
pub use install::install;
pub use pack::{File, checksum, files, find};

use std::borrow::Cow;

/// The contents of a file, or `None` where the library has no such file.
pub fn read(path: &str) -> Option<Cow<'static, [u8]>> {
    find(path).map(|file| file.contents())
}

/// Whether the library has files in the folder (`""` is the library itself).
pub fn is_folder(path: &str) -> bool {
    pack::first_below(path).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_found_in_order_and_unpacked() {
        let paths: Vec<&str> = files().map(|file| file.path()).collect();
        assert!(paths.is_sorted() && paths.len() > 500, "{} files", paths.len());
        for wanted in ["os.py", "json/__init__.py", "encodings/utf_8.py", "LICENSE.txt", "zipimport.py"] {
            assert!(find(wanted).is_some(), "{wanted}");
        }
        assert_eq!(find("os.pyx").map(|file| file.path()), None);
        assert_eq!(read("tkinter/__init__.py"), None);
        assert!(is_folder("json") && is_folder("") && !is_folder("jso") && !is_folder("os.py"));
        for file in files() {
            assert_eq!(file.contents().len(), file.len(), "{}", file.path());
        }
        let source = read("this.py").unwrap();
        assert!(source.starts_with(b"s = \"\"\"Gur Mra bs Clguba"));
    }

    #[test]
    fn rustpython_s_changes_are_undone() {
        let text = |path: &str| String::from_utf8(read(path).unwrap().into_owned()).unwrap();
        assert!(text("io.py").contains("open, open_code, FileIO, BytesIO,"));
        assert!(text("site.py").contains("return 'Python'\n"));
        assert!(text("site.py").contains("/lib/python{version[0]}"));
        assert!(text("sysconfig/__init__.py").contains("return 'Python'\n"));
        assert!(
            text("platform.py")
                .contains("match.groups()\n        name = 'CPython'\n        if builddate is None")
        );
        assert!(text("unittest/__init__.py").ends_with("no attribute {name!r}\")\n"));
    }

    #[test]
    fn the_build_is_described() {
        let name = "_sysconfigdata__linux_x86_64-linux-gnu.py";
        let text = String::from_utf8(read(name).unwrap().into_owned()).unwrap();
        assert!(text.contains("'EXT_SUFFIX': '.cpython-314-x86_64-linux-gnu.so'"));
    }
}
